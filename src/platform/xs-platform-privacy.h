/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/* What the school must not keep any longer. Safe to repeat after a crash at any moment. Any thread. */

/** XsPlatformRetained: what a run removed. */
typedef struct {
  guint expired; /* photos older than the policy's photo_keep_days */
  guint strays;  /* photos that no log named within the policy's stray_photo_days */
  guint erased;  /* learners whose erasure had been cut off */
  gboolean held; /* no photo was removed, since nothing says that the clock is right */
} XsPlatformRetained;

/**
 * xs_platform_storage_retain: remove photos that the policy does not let the school keep, of logs that are judged, and
 * end what a crash left of an erasure. A clock that runs years ahead would remove everything: so photos are removed
 * only while a kiosk, whose clock must agree within a day, has been heard of within a week. Rows and signed logs stay:
 * they say that there was a photo, and when it went.
 * @cancellable: (nullable): ends it after a photo with XS_ERROR_CANCELLED
 */
gboolean xs_platform_storage_retain (XsPlatformStorage *storage, GCancellable *cancellable,
                                     XsPlatformRetained *retained, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_storage_erase_learner: forget who @stunum is: the key of the photos is destroyed, photos and registration
 * photo are removed, the name is overwritten also where the database had it. What was signed stays as it is, under the
 * number. Kiosks drop the learner with the next roster. Photos that arrive later are removed, too.
 * @error: XS_ERROR_NOT_FOUND; XS_ERROR_BUSY when all is done but that somebody read the database all the time: the next
 *   run overwrites what it still holds
 */
gboolean xs_platform_storage_erase_learner (XsPlatformStorage *storage, const char *stunum, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
