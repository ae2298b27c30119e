/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-segment-job.h"

#include "xs-crash-point.h"
#include "xs-error.h"
#include "xs-picture.h"

/* What the journal takes for one photo. */
#define JPEG_MAX_BYTES (1024 * 1024)

/* Wide enough to know oneself and to see what is in the way. */
#define THUMBNAIL_WIDTH_PX 160

/* A noisy picture of a large camera may need the lower ones. */
static const int jpeg_qualities[] = { 85, 70, 50, 30 };

struct _XsOpenSegment {
  XsSessionHandle handle; /* touched on the store's thread alone, like @waiting */
  GQueue waiting;         /* XsStep, still to be stored, in order */
  int n_photos;
  int n_logs;
};

typedef struct {
  XsOpenSegment *segment;
  XsStep *step;
} Job;

XsStep *
xs_step_new (XsStepKind kind, const char *stunum)
{
  XsStep *step = g_atomic_rc_box_new0 (XsStep);

  xs_teaching_log_init (&step->log);
  xs_audit_facts_init (&step->facts);
  step->kind = kind;
  g_strlcpy (step->stunum, stunum, sizeof step->stunum);
  return step;
}

XsStep *
xs_step_ref (XsStep *step)
{
  return g_atomic_rc_box_acquire (step);
}

static void
clear_step (gpointer data)
{
  XsStep *step = data;

  xs_teaching_log_clear (&step->log);
  xs_audit_facts_clear (&step->facts);
  g_clear_pointer (&step->audit, xs_audit_free);
  g_clear_pointer (&step->interrupted, g_array_unref);
  g_clear_pointer (&step->frame, xs_frame_unref);
  g_clear_pointer (&step->jpeg, g_bytes_unref);
  g_clear_pointer (&step->thumbnail, g_bytes_unref);
  if (step->progress.minutes != NULL)
    g_array_unref ((GArray *) step->progress.minutes);
  if (step->progress.events != NULL)
    g_array_unref ((GArray *) step->progress.events);
  g_free (step->lesson_id);
}

void
xs_step_unref (XsStep *step)
{
  if (step != NULL)
    g_atomic_rc_box_release_full (step, clear_step);
}

gboolean
xs_step_is_done (const XsStep *step)
{
  return g_atomic_int_get (&step->done);
}

void
xs_step_set_progress (XsStep *step, const XsProgress *progress)
{
  step->progress = *progress;
  step->progress.minutes = g_array_copy ((GArray *) progress->minutes);
  step->progress.events = progress->events != NULL ? g_array_copy ((GArray *) progress->events) : NULL;
}

XsOpenSegment *
xs_open_segment_new (void)
{
  XsOpenSegment *segment = g_atomic_rc_box_new0 (XsOpenSegment);

  g_queue_init (&segment->waiting);
  return segment;
}

XsOpenSegment *
xs_open_segment_ref (XsOpenSegment *segment)
{
  return g_atomic_rc_box_acquire (segment);
}

static void
clear_segment (gpointer data)
{
  XsOpenSegment *segment = data;

  g_queue_clear_full (&segment->waiting, (GDestroyNotify) xs_step_unref);
}

void
xs_open_segment_unref (XsOpenSegment *segment)
{
  if (segment != NULL)
    g_atomic_rc_box_release_full (segment, clear_segment);
}

guint
xs_open_segment_get_n_photos (XsOpenSegment *segment)
{
  return (guint) g_atomic_int_get (&segment->n_photos);
}

guint
xs_open_segment_get_n_logs (XsOpenSegment *segment)
{
  return (guint) g_atomic_int_get (&segment->n_logs);
}

/* Steps, on the store's thread */

/* The learner can do without it; the platform cannot do without the photo. */
static void
make_thumbnail (XsStep *step)
{
  g_autoptr (GError) error = NULL;

  if (step->frame == NULL || step->thumbnail != NULL)
    return;
  step->thumbnail = xs_picture_encode_thumbnail (step->frame, THUMBNAIL_WIDTH_PX, &error);
  if (step->thumbnail == NULL)
    g_message ("A photo has no copy for its learner: %s", error->message);
  else if (g_bytes_get_size (step->thumbnail) > XS_OWN_PHOTO_MAX_BYTES)
    g_clear_pointer (&step->thumbnail, g_bytes_unref);
}

