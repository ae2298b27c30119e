/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-observation.h"

#include <math.h>
#include <string.h>

#define MEASURE(name_)                                                                                                 \
  {                                                                                                                    \
#name_, G_STRUCT_OFFSET(XsObservation, name_)                                                                      \
  }

static const struct {
  const char *name;
  gsize offset;
} measures[] = {
  MEASURE (match),
  MEASURE (yaw_deg),
  MEASURE (pitch_deg),
  MEASURE (roll_deg),
  MEASURE (gaze_yaw_deg),
  MEASURE (gaze_pitch_deg),
  MEASURE (inter_eye_distance_px),
  MEASURE (brow_chin_px),
  MEASURE (face_share),
  MEASURE (frame_luminance),
  MEASURE (luminance),
  MEASURE (under_exposure),
  MEASURE (over_exposure),
  MEASURE (light_balance_ev),
  MEASURE (backlight_ev),
  MEASURE (sharpness),
  MEASURE (detail),
  MEASURE (eyes_open),
  MEASURE (mouth_covered),
  MEASURE (head_covered),
  MEASURE (eye_glare),
  MEASURE (live),
  MEASURE (live_run),
  MEASURE (motion),
  MEASURE (blink),
  MEASURE (repeats),
};

const char *
xs_measure_name (guint i)
{
  return i < G_N_ELEMENTS (measures) ? measures[i].name : NULL;
}

float
xs_measure_get (const XsObservation *observation, guint i)
{
  g_return_val_if_fail (i < G_N_ELEMENTS (measures), NAN);
  return G_STRUCT_MEMBER (float, observation, measures[i].offset);
}

gboolean
xs_observation_points (const XsObservation *observation, XsPoint points[XS_FACE_POINTS])
{
  /* Of the mesh: between the two corners of an eye, else the landmark itself. */
  static const guint pairs[XS_FACE_POINTS][2] = { { 33, 133 }, { 362, 263 }, { 4, 4 }, { 61, 61 }, { 291, 291 } };

  for (guint i = 0; i < XS_FACE_POINTS; i++)
    {
      const XsPoint *a = &observation->landmarks[pairs[i][0]], *b = &observation->landmarks[pairs[i][1]];
      points[i] = (XsPoint){ (a->x_px + b->x_px) / 2, (a->y_px + b->y_px) / 2 };
      if (observation->n_faces == 0 || !isfinite (points[i].x_px) || !isfinite (points[i].y_px))
        return FALSE;
    }
  return TRUE;
}

void
xs_observation_init (XsObservation *observation, gint64 time_us, int width_px, int height_px)
{
  *observation = (XsObservation){ .time_us = time_us, .width_px = width_px, .height_px = height_px };
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    G_STRUCT_MEMBER (float, observation, measures[i].offset) = NAN;
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
