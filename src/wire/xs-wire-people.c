/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-people.h"

#include "xs-crypto.h"
#include "xs-wire-message.h"
#include "xs-wire-private.h"

#include <string.h>

#define BEARER "Bearer "

static gboolean
copy_text (JsonObject *object, const char *name, char *buffer, gsize size, GError **error)
{
  const char *text;

  if (!xs_wire_get_text (object, name, size - 1, &text, error))
    return FALSE;
  g_strlcpy (buffer, text, size);
  return TRUE;
}

/* A member that may be missing, or null. */
static gboolean
copy_optional (JsonObject *object, const char *name, char *buffer, gsize size, GError **error)
{
  buffer[0] = '\0';
  if (!json_object_has_member (object, name) || json_object_get_null_member (object, name))
    return TRUE;
  return copy_text (object, name, buffer, size, error);
}

static void
set_optional (JsonObject *object, const char *name, const char *text)
{
  if (text[0] != '\0')
    json_object_set_string_member (object, name, text);
}

GBytes *
xs_wire_sign_in_encode (const XsWireSignIn *sign_in)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", sign_in->name);
  json_object_set_string_member (object, "password", sign_in->password);
  set_optional (object, "code", sign_in->code);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_sign_in_decode (XsWireSignIn *sign_in, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_SIGN_IN_MAX_BYTES, error);

  return object != NULL && copy_text (object, "name", sign_in->name, sizeof sign_in->name, error)
         && copy_text (object, "password", sign_in->password, sizeof sign_in->password, error)
         && copy_optional (object, "code", sign_in->code, sizeof sign_in->code, error);
}

GBytes *
xs_wire_person_encode (const XsWirePerson *person)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "name", person->name);
  json_object_set_string_member (object, "role", person->role);
  json_object_set_int_member (object, "idle_s", person->idle_s);
  set_optional (object, "coachnum", person->coachnum);
  set_optional (object, "token", person->token);
  if (person->expires_us != 0)
    json_object_set_int_member (object, "expires_us", person->expires_us);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_person_decode (XsWirePerson *person, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ANSWER_MAX_BYTES, error);

  *person = (XsWirePerson){ 0 };
  return object != NULL && copy_text (object, "name", person->name, sizeof person->name, error)
         && copy_text (object, "role", person->role, sizeof person->role, error)
         && xs_json_get_int (object, "idle_s", 1, XS_WIRE_MAX_INT, &person->idle_s, error)
         && copy_optional (object, "coachnum", person->coachnum, sizeof person->coachnum, error)
         && copy_optional (object, "token", person->token, sizeof person->token, error)
         && (!json_object_has_member (object, "expires_us")
             || xs_json_get_int (object, "expires_us", 1, XS_WIRE_MAX_WALL_US, &person->expires_us, error));
}

const char *
xs_wire_bearer (const char *header)
{
  if (header == NULL || !g_str_has_prefix (header, BEARER))
    return NULL;
  const char *token = header + strlen (BEARER);
  gsize size = strlen (token);
  return size > 0 && size < sizeof (((XsWirePerson *) NULL)->token) ? token : NULL;
}
