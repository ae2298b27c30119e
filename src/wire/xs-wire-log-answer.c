/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-message.h"

#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

static const struct {
  const char *word;
  guint http_status;
} statuses[] = {
  [XS_WIRE_LOG_ACCEPTED] = { "accepted", 200 }, [XS_WIRE_LOG_DUPLICATE] = { "duplicate", 200 },
  [XS_WIRE_LOG_CONFLICT] = { "conflict", 409 }, [XS_WIRE_LOG_PHOTOS_MISSING] = { "photos_missing", 409 },
  [XS_WIRE_LOG_REJECTED] = { "rejected", 422 },
};

void
xs_wire_log_answer_clear (XsWireLogAnswer *answer)
{
  g_clear_pointer (&answer->missing, g_ptr_array_unref);
  *answer = (XsWireLogAnswer){ 0 };
}

guint
xs_wire_log_answer_http_status (const XsWireLogAnswer *answer)
{
  return statuses[answer->status].http_status;
}

GBytes *
xs_wire_log_answer_encode (const XsWireLogAnswer *answer)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "status", statuses[answer->status].word);
  xs_wire_set_message (object, answer->message);
  if (answer->status == XS_WIRE_LOG_REJECTED)
    json_object_set_string_member (object, "reason", answer->reason);
  if (answer->status == XS_WIRE_LOG_PHOTOS_MISSING)
    xs_wire_set_hashes (object, "missing", answer->missing);
  return xs_wire_take_object (object);
}

static gboolean
decode_status (XsWireLogAnswer *answer, guint http_status, JsonObject *object, GError **error)
{
  const char *word;

  if (!xs_json_get_string (object, "status", &word, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      if (strcmp (word, statuses[i].word) == 0 && http_status == statuses[i].http_status)
        {
          answer->status = (XsWireLogStatus) i;
          return TRUE;
        }
    }
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“status” is “%.32s”, which does not go with HTTP status %u", word,
               http_status);
  return FALSE;
}

gboolean
xs_wire_log_answer_decode (XsWireLogAnswer *answer, guint http_status, GBytes *bytes, GError **error)
{
  const char *reason;
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ANSWER_MAX_BYTES, error);

  xs_wire_log_answer_clear (answer);
  if (object == NULL || !decode_status (answer, http_status, object, error)
      || !xs_wire_get_message (object, answer->message, sizeof answer->message, error))
    return FALSE;
  if (answer->status == XS_WIRE_LOG_REJECTED)
    {
      if (!xs_wire_get_text (object, "reason", sizeof answer->reason - 1, &reason, error))
        return FALSE;
      g_strlcpy (answer->reason, reason, sizeof answer->reason);
    }
  if (answer->status == XS_WIRE_LOG_PHOTOS_MISSING)
    {
      answer->missing = xs_wire_get_hashes (object, "missing", error);
      if (answer->missing == NULL)
        return FALSE;
    }
  return TRUE;
}
