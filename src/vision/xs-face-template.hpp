/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <opencv2/dnn.hpp>

#include "xs-face-mesh.hpp"
#include "xs-vision.h"

namespace xs {

/**
 * align_face: the face, turned, scaled and shifted so that eyes, nose and corners of the mouth come nearest to where
 * they lie in the pictures FaceEmbedder was trained on; 112 px square, black where the picture ends.
 */
cv::Mat align_face (const cv::Mat &rgb, const Mesh &mesh);

/** FaceEmbedder: a face as a unit vector that is near for photos of one person. */
class FaceEmbedder
{
public:
  explicit FaceEmbedder (cv::dnn::Net network);

  /** embed: what changes its results raises XS_TEMPLATE_RECIPE in xs-template-file.cpp. About 13 ms. */
  XsTemplate embed (const cv::Mat &rgb, const Mesh &mesh);

private:
  cv::dnn::Net network;
};

/** template_cosine: -1 … 1. */
float template_cosine (const XsTemplate &a, const XsTemplate &b);

} // namespace xs
