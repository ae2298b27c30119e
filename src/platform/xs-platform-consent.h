/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-consent-record.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/*
 * 单独同意: what learners decide about their own face. Decisions come from kiosks, signed, or are taken back at the
 * school; the roster tells all kiosks how it stands. Of a learner the decision counts that was made last, by
 * xs_consent_is_later(), whenever it came. Any thread.
 */

/** XsPlatformConsent: one decision. */
typedef struct {
  gboolean at_school; /* then only the times, stunum, text_version and withdrawn are set */
  XsPlatformDevice device;
  gint64 seq;
  GBytes *bytes; /* (nullable) */
  guint8 signature[XS_SIGNATURE_BYTES];
  char sha256[65]; /* as stored */
  char stunum[XS_UNIFIED_DIGITS + 1];
  gint64 text_version; /* 0: withdrawn at the school, where no consent was known */
  gboolean withdrawn;
  gint64 decided_us;
  gint64 received_us;
} XsPlatformConsent;

/** xs_platform_storage_put_consent: as xs_platform_storage_put_log(), of a decision. Never asks for photos. */
gboolean xs_platform_storage_put_consent (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq,
                                          GBytes *bytes, const guint8 *signature, XsWireLogAnswer *answer,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_storage_withdraw_consent: @stunum has taken it back at the school. Also of who is not known to have given
 * it: a kiosk may not have told yet. Kiosks hear of it with the next roster; what happens to photos says
 * docs/protocol.md, below PUT /v1/consents.
 * @withdrawn: (out): FALSE when it was withdrawn before
 * @error: XS_ERROR_NOT_FOUND when there is no such learner
 */
gboolean xs_platform_storage_withdraw_consent (XsPlatformStorage *storage, const char *stunum, gboolean *withdrawn,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformConsentFunc: FALSE with @error set ends the walk. */
typedef gboolean (*XsPlatformConsentFunc) (const XsPlatformConsent *consent, gpointer data, GError **error);
/** xs_platform_storage_foreach_consent: in the order they came. @func may call this storage. */
gboolean xs_platform_storage_foreach_consent (XsPlatformStorage *storage, XsPlatformConsentFunc func, gpointer data,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_storage_remove_withdrawn: remove what the auditor measured of the faces of learners who have withdrawn
 * consent, once all of their logs are settled: until then the measures may be wanted for the learner's own good.
 */
gboolean xs_platform_storage_remove_withdrawn (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_forget_withdrawn: overwrite what the database still has of it; what cannot be now is owed until
 * a later call can. @error: XS_ERROR_BUSY as of xs_sql_forget()
 */
gboolean xs_platform_storage_forget_withdrawn (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
