/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-vision-private.hpp"

/** A head and shoulders cut out of a photo, upright, with the landmarks of its face. */
struct Cutout {
  cv::Mat rgb;   /* CV_8UC3 */
  cv::Mat alpha; /* CV_32F, 0 … 1 */
  xs::Mesh mesh;
  cv::Rect2f head; /* crown to chin; at its widest between crown and the tip of the nose */
};

/** Where the head is to come in a photo, in shares of the photo's height. */
struct Placement {
  int width_px = 260, height_px = 378;
  double head_length_mm = 20.5; /* the height is 32 mm */
  double crown_mm = 1.27;
  double shift_mm = 0; /* to the right */
  double roll_deg = 0; /* clockwise */
};

struct Composite {
  cv::Mat rgb;
  cv::Rect2d head_mm; /* the truth, from the mask as it was placed */
  cv::Mat alpha;
  cv::Matx23d placed; /* cutout to photo */
};

/** cut_out: the person of a photo with one face; false when there is no such or the cut is no head. */
bool cut_out (XsVision *vision, const cv::Mat &rgb, Cutout &out);
/** head_of: the head in a mask: crown, sides, chin. */
cv::Rect2f head_of (const cv::Mat &alpha, cv::Point2f chin, float lowest_side);
/** compose: put it on @ground (CV_8UC3 of the photo's size). */
Composite compose (const Cutout &cutout, const Placement &placement, const cv::Mat &ground);
/** white_ground: what a good wall gives, with its noise. */
cv::Mat white_ground (int width_px, int height_px, int seed);
/** placed_mesh: the landmarks where the composite has them. */
xs::Mesh placed_mesh (const Cutout &cutout, const Composite &composite);
/** light_face: a copy of a cutout whose face has this mean luminance (linear); light ones stay as they are. */
void light_face (Cutout &cutout, double luminance);
/** through_jpeg: what a file of that quality keeps. */
cv::Mat through_jpeg (const cv::Mat &rgb, int quality);
/** load_picture: CV_8UC3, R first; empty when it cannot be read. */
cv::Mat load_picture (const char *path);
/** frame_of: (transfer full): a copy. */
XsFrame *frame_of (const cv::Mat &rgb);
