/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-appeal.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-message.h"
#include "xs-wire-private.h"

#include <string.h>

GBytes *
xs_wire_appeal_encode (const XsAppeal *appeal)
{
  JsonObject *object = json_object_new ();
  g_autofree char *time = xs_wall_to_wire (appeal->wall_us);

  json_object_set_int_member (object, "schema", XS_WIRE_APPEAL_SCHEMA);
  json_object_set_string_member (object, "inscode", appeal->inscode);
  json_object_set_string_member (object, "devnum", appeal->devnum);
  json_object_set_int_member (object, "seq", appeal->seq);
  json_object_set_string_member (object, "log_sha256", appeal->log_sha256);
  json_object_set_string_member (object, "stunum", appeal->stunum);
  json_object_set_string_member (object, "recnum", appeal->recnum);
  json_object_set_string_member (object, "time", time);
  json_object_set_int_member (object, "time_us", appeal->wall_us);
  json_object_set_string_member (object, "reason", xs_appeal_nick (appeal->reason));
  json_object_set_string_member (object, "comment", appeal->comment);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_appeal_check_comment (const char *comment, GError **error)
{
  gboolean has_control = FALSE;

  if (strlen (comment) > XS_APPEAL_COMMENT_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“comment” has %" G_GSIZE_FORMAT " bytes, allowed are %d",
                   strlen (comment), XS_APPEAL_COMMENT_MAX_BYTES);
      return FALSE;
    }
  if (!g_utf8_validate (comment, -1, NULL))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“comment” is no UTF-8");
      return FALSE;
    }
  for (const char *p = comment; *p != '\0'; p = g_utf8_next_char (p))
    has_control |= g_unichar_iscntrl (g_utf8_get_char (p));
  if (has_control)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“comment” holds a control character");
  return !has_control;
}

static gboolean
decode_words (XsAppeal *appeal, JsonObject *object, GError **error)
{
  const char *nick;
  const char *comment;

  if (!xs_json_get_string (object, "reason", &nick, error) || !xs_json_get_string (object, "comment", &comment, error)
      || !xs_wire_appeal_check_comment (comment, error))
    return FALSE;
  if (!xs_appeal_from_nick (nick, &appeal->reason))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“reason” is “%.32s”, which is no reason to appeal", nick);
      return FALSE;
    }
  g_strlcpy (appeal->comment, comment, sizeof appeal->comment);
  return TRUE;
}

gboolean
xs_wire_appeal_decode (XsAppeal *appeal, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_APPEAL_MAX_BYTES, error);
  gint64 schema;

  if (object == NULL || !xs_json_get_int (object, "schema", 1, XS_WIRE_MAX_INT, &schema, error))
    return FALSE;
  if (schema > XS_WIRE_APPEAL_SCHEMA)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The appeal is in schema %" G_GINT64_FORMAT ", this version of Xueshi reads up to %d", schema,
                   XS_WIRE_APPEAL_SCHEMA);
      return FALSE;
    }
  if (!xs_wire_copy_number (object, "inscode", XS_UNIFIED_DIGITS, appeal->inscode, error)
      || !xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, appeal->devnum, error)
      || !xs_json_get_int (object, "seq", 1, XS_WIRE_MAX_INT, &appeal->seq, error)
      || !xs_wire_get_sha256 (object, "log_sha256", appeal->log_sha256, error)
      || !xs_wire_copy_number (object, "stunum", XS_UNIFIED_DIGITS, appeal->stunum, error)
      || !xs_wire_copy_number (object, "recnum", XS_RECNUM_DIGITS, appeal->recnum, error)
      || !xs_json_get_int (object, "time_us", 0, XS_WIRE_MAX_WALL_US, &appeal->wall_us, error)
      || !decode_words (appeal, object, error))
    return FALSE;

  /* Also what the fields repeat (time) and members that do not belong here show in this. */
  g_autoptr (GBytes) canonical = xs_wire_appeal_encode (appeal);
  if (!g_bytes_equal (canonical, bytes))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "The appeal is not in canonical form, or its fields contradict each other");
      return FALSE;
    }
  return TRUE;
}
