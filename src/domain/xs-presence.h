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
  XS_PRESENCE_PRESENT,       /* "present" */
  XS_PRESENCE_COVERED,       /* "camera_covered": camera covered or pitch dark */
  XS_PRESENCE_NO_FACE,       /* "no_face" */
  XS_PRESENCE_SEVERAL_FACES, /* "several_faces" */
  XS_PRESENCE_OTHER_PERSON,  /* "other_person": confidently not the registered person */
  XS_PRESENCE_NOT_LIVE,      /* "not_live": a picture of the person, not the person */
  XS_PRESENCE_LOOKING_AWAY,  /* "looking_away": for too long */
  XS_PRESENCE_EYES_CLOSED,   /* "eyes_closed": for too long */
  XS_PRESENCE_UNVERIFIED,    /* "cannot_verify": a face, but too far, dark or blurred to say whose */
} XsPresence;

/** xs_presence_nick: the word used in files and on the wire. */
const char *xs_presence_nick (XsPresence presence);

/**
 * xs_presence_judge: the presence one observation shows under @policy. Pure; no memory of earlier frames.
 *
 * A frame without a face is COVERED when its detail is below policy.covered_detail_max, else NO_FACE. A second face
 * counts from policy.second_face_ratio of the main face's height, so that people far behind do not stop the hours.
 * The match decides between OTHER_PERSON (below policy.match_different), UNVERIFIED (not measured, or below
 * policy.match_same) and PRESENT, which also needs size (policy.brow_chin_min_px), light, backlight and sharpness
 * within policy where they were measured. With policy.liveness a face that did not move by itself
 * (policy.motion_min, unless it blinked) or that looks printed (policy.live_min) is NOT_LIVE.
 */
XsPresence xs_presence_judge (const XsObservation *observation, const XsPolicy *policy);

/**
 * XsPresenceWatch: presence over time: what one observation shows, and what only matters when it lasts: looking away
 * longer than policy.look_away_s, eyes closed longer than policy.eyes_closed_s.
 */
typedef struct _XsPresenceWatch XsPresenceWatch;

/** xs_presence_watch_new: (transfer full): with the limits of @policy, which is copied. */
XsPresenceWatch *xs_presence_watch_new (const XsPolicy *policy);
void xs_presence_watch_free (XsPresenceWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPresenceWatch, xs_presence_watch_free)

/** xs_presence_watch_feed: take one observation, in time order; returns the presence now. */
XsPresence xs_presence_watch_feed (XsPresenceWatch *watch, const XsObservation *observation);

/**
 * xs_presence_watch_coming: what will be said if it goes on as now: XS_PRESENCE_LOOKING_AWAY or XS_PRESENCE_EYES_CLOSED
 * once that has held for a third of the time policy allows, of both the sooner one, else XS_PRESENCE_PRESENT.
 * @now_us: on the time line of the observations
 * @left_us: (out): until it is said, 0 or more
 * @whole_us: (out): the time policy allows
 */
XsPresence xs_presence_watch_coming (const XsPresenceWatch *watch, gint64 now_us, gint64 *left_us, gint64 *whole_us);

G_END_DECLS
