/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * From a log to its verdict, with real photos, real models and the real worker: that each of the seven reasons of the
 * trade comes about, and what else the auditor looks at.
 */

#include "xs-audit-fixture.h"

#include "xs-error.h"
#include "xs-platform-register.h"
#include "xs-platform-registration-check.h"
#include "xs-platform-review.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define ONE "campus/live/0001/00_00_01"
#define ONE_LATER "campus/live/0001/00_00_02"
#define ANOTHER "campus/live/0003/01_00_01"
#define MINUTES 30

typedef XsAuditFixture Fixture;

/* People, and the reference of the first; FALSE: skipped. */
typedef struct {
  GBytes *registered;
  GBytes *in, *process, *out;
  GBytes *stranger;
  XsTemplate face;
} People;

static void
people_clear (People *people)
{
  g_clear_pointer (&people->registered, g_bytes_unref);
  g_clear_pointer (&people->in, g_bytes_unref);
  g_clear_pointer (&people->process, g_bytes_unref);
  g_clear_pointer (&people->out, g_bytes_unref);
  g_clear_pointer (&people->stranger, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (People, people_clear)

static gboolean
find_people (Fixture *f, People *people)
{
  g_autoptr (GError) error = NULL;

  *people = (People){ 0 };
  people->registered = xs_media_person (ONE, 0);
  if (people->registered == NULL)
    return FALSE;
  people->in = xs_media_person (ONE, 5);
  people->process = xs_media_person (ONE_LATER, 2);
  people->out = xs_media_person (ONE_LATER, 9);
  people->stranger = xs_media_person (ANOTHER, 3);
  xs_audit_fixture_set_face (f, XS_STUDENT, people->registered);
  g_assert_true (xs_looker_enrol (f->looker, people->registered, &people->face, &error));
  g_assert_no_error (error);
  return TRUE;
}

static void
make (Fixture *f, const People *people, guint device, int start_min, GBytes *process, XsWireLog *wire_log)
{
  const XsShot shots[] = {
    { people->in, XS_PHOTO_SIGN_IN, 0 },
    { process, XS_PHOTO_PROCESS, 15 },
    { people->out, XS_PHOTO_SIGN_OUT, MINUTES },
  };

  xs_audit_fixture_make_log (f, device, XS_STUDENT, start_min, MINUTES, shots, G_N_ELEMENTS (shots), &people->face,
                             wire_log);
}

static void
put (Fixture *f, const People *people, guint device, int start_min, GBytes *process)
{
  g_auto (XsWireLog) wire_log;

  make (f, people, device, start_min, process, &wire_log);
  xs_audit_fixture_put (f, device, &wire_log, NULL);
}

/* A log without a photo, which fails for that alone; for rules that need none. */
static void
put_bare (Fixture *f, guint device, const char *stunum, int start_min)
{
  g_auto (XsWireLog) wire_log;

  xs_audit_fixture_make_log (f, device, stunum, start_min, MINUTES, NULL, 0, NULL, &wire_log);
  xs_audit_fixture_put (f, device, &wire_log, NULL);
}

static void
assert_stands (const GArray *history, XsAuditState state, XsVerdict verdict, guint credited_min)
{
  g_assert_cmpuint (history->len, >, 0);
  const XsAuditStep *step = &g_array_index (history, XsAuditStep, history->len - 1);
  if (step->to != state || step->verdict != verdict || step->credited_min[0] != credited_min)
    {
      g_autofree char *reasons = xs_wire_reasons_encode (step->reasons);
      g_error ("%s, %s, %u min, not %s, %s, %u min, for %s", xs_audit_state_nick (step->to),
               xs_verdict_nick (step->verdict), step->credited_min[0], xs_audit_state_nick (state),
               xs_verdict_nick (verdict), credited_min, reasons);
    }
}

static void
test_honest (Fixture *f, gconstpointer data)
{
  g_auto (People) people;

  if (!find_people (f, &people))
    return;
  put (f, &people, 0, 0, people.process);
  xs_audit_fixture_run (f);

  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  assert_stands (history, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);
  const XsAuditStep *step = &g_array_index (history, XsAuditStep, 0);
  g_assert_cmpuint (history->len, ==, 1);
  g_assert_cmpstr (step->who, ==, "auditor");
  g_assert_cmpint (step->from, ==, XS_AUDIT_RECEIVED);
  g_assert_cmpint (step->engine, ==, XS_AUDIT_ENGINE);
  g_assert_cmpstr (step->policy_id, ==, "national-default");
  g_assert_cmpuint (step->reasons->len, ==, 0);

  g_autoptr (GArray) photos = xs_platform_audit_get_photos (f->storage, 1, NULL);
  g_assert_cmpuint (photos->len, ==, 3);
  for (guint i = 0; i < photos->len; i++)
    {
      const XsAuditPhoto *photo = &g_array_index (photos, XsAuditPhoto, i);
      g_assert_cmpfloat (photo->match, >, 0.5);
      g_assert_cmpstr (photo->seen, ==, "present");
      g_assert_cmpuint (strlen (photo->picture_hash), ==, 64);
    }
}

/* 照片与本人不符, whatever the kiosk says of the match. */
static void
test_someone_else (Fixture *f, gconstpointer data)
{
  g_auto (People) people;
  g_auto (XsWireLog) wire_log = { 0 };

  if (!find_people (f, &people))
    return;
  make (f, &people, 0, 0, people.stranger, &wire_log);
  XsPhotoRecord *shown = &g_array_index (wire_log.log.photos, XsPhotoRecord, 1);
  g_assert_cmpfloat (shown->match, <, 0.3);
  xs_audit_fixture_put (f, 0, &wire_log, NULL);
  xs_audit_fixture_run (f);

  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_true (xs_audit_fixture_has_reason (history, "face_mismatch"));
  const XsWireReason *reason = &g_array_index (g_array_index (history, XsAuditStep, 0).reasons, XsWireReason, 0);
  g_assert_cmpstr (reason->photo, ==, shown->number);
  g_assert_cmpuint (reason->from_min, ==, 15 - 7);
  g_assert_cmpuint (reason->to_min, ==, 15 + 7 + 1);
  assert_stands (history, XS_AUDIT_PASSED, XS_VERDICT_PARTIAL, (MINUTES - 15) * 100 / 75);
}

/* A kiosk that says of a stranger's photo that it shows the student is found out, and a person asked. */
static void
test_false_claim (Fixture *f, gconstpointer data)
{
  g_auto (People) people;
  g_auto (XsWireLog) wire_log = { 0 };

  if (!find_people (f, &people))
    return;
  make (f, &people, 0, 0, people.stranger, &wire_log);
  XsPhotoRecord *shown = &g_array_index (wire_log.log.photos, XsPhotoRecord, 1);
  const XsPhotoRecord *other = &g_array_index (wire_log.log.photos, XsPhotoRecord, 0);
  shown->match = other->match;
  g_strlcpy (shown->picture_hash, other->picture_hash, sizeof shown->picture_hash);
  xs_audit_fixture_put (f, 0, &wire_log, NULL);
  xs_audit_fixture_run (f);

  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_true (xs_audit_fixture_has_reason (history, "face_mismatch"));
  g_assert_true (xs_audit_fixture_has_reason (history, "photo_claim"));
  g_assert_cmpint (g_array_index (history, XsAuditStep, 0).to, ==, XS_AUDIT_NEEDS_HUMAN);
}

/* The same picture sealed anew, in a log of the day before. */
static void
test_repetition (Fixture *f, gconstpointer data)
{
  g_auto (People) people;

  if (!find_people (f, &people))
    return;
  put (f, &people, 0, 0, people.process);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) first = xs_audit_fixture_history (f, 0, 1);
  assert_stands (first, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);

  put (f, &people, 1, 24 * 60, people.process);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) second = xs_audit_fixture_history (f, 1, 1);
  g_assert_true (xs_audit_fixture_has_reason (second, "photo_reused"));
  /* The original stands. */
  g_autoptr (GArray) again = xs_audit_fixture_history (f, 0, 1);
  assert_stands (again, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);
  g_assert_cmpuint (again->len, ==, 1);
}

