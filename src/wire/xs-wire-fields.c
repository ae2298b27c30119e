/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-fields.h"

#include "xs-audit-state.h"
#include "xs-error.h"
#include "xs-wire-private.h"
#include "xs-wire-verdict.h"

#include <math.h>

/* In thousandths; more is no measure. */
#define PERMILLE_MAX ((gint64) 1000000000000)

static gpointer
at (const XsWireField *field, gconstpointer data)
{
  return (char *) data + field->offset;
}

static GArray **
array_at (const XsWireField *field, gconstpointer data)
{
  return at (field, data);
}

GArray *
xs_wire_table_array_new (const XsWireTable *table)
{
  GArray *array = g_array_new (FALSE, TRUE, (guint) table->size);

  g_array_set_clear_func (array, table->clear);
  return array;
}

void
xs_wire_table_init (const XsWireTable *table, gpointer data)
{
  memset (data, 0, table->size);
  for (guint i = 0; i < table->n_fields; i++)
    {
      const XsWireField *field = &table->fields[i];
      if (field->kind == XS_WIRE_ARRAY)
        *array_at (field, data) = xs_wire_table_array_new (field->table);
      else if (field->kind == XS_WIRE_REASONS)
        *array_at (field, data) = xs_wire_reasons_new ();
      else if (field->kind == XS_WIRE_PERMILLE)
        *(double *) at (field, data) = NAN;
    }
}

void
xs_wire_table_clear (const XsWireTable *table, gpointer data)
{
  for (guint i = 0; i < table->n_fields; i++)
    {
      const XsWireField *field = &table->fields[i];
      if (field->kind == XS_WIRE_ARRAY || field->kind == XS_WIRE_REASONS)
        g_clear_pointer (array_at (field, data), g_array_unref);
    }
}

static void
set_text (JsonObject *object, const XsWireField *field, const char *text)
{
  if (field->optional && text[0] == '\0')
    return;
  /* What was copied into a shorter buffer may end within a character. */
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, field->name, valid);
}

static void
set_array (JsonObject *object, const XsWireField *field, const GArray *array)
{
  JsonArray *json = json_array_new ();

  for (guint i = 0; i < array->len; i++)
    json_array_add_object_element (json, xs_wire_table_to_json (field->table, array->data + i * field->table->size));
  json_object_set_array_member (object, field->name, json);
}

static void
set_member (JsonObject *object, const XsWireField *field, gconstpointer data)
{
  switch (field->kind)
    {
    case XS_WIRE_INT:
      json_object_set_int_member (object, field->name, *(const gint64 *) at (field, data));
      break;
    case XS_WIRE_BOOLEAN:
      json_object_set_boolean_member (object, field->name, *(const gboolean *) at (field, data));
      break;
    case XS_WIRE_PERMILLE:
      if (isfinite (*(const double *) at (field, data)))
        json_object_set_int_member (object, field->name,
                                    CLAMP (llround (*(const double *) at (field, data) * 1000), -PERMILLE_MAX,
                                           PERMILLE_MAX));
      break;
    case XS_WIRE_STATE:
      json_object_set_string_member (object, field->name, xs_audit_state_nick (*(XsAuditState *) at (field, data)));
      break;
    case XS_WIRE_VERDICT:
      json_object_set_string_member (object, field->name, xs_verdict_nick (*(XsVerdict *) at (field, data)));
      break;
    case XS_WIRE_REASONS:
      json_object_set_array_member (object, field->name, xs_wire_reasons_to_json (*array_at (field, data)));
      break;
    case XS_WIRE_ARRAY:
      set_array (object, field, *array_at (field, data));
      break;
    case XS_WIRE_TEXT:
    case XS_WIRE_DIGITS:
    case XS_WIRE_SHA256:
    default:
      set_text (object, field, at (field, data));
      break;
    }
}

JsonObject *
xs_wire_table_to_json (const XsWireTable *table, gconstpointer data)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < table->n_fields; i++)
    set_member (object, &table->fields[i], data);
  return object;
}

