/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/*
 * Photos at rest, and who looked at them. A photo comes sealed to the platform key, under the hash of the sealed bytes.
 * Once the log that names it is committed, its learner is known, and it is filed: locked with the learner's own key.
 * It keeps its name, of which it stays the proof: the sealed bytes can be made again. Registration photos are locked
 * with the learner's key from the first. Any thread.
 */

/** XsPlatformReader: on whose behalf a photo is opened. Each opening is a row that stays. */
typedef struct {
  const char *who; /* "person:NAME", "device:DEVNUM", "command:USER", "auditor" */
  const char *why; /* one word or a few, such as "review", "export", "audit", "roster" */
} XsPlatformReader;

/**
 * xs_platform_storage_read_photo: (transfer full): the plain JPEG, after the reading was recorded.
 * @error: XS_ERROR_NOT_FOUND when it is not here, or is gone with its learner's key; XS_ERROR_CORRUPT
 */
GBytes *xs_platform_storage_read_photo (XsPlatformStorage *storage, const char *sha256, const XsPlatformReader *reader,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_read_registration_photo: (transfer full): as xs_platform_storage_read_photo(). */
GBytes *xs_platform_storage_read_registration_photo (XsPlatformStorage *storage, const char *sha256,
                                                     const XsPlatformReader *reader, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_storage_read_usable_photo: (transfer full): the same for a kiosk: only while the photo is the one of some
 * learner that the roster names, that is neither waits, nor was returned or reset, nor is of somebody erased.
 */
GBytes *xs_platform_storage_read_usable_photo (XsPlatformStorage *storage, const char *sha256,
                                               const XsPlatformReader *reader, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_storage_is_photo_of_coach: @is: (out): whether a learner of @coachnum has a log that names it */
gboolean xs_platform_storage_is_photo_of_coach (XsPlatformStorage *storage, const char *sha256, const char *coachnum,
                                                gboolean *is, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformPhotoForm: how a photo lies on disk. */
typedef enum {
  XS_PLATFORM_PHOTO_SEALED, /* to the platform key, as it came */
  XS_PLATFORM_PHOTO_FILED,  /* locked with its learner's key */
} XsPlatformPhotoForm;

/**
 * xs_platform_storage_get_sealed_photo: (transfer full): the very bytes that a photo is named by, whatever form it
 * has: that it is what the signed log says, without a look at it.
 * @form: (out) (nullable)
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_CORRUPT when they are not those of the name
 */
GBytes *xs_platform_storage_get_sealed_photo (XsPlatformStorage *storage, const char *sha256, XsPlatformPhotoForm *form,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_check_registration_photo: that the photo of a learner opens and is that of its name. */
gboolean xs_platform_storage_check_registration_photo (XsPlatformStorage *storage, const char *stunum,
                                                       const char *sha256, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_storage_file_photos: lock what waits with the keys of its learners. Each photo can be read before, while
 * and after it is done, and is done again after a crash. One that is whole and does not open is left as it is, for fsck
 * to name. One whose file is lost, damaged or unreadable keeps back no other: it is said once in the log, waits and is
 * tried again by each call.
 * @cancellable: (nullable): ends it after a photo with XS_ERROR_CANCELLED
 * @n_filed: (out): how many photos were filed
 * @error: what hits every photo: XS_ERROR_NO_SPACE, XS_ERROR_BUSY, XS_ERROR_CANCELLED, or the database's
 */
gboolean xs_platform_storage_file_photos (XsPlatformStorage *storage, GCancellable *cancellable, guint *n_filed,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_storage_file_registration_photos: the same for registration photos of before learners had keys. */
gboolean xs_platform_storage_file_registration_photos (XsPlatformStorage *storage, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformPhotoRead: that somebody opened a photo. Valid within the call that gives it. */
typedef struct {
  gint64 time_us;
  const char *who;
  const char *why;
  const char *sha256;
  const char *stunum; /* whose photo; "" when no log named it yet */
  gboolean registration;
} XsPlatformPhotoRead;

typedef gboolean (*XsPlatformPhotoReadFunc) (const XsPlatformPhotoRead *photo_read, gpointer data, GError **error);
/** xs_platform_storage_foreach_photo_read: in the order of time. */
gboolean xs_platform_storage_foreach_photo_read (XsPlatformStorage *storage, XsPlatformPhotoReadFunc func,
                                                 gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
