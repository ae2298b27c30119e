/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <string.h>
#include <sys/stat.h>

#include "fake-camera.h"
#include "media-fixture.h"

#define WEBCAM_CAPS "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"

typedef struct {
  XsCamera *camera;
  XsCameraState awaited;
  GArray *states; /* of int, as they came */

  GMutex lock;
  guint n_frames;
  guint awaited_frames;
  int width_px;
  int height_px;
  gint64 first_us;
  gint64 last_us;
  gint64 arrived_us; /* when the last one was handed over */
  gint64 largest_step_us;
  gint64 largest_age_us;
  gboolean backwards;
  gboolean from_the_future;
} Scene;

static void
frame_cb (XsFrame *frame, gpointer user_data)
{
  Scene *scene = user_data;
  gint64 now_us = g_get_monotonic_time ();

  g_mutex_lock (&scene->lock);
  if (scene->n_frames == 0)
    scene->first_us = frame->time_us;
  else
    {
      scene->backwards = scene->backwards || frame->time_us <= scene->last_us;
      scene->largest_step_us = MAX (scene->largest_step_us, frame->time_us - scene->last_us);
    }
  scene->n_frames++;
  scene->last_us = frame->time_us;
  scene->arrived_us = now_us;
  scene->largest_age_us = MAX (scene->largest_age_us, now_us - frame->time_us);
  scene->from_the_future = scene->from_the_future || frame->time_us > now_us;
  scene->width_px = frame->width_px;
  scene->height_px = frame->height_px;
  g_mutex_unlock (&scene->lock);
}

static void
state_cb (XsCamera *camera, GParamSpec *pspec, Scene *scene)
{
  int state = 0;

  g_object_get (camera, "state", &state, NULL);
  g_assert_cmpint (state, ==, xs_camera_get_state (camera));
  g_array_append_val (scene->states, state);
}

static void
scene_open (Scene *scene, const char *uri, int fps)
{
  memset (scene, 0, sizeof *scene);
  g_mutex_init (&scene->lock);
  scene->states = g_array_new (FALSE, FALSE, sizeof (int));
  scene->camera = xs_camera_new (uri, fps, frame_cb, scene);
  g_assert_cmpint (xs_camera_get_state (scene->camera), ==, XS_CAMERA_STOPPED);
  g_signal_connect (scene->camera, "notify::state", G_CALLBACK (state_cb), scene);
  xs_camera_start (scene->camera);
  g_assert_cmpint (xs_camera_get_state (scene->camera), ==, XS_CAMERA_STARTING);
}

static gboolean
no_worker_alive (gpointer user_data)
{
  return xs_camera_worker_count_alive () == 0;
}

/* Nothing of the camera is left: not the object, not its thread, not its pipeline. */
static void
scene_close (Scene *scene)
{
  g_assert_finalize_object (scene->camera);
  g_assert_true (wait_for (no_worker_alive, NULL, 20));
  g_array_unref (scene->states);
  g_mutex_clear (&scene->lock);
}

static gboolean
is_in_state (gpointer user_data)
{
  Scene *scene = user_data;

  return xs_camera_get_state (scene->camera) == scene->awaited;
}

static gboolean
reaches (Scene *scene, XsCameraState state, int limit_s)
{
  scene->awaited = state;
  return wait_for (is_in_state, scene, limit_s);
}

static gboolean
has_frames (gpointer user_data)
{
  Scene *scene = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&scene->lock);

  return scene->n_frames >= scene->awaited_frames;
}

static gboolean
gets_frames (Scene *scene, guint n, int limit_s)
{
  g_mutex_lock (&scene->lock);
  scene->awaited_frames = scene->n_frames + n;
  g_mutex_unlock (&scene->lock);
  return wait_for (has_frames, scene, limit_s);
}

static gboolean
has_preview (gpointer user_data)
{
  Scene *scene = user_data;

  return gdk_paintable_get_intrinsic_width (xs_camera_get_preview (scene->camera)) > 0;
}

static void
assert_message (Scene *scene, const char *words)
{
  const char *message = xs_camera_get_error_message (scene->camera);

  g_assert_nonnull (message);
  g_test_message ("%s", message);
  g_assert_nonnull (strstr (message, words));
}

