/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-store.h"
#include "xs-wire-seat.h"

G_BEGIN_DECLS

/**
 * XsSyncSeat: tells the platform that a learner sits at this kiosk, for as long as it lasts, and hears when the learner
 * sits at another one already. Nothing waits for it: a platform that is slow, or cannot be reached, has no say, and
 * judges afterwards. On a thread of its own.
 */
typedef struct _XsSyncSeat XsSyncSeat;

/** XsSyncSeatFunc: the platform's first answer: not granted: the learner sits elsewhere, as it says. */
typedef void (*XsSyncSeatFunc) (const XsWireSeatAnswer *answer, gpointer data);

/** xs_sync_seat_take: @answered: called on this thread's default main context, once, unless it was left before */
XsSyncSeat *xs_sync_seat_take (XsStore *store, XsClock *clock, const char *stunum, XsSyncSeatFunc answered,
                               gpointer data);
/** xs_sync_seat_leave: the learner has left; the platform hears of it by and by. @seat must not be used any more. */
void xs_sync_seat_leave (XsSyncSeat *seat);

G_END_DECLS
