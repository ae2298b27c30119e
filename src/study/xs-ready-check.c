/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-ready-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xs-blob.h"
#include "xs-sound.h"

/* So many frames show that a camera gives them, and how bright it is. */
#define ENOUGH_FRAMES 5
/* What was seen that long ago is as good as seen now. */
#define REUSE_US (30 * (gint64) G_USEC_PER_SEC)
/* Disk, clock and outbox change while nobody does anything. */
#define LOOK_AGAIN_S 30

struct _XsReadyCheck {
  GObject parent_instance;

  XsStudy *study;
  XsStore *store;
  XsClock *clock;
  GCancellable *cancellable;
  XsReadyItem items[XS_READY_N_KINDS];
  XsStudyPhase phase;
  gboolean begun; /* the study has become ready */
  guint timer_id;

  XsPolicy policy; /* of the last look into the journal */
  gboolean journal_seen;
  gboolean looking; /* into the journal */
  XsReadyNetwork network;
  XsOutboxStatus outbox;
  gint64 oldest_wall_us;

  gboolean held;
  gboolean camera_wanted; /* once the journal was looked into */
  gboolean camera_under_way;
  gint64 camera_since_us;
  gint64 camera_seen_us; /* when it last gave frames; G_MININT64 / 2: never */
  gint64 last_frame_us;
  guint n_frames;
  double luminance, detail; /* sums */

  gboolean thorough_under_way; /* lessons and sound, on a thread */
};

enum {
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsReadyCheck, xs_ready_check, G_TYPE_OBJECT)

