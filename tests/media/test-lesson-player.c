/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-lesson-player.h"

#include <string.h>

#include "fake-sound.h"
#include "media-fixture.h"
#include "xs-lesson-engine.h"
#include "xs-video-paintable.h"

typedef struct {
  XsLessonPlayer *player;
  XsLessonState awaited;
  gint64 awaited_us;
  GArray *states; /* of int, as they came */
} Scene;

static void
state_cb (XsLessonPlayer *player, GParamSpec *pspec, Scene *scene)
{
  int state = 0;

  g_object_get (player, "state", &state, NULL);
  g_assert_cmpint (state, ==, xs_lesson_player_get_state (player));
  g_array_append_val (scene->states, state);
}

static void
scene_open (Scene *scene, const char *path, gint64 start_us, gint64 watched_us)
{
  scene->player = xs_lesson_player_new ();
  scene->states = g_array_new (FALSE, FALSE, sizeof (int));
  g_signal_connect (scene->player, "notify::state", G_CALLBACK (state_cb), scene);
  g_assert_cmpint (xs_lesson_player_get_state (scene->player), ==, XS_LESSON_IDLE);
  xs_lesson_player_set_volume (scene->player, 0.5);
  xs_lesson_player_load (scene->player, path, start_us, watched_us);
  g_assert_cmpint (xs_lesson_player_get_state (scene->player), ==, XS_LESSON_LOADING);
}

static gboolean
no_engine_alive (gpointer user_data)
{
  return xs_lesson_engine_count_alive () == 0;
}

/* Nothing of the player is left: not the object, not its thread, not its pipeline. */
static void
scene_close (Scene *scene)
{
  g_assert_finalize_object (scene->player);
  g_assert_true (wait_for (no_engine_alive, NULL, 20));
  g_array_unref (scene->states);
}

static gboolean
is_in_state (gpointer user_data)
{
  Scene *scene = user_data;

  return xs_lesson_player_get_state (scene->player) == scene->awaited;
}

static gboolean
reaches (Scene *scene, XsLessonState state, int limit_s)
{
  scene->awaited = state;
  return wait_for (is_in_state, scene, limit_s);
}

static gboolean
is_beyond (gpointer user_data)
{
  Scene *scene = user_data;

  return xs_lesson_player_get_position_us (scene->player) >= scene->awaited_us;
}

static gboolean
gets_to (Scene *scene, gint64 position_us, int limit_s)
{
  scene->awaited_us = position_us;
  return wait_for (is_beyond, scene, limit_s);
}

static void
test_plays (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 3);

  scene_open (&scene, path, 0, 0);
  g_assert_true (reaches (&scene, XS_LESSON_PAUSED, 20));
  g_assert_cmpint (ABS (xs_lesson_player_get_duration_us (scene.player) - 3 * G_USEC_PER_SEC), <, 100 * 1000);
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), ==, 0);
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player), ==, 0);

  gint64 started_us = g_get_monotonic_time ();
  xs_lesson_player_play (scene.player);
  g_assert_true (gets_to (&scene, 1500 * 1000, 20));
  /* Never faster than life. */
  g_assert_cmpint (g_get_monotonic_time () - started_us, >=, 1300 * 1000);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 5));
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (xs_lesson_player_get_paintable (scene.player)), ==, 320);
  g_assert_true (reaches (&scene, XS_LESSON_ENDED, 20));
  g_assert_cmpint (g_get_monotonic_time () - started_us, >=, 2700 * 1000);
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player), >=, xs_lesson_player_get_duration_us (scene.player));
  g_assert_null (xs_lesson_player_get_error_message (scene.player));

  static const int expected[] = { XS_LESSON_LOADING, XS_LESSON_PAUSED, XS_LESSON_PLAYING, XS_LESSON_ENDED };
  g_assert_cmpmem (scene.states->data, scene.states->len * sizeof (int), expected, sizeof expected);

  /* An ended lesson can be gone back into. */
  g_assert_true (xs_lesson_player_seek (scene.player, G_USEC_PER_SEC));
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), <, 2500 * 1000);
  scene_close (&scene);
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 5);

  /* Asked to play before it is loaded. */
  scene_open (&scene, path, 0, 0);
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  xs_lesson_player_pause (scene.player);
  g_assert_cmpint (xs_lesson_player_get_state (scene.player), ==, XS_LESSON_PAUSED);
  gint64 paused_us = xs_lesson_player_get_position_us (scene.player);
  g_assert_false (gets_to (&scene, paused_us + 1, 1));
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player), ==, paused_us);

  xs_lesson_player_play (scene.player);
  g_assert_true (gets_to (&scene, paused_us + 500 * 1000, 20));
  xs_lesson_player_stop (scene.player);
  g_assert_cmpint (xs_lesson_player_get_state (scene.player), ==, XS_LESSON_IDLE);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (xs_lesson_player_get_paintable (scene.player)), ==, 0);
  xs_lesson_player_play (scene.player);
  g_assert_false (reaches (&scene, XS_LESSON_PLAYING, 1));
  scene_close (&scene);
}

