/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <vector>

#include <opencv2/dnn.hpp>

namespace xs {

/** Detection: where a face may be, in pixels of the picture. */
struct Detection {
  cv::Rect2f box;
  cv::Point2f right_eye; /* the subject's right, so left in the picture */
  cv::Point2f left_eye;
  float score; /* 0 … 1 */
};

/**
 * FaceDetector: MediaPipe's short-range BlazeFace. Fast and sensitive, but it also fires on things that are no
 * faces: each detection is to be confirmed by FaceMesh.
 */
class FaceDetector
{
public:
  explicit FaceDetector (cv::dnn::Net network);

  /**
   * detect: faces in @region of @rgb, best first. Finds faces from about an eighth of the region's longer side.
   * @region: must lie inside the picture
   */
  std::vector<Detection> detect (const cv::Mat &rgb, const cv::Rect &region);

private:
  cv::dnn::Net network;
};

} // namespace xs
