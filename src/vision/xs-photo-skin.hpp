/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-face-mesh.hpp"

namespace xs {

/**
 * skin_naturalness: how likely the skin of cheeks, forehead and nose is as a camera takes it, 0 … 1, and not smoothed
 * afterwards. What a camera blurs loses detail the more the finer it is; a filter that keeps edges takes the middle
 * scales out and leaves noise and edges. So the amounts of detail at five scales are weighed against each other.
 * NaN for eyes less than 40 px apart, where that detail cannot be told from what JPEG does, and for skin outside @rgb.
 */
float skin_naturalness (const cv::Mat &rgb, const Mesh &mesh);

} // namespace xs
