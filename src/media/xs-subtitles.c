/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-subtitles.h"

#include <string.h>

#include "xs-error.h"

typedef struct {
  gint64 start_us;
  gint64 end_us;
  char *text;
} Cue;

struct _XsSubtitles {
  GArray *cues; /* of Cue, by start */
};

static void
clear_cue (gpointer data)
{
  g_free (((Cue *) data)->text);
}

static gboolean
parse_digits (const char **at, guint min_digits, guint max_digits, gint64 *value)
{
  guint n = 0;

  *value = 0;
  for (; g_ascii_isdigit (**at) && n < max_digits; n++, (*at)++)
    *value = *value * 10 + g_ascii_digit_value (**at);
  return n >= min_digits && !g_ascii_isdigit (**at);
}

/* [hours:]minutes:seconds.milliseconds */
static gboolean
parse_time (const char **at, gint64 *time_us)
{
  gint64 hours = 0, minutes = 0, seconds = 0, milliseconds = 0;

  if (!parse_digits (at, 2, 6, &minutes) || *(*at)++ != ':' || !parse_digits (at, 2, 2, &seconds))
    return FALSE;
  if (**at == ':')
    {
      (*at)++;
      hours = minutes;
      minutes = seconds;
      if (!parse_digits (at, 2, 2, &seconds))
        return FALSE;
    }
  if (*(*at)++ != '.' || !parse_digits (at, 3, 3, &milliseconds) || minutes > 59 || seconds > 59)
    return FALSE;
  *time_us = (((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds) * 1000;
  return TRUE;
}

static gboolean
parse_timing (const char *line, Cue *cue)
{
  const char *at = line;

  if (!parse_time (&at, &cue->start_us))
    return FALSE;
  while (*at == ' ' || *at == '\t')
    at++;
  if (!g_str_has_prefix (at, "-->"))
    return FALSE;
  at += 3;
  while (*at == ' ' || *at == '\t')
    at++;
  /* Settings of place and alignment may follow: the kiosk has one place for subtitles. */
  return parse_time (&at, &cue->end_us) && (*at == '\0' || *at == ' ' || *at == '\t') && cue->end_us > cue->start_us;
}

/* Text of a cue line without its tags, with character references replaced. */
static void
append_plain (GString *text, const char *line)
{
  static const struct {
    const char *name;
    const char *character;
  } references[] = {
    { "&amp;", "&" },       { "&lt;", "<" },       { "&gt;", ">" },
    { "&nbsp;", "\u00a0" }, { "&lrm;", "\u200e" }, { "&rlm;", "\u200f" },
  };

  if (text->len > 0)
    g_string_append_c (text, '\n');
  while (*line != '\0')
    {
      const char *tag_end = *line == '<' ? strchr (line, '>') : NULL;
      gsize i = 0;

      if (tag_end != NULL)
        {
          line = tag_end + 1;
          continue;
        }
      while (i < G_N_ELEMENTS (references) && !g_str_has_prefix (line, references[i].name))
        i++;
      if (*line == '&' && i < G_N_ELEMENTS (references))
        {
          g_string_append (text, references[i].character);
          line += strlen (references[i].name);
          continue;
        }
      g_string_append_c (text, *line++);
    }
}

static gint
compare_cues (gconstpointer a, gconstpointer b)
{
  const Cue *left = a, *right = b;

  return (left->start_us > right->start_us) - (left->start_us < right->start_us);
}

static gboolean
is_block (const char *line, const char *keyword)
{
  gsize length = strlen (keyword);

  return strncmp (line, keyword, length) == 0 && (line[length] == '\0' || line[length] == ' ' || line[length] == '\t');
}

/* One block of lines between blank lines, from @lines[@first] on; sets @next behind it. */
static gboolean
parse_block (XsSubtitles *self, char **lines, guint first, guint *next, GError **error)
{
  guint i = first;
  Cue cue = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);

  while (lines[i] != NULL && *lines[i] != '\0')
    i++;
  *next = i;
  if (is_block (lines[first], "NOTE") || is_block (lines[first], "STYLE") || is_block (lines[first], "REGION"))
    return TRUE;

  guint timing = strstr (lines[first], "-->") == NULL && first + 1 < i ? first + 1 : first;
  if (!parse_timing (lines[timing], &cue))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "line %u: expected a cue time like 00:01.000 --> 00:04.000",
                   timing + 1);
      return FALSE;
    }
  for (guint line = timing + 1; line < i; line++)
    append_plain (text, lines[line]);
  cue.text = g_string_free (g_steal_pointer (&text), FALSE);
  g_array_append_val (self->cues, cue);
  return TRUE;
}

XsSubtitles *
xs_subtitles_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, "the subtitles are not UTF-8 text");
      return NULL;
    }

  g_autoptr (GString) unified = g_string_new (text);
  g_string_replace (unified, "\r\n", "\n", 0);
  g_string_replace (unified, "\r", "\n", 0);
  g_auto (GStrv) lines = g_strsplit (unified->str, "\n", -1);
  if (lines[0] == NULL || !is_block (lines[0], "WEBVTT"))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_MEDIA, "line 1: a WebVTT file begins with WEBVTT");
      return NULL;
    }

  g_autoptr (XsSubtitles) self = g_new0 (XsSubtitles, 1);
  self->cues = g_array_new (FALSE, FALSE, sizeof (Cue));
  g_array_set_clear_func (self->cues, clear_cue);
  guint i = 0;
  while (lines[i] != NULL && *lines[i] != '\0')
    i++;
  while (lines[i] != NULL)
    {
      if (*lines[i] == '\0')
        i++;
      else if (!parse_block (self, lines, i, &i, error))
        return NULL;
    }
  g_array_sort (self->cues, compare_cues);
  return g_steal_pointer (&self);
}

XsSubtitles *
xs_subtitles_load (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *contents = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &contents, &size, error))
    {
      xs_error_convert (error);
      return NULL;
    }
  if (size > XS_SUBTITLES_MAX_BYTES || strlen (contents) != size)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_MEDIA, "%s is not a WebVTT file of at most %d bytes", name,
                   XS_SUBTITLES_MAX_BYTES);
      return NULL;
    }

  XsSubtitles *self = xs_subtitles_parse (contents, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", name);
  return self;
}

void
xs_subtitles_free (XsSubtitles *subtitles)
{
  if (subtitles == NULL)
    return;

  g_array_unref (subtitles->cues);
  g_free (subtitles);
}

guint
xs_subtitles_get_n_cues (const XsSubtitles *subtitles)
{
  return subtitles->cues->len;
}

const char *
xs_subtitles_lookup (const XsSubtitles *subtitles, gint64 position_us)
{
  for (guint i = subtitles->cues->len; i > 0; i--)
    {
      const Cue *cue = &g_array_index (subtitles->cues, Cue, i - 1);

      if (cue->start_us <= position_us && position_us < cue->end_us)
        return cue->text;
    }
  return NULL;
}
