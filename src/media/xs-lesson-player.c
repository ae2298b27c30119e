/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-lesson-player.h"

#include "xs-lesson-engine.h"
#include "xs-media-private.h"
#include "xs-video-paintable.h"

#define TICK_MS 250
#define STALL_US (G_USEC_PER_SEC)

struct _XsLessonPlayer {
  GObject parent_instance;

  XsVideoPaintable *paintable;
  XsLessonEngine *engine;
  GSource *tick;

  XsLessonState state;
  char *error_message;
  char *path;
  gboolean loaded; /* paused at its start, or beyond that */
  gboolean want_play;
  gint64 duration_us; /* -1 when unknown */
  gint64 position_us; /* last one seen */
  gint64 watched_us;
  gint64 moved_at_us; /* monotonic time at which the position was last seen to move */
  gint64 seeks_asked;
  gint64 seeks_done;
};

enum {
  PROP_0,
  PROP_STATE,
  PROP_ERROR_MESSAGE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (XsLessonPlayer, xs_lesson_player, G_TYPE_OBJECT)

static gboolean
is_open (XsLessonPlayer *self)
{
  return self->state != XS_LESSON_IDLE && self->state != XS_LESSON_FAILED;
}

static void
set_state (XsLessonPlayer *self, XsLessonState state, const char *message)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (self->error_message, message) != 0)
    {
      g_free (self->error_message);
      self->error_message = g_strdup (message);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR_MESSAGE]);
    }
  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/* TRUE when the lesson has moved on since the last look. */
static gboolean
look_at_position (XsLessonPlayer *self)
{
  gint64 position_us;

  if (!self->loaded || !self->want_play || self->seeks_done != self->seeks_asked)
    return FALSE;

  position_us = xs_lesson_engine_get_position_us (self->engine);
  if (position_us <= self->position_us)
    return FALSE;
  self->position_us = position_us;
  self->watched_us = MAX (self->watched_us, position_us);
  return TRUE;
}

static void
stop_tick (XsLessonPlayer *self)
{
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
}

static gboolean
tick_cb (gpointer user_data)
{
  XsLessonPlayer *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (look_at_position (self))
    {
      self->moved_at_us = now_us;
      set_state (self, XS_LESSON_PLAYING, NULL);
    }
  else if (self->state == XS_LESSON_PLAYING && now_us - self->moved_at_us >= STALL_US)
    {
      set_state (self, XS_LESSON_LOADING, NULL);
      xs_lesson_engine_recover (self->engine, self->position_us);
    }
  return G_SOURCE_CONTINUE;
}

static void
start_tick (XsLessonPlayer *self)
{
  if (self->tick != NULL)
    return;

  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  self->moved_at_us = g_get_monotonic_time ();
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_set_static_name (self->tick, "[xueshi] lesson position");
  g_source_attach (self->tick, context);
}

static void
failed (XsLessonPlayer *self, const char *message)
{
  look_at_position (self);
  stop_tick (self);
  self->want_play = FALSE;
  self->loaded = FALSE;
  xs_lesson_engine_unload (self->engine);
  set_state (self, XS_LESSON_FAILED, message);
}

static void
ended (XsLessonPlayer *self, gint64 end_us)
{
  g_autoptr (GError) error = NULL;

  if (!xs_media_check_end (self->path, end_us, self->duration_us, &error))
    {
      failed (self, error->message);
      return;
    }
  /* The last frame ends where the lesson does, give or take what the container rounds. */
  self->position_us = MAX (end_us, self->duration_us);
  self->watched_us = MAX (self->watched_us, self->position_us);
  stop_tick (self);
  self->want_play = FALSE;
  xs_lesson_engine_pause (self->engine);
  set_state (self, XS_LESSON_ENDED, NULL);
}

static void
event_cb (XsLessonEventKind kind, gint64 value, const char *message, gpointer user_data)
{
  XsLessonPlayer *self = user_data;

  switch (kind)
    {
    case XS_LESSON_EVENT_LOADED:
      self->duration_us = value;
      self->loaded = TRUE;
      if (self->want_play)
        {
          xs_lesson_engine_play (self->engine);
          start_tick (self);
        }
      else
        set_state (self, XS_LESSON_PAUSED, NULL);
      break;
    case XS_LESSON_EVENT_SEEKED:
      self->seeks_done = value;
      self->moved_at_us = g_get_monotonic_time ();
      break;
    case XS_LESSON_EVENT_ENDED:
      /* An end that was on its way when a seek was asked for is not the end any more. */
      if (self->seeks_done == self->seeks_asked)
        ended (self, value);
      break;
    case XS_LESSON_EVENT_SOUND_LOST:
      stop_tick (self);
      self->loaded = FALSE;
      self->seeks_done = self->seeks_asked;
      set_state (self, XS_LESSON_LOADING, NULL);
      xs_lesson_engine_load (self->engine, self->path, self->position_us);
      break;
    case XS_LESSON_EVENT_FAILED:
      failed (self, message);
      break;
    case XS_LESSON_EVENT_NEW_CLOCK:
    default:
      g_return_if_reached ();
    }
}

