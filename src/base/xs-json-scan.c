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

static gboolean scan_value (Scanner *scanner, GError **error);

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

static gboolean
fail (const Scanner *scanner, const char *problem, GError **error)
{
  guint column;
  guint line = line_of (scanner, scanner->at, &column);

  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "JSON line %u column %u: %s", line, column, problem);
  return FALSE;
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
  while (scanner->at < scanner->end && strchr (" \t\r\n", *scanner->at) != NULL && *scanner->at != '\0')
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

static gboolean
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
  if (integer)
    g_ascii_strtoll (text, NULL, 10);
  else if (isfinite (g_ascii_strtod (text, NULL)))
    errno = 0;
  if (errno == ERANGE)
    return fail (scanner, "the number is out of range", error);
  return TRUE;
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
    return fail (scanner, "the escape sequence is not known", error);
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (!take_word (scanner, "\\u") || !take_hex4 (scanner, &low) || low < 0xdc00 || low > 0xdfff)
        return fail (scanner, "half a surrogate pair is missing", error);
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return fail (scanner, "the escaped character is not allowed", error);
  g_string_append_unichar (out, unit);
  return TRUE;
}

/* The decoded text is needed to recognise duplicate keys that are written differently. */
static GString *
scan_string (Scanner *scanner, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (!take (scanner, '"'))
    {
      fail (scanner, "a string in double quotes is expected", error);
      return NULL;
    }
  while (scanner->at < scanner->end && *scanner->at != '"')
    {
      char c = *scanner->at++;
      if ((guchar) c < 0x20)
        {
          fail (scanner, "control characters in strings must be escaped", error);
          return NULL;
        }
      if (c != '\\')
        g_string_append_c (out, c);
      else if (!scan_escape (scanner, out, error))
        return NULL;
    }
  if (!take (scanner, '"'))
    {
      fail (scanner, "the string is not closed", error);
      return NULL;
    }
  return g_steal_pointer (&out);
}

static gboolean
scan_object (Scanner *scanner, GError **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  skip_space (scanner);
  if (take (scanner, '}'))
    return TRUE;
  do
    {
      skip_space (scanner);
      const char *at = scanner->at;
      GString *text = scan_string (scanner, error);
      if (text == NULL)
        return FALSE;
      char *key = g_string_free (text, FALSE);
      if (!g_hash_table_add (keys, key))
        return fail (scanner, "the key occurs twice in one object", error);
      skip_space (scanner);
      if (!take (scanner, ':'))
        return fail (scanner, "“:” is expected", error);
      gsize length = enter (scanner, at, scanner->depth > 1 ? ".%s" : "%s", key);
      if (!scan_value (scanner, error))
        return FALSE;
      leave (scanner, length);
      skip_space (scanner);
    }
  while (take (scanner, ','));
  return take (scanner, '}') || fail (scanner, "“,” or “}” is expected", error);
}

static gboolean
scan_array (Scanner *scanner, GError **error)
{
  guint index = 0;

  skip_space (scanner);
  if (take (scanner, ']'))
    return TRUE;
  do
    {
      skip_space (scanner);
      gsize length = enter (scanner, scanner->at, "[%u]", index++);
      if (!scan_value (scanner, error))
        return FALSE;
      leave (scanner, length);
      skip_space (scanner);
    }
  while (take (scanner, ','));
  return take (scanner, ']') || fail (scanner, "“,” or “]” is expected", error);
}

static gboolean
scan_value (Scanner *scanner, GError **error)
{
  gboolean valid;

  skip_space (scanner);
  if (scanner->at < scanner->end && *scanner->at == '"')
    {
      g_autoptr (GString) text = scan_string (scanner, error);
      return text != NULL;
    }
  if (take_word (scanner, "true") || take_word (scanner, "false") || take_word (scanner, "null"))
    return TRUE;
  if (scanner->at >= scanner->end || (*scanner->at != '{' && *scanner->at != '['))
    return scan_number (scanner, error);

  if (++scanner->depth > XS_JSON_MAX_DEPTH)
    return fail (scanner, "nested too deeply", error);
  valid = *scanner->at++ == '{' ? scan_object (scanner, error) : scan_array (scanner, error);
  scanner->depth--;
  return valid;
}

static gboolean
scan_document (Scanner *scanner, GError **error)
{
  if (!g_utf8_validate_len (scanner->start, scanner->end - scanner->start, &scanner->at))
    return fail (scanner, "not valid UTF-8", error);
  scanner->at = scanner->start;
  if (!scan_value (scanner, error))
    return FALSE;
  skip_space (scanner);
  return scanner->at == scanner->end || fail (scanner, "something follows the document", error);
}

gboolean
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
  guint column;

  if (!scan_document (&scanner, NULL) || scanner.found == NULL)
    return 0;
  return line_of (&scanner, scanner.found, &column);
}
