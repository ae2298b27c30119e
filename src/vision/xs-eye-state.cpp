/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-eye-state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "xs-models.hpp"

namespace xs {

static const int input_px = 24;
/* Side of the square the network sees, in widths of the eye. */
static const float view_widths = 1.6f;
/* Stretching brings this share of the darkest and of the brightest pixels to these grey levels. */
static const double tail = 0.02;
static const double stretched_dark = 20, stretched_bright = 220;
static const double min_spread = 10;

EyeState::EyeState (cv::dnn::Net network_) : network (std::move (network_))
{
}

/* @square of @rgb in grey; black where it leaves the picture. */
static cv::Mat
cut_grey (const cv::Mat &rgb, const cv::Rect &square)
{
  const cv::Rect inside = square & cv::Rect (0, 0, rgb.cols, rgb.rows);
  cv::Mat grey = cv::Mat::zeros (square.size (), CV_8U);

  if (!inside.empty ())
    cv::cvtColor (rgb (inside), grey (inside - square.tl ()), cv::COLOR_RGB2GRAY);
  return grey;
}

static cv::Mat
stretched (const cv::Mat &view)
{
  std::vector<uchar> sorted (view.begin<uchar> (), view.end<uchar> ());
  std::sort (sorted.begin (), sorted.end ());
  const double dark = sorted[(size_t) (tail * (sorted.size () - 1))];
  const double bright = sorted[(size_t) ((1 - tail) * (sorted.size () - 1))];
  const double gain = (stretched_bright - stretched_dark) / std::max (min_spread, bright - dark);
  cv::Mat result;
  view.convertTo (result, CV_8U, gain, stretched_dark - dark * gain);
  return result;
}

float
EyeState::closed (const cv::Mat &rgb, cv::Point2f corner, cv::Point2f other_corner)
{
  const cv::Point2f centre = (corner + other_corner) * 0.5f;
  const float side = (float) cv::norm (corner - other_corner) * view_widths;
  const cv::Rect square (cvRound (centre.x - side / 2), cvRound (centre.y - side / 2), cvRound (side), cvRound (side));
  cv::Mat view;

  /* A face that fills a large picture has eyes of some hundred pixels; more is a mesh gone wrong. */
  if (square.width < 1 || square.width > rgb.cols || !cv::Rect2f (0, 0, rgb.cols, rgb.rows).contains (centre))
    return std::numeric_limits<float>::quiet_NaN ();
  cv::resize (cut_grey (rgb, square), view, cv::Size (input_px, input_px));
  return std::min (likelihood (view), likelihood (stretched (view)));
}

float
EyeState::likelihood (const cv::Mat &view)
{
  network.setInput (cv::dnn::blobFromImage (view, 1 / 255.0));
  const cv::Mat output = network.forward ();
  CV_Assert (output.total () == 2 && output.type () == CV_32F);
  const float *logits = output.ptr<float> ();
  return logistic (logits[0] - logits[1]);
}

EyesClosed
EyeState::look (const cv::Mat &rgb, const Mesh &mesh)
{
  return { closed (rgb, mesh.at (33), mesh.at (133)), closed (rgb, mesh.at (362), mesh.at (263)) };
}

} // namespace xs
