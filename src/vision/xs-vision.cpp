/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-vision.h"

#include <cmath>
#include <optional>

#include <opencv2/core.hpp>

#include "xs-face-finder.hpp"
#include "xs-face-quality.hpp"
#include "xs-face-template.hpp"
#include "xs-models.hpp"
#include "xs-vision-private.hpp"

using namespace xs;

static const int min_side_px = 48;

struct _XsVision {
  explicit _XsVision (const std::string &dir)
      : finder (FaceDetector (load_network (dir, "blazeface-front-128.onnx")),
                FaceMesh (load_network (dir, "facemesh.onnx"), read_model (dir, "canonical468.bin"))),
        embedder (load_network (dir, "fr_feature.onnx")), eyes (load_network (dir, "fr_eye.onnx"))
  {
  }

  FaceFinder finder;
  FaceEmbedder embedder;
  EyeState eyes;
  std::optional<XsTemplate> reference;
};

FaceFinder &
xs::vision_finder (XsVision *vision)
{
  return vision->finder;
}

EyeState &
xs::vision_eyes (XsVision *vision)
{
  return vision->eyes;
}

cv::Mat
xs::pixels_of (const XsFrame *frame)
{
  if (frame->width_px < min_side_px || frame->height_px < min_side_px)
    throw Failure (XS_ERROR_INVALID, cv::format ("A picture of %d×%d pixels is too small to find a face in",
                                                 frame->width_px, frame->height_px));
  return cv::Mat (frame->height_px, frame->width_px, CV_8UC3, (void *) xs_frame_data (frame), frame->stride_bytes);
}

XsVision *
xs_vision_new (const char *models_dir, GError **error)
{
  XsVision *vision = nullptr;
  guard (error, [&] {
    cv::setNumThreads (1);
    vision = new _XsVision (models_dir != nullptr ? models_dir : xs_models_dir ());
  });
  return vision;
}

void
xs_vision_free (XsVision *vision)
{
  delete vision;
}

gboolean
xs_vision_enrol (XsVision *vision, const XsFrame *photo, XsTemplate *out, GError **error)
{
  g_return_val_if_fail (vision != nullptr && photo != nullptr && out != nullptr, FALSE);

  return guard (error, [&] {
    const cv::Mat rgb = pixels_of (photo);
    const std::vector<Mesh> faces = vision->finder.find_in_photo (rgb);
    if (faces.empty ())
      throw Failure (XS_ERROR_NO_FACE, "No face was found in the photo; take one that shows the face from the front, "
                                       "evenly lit");
    if (faces.size () > 1)
      throw Failure (XS_ERROR_NO_FACE,
                     cv::format ("The photo shows %d faces; take one with a single person", (int) faces.size ()));
    *out = vision->embedder.embed (rgb, faces[0]);
  });
}

void
xs_vision_set_reference (XsVision *vision, const XsTemplate *reference)
{
  g_return_if_fail (vision != nullptr);

  vision->finder.forget ();
  if (reference != nullptr)
    vision->reference = *reference;
  else
    vision->reference.reset ();
}

/* Index of the main face; @match becomes its cosine where that had to be found out. */
static size_t
choose_main_face (XsVision &vision, const cv::Mat &rgb, const std::vector<Mesh> &faces, gint64 time_us, float &match)
{
  const int followed = vision.finder.followed (faces, time_us);
  size_t best = 0;
  float best_area = 0;

  if (followed >= 0)
    return (size_t) followed;
  for (size_t i = 0; i < faces.size (); i++)
    {
      if (vision.reference && faces.size () > 1)
        {
          const float cosine = template_cosine (vision.embedder.embed (rgb, faces[i]), *vision.reference);
          if (std::isnan (match) || cosine > match)
            {
              match = cosine;
              best = i;
            }
        }
      else if (faces[i].bounds ().area () > best_area)
        {
          best_area = faces[i].bounds ().area ();
          best = i;
        }
    }
  return best;
}

static void
observe_face (XsVision &vision, const cv::Mat &rgb, const FrameLight &frame_light, const Mesh &face, XsObservation &out)
{
  const Pose pose = vision.finder.get_mesher ().pose (face);
  const FaceLight light = measure_face (rgb, face);

  out.yaw_deg = pose.yaw_deg;
  out.pitch_deg = pose.pitch_deg;
  out.roll_deg = pose.roll_deg;
  out.eye_distance_px = face.eye_distance ();
  out.brow_chin_px = face.brow_chin ();
  out.face_share = face.bounds ().height / rgb.rows;
  out.luminance = light.luminance;
  out.sharpness = light.sharpness;
  /* Half a code value keeps a black face from being infinitely backlit. */
  const float floor = 0.5f / 255 / 12.92f;
  out.backlight_ev = std::log2 ((frame_light.background (face.bounds ()) + floor) / (light.luminance + floor));
}

gboolean
xs_vision_observe (XsVision *vision, const XsFrame *frame, XsObservation *out, GError **error)
{
  g_return_val_if_fail (vision != nullptr && frame != nullptr && out != nullptr, FALSE);

  return guard (error, [&] {
    const cv::Mat rgb = pixels_of (frame);
    const FrameLight frame_light (rgb);
    std::vector<Mesh> faces = vision->finder.find (rgb, frame->time_us);

    xs_observation_init (out, frame->time_us, frame->width_px, frame->height_px);
    out->frame_luminance = out->luminance = frame_light.mean ();
    out->detail = frame_light.detail ();
    if (faces.empty ())
      return;

    std::swap (faces[0], faces[choose_main_face (*vision, rgb, faces, frame->time_us, out->match)]);
    vision->finder.follow (faces[0], frame->time_us);
    if (vision->reference && !xs_measured (out->match))
      out->match = template_cosine (vision->embedder.embed (rgb, faces[0]), *vision->reference);
    for (const Mesh &face : faces)
      {
        const cv::Rect2f box = face.bounds ();
        out->faces[out->n_faces++] = { box.x, box.y, box.width, box.height, face.confidence };
      }
    observe_face (*vision, rgb, frame_light, faces[0], *out);
  });
}
