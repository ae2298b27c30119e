/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-turn-check.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/core.hpp>

#include "xs-presence.h"
#include "xs-vision-private.hpp"

/* A turn begins with the face this near to the front … */
static const float front_deg = 10;
/* … and goes on in steps no larger and no later than these: a larger one is another picture. */
static const float max_deg_per_s = 120;
static const float max_step_deg = 18;
static const gint64 max_step_us = 600 * 1000;
/*
 * What remains after the homography that fits best, in distances between the eyes. Flat pictures, held at all angles
 * up to 45 degrees, leave up to 0.064, most of them less than 0.045; heads that turned 15 degrees 0.063 and more.
 */
static const double min_depth = 0.06;

struct _XsTurnCheck {
  XsPolicy policy;
  gboolean left;
  gboolean passed;
  gboolean started; /* @front was seen, and every step since */
  XsObservation front;
  gint64 last_us;
  float last_yaw_deg;
};

XsTurnCheck *
xs_turn_check_new (const XsPolicy *policy, gboolean left)
{
  XsTurnCheck *check = g_new0 (XsTurnCheck, 1);

  check->policy = *policy;
  check->left = left;
  return check;
}

void
xs_turn_check_free (XsTurnCheck *check)
{
  g_free (check);
}

XsGuidanceCode
xs_turn_check_get_code (const XsTurnCheck *check)
{
  return check->left ? XS_GUIDANCE_TURN_LEFT : XS_GUIDANCE_TURN_RIGHT;
}

/* The rigid landmarks, centred and scaled to a mean distance of 1, and that scale. */
static std::vector<cv::Point2d>
rigid_points (const XsObservation &observation, double &scale)
{
  std::vector<cv::Point2d> points;
  cv::Point2d mean;

  for (int landmark : xs::rigid_landmarks)
    points.emplace_back (observation.landmarks[landmark].x_px, observation.landmarks[landmark].y_px);
  for (const cv::Point2d &point : points)
    mean += point / (double) points.size ();
  double squares = 0;
  for (cv::Point2d &point : points)
    {
      point -= mean;
      squares += point.dot (point) / (double) points.size ();
    }
  scale = std::sqrt (squares);
  for (cv::Point2d &point : points)
    point /= scale;
  return points;
}

/* What the best homography from @a to @b leaves: root mean square, in distances between the eyes of @b. */
static double
depth_between (const XsObservation &a, const XsObservation &b)
{
  double scale_a, scale_b, squares = 0;
  const std::vector<cv::Point2d> from = rigid_points (a, scale_a), to = rigid_points (b, scale_b);
  cv::Mat equations (0, 9, CV_64F), solution;

  for (size_t i = 0; i < from.size (); i++)
    {
      const double x = from[i].x, y = from[i].y, u = to[i].x, v = to[i].y;
      equations.push_back (cv::Mat (cv::Matx<double, 1, 9> (x, y, 1, 0, 0, 0, -u * x, -u * y, -u)));
      equations.push_back (cv::Mat (cv::Matx<double, 1, 9> (0, 0, 0, x, y, 1, -v * x, -v * y, -v)));
    }
  cv::SVD::solveZ (equations, solution);
  const cv::Matx33d homography = solution.reshape (1, 3);
  for (size_t i = 0; i < from.size (); i++)
    {
      const cv::Vec3d laid = homography * cv::Vec3d (from[i].x, from[i].y, 1);
      const cv::Point2d left (laid[0] / laid[2] - to[i].x, laid[1] / laid[2] - to[i].y);
      squares += left.dot (left) / (double) from.size ();
    }
  const double eye_distance =
    std::hypot (b.landmarks[33].x_px - b.landmarks[263].x_px, b.landmarks[33].y_px - b.landmarks[263].y_px);
  return std::sqrt (squares) * scale_b / eye_distance;
}

/* Whether the face of @observation can be the one that was seen from the front, one step further. */
static bool
goes_on (const XsTurnCheck &check, const XsObservation &observation)
{
  const gint64 since_us = observation.time_us - check.last_us;
  const float limit_deg = std::min (max_step_deg, max_deg_per_s * (float) since_us / G_USEC_PER_SEC);

  return since_us <= max_step_us && std::abs (observation.yaw_deg - check.last_yaw_deg) <= limit_deg;
}

gboolean
xs_turn_check_feed (XsTurnCheck *check, const XsObservation *observation)
{
  g_return_val_if_fail (check != NULL && observation != NULL, FALSE);

  const XsPolicy &policy = check->policy;
  const float yaw_deg = observation->yaw_deg;
  const bool same = observation->n_faces > 0 && observation->match >= policy.match_different
                    && xs_presence_judge (observation, &policy) != XS_PRESENCE_SEVERAL_FACES;

  if (check->passed)
    return TRUE;
  if (!same || (check->started && !goes_on (*check, *observation)))
    check->started = FALSE;
  /* From the most frontal view: less would let a picture that sways to both sides add them up. */
  if (same && std::abs (yaw_deg) < (check->started ? std::abs (check->front.yaw_deg) : front_deg)
      && observation->match >= policy.match_same)
    {
      check->started = TRUE;
      check->front = *observation;
    }
  check->last_yaw_deg = yaw_deg;
  check->last_us = observation->time_us;
  if (!check->started)
    return FALSE;

  /* The student's own left is the picture's right, where yaw is negative. */
  const float turned_deg = check->left ? check->front.yaw_deg - yaw_deg : yaw_deg - check->front.yaw_deg;
  double depth = 0;
  if (turned_deg >= policy.active_check_deg)
    xs::guard (nullptr, [&] { depth = depth_between (check->front, *observation); });
  check->passed = std::isfinite (depth) && depth >= min_depth;
  return check->passed;
}
