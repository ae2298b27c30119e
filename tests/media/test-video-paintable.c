/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-video-paintable.h"

#include <gtk/gtk.h>

#include "media-fixture.h"

typedef struct {
  XsVideoPaintable *paintable;
  guint n_contents;
  guint n_sizes;
  GstElement *pipeline;
  gboolean over;
} Scene;

static void
contents_cb (GdkPaintable *paintable, Scene *scene)
{
  scene->n_contents++;
}

static void
size_cb (GdkPaintable *paintable, Scene *scene)
{
  scene->n_sizes++;
}

/* (transfer full): that which frames come to in the end */
static GstElement *
last_sink (Scene *scene)
{
  g_autoptr (GstIterator) sinks = gst_bin_iterate_sinks (GST_BIN (xs_video_paintable_get_sink (scene->paintable)));
  g_auto (GValue) last = G_VALUE_INIT;

  g_assert_cmpint (gst_iterator_next (sinks, &last), ==, GST_ITERATOR_OK);
  return g_value_dup_object (&last);
}

static void
start (Scene *scene, const char *source)
{
  g_autoptr (GError) error = NULL;

  scene->paintable = xs_video_paintable_new ();
  g_signal_connect (scene->paintable, "invalidate-contents", G_CALLBACK (contents_cb), scene);
  g_signal_connect (scene->paintable, "invalidate-size", G_CALLBACK (size_cb), scene);
  scene->pipeline = gst_pipeline_new (NULL);
  GstElement *bin = gst_parse_bin_from_description (source, TRUE, &error);
  g_assert_no_error (error);
  GstElement *sink = xs_video_paintable_get_sink (scene->paintable);
  g_autoptr (GstElement) last = last_sink (scene);
  /* Frames that are late on a slow machine are shown all the same. */
  g_object_set (last, "max-lateness", (gint64) -1, "qos", FALSE, NULL);
  gst_bin_add_many (GST_BIN (scene->pipeline), bin, sink, NULL);
  g_assert_true (gst_element_link (bin, sink));
  gst_element_set_state (scene->pipeline, GST_STATE_PLAYING);
}

static void
end (Scene *scene)
{
  gst_element_set_state (scene->pipeline, GST_STATE_NULL);
  g_clear_object (&scene->pipeline);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  if (scene->paintable != NULL)
    g_assert_finalize_object (scene->paintable);
}

static void
wait_for_eos (Scene *scene)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (scene->pipeline);
  g_autoptr (GstMessage) message =
    gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_EOS);
}

static gboolean
has_contents (gpointer user_data)
{
  return ((Scene *) user_data)->n_contents > 0;
}

static gboolean
has_many (gpointer user_data)
{
  return ((Scene *) user_data)->n_contents >= 10;
}

static void
test_size (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };

  start (&scene, "videotestsrc num-buffers=30 ! capsfilter caps=video/x-raw,width=322,height=180,framerate=60/1");
  GdkPaintable *paintable = GDK_PAINTABLE (scene.paintable);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (paintable), ==, 0);
  g_assert_true (wait_for (has_many, &scene, 20));
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (paintable), ==, 322);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (paintable), ==, 180);
  g_assert_cmpfloat_with_epsilon (gdk_paintable_get_intrinsic_aspect_ratio (paintable), 322.0 / 180.0, 1e-3);
  g_assert_cmpuint (scene.n_sizes, ==, 1);
  end (&scene);
}

static gboolean
is_small (gpointer user_data)
{
  Scene *scene = user_data;
  g_autoptr (GdkPaintable) image = gdk_paintable_get_current_image (GDK_PAINTABLE (scene->paintable));

  return gdk_paintable_get_intrinsic_width (image) == 160 && gdk_paintable_get_intrinsic_height (image) == 90;
}

static void
draw (Scene *scene, double width, double height)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (GDK_PAINTABLE (scene->paintable), GDK_SNAPSHOT (snapshot), width, height);
  g_object_unref (snapshot);
}

