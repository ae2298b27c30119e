/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "xs-media-private.h"

#define PIPEWIRE_PROVIDER "pipewiredeviceprovider"

/*
 * Through the portal or not, PipeWire's own provider looks for cameras, over a connection of its own. All others come
 * from a GstDeviceMonitor.
 */
struct _XsCameraLadder {
  GAsyncQueue *events;       /* (nullable) */
  GstDeviceMonitor *monitor; /* (nullable) */
};

/* ---- What became of the ways -------------------------------------------------------------------------------- */

void
xs_camera_attempts_set (XsCameraAttempt *attempts, XsCameraWay way, XsCameraOutcome outcome, const char *detail)
{
  g_autofree char *old = attempts[way].detail;

  attempts[way].outcome = outcome;
  attempts[way].detail = g_strdup (detail);
}

void
xs_camera_attempts_copy (XsCameraAttempt *to, const XsCameraAttempt *from)
{
  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    xs_camera_attempts_set (to, (XsCameraWay) way, from[way].outcome, from[way].detail);
}

void
xs_camera_attempts_clear (XsCameraAttempt *attempts)
{
  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    xs_camera_attempts_set (attempts, (XsCameraWay) way, XS_CAMERA_OUTCOME_UNTRIED, NULL);
}

/* ---- Connections to PipeWire -------------------------------------------------------------------------------- */

/* Where PipeWire's library would connect to. */
static char *
make_socket_path (void)
{
  const char *remote = g_getenv ("PIPEWIRE_REMOTE");
  const char *folder = g_getenv ("PIPEWIRE_RUNTIME_DIR");

  return g_build_filename (folder != NULL ? folder : g_get_user_runtime_dir (), remote != NULL ? remote : "pipewire-0",
                           NULL);
}

static int
connect_to_daemon (GError **error)
{
  g_autofree char *path = make_socket_path ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL || !g_socket_connect (socket, address, NULL, error))
    return -1;
  return fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
}

gboolean
xs_camera_ladder_connect (XsCameraWay way, int *remote_fd, GError **error)
{
  *remote_fd = -1;
  if (way == XS_CAMERA_WAY_SYSTEM)
    return TRUE;
  *remote_fd = way == XS_CAMERA_WAY_PORTAL ? xs_camera_portal_open (error) : connect_to_daemon (error);
  return *remote_fd >= 0;
}

/* ---- Who tells of PipeWire's devices ------------------------------------------------------------------------ */

/*
 * One provider for each of the two ways through PipeWire, for all ladders of this process. It is not stopped while the
 * daemon answers: that of PipeWire 0.3 frees twice what the daemon confirms meanwhile.
 */
typedef struct {
  GstDeviceProvider *provider;
  int fd;
} Watch;

static GMutex watches_lock;
static Watch watches[XS_CAMERA_WAY_SYSTEM];
/* Providers speak on threads of their own, also while one is being started under the other lock. */
static GMutex listeners_lock;
static GPtrArray *listeners; /* (nullable) (element-type GAsyncQueue): of all ladders */

static void
push_device (GAsyncQueue *events, GstMessage *message)
{
  g_autoptr (GstDevice) device = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_ADDED)
    {
      gst_message_parse_device_added (message, &device);
      xs_camera_event_push (events, XS_CAMERA_EVENT_DEVICE_ADDED, 0, NULL, device);
    }
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_REMOVED)
    {
      gst_message_parse_device_removed (message, &device);
      xs_camera_event_push (events, XS_CAMERA_EVENT_DEVICE_REMOVED, 0, NULL, device);
    }
}

static GstBusSyncReply
tell_listeners (GstBus *bus, GstMessage *message, gpointer unused)
{
  g_mutex_lock (&listeners_lock);
  for (guint i = 0; listeners != NULL && i < listeners->len; i++)
    push_device (g_ptr_array_index (listeners, i), message);
  g_mutex_unlock (&listeners_lock);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
set_listening (GAsyncQueue *events, gboolean on)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&listeners_lock);

  if (listeners == NULL)
    listeners = g_ptr_array_new ();
  if (on)
    g_ptr_array_add (listeners, events);
  else
    g_ptr_array_remove_fast (listeners, events);
}

static gboolean
is_over (int fd)
{
  GPollFD poll = { .fd = fd, .events = 0 };

  return g_poll (&poll, 1, 0) > 0 && (poll.revents & (G_IO_HUP | G_IO_ERR)) != 0;
}

static void
end_watch (Watch *watch)
{
  if (watch->provider == NULL)
    return;

  gst_device_provider_stop (watch->provider);
  g_clear_object (&watch->provider);
  close (watch->fd);
}