static gboolean
get_text (JsonObject *object, const XsWireField *field, char *text, GError **error)
{
  const char *value;

  text[0] = '\0';
  if (field->optional && !json_object_has_member (object, field->name))
    return TRUE;
  if (field->kind == XS_WIRE_SHA256)
    return xs_wire_get_sha256 (object, field->name, text, error);
  if (field->kind == XS_WIRE_DIGITS)
    return xs_wire_copy_number (object, field->name, (guint) field->size - 1, text, error);
  if (!xs_wire_get_text (object, field->name, field->size - 1, &value, error))
    return FALSE;
  g_strlcpy (text, value, field->size);
  return TRUE;
}

static gboolean
get_permille (JsonObject *object, const char *name, double *value, GError **error)
{
  gint64 permille;

  *value = NAN;
  if (!json_object_has_member (object, name))
    return TRUE;
  if (!xs_json_get_int (object, name, -PERMILLE_MAX, PERMILLE_MAX, &permille, error))
    return FALSE;
  *value = (double) permille / 1000;
  return TRUE;
}

static gboolean
get_word (JsonObject *object, const XsWireField *field, gpointer data, GError **error)
{
  const char *word;

  if (!xs_json_get_string (object, field->name, &word, error))
    return FALSE;
  if (field->kind == XS_WIRE_STATE)
    {
      if (!xs_audit_state_from_nick (word, at (field, data)))
        *(XsAuditState *) at (field, data) = XS_N_AUDIT_STATES;
      return TRUE;
    }
  if (xs_verdict_from_nick (word, at (field, data)))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no verdict", field->name);
  return FALSE;
}

static gboolean
get_array (JsonObject *object, const XsWireField *field, GArray *array, GError **error)
{
  JsonArray *json;

  if (!xs_wire_get_array (object, field->name, (guint) field->max, &json, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (json); i++)
    {
      JsonObject *element;
      if (!xs_json_get_element_object (json, i, &element, error))
        return FALSE;
      g_array_set_size (array, i + 1);
      gpointer data = array->data + i * field->table->size;
      xs_wire_table_init (field->table, data);
      if (!xs_wire_table_from_json (field->table, element, data, error))
        return xs_json_error_at (error, "%s[%u]", field->name, i);
    }
  return TRUE;
}

static gboolean
get_reasons (JsonObject *object, const XsWireField *field, GArray **reasons, GError **error)
{
  JsonArray *json;
  GArray *read = NULL;

  if (xs_wire_get_array (object, field->name, XS_WIRE_REASONS_MAX, &json, error))
    read = xs_wire_reasons_from_json (json, error);
  if (read == NULL)
    return FALSE;
  g_array_unref (*reasons);
  *reasons = read;
  return TRUE;
}

static gboolean
get_member (JsonObject *object, const XsWireField *field, gpointer data, GError **error)
{
  switch (field->kind)
    {
    case XS_WIRE_INT:
      return xs_json_get_int (object, field->name, field->min, field->max, at (field, data), error);
    case XS_WIRE_BOOLEAN:
      return xs_json_get_boolean (object, field->name, at (field, data), error);
    case XS_WIRE_PERMILLE:
      return get_permille (object, field->name, at (field, data), error);
    case XS_WIRE_STATE:
    case XS_WIRE_VERDICT:
      return get_word (object, field, data, error);
    case XS_WIRE_REASONS:
      return get_reasons (object, field, array_at (field, data), error);
    case XS_WIRE_ARRAY:
      return get_array (object, field, *array_at (field, data), error);
    case XS_WIRE_TEXT:
    case XS_WIRE_DIGITS:
    case XS_WIRE_SHA256:
    default:
      return get_text (object, field, at (field, data), error);
    }
}

gboolean
xs_wire_table_from_json (const XsWireTable *table, JsonObject *object, gpointer data, GError **error)
{
  for (guint i = 0; i < table->n_fields; i++)
    {
      if (!get_member (object, &table->fields[i], data, error))
        return FALSE;
    }
  return TRUE;
}

GBytes *
xs_wire_table_encode (const XsWireTable *table, gconstpointer data)
{
  return xs_wire_take_object (xs_wire_table_to_json (table, data));
}

gboolean
xs_wire_table_decode (const XsWireTable *table, GBytes *bytes, gsize max_bytes, gpointer data, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, max_bytes, error);

  return object != NULL && xs_wire_table_from_json (table, object, data, error);
}
