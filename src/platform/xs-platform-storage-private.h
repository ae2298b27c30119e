/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-photos.h"
#include "xs-platform-register.h"
#include "xs-platform-storage.h"
#include "xs-policy.h"
#include "xs-sql.h"

G_BEGIN_DECLS

struct _XsPlatformStorage {
  XsClock *clock;
  char *dir;
  char *photo_dir;
  char *registration_dir;
  char *incoming_dir;
  int lock_fd;
  XsSealKey seal_key;
  char inscode[XS_UNIFIED_DIGITS + 1];
  char school[128];
  GMutex registration_mutex; /* of adding and dropping files in @registration_dir */
  GMutex filing_mutex;       /* held while photos are filed: by one thread at a time */
  GHashTable *unfiled;       /* sha256 of photos that could not be filed, which was said; @filing_mutex */
  GMutex folder_mutex;
  GHashTable *folders;      /* that are known to be on the disk, not only made; @folder_mutex */
  GHashTable *durable_keys; /* the same of files of learners' keys, by path, inode and time; @folder_mutex */
  XsSql *sql;
  gboolean shared; /* the tables are on a server: other processes may serve the same school */
};

/** xs_storage_choose_database: for a new school: @conninfo: (nullable): NULL keeps the tables in the folder. */
gboolean xs_storage_choose_database (XsPlatformStorage *storage, const char *conninfo, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_forget_database: undo that choice. */
void xs_storage_forget_database (XsPlatformStorage *storage);
/** xs_storage_open_database: the one that was chosen. */
gboolean xs_storage_open_database (XsPlatformStorage *storage, gboolean create, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_path: (transfer full): where the file @sha256 belongs in @folder. */
char *xs_storage_path (const char *folder, const char *sha256);
/** xs_storage_registration_path: (transfer full): where the registration photo @sha256 of @stunum lies, locked. */
char *xs_storage_registration_path (XsPlatformStorage *storage, const char *sha256, const char *stunum);
/** xs_storage_ensure_folder_of: make the folder that @path is to lie in, durably, also when it is there already. */
gboolean xs_storage_ensure_folder_of (XsPlatformStorage *storage, const char *path, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_read_policy: the one that kiosks are handed; the national default while none was set. */
gboolean xs_storage_read_policy (XsPlatformStorage *storage, XsPolicy *policy, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_fail: XS_ERROR_NO_SPACE or XS_ERROR_IO for an errno. Returns: FALSE */
gboolean xs_storage_fail (GError **error, int saved_errno, const char *verb, const char *path);
/** xs_storage_reject: @answer becomes a refusal for @reason, one of XS_WIRE_REASON_… */
void xs_storage_reject (XsWireLogAnswer *answer, const char *reason, const char *format, ...) G_GNUC_PRINTF (3, 4);
/** xs_storage_compare: @answer says how what is here already compares with one of the hash @sha256. */
void xs_storage_compare (const char *known_sha256, const char *sha256, XsWireLogAnswer *answer);
/** xs_storage_is_signed: @signature: (nullable) */
gboolean xs_storage_is_signed (const XsPlatformDevice *device, GBytes *bytes, const guint8 *signature);
/** xs_storage_has_photo_files: whether each of @photos (sha256) has its file. */
gboolean xs_storage_has_photo_files (XsPlatformStorage *storage, const GPtrArray *photos);
/**
 * xs_storage_find_same: whether @table, "log", "appeal" or "consent", has a row of this device and @seq already; then
 * @answer says how it compares with one whose bytes have the hash @sha256.
 */
gboolean xs_storage_find_same (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device,
                               gint64 seq, const char *sha256, gboolean *found, XsWireLogAnswer *answer, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_storage_settle: what is asked of every document before it is read: whether it is here already, and signed by
 * @device. @settled: (out): @answer is final
 */
gboolean xs_storage_settle (XsPlatformStorage *storage, const char *table, const XsPlatformDevice *device, gint64 seq,
                            GBytes *bytes, const char *sha256, const guint8 *signature, gboolean *settled,
                            XsWireLogAnswer *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_check_text: that @text has 1 to @max_bytes bytes of UTF-8 and no control character; names @what. */
gboolean xs_storage_check_text (const char *what, const char *text, gsize max_bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_record_reading: a row that says who opened a photo. @stunum: "" when nobody's yet */
gboolean xs_storage_record_reading (XsPlatformStorage *storage, const char *sha256, const char *stunum,
                                    gboolean registration, const XsPlatformReader *reader, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_remove_photo: the file, and a row that says why ("retention" or "erased"), so that nobody asks for it. */
gboolean xs_storage_remove_photo (XsPlatformStorage *storage, const char *sha256, const char *why, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_has_hash: whether the SHA-256 of @bytes is @sha256, in hexadecimal digits. */
gboolean xs_storage_has_hash (GBytes *bytes, const char *sha256);
/** xs_storage_check_registration_photo: that @jpeg may be one; @sha256: (out) (transfer full). XS_ERROR_INVALID */
gboolean xs_storage_check_registration_photo (GBytes *jpeg, char **sha256, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_storage_change_learner_and: xs_platform_storage_change_learner(), and before it @also in the same transaction.
 * @also: (nullable): see XsSqlFunc
 */
gboolean xs_storage_change_learner_and (XsPlatformStorage *storage, const XsPlatformLearnerChange *change,
                                        XsSqlFunc also, gpointer data, gboolean *added, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_drop_registration_photo: remove the file of a photo that @stunum has no more. */
gboolean xs_storage_drop_registration_photo (XsPlatformStorage *storage, const char *stunum, const char *sha256,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_storage_read_device: columns id, devnum, sign_key, paired_us, revoked_us, seen_us from @column on. */
void xs_storage_read_device (XsSqlRow *row, int column, XsPlatformDevice *device);

G_END_DECLS
