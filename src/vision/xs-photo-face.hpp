/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/**
 * FaceTraits: what a photo's rules ask of the face itself, each measured on a copy in which the eyes are level and a
 * fixed distance apart. NaN where it cannot be measured. docs/policy.md tells how far each is to be trusted.
 */
struct FaceTraits {
  float head_covering; /* share of the forehead above the brows that is covered; 1 for what is clearly a hat */
  float ears;          /* share of the height of the ear, at the worse side, that no hair covers */
  float brows;         /* share of skin right above the brow, at the worse side */
  float glare;         /* share of nearly white pixels about the worse eye */
  float colour;        /* mean chroma */
  float skin_cast;     /* how far the cheeks' a*, b* are outside those of skin */
};

/** measure_traits: @ground_mask as in Ground. */
FaceTraits measure_traits (const cv::Mat &rgb, const cv::Mat &ground_mask, const Mesh &mesh);

} // namespace xs
