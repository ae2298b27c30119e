/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-csv.h"

#include <string.h>

#include "xs-error.h"

typedef struct {
  const char *at, *end;
  guint line;
} Reader;

static gboolean
refuse (const Reader *reader, const char *what, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "line %u: %s", reader->line, what);
  return FALSE;
}

static gboolean
read_quoted (Reader *reader, GString *field, GError **error)
{
  guint first_line = reader->line;

  for (reader->at++; reader->at < reader->end; reader->at++)
    {
      if (*reader->at == '"')
        {
          if (reader->at + 1 == reader->end || reader->at[1] != '"')
            {
              reader->at++;
              return TRUE;
            }
          reader->at++;
        }
      if (*reader->at == '\n')
        reader->line++;
      g_string_append_c (field, *reader->at);
    }
  reader->line = first_line;
  return refuse (reader, "a field in quotes has no end", error);
}

/* Leaves the reader at the comma or line end behind the field. */
static gboolean
read_field (Reader *reader, GString *field, GError **error)
{
  if (reader->at < reader->end && *reader->at == '"')
    {
      if (!read_quoted (reader, field, error))
        return FALSE;
      if (reader->at < reader->end && strchr (",\r\n", *reader->at) == NULL)
        return refuse (reader, "there is text behind the closing quote", error);
      return TRUE;
    }
  for (; reader->at < reader->end && strchr (",\r\n", *reader->at) == NULL; reader->at++)
    {
      if (*reader->at == '"')
        return refuse (reader, "there is a quote inside a field without quotes", error);
      g_string_append_c (field, *reader->at);
    }
  return TRUE;
}

static void
skip_line_end (Reader *reader)
{
  if (reader->at < reader->end && *reader->at == '\r')
    reader->at++;
  if (reader->at < reader->end && *reader->at == '\n')
    reader->at++;
  reader->line++;
}

GBytes *
xs_csv_to_utf8 (GBytes *file, GError **error)
{
  gsize size, written;
  const char *data = g_bytes_get_data (file, &size);
  gsize mark = size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  if (size == 0 || g_utf8_validate_len (data + mark, size - mark, NULL))
    return g_bytes_new_from_bytes (file, mark, size - mark);
  char *text = g_convert (data, (gssize) size, "UTF-8", "GB18030", NULL, &written, NULL);
  if (text != NULL)
    return g_bytes_new_take (text, written);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                       "The text is neither UTF-8 nor GB18030: save it as “CSV UTF-8” once more");
  return NULL;
}

GPtrArray *
xs_csv_parse (const char *data, gsize size, GArray **lines, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GArray) begins = g_array_new (FALSE, FALSE, sizeof (guint));
  Reader reader = { data, data + size, 1 };

  if (size > 0 && memchr (data, '\0', size) != NULL)
    {
      refuse (&reader, "there are NUL bytes in it: this is no CSV text", error);
      return NULL;
    }
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    reader.at += 3;
  while (reader.at < reader.end)
    {
      g_autoptr (GStrvBuilder) fields = g_strv_builder_new ();

      if (*reader.at == '\r' || *reader.at == '\n')
        {
          skip_line_end (&reader);
          continue;
        }
      g_array_append_val (begins, reader.line);
      for (;;)
        {
          g_autoptr (GString) field = g_string_new (NULL);
          if (!read_field (&reader, field, error))
            return NULL;
          g_strv_builder_add (fields, field->str);
          if (reader.at == reader.end || *reader.at != ',')
            break;
          reader.at++;
        }
      g_ptr_array_add (rows, g_strv_builder_end (fields));
      skip_line_end (&reader);
    }
  if (lines != NULL)
    *lines = g_steal_pointer (&begins);
  return g_steal_pointer (&rows);
}

void
xs_csv_append_row (GString *text, ...)
{
  va_list fields;
  gboolean first = TRUE;

  va_start (fields, text);
  for (const char *field = va_arg (fields, const char *); field != NULL; field = va_arg (fields, const char *))
    {
      if (!first)
        g_string_append_c (text, ',');
      first = FALSE;
      if (strpbrk (field, ",\"\r\n") == NULL)
        {
          g_string_append (text, field);
          continue;
        }
      g_string_append_c (text, '"');
      for (const char *c = field; *c != '\0'; c++)
        {
          if (*c == '"')
            g_string_append_c (text, '"');
          g_string_append_c (text, *c);
        }
      g_string_append_c (text, '"');
    }
  va_end (fields);
  g_string_append_c (text, '\n');
}
