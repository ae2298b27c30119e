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

/* A measure that could not be taken compares as neither above nor below. */
static gboolean
measured_below (float value, double limit)
{
  return xs_measured (value) && value < limit;
}

static gboolean
measured_above (float value, double limit)
{
  return xs_measured (value) && value > limit;
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

XsPresence
xs_presence_judge (const XsObservation *observation, const XsPolicy *policy)
{
  if (observation->n_faces == 0)
    return measured_below (observation->detail, policy->covered_detail_max) ? XS_PRESENCE_COVERED : XS_PRESENCE_NO_FACE;

  if (shows_second_person (observation, policy))
    return XS_PRESENCE_SEVERAL_FACES;

  if (measured_below (observation->match, policy->match_different))
    return XS_PRESENCE_OTHER_PERSON;

  if (!xs_measured (observation->match) || observation->match < policy->match_same
      || measured_below (observation->brow_chin_px, policy->brow_chin_min_px)
      || measured_below (observation->luminance, policy->luminance_min)
      || measured_above (observation->backlight_ev, policy->backlight_max_ev)
      || measured_below (observation->sharpness, policy->sharpness_min))
    return XS_PRESENCE_UNVERIFIED;

  return XS_PRESENCE_PRESENT;
}
