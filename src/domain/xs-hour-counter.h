/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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
  XS_PAUSE_UNVERIFIED,    /* "cannot_verify" */
  XS_PAUSE_CLOCK,         /* "clock": suspend, or confirmations too far apart */
  XS_PAUSE_DAILY_CAP,     /* "daily_cap" */
  XS_PAUSE_LESSON_FAILED, /* "lesson_failed" */
  XS_PAUSE_LESSON_ENDED,  /* "lesson_ended" */
  XS_PAUSE_LESSON_PAUSED, /* "lesson_paused": by the student, or buffering */
  XS_PAUSE_STARTING,      /* "starting": nothing confirmed yet */
} XsPause;

const char *xs_pause_nick (XsPause pause);

typedef enum {
  XS_PLAYBACK_PAUSED,
  XS_PLAYBACK_PLAYING,
  XS_PLAYBACK_ENDED,
  XS_PLAYBACK_FAILED,
} XsPlayback;

/** XsStretch: [t0_us, t1_us) on the counter's time line. For credited stretches @pause is XS_PAUSE_NONE. */
typedef struct {
  gint64 t0_us, t1_us;
  XsPause pause;
} XsStretch;

/**
 * XsHourCounter: the heart. Fed in time order with presence, playback and clock; credits a stretch only when
 * presence was confirmed at both of its ends, playback ran through all of it, no gap between confirmations exceeds
 * policy.max_tick_gap_us and nothing else paused it. A dropout (no face, several faces, cannot verify, covered) of
 * at most policy.grace_us is credited once the face is back; another person, a lost camera, a clock event or a
 * stopped lesson never is.
 *
 * Pure: no clock, no I/O, no thread of its own.
 */
typedef struct _XsHourCounter XsHourCounter;

/**
 * xs_hour_counter_new: (transfer full)
 * @credited_today_us: what this learner was already credited today, for the daily cap
 * @day: YYYYMMDD of @credited_today_us
 */
XsHourCounter *xs_hour_counter_new (const XsPolicy *policy, gint64 credited_today_us, int day);
void xs_hour_counter_free (XsHourCounter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsHourCounter, xs_hour_counter_free)

/*
 * Inputs. @time_us: monotonic time the thing was so; an input earlier than the last one counts as at the last one.
 */
void xs_hour_counter_presence (XsHourCounter *counter, gint64 time_us, XsPresence presence);
/** The camera gives no frames (since @time_us); ends with the next xs_hour_counter_presence(). */
void xs_hour_counter_camera_lost (XsHourCounter *counter, gint64 time_us);
void xs_hour_counter_playback (XsHourCounter *counter, gint64 time_us, XsPlayback playback);
/**
 * xs_hour_counter_clock: a look at the clocks, about once a second. A wall step or a suspend (boot time running
 * ahead of monotonic time by more than policy.max_tick_gap_us) ends the running stretch at the last confirmation;
 * a new GMT+8 day starts a new daily account.
 */
void xs_hour_counter_clock (XsHourCounter *counter, gint64 time_us, gint64 boottime_us, gint64 wall_us);

/* Outputs, true as of the last input. */

/** Credited so far, settled: never taken back, grace included only after the face returned. */
gint64 xs_hour_counter_credited_us (const XsHourCounter *counter);
/** Credited on the current GMT+8 day, earlier sessions included. */
gint64 xs_hour_counter_today_us (const XsHourCounter *counter);
/** The reason it stands now; XS_PAUSE_NONE while counting, which includes a dropout still within the grace. */
XsPause xs_hour_counter_pause (const XsHourCounter *counter);
/** (transfer none): credited stretches, XsStretch, adjoining ones merged, ascending. */
const GArray *xs_hour_counter_stretches (const XsHourCounter *counter);
/** (transfer none): paused stretches, XsStretch, ascending; with the credited ones they tile the whole time line. */
const GArray *xs_hour_counter_pauses (const XsHourCounter *counter);
/** Credited µs inside [@t0_us, @t1_us). */
gint64 xs_hour_counter_credited_between_us (const XsHourCounter *counter, gint64 t0_us, gint64 t1_us);

G_END_DECLS
