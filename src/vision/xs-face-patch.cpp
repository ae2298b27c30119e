/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-patch.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace xs {

static const float min_eye_distance_px = 20;
/* How far above the mesh, in eye distances, a hat is looked for. */
static const float head_room = 1.f;
static const float crown_width = 1.5f;

FacePatch::FacePatch (const cv::Mat &picture, const Mesh &mesh)
{
  const float eyes = mesh.eye_distance ();
  const float scale = eye_distance_px / eyes;
  /* The head goes on above the mesh in the direction that is up for the face. */
  const cv::Point2f right = mesh.right_eye_in_picture () - mesh.left_eye_in_picture ();
  const cv::Point2f crown = mesh.at (10) + cv::Point2f (right.y, -right.x) * head_room;
  const cv::Size2f crown_size (crown_width * eyes, 1);
  const cv::Rect2f bounds = mesh.bounds () | cv::Rect2f (crown - cv::Point2f (crown_size.width / 2, 0), crown_size);
  const cv::Rect inside = cv::Rect (bounds) & cv::Rect (0, 0, picture.cols, picture.rows);
  const cv::Size size (cvRound (inside.width * scale), cvRound (inside.height * scale));
  /* A face seen from the side has its eyes close together: no use blowing it up. */
  const int largest_px = cvCeil (eye_distance_px * 7);

  if (eyes < min_eye_distance_px || size.width < 8 || size.height < 8 || size.width > largest_px
      || size.height > largest_px)
    return;
  cv::resize (picture (inside), rgb, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::cvtColor (rgb, lab, cv::COLOR_RGB2Lab);
  points.reserve (n_landmarks);
  for (int i = 0; i < n_landmarks; i++)
    points.push_back ((mesh.at (i) - cv::Point2f (inside.tl ())) * scale);
}

bool
FacePatch::contains (cv::Point2f point) const
{
  return point.x >= 2 && point.y >= 2 && point.x < lab.cols - 2 && point.y < lab.rows - 2;
}

bool
FacePatch::contains (const Landmarks &landmarks) const
{
  return std::all_of (landmarks.begin (), landmarks.end (), [this] (int i) { return contains (points[i]); });
}

Lab
FacePatch::mean (cv::Point2f point, int radius) const
{
  const int x0 = std::clamp (cvRound (point.x), 0, lab.cols - 1), y0 = std::clamp (cvRound (point.y), 0, lab.rows - 1);
  int sum[3] = { 0, 0, 0 }, n = 0;

  for (int y = std::max (0, y0 - radius); y <= std::min (lab.rows - 1, y0 + radius); y++)
    {
      const cv::Vec3b *row = lab.ptr<cv::Vec3b> (y);
      for (int x = std::max (0, x0 - radius); x <= std::min (lab.cols - 1, x0 + radius); x++, n++)
        {
          for (int c = 0; c < 3; c++)
            sum[c] += row[x][c];
        }
    }
  return Lab (sum[0] * 100.f / 255 / n, (float) sum[1] / n - 128, (float) sum[2] / n - 128);
}

Lab
FacePatch::mean (const Landmarks &landmarks, int radius) const
{
  Lab sum (0, 0, 0);
  for (int i : landmarks)
    sum += mean (points[i], radius);
  return sum / (float) landmarks.size ();
}

float
quantile (std::vector<float> values, double share)
{
  auto at = values.begin () + (size_t) (share * (values.size () - 1) + 0.5);
  std::nth_element (values.begin (), at, values.end ());
  return *at;
}

Lab
median_of (const std::vector<Lab> &colours)
{
  Lab median;
  std::vector<float> values (colours.size ());
  for (int c = 0; c < 3; c++)
    {
      std::transform (colours.begin (), colours.end (), values.begin (), [c] (const Lab &lab) { return lab[c]; });
      median[c] = quantile (values, 0.5);
    }
  return median;
}

Lab
FacePatch::median (const Landmarks &landmarks, int radius) const
{
  std::vector<Lab> colours;
  for (int i : landmarks)
    colours.push_back (mean (points[i], radius));
  return median_of (colours);
}

float
FacePatch::darkest (const Landmarks &landmarks) const
{
  float least = 100;
  for (int i : landmarks)
    least = std::min (least, mean (points[i], 1)[0]);
  return least;
}

float
FacePatch::steepness (const Landmarks &landmarks) const
{
  int sum = 0, n = 0;

  for (int i : landmarks)
    {
      const int x0 = cvRound (points[i].x), y0 = cvRound (points[i].y);
      for (int y = std::max (1, y0 - 2); y <= std::min (lab.rows - 2, y0 + 2); y++)
        {
          const cv::Vec3b *above = lab.ptr<cv::Vec3b> (y - 1), *below = lab.ptr<cv::Vec3b> (y + 1);
          for (int x = std::max (1, x0 - 2); x <= std::min (lab.cols - 2, x0 + 2); x++, n++)
            sum += std::abs (below[x - 1][0] + 2 * below[x][0] + below[x + 1][0] - above[x - 1][0] - 2 * above[x][0]
                             - above[x + 1][0]);
        }
    }
  return n == 0 ? 0 : sum * (100.f / 255) / 8 / n;
}

} // namespace xs
