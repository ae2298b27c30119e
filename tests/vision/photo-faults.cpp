/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo-faults.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "xs-face-quality.hpp"

using namespace xs;

static const int good_quality = 90, poor_quality = 72;

double
good_length_mm (const Cutout &cutout)
{
  const double shape = cutout.head.width / cutout.head.height;
  const double low = std::max (19.5, 14.4 / shape), high = std::min (21.5, 15.6 / shape);
  return low <= high ? (low + high) / 2 : 0;
}

static Placement
good_placement (const Cutout &cutout, int seed)
{
  Placement placement;
  const double length = good_length_mm (cutout);
  cv::RNG chance ((uint64) seed * 104729 + 3);
  placement.head_length_mm = length > 0 ? length : 20.5;
  placement.crown_mm = chance.uniform (1.15, 1.4);
  placement.shift_mm = chance.uniform (-0.4, 0.4);
  return placement;
}

static Sample
finish (const Composite &composite, int seed, gsize file_bytes = 0)
{
  return { through_jpeg (composite.rgb, seed % 2 == 0 ? good_quality : poor_quality), composite.head_mm, file_bytes };
}

static Sample
placed (const Cutout &cutout, const Placement &placement, int seed, gsize file_bytes = 0)
{
  return finish (compose (cutout, placement, white_ground (placement.width_px, placement.height_px, seed)), seed,
                 file_bytes);
}

Sample
good_sample (const Cutout &cutout, int seed)
{
  return placed (cutout, good_placement (cutout, seed), seed);
}

/* The good photo before JPEG, to be spoilt. */
static Composite
good_composite (const Cutout &cutout, int seed)
{
  const Placement placement = good_placement (cutout, seed);
  return compose (cutout, placement, white_ground (placement.width_px, placement.height_px, seed));
}

static Sample
on_ground (const Cutout &cutout, int seed, const cv::Mat &ground)
{
  return finish (compose (cutout, good_placement (cutout, seed), ground), seed);
}

/* Maps linear light by @gain for each channel, with what is too much cut off. */
static void
expose (cv::Mat &rgb, const cv::Vec3d &gain)
{
  cv::Mat table (1, 256, CV_8UC3);
  for (int i = 0; i < 256; i++)
    for (int c = 0; c < 3; c++)
      table.at<cv::Vec3b> (i)[c] =
        cv::saturate_cast<uchar> (255 * std::pow (std::pow (i / 255.0, 2.2) * gain[c], 1 / 2.2));
  cv::LUT (rgb, table, rgb);
}

// Where the head is

static Sample
too_large (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.head_length_mm = 23.2;
  return placed (cutout, placement, seed);
}

static Sample
too_small (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.head_length_mm = 17.6;
  return placed (cutout, placement, seed);
}

static Sample
too_wide (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.head_length_mm = 17 * cutout.head.height / cutout.head.width;
  return placed (cutout, placement, seed);
}

static Sample
too_narrow (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.head_length_mm = 13.2 * cutout.head.height / cutout.head.width;
  return placed (cutout, placement, seed);
}

static Sample
shifted (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.shift_mm = seed % 2 == 0 ? 2 : -2;
  return placed (cutout, placement, seed);
}

static Sample
too_high (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.crown_mm = 0.45;
  return placed (cutout, placement, seed);
}

static Sample
too_low (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.crown_mm = 2.6;
  return placed (cutout, placement, seed);
}

static Sample
tilted (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.roll_deg = seed % 2 == 0 ? 14 : -14;
  Sample sample = placed (cutout, placement, seed);
  sample.head_mm = cv::Rect2d ();
  return sample;
}

// The ground

static Sample
on_grey (const Cutout &cutout, int seed)
{
  return on_ground (cutout, seed, white_ground (260, 378, seed) - cv::Scalar::all (50));
}

static Sample
on_blue (const Cutout &cutout, int seed)
{
  cv::Mat ground = white_ground (260, 378, seed);
  ground -= cv::Scalar (170, 100, 20);
  return on_ground (cutout, seed, ground);
}

static Sample
on_gradient (const Cutout &cutout, int seed)
{
  cv::Mat ground = white_ground (260, 378, seed);
  for (int x = 0; x < ground.cols; x++)
    ground.col (x) -= cv::Scalar::all (35.0 * (seed % 2 == 0 ? x : ground.cols - x) / ground.cols);
  return on_ground (cutout, seed, ground);
}

