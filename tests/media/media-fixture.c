/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media-fixture.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <unistd.h>

#include "xs-camera-private.h"
#include "xs-media-private.h"

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_media_init ();
  fixture->dir = g_dir_make_tmp ("xs-media-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_all (const char *path)
{
  gboolean is_link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);
  g_autoptr (GDir) dir = is_link ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_all (inner);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  xs_camera_set_sysfs (NULL);
  remove_all (fixture->dir);
  g_free (fixture->dir);
}

char *
fixture_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

char *
fixture_write (Fixture *fixture, const char *name, const void *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  char *path = fixture_path (fixture, name);

  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

static void
link_to (const char *path, const char *target)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_make_symbolic_link (file, target, NULL, &error);
  g_assert_no_error (error);
}

void
fixture_add_sysfs (Fixture *fixture, const char *name, const char *place, const char *serial)
{
  g_autofree char *device = g_build_filename (fixture->dir, "devices", place, NULL);
  g_autofree char *node = g_build_filename (device, "interface", "video4linux", name, NULL);
  g_autofree char *interface_link = g_build_filename (node, "device", NULL);
  g_autofree char *class_link = g_build_filename (fixture->dir, "class", "video4linux", name, NULL);
  g_autofree char *file = g_build_filename (device, "serial", NULL);

  link_to (interface_link, "../..");
  link_to (class_link, node);
  if (serial != NULL)
    g_assert_true (g_file_set_contents (file, serial, -1, NULL));
  xs_camera_set_sysfs (fixture->dir);
}

char *
fixture_make (Fixture *fixture, const char *name, const char *description)
{
  g_autoptr (GError) error = NULL;
  char *path = fixture_path (fixture, name);
  g_autofree char *whole = g_strdup_printf ("%s ! filesink location=%s", description, path);
  g_autoptr (GstElement) pipeline = gst_parse_launch (whole, &error);

  g_assert_no_error (error);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
    gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, NULL);
      g_assert_no_error (error);
    }
  return path;
}

char *
fixture_make_video (Fixture *fixture, const char *name, int frames)
{
  g_autofree char *description =
    g_strdup_printf ("videotestsrc num-buffers=%d pattern=ball ! video/x-raw,format=I420,width=320,height=240,"
                     "framerate=30/1 ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! matroskamux",
                     frames);
  return fixture_make (fixture, name, description);
}

char *
fixture_make_lesson (Fixture *fixture, const char *name, int seconds)
{
  g_autofree char *description = g_strdup_printf (
    "audiotestsrc num-buffers=%d samplesperbuffer=4800 ! audio/x-raw,rate=48000,channels=1 ! opusenc ! queue ! mux. "
    "videotestsrc num-buffers=%d pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! "
    "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! queue ! webmmux name=mux",
    seconds * 10, seconds * 30);
  return fixture_make (fixture, name, description);
}

void
fixture_truncate (const char *path, double share)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (truncate (path, (off_t) ((double) info.st_size * share)), ==, 0);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
wait_for (WaitFunc done, gpointer user_data, int limit_s)
{
  gint64 until_us = g_get_monotonic_time () + limit_s * G_USEC_PER_SEC;
  guint wake = g_timeout_add (10, wake_cb, NULL);
  gboolean came = done (user_data);

  while (!came && g_get_monotonic_time () < until_us)
    {
      g_main_context_iteration (NULL, TRUE);
      came = done (user_data);
    }
  g_source_remove (wake);
  return came;
}
