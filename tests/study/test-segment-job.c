/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-segment-job.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "temp-dir.h"
#include "tiny-disk.h"
#include "xs-error.h"

/* A session is stored on a disk that is full at the worst moments. */

#define STUNUM "2000000000000002"
#define SECOND ((gint64) G_USEC_PER_SEC)
#define WALL_US (1767574800 * SECOND) /* 2026-01-05 09:00 GMT+8 */

typedef struct {
  char *dir;
  char *filler;
  XsStore *store;
  XsOpenSegment *segment;
  gboolean mounted;
} Fixture;

static gboolean
pair (XsJournal *journal, gpointer data, GError **error)
{
  XsIdentity identity = { .devnum = "4000000000000004", .inscode = "1000000000000001", .school = "Test" };
  g_autoptr (GArray) roster = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  XsLearner learner = { .stunum = STUNUM, .name = "Test" };

  memcpy (identity.platform_key, xs_journal_get_seal_key (journal)->public_key, sizeof identity.platform_key);
  g_array_append_val (roster, learner);
  return xs_journal_set_identity (journal, &identity, error) && xs_journal_set_roster (journal, roster, NULL, error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = temp_dir_new ();
  f->mounted = tiny_disk_mount (f->dir, 4 * 1024 * 1024);
  if (!f->mounted)
    return;
  f->filler = g_build_filename (f->dir, "filler", NULL);
  XsJournal *journal = xs_journal_open (f->dir, xs_clock_system (), &error);
  g_assert_no_error (error);
  f->store = xs_store_new (journal);
  g_assert_true (xs_store_run (f->store, pair, NULL, &error));
  f->segment = xs_open_segment_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->segment, xs_open_segment_unref);
  g_clear_object (&f->store);
  if (f->mounted)
    tiny_disk_unmount (f->dir);
  temp_dir_free (f->dir);
  g_free (f->filler);
}

static void
fill_disk (Fixture *f)
{
  static const char block[4096] = { 1 };
  FILE *file = g_fopen (f->filler, "wb");

  while (fwrite (block, 1, sizeof block, file) == sizeof block && fflush (file) == 0)
    continue;
  fclose (file);
}

static void
free_disk (Fixture *f)
{
  g_assert_cmpint (g_remove (f->filler), ==, 0);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
submit (Fixture *f, XsStep *step)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_open_segment_submit (f->segment, f->store, step, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  gboolean stored = xs_store_finish (f->store, result, &error);
  if (!stored)
    g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  return stored;
}

static XsStep *
begin_step (void)
{
  XsStep *step = xs_step_new (XS_STEP_BEGIN, STUNUM);

  g_strlcpy (step->subjcode, "2211010000", sizeof step->subjcode);
  xs_policy_default (&step->policy);
  step->start_wall_us = WALL_US;
  return step;
}

static XsStep *
photo_step (void)
{
  XsStep *step = xs_step_new (XS_STEP_PHOTO, STUNUM);
  gsize size = 3 * 640 * 480;
  g_autofree guint8 *noise = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    noise[i] = (guint8) g_test_rand_int ();
  g_autoptr (GBytes) pixels = g_bytes_new (noise, size);
  step->frame = xs_frame_new (640, 480, 3 * 640, 0, pixels);
  step->record =
    (XsPhotoRecord){ .event = XS_PHOTO_SIGN_IN, .wall_us = WALL_US, .match = 0.8, .width_px = 640, .height_px = 480 };
  return step;
}

static XsStep *
progress_step (XsStepKind kind, gint64 credited_us)
{
  XsStep *step = xs_step_new (kind, STUNUM);
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  XsProgress progress = { .credited_us = credited_us,
                          .wall_us = WALL_US + credited_us,
                          .minutes = minutes,
                          .days = { { 20260105, credited_us } } };

  xs_policy_default (&step->policy);
  xs_step_set_progress (step, &progress);
  step->end_wall_us = progress.wall_us;
  return step;
}

static gboolean
read_outbox (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  if (!f->mounted)
    return;
  g_autoptr (XsStep) begin = begin_step ();
  g_autoptr (XsStep) photo = photo_step ();
  g_autoptr (XsStep) early = progress_step (XS_STEP_PROGRESS, 1 * SECOND);
  g_autoptr (XsStep) later = progress_step (XS_STEP_PROGRESS, 20 * SECOND);
  g_autoptr (XsStep) full = progress_step (XS_STEP_CLOSE, 60 * SECOND);
  g_autoptr (XsStep) next = progress_step (XS_STEP_PROGRESS, 2 * SECOND);
  g_autoptr (XsStep) last = progress_step (XS_STEP_CLOSE, 3 * SECOND);
  g_autoptr (XsStep) retry = xs_step_new (XS_STEP_RETRY, STUNUM);
  XsOutboxStatus outbox;
  g_autoptr (GError) error = NULL;

  /* Full from before the session begins until a while into it. */
  fill_disk (f);
  g_assert_false (submit (f, begin));
  g_assert_false (submit (f, photo));
  g_assert_false (submit (f, early));
  g_assert_false (begin->done);
  free_disk (f);
  g_assert_true (submit (f, later));
  g_assert_true (begin->done);
  g_assert_true (photo->done);
  g_assert_cmpuint (xs_open_segment_get_n_photos (f->segment), ==, 1);

  /* Full when one segment gives way to the next, whose totals are smaller. */
  fill_disk (f);
  full->reason = XS_SIGN_OUT_SEGMENT_FULL;
  full->next_wall_us = full->end_wall_us;
  g_assert_false (submit (f, full));
  g_assert_false (submit (f, next));
  free_disk (f);
  g_assert_true (submit (f, next));
  g_assert_true (full->done);
  g_assert_cmpuint (xs_open_segment_get_n_logs (f->segment), ==, 1);

  /* Full at sign-out. */
  fill_disk (f);
  g_assert_false (submit (f, last));
  free_disk (f);
  g_assert_true (submit (f, retry));
  g_assert_true (last->done);
  g_assert_cmpuint (xs_open_segment_get_n_logs (f->segment), ==, 2);
  g_assert_cmpint (last->today_us, ==, 63 * SECOND);

  g_assert_true (xs_store_run (f->store, read_outbox, &outbox, &error));
  g_assert_cmpuint (outbox.logs_waiting, ==, 2);
  g_assert_cmpuint (outbox.photos_waiting, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/study/segment-job/full-disk", Fixture, NULL, set_up, test_full_disk, tear_down);
  return g_test_run ();
}
