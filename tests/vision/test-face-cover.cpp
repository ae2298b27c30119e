/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What covers a face, and where its eyes point: on real faces as they are, on the same faces with a mask, a hat or
 * glare painted on, and on photos of people who wear masks.
 */

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "vision-test.h"
#include "xs-face-cover.hpp"
#include "xs-face-finder.hpp"
#include "xs-gaze.hpp"
#include "xs-models.hpp"

using namespace xs;

static const char *const bare_photos[] = { "camera/a.ref.jpg", "camera/b.ref.jpg", "camera/c.ref.jpg" };

static FaceFinder &
finder ()
{
  static std::unique_ptr<FaceFinder> finder;
  if (finder == nullptr)
    {
      const std::string dir = xs_models_dir ();
      finder = std::make_unique<FaceFinder> (FaceDetector (load_network (dir, "blazeface-front-128.onnx")),
                                             FaceMesh (load_network (dir, "facemesh.onnx"),
                                                       read_model (dir, "canonical468.bin")));
    }
  return *finder;
}

static cv::Mat
load (const char *path)
{
  g_autoptr (XsFrame) photo = test_photo (path);
  return cv::Mat (photo->height_px, photo->width_px, CV_8UC3, (void *) xs_frame_data (photo), photo->stride_bytes)
    .clone ();
}

/* The largest face; false when there is none. */
static bool
find_face (const cv::Mat &rgb, Mesh &mesh)
{
  const std::vector<Mesh> faces = finder ().find_in_photo (rgb);
  if (faces.empty ())
    return false;
  mesh = *std::max_element (faces.begin (), faces.end (),
                            [] (const Mesh &a, const Mesh &b) { return a.bounds ().area () < b.bounds ().area (); });
  return true;
}

static void
paint (cv::Mat &rgb, const std::vector<cv::Point2f> &outline, const cv::Scalar &colour)
{
  std::vector<cv::Point> points (outline.begin (), outline.end ());
  cv::fillPoly (rgb, std::vector<std::vector<cv::Point>>{ points }, colour, cv::LINE_AA);
}

static std::vector<cv::Point2f>
landmarks (const Mesh &mesh, const std::vector<int> &which)
{
  std::vector<cv::Point2f> points;
  for (int landmark : which)
    points.push_back (mesh.at (landmark));
  return points;
}

/* From the bridge of the nose down to the jaw. */
static std::vector<cv::Point2f>
mask_outline (const Mesh &mesh)
{
  return landmarks (mesh, { 195, 118, 93,  58,  172, 136, 150, 149, 176, 148,
                            152, 377, 400, 378, 379, 365, 397, 288, 323, 347 });
}

static std::vector<cv::Point2f>
hand_outline (const Mesh &mesh)
{
  return landmarks (mesh, { 5, 205, 207, 212, 194, 200, 418, 432, 427, 425 });
}

/* Over the crown, down to @height eye distances above the top of the mesh. */
static std::vector<cv::Point2f>
hat_outline (const Mesh &mesh, float height)
{
  const cv::Point2f right = mesh.right_eye_in_picture () - mesh.left_eye_in_picture ();
  const cv::Point2f up (right.y, -right.x), top = mesh.at (10);
  return { top - right * 1.2f + up * height, top - right * 1.1f + up, top + right * 1.1f + up,
           top + right * 1.2f + up * height };
}

using Change = std::function<void (cv::Mat &, const Mesh &)>;
using Check = std::function<void (const FaceCover &, const char *)>;

/* Measures the test photos after @change, with the mesh fitted to what it leaves to see. */
static void
with_photos (const Change &change, const Check &check)
{
  if (test_vision () == nullptr)
    return;
  for (const char *name : bare_photos)
    {
      g_autofree char *path = test_media (name);
      Mesh mesh, again;
      if (path == nullptr)
        return;
      cv::Mat rgb = load (path);
      g_assert_true (find_face (rgb, mesh));
      change (rgb, mesh);
      if (!find_face (rgb, again))
        continue; /* somebody without a face is not present anyway */
      const FaceCover cover = measure_cover (rgb, again);
      g_test_message ("%s: mouth %.2f, head %.2f, glare %.2f", name, cover.mouth_covered, cover.head_covered,
                      cover.eye_glare);
      check (cover, name);
    }
}

static void
test_bare (void)
{
  with_photos ([] (cv::Mat &, const Mesh &) {},
               [] (const FaceCover &cover, const char *) {
                 g_assert_cmpfloat (cover.mouth_covered, <, 0.25);
                 g_assert_cmpfloat (cover.eye_glare, <, 0.25);
                 g_assert_false (cover.head_covered >= 0.5f);
               });
}

