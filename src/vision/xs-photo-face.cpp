/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-face.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "xs-face-cover.hpp"
#include "xs-photo-ground.hpp"

namespace xs {

static const float nan_value = std::numeric_limits<float>::quiet_NaN ();

/* The copy: eyes level, this far apart, here. */
static const float eye_px = 64;
static const int copy_width = 256, copy_height = 320;
static const cv::Point2f eyes_middle (128, 150);

/* Of the left side of the picture, then of the right. Upper rims of the brows, outer end first. */
static const int brow_rims[2][5] = { { 70, 63, 105, 66, 107 }, { 300, 293, 334, 296, 336 } };
static const int eye_corners[2][2] = { { 33, 133 }, { 263, 362 } };
static const int cheeks[2] = { 50, 280 };
/* Beside the ear, from brow to nose. */
static const int sides[2][4] = { { 127, 234, 93, 132 }, { 356, 454, 323, 361 } };

/* Colours of skin in CIE a*, b*: the interval of OFIQ's NaturalColour. */
static const float skin_a_min = 5, skin_a_max = 25, skin_b_min = 5, skin_b_max = 35;
/* Nothing in an eye is as bright in all three channels but what mirrors a lamp. */
static const int glare_code = 225;

/* FaceCover's own limit. */
static const float sure_cover = 0.5f;

struct Copy {
  cv::Mat rgb;    /* CV_8UC3 */
  cv::Mat lab;    /* CV_32FC3 */
  cv::Mat person; /* CV_8U: 255 where the picture is and no ground */
  Mesh mesh;
  cv::Vec3f skin[2]; /* L*a*b* of the cheeks */
};

static cv::Mat
polygon_mask (const std::vector<cv::Point2f> &points)
{
  cv::Mat mask = cv::Mat::zeros (copy_height, copy_width, CV_8U);
  std::vector<cv::Point> rounded;
  for (const cv::Point2f &point : points)
    rounded.push_back (point);
  cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ rounded }, cv::Scalar (255));
  return mask;
}

static cv::Rect
square (cv::Point2f centre, float side)
{
  return cv::Rect (cvRound (centre.x - side / 2), cvRound (centre.y - side / 2), cvRound (side), cvRound (side))
         & cv::Rect (0, 0, copy_width, copy_height);
}

