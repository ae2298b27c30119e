/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-version.h"

#include <string.h>

gboolean
xs_version_is_valid (const char *version)
{
  gsize size = version != NULL ? strlen (version) : 0;

  return size > 0 && size < XS_VERSION_BYTES && g_ascii_isdigit (version[0])
         && strspn (version, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-~+_") == size;
}

/* The next number of what @at points to, which then stands behind it and its dot. */
static guint64
take_number (const char **at)
{
  char *end;
  guint64 number;

  if (!g_ascii_isdigit (**at))
    return 0;
  number = g_ascii_strtoull (*at, &end, 10);
  *at = end[0] == '.' && g_ascii_isdigit (end[1]) ? end + 1 : end;
  return number;
}

int
xs_version_compare (const char *a, const char *b)
{
  while (g_ascii_isdigit (*a) || g_ascii_isdigit (*b))
    {
      guint64 of_a = take_number (&a), of_b = take_number (&b);
      if (of_a != of_b)
        return of_a < of_b ? -1 : 1;
    }
  /* What is left names a state on the way to that version. */
  if ((*a == '\0') != (*b == '\0'))
    return *a == '\0' ? 1 : -1;
  return strcmp (a, b);
}
