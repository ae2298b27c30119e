/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsSeat: has the platform know who sits at this kiosk, from the number to the summary, and refuses the sign-in of
 * whoever sits at another kiosk already.
 */
typedef struct _XsSeat XsSeat;

/** xs_seat_new: follows @study until freed. */
XsSeat *xs_seat_new (XsStudy *study, XsStore *store, XsClock *clock);
void xs_seat_free (XsSeat *seat);

G_END_DECLS
