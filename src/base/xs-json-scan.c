/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-json-private.h"

#include "xs-error.h"
#include "xs-json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef struct {
  const char *start;
  const char *at;
  const char *end;
  int depth;
  const char *wanted; /* (nullable): the path that is looked for */
  GString *path;      /* of the value being scanned; only while one is wanted */
  const char *found;
} Scanner;

static JsonNode *scan_value (Scanner *scanner, GError **error);

static guint
line_of (const Scanner *scanner, const char *at, guint *column)
{
  guint line = 1;

  *column = 1;
  for (const char *p = scanner->start; p < at; p++)
    {
      line += *p == '\n';
      *column = *p == '\n' ? 1 : *column + 1;
    }
  return line;
}

/* Returns: NULL, which is FALSE too */
static gpointer
fail (const Scanner *scanner, const char *problem, GError **error)
{
  guint column;
  guint line = line_of (scanner, scanner->at, &column);

  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "JSON line %u column %u: %s", line, column, problem);
  return NULL;
}

/* The value behind @at is the one called @format below what is being scanned. Returns: for leave(). */
G_GNUC_PRINTF (3, 4)
static gsize
enter (Scanner *scanner, const char *at, const char *format, ...)
{
  if (scanner->wanted == NULL)
    return 0;

  gsize length = scanner->path->len;
  va_list args;
  va_start (args, format);
  g_string_append_vprintf (scanner->path, format, args);
  va_end (args);
  if (scanner->found == NULL && g_str_equal (scanner->path->str, scanner->wanted))
    scanner->found = at;
  return length;
}

static void
leave (Scanner *scanner, gsize length)
{
  if (scanner->wanted != NULL)
    g_string_truncate (scanner->path, length);
}

static void
skip_space (Scanner *scanner)
{
  while (scanner->at < scanner->end
         && (*scanner->at == ' ' || *scanner->at == '\t' || *scanner->at == '\r' || *scanner->at == '\n'))
    scanner->at++;
}

static gboolean
take (Scanner *scanner, char wanted)
{
  if (scanner->at >= scanner->end || *scanner->at != wanted)
    return FALSE;
  scanner->at++;
  return TRUE;
}

static gboolean
take_word (Scanner *scanner, const char *word)
{
  gsize length = strlen (word);

  if ((gsize) (scanner->end - scanner->at) < length || memcmp (scanner->at, word, length) != 0)
    return FALSE;
  scanner->at += length;
  return TRUE;
}

static gboolean
take_digits (Scanner *scanner)
{
  const char *first = scanner->at;

  while (scanner->at < scanner->end && g_ascii_isdigit (*scanner->at))
    scanner->at++;
  return scanner->at > first;
}

static JsonNode *
scan_number (Scanner *scanner, GError **error)
{
  const char *first = scanner->at;
  gboolean integer = TRUE;

  take (scanner, '-');
  if (!take (scanner, '0') && !take_digits (scanner))
    return fail (scanner, "a value is expected", error);
  if (take (scanner, '.'))
    {
      integer = FALSE;
      if (!take_digits (scanner))
        return fail (scanner, "digits must follow the decimal point", error);
    }
  if (take (scanner, 'e') || take (scanner, 'E'))
    {
      integer = FALSE;
      if (!take (scanner, '+'))
        take (scanner, '-');
      if (!take_digits (scanner))
        return fail (scanner, "digits must follow the exponent sign", error);
    }

  g_autofree char *text = g_strndup (first, scanner->at - first);
  errno = 0;
  gint64 whole = integer ? g_ascii_strtoll (text, NULL, 10) : 0;
  double number = integer ? 0 : g_ascii_strtod (text, NULL);
  if ((integer && errno == ERANGE) || !isfinite (number))
    return fail (scanner, "the number is out of range", error);
  return integer ? json_node_init_int (json_node_alloc (), whole) : json_node_init_double (json_node_alloc (), number);
}

static gboolean
take_hex4 (Scanner *scanner, guint *value)
{
  *value = 0;
  for (int i = 0; i < 4; i++, scanner->at++)
    {
      if (scanner->at >= scanner->end || !g_ascii_isxdigit (*scanner->at))
        return FALSE;
      *value = *value * 16 + g_ascii_xdigit_value (*scanner->at);
    }
  return TRUE;
}

