/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-ready-items.h"
#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsReadyCheck: whether this PC is ready for a session: at the start, before each session, and when staff ask. What is
 * not ready keeps everybody from signing in, and says what to do: xs_study_set_obstacle().
 *
 * The camera is opened for real, and closed once some frames of it were seen. One that gives none is left to the
 * study's camera, which tries it again by itself, so that what is plugged in is ready at once. A camera that was seen
 * giving frames within the last half minute is not opened again.
 *
 * Main-context object; nothing here blocks. Signal "changed": an item says something else.
 */
#define XS_TYPE_READY_CHECK (xs_ready_check_get_type ())
G_DECLARE_FINAL_TYPE (XsReadyCheck, xs_ready_check, XS, READY_CHECK, GObject)

/** xs_ready_check_new: (transfer full): begins by itself as soon as @study is ready, with everything. */
XsReadyCheck *xs_ready_check_new (XsStudy *study, XsStore *store, XsClock *clock);
/**
 * xs_ready_check_run: look again: at what changes by itself, and at the camera unless it was seen just now.
 * @thoroughly: at the camera in any case, at sound, and at the lessons, all of which are read
 */
void xs_ready_check_run (XsReadyCheck *self, gboolean thoroughly);

/**
 * xs_ready_check_hold: while held the camera is left alone, for somebody else to use; what was wanted of it meanwhile
 * is done afterwards.
 */
void xs_ready_check_hold (XsReadyCheck *self, gboolean held);

/* What the application knows. Each is unknown until told. */

/** xs_ready_check_set_network: of the exchange with the platform; copied. */
void xs_ready_check_set_network (XsReadyCheck *self, const XsReadyNetwork *network);
/** xs_ready_check_set_display: as xs_ready_judge_display(). */
void xs_ready_check_set_display (XsReadyCheck *self, int width_px, int height_px);
/** xs_ready_check_set_awake: as xs_ready_judge_awake(). */
void xs_ready_check_set_awake (XsReadyCheck *self, gboolean granted);

/** xs_ready_check_get_item: (transfer none): until the next change. */
const XsReadyItem *xs_ready_check_get_item (XsReadyCheck *self, XsReadyKind kind);
/** xs_ready_check_get_state: the worst of all; UNKNOWN while the first look is not done. */
XsReadyState xs_ready_check_get_state (XsReadyCheck *self);
/** xs_ready_check_is_running: whether something is being looked at just now. */
gboolean xs_ready_check_is_running (XsReadyCheck *self);

G_END_DECLS
