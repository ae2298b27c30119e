/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The queue of logs to be judged: kill -9 of the auditor at random moments, and every log gets exactly one verdict of
 * an auditor. XS_RUNS=10000 makes the queue as long as the largest that is promised.
 */

#include "xs-audit-fixture.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_LOGS 60

static guint
count_logs (void)
{
  const char *text = g_getenv ("XS_RUNS");

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : N_LOGS;
}

static void
fill (XsAuditFixture *f, guint n_logs)
{
  for (guint n = 0; n < n_logs; n++)
    {
      g_auto (XsWireLog) wire_log;
      guint i = (guint) f->seq[0];
      /* One every other day, then between them: none has to be judged anew for another, nor is a day still to come. */
      int start_min = (int) (i % 150 * 2 * 24 * 60 + i / 150 * 20);
      xs_audit_fixture_make_log (f, 0, XS_STUDENT, start_min, 1, NULL, 0, NULL, &wire_log);
      g_snprintf (wire_log.log.recnum, sizeof wire_log.log.recnum, "%05u", i + 1);
      xs_audit_fixture_put (f, 0, &wire_log, NULL);
    }
}

static GPid
start_auditor (const char *program, const char *dir, gboolean once)
{
  const char *const argv[] = { program, "--data", dir, "--lease", "1", once ? "--once" : NULL, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_true (g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                                NULL, NULL, &pid, &error));
  g_assert_no_error (error);
  return pid;
}

/* Returns: whether it has ended by itself within @ms */
static gboolean
ends_within (GPid pid, int ms)
{
  struct pollfd ended = { .fd = pidfd_open (pid, 0), .events = POLLIN };

  g_assert_cmpint (ended.fd, >=, 0);
  gboolean result = poll (&ended, 1, ms) == 1;
  close (ended.fd);
  return result;
}

static void
assert_one_verdict_each (XsAuditFixture *f, guint n_logs)
{
  for (guint seq = 1; seq <= n_logs; seq++)
    {
      g_autoptr (GArray) history = xs_audit_fixture_history (f, 0, seq);
      g_assert_cmpuint (history->len, ==, 1);
      g_assert_cmpstr (g_array_index (history, XsAuditStep, 0).who, ==, "auditor");
    }
}

static void
test_kill (gconstpointer program)
{
  XsAuditFixture f = { 0 };
  guint n_logs = count_logs (), n_killed = 0;
  gint64 n_waiting = 1;

  xs_audit_fixture_set_up (&f, NULL);
  fill (&f, n_logs);
  while (n_waiting > 0)
    {
      GPid pid = start_auditor (program, f.dir, TRUE);
      /* Half of a second is spent on the models; killed fewer times with each go, so that it comes to an end. */
      if (!ends_within (pid, g_test_rand_int_range (100, 700) * (int) (1 + n_killed / 4)))
        {
          kill (pid, SIGKILL);
          n_killed++;
        }
      g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
      g_assert_true (xs_platform_audit_count_waiting (f.storage, &n_waiting, NULL));
    }
  g_test_message ("%u logs, %u auditors killed", n_logs, n_killed);
  assert_one_verdict_each (&f, n_logs);
  xs_audit_fixture_tear_down (&f, NULL);
}

/* Until at most @n logs wait, as those hear who are told of verdicts. */
static void
wait_until_left (XsAuditFixture *f, gint64 n)
{
  g_autoptr (XsSqlWatch) news = xs_platform_audit_watch (f->storage);
  gint64 n_waiting = G_MAXINT64;
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      g_assert_true (xs_platform_audit_count_waiting (f->storage, &n_waiting, &error));
      g_assert_no_error (error);
      if (n_waiting <= n)
        return;
      xs_sql_watch_wait (news, G_USEC_PER_SEC, NULL);
    }
}

/*
 * Two at once, one of which is killed while logs wait: the other does the rest, also what the dead one had, and then
 * waits until a log comes.
 */
static void
test_several (gconstpointer program)
{
  XsAuditFixture f = { 0 };
  guint n_logs = count_logs () / 2;
  int status;

  xs_audit_fixture_set_up (&f, NULL);
  GPid alive = start_auditor (program, f.dir, FALSE);
  GPid dead = start_auditor (program, f.dir, FALSE);
  fill (&f, n_logs);
  wait_until_left (&f, n_logs - 1);
  kill (dead, SIGKILL);
  g_assert_cmpint (waitpid (dead, NULL, 0), ==, dead);
  fill (&f, n_logs);
  wait_until_left (&f, 0);
  fill (&f, 1);
  wait_until_left (&f, 0);
  kill (alive, SIGTERM);
  g_assert_cmpint (waitpid (alive, &status, 0), ==, alive);
  g_assert_cmpint (status, ==, 0);
  assert_one_verdict_each (&f, 2 * n_logs + 1);
  xs_audit_fixture_tear_down (&f, NULL);
}

