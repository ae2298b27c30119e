/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-cover.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "xs-face-patch.hpp"
#include "xs-models.hpp"

namespace xs {

static const float nan_value = std::numeric_limits<float>::quiet_NaN ();

/* Cheeks darker than this, in L* of 100, say nothing of colour or texture. */
static const float min_lightness = 10;
/* Darker than this, the shadow of the brow or of the hair steps as a hat does. */
static const float min_head_lightness = 21;
static const float max_lightness = 95;
/* Skin with less chroma than this is in a grey or nearly dark picture. */
static const float min_skin_chroma = 3;

/* A hat: what each rule takes to be enough. */
static const float brim_step = 0.34f;
static const float low_height = 0.12f;
static const float max_unevenness = 0.12f;
static const float pale_step = 0.3f;
static const float pale_lightness = 0.8f;
static const float pale_unevenness = 0.08f;
static const float odd_step = 0.25f;
static const float odd_chroma = 16;
static const float odd_lightness = 20;
/* Higher up the line may be the end of a bald head. */
static const float line_height = 0.4f;
/* Hair without a hat ends raggedly: no line across the forehead is stronger than this. */
static const float plain_step = 0.25f;

/* Glare: brightness against the skin below the eye, and of 255. */
static const double glare_contrast = 1.25;
static const double least_glare = 140;
static const double most_glare = 248;
/* Shares of the region round an eye: what the light in a pupil covers, and where a reviewer objects. */
static const float catch_light_share = 0.01f;
static const float limit_share = 0.05f;
static const int min_region_px = 200;

static const Landmarks under_eyes = { 117, 118, 50, 346, 347, 280 };
static const Landmarks beside_mouth = { 205, 425, 207, 427, 216, 436, 212, 432 };
static const Landmarks chin = { 199, 200, 18, 83, 313 };
static const Landmarks lips = { 37, 267, 0, 17, 84, 314, 40, 270, 91, 321 };
static const Landmarks mouth_line = { 13, 14, 78, 308, 81, 311, 178, 402, 87, 317 };
static const Landmarks above_lip = { 164, 167, 393 };
static const Landmarks nostrils = { 2, 97, 326, 98, 327, 60, 290 };
static const Landmarks nose = { 4, 1, 5 };
static const Landmarks brow_and_bridge = { 6, 9, 151 };
/* From below the eye down to the jaw: a mask's edge crosses them. */
static const Landmarks cheek_paths[2] = { { 118, 101, 36, 205, 207, 212 }, { 347, 330, 266, 425, 427, 432 } };
static const Landmarks brows = { 105, 334, 107, 336 };
/* From under the brow round the eye: the part of a lens that the eye is seen through. */
static const Landmarks eye_regions[2] = {
  { 226, 46, 53, 52, 65, 221, 244, 232, 120, 119, 118, 31 },
  { 446, 276, 283, 282, 295, 441, 464, 452, 349, 348, 347, 261 },
};

static float
chroma_distance (const Lab &a, const Lab &b)
{
  return std::hypot (a[1] - b[1], a[2] - b[2]);
}

static float
colour_distance (const Lab &a, const Lab &b)
{
  return std::hypot (a[0] - b[0], 2 * (a[1] - b[1]), 2 * (a[2] - b[2]));
}

/* What tells a bare mouth from a covered one. */
struct MouthSigns {
  float certainty;      /* logit of the mesh's confidence, which a hidden mouth costs most */
  float lip_redness;    /* a* of the lips above that of the skin round them */
  float mouth_edges;    /* log of the steepness along the line of the mouth */
  float chroma_change;  /* between the skin below the eyes and beside the mouth */
  float mouth_darkness; /* of the line of the mouth against the skin round it, negative when darker */
  float nostrils;       /* likewise of the nostrils against the nose */
  float cheek_step;     /* largest step on the way down the cheek, of the side with the smaller one */
};

static MouthSigns
read_mouth (const FacePatch &patch, const Mesh &mesh, const Lab &skin)
{
  const Lab low = patch.median (beside_mouth, 3);
  const Lab lip = patch.mean (lips, 1);
  const Lab nose_skin = patch.mean (nose, 3);
  const Lab around = (low + patch.median (chin, 3) + patch.mean (above_lip, 3)) / 3;
  float steps[2] = { 0, 0 };
  for (int side = 0; side < 2; side++)
    {
      const Landmarks &path = cheek_paths[side];
      for (size_t i = 1; i < path.size (); i++)
        steps[side] = std::max (steps[side], colour_distance (patch.mean (patch.at (path[i - 1]), 3),
                                                              patch.mean (patch.at (path[i]), 3)));
    }
  const double doubt = std::max (1 - (double) mesh.confidence, 1e-6);

  MouthSigns signs;
  signs.certainty = (float) std::log (std::max ((double) mesh.confidence, 1e-3) / doubt);
  signs.lip_redness = std::clamp (lip[1] - around[1], -5.f, 8.f);
  signs.mouth_edges = std::log ((patch.steepness (mouth_line) + 0.3f) / skin[0] * 20);
  signs.chroma_change = std::min (chroma_distance (low, skin), 20.f);
  signs.mouth_darkness = std::max ((patch.darkest (mouth_line) - around[0]) / std::max (around[0], 10.f), -0.8f);
  signs.nostrils = (patch.darkest (nostrils) - nose_skin[0]) / std::max (nose_skin[0], 10.f);
  signs.cheek_step = std::min (std::min (steps[0], steps[1]) / skin[0], 0.8f);
  return signs;
}

/* Logistic regression on photos with and without masks, each weighted so that no person outweighs the others. */
static float
mouth_odds (const MouthSigns &signs, bool grey)
{
  if (grey)
    return 4.68f - 0.52f * signs.certainty - 1.74f * signs.mouth_edges + 2.28f * signs.mouth_darkness
           + 2.18f * signs.nostrils + 8.18f * signs.cheek_step;
  return 3.58f - 0.47f * signs.certainty - 0.23f * signs.lip_redness - 1.3f * signs.mouth_edges
         + 0.188f * signs.chroma_change + 2.91f * signs.mouth_darkness + 2.13f * signs.nostrils
         + 4.07f * signs.cheek_step;
}

/* What lies above the brows: an even line across the forehead, and what is above that. */
struct HeadSigns {
  float step;       /* across the line, as a share of the lightness of the skin; NaN when the picture ends there */
  float height;     /* of the line above the top of the mesh, in eye distances */
  float lightness;  /* above it, as a share of that of the skin */
  float unevenness; /* of that lightness */
  float odd_chroma; /* how far the chroma above it lies from any that hair has in this light */
};

/* Where the forehead is looked over: columns across it, in eye distances from its middle. */
static const int n_columns = 13;
static const float half_width = 0.6f;
static const float top_height = 0.45f;
/* How far above the line it is looked what is there. */
static const float depth_above = 0.4f;
static const int step_rows = 4;
static const float chroma_weight = 1.5f;
static const int n_bends = 7, n_tilts = 3;
static const float line_bends[n_bends] = { -0.1f, 0, 0.1f, 0.2f, 0.3f, 0.45f, 0.6f };
static const float line_tilts[n_tilts] = { -0.08f, 0, 0.08f };
/* The line is as strong as this share of its columns exceeds. */
static const double line_share = 0.7;

/* The forehead upright, whatever the roll of the head; heights count from landmark 10 upwards. */
class Forehead
{
public:
  Forehead (const FacePatch &patch_, float lightness_)
      : patch (patch_), skin_lightness (lightness_), top (patch_.at (10))
  {
    right = (patch.at (362) + patch.at (263) - patch.at (33) - patch.at (133)) * 0.5f;
    right /= std::max ((float) cv::norm (right), 1.f);
    up = cv::Point2f (right.y, -right.x);
    lowest = -1000;
    for (int landmark : brows)
      lowest = std::max (lowest, (patch.at (landmark) - top).dot (up) + 4);
    n_rows = std::max (0, (int) (top_height * FacePatch::eye_distance_px - lowest));
  }

