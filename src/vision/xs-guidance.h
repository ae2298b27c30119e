/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-observation.h"
#include "xs-policy.h"
#include "xs-presence.h"

G_BEGIN_DECLS

/**
 * XsGuidanceCode: the one instruction, ordered by what must be put right first: what would fail a photo for certain
 * before what may, and of that first what the rest cannot be judged without. Written to reports by nick.
 */
typedef enum {
  XS_GUIDANCE_NONE,            /* "none": all is well */
  XS_GUIDANCE_UNCOVER_CAMERA,  /* "uncover_camera" */
  XS_GUIDANCE_NO_FACE,         /* "no_face": sit in front of the camera */
  XS_GUIDANCE_SEVERAL_FACES,   /* "several_faces": only one person */
  XS_GUIDANCE_BACKLIGHT,       /* "light_behind": makes the face dark as well */
  XS_GUIDANCE_TOO_DARK,        /* "too_dark" */
  XS_GUIDANCE_COME_CLOSER,     /* "come_closer" */
  XS_GUIDANCE_UNCOVER_FACE,    /* "uncover_face": mask or hand away from the face */
  XS_GUIDANCE_OTHER_PERSON,    /* "other_person": not the registered person */
  XS_GUIDANCE_TURN_LEFT,       /* "turn_left": the active check; the student's own left */
  XS_GUIDANCE_TURN_RIGHT,      /* "turn_right" */
  XS_GUIDANCE_MOVE_A_LITTLE,   /* "move_a_little": this looks like a picture */
  XS_GUIDANCE_HOLD_STILL,      /* "hold_still": nobody is matched in a blurred picture, and it hides what follows */
  XS_GUIDANCE_FACE_CAMERA,     /* "face_camera" */
  XS_GUIDANCE_LOOK_UP,         /* "look_up": the head is down */
  XS_GUIDANCE_STRAIGHTEN_HEAD, /* "straighten_head" */
  XS_GUIDANCE_MOVE_BACK,       /* "move_back" */
  XS_GUIDANCE_TO_THE_MIDDLE,   /* "to_the_middle" */
  XS_GUIDANCE_SIDE_LIGHT,      /* "light_from_side" */
  XS_GUIDANCE_TAKE_OFF_HAT,    /* "take_off_hat" */
  XS_GUIDANCE_GLASSES_REFLECT, /* "glasses_reflect": hides the eyes */
  XS_GUIDANCE_OPEN_EYES,       /* "open_eyes" */
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

/**
 * xs_guidance_ask: ask for @code, of the active check, until told otherwise by XS_GUIDANCE_NONE; what must be put right
 * before it still comes first, what comes after it waits.
 */
void xs_guidance_ask (XsGuidance *guidance, XsGuidanceCode code);

/** xs_guidance_feed: take one observation, in time order; returns the instruction to show now. */
XsGuidanceCode xs_guidance_feed (XsGuidance *guidance, const XsObservation *observation);

G_END_DECLS
