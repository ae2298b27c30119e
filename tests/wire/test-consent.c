/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-wire-consent.h"
#include "xs-wire-sample.h"

#include <string.h>

/* Written by hand from docs/protocol.md. */
static const char golden[] = "{\"decision\":\"given\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\","
                             "\"schema\":1,\"seq\":3,\"stunum\":\"2000000000000002\",\"text_version\":2,"
                             "\"time\":\"20260105090300\",\"time_us\":1767574980000000}";

static XsConsentRecord
make (void)
{
  XsConsentRecord record = { .seq = 3, .text_version = 2, .wall_us = XS_SAMPLE_TIME_US };

  g_strlcpy (record.inscode, XS_SAMPLE_INSCODE, sizeof record.inscode);
  g_strlcpy (record.devnum, XS_SAMPLE_DEVNUM, sizeof record.devnum);
  g_strlcpy (record.stunum, XS_SAMPLE_STUNUM, sizeof record.stunum);
  return record;
}

static void
test_golden (void)
{
  XsConsentRecord record = make (), back;
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (&record);
  g_autoptr (GError) error = NULL;

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), golden, strlen (golden));
  g_assert_true (xs_wire_consent_decode (&back, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (back.seq, ==, 3);
  g_assert_cmpint (back.text_version, ==, 2);
  g_assert_cmpint (back.wall_us, ==, XS_SAMPLE_TIME_US);
  g_assert_false (back.withdrawn);
  g_assert_cmpstr (back.stunum, ==, XS_SAMPLE_STUNUM);
  g_assert_cmpstr (back.devnum, ==, XS_SAMPLE_DEVNUM);
  g_assert_cmpstr (back.inscode, ==, XS_SAMPLE_INSCODE);
}

static void
test_withdrawn (void)
{
  XsConsentRecord record = make (), back;
  g_autoptr (GError) error = NULL;

  record.withdrawn = TRUE;
  g_autoptr (GBytes) bytes = xs_wire_consent_encode (&record);
  g_assert_true (xs_wire_consent_decode (&back, bytes, &error));
  g_assert_no_error (error);
  g_assert_true (back.withdrawn);
}

static void
refuse (const char *from, const char *to, int code, const char *named)
{
  g_autoptr (GString) text = g_string_new (golden);
  XsConsentRecord record;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  g_autoptr (GBytes) bytes = g_bytes_new (text->str, text->len);
  g_assert_false (xs_wire_consent_decode (&record, bytes, &error));
  g_assert_error (error, XS_ERROR, code);
  g_assert_nonnull (strstr (error->message, named));
}

/* F1: each field is checked, and the form. */
static void
test_refused (void)
{
  refuse ("\"given\"", "\"maybe\"", XS_ERROR_INVALID, "decision");
  refuse ("\"seq\":3", "\"seq\":0", XS_ERROR_INVALID, "seq");
  refuse ("\"text_version\":2", "\"text_version\":0", XS_ERROR_INVALID, "text_version");
  refuse ("2000000000000002", "200000000000002", XS_ERROR_INVALID, "stunum");
  refuse ("4000000000000004", "x", XS_ERROR_INVALID, "devnum");
  refuse ("1000000000000001", "", XS_ERROR_INVALID, "inscode");
  refuse ("1767574980000000", "0", XS_ERROR_INVALID, "time_us");
  refuse ("20260105090300", "20260105090301", XS_ERROR_INVALID, "canonical");
  refuse ("\"schema\":1", "\"schema\": 1", XS_ERROR_INVALID, "canonical");
  refuse ("\"schema\":1", "\"other\":0,\"schema\":1", XS_ERROR_INVALID, "canonical");
  refuse ("\"schema\":1", "\"schema\":2", XS_ERROR_TOO_NEW, "schema");
}

/* Decisions are in the order they were made in; of the same moment the withdrawal is the later. */
static void
test_order (void)
{
  const XsConsent never = { 0, 0 }, given = { 2, 10 }, later = { 1, 11 }, withdrawn = { 0, 10 };

  g_assert_true (xs_consent_is_later (&given, &never));
  g_assert_true (xs_consent_is_later (&later, &given));
  g_assert_false (xs_consent_is_later (&given, &later));
  g_assert_true (xs_consent_is_later (&withdrawn, &given));
  g_assert_false (xs_consent_is_later (&given, &withdrawn));
  g_assert_false (xs_consent_is_later (&given, &given));
  g_assert_cmpint (xs_consent_next_wall_us (&given, 5), ==, 11);
  g_assert_cmpint (xs_consent_next_wall_us (&given, 50), ==, 50);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/consent/golden", test_golden);
  g_test_add_func ("/wire/consent/withdrawn", test_withdrawn);
  g_test_add_func ("/wire/consent/refused", test_refused);
  g_test_add_func ("/wire/consent/order", test_order);
  return g_test_run ();
}