/* Nobody begins what cannot end well; who studies already is not disturbed by any of this. */
static void
changed (XsReadyCheck *self)
{
  g_autofree char *obstacle = NULL;

  for (guint i = 0; i < XS_READY_N_KINDS && obstacle == NULL; i++)
    if (self->items[i].state == XS_READY_NOT)
      /* Translators: what is wrong, what to do. */
      obstacle = g_strdup_printf (_ ("%s: %s. %s"), xs_ready_title ((XsReadyKind) i), self->items[i].line,
                                  self->items[i].remedy);
  xs_study_set_obstacle (self->study, obstacle);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The camera */

static void
end_camera (XsReadyCheck *self)
{
  self->camera_under_way = FALSE;
  if (self->phase == XS_STUDY_READY)
    xs_camera_stop (xs_study_get_camera (self->study));
}

static void
count_frame (XsReadyCheck *self)
{
  const XsObservation *seen = xs_study_get_observation (self->study);

  if (seen->time_us <= self->last_frame_us)
    return;
  self->last_frame_us = seen->time_us;
  self->n_frames++;
  self->luminance += (double) seen->frame_luminance;
  self->detail += (double) seen->detail;
  if (self->n_frames < ENOUGH_FRAMES)
    return;
  self->camera_seen_us = xs_clock_monotonic_us (self->clock);
  xs_ready_judge_camera (&self->items[XS_READY_CAMERA], xs_camera_get_name (xs_study_get_camera (self->study)));
  xs_ready_judge_light (&self->items[XS_READY_LIGHT], self->luminance / self->n_frames, self->detail / self->n_frames,
                        &self->policy);
  end_camera (self);
  changed (self);
}

static void
note_lost (XsReadyCheck *self)
{
  XsCamera *camera = xs_study_get_camera (self->study);

  self->camera_seen_us = G_MININT64 / 2;
  self->n_frames = 0;
  self->luminance = self->detail = 0;
  xs_ready_judge_no_camera (&self->items[XS_READY_CAMERA], xs_camera_get_name (camera), xs_camera_get_refused (camera),
                            xs_camera_get_attempts (camera));
  xs_ready_set_unknown (&self->items[XS_READY_LIGHT], _ ("Not known without a picture"));
  changed (self);
}

static void
begin_camera (XsReadyCheck *self)
{
  XsCamera *camera = xs_study_get_camera (self->study);

  if (self->held)
    return;
  self->camera_wanted = FALSE;
  if (self->camera_under_way || self->phase != XS_STUDY_READY)
    return;
  self->camera_under_way = TRUE;
  self->camera_since_us = xs_clock_monotonic_us (self->clock);
  self->last_frame_us = self->camera_since_us;
  self->n_frames = 0;
  self->luminance = self->detail = 0;
  if (self->items[XS_READY_CAMERA].state == XS_READY_UNKNOWN)
    xs_ready_set_unknown (&self->items[XS_READY_CAMERA], _ ("Waiting for pictures…"));
  xs_camera_set_virtual_allowed (camera, self->policy.virtual_camera_allowed);
  xs_camera_start (camera);
  changed (self);
}

/* What a worker waits for before its next try has perhaps just been mended. */
static void
forget_lost (XsReadyCheck *self)
{
  XsCamera *camera = xs_study_get_camera (self->study);

  if (!self->camera_under_way || self->phase != XS_STUDY_READY || xs_camera_get_state (camera) != XS_CAMERA_LOST)
    return;
  self->camera_under_way = FALSE;
  xs_camera_stop (camera);
}

void
xs_ready_check_hold (XsReadyCheck *self, gboolean held)
{
  g_return_if_fail (XS_IS_READY_CHECK (self));

  if (self->held == held)
    return;
  self->held = held;
  if (held && self->camera_under_way)
    {
      end_camera (self);
      self->camera_wanted = TRUE;
    }
  if (!held && self->camera_wanted && self->journal_seen)
    begin_camera (self);
}

static void
on_camera_state (XsReadyCheck *self)
{
  if (self->camera_under_way && xs_camera_get_state (xs_study_get_camera (self->study)) == XS_CAMERA_LOST)
    note_lost (self);
}

/* The journal: disk and outbox */

typedef struct {
  gint64 now_wall_us;
  XsPolicy policy;
  GError *disk_problem;
  guint64 free_bytes;
  XsOutboxStatus outbox;
  gint64 oldest_wall_us;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_error (&look->disk_problem);
  g_free (look);
}

static gboolean
look_into_journal (XsJournal *journal, gpointer data, GError **error)
{
  Look *look = data;

  if (!xs_journal_get_policy (journal, &look->policy, NULL, error)
      || !xs_outbox_get_status (journal, &look->outbox, error)
      || !xs_outbox_get_oldest (journal, &look->oldest_wall_us, error))
    return FALSE;
  look->free_bytes = xs_dir_free_bytes (xs_journal_get_dir (journal));
  if (!xs_journal_check_disk (journal, look->policy.disk_reserve_bytes, &look->disk_problem))
    g_debug ("Ready check: %s", look->disk_problem->message);
  return TRUE;
}

static void
judge_network (XsReadyCheck *self)
{
  if (!self->journal_seen)
    return;
  xs_ready_judge_clock (&self->items[XS_READY_CLOCK], &self->network, &self->policy);
  xs_ready_judge_network (&self->items[XS_READY_NETWORK], &self->network, &self->outbox, self->oldest_wall_us,
                          xs_clock_wall_us (self->clock), &self->policy);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsReadyCheck) self = user_data;
  g_autoptr (GError) error = NULL;
  const Look *look = xs_store_get_data (result);

  self->looking = FALSE;
  if (self->study == NULL)
    return;
  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Ready check: %s", error->message);
      return;
    }
  self->journal_seen = TRUE;
  self->policy = look->policy;
  self->outbox = look->outbox;
  self->oldest_wall_us = look->oldest_wall_us;
  xs_ready_judge_disk (&self->items[XS_READY_DISK], look->free_bytes, look->disk_problem, &self->policy);
  xs_ready_judge_version (&self->items[XS_READY_VERSION], XS_VERSION, xs_wall_day (xs_clock_wall_us (self->clock)),
                          &self->policy);
  judge_network (self);
  if (self->camera_wanted)
    begin_camera (self);
  changed (self);
}

static void
look (XsReadyCheck *self)
{
  if (self->looking)
    return;
  self->looking = TRUE;
  xs_store_submit (self->store, look_into_journal, g_new0 (Look, 1), look_free, on_looked, g_object_ref (self));
}