static char *
make_uri (const char *path, const char *query)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  return g_strconcat (uri, query, NULL);
}

/* ---- Test pattern ------------------------------------------------------------------------------------------- */

static void
test_pattern (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *name = NULL;

  scene_open (&scene, "test:", 10);
  g_assert_true (gets_frames (&scene, 12, 20));
  g_assert_true (wait_for (has_preview, &scene, 20));
  g_assert_cmpint (xs_camera_get_state (scene.camera), ==, XS_CAMERA_RUNNING);
  g_object_get (scene.camera, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Test pattern");
  g_assert_null (xs_camera_get_error_message (scene.camera));

  g_mutex_lock (&scene.lock);
  g_assert_cmpint (scene.width_px, ==, 1280);
  g_assert_cmpint (scene.height_px, ==, 720);
  g_assert_false (scene.backwards);
  g_assert_false (scene.from_the_future);
  /* Ten a second out of thirty, by the time they were taken. */
  double mean_us = (double) (scene.last_us - scene.first_us) / (scene.n_frames - 1);
  g_assert_cmpfloat_with_epsilon (mean_us, 100000.0, 35000.0);
  g_mutex_unlock (&scene.lock);

  GdkPaintable *preview = xs_camera_get_preview (scene.camera);
  g_assert_cmpfloat_with_epsilon (gdk_paintable_get_intrinsic_aspect_ratio (preview), 16.0 / 9.0, 1e-2);
  scene_close (&scene);
}

static void
test_stop_is_final (Fixture *fixture, gconstpointer data)
{
  Scene scene;

  scene_open (&scene, "test:", 30);
  g_assert_true (gets_frames (&scene, 3, 20));
  gint64 asked_us = g_get_monotonic_time ();
  xs_camera_stop (scene.camera);
  g_assert_cmpint (g_get_monotonic_time () - asked_us, <, 500 * 1000);
  guint frames = scene.n_frames;
  g_assert_cmpint (xs_camera_get_state (scene.camera), ==, XS_CAMERA_STOPPED);
  g_assert_false (has_preview (&scene));
  g_assert_true (wait_for (no_worker_alive, NULL, 20));
  g_assert_cmpuint (scene.n_frames, ==, frames);
  g_assert_cmpint (xs_camera_get_state (scene.camera), ==, XS_CAMERA_STOPPED);
  scene_close (&scene);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  Scene scene;

  scene_open (&scene, "test:", 10);
  for (int i = 0; i < 6; i++)
    {
      if (i % 2 == 0)
        g_assert_true (gets_frames (&scene, 2, 20));
      xs_camera_stop (scene.camera);
      xs_camera_stop (scene.camera);
      xs_camera_start (scene.camera);
      xs_camera_start (scene.camera);
    }
  g_assert_true (gets_frames (&scene, 2, 20));
  g_assert_true (wait_for (has_preview, &scene, 20));
  scene_close (&scene);
}

/* Started and dropped at once, in every phase of opening. */
static void
test_dropped_early (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 30; i++)
    {
      g_autoptr (XsCamera) camera = xs_camera_new ("test:", 5, NULL, NULL);

      xs_camera_start (camera);
      for (int k = 0; k < i * 500; k++)
        g_thread_yield ();
      if (i % 3 == 0)
        while (g_main_context_iteration (NULL, FALSE))
          continue;
      g_assert_finalize_object (g_steal_pointer (&camera));
    }
  g_assert_true (wait_for (no_worker_alive, NULL, 30));
}

static void
test_bad_address (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "http://example.org/x", "file:///x?often", "nonsense", "test:nothing" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      Scene scene;

      scene_open (&scene, addresses[i], 5);
      g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
      assert_message (&scene, g_str_has_prefix (addresses[i], "test:") ? "nothing" : addresses[i]);
      scene_close (&scene);
    }
}

/* ---- Recordings --------------------------------------------------------------------------------------------- */

