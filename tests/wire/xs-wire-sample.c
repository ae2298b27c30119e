/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-sample.h"

#include <math.h>
#include <string.h>

void
xs_sample_key (XsSignKey *key)
{
  static const guint8 secret[XS_SIGN_SECRET_BYTES] = {
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
  };

  memcpy (key->secret_key, secret, sizeof secret);
  memcpy (key->public_key, secret + XS_KEY_BYTES, XS_KEY_BYTES);
}

static void
add_photo (XsWireLog *wire_log, const char *number, XsPhotoEvent event, gint64 wall_us, double match, const char *text)
{
  g_autofree char *sha256 = xs_sha256_hex (text, strlen (text));
  XsPhotoRecord photo = { .event = event, .wall_us = wall_us, .match = match, .width_px = 1280, .height_px = 720 };

  g_strlcpy (photo.number, number, sizeof photo.number);
  g_strlcpy (photo.sha256, sha256, sizeof photo.sha256);
  g_array_append_val (wire_log->log.photos, photo);
}

void
xs_sample_add_photo (XsWireLog *wire_log, const char *number, XsPhotoEvent event, const char *sha256)
{
  add_photo (wire_log, number, event, wire_log->log.start_wall_us, NAN, "");
  XsPhotoRecord *photo = &g_array_index (wire_log->log.photos, XsPhotoRecord, wire_log->log.photos->len - 1);
  g_strlcpy (photo->sha256, sha256, sizeof photo->sha256);
}

static void
add_minute (XsWireLog *wire_log, const char *sequence, gint64 wall_end_us, gint64 credited_us, gboolean normal)
{
  XsMinuteRecord minute = { .wall_end_us = wall_end_us, .credited_us = credited_us, .normal = normal };

  g_snprintf (minute.number, sizeof minute.number, XS_SAMPLE_DEVNUM "260105%s", sequence);
  g_strlcpy (minute.stunum, XS_SAMPLE_STUNUM, sizeof minute.stunum);
  g_array_append_val (wire_log->log.minutes, minute);
}

static void
add_event (XsWireLog *wire_log, XsLogEventKind kind, gint64 after_us, gint64 amount_us)
{
  XsLogEvent event = { kind, wire_log->log.start_wall_us + after_us, amount_us };

  g_array_append_val (wire_log->log.events, event);
}

static void
set_numbers (XsTeachingLog *log)
{
  g_strlcpy (log->inscode, XS_SAMPLE_INSCODE, sizeof log->inscode);
  g_strlcpy (log->stunum, XS_SAMPLE_STUNUM, sizeof log->stunum);
  g_strlcpy (log->devnum, XS_SAMPLE_DEVNUM, sizeof log->devnum);
  g_strlcpy (log->subjcode, "2211010000", sizeof log->subjcode);
  g_strlcpy (log->policy_id, "national-default", sizeof log->policy_id);
}

void
xs_sample_log (XsWireLog *wire_log)
{
  XsTeachingLog *log = &wire_log->log;

  wire_log->schema = 1;
  wire_log->seq = 1;
  memset (wire_log->previous, '0', 64);
  set_numbers (log);
  g_strlcpy (log->recnum, "00007", sizeof log->recnum);
  log->classid = 12;
  log->start_wall_us = XS_SAMPLE_TIME_US - 180 * G_USEC_PER_SEC + 123456;
  log->end_wall_us = XS_SAMPLE_TIME_US - 30 * G_USEC_PER_SEC + 654321;
  log->credited_s = 121;
  log->total_s = 181;
  log->end_reason = XS_SIGN_OUT_BY_LEARNER;
  log->policy_version = 1;
  add_photo (wire_log, "0000000101", XS_PHOTO_SIGN_IN, G_GINT64_CONSTANT (1767574801000001), 0.812, "sign-in");
  add_photo (wire_log, "0000000102", XS_PHOTO_PROCESS, G_GINT64_CONSTANT (1767574877999999), NAN, "process");
  add_photo (wire_log, "0000000105", XS_PHOTO_SIGN_OUT, G_GINT64_CONSTANT (1767574949000000), -0.0372, "sign-out");
  add_minute (wire_log, "0001", log->start_wall_us + 60 * G_USEC_PER_SEC, 60000000, TRUE);
  add_minute (wire_log, "0002", log->start_wall_us + 120 * G_USEC_PER_SEC, 31500000, TRUE);
  add_minute (wire_log, "0003", log->end_wall_us, 29999999, FALSE);
}

