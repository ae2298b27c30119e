/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ways to a camera, over a real PipeWire daemon, a real session manager and the real portal of the desktop, all of
 * them private. Runs inside tests/run-headless, which gives it a bus and a display of its own.
 */
#include "xs-camera-private.h"

#include <signal.h>
#include <string.h>

#include "fake-camera.h"
#include "media-fixture.h"

/* What a node says that stands for a device, and one that only says so. */
static const char *const REAL[] = { "--property=device.api=v4l2", "--property=api.v4l2.path=/dev/video0", NULL };
static const char *const PRETENDER[] = { "--property=device.api=v4l2", "--property=api.v4l2.path=/dev/video1", NULL };

static GSubprocess *daemon_process, *manager_process;

/* ---- What runs beside the test ------------------------------------------------------------------------------ */

static GSubprocess *
spawn (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
    g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

  g_assert_no_error (error);
  return process;
}

static void
end (GSubprocess **process)
{
  g_subprocess_send_signal (*process, SIGTERM);
  g_subprocess_wait (*process, NULL, NULL);
  g_clear_object (process);
}

static gboolean
socket_is_there (gpointer unused)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "pipewire-0", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
start_daemon (void)
{
  daemon_process = spawn ((const char *const[]){ "pipewire", NULL });
  g_assert_true (wait_for (socket_is_there, NULL, 20));
  manager_process = spawn ((const char *const[]){ "wireplumber", NULL });
}

static void
stop_daemon (void)
{
  end (&manager_process);
  end (&daemon_process);
}

static GSubprocess *
plug (const char *name, const char *const *properties)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "media", "pipewire-camera", NULL);

  return spawn (
    (const char *const[]){ program, "--name", name, "--description", name, properties[0], properties[1], NULL });
}

