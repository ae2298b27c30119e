/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-roles.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/*
 * People with accounts, and their sessions. Passwords are kept as argon2id hashes, tokens and recovery codes as
 * SHA-256, the secrets of one-time codes locked with a key that comes of the platform's. Any thread.
 */

#define XS_PLATFORM_PASSWORD_MIN_BYTES 10
#define XS_PLATFORM_PASSWORD_MAX_BYTES 128
#define XS_PLATFORM_LOGIN_MAX_BYTES 63
#define XS_PLATFORM_TOKEN_CHARS 43 /* base64url of 32 random bytes */
#define XS_PLATFORM_SESSION_US (12 * G_TIME_SPAN_HOUR)
#define XS_PLATFORM_SESSION_IDLE_US (30 * G_TIME_SPAN_MINUTE)
#define XS_PLATFORM_N_RECOVERY_CODES 10

/*
 * After so many wrong tries in a row each further one has a pause before it, twice as long each time, up to the
 * longest: who guesses has 288 tries a day. Tries on a name, of an account or not, count wherever they come from,
 * except that an address from which the person signed in lately has a count of its own: nobody elsewhere can hold
 * that person up. Tries of an address count whatever the name, except on this computer, where a proxy speaks for all.
 */
#define XS_PLATFORM_FREE_TRIES 5
#define XS_PLATFORM_FREE_TRIES_OF_ADDRESS 20
#define XS_PLATFORM_FIRST_PAUSE_US (30 * (gint64) G_USEC_PER_SEC)
#define XS_PLATFORM_LONGEST_PAUSE_US (5 * G_TIME_SPAN_MINUTE)
#define XS_PLATFORM_KNOWN_ADDRESS_US (30 * G_TIME_SPAN_DAY)

typedef struct {
  gint64 id;
  char name[XS_PLATFORM_LOGIN_MAX_BYTES + 1]; /* what is typed to sign in */
  XsPlatformRole role;
  char coachnum[XS_UNIFIED_DIGITS + 1]; /* "": no coach of the register */
  gboolean has_totp;
  gboolean disabled;
  gint64 added_us;
  gint64 locked_until_us; /* of xs_platform_storage_list_people(): the longest pause of the name; 0: none */
} XsPlatformPerson;

/**
 * xs_platform_storage_add_person: make an account. Takes as long as xs_password_hash().
 * @coachnum: (nullable): a coach of the register, whose learners are this person's own
 * @error: XS_ERROR_EXISTS, XS_ERROR_INVALID for a name or password that will not do, XS_ERROR_NOT_FOUND of the coach
 */
gboolean xs_platform_storage_add_person (XsPlatformStorage *storage, const char *name, XsPlatformRole role,
                                         const char *coachnum, const char *password, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* Each of these ends all sessions of the person. @error: XS_ERROR_NOT_FOUND */
gboolean xs_platform_storage_set_password (XsPlatformStorage *storage, const char *name, const char *password,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_platform_storage_set_role (XsPlatformStorage *storage, const char *name, XsPlatformRole role,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_set_disabled: an account is never removed: what it looked at and decided stays. */
gboolean xs_platform_storage_set_disabled (XsPlatformStorage *storage, const char *name, gboolean disabled,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_enable_totp: from now on this person signs in with a code of an authenticator, too.
 * @secret: (out) (transfer full): for the authenticator, in base32
 * Returns: (transfer full) (element-type utf8): recovery codes, each good once; shown now and never again
 */
GPtrArray *xs_platform_storage_enable_totp (XsPlatformStorage *storage, const char *name, char **secret, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_disable_totp: the password alone is enough again. */
gboolean xs_platform_storage_disable_totp (XsPlatformStorage *storage, const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_list_people: (transfer full) (element-type XsPlatformPerson): by name. */
GArray *xs_platform_storage_list_people (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformSignIn: how an attempt ended. */
typedef enum {
  XS_PLATFORM_SIGN_IN_DONE,
  XS_PLATFORM_SIGN_IN_WRONG,       /* name, password or code: never which */
  XS_PLATFORM_SIGN_IN_TOTP_WANTED, /* the password is right, and a code is needed */
  XS_PLATFORM_SIGN_IN_PAUSE,       /* not even looked at: too many wrong tries, wait */
} XsPlatformSignIn;

typedef struct {
  XsPlatformSignIn result;
  XsPlatformPerson person;                 /* DONE */
  char token[XS_PLATFORM_TOKEN_CHARS + 1]; /* DONE */
  gint64 expires_us;                       /* DONE */
  gint64 pause_us;                         /* PAUSE: how long to wait */
} XsPlatformSignInAnswer;

/**
 * xs_platform_storage_sign_in: try a password, and a code. Takes as long, and as much memory, as xs_password_hash(),
 * whether or not there is such a person.
 * @code: (nullable): 6 digits of an authenticator, or a recovery code
 * @address: whence the attempt comes; wrong tries are counted for name and address, and success forgets both counts
 */
gboolean xs_platform_storage_sign_in (XsPlatformStorage *storage, const char *name, const char *password,
                                      const char *code, const char *address, XsPlatformSignInAnswer *answer,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_storage_find_session: whose @token is, which keeps the session from going idle.
 * @error: XS_ERROR_UNAUTHORIZED when it is unknown, ended, expired or idle
 */
gboolean xs_platform_storage_find_session (XsPlatformStorage *storage, const char *token, XsPlatformPerson *person,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_end_session: sign out; an unknown token is fine. */
gboolean xs_platform_storage_end_session (XsPlatformStorage *storage, const char *token, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_storage_end_sessions: every session of @name, or with NULL of everybody. */
gboolean xs_platform_storage_end_sessions (XsPlatformStorage *storage, const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char name[XS_PLATFORM_LOGIN_MAX_BYTES + 1];
  char address[64];
  gint64 began_us;
  gint64 seen_us;
  gint64 expires_us;
} XsPlatformSession;

/** xs_platform_storage_list_sessions: (transfer full) (element-type XsPlatformSession): those that are good now. */
GArray *xs_platform_storage_list_sessions (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
