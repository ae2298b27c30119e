/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-log.h"

#include "xs-clock.h"
#include "xs-json.h"
#include "xs-number.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIELD_PREFIX "XS_"
#define DIGITS_SHOWN 4

/* Numbers of learners have as many digits as those of devices and schools; in a message nobody can tell. */
void
xs_platform_log_mask (char *text)
{
  for (char *p = text; *p != '\0';)
    {
      gsize size = strspn (p, "0123456789");
      if (size == XS_UNIFIED_DIGITS)
        memset (p + DIGITS_SHOWN, '*', XS_UNIFIED_DIGITS - DIGITS_SHOWN);
      p += MAX (size, 1);
    }
}

static char *
dup_value (const GLogField *field)
{
  gsize size = field->length < 0 ? strlen (field->value) : (gsize) field->length;
  g_autofree char *text = g_strndup (field->value, size);

  return g_utf8_make_valid (text, -1);
}

static const char *
level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "error";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning";
  return level & G_LOG_LEVEL_MESSAGE ? "notice" : level & G_LOG_LEVEL_INFO ? "info" : "debug";
}

char *
xs_platform_log_to_json (GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  GString *line = g_string_new ("{");
  g_autofree char *now = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "%Y-%m-%dT%H:%M:%S+08:00");

  g_string_append_printf (line, "\"level\":\"%s\",\"time\":\"%s\"", level_name (level), now);
  for (gsize i = 0; i < n_fields; i++)
    {
      gboolean is_message = g_str_equal (fields[i].key, "MESSAGE");
      if (!is_message && !g_str_has_prefix (fields[i].key, FIELD_PREFIX))
        continue;
      g_autofree char *value = dup_value (&fields[i]);
      g_autofree char *name = g_ascii_strdown (is_message ? "message" : fields[i].key + strlen (FIELD_PREFIX), -1);
      if (is_message)
        xs_platform_log_mask (value);
      g_string_append_printf (line, ",\"%s\":", name);
      xs_json_append_string (line, value);
    }
  g_string_append_c (line, '}');
  return g_string_free (line, FALSE);
}

static GLogWriterOutput
write_to_journal (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  g_autofree GLogField *masked = g_memdup2 (fields, n_fields * sizeof *fields);
  g_autofree char *message = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (message != NULL || !g_str_equal (fields[i].key, "MESSAGE"))
        continue;
      message = dup_value (&fields[i]);
      xs_platform_log_mask (message);
      masked[i].value = message;
      masked[i].length = -1;
    }
  return g_log_writer_journald (level, masked, n_fields, data);
}

GLogWriterOutput
xs_platform_log_writer (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if (level & G_LOG_LEVEL_DEBUG)
    return g_log_writer_default (level, fields, n_fields, data);
  if (g_log_writer_is_journald (STDERR_FILENO))
    return write_to_journal (level, fields, n_fields, data);

  g_autofree char *line = xs_platform_log_to_json (level, fields, n_fields);
  /* One call: lines of several threads do not mix. */
  fprintf (stderr, "%s\n", line);
  fflush (stderr);
  return G_LOG_WRITER_HANDLED;
}
