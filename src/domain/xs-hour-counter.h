/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock-change.h"
#include "xs-policy.h"
#include "xs-presence.h"

G_BEGIN_DECLS

/**
 * XsPause: why the counter stands, by falling priority; exactly one at a time. Stored and sent by nick.
 */
typedef enum {
  XS_PAUSE_NONE,          /* counting */
  XS_PAUSE_CAMERA_LOST,   /* "camera_lost" */
  XS_PAUSE_COVERED,       /* "camera_covered" */
  XS_PAUSE_NO_FACE,       /* "no_face" */
  XS_PAUSE_SEVERAL_FACES, /* "several_faces" */
  XS_PAUSE_OTHER_PERSON,  /* "other_person" */
  XS_PAUSE_NOT_LIVE,      /* "not_live" */
  XS_PAUSE_LOOKING_AWAY,  /* "looking_away" */
  XS_PAUSE_EYES_CLOSED,   /* "eyes_closed" */
  XS_PAUSE_UNVERIFIED,    /* "cannot_verify" */
  XS_PAUSE_CLOCK,         /* "clock": suspend, or confirmations too far apart */
  XS_PAUSE_DAILY_CAP,     /* "daily_cap" */
  XS_PAUSE_LESSON_FAILED, /* "lesson_failed" */
  XS_PAUSE_ATTENTION,     /* "attention": a prompt was not answered in time, nor since */
  XS_PAUSE_QUIZ,          /* "quiz": questions are answered instead */
  XS_PAUSE_LESSON_ENDED,  /* "lesson_ended" */
  XS_PAUSE_LESSON_PAUSED, /* "lesson_paused": by the student, or buffering */
  XS_PAUSE_REPEAT,        /* "repeat": what plays was watched before, and policy counts it once */
  XS_PAUSE_STARTING,      /* "starting": nothing confirmed yet */
} XsPause;

const char *xs_pause_nick (XsPause pause);

typedef enum {
  XS_PLAYBACK_PAUSED,
  XS_PLAYBACK_PLAYING,
  XS_PLAYBACK_ENDED,
  XS_PLAYBACK_FAILED,
  XS_PLAYBACK_REPEAT,    /* it plays, and does not count */
  XS_PLAYBACK_QUIZ,      /* questions instead */
  XS_PLAYBACK_ATTENTION, /* whatever it does, nobody answered whether it is watched */
} XsPlayback;

/** XsStretch: [t0_us, t1_us) on the counter's time line. For credited stretches @pause is XS_PAUSE_NONE. */
typedef struct {
  gint64 t0_us, t1_us;
  XsPause pause;
} XsStretch;

/**
 * XsHourCounter: the heart. Fed in time order with presence, playback and clock; says which time counts.
 *
 * A confirmation is a presence input XS_PRESENCE_PRESENT. Time is credited only between two neighbouring
 * confirmations, all of it or none, and only at the second one. It is credited when
 *  - the lesson was playing at the first, and nothing but XS_PLAYBACK_PLAYING was told of it in between;
 *  - no camera loss, clock event or XS_PRESENCE_OTHER_PERSON came in between;
 *  - neighbouring presence inputs, of whatever kind, are at most policy.max_tick_gap_us apart;
 *  - if any other presence input came in between (a dropout: covered, no face, several faces, cannot verify), the two
 *    confirmations are at most policy.grace_us apart.
 * Of that, each GMT+8 day takes policy.daily_cap_s, to the microsecond; the rest is paused as XS_PAUSE_DAILY_CAP. Time
 * that spans midnight is divided there, each part to its own day, by the last look at the clocks. A wall clock that
 * steps back never opens an earlier day's account again.
 *
 * All other time is paused, with one reason. A stretch lost as above has the first in priority of what came in it up
 * to the input that lost it; from there on each moment has the first in priority of what stands: the last presence
 * input, a clock event, the daily cap, the lesson. Only a confirmation lifts a pause, so a lesson that plays
 * again counts from the next confirmation, not from its start.
 *
 * Credited stretches and pauses together tile the time line from the first input (the clock's apart) up to the last
 * confirmation while counting, up to the last input otherwise. What lies after that is pending, in neither list: the
 * next confirmation or the first input that loses it decides. Telling a stop of the lesson at sign-out settles all.
 *
 * Pure: no clock, no I/O, no thread of its own. Each input costs O(1) amortised.
 */