/* 同时培训行为: what arrives later makes an earlier verdict stale. */
static void
test_concurrent (Fixture *f, gconstpointer data)
{
  g_auto (People) people;

  if (!find_people (f, &people))
    return;
  put (f, &people, 0, 0, people.process);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) before = xs_audit_fixture_history (f, 0, 1);
  assert_stands (before, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);

  put_bare (f, 1, XS_STUDENT, 20);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) first = xs_audit_fixture_history (f, 0, 1);
  g_autoptr (GArray) second = xs_audit_fixture_history (f, 1, 1);
  g_assert_true (xs_audit_fixture_has_reason (first, "concurrent"));
  g_assert_true (xs_audit_fixture_has_reason (second, "concurrent"));
  assert_stands (first, XS_AUDIT_FAILED, XS_VERDICT_VOID, 0);
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_cmpuint (second->len, ==, 1);
}

/* 每日上限 over two devices, in whatever order the logs come. */
static void
test_daily_cap (Fixture *f, gconstpointer data)
{
  g_auto (People) people;
  g_autoptr (GBytes) other_in = NULL;

  if (!find_people (f, &people))
    return;
  xs_audit_fixture_set_policy (f, "daily_cap_s", 40 * 60);
  people.process = (g_bytes_unref (people.process), xs_media_person (ONE, 8));
  put (f, &people, 0, 60, people.process);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) alone = xs_audit_fixture_history (f, 0, 1);
  assert_stands (alone, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);

  /* An earlier one of the day, from a kiosk that was offline; other pictures, or they would be repeated. */
  g_autoptr (GBytes) in = xs_media_person (ONE_LATER, 5);
  g_autoptr (GBytes) process = xs_media_person (ONE, 2);
  g_autoptr (GBytes) out = xs_media_person (ONE, 11);
  const XsShot shots[] = { { in, XS_PHOTO_SIGN_IN, 0 },
                           { process, XS_PHOTO_PROCESS, 15 },
                           { out, XS_PHOTO_SIGN_OUT, MINUTES } };
  g_auto (XsWireLog) wire_log;
  xs_audit_fixture_make_log (f, 1, XS_STUDENT, 0, MINUTES, shots, G_N_ELEMENTS (shots), &people.face, &wire_log);
  xs_audit_fixture_put (f, 1, &wire_log, NULL);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) earlier = xs_audit_fixture_history (f, 1, 1);
  g_autoptr (GArray) later = xs_audit_fixture_history (f, 0, 1);
  assert_stands (earlier, XS_AUDIT_PASSED, XS_VERDICT_VALID, MINUTES);
  assert_stands (later, XS_AUDIT_PASSED, XS_VERDICT_PARTIAL, 10);
  g_assert_true (xs_audit_fixture_has_reason (later, "daily_cap"));
}

