/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-flat flat PICTURE…: each still picture, held up and turned step by step before a made-up camera: what the
 *   active check says of it. Its own template is the reference: the worst case.
 * bench-flat head RECORDING PHOTO FROM_S TO_S [FROM_S TO_S…]: what it says of the turns of a living head in these
 *   stretches; without a photo ("-") the first face seen is the reference.
 * One CSV line for each turn.
 */

#include <gst/gst.h>
#include <math.h>
#include <stdlib.h>

#include "bench-picture.h"
#include "recording-reader.h"
#include "xs-turn-check.h"
#include "xs-vision.h"

#define FRAMES_PER_SECOND 10
#define FRAME_US (G_USEC_PER_SEC / FRAMES_PER_SECOND)
#define WIDTH_PX 640
#define HEIGHT_PX 480
#define BROW_CHIN_PX 140
#define STEP_DEG 3
#define TO_DEG 45
/* As the check has it: where a turn begins, and how far apart its frames may be. */
#define FRONT_DEG 10
#define MAX_STEP_DEG 12
/* Neighbours show the same. */
#define FRONT_EVERY 5

static XsVision *vision;
static XsPolicy policy;

static void
fail (const char *what, const GError *error)
{
  g_printerr ("bench-flat: %s: %s\n", what, error->message);
  exit (EXIT_FAILURE);
}

static XsObservation
observe (XsFrame *frame)
{
  g_autoptr (GError) error = NULL;
  XsObservation seen;

  if (!xs_vision_observe (vision, frame, XS_LOOK_QUICK, &seen, &error))
    fail ("observe", error);
  return seen;
}

static gboolean
is_front (const XsObservation *seen)
{
  return seen->n_faces == 1 && fabsf (seen->yaw_deg) < FRONT_DEG && (double) seen->match >= policy.match_same;
}

/* Where a picture comes to that is turned about its point (@x, @y) before a camera of 53 degrees. */
static BenchMap
turned (double x, double y, double scale, double yaw_deg, double pitch_deg)
{
  const double yaw = yaw_deg * G_PI / 180, pitch = pitch_deg * G_PI / 180, focal = WIDTH_PX, distance = focal / scale;
  /* The picture's own axes after yaw, then pitch; z away from the camera. */
  const double right[3] = { cos (yaw), sin (pitch) * sin (yaw), cos (pitch) * sin (yaw) };
  const double down[3] = { 0, cos (pitch), -sin (pitch) };
  double rows[3][3];
  BenchMap map;

  for (int i = 0; i < 3; i++)
    {
      rows[i][0] = right[i];
      rows[i][1] = down[i];
      rows[i][2] = (i == 2 ? distance : 0) - right[i] * x - down[i] * y;
    }
  for (int i = 0; i < 3; i++)
    {
      map.m[i] = focal * rows[0][i] + WIDTH_PX / 2.0 * rows[2][i];
      map.m[3 + i] = focal * rows[1][i] + HEIGHT_PX / 2.0 * rows[2][i];
      map.m[6 + i] = rows[2][i];
    }
  return map;
}

static void
turn_picture (const char *path, const BenchPicture *picture, const XsObservation *still, double pitch_deg, int side,
              GRand *rand)
{
  g_autoptr (XsTurnCheck) left = xs_turn_check_new (&policy, TRUE);
  g_autoptr (XsTurnCheck) right = xs_turn_check_new (&policy, FALSE);
  const XsFaceBox *face = &still->faces[0];
  float first_deg = NAN, most_deg = 0;
  gboolean begun = FALSE;
  gboolean passed = FALSE;
  guint n_seen = 0, n_frames = 0;
  gint64 now_us = 0;

  for (int yaw_deg = 0; yaw_deg <= TO_DEG; yaw_deg += STEP_DEG)
    {
      g_autoptr (BenchPicture) canvas = bench_picture_new (WIDTH_PX, HEIGHT_PX);
      BenchMap map =
        turned ((double) face->x_px + (double) face->width_px / 2, (double) face->y_px + (double) face->height_px / 2,
                BROW_CHIN_PX / (double) still->brow_chin_px, side * yaw_deg, pitch_deg);

      bench_picture_lay (picture, &map, FALSE, canvas, 0, WIDTH_PX);
      g_autoptr (XsFrame) frame = bench_picture_to_frame (canvas, now_us += FRAME_US, rand);
      XsObservation seen = observe (frame);
      n_frames++;
      n_seen += seen.n_faces == 1;
      begun |= is_front (&seen);
      if (seen.n_faces == 1 && !xs_measured (first_deg))
        first_deg = seen.yaw_deg;
      if (seen.n_faces == 1)
        most_deg = MAX (most_deg, fabsf (seen.yaw_deg - first_deg));
      passed |= xs_turn_check_feed (left, &seen) | xs_turn_check_feed (right, &seen);
    }
  g_print ("%s,%.0f,%d,%u,%u,%d,%.2f,%d\n", path, pitch_deg, side * TO_DEG, n_frames, n_seen, begun, (double) most_deg,
           passed);
}

static int
run_flat (int n_paths, char **paths)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  g_print ("picture,pitch_deg,to_yaw_deg,frames,seen,begun,most_deg,passed\n");
  for (int i = 0; i < n_paths; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BenchPicture) picture = bench_picture_load (paths[i]);
      g_autoptr (XsFrame) frame = bench_picture_to_frame (picture, 0, rand);
      XsObservation still;
      XsTemplate reference;

      if (!xs_vision_observe_picture (vision, frame, &still, &error))
        fail (paths[i], error);
      if (still.n_faces != 1 || !xs_vision_enrol (vision, frame, &reference, &error))
        continue;
      for (int pitch_deg = -15; pitch_deg <= 15; pitch_deg += 15)
        for (int side = -1; side <= 1; side += 2)
          {
            xs_vision_set_reference (vision, &reference);
            turn_picture (paths[i], picture, &still, pitch_deg, side, rand);
          }
    }
  return EXIT_SUCCESS;
}