void
xs_sample_log_2 (XsWireLog *wire_log)
{
  XsTeachingLog *log = &wire_log->log;
  g_autoptr (GBytes) before = xs_sample_bytes ("log-1.json");
  g_autofree char *previous = xs_sha256_hex (g_bytes_get_data (before, NULL), g_bytes_get_size (before));

  wire_log->schema = 2;
  wire_log->seq = 2;
  g_strlcpy (wire_log->previous, previous, sizeof wire_log->previous);
  set_numbers (log);
  g_strlcpy (log->recnum, "00008", sizeof log->recnum);
  log->classid = 13;
  log->start_wall_us = XS_SAMPLE_TIME_US + 60 * G_USEC_PER_SEC;
  log->end_wall_us = XS_SAMPLE_TIME_US + 155 * G_USEC_PER_SEC;
  log->credited_s = 59;
  log->total_s = 240;
  log->end_reason = XS_SIGN_OUT_MADE_UP;
  log->policy_version = 2;
  log->active_check = FALSE;
  add_photo (wire_log, "0000000106", XS_PHOTO_SIGN_IN, log->start_wall_us + G_USEC_PER_SEC, 0.655, "again in");
  g_strlcpy (g_array_index (log->photos, XsPhotoRecord, 0).picture_hash, XS_SAMPLE_PICTURE_HASH,
             XS_PICTURE_HASH_DIGITS + 1);
  add_photo (wire_log, "0000000107", XS_PHOTO_SIGN_OUT, log->end_wall_us - G_USEC_PER_SEC, NAN, "again out");
  add_minute (wire_log, "0004", log->start_wall_us + 60 * G_USEC_PER_SEC, 59000000, TRUE);
  add_minute (wire_log, "0005", log->end_wall_us, 0, FALSE);
  add_event (wire_log, XS_LOG_EVENT_SUSPEND, 5 * G_USEC_PER_SEC, G_GINT64_CONSTANT (3600000000));
  add_event (wire_log, XS_LOG_EVENT_CLOCK_STEP, 6 * G_USEC_PER_SEC, G_GINT64_CONSTANT (-7200000001));
  add_event (wire_log, XS_LOG_EVENT_ZONE_CHANGED, 6 * G_USEC_PER_SEC, G_GINT64_CONSTANT (-3600000000));
  add_event (wire_log, XS_LOG_EVENT_GAP, 9 * G_USEC_PER_SEC, 1500000);
}

void
xs_sample_log_3 (XsWireLog *wire_log)
{
  XsTeachingLog *log = &wire_log->log;
  g_autoptr (GBytes) before = xs_sample_bytes ("log-2.json");
  g_autofree char *previous = xs_sha256_hex (g_bytes_get_data (before, NULL), g_bytes_get_size (before));

  wire_log->schema = 3;
  wire_log->seq = 3;
  g_strlcpy (wire_log->previous, previous, sizeof wire_log->previous);
  set_numbers (log);
  g_strlcpy (log->recnum, "00009", sizeof log->recnum);
  log->classid = 14;
  log->start_wall_us = XS_SAMPLE_TIME_US + 215 * G_USEC_PER_SEC;
  log->end_wall_us = XS_SAMPLE_TIME_US + 276 * G_USEC_PER_SEC;
  log->credited_s = 60;
  log->total_s = 300;
  log->end_reason = XS_SIGN_OUT_BY_LEARNER;
  log->policy_version = 2;
  g_strlcpy (log->admitted_by, XS_SAMPLE_ADMITTED_BY, sizeof log->admitted_by);
  add_photo (wire_log, "0000000108", XS_PHOTO_SIGN_IN, log->start_wall_us + G_USEC_PER_SEC, 1, "let in");
  add_photo (wire_log, "0000000109", XS_PHOTO_SIGN_OUT, log->end_wall_us - G_USEC_PER_SEC, 0.913, "let out");
  add_minute (wire_log, "0006", log->start_wall_us + 60 * G_USEC_PER_SEC, 60000000, TRUE);
  add_minute (wire_log, "0007", log->end_wall_us, 0, FALSE);
}

GBytes *
xs_sample_bytes (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "protocol", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

char *
xs_sample_text (const char *name)
{
  g_autoptr (GBytes) bytes = xs_sample_bytes (name);

  return g_strchomp (g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
}