static void
test_recording_ends (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_video (fixture, "short.mkv", 45);
  g_autofree char *uri = make_uri (path, "");

  scene_open (&scene, uri, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "short.mkv");
  g_assert_false (has_preview (&scene));
  g_mutex_lock (&scene.lock);
  /* 1.5 s in real time, at 5 a second. */
  g_assert_cmpuint (scene.n_frames, >=, 7);
  g_assert_cmpuint (scene.n_frames, <=, 9);
  g_assert_cmpint (scene.last_us - scene.first_us, >=, 1100 * 1000);
  g_assert_false (scene.backwards);
  g_assert_false (scene.from_the_future);
  g_mutex_unlock (&scene.lock);

  /* It does not begin anew by itself, after any of the waits that a camera is tried again after. */
  guint frames = scene.n_frames;
  g_assert_false (reaches (&scene, XS_CAMERA_RUNNING, 3));
  g_assert_cmpuint (scene.n_frames, ==, frames);

  /* But it does when asked to. */
  xs_camera_stop (scene.camera);
  xs_camera_start (scene.camera);
  g_assert_true (gets_frames (&scene, 2, 20));
  scene_close (&scene);
}

static void
test_recording_loops (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_video (fixture, "loop.mkv", 20);
  g_autofree char *uri = make_uri (path, "?loop");

  scene_open (&scene, uri, 10);
  /* Its 0.67 s four times over. */
  g_assert_true (gets_frames (&scene, 27, 30));
  g_mutex_lock (&scene.lock);
  g_assert_false (scene.backwards);
  g_assert_false (scene.from_the_future);
  g_assert_cmpint (scene.largest_step_us, <, 600 * 1000);
  g_mutex_unlock (&scene.lock);
  g_assert_cmpuint (scene.states->len, ==, 2);
  g_assert_cmpint (g_array_index (scene.states, int, 1), ==, XS_CAMERA_RUNNING);
  scene_close (&scene);
}

/* Bytes of a recording that come through a pipe, the second half of them only once they are let go. */
typedef struct {
  const char *pipe_path;
  const char *recording_path;
  GMutex lock;
  GCond changed;
  gboolean go_on;
} SlowDisk;

static gpointer
feed_pipe (gpointer data)
{
  SlowDisk *disk = data;
  g_autofree char *bytes = NULL;
  gsize size = 0;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (disk->recording_path, &bytes, &size, &error));
  /* Being a reader of its own, too, it may write when filesrc has closed the pipe for a moment, to open it anew. */
  FILE *file = fopen (disk->pipe_path, "r+e");
  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (bytes, 1, size / 2, file), ==, size / 2);
  g_assert_cmpint (fflush (file), ==, 0);
  g_mutex_lock (&disk->lock);
  while (!disk->go_on)
    g_cond_wait (&disk->changed, &disk->lock);
  g_mutex_unlock (&disk->lock);
  g_assert_cmpuint (fwrite (bytes + size / 2, 1, size - size / 2, file), ==, size - size / 2);
  g_assert_cmpint (fclose (file), ==, 0);
  return NULL;
}

/* A PC so busy that reading stands for seconds: it is said that there is no picture, and it comes back by itself. */
static void
test_recording_stands (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *recording = fixture_make_video (fixture, "whole.mkv", 120);
  g_autofree char *path = fixture_path (fixture, "pipe.mkv");
  g_autofree char *uri = make_uri (path, "");
  SlowDisk disk = { .pipe_path = path, .recording_path = recording };

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  GThread *thread = g_thread_new ("slow disk", feed_pipe, &disk);
  scene_open (&scene, uri, 10);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "pipe.mkv");
  g_assert_false (has_preview (&scene));

  g_mutex_lock (&disk.lock);
  disk.go_on = TRUE;
  g_cond_signal (&disk.changed);
  g_mutex_unlock (&disk.lock);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_null (xs_camera_get_error_message (scene.camera));
  g_assert_true (gets_frames (&scene, 2, 20));
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "is over");
  g_thread_join (thread);
  g_assert_false (scene.backwards);
  scene_close (&scene);
}

static void
test_bad_recordings (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = fixture_write (fixture, "empty.mkv", "", 0);
  g_autofree char *text = fixture_write (fixture, "text.mkv", "This is plain text.\n", 20);
  g_autofree char *missing = fixture_path (fixture, "missing.mkv");
  g_autofree char *sound = fixture_make (fixture, "sound.ogg", "audiotestsrc num-buffers=20 ! opusenc ! oggmux");
  g_autofree char *cut = fixture_make_video (fixture, "cut.mkv", 30);
  const char *const paths[] = { empty, text, missing, sound, cut };

  fixture_truncate (cut, 0.02);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      Scene scene;
      g_autofree char *uri = make_uri (paths[i], "?loop");
      g_autofree char *name = g_path_get_basename (paths[i]);

      scene_open (&scene, uri, 5);
      g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
      assert_message (&scene, name);
      g_assert_cmpuint (scene.n_frames, ==, 0);
      scene_close (&scene);
    }
}