  static float
  column_x (int column)
  {
    return half_width * (2.f * column / (n_columns - 1) - 1);
  }
  cv::Point2f
  place (int column, float height_px) const
  {
    return top + right * (column_x (column) * FacePatch::eye_distance_px) + up * height_px;
  }
  bool
  visible () const
  {
    const float highest_px = top_height * FacePatch::eye_distance_px;
    return n_rows > step_rows + 2 && patch.contains (place (0, highest_px))
           && patch.contains (place (n_columns - 1, highest_px)) && patch.contains (place (0, lowest))
           && patch.contains (place (n_columns - 1, lowest));
  }
  HeadSigns read (const Lab &skin) const;

private:
  float find_line (float heights_px[n_columns]) const;

  const FacePatch &patch;
  float skin_lightness;
  cv::Point2f top, right, up;
  float lowest;
  int n_rows;
};

/* The line, straight or evenly bent, across which colour changes most all along; its strength. */
float
Forehead::find_line (float heights_px[n_columns]) const
{
  std::vector<std::array<Lab, n_columns>> cells (n_rows);
  std::vector<std::array<float, n_columns>> steps (n_rows - step_rows);
  float best = -1;

  for (int row = 0; row < n_rows; row++)
    {
      for (int column = 0; column < n_columns; column++)
        cells[row][column] = patch.mean (place (column, lowest + row), 1);
    }
  for (size_t row = 0; row < steps.size (); row++)
    {
      for (int column = 0; column < n_columns; column++)
        {
          const Lab change = cells[row][column] - cells[row + step_rows][column];
          steps[row][column] = std::hypot (change[0], chroma_weight * change[1], chroma_weight * change[2]);
        }
    }

  for (float bend : line_bends)
    {
      for (float tilt : line_tilts)
        {
          int offsets[n_columns];
          for (int column = 0; column < n_columns; column++)
            {
              const float x = column_x (column);
              offsets[column] = cvRound ((tilt * x - bend * x * x) * FacePatch::eye_distance_px);
            }
          for (int row = 0; row < (int) steps.size (); row++)
            {
              float along[n_columns];
              int n = 0;
              for (int column = 0; column < n_columns; column++)
                {
                  const int at = row + offsets[column];
                  if (at >= 0 && at < (int) steps.size ())
                    along[n++] = steps[at][column];
                }
              if (n < n_columns - 2)
                continue;
              float *weakest = along + (int) ((1 - line_share) * (n - 1) + 0.5);
              std::nth_element (along, weakest, along + n);
              if (*weakest <= best)
                continue;
              best = *weakest;
              for (int column = 0; column < n_columns; column++)
                heights_px[column] = lowest + row + offsets[column] + step_rows / 2.f;
            }
        }
    }
  return best;
}

HeadSigns
Forehead::read (const Lab &skin) const
{
  float heights_px[n_columns] = { 0 };
  std::vector<Lab> above;
  HeadSigns signs;

  signs.step = find_line (heights_px) / skin_lightness;
  for (int column : { 2, n_columns - 3 })
    {
      if (!patch.contains (place (column, heights_px[column] + depth_above * FacePatch::eye_distance_px)))
        signs.step = nan_value;
    }
  signs.height = heights_px[n_columns / 2] / FacePatch::eye_distance_px;
  for (int column = 2; column < n_columns - 2; column++)
    {
      for (float higher = 0.1f; higher < depth_above + 0.01f; higher += 0.05f)
        above.push_back (patch.mean (place (column, heights_px[column] + higher * FacePatch::eye_distance_px), 2));
    }
  const Lab colour = median_of (above);
  double sum = 0, square_sum = 0;
  for (const Lab &lab : above)
    {
      sum += lab[0];
      square_sum += lab[0] * lab[0];
    }
  sum /= above.size ();
  signs.lightness = colour[0] / skin_lightness;
  signs.unevenness = (float) std::sqrt (std::max (0., square_sum / above.size () - sum * sum)) / skin_lightness;

  /* Hair, like skin, is coloured by melanin: somewhere between grey and the hue of the skin. */
  const float chroma = std::hypot (skin[1], skin[2]);
  const float along = (colour[1] * skin[1] + colour[2] * skin[2]) / std::max (chroma, 1.f);
  const float across = (colour[2] * skin[1] - colour[1] * skin[2]) / std::max (chroma, 1.f);
  signs.odd_chroma = std::hypot (across, along - std::clamp (along, 0.f, std::max (1.5f * chroma, 25.f)));
  return signs;
}

/* A rule counts as much as its weakest condition; each ratio is 1 at its limit. */
static float
weakest (std::initializer_list<float> ratios)
{
  return std::clamp (std::min (ratios) / 2, 0.f, 1.f);
}

static float
judge_head (const HeadSigns &signs, float skin_lightness, bool grey)
{
  if (std::isnan (signs.step))
    return nan_value;
  const float evenness = 2 - signs.unevenness / max_unevenness;
  /* Hair that ends in one even line from temple to temple does so higher up. */
  const float low = weakest ({ signs.step / brim_step, 1 + (low_height - signs.height) / 0.3f, evenness });
  const float pale = weakest ({ signs.step / pale_step, signs.lightness / pale_lightness,
                                1.5f - signs.unevenness / (2 * pale_unevenness), 1 + (line_height - signs.height) });
  const float odd = weakest ({ signs.step / odd_step, signs.odd_chroma / odd_chroma,
                               signs.lightness * skin_lightness / odd_lightness, 1 + (line_height - signs.height) });
  const float covered = grey ? low : std::max ({ low, pale, odd });
  if (covered >= 0.5f)
    return covered;
  /* Dark hair with an even edge and a dark cap look the same. */
  return signs.step < plain_step ? covered : nan_value;
}

/* Share of what is seen through one lens that shines; 0 … 1. */
static float
shining_share (const FacePatch &patch, const Landmarks &region, const Landmarks &skin)
{
  std::vector<cv::Point> outline;
  cv::Mat mask, shining, darkest;
  std::vector<cv::Mat> channels;

  for (int landmark : region)
    outline.push_back (cv::Point (patch.at (landmark)));
  const cv::Rect box = cv::boundingRect (outline) & cv::Rect (0, 0, patch.rgb.cols, patch.rgb.rows);
  for (cv::Point &point : outline)
    point -= box.tl ();
  mask = cv::Mat::zeros (box.size (), CV_8U);
  cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ outline }, cv::Scalar (255));
  const int whole = cv::countNonZero (mask);
  if (whole < min_region_px)
    return nan_value;

  const float skin_lightness = patch.median (skin, 3)[0];
  if (skin_lightness > max_lightness)
    return nan_value;

  /* The least of the three channels is high only where it is both bright and without colour. */
  cv::split (patch.rgb (box), channels);
  cv::min (channels[0], channels[1], darkest);
  cv::min (darkest, channels[2], darkest);
  /* Light from the front or the side makes the bridge of the nose and the brow brighter than the cheek. */
  double brightest_skin = skin_lightness;
  for (int landmark : brow_and_bridge)
    brightest_skin = std::max (brightest_skin, (double) patch.mean (patch.at (landmark), 3)[0]);
  const double skin_code = brightest_skin * 2.55;
  shining = darkest > std::min (std::max (skin_code * glare_contrast, least_glare), most_glare);
  cv::morphologyEx (shining, shining, cv::MORPH_OPEN, cv::Mat::ones (3, 3, CV_8U));
  cv::bitwise_and (shining, mask, shining);
  return (float) cv::countNonZero (shining) / whole;
}

