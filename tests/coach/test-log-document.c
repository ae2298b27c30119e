/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is taken out of the coach's application: read back with another program, as whoever gets it would. */

#include <math.h>
#include <string.h>

#include "temp-dir.h"
#include "xs-clock.h"
#include "xs-csv.h"
#include "xs-log-document.h"
#include "xs-picture.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define START_US (1795654800 * (gint64) G_USEC_PER_SEC)
#define N_MINUTES 45
#define SHA_OF_PHOTO "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static GBytes *
make_jpeg (void)
{
  enum { width = 64, height = 48 };
  guint8 *pixels = g_malloc (3 * width * height);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3 * width * height; i++)
    pixels[i] = (guint8) (i * 7);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 3 * width * height);
  g_autoptr (XsFrame) frame = xs_frame_new (width, height, 3 * width, 0, bytes);
  GBytes *jpeg = xs_picture_encode_jpeg (frame, 90, &error);
  g_assert_no_error (error);
  return jpeg;
}

static void
sign (XsReviewLog *log)
{
  XsSignKey key;
  guint8 signature[XS_SIGNATURE_BYTES];
  gsize size;
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "key", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&log->wire_log);
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_true (xs_sign_key_load (path, &key, &error));
  g_assert_no_error (error);
  xs_sign (&key, data, size, signature);
  g_autofree char *signature_text = g_base64_encode (signature, sizeof signature);
  g_autofree char *key_text = g_base64_encode (key.public_key, sizeof key.public_key);
  g_strlcpy (log->signature, signature_text, sizeof log->signature);
  g_strlcpy (log->device_key, key_text, sizeof log->device_key);
}

static void
add_photo (XsReviewLog *log, const char *number, gint64 at_us, const char *seen, const char *sha256)
{
  XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = at_us, .match = 0.7 };
  XsReviewPhoto photo;

  g_strlcpy (record.number, number, sizeof record.number);
  g_strlcpy (record.sha256, sha256, sizeof record.sha256);
  g_array_append_val (log->wire_log.log.photos, record);
  xs_review_photo_init (&photo);
  g_strlcpy (photo.number, number, sizeof photo.number);
  g_strlcpy (photo.seen, seen, sizeof photo.seen);
  photo.match = 0.71;
  g_array_append_val (log->photos, photo);
}

/* The log @index of a day: a coach has taken minutes 13 to 26 away. */
static void
make_log (XsReviewLog *log, guint index)
{
  XsReviewRow row;
  XsReviewStep step;
  XsWireReason reason = { .word = "face_mismatch", .from_min = 13, .to_min = 27 };
  gint64 start_us = START_US + index * 60 * MINUTE_US;
  XsTeachingLog *teaching = &log->wire_log.log;

  xs_review_log_init (log);
  g_snprintf (log->log_sha256, sizeof log->log_sha256, "%064u", index);
  xs_review_row_init (&row);
  g_strlcpy (row.devnum, "1000000000000001", sizeof row.devnum);
  g_strlcpy (row.stunum, "2000000000000002", sizeof row.stunum);
  g_strlcpy (row.name, "=欧阳丽", sizeof row.name);
  g_snprintf (row.recnum, sizeof row.recnum, "%05u", index + 7);
  g_strlcpy (row.subjcode, "2113000000", sizeof row.subjcode);
  g_strlcpy (row.judged_by, "wang", sizeof row.judged_by);
  row.seq = index + 1;
  row.start_us = start_us;
  row.end_us = start_us + N_MINUTES * MINUTE_US;
  row.claimed_s = 44 * 60;
  row.credited_min = 30;
  row.state = XS_AUDIT_DECIDED;
  row.verdict = XS_VERDICT_PARTIAL;
  row.by_person = TRUE;
  g_array_append_val (log->row, row);
  teaching->start_wall_us = row.start_us;
  teaching->end_wall_us = row.end_us;
  for (guint i = 0; i < N_MINUTES; i++)
    {
      XsMinuteRecord minute = { .credited_us = i == 3 ? 20 * G_USEC_PER_SEC : MINUTE_US,
                                .normal = i != 3,
                                .wall_end_us = start_us + (i + 1) * MINUTE_US };
      g_array_append_val (teaching->minutes, minute);
    }
  add_photo (log, "0000000001", start_us, "present", SHA_OF_PHOTO);
  add_photo (log, "0000000002", start_us + 20 * MINUTE_US, "other_person", "");
  xs_review_step_init (&step);
  g_strlcpy (step.who, "wang", sizeof step.who);
  g_strlcpy (step.comment, "中间是别人", sizeof step.comment);
  step.at_us = START_US + 600 * MINUTE_US;
  step.to = XS_AUDIT_DECIDED;
  step.verdict = XS_VERDICT_PARTIAL;
  step.credited_min = 30;
  g_array_append_val (step.reasons, reason);
  g_array_append_val (log->steps, step);
  sign (log);
}

