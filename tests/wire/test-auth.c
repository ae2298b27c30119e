/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-wire-auth.h"
#include "xs-wire-sample.h"

#include <string.h>

static char *
body_hash (GBytes *body)
{
  return xs_sha256_hex (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
test_golden (void)
{
  XsSignKey key;
  g_autoptr (GBytes) log = xs_sample_bytes ("log-1.json");
  g_autofree char *with_body = xs_sample_text ("log-1.authorization");
  g_autofree char *without_body = xs_sample_text ("roster.authorization");

  xs_sample_key (&key);
  g_autofree char *put =
    xs_wire_authorization_new (XS_SAMPLE_DEVNUM, &key, "PUT", "/v1/logs/1", log, XS_SAMPLE_TIME_US);
  g_autofree char *get =
    xs_wire_authorization_new (XS_SAMPLE_DEVNUM, &key, "GET", "/v1/roster", NULL, XS_SAMPLE_TIME_US + 999999);
  g_assert_cmpstr (put, ==, with_body);
  g_assert_cmpstr (get, ==, without_body);
}

static void
test_verify (void)
{
  XsSignKey key;
  XsSignKey other;
  XsWireAuthorization authorization;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) log = xs_sample_bytes ("log-1.json");
  g_autofree char *hash = body_hash (log);
  g_autofree char *other_hash = xs_sha256_hex ("", 0);
  g_autofree char *header = xs_sample_text ("log-1.authorization");

  xs_sample_key (&key);
  memset (&other, 0x55, sizeof other);
  g_assert_true (xs_wire_authorization_parse (&authorization, header, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (authorization.devnum, ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (authorization.time, ==, "20260105090300");
  g_assert_cmpint (authorization.time_us, ==, XS_SAMPLE_TIME_US);
  g_assert_true (xs_wire_authorization_verify (&authorization, key.public_key, "PUT", "/v1/logs/1", hash));
  g_assert_false (xs_wire_authorization_verify (&authorization, key.public_key, "POST", "/v1/logs/1", hash));
  g_assert_false (xs_wire_authorization_verify (&authorization, key.public_key, "PUT", "/v1/logs/2", hash));
  g_assert_false (xs_wire_authorization_verify (&authorization, key.public_key, "PUT", "/v1/logs/1", other_hash));
  g_assert_false (xs_wire_authorization_verify (&authorization, other.public_key, "PUT", "/v1/logs/1", hash));
  authorization.time[13] = '1';
  g_assert_false (xs_wire_authorization_verify (&authorization, key.public_key, "PUT", "/v1/logs/1", hash));
}

static void
test_timely (void)
{
  XsWireAuthorization authorization = { .time_us = XS_SAMPLE_TIME_US };
  static const struct {
    gint64 now_us;
    gboolean timely;
  } cases[] = {
    { XS_SAMPLE_TIME_US, TRUE },
    { XS_SAMPLE_TIME_US + XS_WIRE_CLOCK_LIMIT_US, TRUE },
    { XS_SAMPLE_TIME_US - XS_WIRE_CLOCK_LIMIT_US, TRUE },
    { XS_SAMPLE_TIME_US + XS_WIRE_CLOCK_LIMIT_US + 1, FALSE },
    { XS_SAMPLE_TIME_US - XS_WIRE_CLOCK_LIMIT_US - 1, FALSE },
    { 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (xs_wire_authorization_is_timely (&authorization, cases[i].now_us), ==, cases[i].timely);
}

static void
test_malformed (void)
{
  g_autofree char *good = xs_sample_text ("log-1.authorization");
  const char *signature = strstr (good, "signature=");
  g_autofree char *reordered = g_strconcat ("Xueshi time=20260105090300,devnum=" XS_SAMPLE_DEVNUM ",", signature, NULL);
  g_autofree char *trailing = g_strconcat (good, ",more=1", NULL);
  g_autofree char *short_signature = g_strndup (good, strlen (good) - 4);
  g_autofree char *bad_day = g_strconcat ("Xueshi devnum=" XS_SAMPLE_DEVNUM ",time=20260230090300,", signature, NULL);
  g_autofree char *bad_device = g_strconcat ("Xueshi devnum=4,time=20260105090300,", signature, NULL);
  const char *const headers[] = {
    NULL,        "",        "Xueshi", "Xueshi ",       "Basic dTpw", "Bearer x", "xueshi devnum=1",
    "Xueshi ,,", reordered, trailing, short_signature, bad_day,      bad_device, "Xueshi devnum,time,signature",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      XsWireAuthorization authorization;
      g_autoptr (GError) error = NULL;
      g_assert_false (xs_wire_authorization_parse (&authorization, headers[i], &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/wire/auth/golden", test_golden);
  g_test_add_func ("/wire/auth/verify", test_verify);
  g_test_add_func ("/wire/auth/timely", test_timely);
  g_test_add_func ("/wire/auth/malformed", test_malformed);
  return g_test_run ();
}
