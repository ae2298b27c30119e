/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-face-mesh.hpp"
#include "xs-face-quality.hpp"
#include "xs-photo-face.hpp"
#include "xs-photo-ground.hpp"
#include "xs-vision.h"

namespace xs {

/** PhotoMeasures: what is measured of one photo, of its largest face; NaN where that is not possible. */
struct PhotoMeasures {
  size_t n_faces;
  Pose pose;
  FaceLight light;
  FaceTraits traits;
  Ground ground;    /* of the photo shrunk by @shrink; its pictures are empty without a face */
  HeadOutline head; /* in pixels of the photo */
  float shrink;     /* ground's pixels / photo's pixels, at most 1 */
  float skin_naturalness;
  float eyes_closed; /* 0 … 1, mean of both */
  float lid_opening; /* share of the eye's width, mean of both */
  float eye_distance_px;
  float eyes_y;
};

/** measure_photo: @rgb in full size. */
PhotoMeasures measure_photo (XsVision *vision, const cv::Mat &rgb);

} // namespace xs