static Copy
make_copy (const cv::Mat &rgb, const cv::Mat &ground_mask, const Mesh &mesh)
{
  const cv::Point2f left = mesh.left_eye_in_picture (), right = mesh.right_eye_in_picture ();
  const cv::Point2f middle = (left + right) * 0.5f, across = right - left;
  const double scale = eye_px / cv::norm (across), angle = std::atan2 (across.y, across.x);
  const double c = std::cos (angle) * scale, s = std::sin (angle) * scale;
  const cv::Matx23d map (c, s, eyes_middle.x - c * middle.x - s * middle.y, //
                         -s, c, eyes_middle.y + s * middle.x - c * middle.y);
  cv::Mat source = rgb, not_ground = 255 - ground_mask;
  Copy copy;

  if (scale < 0.75)
    cv::GaussianBlur (rgb, source, cv::Size (), 0.4 / scale);
  cv::warpAffine (source, copy.rgb, map, cv::Size (copy_width, copy_height), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::warpAffine (not_ground, copy.person, map, copy.rgb.size (), cv::INTER_NEAREST, cv::BORDER_CONSTANT);
  copy.lab = to_lab (copy.rgb);
  copy.mesh = mesh;
  for (cv::Point3f &point : copy.mesh.points)
    {
      const cv::Vec2d moved = map * cv::Vec3d (point.x, point.y, 1);
      point = cv::Point3f ((float) moved[0], (float) moved[1], point.z * (float) scale);
    }
  for (int i = 0; i < 2; i++)
    {
      const cv::Scalar mean = cv::mean (copy.lab (square (copy.mesh.at (cheeks[i]), eye_px * 0.3f)));
      copy.skin[i] = cv::Vec3f ((float) mean[0], (float) mean[1], (float) mean[2]);
    }
  return copy;
}

/* Lightness varies over a face with its shape: it counts less than hue. */
static bool
is_skin (const Copy &copy, int x, int y, int side)
{
  const cv::Vec3f difference = copy.lab.at<cv::Vec3f> (y, x) - copy.skin[side];
  return std::hypot (difference[0] / 2.0f, difference[1], difference[2]) < 13;
}

static float
skin_share (const Copy &copy, const cv::Mat &mask, int side)
{
  int n = 0, n_skin = 0;
  for (int y = 0; y < copy_height; y++)
    {
      for (int x = 0; x < copy_width; x++)
        {
          if (!mask.at<uchar> (y, x))
            continue;
          n++;
          n_skin += copy.person.at<uchar> (y, x) && is_skin (copy, x, y, side);
        }
    }
  return n == 0 ? nan_value : (float) n_skin / (float) n;
}

/* The band from @low to @high (in eye distances) above the brow on @side. */
static cv::Mat
above_brow (const Copy &copy, int side, float low, float high)
{
  std::vector<cv::Point2f> band;
  for (int landmark : brow_rims[side])
    band.push_back (copy.mesh.at (landmark) - cv::Point2f (0, low * eye_px));
  for (int i = 4; i >= 0; i--)
    band.push_back (copy.mesh.at (brow_rims[side][i]) - cv::Point2f (0, high * eye_px));
  return polygon_mask (band);
}

/* Ears are redder than cheeks and often in their own shade: hue and some light make them skin. */
static bool
is_ear (const Copy &copy, int x, int y, int side)
{
  const cv::Vec3f value = copy.lab.at<cv::Vec3f> (y, x), &skin = copy.skin[side];
  const float chroma = std::hypot (value[1], value[2]), skin_chroma = std::hypot (skin[1], skin[2]);
  const float along = (value[1] * skin[1] + value[2] * skin[2]) / std::max (1e-3f, chroma * skin_chroma);
  return value[0] > 0.45f * skin[0] && chroma > 0.4f * skin_chroma && along > 0.8f;
}

/* Share of the height of the ear at which nothing but skin is beside the face: ears that lie flat show little. */
static float
measure_ear (const Copy &copy, int side)
{
  const int sign = side == 0 ? -1 : 1;
  const int from = cvRound (copy.mesh.at (sides[side][0]).y), to = cvRound (copy.mesh.at (sides[side][3]).y);
  int n = 0, n_covered = 0;

  for (int y = std::max (0, from); y < std::min (copy_height, to); y++)
    {
      /* The rim of the face at this height. */
      float rim = copy.mesh.at (sides[side][0]).x;
      for (int i = 0; i < 3; i++)
        {
          const cv::Point2f a = copy.mesh.at (sides[side][i]), b = copy.mesh.at (sides[side][i + 1]);
          if (a.y <= (float) y && (float) y <= b.y && b.y > a.y)
            rim = a.x + (b.x - a.x) * ((float) y - a.y) / (b.y - a.y);
        }
      int n_ear = 0, n_other = 0;
      for (int step = 2; step < cvRound (eye_px * 0.4f); step++)
        {
          const int x = cvRound (rim) + sign * step;
          if (x < 0 || x >= copy_width || !copy.person.at<uchar> (y, x))
            continue;
          n_ear += is_ear (copy, x, y, side);
          n_other += !is_ear (copy, x, y, side);
        }
      n++;
      n_covered += n_ear < 3 && n_other > 5;
    }
  return n == 0 ? nan_value : 1 - (float) n_covered / (float) n;
}

static float
measure_glare (const Copy &copy, int side)
{
  const cv::Point2f a = copy.mesh.at (eye_corners[side][0]), b = copy.mesh.at (eye_corners[side][1]);
  const cv::Point2f centre = (a + b) * 0.5f;
  const float width = (float) cv::norm (a - b) * 1.7f;
  const cv::Rect place = cv::Rect (cvRound (centre.x - width / 2), cvRound (centre.y - width * 0.3f), cvRound (width),
                                   cvRound (width * 0.6f))
                         & cv::Rect (0, 0, copy_width, copy_height);
  int n_bright = 0;

  for (int y = place.y; y < place.br ().y; y++)
    {
      for (int x = place.x; x < place.br ().x; x++)
        {
          const cv::Vec3b value = copy.rgb.at<cv::Vec3b> (y, x);
          n_bright += std::min ({ value[0], value[1], value[2] }) > glare_code;
        }
    }
  return place.empty () ? nan_value : (float) n_bright / (float) place.area ();
}

static void
measure_colour (const Copy &copy, const cv::Mat &face, FaceTraits &traits)
{
  cv::Mat planes[3], chroma;

  cv::split (copy.lab, planes);
  cv::magnitude (planes[1], planes[2], chroma);
  if (cv::countNonZero (face) > 0)
    traits.colour = (float) cv::mean (chroma, face)[0];

  const cv::Vec3f skin = (copy.skin[0] + copy.skin[1]) * 0.5f;
  const float a = std::max ({ 0.f, skin_a_min - skin[1], skin[1] - skin_a_max });
  const float b = std::max ({ 0.f, skin_b_min - skin[2], skin[2] - skin_b_max });
  traits.skin_cast = std::hypot (a, b);
}

/* Whether most of what is above the forehead is neither grey, black, brown, red nor blond. */
static bool
has_colour_of_no_hair (const Copy &copy)
{
  const cv::Rect above = cv::Rect (cvRound (eyes_middle.x - eye_px), 0, cvRound (2 * eye_px),
                                   std::max (0, cvRound (copy.mesh.at (10).y - 0.1f * eye_px)))
                         & cv::Rect (0, 0, copy_width, copy_height);
  int n = 0, n_other = 0;

  for (int y = above.y; y < above.br ().y; y++)
    {
      for (int x = above.x; x < above.br ().x; x++)
        {
          if (!copy.person.at<uchar> (y, x))
            continue;
          const cv::Vec3f value = copy.lab.at<cv::Vec3f> (y, x);
          const float chroma = std::hypot (value[1], value[2]);
          const double hue = std::atan2 (value[2], value[1]) * 180 / CV_PI;
          n++;
          n_other += (chroma > 18 && (hue < 15 || hue > 100)) || chroma > 48;
        }
    }
  return n > 100 && n_other * 2 > n;
}

static float
measure_covering (const Copy &copy, float head_covered)
{
  if (has_colour_of_no_hair (copy) || head_covered >= sure_cover)
    return 1;
  /* Caps come down to the brows; so does a fringe, which is no better. */
  return 1
         - std::max (skin_share (copy, above_brow (copy, 0, 0.25f, 0.5f), 0),
                     skin_share (copy, above_brow (copy, 1, 0.25f, 0.5f), 1));
}

FaceTraits
measure_traits (const cv::Mat &rgb, const cv::Mat &ground_mask, const Mesh &mesh)
{
  FaceTraits traits;
  std::fill_n (&traits.head_covering, sizeof traits / sizeof (float), nan_value);
  if (!(mesh.eye_distance () > 8))
    return traits;

  const Copy copy = make_copy (rgb, ground_mask, mesh);
  traits.head_covering = measure_covering (copy, measure_cover (rgb, mesh).head_covered);
  traits.ears = std::min (measure_ear (copy, 0), measure_ear (copy, 1));
  traits.brows = std::min (skin_share (copy, above_brow (copy, 0, 0.06f, 0.2f), 0),
                           skin_share (copy, above_brow (copy, 1, 0.06f, 0.2f), 1));
  traits.glare = std::max (measure_glare (copy, 0), measure_glare (copy, 1));
  measure_colour (copy, polygon_mask (copy.mesh.outline ()), traits);
  return traits;
}

} // namespace xs
