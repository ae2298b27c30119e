/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-observation.h"
#include "xs-policy.h"

G_BEGIN_DECLS

/**
 * XsPresence: whether the right, single, visible person sits there, or the one reason why not, by falling priority.
 * Stored and sent by nick, see xs_presence_nick().
 */
typedef enum {
  XS_PRESENCE_PRESENT,
  XS_PRESENCE_COVERED,       /* "camera_covered": camera covered or pitch dark */
  XS_PRESENCE_NO_FACE,       /* "no_face" */
  XS_PRESENCE_SEVERAL_FACES, /* "several_faces" */
  XS_PRESENCE_OTHER_PERSON,  /* "other_person": confidently not the registered person */
  XS_PRESENCE_UNVERIFIED,    /* "cannot_verify": a face, but too dark, blurred, far or turned to say whose */
} XsPresence;

/** xs_presence_nick: the word used in files and on the wire. */
const char *xs_presence_nick (XsPresence presence);

/**
 * xs_presence_judge: the presence one observation shows under @policy. Pure.
 */
XsPresence xs_presence_judge (const XsObservation *observation, const XsPolicy *policy);

G_END_DECLS