/* A recording that was not there is taken up once it is. */
static void
test_recording_appears (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_path (fixture, "late.mkv");
  g_autofree char *uri = make_uri (path, "?loop");

  scene_open (&scene, uri, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  g_free (fixture_make_video (fixture, "late.mkv", 60));
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_null (xs_camera_get_error_message (scene.camera));
  scene_close (&scene);
}

/* ---- Devices ------------------------------------------------------------------------------------------------ */

static void
test_plug_and_unplug (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *name = NULL;

  scene_open (&scene, NULL, 10);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "No camera");

  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_object_get (scene.camera, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Webcam");
  g_assert_cmpint (scene.width_px, ==, 640);
  g_assert_cmpint (scene.height_px, ==, 480);
  g_assert_true (wait_for (has_preview, &scene, 20));
  g_assert_cmpfloat_with_epsilon (gdk_paintable_get_intrinsic_aspect_ratio (xs_camera_get_preview (scene.camera)),
                                  4.0 / 3.0, 1e-2);

  for (int i = 0; i < 2; i++)
    {
      fake_camera_unplug (device);
      g_assert_true (reaches (&scene, XS_CAMERA_LOST, 3));
      assert_message (&scene, "unplugged");
      g_assert_false (has_preview (&scene));
      device = fake_camera_plug ("Webcam", WEBCAM_CAPS);
      g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
      g_assert_true (gets_frames (&scene, 2, 20));
    }
  g_mutex_lock (&scene.lock);
  g_assert_false (scene.backwards);
  g_assert_false (scene.from_the_future);
  g_mutex_unlock (&scene.lock);
  scene_close (&scene);
  fake_camera_unplug (device);
}

/* A camera that says nothing and gives nothing is noticed within 3 s, and is back when it gives again. */
static void
test_watchdog (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);

  scene_open (&scene, NULL, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  fake_camera_stall (TRUE);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 10));
  gint64 noticed_us = g_get_monotonic_time () - scene.arrived_us;
  g_test_message ("noticed after %.2f s", (double) noticed_us / G_USEC_PER_SEC);
  g_assert_cmpint (noticed_us, <=, 3 * G_USEC_PER_SEC);
  assert_message (&scene, "Webcam");
  fake_camera_stall (FALSE);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_true (gets_frames (&scene, 2, 20));
  scene_close (&scene);
  fake_camera_unplug (device);
}

static void
test_device_error (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);

  scene_open (&scene, NULL, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  fake_camera_fail ();
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 3));
  assert_message (&scene, "Could not read");
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  scene_close (&scene);
  fake_camera_unplug (device);
}

/* A device that hangs while it is opened holds up nobody. */
static void
test_hanging_device (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GstDevice *device = fake_camera_plug ("Webcam", WEBCAM_CAPS);

  fake_camera_hang (TRUE);
  scene_open (&scene, NULL, 5);
  g_assert_false (reaches (&scene, XS_CAMERA_RUNNING, 1));
  gint64 asked_us = g_get_monotonic_time ();
  xs_camera_stop (scene.camera);
  g_assert_cmpint (g_get_monotonic_time () - asked_us, <, 500 * 1000);
  g_assert_cmpint (xs_camera_get_state (scene.camera), ==, XS_CAMERA_STOPPED);
  fake_camera_hang (FALSE);
  xs_camera_start (scene.camera);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  scene_close (&scene);
  fake_camera_unplug (device);
}

