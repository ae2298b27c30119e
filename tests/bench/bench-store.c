/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a kiosk asks of its journal, on an empty one and on one with years of history, side by side. */

#include <locale.h>
#include <sqlite3.h>
#include <string.h>

#include "store-fixture.h"
#include "xs-records.h"

#define N_SESSIONS 16667 /* of an hour: 1,000,020 minutes */
#define N_PHOTOS_EACH 6  /* 100,002 */

typedef struct {
  TempDir *dir;
  XsClock *clock;
  XsSealKey platform;
  XsJournal *journal;
  XsSessionHandle handle;
  int seconds;
  guint32 seed;
} Store;

/* 600 learners, STUNUM among them, study one hour after the other, all logs sent but the last ten. */
static const char history[] =
  "PRAGMA foreign_keys = OFF; BEGIN;"
  "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1$d)"
  " SELECT i FROM n;"
  "INSERT INTO roster (stunum, name, last_recnum, total_s) SELECT printf ('%%016d', 3301000000000017 + i), 'L'"
  " || i, 0, 0"
  " FROM n WHERE i < 600;"
  "INSERT INTO session (id, classid, stunum, policy_id, policy_version, start_wall_us, state)"
  " SELECT i, i, printf ('%%016d', 3301000000000017 + i %% 600), 'p', 1, 1600000000000000 + i * 3600000000,"
  " 'closed' FROM n;"
  "INSERT INTO segment (id, session_id, subjcode, start_wall_us, last_wall_us, credited_us, end_reason)"
  " SELECT i, i, '4001010000', 1600000000000000 + i * 3600000000, 1600003600000000 + i * 3600000000, 3600000000,"
  " 'by_learner' FROM n;"
  "INSERT INTO minute SELECT n.i, m.i - 1, printf ('0000330100000001%%010d', n.i * 60 + m.i), 1600000000000000,"
  " 60000000, 1"
  " FROM n JOIN (SELECT i FROM n WHERE i <= 60) m;"
  "INSERT INTO credit SELECT printf ('%%016d', 3301000000000017 + i %% 600), 20200913 + i / 24 %% 15, i,"
  " 3600000000 FROM n;"
  "INSERT INTO photo (number, segment_id, event, wall_us, sha256, match, width_px, height_px)"
  " SELECT n.i * %2$d + p.i, n.i, 5, 1600000000000000, printf ('%%064d', n.i * %2$d + p.i), 0.5, 640, 480"
  " FROM n JOIN (SELECT i FROM n WHERE i <= %2$d) p;"
  "INSERT INTO log SELECT i, i, printf ('%%016d', 3301000000000017 + i %% 600), i / 600 + 1, zeroblob (12000),"
  " printf ('%%064d', i), printf ('%%064d', i - 1), zeroblob (64) FROM n;"
  "INSERT INTO outbox (kind, photo_number, segment_id, state) SELECT 'photo', number, segment_id, 'acked' FROM photo;"
  "INSERT INTO outbox (kind, log_seq, segment_id, stunum, state) SELECT 'log', seq, segment_id, stunum,"
  " CASE WHEN seq > %1$d - 10 THEN 'waiting' ELSE 'acked' END FROM log;"
  "UPDATE counter SET value = %1$d + 1 WHERE name IN ('classid', 'log');"
  "UPDATE counter SET value = (%1$d + 1) * %2$d + 1 WHERE name = 'photo';"
  "UPDATE device SET last_log_sha256 = printf ('%%064d', %1$d);"
  "INSERT INTO learner_counter SELECT stunum, max (recnum), 3600 * count (*) FROM log GROUP BY stunum;"
  "UPDATE roster SET (last_recnum, total_s) = (SELECT recnum, total_s FROM learner_counter c"
  " WHERE c.stunum = roster.stunum);"
  "COMMIT";

static char *
journal_dir (Store *store)
{
  return g_build_filename (store->dir, "journal", NULL);
}

static void
open_store (Store *store)
{
  g_autofree char *dir = journal_dir (store);
  g_autoptr (GError) error = NULL;

  store->journal = xs_journal_open (dir, store->clock, &error);
  g_assert_no_error (error);
}

