/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/core.hpp>

#include "xs-face-mesh.hpp"

namespace xs {

/** to_lab: CIE L* 0 … 100, a*, b* of 8-bit RGB, as CV_32FC3. */
cv::Mat to_lab (const cv::Mat &rgb);

/**
 * Ground: what is behind the person of a portrait, told from them by its colour and its smoothness. Lightness is
 * CIE L*, 0 … 100; what cannot be measured is NaN.
 */
struct Ground {
  cv::Mat lab;      /* CV_32FC3: L*, a*, b* of the picture, slightly smoothed */
  cv::Mat mask;     /* CV_8U: 255 where it is ground */
  cv::Mat distance; /* CV_32F: colour distance to the ground as it is at the border, continued inwards */
  bool is_plain;    /* the person's outline can be told from it */
  float lightness;  /* median L* */
  float chroma;     /* of the median colour: 0 is grey or white */
  float spread;     /* L*: how much the lightest and the darkest parts away from the head differ */
  float shadow;     /* L*: how much the darkest part of the ground is darker than the rest; rims are left out */
};

/** find_ground: of @rgb, a portrait with the face @mesh. */
Ground find_ground (const cv::Mat &rgb, const Mesh &mesh);

/** Length: in pixels, with what it may be wrong by (about two standard deviations). NaN when not measured. */
struct Length {
  float value;
  float uncertainty;
};

/**
 * HeadOutline: the head with hair and ears. Sides are where it is widest between crown and nose: what lies lower may
 * be long hair or shoulders.
 */
struct HeadOutline {
  Length left, right; /* x */
  Length crown;       /* y of the top of the hair */
  Length chin;        /* y */
  bool by_outline;    /* measured on the silhouette; otherwise estimated from the face's proportions */
};

/** measure_head: by the silhouette where the ground is plain, else from the proportions of faces. */
HeadOutline measure_head (const Ground &ground, const Mesh &mesh);

} // namespace xs
