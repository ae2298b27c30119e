/* SPDX-License-Identifier: GPL-3.0-or-later */

/* bench-vision RECORDING [PHOTO]: what one analysed frame costs. Frames are decoded elsewhere; only looking counts. */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <time.h>

#include "recording-reader.h"
#include "vision-test.h"

#define FRAMES_PER_SECOND 5

static double
thread_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static double
quantile (GArray *sorted, double share)
{
  return sorted->len == 0 ? 0 : g_array_index (sorted, double, (guint) (share * (sorted->len - 1)));
}

static void
report (const char *what, GArray *costs_ms)
{
  g_array_sort (costs_ms, compare);
  g_print ("%-12s %4u frames: median %5.1f ms CPU, 95 %% %5.1f ms, most %5.1f ms\n", what, costs_ms->len,
           quantile (costs_ms, 0.5), quantile (costs_ms, 0.95), quantile (costs_ms, 1));
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsVision) vision = NULL;
  g_autoptr (RecordingReader) reader = NULL;
  g_autoptr (GArray) with_face = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) without = g_array_new (FALSE, FALSE, sizeof (double));
  XsTemplate template = { .values = { 1 } };

  gst_init (&argc, &argv);
  if (argc < 2 || argc > 3)
    {
      g_printerr ("Usage: bench-vision RECORDING [PHOTO]\n");
      return EXIT_FAILURE;
    }
  vision = xs_vision_new (NULL, &error);
  if (vision == NULL)
    {
      g_printerr ("bench-vision: %s\n", error->message);
      return EXIT_FAILURE;
    }
  if (argc == 3)
    {
      g_autoptr (XsFrame) photo = test_photo (argv[2]);
      if (!xs_vision_enrol (vision, photo, &template, &error))
        {
          g_printerr ("bench-vision: %s: %s\n", argv[2], error->message);
          return EXIT_FAILURE;
        }
    }
  /* Without a photo any template does: comparing costs the same. */
  xs_vision_set_reference (vision, &template);

  reader = recording_reader_new (argv[1], FRAMES_PER_SECOND);
  for (;;)
    {
      g_autoptr (XsFrame) frame = recording_reader_next (reader);
      XsObservation observation;
      double before_ms, cost_ms;

      if (frame == NULL)
        break;
      before_ms = thread_cpu_ms ();
      if (!xs_vision_observe (vision, frame, XS_LOOK_QUICK, &observation, &error))
        {
          g_printerr ("bench-vision: %s\n", error->message);
          return EXIT_FAILURE;
        }
      cost_ms = thread_cpu_ms () - before_ms;
      g_array_append_val (observation.n_faces > 0 ? with_face : without, cost_ms);
    }
  report ("face seen", with_face);
  report ("no face", without);
  return EXIT_SUCCESS;
}