/* The kernel knows the device of the real one. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  fixture_add_sysfs (fixture, "video0", "pci0000:00/usb1/1-2", NULL);
}

#define ADD_SCENE(path, func) g_test_add (path, Fixture, NULL, set_up, func, fixture_tear_down)

/* What the user of the desktop has answered before. */
static void
set_permission (const char *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  const char *answers[] = { answer, NULL };

  g_assert_no_error (error);
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (bus, "org.freedesktop.impl.portal.PermissionStore",
                                 "/org/freedesktop/impl/portal/PermissionStore",
                                 "org.freedesktop.impl.portal.PermissionStore", "SetPermission",
                                 g_variant_new ("(sbss^as)", "devices", TRUE, "camera", "", answers), NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

/* The bus starts the portal, which chooses who speaks for it by the name of the desktop. Answers go into @folder. */
static void
prepare_portal (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  GVariantBuilder environment;

  g_assert_no_error (error);
  g_variant_builder_init (&environment, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&environment, "{ss}", "XDG_CURRENT_DESKTOP", "GNOME");
  g_variant_builder_add (&environment, "{ss}", "XDG_DATA_HOME", folder);
  g_variant_builder_add (&environment, "{ss}", "G_DEBUG", "");
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "UpdateActivationEnvironment", g_variant_new ("(a{ss})", &environment), NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

/* ---- What is looked at -------------------------------------------------------------------------------------- */

typedef struct {
  XsCamera *camera;
  gint n_frames; /* atomic */
  XsCameraState state;
  XsCameraWay way;
  XsCameraOutcome outcome;
} Scene;

static void
frame_cb (XsFrame *frame, gpointer user_data)
{
  Scene *scene = user_data;

  if (frame->width_px == 1280 && frame->height_px == 720)
    g_atomic_int_inc (&scene->n_frames);
}

static void
scene_open (Scene *scene)
{
  *scene = (Scene){ .camera = xs_camera_new (NULL, 10, frame_cb, scene) };
  xs_camera_start (scene->camera);
}

static gboolean
no_more_alive (gpointer n_left)
{
  return xs_camera_worker_count_alive () == GPOINTER_TO_INT (n_left);
}

/* @n_left: how many other cameras are open */
static void
scene_close (Scene *scene, int n_left)
{
  g_assert_finalize_object (scene->camera);
  g_assert_true (wait_for (no_more_alive, GINT_TO_POINTER (n_left), 40));
}

static gboolean
is_so (gpointer user_data)
{
  Scene *scene = user_data;
  const XsCameraAttempt *attempts = xs_camera_get_attempts (scene->camera);

  return xs_camera_get_state (scene->camera) == scene->state && attempts != NULL
         && attempts[scene->way].outcome == scene->outcome;
}

static void
expect (Scene *scene, XsCameraState state, XsCameraWay way, XsCameraOutcome outcome)
{
  scene->state = state;
  scene->way = way;
  scene->outcome = outcome;
  if (wait_for (is_so, scene, 40))
    return;
  const XsCameraAttempt *attempts = xs_camera_get_attempts (scene->camera);
  for (int i = 0; attempts != NULL && i < XS_CAMERA_N_WAYS; i++)
    g_test_message ("way %d: %d, %s", i, attempts[i].outcome, attempts[i].detail);
  g_error ("state %d, %s", xs_camera_get_state (scene->camera), xs_camera_get_error_message (scene->camera));
}

static gboolean
has_frames (gpointer user_data)
{
  return g_atomic_int_get (&((Scene *) user_data)->n_frames) >= 5;
}

static void
expect_frames (Scene *scene)
{
  g_atomic_int_set (&scene->n_frames, 0);
  g_assert_true (wait_for (has_frames, scene, 40));
}

static gboolean
says_denied (gpointer user_data)
{
  return strstr (xs_camera_get_error_message (((Scene *) user_data)->camera), "does not allow") != NULL;
}

static XsCameraOutcome
outcome_of (Scene *scene, XsCameraWay way)
{
  return xs_camera_get_attempts (scene->camera)[way].outcome;
}

/* ---- Cases -------------------------------------------------------------------------------------------------- */

/* Found through the daemon, used by two at once, lost and found again; each way says what became of it. */
static void
test_pipewire (Fixture *fixture, gconstpointer data)
{
  Scene first, second;
  GSubprocess *camera = plug ("webcam", REAL);

  scene_open (&first);
  expect (&first, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  g_assert_cmpstr (xs_camera_get_name (first.camera), ==, "webcam");
  g_assert_cmpint (outcome_of (&first, XS_CAMERA_WAY_PORTAL), ==, XS_CAMERA_OUTCOME_NEEDLESS);
  g_assert_cmpint (outcome_of (&first, XS_CAMERA_WAY_SYSTEM), ==, XS_CAMERA_OUTCOME_UNTRIED);
  expect_frames (&first);

  scene_open (&second);
  expect_frames (&second);
  scene_close (&second, 1);
  expect_frames (&first);

  end (&camera);
  expect (&first, XS_CAMERA_LOST, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_EMPTY);
  camera = plug ("webcam", REAL);
  expect (&first, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  expect_frames (&first);
  scene_close (&first, 0);
  end (&camera);
}

/* What a program shows is refused, whatever it says of itself, and may be allowed. */
static void
test_virtual (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *camera = plug ("studio", PRETENDER);

  scene_open (&scene);
  expect (&scene, XS_CAMERA_LOST, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_REFUSED);
  g_assert_cmpstr (xs_camera_get_attempts (scene.camera)[XS_CAMERA_WAY_PIPEWIRE].detail, ==, "studio");
  g_assert_cmpint (xs_camera_get_refused (scene.camera), ==, XS_CAMERA_KIND_VIRTUAL);
  g_assert_cmpint (scene.n_frames, ==, 0);

  xs_camera_stop (scene.camera);
  xs_camera_set_virtual_allowed (scene.camera, TRUE);
  xs_camera_start (scene.camera);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  expect_frames (&scene);
  scene_close (&scene, 0);
  end (&camera);
}

static gboolean
portal_says (gpointer outcome)
{
  g_autofree char *detail = NULL;

  return (int) xs_camera_portal_ask (NULL, &detail) == GPOINTER_TO_INT (outcome);
}

/* A desktop's portal runs long before a kiosk asks it; the first to ask the bus for it waits until it has started. */
static void
expect_portal (const char *permission, XsCameraOutcome outcome)
{
  set_permission (permission);
  g_assert_true (wait_for (portal_says, GINT_TO_POINTER (outcome), 40));
}

/* What the portal's connection may see is settled once it is there; until then the daemon's own is taken. */
static gboolean
comes_by_portal (gpointer user_data)
{
  Scene *scene = user_data;

  if (xs_camera_get_state (scene->camera) != XS_CAMERA_RUNNING)
    return FALSE;
  if (outcome_of (scene, XS_CAMERA_WAY_PORTAL) == XS_CAMERA_OUTCOME_USED)
    return TRUE;
  xs_camera_stop (scene->camera);
  xs_camera_start (scene->camera);
  return FALSE;
}

/* The desktop says yes, and the camera comes through its connection; it says no, and the next way is taken. */
static void
test_portal (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *camera = plug ("webcam", REAL);

  g_setenv ("XUESHI_CAMERA_PORTAL", "1", TRUE);
  expect_portal ("yes", XS_CAMERA_OUTCOME_USED);
  scene_open (&scene);
  g_assert_true (wait_for (comes_by_portal, &scene, 40));
  g_assert_cmpint (outcome_of (&scene, XS_CAMERA_WAY_PIPEWIRE), ==, XS_CAMERA_OUTCOME_UNTRIED);
  expect_frames (&scene);
  end (&camera);
  expect (&scene, XS_CAMERA_LOST, XS_CAMERA_WAY_PORTAL, XS_CAMERA_OUTCOME_EMPTY);
  camera = plug ("webcam", REAL);
  g_assert_true (wait_for (comes_by_portal, &scene, 40));
  expect_frames (&scene);
  scene_close (&scene, 0);

  expect_portal ("no", XS_CAMERA_OUTCOME_DENIED);
  scene_open (&scene);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  g_assert_cmpint (outcome_of (&scene, XS_CAMERA_WAY_PORTAL), ==, XS_CAMERA_OUTCOME_DENIED);
  expect_frames (&scene);
  end (&camera);
  expect (&scene, XS_CAMERA_LOST, XS_CAMERA_WAY_PORTAL, XS_CAMERA_OUTCOME_DENIED);
  g_assert_true (wait_for (says_denied, &scene, 40));
  scene_close (&scene, 0);
  g_unsetenv ("XUESHI_CAMERA_PORTAL");
}

/* The daemon ends under a camera that runs; without it that way says so; with it, the camera goes on by itself. */
static void
test_daemon_gone (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *camera = plug ("webcam", REAL);

  scene_open (&scene);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  stop_daemon ();
  end (&camera);
  g_assert_false (socket_is_there (NULL));
  /* At once, as the next student does: the watchdog would take its time. */
  xs_camera_stop (scene.camera);
  xs_camera_start (scene.camera);
  expect (&scene, XS_CAMERA_LOST, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_MISSING);
  g_assert_cmpint (outcome_of (&scene, XS_CAMERA_WAY_SYSTEM), ==, XS_CAMERA_OUTCOME_EMPTY);

  start_daemon ();
  camera = plug ("webcam", REAL);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  expect_frames (&scene);
  scene_close (&scene, 0);
  end (&camera);
}

static void
expect_other_way (Scene *scene)
{
  expect (scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_SYSTEM, XS_CAMERA_OUTCOME_USED);
  g_assert_cmpint (outcome_of (scene, XS_CAMERA_WAY_PIPEWIRE), ==, XS_CAMERA_OUTCOME_FAILED);
  expect_frames (scene);
}

/*
 * PipeWire tells of the camera and gives no pictures of it, suddenly and then from the start: the device itself is
 * taken.
 */
static void
test_mute (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *camera = plug ("webcam", REAL);
  GstDevice *device;

  scene_open (&scene);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  expect_frames (&scene);
  /* Not before, or it would be taken while PipeWire's is still on its way. */
  device = fake_camera_plug ("webcam", "video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1");
  g_subprocess_send_signal (camera, SIGUSR1);
  expect_other_way (&scene);
  xs_camera_stop (scene.camera);
  xs_camera_start (scene.camera);
  expect_other_way (&scene);
  scene_close (&scene, 0);
  end (&camera);
  fake_camera_unplug (device);
}

/* Begun anew as often as one likes, as each student does, while the one before is still being taken down. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *camera = plug ("webcam", REAL);

  scene_open (&scene);
  for (int i = 0; i < 12; i++)
    {
      expect_frames (&scene);
      xs_camera_stop (scene.camera);
      xs_camera_start (scene.camera);
    }
  expect_frames (&scene);
  scene_close (&scene, 0);
  end (&camera);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GSubprocess *real = plug ("webcam", REAL);
  GSubprocess *studio = plug ("studio", (const char *const[]){ NULL, NULL });

  /* When it runs, the other one may still be on its way. */
  scene_open (&scene);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  g_autoptr (GPtrArray) cameras = NULL;
  do
    {
      g_clear_pointer (&cameras, g_ptr_array_unref);
      cameras = xs_camera_list ();
    }
  while (cameras->len < 2);
  const XsCameraInfo *first = g_ptr_array_index (cameras, 0), *last = g_ptr_array_index (cameras, 1);
  g_assert_cmpuint (cameras->len, ==, 2);
  g_assert_cmpstr (first->name, ==, "webcam");
  g_assert_cmpint (first->kind, ==, XS_CAMERA_KIND_REAL);
  g_assert_cmpstr (last->name, ==, "studio");
  g_assert_cmpint (last->kind, ==, XS_CAMERA_KIND_VIRTUAL);

  xs_camera_set_source (scene.camera, NULL, first->id);
  expect (&scene, XS_CAMERA_RUNNING, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_USED);
  end (&real);
  expect (&scene, XS_CAMERA_LOST, XS_CAMERA_WAY_PIPEWIRE, XS_CAMERA_OUTCOME_EMPTY);
  scene_close (&scene, 0);
  end (&studio);
}

/* Whoever has a file open is named; nobody is, once it is closed. */
static void
test_holder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_write (fixture, "video0", "", 0);
  GSubprocess *holder;
  g_autofree char *name = NULL;

  g_assert_null (xs_camera_find_holder (path));
  holder = spawn ((const char *const[]){ "tail", "-f", path, NULL });
  while ((name = xs_camera_find_holder (path)) == NULL)
    g_thread_yield ();
  g_assert_cmpstr (name, ==, "tail");
  end (&holder);
  g_assert_null (xs_camera_find_holder (path));
}

/* The number stands with the USB device, one level above the interface that gives the pictures. */
static void
test_serial (Fixture *fixture, gconstpointer data)
{
  fixture_add_sysfs (fixture, "video0", "pci0000:00/usb1/1-2", "A1B2C3\n");
  fixture_add_sysfs (fixture, "video1", "pci0000:00/usb1/1-3", NULL);
  g_autofree char *serial = xs_camera_read_usb_serial ("/dev/video0");
  g_assert_cmpstr (serial, ==, "A1B2C3");
  g_assert_null (xs_camera_read_usb_serial ("/dev/video1"));
  g_assert_null (xs_camera_read_usb_serial ("/dev/video2"));
}

/* Why this PC cannot run a daemon; NULL: it can. */
static const char *
find_obstacle (void)
{
  static const char *const programs[] = { "pipewire", "wireplumber" };
  g_autoptr (GstDeviceProviderFactory) factory = gst_device_provider_factory_find ("pipewiredeviceprovider");

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_find_program_in_path (programs[i]);
      if (path == NULL)
        return programs[i];
    }
  return factory == NULL ? "GStreamer's plugin of PipeWire" : NULL;
}

static void
test_skipped (void)
{
  g_autofree char *reason = g_strdup_printf ("%s is not installed", find_obstacle ());

  g_test_skip (reason);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  ADD_TEST ("/media/camera-ladder/holder", test_holder);
  ADD_TEST ("/media/camera-ladder/serial", test_serial);
  if (find_obstacle () != NULL)
    {
      g_test_add_func ("/media/camera-ladder/pipewire", test_skipped);
      return g_test_run ();
    }
  folder = g_build_filename (g_get_user_runtime_dir (), "data", NULL);
  prepare_portal (folder);
  /* Cameras that do not come through PipeWire are the test's as well. */
  fake_camera_register ();
  g_unsetenv ("PIPEWIRE_REMOTE");
  start_daemon ();
  ADD_SCENE ("/media/camera-ladder/pipewire", test_pipewire);
  ADD_SCENE ("/media/camera-ladder/restart", test_restart);
  ADD_SCENE ("/media/camera-ladder/mute", test_mute);
  ADD_SCENE ("/media/camera-ladder/virtual", test_virtual);
  ADD_SCENE ("/media/camera-ladder/list", test_list);
  ADD_SCENE ("/media/camera-ladder/portal", test_portal);
  ADD_SCENE ("/media/camera-ladder/daemon-gone", test_daemon_gone);
  result = g_test_run ();
  stop_daemon ();
  return result;
}
