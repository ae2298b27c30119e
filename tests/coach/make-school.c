/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "many-logs.h"
#include "xs-audit-fixture.h"
#include "xs-blob.h"
#include "xs-doubt.h"

/*
 * A school whose logs wait for a coach, for tests of the coach's application: real storage, signed logs, sealed photos,
 * and verdicts of the real rules on matches that are set here, so that it takes no look at the pictures.
 *
 * Usage: make-school N REGISTRATION.jpg PERSON.jpg OTHER.jpg [HISTORY MANY]
 *
 * Of N logs half are honest ones in which a person is only asked whether they show prints, a quarter shows somebody who
 * is hard to recognise, a quarter somebody else. HISTORY more logs with 60 photos each are of one learner; MANY logs
 * of the last three days that can be listed, but not opened, are of others. Prints the folder of the platform; whoever
 * asked removes it.
 */

#define MINUTES 45
#define DAY_MIN (24 * 60)
#define N_SHOTS 5
#define N_HISTORY_SHOTS 60
#define MANY_PER_LEARNER 50
#define PHOTO_MAX_BYTES (4 * 1024 * 1024)

/* What is the matter with a log. */
typedef enum {
  TRIVIAL,
  DOUBTFUL,
  BAD,
} Kind;

static const double middle_match[] = { [TRIVIAL] = 0.74, [DOUBTFUL] = 0.4, [BAD] = 0.07 };
static const char *const middle_seen[] = {
  [TRIVIAL] = "present", [DOUBTFUL] = "cannot_verify", [BAD] = "other_person"
};

static GBytes *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = xs_blob_read (path, PHOTO_MAX_BYTES, &error);

  g_assert_no_error (error);
  return bytes;
}

static Kind
kind_of (guint index)
{
  return index % 2 == 0 ? TRIVIAL : index % 4 == 1 ? DOUBTFUL : BAD;
}

static void
put (XsAuditFixture *f, guint index, GBytes *person, GBytes *other)
{
  XsShot shots[N_SHOTS];
  g_auto (XsWireLog) wire_log;

  for (guint i = 0; i < N_SHOTS; i++)
    {
      gboolean middle = i == N_SHOTS / 2;
      shots[i] =
        (XsShot){ middle && kind_of (index) == BAD ? other : person, XS_PHOTO_TIMED, i * MINUTES / (N_SHOTS - 1) };
    }
  shots[0].event = XS_PHOTO_SIGN_IN;
  shots[N_SHOTS - 1].event = XS_PHOTO_SIGN_OUT;
  xs_audit_fixture_make_log (f, index % XS_N_DEVICES, index % 3 == 2 ? XS_OTHER_STUDENT : XS_STUDENT,
                             (int) index * DAY_MIN, MINUTES, shots, N_SHOTS, NULL, &wire_log);
  xs_audit_fixture_put (f, index % XS_N_DEVICES, &wire_log, NULL);
}

/* An hour a day with a photo every minute, all of one person. */
static void
put_history (XsAuditFixture *f, guint index, GBytes *person)
{
  XsShot shots[N_HISTORY_SHOTS];
  g_auto (XsWireLog) wire_log;

  for (guint i = 0; i < N_HISTORY_SHOTS; i++)
    shots[i] = (XsShot){ person, XS_PHOTO_PROCESS, i };
  xs_audit_fixture_make_log (f, index % XS_N_DEVICES, XS_STUDENT, (int) index * DAY_MIN, N_HISTORY_SHOTS, shots,
                             N_HISTORY_SHOTS, NULL, &wire_log);
  xs_audit_fixture_put (f, index % XS_N_DEVICES, &wire_log, NULL);
}

