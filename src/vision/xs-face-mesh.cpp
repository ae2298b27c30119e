/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-mesh.hpp"

#include <cmath>
#include <cstring>

#include <opencv2/imgproc.hpp>

#include "xs-models.hpp"

namespace xs {

static const int input_px = 192;
/* How much larger than the face's box the network's view is; MediaPipe's own value. */
static const float view_margin = 1.5f;

/* The mesh draws a turned head a little towards the front, and every head a little up: measured on 156 photos. */
static const double yaw_gain = 1.05, pitch_gain = 0.95, pitch_offset_deg = -1.7;

static const int outline_landmarks[] = { 10,  338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288,
                                         397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
                                         172, 58,  132, 93,  234, 127, 162, 21,  54,  103, 67,  109 };

cv::Point2f
Mesh::at (int landmark) const
{
  return cv::Point2f (points[landmark].x, points[landmark].y);
}

cv::Rect2f
Mesh::bounds () const
{
  float left = points[0].x, right = left, top = points[0].y, bottom = top;
  for (const cv::Point3f &point : points)
    {
      left = std::min (left, point.x);
      right = std::max (right, point.x);
      top = std::min (top, point.y);
      bottom = std::max (bottom, point.y);
    }
  return cv::Rect2f (left, top, right - left, bottom - top);
}

cv::Point2f
Mesh::left_eye_in_picture () const
{
  return (at (33) + at (133)) * 0.5f;
}

cv::Point2f
Mesh::right_eye_in_picture () const
{
  return (at (362) + at (263)) * 0.5f;
}

float
Mesh::eye_distance () const
{
  return (float) cv::norm (right_eye_in_picture () - left_eye_in_picture ());
}

float
Mesh::brow_chin () const
{
  return (float) cv::norm ((at (105) + at (334)) * 0.5f - at (152));
}

std::vector<cv::Point2f>
Mesh::outline () const
{
  std::vector<cv::Point2f> outline;
  for (int landmark : outline_landmarks)
    outline.push_back (at (landmark));
  return outline;
}

cv::Mat
cut_square (const cv::Mat &rgb, const Mesh &mesh, float margin, int side_px)
{
  const cv::Rect2f box = mesh.bounds ();
  const cv::Point2f centre = (box.tl () + box.br ()) * 0.5f;
  const float scale = side_px / (std::max (box.width, box.height) * margin);
  const cv::Matx23f map (scale, 0, side_px / 2.f - scale * centre.x, 0, scale, side_px / 2.f - scale * centre.y);
  cv::Mat square;

  cv::warpAffine (rgb, square, map, cv::Size (side_px, side_px));
  return square;
}

static void
centre_columns (cv::Mat &points)
{
  for (int column = 0; column < points.cols; column++)
    points.col (column) -= cv::mean (points.col (column))[0];
}

FaceMesh::FaceMesh (cv::dnn::Net network_, const std::string &canonical)
    : network (std::move (network_)), canonical_rigid (n_rigid, 3, CV_64F)
{
  std::vector<float> values (n_landmarks * 3);
  if (canonical.size () != values.size () * sizeof (float))
    throw Failure (XS_ERROR_MODEL, "The canonical face does not have 468 points");
  std::memcpy (values.data (), canonical.data (), canonical.size ());

  for (int i = 0; i < n_rigid; i++)
    {
      const float *point = &values[rigid_landmarks[i] * 3];
      canonical_rigid.at<double> (i, 0) = point[0];
      canonical_rigid.at<double> (i, 1) = -point[1];
      canonical_rigid.at<double> (i, 2) = -point[2];
    }
  centre_columns (canonical_rigid);
}

Mesh
FaceMesh::fit (const cv::Mat &rgb, cv::Point2f centre, float size, cv::Point2f eyes)
{
  const float scale = input_px / size;
  const float angle = std::atan2 (eyes.y, eyes.x);
  const float cosine = std::cos (angle) * scale, sine = std::sin (angle) * scale;
  const cv::Matx23f to_view (cosine, sine, input_px / 2.f - cosine * centre.x - sine * centre.y, //
                             -sine, cosine, input_px / 2.f + sine * centre.x - cosine * centre.y);
  cv::Mat view;
  cv::Matx23f to_picture;
  std::vector<cv::Mat> outputs;
  Mesh mesh;

  cv::warpAffine (rgb, view, to_view, cv::Size (input_px, input_px));
  network.setInput (cv::dnn::blobFromImage (view, 1 / 255.0));
  network.forward (outputs, std::vector<cv::String>{ "mesh", "flag" });
  CV_Assert (outputs[0].total () == n_landmarks * 3 && outputs[1].total () == 1);

  cv::invertAffineTransform (to_view, to_picture);
  const float *values = outputs[0].ptr<float> ();
  for (int i = 0; i < n_landmarks; i++)
    {
      const cv::Vec2f xy = to_picture * cv::Vec3f (values[3 * i], values[3 * i + 1], 1);
      mesh.points[i] = cv::Point3f (xy[0], xy[1], values[3 * i + 2] / scale);
    }
  mesh.confidence = logistic (outputs[1].ptr<float> ()[0]);
  return mesh;
}

Mesh
FaceMesh::fit (const cv::Mat &rgb, const Detection &detection)
{
  const cv::Rect2f &box = detection.box;
  return fit (rgb, (box.tl () + box.br ()) * 0.5f, std::max (box.width, box.height) * view_margin,
              detection.left_eye - detection.right_eye);
}

Mesh
FaceMesh::fit (const cv::Mat &rgb, const Mesh &earlier)
{
  const cv::Rect2f box = earlier.bounds ();
  return fit (rgb, (box.tl () + box.br ()) * 0.5f, std::max (box.width, box.height) * view_margin,
              earlier.right_eye_in_picture () - earlier.left_eye_in_picture ());
}

Pose
FaceMesh::pose (const Mesh &mesh) const
{
  const double degrees = 180 / CV_PI;
  cv::Mat points (n_rigid, 3, CV_64F);
  cv::Mat strengths, u, vt;

  for (int i = 0; i < n_rigid; i++)
    {
      const cv::Point3f &point = mesh.points[rigid_landmarks[i]];
      points.at<double> (i, 0) = point.x;
      points.at<double> (i, 1) = point.y;
      points.at<double> (i, 2) = point.z;
    }
  centre_columns (points);

  /* Kabsch: the nearest rotation, never a reflection. */
  cv::SVD::compute (points.t () * canonical_rigid, strengths, u, vt);
  cv::Mat handedness = cv::Mat::eye (3, 3, CV_64F);
  handedness.at<double> (2, 2) = cv::determinant (u * vt) < 0 ? -1 : 1;
  const cv::Matx33d rotation = cv::Mat (u * handedness * vt);

  return { (float) (std::asin (std::clamp (-rotation (2, 0), -1.0, 1.0)) * degrees * yaw_gain),
           (float) (-std::atan2 (rotation (2, 1), rotation (2, 2)) * degrees * pitch_gain + pitch_offset_deg),
           (float) (std::atan2 (rotation (1, 0), rotation (0, 0)) * degrees) };
}

} // namespace xs
