/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The database of the platform: transactions of many threads, readers beside them, queues and news. */

#include "temp-dir.h"
#include "xs-error.h"
#include "xs-sql-fixture.h"
#include "xs-sql-queue.h"

#define N_THREADS 8
#define N_EACH 50
/* The most that one process opens of PostgreSQL. */
#define N_CONNECTIONS 24

typedef XsSqlFixture Fixture;

static gint64
query (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_true (xs_sql_query_int (f->sql, &value, -1, text, &error, ""));
  g_assert_no_error (error);
  return value;
}

static void
run (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_sql_run (f->sql, text, &error, ""));
  g_assert_no_error (error);
}

static void
test_values (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new ("a\0\xff", 3);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  gboolean has_row;

  g_assert_true (xs_sql_run (f->sql, "INSERT INTO thing (id, name, bytes, number) VALUES (?, ?, ?, ?)", &error, "isbd",
                             G_MAXINT64, "名'?$1", bytes, 0.5));
  g_assert_true (xs_sql_run (f->sql, "INSERT INTO thing (id, name, bytes) VALUES (?, ?, ?)", &error, "isb", G_MININT64,
                             NULL, empty));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (f->sql, "SELECT id, name, bytes, number FROM thing WHERE id <> ? ORDER BY id DESC", &error, "i",
                    (gint64) 0);
  g_assert_no_error (error);
  g_assert_true (xs_sql_row_step (row, &has_row, &error));
  g_assert_true (has_row);
  g_autoptr (GBytes) stored = xs_sql_row_bytes (row, 2);
  g_assert_cmpint (xs_sql_row_int (row, 0), ==, G_MAXINT64);
  g_assert_cmpstr (xs_sql_row_string (row, 1), ==, "名'?$1");
  g_assert_true (g_bytes_equal (stored, bytes));
  g_assert_cmpfloat (xs_sql_row_double (row, 3), ==, 0.5);
  g_assert_true (xs_sql_row_step (row, &has_row, &error));
  g_assert_true (has_row);
  g_autoptr (GBytes) nothing = xs_sql_row_bytes (row, 2);
  g_assert_cmpint (xs_sql_row_int (row, 0), ==, G_MININT64);
  g_assert_true (xs_sql_row_is_null (row, 1));
  g_assert_null (xs_sql_row_string (row, 1));
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
  g_assert_true (xs_sql_row_is_null (row, 3));
  g_assert_true (xs_sql_row_step (row, &has_row, &error));
  g_assert_false (has_row);
}

static void
test_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 id;

  run (f, "INSERT INTO thing (id, name) VALUES (1, 'a')");
  g_assert_false (xs_sql_run (f->sql, "INSERT INTO thing (id, name) VALUES (1, 'b')", &error, ""));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (xs_sql_run (f->sql, "INSERT INTO thing (id, name) VALUES (2, '')", &error, ""));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_sql_query_int (f->sql, &id, 0, "SELECT id FROM nothing", &error, ""));
  g_assert_error (error, XS_ERROR, XS_ERROR_FAILED);
  g_clear_error (&error);
  /* Outside of a transaction a query cannot write. */
  g_assert_false (xs_sql_query_int (f->sql, &id, 0, "INSERT INTO thing (name) VALUES ('c') RETURNING id", &error, ""));
  g_assert_nonnull (error);
  g_assert_cmpint (query (f, "SELECT count (*) FROM thing"), ==, 1);
}

static gboolean
fail_inside (XsSql *sql, gpointer data, GError **error)
{
  if (xs_sql_run (sql, "INSERT INTO thing (name) VALUES ('lost')", error, ""))
    g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, "no");
  return FALSE;
}

static gboolean
insert_around_a_failure (XsSql *sql, gpointer data, GError **error)
{
  g_autoptr (GError) inner_error = NULL;
  gint64 *id = data;
  gint64 seen;

  if (!xs_sql_query_int (sql, id, 0, "INSERT INTO thing (name) VALUES ('kept') RETURNING id", error, ""))
    return FALSE;
  g_assert_false (xs_sql_transaction (sql, fail_inside, NULL, &inner_error));
  g_assert_error (inner_error, XS_ERROR, XS_ERROR_REJECTED);
  return xs_sql_query_int (sql, &seen, 0, "SELECT count (*) FROM thing", error, "") && seen == 1;
}

