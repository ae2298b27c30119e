/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-vision.h"

G_BEGIN_DECLS

/** test_vision: the models, loaded once for the whole program; NULL after g_test_skip() where there are none. */
XsVision *test_vision (void);

/** test_media: (transfer full): the path of a file of the test media; NULL after g_test_skip() where it is missing. */
char *test_media (const char *name);

/** test_photo: (transfer full): decode a picture; fails the test when that is not possible. */
XsFrame *test_photo (const char *path);

/** test_photo_scaled: (transfer full): test_photo() at @scale. */
XsFrame *test_photo_scaled (const char *path, double scale);

/** test_plain_frame: (transfer full): one grey all over, 0 … 255. */
XsFrame *test_plain_frame (int width_px, int height_px, guint8 grey);

/** test_side_by_side: (transfer full): two pictures in one, the shorter with black below. */
XsFrame *test_side_by_side (const XsFrame *left, const XsFrame *right);

/** TestRow: one line of a label file: the full path and the fields after it. */
typedef struct {
  char *path;
  char **fields;
} TestRow;

/** test_labels: (element-type TestRow): labels/@name.csv without its header, only rows whose file is there. */
GPtrArray *test_labels (const char *name);

G_END_DECLS
