/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-cipher.h"
#include "xs-platform-people.h"
#include "xs-platform-storage-private.h"
#include "xs-totp.h"

G_BEGIN_DECLS

#define XS_PERSON_COLUMNS                                                                                              \
  "person.id, person.name, person.role, person.coachnum, person.totp_secret IS NOT NULL, person.disabled,"             \
  " person.added_us"
#define XS_PERSON_N_COLUMNS 7

/** xs_person_read: the XS_PERSON_COLUMNS from @column on. */
gboolean xs_person_read (XsSqlRow *row, int column, XsPlatformPerson *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_person_open_totp: the secret behind an authenticator's codes, as it is stored for the person @id. */
gboolean xs_person_open_totp (XsPlatformStorage *storage, gint64 id, GBytes *locked,
                              guint8 secret[XS_TOTP_SECRET_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_person_recovery_sha256: (transfer full): how a recovery code is stored, however it was typed. */
char *xs_person_recovery_sha256 (const char *code);
/** xs_person_find_pause: fill in the locked_until_us of @person. */
gboolean xs_person_find_pause (XsSql *sql, XsPlatformPerson *person, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_person_forget_failures: end every pause of the name. */
gboolean xs_person_forget_failures (XsSql *sql, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