/* 未及时上报数据, 驾校未备案 */
static void
test_late_and_not_filed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_bare (f, 0, XS_STUDENT, 0);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) in_time = xs_audit_fixture_history (f, 0, 1);
  g_assert_false (xs_audit_fixture_has_reason (in_time, "late_report"));
  g_assert_false (xs_audit_fixture_has_reason (in_time, "school_not_filed"));

  g_assert_true (xs_platform_storage_set_filing_number (f->storage, NULL, &error));
  g_assert_no_error (error);
  xs_clock_fake_advance (f->clock, 30 * G_TIME_SPAN_DAY);
  put_bare (f, 0, XS_STUDENT, 60);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) late = xs_audit_fixture_history (f, 0, 2);
  g_assert_true (xs_audit_fixture_has_reason (late, "late_report"));
  g_assert_true (xs_audit_fixture_has_reason (late, "school_not_filed"));
  assert_stands (late, XS_AUDIT_FAILED, XS_VERDICT_VOID, 0);
}

/* 编号不匹配, 无效学员编号, 日志编号重复: told at the door, before anything is kept. */
static void
test_refused_at_the_door (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *stunum, *inscode, *reason;
    gboolean repeated;
  } cases[] = {
    { XS_STUDENT, "1000000000000009", XS_WIRE_REASON_NUMBER_MISMATCH, FALSE },
    { "2000000000000009", "1000000000000001", XS_WIRE_REASON_UNKNOWN_LEARNER, FALSE },
    { XS_STUDENT, "1000000000000001", XS_WIRE_REASON_RECNUM_TAKEN, TRUE },
  };
  gint64 n_waiting;

  put_bare (f, 0, XS_STUDENT, 0);
  xs_audit_fixture_run (f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsWireLog) wire_log;
      g_auto (XsWireLogAnswer) answer = { 0 };
      xs_audit_fixture_make_log (f, 0, cases[i].stunum, 60, MINUTES, NULL, 0, NULL, &wire_log);
      g_strlcpy (wire_log.log.inscode, cases[i].inscode, sizeof wire_log.log.inscode);
      if (cases[i].repeated)
        g_strlcpy (wire_log.log.recnum, "00001", sizeof wire_log.log.recnum);
      xs_audit_fixture_put (f, 0, &wire_log, &answer);
      g_assert_cmpint (answer.status, ==, XS_WIRE_LOG_REJECTED);
      g_assert_cmpstr (answer.reason, ==, cases[i].reason);
    }
  g_assert_true (xs_platform_audit_count_waiting (f->storage, &n_waiting, NULL));
  g_assert_cmpint (n_waiting, ==, 0);
}

