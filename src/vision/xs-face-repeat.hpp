/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include <deque>

#include <opencv2/core.hpp>

namespace xs {

/**
 * FaceRepeat: whether a face is the very same picture as one seen before, also when it was compressed anew, made
 * brighter or mirrored. No two pictures of a living face are.
 */
class FaceRepeat
{
public:
  /** seen: whether @patch, from aligned_patch(), repeats one that was added at another time. */
  bool seen (const cv::Mat &patch, gint64 time_us) const;
  void add (const cv::Mat &patch, gint64 time_us);
  void clear ();
  bool empty () const;

private:
  struct Print {
    gint64 time_us;
    cv::Mat values; /* mean 0, length 1 */
    guint64 hash;
  };

  static Print make_print (const cv::Mat &patch, gint64 time_us);

  std::deque<Print> prints;
};

} // namespace xs
