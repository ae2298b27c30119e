/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-picture-hash.hpp"

#include <algorithm>
#include <vector>

#include <opencv2/imgproc.hpp>

namespace xs {

static const int input_px = 64;
static const size_t n_bits = XS_PICTURE_HASH_DIGITS * 4;
/* These many of the lowest frequencies are left out: with them two pictures taken a while apart differ by as little as
 * 6 bits, without them by 14 and more. */
static const int n_lowest = 120;

/* The frequencies from low to high, along the diagonals. */
static std::vector<float>
medium_frequencies (const cv::Mat &spectrum)
{
  std::vector<float> values;
  int n_skipped = 0;

  for (int diagonal = 0; values.size () < n_bits; diagonal++)
    {
      for (int y = 0; y <= diagonal && values.size () < n_bits; y++)
        {
          if (n_skipped < n_lowest)
            n_skipped++;
          else
            values.push_back (spectrum.at<float> (y, diagonal - y));
        }
    }
  return values;
}

void
picture_hash (const cv::Mat &patch, char hex[XS_PICTURE_HASH_DIGITS + 1])
{
  cv::Mat small, spectrum;
  cv::resize (patch, small, cv::Size (input_px, input_px), 0, 0, cv::INTER_AREA);
  small.convertTo (small, CV_32F);
  cv::dct (small, spectrum);

  const std::vector<float> values = medium_frequencies (spectrum);
  std::vector<float> sorted (values);
  std::nth_element (sorted.begin (), sorted.begin () + sorted.size () / 2, sorted.end ());
  const float median = sorted[sorted.size () / 2];
  for (size_t i = 0; i < XS_PICTURE_HASH_DIGITS; i++)
    {
      unsigned digit = 0;
      for (size_t bit = 0; bit < 4; bit++)
        digit = digit << 1 | (values[4 * i + bit] > median);
      hex[i] = "0123456789abcdef"[digit];
    }
  hex[XS_PICTURE_HASH_DIGITS] = '\0';
}

} // namespace xs
