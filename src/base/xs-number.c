/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-number.h"

#include "xs-error.h"

#include <string.h>

/* So much of a wrong number is repeated in the message. */
#define FOUND_MAX_BYTES 40

gboolean
xs_number_is_valid (const char *number, guint digits)
{
  if (number == NULL)
    return FALSE;
  for (guint i = 0; i < digits; i++)
    if (!g_ascii_isdigit (number[i]))
      return FALSE;
  return number[digits] == '\0';
}

gboolean
xs_number_check (const char *number, guint digits, const char *what, GError **error)
{
  if (xs_number_is_valid (number, digits))
    return TRUE;

  /* The cut may go through a character. */
  g_autofree char *found =
    number != NULL ? g_utf8_make_valid (number, (gssize) strnlen (number, FOUND_MAX_BYTES)) : NULL;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s must be %u decimal digits, found “%s”", what, digits,
               found != NULL ? found : "");
  return FALSE;
}

char *
xs_minute_number (const char *devnum, int day, guint sequence)
{
  g_return_val_if_fail (xs_number_is_valid (devnum, XS_UNIFIED_DIGITS), NULL);
  g_return_val_if_fail (sequence >= 1 && sequence <= 9999, NULL);
  return g_strdup_printf ("%s%06d%04u", devnum, day % 1000000, sequence);
}

char *
xs_photo_number (guint64 sequence)
{
  g_return_val_if_fail (sequence >= 1 && sequence <= G_GUINT64_CONSTANT (9999999999), NULL);
  return g_strdup_printf ("%010" G_GUINT64_FORMAT, sequence);
}

char *
xs_photo_reference (const char *devnum, const char *photo_number)
{
  g_return_val_if_fail (xs_number_is_valid (devnum, XS_UNIFIED_DIGITS), NULL);
  g_return_val_if_fail (xs_number_is_valid (photo_number, XS_PHOTO_NUMBER_DIGITS), NULL);
  return g_strconcat (devnum, photo_number, NULL);
}

char *
xs_recnum (guint sequence)
{
  g_return_val_if_fail (sequence >= 1 && sequence <= 99999, NULL);
  return g_strdup_printf ("%05u", sequence);
}
