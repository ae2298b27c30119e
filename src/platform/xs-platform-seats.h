/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-wire-seat.h"

G_BEGIN_DECLS

/** How long a seat is kept for a kiosk that does not ask again. */
#define XS_PLATFORM_SEAT_US (120 * (gint64) G_USEC_PER_SEC)

/**
 * xs_platform_storage_take_seat: @stunum studies at @device from now on, unless at another one. Who sat at @device
 * before does not any more. Any thread.
 * @error: XS_ERROR_NOT_FOUND without such a learner
 */
gboolean xs_platform_storage_take_seat (XsPlatformStorage *storage, const XsPlatformDevice *device, const char *stunum,
                                        XsWireSeatAnswer *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_leave_seat: @stunum has left @device. Somebody who does not sit there is fine. */
gboolean xs_platform_storage_leave_seat (XsPlatformStorage *storage, const XsPlatformDevice *device, const char *stunum,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