/* The infrared camera of a laptop is passed over, and so is one that fails while another works. */
static void
test_choice_of_device (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *name = NULL;
  GstDevice *infrared = fake_camera_plug ("Integrated IR Camera", WEBCAM_CAPS);
  GstDevice *grey = fake_camera_plug ("Windows Hello", "video/x-raw,format=GRAY8,width=640,height=480,framerate=30/1");
  GstDevice *broken = fake_camera_plug ("Broken", "image/jpeg,width=1280,height=720,framerate=30/1");
  GstDevice *good = fake_camera_plug ("Good", WEBCAM_CAPS);

  /* The broken one promises JPEG, which videotestsrc cannot give. */
  scene_open (&scene, NULL, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_object_get (scene.camera, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "Good");
  scene_close (&scene);
  fake_camera_unplug (infrared);
  fake_camera_unplug (grey);
  fake_camera_unplug (broken);
  fake_camera_unplug (good);
}

#define GREY_CAPS "video/x-raw,format=GRAY8,width=640,height=480,framerate=30/1"
#define LOOPBACK                                                                                                       \
  "props,device.api=v4l2,v4l2.device.driver=\"v4l2 loopback\",v4l2.device.bus_info=platform:v4l2loopback-000"

/* A camera that is a program is not used, and named when there is no other; unless it is allowed. */
static void
test_virtual_device (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GstDevice *loopback = fake_camera_plug_with ("Studio", WEBCAM_CAPS, LOOPBACK);

  scene_open (&scene, NULL, 5);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "The only camera is a virtual one (Studio). Connect a real camera.");
  g_assert_cmpint (xs_camera_get_refused (scene.camera), ==, XS_CAMERA_KIND_VIRTUAL);
  g_assert_cmpstr (xs_camera_get_name (scene.camera), ==, "Studio");
  g_assert_cmpuint (scene.n_frames, ==, 0);

  GstDevice *real = fake_camera_plug ("Webcam", WEBCAM_CAPS);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_cmpstr (xs_camera_get_name (scene.camera), ==, "Webcam");
  g_assert_cmpint (xs_camera_get_refused (scene.camera), ==, XS_CAMERA_KIND_REAL);
  fake_camera_unplug (real);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 3));

  xs_camera_stop (scene.camera);
  xs_camera_set_virtual_allowed (scene.camera, TRUE);
  xs_camera_start (scene.camera);
  g_assert_true (reaches (&scene, XS_CAMERA_RUNNING, 20));
  g_assert_cmpstr (xs_camera_get_name (scene.camera), ==, "Studio");
  scene_close (&scene);
  fake_camera_unplug (loopback);
}

static void
test_infrared_device (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  GstDevice *grey = fake_camera_plug ("Windows Hello", GREY_CAPS);

  scene_open (&scene, NULL, 5);
  xs_camera_set_virtual_allowed (scene.camera, TRUE);
  g_assert_true (reaches (&scene, XS_CAMERA_LOST, 20));
  assert_message (&scene, "The only camera is an infrared one (Windows Hello)");
  g_assert_cmpint (xs_camera_get_refused (scene.camera), ==, XS_CAMERA_KIND_INFRARED);
  scene_close (&scene);
  fake_camera_unplug (grey);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_camera_register ();
  ADD_TEST ("/media/camera/pattern", test_pattern);
  ADD_TEST ("/media/camera/stop-is-final", test_stop_is_final);
  ADD_TEST ("/media/camera/restart", test_restart);
  ADD_TEST ("/media/camera/dropped-early", test_dropped_early);
  ADD_TEST ("/media/camera/bad-address", test_bad_address);
  ADD_TEST ("/media/camera/recording-ends", test_recording_ends);
  ADD_TEST ("/media/camera/recording-loops", test_recording_loops);
  ADD_TEST ("/media/camera/recording-stands", test_recording_stands);
  ADD_TEST ("/media/camera/bad-recordings", test_bad_recordings);
  ADD_TEST ("/media/camera/recording-appears", test_recording_appears);
  ADD_TEST ("/media/camera/plug-and-unplug", test_plug_and_unplug);
  ADD_TEST ("/media/camera/watchdog", test_watchdog);
  ADD_TEST ("/media/camera/device-error", test_device_error);
  ADD_TEST ("/media/camera/hanging-device", test_hanging_device);
  ADD_TEST ("/media/camera/choice-of-device", test_choice_of_device);
  ADD_TEST ("/media/camera/virtual-device", test_virtual_device);
  ADD_TEST ("/media/camera/infrared-device", test_infrared_device);
  return g_test_run ();
}
