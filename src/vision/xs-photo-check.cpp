/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <opencv2/imgproc.hpp>

#include "xs-photo-report.h"
#include "xs-photo-measures.hpp"
#include "xs-photo-skin.hpp"
#include "xs-vision-private.hpp"

using namespace xs;

static const double none = std::numeric_limits<double>::quiet_NaN ();
/* Outlines are found on a copy at most this high: at twice what a file has, more pixels tell no more. */
static const int work_height_px = 756;
/* A head of which more than this is as white as the wall has no outline. */
static const float burnt_share = 0.1f;

/* Lids further apart, as share of the eye's width, are not surely shut. */
static const float shut_lids = 0.235f;

static void
scale_length (Length &length, float factor)
{
  length.value *= factor;
  length.uncertainty *= factor;
}

static Mesh
scale_mesh (Mesh mesh, float factor)
{
  for (cv::Point3f &point : mesh.points)
    point *= factor;
  return mesh;
}

/*
 * The mean of fits from places slightly beside each other: the chin and the eyes of a single fit move with where the
 * detector saw the face.
 */
static Mesh
fit_steadily (FaceMesh &mesher, const cv::Mat &rgb, const Mesh &detected)
{
  /* In distances between the eyes. */
  static const cv::Point2f shifts[] = { { 0, 0 }, { 0.04f, 0 }, { -0.04f, 0 }, { 0, 0.04f }, { 0, -0.04f } };
  const Mesh first = mesher.fit (rgb, detected);
  Mesh mean = first;

  mean.points.fill (cv::Point3f ());
  for (const cv::Point2f &shift : shifts)
    {
      Mesh from = first;
      for (cv::Point3f &point : from.points)
        point += cv::Point3f (shift.x, shift.y, 0) * first.eye_distance ();
      const Mesh fit = mesher.fit (rgb, from);
      for (size_t i = 0; i < mean.points.size (); i++)
        mean.points[i] += fit.points[i] * (1 / (float) G_N_ELEMENTS (shifts));
    }
  return mean;
}

/* How far the lids of both eyes are apart, as share of the eye's width. */
static float
lid_opening (const Mesh &mesh)
{
  /* Corners, then three pairs of upper and lower lid. */
  static const int lids[2][8] = { { 33, 133, 160, 144, 159, 145, 158, 153 },
                                  { 362, 263, 387, 373, 386, 374, 385, 380 } };
  double opening = 0;

  for (const int *eye : lids)
    {
      double apart = 0;
      for (int i = 2; i < 8; i += 2)
        apart += cv::norm (mesh.at (eye[i]) - mesh.at (eye[i + 1])) / 3;
      opening += apart / cv::norm (mesh.at (eye[0]) - mesh.at (eye[1])) / 2;
    }
  return (float) opening;
}

PhotoMeasures
xs::measure_photo (XsVision *vision, const cv::Mat &rgb)
{
  PhotoMeasures measures = {};
  FaceFinder &finder = vision_finder (vision);

  finder.forget ();
  std::vector<Mesh> faces = finder.find_in_photo (rgb);
  measures.n_faces = faces.size ();
  if (faces.empty ())
    return measures;
  std::sort (faces.begin (), faces.end (),
             [] (const Mesh &a, const Mesh &b) { return a.bounds ().area () > b.bounds ().area (); });

  const Mesh face = fit_steadily (finder.get_mesher (), rgb, faces[0]);
  const float shrink = std::min (1.f, (float) work_height_px / (float) rgb.rows);
  const Mesh small_face = scale_mesh (face, shrink);
  cv::Mat small = rgb;
  if (shrink < 1)
    cv::resize (rgb, small, cv::Size (cvRound ((float) rgb.cols * shrink), work_height_px), 0, 0, cv::INTER_AREA);
  measures.shrink = shrink;
  measures.ground = find_ground (small, small_face);
  measures.traits = measure_traits (small, measures.ground.mask, small_face);
  measures.light = measure_face (rgb, face);
  if (measures.light.over_exposure > burnt_share)
    measures.ground.is_plain = false;
  measures.head = measure_head (measures.ground, small_face);
  for (Length *length : { &measures.head.left, &measures.head.right, &measures.head.crown, &measures.head.chin })
    scale_length (*length, 1 / shrink);
  measures.pose = finder.get_mesher ().pose (face);
  measures.skin_naturalness = skin_naturalness (rgb, face);
  measures.eyes_closed = vision_eyes (vision).look (rgb, face).mean ();
  measures.lid_opening = lid_opening (face);
  measures.eye_distance_px = face.eye_distance ();
  measures.eyes_y = (face.left_eye_in_picture ().y + face.right_eye_in_picture ().y) / 2;
  return measures;
}

