/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What people's programs and platform say to each other: signing in with a password gives a token, and every request
 * carries it as “Authorization: Bearer TOKEN”. The rules are in docs/protocol.md. Decoders set XS_ERROR_INVALID naming
 * the field; out structs are unspecified after an error.
 */

#define XS_WIRE_PATH_SIGN_IN "/v1/people/session"
#define XS_WIRE_PATH_SIGN_OUT "/v1/people/sign-out"
#define XS_WIRE_PATH_ME "/v1/people/me"
#define XS_WIRE_PATH_PEOPLE_PHOTOS "/v1/people/photos/" /* + sha256 */

#define XS_WIRE_SIGN_IN_MAX_BYTES (4 * 1024)

typedef struct {
  char name[64];
  char password[129];
  char code[33]; /* of an authenticator, or a recovery code; "": none */
} XsWireSignIn;

typedef struct {
  char name[64];
  char role[17];     /* "coach", "head-coach", "auditor" or "admin" */
  char coachnum[17]; /* "": no coach of the register */
  char token[65];    /* of an answer to a sign-in; "" elsewhere */
  gint64 expires_us; /* likewise; 0 elsewhere */
  gint64 idle_s;     /* a session in which nothing was asked for so long ends */
} XsWirePerson;

/** (transfer full) */
GBytes *xs_wire_sign_in_encode (const XsWireSignIn *sign_in);
gboolean xs_wire_sign_in_decode (XsWireSignIn *sign_in, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full) */
GBytes *xs_wire_person_encode (const XsWirePerson *person);
gboolean xs_wire_person_decode (XsWirePerson *person, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_wire_bearer: (transfer none) (nullable): the token in the value of an Authorization header, which may be NULL. */
const char *xs_wire_bearer (const char *header);

G_END_DECLS
