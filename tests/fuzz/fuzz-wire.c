/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-wire.h"

#include "xs-error.h"
#include "xs-wire-appeal.h"
#include "xs-wire-auth.h"
#include "xs-wire-bundle.h"
#include "xs-wire-consent.h"
#include "xs-wire-course.h"
#include "xs-wire-log.h"
#include "xs-wire-message.h"
#include "xs-wire-people.h"

#include <string.h>

/* What is refused is refused in words that can be sent on. */
static gboolean
is_good (gboolean ok, GError **error)
{
  g_assert_true (ok == (*error == NULL));
  if (!ok)
    {
      g_assert_true ((*error)->domain == XS_ERROR);
      g_assert_true (g_utf8_validate ((*error)->message, -1, NULL));
      g_clear_error (error);
    }
  return ok;
}

/* What was signed is canonical: there is no other form of it that is taken. */
static void
try_signed (GBytes *bytes)
{
  g_auto (XsWireLog) wire_log;
  XsAppeal appeal = { 0 };
  XsConsentRecord consent = { 0 };
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  if (is_good (xs_wire_log_decode (&wire_log, bytes, &error), &error))
    {
      g_autoptr (GBytes) again = xs_wire_log_encode (&wire_log);
      g_assert_true (g_bytes_equal (again, bytes));
    }
  if (is_good (xs_wire_appeal_decode (&appeal, bytes, &error), &error))
    {
      g_autoptr (GBytes) again = xs_wire_appeal_encode (&appeal);
      g_assert_true (g_bytes_equal (again, bytes));
    }
  if (is_good (xs_wire_consent_decode (&consent, bytes, &error), &error))
    {
      g_autoptr (GBytes) again = xs_wire_consent_encode (&consent);
      g_assert_true (g_bytes_equal (again, bytes));
    }
}

static void
try_bundle (GBytes *bytes)
{
  g_auto (XsWireBundle) bundle;
  g_autoptr (GError) error = NULL;

  xs_wire_bundle_init (&bundle);
  (void) is_good (xs_wire_bundle_decode (&bundle, bytes, &error), &error);
}

static void
try_messages (GBytes *bytes)
{
  XsWirePairRequest request;
  XsWirePairAnswer answer;
  XsWireError wire_error;
  XsWireSignIn sign_in;
  XsWirePerson person;
  g_autoptr (GError) error = NULL;

  if (is_good (xs_wire_pair_request_decode (&request, bytes, &error), &error))
    g_assert_cmpstr (request.code, !=, "");
  (void) is_good (xs_wire_pair_answer_decode (&answer, bytes, &error), &error);
  (void) is_good (xs_wire_error_decode (&wire_error, bytes, &error), &error);
  (void) is_good (xs_wire_sign_in_decode (&sign_in, bytes, &error), &error);
  (void) is_good (xs_wire_person_decode (&person, bytes, &error), &error);
  (void) is_good (xs_wire_status_decode ("stored", bytes, &error), &error);
  g_autoptr (GArray) courses = xs_wire_courses_decode (bytes, &error);
  (void) is_good (courses != NULL, &error);
  for (guint status = 200; status <= 422; status += status == 200 ? 209 : 13)
    {
      g_auto (XsWireLogAnswer) log_answer = { 0 };
      if (is_good (xs_wire_log_answer_decode (&log_answer, status, bytes, &error), &error))
        g_assert_cmpuint (xs_wire_log_answer_http_status (&log_answer), ==, status);
    }
}

static void
try_lists (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_wire_roster_decode (bytes, &error);

  if (is_good (learners != NULL, &error))
    g_assert_cmpuint (learners->len, <=, XS_WIRE_ROSTER_MAX_LEARNERS);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GPtrArray) photos =
        i == 0 ? xs_wire_photos_decode (bytes, &error) : xs_wire_missing_decode (bytes, &error);
      if (!is_good (photos != NULL, &error))
        continue;
      g_assert_cmpuint (photos->len, <=, XS_WIRE_PHOTOS_MAX);
      for (guint j = 0; j < photos->len; j++)
        g_assert_true (xs_wire_sha256_is_valid (g_ptr_array_index (photos, j)));
    }
}

static void
try_header (const char *text)
{
  XsWireAuthorization authorization;
  g_autoptr (GError) error = NULL;

  if (is_good (xs_wire_authorization_parse (&authorization, text, &error), &error))
    g_assert_true (xs_number_is_valid (authorization.devnum, XS_UNIFIED_DIGITS));
  (void) xs_wire_bearer (text);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_signed (bytes);
  try_bundle (bytes);
  try_messages (bytes);
  try_lists (bytes);
  try_header (text);
  return 0;
}
