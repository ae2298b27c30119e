/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-verdict.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

#define REASONS_MAX_BYTES (512 * 1024)

GArray *
xs_wire_reasons_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (XsWireReason));
}

JsonArray *
xs_wire_reasons_to_json (const GArray *reasons)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < MIN (reasons->len, XS_WIRE_REASONS_MAX); i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "word", reason->word);
      json_object_set_int_member (object, "from_min", reason->from_min);
      json_object_set_int_member (object, "to_min", reason->to_min);
      json_object_set_boolean_member (object, "review", reason->review);
      if (reason->photo[0] != '\0')
        json_object_set_string_member (object, "photo", reason->photo);
      else
        json_object_set_null_member (object, "photo");
      json_array_add_object_element (array, object);
    }
  return array;
}

static gboolean
copy_word (JsonObject *object, const char *name, char *word, gsize size, GError **error)
{
  const char *text;

  if (!xs_wire_get_text (object, name, size - 1, &text, error))
    return FALSE;
  g_strlcpy (word, text, size);
  return TRUE;
}

static gboolean
reason_from_json (XsWireReason *reason, JsonObject *object, GError **error)
{
  gint64 from_min, to_min;

  if (!copy_word (object, "word", reason->word, sizeof reason->word, error)
      || !xs_json_get_int (object, "from_min", 0, XS_LOG_MINUTES_MAX, &from_min, error)
      || !xs_json_get_int (object, "to_min", from_min, XS_LOG_MINUTES_MAX, &to_min, error)
      || !xs_json_get_boolean (object, "review", &reason->review, error))
    return FALSE;
  reason->from_min = (guint) from_min;
  reason->to_min = (guint) to_min;
  JsonNode *photo = json_object_get_member (object, "photo");
  return photo == NULL || json_node_is_null (photo)
         || xs_wire_copy_number (object, "photo", XS_PHOTO_NUMBER_DIGITS, reason->photo, error);
}

GArray *
xs_wire_reasons_from_json (JsonArray *array, GError **error)
{
  g_autoptr (GArray) reasons = xs_wire_reasons_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object;
      XsWireReason reason = { 0 };
      if (!xs_json_get_element_object (array, i, &object, error) || !reason_from_json (&reason, object, error))
        return NULL;
      g_array_append_val (reasons, reason);
    }
  return g_steal_pointer (&reasons);
}

char *
xs_wire_reasons_encode (const GArray *reasons)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, xs_wire_reasons_to_json (reasons));
  g_autoptr (GBytes) bytes = xs_json_to_canonical (node);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

GArray *
xs_wire_reasons_decode (const char *json, GError **error)
{
  g_autoptr (JsonNode) node = xs_json_parse (json, strlen (json), REASONS_MAX_BYTES, error);

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return xs_wire_reasons_from_json (json_node_get_array (node), error);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "The reasons of a verdict must be an array");
  return NULL;
}

void
xs_wire_verdict_init (XsWireVerdict *verdict)
{
  *verdict = (XsWireVerdict){ .reasons = xs_wire_reasons_new () };
}

void
xs_wire_verdict_clear (XsWireVerdict *verdict)
{
  g_clear_pointer (&verdict->reasons, g_array_unref);
}

GArray *
xs_wire_verdicts_new (void)
{
  GArray *verdicts = g_array_new (FALSE, TRUE, sizeof (XsWireVerdict));

  g_array_set_clear_func (verdicts, (GDestroyNotify) xs_wire_verdict_clear);
  return verdicts;
}

static JsonObject *
verdict_to_json (const XsWireVerdict *verdict)
{
  JsonObject *object = json_object_new ();
  JsonArray *credited = json_array_new ();
  g_autofree char *time = xs_wall_to_wire (verdict->at_us);

  json_object_set_int_member (object, "seq", verdict->seq);
  json_object_set_string_member (object, "log_sha256", verdict->log_sha256);
  json_object_set_int_member (object, "version", verdict->version);
  json_object_set_string_member (object, "time", time);
  json_object_set_int_member (object, "time_us", verdict->at_us);
  json_object_set_string_member (object, "state", xs_audit_state_nick (verdict->state));
  if (verdict->judged)
    json_object_set_string_member (object, "verdict", xs_verdict_nick (verdict->verdict));
  else
    json_object_set_null_member (object, "verdict");
  for (guint i = 0; i < G_N_ELEMENTS (verdict->credited_min); i++)
    json_array_add_int_element (credited, verdict->credited_min[i]);
  json_object_set_array_member (object, "credited_min", credited);
  json_object_set_boolean_member (object, "by_person", verdict->by_person);
  json_object_set_string_member (object, "comment", verdict->comment);
  json_object_set_array_member (object, "reasons", xs_wire_reasons_to_json (verdict->reasons));
  return object;
}

