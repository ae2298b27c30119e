/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-vision.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <optional>

#include <opencv2/imgproc.hpp>

#include "xs-face-cover.hpp"
#include "xs-face-finder.hpp"
#include "xs-face-motion.hpp"
#include "xs-face-pose.hpp"
#include "xs-face-quality.hpp"
#include "xs-face-repeat.hpp"
#include "xs-face-template.hpp"
#include "xs-gaze.hpp"
#include "xs-liveness.hpp"
#include "xs-models.hpp"
#include "xs-picture-hash.hpp"
#include "xs-vision-private.hpp"

using namespace xs;

static const int min_side_px = 48;
static const int warm_up_px = 192;
/* Along an uninterrupted track identity and liveness are measured again this often. */
static const gint64 match_interval_us = G_USEC_PER_SEC;
static const gint64 live_interval_us = G_USEC_PER_SEC;
static const gint64 min_live_interval_us = 280 * 1000;
/* Below this it is not certain who it is, and it is measured that often. */
static const float sure_match = 0.55f;
static const gint64 doubt_interval_us = 180 * 1000;
static const float min_open_for_gaze = 0.8f;
/* Measures of liveness that are taken together; fewer than three say nothing. */
static const size_t live_run = 8;
static const size_t min_live_run = 3;

/* What is known of the face that is followed. */
struct Track {
  float match = NAN;
  gint64 match_us = G_MININT64 / 2;
  std::deque<float> live_logits; /* newest last */
  gint64 live_us = G_MININT64 / 2;
  FaceMotion motion;

  /*
   * interrupted: what remains after a jump. Whoever it is now, a little of the liveness is kept for a while, or a print
   * that is shaken would never be measured often enough; too little to speak for, or against, the next person.
   */
  Track
  interrupted (gint64 time_us) const
  {
    Track next;
    if (time_us >= live_us && time_us - live_us <= 2 * live_interval_us)
      {
        next.live_us = live_us;
        next.live_logits = live_logits;
        while (next.live_logits.size () >= min_live_run)
          next.live_logits.pop_front ();
      }
    return next;
  }
};

/* A face less high than this share of the largest stands in the background, or hangs on the wall. */
static const float bystander_ratio = 0.5f;

struct _XsVision {
  explicit _XsVision (const std::string &dir)
      : finder (FaceDetector (load_network (dir, "blazeface-front-128.onnx")),
                FaceMesh (load_network (dir, "facemesh.onnx"), read_model (dir, "canonical468.bin"))),
        embedder (load_network (dir, "fr_feature.onnx")), eyes (load_network (dir, "fr_eye.onnx")),
        liveness (load_network (dir, "fr_liveness.onnx")), pose (load_network (dir, "fr_pose.onnx"))
  {
    warm_up ();
  }

  /* Networks, and OpenCV's colour tables, are set up when first used: 0.2 s that the first frame would wait for. */
  void
  warm_up ()
  {
    const cv::Mat rgb (warm_up_px, warm_up_px, CV_8UC3, cv::Scalar::all (128));
    const cv::Rect whole (0, 0, warm_up_px, warm_up_px);
    finder.find_in_photo (rgb);
    const Mesh mesh = finder.get_mesher ().fit (rgb, Detection{ whole, { 0, 0 }, { 1, 0 }, 1 });
    embedder.embed (rgb, mesh);
    eyes.look (rgb, mesh);
    liveness.logit (rgb, mesh);
    pose.look (rgb, mesh, finder.get_mesher ().pose (mesh));
    cv::Mat colours;
    cv::cvtColor (cv::Mat (rgb.size (), CV_32FC3, cv::Scalar::all (0.5)), colours, cv::COLOR_RGB2Lab);
  }

  FaceFinder finder;
  FaceEmbedder embedder;
  EyeState eyes;
  LivenessModel liveness;
  PoseModel pose;
  std::optional<XsTemplate> reference;
  Track track;
  FaceRepeat repeat;
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
    const Mesh &face = *std::max_element (faces.begin (), faces.end (), [] (const Mesh &a, const Mesh &b) {
      return a.bounds ().height < b.bounds ().height;
    });
    const auto n_near = std::count_if (faces.begin (), faces.end (), [&] (const Mesh &other) {
      return other.bounds ().height >= bystander_ratio * face.bounds ().height;
    });
    if (n_near > 1)
      throw Failure (XS_ERROR_NO_FACE,
                     cv::format ("The photo shows %d faces; take one with a single person", (int) n_near));
    *out = vision->embedder.embed (rgb, face);
  });
}

