/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What watching costs: CPU time over wall time, in percent of one core.
 *
 *   bench-media camera URI SECONDS     preview that nobody draws, analysis at 5 frames/s
 *   bench-media player FILE SECONDS
 *   bench-media recording FILE         read at 5 frames/s, as fast as it goes
 *   bench-media reader FILE            decode all of it, as fast as it goes
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "xs-camera.h"
#include "xs-lesson-player.h"

typedef struct {
  GMainLoop *loop;
  gint n_frames; /* atomic */
  guint n_redraws;
  double cpu_s;
  gint64 started_us;
} Bench;

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
frame_cb (XsFrame *frame, gpointer user_data)
{
  g_atomic_int_inc (&((Bench *) user_data)->n_frames);
}

static void
redraw_cb (GdkPaintable *paintable, Bench *bench)
{
  bench->n_redraws++;
}

static gboolean
begin_cb (gpointer user_data)
{
  Bench *bench = user_data;

  bench->cpu_s = cpu_seconds ();
  bench->started_us = g_get_monotonic_time ();
  bench->n_redraws = 0;
  g_atomic_int_set (&bench->n_frames, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
end_cb (gpointer user_data)
{
  Bench *bench = user_data;
  double wall_s = (double) (g_get_monotonic_time () - bench->started_us) / G_USEC_PER_SEC;

  g_print ("%.1f %% of a core, %.1f redraws/s, %.1f analysed/s over %.0f s\n",
           100.0 * (cpu_seconds () - bench->cpu_s) / wall_s, bench->n_redraws / wall_s,
           g_atomic_int_get (&bench->n_frames) / wall_s, wall_s);
  g_main_loop_quit (bench->loop);
  return G_SOURCE_REMOVE;
}

/* The first two seconds, in which plug-ins are loaded, do not count. */
static void
run (Bench *bench, GdkPaintable *paintable, int seconds)
{
  bench->loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (paintable, "invalidate-contents", G_CALLBACK (redraw_cb), bench);
  g_timeout_add_seconds (2, begin_cb, bench);
  g_timeout_add_seconds ((guint) seconds + 2, end_cb, bench);
  g_main_loop_run (bench->loop);
  g_main_loop_unref (bench->loop);
}

static int
report (const char *what, gint64 media_us, gint64 started_us, guint frames, GError *error)
{
  double wall_s = (double) (g_get_monotonic_time () - started_us) / G_USEC_PER_SEC;

  g_print ("%s: %.1f s in %.2f s wall, %.2f s CPU, %u frames%s%s\n", what, (double) media_us / G_USEC_PER_SEC, wall_s,
           cpu_seconds (), frames, error != NULL ? ": " : "", error != NULL ? error->message : "");
  return error == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Bench bench = { 0 };
  int seconds = argc > 3 ? (int) g_ascii_strtoll (argv[3], NULL, 10) : 10;
  gint64 started_us = g_get_monotonic_time ();
  gint64 reached_us = 0;
  guint frames = 0;

  if (argc > 2 && strcmp (argv[1], "camera") == 0)
    {
      g_autoptr (XsCamera) camera = xs_camera_new (argv[2], 5, frame_cb, &bench);

      xs_camera_start (camera);
      run (&bench, xs_camera_get_preview (camera), seconds);
      return EXIT_SUCCESS;
    }
  if (argc > 2 && strcmp (argv[1], "player") == 0)
    {
      g_autoptr (XsLessonPlayer) player = xs_lesson_player_new ();

      xs_lesson_player_load (player, argv[2], 0, 0);
      xs_lesson_player_play (player);
      run (&bench, xs_lesson_player_get_paintable (player), seconds);
      return EXIT_SUCCESS;
    }
  if (argc > 2 && strcmp (argv[1], "recording") == 0)
    {
      g_autoptr (XsRecording) recording = xs_recording_open (argv[2], 5, &error);

      while (recording != NULL)
        {
          g_autoptr (XsFrame) frame = NULL;

          if (!xs_recording_next (recording, &frame, &error) || frame == NULL)
            break;
          reached_us = frame->time_us;
          frames++;
        }
      return report ("recording", reached_us, started_us, frames, error);
    }
  if (argc > 2 && strcmp (argv[1], "reader") == 0)
    {
      g_autoptr (XsLessonReader) reader = xs_lesson_reader_open (argv[2], &error);
      gboolean ended = FALSE;

      while (reader != NULL && !ended && xs_lesson_reader_advance (reader, reached_us + 200 * 1000, &ended, &error))
        reached_us += ended ? 0 : 200 * 1000;
      return report ("reader", reached_us, started_us, frames, error);
    }
  g_printerr ("bench-media camera URI SECONDS | player FILE SECONDS | recording FILE | reader FILE\n");
  return EXIT_FAILURE;
}
