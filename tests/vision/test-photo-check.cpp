/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The check of registration photos, on photos composed of a real person and a white ground, good and spoilt one
 * property at a time, and on pictures that are none. How often it is right on many people is for
 * tests/bench/bench-photo-check.cpp to say.
 */

#include "photo-faults.hpp"

#include <cmath>

#include "vision-test.h"
#include "xs-error.h"

static XsPhotoReport
check (XsVision *vision, const cv::Mat &rgb, gsize file_bytes = 0)
{
  g_autoptr (XsFrame) frame = frame_of (rgb);
  g_autoptr (GError) error = nullptr;
  XsPhotoRules rules;
  XsPhotoReport report;

  xs_photo_rules_default (&rules);
  g_assert_true (xs_photo_check (vision, frame, &rules, file_bytes, &report, &error));
  g_assert_no_error (error);
  return report;
}

static XsPhotoState
state_of (const XsPhotoReport &report, XsPhotoItemCode code)
{
  const XsPhotoItem *item = xs_photo_report_find (&report, code);
  g_assert_nonnull (item);
  return item->state;
}

static bool
load_person (XsVision *vision, Cutout &cutout)
{
  g_autofree char *path = test_media ("mask/facemask__without__415.jpg");
  if (vision == nullptr || path == nullptr)
    return false;
  static Cutout kept;
  if (kept.rgb.empty ())
    g_assert_true (cut_out (vision, load_picture (path), kept));
  cutout = kept;
  cutout.rgb = kept.rgb.clone ();
  return true;
}

static void
test_good (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  for (int seed = 0; seed < 4; seed++)
    {
      const Sample sample = good_sample (cutout, seed);
      const XsPhotoReport report = check (vision, sample.rgb);
      for (guint i = 0; i < report.n_items; i++)
        {
          const XsPhotoItem *item = &report.items[i];
          if (item->state != XS_PHOTO_PASS)
            g_error ("%s is %g", xs_photo_item_nick (item->code), item->value);
          g_assert_null (xs_photo_item_remedy (item));
        }
      g_assert_cmpint (report.verdict, ==, XS_PHOTO_PASS);
      g_assert_true (report.geometry.by_outline);
      g_assert_cmpfloat (std::abs (xs_photo_report_find (&report, XS_PHOTO_HEAD_WIDTH)->value - sample.head_mm.width),
                         <, 0.3);
      g_assert_cmpfloat (std::abs (xs_photo_report_find (&report, XS_PHOTO_HEAD_LENGTH)->value - sample.head_mm.height),
                         <, 0.5);
    }
}

static void
test_each_fault (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  for (const Fault &fault : all_faults ())
    {
      const Sample sample = fault.make (cutout, 1);
      const XsPhotoReport report = check (vision, sample.rgb, sample.file_bytes);
      const XsPhotoItem *item = xs_photo_report_find (&report, fault.item);

      g_assert_nonnull (item);
      if (item->state != XS_PHOTO_FAIL)
        g_error ("%s: %s is %g and does not fail", fault.name, xs_photo_item_nick (item->code), item->value);
      g_assert_cmpstr (xs_photo_item_remedy (item), !=, nullptr);
      g_assert_cmpint (report.verdict, ==, XS_PHOTO_FAIL);
    }
}

/* Grey photos of people with open eyes and of the same with shut ones. */
static void
test_eyes (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *folder = test_media ("verify/yale/png");
  int n_right = 0, n = 0;

  if (vision == nullptr || folder == nullptr)
    return;
  for (int subject = 1; subject <= 15; subject++)
    {
      for (const char *kind : { "sleepy", "normal" })
        {
          g_autofree char *path = g_strdup_printf ("%s/subject%02d.%s.png", folder, subject, kind);
          const cv::Mat photo = load_picture (path);
          if (photo.empty ())
            continue;
          const XsPhotoReport report = check (vision, photo);
          const XsPhotoItem *item = xs_photo_report_find (&report, XS_PHOTO_EYES_CLOSED);
          n++;
          n_right += item != nullptr && item->state == (g_str_equal (kind, "sleepy") ? XS_PHOTO_FAIL : XS_PHOTO_PASS);
        }
    }
  g_test_message ("%d of %d right", n_right, n);
  g_assert_cmpint (n, >, 10);
  g_assert_cmpint (10 * n_right, >=, 9 * n);
}

