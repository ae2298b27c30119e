/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <vector>

#include "photo-maker.hpp"
#include "xs-photo-check.h"

/** A photo of the bench: as it would be handed in, and what is known of it. */
struct Sample {
  cv::Mat rgb;
  cv::Rect2d head_mm; /* the truth; empty where it is not known */
  gsize file_bytes;   /* 0: not for upload */
};

/** One way to spoil a photo. */
struct Fault {
  const char *name;
  XsPhotoItemCode item; /* what must fail then */
  Sample (*make) (const Cutout &cutout, int seed);
};

/** good_sample: all rules kept, as far as the person keeps them. */
Sample good_sample (const Cutout &cutout, int seed);
/** good_length_mm: of the head, so that its length and its width are within their limits; 0: no length does that. */
double good_length_mm (const Cutout &cutout);
/** faults: every way there is. */
const std::vector<Fault> &all_faults ();
