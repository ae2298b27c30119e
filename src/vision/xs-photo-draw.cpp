/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-check.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <opencv2/imgproc.hpp>

#include "xs-photo-measures.hpp"
#include "xs-vision-private.hpp"

using namespace xs;

static const int drawn_height_px = 1134;
static const int panel_width_px = 620;
static const int line_height_px = 34;
static const cv::Scalar state_colours[] = { { 0, 140, 40 }, { 215, 0, 0 }, { 230, 130, 0 } };
static const cv::Scalar band_colour (60, 120, 255), ink (20, 20, 20), paper (255, 255, 255);

struct Drawing {
  cv::Mat canvas;
  cv::Rect place; /* of the photo */
  double scale;   /* pixels of the canvas / of the photo */
  double px_per_mm;
  const XsPhotoRules *rules;
  const XsPhotoReport *report;
};

static cv::Scalar
colour_of (const Drawing &drawing, XsPhotoItemCode code)
{
  const XsPhotoItem *item = xs_photo_report_find (drawing.report, code);
  return state_colours[item != nullptr ? item->state : XS_PHOTO_CANNOT_TELL];
}

static void
write (cv::Mat &canvas, const std::string &text, cv::Point at, const cv::Scalar &colour, double size = 0.6)
{
  /* On its own paper, so that it can be read on hair as well as on the wall. */
  int base = 0;
  const cv::Size extent = cv::getTextSize (text, cv::FONT_HERSHEY_SIMPLEX, size, 1, &base);
  cv::rectangle (canvas, at + cv::Point (-3, base), at + cv::Point (extent.width + 3, -extent.height - 3), paper, -1);
  cv::putText (canvas, text, at, cv::FONT_HERSHEY_SIMPLEX, size, colour, 1, cv::LINE_AA);
}

static void
blend (cv::Mat &canvas, const cv::Rect &rect, const cv::Scalar &colour, double share)
{
  const cv::Rect inside = rect & cv::Rect (cv::Point (), canvas.size ());
  if (inside.empty ())
    return;
  cv::Mat part = canvas (inside);
  cv::addWeighted (part, 1 - share, cv::Mat (part.size (), part.type (), colour), share, 0, part);
}

/* Ground that is too dark, too coloured or in shadow; all of what surrounds the head where there is no plain one. */
static cv::Mat
find_faults (const Drawing &drawing, const PhotoMeasures &measures)
{
  const Ground &ground = measures.ground;
  const XsPhotoRules *rules = drawing.rules;
  cv::Mat faults = cv::Mat::zeros (ground.lab.size (), CV_8U), person = ground.mask.clone ();

  if (!ground.is_plain)
    {
      const HeadOutline &head = measures.head;
      person.setTo (255);
      person.rowRange (std::min (person.rows, std::max (0, cvRound (head.chin.value * measures.shrink))), person.rows)
        .setTo (0);
      const cv::Point2f middle ((head.left.value + head.right.value) / 2, (head.crown.value + head.chin.value) / 2);
      const cv::Size2f size (head.right.value - head.left.value, head.chin.value - head.crown.value);
      cv::ellipse (person, cv::RotatedRect (middle * measures.shrink, size * measures.shrink, 0), 0, -1);
    }
  for (int y = 0; y < faults.rows; y++)
    {
      for (int x = 0; x < faults.cols; x++)
        {
          const cv::Vec3f value = ground.lab.at<cv::Vec3f> (y, x);
          const bool is_fault = value[0] < rules->ground_lightness_min
                                || std::hypot (value[1], value[2]) > rules->ground_chroma_max
                                || value[0] < ground.lightness - rules->ground_shadow_max;
          faults.at<uchar> (y, x) = person.at<uchar> (y, x) && is_fault ? 255 : 0;
        }
    }
  /* The soft rim of hair is none. */
  cv::morphologyEx (faults, faults, cv::MORPH_OPEN, cv::Mat (), cv::Point (-1, -1), 2);
  return faults;
}