static void
test_mask (void)
{
  const cv::Scalar colours[] = { { 90, 150, 200 }, { 235, 235, 235 }, { 30, 30, 35 }, { 220, 130, 150 } };
  for (const cv::Scalar &colour : colours)
    with_photos ([&] (cv::Mat &rgb, const Mesh &mesh) { paint (rgb, mask_outline (mesh), colour); },
                 [] (const FaceCover &cover, const char *) { g_assert_cmpfloat (cover.mouth_covered, >, 0.5); });
}

static void
test_hand (void)
{
  with_photos (
    [] (cv::Mat &rgb, const Mesh &mesh) {
      const cv::Point2f cheek = mesh.at (50);
      const cv::Vec3b skin = rgb.at<cv::Vec3b> ((int) cheek.y, (int) cheek.x);
      paint (rgb, hand_outline (mesh), cv::Scalar (skin[0] * 0.85, skin[1] * 0.85, skin[2] * 0.85));
    },
    [] (const FaceCover &cover, const char *) { g_assert_cmpfloat (cover.mouth_covered, >, 0.5); });
}

static const float low_brim = -0.1f, high_brim = 0.25f;

/* Drawn low over the forehead, or of a colour that hair never has. */
static void
test_hat (void)
{
  const struct {
    cv::Scalar colour;
    float height;
  } hats[] = {
    { { 40, 70, 190 }, low_brim },  { { 20, 20, 30 }, low_brim },   { { 40, 70, 190 }, high_brim },
    { { 40, 150, 60 }, high_brim }, { { 230, 20, 30 }, high_brim }, { { 250, 250, 250 }, high_brim },
  };
  for (const auto &hat : hats)
    with_photos ([&] (cv::Mat &rgb, const Mesh &mesh) { paint (rgb, hat_outline (mesh, hat.height), hat.colour); },
                 [] (const FaceCover &cover, const char *) { g_assert_cmpfloat (cover.head_covered, >=, 0.5); });
}

/* A dark cap with its edge where hair begins looks like dark hair: neither bare nor covered. */
static void
test_dark_cap (void)
{
  with_photos ([] (cv::Mat &rgb,
                   const Mesh &mesh) { paint (rgb, hat_outline (mesh, high_brim), cv::Scalar (25, 25, 28)); },
               [] (const FaceCover &cover, const char *) { g_assert_true (std::isnan (cover.head_covered)); });
}

static void
test_glare (void)
{
  with_photos (
    [] (cv::Mat &rgb, const Mesh &mesh) {
      const float radius = mesh.eye_distance () * 0.14f;
      cv::circle (rgb, mesh.left_eye_in_picture (), (int) radius, cv::Scalar (255, 255, 255), -1, cv::LINE_AA);
    },
    [] (const FaceCover &cover, const char *) { g_assert_cmpfloat (cover.eye_glare, >, 0.5); });
}

/* What lies outside the picture, or is too dark or small to see, is not judged. */
static void
test_cannot_assess (void)
{
  g_autofree char *path = test_media (bare_photos[0]);
  Mesh mesh;

  if (path == nullptr || test_vision () == nullptr)
    return;
  const cv::Mat rgb = load (path);
  g_assert_true (find_face (rgb, mesh));

  const cv::Mat dark = rgb * 0.05;
  const FaceCover unseen = measure_cover (dark, mesh);
  g_assert_true (std::isnan (unseen.mouth_covered) && std::isnan (unseen.head_covered)
                 && std::isnan (unseen.eye_glare));

  const cv::Mat upper = rgb.rowRange (0, (int) mesh.at (1).y);
  g_assert_true (std::isnan (measure_cover (upper, mesh).mouth_covered));
  g_assert_false (std::isnan (measure_cover (upper, mesh).eye_glare));

  Mesh lower = mesh;
  const int cut = (int) (mesh.at (10).y + mesh.eye_distance () * 0.2f);
  for (cv::Point3f &point : lower.points)
    point.y -= cut;
  const FaceCover crownless = measure_cover (rgb.rowRange (cut, rgb.rows), lower);
  g_assert_true (std::isnan (crownless.head_covered));
  g_assert_false (std::isnan (crownless.mouth_covered));

  Mesh small = mesh;
  for (cv::Point3f &point : small.points)
    point *= 12 / mesh.eye_distance ();
  g_assert_true (std::isnan (measure_cover (rgb, small).mouth_covered));
  g_assert_true (std::isnan (measure_gaze (rgb, small).yaw_deg));
}