static gboolean
scan_escape (Scanner *scanner, GString *out, GError **error)
{
  static const char escapes[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  guint unit, low;

  if (scanner->at < scanner->end && *scanner->at != '\0' && strchr (escapes, *scanner->at) != NULL)
    {
      g_string_append_c (out, meanings[strchr (escapes, *scanner->at++) - escapes]);
      return TRUE;
    }
  if (!take (scanner, 'u') || !take_hex4 (scanner, &unit))
    return fail (scanner, "the escape sequence is not known", error) != NULL;
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (!take_word (scanner, "\\u") || !take_hex4 (scanner, &low) || low < 0xdc00 || low > 0xdfff)
        return fail (scanner, "half a surrogate pair is missing", error) != NULL;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return fail (scanner, "the escaped character is not allowed", error) != NULL;
  g_string_append_unichar (out, unit);
  return TRUE;
}

/* (transfer full) (nullable) */
static char *
scan_string (Scanner *scanner, GError **error)
{
  g_autoptr (GString) out = NULL;

  if (!take (scanner, '"'))
    return fail (scanner, "a string in double quotes is expected", error);
  for (;;)
    {
      const char *first = scanner->at;
      while (scanner->at < scanner->end && *scanner->at != '"' && *scanner->at != '\\' && (guchar) *scanner->at >= 0x20)
        scanner->at++;
      gsize length = scanner->at - first;
      if (out == NULL && take (scanner, '"'))
        return g_strndup (first, length);
      if (out == NULL)
        out = g_string_new (NULL);
      g_string_append_len (out, first, (gssize) length);
      if (take (scanner, '"'))
        return g_string_free (g_steal_pointer (&out), FALSE);
      if (scanner->at >= scanner->end)
        return fail (scanner, "the string is not closed", error);
      if ((guchar) *scanner->at++ < 0x20)
        return fail (scanner, "control characters in strings must be escaped", error);
      if (!scan_escape (scanner, out, error))
        return NULL;
    }
}

static JsonNode *
scan_object (Scanner *scanner, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  skip_space (scanner);
  if (take (scanner, '}'))
    return json_node_init_object (json_node_alloc (), object);
  do
    {
      skip_space (scanner);
      const char *at = scanner->at;
      g_autofree char *key = scan_string (scanner, error);
      if (key == NULL)
        return NULL;
      if (json_object_has_member (object, key))
        return fail (scanner, "the key occurs twice in one object", error);
      skip_space (scanner);
      if (!take (scanner, ':'))
        return fail (scanner, "“:” is expected", error);
      gsize length = enter (scanner, at, scanner->depth > 1 ? ".%s" : "%s", key);
      JsonNode *value = scan_value (scanner, error);
      if (value == NULL)
        return NULL;
      json_object_set_member (object, key, value);
      leave (scanner, length);
      skip_space (scanner);
    }
  while (take (scanner, ','));
  if (!take (scanner, '}'))
    return fail (scanner, "“,” or “}” is expected", error);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
scan_array (Scanner *scanner, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  skip_space (scanner);
  if (take (scanner, ']'))
    return json_node_init_array (json_node_alloc (), array);
  do
    {
      skip_space (scanner);
      gsize length = enter (scanner, scanner->at, "[%u]", json_array_get_length (array));
      JsonNode *value = scan_value (scanner, error);
      if (value == NULL)
        return NULL;
      json_array_add_element (array, value);
      leave (scanner, length);
      skip_space (scanner);
    }
  while (take (scanner, ','));
  if (!take (scanner, ']'))
    return fail (scanner, "“,” or “]” is expected", error);
  return json_node_init_array (json_node_alloc (), array);
}

/* (transfer full) (nullable) */
static JsonNode *
scan_value (Scanner *scanner, GError **error)
{
  skip_space (scanner);
  if (scanner->at < scanner->end && *scanner->at == '"')
    {
      g_autofree char *text = scan_string (scanner, error);
      return text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;
    }
  if (take_word (scanner, "true"))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (take_word (scanner, "false"))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (take_word (scanner, "null"))
    return json_node_init_null (json_node_alloc ());
  if (scanner->at >= scanner->end || (*scanner->at != '{' && *scanner->at != '['))
    return scan_number (scanner, error);

  if (++scanner->depth > XS_JSON_MAX_DEPTH)
    return fail (scanner, "nested too deeply", error);
  JsonNode *node = *scanner->at++ == '{' ? scan_object (scanner, error) : scan_array (scanner, error);
  scanner->depth--;
  return node;
}

static JsonNode *
scan_document (Scanner *scanner, GError **error)
{
  if (!g_utf8_validate_len (scanner->start, scanner->end - scanner->start, &scanner->at))
    return fail (scanner, "not valid UTF-8", error);
  scanner->at = scanner->start;
  g_autoptr (JsonNode) root = scan_value (scanner, error);
  if (root == NULL)
    return NULL;
  skip_space (scanner);
  return scanner->at == scanner->end ? g_steal_pointer (&root)
                                     : fail (scanner, "something follows the document", error);
}

JsonNode *
xs_json_scan (const char *data, gsize size, GError **error)
{
  Scanner scanner = { .start = data, .at = data, .end = data + size };

  return scan_document (&scanner, error);
}

guint
xs_json_scan_find (const char *data, gsize size, const char *path)
{
  g_autoptr (GString) way = g_string_new (NULL);
  Scanner scanner = { .start = data, .at = data, .end = data + size, .wanted = path, .path = way };
  g_autoptr (JsonNode) root = scan_document (&scanner, NULL);
  guint column;

  return root != NULL && scanner.found != NULL ? line_of (&scanner, scanner.found, &column) : 0;
}