static void
run_sql (Store *store, const char *sql)
{
  g_autofree char *path = g_build_filename (store->dir, "journal", "journal.db", NULL);
  char *message = NULL;
  sqlite3 *raw;

  g_assert_cmpint (sqlite3_open (path, &raw), ==, SQLITE_OK);
  sqlite3_exec (raw, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
}

static void
store_init (Store *store, gboolean with_history)
{
  g_autofree char *key_path = NULL;

  *store = (Store){ .dir = temp_dir_new (), .clock = xs_clock_fake_new (0, START_US) };
  key_path = g_build_filename (store->dir, "platform-key", NULL);
  open_store (store);
  store_pair (store->journal, key_path, &store->platform);
  store_roster (store->journal, STUNUM, NULL);
  g_clear_pointer (&store->journal, xs_journal_close);
  if (!with_history)
    return;
  g_autofree char *sql = g_strdup_printf (history, N_SESSIONS, N_PHOTOS_EACH);
  run_sql (store, sql);
  /* Empty files, with their real names: what costs is how many there are. */
  for (int i = N_PHOTOS_EACH + 1; i <= (N_SESSIONS + 1) * N_PHOTOS_EACH; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/journal/photos/%064d", store->dir, i);
      g_assert_true (g_file_set_contents (path, "", 0, NULL));
    }
}

static void
close_store (Store *store)
{
  g_clear_pointer (&store->journal, xs_journal_close);
}

static void
recover (Store *store)
{
  g_assert_true (xs_journal_recover (store->journal, NULL, NULL));
}

/* What goes on behind it would be in the way of what is measured next. */
static void
end_work (Store *store)
{
  xs_journal_cancel_backup (store->journal);
  g_cancellable_reset (store->journal->backup_cancellable);
}

static void
find_learner (Store *store)
{
  XsLearner learner;

  g_assert_true (xs_journal_find_learner (store->journal, STUNUM, &learner, NULL));
}

static void
credit (Store *store)
{
  gint64 today_us, total_us;

  g_assert_true (xs_journal_get_credit (store->journal, STUNUM, DAY, &today_us, &total_us, NULL));
}

/* From the start until somebody can be let in, with all that goes on behind it. */
static void
start (Store *store)
{
  open_store (store);
  recover (store);
  find_learner (store);
  credit (store);
}

static void
begin (Store *store)
{
  store->handle = store_begin (store->journal, store->clock, STUNUM);
  store->seconds = 0;
}

static void
progress (Store *store)
{
  g_assert_true (store_progress (store->journal, &store->handle, ++store->seconds, NULL));
}

static void
photo (Store *store)
{
  store_photo (store->journal, &store->handle, XS_PHOTO_TIMED, ++store->seed);
}

static void
status (Store *store)
{
  XsOutboxStatus outbox;

  g_assert_true (xs_outbox_get_status (store->journal, &outbox, NULL));
}

static void
due (Store *store)
{
  g_autoptr (GPtrArray) items = xs_outbox_list_due (store->journal, START_US, 20, NULL);

  g_assert_nonnull (items);
}

static void
close_it (Store *store)
{
  store_close (store->journal, &store->handle, XS_SIGN_OUT_BY_LEARNER, START_US + SECOND_US, FALSE);
  store->handle = store_begin (store->journal, store->clock, STUNUM);
  store->seconds = 0;
}

static void
days (Store *store)
{
  g_autoptr (GArray) list = xs_records_list_days (store->journal, STUNUM, 0, 30, NULL);

  g_assert_nonnull (list);
}

/* Each judged: there are as many as were closed before. */
static void
logs_of_day (Store *store)
{
  g_autoptr (GArray) list = xs_records_list_logs (store->journal, STUNUM, DAY, NULL);

  g_assert_cmpuint (list->len, >=, 60);
}

static const struct {
  const char *name;
  void (*run) (Store *store);
  int rounds;
  void (*before) (Store *store); /* (nullable): not measured */
  void (*after) (Store *store);  /* (nullable): not measured */
} tasks[] = {
  { "open and check", open_store, 200, close_store, NULL },
  { "recover", recover, 20, NULL, end_work },
  { "look a learner up", find_learner, 500, NULL, NULL },
  { "credit of day", credit, 500, NULL, NULL },
  { "open to credit of day", start, 20, close_store, end_work },
  { "begin a session", begin, 100, NULL, NULL },
  { "save_progress", progress, 600, NULL, NULL },
  { "add_photo", photo, 60, NULL, NULL },
  { "sync status", status, 500, NULL, NULL },
  { "list what is due", due, 500, NULL, NULL },
  { "close a segment", close_it, 60, NULL, end_work },
  { "30 days of a learner", days, 200, NULL, NULL },
  { "60 logs of a day, judged", logs_of_day, 20, NULL, NULL },
};

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  Store stores[2];
  g_autoptr (GString) table = g_string_new (NULL);

  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2; i++)
    store_init (&stores[i], i == 1);
  for (guint i = 0; i < 2; i++)
    open_store (&stores[i]);
  g_string_append (table, "| | empty, µs | with history, µs | ratio |\n|---|--:|--:|--:|\n");
  for (guint task = 0; task < G_N_ELEMENTS (tasks); task++)
    {
      g_autofree gint64 *empty_us = g_new (gint64, tasks[task].rounds);
      g_autofree gint64 *history_us = g_new (gint64, tasks[task].rounds);
      gint64 *const took[] = { empty_us, history_us };
      /* In turns, so that whatever else the machine does falls on both. */
      for (int round = 0; round < tasks[task].rounds; round++)
        {
          for (guint i = 0; i < 2; i++)
            {
              if (tasks[task].before != NULL)
                tasks[task].before (&stores[i]);
              gint64 began_us = g_get_monotonic_time ();
              tasks[task].run (&stores[i]);
              took[i][round] = g_get_monotonic_time () - began_us;
              if (tasks[task].after != NULL)
                tasks[task].after (&stores[i]);
            }
        }
      for (guint i = 0; i < 2; i++)
        qsort (took[i], tasks[task].rounds, sizeof (gint64), compare);
      gint64 a = took[0][tasks[task].rounds / 2], b = took[1][tasks[task].rounds / 2];
      g_string_append_printf (table, "| %s | %d | %d | %.2f |\n", tasks[task].name, (int) a, (int) b,
                              (double) b / (double) MAX (a, 1));
    }
  g_print ("%s", table->str);
  for (guint i = 0; i < 2; i++)
    {
      xs_journal_close (stores[i].journal);
      xs_clock_unref (stores[i].clock);
      temp_dir_free (stores[i].dir);
    }
  return 0;
}