/* Where no outline can be had the head is estimated, and what it may be wrong by says so. */
static void
test_doubt (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  for (const Fault &fault : all_faults ())
    {
      if (!g_str_equal (fault.name, "a room behind"))
        continue;
      const XsPhotoReport report = check (vision, fault.make (cutout, 3).rgb);
      const XsPhotoItem *width = xs_photo_report_find (&report, XS_PHOTO_HEAD_WIDTH);
      g_assert_false (report.geometry.by_outline);
      g_assert_cmpfloat (width->uncertainty, >, 1);
      g_assert_cmpint (width->state, ==, XS_PHOTO_CANNOT_TELL);
      return;
    }
  g_assert_not_reached ();
}

static void
test_larger_picture (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  Placement placement;
  placement.width_px = 1040;
  placement.height_px = 1512;
  placement.head_length_mm = good_length_mm (cutout);
  const Composite composite = compose (cutout, placement, white_ground (1040, 1512, 5));
  const XsPhotoReport report = check (vision, composite.rgb);
  g_assert_cmpfloat (std::abs (xs_photo_report_find (&report, XS_PHOTO_HEAD_WIDTH)->value - composite.head_mm.width), <,
                     0.3);
  g_assert_cmpfloat (report.geometry.chin_y, >, report.geometry.eyes_y);
  g_assert_cmpfloat (report.geometry.chin_y, <, 1512);
}

static void
test_no_face (void)
{
  XsVision *vision = test_vision ();

  if (vision == nullptr)
    return;
  for (int grey : { 0, 128, 255 })
    {
      const XsPhotoReport report = check (vision, cv::Mat (378, 260, CV_8UC3, cv::Scalar::all (grey)));
      g_assert_cmpint (state_of (report, XS_PHOTO_FACES), ==, XS_PHOTO_FAIL);
      g_assert_cmpint (report.verdict, ==, XS_PHOTO_FAIL);
      g_assert_cmpint (state_of (report, XS_PHOTO_SHAPE), ==, XS_PHOTO_PASS);
      g_assert_null (xs_photo_report_find (&report, XS_PHOTO_HEAD_WIDTH));
      g_assert_true (std::isnan (report.geometry.crown_y));
    }
}