static gboolean
encode (XsStep *step, GError **error)
{
  make_thumbnail (step);
  for (guint i = 0; step->jpeg == NULL && i < G_N_ELEMENTS (jpeg_qualities); i++)
    {
      step->jpeg = xs_picture_encode_jpeg (step->frame, jpeg_qualities[i], error);
      if (step->jpeg == NULL)
        return FALSE;
      if (g_bytes_get_size (step->jpeg) > JPEG_MAX_BYTES && i + 1 < G_N_ELEMENTS (jpeg_qualities))
        g_clear_pointer (&step->jpeg, g_bytes_unref);
    }
  g_clear_pointer (&step->frame, xs_frame_unref);
  return TRUE;
}

/* What the audit would know; without it the learner is told less, but nothing is lost. */
static void
read_facts (XsJournal *journal, const XsSessionHandle *own, XsStep *step, gint64 start_wall_us, XsAuditFacts *facts)
{
  g_autoptr (GError) error = NULL;

  if (!xs_journal_get_audit_facts (journal, step->stunum, start_wall_us, own, facts, &error))
    g_message ("The day of %s cannot be read: %s", step->stunum, error->message);
}

/* Who is back signs out of what was cut off, by the same look at the face. */
static gboolean
make_up (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  guint n_made_up = 0;

  if (step->frame == NULL && step->jpeg == NULL)
    return TRUE;
  if (!encode (step, error)
      || !xs_journal_make_up (journal, step->stunum, step->jpeg, step->thumbnail, &step->record, &n_made_up, error))
    return FALSE;
  if (n_made_up > 0)
    g_message ("%u session(s) of %s signed out afterwards", n_made_up, step->stunum);
  return TRUE;
}

static gboolean
begin (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  if (!make_up (journal, segment, step, error)
      || !xs_journal_begin_admitted_session (journal, step->stunum, step->subjcode, &step->policy, step->start_wall_us,
                                             step->admitted_by, &segment->handle, error))
    return FALSE;
  read_facts (journal, &segment->handle, step, step->start_wall_us, &step->facts);

  g_autoptr (GError) local_error = NULL;
  step->interrupted = xs_journal_take_interrupted (journal, step->stunum, &local_error);
  if (step->interrupted == NULL)
    g_message ("Sessions that were cut off cannot be told: %s", local_error->message);
  return TRUE;
}

static gboolean
add_photo (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  if (!encode (step, error))
    return FALSE;
  xs_crash_point ("photo-encoded");
  if (!xs_journal_add_photo_with_copy (journal, &segment->handle, step->jpeg, step->thumbnail, &step->record, error))
    return FALSE;
  g_atomic_int_inc (&segment->n_photos);
  return TRUE;
}

static gboolean
save_progress (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  if (!xs_journal_save_progress (journal, &segment->handle, &step->progress, error))
    return FALSE;
  return step->lesson_id == NULL
         || xs_journal_set_lesson_position (journal, step->stunum, step->lesson_id, step->position.position_us,
                                            step->position.watched_us, error);
}

/* By the policy in force when the session began: it is the one the platform will judge by. */
static void
judge (XsJournal *journal, const XsSessionHandle *own, XsStep *step)
{
  g_auto (XsAuditFacts) facts = { 0 };

  xs_audit_facts_init (&facts);
  read_facts (journal, own, step, step->log.start_wall_us, &facts);
  step->audit = xs_audit_log (&step->log, &step->policy, &facts);
}

