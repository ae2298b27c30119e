/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-face-detector.hpp"

#include <cmath>

#include <opencv2/imgproc.hpp>

#include "xs-models.hpp"

namespace xs {

static const int input_px = 128;
static const float min_score = 0.5f;
static const float max_overlap = 0.3f;

/* The network looks at two grids of cells; each cell proposes several faces around its centre. */
struct Grid {
  int cells;     /* in a row and in a column */
  int proposals; /* in a cell */
  const char *scores;
  const char *shapes;
};

static const Grid grids[] = {
  { 16, 2, "Identity:0", "Identity_2:0" },
  { 8, 6, "Identity_1:0", "Identity_3:0" },
};

/* A proposal's shape: centre x, y, width, height, then x, y of six points, of which the eyes come first. */
enum {
  SHAPE_X,
  SHAPE_Y,
  SHAPE_WIDTH,
  SHAPE_HEIGHT,
  SHAPE_RIGHT_EYE,
  SHAPE_LEFT_EYE = SHAPE_RIGHT_EYE + 2,
  SHAPE_NUMBERS = 16,
};

FaceDetector::FaceDetector (cv::dnn::Net network_) : network (std::move (network_))
{
}

/* The region, scaled to fit and centred on black, as rows of R, G, B from -1 to 1. */
static cv::Mat
make_input (const cv::Mat &region, float scale, cv::Point offset)
{
  const int dimensions[] = { 1, input_px, input_px, 3 };
  cv::Mat input (4, dimensions, CV_32F);
  cv::Mat pixels (input_px, input_px, CV_32FC3, input.ptr<float> ());
  const cv::Size size (cvRound (region.cols * scale), cvRound (region.rows * scale));
  cv::Mat small;
  cv::Mat inside = pixels (cv::Rect (offset, size));

  pixels.setTo (cv::Scalar::all (-1));
  cv::resize (region, small, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  small.convertTo (inside, CV_32FC3, 1 / 127.5, -1);
  return input;
}

std::vector<Detection>
FaceDetector::detect (const cv::Mat &rgb, const cv::Rect &region)
{
  const float scale = (float) input_px / std::max (region.width, region.height);
  const cv::Point offset ((input_px - cvRound (region.width * scale)) / 2,
                          (input_px - cvRound (region.height * scale)) / 2);
  std::vector<Detection> proposals;
  std::vector<cv::Rect2d> boxes;
  std::vector<float> scores;
  std::vector<cv::Mat> outputs;

  network.setInput (make_input (rgb (region), scale, offset));
  network.forward (outputs,
                   std::vector<cv::String>{ grids[0].scores, grids[0].shapes, grids[1].scores, grids[1].shapes });
  for (size_t g = 0; g < 2; g++)
    {
      const Grid &grid = grids[g];
      const int n = grid.cells * grid.cells * grid.proposals;
      CV_Assert ((int) outputs[2 * g].total () == n && (int) outputs[2 * g + 1].total () == n * SHAPE_NUMBERS);

      for (int i = 0; i < n; i++)
        {
          const float score = logistic (outputs[2 * g].ptr<float> ()[i]);
          if (score < min_score)
            continue;

          const float *shape = outputs[2 * g + 1].ptr<float> () + i * SHAPE_NUMBERS;
          const int cell = i / grid.proposals;
          const cv::Point2f centre ((cell % grid.cells + 0.5f) / grid.cells * input_px,
                                    (cell / grid.cells + 0.5f) / grid.cells * input_px);
          auto point = [&] (int at) {
            return cv::Point2f ((shape[at] + centre.x - offset.x) / scale + region.x,
                                (shape[at + 1] + centre.y - offset.y) / scale + region.y);
          };
          const cv::Size2f size (shape[SHAPE_WIDTH] / scale, shape[SHAPE_HEIGHT] / scale);
          const cv::Point2f middle = point (SHAPE_X);
          const cv::Rect2f box (middle.x - size.width / 2, middle.y - size.height / 2, size.width, size.height);

          proposals.push_back ({ box, point (SHAPE_RIGHT_EYE), point (SHAPE_LEFT_EYE), score });
          boxes.push_back (box);
          scores.push_back (score);
        }
    }

  std::vector<int> kept;
  cv::dnn::NMSBoxes (boxes, scores, min_score, max_overlap, kept);
  std::vector<Detection> detections;
  for (int i : kept)
    detections.push_back (proposals[i]);
  return detections;
}

} // namespace xs
