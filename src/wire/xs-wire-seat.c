/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-seat.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

#define VALID_MAX_S 3600

GBytes *
xs_wire_seat_request_encode (const XsWireSeatRequest *request)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "stunum", request->stunum);
  json_object_set_boolean_member (object, "leaves", request->leaves);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_seat_request_decode (XsWireSeatRequest *request, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_SEAT_MAX_BYTES, error);

  return object != NULL && xs_wire_copy_number (object, "stunum", XS_UNIFIED_DIGITS, request->stunum, error)
         && xs_json_get_boolean (object, "leaves", &request->leaves, error);
}

GBytes *
xs_wire_seat_answer_encode (const XsWireSeatAnswer *answer)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "status", answer->granted ? "granted" : "held");
  if (answer->granted)
    json_object_set_int_member (object, "valid_s", answer->valid_s);
  else
    {
      g_autofree char *since = xs_wall_to_wire (answer->since_us);
      json_object_set_string_member (object, "devnum", answer->devnum);
      json_object_set_string_member (object, "device", answer->device);
      json_object_set_string_member (object, "since", since);
    }
  return xs_wire_take_object (object);
}

static gboolean
read_holder (XsWireSeatAnswer *answer, JsonObject *object, GError **error)
{
  const char *device, *since;

  if (!xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, answer->devnum, error)
      || !xs_json_get_string (object, "device", &device, error) || !xs_json_get_string (object, "since", &since, error))
    return FALSE;
  g_strlcpy (answer->device, device, sizeof answer->device);
  return xs_wall_from_wire (since, &answer->since_us, error);
}

gboolean
xs_wire_seat_answer_decode (XsWireSeatAnswer *answer, guint http_status, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_SEAT_MAX_BYTES, error);
  const char *status;

  *answer = (XsWireSeatAnswer){ 0 };
  if (object == NULL || !xs_json_get_string (object, "status", &status, error))
    return FALSE;
  answer->granted = http_status == 200;
  if (strcmp (status, "granted") == 0 && http_status == 200)
    return xs_json_get_int (object, "valid_s", 1, VALID_MAX_S, &answer->valid_s, error);
  if (strcmp (status, "held") == 0 && http_status == 409)
    return read_holder (answer, object, error);
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“status” %s does not go with %u", status, http_status);
  return FALSE;
}
