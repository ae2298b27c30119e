/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-totp.h"

#include <string.h>

#define MODULUS 1000000

guint32
xs_totp_code (const guint8 *secret, gsize size, guint64 step)
{
  guint64 counter = GUINT64_TO_BE (step);
  guint8 digest[20];
  gsize length = sizeof digest;
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, secret, size);

  g_hmac_update (hmac, (const guchar *) &counter, sizeof counter);
  g_hmac_get_digest (hmac, digest, &length);
  const guint8 *at = digest + (digest[length - 1] & 0xf);
  guint32 number = (guint32) (at[0] & 0x7f) << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
  return number % MODULUS;
}

gboolean
xs_totp_check (const guint8 *secret, gsize size, const char *text, gint64 now_us, gint64 after_step, gint64 *step)
{
  gint64 now = now_us / (XS_TOTP_STEP_S * (gint64) G_USEC_PER_SEC);

  if (text == NULL || strlen (text) != XS_TOTP_DIGITS || strspn (text, "0123456789") != XS_TOTP_DIGITS)
    return FALSE;
  guint64 wanted = g_ascii_strtoull (text, NULL, 10);
  for (gint64 candidate = MAX (now - 1, after_step + 1); candidate <= now + 1; candidate++)
    {
      if (xs_totp_code (secret, size, (guint64) candidate) != wanted)
        continue;
      *step = candidate;
      return TRUE;
    }
  return FALSE;
}

char *
xs_base32 (const guint8 *data, gsize size)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  g_autoptr (GString) text = g_string_new (NULL);
  guint bits = 0, n_bits = 0;

  for (gsize i = 0; i < size; i++)
    {
      bits = (bits << 8 | data[i]) & 0xfff;
      for (n_bits += 8; n_bits >= 5; n_bits -= 5)
        g_string_append_c (text, letters[bits >> (n_bits - 5) & 31]);
    }
  if (n_bits > 0)
    g_string_append_c (text, letters[bits << (5 - n_bits) & 31]);
  return g_strdup (text->str);
}