static void
test_no_seeking_ahead (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 8);

  /* Begun again at 2 s of which 4 s were seen before. */
  scene_open (&scene, path, 2 * G_USEC_PER_SEC, 4 * G_USEC_PER_SEC);
  g_assert_false (xs_lesson_player_seek (scene.player, 0));
  g_assert_true (reaches (&scene, XS_LESSON_PAUSED, 20));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), ==, 2 * G_USEC_PER_SEC);
  g_assert_false (xs_lesson_player_seek (scene.player, 4 * G_USEC_PER_SEC + 1));
  g_assert_false (xs_lesson_player_seek (scene.player, 7 * G_USEC_PER_SEC));
  g_assert_false (xs_lesson_player_seek (scene.player, -1));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), ==, 2 * G_USEC_PER_SEC);

  g_assert_true (xs_lesson_player_seek (scene.player, 4 * G_USEC_PER_SEC));
  xs_lesson_player_play (scene.player);
  gint64 started_us = g_get_monotonic_time ();
  g_assert_true (gets_to (&scene, 4500 * 1000, 20));
  g_assert_cmpint (g_get_monotonic_time () - started_us, >=, 300 * 1000);
  gint64 watched_us = xs_lesson_player_get_watched_us (scene.player);
  g_assert_cmpint (watched_us, <, 6 * G_USEC_PER_SEC);

  /* Going back takes nothing away, and does not count what is seen twice. */
  g_assert_true (xs_lesson_player_seek (scene.player, 500 * 1000));
  g_assert_cmpint (xs_lesson_player_get_state (scene.player), !=, XS_LESSON_PLAYING);
  g_assert_true (gets_to (&scene, G_USEC_PER_SEC, 20));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), <, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player) - watched_us, <, 300 * 1000);
  scene_close (&scene);
}

/* A start ahead of what was watched is a way to seek ahead too. */
static void
test_no_starting_ahead (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 5);

  scene_open (&scene, path, 4 * G_USEC_PER_SEC, G_USEC_PER_SEC);
  g_assert_true (reaches (&scene, XS_LESSON_PAUSED, 20));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), ==, G_USEC_PER_SEC);
  scene_close (&scene);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "cut.webm", 6);

  fixture_truncate (path, 0.4);
  scene_open (&scene, path, 0, 0);
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  g_assert_true (reaches (&scene, XS_LESSON_FAILED, 20));
  const char *message = xs_lesson_player_get_error_message (scene.player);
  g_test_message ("%s", message);
  g_assert_nonnull (strstr (message, "cut.webm"));
  g_assert_nonnull (strstr (message, "breaks off"));
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player), >, 1500 * 1000);
  g_assert_cmpint (xs_lesson_player_get_watched_us (scene.player), <, 4 * G_USEC_PER_SEC);
  xs_lesson_player_play (scene.player);
  g_assert_cmpint (xs_lesson_player_get_state (scene.player), ==, XS_LESSON_FAILED);
  scene_close (&scene);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = fixture_path (fixture, "missing.webm");
  g_autofree char *empty = fixture_write (fixture, "empty.webm", "", 0);
  g_autofree char *text = fixture_write (fixture, "text.webm", "This is plain text.\n", 20);
  g_autofree char *good = fixture_make_lesson (fixture, "good.webm", 2);
  const char *const paths[] = { missing, empty, text };
  Scene scene;

  scene_open (&scene, missing, 0, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_path_get_basename (paths[i]);

      xs_lesson_player_load (scene.player, paths[i], 0, 0);
      g_assert_true (reaches (&scene, XS_LESSON_FAILED, 20));
      g_test_message ("%s", xs_lesson_player_get_error_message (scene.player));
      g_assert_nonnull (strstr (xs_lesson_player_get_error_message (scene.player), name));
    }

  /* The player is none the worse for it. */
  xs_lesson_player_load (scene.player, good, 0, 0);
  g_assert_null (xs_lesson_player_get_error_message (scene.player));
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  scene_close (&scene);
}