static void
test_undone (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  g_assert_false (xs_sql_transaction (f->sql, fail_inside, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
  g_clear_error (&error);
  g_assert_cmpint (query (f, "SELECT count (*) FROM thing"), ==, 0);
  g_assert_true (xs_sql_transaction (f->sql, insert_around_a_failure, &id, &error));
  g_assert_no_error (error);
  g_assert_cmpint (query (f, "SELECT id FROM thing WHERE name = 'kept'"), ==, id);
}

typedef struct {
  Fixture *f;
  gint64 number;
} Writer;

/* Every fourth fails, after it has written. */
static gboolean
count_up (XsSql *sql, gpointer data, GError **error)
{
  Writer *writer = data;

  if (!xs_sql_run (sql, "INSERT INTO thing (id, name) VALUES (?, 'x')", error, "i", writer->number)
      || !xs_sql_run (sql, "UPDATE total SET n = n + 1", error, ""))
    return FALSE;
  if (writer->number % 4 != 0)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, "the fourth");
  return FALSE;
}

static gpointer
write_many (gpointer data)
{
  Writer *writer = data;
  gint64 first = writer->number;

  for (; writer->number < first + N_EACH; writer->number++)
    {
      g_autoptr (GError) error = NULL;
      gint64 found;
      gboolean ok = xs_sql_transaction (writer->f->sql, count_up, writer, &error);
      g_assert_true (ok == (writer->number % 4 != 0));
      if (!ok)
        g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
      /* What was answered is there for every reader. */
      g_clear_error (&error);
      g_assert_true (xs_sql_query_int (writer->f->sql, &found, 0, "SELECT count (*) FROM thing WHERE id = ?", &error,
                                       "i", writer->number));
      g_assert_cmpint (found, ==, ok ? 1 : 0);
    }
  return NULL;
}

/* Whoever is flushed to disk together fails or not each for itself. */
static void
test_threads (Fixture *f, gconstpointer data)
{
  GThread *threads[N_THREADS];
  Writer writers[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      writers[i] = (Writer){ f, 1 + i * (gint64) N_EACH };
      threads[i] = g_thread_new ("writer", write_many, &writers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (query (f, "SELECT n FROM total"), ==, N_THREADS * N_EACH * 3 / 4);
  g_assert_cmpint (query (f, "SELECT count (*) FROM thing"), ==, N_THREADS * N_EACH * 3 / 4);
}

typedef struct {
  Fixture *f;
  GMutex mutex;
  GCond changed;
  gboolean inside;
  gboolean go_on;
} Slow;

static gboolean
write_slowly (XsSql *sql, gpointer data, GError **error)
{
  Slow *slow = data;

  if (!xs_sql_run (sql, "INSERT INTO thing (id, name) VALUES (1, 'slow')", error, ""))
    return FALSE;
  g_mutex_lock (&slow->mutex);
  slow->inside = TRUE;
  g_cond_broadcast (&slow->changed);
  while (!slow->go_on)
    g_cond_wait (&slow->changed, &slow->mutex);
  g_mutex_unlock (&slow->mutex);
  return TRUE;
}

static gpointer
run_slowly (gpointer data)
{
  Slow *slow = data;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_sql_transaction (slow->f->sql, write_slowly, slow, &error));
  return NULL;
}

/* A writer holds no reader up, nor an open reader a writer; a reader sees what was committed. */
static void
test_readers (Fixture *f, gconstpointer data)
{
  Slow slow = { .f = f };
  g_autoptr (GError) error = NULL;
  gboolean has_row;

  g_mutex_init (&slow.mutex);
  g_cond_init (&slow.changed);
  run (f, "INSERT INTO thing (id, name) VALUES (7, 'before')");
  g_autoptr (XsSqlRow) open_row = xs_sql_prepare (f->sql, "SELECT id FROM thing", &error, "");
  g_assert_true (xs_sql_row_step (open_row, &has_row, &error));
  GThread *thread = g_thread_new ("writer", run_slowly, &slow);
  g_mutex_lock (&slow.mutex);
  while (!slow.inside)
    g_cond_wait (&slow.changed, &slow.mutex);
  g_mutex_unlock (&slow.mutex);
  g_assert_cmpint (query (f, "SELECT count (*) FROM thing"), ==, 1);
  g_mutex_lock (&slow.mutex);
  slow.go_on = TRUE;
  g_cond_broadcast (&slow.changed);
  g_mutex_unlock (&slow.mutex);
  g_thread_join (thread);
  g_assert_cmpint (xs_sql_row_int (open_row, 0), ==, 7);
  g_assert_cmpint (query (f, "SELECT count (*) FROM thing"), ==, 2);
  g_mutex_clear (&slow.mutex);
  g_cond_clear (&slow.changed);
}

static GArray *
claim (Fixture *f, guint max, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  GArray *claims = xs_sql_queue_claim (f->sql, "job", max, now_us, 100, &error);

  g_assert_no_error (error);
  return claims;
}

/* A job whose worker died is taken by another, and what the first says then is late. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean mine;

  run (f, "INSERT INTO job (id, due_us) VALUES (1, 10), (2, 5), (3, 1000)");
  g_autoptr (GArray) first = claim (f, 1, 20);
  g_assert_cmpuint (first->len, ==, 1);
  const XsSqlClaim dead = g_array_index (first, XsSqlClaim, 0);
  g_assert_cmpint (dead.id, ==, 2);
  g_assert_cmpint (dead.claims, ==, 1);
  g_autoptr (GArray) second = claim (f, 5, 50);
  g_assert_cmpuint (second->len, ==, 1);
  const XsSqlClaim alive = g_array_index (second, XsSqlClaim, 0);
  g_assert_cmpint (alive.id, ==, 1);

  g_autoptr (GArray) third = claim (f, 5, 120);
  g_assert_cmpuint (third->len, ==, 1);
  const XsSqlClaim again = g_array_index (third, XsSqlClaim, 0);
  g_assert_cmpint (again.id, ==, 2);
  g_assert_cmpint (again.claims, ==, 2);
  g_assert_true (xs_sql_queue_finish (f->sql, "job", &dead, &mine, &error));
  g_assert_false (mine);
  g_assert_true (xs_sql_queue_finish (f->sql, "job", &again, &mine, &error));
  g_assert_true (mine);
  g_assert_true (xs_sql_queue_finish (f->sql, "job", &alive, &mine, &error));
  g_assert_true (mine);
  g_assert_cmpint (query (f, "SELECT count (*) FROM job"), ==, 1);
}

static gpointer
work_off (gpointer data)
{
  Fixture *f = data;
  gint64 n_done = 0;

  for (;;)
    {
      g_autoptr (GArray) claims = claim (f, 3, 50);
      if (claims->len == 0)
        return GINT_TO_POINTER (n_done);
      for (guint i = 0; i < claims->len; i++)
        {
          g_autoptr (GError) error = NULL;
          gboolean mine;
          g_assert_true (xs_sql_queue_finish (f->sql, "job", &g_array_index (claims, XsSqlClaim, i), &mine, &error));
          n_done += mine;
        }
    }
}

static void
test_workers (Fixture *f, gconstpointer data)
{
  GThread *threads[N_THREADS];
  gint64 n_done = 0;

  for (guint i = 0; i < 100; i++)
    run (f, "INSERT INTO job (due_us) VALUES (1)");
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("worker", work_off, f);
  for (guint i = 0; i < N_THREADS; i++)
    n_done += GPOINTER_TO_INT (g_thread_join (threads[i]));
  g_assert_cmpint (n_done, ==, 100);
  g_assert_cmpint (query (f, "SELECT count (*) FROM job"), ==, 0);
}

static gboolean
notify_and_fail (XsSql *sql, gpointer data, GError **error)
{
  if (xs_sql_notify (sql, "verdict", error))
    g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, "no");
  return FALSE;
}

static void
test_news (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsSqlWatch) watch = xs_sql_watch_new (f->sql, "verdict");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  /* What was notified before the watch began, or was undone, is none of its news; the first look of the listener is. */
  g_assert_false (xs_sql_transaction (f->sql, notify_and_fail, NULL, &error));
  g_assert_true (xs_sql_notify (f->sql, "verdict", NULL));
  g_assert_true (xs_sql_watch_wait (watch, 0, NULL));
  g_assert_true (xs_sql_notify (f->sql, "verdict", NULL));
  g_assert_true (xs_sql_watch_wait (watch, 30 * G_USEC_PER_SEC, NULL));
  g_cancellable_cancel (cancellable);
  while (xs_sql_watch_wait (watch, 30 * G_USEC_PER_SEC, cancellable))
    ;
}

static gboolean
write_and_notify (XsSql *sql, gpointer data, GError **error)
{
  return xs_sql_run (sql, "UPDATE total SET n = n + 1", error, "") && xs_sql_notify (sql, "verdict", error);
}

/* As another process would: a second opening of the same database. */
static void
test_news_of_others (Fixture *f, gconstpointer data)
{
  g_autoptr (XsSqlWatch) watch = xs_sql_watch_new (f->sql, "verdict");
  g_autoptr (XsSql) other = xs_sql_fixture_open (f);
  g_autoptr (GError) error = NULL;

  while (xs_sql_watch_wait (watch, G_USEC_PER_SEC / 2, NULL))
    ;
  g_assert_true (xs_sql_transaction (other, write_and_notify, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (xs_sql_watch_wait (watch, 30 * G_USEC_PER_SEC, NULL));
}

/* The connection of the last transaction is not kept from readers when it is the only one left. */
static void
test_all_read (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_sql_row_free);

  run (f, "INSERT INTO thing (name) VALUES ('a')");
  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean has_row = FALSE;
      XsSqlRow *row = xs_sql_prepare (f->sql, "SELECT name FROM thing", &error, "");
      g_assert_no_error (error);
      g_ptr_array_add (rows, row);
      g_assert_true (xs_sql_row_step (row, &has_row, &error));
      g_assert_true (has_row);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  xs_sql_fixture_add ("values", test_values);
  xs_sql_fixture_add ("errors", test_errors);
  xs_sql_fixture_add ("undone", test_undone);
  xs_sql_fixture_add ("threads", test_threads);
  xs_sql_fixture_add ("readers", test_readers);
  xs_sql_fixture_add ("all-read", test_all_read);
  xs_sql_fixture_add ("queue", test_queue);
  xs_sql_fixture_add ("workers", test_workers);
  xs_sql_fixture_add ("news", test_news);
  xs_sql_fixture_add ("news-of-others", test_news_of_others);
  return g_test_run ();
}