static void
look (const XsPhotoRecord *record, double match, const char *seen, XsAuditFacts *facts, GArray *photos)
{
  XsPhotoFinding finding = { .match = match };
  XsAuditPhoto photo = { .taken_us = record->wall_us, .match = match, .live = 0.93 };

  g_strlcpy (finding.number, record->number, sizeof finding.number);
  g_array_append_val (facts->findings, finding);
  g_strlcpy (photo.number, record->number, sizeof photo.number);
  g_strlcpy (photo.seen, seen, sizeof photo.seen);
  photo.measures = g_strdup_printf ("{\"width_px\":360,\"height_px\":288,\"boxes\":[[140,70,90,120]],"
                                    "\"points\":[[166,118],[205,117],[186,140],[170,161],[203,160]],\"match\":%.3f,"
                                    "\"yaw_deg\":-9,\"pitch_deg\":4,\"roll_deg\":2,\"brow_chin_px\":131,"
                                    "\"face_share\":0.4,\"luminance\":0.21,\"backlight_ev\":0.6,"
                                    "\"light_balance_ev\":-0.3,\"sharpness\":0.31,\"eyes_open\":0.97,"
                                    "\"mouth_covered\":0.02,\"head_covered\":0.04,\"eye_glare\":0.11,\"live\":0.93}",
                                    match);
  g_array_append_val (photos, photo);
}

/* As the auditor does it, but for the look. */
static void
judge (XsAuditFixture *f, guint index)
{
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts;
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  Kind kind = kind_of (index);
  XsAuditOutcome outcome;
  gboolean found;

  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_MINUTE, &job, &found, &error));
  g_assert_true (found);
  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  const GArray *records = job.wire_log.log.photos;
  for (guint i = 0; i < records->len; i++)
    {
      Kind here = i == records->len / 2 ? kind : TRIVIAL;
      look (&g_array_index (records, XsPhotoRecord, i), middle_match[here], middle_seen[here], &facts, photos);
    }
  XsWireReason doubt = { .review = TRUE };
  g_strlcpy (doubt.word, xs_doubt_nick (kind == TRIVIAL ? XS_DOUBT_NOT_LIVE : XS_DOUBT_CLAIM), sizeof doubt.word);
  if (kind != TRIVIAL)
    g_strlcpy (doubt.photo, g_array_index (records, XsPhotoRecord, records->len / 2).number, sizeof doubt.photo);
  g_array_append_val (doubts, doubt);
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, XS_AUDIT_RECORDED);
}

int
main (int argc, char **argv)
{
  XsAuditFixture f = { 0 };

  if (argc != 5 && argc != 7)
    {
      g_printerr ("usage: make-school N REGISTRATION.jpg PERSON.jpg OTHER.jpg [HISTORY MANY]\n");
      return 2;
    }
  g_autoptr (GBytes) registration = load (argv[2]);
  g_autoptr (GBytes) person = load (argv[3]);
  g_autoptr (GBytes) other = load (argv[4]);
  guint n = (guint) g_ascii_strtoull (argv[1], NULL, 10);
  guint n_history = argc == 7 ? (guint) g_ascii_strtoull (argv[5], NULL, 10) : 0;
  guint n_many = argc == 7 ? (guint) g_ascii_strtoull (argv[6], NULL, 10) : 0;
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  xs_audit_fixture_set_up (&f, NULL);
  xs_audit_fixture_set_face (&f, XS_STUDENT, registration);
  xs_audit_fixture_set_face (&f, XS_OTHER_STUDENT, registration);
  for (guint i = 0; i < n; i++)
    {
      put (&f, i, person, other);
      judge (&f, i);
    }
  for (guint i = n; i < n + n_history; i++)
    {
      put_history (&f, i, person);
      judge (&f, 0);
    }
  xs_platform_storage_close (f.storage);
  g_autofree char *database = g_build_filename (f.dir, "platform.db", NULL);
  if (n_many > 0)
    many_logs_fill (database, n_many, n_many / MANY_PER_LEARNER, g_get_real_time () - 3 * G_TIME_SPAN_DAY);
  g_print ("%s\n", f.dir);
  xs_clock_unref (f.clock);
  g_free (f.dir);
  return 0;
}