static gboolean
on_timer (gpointer data)
{
  XsReadyCheck *self = data;

  if (self->phase == XS_STUDY_READY)
    look (self);
  return G_SOURCE_CONTINUE;
}

/* Lessons and sound, which take their time */

typedef struct {
  XsCourse *course;
  GPtrArray *damaged; /* titles */
  gboolean sound_works;
} Thorough;

static void
thorough_free (gpointer data)
{
  Thorough *thorough = data;

  xs_course_unref (thorough->course);
  g_ptr_array_unref (thorough->damaged);
  g_free (thorough);
}

static void
run_thorough (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Thorough *thorough = data;
  g_autoptr (GError) silence = NULL;

  thorough->sound_works = xs_sound_probe (&silence);
  if (silence != NULL)
    g_debug ("Ready check: %s", silence->message);
  for (guint i = 0; i < xs_course_get_n_lessons (thorough->course); i++)
    {
      const XsLesson *lesson = xs_course_get_lesson (thorough->course, i);
      g_autoptr (GError) error = NULL;
      if (g_task_return_error_if_cancelled (task))
        return;
      if (xs_lesson_verify (lesson, cancellable, &error))
        continue;
      g_message ("Lesson %s: %s", lesson->id, error->message);
      g_ptr_array_add (thorough->damaged, g_strdup (lesson->title));
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_thorough (GObject *source, GAsyncResult *result, gpointer user_data)
{
  XsReadyCheck *self = XS_READY_CHECK (source);
  const Thorough *thorough = g_task_get_task_data (G_TASK (result));

  self->thorough_under_way = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), NULL) || self->study == NULL)
    return;
  xs_ready_judge_course (&self->items[XS_READY_COURSE], xs_course_get_n_lessons (thorough->course), thorough->damaged);
  xs_ready_judge_sound (&self->items[XS_READY_SOUND], thorough->sound_works);
  changed (self);
}

static void
begin_thorough (XsReadyCheck *self)
{
  Thorough *thorough;
  g_autoptr (GTask) task = NULL;

  if (self->thorough_under_way)
    return;
  thorough = g_new0 (Thorough, 1);
  thorough->course = xs_course_ref (xs_study_get_course (self->study));
  thorough->damaged = g_ptr_array_new_with_free_func (g_free);
  self->thorough_under_way = TRUE;
  task = g_task_new (self, self->cancellable, on_thorough, NULL);
  g_task_set_source_tag (task, begin_thorough);
  g_task_set_task_data (task, thorough, thorough_free);
  g_task_run_in_thread (task, run_thorough);
}

/* When */

void
xs_ready_check_run (XsReadyCheck *self, gboolean thoroughly)
{
  g_return_if_fail (XS_IS_READY_CHECK (self));

  if (!self->begun)
    return;
  self->camera_wanted =
    thoroughly || xs_clock_monotonic_us (self->clock) - self->camera_seen_us > REUSE_US || self->camera_wanted;
  if (thoroughly)
    {
      forget_lost (self);
      begin_thorough (self);
    }
  look (self);
  changed (self);
}

static void
on_study_changed (XsReadyCheck *self)
{
  XsStudyStatus status;
  XsStudyPhase before = self->phase;

  xs_study_get_status (self->study, &status);
  self->phase = status.phase;
  if (self->phase == XS_STUDY_READY && !self->begun)
    {
      self->begun = TRUE;
      xs_ready_judge_models (&self->items[XS_READY_MODELS], TRUE);
      xs_ready_check_run (self, TRUE);
    }
  if (self->phase == XS_STUDY_STUDYING && xs_camera_get_state (xs_study_get_camera (self->study)) == XS_CAMERA_RUNNING)
    self->camera_seen_us = xs_clock_monotonic_us (self->clock);
  /* Whoever was refused meanwhile turned the camera off. */
  if (self->camera_under_way && self->phase == XS_STUDY_READY && before != XS_STUDY_READY)
    {
      self->camera_under_way = FALSE;
      begin_camera (self);
    }
  if (self->camera_under_way)
    count_frame (self);
}

