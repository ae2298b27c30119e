/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-finder.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "xs-face-motion.hpp"
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
/*
 * Nor when it looks less like itself than this from one frame to the next: somebody else may sit there now. Of one
 * person 94 of 100 neighbouring frames are more alike than this, of two persons one pair in a hundred.
 */
static const float min_likeness = 0.85f;
/* The smaller squares that are looked at when no face is seen, in shorter sides of the frame. */
static const float small_square = 0.6f;
/* The whole frame is searched this often while a face is followed: somebody who joins is seen within it. */
static const gint64 search_interval_us = 180 * 1000;
static const int max_bordered_px = 2000;
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

/* Fit what the detector sees in @region. Where it sees @known, a face already fitted, that stays as it is. */
bool
FaceFinder::add_detected (std::vector<Mesh> &faces, const cv::Mat &rgb, const cv::Rect &region, const Mesh *known)
{
  std::vector<Detection> detections = detector.detect (rgb, region);
  bool sees_known = false;

  detections.resize (std::min (detections.size (), max_fits));
  for (const Detection &detection : detections)
    {
      if (known != nullptr && intersection_over_union (detection.box, known->bounds ()) > min_continuity)
        {
          sees_known = true;
          continue;
        }
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
  return sees_known;
}

/* The face of the last frame, from where it was. */
bool
FaceFinder::find_again (Found &found, const cv::Mat &rgb)
{
  const Mesh face = mesher.fit (rgb, *last);

  if (face.confidence < min_confidence || intersection_over_union (face.bounds (), last->bounds ()) < min_continuity)
    return false;
  found.patch = aligned_patch (rgb, face);
  found.followed = patch_likeness (found.patch, last_patch) >= min_likeness;
  if (found.followed)
    found.faces.push_back (face);
  return found.followed;
}

/* The @index-th of the squares that together cover @frame, half overlapping, row by row; any @index counts round. */
static cv::Rect
square_of (cv::Size frame, int side, unsigned index)
{
  const cv::Size rest (frame.width - side, frame.height - side);
  auto count = [side] (int length) { return 1 + (2 * length + side - 1) / side; };
  const int n_columns = count (rest.width), n_rows = count (rest.height);
  const int at = (int) (index % (unsigned) (n_columns * n_rows));
  auto place = [] (int length, int k, int n) { return n > 1 ? length * k / (n - 1) : 0; };

  return cv::Rect (place (rest.width, at % n_columns, n_columns), place (rest.height, at / n_columns, n_rows), side,
                   side);
}

/*
 * Look at less than the whole frame, so that small faces are larger to the detector: at a square round the last
 * face, then at the next of the large and the next of the small squares that together cover the frame.
 */
void
FaceFinder::look_closer (std::vector<Mesh> &faces, const cv::Mat &rgb)
{
  const int side = std::min (rgb.rows, rgb.cols);
  const int small_side = (int) (side * small_square);

  if (last)
    {
      const cv::Rect2f box = last->bounds ();
      const cv::Point2f corner = (box.tl () + box.br ()) * 0.5f - cv::Point2f (side, side) * 0.5f;
      add_detected (faces, rgb,
                    cv::Rect (std::clamp ((int) corner.x, 0, rgb.cols - side),
                              std::clamp ((int) corner.y, 0, rgb.rows - side), side, side),
                    nullptr);
    }
  if (faces.empty () && rgb.rows != rgb.cols)
    add_detected (faces, rgb, square_of (rgb.size (), side, next_square), nullptr);
  if (faces.empty ())
    add_detected (faces, rgb, square_of (rgb.size (), small_side, next_square), nullptr);
  next_square++;
}

/*
 * The whole frame. The followed face keeps its place at the front; where the detector does not see it, it is looked
 * at twice, and stays only when it still seems a face.
 */
void
FaceFinder::search (Found &found, const cv::Mat &rgb)
{
  const std::optional<Mesh> known = found.followed ? std::optional<Mesh> (found.faces[0]) : std::nullopt;
  const bool seen = add_detected (found.faces, rgb, cv::Rect (0, 0, rgb.cols, rgb.rows), known ? &*known : nullptr);

  if (known && !seen && doubt (rgb, *known).confidence < min_confidence)
    {
      found.faces.erase (found.faces.begin ());
      found.followed = false;
    }
  if (found.faces.empty ())
    look_closer (found.faces, rgb);
}

Found
FaceFinder::find (const cv::Mat &rgb, gint64 time_us, bool search_now)
{
  Found found;

  if (last && (time_us < last_time_us || time_us - last_time_us > follow_us))
    last.reset ();
  const bool again = last && find_again (found, rgb);
  if (again && !search_now && time_us >= searched_us && time_us - searched_us < search_interval_us)
    {
      /* Whoever else was there a moment ago is there until the next search. */
      found.faces.insert (found.faces.end (), others.begin (), others.end ());
      return found;
    }
  searched_us = time_us;
  search (found, rgb);
  return found;
}

std::vector<Mesh>
FaceFinder::find_in_photo (const cv::Mat &rgb)
{
  std::vector<Mesh> faces;

  add_detected (faces, rgb, cv::Rect (0, 0, rgb.cols, rgb.rows), nullptr);
  if (faces.empty ())
    {
      /* The detector sees 128 px of it anyway: no need to border 25 million pixels. */
      const float scale = std::min (1.f, (float) max_bordered_px / std::max (rgb.rows, rgb.cols));
      cv::Mat scaled, wide;
      cv::resize (rgb, scaled, cv::Size (), scale, scale, cv::INTER_AREA);
      const int margin = std::max (scaled.rows, scaled.cols) / 2;
      cv::copyMakeBorder (scaled, wide, margin, margin, margin, margin, cv::BORDER_REPLICATE);
      add_detected (faces, wide, cv::Rect (0, 0, wide.cols, wide.rows), nullptr);
      for (Mesh &face : faces)
        {
          for (cv::Point3f &point : face.points)
            point = (point - cv::Point3f (margin, margin, 0)) / scale;
        }
    }
  return faces;
}

void
FaceFinder::follow (const std::vector<Mesh> &faces, const cv::Mat &patch, gint64 time_us)
{
  last = faces[0];
  others.assign (faces.begin () + 1, faces.end ());
  last_patch = patch;
  last_time_us = time_us;
}

void
FaceFinder::forget ()
{
  last.reset ();
}

} // namespace xs
