/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-message.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

char *
xs_wire_path_registration_photo (const char *sha256)
{
  return g_strconcat (XS_WIRE_PATH_REGISTRATION_PHOTOS, sha256, NULL);
}

char *
xs_wire_path_photo (const char *sha256)
{
  return g_strconcat (XS_WIRE_PATH_PHOTOS, sha256, NULL);
}

char *
xs_wire_path_log (gint64 seq)
{
  return g_strdup_printf (XS_WIRE_PATH_LOGS "%" G_GINT64_FORMAT, seq);
}

char *
xs_wire_path_appeal (gint64 seq)
{
  return g_strdup_printf (XS_WIRE_PATH_APPEALS "%" G_GINT64_FORMAT, seq);
}

char *
xs_wire_path_consent (gint64 seq)
{
  return g_strdup_printf (XS_WIRE_PATH_CONSENTS "%" G_GINT64_FORMAT, seq);
}

char *
xs_wire_path_verdicts (gint64 after)
{
  return g_strdup_printf (XS_WIRE_PATH_VERDICTS "%" G_GINT64_FORMAT, after);
}

char *
xs_wire_path_course (const char *sha256)
{
  return g_strconcat (XS_WIRE_PATH_COURSES, sha256, NULL);
}

static void
set_key (JsonObject *object, const char *name, const guint8 key[XS_KEY_BYTES])
{
  g_autofree char *text = g_base64_encode (key, XS_KEY_BYTES);

  json_object_set_string_member (object, name, text);
}

static gboolean
get_key (JsonObject *object, const char *name, guint8 key[XS_KEY_BYTES], GError **error)
{
  const char *text;

  return xs_json_get_string (object, name, &text, error)
         && xs_base64_decode_exact (text, name, key, XS_KEY_BYTES, error);
}

static gboolean
copy_text (JsonObject *object, const char *name, char *buffer, gsize size, GError **error)
{
  const char *text;

  if (!xs_wire_get_text (object, name, size - 1, &text, error))
    return FALSE;
  g_strlcpy (buffer, text, size);
  return TRUE;
}

static char *
pairing_text (const char *code, const guint8 device_key[XS_KEY_BYTES])
{
  g_autofree char *key = g_base64_encode (device_key, XS_KEY_BYTES);

  return g_strdup_printf ("POST\n" XS_WIRE_PATH_PAIR "\n%s\n%s\n", code, key);
}

GBytes *
xs_wire_pair_request_encode (const char *code, const XsSignKey *key)
{
  JsonObject *object = json_object_new ();
  g_autofree char *text = pairing_text (code, key->public_key);
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (key, text, strlen (text), signature);
  g_autofree char *encoded = g_base64_encode (signature, sizeof signature);
  json_object_set_string_member (object, "code", code);
  set_key (object, "device_key", key->public_key);
  json_object_set_string_member (object, "signature", encoded);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_pair_request_decode (XsWirePairRequest *request, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_PAIR_MAX_BYTES, error);
  guint8 signature[XS_SIGNATURE_BYTES];
  const char *encoded;

  if (object == NULL || !copy_text (object, "code", request->code, sizeof request->code, error)
      || !get_key (object, "device_key", request->device_key, error)
      || !xs_json_get_string (object, "signature", &encoded, error)
      || !xs_base64_decode_exact (encoded, "signature", signature, sizeof signature, error))
    return FALSE;
  g_autofree char *text = pairing_text (request->code, request->device_key);
  if (xs_verify (request->device_key, text, strlen (text), signature))
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                       "The pairing is not signed by its device_key: it was changed on its way; try again");
  return FALSE;
}

GBytes *
xs_wire_pair_answer_encode (const XsWirePairAnswer *answer)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "devnum", answer->devnum);
  json_object_set_string_member (object, "inscode", answer->inscode);
  json_object_set_string_member (object, "school", answer->school);
  set_key (object, "platform_key", answer->platform_key);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_pair_answer_decode (XsWirePairAnswer *answer, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ANSWER_MAX_BYTES, error);

  return object != NULL && xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, answer->devnum, error)
         && xs_wire_copy_number (object, "inscode", XS_UNIFIED_DIGITS, answer->inscode, error)
         && copy_text (object, "school", answer->school, sizeof answer->school, error)
         && get_key (object, "platform_key", answer->platform_key, error)
         && xs_seal_public_key_check (answer->platform_key, error);
}