/* Real masks and bare faces. */
static void
test_mask_photos (void)
{
  guint n_masks = 0, n_found = 0, n_bare = 0, n_wrong = 0;

  if (test_vision () == nullptr)
    return;
  g_autoptr (GPtrArray) rows = test_labels ("mask");
  for (guint i = 0; i < rows->len; i++)
    {
      const TestRow *row = (const TestRow *) g_ptr_array_index (rows, i);
      const bool masked = g_str_equal (row->fields[0], "1");
      const cv::Mat rgb = load (row->path);
      Mesh mesh;
      if (std::min (rgb.cols, rgb.rows) < 48 || !find_face (rgb, mesh))
        continue;
      const float covered = measure_cover (rgb, mesh).mouth_covered;
      if (std::isnan (covered))
        continue;
      (masked ? n_masks : n_bare)++;
      n_found += masked && covered >= 0.5f;
      n_wrong += !masked && covered >= 0.5f;
    }
  if (n_masks == 0)
    {
      g_test_skip ("no photos of masks");
      return;
    }
  g_test_message ("%u of %u masks found, %u of %u bare faces wrong", n_found, n_masks, n_wrong, n_bare);
  g_assert_cmpfloat (n_found, >, 0.9 * n_masks);
  g_assert_cmpfloat (n_wrong, <, 0.05 * n_bare);
}

/* Students at webcams, many with glasses and dark hair, none with a hat or a mask. */
static void
test_students (void)
{
  guint n = 0, n_covered = 0, n_hats = 0;

  if (test_vision () == nullptr)
    return;
  g_autoptr (GPtrArray) rows = test_labels ("campus");
  for (guint i = 0; i < rows->len; i += 2)
    {
      const TestRow *row = (const TestRow *) g_ptr_array_index (rows, i);
      Mesh mesh;
      if (!g_str_equal (row->fields[1], "live"))
        continue;
      const cv::Mat rgb = load (row->path);
      if (!find_face (rgb, mesh))
        continue;
      const FaceCover cover = measure_cover (rgb, mesh);
      n++;
      n_covered += cover.mouth_covered >= 0.5f;
      n_hats += cover.head_covered >= 0.5f;
    }
  if (n == 0)
    {
      g_test_skip ("no photos of students");
      return;
    }
  g_test_message ("%u students: %u mouths taken for covered, %u hats seen", n, n_covered, n_hats);
  g_assert_cmpuint (n_covered, <=, n / 50);
  g_assert_cmpuint (n_hats, <=, n / 50);
}

/* An iris painted to either side is seen there; eyes that are shut are not read. */
static void
test_gaze (void)
{
  g_autofree char *path = test_media (bare_photos[1]);
  Mesh mesh;

  if (path == nullptr || test_vision () == nullptr)
    return;
  const cv::Mat rgb = load (path);
  g_assert_true (find_face (rgb, mesh));
  float yaw_deg[3];
  for (int i = 0; i < 3; i++)
    {
      cv::Mat painted = rgb.clone ();
      for (const auto &corners : { std::make_pair (33, 133), std::make_pair (362, 263) })
        {
          const cv::Point2f from = mesh.at (corners.first), along = mesh.at (corners.second) - from;
          const float width = (float) cv::norm (along);
          cv::ellipse (painted, from + along * 0.5f, cv::Size2f (width * 0.55f, width * 0.25f), 0, 0, 360,
                       cv::Scalar (215, 210, 205), -1);
          cv::circle (painted, from + along * (0.32f + 0.18f * i), (int) (width * 0.195f), cv::Scalar (40, 30, 25), -1);
        }
      yaw_deg[i] = measure_gaze (painted, mesh).yaw_deg;
    }
  g_test_message ("yaw %.0f, %.0f and %.0f degrees", yaw_deg[0], yaw_deg[1], yaw_deg[2]);
  g_assert_cmpfloat (yaw_deg[0], >, 15);
  g_assert_cmpfloat (std::abs (yaw_deg[1]), <, 8);
  g_assert_cmpfloat (yaw_deg[2], <, -15);

  Mesh shut = mesh;
  for (const auto &lids : { std::make_pair (159, 145), std::make_pair (386, 374) })
    shut.points[lids.first] = shut.points[lids.second];
  g_assert_true (std::isnan (measure_gaze (rgb, shut).yaw_deg));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vision/face-cover/bare", test_bare);
  g_test_add_func ("/vision/face-cover/mask", test_mask);
  g_test_add_func ("/vision/face-cover/hand", test_hand);
  g_test_add_func ("/vision/face-cover/hat", test_hat);
  g_test_add_func ("/vision/face-cover/dark-cap", test_dark_cap);
  g_test_add_func ("/vision/face-cover/glare", test_glare);
  g_test_add_func ("/vision/face-cover/cannot-assess", test_cannot_assess);
  g_test_add_func ("/vision/face-cover/mask-photos", test_mask_photos);
  g_test_add_func ("/vision/face-cover/students", test_students);
  g_test_add_func ("/vision/face-cover/gaze", test_gaze);
  return g_test_run ();
}
