/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-finder.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "xs-observation.h"

namespace xs {

/* The detector fires on a quarter of pictures without any face; this leaves about one in a hundred. */
static const float min_confidence = 0.9f;
/* Detections weaker than this are fitted twice before they count as a second face. */
static const float sure_score = 0.75f;
static const float min_doubted_confidence = 0.995f;
/* Share of the smaller of two boxes that the other may cover before they are one face. */
static const float max_cover = 0.5f;
/* A face moves less than this between frames, or it is not followed. */
static const float min_continuity = 0.3f;
static const gint64 follow_us = G_USEC_PER_SEC;
/* Fits cost about 5 ms each; more detections than this are noise. */
static const size_t max_fits = 6;

static float
common_area (const cv::Rect2f &a, const cv::Rect2f &b)
{
  return (a & b).area ();
}

static bool
is_same_face (const Mesh &a, const Mesh &b)
{
  const cv::Rect2f box_a = a.bounds (), box_b = b.bounds ();
  return common_area (box_a, box_b) > max_cover * std::min (box_a.area (), box_b.area ());
}

static float
intersection_over_union (const cv::Rect2f &a, const cv::Rect2f &b)
{
  const float common = common_area (a, b);
  return common / (a.area () + b.area () - common);
}

/* Keep @face, unless it is none or is there already; of two views of one face the surer stays. */
static void
add_face (std::vector<Mesh> &faces, const Mesh &face)
{
  if (face.confidence < min_confidence)
    return;
  for (Mesh &other : faces)
    {
      if (is_same_face (other, face))
        {
          if (face.confidence > other.confidence)
            other = face;
          return;
        }
    }
  if (faces.size () < XS_MAX_FACES)
    faces.push_back (face);
}

FaceFinder::FaceFinder (FaceDetector detector_, FaceMesh mesher_)
    : detector (std::move (detector_)), mesher (std::move (mesher_))
{
}

/* @face, fitted once more where it seems to be: what is no face loses confidence or drifts. */
Mesh
FaceFinder::doubt (const cv::Mat &rgb, const Mesh &face)
{
  Mesh again = mesher.fit (rgb, face);
  again.confidence = std::min (again.confidence, face.confidence);
  return again;
}

void
FaceFinder::add_detected (std::vector<Mesh> &faces, const cv::Mat &rgb, const cv::Rect &region)
{
  std::vector<Detection> detections = detector.detect (rgb, region);
  detections.resize (std::min (detections.size (), max_fits));
  for (const Detection &detection : detections)
    {
      Mesh face = mesher.fit (rgb, detection);
      /* Beside a face, patterns in the background are easily taken for another. */
      if (!faces.empty () && detection.score < sure_score && face.confidence >= min_confidence)
        {
          face = doubt (rgb, face);
          if (face.confidence < min_doubted_confidence)
            continue;
        }
      add_face (faces, face);
    }
}

void
FaceFinder::look_where_last (std::vector<Mesh> &faces, const cv::Mat &rgb)
{
  const cv::Rect2f place = last->bounds ();
  for (const Mesh &face : faces)
    {
      if (common_area (face.bounds (), place) > 0)
        return;
    }
  add_face (faces, doubt (rgb, mesher.fit (rgb, *last)));
}

/*
 * Look at less than the whole frame, so that small faces are larger to the detector: at a square round the last
 * face, then at the next of the squares that together cover the frame.
 */
void
FaceFinder::look_closer (std::vector<Mesh> &faces, const cv::Mat &rgb)
{
  const int side = std::min (rgb.rows, rgb.cols);
  const int rest = std::max (rgb.rows, rgb.cols) - side;
  const int n_squares = 1 + (2 * rest + side - 1) / side;
  auto look_at = [&] (int from) {
    from = std::clamp (from, 0, rest);
    add_detected (faces, rgb, cv::Rect (rgb.cols > rgb.rows ? from : 0, rgb.cols > rgb.rows ? 0 : from, side, side));
  };

  if (rest == 0)
    return;
  if (last)
    {
      const cv::Rect2f box = last->bounds ();
      const cv::Point2f centre = (box.tl () + box.br ()) * 0.5f;
      look_at ((int) (rgb.cols > rgb.rows ? centre.x : centre.y) - side / 2);
    }
  if (faces.empty ())
    look_at (rest * (int) (next_square++ % n_squares) / (n_squares - 1));
}

std::vector<Mesh>
FaceFinder::find (const cv::Mat &rgb, gint64 time_us)
{
  std::vector<Mesh> faces;

  if (last && (time_us < last_time_us || time_us - last_time_us > follow_us))
    last.reset ();
  add_detected (faces, rgb, cv::Rect (0, 0, rgb.cols, rgb.rows));
  if (last)
    look_where_last (faces, rgb);
  if (faces.empty ())
    look_closer (faces, rgb);
  return faces;
}

std::vector<Mesh>
FaceFinder::find_in_photo (const cv::Mat &rgb)
{
  std::vector<Mesh> faces;

  add_detected (faces, rgb, cv::Rect (0, 0, rgb.cols, rgb.rows));
  if (faces.empty ())
    {
      const int margin = std::max (rgb.rows, rgb.cols) / 2;
      cv::Mat wide;
      cv::copyMakeBorder (rgb, wide, margin, margin, margin, margin, cv::BORDER_REPLICATE);
      add_detected (faces, wide, cv::Rect (0, 0, wide.cols, wide.rows));
      for (Mesh &face : faces)
        {
          for (cv::Point3f &point : face.points)
            point -= cv::Point3f (margin, margin, 0);
        }
    }
  return faces;
}

int
FaceFinder::followed (const std::vector<Mesh> &faces, gint64 time_us) const
{
  int best = -1;
  float best_overlap = min_continuity;

  if (!last || time_us < last_time_us || time_us - last_time_us > follow_us)
    return -1;
  for (size_t i = 0; i < faces.size (); i++)
    {
      const float overlap = intersection_over_union (faces[i].bounds (), last->bounds ());
      if (overlap > best_overlap)
        {
          best = (int) i;
          best_overlap = overlap;
        }
    }
  return best;
}

void
FaceFinder::follow (const Mesh &face, gint64 time_us)
{
  last = face;
  last_time_us = time_us;
}

void
FaceFinder::forget ()
{
  last.reset ();
}

} // namespace xs
