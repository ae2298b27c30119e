/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-observation.h"

#include <math.h>
#include <string.h>

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

static gboolean
is_hash (const char *text)
{
  return strlen (text) == XS_PICTURE_HASH_DIGITS && strspn (text, "0123456789abcdef") == XS_PICTURE_HASH_DIGITS;
}

int
xs_picture_hash_distance (const char *a, const char *b)
{
  int distance = 0;

  if (!is_hash (a) || !is_hash (b))
    return -1;
  for (guint i = 0; i < XS_PICTURE_HASH_DIGITS; i++)
    distance += __builtin_popcount ((guint) (g_ascii_xdigit_value (a[i]) ^ g_ascii_xdigit_value (b[i])));
  return distance;
}
