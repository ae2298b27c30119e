/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vision-test.h"
#include "xs-error.h"
#include "xs-vision-worker.h"

typedef struct {
  XsVisionWorker *worker;
  guint n_results;
  guint n_errors;
  XsObservation last;
  GArray *times_us;
} Fixture;

static void
on_observation (XsVisionWorker *worker, XsFrame *frame, const XsObservation *observation, const GError *error,
                gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_main_context_is_owner (g_main_context_default ()));
  g_assert_true ((observation == NULL) == (error != NULL));
  fixture->n_results++;
  g_array_append_val (fixture->times_us, frame->time_us);
  if (observation != NULL)
    {
      g_assert_cmpint (observation->time_us, ==, frame->time_us);
      fixture->last = *observation;
    }
  else
    {
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      fixture->n_errors++;
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsVision *vision;

  fixture->times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (test_vision () == NULL)
    return;
  vision = xs_vision_new (NULL, &error);
  g_assert_no_error (error);
  fixture->worker = xs_vision_worker_new (vision, on_observation, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->worker != NULL)
    {
      /* An enrolment's task lets go of the worker on the thread, a moment after its answer came here. */
      while (g_atomic_int_get (&G_OBJECT (fixture->worker)->ref_count) > 1)
        g_thread_yield ();
      g_assert_finalize_object (fixture->worker);
    }
  g_array_unref (fixture->times_us);
}

static void
wait_for_results (Fixture *fixture, guint n)
{
  while (fixture->n_results < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
push_plain (Fixture *fixture, gint64 time_us)
{
  g_autoptr (XsFrame) frame = test_plain_frame (640, 480, 120);

  frame->time_us = time_us;
  xs_vision_worker_push (fixture->worker, frame);
}

/* Frames pile up while the main loop is busy: at most one is in work, and only the newest of the others is seen. */
static void
test_newest_only (Fixture *fixture, gconstpointer data)
{
  if (fixture->worker == NULL)
    return;
  for (gint64 i = 1; i <= 50; i++)
    push_plain (fixture, i);
  while (fixture->last.time_us != 50)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_results, <=, 2);

  push_plain (fixture, 51);
  wait_for_results (fixture, fixture->n_results + 1);
  g_assert_cmpint (fixture->last.time_us, ==, 51);
}

static void
test_error (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsFrame) dot = test_plain_frame (2, 2, 0);

  if (fixture->worker == NULL)
    return;
  xs_vision_worker_push (fixture->worker, dot);
  wait_for_results (fixture, 1);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
  push_plain (fixture, 7);
  wait_for_results (fixture, 2);
  g_assert_cmpuint (fixture->n_errors, ==, 1);
}

static void
test_silent_once_gone (Fixture *fixture, gconstpointer data)
{
  if (fixture->worker == NULL)
    return;
  push_plain (fixture, 1);
  g_assert_finalize_object (g_steal_pointer (&fixture->worker));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (fixture->n_results, ==, 0);
}

typedef struct {
  gboolean done;
  gboolean enrolled;
  XsTemplate template;
  GError *error;
} Enrolment;

static void
on_enrolled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Enrolment *enrolment = user_data;

  enrolment->enrolled =
    xs_vision_worker_enrol_finish (XS_VISION_WORKER (source), result, &enrolment->template, &enrolment->error);
  enrolment->done = TRUE;
}

static void
test_enrol (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = test_media ("camera/a.ref.jpg");
  g_autoptr (XsFrame) photo = NULL;
  Enrolment enrolment = { 0 };

  if (fixture->worker == NULL || path == NULL)
    return;
  photo = test_photo (path);
  xs_vision_worker_enrol_async (fixture->worker, photo, NULL, on_enrolled, &enrolment);
  while (!enrolment.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (enrolment.error);
  g_assert_true (enrolment.enrolled);

  xs_vision_worker_push (fixture->worker, photo);
  wait_for_results (fixture, 1);
  g_assert_false (xs_measured (fixture->last.match));

  xs_vision_worker_set_reference (fixture->worker, &enrolment.template);
  xs_vision_worker_push (fixture->worker, photo);
  wait_for_results (fixture, 2);
  g_assert_cmpfloat (fixture->last.match, >, 0.99);

  xs_vision_worker_set_reference (fixture->worker, NULL);
  xs_vision_worker_push (fixture->worker, photo);
  wait_for_results (fixture, 3);
  g_assert_false (xs_measured (fixture->last.match));
}

static void
test_enrol_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsFrame) wall = test_plain_frame (260, 378, 250);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Enrolment enrolment = { 0 }, cancelled = { 0 };

  if (fixture->worker == NULL)
    return;
  g_cancellable_cancel (cancellable);
  xs_vision_worker_enrol_async (fixture->worker, wall, NULL, on_enrolled, &enrolment);
  xs_vision_worker_enrol_async (fixture->worker, wall, cancellable, on_enrolled, &cancelled);
  while (!enrolment.done || !cancelled.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (enrolment.enrolled);
  g_assert_error (enrolment.error, XS_ERROR, XS_ERROR_NO_FACE);
  g_assert_false (cancelled.enrolled);
  g_assert_error (cancelled.error, XS_ERROR, XS_ERROR_CANCELLED);
  g_clear_error (&enrolment.error);
  g_clear_error (&cancelled.error);
}

/* The caller may let go of the worker while it enrols: the answer still comes. */
static void
test_enrol_outlives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsFrame) wall = test_plain_frame (260, 378, 250);
  Enrolment enrolment = { 0 };

  if (fixture->worker == NULL)
    return;
  xs_vision_worker_enrol_async (fixture->worker, wall, NULL, on_enrolled, &enrolment);
  g_clear_object (&fixture->worker);
  while (!enrolment.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (enrolment.error, XS_ERROR, XS_ERROR_NO_FACE);
  g_clear_error (&enrolment.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/vision/worker/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("newest-only", test_newest_only);
  ADD ("error", test_error);
  ADD ("silent-once-gone", test_silent_once_gone);
  ADD ("enrol", test_enrol);
  ADD ("enrol-fails", test_enrol_fails);
  ADD ("enrol-outlives", test_enrol_outlives);
#undef ADD
  return g_test_run ();
}
