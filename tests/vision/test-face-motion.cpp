/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A still picture stays still in a hand that is not: whatever turning it in space does is no life. */

#include <cmath>

#include "vision-test.h"
#include "webcam-scenes.hpp"
#include "xs-policy.h"

static XsFrame *
frame_of (const cv::Mat &rgb, gint64 time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new (rgb.data, rgb.total () * rgb.elemSize ());
  return xs_frame_new (rgb.cols, rgb.rows, rgb.cols * 3, time_us, bytes);
}

static Seat
seat_of (XsVision *vision, const XsFrame *photo)
{
  g_autoptr (GError) error = nullptr;
  XsObservation seen;

  g_assert_true (xs_vision_observe_picture (vision, photo, &seen, &error));
  g_assert_cmpuint (seen.n_faces, ==, 1);
  const XsFaceBox &box = seen.faces[0];
  return { cv::Point2f (), seen.inter_eye_distance_px, seen.brow_chin_px,
           cv::Rect2f (box.x_px, box.y_px, box.width_px, box.height_px), seen.luminance };
}

/* A picture that sways in a hand before a camera of which @frames_per_second are looked at. */
struct Sway {
  float most_motion = NAN;
  int n_before = 0; /* frames before motion was measured */
};

static Sway
sway (XsVision *vision, const Sheet &sheet, int seed, double frames_per_second, int n_frames)
{
  const cv::Mat room (480, 640, CV_8UC3, cv::Scalar (120, 118, 110));
  Sensor sensor (room.size (), seed);
  Sway seen_of;

  xs_vision_set_reference (vision, nullptr);
  for (int i = 0; i < n_frames; i++)
    {
      const double time_s = i / frames_per_second;
      const cv::Mat picture = sensor.noisy (hold_up (sheet, room, 70, time_s, seed), 2);
      g_autoptr (XsFrame) frame = frame_of (picture, (gint64) (time_s * G_USEC_PER_SEC));
      g_autoptr (GError) error = nullptr;
      XsObservation seen;
      g_assert_true (xs_vision_observe (vision, frame, XS_LOOK_QUICK, &seen, &error));
      g_assert_cmpuint (seen.n_faces, ==, 1);
      seen_of.most_motion = std::fmax (seen_of.most_motion, seen.motion);
      seen_of.n_before += std::isnan (seen_of.most_motion);
    }
  return seen_of;
}

static void
test_swaying_picture (void)
{
  g_autofree char *path = test_media ("camera/a.ref.jpg");
  XsVision *vision = path != nullptr ? test_vision () : nullptr;
  XsPolicy policy;

  if (vision == nullptr)
    return;
  xs_policy_default (&policy);
  g_autoptr (XsFrame) photo = test_photo (path);
  const cv::Mat rgb (photo->height_px, photo->width_px, CV_8UC3, (void *) xs_frame_data (photo),
                     (size_t) photo->stride_bytes);
  const Seat seat = seat_of (vision, photo);
  for (int seed = 1; seed <= 2; seed++)
    {
      const Sway seen = sway (vision, make_sheet (rgb, seat, seed == 2), seed, 10, 80);
      g_test_message ("hand %d: %.4f", seed, seen.most_motion);
      /* It was measured at all, within 5 s, and is still. */
      g_assert_cmpfloat (seen.most_motion, >, 0);
      g_assert_cmpfloat (seen.most_motion, <, policy.motion_min);
      g_assert_cmpint (seen.n_before, <, 50);
    }
  /* On a slow PC a few frames say nothing of anybody; the picture is called all the same, only later. */
  for (const double frames_per_second : { 1.1, 2.0, 3.3 })
    {
      const Sway seen = sway (vision, make_sheet (rgb, seat, false), 1, frames_per_second, 24);
      g_test_message ("%.1f a second: %.4f, measured after %d", frames_per_second, seen.most_motion, seen.n_before);
      g_assert_cmpfloat (seen.most_motion, >, 0);
      g_assert_cmpfloat (seen.most_motion, <, policy.motion_min);
      g_assert_cmpint (seen.n_before, >=, 15);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, nullptr);
  g_test_add_func ("/vision/face-motion/swaying-picture", test_swaying_picture);
  return g_test_run ();
}
