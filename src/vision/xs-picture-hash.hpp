/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-observation.h"

namespace xs {

/**
 * picture_hash: what XsObservation.picture_hash holds, of a face from aligned_patch(). It says which of 256 medium
 * frequencies are strong: lower ones are nearly the same for one person in one light, higher ones do not survive a
 * compression.
 */
void picture_hash (const cv::Mat &patch, char hex[XS_PICTURE_HASH_DIGITS + 1]);

} // namespace xs
