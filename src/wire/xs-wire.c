/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-message.h"

#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

gboolean
xs_wire_sha256_is_valid (const char *hex)
{
  return hex != NULL && strlen (hex) == 64 && strspn (hex, "0123456789abcdef") == 64;
}

GBytes *
xs_wire_take_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);

  return xs_json_to_canonical (node);
}

JsonObject *
xs_wire_parse_object (GBytes *bytes, gsize max_bytes, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return xs_json_parse_object (data != NULL ? data : "", size, max_bytes, error);
}

gboolean
xs_wire_get_text (JsonObject *object, const char *name, gsize max_bytes, const char **value, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  gsize size = strlen (text);
  if (size == 0 || size > max_bytes)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“%s” has %" G_GSIZE_FORMAT " bytes, allowed are 1 to %" G_GSIZE_FORMAT, name, size, max_bytes);
      return FALSE;
    }
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” holds a control character", name);
          return FALSE;
        }
    }
  *value = text;
  return TRUE;
}

gboolean
xs_wire_get_sha256 (JsonObject *object, const char *name, char hex[65], GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  if (!xs_wire_sha256_is_valid (text))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” must be 64 lower-case hex digits", name);
      return FALSE;
    }
  g_strlcpy (hex, text, 65);
  return TRUE;
}

gboolean
xs_wire_copy_number (JsonObject *object, const char *name, guint digits, char *buffer, GError **error)
{
  const char *text;

  if (!xs_json_get_number (object, name, digits, &text, error))
    return FALSE;
  g_strlcpy (buffer, text, digits + 1);
  return TRUE;
}

gboolean
xs_wire_get_array (JsonObject *object, const char *name, guint max, JsonArray **array, GError **error)
{
  if (!xs_json_get_array (object, name, array, error))
    return FALSE;
  if (json_array_get_length (*array) > max)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” has %u elements, allowed are %u", name,
                   json_array_get_length (*array), max);
      return FALSE;
    }
  return TRUE;
}

void
xs_wire_set_message (JsonObject *object, const char *message)
{
  if (message[0] == '\0')
    return;
  /* A message may quote what was refused, cut anywhere: an answer that is no UTF-8 could not be read at all. */
  g_autofree char *valid = g_utf8_make_valid (message, -1);
  json_object_set_string_member (object, "message", valid);
}

gboolean
xs_wire_get_message (JsonObject *object, char *message, gsize size, GError **error)
{
  const char *text;

  message[0] = '\0';
  if (!json_object_has_member (object, "message"))
    return TRUE;
  if (!xs_json_get_string (object, "message", &text, error))
    return FALSE;
  /* Line breaks and the like in a server's text have no business on a screen. */
  g_autofree char *line = g_strdup (text);
  g_strdelimit (line, "\t\n\r\f\v", ' ');
  g_strlcpy (message, line, size);
  /* g_strlcpy() may have cut a character in two. */
  const char *end;
  if (!g_utf8_validate (message, -1, &end))
    message[end - message] = '\0';
  return TRUE;
}
