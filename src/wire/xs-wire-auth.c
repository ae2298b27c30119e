/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-auth.h"

#include "xs-clock.h"
#include "xs-error.h"

#include <string.h>

#define SCHEME "Xueshi "

static char *
signed_text (const char *method, const char *path, const char *time, const char *body_sha256)
{
  return g_strdup_printf ("%s\n%s\n%s\n%s\n", method, path, time, body_sha256);
}

char *
xs_wire_authorization_new (const char *devnum, const XsSignKey *key, const char *method, const char *path, GBytes *body,
                           gint64 wall_us)
{
  gsize size = 0;
  const void *data = body != NULL ? g_bytes_get_data (body, &size) : NULL;
  g_autofree char *body_sha256 = xs_sha256_hex (data != NULL ? data : "", size);
  g_autofree char *time = xs_wall_to_wire (wall_us);
  g_autofree char *text = signed_text (method, path, time, body_sha256);
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (key, text, strlen (text), signature);
  g_autofree char *encoded = g_base64_encode (signature, sizeof signature);
  return g_strdup_printf (SCHEME "devnum=%s,time=%s,signature=%s", devnum, time, encoded);
}

/* The value of "@name=value" when @part is that, else NULL. */
static const char *
value_of (const char *part, const char *name)
{
  gsize size = strlen (name);

  return strncmp (part, name, size) == 0 && part[size] == '=' ? part + size + 1 : NULL;
}

static gboolean
parse_parts (XsWireAuthorization *authorization, const char *header, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (header + strlen (SCHEME), ",", 4);

  if (g_strv_length (parts) != 3)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "it must have devnum, time and signature");
      return FALSE;
    }
  const char *devnum = value_of (parts[0], "devnum");
  const char *time = value_of (parts[1], "time");
  const char *signature = value_of (parts[2], "signature");
  if (!xs_number_check (devnum, XS_UNIFIED_DIGITS, "devnum", error)
      || !xs_number_check (time, sizeof authorization->time - 1, "time", error)
      || !xs_wall_from_wire (time, &authorization->time_us, error)
      || !xs_base64_decode_exact (signature != NULL ? signature : "", "signature", authorization->signature,
                                  sizeof authorization->signature, error))
    return FALSE;
  g_strlcpy (authorization->devnum, devnum, sizeof authorization->devnum);
  g_strlcpy (authorization->time, time, sizeof authorization->time);
  return TRUE;
}

gboolean
xs_wire_authorization_parse (XsWireAuthorization *authorization, const char *header, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (header == NULL || !g_str_has_prefix (header, SCHEME))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
                           "The request has no “Authorization: Xueshi …” header");
      return FALSE;
    }
  if (parse_parts (authorization, header, &local_error))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED, "Authorization header: %s", local_error->message);
  return FALSE;
}

gboolean
xs_wire_authorization_is_timely (const XsWireAuthorization *authorization, gint64 now_us)
{
  return ABS (authorization->time_us - now_us) <= XS_WIRE_CLOCK_LIMIT_US;
}

gboolean
xs_wire_authorization_verify (const XsWireAuthorization *authorization, const guint8 device_key[XS_KEY_BYTES],
                              const char *method, const char *path, const char *body_sha256)
{
  g_autofree char *text = signed_text (method, path, authorization->time, body_sha256);

  return xs_verify (device_key, text, strlen (text), authorization->signature);
}
