/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-observation.h"

#include <math.h>

void
xs_observation_init (XsObservation *observation, gint64 time_us, int width_px, int height_px)
{
  *observation = (XsObservation){
    .time_us = time_us,
    .width_px = width_px,
    .height_px = height_px,
    .match = NAN,
    .yaw_deg = NAN,
    .pitch_deg = NAN,
    .roll_deg = NAN,
    .gaze_yaw_deg = NAN,
    .gaze_pitch_deg = NAN,
    .inter_eye_distance_px = NAN,
    .brow_chin_px = NAN,
    .face_share = NAN,
    .frame_luminance = NAN,
    .luminance = NAN,
    .under_exposure = NAN,
    .over_exposure = NAN,
    .light_balance_ev = NAN,
    .backlight_ev = NAN,
    .sharpness = NAN,
    .detail = NAN,
    .eyes_open = NAN,
    .mouth_covered = NAN,
    .head_covered = NAN,
    .eye_glare = NAN,
    .live = NAN,
    .live_run = NAN,
    .motion = NAN,
    .blink = NAN,
    .repeats = NAN,
  };
}
