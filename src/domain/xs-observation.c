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
    .eye_distance_px = NAN,
    .brow_chin_px = NAN,
    .face_share = NAN,
    .luminance = NAN,
    .frame_luminance = NAN,
    .backlight_ev = NAN,
    .sharpness = NAN,
    .detail = NAN,
  };
}
