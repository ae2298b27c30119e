/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-gaze.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace xs {

/* Round the opening of the lids from corner to corner; the first is the corner on the left of the picture. */
static const int n_lid = 16;
static const int eye_contours[2][n_lid] = {
  { 33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7 },
  { 362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382 },
};
static const int right_corner = 8, upper_lid = 4, lower_lid = 12;

static const float min_eye_width_px = 14;
/* Height of the opening by its width. */
static const float min_opening = 0.16f;
/* Eyes are searched at this width from corner to corner, in a view with some margin. */
static const int eye_width_px = 40;
static const int view_width_px = 48, view_height_px = 32;
/* By anatomy, in widths of the opening: the iris is 11.7 mm across, the opening 30 mm, the eyeball 24 mm. */
static const float iris_radius_px = 0.195f * eye_width_px;
static const float turn_radius_px = 0.40f * eye_width_px;
static const int reach_px = 14, reach_up_px = 10, reach_down_px = 6;
static const int glare_code = 235;
static const double max_glare_share = 0.2;
/* The iris must be darker than the rest of the opening by this much of its mean. */
static const float min_contrast = 0.12f;
/* How far above the middle between the corners the iris of someone who looks ahead is found: the lids hide some. */
static const float ahead_up_px = 4;

struct Pixel {
  int x, y;
  int code;
};

/* What is seen between the lids, in coordinates from the middle between the corners. */
static std::vector<Pixel>
read_opening (const cv::Mat &rgb, const std::array<cv::Point2f, n_lid> &lid)
{
  const cv::Point2f across = lid[right_corner] - lid[0], middle = (lid[right_corner] + lid[0]) * 0.5f;
  const float width = (float) cv::norm (across), scale = eye_width_px / width;
  const float cosine = across.x / width * scale, sine = across.y / width * scale;
  const cv::Matx23f to_view (cosine, sine, view_width_px / 2.f - cosine * middle.x - sine * middle.y, //
                             -sine, cosine, view_height_px / 2.f + sine * middle.x - cosine * middle.y);
  std::vector<cv::Point> outline;
  std::vector<Pixel> pixels;
  cv::Mat view, grey;

  cv::warpAffine (rgb, view, to_view, cv::Size (view_width_px, view_height_px), cv::INTER_LINEAR);
  cv::cvtColor (view, grey, cv::COLOR_RGB2GRAY);
  for (const cv::Point2f &point : lid)
    {
      const cv::Vec2f xy = to_view * cv::Vec3f (point.x, point.y, 1);
      outline.push_back (cv::Point (cvRound (xy[0]), cvRound (xy[1])));
    }
  cv::Mat mask = cv::Mat::zeros (grey.size (), CV_8U);
  cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ outline }, cv::Scalar (255));
  for (int y = 0; y < grey.rows; y++)
    {
      for (int x = 0; x < grey.cols; x++)
        {
          if (mask.at<uchar> (y, x) != 0)
            pixels.push_back ({ x - view_width_px / 2, y - view_height_px / 2, grey.at<uchar> (y, x) });
        }
    }
  return pixels;
}

/* The disc that best parts dark from bright, as Otsu would judge it; nothing when none is clearly dark. */
static std::optional<cv::Point2f>
find_iris (const std::vector<Pixel> &pixels)
{
  const float radius_squared = iris_radius_px * iris_radius_px;
  double total = 0, best = 0, weight = 0;
  cv::Point2f centre;
  std::vector<cv::Vec3f> scores;

  for (const Pixel &pixel : pixels)
    total += pixel.code;
  for (int v = -reach_up_px; v <= reach_down_px; v += 2)
    {
      for (int u = -reach_px; u <= reach_px; u++)
        {
          int n = 0, sum = 0;
          for (const Pixel &pixel : pixels)
            {
              const int dx = pixel.x - u, dy = pixel.y - v;
              const int inside = dx * dx + dy * dy <= radius_squared;
              n += inside;
              sum += inside * pixel.code;
            }
          const int rest = (int) pixels.size () - n;
          if (n < 20 || rest < 20)
            continue;
          const double contrast = ((total - sum) / rest - (double) sum / n) / (total / pixels.size ());
          if (contrast < min_contrast)
            continue;
          const double score = contrast * contrast * n * rest;
          scores.push_back (cv::Vec3f ((float) u, (float) v, (float) score));
          best = std::max (best, score);
        }
    }
  if (scores.empty ())
    return std::nullopt;
  for (const cv::Vec3f &score : scores)
    {
      if (score[2] < 0.93 * best)
        continue;
      centre += cv::Point2f (score[0], score[1]) * score[2];
      weight += score[2];
    }
  return centre / weight;
}

static std::optional<cv::Point2f>
read_eye (const cv::Mat &rgb, const Mesh &mesh, const int contour[n_lid])
{
  const cv::Rect2f picture (1, 1, rgb.cols - 2.f, rgb.rows - 2.f);
  std::array<cv::Point2f, n_lid> lid;

  for (int i = 0; i < n_lid; i++)
    {
      lid[i] = mesh.at (contour[i]);
      if (!picture.contains (lid[i]))
        return std::nullopt;
    }
  const float width = (float) cv::norm (lid[right_corner] - lid[0]);
  const float opening = (float) cv::norm (lid[upper_lid] - lid[lower_lid]);
  if (width < min_eye_width_px || opening < min_opening * width)
    return std::nullopt;

  const std::vector<Pixel> pixels = read_opening (rgb, lid);
  const auto glaring =
    std::count_if (pixels.begin (), pixels.end (), [] (const Pixel &p) { return p.code > glare_code; });
  if (pixels.size () < 60 || glaring > max_glare_share * pixels.size ())
    return std::nullopt;
  return find_iris (pixels);
}

Gaze
measure_gaze (const cv::Mat &rgb, const Mesh &mesh)
{
  const float degrees = 180 / (float) CV_PI;
  const float unknown = std::numeric_limits<float>::quiet_NaN ();
  cv::Point2f sum;
  int n = 0;

  for (const int (&contour)[n_lid] : eye_contours)
    {
      if (const std::optional<cv::Point2f> iris = read_eye (rgb, mesh, contour))
        {
          sum += *iris;
          n++;
        }
    }
  if (n == 0)
    return { unknown, unknown };
  sum /= n;
  return { std::asin (std::clamp (-sum.x / turn_radius_px, -1.f, 1.f)) * degrees,
           std::asin (std::clamp ((-sum.y - ahead_up_px) / turn_radius_px, -1.f, 1.f)) * degrees };
}

} // namespace xs
