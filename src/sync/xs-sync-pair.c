/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-client.h"
#include "xs-sync-pass.h"

#include "xs-error.h"
#include "xs-sync-tls.h"

#include <string.h>

/* (transfer full) (nullable): the base URL as it is kept, without a slash at its end. */
static char *
normalize_url (const char *text, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *pin = NULL;
  g_autofree char *trimmed = xs_sync_tls_split_url (stripped, &pin, error);
  if (trimmed == NULL)
    return NULL;
  g_autoptr (GUri) uri = g_uri_parse (trimmed, G_URI_FLAGS_SCHEME_NORMALIZE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  XsIdentity identity;

  if ((!g_str_equal (scheme, "https") && !g_str_equal (scheme, "http")) || host == NULL || *host == '\0'
      || g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“%s” is not the address of a platform: it looks like https://platform.example.cn", trimmed);
      return NULL;
    }

  g_autofree char *url = g_uri_to_string (uri);
  for (gsize length = strlen (url); length > 0 && url[length - 1] == '/'; length--)
    url[length - 1] = '\0';
  if (pin != NULL)
    {
      g_autofree char *bare = g_steal_pointer (&url);
      url = g_strconcat (bare, "#" XS_WIRE_PIN_FRAGMENT, pin, NULL);
    }
  if (strlen (url) >= sizeof identity.platform_url)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "The address of the platform is longer than %" G_GSIZE_FORMAT,
                   sizeof identity.platform_url - 1);
      return NULL;
    }
  return g_steal_pointer (&url);
}

static gboolean
copy_code (char *copy, gsize size, const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  if (*trimmed == '\0' || strlen (trimmed) >= size)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "The pairing code is missing or too long: type it as the platform shows it");
      return FALSE;
    }
  g_strlcpy (copy, trimmed, size);
  return TRUE;
}

static gboolean
read_sign_key (XsJournal *journal, gpointer data, GError **error)
{
  XsSignKey *key = data;

  *key = *xs_journal_get_sign_key (journal);
  return TRUE;
}

static gboolean
write_identity (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_set_identity (journal, data, error);
}

static const char *
remedy (const char *code)
{
  static const struct {
    const char *code;
    const char *text;
  } remedies[] = {
    { XS_WIRE_ERROR_CODE_UNKNOWN, "The platform does not know this pairing code: check it, or make a new one" },
    { XS_WIRE_ERROR_CODE_USED, "This pairing code was used already: make a new one" },
    { XS_WIRE_ERROR_CODE_EXPIRED, "This pairing code has expired: make a new one" },
    { XS_WIRE_ERROR_DEVICE_PAIRED, "This kiosk has logs under another device number of the platform: make a pairing "
                                   "code for that number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    {
      if (g_str_equal (code, remedies[i].code))
        return remedies[i].text;
    }
  return NULL;
}

static void
set_failure (const XsSyncReply *reply, GError **error)
{
  const char *text = remedy (reply->code);

  switch (reply->verdict)
    {
    case XS_SYNC_REFUSED:
    case XS_SYNC_UNKNOWN_DEVICE:
      g_set_error_literal (error, XS_ERROR, XS_ERROR_REJECTED, text != NULL ? text : reply->message);
      break;
    case XS_SYNC_CANCELLED:
      g_set_error_literal (error, XS_ERROR, XS_ERROR_CANCELLED, reply->message);
      break;
    case XS_SYNC_DONE:
    case XS_SYNC_LATER:
    case XS_SYNC_HALT:
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NETWORK, reply->message);
      break;
    }
}

gboolean
xs_sync_pair_run (XsStore *store, XsClock *clock, const XsSyncTimeouts *timeouts, const char *url, const char *code,
                  GCancellable *cancellable, GError **error)
{
  char trimmed[XS_WIRE_PAIR_CODE_BYTES];
  XsSignKey key;
  XsWirePairAnswer answer;
  XsIdentity identity = { .devnum = "" };
  g_autoptr (GError) unreadable = NULL;
  g_autofree char *base = normalize_url (url, error);

  if (base == NULL || !copy_code (trimmed, sizeof trimmed, code, error)
      || !xs_store_run (store, read_sign_key, &key, error))
    return FALSE;
  g_autoptr (GBytes) body = xs_wire_pair_request_encode (trimmed, &key);
  g_autoptr (XsSyncClient) client = xs_sync_client_new (base, clock, timeouts);
  XsSyncCall call = { .method = "POST",
                      .path = XS_WIRE_PATH_PAIR,
                      .body = body,
                      .content_type = XS_WIRE_TYPE_JSON,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (client, &call, cancellable);
  if (reply->verdict == XS_SYNC_DONE && !xs_wire_pair_answer_decode (&answer, reply->answer->body, &unreadable))
    xs_sync_reply_disown (reply, unreadable);
  if (reply->verdict != XS_SYNC_DONE)
    {
      set_failure (reply, error);
      return FALSE;
    }

  g_strlcpy (identity.devnum, answer.devnum, sizeof identity.devnum);
  g_strlcpy (identity.inscode, answer.inscode, sizeof identity.inscode);
  g_strlcpy (identity.school, answer.school, sizeof identity.school);
  g_strlcpy (identity.platform_url, base, sizeof identity.platform_url);
  memcpy (identity.platform_key, answer.platform_key, sizeof identity.platform_key);
  return xs_store_run (store, write_identity, &identity, error);
}