/* Without a registration photo the photos still have to show one person, and a person has to say who it is. */
static void
test_no_registration_photo (Fixture *f, gconstpointer data)
{
  g_auto (People) people;

  if (!find_people (f, &people))
    return;
  const XsShot shots[] = {
    { people.in, XS_PHOTO_SIGN_IN, 0 },
    { people.stranger, XS_PHOTO_PROCESS, 15 },
    { people.out, XS_PHOTO_SIGN_OUT, MINUTES },
  };
  g_auto (XsWireLog) wire_log;
  xs_audit_fixture_make_log (f, 0, XS_OTHER_STUDENT, 0, MINUTES, shots, G_N_ELEMENTS (shots), NULL, &wire_log);
  xs_audit_fixture_put (f, 0, &wire_log, NULL);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_true (xs_audit_fixture_has_reason (history, "registration_photo"));
  g_assert_true (xs_audit_fixture_has_reason (history, "face_mismatch"));
  g_assert_cmpint (g_array_index (history, XsAuditStep, 0).to, ==, XS_AUDIT_NEEDS_HUMAN);
}

/* Prints held before the camera. */
static void
test_not_live (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) registered = xs_media_person ("campus/attack/0001/00_00_01", 0);
  g_auto (XsWireLog) wire_log = { 0 };
  XsTemplate face;

  if (registered == NULL)
    return;
  g_autoptr (GBytes) in = xs_media_person ("campus/attack/0001/00_00_01", 2);
  g_autoptr (GBytes) process = xs_media_person ("campus/attack/0001/00_00_01", 5);
  g_autoptr (GBytes) out = xs_media_person ("campus/attack/0001/00_00_01", 8);
  const XsShot shots[] = { { in, XS_PHOTO_SIGN_IN, 0 },
                           { process, XS_PHOTO_PROCESS, 15 },
                           { out, XS_PHOTO_SIGN_OUT, MINUTES } };
  xs_audit_fixture_set_face (f, XS_STUDENT, registered);
  g_assert_true (xs_looker_enrol (f->looker, registered, &face, NULL));
  xs_audit_fixture_make_log (f, 0, XS_STUDENT, 0, MINUTES, shots, G_N_ELEMENTS (shots), &face, &wire_log);
  xs_audit_fixture_put (f, 0, &wire_log, NULL);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_true (xs_audit_fixture_has_reason (history, "photo_not_live"));
}

/* A log that takes too long holds nobody else up: what was not looked at yet is left to a person, who is told why. */
static void
test_too_long (Fixture *f, gconstpointer data)
{
  g_auto (People) people;
  gboolean found;
  gint64 wait_us;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsAuditor) hasty = xs_auditor_new (f->storage, f->looker, 2);

  if (!find_people (f, &people))
    return;
  put (f, &people, 0, 0, people.process);
  g_assert_true (xs_auditor_run_one (hasty, &found, &wait_us, &error));
  g_assert_no_error (error);
  g_assert_true (found);

  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpint (g_array_index (history, XsAuditStep, 0).to, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_true (xs_audit_fixture_has_reason (history, "photo_unreadable"));
  g_autoptr (GArray) photos = xs_platform_audit_get_photos (f->storage, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (photos->len, ==, 3);
  for (guint i = 0; i < photos->len; i++)
    g_assert_nonnull (strstr (g_array_index (photos, XsAuditPhoto, i).measures, "time there is for a log was over"));
}

/* What it complains of goes to the same journal as the platform's messages, and may be read by as many. */
static void
test_no_numbers (gconstpointer program)
{
  g_autofree char *data = g_build_filename (g_get_tmp_dir (), XS_STUDENT, NULL);
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) auditor =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, program, "--once", "--data", data, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (auditor, NULL, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (said, "/2000************"));
  g_assert_null (strstr (said, XS_STUDENT));
}