static XsShownLogs *
make_day (guint n)
{
  XsShownLogs *shown = xs_shown_logs_new ();

  for (guint i = 0; i < n; i++)
    {
      g_auto (XsReviewLog) log = { 0 };
      make_log (&log, i);
      xs_shown_logs_take (shown, &log);
    }
  return shown;
}

static XsLogDocument
document_of (const XsShownLogs *shown, GHashTable *jpegs)
{
  return (XsLogDocument){ .shown = shown, .jpegs = jpegs, .who = "zhao", .at_us = START_US };
}

/* (transfer full) (nullable): what @program prints of the PDF; NULL, and skips, where there is none. */
static char *
read_pdf (GBytes *pdf, const char *program, const char *option)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "log.pdf", NULL);
  g_autofree char *found = g_find_program_in_path (program);
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  int status;
  gsize size;
  const char *data = g_bytes_get_data (pdf, &size);

  if (found == NULL)
    {
      g_test_skip ("poppler-utils is not installed");
      return NULL;
    }
  g_assert_true (g_file_set_contents (path, data, (gssize) size, &error));
  const char *argv[] = { found, option, path, g_str_equal (program, "pdftotext") ? "-" : NULL, NULL };
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return text;
}

static void
assert_says (const char *text, const char *words)
{
  if (strstr (text, words) == NULL)
    g_error ("“%s” is not in: %s", words, text);
}

/* A page for each log, with numbers, who decided what and when, and the kiosk's signature; Chinese can be read. */
static void
test_pdf (void)
{
  g_autoptr (XsShownLogs) shown = make_day (2);
  g_autoptr (GHashTable) jpegs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;

  g_hash_table_insert (jpegs, (char *) SHA_OF_PHOTO, make_jpeg ());
  XsLogDocument document = document_of (shown, jpegs);
  g_autoptr (GBytes) pdf = xs_log_document_pdf (&document, &error);
  g_assert_no_error (error);
  g_autofree char *text = read_pdf (pdf, "pdftotext", "-layout");
  if (text == NULL)
    return;
  assert_says (text, "Teaching log 00007");
  assert_says (text, "Teaching log 00008");
  assert_says (text, "欧阳丽");
  assert_says (text, "2000000000000002");
  assert_says (text, "Partly valid");
  assert_says (text, "wang");
  assert_says (text, "中间是别人");
  assert_says (text, "Signature of the kiosk: good");
  assert_says (text, "Another person, says");
  assert_says (text, "09:20:00 · likeness 71");
  assert_says (text, "Signed: ____");
  assert_says (text, "2026-11-26 19:00 · wang");
  assert_says (text, "The photo is not there.");
  assert_says (text, "Taken out by zhao");
  assert_says (text, "page 2 of 2");
  /* The photo is in it as it came. */
  g_autofree char *images = read_pdf (pdf, "pdfimages", "-list");
  assert_says (images, "jpeg");
}

/* What was written of a decision is evidence to its last character; earlier ones than fit are counted. */
static void
test_long_comment (void)
{
  g_autoptr (XsShownLogs) shown = make_day (1);
  g_autoptr (GHashTable) jpegs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  XsReviewLog *log = g_ptr_array_index (shown->logs, 0);
  XsReviewStep *step = &g_array_index (log->steps, XsReviewStep, 0);
  g_autoptr (GString) comment = g_string_new (NULL);

  while (comment->len + strlen ("长") + strlen ("End.") < sizeof step->comment)
    g_string_append (comment, "长");
  g_string_append (comment, "End.");
  g_strlcpy (step->comment, comment->str, sizeof step->comment);
  for (guint i = 1; i < 8; i++)
    {
      XsReviewStep other = *step;
      other.reasons = g_array_ref (step->reasons);
      g_array_append_val (log->steps, other);
      step = &g_array_index (log->steps, XsReviewStep, 0);
    }
  XsLogDocument document = document_of (shown, jpegs);
  g_autoptr (GBytes) pdf = xs_log_document_pdf (&document, &error);
  g_assert_no_error (error);
  g_autofree char *text = read_pdf (pdf, "pdftotext", "-layout");
  if (text == NULL)
    return;
  g_auto (GStrv) parts = g_strsplit (text, "End.", -1);
  g_auto (GStrv) steps = g_strsplit (text, "· wang ·", -1);
  g_assert_cmpuint (g_strv_length (parts), >, 1);
  g_assert_cmpuint (g_strv_length (parts), ==, g_strv_length (steps));
  assert_says (text, "earlier ones");
  assert_says (text, "Another person, says");
  assert_says (text, "Signature of the kiosk: good");
  assert_says (text, "Taken out by zhao");
}

