/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-finder.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "xs-observation.h"

namespace xs {

/* The detector fires on a quarter of pictures without any face; this leaves about one in a hundred. */
static const float min_confidence = 0.9f;
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

void
FaceFinder::add_detected (std::vector<Mesh> &faces, const cv::Mat &rgb, const cv::Rect &region)
{
  std::vector<Detection> detections = detector.detect (rgb, region);
  detections.resize (std::min (detections.size (), max_fits));
  for (const Detection &detection : detections)
    add_face (faces, mesher.fit (rgb, detection));
}

/* Two thirds of the frame's height, square: where the last face was, else one place after the other. */
void
FaceFinder::look_closer (std::vector<Mesh> &faces, const cv::Mat &rgb)
{
  const int side = std::min (rgb.rows, rgb.cols) * 2 / 3;
  cv::Point corner;

  if (last)
    {
      const cv::Rect2f box = last->bounds ();
      corner = cv::Point ((box.tl () + box.br ()) * 0.5f) - cv::Point (side / 2, side / 2);
    }
  else
    {
      const int columns = 3, rows = 2;
      const unsigned tile = next_tile++ % (columns * rows);
      corner = cv::Point ((rgb.cols - side) * (int) (tile % columns) / (columns - 1),
                          (rgb.rows - side) * (int) (tile / columns) / (rows - 1));
    }
  corner.x = std::clamp (corner.x, 0, rgb.cols - side);
  corner.y = std::clamp (corner.y, 0, rgb.rows - side);
  add_detected (faces, rgb, cv::Rect (corner, cv::Size (side, side)));
}

std::vector<Mesh>
FaceFinder::find (const cv::Mat &rgb, gint64 time_us)
{
  std::vector<Mesh> faces;

  if (last && (time_us < last_time_us || time_us - last_time_us > follow_us))
    last.reset ();
  add_detected (faces, rgb, cv::Rect (0, 0, rgb.cols, rgb.rows));
  if (last && followed (faces, time_us) < 0)
    add_face (faces, mesher.fit (rgb, *last));
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