static void
draw_ground (Drawing &drawing, const PhotoMeasures &measures)
{
  static const XsPhotoItemCode codes[] = { XS_PHOTO_GROUND_LIGHTNESS, XS_PHOTO_GROUND_CHROMA, XS_PHOTO_GROUND_SPREAD,
                                           XS_PHOTO_GROUND_SHADOW };
  bool fails = false;
  cv::Mat faults;

  for (XsPhotoItemCode code : codes)
    {
      const XsPhotoItem *item = xs_photo_report_find (drawing.report, code);
      fails = fails || (item != nullptr && item->state == XS_PHOTO_FAIL);
    }
  if (!fails || measures.ground.lab.empty ())
    return;
  cv::resize (find_faults (drawing, measures), faults, drawing.place.size (), 0, 0, cv::INTER_NEAREST);
  cv::Mat photo = drawing.canvas (drawing.place), red;
  cv::addWeighted (photo, 0.6, cv::Mat (photo.size (), photo.type (), state_colours[XS_PHOTO_FAIL]), 0.4, 0, red);
  red.copyTo (photo, faults);
}

/* Where crown, chin and sides may be. */
static void
draw_bands (Drawing &drawing)
{
  const XsPhotoRules *rules = drawing.rules;
  const XsPhotoGeometry &geometry = drawing.report->geometry;
  const double mm = drawing.px_per_mm * drawing.scale;
  const int width = drawing.place.width, height = drawing.place.height;
  const double crown = geometry.crown_y * drawing.scale;
  const double middle = (geometry.left_x + geometry.right_x) / 2 * drawing.scale;
  const auto span = [] (double from, double to) { return std::max (1, cvRound (to) - cvRound (from)); };

  blend (drawing.canvas,
         cv::Rect (0, cvRound (rules->crown_margin_min_mm * mm), width,
                   span (rules->crown_margin_min_mm * mm, rules->crown_margin_max_mm * mm)),
         band_colour, 0.3);
  blend (drawing.canvas,
         cv::Rect (0, cvRound (crown + rules->head_length_min_mm * mm), width,
                   span (rules->head_length_min_mm * mm, rules->head_length_max_mm * mm))
           & drawing.place,
         band_colour, 0.3);
  const double near = rules->head_width_min_mm / 2 * mm, far = rules->head_width_max_mm / 2 * mm;
  blend (drawing.canvas, cv::Rect (cvRound (middle - far), 0, span (near, far), height) & drawing.place, band_colour,
         0.3);
  blend (drawing.canvas, cv::Rect (cvRound (middle + near), 0, span (near, far), height) & drawing.place, band_colour,
         0.3);
}

static void
draw_lines (Drawing &drawing)
{
  const XsPhotoGeometry &geometry = drawing.report->geometry;
  const int width = drawing.place.width;
  const auto at = [&] (double px) { return cvRound (px * drawing.scale); };
  const int crown = at (geometry.crown_y), chin = at (geometry.chin_y), eyes = at (geometry.eyes_y);
  const cv::Scalar length = colour_of (drawing, XS_PHOTO_HEAD_LENGTH), sides = colour_of (drawing, XS_PHOTO_HEAD_WIDTH);
  cv::Mat photo = drawing.canvas (drawing.place);

  cv::line (photo, { 0, crown }, { width, crown }, colour_of (drawing, XS_PHOTO_CROWN_MARGIN), 2);
  cv::line (photo, { 0, chin }, { width, chin }, length, 2);
  cv::line (photo, { 0, eyes }, { width, eyes }, colour_of (drawing, XS_PHOTO_ROLL), 1);
  for (double x : { geometry.left_x, geometry.right_x })
    cv::line (photo, { at (x), crown }, { at (x), chin }, sides, 2);

  const XsPhotoItem *item = xs_photo_report_find (drawing.report, XS_PHOTO_CROWN_MARGIN);
  write (photo, cv::format ("%.1f+-%.1f mm", item->value, item->uncertainty), { 6, std::max (24, crown - 8) },
         colour_of (drawing, XS_PHOTO_CROWN_MARGIN));
  item = xs_photo_report_find (drawing.report, XS_PHOTO_HEAD_LENGTH);
  write (photo, cv::format ("L %.1f+-%.1f mm (%g-%g)", item->value, item->uncertainty, item->min, item->max),
         { 6, chin + 26 }, length);
  item = xs_photo_report_find (drawing.report, XS_PHOTO_HEAD_WIDTH);
  write (photo, cv::format ("W %.1f+-%.1f mm (%g-%g)", item->value, item->uncertainty, item->min, item->max),
         { std::max (4, at (geometry.left_x) + 6), eyes + std::max (30, (chin - eyes) / 3) }, sides);
}