/* Of a photo that kiosks do not get. */
static void
set_photo_state (JsonObject *element, const XsWireLearner *learner)
{
  if (learner->photo_state[0] == '\0')
    return;
  /* Copied into less room, it may end within a character. */
  g_autofree char *comment = g_utf8_make_valid (learner->photo_comment, -1);
  json_object_set_string_member (element, "photo_state", learner->photo_state);
  json_object_set_string_member (element, "photo_comment", comment);
}

GBytes *
xs_wire_roster_encode (const GArray *learners)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_sized_new (learners->len);

  for (guint i = 0; i < learners->len; i++)
    {
      const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, i);
      JsonObject *element = json_object_new ();
      json_object_set_string_member (element, "stunum", learner->stunum);
      json_object_set_string_member (element, "name", learner->name);
      if (learner->photo_sha256[0] != '\0')
        json_object_set_string_member (element, "photo_sha256", learner->photo_sha256);
      else
        json_object_set_null_member (element, "photo_sha256");
      json_object_set_int_member (element, "last_recnum", learner->last_recnum);
      json_object_set_int_member (element, "total_s", learner->total_s);
      if (learner->no_turning)
        json_object_set_boolean_member (element, "active_check", FALSE);
      if (learner->consent.wall_us != 0)
        {
          json_object_set_int_member (element, "consent_version", learner->consent.text_version);
          json_object_set_int_member (element, "consent_us", learner->consent.wall_us);
        }
      set_photo_state (element, learner);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "learners", array);
  return xs_wire_take_object (object);
}

/* Of a platform that does not know of consent there is none: what the kiosk knows itself stands. */
static gboolean
decode_consent (XsConsent *consent, JsonObject *object, GError **error)
{
  *consent = (XsConsent){ 0 };
  if (!json_object_has_member (object, "consent_us"))
    return TRUE;
  return xs_json_get_int (object, "consent_us", 1, XS_WIRE_MAX_WALL_US, &consent->wall_us, error)
         && xs_json_get_int (object, "consent_version", 0, XS_WIRE_MAX_INT, &consent->text_version, error);
}

static gboolean
get_photo_state (JsonObject *object, XsWireLearner *learner, GError **error)
{
  const char *comment;

  if (!json_object_has_member (object, "photo_state"))
    return TRUE;
  if (!copy_text (object, "photo_state", learner->photo_state, sizeof learner->photo_state, error)
      || !xs_json_get_string (object, "photo_comment", &comment, error))
    return FALSE;
  g_strlcpy (learner->photo_comment, comment, sizeof learner->photo_comment);
  return TRUE;
}

static gboolean
decode_learner (XsWireLearner *learner, JsonObject *object, GError **error)
{
  gboolean active_check = TRUE;

  if (!xs_wire_copy_number (object, "stunum", XS_UNIFIED_DIGITS, learner->stunum, error)
      || !copy_text (object, "name", learner->name, sizeof learner->name, error)
      || !xs_json_get_int (object, "last_recnum", 0, 99999, &learner->last_recnum, error)
      || !xs_json_get_int (object, "total_s", 0, XS_WIRE_MAX_INT, &learner->total_s, error)
      || (json_object_has_member (object, "active_check")
          && !xs_json_get_boolean (object, "active_check", &active_check, error))
      || !decode_consent (&learner->consent, object, error) || !get_photo_state (object, learner, error))
    return FALSE;
  learner->no_turning = !active_check;
  if (json_object_has_member (object, "photo_sha256") && json_object_get_null_member (object, "photo_sha256"))
    {
      learner->photo_sha256[0] = '\0';
      return TRUE;
    }
  return xs_wire_get_sha256 (object, "photo_sha256", learner->photo_sha256, error);
}