/* Of an hour with a photo a minute each has its time, its likeness and why in full, on as many pages as it takes. */
static void
test_many_photos (void)
{
  g_autoptr (XsShownLogs) shown = xs_shown_logs_new ();
  g_autoptr (GHashTable) jpegs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };

  make_log (&log, 0);
  for (guint i = 3; i <= 60; i++)
    {
      g_autofree char *number = g_strdup_printf ("%010u", i);
      add_photo (&log, number, START_US + i * 40 * G_USEC_PER_SEC, "present", "");
    }
  xs_shown_logs_take (shown, &log);
  XsLogDocument document = document_of (shown, jpegs);
  g_autoptr (GBytes) pdf = xs_log_document_pdf (&document, &error);
  g_assert_no_error (error);
  g_autofree char *text = read_pdf (pdf, "pdftotext", "-layout");
  if (text == NULL)
    return;
  g_auto (GStrv) photos = g_strsplit (text, " · likeness 71", -1);
  g_assert_cmpuint (g_strv_length (photos), ==, 60 + 1);
  assert_says (text, "page 1 of 3");
  assert_says (text, "page 3 of 3");
  assert_says (text, "Photos of teaching log 00007, =欧阳丽, 2026-11-26, continued");
}

/* What the kiosk did not sign says so. */
static void
test_forged (void)
{
  g_autoptr (XsShownLogs) shown = make_day (1);
  g_autoptr (GHashTable) jpegs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  XsReviewLog *log = g_ptr_array_index (shown->logs, 0);

  g_assert_true (xs_review_log_is_signed (log));
  log->wire_log.log.credited_s += 60;
  g_assert_false (xs_review_log_is_signed (log));
  XsLogDocument document = document_of (shown, jpegs);
  g_autoptr (GBytes) pdf = xs_log_document_pdf (&document, &error);
  g_assert_no_error (error);
  g_autofree char *text = read_pdf (pdf, "pdftotext", "-layout");
  if (text != NULL)
    assert_says (text, "NOT good");
}

/*
 * A log's minutes, with what took them away; a day's logs, none of which a spreadsheet takes for a formula. Nor does it
 * take long numbers for such, of which it would keep 15 digits.
 */
static void
test_csv (void)
{
  g_autoptr (XsShownLogs) one = make_day (1);
  g_autoptr (XsShownLogs) day = make_day (3);
  g_autoptr (GHashTable) jpegs = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  gsize size;
  XsLogDocument document = document_of (one, jpegs);

  g_autoptr (GBytes) minutes = xs_log_document_csv (&document);
  const char *data = g_bytes_get_data (minutes, &size);
  g_autoptr (GPtrArray) rows = xs_csv_parse (data, size, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1 + N_MINUTES);
  GStrv abnormal = g_ptr_array_index (rows, 4), kept = g_ptr_array_index (rows, 13),
        taken = g_ptr_array_index (rows, 14);
  g_assert_cmpstr (abnormal[3], ==, "20");
  g_assert_cmpstr (abnormal[4], ==, "abnormal");
  g_assert_cmpstr (kept[5], ==, "");
  g_assert_cmpstr (kept[6], ==, "'=欧阳丽");
  g_assert_cmpstr (kept[8], ==, "00007\t");
  g_assert_cmpstr (kept[9], ==, "Partly valid");
  g_assert_cmpstr (kept[10], ==, "30");
  g_assert_cmpstr (taken[5], !=, "");

  document.shown = day;
  g_autoptr (GBytes) logs = xs_log_document_csv (&document);
  data = g_bytes_get_data (logs, &size);
  g_autoptr (GPtrArray) lines = xs_csv_parse (data, size, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 4);
  GStrv first = g_ptr_array_index (lines, 1);
  g_assert_cmpstr (first[0], ==, "00007\t");
  g_assert_cmpstr (first[1], ==, "2000000000000002\t");
  g_assert_cmpstr (first[2], ==, "'=欧阳丽");
  g_assert_cmpstr (first[9], ==, "30");
}

static void
test_name (void)
{
  g_autoptr (XsShownLogs) one = make_day (1);
  g_autoptr (XsShownLogs) day = make_day (2);
  g_autofree char *of_log = xs_log_document_name (one, "pdf");
  g_autofree char *of_day = xs_log_document_name (day, "csv");
  g_autofree char *date = xs_wall_format (START_US, "%Y-%m-%d");
  g_autofree char *log_name = g_strdup_printf ("=欧阳丽 2000000000000002 %s 00007.pdf", date);
  g_autofree char *day_name = g_strdup_printf ("=欧阳丽 2000000000000002 %s whole day.csv", date);

  g_assert_cmpstr (of_log, ==, log_name);
  g_assert_cmpstr (of_day, ==, day_name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/coach/log-document/pdf", test_pdf);
  g_test_add_func ("/coach/log-document/long-comment", test_long_comment);
  g_test_add_func ("/coach/log-document/many-photos", test_many_photos);
  g_test_add_func ("/coach/log-document/forged", test_forged);
  g_test_add_func ("/coach/log-document/csv", test_csv);
  g_test_add_func ("/coach/log-document/name", test_name);
  return g_test_run ();
}