GBytes *
xs_wire_verdicts_encode (const GArray *verdicts, gint64 next)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < verdicts->len; i++)
    json_array_add_object_element (array, verdict_to_json (&g_array_index (verdicts, XsWireVerdict, i)));
  json_object_set_array_member (object, "verdicts", array);
  json_object_set_int_member (object, "next", next);
  return xs_wire_take_object (object);
}

static gboolean
read_verdict_word (XsWireVerdict *verdict, JsonObject *object, GError **error)
{
  const char *word;
  JsonNode *node = json_object_get_member (object, "verdict");

  if (node != NULL && json_node_is_null (node))
    return TRUE;
  if (!xs_json_get_string (object, "verdict", &word, error))
    return FALSE;
  verdict->judged = xs_verdict_from_nick (word, &verdict->verdict);
  if (verdict->judged)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“verdict” is no verdict: “%s”", word);
  return FALSE;
}

static gboolean
read_credited (XsWireVerdict *verdict, JsonObject *object, GError **error)
{
  JsonArray *credited;

  if (!xs_json_get_array (object, "credited_min", &credited, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (credited); i++)
    {
      JsonNode *node = json_array_get_element (credited, i);
      gint64 value = json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
      if (i < G_N_ELEMENTS (verdict->credited_min) && value >= 0 && value <= XS_LOG_MINUTES_MAX)
        {
          verdict->credited_min[i] = (guint) value;
          continue;
        }
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“credited_min” must be the minutes of two days");
      return FALSE;
    }
  return TRUE;
}

static gboolean
verdict_from_json (XsWireVerdict *verdict, JsonObject *object, GError **error)
{
  const char *state, *comment;
  JsonArray *reasons;

  if (!xs_json_get_int (object, "seq", 1, XS_WIRE_MAX_INT, &verdict->seq, error)
      || !xs_wire_get_sha256 (object, "log_sha256", verdict->log_sha256, error)
      || !xs_json_get_int (object, "version", 0, XS_WIRE_MAX_INT, &verdict->version, error)
      || !xs_json_get_int (object, "time_us", 0, XS_WIRE_MAX_WALL_US, &verdict->at_us, error)
      || !xs_json_get_string (object, "state", &state, error) || !read_verdict_word (verdict, object, error)
      || !read_credited (verdict, object, error)
      || !xs_json_get_boolean (object, "by_person", &verdict->by_person, error)
      || !xs_json_get_string (object, "comment", &comment, error)
      || !xs_wire_get_array (object, "reasons", XS_WIRE_REASONS_MAX, &reasons, error))
    return FALSE;
  if (!xs_audit_state_from_nick (state, &verdict->state))
    verdict->state = XS_N_AUDIT_STATES;
  if (strlen (comment) > XS_WIRE_VERDICT_COMMENT_MAX)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“comment” is too long");
      return FALSE;
    }
  g_strlcpy (verdict->comment, comment, sizeof verdict->comment);
  g_array_unref (verdict->reasons);
  verdict->reasons = xs_wire_reasons_from_json (reasons, error);
  return verdict->reasons != NULL;
}

GArray *
xs_wire_verdicts_decode (GBytes *bytes, gint64 *next, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_VERDICTS_MAX_BYTES, error);
  g_autoptr (GArray) verdicts = xs_wire_verdicts_new ();
  JsonArray *array;

  if (object == NULL || !xs_json_get_int (object, "next", 0, XS_WIRE_MAX_INT, next, error)
      || !xs_wire_get_array (object, "verdicts", XS_WIRE_VERDICTS_MAX, &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error))
        return NULL;
      g_array_set_size (verdicts, i + 1);
      XsWireVerdict *verdict = &g_array_index (verdicts, XsWireVerdict, i);
      xs_wire_verdict_init (verdict);
      if (!verdict_from_json (verdict, element, error))
        return NULL;
    }
  return g_steal_pointer (&verdicts);
}
