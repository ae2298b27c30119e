/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-frame.h"

XsFrame *
xs_frame_new (int width_px, int height_px, int stride_bytes, gint64 time_us, GBytes *pixels)
{
  g_assert (width_px > 0 && height_px > 0 && stride_bytes >= 3 * width_px);
  g_assert (g_bytes_get_size (pixels) >= (gsize) stride_bytes * (height_px - 1) + 3 * (gsize) width_px);

  XsFrame *frame = g_atomic_rc_box_new0 (XsFrame);
  frame->width_px = width_px;
  frame->height_px = height_px;
  frame->stride_bytes = stride_bytes;
  frame->time_us = time_us;
  frame->pixels = g_bytes_ref (pixels);
  return frame;
}

XsFrame *
xs_frame_ref (XsFrame *frame)
{
  return g_atomic_rc_box_acquire (frame);
}

static void
clear (gpointer data)
{
  XsFrame *frame = data;

  g_bytes_unref (frame->pixels);
}

void
xs_frame_unref (XsFrame *frame)
{
  if (frame != NULL)
    g_atomic_rc_box_release_full (frame, clear);
}

const guint8 *
xs_frame_data (const XsFrame *frame)
{
  return g_bytes_get_data (frame->pixels, NULL);
}
