/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "xs-error.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define CAMERA_INTERFACE "org.freedesktop.portal.Camera"
#define REQUEST_INTERFACE "org.freedesktop.portal.Request"

/* Whoever has allowed it before is answered for at once. */
#define PATIENCE_US G_TIME_SPAN_SECOND
#define CALL_LIMIT_MS 5000

/* Answers of org.freedesktop.portal.Request.Response. */
#define RESPONSE_GRANTED 0

/* One at a time in this process: a second dialog would help nobody. */
typedef struct {
  GMainLoop *loop; /* of its thread, which owns the question */
  XsCameraOutcome outcome;
  char *detail;
  GAsyncQueue *late; /* (nullable): whose patience was over */
} Question;

static GMutex lock;
static GCond answered;
static Question *current; /* (nullable): not answered yet; with what it says, under the lock */

gboolean
xs_camera_portal_is_wanted (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("XUESHI_CAMERA_PORTAL"), "1") == 0;
}

static void
clear_question (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->late, g_async_queue_unref);
  g_free (question->detail);
}

static void
question_unref (Question *question)
{
  g_atomic_rc_box_release_full (question, clear_question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_unref)

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  Question *question = user_data;
  guint32 response = 1;

  g_variant_get (parameters, "(ua{sv})", &response, NULL);
  question->outcome = response == RESPONSE_GRANTED ? XS_CAMERA_OUTCOME_USED : XS_CAMERA_OUTCOME_DENIED;
  g_main_loop_quit (question->loop);
}

static void
on_owner_changed (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                  GVariant *parameters, gpointer user_data)
{
  Question *question = user_data;

  question->outcome = XS_CAMERA_OUTCOME_MISSING;
  question->detail = g_strdup ("the portal ended");
  g_main_loop_quit (question->loop);
}

/* The desktop's own way to forbid cameras, and a portal that knows none, come as errors. */
static void
note_failure (Question *question, GError *error)
{
  gboolean forbidden = g_dbus_error_is_remote_error (error)
                       && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
                       && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
                       && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
                       && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_INTERFACE)
                       && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);

  g_dbus_error_strip_remote_error (error);
  question->outcome = forbidden ? XS_CAMERA_OUTCOME_DENIED : XS_CAMERA_OUTCOME_MISSING;
  question->detail = g_strdup (error->message);
}

/* The path of the answer is known before the question is put, so that no answer is missed. */
static char *
make_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');

  return g_strconcat (PORTAL_PATH, "/request/", sender, "/", token, NULL);
}

static void
put_question (Question *question, GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = g_strdup_printf ("xueshi%u", g_random_int ());
  g_autofree char *path = make_request_path (bus, token);
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  guint response_id = g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, REQUEST_INTERFACE, "Response", path, NULL,
                                                          G_DBUS_SIGNAL_FLAGS_NONE, on_response, question, NULL);
  guint owner_id = 0;

  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (bus, PORTAL_NAME, PORTAL_PATH, CAMERA_INTERFACE, "AccessCamera",
                                 g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (reply == NULL)
    note_failure (question, error);
  else
    {
      owner_id = g_dbus_connection_signal_subscribe (bus, "org.freedesktop.DBus", "org.freedesktop.DBus",
                                                     "NameOwnerChanged", "/org/freedesktop/DBus", PORTAL_NAME,
                                                     G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, question, NULL);
      g_main_loop_run (question->loop);
      g_dbus_connection_signal_unsubscribe (bus, owner_id);
    }
  g_dbus_connection_signal_unsubscribe (bus, response_id);
}

static gpointer
ask (gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  g_main_context_push_thread_default (context);
  question->loop = g_main_loop_new (context, FALSE);
  if (bus != NULL)
    put_question (question, bus);
  else
    note_failure (question, error);
  g_clear_pointer (&question->loop, g_main_loop_unref);
  g_main_context_pop_thread_default (context);

  g_mutex_lock (&lock);
  current = NULL;
  g_cond_broadcast (&answered);
  g_mutex_unlock (&lock);
  if (question->late != NULL)
    xs_camera_event_push (question->late, XS_CAMERA_EVENT_DEVICE_ADDED, 0, NULL, NULL);
  return NULL;
}

XsCameraOutcome
xs_camera_portal_ask (GAsyncQueue *events, char **detail)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  g_autoptr (Question) question = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if (current == NULL)
    {
      current = g_atomic_rc_box_new0 (Question);
      g_thread_unref (g_thread_new ("xs-camera-portal", ask, current));
    }
  question = g_atomic_rc_box_acquire (current);
  while (current == question && g_cond_wait_until (&answered, &lock, until_us))
    ;
  if (current != question)
    {
      *detail = g_strdup (question->detail);
      return question->outcome;
    }
  if (question->late == NULL && events != NULL)
    question->late = g_async_queue_ref (events);
  return XS_CAMERA_OUTCOME_WAITING;
}

int
xs_camera_portal_open (GError **error)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  gint32 index = 0;

  if (bus == NULL)
    return -1;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_with_unix_fd_list_sync (bus, PORTAL_NAME, PORTAL_PATH, CAMERA_INTERFACE,
                                                   "OpenPipeWireRemote", g_variant_new ("(a{sv})", NULL),
                                                   G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, CALL_LIMIT_MS, NULL,
                                                   &fds, NULL, error);
  if (reply == NULL)
    return -1;
  g_variant_get (reply, "(h)", &index);
  return g_unix_fd_list_get (fds, index, error);
}
