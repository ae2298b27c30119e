/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-clock.h"
#include "xs-wire-log.h"
#include "xs-wire-message.h"

G_BEGIN_DECLS

/**
 * XsPlatformStorage: everything a platform keeps, in one folder: platform.db, photos/ and registration/ with locked
 * files (xs-platform-photos.h), keys/. Instead of platform.db there may be database.conf, which names a PostgreSQL
 * server. The routes and commands know this interface only, and no SQL.
 *
 * Usable from any thread; readers and writers do not hold each other up.
 * What changes something is on disk when it returns TRUE.
 * Errors beside those named: XS_ERROR_NO_SPACE, XS_ERROR_BUSY, XS_ERROR_IO, XS_ERROR_CORRUPT.
 */
typedef struct _XsPlatformStorage XsPlatformStorage;

/** xs_platform_storage_create: make a school in the folder @dir. @error: XS_ERROR_EXISTS when it holds one. */
XsPlatformStorage *xs_platform_storage_create (const char *dir, const char *inscode, const char *school, XsClock *clock,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_create_on: the same with its tables on a PostgreSQL server.
 * @conninfo: (nullable): see xs_sql_open_postgresql(); it is kept in the folder for this user's eyes. NULL: SQLite
 */
XsPlatformStorage *xs_platform_storage_create_on (const char *dir, const char *conninfo, const char *inscode,
                                                  const char *school, XsClock *clock, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_open: @error: XS_ERROR_NOT_FOUND, saying how to make one, when @dir holds no school. */
XsPlatformStorage *xs_platform_storage_open (const char *dir, XsClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_platform_storage_close (XsPlatformStorage *storage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPlatformStorage, xs_platform_storage_close)

/**
 * xs_platform_storage_lock: be the one server of this folder until closed, or one of several when its tables are on a
 * server: see that the register is not damaged, and remove uploads that a dead server left half-done.
 * @error: XS_ERROR_BUSY while another process serves it, XS_ERROR_CORRUPT, and then nothing was moved or changed
 */
gboolean xs_platform_storage_lock (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_check: ask the database whether it is whole. @error: XS_ERROR_CORRUPT with its words. */
gboolean xs_platform_storage_check (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_storage_get_clock: (transfer none) */
XsClock *xs_platform_storage_get_clock (XsPlatformStorage *storage);
/** xs_platform_storage_get_inscode: (transfer none): the school's number. */
const char *xs_platform_storage_get_inscode (XsPlatformStorage *storage);
/** xs_platform_storage_get_seal_key: (transfer none): opens everything sealed to this platform. */
const XsSealKey *xs_platform_storage_get_seal_key (XsPlatformStorage *storage);

/* Policy */

/** xs_platform_storage_set_policy: @json is checked by xs_policy_parse() and kept as it is. */
gboolean xs_platform_storage_set_policy (XsPlatformStorage *storage, GBytes *json, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_get_policy: (transfer full): the document; XS_ERROR_NOT_FOUND when none was set. */
GBytes *xs_platform_storage_get_policy (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Learners */

/**
 * xs_platform_storage_add_learner: add a learner, or change name and photo of one. A photo that is replaced is removed.
 * @jpeg: (nullable): NULL keeps the photo there is
 */
gboolean xs_platform_storage_add_learner (XsPlatformStorage *storage, const char *stunum, const char *name,
                                          GBytes *jpeg, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_set_active_check: whether kiosks ask this learner to turn the head, as they do unless told.
 * @error: XS_ERROR_NOT_FOUND when there is no such learner
 */
gboolean xs_platform_storage_set_active_check (XsPlatformStorage *storage, const char *stunum, gboolean asked,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_learners: (transfer full) (element-type XsWireLearner): by stunum; not the erased. */
GArray *xs_platform_storage_list_learners (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Devices */

typedef struct {
  gint64 id;
  char devnum[XS_UNIFIED_DIGITS + 1];
  guint8 sign_key[XS_KEY_BYTES];
  gint64 paired_us;
  gint64 revoked_us; /* 0: in use */
  gint64 seen_us;    /* last authenticated request; 0: never */
  char name[64];     /* what people call it; "": nothing. Only of xs_platform_storage_list_devices() */
} XsPlatformDevice;

#define XS_PLATFORM_CODE_DIGITS 8

/**
 * xs_platform_storage_make_pair_code: (transfer full): a fresh one-time code of XS_PLATFORM_CODE_DIGITS digits.
 * @devnum: (nullable): the number the device shall have; NULL gives it the next provisional number, which begins
 *   with zeros and so is never one the trade has issued
 */
char *xs_platform_storage_make_pair_code (XsPlatformStorage *storage, const char *devnum, gint64 valid_us,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_pair: exchange a code for an identity. The same code and key give the same answer again, so that
 * a device that lost the answer can ask once more while the code is valid.
 * @refusal: (out): NULL, or the XS_WIRE_ERROR_CODE_… or XS_WIRE_ERROR_DEVICE_PAIRED that tells why not
 */
gboolean xs_platform_storage_pair (XsPlatformStorage *storage, const XsWirePairRequest *request,
                                   XsWirePairAnswer *answer, const char **refusal, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_find_device: the device in use under @devnum; XS_ERROR_NOT_FOUND. */
gboolean xs_platform_storage_find_device (XsPlatformStorage *storage, const char *devnum, XsPlatformDevice *device,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_see_device: note that @device was heard of; writes at most once a minute. */
gboolean xs_platform_storage_see_device (XsPlatformStorage *storage, const XsPlatformDevice *device, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_get_last_seq: the highest seq of the logs that @device has here; 0: it has none. */
gboolean xs_platform_storage_get_last_seq (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 *seq,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_devices: (transfer full) (element-type XsPlatformDevice): in the order of pairing. */
GArray *xs_platform_storage_list_devices (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Photos */

typedef struct {
  char sha256[65];
  gint64 size_bytes;
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of the device that sent it first */
  gint64 received_us;
  gint64 gone_us; /* when it was removed, as policy says or with its learner; 0: it is here */
} XsPlatformPhoto;

/** xs_platform_storage_get_incoming_dir: where uploads are spooled, on the same disk as the photos. */
const char *xs_platform_storage_get_incoming_dir (XsPlatformStorage *storage);
/**
 * xs_platform_storage_keep_photo: make a spooled upload a photo: flush it, put it in its place, and commit its row.
 * @spool_path: a complete file in the incoming folder whose SHA-256 is @sha256; gone afterwards
 * @created: (out): FALSE when the photo was there before; then nothing changed
 */
gboolean xs_platform_storage_keep_photo (XsPlatformStorage *storage, const char *sha256, const char *spool_path,
                                         gint64 size_bytes, gint64 device_id, gboolean *created, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_find_missing: (transfer full): those of @photos (sha256) that are not here, in their order. */
GPtrArray *xs_platform_storage_find_missing (XsPlatformStorage *storage, const GPtrArray *photos, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_photos: (transfer full) (element-type XsPlatformPhoto): in the order they came. */
GArray *xs_platform_storage_list_photos (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Logs */

/** XsPlatformChain: how a log sits in the chain of its device. */
typedef enum {
  XS_PLATFORM_CHAIN_OK,
  XS_PLATFORM_CHAIN_GAP,    /* the log before it is not here */
  XS_PLATFORM_CHAIN_BROKEN, /* the log before it is here, and not the one this log names */
} XsPlatformChain;

/** (transfer none): "ok", "gap" or "broken". */
const char *xs_platform_chain_nick (XsPlatformChain chain);

typedef struct {
  gint64 id;
  gint64 seq;
  XsPlatformDevice device;
  GBytes *bytes;
  guint8 signature[XS_SIGNATURE_BYTES];
  char sha256[65]; /* as stored */
  char previous[65];
  XsPlatformChain chain;
  gint64 received_us;
  char verdict[33]; /* "waiting" until an audit has spoken */
} XsPlatformLog;

/**
 * xs_platform_storage_put_log: judge a log and, if it is accepted, commit it with all that it refers to.
 * @signature: (nullable): NULL is a bad signature
 * @answer: (out): all zero or cleared by the caller; what to tell the device
 */
gboolean xs_platform_storage_put_log (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq,
                                      GBytes *bytes, const guint8 *signature, XsWireLogAnswer *answer, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformLogFunc: FALSE with @error set ends the walk. */
typedef gboolean (*XsPlatformLogFunc) (const XsPlatformLog *log, gpointer data, GError **error);
/** xs_platform_storage_foreach_log: by device, then by seq. @func may call this storage. */
gboolean xs_platform_storage_foreach_log (XsPlatformStorage *storage, XsPlatformLogFunc func, gpointer data,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appeals */

typedef struct {
  gint64 seq; /* of the log it is against */
  XsPlatformDevice device;
  GBytes *bytes;
  guint8 signature[XS_SIGNATURE_BYTES];
  char sha256[65]; /* as stored */
  gint64 received_us;
  gboolean has_log; /* whether the log is here: one that was refused may be what is appealed against */
} XsPlatformAppeal;

/** xs_platform_storage_put_appeal: as xs_platform_storage_put_log(), of an appeal. Never asks for photos. */
gboolean xs_platform_storage_put_appeal (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq,
                                         GBytes *bytes, const guint8 *signature, XsWireLogAnswer *answer,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformAppealFunc: FALSE with @error set ends the walk. */
typedef gboolean (*XsPlatformAppealFunc) (const XsPlatformAppeal *appeal, gpointer data, GError **error);
/** xs_platform_storage_foreach_appeal: in the order they came. @func may call this storage. */
gboolean xs_platform_storage_foreach_appeal (XsPlatformStorage *storage, XsPlatformAppealFunc func, gpointer data,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
