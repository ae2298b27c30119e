/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-ground.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace xs {

static const float nan_value = std::numeric_limits<float>::quiet_NaN ();
/* How far about an edge its course is followed, as share of the height of the face. */
static const float reach_share = 0.03f;
/* Fewer columns than this share of the head's width are a tuft and no crown. */
static const double tuft_share = 0.04;
/* What two fits of the chin to one face differ by, as share of the face's height. */
static const float chin_uncertainty = 0.02f;

/*
 * Proportions of heads with hair against the face's landmarks, from portraits: mean, and two standard deviations
 * rounded up.
 */
static const float width_per_face = 1.24f, width_doubt = 0.22f;
static const float crown_per_face = 0.40f, crown_doubt = 0.16f;

struct Edge {
  float place;    /* where half of the contrast is reached */
  float softness; /* how many pixels the middle half of the contrast takes */
};

/* Follows @values from outside to inside; @middle: index of the edge as the mask has it. */
static Edge
refine_edge (const std::vector<float> &values, int middle, int reach)
{
  const int first = std::max (0, middle - reach), last = std::min ((int) values.size () - 1, middle + reach);
  float outside = values[first], inside = values[last];

  for (int i = first; i <= middle; i++)
    outside = std::min (outside, values[i]);
  for (int i = middle; i <= last; i++)
    inside = std::max (inside, values[i]);
  const auto crossing = [&] (float share) {
    const float level = outside + (inside - outside) * share;
    for (int i = first; i < last; i++)
      {
        if (values[i] <= level && values[i + 1] > level)
          return (float) i + (level - values[i]) / (values[i + 1] - values[i]);
      }
    return (float) middle;
  };
  return { crossing (0.5f), std::max (0.f, crossing (0.75f) - crossing (0.25f)) };
}

/* Edges of all lines of the silhouette along one direction. */
static std::vector<Edge>
trace (const Ground &ground, int from_line, int to_line, bool rows, bool backwards, int reach)
{
  const int length = rows ? ground.mask.cols : ground.mask.rows;
  std::vector<Edge> edges;
  std::vector<float> values ((size_t) length);

  for (int line = from_line; line < to_line; line++)
    {
      int middle = -1;
      for (int i = 0; i < length; i++)
        {
          const int at = backwards ? length - 1 - i : i;
          const cv::Point point = rows ? cv::Point (at, line) : cv::Point (line, at);
          values[(size_t) i] = ground.distance.at<float> (point);
          if (middle < 0 && !ground.mask.at<uchar> (point))
            middle = i;
        }
      /* No ground before the edge: the head is cut off there. */
      if (middle <= 0)
        {
          if (middle == 0)
            edges.push_back ({ nan_value, 0 });
          continue;
        }
      edges.push_back (refine_edge (values, middle, reach));
    }
  return edges;
}

/* The @rank-th outermost of @edges; NaN where any of them leaves the picture. */
static Edge
outermost (std::vector<Edge> edges, size_t rank)
{
  for (const Edge &edge : edges)
    {
      if (std::isnan (edge.place))
        return edge;
    }
  if (edges.size () <= rank)
    return { nan_value, 0 };
  std::sort (edges.begin (), edges.end (), [] (const Edge &a, const Edge &b) { return a.place < b.place; });
  return edges[rank];
}

static Length
length_of (float place, const Edge &edge)
{
  return { place, 0.5f + edge.softness / 2 };
}

static bool
measure_by_outline (const Ground &ground, const Mesh &mesh, HeadOutline &head)
{
  const cv::Rect2f face = mesh.bounds ();
  const int reach = std::max (2, cvRound (face.height * reach_share));
  const int from = std::max (0, cvRound (face.x)), to = std::min (ground.mask.cols, cvRound (face.br ().x));
  const Edge top =
    outermost (trace (ground, from, to, false, false, reach), (size_t) std::max (1.0, tuft_share * face.width));

  if (std::isnan (top.place))
    return false;
  const int crown = std::max (0, cvCeil (top.place)), nose = std::min (ground.mask.rows, cvRound (mesh.at (2).y));
  const Edge left = outermost (trace (ground, crown, nose, true, false, reach), 1);
  const Edge right = outermost (trace (ground, crown, nose, true, true, reach), 1);
  const float right_place = (float) (ground.mask.cols - 1) - right.place;

  /* A silhouette that is smaller than the face or far larger than heads are has lost the head. */
  const float width = right_place - left.place, above = mesh.at (10).y - top.place;
  if (!(width > face.width * 0.9f && width < face.width * 2.2f && above > -0.05f * face.height
        && above < face.height * 0.9f))
    return false;
  head.crown = length_of (top.place, top);
  head.left = length_of (left.place, left);
  head.right = length_of (right_place + 1, right);
  return true;
}

HeadOutline
measure_head (const Ground &ground, const Mesh &mesh)
{
  const cv::Rect2f face = mesh.bounds ();
  HeadOutline head = {};

  head.chin = { mesh.at (152).y, chin_uncertainty * face.height };
  head.by_outline = ground.is_plain && measure_by_outline (ground, mesh, head);
  if (!head.by_outline)
    {
      const float middle = face.x + face.width / 2, half = face.width * width_per_face / 2;
      const float doubt = face.width * width_doubt / 2;
      head.left = { middle - half, doubt };
      head.right = { middle + half, doubt };
      head.crown = { mesh.at (10).y - face.height * crown_per_face, face.height * crown_doubt };
    }
  return head;
}

} // namespace xs
