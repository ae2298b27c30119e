/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-consent.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-message.h"
#include "xs-wire-private.h"

#include <string.h>

#define GIVEN "given"
#define WITHDRAWN "withdrawn"

GBytes *
xs_wire_consent_encode (const XsConsentRecord *record)
{
  JsonObject *object = json_object_new ();
  g_autofree char *time = xs_wall_to_wire (record->wall_us);

  json_object_set_int_member (object, "schema", XS_WIRE_CONSENT_SCHEMA);
  json_object_set_string_member (object, "inscode", record->inscode);
  json_object_set_string_member (object, "devnum", record->devnum);
  json_object_set_int_member (object, "seq", record->seq);
  json_object_set_string_member (object, "stunum", record->stunum);
  json_object_set_int_member (object, "text_version", record->text_version);
  json_object_set_string_member (object, "time", time);
  json_object_set_int_member (object, "time_us", record->wall_us);
  json_object_set_string_member (object, "decision", record->withdrawn ? WITHDRAWN : GIVEN);
  return xs_wire_take_object (object);
}

static gboolean
decode_decision (XsConsentRecord *record, JsonObject *object, GError **error)
{
  const char *decision;

  if (!xs_json_get_string (object, "decision", &decision, error))
    return FALSE;
  record->withdrawn = strcmp (decision, WITHDRAWN) == 0;
  if (record->withdrawn || strcmp (decision, GIVEN) == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“decision” is “%.32s”, neither " GIVEN " nor " WITHDRAWN, decision);
  return FALSE;
}

gboolean
xs_wire_consent_decode (XsConsentRecord *record, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_CONSENT_MAX_BYTES, error);
  gint64 schema;

  if (object == NULL || !xs_json_get_int (object, "schema", 1, XS_WIRE_MAX_INT, &schema, error))
    return FALSE;
  if (schema > XS_WIRE_CONSENT_SCHEMA)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The decision is in schema %" G_GINT64_FORMAT ", this version of Xueshi reads up to %d", schema,
                   XS_WIRE_CONSENT_SCHEMA);
      return FALSE;
    }
  if (!xs_wire_copy_number (object, "inscode", XS_UNIFIED_DIGITS, record->inscode, error)
      || !xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, record->devnum, error)
      || !xs_json_get_int (object, "seq", 1, XS_WIRE_MAX_INT, &record->seq, error)
      || !xs_wire_copy_number (object, "stunum", XS_UNIFIED_DIGITS, record->stunum, error)
      || !xs_json_get_int (object, "text_version", 1, XS_WIRE_MAX_INT, &record->text_version, error)
      || !xs_json_get_int (object, "time_us", 1, XS_WIRE_MAX_WALL_US, &record->wall_us, error)
      || !decode_decision (record, object, error))
    return FALSE;

  /* Also what the fields repeat (time) and members that do not belong here show in this. */
  g_autoptr (GBytes) canonical = xs_wire_consent_encode (record);
  if (!g_bytes_equal (canonical, bytes))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "The decision is not in canonical form, or its fields contradict each other");
      return FALSE;
    }
  return TRUE;
}