void
xs_vision_set_reference (XsVision *vision, const XsTemplate *reference)
{
  g_return_if_fail (vision != nullptr);

  vision->finder.forget ();
  vision->track = Track ();
  vision->repeat.clear ();
  if (reference != nullptr)
    vision->reference = *reference;
  else
    vision->reference.reset ();
}

static float
match_of (XsVision &vision, const cv::Mat &rgb, const Mesh &face)
{
  return template_cosine (vision.embedder.embed (rgb, face), *vision.reference);
}

/* Put the face to follow first, nobody being followed: who matches best, else the largest. */
static void
choose_main_face (XsVision &vision, const cv::Mat &rgb, std::vector<Mesh> &faces, gint64 time_us)
{
  const bool by_match = vision.reference && faces.size () > 1;
  std::vector<float> merits;

  for (const Mesh &face : faces)
    merits.push_back (by_match ? match_of (vision, rgb, face) : face.bounds ().area ());
  const auto best = std::max_element (merits.begin (), merits.end ());
  std::swap (faces[0], faces[(size_t) (best - merits.begin ())]);
  if (by_match)
    {
      vision.track.match = *best;
      vision.track.match_us = time_us;
    }
}

static void
measure_match (XsVision &vision, const cv::Mat &rgb, const Mesh &face, bool now, XsObservation &out)
{
  Track &track = vision.track;

  if (!vision.reference)
    return;
  const gint64 interval_us = track.match >= sure_match ? match_interval_us : doubt_interval_us;
  if (track.match_us != out.time_us && (now || out.time_us - track.match_us >= interval_us))
    {
      track.match = match_of (vision, rgb, face);
      track.match_us = out.time_us;
    }
  out.match = track.match;
}

static void
measure_liveness (XsVision &vision, const cv::Mat &rgb, const Mesh &face, bool now, XsObservation &out)
{
  Track &track = vision.track;
  std::deque<float> &logits = track.live_logits;

  const gint64 since_us = out.time_us - track.live_us;
  float newest = logits.empty () ? NAN : logits.back ();

  /* Not on the frame that identity was measured on, unless it must be: no frame shall cost much more than others. */
  if (now || (since_us >= live_interval_us && out.time_us != track.match_us))
    {
      newest = vision.liveness.logit (rgb, face);
      /* Frames that follow each other closely say the same: a run must reach back some seconds. */
      if (since_us >= min_live_interval_us)
        {
          logits.push_back (newest);
          track.live_us = out.time_us;
        }
      if (logits.size () > live_run)
        logits.pop_front ();
    }
  out.live = logistic (newest);
  if (logits.size () >= min_live_run)
    out.live_run = logistic (std::accumulate (logits.begin (), logits.end (), 0.f) / logits.size ());
}

static void
measure_what_covers (const cv::Mat &rgb, const Mesh &face, XsObservation &out)
{
  const FaceCover cover = measure_cover (rgb, face);

  out.mouth_covered = cover.mouth_covered;
  out.head_covered = cover.head_covered;
  out.eye_glare = cover.eye_glare;
  /* Closed eyes seem to look down, and winking ones anywhere. */
  if (!(out.eyes_open >= min_open_for_gaze))
    return;
  const Gaze gaze = measure_gaze (rgb, face);
  out.gaze_yaw_deg = gaze.yaw_deg + out.yaw_deg;
  out.gaze_pitch_deg = gaze.pitch_deg + out.pitch_deg;
}

