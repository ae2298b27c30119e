/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include "xs-media-private.h"
#include "xs-video-paintable.h"

struct _XsCamera {
  GObject parent_instance;

  char *uri;       /* (nullable) */
  char *device_id; /* (nullable) */
  int analysis_fps;
  XsCameraFrameFunc func;
  gpointer user_data;

  XsVideoPaintable *preview;
  XsCameraWorker *worker; /* NULL while stopped */
  XsCameraState state;
  char *error_message;
  char *name;
  char *renewed_id; /* (nullable) */
  XsCameraKind refused;
  gboolean tried; /* there are attempts */
  XsCameraAttempt attempts[XS_CAMERA_N_WAYS];
  gboolean virtual_allowed;
};

enum {
  PROP_0,
  PROP_STATE,
  PROP_ERROR_MESSAGE,
  PROP_NAME,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (XsCamera, xs_camera, G_TYPE_OBJECT)

static void
set_string (XsCamera *self, char **field, const char *value, guint property)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
take_report (XsCamera *self, const XsCameraReport *report)
{
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->error_message, report->message, PROP_ERROR_MESSAGE);
  set_string (self, &self->name, report->name, PROP_NAME);
  g_free (self->renewed_id);
  self->renewed_id = g_strdup (report->renewed_id);
  self->refused = report->refused;
  self->tried = report->attempts != NULL;
  if (self->tried)
    xs_camera_attempts_copy (self->attempts, report->attempts);
  if (self->state != report->state)
    {
      self->state = report->state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
report_cb (const XsCameraReport *report, gpointer user_data)
{
  XsCamera *self = user_data;

  /* A frozen picture would look like a working camera. */
  if (report->state == XS_CAMERA_LOST)
    xs_video_paintable_clear (self->preview);
  take_report (self, report);
}

void
xs_camera_set_virtual_allowed (XsCamera *self, gboolean allowed)
{
  g_return_if_fail (XS_IS_CAMERA (self));

  self->virtual_allowed = allowed;
}

void
xs_camera_set_source (XsCamera *self, const char *uri, const char *device_id)
{
  gboolean running;

  g_return_if_fail (XS_IS_CAMERA (self));

  if (g_strcmp0 (self->uri, uri) == 0 && g_strcmp0 (self->device_id, device_id) == 0)
    return;
  running = self->worker != NULL;
  xs_camera_stop (self);
  g_free (self->uri);
  g_free (self->device_id);
  self->uri = g_strdup (uri);
  self->device_id = g_strdup (device_id);
  if (running)
    xs_camera_start (self);
}

void
xs_camera_start (XsCamera *self)
{
  g_return_if_fail (XS_IS_CAMERA (self));

  if (self->worker != NULL)
    return;

  self->worker = xs_camera_worker_start (self->uri, self->device_id, self->analysis_fps, self->virtual_allowed,
                                         xs_video_paintable_renew_sink (self->preview, TRUE), self->func,
                                         self->user_data, report_cb, self);
  take_report (self, &(XsCameraReport){ .state = XS_CAMERA_STARTING });
}

void
xs_camera_stop (XsCamera *self)
{
  g_return_if_fail (XS_IS_CAMERA (self));

  if (self->worker == NULL)
    return;

  xs_camera_worker_stop (g_steal_pointer (&self->worker));
  xs_video_paintable_renew_sink (self->preview, TRUE);
  take_report (self, &(XsCameraReport){ .state = XS_CAMERA_STOPPED });
}

XsCameraState
xs_camera_get_state (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), XS_CAMERA_STOPPED);

  return self->state;
}

const char *
xs_camera_get_error_message (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return self->error_message;
}

XsCameraKind
xs_camera_get_refused (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), XS_CAMERA_KIND_REAL);

  return self->refused;
}

const char *
xs_camera_get_name (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return self->name;
}

const char *
xs_camera_get_device_id (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return self->device_id;
}

const char *
xs_camera_get_renewed_id (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return self->renewed_id;
}

const XsCameraAttempt *
xs_camera_get_attempts (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return self->tried ? self->attempts : NULL;
}

GdkPaintable *
xs_camera_get_preview (XsCamera *self)
{
  g_return_val_if_fail (XS_IS_CAMERA (self), NULL);

  return GDK_PAINTABLE (self->preview);
}

static void
xs_camera_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  XsCamera *self = XS_CAMERA (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ERROR_MESSAGE:
      g_value_set_string (value, self->error_message);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
xs_camera_dispose (GObject *object)
{
  XsCamera *self = XS_CAMERA (object);

  if (self->worker != NULL)
    xs_camera_worker_stop (g_steal_pointer (&self->worker));
  g_clear_object (&self->preview);

  G_OBJECT_CLASS (xs_camera_parent_class)->dispose (object);
}

static void
xs_camera_finalize (GObject *object)
{
  XsCamera *self = XS_CAMERA (object);

  g_free (self->uri);
  g_free (self->device_id);
  g_free (self->error_message);
  g_free (self->name);
  g_free (self->renewed_id);
  xs_camera_attempts_clear (self->attempts);

  G_OBJECT_CLASS (xs_camera_parent_class)->finalize (object);
}

static void
xs_camera_class_init (XsCameraClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = xs_camera_get_property;
  object_class->dispose = xs_camera_dispose;
  object_class->finalize = xs_camera_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, XS_CAMERA_STOPPED, XS_CAMERA_LOST, XS_CAMERA_STOPPED,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ERROR_MESSAGE] =
    g_param_spec_string ("error-message", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
xs_camera_init (XsCamera *self)
{
  xs_media_init ();
  self->preview = xs_video_paintable_new_mirrored ();
}

XsCamera *
xs_camera_new (const char *uri, int analysis_fps, XsCameraFrameFunc func, gpointer user_data)
{
  XsCamera *self;

  g_return_val_if_fail (analysis_fps >= 1 && analysis_fps <= 30, NULL);

  self = g_object_new (XS_TYPE_CAMERA, NULL);
  self->uri = g_strdup (uri);
  self->analysis_fps = analysis_fps;
  self->func = func;
  self->user_data = user_data;
  return self;
}
