/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who agreed to what, and who was let in by a coach. */

#include "store-fixture.h"

#include <string.h>

static XsConsent
consent_of (XsJournal *journal, const char *stunum)
{
  g_autoptr (GError) error = NULL;
  XsConsent consent;

  g_assert_true (xs_journal_get_consent (journal, stunum, &consent, &error));
  g_assert_no_error (error);
  return consent;
}

static void
test_given (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (consent_of (fixture->journal, STUNUM).text_version, ==, 0);
  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (consent_of (fixture->journal, OTHER_STUNUM).text_version, ==, 0);

  xs_clock_fake_advance (fixture->clock, MINUTE_US);
  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 2, &error));
  store_fixture_reopen (fixture);
  XsConsent consent = consent_of (fixture->journal, STUNUM);
  g_assert_cmpint (consent.text_version, ==, 2);
  g_assert_cmpint (consent.wall_us, ==, START_US + MINUTE_US);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM consent"), ==, 2);
}

/* With the consent the template goes; who agrees again is asked nothing of before. */
static void
test_withdrawn (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) values = g_bytes_new_static ("template", 8);

  store_roster (fixture->journal, STUNUM, NULL);
  g_assert_true (xs_journal_withdraw_consent (fixture->journal, STUNUM, &error));
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM consent"), ==, 0);
  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 1, &error));
  g_assert_true (xs_journal_set_template (fixture->journal, STUNUM, values, &error));
  g_assert_true (xs_journal_withdraw_consent (fixture->journal, STUNUM, &error));
  g_assert_no_error (error);
  g_assert_cmpint (consent_of (fixture->journal, STUNUM).text_version, ==, 0);
  g_assert_null (xs_journal_get_template (fixture->journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 1, &error));
  g_assert_cmpint (consent_of (fixture->journal, STUNUM).text_version, ==, 1);
  g_assert_cmpint (store_count (fixture->journal, "SELECT count (*) FROM consent"), ==, 3);
}

static void
test_evidence (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const changes[] = { "UPDATE consent SET wall_us = 0", "DELETE FROM consent",
                                         "UPDATE consent SET decision = 'withdrawn'" };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 1, &error));
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_assert_false (xs_db_run (fixture->journal->db, changes[i], &error, ""));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  g_assert_false (xs_journal_give_consent (fixture->journal, "12", 1, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_give_consent (fixture->journal, STUNUM, 0, &error));
  g_assert_nonnull (error);
}

/* All logs of the session say who let the learner in, and no others do. */
static void
test_admitted (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const wanted[] = { "李教练", "李教练", "" };
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle;
  XsPolicy policy;

  xs_policy_default (&policy);
  g_assert_true (xs_journal_begin_admitted_session (fixture->journal, STUNUM, SUBJCODE, &policy, START_US, "李教练",
                                                    &handle, &error));
  g_assert_no_error (error);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, START_US + SECOND_US, TRUE);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 2 * SECOND_US, FALSE);
  handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + 3 * SECOND_US, FALSE);
  for (gint64 i = 0; i < (gint64) G_N_ELEMENTS (wanted); i++)
    {
      g_auto (XsWireLog) wire_log;
      store_read_log (fixture->journal, i + 1, &wire_log);
      g_assert_cmpstr (wire_log.log.admitted_by, ==, wanted[i]);
      g_assert_cmpint (wire_log.schema, ==, wanted[i][0] != '\0' ? 3 : 2);
    }
  store_check (fixture->journal, &fixture->platform, TRUE);
}

/* Cut off by a crash it is still the coach's. */
static void
test_admitted_cut_off (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_auto (XsWireLog) wire_log;
  XsSessionHandle handle;
  XsPolicy policy;

  store_set_policy (fixture->journal, "");
  xs_policy_default (&policy);
  g_assert_true (
    xs_journal_begin_admitted_session (fixture->journal, STUNUM, SUBJCODE, &policy, START_US, "7", &handle, &error));
  store_fixture_reopen (fixture);
  g_assert_cmpuint (store_recover (fixture->journal), ==, 1);
  store_read_log (fixture->journal, 1, &wire_log);
  g_assert_cmpstr (wire_log.log.admitted_by, ==, "7");
  g_assert_cmpint (wire_log.log.end_reason, ==, XS_SIGN_OUT_INTERRUPTED);
}

static void
test_admitted_by_whom (StoreFixture *fixture, gconstpointer unused)
{
  g_autofree char *longest = g_strnfill (XS_ADMITTED_BY_MAX, 'x');
  g_autofree char *too_long = g_strnfill (XS_ADMITTED_BY_MAX + 1, 'x');
  const char *const bad[] = { too_long, "\xff" };
  g_autoptr (GError) error = NULL;
  XsSessionHandle handle;
  XsPolicy policy;

  xs_policy_default (&policy);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (xs_journal_begin_admitted_session (fixture->journal, STUNUM, SUBJCODE, &policy, START_US, bad[i],
                                                         &handle, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_true (xs_journal_begin_admitted_session (fixture->journal, STUNUM, SUBJCODE, &policy, START_US, longest,
                                                    &handle, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/consent/given", test_given);
  store_fixture_add_test ("/store/consent/withdrawn", test_withdrawn);
  store_fixture_add_test ("/store/consent/evidence", test_evidence);
  store_fixture_add_test ("/store/admitted/in-every-log", test_admitted);
  store_fixture_add_test ("/store/admitted/cut-off", test_admitted_cut_off);
  store_fixture_add_test ("/store/admitted/by-whom", test_admitted_by_whom);
  return g_test_run ();
}
