/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include <optional>
#include <vector>

#include "xs-face-detector.hpp"
#include "xs-face-mesh.hpp"

namespace xs {

/** Found: the distinct confirmed faces of one frame, at most XS_MAX_FACES. */
struct Found {
  std::vector<Mesh> faces;
  /* Whether faces[0] is the face followed up to now: it moved no further and changed no more than a face can. */
  bool followed = false;
  /* aligned_patch() of the followed face; empty without one. */
  cv::Mat patch;
};

/**
 * FaceFinder: the confirmed faces of each frame of one camera. The followed face is found again from where it was;
 * several times a second, and at once when it is lost or no longer looks the same, the whole frame is searched, so
 * that a second face or somebody else in its place shows. With no face at all a part of the frame is looked at
 * more closely, for those who sit far away.
 */
class FaceFinder
{
public:
  FaceFinder (FaceDetector detector, FaceMesh mesher);

  /**
   * find: Frames come in time order.
   * @search: search the whole frame whether it is due or not
   */
  Found find (const cv::Mat &rgb, gint64 time_us, bool search);

  /** find_in_photo: the faces of one picture by itself, also those that fill it. */
  std::vector<Mesh> find_in_photo (const cv::Mat &rgb);

  /** follow: the faces found, the one to follow first, and its aligned_patch(). */
  void follow (const std::vector<Mesh> &faces, const cv::Mat &patch, gint64 time_us);
  void forget ();

  FaceMesh &
  get_mesher ()
  {
    return mesher;
  }

private:
  bool add_detected (std::vector<Mesh> &faces, const cv::Mat &rgb, const cv::Rect &region, const Mesh *known);
  Mesh doubt (const cv::Mat &rgb, const Mesh &face);
  bool find_again (Found &found, const cv::Mat &rgb);
  void search (Found &found, const cv::Mat &rgb);
  void look_closer (std::vector<Mesh> &faces, const cv::Mat &rgb);

  FaceDetector detector;
  FaceMesh mesher;
  std::optional<Mesh> last;
  cv::Mat last_patch;
  gint64 last_time_us = 0;
  std::vector<Mesh> others; /* beside the followed face when the frame was searched last */
  gint64 searched_us = G_MININT64 / 2;
  unsigned next_square = 0;
};

} // namespace xs