/* (transfer full): the factory of PipeWire's provider; NULL where there is no such plugin. */
static GstDeviceProviderFactory *
find_factory (void)
{
  g_autoptr (GstDeviceProviderFactory) factory = gst_device_provider_factory_find (PIPEWIRE_PROVIDER);

  return factory != NULL ? GST_DEVICE_PROVIDER_FACTORY (gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory))) : NULL;
}

/* (transfer full): cameras, and whatever else PipeWire knows. */
static gboolean
watch_devices (XsCameraWay way, GstDeviceProviderFactory *factory, GList **devices, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&watches_lock);
  Watch *watch = &watches[way];

  if (watch->provider != NULL && is_over (watch->fd))
    end_watch (watch);
  if (watch->provider == NULL)
    {
      if (!xs_camera_ladder_connect (way, &watch->fd, error))
        return FALSE;
      watch->provider = gst_object_ref_sink (
        g_object_new (gst_device_provider_factory_get_device_provider_type (factory), "fd", watch->fd, NULL));
      g_autoptr (GstBus) bus = gst_device_provider_get_bus (watch->provider);
      gst_bus_set_sync_handler (bus, tell_listeners, NULL, NULL);
      gst_device_provider_start (watch->provider);
    }
  *devices = gst_device_provider_get_devices (watch->provider);
  return TRUE;
}

/* ---- Who tells of all others -------------------------------------------------------------------------------- */

