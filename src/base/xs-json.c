/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-json.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-json-private.h"
#include "xs-number.h"

#include <string.h>

/* Round the name of a field, at the start of a message: xs_json_error_at() and xs_json_error_line() know it by them. */
#define QUOTE "“"
#define UNQUOTE "”"

JsonNode *
xs_json_parse (const char *data, gsize size, gsize max_bytes, GError **error)
{
  if (size > max_bytes)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "JSON is longer than %" G_GSIZE_FORMAT " bytes", max_bytes);
      return NULL;
    }
  return xs_json_scan (data, size, error);
}

JsonObject *
xs_json_parse_object (const char *data, gsize size, gsize max_bytes, GError **error)
{
  g_autoptr (JsonNode) root = xs_json_parse (data, size, max_bytes, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "JSON must be an object");
      return NULL;
    }
  return json_node_dup_object (root);
}

JsonObject *
xs_json_load_object (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (GBytes) bytes = xs_blob_read (path, max_bytes, error);
  gsize size;

  if (bytes == NULL)
    return NULL;
  const char *data = g_bytes_get_data (bytes, &size);
  JsonObject *object = xs_json_parse_object (data != NULL ? data : "", size, max_bytes, error);
  if (object == NULL)
    g_prefix_error (error, "%s: ", path);
  return object;
}

static JsonNode *
member (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is missing", name);
  return node;
}

static gboolean
wrong_type (const char *name, const char *wanted, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” must be %s", name, wanted);
  return FALSE;
}

gboolean
xs_json_get_string (JsonObject *object, const char *name, const char **value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return wrong_type (name, "a string", error);
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
xs_json_get_number (JsonObject *object, const char *name, guint digits, const char **value, GError **error)
{
  const char *text;
  g_autofree char *quoted = g_strdup_printf (QUOTE "%s" UNQUOTE, name);

  if (!xs_json_get_string (object, name, &text, error) || !xs_number_check (text, digits, quoted, error))
    return FALSE;
  *value = text;
  return TRUE;
}

gboolean
xs_json_get_int (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return wrong_type (name, "a whole number", error);
  gint64 number = json_node_get_int (node);
  if (number < min || number > max)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“%s” is %" G_GINT64_FORMAT ", allowed are %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name, number,
                   min, max);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

gboolean
xs_json_get_double (JsonObject *object, const char *name, double min, double max, double *value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  GType type = json_node_get_value_type (node);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return wrong_type (name, "a number", error);
  double number = json_node_get_double (node);
  if (!(number >= min && number <= max))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is %g, allowed are %g to %g", name, number, min, max);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

gboolean
xs_json_get_boolean (JsonObject *object, const char *name, gboolean *value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  if (json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return wrong_type (name, "true or false", error);
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
xs_json_get_array (JsonObject *object, const char *name, JsonArray **value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return wrong_type (name, "an array", error);
  *value = json_node_get_array (node);
  return TRUE;
}

gboolean
xs_json_get_object (JsonObject *object, const char *name, JsonObject **value, GError **error)
{
  JsonNode *node = member (object, name, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return wrong_type (name, "an object", error);
  *value = json_node_get_object (node);
  return TRUE;
}

gboolean
xs_json_get_element_object (JsonArray *array, guint index, JsonObject **value, GError **error)
{
  JsonNode *node = index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "element %u must be an object", index);
      return FALSE;
    }
  *value = json_node_get_object (node);
  return TRUE;
}

gboolean
xs_json_has_only (JsonObject *object, gboolean (*is_known) (const char *name), const char *what, GError **error)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    {
      if (is_known (name))
        continue;
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is not %s", name, what);
      return FALSE;
    }
  return TRUE;
}

static void
take_message (GError *error, char *message)
{
  g_free (error->message);
  error->message = message;
}

gboolean
xs_json_error_at (GError **error, const char *path_format, ...)
{
  if (error == NULL || *error == NULL)
    return FALSE;

  va_list args;
  va_start (args, path_format);
  g_autofree char *path = g_strdup_vprintf (path_format, args);
  va_end (args);
  const char *message = (*error)->message;
  if (g_str_has_prefix (message, QUOTE))
    take_message (*error, g_strdup_printf (QUOTE "%s.%s", path, message + strlen (QUOTE)));
  else
    g_prefix_error (error, QUOTE "%s" UNQUOTE ": ", path);
  return FALSE;
}

/* A member that is missing has no line of its own: what it is missing in has. */
static guint
find_line (const char *data, gsize size, char *path)
{
  while (*path != '\0')
    {
      guint line = xs_json_scan_find (data, size, path);
      if (line > 0)
        return line;
      gsize length = strlen (path);
      while (length > 0 && path[length - 1] != '.' && path[length - 1] != '[')
        length--;
      path[MAX (length, 1) - 1] = '\0';
    }
  return 1;
}

gboolean
xs_json_error_line (GError **error, const char *data, gsize size)
{
  if (error == NULL || *error == NULL || !g_str_has_prefix ((*error)->message, QUOTE))
    return FALSE;

  const char *start = (*error)->message + strlen (QUOTE);
  const char *end = strstr (start, UNQUOTE);
  if (end == NULL)
    return FALSE;
  g_autofree char *path = g_strndup (start, end - start);
  g_prefix_error (error, "line %u: ", find_line (data, size, path));
  return FALSE;
}

void
xs_json_append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      const char *plain = p;
      while (*p != '"' && *p != '\\' && (guchar) *p >= 0x20)
        p++;
      g_string_append_len (out, plain, p - plain);
      if (*p == '\0')
        break;
      if (*p == '"' || *p == '\\')
        g_string_append_printf (out, "\\%c", *p);
      else
        g_string_append_printf (out, "\\u%04x", (guchar) *p);
    }
  g_string_append_c (out, '"');
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static void
append_canonical (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GList) names = g_list_sort (json_object_get_members (object), compare_strings);
      g_string_append_c (out, '{');
      for (GList *l = names; l != NULL; l = l->next)
        {
          if (l != names)
            g_string_append_c (out, ',');
          xs_json_append_string (out, l->data);
          g_string_append_c (out, ':');
          append_canonical (out, json_object_get_member (object, l->data));
        }
      g_string_append_c (out, '}');
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      g_string_append_c (out, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_canonical (out, json_array_get_element (array, i));
        }
      g_string_append_c (out, ']');
    }
  else if (json_node_is_null (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    xs_json_append_string (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else
    {
      g_assert (json_node_get_value_type (node) == G_TYPE_INT64);
      g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
    }
}

GBytes *
xs_json_to_canonical (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  append_canonical (out, node);
  return g_string_free_to_bytes (out);
}

char *
xs_json_to_pretty (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, TRUE);

  return g_strconcat (text, "\n", NULL);
}

JsonNode *
xs_json_node_take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}
