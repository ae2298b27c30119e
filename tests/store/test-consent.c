/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who agreed to what, and who was let in by a coach. */

#include "store-fixture.h"
#include "xs-wire-consent.h"

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
set_roster (XsJournal *journal, const char *stunum, gint64 text_version, gint64 wall_us)
{
  XsLearner learner = { .name = "张三", .consent = { text_version, wall_us } };
  g_autoptr (GArray) learners = g_array_new (FALSE, FALSE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;

  g_strlcpy (learner.stunum, stunum, sizeof learner.stunum);
  memset (learner.photo_sha256, 'a', sizeof learner.photo_sha256 - 1);
  g_array_append_val (learners, learner);
  g_assert_true (xs_journal_set_roster (journal, learners, NULL, &error));
  g_assert_no_error (error);
}

/* C7: what was decided last counts, here or elsewhere; of one moment the withdrawal. */
static void
test_elsewhere (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  set_roster (journal, STUNUM, 2, START_US - 10);
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 2);
  g_assert_true (xs_journal_give_consent (journal, STUNUM, 3, &error));
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 3);
  set_roster (journal, STUNUM, 0, START_US - 5);
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 3);
  set_roster (journal, STUNUM, 0, START_US);
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 0);
  /* A clock elsewhere is an hour ahead: who agrees now agrees after that all the same. */
  set_roster (journal, STUNUM, 0, START_US + 60 * MINUTE_US);
  g_assert_true (xs_journal_give_consent (journal, STUNUM, 3, &error));
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 3);
  g_assert_cmpint (consent_of (journal, STUNUM).wall_us, ==, START_US + 60 * MINUTE_US + 1);
  /* What the roster gave is taken back here. */
  set_roster (journal, STUNUM, 4, START_US + 70 * MINUTE_US);
  g_assert_true (xs_journal_withdraw_consent (journal, STUNUM, &error));
  g_assert_no_error (error);
  g_assert_cmpint (consent_of (journal, STUNUM).text_version, ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT text_version FROM consent ORDER BY id DESC LIMIT 1"), ==, 4);
  store_check (journal, &fixture->platform, TRUE);
}

/* C8: with the withdrawal, wherever it was made, what was measured of the face and the small copies go. */
static void
test_nothing_left (StoreFixture *fixture, gconstpointer at_school)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) values = g_bytes_new_static ("template", 8);
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);
  g_autoptr (GBytes) thumbnail = store_jpeg (1, 1000);

  set_roster (journal, STUNUM, 2, START_US - 10);
  g_assert_true (xs_journal_set_template (journal, STUNUM, values, &error));
  store_photo_with_copy (journal, &handle, 7, thumbnail);
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + SECOND_US, FALSE);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM own_photo"), ==, 1);
  if (at_school != NULL)
    set_roster (journal, STUNUM, 0, START_US);
  else
    g_assert_true (xs_journal_withdraw_consent (journal, STUNUM, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM roster WHERE template IS NOT NULL"), ==, 0);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM own_photo"), ==, 0);
  /* The photo that proves the hours is still to be sent. */
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox WHERE kind = 'photo' AND state = 'waiting'"), ==,
                   1);
  store_check (journal, &fixture->platform, TRUE);
}

/* Decisions from before the pairing are signed with it, in their order; each once. */
static void
test_before_pairing (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autoptr (TempDir) key_dir = temp_dir_new ();
  g_autofree char *key_path = g_build_filename (key_dir, "platform", NULL);
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, START_US);
  g_autoptr (GError) error = NULL;
  g_autoptr (XsJournal) journal = xs_journal_open (dir, clock, &error);
  XsSealKey platform;

  g_assert_no_error (error);
  g_assert_true (xs_journal_give_consent (journal, STUNUM, 1, &error));
  g_assert_true (xs_journal_give_consent (journal, OTHER_STUNUM, 1, &error));
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox"), ==, 0);
  store_pair (journal, key_path, &platform);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox WHERE kind = 'consent'"), ==, 2);
  g_assert_true (xs_journal_withdraw_consent (journal, STUNUM, &error));
  g_assert_no_error (error);
  store_check (journal, &platform, TRUE);
  g_autoptr (GPtrArray) due = xs_outbox_list_due (journal, START_US, 10, &error);
  g_assert_cmpuint (due->len, ==, 3);
  for (guint i = 0; i < due->len; i++)
    {
      const XsOutboxItem *item = g_ptr_array_index (due, i);
      g_autoptr (GBytes) bytes = xs_outbox_read (journal, item, &error);
      XsConsentRecord record;
      g_assert_true (xs_wire_consent_decode (&record, bytes, &error));
      g_assert_true (xs_verify (xs_journal_get_sign_key (journal)->public_key, g_bytes_get_data (bytes, NULL),
                                g_bytes_get_size (bytes), g_bytes_get_data (item->signature, NULL)));
      g_assert_cmpint (record.seq, ==, i + 1);
      g_assert_cmpint (record.withdrawn, ==, i == 2);
      g_assert_cmpstr (record.devnum, ==, DEVNUM);
    }
}

/* L14: a journal that was put back numbers its decisions on above those it may have made since. */
static void
test_put_back (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  gboolean set_back;

  g_assert_true (xs_journal_check_set_back (fixture->journal, 5, &set_back, &error));
  g_assert_true (set_back);
  g_assert_true (xs_journal_give_consent (fixture->journal, STUNUM, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpint (store_count (fixture->journal, "SELECT max (consent_id) FROM consent_document"), >, 100000);
}

static void
test_evidence (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const changes[] = { "UPDATE consent SET wall_us = 0", "DELETE FROM consent",
                                         "UPDATE consent SET decision = 'withdrawn'",
                                         "UPDATE consent_document SET bytes = x'00'", "DELETE FROM consent_document" };
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
  store_fixture_add_test ("/store/consent/elsewhere", test_elsewhere);
  store_fixture_add_test ("/store/consent/nothing-left", test_nothing_left);
  g_test_add ("/store/consent/nothing-left-of-it-elsewhere", StoreFixture, "school", store_fixture_set_up,
              test_nothing_left, store_fixture_tear_down);
  g_test_add_func ("/store/consent/before-pairing", test_before_pairing);
  store_fixture_add_test ("/store/consent/put-back", test_put_back);
  store_fixture_add_test ("/store/consent/evidence", test_evidence);
  store_fixture_add_test ("/store/admitted/in-every-log", test_admitted);
  store_fixture_add_test ("/store/admitted/cut-off", test_admitted_cut_off);
  store_fixture_add_test ("/store/admitted/by-whom", test_admitted_by_whom);
  return g_test_run ();
}
