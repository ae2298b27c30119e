/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What people do to a log, and what becomes of it: decisions, appeals, the settlement, and what devices are told. */

#include "xs-audit-fixture.h"

#include "xs-error.h"
#include "xs-wire-appeal.h"

#include <string.h>

#define DEVNUM "4000000000000004"

typedef XsAuditFixture Fixture;

/* A log of twenty minutes, judged by the engine with what the register knows, without a look at photos. */
static void
judge_log (Fixture *f, int start_min)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts;
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditOutcome outcome;
  gboolean found;

  xs_audit_fixture_make_log (f, 0, XS_STUDENT, start_min, 20, NULL, 0, NULL, &wire_log);
  xs_audit_fixture_put (f, 0, &wire_log, NULL);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (found);
  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, XS_AUDIT_RECORDED);
}

static gboolean
decide (Fixture *f, gint64 seq, gint64 version, XsVerdict verdict, guint from_min, guint to_min, GError **error)
{
  g_autoptr (GArray) voids = xs_wire_reasons_new ();
  XsWireReason reason = { .word = "face_mismatch", .from_min = from_min, .to_min = to_min };
  XsAuditDecision decision = { .devnum = DEVNUM,
                               .seq = seq,
                               .version = version,
                               .who = "李教练",
                               .verdict = verdict,
                               .voids = voids,
                               .reason = "face_mismatch",
                               .comment = "看过照片" };
  gint64 now;

  if (from_min < to_min)
    g_array_append_val (voids, reason);
  return xs_platform_audit_decide (f->storage, &decision, &now, error);
}

static const XsAuditStep *
last_step (const GArray *history)
{
  return &g_array_index (history, XsAuditStep, history->len - 1);
}