/* How the registration photo stands once the auditor has looked. */
static void
check_registration (Fixture *f, GBytes *jpeg, XsReviewLearners *learners)
{
  const XsPlatformPerson head = { .name = "head", .role = XS_PLATFORM_ROLE_HEAD_COACH };
  g_auto (XsReviewOutcome) outcome;
  g_auto (XsReviewQuery) query;
  g_autoptr (GError) error = NULL;

  xs_review_outcome_init (&outcome);
  xs_review_query_init (&query);
  xs_review_learners_init (learners);
  g_strlcpy (query.stunum, XS_STUDENT, sizeof query.stunum);
  g_assert_true (xs_platform_review_put_photo (f->storage, &head, XS_STUDENT, jpeg, &outcome, &error));
  g_assert_no_error (error);
  xs_audit_fixture_run (f);
  g_assert_true (xs_platform_review_list_learners (f->storage, &head, &query, learners, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (learners->rows->len, ==, 1);
  g_assert_cmpuint (g_array_index (learners->rows, XsReviewLearner, 0).check->len, ==, 1);
}

/* Q15: a registration photo that waits is measured in the sandbox; one that is of no use is sent back, and says why. */
static void
test_registration (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) photo = xs_media_person (ONE, 0);
  g_autoptr (GBytes) broken = g_bytes_new_static ("\xff\xd8\xff\xe0 no picture", 15);
  g_auto (XsReviewLearners) good;
  g_auto (XsReviewLearners) bad;
  XsPhotoItem item;
  gboolean has_width = FALSE;

  if (photo == NULL)
    return;
  check_registration (f, photo, &good);
  const XsReviewLearner *learner = &g_array_index (good.rows, XsReviewLearner, 0);
  const XsReviewPhotoCheck *check = &g_array_index (learner->check, XsReviewPhotoCheck, 0);
  for (guint i = 0; i < check->items->len; i++)
    has_width |= xs_review_item_get (&g_array_index (check->items, XsReviewItem, i), &item)
                 && item.code == XS_PHOTO_HEAD_WIDTH && item.value > 0;
  g_assert_true (has_width);
  g_assert_cmpfloat (check->chin_px, >, check->crown_px);
  check_registration (f, broken, &bad);
  learner = &g_array_index (bad.rows, XsReviewLearner, 0);
  check = &g_array_index (learner->check, XsReviewPhotoCheck, 0);
  g_assert_cmpstr (learner->state, ==, "returned");
  g_assert_cmpstr (learner->reason, ==, XS_REGISTRATION_UNREADABLE);
  g_assert_cmpstr (check->verdict, ==, XS_REGISTRATION_UNREADABLE);
  g_assert_cmpstr (check->error, !=, "");
}

/* A file that the platform lost is not the picture's fault: the photo waits, and holds up nothing. */
static void
test_registration_lost (Fixture *f, gconstpointer data)
{
  static const guint8 bytes[] = { 0xff, 0xd8, 0xff, 0xe0, 'l', 'o', 's', 't' };
  const XsPlatformPerson head = { .name = "head", .role = XS_PLATFORM_ROLE_HEAD_COACH };
  g_autoptr (GBytes) jpeg = g_bytes_new_static (bytes, sizeof bytes);
  g_auto (XsReviewOutcome) outcome;
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewLearners) learners;
  g_autofree char *directory = g_build_filename (f->dir, "registration", NULL);
  g_autofree char *aside = g_build_filename (f->dir, "aside", NULL);
  g_autoptr (GError) error = NULL;

  xs_review_outcome_init (&outcome);
  xs_review_query_init (&query);
  xs_review_learners_init (&learners);
  g_strlcpy (query.stunum, XS_STUDENT, sizeof query.stunum);
  g_assert_true (xs_platform_review_put_photo (f->storage, &head, XS_STUDENT, jpeg, &outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (directory, aside), ==, 0);
  g_test_expect_message ("xs-auditor", G_LOG_LEVEL_WARNING, "*cannot be read, and waits*");
  xs_audit_fixture_run (f);
  g_test_assert_expected_messages ();
  g_assert_true (xs_platform_review_list_learners (f->storage, &head, &query, &learners, &error));
  g_assert_no_error (error);
  const XsReviewLearner *learner = &g_array_index (learners.rows, XsReviewLearner, 0);
  g_assert_cmpstr (learner->state, ==, "waiting");
  g_assert_cmpuint (learner->check->len, ==, 0);
  g_assert_cmpint (g_rename (aside, directory), ==, 0);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/auditor/" path, XsAuditFixture, argv[1], xs_audit_fixture_set_up, func, xs_audit_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("honest", test_honest);
  ADD ("someone-else", test_someone_else);
  ADD ("false-claim", test_false_claim);
  ADD ("repetition", test_repetition);
  ADD ("concurrent", test_concurrent);
  ADD ("daily-cap", test_daily_cap);
  ADD ("late-and-not-filed", test_late_and_not_filed);
  ADD ("refused-at-the-door", test_refused_at_the_door);
  ADD ("no-registration-photo", test_no_registration_photo);
  ADD ("not-live", test_not_live);
  ADD ("too-long", test_too_long);
  ADD ("registration", test_registration);
  ADD ("registration-lost", test_registration_lost);
  g_test_add_data_func ("/auditor/no-numbers", argv[1], test_no_numbers);
  return g_test_run ();
}
