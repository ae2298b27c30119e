/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a kiosk fetches: policy, roster and registration photos. */

#include "xs-sync-fixture.h"

#include "xs-wire-message.h"

#include <string.h>

static gboolean
find_learner (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_find_learner (journal, XS_TEST_STUNUM, data, error);
}

static gboolean
get_photo (XsJournal *journal, gpointer data, GError **error)
{
  GBytes **photo = data;

  *photo = xs_journal_get_registration_photo (journal, XS_TEST_STUNUM, error);
  return *photo != NULL;
}

static gboolean
get_policy (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *etag = NULL;

  return xs_journal_get_policy (journal, data, &etag, error);
}

static void
on_signal (XsSync *sync, gpointer data)
{
  guint *n = data;

  (*n)++;
}

static void
test_refreshes (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsLearner learner;
  XsPolicy policy, demo;
  guint n_refreshed = 0;

  g_signal_connect (f->sync, "refreshed", G_CALLBACK (on_signal), &n_refreshed);
  xs_sync_fixture_pair (f);
  xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
  g_array_index (f->platform->learners, XsWireLearner, 0).no_turning = TRUE;
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_cmpuint (n_refreshed, ==, 1);
  g_assert_true (xs_store_run (f->store, find_learner, &learner, &error));
  g_assert_cmpstr (learner.name, ==, "张三");
  g_assert_true (learner.no_turning);
  g_autoptr (GBytes) photo = NULL;
  g_assert_true (xs_store_run (f->store, get_photo, &photo, &error));
  g_assert_cmpmem (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo), "a face", 6);

  /* Nothing new: no signal, and the photo is not fetched again. */
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_cmpuint (n_refreshed, ==, 1);
  g_assert_cmpuint (xs_fault_server_count (f->platform->server, "GET /v1/registration-photos/"), ==, 1);

  g_assert_true (xs_store_run (f->store, get_policy, &policy, &error));
  xs_test_platform_set_policy (f->platform, "demo.json");
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_cmpuint (n_refreshed, ==, 2);
  g_assert_true (xs_store_run (f->store, get_policy, &demo, &error));
  g_assert_cmpstr (policy.id, !=, demo.id);
}

/* A policy that breaks a rule keeps the old one, and the hours still go up (G2). */
static void
test_bad_policy_does_not_block (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsPolicy before, after;

  xs_sync_fixture_pair (f);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_true (xs_store_run (f->store, get_policy, &before, &error));
  g_free (f->platform->policy);
  f->platform->policy = g_strdup ("{\"id\":\"evil\",\"grace_us\":-5}");
  g_free (f->platform->policy_etag);
  f->platform->policy_etag = g_strdup ("\"evil\"");
  for (guint i = 1; i <= 2; i++)
    {
      /* A pass that is waited for looks at policy and roster first. */
      xs_sync_fixture_add_session (f, 1, 2);
      error = xs_sync_fixture_pass (f);
      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
      g_clear_error (&error);
      xs_sync_fixture_assert_sent (f, 2 * i, i);
      g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_IDLE);
      g_assert_nonnull (xs_sync_get_error_message (f->sync));
    }
  g_assert_cmpuint (xs_fault_server_count (f->platform->server, "GET /v1/policy"), ==, 3);
  g_assert_true (xs_store_run (f->store, get_policy, &after, &error));
  g_assert_cmpstr (before.id, ==, after.id);
}

/* G2: what counts may depend on a field that this kiosk does not know. Staff are told which it is. */
static void
test_newer_policy (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  XsPolicy policy;

  xs_sync_fixture_pair (f);
  xs_test_platform_set_policy (f->platform, "demo.json");
  g_autofree char *known = g_steal_pointer (&f->platform->policy);
  f->platform->policy = g_strconcat ("{\"of_a_later_version\": 1,", strchr (known, '{') + 1, NULL);
  xs_sync_fixture_add_session (f, 1, 2);
  error = xs_sync_fixture_pass (f);
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_assert_nonnull (strstr (xs_sync_get_error_message (f->sync), "of_a_later_version"));
  g_clear_error (&error);
  xs_sync_fixture_assert_sent (f, 2, 1);
  g_assert_true (xs_store_run (f->store, get_policy, &policy, &error));
  g_assert_cmpstr (policy.id, !=, "demo");
}