static std::string
value_of (double value)
{
  if (std::isnan (value))
    return "?";
  return cv::format (std::abs (value) < 1 ? "%.3f" : std::abs (value) < 100 ? "%.1f" : "%.0f", value);
}

static std::string
limits_of (const XsPhotoItem &item)
{
  if (std::isnan (item.min))
    return cv::format ("<= %g", item.max);
  if (std::isnan (item.max))
    return cv::format (">= %g", item.min);
  return cv::format ("%.4g - %.4g", item.min, item.max);
}

static void
draw_panel (Drawing &drawing)
{
  const int x = drawing.place.width + 16;
  int y = line_height_px;

  write (drawing.canvas, xs_photo_state_nick (drawing.report->verdict), { x, y },
         state_colours[drawing.report->verdict], 0.9);
  for (guint i = 0; i < drawing.report->n_items; i++)
    {
      const XsPhotoItem &item = drawing.report->items[i];
      const cv::Scalar &colour = state_colours[item.state];
      y += line_height_px;
      cv::circle (drawing.canvas, { x + 8, y - 6 }, 7, colour, -1, cv::LINE_AA);
      write (drawing.canvas, xs_photo_item_nick (item.code), { x + 26, y }, item.state == XS_PHOTO_PASS ? ink : colour);
      write (drawing.canvas, value_of (item.value), { x + 250, y }, item.state == XS_PHOTO_PASS ? ink : colour);
      write (drawing.canvas, limits_of (item), { x + 360, y }, ink);
    }
}

XsFrame *
xs_photo_draw (XsVision *vision, const XsFrame *photo, const XsPhotoRules *rules, const XsPhotoReport *report,
               GError **error)
{
  g_return_val_if_fail (vision != nullptr && photo != nullptr && rules != nullptr && report != nullptr, nullptr);

  XsFrame *drawn = nullptr;
  guard (error, [&] {
    const cv::Mat rgb = pixels_of (photo);
    const double scale = (double) drawn_height_px / rgb.rows;
    /* Panoramas would not fit into memory. */
    const int width = std::min (cvRound (rgb.cols * scale), 3 * drawn_height_px);
    Drawing drawing = { cv::Mat (drawn_height_px, width + panel_width_px, CV_8UC3, paper),
                        cv::Rect (0, 0, width, drawn_height_px),
                        scale,
                        rgb.rows / rules->photo_height_mm,
                        rules,
                        report };
    cv::Mat large, part = rgb.colRange (0, std::clamp (cvRound (width / scale), 1, rgb.cols));
    cv::resize (part, large, drawing.place.size (), 0, 0, scale > 1 ? cv::INTER_CUBIC : cv::INTER_AREA);
    large.copyTo (drawing.canvas (drawing.place));
    if (!std::isnan (report->geometry.crown_y))
      {
        draw_ground (drawing, measure_photo (vision, rgb));
        draw_bands (drawing);
        draw_lines (drawing);
      }
    draw_panel (drawing);
    g_autoptr (GBytes) bytes = g_bytes_new (drawing.canvas.data, drawing.canvas.step * (size_t) drawing.canvas.rows);
    drawn = xs_frame_new (drawing.canvas.cols, drawing.canvas.rows, (int) drawing.canvas.step, 0, bytes);
  });
  return drawn;
}