static float
judge_glare (const FacePatch &patch)
{
  float worst = 0;

  for (int side = 0; side < 2; side++)
    {
      if (!patch.contains (eye_regions[side]))
        return nan_value;
      const Landmarks skin (under_eyes.begin () + 3 * side, under_eyes.begin () + 3 * side + 3);
      const float share = shining_share (patch, eye_regions[side], skin);
      if (std::isnan (share))
        return nan_value;
      worst = std::max (worst, share);
    }
  return std::clamp ((worst - catch_light_share) / (limit_share - catch_light_share) / 2, 0.f, 1.f);
}

FaceCover
measure_cover (const cv::Mat &rgb, const Mesh &mesh)
{
  FaceCover cover = { nan_value, nan_value, nan_value };
  const FacePatch patch (rgb, mesh);

  if (!patch.usable () || !patch.contains (under_eyes))
    return cover;
  const Lab skin = patch.median (under_eyes, 3);
  if (skin[0] < min_lightness)
    return cover;
  const bool grey = std::hypot (skin[1], skin[2]) < min_skin_chroma;

  if (patch.contains (chin) && patch.contains (beside_mouth))
    cover.mouth_covered = logistic (mouth_odds (read_mouth (patch, mesh, skin), grey));
  const Forehead forehead (patch, skin[0]);
  if (skin[0] >= min_head_lightness && forehead.visible ())
    cover.head_covered = judge_head (forehead.read (skin), skin[0], grey);
  cover.eye_glare = judge_glare (patch);
  return cover;
}

} // namespace xs