/* What one picture shows of @face. */
static void
measure_picture (XsVision &vision, const cv::Mat &rgb, const FrameLight &frame_light, const Mesh &face,
                 XsObservation &out)
{
  const cv::Rect2f box = face.bounds ();
  const FaceLight light = measure_face (rgb, face);
  Pose pose = vision.finder.get_mesher ().pose (face);

  if (out.thorough)
    pose = vision.pose.look (rgb, face, pose);
  out.yaw_deg = pose.yaw_deg;
  out.pitch_deg = pose.pitch_deg;
  out.roll_deg = pose.roll_deg;
  out.inter_eye_distance_px = face.eye_distance () / std::max (0.1f, std::cos (pose.yaw_deg * (float) CV_PI / 180));
  out.brow_chin_px = face.brow_chin ();
  out.face_share = box.height / rgb.rows;
  out.luminance = light.luminance;
  out.under_exposure = light.under_exposure;
  out.over_exposure = light.over_exposure;
  out.light_balance_ev = light.balance_ev;
  out.sharpness = light.sharpness;
  out.backlight_ev = frame_light.backlight_ev (box, light.luminance);
  out.eyes_open = 1 - vision.eyes.look (rgb, face).mean ();
  measure_what_covers (rgb, face, out);
  for (int i = 0; i < XS_N_LANDMARKS; i++)
    out.landmarks[i] = { face.points[i].x, face.points[i].y };
}

static void
note_faces (const std::vector<Mesh> &faces, XsObservation &out)
{
  for (const Mesh &face : faces)
    {
      const cv::Rect2f box = face.bounds ();
      out.faces[out.n_faces++] = { box.x, box.y, box.width, box.height, face.confidence };
    }
}

static FrameLight
begin (const cv::Mat &rgb, const XsFrame *frame, bool thorough, XsObservation &out)
{
  FrameLight frame_light (rgb);

  xs_observation_init (&out, frame->time_us, frame->width_px, frame->height_px);
  out.thorough = thorough;
  out.frame_luminance = out.luminance = frame_light.mean ();
  out.detail = frame_light.detail ();
  return frame_light;
}

static void
observe_followed (XsVision &vision, const cv::Mat &rgb, const FrameLight &frame_light, Found &found, XsObservation &out)
{
  std::vector<Mesh> &faces = found.faces;

  if (!found.followed)
    {
      vision.track = vision.track.interrupted (out.time_us);
      choose_main_face (vision, rgb, faces, out.time_us);
      found.patch = aligned_patch (rgb, faces[0]);
    }
  vision.finder.follow (faces, found.patch, out.time_us);
  note_faces (faces, out);
  measure_picture (vision, rgb, frame_light, faces[0], out);
  picture_hash (found.patch, out.picture_hash);
  measure_match (vision, rgb, faces[0], out.thorough, out);
  measure_liveness (vision, rgb, faces[0], out.thorough, out);
  vision.track.motion.add (faces[0], found.patch, out.eyes_open, out.time_us);
  out.motion = vision.track.motion.motion ();
  out.blink = vision.track.motion.blink ();
  if (!out.thorough)
    return;
  if (!vision.repeat.empty ())
    out.repeats = vision.repeat.seen (found.patch, out.time_us);
  if (!(out.repeats > 0))
    vision.repeat.add (found.patch, out.time_us);
}

gboolean
xs_vision_observe (XsVision *vision, const XsFrame *frame, XsLook look, XsObservation *out, GError **error)
{
  g_return_val_if_fail (vision != nullptr && frame != nullptr && out != nullptr, FALSE);

  return guard (error, [&] {
    const cv::Mat rgb = pixels_of (frame);
    const FrameLight frame_light = begin (rgb, frame, look == XS_LOOK_THOROUGH, *out);
    if (look == XS_LOOK_LIGHT)
      return;
    Found found = vision->finder.find (rgb, frame->time_us, out->thorough);

    if (!found.faces.empty ())
      observe_followed (*vision, rgb, frame_light, found, *out);
  });
}

gboolean
xs_vision_observe_picture (XsVision *vision, const XsFrame *picture, XsObservation *out, GError **error)
{
  g_return_val_if_fail (vision != nullptr && picture != nullptr && out != nullptr, FALSE);

  return guard (error, [&] {
    const cv::Mat rgb = pixels_of (picture);
    const FrameLight frame_light = begin (rgb, picture, true, *out);
    std::vector<Mesh> faces = vision->finder.find_in_photo (rgb);

    if (faces.empty ())
      return;
    std::sort (faces.begin (), faces.end (),
               [] (const Mesh &a, const Mesh &b) { return a.bounds ().area () > b.bounds ().area (); });
    note_faces (faces, *out);
    measure_picture (*vision, rgb, frame_light, faces[0], *out);
    picture_hash (aligned_patch (rgb, faces[0]), out->picture_hash);
    out->live = logistic (vision->liveness.logit (rgb, faces[0]));
    if (vision->reference)
      out->match = match_of (*vision, rgb, faces[0]);
  });
}