typedef struct {
  XsAuditJob job;
  XsAuditFacts facts;
} Judging;

static void
begin_judging (XsAuditFixture *f, Judging *judging)
{
  gboolean found;

  *judging = (Judging){ 0 };
  xs_audit_facts_init (&judging->facts);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &judging->job, &found, NULL));
  g_assert_true (found);
  g_assert_true (xs_platform_audit_read_facts (f->storage, &judging->job, &judging->facts, NULL));
}

static XsAuditOutcome
end_judging (XsAuditFixture *f, Judging *judging)
{
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  XsAuditOutcome outcome;
  g_autoptr (XsAudit) audit = xs_audit_log (&judging->job.wire_log.log, &judging->job.policy, &judging->facts);

  g_assert_true (xs_platform_audit_finish (f->storage, &judging->job, audit, photos, doubts, &outcome, NULL));
  return outcome;
}

/* Two auditors, each with a log of the same day: whoever ends last knows what the other one has credited. */
static void
test_same_day (void)
{
  XsAuditFixture f = { 0 };
  Judging first, second;

  xs_audit_fixture_set_up (&f, NULL);
  for (int i = 0; i < 2; i++)
    {
      g_auto (XsWireLog) wire_log;
      xs_audit_fixture_make_log (&f, 0, XS_STUDENT, 60 * i, 20, NULL, 0, NULL, &wire_log);
      xs_audit_fixture_put (&f, 0, &wire_log, NULL);
    }
  begin_judging (&f, &first);
  begin_judging (&f, &second);
  g_assert_cmpint (end_judging (&f, &first), ==, XS_AUDIT_RECORDED);
  g_assert_cmpint (end_judging (&f, &second), ==, XS_AUDIT_STALE);
  g_autoptr (GArray) none = xs_audit_fixture_history (&f, 0, 2);
  g_assert_cmpuint (none->len, ==, 0);
  xs_audit_facts_clear (&second.facts);
  xs_audit_facts_init (&second.facts);
  g_assert_true (xs_platform_audit_read_facts (f.storage, &second.job, &second.facts, NULL));
  g_assert_cmpint (end_judging (&f, &second), ==, XS_AUDIT_RECORDED);
  assert_one_verdict_each (&f, 2);
  Judging *all[] = { &first, &second };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      xs_audit_job_clear (&all[i]->job);
      xs_audit_facts_clear (&all[i]->facts);
    }
  xs_audit_fixture_tear_down (&f, NULL);
}

/* Whoever is too slow has lost the log: what he would say comes to nothing. */
static void
test_too_slow (void)
{
  XsAuditFixture f = { 0 };
  g_auto (XsAuditJob) slow = { 0 };
  g_auto (XsAuditJob) quick = { 0 };
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_auto (XsAuditFacts) facts;
  XsAuditOutcome outcome;
  gboolean found;

  xs_audit_fixture_set_up (&f, NULL);
  XsSqlWatch *news = xs_platform_audit_watch_queue (f.storage);
  fill (&f, 1);
  /* That a log has come is told. */
  g_assert_true (xs_sql_watch_wait (news, 0, NULL));
  xs_sql_watch_free (news);
  g_assert_true (xs_platform_audit_claim (f.storage, G_USEC_PER_SEC, &slow, &found, NULL));
  g_assert_true (found);
  g_assert_true (xs_platform_audit_claim (f.storage, G_USEC_PER_SEC, &quick, &found, NULL));
  g_assert_false (found);
  xs_clock_fake_advance (f.clock, 2 * G_USEC_PER_SEC);
  g_assert_true (xs_platform_audit_claim (f.storage, G_USEC_PER_SEC, &quick, &found, NULL));
  g_assert_true (found);
  g_assert_cmpint (quick.claim.claims, ==, 2);
  xs_audit_facts_init (&facts);
  g_autoptr (XsAudit) audit = xs_audit_log (&slow.wire_log.log, &slow.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f.storage, &slow, audit, photos, doubts, &outcome, NULL));
  g_assert_cmpint (outcome, ==, XS_AUDIT_LATE);
  g_assert_true (xs_platform_audit_finish (f.storage, &quick, audit, photos, doubts, &outcome, NULL));
  g_assert_cmpint (outcome, ==, XS_AUDIT_RECORDED);
  assert_one_verdict_each (&f, 1);
  xs_audit_fixture_tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/auditor/queue/too-slow", test_too_slow);
  g_test_add_func ("/auditor/queue/same-day", test_same_day);
  g_test_add_data_func ("/auditor/queue/kill", argv[1], test_kill);
  g_test_add_data_func ("/auditor/queue/several", argv[1], test_several);
  return g_test_run ();
}
