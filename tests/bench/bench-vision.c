/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-vision frames RECORDING [PHOTO]: CPU time of each look at a frame: a CSV line for each.
 * bench-vision steps RECORDING: CPU time of each step of a look.
 * bench-vision memory RECORDING: what vision holds, from before the models are loaded to 500 frames later.
 * Frames are decoded elsewhere and beforehand; only looking counts.
 */

#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "recording-reader.h"
#include "vision-steps.h"
#include "vision-test.h"

#define FRAMES_PER_SECOND 10
#define FRAME_US (G_USEC_PER_SEC / FRAMES_PER_SECOND)
/* The thorough look has a vision of its own, and takes each frame of so many. */
#define THOROUGH_EVERY 5
#define N_HELD 40
#define N_MEMORY_FRAMES 500

static double
thread_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void
check (const GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("bench-vision: %s\n", error->message);
  exit (EXIT_FAILURE);
}

/* Without a photo the first face seen is the one to find: nobody's would be compared again and again. */
static gboolean
enrol (XsVision *vision, XsFrame *photo)
{
  XsTemplate template;

  if (!xs_vision_enrol (vision, photo, &template, NULL))
    return FALSE;
  xs_vision_set_reference (vision, &template);
  return TRUE;
}

static XsVision *
load (const char *photo_path)
{
  g_autoptr (GError) error = NULL;
  XsVision *vision = xs_vision_new (NULL, &error);

  check (error);
  if (photo_path != NULL)
    {
      g_autoptr (XsFrame) photo = test_photo (photo_path);
      if (!enrol (vision, photo))
        {
          g_printerr ("bench-vision: %s: not one face\n", photo_path);
          exit (EXIT_FAILURE);
        }
    }
  return vision;
}

static void
time_look (XsVision *vision, XsFrame *frame, XsLook look)
{
  g_autoptr (GError) error = NULL;
  XsObservation seen;
  double before_ms = thread_cpu_ms ();

  if (!xs_vision_observe (vision, frame, look, &seen, &error))
    check (error);
  g_print ("%.3f,%s,%u,%.3f\n", (double) frame->time_us / G_USEC_PER_SEC, look == XS_LOOK_QUICK ? "quick" : "thorough",
           seen.n_faces, thread_cpu_ms () - before_ms);
}

static void
time_frames (const char *recording, const char *photo)
{
  g_autoptr (XsVision) quick = load (photo);
  g_autoptr (XsVision) thorough = load (photo);
  g_autoptr (RecordingReader) reader = recording_reader_new (recording, FRAMES_PER_SECOND);

  gboolean enrolled = photo != NULL;

  g_print ("t_s,look,faces,cpu_ms\n");
  for (guint i = 0;; i++)
    {
      g_autoptr (XsFrame) frame = recording_reader_next (reader);
      if (frame == NULL)
        return;
      enrolled = enrolled || (enrol (quick, frame) && enrol (thorough, frame));
      time_look (quick, frame, XS_LOOK_QUICK);
      if (i % THOROUGH_EVERY == 0)
        time_look (thorough, frame, XS_LOOK_THOROUGH);
    }
}

static GPtrArray *
read_frames (const char *recording)
{
  g_autoptr (RecordingReader) reader = recording_reader_new (recording, FRAMES_PER_SECOND);
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_frame_unref);

  while (frames->len < N_HELD)
    {
      XsFrame *frame = recording_reader_next (reader);
      if (frame == NULL)
        break;
      g_ptr_array_add (frames, frame);
    }
  return frames;
}

static void
time_steps (const char *recording)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) frames = read_frames (recording);
  g_autoptr (VisionSteps) steps = vision_steps_new (&error);

  check (error);
  g_print ("step,cpu_ms\n");
  for (guint frame = 0; frame < frames->len; frame++)
    {
      gboolean face = vision_steps_set (steps, frames->pdata[frame], &error);
      check (error);
      for (guint i = 0; face && vision_steps_name (i) != NULL; i++)
        {
          double before_ms = thread_cpu_ms ();
          if (!vision_steps_run (steps, i, &error))
            check (error);
          g_print ("\"%s\",%.3f\n", vision_steps_name (i), thread_cpu_ms () - before_ms);
        }
    }
}

static gint64
read_kib (const char *path, const char *field)
{
  g_autofree char *text = NULL;
  const char *found = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    found = strstr (text, field);
  return found != NULL ? g_ascii_strtoll (found + strlen (field), NULL, 10) : 0;
}

static void
print_memory (const char *when)
{
  g_print ("%s,%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "\n", when,
           read_kib ("/proc/self/smaps_rollup", "\nRss:"), read_kib ("/proc/self/smaps_rollup", "\nPss:"),
           read_kib ("/proc/self/status", "\nVmHWM:"));
}

static void
measure_memory (const char *recording)
{
  g_autoptr (GPtrArray) frames = read_frames (recording);

  g_print ("when,rss_kib,pss_kib,most_rss_kib\n");
  print_memory ("before");
  g_autoptr (XsVision) vision = load (NULL);
  print_memory ("models loaded");
  gboolean enrolled = FALSE;
  for (guint i = 0; i < N_MEMORY_FRAMES; i++)
    {
      g_autoptr (GError) error = NULL;
      const XsFrame *held = frames->pdata[i % frames->len];
      g_autoptr (XsFrame) frame =
        xs_frame_new (held->width_px, held->height_px, held->stride_bytes, (i + 1) * FRAME_US, held->pixels);
      XsObservation seen;
      enrolled = enrolled || enrol (vision, frame);
      if (!xs_vision_observe (vision, frame, i % 10 == 9 ? XS_LOOK_THOROUGH : XS_LOOK_QUICK, &seen, &error))
        check (error);
      if (i == N_MEMORY_FRAMES / 5)
        print_memory ("after 100 frames");
    }
  print_memory ("after 500 frames");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc >= 3 && argc <= 4 && g_str_equal (argv[1], "frames"))
    time_frames (argv[2], argc == 4 ? argv[3] : NULL);
  else if (argc == 3 && g_str_equal (argv[1], "steps"))
    time_steps (argv[2]);
  else if (argc == 3 && g_str_equal (argv[1], "memory"))
    measure_memory (argv[2]);
  else
    {
      g_printerr ("Usage: bench-vision frames RECORDING [PHOTO]\n       bench-vision steps|memory RECORDING\n");
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
