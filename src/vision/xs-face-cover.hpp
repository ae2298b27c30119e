/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/**
 * FaceCover: what hides a part of the face, as advice to whoever reviews the picture. Each 0 … 1, where 0.5 is the
 * recommended limit; NaN where it cannot be assessed.
 */
struct FaceCover {
  float mouth_covered; /* a mask, or a hand that hides the mouth */
  float head_covered;  /* a low or oddly coloured hat; NaN for what may as well be dark hair with an even edge */
  float eye_glare;     /* reflections in glasses, of the worse eye */
};

/**
 * measure_cover: from the picture and the mesh alone. All NaN for a face whose eyes are less than 20 px apart, that
 * is too dark or seen from the side; one NaN when its part of the face lies outside the picture.
 * @rgb: 8-bit RGB; a grey picture is judged by texture alone
 */
FaceCover measure_cover (const cv::Mat &rgb, const Mesh &mesh);

} // namespace xs
