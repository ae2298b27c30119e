/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-cipher.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/*
 * One random key a learner, in a file of its own, keys/learner/NN/STUNUM, where NN are the number's last two digits.
 * The file is locked with a key that comes of the platform's secret one. What a key locked is gone with it, wherever
 * else copies lie; so a backup of keys/ is kept no longer than the school's policy lets photos be kept.
 *
 * Any thread, any number of processes on one folder. Errors beside those named: XS_ERROR_NO_SPACE, XS_ERROR_IO.
 */

/**
 * xs_learner_key_load: the key of @stunum.
 * @make: when there is none, make one, durably; whoever is first, all get the same
 * @error: XS_ERROR_NOT_FOUND without @make; XS_ERROR_CORRUPT for a file that does not open
 */
gboolean xs_learner_key_load (XsPlatformStorage *storage, const char *stunum, gboolean make, guint8 key[XS_KEY_BYTES],
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_learner_key_destroy: overwrite the file, remove it, and make both durable. None is fine. */
gboolean xs_learner_key_destroy (XsPlatformStorage *storage, const char *stunum, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_learner_key_path: (transfer full): where the key of @stunum lies. */
char *xs_learner_key_path (XsPlatformStorage *storage, const char *stunum);

/*
 * What a learner's key locks: a photo, in a file that says whose it is: 8 bytes of magic, the 16 digits of stunum, and
 * the locked bytes. The plain ones are the ephemeral key of the box in which the photo came (all zero: it came in the
 * clear) and the JPEG. It opens under its own name and its own learner only.
 */

/** xs_photo_file_lock: (transfer full): the file of @jpeg, named @sha256. @ephemeral: (nullable) */
GBytes *xs_photo_file_lock (XsPlatformStorage *storage, const char *stunum, const char *sha256, const guint8 *ephemeral,
                            GBytes *jpeg, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_photo_file_owner: whether @file is locked, and then whose it is. */
gboolean xs_photo_file_owner (GBytes *file, char stunum[XS_UNIFIED_DIGITS + 1]);
/**
 * xs_photo_file_open: (transfer full): the JPEG of a locked @file.
 * @ephemeral: (out): the ephemeral key, or all zero
 * @error: XS_ERROR_NOT_FOUND when the learner's key is destroyed, XS_ERROR_CORRUPT
 */
GBytes *xs_photo_file_open (XsPlatformStorage *storage, GBytes *file, const char *sha256,
                            guint8 ephemeral[XS_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
#define XS_PHOTO_FILE_EXTRA_BYTES (8 + XS_UNIFIED_DIGITS + XS_CIPHER_EXTRA_BYTES + XS_KEY_BYTES)

G_END_DECLS
