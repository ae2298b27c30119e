/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <vector>

#include <opencv2/core.hpp>

/* Pictures of a camera, CV_8UC3 R, G, B, made from those of another. Lengths are pixels, light is linear 0 … 1. */

/** Seat: the face of a picture. */
struct Seat {
  cv::Point2f eyes; /* between them */
  float eye_distance;
  float brow_chin;
  cv::Rect2f box;
  float luminance;
};

/** Span: the part of a picture that a person hides, and the wall to be seen beside them. */
struct Span {
  int left, right; /* columns; the wall goes on to either side */
  int bottom;      /* below this row shoulders hide the wall altogether */
};

/** empty_room: @picture without the person in @span, the wall drawn on from left, right and above. */
cv::Mat empty_room (const cv::Mat &picture, const Span &span);

/** lay_face: @picture moved and scaled so that the face @from comes to @to; its edges go on to those of @size. */
cv::Mat lay_face (const cv::Mat &picture, const Seat &from, cv::Point2f eyes, float eye_distance, cv::Size size);

/** enlarge: all of @picture, as a camera of more pixels has it. */
cv::Mat enlarge (const cv::Mat &picture, cv::Size size);

/** blur: out of focus, a Gaussian of @sigma_px. */
cv::Mat blur (const cv::Mat &picture, double sigma_px);

/** expose: with @gain times the light. */
cv::Mat expose (const cv::Mat &picture, double gain);

/** stand_before_windows: windows at either side of @seat, and @gain times the light on everything else. */
cv::Mat stand_before_windows (const cv::Mat &picture, const Seat &seat, double gain);

/** sit_far: @picture with its face @seat, @scale times as large, in @room. */
cv::Mat sit_far (const cv::Mat &picture, const Seat &seat, double scale, const cv::Mat &room);

/** sit_together: the faces @seat and @other_seat beside one another, the first @left one. */
cv::Mat sit_together (const cv::Mat &picture, const Seat &seat, const cv::Mat &other, const Seat &other_seat);

/** cover: what a lens sees that something of mean grey level @level lies on. */
cv::Mat cover (cv::Size size, double level);

/** Sheet: a flat picture of a face that a hand holds to the camera. */
struct Sheet {
  cv::Mat rgb;
  float eye_distance; /* in it */
  bool is_phone;
};

/** make_sheet: of @picture round the face @seat: on paper with a white rim, or on a phone with its black one. */
Sheet make_sheet (const cv::Mat &picture, const Seat &seat, bool is_phone);

/**
 * hold_up: @sheet before @room, @time_s seconds after it was raised; a hand is never quite still.
 * @eye_distance: to be seen in the picture, about
 * @seed: of the hand
 */
cv::Mat hold_up (const Sheet &sheet, const cv::Mat &room, float eye_distance, double time_s, int seed);

/** Sensor: the noise of a camera, the same for the same seed. */
class Sensor
{
public:
  Sensor (cv::Size size, int seed);
  /** noisy: @sigma: grey levels */
  cv::Mat noisy (const cv::Mat &picture, double sigma);

private:
  cv::RNG chance;
  cv::Mat noise; /* CV_16SC3, sigma 16, larger than a picture */
};
