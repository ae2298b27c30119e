/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * What vision says of one frame. Lengths are pixels of the full frame; angles are degrees of the main face:
 * yaw > 0 nose towards the image's left, pitch > 0 up, roll > 0 clockwise in the image.
 * A measure that could not be taken is NaN, never 0: test with isnan() through xs_measured().
 */

#define XS_MAX_FACES 4

typedef struct {
  float x_px, y_px, width_px, height_px; /* tight box round the face mesh */
  float confidence;                      /* 0 … 1, that this is a face */
} XsFaceBox;

typedef struct {
  gint64 time_us; /* the frame's capture time */
  int width_px, height_px;
  guint n_faces; /* 0 … XS_MAX_FACES, main face first */
  XsFaceBox faces[XS_MAX_FACES];
  float match; /* cosine of main face and reference template, -1 … 1 */
  float yaw_deg, pitch_deg, roll_deg;
  float eye_distance_px; /* between the eye centres */
  float brow_chin_px;    /* from the brow line to the chin */
  float face_share;      /* main face's box height / frame height, 0 … 1 */
  float luminance;       /* mean linear luminance of the main face, or of the frame without one, 0 … 1 */
  float frame_luminance; /* mean linear luminance of the whole frame, 0 … 1 */
  float backlight_ev;    /* log2 (bright background / face); > 0 brighter background */
  float sharpness;       /* re-blur ratio on the face; about 0.1 is the limit of usable */
  float detail;          /* standard deviation of grey levels in the whole frame, 0 … 1: near 0 when covered */
} XsObservation;

/** xs_measured: whether a measure of an observation was taken. */
static inline gboolean
xs_measured (float value)
{
  return value == value;
}

/** xs_observation_init: no faces, every measure not taken. */
void xs_observation_init (XsObservation *observation, gint64 time_us, int width_px, int height_px);

G_END_DECLS