/* Nor do policies and rosters that cannot be read, or that never come. */
static void
test_refresh_trouble_does_not_block (XsSyncFixture *f, gconstpointer data)
{
  const char *const routes[] = { "GET /v1/policy", "GET /v1/roster" };
  const XsFault faults[] = { XS_FAULT_GARBAGE_JSON, XS_FAULT_PORTAL_JSON, XS_FAULT_PORTAL,
                             XS_FAULT_GIGANTIC,     XS_FAULT_DROP_BEFORE, XS_FAULT_FILTER_JSON };

  xs_sync_fixture_pair (f);
  for (guint i = 0; i < G_N_ELEMENTS (faults) * G_N_ELEMENTS (routes); i++)
    {
      g_autoptr (GError) error = NULL;

      xs_fault_server_set (f->platform->server, routes[i % 2], faults[i / 2], -1);
      xs_sync_fixture_add_session (f, 1, 2);
      error = xs_sync_fixture_pass (f);
      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
      xs_sync_fixture_assert_sent (f, 2 * (i + 1), i + 1);
      g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_IDLE);
      xs_fault_server_clear (f->platform->server);
    }
}

/* Photos without a log, which would bring to light that they are not there (H3, R6). */
static void
test_believes_the_platform_only (XsSyncFixture *f, gconstpointer data)
{
  const XsFault lies[] = { XS_FAULT_PORTAL,       XS_FAULT_PORTAL_JSON, XS_FAULT_WRONG_TYPE,    XS_FAULT_NOT_MODIFIED,
                           XS_FAULT_GARBAGE_JSON, XS_FAULT_REDIRECT,    XS_FAULT_PORTAL_REFUSES };
  const char *const routes[] = { "POST /v1/photos/missing", "PUT /v1/photos/" };

  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 0, 2);
  for (guint i = 0; i < G_N_ELEMENTS (lies) * G_N_ELEMENTS (routes); i++)
    {
      g_autoptr (GError) error = NULL;

      xs_fault_server_set (f->platform->server, routes[i % 2], lies[i / 2], -1);
      xs_sync_fixture_new_sync (f);
      error = xs_sync_fixture_pass (f);
      g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
      g_assert_cmpuint (xs_sync_fixture_get_status (f).photos_waiting, ==, 2);
      g_assert_cmpint (xs_sync_get_state (f->sync), ==, XS_SYNC_OFFLINE);
      xs_fault_server_clear (f->platform->server);
    }
}

static void
test_platform_without_policy (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->platform->policy, g_free);
  xs_sync_fixture_pair (f);
  xs_sync_fixture_add_session (f, 1, 1);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  xs_sync_fixture_assert_sent (f, 1, 1);
}

/* A learner whose photo the platform lacks, before one whose photo it has. */
static void
test_missing_registration_photo (XsSyncFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) photo = NULL;
  g_autofree char *lost = xs_sha256_hex ("lost", 4);

  xs_sync_fixture_pair (f);
  xs_test_platform_add_learner (f->platform, "3000000000000001", "lost");
  g_hash_table_remove (f->platform->registration_photos, lost);
  xs_test_platform_add_learner (f->platform, XS_TEST_STUNUM, "a face");
  xs_sync_fixture_add_session (f, 1, 1);
  error = xs_sync_fixture_pass (f);
  g_assert_no_error (error);
  g_assert_true (xs_store_run (f->store, get_photo, &photo, &error));
  xs_sync_fixture_assert_sent (f, 1, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                                                \
  g_test_add ("/sync/" name, XsSyncFixture, NULL, xs_sync_fixture_set_up, func, xs_sync_fixture_tear_down)
  ADD ("refreshes", test_refreshes);
  ADD ("bad-policy-does-not-block", test_bad_policy_does_not_block);
  ADD ("newer-policy", test_newer_policy);
  ADD ("refresh-trouble-does-not-block", test_refresh_trouble_does_not_block);
  ADD ("believes-the-platform-only", test_believes_the_platform_only);
  ADD ("platform-without-policy", test_platform_without_policy);
  ADD ("missing-registration-photo", test_missing_registration_photo);
  return g_test_run ();
}