static Sample
on_room (const Cutout &cutout, int seed)
{
  cv::Mat ground = white_ground (260, 378, seed);
  cv::RNG chance ((uint64) seed + 99);
  for (int i = 0; i < 25; i++)
    {
      const cv::Point corner (chance.uniform (-40, 240), chance.uniform (-40, 370));
      cv::rectangle (ground, cv::Rect (corner, cv::Size (chance.uniform (20, 120), chance.uniform (20, 120))),
                     cv::Scalar (chance.uniform (0, 255), chance.uniform (0, 255), chance.uniform (0, 255)), -1);
    }
  return on_ground (cutout, seed, ground);
}

static Sample
with_shadow (const Cutout &cutout, int seed)
{
  const Composite plain = good_composite (cutout, seed);
  const cv::Matx23d aside (1, 0, seed % 2 == 0 ? 22 : -22, 0, 1, 8);
  cv::Mat shadow, ground;

  cv::warpAffine (plain.alpha, shadow, aside, plain.alpha.size ());
  cv::GaussianBlur (shadow, shadow, cv::Size (), 7);
  white_ground (260, 378, seed).convertTo (ground, CV_32FC3);
  cv::Mat keep = 1 - 0.22 * shadow;
  cv::merge (std::vector<cv::Mat>{ keep, keep, keep }, keep);
  ground = ground.mul (keep);
  ground.convertTo (ground, CV_8UC3);
  return on_ground (cutout, seed, ground);
}

// The picture

static Sample
spoilt (const Cutout &cutout, int seed, void (*spoil) (cv::Mat &rgb, const Mesh &mesh, int seed))
{
  Composite composite = good_composite (cutout, seed);
  spoil (composite.rgb, placed_mesh (cutout, composite), seed);
  return finish (composite, seed);
}

static Sample
dark (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &, int) { expose (rgb, cv::Vec3d::all (0.15)); });
}

static Sample
burnt (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int) {
    const double face = measure_face (rgb, mesh).luminance;
    expose (rgb, cv::Vec3d::all (1.1 / face));
  });
}

static Sample
blurred (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int) {
    cv::GaussianBlur (rgb, rgb, cv::Size (), mesh.eye_distance () * 0.045);
  });
}

static Sample
grey (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &, int) {
    cv::Mat one;
    cv::cvtColor (rgb, one, cv::COLOR_RGB2GRAY);
    cv::cvtColor (one, rgb, cv::COLOR_GRAY2RGB);
  });
}

static Sample
tinted (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &, int which) {
    expose (rgb, which % 2 == 0 ? cv::Vec3d (0.55, 0.8, 1.4) : cv::Vec3d (0.6, 1.1, 0.6));
  });
}

static Sample
side_lit (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int) {
    const float middle = mesh.at (1).x, half = mesh.eye_distance () * 0.5f;
    cv::Mat cheeks;
    cv::cvtColor (rgb, cheeks, cv::COLOR_RGB2GRAY);
    /* What is darker already gets darker. */
    std::vector<cv::Point> outline;
    for (const cv::Point2f &point : mesh.outline ())
      outline.push_back (point);
    const bool left = cheeks.at<uchar> (mesh.at (50)) < cheeks.at<uchar> (mesh.at (280));
    /* The wall keeps its light. */
    cv::Mat person = cheeks < 225;
    cv::fillConvexPoly (person, outline, 255);
    for (int x = 0; x < rgb.cols; x++)
      {
        const double place = std::clamp (((float) x - middle) / half * (left ? -1.f : 1.f), -1.f, 1.f);
        cv::Mat column = rgb.col (x).clone ();
        expose (column, cv::Vec3d::all (std::exp2 (-1.1 * (place + 1))));
        column.copyTo (rgb.col (x), person.col (x));
      }
  });
}

static Sample
smoothed (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int) {
    cv::Mat smooth, mask = cv::Mat::zeros (rgb.size (), CV_8U), once;
    cv::bilateralFilter (rgb, once, 0, 45, mesh.eye_distance () * 0.07);
    cv::bilateralFilter (once, smooth, 0, 45, mesh.eye_distance () * 0.07);
    std::vector<cv::Point> outline;
    for (const cv::Point2f &point : mesh.outline ())
      outline.push_back (point);
    cv::fillConvexPoly (mask, outline, 255);
    for (int corner : { 33, 133, 362, 263, 61, 291, 105, 334 })
      cv::circle (mask, mesh.at (corner), cvRound (mesh.eye_distance () * 0.16), 0, -1);
    for (const cv::Point2f &eye : { mesh.left_eye_in_picture (), mesh.right_eye_in_picture () })
      cv::circle (mask, eye, cvRound (mesh.eye_distance () * 0.25), 0, -1);
    smooth.copyTo (rgb, mask);
  });
}

