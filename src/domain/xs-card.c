/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-card.h"

#define SCHEME "xueshi:"
#define INSCODE "inscode="

/* The value of "inscode" in what comes behind the question mark. Returns: FALSE when it is there and no number. */
static gboolean
find_inscode (const char *query, char *inscode)
{
  g_auto (GStrv) members = g_strsplit (query, "&", -1);

  inscode[0] = '\0';
  for (guint i = 0; members[i] != NULL; i++)
    {
      if (!g_str_has_prefix (members[i], INSCODE))
        continue;
      const char *value = members[i] + strlen (INSCODE);
      if (!xs_number_is_valid (value, XS_UNIFIED_DIGITS))
        return FALSE;
      g_strlcpy (inscode, value, XS_UNIFIED_DIGITS + 1);
    }
  return TRUE;
}

gboolean
xs_card_parse (XsCard *card, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  gboolean is_plain = g_ascii_strncasecmp (stripped, SCHEME, strlen (SCHEME)) != 0;
  g_auto (GStrv) parts = g_strsplit (is_plain ? stripped : stripped + strlen (SCHEME), "?", 2);
  XsCard read = { 0 };

  if (parts[0] == NULL || !xs_number_is_valid (parts[0], XS_UNIFIED_DIGITS))
    return FALSE;
  if (parts[1] != NULL && (is_plain || !find_inscode (parts[1], read.inscode)))
    return FALSE;
  g_strlcpy (read.stunum, parts[0], sizeof read.stunum);
  *card = read;
  return TRUE;
}

char *
xs_card_format (const char *stunum, const char *inscode)
{
  return g_strdup_printf (SCHEME "%s?" INSCODE "%s", stunum, inscode);
}