/* A camera that failed costs no log: who cannot be seen signing out can sign in again and do it then. */
static gboolean
is_cut_off (XsJournal *journal, const XsStep *step, gboolean *is, GError **error)
{
  gboolean may = FALSE;

  *is = step->reason == XS_SIGN_OUT_ABSENCE || step->reason == XS_SIGN_OUT_INTERRUPTED;
  if (*is || !step->unseen)
    return TRUE;
  if (!xs_journal_may_be_made_up (journal, step->end_wall_us, &may, error))
    return FALSE;
  *is = may;
  return TRUE;
}

static gboolean
end_without_sign_out (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  gboolean is_closed = FALSE;
  XsSignOut reason = step->unseen ? XS_SIGN_OUT_INTERRUPTED : step->reason;

  if (!xs_journal_cut_off (journal, &segment->handle, reason, step->end_wall_us, &is_closed, error))
    return FALSE;
  if (is_closed)
    g_atomic_int_inc (&segment->n_logs);
  return is_closed || xs_journal_get_make_up_until (journal, step->end_wall_us, &step->make_up_until_us, error);
}

static gboolean
close_segment (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  XsSessionHandle own = segment->handle;
  gboolean was_cut_off;

  xs_crash_point ("segment-progress-stored");
  if (!is_cut_off (journal, step, &was_cut_off, error))
    return FALSE;
  if (was_cut_off)
    {
      if (!end_without_sign_out (journal, segment, step, error))
        return FALSE;
    }
  else
    {
      if (!xs_journal_close_segment (journal, &segment->handle, step->reason, step->end_wall_us, step->next_wall_us,
                                     &step->log, error))
        return FALSE;
      g_atomic_int_inc (&segment->n_logs);
      judge (journal, &own, step);
      if (step->next_wall_us != 0)
        read_facts (journal, &segment->handle, step, step->next_wall_us, &step->facts);
    }

  g_autoptr (GError) local_error = NULL;
  if (!xs_journal_get_credit (journal, step->stunum, xs_wall_day (step->end_wall_us), &step->today_us, &step->total_us,
                              &local_error))
    g_message ("Totals cannot be read: %s", local_error->message);
  return TRUE;
}

static gboolean
take (XsJournal *journal, XsOpenSegment *segment, XsStep *step, GError **error)
{
  switch (step->kind)
    {
    case XS_STEP_BEGIN:
      return begin (journal, segment, step, error);
    case XS_STEP_PHOTO:
      return add_photo (journal, segment, step, error);
    case XS_STEP_PROGRESS:
      return save_progress (journal, segment, step, error);
    case XS_STEP_CLOSE:
      return close_segment (journal, segment, step, error);
    case XS_STEP_RETRY:
    default:
      return TRUE;
    }
}

static gboolean
run (XsJournal *journal, gpointer data, GError **error)
{
  Job *job = data;
  GQueue *waiting = &job->segment->waiting;

  /* The totals a log is made of must be in before it is: a close brings its own. */
  if (job->step->kind != XS_STEP_PROGRESS && job->step->kind != XS_STEP_RETRY)
    g_queue_push_tail (waiting, xs_step_ref (job->step));
  for (XsStep *step = g_queue_peek_head (waiting); step != NULL; step = g_queue_peek_head (waiting))
    {
      if (step->kind == XS_STEP_CLOSE && step->progress.minutes != NULL
          && !save_progress (journal, job->segment, step, error))
        return FALSE;
      if (!take (journal, job->segment, step, error))
        return FALSE;
      g_atomic_int_set (&step->done, TRUE);
      xs_step_unref (g_queue_pop_head (waiting));
    }
  return job->step->kind != XS_STEP_PROGRESS || take (journal, job->segment, job->step, error);
}

static void
free_job (gpointer data)
{
  Job *job = data;

  xs_step_unref (job->step);
  xs_open_segment_unref (job->segment);
  g_free (job);
}

void
xs_open_segment_submit (XsOpenSegment *segment, XsStore *store, XsStep *step, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  Job *job = g_new0 (Job, 1);

  job->segment = xs_open_segment_ref (segment);
  job->step = xs_step_ref (step);
  xs_store_submit (store, run, job, free_job, callback, user_data);
}
