/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * What vision says of one frame. Lengths are pixels of the full frame; angles are degrees of the main face:
 * yaw > 0 nose towards the image's left, pitch > 0 up, roll > 0 clockwise in the image.
 * A measure that could not be taken is NaN, never 0: test with isnan() through xs_measured(). Names and scales are
 * those of ISO/IEC 29794-5 (raw values of its reference implementation OFIQ) where it has the measure.
 */

#define XS_MAX_FACES 4
/* 256 bits. */
#define XS_PICTURE_HASH_DIGITS 64
/* MediaPipe's face mesh. */
#define XS_N_LANDMARKS 468
/* What tells a person where a face was found: eyes, tip of the nose, corners of the mouth. */
#define XS_FACE_POINTS 5

typedef struct {
  float x_px, y_px, width_px, height_px; /* tight box round the face mesh */
  float confidence;                      /* 0 … 1, that this is a face */
} XsFaceBox;

typedef struct {
  float x_px, y_px;
} XsPoint;

typedef struct {
  gint64 time_us; /* the frame's capture time */
  int width_px, height_px;
  /* Every measure below was taken of this very frame, as a photo needs. Otherwise @match and @live may be carried
   * along from an earlier frame of the same uninterrupted track. */
  gboolean thorough;

  /* Faces */
  guint n_faces; /* 0 … XS_MAX_FACES, main face first */
  XsFaceBox faces[XS_MAX_FACES];
  XsPoint landmarks[XS_N_LANDMARKS]; /* of the main face; undefined without one */

  /* Perceptual hash of the main face, upright and cut out, in lower-case hex; "" without a face. One picture
   * compressed anew, scaled or made brighter keeps nearly all bits; two pictures of one person do not. */
  char picture_hash[XS_PICTURE_HASH_DIGITS + 1];

  /* Identity */
  float match; /* cosine of main face and reference template, -1 … 1; at most a second old on the same track */

  /* Geometry */
  float yaw_deg, pitch_deg, roll_deg;
  float gaze_yaw_deg, gaze_pitch_deg; /* where the eyes look, seen from the camera, 0: into it; rough: ± 10° */
  float inter_eye_distance_px;        /* between the eye centres, divided by the cosine of yaw */
  float brow_chin_px;                 /* from the brow line to the chin */
  float face_share;                   /* main face's box height / frame height, 0 … 1 */

  /* Light and sharpness; luminance is linear */
  float frame_luminance;  /* mean of the whole frame, 0 … 1 */
  float luminance;        /* mean of the main face, or of the frame without one, 0 … 1 */
  float under_exposure;   /* share of the face with luminance up to 25/255, 0 … 1 */
  float over_exposure;    /* share of the face with luminance from 247/255, 0 … 1 */
  float light_balance_ev; /* log2 (image-left cheek / image-right cheek); 0: even light */
  float backlight_ev;     /* log2 (bright background / face); > 0 brighter background */
  float sharpness;        /* re-blur ratio on the face; about 0.1 is the limit of usable; indifferent to darkness */
  float detail;           /* standard deviation of grey levels in the whole frame, 0 … 1: near 0 when covered */

  /* What covers the face; 0 … 1, from 0.5 a reviewer would complain */
  float eyes_open;     /* 1 - probability that they are closed, mean of both */
  float mouth_covered; /* by a mask or a hand */
  float head_covered;  /* by a hat or cap */
  float eye_glare;     /* reflections of glasses on the eyes */

  /* Liveness */
  float live;     /* probability that this is no print or screen, from one frame, 0 … 1 */
  float live_run; /* the same from the last frames of the track together */
  float motion;  /* how much the face itself moved in the last seconds; a still picture stays below policy.motion_min */
  float blink;   /* largest change of eyes_open in the same time, 0 … 1 */
  float repeats; /* 1: shows the same picture as an earlier thorough observation, 0: none of them */
} XsObservation;

/** xs_measured: whether a measure of an observation was taken. */
static inline gboolean
xs_measured (float value)
{
  return value == value;
}

/** xs_measure_name: of the measures from match on, in this order. Returns: (nullable): NULL behind the last of them */
const char *xs_measure_name (guint i);
/** xs_measure_get: the same measure of @observation; NaN: not taken. */
float xs_measure_get (const XsObservation *observation, guint i);

/**
 * xs_observation_points: of the main face: left eye, right eye, tip of the nose, left and right corner of the mouth;
 * left and right are the picture's. Returns: FALSE without a face
 */
gboolean xs_observation_points (const XsObservation *observation, XsPoint points[XS_FACE_POINTS]);

/** xs_observation_init: no faces, every measure not taken. */
void xs_observation_init (XsObservation *observation, gint64 time_us, int width_px, int height_px);

/**
 * xs_picture_hash_distance: in how many of 256 bits two picture hashes differ; -1 when either is not 64 lower-case hex
 * digits.
 */
int xs_picture_hash_distance (const char *a, const char *b);

G_END_DECLS