/* Frames come in the size they are drawn; the video's own size stays what it is. */
static void
test_drawn_size (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };

  /* Render nodes need it; no display does not matter. */
  gtk_init_check ();
  /* A scaler before it, as playbin has one, leaves the scaling to it. */
  start (&scene,
         "videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=320,height=180,framerate=60/1 ! videoscale");
  g_assert_true (wait_for (has_contents, &scene, 20));
  draw (&scene, 159.6, 90);
  g_assert_true (wait_for (is_small, &scene, 20));
  for (guint n = scene.n_contents + 10; scene.n_contents < n;)
    {
      draw (&scene, 159.6, 90);
      g_assert_true (is_small (&scene));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (scene.n_sizes, ==, 1);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (scene.paintable)), ==, 320);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (GDK_PAINTABLE (scene.paintable)), ==, 180);
  end (&scene);
}

static void
test_pixel_aspect (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };

  start (&scene, "videotestsrc num-buffers=3 ! capsfilter caps=video/x-raw,width=320,height=240,framerate=30/1,"
                 "pixel-aspect-ratio=4/3");
  g_assert_true (wait_for (has_contents, &scene, 20));
  GdkPaintable *paintable = GDK_PAINTABLE (scene.paintable);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (paintable), ==, 427);
  g_assert_cmpint (gdk_paintable_get_intrinsic_height (paintable), ==, 240);
  g_assert_cmpfloat_with_epsilon (gdk_paintable_get_intrinsic_aspect_ratio (paintable), 16.0 / 9.0, 1e-3);
  end (&scene);
}

static void
test_colours (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };
  guchar pixels[64 * 48 * 4];

  start (&scene,
         "videotestsrc num-buffers=3 pattern=green ! capsfilter caps=video/x-raw,format=I420,width=64,height=48");
  g_assert_true (wait_for (has_contents, &scene, 20));
  g_autoptr (GdkPaintable) image = gdk_paintable_get_current_image (GDK_PAINTABLE (scene.paintable));
  g_assert_true (GDK_IS_TEXTURE (image));
  gdk_texture_download (GDK_TEXTURE (image), pixels, 64 * 4);
  const guchar *middle = pixels + (24 * 64 + 32) * 4;
  g_assert_cmpint (middle[1], >, 200);
  g_assert_cmpint (middle[0], <, 60);
  g_assert_cmpint (middle[2], <, 60);
  end (&scene);
}

/* While the main loop does not run, however many frames come, one redraw is asked for: with the newest. */
static void
test_coalesced (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };
  guchar pixels[64 * 48 * 4];

  start (&scene,
         "videotestsrc num-buffers=20 pattern=blink ! capsfilter caps=video/x-raw,width=64,height=48,framerate=100/1");
  wait_for_eos (&scene);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (scene.n_contents, ==, 1);
  g_assert_cmpuint (scene.n_sizes, ==, 1);

  /* Frame 20 of a pattern that begins black is white. */
  g_autoptr (GdkPaintable) image = gdk_paintable_get_current_image (GDK_PAINTABLE (scene.paintable));
  gdk_texture_download (GDK_TEXTURE (image), pixels, 64 * 4);
  g_assert_cmpint (pixels[0], >, 200);
  end (&scene);
}

static void
test_holds_and_clears (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };

  start (&scene, "videotestsrc num-buffers=5 ! capsfilter caps=video/x-raw,width=64,height=48,framerate=100/1");
  wait_for_eos (&scene);
  gst_element_set_state (scene.pipeline, GST_STATE_NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (scene.paintable)), ==, 64);

  guint before = scene.n_contents;
  xs_video_paintable_clear (scene.paintable);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (scene.paintable)), ==, 0);
  g_assert_cmpuint (scene.n_contents, ==, before + 1);
  g_assert_cmpuint (scene.n_sizes, ==, 2);
  end (&scene);
}

static void
test_size_changes (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };

  /* Render nodes need it; no display does not matter. */
  gtk_init_check ();
  start (&scene, "videotestsrc is-live=true ! capsfilter name=caps caps=video/x-raw,width=64,height=48,framerate=60/1");
  g_assert_true (wait_for (has_contents, &scene, 20));
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (scene.pipeline), "caps");
  gst_util_set_object_arg (G_OBJECT (filter), "caps", "video/x-raw,width=80,height=48,framerate=60/1");
  for (int i = 0; i < 200 && scene.n_sizes < 2; i++)
    {
      scene.n_contents = 0;
      g_assert_true (wait_for (has_contents, &scene, 20));
    }
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (scene.paintable)), ==, 80);
  end (&scene);
}