static Sample
glaring (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int which) {
    const float e = mesh.eye_distance ();
    cv::Mat light = cv::Mat::zeros (rgb.size (), CV_32F), mixed;
    for (int side = 0; side < 2; side++)
      {
        const cv::Point2f eye = side == 0 ? mesh.left_eye_in_picture () : mesh.right_eye_in_picture ();
        if (side == 1 && which % 3 == 0)
          continue;
        cv::ellipse (light, eye + cv::Point2f (-0.08f * e, 0.02f * e), cv::Size2f (0.16f * e, 0.09f * e), 20, 0, 360, 1,
                     -1);
        cv::line (light, eye + cv::Point2f (0.05f * e, 0.12f * e), eye + cv::Point2f (0.18f * e, -0.1f * e), 1,
                  cvRound (0.08f * e));
      }
    cv::GaussianBlur (light, light, cv::Size (), 0.015 * e);
    cv::merge (std::vector<cv::Mat>{ light, light, light }, light);
    rgb.convertTo (mixed, CV_32FC3);
    mixed += light.mul (cv::Scalar (250, 253, 255) - mixed);
    mixed.convertTo (rgb, CV_8UC3);
  });
}

// What covers the head

/* Strands between two colours, within @mask. */
static void
paint_hair (cv::Mat &rgb, const cv::Mat &mask, int seed)
{
  cv::Mat noise (rgb.rows, rgb.cols, CV_32F), strands, hair;
  cv::RNG ((uint64) seed).fill (noise, cv::RNG::NORMAL, 0, 1);
  cv::GaussianBlur (noise, strands, cv::Size (1, 15), 0.4, 5);
  strands = 34 + 22 * strands;
  cv::merge (std::vector<cv::Mat>{ strands * 1.15, strands, strands * 0.9 }, hair);
  hair.convertTo (hair, CV_8UC3);
  hair.copyTo (rgb, mask);
}

static Sample
fringed (const Cutout &cutout, int seed)
{
  return spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int which) {
    const float e = mesh.eye_distance ();
    cv::Mat mask = cv::Mat::zeros (rgb.size (), CV_8U);
    std::vector<cv::Point> fringe;
    for (int landmark : { 46, 53, 52, 65, 8, 295, 282, 283, 276 })
      fringe.push_back (mesh.at (landmark) + cv::Point2f (0, landmark == 8 ? 0 : 0.04f * e));
    for (int landmark : { 251, 332, 10, 103, 21 })
      fringe.push_back (mesh.at (landmark) - cv::Point2f (0, 0.1f * e));
    cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ fringe }, 255);
    paint_hair (rgb, mask, which);
  });
}

/* Heads whose outline was painted over have no known size. */
static Sample
painted_over (Sample sample)
{
  sample.head_mm = cv::Rect2d ();
  return sample;
}

static Sample
ears_covered (const Cutout &cutout, int seed)
{
  return painted_over (spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int which) {
    const float e = mesh.eye_distance ();
    cv::Mat mask = cv::Mat::zeros (rgb.size (), CV_8U);
    for (int landmark : { 234, 454 })
      {
        const float out = landmark == 234 ? -1 : 1;
        cv::ellipse (mask, mesh.at (landmark) + cv::Point2f (out * 0.22f * e, 0.1f * e),
                     cv::Size2f (0.27f * e, 0.9f * e), 0, 0, 360, 255, -1);
      }
    paint_hair (rgb, mask, which);
  }));
}

static Sample
hatted (const Cutout &cutout, int seed)
{
  return painted_over (spoilt (cutout, seed, [] (cv::Mat &rgb, const Mesh &mesh, int which) {
    static const cv::Scalar colours[] = { { 170, 30, 40 }, { 30, 60, 150 },   { 35, 35, 38 },
                                          { 60, 110, 60 }, { 200, 200, 196 }, { 210, 150, 40 } };
    const float e = mesh.eye_distance ();
    const cv::Point2f middle = mesh.at (151);
    const cv::Scalar colour = colours[which % 6];
    cv::Mat shade (rgb.rows, rgb.cols, CV_32FC3, colour), mask = cv::Mat::zeros (rgb.size (), CV_8U);

    for (int x = 0; x < rgb.cols; x++)
      {
        const double across = ((double) x - middle.x) / (1.3 * e);
        shade.col (x) *= std::clamp (1.1 - 0.45 * across * across, 0.3, 1.1);
      }
    cv::ellipse (mask, middle + cv::Point2f (0, 0.15f * e), cv::Size2f (1.3f * e, 1.35f * e), 0, 180, 360, 255, -1);
    cv::ellipse (mask, middle + cv::Point2f (0, 0.15f * e), cv::Size2f (1.35f * e, 0.2f * e), 0, 0, 360, 255, -1);
    cv::ellipse (shade, middle + cv::Point2f (0, 0.15f * e), cv::Size2f (1.35f * e, 0.2f * e), 0, 0, 360, colour * 0.6,
                 -1);
    cv::Mat noise (rgb.size (), CV_32FC3);
    cv::RNG ((uint64) which).fill (noise, cv::RNG::NORMAL, 0, 4);
    shade += noise;
    shade.convertTo (shade, CV_8UC3);
    shade.copyTo (rgb, mask);
  }));
}