static GstBusSyncReply
bus_cb (GstBus *bus, GstMessage *message, gpointer events)
{
  push_device (events, message);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
start_monitor (XsCameraLadder *self)
{
  g_autoptr (GstDeviceProviderFactory) pipewire = gst_device_provider_factory_find (PIPEWIRE_PROVIDER);

  if (self->monitor != NULL)
    return;

  /* Or the monitor would start another one, which hides that of V4L2. */
  if (pipewire != NULL)
    gst_plugin_feature_set_rank (GST_PLUGIN_FEATURE (pipewire), GST_RANK_NONE);
  self->monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (self->monitor, "Video/Source", NULL);
  g_autoptr (GstBus) bus = gst_device_monitor_get_bus (self->monitor);
  if (self->events != NULL)
    gst_bus_set_sync_handler (bus, bus_cb, g_async_queue_ref (self->events), (GDestroyNotify) g_async_queue_unref);
  if (!gst_device_monitor_start (self->monitor))
    g_clear_object (&self->monitor);
}

static void
stop_monitor (XsCameraLadder *self)
{
  if (self->monitor == NULL)
    return;

  g_autoptr (GstBus) bus = gst_device_monitor_get_bus (self->monitor);
  gst_device_monitor_stop (self->monitor);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  g_clear_object (&self->monitor);
}

/* ---- One way after the other -------------------------------------------------------------------------------- */

/* (transfer full): the cameras that come through PipeWire. */
static GList *
ask_pipewire (XsCameraWay way, XsCameraOutcome *outcome, char **detail)
{
  g_autoptr (GstDeviceProviderFactory) factory = find_factory ();
  g_autoptr (GError) error = NULL;
  g_autolist (GstDevice) devices = NULL;
  GList *cameras = NULL;

  *outcome = XS_CAMERA_OUTCOME_MISSING;
  if (factory == NULL)
    *detail = g_strdup ("GStreamer's plugin of PipeWire");
  else if (!watch_devices (way, factory, &devices, &error))
    *detail = g_strdup (error->message);
  else
    *outcome = XS_CAMERA_OUTCOME_EMPTY;
  for (GList *l = devices; l != NULL; l = l->next)
    if (gst_device_has_classes (l->data, "Video/Source"))
      cameras = g_list_prepend (cameras, gst_object_ref (l->data));
  return g_list_reverse (cameras);
}

/* (transfer full) */
static GList *
look_at (XsCameraLadder *self, XsCameraWay way, XsCameraOutcome *outcome, char **detail)
{
  if (way == XS_CAMERA_WAY_SYSTEM)
    {
      *outcome = XS_CAMERA_OUTCOME_EMPTY;
      start_monitor (self);
      return self->monitor != NULL ? gst_device_monitor_get_devices (self->monitor) : NULL;
    }
  if (way == XS_CAMERA_WAY_PORTAL)
    {
      *outcome = XS_CAMERA_OUTCOME_NEEDLESS;
      if (!xs_camera_portal_is_wanted ())
        return NULL;
      *outcome = xs_camera_portal_ask (self->events, detail);
      if (*outcome != XS_CAMERA_OUTCOME_USED)
        return NULL;
    }
  return ask_pipewire (way, outcome, detail);
}

/* (transfer full): what one way has to offer; fills its attempt. */
static GList *
find_usable (XsCameraLadder *self, XsCameraWay way, const char *id, gboolean virtual_allowed, XsCameraChoice *choice,
             XsCameraAttempt *attempts)
{
  g_auto (XsCameraChoice) here = { 0 };
  XsCameraOutcome outcome = XS_CAMERA_OUTCOME_EMPTY;
  g_autofree char *detail = NULL;
  g_autolist (GstDevice) devices = look_at (self, way, &outcome, &detail);
  g_autolist (GstDevice) wanted = id != NULL ? xs_camera_keep_wanted (devices, id) : NULL;
  GList *usable = xs_camera_keep_usable (id != NULL ? wanted : devices, virtual_allowed, &here);

  if (usable != NULL)
    return usable;
  if (here.refused != XS_CAMERA_KIND_REAL)
    {
      xs_camera_attempts_set (attempts, way, XS_CAMERA_OUTCOME_REFUSED, here.refused_name);
      if (choice->refused != XS_CAMERA_KIND_VIRTUAL)
        {
          choice->refused = here.refused;
          g_free (choice->refused_name);
          choice->refused_name = g_steal_pointer (&here.refused_name);
        }
    }
  else
    xs_camera_attempts_set (attempts, way, outcome, detail);
  return NULL;
}

void
xs_camera_ladder_choose (XsCameraLadder *self, const char *id, guint skip, gboolean virtual_allowed,
                         XsCameraChoice *choice, XsCameraAttempt *attempts)
{
  g_autolist (GstDevice) usable = NULL;
  guint ends[XS_CAMERA_N_WAYS] = { 0 }; /* of the part of @usable that is a way's */
  guint n_usable = 0;

  *choice = (XsCameraChoice){ 0 };
  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    {
      if (n_usable <= skip)
        {
          usable = g_list_concat (usable, find_usable (self, (XsCameraWay) way, id, virtual_allowed, choice, attempts));
          n_usable = g_list_length (usable);
        }
      else
        xs_camera_attempts_set (attempts, (XsCameraWay) way, XS_CAMERA_OUTCOME_UNTRIED, NULL);
      ends[way] = n_usable;
    }
  if (n_usable == 0)
    return;

  guint i = skip % n_usable;
  while (i >= ends[choice->way])
    choice->way++;
  choice->device = gst_object_ref (g_list_nth_data (usable, i));
  g_autoptr (GstCaps) offered = gst_device_get_caps (choice->device);
  choice->caps = xs_camera_choose_caps (offered);
  choice->renewed_id = id != NULL ? xs_camera_renew_id (choice->device, id) : NULL;
  xs_camera_attempts_set (attempts, choice->way, XS_CAMERA_OUTCOME_USED, NULL);
}

/* Whether one of @devices is the same thing in the PC. */
static gboolean
has_device (GList *devices, GstDevice *device)
{
  g_autofree char *id = xs_camera_device_id (device);
  g_autofree char *path = xs_camera_device_path (device);

  for (GList *l = devices; l != NULL; l = l->next)
    {
      g_autofree char *other_id = xs_camera_device_id (l->data);
      g_autofree char *other_path = xs_camera_device_path (l->data);

      if (g_str_equal (id, other_id) || (path != NULL && g_strcmp0 (path, other_path) == 0))
        return TRUE;
    }
  return FALSE;
}

GList *
xs_camera_ladder_list (XsCameraLadder *self)
{
  GList *all = NULL;

  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    {
      XsCameraOutcome outcome;
      g_autofree char *detail = NULL;
      g_autolist (GstDevice) devices = look_at (self, (XsCameraWay) way, &outcome, &detail);

      for (GList *l = devices; l != NULL; l = l->next)
        if (!has_device (all, l->data))
          all = g_list_append (all, gst_object_ref (l->data));
    }
  return all;
}

XsCameraLadder *
xs_camera_ladder_new (GAsyncQueue *events)
{
  XsCameraLadder *self = g_new0 (XsCameraLadder, 1);

  xs_media_init ();
  if (events == NULL)
    return self;
  self->events = g_async_queue_ref (events);
  set_listening (self->events, TRUE);
  return self;
}

void
xs_camera_ladder_free (XsCameraLadder *self)
{
  if (self == NULL)
    return;

  stop_monitor (self);
  if (self->events != NULL)
    set_listening (self->events, FALSE);
  g_clear_pointer (&self->events, g_async_queue_unref);
  g_free (self);
}
