/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include <optional>
#include <vector>

#include "xs-face-detector.hpp"
#include "xs-face-mesh.hpp"

namespace xs {

/**
 * FaceFinder: the confirmed faces of each frame of one camera. Detects in every frame, so that a second face shows at
 * once; a face the detector misses is looked for where it was, and with no face at all a part of the frame is
 * looked at more closely, for those who sit far away.
 */
class FaceFinder
{
public:
  FaceFinder (FaceDetector detector, FaceMesh mesher);

  /** find: distinct confirmed faces, at most XS_MAX_FACES. Frames come in time order. */
  std::vector<Mesh> find (const cv::Mat &rgb, gint64 time_us);

  /** find_in_photo: as find(), for one picture by itself, and also faces that fill it. */
  std::vector<Mesh> find_in_photo (const cv::Mat &rgb);

  /** follow: tell which of the faces found is the one to follow. */
  void follow (const Mesh &face, gint64 time_us);
  /** followed: the index in @faces of the face followed up to now, -1 when it is not among them. */
  int followed (const std::vector<Mesh> &faces, gint64 time_us) const;
  void forget ();

  const FaceMesh &
  get_mesher () const
  {
    return mesher;
  }

private:
  void add_detected (std::vector<Mesh> &faces, const cv::Mat &rgb, const cv::Rect &region);
  Mesh doubt (const cv::Mat &rgb, const Mesh &face);
  void look_where_last (std::vector<Mesh> &faces, const cv::Mat &rgb);
  void look_closer (std::vector<Mesh> &faces, const cv::Mat &rgb);

  FaceDetector detector;
  FaceMesh mesher;
  std::optional<Mesh> last;
  gint64 last_time_us = 0;
  unsigned next_square = 0;
};

} // namespace xs