void
xs_ready_check_set_network (XsReadyCheck *self, const XsReadyNetwork *network)
{
  g_return_if_fail (XS_IS_READY_CHECK (self));

  self->network = *network;
  judge_network (self);
  changed (self);
}

void
xs_ready_check_set_display (XsReadyCheck *self, int width_px, int height_px)
{
  g_return_if_fail (XS_IS_READY_CHECK (self));

  xs_ready_judge_display (&self->items[XS_READY_DISPLAY], width_px, height_px);
  changed (self);
}

void
xs_ready_check_set_awake (XsReadyCheck *self, gboolean granted)
{
  g_return_if_fail (XS_IS_READY_CHECK (self));

  xs_ready_judge_awake (&self->items[XS_READY_AWAKE], granted);
  changed (self);
}

const XsReadyItem *
xs_ready_check_get_item (XsReadyCheck *self, XsReadyKind kind)
{
  g_return_val_if_fail (XS_IS_READY_CHECK (self) && kind < XS_READY_N_KINDS, NULL);

  return &self->items[kind];
}

XsReadyState
xs_ready_check_get_state (XsReadyCheck *self)
{
  XsReadyState worst = XS_READY_UNKNOWN;

  g_return_val_if_fail (XS_IS_READY_CHECK (self), XS_READY_UNKNOWN);

  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    worst = MAX (worst, self->items[i].state);
  /* Nothing is well before all that can keep somebody from studying was looked at. */
  if (worst < XS_READY_NOT
      && (self->items[XS_READY_CAMERA].state == XS_READY_UNKNOWN || self->items[XS_READY_DISK].state == XS_READY_UNKNOWN
          || self->items[XS_READY_COURSE].state == XS_READY_UNKNOWN))
    return XS_READY_UNKNOWN;
  return worst;
}

gboolean
xs_ready_check_is_running (XsReadyCheck *self)
{
  g_return_val_if_fail (XS_IS_READY_CHECK (self), FALSE);

  /* A camera that is lost is waited for, however long. */
  return self->looking || self->thorough_under_way
         || (self->camera_under_way && xs_camera_get_state (xs_study_get_camera (self->study)) != XS_CAMERA_LOST);
}

static void
xs_ready_check_dispose (GObject *object)
{
  XsReadyCheck *self = XS_READY_CHECK (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->study);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_ready_check_parent_class)->dispose (object);
}

static void
xs_ready_check_finalize (GObject *object)
{
  XsReadyCheck *self = XS_READY_CHECK (object);

  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    xs_ready_item_clear (&self->items[i]);
  g_object_unref (self->cancellable);
  xs_clock_unref (self->clock);
  G_OBJECT_CLASS (xs_ready_check_parent_class)->finalize (object);
}

static void
xs_ready_check_class_init (XsReadyCheckClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_ready_check_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_ready_check_finalize;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", XS_TYPE_READY_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_ready_check_init (XsReadyCheck *self)
{
  self->cancellable = g_cancellable_new ();
  self->camera_seen_us = G_MININT64 / 2;
  xs_policy_default (&self->policy);
  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    xs_ready_set_unknown (&self->items[i], _ ("Being looked at…"));
}

XsReadyCheck *
xs_ready_check_new (XsStudy *study, XsStore *store, XsClock *clock)
{
  XsReadyCheck *self = g_object_new (XS_TYPE_READY_CHECK, NULL);

  self->study = g_object_ref (study);
  self->store = g_object_ref (store);
  self->clock = xs_clock_ref (clock);
  self->timer_id = g_timeout_add_seconds (LOOK_AGAIN_S, on_timer, self);
  g_signal_connect_object (study, "changed", G_CALLBACK (on_study_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (xs_study_get_camera (study), "notify::state", G_CALLBACK (on_camera_state), self,
                           G_CONNECT_SWAPPED);
  /* While it stays lost, why may change. */
  g_signal_connect_object (xs_study_get_camera (study), "notify::error-message", G_CALLBACK (on_camera_state), self,
                           G_CONNECT_SWAPPED);
  on_study_changed (self);
  return self;
}
