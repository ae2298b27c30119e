/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-observation.h"

/** nobody: a lit, uncovered picture in which nobody is. */
static inline XsObservation
nobody (gint64 time_us)
{
  XsObservation seen;

  xs_observation_init (&seen, time_us, 1280, 720);
  seen.frame_luminance = 0.25f;
  seen.detail = 0.2f;
  return seen;
}

/** good: the learner, looked at thoroughly, fine in every respect under the default policy. */
static inline XsObservation
good (gint64 time_us)
{
  XsObservation seen = nobody (time_us);

  seen.thorough = TRUE;
  seen.n_faces = 1;
  seen.faces[0] = (XsFaceBox){ 500, 200, 280, 320, 0.99f };
  seen.match = 0.8f;
  seen.yaw_deg = seen.pitch_deg = seen.roll_deg = 0;
  seen.inter_eye_distance_px = 110;
  seen.brow_chin_px = 220;
  seen.face_share = 0.44f;
  seen.luminance = 0.25f;
  seen.backlight_ev = 0;
  seen.sharpness = 0.3f;
  return seen;
}
