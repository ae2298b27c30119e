/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "webcam-scenes.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

static const double gamma_code = 2.2;
static const int noise_margin = 97;
static const double noise_sigma = 16;

cv::Mat
empty_room (const cv::Mat &picture, const Span &span)
{
  const int edge = std::max (2, picture.cols / 60);
  cv::Mat smooth, room = picture.clone ();

  /* A wall has no rows of its own: without this each row of noise becomes a stripe. */
  cv::GaussianBlur (picture, smooth, cv::Size (), picture.rows / 60.0);
  for (int y = 0; y < room.rows; y++)
    {
      const bool is_hidden = y > span.bottom;
      const int from_y = std::min (y, span.bottom);
      const int left = is_hidden ? 0 : span.left, right = is_hidden ? room.cols : span.right;
      const cv::Scalar a = cv::mean (smooth (cv::Rect (std::max (0, span.left - edge), from_y, edge, 1)));
      const cv::Scalar b = cv::mean (smooth (cv::Rect (std::min (room.cols - edge, span.right), from_y, edge, 1)));
      for (int x = left; x < right; x++)
        {
          const double share = std::clamp ((x - span.left) / (double) (span.right - span.left), 0.0, 1.0);
          const cv::Scalar wall = a * (1 - share) + b * share;
          room.at<cv::Vec3b> (y, x) = cv::Vec3b (cv::saturate_cast<uchar> (wall[0]), cv::saturate_cast<uchar> (wall[1]),
                                                 cv::saturate_cast<uchar> (wall[2]));
        }
    }
  return room;
}

