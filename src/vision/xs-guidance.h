/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-observation.h"
#include "xs-policy.h"
#include "xs-presence.h"

G_BEGIN_DECLS

/** XsGuidanceCode: the one instruction, ordered by what must be put right first. Written to reports by nick. */
typedef enum {
  XS_GUIDANCE_NONE,           /* "none": all is well */
  XS_GUIDANCE_UNCOVER_CAMERA, /* "uncover_camera" */
  XS_GUIDANCE_NO_FACE,        /* "no_face": sit in front of the camera */
  XS_GUIDANCE_SEVERAL_FACES,  /* "several_faces": only one person */
  XS_GUIDANCE_OTHER_PERSON,   /* "other_person": not the registered person */
  XS_GUIDANCE_TOO_DARK,       /* "too_dark" */
  XS_GUIDANCE_BACKLIGHT,      /* "light_behind" */
  XS_GUIDANCE_COME_CLOSER,    /* "come_closer" */
  XS_GUIDANCE_FACE_CAMERA,    /* "face_camera" */
  XS_GUIDANCE_HOLD_STILL,     /* "hold_still" */
} XsGuidanceCode;

const char *xs_guidance_nick (XsGuidanceCode code);

/**
 * XsGuidance: picks one instruction from a stream of observations. Enter and leave thresholds differ and a change
 * needs a dwell time, so that noise never makes it flicker: at most one change a second.
 */
typedef struct _XsGuidance XsGuidance;

/** xs_guidance_new: (transfer full): with the limits of @policy, which is copied. */
XsGuidance *xs_guidance_new (const XsPolicy *policy);
void xs_guidance_free (XsGuidance *guidance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsGuidance, xs_guidance_free)

/** xs_guidance_feed: take one observation, in time order; returns the instruction to show now. */
XsGuidanceCode xs_guidance_feed (XsGuidance *guidance, const XsObservation *observation);

G_END_DECLS
