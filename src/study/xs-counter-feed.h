/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-attention.h"
#include "xs-hour-counter.h"

G_BEGIN_DECLS

/** Vision that says nothing for so long sees nobody. Until then the counter waits for it: a slow PC answers late. */
#define XS_UNSEEN_AFTER_US (3 * (gint64) G_USEC_PER_SEC)

/**
 * XsCounterFeed: tells the hour counter everything in the order it happened. Observations come later than the moment
 * they show, so playback and clock inputs are held back until one of a later moment, for at most XS_UNSEEN_AFTER_US (or
 * policy.max_tick_gap_us). While the question of attention is open all is held back: what the answer decides about
 * waits for it, since credit once given is never taken back. Answered in time, all of it goes on its way; missed,
 * nothing since the question counts, nor does anything before it is answered.
 *
 * Times are monotonic microseconds.
 */
typedef struct _XsCounterFeed XsCounterFeed;

/** XsFeedClockFunc: a look at the clocks whose turn it is; to be passed on to the counter. */
typedef void (*XsFeedClockFunc) (const XsClockLook *look, gpointer user_data);

/** xs_counter_feed_new: (transfer full): @counter, @random: of the session, which outlives this. */
XsCounterFeed *xs_counter_feed_new (const XsPolicy *policy, XsHourCounter *counter, GRand *random, gint64 start_us,
                                    XsFeedClockFunc clock, gpointer user_data);
void xs_counter_feed_free (XsCounterFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCounterFeed, xs_counter_feed_free)

/** xs_counter_feed_until: an observation of @time_us has come: all before it goes on its way. */
void xs_counter_feed_until (XsCounterFeed *feed, gint64 time_us);
/** xs_counter_feed_presence: after that: what it showed; @time_us not before xs_counter_feed_get_seen_us(). */
void xs_counter_feed_presence (XsCounterFeed *feed, gint64 time_us, XsPresence presence);
void xs_counter_feed_camera_lost (XsCounterFeed *feed, gint64 time_us);
void xs_counter_feed_playback (XsCounterFeed *feed, gint64 time_us, XsPlayback playback);
void xs_counter_feed_clock (XsCounterFeed *feed, const XsClockLook *look);

/** xs_counter_feed_get_seen_us: up to here vision has told, or is not waited for. */
gint64 xs_counter_feed_get_seen_us (const XsCounterFeed *feed);
/** xs_counter_feed_get_playback: the newest that was told. */
XsPlayback xs_counter_feed_get_playback (const XsCounterFeed *feed);

/* The question of attention. */

/** xs_counter_feed_get_attention: (transfer none) */
const XsAttention *xs_counter_feed_get_attention (const XsCounterFeed *feed);
gboolean xs_counter_feed_is_open (const XsCounterFeed *feed);
/** xs_counter_feed_ask: at @time_us, which is xs_counter_feed_get_seen_us(). */
void xs_counter_feed_ask (XsCounterFeed *feed, gint64 time_us);
/**
 * xs_counter_feed_watch: several times a second: it is missed when its time is over, and by who leaves meanwhile for
 * longer than policy.grace_us: the lesson must not run on without anybody.
 */
void xs_counter_feed_watch (XsCounterFeed *feed, gint64 time_us);
/** xs_counter_feed_answer: see xs_study_session_answer(). */
gboolean xs_counter_feed_answer (XsCounterFeed *feed, gint64 time_us, guint number);
/** xs_counter_feed_settle: see xs_study_session_settle(). */
void xs_counter_feed_settle (XsCounterFeed *feed, gint64 time_us, gboolean answered);

G_END_DECLS
