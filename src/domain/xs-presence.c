/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-presence.h"

static const char *const presence_nicks[] = {
  [XS_PRESENCE_PRESENT] = "present",           [XS_PRESENCE_COVERED] = "camera_covered",
  [XS_PRESENCE_NO_FACE] = "no_face",           [XS_PRESENCE_SEVERAL_FACES] = "several_faces",
  [XS_PRESENCE_OTHER_PERSON] = "other_person", [XS_PRESENCE_UNVERIFIED] = "cannot_verify",
};

const char *
xs_presence_nick (XsPresence presence)
{
  g_return_val_if_fail ((guint) presence < G_N_ELEMENTS (presence_nicks), NULL);

  return presence_nicks[presence];
}

static gboolean
shows_second_person (const XsObservation *observation, const XsPolicy *policy)
{
  double counts_from_px = observation->faces[0].height_px * policy->second_face_ratio;

  for (guint i = 1; i < MIN (observation->n_faces, XS_MAX_FACES); i++)
    {
      if (observation->faces[i].height_px >= counts_from_px)
        return TRUE;
    }

  return FALSE;
}

/* Whether it can be told whose face it is. A measure that was not taken is NaN and thus neither below nor above. */
static gboolean
is_clear (const XsObservation *observation, const XsPolicy *policy)
{
  return !(observation->brow_chin_px < policy->brow_chin_min_px || observation->luminance < policy->luminance_min
           || observation->backlight_ev > policy->backlight_max_ev || observation->sharpness < policy->sharpness_min);
}

XsPresence
xs_presence_judge (const XsObservation *observation, const XsPolicy *policy)
{
  if (observation->n_faces == 0)
    return observation->detail < policy->covered_detail_max ? XS_PRESENCE_COVERED : XS_PRESENCE_NO_FACE;

  if (shows_second_person (observation, policy))
    return XS_PRESENCE_SEVERAL_FACES;

  /* Whoever is hard to see matches nobody: only a clear picture can show somebody else. */
  if (!xs_measured (observation->match) || !is_clear (observation, policy))
    return XS_PRESENCE_UNVERIFIED;

  if (observation->match < policy->match_different)
    return XS_PRESENCE_OTHER_PERSON;

  return observation->match < policy->match_same ? XS_PRESENCE_UNVERIFIED : XS_PRESENCE_PRESENT;
}
