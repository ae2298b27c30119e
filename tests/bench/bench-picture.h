/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

/** BenchPicture: a picture whose pixels may be changed: R, G, B interleaved, no padding. */
typedef struct {
  int width_px;
  int height_px;
  guint8 *pixels; /* owned */
} BenchPicture;

/** BenchMap: a homography, row by row, from pixels of one picture to those of another. */
typedef struct {
  double m[9];
} BenchMap;

/** bench_picture_load: (transfer full): a JPEG or PNG; ends the program, naming it, when it cannot be read. */
BenchPicture *bench_picture_load (const char *path);
/** bench_picture_new: (transfer full): mid-grey all over. */
BenchPicture *bench_picture_new (int width_px, int height_px);
/** bench_picture_copy: (transfer full) */
BenchPicture *bench_picture_copy (const BenchPicture *picture);
void bench_picture_free (BenchPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchPicture, bench_picture_free)

/** bench_picture_get: the pixel that is at or, outside, nearest to (x, y). */
guint8 *bench_picture_get (const BenchPicture *picture, int x, int y);

/**
 * bench_picture_lay: lay @from onto the columns of @onto from @left_px up to @right_px.
 * @map: from pixels of @from to those of @onto
 * @spread: whether the edge of @from goes on to the edge of @onto; else @onto stays as it is there
 */
void bench_picture_lay (const BenchPicture *from, const BenchMap *map, gboolean spread, BenchPicture *onto, int left_px,
                        int right_px);

/** bench_picture_blur: about as a Gaussian of @sigma_px. */
void bench_picture_blur (BenchPicture *picture, double sigma_px);

/** bench_picture_to_frame: (transfer full): with the noise of a good camera, up to 2 of 255. */
XsFrame *bench_picture_to_frame (const BenchPicture *picture, gint64 time_us, GRand *rand);

/** bench_map_scale: @scale times as large and turned by @roll_deg clockwise, so that (x, y) comes to (to_x, to_y). */
BenchMap bench_map_scale (double scale, double roll_deg, double x, double y, double to_x, double to_y);
/** bench_map_point: where @map brings (x, y). */
void bench_map_point (const BenchMap *map, double x, double y, double *to_x, double *to_y);

G_END_DECLS
