/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include <deque>
#include <limits>
#include <optional>

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** aligned_patch: the face in grey, laid so that eyes, nose and mouth come to fixed places; 112 px square. */
cv::Mat aligned_patch (const cv::Mat &rgb, const Mesh &mesh);

/** patch_likeness: correlation of two aligned patches, -1 … 1, whatever their brightness and contrast. */
float patch_likeness (const cv::Mat &a, const cv::Mat &b);

/**
 * FlatFit: lays patches onto one of them as a flat picture would come to lie, wherever it is turned in space: by the
 * homography that fits best (Baker and Matthews, "Lucas-Kanade 20 Years On", inverse compositional).
 */
class FlatFit
{
public:
  /** FlatFit: @half: CV_32F, an aligned patch, blurred, at half its size */
  explicit FlatFit (const cv::Mat &half);
  /** lay: what it then shows where the face is, one row, mean 0, deviation 1; as it lay when nothing fits better. */
  cv::Mat lay (const cv::Mat &half) const;

private:
  cv::Mat target;
  cv::Mat slopes; /* of the target by the eight numbers of a homography */
  cv::Mat solver; /* from differences to those numbers */
};

/**
 * FaceMotion: whether a face moves by itself. A picture held to the camera may sway, tilt and come nearer; laid onto
 * itself it stays the same. A living face breathes, swallows, looks about and blinks.
 */
class FaceMotion
{
public:
  /** add: the face of one more frame of the same track, in time order. */
  void add (const Mesh &mesh, const cv::Mat &patch, float eyes_open, gint64 time_us);
  void clear ();

  /**
   * motion: over the last seconds, how far the landmarks strayed and how much the skin between them changed, after
   * whatever a flat picture can do was taken away; NaN until they are seen, and seen often enough: where few frames
   * are looked at it takes longer.
   */
  float
  motion () const
  {
    return moved;
  }
  /** blink: largest change of eyes_open in that time; NaN as motion(). */
  float
  blink () const
  {
    return blinked;
  }

private:
  struct Sample {
    gint64 time_us;
    cv::Mat landmarks; /* n_landmarks × 2 */
    cv::Mat half;      /* aligned patch, blurred, at half its size */
    cv::Mat laid;      /* by flat_fit */
    float eyes_open;
    float eye_distance;
  };

  void measure ();

  std::deque<Sample> samples;
  std::optional<FlatFit> flat_fit;
  gint64 fitted_to_us = 0; /* the sample that flat_fit lays onto */
  float moved = std::numeric_limits<float>::quiet_NaN ();
  float blinked = std::numeric_limits<float>::quiet_NaN ();
};

} // namespace xs
