/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

/* Holds up the store's thread until it is opened. */
typedef struct {
  GMutex lock;
  GCond cond;
  gboolean entered, open;
} Gate;

static void
gate_init (Gate *gate)
{
  *gate = (Gate){ 0 };
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->cond);
}

static void
gate_clear (Gate *gate)
{
  g_mutex_clear (&gate->lock);
  g_cond_clear (&gate->cond);
}

static gboolean
wait_at_gate (XsJournal *journal, gpointer data, GError **error)
{
  Gate *gate = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate->lock);

  gate->entered = TRUE;
  g_cond_broadcast (&gate->cond);
  while (!gate->open)
    g_cond_wait (&gate->cond, &gate->lock);
  return TRUE;
}

static void
wait_entered (Gate *gate)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate->lock);

  while (!gate->entered)
    g_cond_wait (&gate->cond, &gate->lock);
}

static void
open_gate (Gate *gate)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&gate->lock);

  gate->open = TRUE;
  g_cond_broadcast (&gate->cond);
}

static XsStore *
new_store (StoreFixture *fixture)
{
  return xs_store_new (g_steal_pointer (&fixture->journal));
}

/* The last reference: afterwards the journal is closed, which a second process could tell by the lock. */
static void
close_store (StoreFixture *fixture, XsStore *store)
{
  g_assert_finalize_object (store);
  store_fixture_reopen (fixture);
}

typedef struct {
  GString *order;
  GThread *func_thread, *free_thread, *callback_thread;
  char letter;
  gboolean fail;
  int n_freed;
  int n_called;
} Job;

static gboolean
append_letter (XsJournal *journal, gpointer data, GError **error)
{
  Job *job = data;

  job->func_thread = g_thread_self ();
  g_string_append_c (job->order, job->letter);
  if (job->fail)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, "no");
  return !job->fail;
}

static void
on_freed (gpointer data)
{
  Job *job = data;

  job->free_thread = g_thread_self ();
  job->n_freed++;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  g_autoptr (GError) error = NULL;

  job->callback_thread = g_thread_self ();
  job->n_called++;
  g_assert_true (xs_store_get_data (result) == job);
  g_assert_true (g_async_result_get_user_data (result) == job);
  g_assert_cmpint (job->n_freed, ==, 0);
  g_assert_true (XS_IS_STORE (source));
  if (job->fail)
    {
      g_assert_false (xs_store_finish (XS_STORE (source), result, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_REJECTED);
    }
  else
    {
      g_assert_true (xs_store_finish (XS_STORE (source), result, &error));
      g_assert_no_error (error);
    }
}

static void
test_order (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  g_autoptr (GString) order = g_string_new (NULL);
  Job jobs[26] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      jobs[i] = (Job){ .order = order, .letter = (char) ('a' + i), .fail = i == 7 };
      xs_store_submit (store, append_letter, &jobs[i], on_freed, on_done, &jobs[i]);
    }
  while (jobs[G_N_ELEMENTS (jobs) - 1].n_freed == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpstr (order->str, ==, "abcdefghijklmnopqrstuvwxyz");
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      g_assert_cmpint (jobs[i].n_called, ==, 1);
      g_assert_cmpint (jobs[i].n_freed, ==, 1);
      g_assert_true (jobs[i].callback_thread == g_thread_self ());
      g_assert_true (jobs[i].free_thread == g_thread_self ());
      g_assert_true (jobs[i].func_thread != g_thread_self ());
      g_assert_true (jobs[i].func_thread == jobs[0].func_thread);
    }
  close_store (fixture, store);
}