static void
test_decide (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  judge_log (f, 0);
  g_assert_true (decide (f, 1, 1, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_no_error (error);
  g_autoptr (GArray) valid = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpuint (valid->len, ==, 2);
  g_assert_cmpint (last_step (valid)->from, ==, XS_AUDIT_FAILED);
  g_assert_cmpint (last_step (valid)->to, ==, XS_AUDIT_DECIDED);
  g_assert_cmpstr (last_step (valid)->who, ==, "李教练");
  g_assert_cmpstr (last_step (valid)->comment, ==, "看过照片");
  g_assert_cmpuint (last_step (valid)->credited_min[0], ==, 20);

  /* Twelve valid minutes of twenty make sixteen, as for the auditor. */
  g_assert_true (decide (f, 1, 2, XS_VERDICT_PARTIAL, 4, 12, &error));
  g_assert_no_error (error);
  g_autoptr (GArray) partial = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpint (last_step (partial)->verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_cmpuint (last_step (partial)->credited_min[0], ==, 16);

  g_assert_true (decide (f, 1, 3, XS_VERDICT_VOID, 0, 0, &error));
  g_assert_no_error (error);
  g_autoptr (GArray) none = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpint (last_step (none)->verdict, ==, XS_VERDICT_VOID);
  g_assert_cmpuint (last_step (none)->credited_min[0], ==, 0);
  g_assert_true (xs_audit_fixture_has_reason (none, "face_mismatch"));
}

/* Two coaches on one log: the second is told, and nothing of the first is lost. */
static void
test_two_coaches (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  judge_log (f, 0);
  g_assert_true (decide (f, 1, 1, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_false (decide (f, 1, 1, XS_VERDICT_VOID, 0, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
  g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpuint (history->len, ==, 2);
  g_assert_cmpint (last_step (history)->verdict, ==, XS_VERDICT_VALID);
}

static void
test_wrong_decisions (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  judge_log (f, 0);
  g_assert_false (decide (f, 9, 1, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (decide (f, 1, 1, XS_VERDICT_PARTIAL, 0, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (decide (f, 1, 1, XS_VERDICT_VOID, 2, 3, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

/* A person who has a log judged anew waits for the auditor like everybody. */
static void
test_again (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const XsAuditDecision decision = { .devnum = DEVNUM, .seq = 1, .version = 1, .who = "李教练", .comment = "" };
  gint64 n_waiting;

  judge_log (f, 0);
  g_assert_true (xs_platform_audit_again (f->storage, &decision, &error));
  g_assert_no_error (error);
  g_assert_false (decide (f, 1, 2, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
  g_assert_true (xs_platform_audit_count_waiting (f->storage, &n_waiting, NULL));
  g_assert_cmpint (n_waiting, ==, 1);
}

static void
appeal (Fixture *f, gint64 seq)
{
  XsAppeal content = { .seq = seq, .wall_us = xs_clock_wall_us (f->clock), .reason = XS_APPEAL_WAS_PRESENT };
  g_auto (XsWireLogAnswer) answer = { 0 };
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autoptr (GError) error = NULL;

  g_strlcpy (content.inscode, "1000000000000001", sizeof content.inscode);
  g_strlcpy (content.devnum, DEVNUM, sizeof content.devnum);
  g_strlcpy (content.stunum, XS_STUDENT, sizeof content.stunum);
  g_strlcpy (content.recnum, "00001", sizeof content.recnum);
  g_strlcpy (content.comment, "我一直在", sizeof content.comment);
  memset (content.log_sha256, 'a', 64);
  g_autoptr (GBytes) bytes = xs_wire_appeal_encode (&content);
  xs_sign (&f->keys[0], g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  g_assert_true (xs_platform_storage_put_appeal (f->storage, &f->devices[0], seq, bytes, signature, &answer, &error));
  g_assert_no_error (error);
  g_assert_cmpint (answer.status, ==, XS_WIRE_LOG_ACCEPTED);
}

static void
test_appeal (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsAuditSettlement settlement;

  judge_log (f, 0);
  appeal (f, 1);
  g_autoptr (GArray) appealed = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpint (last_step (appealed)->to, ==, XS_AUDIT_APPEALED);
  g_assert_cmpstr (last_step (appealed)->who, ==, "learner");
  g_assert_cmpstr (last_step (appealed)->comment, ==, "我一直在");

  xs_clock_fake_advance (f->clock, 10 * G_TIME_SPAN_DAY);
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 0);
  g_assert_cmpuint (settlement.n_open, ==, 1);
  g_assert_true (decide (f, 1, 2, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_assert_cmpuint (settlement.n_open, ==, 0);
  g_autoptr (GArray) ready = xs_audit_fixture_history (f, 0, 1);
  g_assert_cmpint (last_step (ready)->to, ==, XS_AUDIT_READY);
  g_assert_cmpint (last_step (ready)->verdict, ==, XS_VERDICT_VALID);
}

/* What takes minutes away is open to appeal before it is settled; an appeal against what is not judged yet waits. */
static void
test_settlement (Fixture *f, gconstpointer data)
{
  XsAuditSettlement settlement;
  gint64 next_us;
  g_autoptr (GError) error = NULL;

  judge_log (f, 0);
  judge_log (f, 60);
  g_assert_true (decide (f, 2, 1, XS_VERDICT_VALID, 0, 0, &error));
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_assert_cmpuint (settlement.n_appealable, ==, 1);
  xs_clock_fake_advance (f->clock, 25 * G_TIME_SPAN_HOUR);
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 1);
  g_assert_cmpuint (settlement.n_appealable, ==, 0);
  g_assert_true (xs_platform_audit_settle (f->storage, &settlement, &error));
  g_assert_cmpuint (settlement.n_ready, ==, 0);

  gint64 now_us = xs_clock_wall_us (f->clock);
  g_assert_true (xs_platform_audit_next_settlement_us (f->storage, now_us, &next_us, &error));
  g_autofree char *time = xs_wall_format (next_us, "%H:%M:%S");
  g_assert_cmpstr (time, ==, "22:00:00");
  g_assert_cmpint (next_us, >, now_us);
  g_assert_cmpint (next_us, <=, now_us + G_TIME_SPAN_DAY);
}

/* A device hears of each change of its own logs, in order, and of the last one only. */
static void
test_feed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 next, after;

  judge_log (f, 0);
  judge_log (f, 60);
  g_autoptr (GArray) both = xs_platform_audit_get_verdicts (f->storage, f->devices[0].id, 0, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (both->len, ==, 2);
  const XsWireVerdict *first = &g_array_index (both, XsWireVerdict, 0);
  g_assert_cmpint (first->seq, ==, 1);
  g_assert_cmpint (first->state, ==, XS_AUDIT_FAILED);
  g_assert_true (first->judged);
  g_assert_false (first->by_person);
  g_assert_cmpstr (g_array_index (first->reasons, XsWireReason, 0).word, ==, "no_photos");

  g_assert_true (decide (f, 1, 1, XS_VERDICT_VALID, 0, 0, &error));
  g_autoptr (GArray) changed = xs_platform_audit_get_verdicts (f->storage, f->devices[0].id, next, &after, &error);
  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_true (g_array_index (changed, XsWireVerdict, 0).by_person);
  g_assert_cmpint (after, >, next);
  g_autoptr (GArray) none = xs_platform_audit_get_verdicts (f->storage, f->devices[0].id, after, &next, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (next, ==, after);
  g_autoptr (GArray) others = xs_platform_audit_get_verdicts (f->storage, f->devices[1].id, 0, &next, &error);
  g_assert_cmpuint (others->len, ==, 0);

  /* What goes over the wire comes back the same. */
  g_autoptr (GBytes) bytes = xs_wire_verdicts_encode (both, 17);
  g_autoptr (GArray) decoded = xs_wire_verdicts_decode (bytes, &next, &error);
  g_assert_no_error (error);
  g_assert_cmpint (next, ==, 17);
  g_autoptr (GBytes) again = xs_wire_verdicts_encode (decoded, 17);
  g_assert_true (g_bytes_equal (bytes, again));
}

static gboolean
note_entry (const XsAuditEntry *entry, gpointer data, GError **error)
{
  g_string_append_printf (data, "%" G_GINT64_FORMAT " ", entry->seq);
  return TRUE;
}

/* Who decides sees first what waits for a person. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GString) open = g_string_new (NULL);

  judge_log (f, 0);
  judge_log (f, 60);
  judge_log (f, 120);
  appeal (f, 1);
  g_assert_true (xs_platform_audit_foreach (f->storage, FALSE, 0, 10, note_entry, all, NULL));
  g_assert_true (xs_platform_audit_foreach (f->storage, TRUE, 0, 10, note_entry, open, NULL));
  g_assert_cmpstr (all->str, ==, "1 3 2 ");
  g_assert_cmpstr (open->str, ==, "1 ");
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/auditor/decide/" path, XsAuditFixture, NULL, xs_audit_fixture_set_up, func, xs_audit_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("decide", test_decide);
  ADD ("two-coaches", test_two_coaches);
  ADD ("wrong-decisions", test_wrong_decisions);
  ADD ("again", test_again);
  ADD ("appeal", test_appeal);
  ADD ("settlement", test_settlement);
  ADD ("feed", test_feed);
  ADD ("queue", test_queue);
  return g_test_run ();
}
