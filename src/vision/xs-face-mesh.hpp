/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <array>
#include <string>

#include <opencv2/dnn.hpp>

#include "xs-face-detector.hpp"

namespace xs {

constexpr int n_landmarks = 468;

/* Landmarks that hardly move with expression: bridge and tip of the nose, eye corners, brows, temples, jaw. */
constexpr int rigid_landmarks[] = { 1,   4,  5,   6,   10,  33, 61,  133, 152, 168, 199, 263, 291, 362, 70,  105, 300,
                                    334, 54, 284, 234, 454, 93, 323, 132, 361, 58,  288, 172, 397, 136, 365, 127, 356 };
constexpr int n_rigid = sizeof rigid_landmarks / sizeof *rigid_landmarks;

/** Pose: angles in degrees, signed as in XsObservation. */
struct Pose {
  float yaw_deg;
  float pitch_deg;
  float roll_deg;
};

/** Mesh: MediaPipe's face landmarks in pixels of the picture; z grows away from the camera. */
struct Mesh {
  std::array<cv::Point3f, n_landmarks> points;
  float confidence; /* that this is a face, 0 … 1 */

  cv::Point2f at (int landmark) const;
  cv::Rect2f bounds () const;
  /* Between the corners of the eye on that side of the picture. */
  cv::Point2f left_eye_in_picture () const;
  cv::Point2f right_eye_in_picture () const;
  float eye_distance () const;
  /* From the middle of the brow line to the chin. */
  float brow_chin () const;
  /* The outline of the face, for masks. */
  std::vector<cv::Point2f> outline () const;
};

/**
 * cut_square: the square round the face's box, @margin times its longer side, scaled to @side_px; black where the
 * picture ends.
 */
cv::Mat cut_square (const cv::Mat &rgb, const Mesh &mesh, float margin, int side_px);

/** FaceMesh: fits landmarks to a face whose place is roughly known. */
class FaceMesh
{
public:
  /** @canonical: contents of canonical468.bin */
  FaceMesh (cv::dnn::Net network, const std::string &canonical);

  Mesh fit (const cv::Mat &rgb, const Detection &detection);
  /** fit: from the mesh of an earlier frame. */
  Mesh fit (const cv::Mat &rgb, const Mesh &earlier);

  /** pose: by the rotation that lays the canonical face onto the mesh; about 2 degrees from the truth. */
  Pose pose (const Mesh &mesh) const;

private:
  Mesh fit (const cv::Mat &rgb, cv::Point2f centre, float size, cv::Point2f eyes);

  cv::dnn::Net network;
  cv::Mat canonical_rigid; /* rigid points of the canonical face, centred, axes as in pictures */
};

} // namespace xs
