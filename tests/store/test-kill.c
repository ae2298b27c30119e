/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A child records sessions as fast as it can, and says over a pipe what it is about to store and what is stored. The
 * parent kills it at a random moment, opens the journal, recovers it and compares.
 */

#define ROUNDS 50

/* Credit of segment @segment_id, to be stored or stored. */
typedef struct {
  gint64 segment_id;
  gint64 credited_us;
  gint64 stored;     /* 0: about to; 1: done */
  gint64 n_photos;   /* of the whole child, done */
  gint64 n_segments; /* closed by the child, done */
} Report;

static void
report (Report report)
{
  /* Shorter than PIPE_BUF: whole or not at all. */
  if (write (STDOUT_FILENO, &report, sizeof report) != sizeof report)
    raise (SIGKILL);
}

G_NORETURN static void
run_child (const char *dir, guint32 seed)
{
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, START_US);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsJournal) journal = xs_journal_open (dir, clock, &error);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Report now = { 0 };

  g_assert_no_error (error);
  for (;;)
    {
      XsSessionHandle handle = store_begin (journal, clock, g_rand_boolean (random) ? STUNUM : OTHER_STUNUM);
      int seconds = 0;
      for (gboolean signed_in = TRUE; signed_in;)
        {
          int action = g_rand_int_range (random, 0, 20);
          if (action < 13)
            {
              seconds += g_rand_int_range (random, 0, 10);
              now.segment_id = handle.segment_id;
              now.credited_us = seconds * SECOND_US;
              now.stored = 0;
              report (now);
              g_assert_true (store_progress (journal, &handle, seconds, &error));
              now.stored = 1;
              report (now);
            }
          else if (action < 18)
            {
              store_photo (journal, &handle, XS_PHOTO_TIMED, g_rand_int_range (random, 0, 3600));
              now.n_photos++;
              report (now);
            }
          else
            {
              signed_in = action == 18;
              store_close (journal, &handle, signed_in ? XS_SIGN_OUT_SEGMENT_FULL : XS_SIGN_OUT_BY_LEARNER,
                           START_US + seconds * SECOND_US, signed_in);
              now.n_segments++;
              report (now);
              seconds = 0;
            }
        }
    }
}

typedef struct {
  GHashTable *attempted; /* segment id → credit, the highest the child was about to store */
  GHashTable *stored;
  gint64 n_photos, n_segments;
} Told;

static void
raise_to (GHashTable *table, gint64 segment_id, gint64 credited_us)
{
  gint64 *key = g_new (gint64, 1);
  gint64 *value = g_new (gint64, 1);

  *key = segment_id;
  *value = credited_us;
  g_hash_table_replace (table, key, value);
}

static gint64
look_up (GHashTable *table, gint64 segment_id)
{
  const gint64 *value = g_hash_table_lookup (table, &segment_id);

  return value != NULL ? *value : 0;
}

/* The child is in the middle of its next step: any moment of it is as good as another. */
static void
kill_within (pid_t child, gint64 at_most_us, GRand *random)
{
  gint64 end_us = g_get_monotonic_time () + g_rand_int_range (random, 0, (int) at_most_us);

  while (g_get_monotonic_time () < end_us)
    ;
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
}

/* Reads what the child says until @enough reports came, kills it, and reads the rest. */
static void
listen_and_kill (int fd, pid_t child, int enough, GRand *random, Told *told)
{
  Report heard;
  int status;

  for (int n = 0;; n++)
    {
      gssize size = read (fd, &heard, sizeof heard);
      if (size < 0 && errno == EINTR)
        continue;
      if (size == 0)
        break;
      g_assert_cmpint (size, ==, sizeof heard);
      raise_to (told->attempted, heard.segment_id, heard.credited_us);
      if (heard.stored != 0)
        raise_to (told->stored, heard.segment_id, heard.credited_us);
      told->n_photos = heard.n_photos;
      told->n_segments = heard.n_segments;
      if (n == enough)
        kill_within (child, 6000, random);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static void
run_and_kill (const char *dir, GRand *random, Told *told)
{
  g_autofree char *seed_text = g_strdup_printf ("%u", g_rand_int (random));
  int enough = g_rand_int_range (random, 0, 60);
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      dup2 (ends[1], STDOUT_FILENO);
      close (ends[0]);
      close (ends[1]);
      execl (self, self, "--child", dir, seed_text, NULL);
      _exit (127);
    }
  close (ends[1]);
  listen_and_kill (ends[0], child, enough, random, told);
  close (ends[0]);
}

static void
check_credit (XsJournal *journal, const Told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT id, credited_us FROM segment", &error, "");
  gboolean has_row = TRUE;

  g_assert_no_error (error);
  while (has_row)
    {
      g_assert_true (xs_stmt_step (stmt, &has_row, &error));
      if (!has_row)
        break;
      gint64 id = xs_stmt_int (stmt, 0);
      g_assert_cmpint (xs_stmt_int (stmt, 1), <=, look_up (told->attempted, id));
      g_assert_cmpint (xs_stmt_int (stmt, 1), >=, look_up (told->stored, id));
    }
}

static void
test_kill (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_strdup (xs_journal_get_dir (fixture->journal));
  guint32 seed = (guint32) g_test_rand_int ();
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  gint64 n_photos = 0, n_logs = 0;
  guint n_interrupted = 0;
  Told told = { g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free),
                g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free), 0, 0 };

  for (int round = 0; round < ROUNDS; round++)
    {
      told.n_photos = told.n_segments = 0;
      g_clear_pointer (&fixture->journal, xs_journal_close);
      run_and_kill (dir, random, &told);

      store_fixture_reopen (fixture);
      store_check (fixture->journal, &fixture->platform, FALSE);
      guint n_closed = store_recover (fixture->journal);
      g_assert_cmpuint (n_closed, <=, 1);
      n_interrupted += n_closed;
      store_check (fixture->journal, &fixture->platform, TRUE);
      check_credit (fixture->journal, &told);

      /* Nothing that was reported as done is missing, and at most the one step under way came on top. */
      gint64 photos_now = store_count (fixture->journal, "SELECT count (*) FROM photo");
      gint64 logs_now = store_count (fixture->journal, "SELECT count (*) FROM log") - n_closed;
      g_assert_cmpint (photos_now - n_photos, >=, told.n_photos);
      g_assert_cmpint (photos_now - n_photos, <=, told.n_photos + 1);
      g_assert_cmpint (logs_now - n_logs, >=, told.n_segments);
      g_assert_cmpint (logs_now - n_logs, <=, told.n_segments + 1);
      n_photos = photos_now;
      n_logs = logs_now + n_closed;
    }
  g_test_message ("%d kills, %d photos, %d logs, %u interrupted sessions", ROUNDS, (int) n_photos, (int) n_logs,
                  n_interrupted);
  g_assert_cmpuint (n_interrupted, >, 0);
  g_hash_table_unref (told.attempted);
  g_hash_table_unref (told.stored);
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    run_child (argv[2], (guint32) g_ascii_strtoull (argv[3], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/kill/fifty-times", test_kill);
  return g_test_run ();
}
