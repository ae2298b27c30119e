/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-words.h"

#include "xs-error.h"

#include <string.h>

gboolean
xs_course_refuse (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

gboolean
xs_course_check_line (const char *text, const char *name, guint max_chars, GError **error)
{
  gboolean visible = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c))
        return xs_course_refuse (name, "must be one line without control characters", error);
      visible = visible || !g_unichar_isspace (c);
    }
  if (!visible)
    return xs_course_refuse (name, "must not be empty", error);
  if (g_utf8_strlen (text, -1) > (glong) max_chars)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is longer than %u characters", name, max_chars);
      return FALSE;
    }
  return TRUE;
}

gboolean
xs_course_get_line (JsonObject *object, const char *name, guint max_chars, const char **value, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, name, &text, error) || !xs_course_check_line (text, name, max_chars, error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}

gboolean
xs_course_check_id (const char *text, const char *name, GError **error)
{
  gsize length = strlen (text);

  if (length < 1 || length > 32 || strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
    return xs_course_refuse (name, "must be 1 to 32 of a-z, 0-9 and -", error);
  return TRUE;
}

gboolean
xs_course_read_id (JsonObject *object, const char **value, GError **error)
{
  const char *text;

  if (!xs_json_get_string (object, "id", &text, error) || !xs_course_check_id (text, "id", error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}