/* The widget goes while frames still stream. */
static void
test_goes_first (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      Scene scene = { 0 };

      /* Render nodes need it; no display does not matter. */
      gtk_init_check ();
      start (&scene, "videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=64,height=48,framerate=500/1");
      if (i % 2 == 0)
        g_assert_true (wait_for (has_contents, &scene, 20));
      g_assert_finalize_object (g_steal_pointer (&scene.paintable));
      for (int k = 0; k < i; k++)
        g_main_context_iteration (NULL, FALSE);
      end (&scene);
    }
}

static gpointer
stop_apart (gpointer user_data)
{
  gst_element_set_state (user_data, GST_STATE_NULL);
  gst_object_unref (user_data);
  return NULL;
}

/* The pipeline goes on another thread, with the last reference to the sink, while a frame waits for the main loop. */
static void
test_torn_down_elsewhere (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      Scene scene = { 0 };

      /* Render nodes need it; no display does not matter. */
      gtk_init_check ();
      start (&scene, "videotestsrc is-live=true ! capsfilter caps=video/x-raw,width=64,height=48,framerate=500/1");
      g_assert_true (wait_for (has_contents, &scene, 20));
      xs_video_paintable_renew_sink (scene.paintable, TRUE);
      g_thread_join (g_thread_new ("teardown", stop_apart, g_steal_pointer (&scene.pipeline)));
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      /* What the old sink still had is not shown. */
      g_assert_cmpint (gdk_paintable_get_intrinsic_width (GDK_PAINTABLE (scene.paintable)), ==, 0);
      g_assert_finalize_object (scene.paintable);
    }
}

static GstPadProbeReturn
note_memory (GstPad *pad, GstPadProbeInfo *info, gpointer seen)
{
  g_hash_table_add (seen, gst_buffer_peek_memory (GST_PAD_PROBE_INFO_BUFFER (info), 0));
  return GST_PAD_PROBE_OK;
}

static void
note_memories (GstElement *sink, GHashTable *seen)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_memory, seen, NULL);
}

/* As many frames as a slow moment needs go round from the beginning, though here there is none. */
static void
test_reserves (Fixture *fixture, gconstpointer data)
{
  Scene scene = { 0 };
  g_autoptr (GHashTable) decoded = g_hash_table_new (NULL, NULL), shown = g_hash_table_new (NULL, NULL);

  start (&scene, "videotestsrc num-buffers=60 ! capsfilter"
                 " caps=video/x-raw,format=I420,width=64,height=48,framerate=60/1");
  g_autoptr (GstElement) last = last_sink (&scene);
  note_memories (xs_video_paintable_get_sink (scene.paintable), decoded);
  note_memories (last, shown);
  wait_for_eos (&scene);
  g_assert_cmpuint (g_hash_table_size (decoded), ==, 5);
  g_assert_cmpuint (g_hash_table_size (shown), ==, 5);
  end (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_TEST ("/media/video-paintable/size", test_size);
  ADD_TEST ("/media/video-paintable/drawn-size", test_drawn_size);
  ADD_TEST ("/media/video-paintable/pixel-aspect", test_pixel_aspect);
  ADD_TEST ("/media/video-paintable/colours", test_colours);
  ADD_TEST ("/media/video-paintable/coalesced", test_coalesced);
  ADD_TEST ("/media/video-paintable/holds-and-clears", test_holds_and_clears);
  ADD_TEST ("/media/video-paintable/size-changes", test_size_changes);
  ADD_TEST ("/media/video-paintable/goes-first", test_goes_first);
  ADD_TEST ("/media/video-paintable/torn-down-elsewhere", test_torn_down_elsewhere);
  ADD_TEST ("/media/video-paintable/reserves", test_reserves);
  return g_test_run ();
}