static void
test_load_again_and_again (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *first = fixture_make_lesson (fixture, "first.webm", 2);
  g_autofree char *second = fixture_make_video (fixture, "second.mkv", 90);

  scene_open (&scene, first, 0, 0);
  for (int i = 0; i < 10; i++)
    {
      xs_lesson_player_load (scene.player, i % 2 == 0 ? second : first, 0, 0);
      xs_lesson_player_play (scene.player);
      g_main_context_iteration (NULL, FALSE);
    }
  xs_lesson_player_load (scene.player, second, 0, 0);
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  g_assert_cmpint (ABS (xs_lesson_player_get_duration_us (scene.player) - 3 * G_USEC_PER_SEC), <, 100 * 1000);
  g_assert_true (reaches (&scene, XS_LESSON_ENDED, 20));
  scene_close (&scene);
}

static GstPadProbeReturn
hold_cb (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  return GST_PAD_PROBE_OK;
}

/* Nothing reaches the sink any more, while the clock runs on: that is not playing. */
static void
test_stall (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_video (fixture, "lesson.mkv", 300);

  scene_open (&scene, path, 0, 0);
  xs_lesson_player_play (scene.player);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  XsVideoPaintable *paintable = XS_VIDEO_PAINTABLE (xs_lesson_player_get_paintable (scene.player));
  g_autoptr (GstPad) pad = gst_element_get_static_pad (xs_video_paintable_get_sink (paintable), "sink");
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);
  g_clear_object (&pad);
  gulong hold = gst_pad_add_probe (peer, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, hold_cb, NULL, NULL);

  gint64 stalled_us = g_get_monotonic_time ();
  g_assert_true (reaches (&scene, XS_LESSON_LOADING, 20));
  g_assert_cmpint (g_get_monotonic_time () - stalled_us, <, 2500 * 1000);
  gint64 position_us = xs_lesson_player_get_position_us (scene.player);
  g_assert_false (gets_to (&scene, position_us + 200 * 1000, 1));

  gst_pad_remove_probe (peer, hold);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  /* It goes on where it stood: what the clock ran past is not skipped. */
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), <, position_us + 1500 * 1000);
  scene_close (&scene);
}

/* The headset is unplugged: the lesson goes on without sound, from where it was. */
static void
test_sound_is_lost (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 6);

  fake_sound_set_working (TRUE);
  scene_open (&scene, path, 0, 0);
  xs_lesson_player_play (scene.player);
  g_assert_true (gets_to (&scene, G_USEC_PER_SEC, 20));
  fake_sound_set_working (FALSE);
  g_assert_true (reaches (&scene, XS_LESSON_LOADING, 20));
  gint64 position_us = xs_lesson_player_get_position_us (scene.player);
  g_assert_cmpint (position_us, >=, G_USEC_PER_SEC);
  g_assert_true (reaches (&scene, XS_LESSON_PLAYING, 20));
  g_assert_cmpint (xs_lesson_player_get_position_us (scene.player), <, position_us + G_USEC_PER_SEC);
  g_assert_true (reaches (&scene, XS_LESSON_ENDED, 20));
  scene_close (&scene);
}

static void
test_dropped_early (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = fixture_make_lesson (fixture, "lesson.webm", 2);

  for (int i = 0; i < 20; i++)
    {
      g_autoptr (XsLessonPlayer) player = xs_lesson_player_new ();

      xs_lesson_player_load (player, path, 0, 0);
      xs_lesson_player_play (player);
      for (int k = 0; k < i * 1000; k++)
        g_thread_yield ();
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_finalize_object (g_steal_pointer (&player));
    }
  g_assert_true (wait_for (no_engine_alive, NULL, 20));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_sound_register ();
  ADD_TEST ("/media/lesson-player/plays", test_plays);
  ADD_TEST ("/media/lesson-player/pause", test_pause);
  ADD_TEST ("/media/lesson-player/no-seeking-ahead", test_no_seeking_ahead);
  ADD_TEST ("/media/lesson-player/no-starting-ahead", test_no_starting_ahead);
  ADD_TEST ("/media/lesson-player/truncated", test_truncated);
  ADD_TEST ("/media/lesson-player/bad-files", test_bad_files);
  ADD_TEST ("/media/lesson-player/load-again-and-again", test_load_again_and_again);
  ADD_TEST ("/media/lesson-player/stall", test_stall);
  ADD_TEST ("/media/lesson-player/sound-is-lost", test_sound_is_lost);
  ADD_TEST ("/media/lesson-player/dropped-early", test_dropped_early);
  return g_test_run ();
}
