/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-journal.h"

G_BEGIN_DECLS

/*
 * The part of the journal that waits to be sent. Rows are written by xs_journal_add_photo(),
 * xs_journal_close_segment(), xs_journal_appeal() and with decisions about consent; src/sync reads and settles them.
 * Nothing is ever dropped.
 */

typedef enum {
  XS_OUTBOX_PHOTO,
  XS_OUTBOX_LOG,
  XS_OUTBOX_APPEAL,
  XS_OUTBOX_CONSENT,
} XsOutboxKind;

typedef struct {
  gint64 id;
  XsOutboxKind kind;
  gint64 seq;        /* of a log, of the log an appeal is against, or of a decision about consent; 0 for photos */
  char sha256[65];   /* of the bytes to send */
  GBytes *signature; /* XS_SIGNATURE_BYTES; NULL for photos */
  guint attempts;
} XsOutboxItem;

/** xs_outbox_kind_title: (transfer none): "Photo", "Log", "Appeal" or "Consent", for messages to staff. */
const char *xs_outbox_kind_title (XsOutboxKind kind);

void xs_outbox_item_free (XsOutboxItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsOutboxItem, xs_outbox_item_free)

/**
 * xs_outbox_list_due: (transfer full): XsOutboxItem pending and due at @wall_us: decisions about consent, photos, then
 * logs, each only once all of its photos are acknowledged, then appeals; of each kind at most @max, by age. When that
 * is not all, half of them are the newest, the newest first, and the others the oldest.
 */
GPtrArray *xs_outbox_list_due (XsJournal *journal, gint64 wall_us, guint max, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_read: (transfer full): the exact bytes to send; XS_ERROR_CORRUPT when they no longer match the hash. */
GBytes *xs_outbox_read (XsJournal *journal, const XsOutboxItem *item, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_acknowledge: the platform has committed it. Repeating it is harmless. */
gboolean xs_outbox_acknowledge (XsJournal *journal, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_reject: refused for good: kept, and shown with @reason (a code) and @message. */
gboolean xs_outbox_reject (XsJournal *journal, gint64 id, const char *reason, const char *message, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_postpone: failed for now: one more attempt on record, next try at @next_wall_us, within a day. */
gboolean xs_outbox_postpone (XsJournal *journal, gint64 id, const char *message, gint64 next_wall_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_retry_now: make every postponed item due. */
gboolean xs_outbox_retry_now (XsJournal *journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_outbox_retry_rejected: let everything that was refused wait again, since what was wrong has been put right on the
 * platform. Repeating what is refused for good does no harm.
 */
gboolean xs_outbox_retry_rejected (XsJournal *journal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_outbox_requeue_photo: the platform asks for a photo again that was acknowledged before. */
gboolean xs_outbox_requeue_photo (XsJournal *journal, const char *sha256, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  guint photos_waiting, logs_waiting;
  guint photos_rejected, logs_rejected;
  guint photos_sent, logs_sent;
  guint appeals_waiting, appeals_rejected, appeals_sent;
  guint consents_waiting, consents_rejected, consents_sent;
  gint64 next_wall_us;    /* earliest next try, now when due; 0 when nothing waits that may be sent */
  char last_message[256]; /* of the newest failed attempt among what waits; "" when none */
} XsOutboxStatus;

/** xs_outbox_get_status: as the tables say it; cheap however much there is. */
gboolean xs_outbox_get_status (XsJournal *journal, XsOutboxStatus *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsOutboxRefusal: something that the platform refused for good, or that is damaged here and cannot be sent. */
typedef struct {
  XsOutboxKind kind;
  gint64 number; /* of a photo; of a log, or the log an appeal is against; of a decision */
  char reason[33];
  char message[256];
} XsOutboxRefusal;

/**
 * xs_outbox_list_rejected: (transfer full) (element-type XsOutboxRefusal): the newest @max of them. Walks over all that
 * ever was sent when there are any.
 */
GArray *xs_outbox_list_rejected (XsJournal *journal, guint max, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_outbox_get_oldest: when the oldest of what waits was taken or ended; 0 when nothing waits. Cheap, too. */
gboolean xs_outbox_get_oldest (XsJournal *journal, gint64 *wall_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