typedef struct _XsHourCounter XsHourCounter;

/**
 * xs_hour_counter_new: (transfer full): the lesson does not play until told so.
 * @credited_today_us: what this learner was already credited on @day, for the daily cap
 * @day: YYYYMMDD in GMT+8, see xs_wall_day(); a real date
 */
XsHourCounter *xs_hour_counter_new (const XsPolicy *policy, gint64 credited_today_us, int day);
void xs_hour_counter_free (XsHourCounter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsHourCounter, xs_hour_counter_free)

/*
 * Inputs. @time_us: monotonic time the thing was so, any origin; an input earlier than the last one counts as at the
 * last one. Looks at the clocks do not count for that, so that a frame keeps its capture time though its
 * analysis ends after a look.
 */
void xs_hour_counter_presence (XsHourCounter *counter, gint64 time_us, XsPresence presence);
/** The camera gives no frames (since @time_us); ends with the next xs_hour_counter_presence(). May be repeated. */
void xs_hour_counter_camera_lost (XsHourCounter *counter, gint64 time_us);
/** Buffering is XS_PLAYBACK_PAUSED. May be repeated. */
void xs_hour_counter_playback (XsHourCounter *counter, gint64 time_us, XsPlayback playback);
/**
 * xs_hour_counter_clock: a look at the clocks, about once a second. It is a clock event when, since the last
 * look, boot time ran ahead of monotonic time by more than policy.max_tick_gap_us (suspend) or wall time ran apart from
 * boot time by more than XS_WALL_STEP_US (step): the time since the last confirmation is lost. Otherwise it credits and
 * loses nothing, but tells when midnight comes and lets xs_hour_counter_pause() see that confirmations are overdue.
 */
void xs_hour_counter_clock (XsHourCounter *counter, gint64 time_us, gint64 boottime_us, gint64 wall_us);

/* Outputs, true as of the last input. */

/** Credited so far, settled: never taken back, grace included only after the face returned. */
gint64 xs_hour_counter_credited_us (const XsHourCounter *counter);
/** Credited on the current GMT+8 day, earlier sessions included. */
gint64 xs_hour_counter_today_us (const XsHourCounter *counter);
/** The reason it stands now; XS_PAUSE_NONE while counting, which includes a dropout still within the grace. */
XsPause xs_hour_counter_pause (const XsHourCounter *counter);
/**
 * xs_hour_counter_dropout: what was seen since the last confirmation, while that may still be forgiven; XS_PAUSE_NONE
 * when nothing is to be forgiven, or it stands.
 * @time_us: now, on the time line of the inputs
 * @left_us: (out): the next confirmation must come within so long, else the time since the last one is lost
 */
XsPause xs_hour_counter_dropout (const XsHourCounter *counter, gint64 time_us, gint64 *left_us);
/** (transfer none) (element-type XsStretch): credited stretches, adjoining ones merged, ascending. */
const GArray *xs_hour_counter_stretches (const XsHourCounter *counter);
/** (transfer none) (element-type XsStretch): paused stretches, adjoining ones of one reason merged, ascending. */
const GArray *xs_hour_counter_pauses (const XsHourCounter *counter);
/** Credited µs inside [@t0_us, @t1_us): a search, then as many steps as stretches touch it. */
gint64 xs_hour_counter_credited_between_us (const XsHourCounter *counter, gint64 t0_us, gint64 t1_us);

G_END_DECLS