void
xs_lesson_player_load (XsLessonPlayer *self, const char *path, gint64 start_us, gint64 watched_us)
{
  g_return_if_fail (XS_IS_LESSON_PLAYER (self));
  g_return_if_fail (path != NULL);

  stop_tick (self);
  xs_video_paintable_clear (self->paintable);
  g_free (self->path);
  self->path = g_strdup (path);
  self->watched_us = MAX (watched_us, 0);
  self->position_us = CLAMP (start_us, 0, self->watched_us);
  self->duration_us = -1;
  self->loaded = FALSE;
  self->want_play = FALSE;
  self->seeks_done = self->seeks_asked;
  xs_lesson_engine_load (self->engine, path, self->position_us);
  set_state (self, XS_LESSON_LOADING, NULL);
}

void
xs_lesson_player_play (XsLessonPlayer *self)
{
  g_return_if_fail (XS_IS_LESSON_PLAYER (self));

  if (!is_open (self) || self->state == XS_LESSON_ENDED || self->want_play)
    return;

  self->want_play = TRUE;
  if (self->loaded)
    {
      xs_lesson_engine_play (self->engine);
      start_tick (self);
    }
}

void
xs_lesson_player_pause (XsLessonPlayer *self)
{
  g_return_if_fail (XS_IS_LESSON_PLAYER (self));

  if (!self->want_play)
    return;

  look_at_position (self);
  self->want_play = FALSE;
  stop_tick (self);
  xs_lesson_engine_pause (self->engine);
  if (self->loaded)
    set_state (self, XS_LESSON_PAUSED, NULL);
}

void
xs_lesson_player_stop (XsLessonPlayer *self)
{
  g_return_if_fail (XS_IS_LESSON_PLAYER (self));

  look_at_position (self);
  stop_tick (self);
  self->want_play = FALSE;
  self->loaded = FALSE;
  xs_lesson_engine_unload (self->engine);
  xs_video_paintable_clear (self->paintable);
  set_state (self, XS_LESSON_IDLE, NULL);
}

gboolean
xs_lesson_player_seek (XsLessonPlayer *self, gint64 position_us)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), FALSE);

  look_at_position (self);
  if (!is_open (self) || !self->loaded || position_us < 0 || position_us > self->watched_us)
    return FALSE;

  self->position_us = position_us;
  self->seeks_asked++;
  xs_lesson_engine_seek (self->engine, position_us, self->seeks_asked);
  set_state (self, self->want_play ? XS_LESSON_LOADING : XS_LESSON_PAUSED, NULL);
  return TRUE;
}

void
xs_lesson_player_set_volume (XsLessonPlayer *self, double volume)
{
  g_return_if_fail (XS_IS_LESSON_PLAYER (self));

  xs_lesson_engine_set_volume (self->engine, volume);
}

XsLessonState
xs_lesson_player_get_state (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), XS_LESSON_IDLE);

  return self->state;
}

const char *
xs_lesson_player_get_error_message (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), NULL);

  return self->error_message;
}

gint64
xs_lesson_player_get_position_us (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), 0);

  if (look_at_position (self))
    self->moved_at_us = g_get_monotonic_time ();
  return self->position_us;
}

gint64
xs_lesson_player_get_duration_us (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), -1);

  return self->duration_us;
}

gint64
xs_lesson_player_get_watched_us (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), 0);

  if (look_at_position (self))
    self->moved_at_us = g_get_monotonic_time ();
  return self->watched_us;
}

GdkPaintable *
xs_lesson_player_get_paintable (XsLessonPlayer *self)
{
  g_return_val_if_fail (XS_IS_LESSON_PLAYER (self), NULL);

  return GDK_PAINTABLE (self->paintable);
}

static void
xs_lesson_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  XsLessonPlayer *self = XS_LESSON_PLAYER (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
xs_lesson_player_dispose (GObject *object)
{
  XsLessonPlayer *self = XS_LESSON_PLAYER (object);

  stop_tick (self);
  g_clear_pointer (&self->engine, xs_lesson_engine_close);
  g_clear_object (&self->paintable);

  G_OBJECT_CLASS (xs_lesson_player_parent_class)->dispose (object);
}

static void
xs_lesson_player_finalize (GObject *object)
{
  XsLessonPlayer *self = XS_LESSON_PLAYER (object);

  g_free (self->path);
  g_free (self->error_message);

  G_OBJECT_CLASS (xs_lesson_player_parent_class)->finalize (object);
}

static void
xs_lesson_player_class_init (XsLessonPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = xs_lesson_player_get_property;
  object_class->dispose = xs_lesson_player_dispose;
  object_class->finalize = xs_lesson_player_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, XS_LESSON_IDLE, XS_LESSON_FAILED, XS_LESSON_IDLE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ERROR_MESSAGE] =
    g_param_spec_string ("error-message", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
xs_lesson_player_init (XsLessonPlayer *self)
{
  xs_media_init ();
  self->paintable = xs_video_paintable_new ();
  self->engine = xs_lesson_engine_new (xs_video_paintable_get_sink (self->paintable), event_cb, self);
  self->duration_us = -1;
}

XsLessonPlayer *
xs_lesson_player_new (void)
{
  return g_object_new (XS_TYPE_LESSON_PLAYER, NULL);
}
