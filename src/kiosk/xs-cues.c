/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-cues.h"

/* Who paused, answers questions or watches again knows it, and who begins waits for it. */
static gboolean
is_surprising (const XsStudyStatus *status)
{
  return status->pause != XS_PAUSE_NONE && status->pause != XS_PAUSE_STARTING && status->pause != XS_PAUSE_QUIZ
         && status->pause != XS_PAUSE_REPEAT && !status->own_pause;
}

XsChimeTone
xs_cues_next (XsCues *cues, const XsStudyStatus *status)
{
  XsRung rung = status->ladder.rung, before = cues->rung;
  gboolean was_at_risk = cues->at_risk, was_asked = cues->asked;

  if (status->phase != XS_STUDY_STUDYING)
    {
      *cues = (XsCues){ 0 };
      return XS_CHIME_NONE;
    }
  cues->rung = rung;
  cues->at_risk = status->photo_at_risk;
  cues->asked = status->attention.state == XS_ATTENTION_ASKED;
  if (status->pause == XS_PAUSE_NONE)
    {
      gboolean told_stop = cues->told_stop;
      cues->told_stop = FALSE;
      cues->counted = TRUE;
      if (told_stop)
        return XS_CHIME_GOES_ON;
    }
  else if (is_surprising (status) && cues->counted && !cues->told_stop)
    {
      cues->told_stop = TRUE;
      return XS_CHIME_STOPPED;
    }
  if (rung != before && (rung == XS_RUNG_WARNING || rung == XS_RUNG_SIGN_OUT))
    return XS_CHIME_ATTENTION;
  return (cues->at_risk && !was_at_risk) || (cues->asked && !was_asked) ? XS_CHIME_ATTENTION : XS_CHIME_NONE;
}