static void
test_absurd_sizes (void)
{
  XsVision *vision = test_vision ();
  XsPhotoRules rules;

  if (vision == nullptr)
    return;
  xs_photo_rules_default (&rules);
  for (const cv::Size &size : { cv::Size (1, 1), cv::Size (47, 378), cv::Size (260, 47) })
    {
      g_autoptr (XsFrame) frame = frame_of (cv::Mat (size, CV_8UC3, cv::Scalar::all (200)));
      g_autoptr (GError) error = nullptr;
      XsPhotoReport report;
      g_assert_false (xs_photo_check (vision, frame, &rules, 0, &report, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
  for (const cv::Size &size : { cv::Size (48, 48), cv::Size (4000, 48), cv::Size (48, 4000) })
    {
      g_autoptr (GError) error = nullptr;
      const cv::Mat rgb (size, CV_8UC3, cv::Scalar::all (200));
      g_autoptr (XsFrame) frame = frame_of (rgb);
      const XsPhotoReport report = check (vision, rgb);
      g_assert_cmpint (report.verdict, ==, XS_PHOTO_FAIL);
      g_autoptr (XsFrame) drawn = xs_photo_draw (vision, frame, &rules, &report, &error);
      g_assert_no_error (error);
      g_assert_nonnull (drawn);
    }
}

/* Faces that leave the picture, fill it or lie on their side must not bring it down. */
static void
test_cut_faces (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  XsPhotoRules rules;
  xs_photo_rules_default (&rules);
  for (const Placement &placement : { Placement{ 260, 378, 20.5, -8, 0, 0 }, Placement{ 260, 378, 20.5, 1.3, 9, 0 },
                                      Placement{ 260, 378, 60, -12, 0, 0 }, Placement{ 260, 378, 20, 18, 0, 0 },
                                      Placement{ 260, 378, 20, 10, 0, 90 }, Placement{ 60, 80, 24, 1, 0, 0 } })
    {
      const Composite composite =
        compose (cutout, placement, white_ground (placement.width_px, placement.height_px, 1));
      const XsPhotoReport report = check (vision, composite.rgb);
      g_autoptr (XsFrame) frame = frame_of (composite.rgb);
      g_autoptr (XsFrame) drawn = xs_photo_draw (vision, frame, &rules, &report, nullptr);
      g_assert_nonnull (drawn);
      g_assert_cmpint (report.verdict, !=, XS_PHOTO_PASS);
    }
}

static void
test_drawing (void)
{
  XsVision *vision = test_vision ();
  Cutout cutout;

  if (!load_person (vision, cutout))
    return;
  const Sample sample = good_sample (cutout, 0);
  const XsPhotoReport report = check (vision, sample.rgb);
  g_autoptr (XsFrame) frame = frame_of (sample.rgb);
  g_autoptr (GError) error = nullptr;
  XsPhotoRules rules;
  xs_photo_rules_default (&rules);
  g_autoptr (XsFrame) drawn = xs_photo_draw (vision, frame, &rules, &report, &error);
  g_assert_no_error (error);
  g_assert_cmpint (drawn->height_px, >, 2 * sample.rgb.rows);

  /* The line of the crown is where it was measured, in the colour of what passes. */
  const double scale = (double) drawn->height_px / sample.rgb.rows;
  const int y = cvRound (report.geometry.crown_y * scale), x = cvRound (250 * scale);
  const guint8 *pixel = xs_frame_data (drawn) + (gsize) y * (gsize) drawn->stride_bytes + (gsize) x * 3;
  g_assert_cmpint (pixel[1], >, pixel[0] + 40);
  g_assert_cmpint (pixel[1], >, pixel[2] + 40);
}

/* Every item has its words, and every state of an item its remedy. */
static void
test_words (void)
{
  for (int code = 0; code < XS_PHOTO_N_ITEMS; code++)
    {
      XsPhotoItem item = { (XsPhotoItemCode) code, 5, 0, 1, 2, XS_PHOTO_FAIL };
      g_assert_cmpstr (xs_photo_item_nick (item.code), !=, nullptr);
      g_assert_cmpstr (xs_photo_item_unit (item.code), !=, nullptr);
      g_assert_cmpstr (xs_photo_item_title (item.code), !=, nullptr);
      g_assert_cmpstr (xs_photo_item_remedy (&item), !=, nullptr);
      item.value = 0;
      g_assert_cmpstr (xs_photo_item_remedy (&item), !=, nullptr);
      item.value = NAN;
      item.state = XS_PHOTO_CANNOT_TELL;
      g_assert_cmpstr (xs_photo_item_remedy (&item), !=, nullptr);
      item.state = XS_PHOTO_PASS;
      g_assert_null (xs_photo_item_remedy (&item));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vision/photo-check/good", test_good);
  g_test_add_func ("/vision/photo-check/each-fault", test_each_fault);
  g_test_add_func ("/vision/photo-check/eyes", test_eyes);
  g_test_add_func ("/vision/photo-check/doubt", test_doubt);
  g_test_add_func ("/vision/photo-check/larger-picture", test_larger_picture);
  g_test_add_func ("/vision/photo-check/no-face", test_no_face);
  g_test_add_func ("/vision/photo-check/absurd-sizes", test_absurd_sizes);
  g_test_add_func ("/vision/photo-check/cut-faces", test_cut_faces);
  g_test_add_func ("/vision/photo-check/drawing", test_drawing);
  g_test_add_func ("/vision/photo-check/words", test_words);
  return g_test_run ();
}
