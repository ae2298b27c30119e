/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "photo-maker.hpp"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <opencv2/imgproc.hpp>

#include "xs-face-quality.hpp"

using namespace xs;

static const double photo_height_mm = 32;
/* Cutting works at this distance between the eyes, at most. */
static const float work_eye_distance_px = 90;
/* Narrower than this share of the head's length a tuft is no crown. */
static const double tuft_share = 0.04;

static cv::Point2f
apply (const cv::Matx23d &map, cv::Point2f point)
{
  const cv::Vec2d moved = map * cv::Vec3d (point.x, point.y, 1);
  return cv::Point2f ((float) moved[0], (float) moved[1]);
}

static Mesh
apply (const cv::Matx23d &map, Mesh mesh)
{
  for (cv::Point3f &point : mesh.points)
    {
      const cv::Point2f moved = apply (map, cv::Point2f (point.x, point.y));
      point = cv::Point3f (moved.x, moved.y, point.z);
    }
  return mesh;
}

/* Turns the eyes level and sets their distance; room for shoulders below, whatever the photo shows of them. */
static cv::Mat
make_upright (const cv::Mat &rgb, Mesh &mesh)
{
  const cv::Point2f left = mesh.left_eye_in_picture (), right = mesh.right_eye_in_picture ();
  const float scale = std::min (1.f, work_eye_distance_px / mesh.eye_distance ()), e = mesh.eye_distance () * scale;
  const double angle = std::atan2 (right.y - left.y, right.x - left.x);
  const double c = std::cos (angle) * scale, s = std::sin (angle) * scale;
  const cv::Size size (cvRound (e * 6), cvRound (e * 7.5));
  const cv::Point2f middle = (left + right) * 0.5f;
  const cv::Matx23d map (c, s, size.width / 2.0 - c * middle.x - s * middle.y, //
                         -s, c, e * 3.2 + s * middle.x - c * middle.y);
  cv::Mat upright;

  cv::warpAffine (rgb, upright, map, size, scale < 0.7 ? cv::INTER_AREA : cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  mesh = apply (map, mesh);
  return upright;
}

static void
paint_polygon (cv::Mat &mask, const std::vector<cv::Point2f> &points, int value)
{
  std::vector<cv::Point> rounded;
  for (const cv::Point2f &point : points)
    rounded.push_back (point);
  cv::fillPoly (mask, std::vector<std::vector<cv::Point>>{ rounded }, cv::Scalar (value));
}

static cv::Mat
cut_mask (const cv::Mat &rgb, const Mesh &mesh)
{
  const cv::Point2f eyes = (mesh.left_eye_in_picture () + mesh.right_eye_in_picture ()) * 0.5f, chin = mesh.at (152);
  const float e = mesh.eye_distance (), w = rgb.cols, h = rgb.rows;
  cv::Mat mask (rgb.size (), CV_8U, cv::Scalar (cv::GC_BGD)), back, fore, opened, labels, stats, centres;

  cv::ellipse (mask, eyes + cv::Point2f (0, -0.1f * e), cv::Size2f (1.75f * e, 2.25f * e), 0, 0, 360,
               cv::Scalar (cv::GC_PR_BGD), -1);
  paint_polygon (mask,
                 { { eyes.x - 0.9f * e, chin.y },
                   { eyes.x + 0.9f * e, chin.y },
                   { w, chin.y + 1.6f * e },
                   { w, h },
                   { 0, h },
                   { 0, chin.y + 1.6f * e } },
                 cv::GC_PR_BGD);
  cv::ellipse (mask, eyes + cv::Point2f (0, -0.15f * e), cv::Size2f (1.15f * e, 1.5f * e), 0, 0, 360,
               cv::Scalar (cv::GC_PR_FGD), -1);
  paint_polygon (mask,
                 { { eyes.x - 0.6f * e, chin.y - 0.2f * e },
                   { eyes.x + 0.6f * e, chin.y - 0.2f * e },
                   { eyes.x + 1.8f * e, chin.y + 1.1f * e },
                   { eyes.x + 2.2f * e, h },
                   { eyes.x - 2.2f * e, h },
                   { eyes.x - 1.8f * e, chin.y + 1.1f * e } },
                 cv::GC_PR_FGD);
  paint_polygon (mask, mesh.outline (), cv::GC_FGD);
  paint_polygon (mask,
                 { { eyes.x - 0.4f * e, chin.y - 0.2f * e },
                   { eyes.x + 0.4f * e, chin.y - 0.2f * e },
                   { eyes.x + 1.2f * e, h },
                   { eyes.x - 1.2f * e, h } },
                 cv::GC_FGD);
  cv::grabCut (rgb, mask, cv::Rect (), back, fore, 4, cv::GC_INIT_WITH_MASK);

  cv::Mat person = (mask & 1) * 255;
  const int size = std::max (3, cvRound (e * 0.09)) | 1;
  const cv::Mat disc = cv::getStructuringElement (cv::MORPH_ELLIPSE, cv::Size (size, size));
  cv::morphologyEx (person, opened, cv::MORPH_OPEN, disc);
  cv::morphologyEx (opened, opened, cv::MORPH_CLOSE, disc);
  cv::connectedComponentsWithStats (opened, labels, stats, centres);
  person = labels == labels.at<int> (cv::Point (eyes));
  /* What the person encloses belongs to them. */
  std::vector<std::vector<cv::Point>> contours;
  cv::findContours (person, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
  person.setTo (0);
  cv::drawContours (person, contours, -1, cv::Scalar (255), -1);
  /* The ground of the old photo shines through at the rim: a pixel less is cleaner. */
  cv::erode (person, person, cv::Mat ());
  return person;
}

cv::Rect2f
head_of (const cv::Mat &alpha, cv::Point2f chin, float lowest_side)
{
  float crown = -1, left = (float) alpha.cols, right = -1;
  const int tuft = std::max (2, cvRound (tuft_share * chin.y * 0.5));

  for (int y = 0; y < std::min (alpha.rows, (int) lowest_side); y++)
    {
      const float *row = alpha.ptr<float> (y);
      int first = -1, last = -1, n = 0;
      for (int x = 0; x < alpha.cols; x++)
        {
          if (row[x] < 0.5f)
            continue;
          first = first < 0 ? x : first;
          last = x;
          n++;
        }
      if (n < tuft)
        continue;
      crown = crown < 0 ? (float) y : crown;
      left = std::min (left, (float) first);
      right = std::max (right, (float) last + 1);
    }
  return cv::Rect2f (left, crown, right - left, chin.y - crown);
}

bool
cut_out (XsVision *vision, const cv::Mat &rgb, Cutout &out)
{
  const std::vector<Mesh> faces = vision_finder (vision).find_in_photo (rgb);
  if (faces.size () != 1)
    return false;

  out.mesh = faces[0];
  out.rgb = make_upright (rgb, out.mesh);
  cv::Mat mask = cut_mask (out.rgb, out.mesh), soft;
  mask.convertTo (out.alpha, CV_32F, 1 / 255.0);
  cv::GaussianBlur (out.alpha, out.alpha, cv::Size (), out.mesh.eye_distance () / 60);
  out.head = head_of (out.alpha, out.mesh.at (152), out.mesh.at (2).y);
  const float shape = out.head.width / out.head.height, up = out.mesh.at (152).y - out.mesh.at (10).y;
  return shape > 0.6f && shape < 0.95f && out.head.height > 1.05f * up && out.head.height < 1.9f * up && out.head.y > 1;
}

Composite
compose (const Cutout &cutout, const Placement &placement, const cv::Mat &ground)
{
  const double px_per_mm = placement.height_px / photo_height_mm;
  const double scale = placement.head_length_mm * px_per_mm / cutout.head.height;
  const double angle = placement.roll_deg * CV_PI / 180, c = std::cos (angle) * scale, s = std::sin (angle) * scale;
  const cv::Point2d from (cutout.head.x + cutout.head.width / 2, cutout.head.y);
  const cv::Point2d to (placement.width_px / 2.0 + placement.shift_mm * px_per_mm, placement.crown_mm * px_per_mm);
  Composite composite;
  cv::Mat rgb, alpha, source, ground_f;

  composite.placed = cv::Matx23d (c, -s, to.x - c * from.x + s * from.y, s, c, to.y - s * from.x - c * from.y);
  cutout.rgb.convertTo (source, CV_32FC3);
  cv::Mat cut_alpha = cutout.alpha;
  if (scale < 0.7)
    {
      /* Shrinking without this leaves jagged hair. */
      cv::GaussianBlur (source, source, cv::Size (), 0.35 / scale);
      cv::GaussianBlur (cut_alpha, alpha, cv::Size (), 0.35 / scale);
      cut_alpha = alpha.clone ();
    }
  cv::warpAffine (source, rgb, composite.placed, ground.size (), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::warpAffine (cut_alpha, alpha, composite.placed, ground.size (), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  const cv::Point2f chin = apply (composite.placed, cutout.mesh.at (152));
  const cv::Rect2f head = head_of (alpha, chin, apply (composite.placed, cutout.mesh.at (2)).y);
  composite.head_mm =
    cv::Rect2d (head.x / px_per_mm, head.y / px_per_mm, head.width / px_per_mm, head.height / px_per_mm);
  composite.alpha = alpha;
  ground.convertTo (ground_f, CV_32FC3);
  cv::Mat alpha3;
  cv::merge (std::vector<cv::Mat>{ alpha, alpha, alpha }, alpha3);
  cv::Mat mixed = rgb.mul (alpha3) + ground_f.mul (cv::Scalar::all (1) - alpha3);
  mixed.convertTo (composite.rgb, CV_8UC3);
  return composite;
}

cv::Mat
white_ground (int width_px, int height_px, int seed)
{
  cv::RNG chance ((uint64) seed * 7919 + 17);
  cv::Mat ground (height_px, width_px, CV_32FC3), noise (height_px, width_px, CV_32FC3), bytes;
  const double level = chance.uniform (238.0, 252.0), slope = chance.uniform (-3.0, 3.0);

  for (int y = 0; y < height_px; y++)
    ground.row (y).setTo (cv::Scalar::all (level + slope * (y / (double) height_px - 0.5)));
  chance.fill (noise, cv::RNG::NORMAL, 0, 1.5);
  ground += noise;
  ground.convertTo (bytes, CV_8UC3);
  return bytes;
}

Mesh
placed_mesh (const Cutout &cutout, const Composite &composite)
{
  return apply (composite.placed, cutout.mesh);
}

void
light_face (Cutout &cutout, double luminance)
{
  const double gain = luminance / measure_face (cutout.rgb, cutout.mesh).luminance;
  cv::Mat table (1, 256, CV_8U);

  if (!(gain > 1))
    return;
  for (int i = 0; i < 256; i++)
    {
      /* A shoulder instead of a cut, as cameras have it. */
      const double light = std::pow (i / 255.0, 2.2) * gain;
      table.at<uchar> (i) = cv::saturate_cast<uchar> (255 * std::pow (light / (1 + light * (1 - 1 / gain)), 1 / 2.2));
    }
  cv::LUT (cutout.rgb, table, cutout.rgb);
}

static GdkPixbuf *
pixbuf_of (const cv::Mat &rgb)
{
  g_autoptr (GBytes) bytes = g_bytes_new (rgb.data, rgb.step * (size_t) rgb.rows);
  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, rgb.cols, rgb.rows, (int) rgb.step);
}

static cv::Mat
mat_of (GdkPixbuf *pixbuf)
{
  const int channels = gdk_pixbuf_get_n_channels (pixbuf);
  const cv::Mat pixels (gdk_pixbuf_get_height (pixbuf), gdk_pixbuf_get_width (pixbuf), CV_8UC (channels),
                        (void *) gdk_pixbuf_read_pixels (pixbuf), (size_t) gdk_pixbuf_get_rowstride (pixbuf));
  cv::Mat rgb;
  if (channels == 4)
    cv::cvtColor (pixels, rgb, cv::COLOR_RGBA2RGB);
  else
    rgb = pixels.clone ();
  return rgb;
}

cv::Mat
through_jpeg (const cv::Mat &rgb, int quality)
{
  g_autoptr (GError) error = nullptr;
  g_autoptr (GdkPixbuf) pixbuf = pixbuf_of (rgb.isContinuous () ? rgb : rgb.clone ());
  g_autofree char *digits = g_strdup_printf ("%d", quality);
  g_autofree char *jpeg = nullptr;
  gsize size = 0;

  gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", &error, "quality", digits, NULL);
  g_assert_no_error (error);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (jpeg, (gssize) size, nullptr);
  g_autoptr (GdkPixbuf) back = gdk_pixbuf_new_from_stream (stream, nullptr, &error);
  g_assert_no_error (error);
  return mat_of (back);
}

cv::Mat
load_picture (const char *path)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_file (path, nullptr);
  return pixbuf != nullptr ? mat_of (pixbuf) : cv::Mat ();
}

XsFrame *
frame_of (const cv::Mat &rgb)
{
  const cv::Mat whole = rgb.isContinuous () ? rgb : rgb.clone ();
  g_autoptr (GBytes) bytes = g_bytes_new (whole.data, whole.step * (size_t) whole.rows);
  return xs_frame_new (whole.cols, whole.rows, (int) whole.step, 0, bytes);
}
