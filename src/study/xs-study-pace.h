/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-hour-counter.h"

G_BEGIN_DECLS

/** Below so many looked-at frames a second a PC is too slow: neighbouring ones come near policy.max_tick_gap_us. */
#define XS_PACE_MIN_FPS 2

/**
 * XsStudyPace: what support needs to know of a running session, in the log: a line whenever the counter stands for
 * another reason or goes on, and one when this PC is too slow to look at the camera often enough. It names seconds,
 * reasons and rates, and nothing of who sits there.
 *
 * Times are monotonic microseconds, ascending.
 */
typedef struct _XsStudyPace XsStudyPace;

/** xs_study_pace_new: (transfer full): of a session that begins at @time_us. */
XsStudyPace *xs_study_pace_new (gint64 time_us);
void xs_study_pace_free (XsStudyPace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsStudyPace, xs_study_pace_free)

/** xs_study_pace_frame: a frame was looked at, and the answer came at @time_us. */
void xs_study_pace_frame (XsStudyPace *pace, gint64 time_us);
/** xs_study_pace_tick: several times a second: the counter's reason as of @time_us, and whether the camera runs. */
void xs_study_pace_tick (XsStudyPace *pace, gint64 time_us, XsPause pause, gboolean camera_runs);
/** xs_study_pace_get_fps: frames looked at per second, over the last seconds. */
double xs_study_pace_get_fps (const XsStudyPace *pace, gint64 time_us);
/** xs_study_pace_is_slow: whether fewer than XS_PACE_MIN_FPS were for the last 10 s, while the camera ran. */
gboolean xs_study_pace_is_slow (const XsStudyPace *pace);

G_END_DECLS