// The file

static Sample
with_companion (const Cutout &cutout, int seed)
{
  Placement small = good_placement (cutout, seed);
  const Composite one = good_composite (cutout, seed);
  small.head_length_mm = 9;
  small.crown_mm = 15;
  small.shift_mm = seed % 2 == 0 ? 7 : -7;
  Sample sample = finish (compose (cutout, small, one.rgb), seed);
  sample.head_mm = cv::Rect2d ();
  return sample;
}

static Sample
other_shape (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.width_px = seed % 2 == 0 ? 300 : 378;
  return placed (cutout, placement, seed);
}

static Sample
few_pixels (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.width_px = 110;
  placement.height_px = 160;
  return placed (cutout, placement, seed);
}

static Sample
other_pixels (const Cutout &cutout, int seed)
{
  Placement placement = good_placement (cutout, seed);
  placement.width_px = 358;
  placement.height_px = 520;
  return placed (cutout, placement, seed, 20000);
}

static Sample
small_file (const Cutout &cutout, int seed)
{
  return placed (cutout, good_placement (cutout, seed), seed, 9000);
}

static Sample
large_file (const Cutout &cutout, int seed)
{
  return placed (cutout, good_placement (cutout, seed), seed, 45000);
}

const std::vector<Fault> &
all_faults ()
{
  static const std::vector<Fault> faults = {
    { "head too large", XS_PHOTO_HEAD_LENGTH, too_large },
    { "head too small", XS_PHOTO_HEAD_LENGTH, too_small },
    { "head too wide", XS_PHOTO_HEAD_WIDTH, too_wide },
    { "head too narrow", XS_PHOTO_HEAD_WIDTH, too_narrow },
    { "shifted aside", XS_PHOTO_CENTRE_OFFSET, shifted },
    { "too high", XS_PHOTO_CROWN_MARGIN, too_high },
    { "too low", XS_PHOTO_CROWN_MARGIN, too_low },
    { "tilted", XS_PHOTO_ROLL, tilted },
    { "grey ground", XS_PHOTO_GROUND_LIGHTNESS, on_grey },
    { "blue ground", XS_PHOTO_GROUND_CHROMA, on_blue },
    { "gradient", XS_PHOTO_GROUND_SPREAD, on_gradient },
    { "a room behind", XS_PHOTO_GROUND_SPREAD, on_room },
    { "shadow", XS_PHOTO_GROUND_SHADOW, with_shadow },
    { "hat", XS_PHOTO_HEAD_COVERING, hatted },
    { "ears covered", XS_PHOTO_EARS, ears_covered },
    { "brows covered", XS_PHOTO_BROWS, fringed },
    { "glare", XS_PHOTO_GLARE, glaring },
    { "smoothed skin", XS_PHOTO_SKIN_TEXTURE, smoothed },
    { "blurred", XS_PHOTO_SHARPNESS, blurred },
    { "dark", XS_PHOTO_LUMINANCE, dark },
    { "over-exposed", XS_PHOTO_OVEREXPOSED, burnt },
    { "light from aside", XS_PHOTO_SIDE_LIGHT, side_lit },
    { "grey picture", XS_PHOTO_COLOUR, grey },
    { "colour cast", XS_PHOTO_SKIN_CAST, tinted },
    { "two faces", XS_PHOTO_FACES, with_companion },
    { "other shape", XS_PHOTO_SHAPE, other_shape },
    { "few pixels", XS_PHOTO_EYE_DISTANCE, few_pixels },
    { "other pixels", XS_PHOTO_PIXEL_WIDTH, other_pixels },
    { "small file", XS_PHOTO_FILE_SIZE, small_file },
    { "large file", XS_PHOTO_FILE_SIZE, large_file },
  };
  return faults;
}
