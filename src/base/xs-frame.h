/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsFrame: one picture, 8-bit R, G, B interleaved, top row first. Immutable, reference counted, any thread.
 */
typedef struct {
  int width_px;
  int height_px;
  int stride_bytes; /* >= 3 * width_px */
  gint64 time_us;   /* when it was captured: monotonic clock live, stream time for recordings; 0 for photos */
  GBytes *pixels;   /* stride_bytes * (height_px - 1) + 3 * width_px bytes at least */
} XsFrame;

/** xs_frame_new: (transfer full): takes a reference on @pixels. Aborts when it is too small for the sizes. */
XsFrame *xs_frame_new (int width_px, int height_px, int stride_bytes, gint64 time_us, GBytes *pixels);
XsFrame *xs_frame_ref (XsFrame *frame);
void xs_frame_unref (XsFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsFrame, xs_frame_unref)
const guint8 *xs_frame_data (const XsFrame *frame);

G_END_DECLS