static int
by_yaw (gconstpointer a, gconstpointer b)
{
  float x = ((const XsObservation *) a)->yaw_deg, y = ((const XsObservation *) b)->yaw_deg;

  return (x > y) - (x < y);
}

/* Turn from the frame @front to a side, through all frames of @seen further aside than the front in order of yaw. */
static void
print_turn (const char *path, const XsObservation *front, GArray *seen, gboolean left)
{
  g_autoptr (XsTurnCheck) check = xs_turn_check_new (&policy, left);
  gint64 now_us = front->time_us;
  gboolean passed = xs_turn_check_feed (check, front), far_enough = FALSE;
  float passed_deg = NAN, most_deg = 0, last_deg = front->yaw_deg;
  gboolean stranger = FALSE;

  for (guint i = 0; i < seen->len; i++)
    {
      XsObservation next = g_array_index (seen, XsObservation, left ? seen->len - 1 - i : i);
      float turned_deg = left ? front->yaw_deg - next.yaw_deg : next.yaw_deg - front->yaw_deg;

      if (turned_deg <= 0 || fabsf (next.yaw_deg) < FRONT_DEG)
        continue;
      next.time_us = now_us += FRAME_US;
      /* No frame shows the way: the check rightly does not follow. */
      if (fabsf (next.yaw_deg - last_deg) > MAX_STEP_DEG)
        break;
      last_deg = next.yaw_deg;
      most_deg = MAX (most_deg, turned_deg);
      stranger |= (double) next.match < policy.match_different;
      far_enough |= (double) turned_deg >= policy.active_check_deg;
      if (!passed && xs_turn_check_feed (check, &next))
        {
          passed = TRUE;
          passed_deg = turned_deg;
        }
    }
  if (!far_enough)
    return;
  g_print ("%s,%.1f,%s,%.1f,%d,", path, (double) front->time_us / G_USEC_PER_SEC, left ? "left" : "right",
           (double) most_deg, passed);
  if (passed)
    g_print ("%.1f", (double) passed_deg);
  g_print (",%s\n", passed ? "" : stranger ? "match" : "depth");
}

/* People recorded at their work seldom turn at one go: what they show of the side at any time makes up the turn. */
static void
print_turns (const char *path, GArray *seen)
{
  g_autoptr (GArray) fronts = g_array_new (FALSE, FALSE, sizeof (XsObservation));

  for (guint i = 0; i < seen->len; i += FRONT_EVERY)
    if (is_front (&g_array_index (seen, XsObservation, i)))
      g_array_append_val (fronts, g_array_index (seen, XsObservation, i));
  for (guint i = seen->len; i-- > 0;)
    if (g_array_index (seen, XsObservation, i).n_faces != 1)
      g_array_remove_index (seen, i);
  g_array_sort (seen, by_yaw);
  for (guint i = 0; i < fronts->len; i++)
    for (int left = 0; left < 2; left++)
      print_turn (path, &g_array_index (fronts, XsObservation, i), seen, left);
}

static int
run_head (int argc, char **argv)
{
  g_autoptr (RecordingReader) reader = recording_reader_new (argv[0], FRAMES_PER_SECOND);
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (XsObservation));
  gboolean enrolled = FALSE;
  XsTemplate reference;
  gint64 next_us = 0;

  g_print ("recording,front_s,side,most_deg,passed,passed_at_deg,why\n");
  if (!g_str_equal (argv[1], "-"))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GRand) rand = g_rand_new_with_seed (1);
      g_autoptr (BenchPicture) photo = bench_picture_load (argv[1]);
      g_autoptr (XsFrame) frame = bench_picture_to_frame (photo, 0, rand);
      if (!xs_vision_enrol (vision, frame, &reference, &error))
        fail (argv[1], error);
      enrolled = TRUE;
    }
  for (int stretch = 2; stretch + 1 < argc; stretch += 2)
    {
      gint64 from_us = (gint64) (g_ascii_strtod (argv[stretch], NULL) * G_USEC_PER_SEC);
      gint64 to_us = (gint64) (g_ascii_strtod (argv[stretch + 1], NULL) * G_USEC_PER_SEC);

      g_array_set_size (seen, 0);
      xs_vision_set_reference (vision, enrolled ? &reference : NULL);
      while (next_us < to_us)
        {
          g_autoptr (XsFrame) frame = recording_reader_next (reader);
          if (frame == NULL)
            break;
          next_us = frame->time_us + FRAME_US;
          if (frame->time_us < from_us)
            continue;
          if (!enrolled && xs_vision_enrol (vision, frame, &reference, NULL))
            {
              xs_vision_set_reference (vision, &reference);
              enrolled = TRUE;
            }
          XsObservation observation = observe (frame);
          g_array_append_val (seen, observation);
        }
      print_turns (argv[0], seen);
    }
  return EXIT_SUCCESS;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  gst_init (&argc, &argv);
  if (argc < 3 || !(g_str_equal (argv[1], "flat") || (g_str_equal (argv[1], "head") && argc >= 6)))
    {
      g_printerr ("Usage: bench-flat flat PICTURE…\n       bench-flat head RECORDING PHOTO|- FROM_S TO_S…\n");
      return EXIT_FAILURE;
    }
  xs_policy_default (&policy);
  vision = xs_vision_new (NULL, &error);
  if (vision == NULL)
    fail ("models", error);
  result = g_str_equal (argv[1], "flat") ? run_flat (argc - 2, argv + 2) : run_head (argc - 2, argv + 2);
  xs_vision_free (vision);
  return result;
}