static void
add_file (XsPhotoReport *report, const XsPhotoRules *rules, gsize file_bytes)
{
  const double shape = rules->photo_width_mm / rules->photo_height_mm;

  xs_photo_report_add (report, XS_PHOTO_SHAPE, (double) report->width_px / report->height_px, 0,
                       shape * (1 - rules->shape_tolerance), shape * (1 + rules->shape_tolerance));
  if (file_bytes == 0)
    return;
  xs_photo_report_add (report, XS_PHOTO_PIXEL_WIDTH, report->width_px, 0, rules->upload_width_px,
                       rules->upload_width_px);
  xs_photo_report_add (report, XS_PHOTO_PIXEL_HEIGHT, report->height_px, 0, rules->upload_height_px,
                       rules->upload_height_px);
  xs_photo_report_add (report, XS_PHOTO_FILE_SIZE, (double) file_bytes, 0, rules->upload_min_bytes,
                       rules->upload_max_bytes);
}

static void
add_head (XsPhotoReport *report, const XsPhotoRules *rules, const HeadOutline &head)
{
  const double mm = rules->photo_height_mm / report->height_px;
  const double side = std::hypot (head.left.uncertainty, head.right.uncertainty) * mm;

  xs_photo_report_add (report, XS_PHOTO_HEAD_WIDTH, (head.right.value - head.left.value) * mm, side,
                       rules->head_width_min_mm, rules->head_width_max_mm);
  xs_photo_report_add (report, XS_PHOTO_HEAD_LENGTH, (head.chin.value - head.crown.value) * mm,
                       std::hypot (head.chin.uncertainty, head.crown.uncertainty) * mm, rules->head_length_min_mm,
                       rules->head_length_max_mm);
  xs_photo_report_add (report, XS_PHOTO_CROWN_MARGIN, head.crown.value * mm, head.crown.uncertainty * mm,
                       rules->crown_margin_min_mm, rules->crown_margin_max_mm);
  xs_photo_report_add (report, XS_PHOTO_CENTRE_OFFSET,
                       ((head.left.value + head.right.value) / 2 - report->width_px / 2.0) * mm, side / 2,
                       -rules->centre_offset_max_mm, rules->centre_offset_max_mm);
}

