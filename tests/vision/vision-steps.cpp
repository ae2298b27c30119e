/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vision-steps.h"

#include "xs-eye-state.hpp"
#include "xs-face-motion.hpp"
#include "xs-face-pose.hpp"
#include "xs-face-quality.hpp"
#include "xs-face-template.hpp"
#include "xs-liveness.hpp"
#include "xs-vision-private.hpp"

using namespace xs;

struct _VisionSteps {
  explicit _VisionSteps (const std::string &dir)
      : detector (load_network (dir, "blazeface-front-128.onnx")),
        mesher (load_network (dir, "facemesh.onnx"), read_model (dir, "canonical468.bin")),
        embedder (load_network (dir, "fr_feature.onnx")), eyes (load_network (dir, "fr_eye.onnx")),
        liveness (load_network (dir, "fr_liveness.onnx")), pose (load_network (dir, "fr_pose.onnx"))
  {
  }

  FaceDetector detector;
  FaceMesh mesher;
  FaceEmbedder embedder;
  EyeState eyes;
  LivenessModel liveness;
  PoseModel pose;
  FaceMotion motion;

  XsFrame *frame = nullptr;
  cv::Mat rgb;
  Mesh face;
  gint64 now_us = 0;
};

static const struct {
  const char *name;
  void (*run) (VisionSteps &s);
} steps[] = {
  { "detector", [] (VisionSteps &s) { s.detector.detect (s.rgb, cv::Rect (0, 0, s.rgb.cols, s.rgb.rows)); } },
  { "mesh", [] (VisionSteps &s) { s.mesher.fit (s.rgb, s.face); } },
  { "pose of the mesh", [] (VisionSteps &s) { s.mesher.pose (s.face); } },
  { "pose net", [] (VisionSteps &s) { s.pose.look (s.rgb, s.face, s.mesher.pose (s.face)); } },
  { "embedder", [] (VisionSteps &s) { s.embedder.embed (s.rgb, s.face); } },
  { "liveness", [] (VisionSteps &s) { s.liveness.logit (s.rgb, s.face); } },
  { "eyes, both", [] (VisionSteps &s) { s.eyes.look (s.rgb, s.face); } },
  { "light of the frame", [] (VisionSteps &s) { FrameLight (s.rgb).backlight_ev (s.face.bounds (), 0.1f); } },
  { "light of the face", [] (VisionSteps &s) { measure_face (s.rgb, s.face); } },
  { "motion",
    [] (VisionSteps &s) { s.motion.add (s.face, aligned_patch (s.rgb, s.face), 1, s.now_us += G_USEC_PER_SEC / 10); } },
};

VisionSteps *
vision_steps_new (GError **error)
{
  VisionSteps *made = nullptr;

  guard (error, [&] {
    cv::setNumThreads (1);
    made = new _VisionSteps (xs_models_dir ());
  });
  return made;
}

void
vision_steps_free (VisionSteps *self)
{
  if (self->frame != nullptr)
    xs_frame_unref (self->frame);
  delete self;
}

const char *
vision_steps_name (guint i)
{
  return i < G_N_ELEMENTS (steps) ? steps[i].name : NULL;
}

gboolean
vision_steps_set (VisionSteps *self, XsFrame *frame, GError **error)
{
  bool found = false;

  if (self->frame != nullptr)
    xs_frame_unref (self->frame);
  self->frame = xs_frame_ref (frame);
  guard (error, [&] {
    self->rgb = pixels_of (frame);
    const std::vector<Detection> detections =
      self->detector.detect (self->rgb, cv::Rect (0, 0, self->rgb.cols, self->rgb.rows));
    if (detections.empty ())
      return;
    self->face = self->mesher.fit (self->rgb, detections[0]);
    found = self->face.confidence > 0.9f;
  });
  return found;
}

gboolean
vision_steps_run (VisionSteps *self, guint i, GError **error)
{
  return guard (error, [&] { steps[i].run (*self); });
}