cv::Mat
lay_face (const cv::Mat &picture, const Seat &from, cv::Point2f eyes, float eye_distance, cv::Size size)
{
  const double scale = eye_distance / from.eye_distance;
  const cv::Matx23d map (scale, 0, eyes.x - scale * from.eyes.x, 0, scale, eyes.y - scale * from.eyes.y);
  cv::Mat source = picture, laid;

  if (scale < 0.7)
    cv::GaussianBlur (picture, source, cv::Size (), 0.35 / scale);
  cv::warpAffine (source, laid, map, size, scale > 1 ? cv::INTER_CUBIC : cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return laid;
}

cv::Mat
enlarge (const cv::Mat &picture, cv::Size size)
{
  cv::Mat large;
  cv::resize (picture, large, size, 0, 0, cv::INTER_CUBIC);
  return large;
}

cv::Mat
blur (const cv::Mat &picture, double sigma_px)
{
  cv::Mat blurred;
  cv::GaussianBlur (picture, blurred, cv::Size (), sigma_px);
  return blurred;
}

cv::Mat
expose (const cv::Mat &picture, double gain)
{
  cv::Mat table (1, 256, CV_8U), exposed;

  for (int i = 0; i < 256; i++)
    table.at<uchar> (i) =
      cv::saturate_cast<uchar> (255 * std::pow (std::pow (i / 255.0, gamma_code) * gain, 1 / gamma_code));
  cv::LUT (picture, table, exposed);
  return exposed;
}

cv::Mat
stand_before_windows (const cv::Mat &picture, const Seat &seat, double gain)
{
  cv::Mat dark = expose (picture, gain), light = cv::Mat::zeros (picture.size (), CV_8UC3), glow;
  const int left = cvRound (seat.box.x - 0.35f * seat.box.width);
  const int right = cvRound (seat.box.br ().x + 0.35f * seat.box.width), bottom = cvRound (seat.box.br ().y);
  const int bar = picture.cols / 80;

  for (const cv::Rect &pane :
       { cv::Rect (0, 0, left - bar, bottom / 2), cv::Rect (0, bottom / 2 + bar, left - bar, bottom / 2),
         cv::Rect (right, 0, picture.cols - right, bottom / 2),
         cv::Rect (right, bottom / 2 + bar, picture.cols - right, bottom / 2) })
    {
      const cv::Rect inside = pane & cv::Rect (cv::Point (), picture.size ());
      if (!inside.empty ())
        light (inside).setTo (cv::Scalar (252, 253, 255));
    }
  cv::max (dark, light, dark);
  /* Glass and lens spread a little of it over everything. */
  cv::resize (light, glow, cv::Size (), 1 / 16.0, 1 / 16.0, cv::INTER_AREA);
  cv::GaussianBlur (glow, glow, cv::Size (), picture.cols / 400.0);
  cv::resize (glow, glow, picture.size (), 0, 0, cv::INTER_LINEAR);
  cv::scaleAdd (glow, 0.03, dark, dark);
  return dark;
}

/* 1 inside @inside, 0 outside, soft between. */
static cv::Mat
soft_mask (cv::Size size, const cv::Rect &inside, double softness)
{
  cv::Mat mask = cv::Mat::zeros (size, CV_32F), three;

  mask (inside & cv::Rect (cv::Point (), size)).setTo (1);
  cv::blur (mask, mask, cv::Size (cvRound (2 * softness) | 1, cvRound (2 * softness) | 1));
  cv::merge (std::vector<cv::Mat>{ mask, mask, mask }, three);
  return three;
}

static cv::Mat
mix (const cv::Mat &inside, const cv::Mat &outside, const cv::Mat &mask)
{
  cv::Mat a, b, mixed;

  inside.convertTo (a, CV_32FC3);
  outside.convertTo (b, CV_32FC3);
  cv::Mat ((a - b).mul (mask) + b).convertTo (mixed, CV_8UC3);
  return mixed;
}

cv::Mat
sit_far (const cv::Mat &picture, const Seat &seat, double scale, const cv::Mat &room)
{
  const cv::Size size = room.size ();
  const cv::Point2f eyes (size.width * 0.5f, size.height * 0.55f);
  const cv::Mat laid = lay_face (picture, seat, eyes, seat.eye_distance * (float) scale, size);
  const cv::Point2f corner (eyes.x - seat.eyes.x * (float) scale, eyes.y - seat.eyes.y * (float) scale);
  const double softness = size.width / 100.0;
  const cv::Rect place (cvRound (corner.x + softness), cvRound (corner.y + softness),
                        cvRound (picture.cols * scale - 2 * softness), cvRound (picture.rows * scale - 2 * softness));

  return mix (laid, room, soft_mask (size, place, softness));
}

cv::Mat
sit_together (const cv::Mat &picture, const Seat &seat, const cv::Mat &other, const Seat &other_seat)
{
  const cv::Size size = picture.size ();
  const float distance = std::min (seat.eye_distance, size.width * 0.1f), y = size.height * 0.45f;
  const cv::Mat left = lay_face (picture, seat, cv::Point2f (size.width * 0.27f, y), distance, size);
  const cv::Mat right = lay_face (other, other_seat, cv::Point2f (size.width * 0.73f, y), distance, size);

  return mix (left, right, soft_mask (size, cv::Rect (-size.width, 0, size.width * 3 / 2, size.height), 6));
}

cv::Mat
cover (cv::Size size, double level)
{
  cv::Mat covered (size, CV_8UC3);

  /* Some light leaks in at one side, and skin is red. */
  for (int x = 0; x < size.width; x++)
    {
      const double here = level * (1 + 0.06 * x / size.width);
      covered.col (x).setTo (cv::Scalar (here * 1.1, here, here * 0.95));
    }
  return covered;
}

Sheet
make_sheet (const cv::Mat &picture, const Seat &seat, bool is_phone)
{
  const cv::Rect2f &box = seat.box;
  const cv::Rect part = cv::Rect (cvRound (box.x - 0.5f * box.width), cvRound (box.y - 0.6f * box.height),
                                  cvRound (2 * box.width), cvRound (2.1f * box.height))
                        & cv::Rect (cv::Point (), picture.size ());
  const int rim = part.width / 18;
  cv::Mat tone, sheet;

  /* Paper gives back less than all light and its black is grey; a screen is bluish and bright. */
  picture (part).convertTo (tone, CV_8UC3, is_phone ? 1.06 : 0.84, is_phone ? 0 : 22);
  cv::copyMakeBorder (tone, sheet, rim, rim, rim, rim, cv::BORDER_CONSTANT,
                      is_phone ? cv::Scalar (12, 12, 14) : cv::Scalar (226, 225, 220));
  return { sheet, seat.eye_distance, is_phone };
}

/* One of the slow movements of a hand, about -1 … 1. */
static double
sway (double time_s, int seed, int which)
{
  cv::RNG chance ((uint64) seed * 1000 + (uint64) which * 17 + 5);
  double sum = 0;

  chance.next ();
  for (int i = 0; i < 2; i++)
    {
      const double hertz = chance.uniform (0.15, 0.7) * (i + 1), phase = chance.uniform (0.0, 2 * CV_PI);
      sum += std::sin (2 * CV_PI * hertz * time_s + phase) * (i == 0 ? 0.75 : 0.25);
    }
  return sum;
}

cv::Mat
hold_up (const Sheet &sheet, const cv::Mat &room, float eye_distance, double time_s, int seed)
{
  const cv::Size size = room.size ();
  const double scale = eye_distance / sheet.eye_distance * (1 + 0.05 * sway (time_s, seed, 0));
  const double yaw = 9 * sway (time_s, seed, 1) * CV_PI / 180, pitch = 7 * sway (time_s, seed, 2) * CV_PI / 180;
  const double roll = 3.5 * sway (time_s, seed, 3) * CV_PI / 180, focal = 1.1 * size.width;
  const cv::Point2d middle (size.width * (0.5 + 0.025 * sway (time_s, seed, 4)),
                            size.height * (0.52 + 0.02 * sway (time_s, seed, 5)));
  const double w = sheet.rgb.cols, h = sheet.rgb.rows;
  const cv::Point2f from[4] = { { 0, 0 }, { (float) w, 0 }, { (float) w, (float) h }, { 0, (float) h } };
  cv::Point2f to[4];

  for (int i = 0; i < 4; i++)
    {
      const double x = (from[i].x - w / 2) * scale, y = (from[i].y - h / 2) * scale;
      const double turned_x = x * std::cos (roll) - y * std::sin (roll),
                   turned_y = x * std::sin (roll) + y * std::cos (roll);
      const double z = turned_x * std::sin (yaw) + turned_y * std::sin (pitch);
      const double shrink = focal / (focal + z);
      to[i] = cv::Point2f ((float) (middle.x + turned_x * std::cos (yaw) * shrink),
                           (float) (middle.y + turned_y * std::cos (pitch) * shrink));
    }
  const cv::Mat map = cv::getPerspectiveTransform (from, to);
  cv::Mat laid = room.clone (), light;
  cv::warpPerspective (sheet.rgb, laid, map, size, cv::INTER_CUBIC, cv::BORDER_TRANSPARENT);
  /* Turned from the lamp and back, a sheet changes its brightness. */
  laid.convertTo (light, CV_8UC3, 1 + 0.03 * sway (time_s, seed, 6));
  return light;
}

Sensor::Sensor (cv::Size size, int seed)
    : chance ((uint64) seed * 7919 + 3), noise (size.height + noise_margin, size.width + noise_margin, CV_16SC3)
{
  chance.fill (noise, cv::RNG::NORMAL, 0, noise_sigma);
}

cv::Mat
Sensor::noisy (const cv::Mat &picture, double sigma)
{
  const cv::Point corner (chance.uniform (0, noise_margin), chance.uniform (0, noise_margin));
  cv::Mat wide, result;

  picture.convertTo (wide, CV_16SC3);
  cv::scaleAdd (noise (cv::Rect (corner, picture.size ())), sigma / noise_sigma, wide, wide);
  wide.convertTo (result, CV_8UC3);
  return result;
}