static void
add_face (XsPhotoReport *report, const XsPhotoRules *rules, const PhotoMeasures &measures)
{
  const FaceTraits &traits = measures.traits;

  xs_photo_report_add (report, XS_PHOTO_HEAD_COVERING, traits.head_covering, 0, none, rules->head_covering_max);
  xs_photo_report_add (report, XS_PHOTO_EARS, traits.ears, 0, rules->ears_min, none);
  xs_photo_report_add (report, XS_PHOTO_BROWS, traits.brows, 0, rules->brows_min, none);
  /* Narrow eyes behind glasses look shut to the network, and some that are shut look open: the lids must agree. */
  const bool seem_shut = measures.eyes_closed > rules->eyes_closed_max;
  const bool is_doubtful =
    measures.eyes_closed > rules->eyes_closed_max / 2 && seem_shut != (measures.lid_opening < shut_lids);
  xs_photo_report_add (report, XS_PHOTO_EYES_CLOSED, measures.eyes_closed, is_doubtful ? 1 : 0, none,
                       rules->eyes_closed_max);
  xs_photo_report_add (report, XS_PHOTO_GLARE, traits.glare, 0, none, rules->glare_max);
  xs_photo_report_add (report, XS_PHOTO_SKIN_TEXTURE, measures.skin_naturalness, 0, rules->skin_texture_min, none);
  xs_photo_report_add (report, XS_PHOTO_SHARPNESS, measures.light.sharpness, 0, rules->sharpness_min, none);
  xs_photo_report_add (report, XS_PHOTO_LUMINANCE, measures.light.luminance, 0, rules->luminance_min,
                       rules->luminance_max);
  xs_photo_report_add (report, XS_PHOTO_UNDEREXPOSED, measures.light.under_exposure, 0, none, rules->underexposed_max);
  xs_photo_report_add (report, XS_PHOTO_OVEREXPOSED, measures.light.over_exposure, 0, none, rules->overexposed_max);
  xs_photo_report_add (report, XS_PHOTO_SIDE_LIGHT, std::abs (measures.light.balance_ev), 0, none,
                       rules->side_light_max_ev);
  xs_photo_report_add (report, XS_PHOTO_COLOUR, traits.colour, 0, rules->colour_min, none);
  xs_photo_report_add (report, XS_PHOTO_SKIN_CAST, traits.skin_cast, 0, none, rules->skin_cast_max);
  xs_photo_report_add (report, XS_PHOTO_EYE_DISTANCE, measures.eye_distance_px, 0, rules->eye_distance_min_px, none);
}

static void
fill_report (XsPhotoReport *report, const XsPhotoRules *rules, gsize file_bytes, const PhotoMeasures &measures)
{
  const HeadOutline &head = measures.head;

  add_file (report, rules, file_bytes);
  xs_photo_report_add (report, XS_PHOTO_FACES, (double) measures.n_faces, 0, 1, 1);
  if (measures.n_faces == 0)
    return;
  xs_photo_report_add (report, XS_PHOTO_YAW, measures.pose.yaw_deg, 0, -rules->yaw_max_deg, rules->yaw_max_deg);
  xs_photo_report_add (report, XS_PHOTO_PITCH, measures.pose.pitch_deg, 0, -rules->pitch_max_deg, rules->pitch_max_deg);
  xs_photo_report_add (report, XS_PHOTO_ROLL, measures.pose.roll_deg, 0, -rules->roll_max_deg, rules->roll_max_deg);
  add_head (report, rules, head);
  xs_photo_report_add (report, XS_PHOTO_GROUND_LIGHTNESS, measures.ground.lightness, 0, rules->ground_lightness_min,
                       none);
  xs_photo_report_add (report, XS_PHOTO_GROUND_CHROMA, measures.ground.chroma, 0, none, rules->ground_chroma_max);
  xs_photo_report_add (report, XS_PHOTO_GROUND_SPREAD, measures.ground.spread, 0, none, rules->ground_spread_max);
  xs_photo_report_add (report, XS_PHOTO_GROUND_SHADOW, measures.ground.shadow, 0, none, rules->ground_shadow_max);
  add_face (report, rules, measures);
  report->geometry = { head.crown.value,      head.chin.value,
                       measures.eyes_y,       head.left.value,
                       head.right.value,      head.crown.uncertainty,
                       head.chin.uncertainty, std::max (head.left.uncertainty, head.right.uncertainty),
                       head.by_outline };
}

gboolean
xs_photo_check (XsVision *vision, const XsFrame *photo, const XsPhotoRules *rules, gsize file_bytes, XsPhotoReport *out,
                GError **error)
{
  g_return_val_if_fail (vision != nullptr && photo != nullptr && rules != nullptr && out != nullptr, FALSE);

  return guard (error, [&] {
    const PhotoMeasures measures = measure_photo (vision, pixels_of (photo));
    XsPhotoReport report = {};
    report.width_px = photo->width_px;
    report.height_px = photo->height_px;
    report.geometry = { none, none, none, none, none, none, none, none, FALSE };
    fill_report (&report, rules, file_bytes, measures);
    *out = report;
  });
}
