/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-match.h"

XsMatchBand
xs_match_band (double score, const XsPolicy *policy)
{
  if (score >= policy->match_same)
    return XS_MATCH_SAME;
  return score < policy->match_different ? XS_MATCH_DIFFERENT : XS_MATCH_ASK;
}

const char *
xs_match_band_nick (XsMatchBand band)
{
  static const char *const nicks[] = { "same", "ask", "different" };

  return (guint) band < G_N_ELEMENTS (nicks) ? nicks[band] : "ask";
}