static gpointer
submit_elsewhere (gpointer data)
{
  gpointer *both = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Job *job = both[1];

  g_main_context_push_thread_default (context);
  xs_store_submit (both[0], append_letter, job, on_freed, on_done, job);
  while (job->n_freed == 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return g_thread_self ();
}

static void
test_own_context (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  g_autoptr (GString) order = g_string_new (NULL);
  Job job = { .order = order, .letter = 'x' };
  gpointer both[] = { store, &job };
  GThread *thread = g_thread_new ("elsewhere", submit_elsewhere, both);

  gpointer elsewhere = g_thread_join (thread);
  g_assert_true (job.callback_thread == elsewhere);
  g_assert_true (job.free_thread == elsewhere);
  close_store (fixture, store);
}

static gboolean
begin_one (XsJournal *journal, gpointer data, GError **error)
{
  XsPolicy policy;
  XsSessionHandle handle;

  xs_policy_default (&policy);
  return xs_journal_begin_session (journal, STUNUM, SUBJCODE, &policy, START_US, &handle, error);
}

static gboolean
count_sessions (XsJournal *journal, gpointer data, GError **error)
{
  return xs_db_query_int (journal->db, data, 0, "SELECT count (*) FROM session", error, "");
}

/* The end of a program: work is queued, nobody runs a main loop any more. */
static void
test_closing_finishes_queue (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  g_autoptr (GString) order = g_string_new (NULL);
  Job last = { .order = order, .letter = 'z' };
  Gate gate;

  gate_init (&gate);
  xs_store_submit (store, wait_at_gate, &gate, NULL, NULL, NULL);
  wait_entered (&gate);
  for (int i = 0; i < 100; i++)
    xs_store_submit (store, begin_one, NULL, NULL, NULL, NULL);
  xs_store_submit (store, append_letter, &last, on_freed, NULL, NULL);
  open_gate (&gate);
  close_store (fixture, store);
  gate_clear (&gate);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM session"), ==, 100);
  g_assert_cmpstr (order->str, ==, "z");

  /* The results are still delivered to whoever looks. */
  while (last.n_freed == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (last.free_thread == g_thread_self ());
}

static void
on_late (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (source);
  g_assert_null (g_async_result_get_source_object (result));
  g_assert_true (xs_store_finish (XS_STORE (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
test_result_after_close (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  gboolean delivered = FALSE;

  xs_store_submit (store, begin_one, NULL, NULL, on_late, &delivered);
  close_store (fixture, store);
  g_assert_false (delivered);
  while (!delivered)
    g_main_context_iteration (NULL, TRUE);
}

static void
drop_store (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsStore **store = user_data;

  g_clear_object (store);
}

/* The callback drops the last reference but the one it is called with. */
static void
test_dropped_in_callback (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  gpointer weak = store;

  g_object_add_weak_pointer (G_OBJECT (store), &weak);
  xs_store_submit (store, begin_one, NULL, NULL, drop_store, &store);
  while (weak != NULL)
    g_main_context_iteration (NULL, TRUE);
  store_fixture_reopen (fixture);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM session"), ==, 1);
}

static gboolean
fail_hard (XsJournal *journal, gpointer data, GError **error)
{
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NO_SPACE, "full");
  return FALSE;
}

static void
test_run (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  g_autoptr (GError) error = NULL;
  gint64 n = -1;

  g_assert_true (xs_store_run (store, begin_one, NULL, &error));
  g_assert_true (xs_store_run (store, count_sessions, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 1);
  g_assert_false (xs_store_run (store, fail_hard, NULL, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  /* Nobody need care why. */
  g_assert_false (xs_store_run (store, fail_hard, NULL, NULL));
  close_store (fixture, store);
}

typedef struct {
  XsStore *store;
  int n_done; /* atomic */
} Crowd;

static gpointer
run_many (gpointer data)
{
  Crowd *crowd = data;

  for (int i = 0; i < 25; i++)
    {
      if (xs_store_run (crowd->store, begin_one, NULL, NULL))
        g_atomic_int_inc (&crowd->n_done);
    }
  return NULL;
}

static void
test_run_from_many_threads (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  Crowd crowd = { store, 0 };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("crowd", run_many, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (g_atomic_int_get (&crowd.n_done), ==, 100);
  close_store (fixture, store);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM session"), ==, 100);
  store_check (fixture->journal, &fixture->platform, FALSE);
}

typedef struct {
  int n;
  GThread *thread;
} Changed;

static void
on_changed (XsStore *store, gpointer data)
{
  Changed *changed = data;

  changed->n++;
  changed->thread = g_thread_self ();
}

static void
test_changed (StoreFixture *fixture, gconstpointer unused)
{
  XsStore *store = new_store (fixture);
  g_autoptr (GError) error = NULL;
  Changed changed = { 0 };
  gint64 n;

  g_signal_connect (store, "changed", G_CALLBACK (on_changed), &changed);
  for (int i = 0; i < 20; i++)
    g_assert_true (xs_store_run (store, begin_one, NULL, &error));
  g_assert_cmpint (changed.n, ==, 0);
  while (changed.n == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (changed.n, ==, 1);
  g_assert_true (changed.thread == g_thread_self ());

  /* Reading changes nothing; neither does what failed before it wrote. */
  g_assert_true (xs_store_run (store, count_sessions, &n, &error));
  g_assert_false (xs_store_run (store, fail_hard, NULL, NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (changed.n, ==, 1);

  g_assert_true (xs_store_run (store, begin_one, NULL, &error));
  while (changed.n == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (changed.n, ==, 2);

  /* A signal still under way when the store goes is not emitted. */
  g_assert_true (xs_store_run (store, begin_one, NULL, &error));
  close_store (fixture, store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (changed.n, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/store/order", test_order);
  store_fixture_add_test ("/store/store/own-context", test_own_context);
  store_fixture_add_test ("/store/store/closing-finishes-queue", test_closing_finishes_queue);
  store_fixture_add_test ("/store/store/result-after-close", test_result_after_close);
  store_fixture_add_test ("/store/store/dropped-in-callback", test_dropped_in_callback);
  store_fixture_add_test ("/store/store/run", test_run);
  store_fixture_add_test ("/store/store/run-from-many-threads", test_run_from_many_threads);
  store_fixture_add_test ("/store/store/changed", test_changed);
  return g_test_run ();
}