GArray *
xs_wire_roster_decode (GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ROSTER_MAX_BYTES, error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *array;

  if (object == NULL || !xs_wire_get_array (object, "learners", XS_WIRE_ROSTER_MAX_LEARNERS, &array, error))
    return NULL;
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsWireLearner));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsWireLearner learner = { 0 };
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error) || !decode_learner (&learner, element, error))
        {
          g_prefix_error (error, "learners[%u]: ", i);
          return NULL;
        }
      if (!g_hash_table_add (seen, g_strdup (learner.stunum)))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "learners[%u]: “stunum” %s appears twice", i, learner.stunum);
          return NULL;
        }
      g_array_append_val (learners, learner);
    }
  return g_steal_pointer (&learners);
}

void
xs_wire_set_hashes (JsonObject *object, const char *name, const GPtrArray *hashes)
{
  JsonArray *array = json_array_sized_new (hashes->len);

  for (guint i = 0; i < hashes->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (hashes, i));
  json_object_set_array_member (object, name, array);
}

GPtrArray *
xs_wire_get_hashes (JsonObject *object, const char *name, GError **error)
{
  JsonArray *array;

  if (!xs_wire_get_array (object, name, XS_WIRE_PHOTOS_MAX, &array, error))
    return NULL;
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *hash = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
      if (!xs_wire_sha256_is_valid (hash))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s[%u] must be 64 lower-case hex digits", name, i);
          return NULL;
        }
      g_ptr_array_add (hashes, g_strdup (hash));
    }
  return g_steal_pointer (&hashes);
}

static GBytes *
encode_hashes (const char *name, const GPtrArray *hashes)
{
  JsonObject *object = json_object_new ();

  xs_wire_set_hashes (object, name, hashes);
  return xs_wire_take_object (object);
}

static GPtrArray *
decode_hashes (const char *name, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_PHOTOS_MAX_BYTES, error);

  return object != NULL ? xs_wire_get_hashes (object, name, error) : NULL;
}

GBytes *
xs_wire_photos_encode (const GPtrArray *photos)
{
  return encode_hashes ("photos", photos);
}

GPtrArray *
xs_wire_photos_decode (GBytes *bytes, GError **error)
{
  return decode_hashes ("photos", bytes, error);
}

GBytes *
xs_wire_missing_encode (const GPtrArray *missing)
{
  return encode_hashes ("missing", missing);
}

GPtrArray *
xs_wire_missing_decode (GBytes *bytes, GError **error)
{
  return decode_hashes ("missing", bytes, error);
}

GBytes *
xs_wire_status_encode (const char *status)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "status", status);
  return xs_wire_take_object (object);
}

GBytes *
xs_wire_health_encode (guint load)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "status", "ok");
  json_object_set_int_member (object, "load", load);
  return xs_wire_take_object (object);
}

gboolean
xs_wire_status_decode (const char *expected, GBytes *bytes, GError **error)
{
  const char *status;
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ANSWER_MAX_BYTES, error);

  if (object == NULL || !xs_json_get_string (object, "status", &status, error))
    return FALSE;
  if (strcmp (status, expected) == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“status” is “%.32s” instead of “%s”", status, expected);
  return FALSE;
}

GBytes *
xs_wire_error_encode (const XsWireError *wire_error)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "error", wire_error->code);
  xs_wire_set_message (object, wire_error->message);
  if (wire_error->time_us != 0)
    {
      g_autofree char *time = xs_wall_to_wire (wire_error->time_us);
      json_object_set_string_member (object, "time", time);
    }
  return xs_wire_take_object (object);
}

gboolean
xs_wire_error_decode (XsWireError *wire_error, GBytes *bytes, GError **error)
{
  const char *time;
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_ANSWER_MAX_BYTES, error);

  *wire_error = (XsWireError){ 0 };
  if (object == NULL || !copy_text (object, "error", wire_error->code, sizeof wire_error->code, error)
      || !xs_wire_get_message (object, wire_error->message, sizeof wire_error->message, error))
    return FALSE;
  return !json_object_has_member (object, "time")
         || (xs_json_get_string (object, "time", &time, error)
             && xs_wall_from_wire (time, &wire_error->time_us, error));
}
