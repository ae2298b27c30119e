/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-private.h"
#include "xs-test-platform.h"

G_BEGIN_DECLS

#define XS_TEST_STUNUM "3000000000000003"

/** XsSyncFixture: a kiosk without its screen: a journal in a temporary folder, and an XsSync in a hurry. */
typedef struct {
  char *dir;
  XsClock *clock;
  XsTestPlatform *platform; /* (nullable) */
  XsStore *store;
  XsSync *sync;
  XsSyncTiming timing;
  gsize photo_bytes; /* of photos to come, at least; 0: a few */
} XsSyncFixture;

/** xs_sync_fixture_set_up: for g_test_add(): not paired yet. */
void xs_sync_fixture_set_up (XsSyncFixture *f, gconstpointer data);
/** xs_sync_fixture_set_up_at: on the folder @dir, without a test platform. */
void xs_sync_fixture_set_up_at (XsSyncFixture *f, const char *dir);
void xs_sync_fixture_tear_down (XsSyncFixture *f, gconstpointer data);

/** xs_sync_fixture_close: asserts that XsSync and store go away, so that the journal can be opened again. */
void xs_sync_fixture_close (XsSyncFixture *f);
void xs_sync_fixture_open (XsSyncFixture *f);
/** xs_sync_fixture_new_sync: another XsSync on the same store, the old one is asserted to go. */
void xs_sync_fixture_new_sync (XsSyncFixture *f);

void xs_sync_fixture_pair (XsSyncFixture *f);
/** xs_sync_fixture_add_session: of XS_TEST_STUNUM: @n_logs segments with @n_photos photos each, all closed.
 * With 0 the first segment has its photos and stays open. */
void xs_sync_fixture_add_session (XsSyncFixture *f, guint n_logs, guint n_photos);
/** xs_sync_fixture_add_session_of: of this learner. */
void xs_sync_fixture_add_session_of (XsSyncFixture *f, const char *stunum, guint n_logs, guint n_photos);
/** xs_sync_fixture_appeal: @stunum has something against log @seq. */
void xs_sync_fixture_appeal (XsSyncFixture *f, const char *stunum, gint64 seq);
XsOutboxStatus xs_sync_fixture_get_status (XsSyncFixture *f);

/** xs_sync_fixture_pass: one pass, and wait for its end. Returns: (transfer full) (nullable): its error. */
GError *xs_sync_fixture_pass (XsSyncFixture *f);

/** xs_sync_fixture_tick: turn the main context until something happens, for 5 ms at most. */
void xs_sync_fixture_tick (void);

/** xs_sync_fixture_decide: @stunum agrees to the text of @text_version; 0: takes it back. */
void xs_sync_fixture_decide (XsSyncFixture *f, const char *stunum, gint64 text_version);
/** xs_sync_fixture_get_consent: how it stands at this kiosk. */
XsConsent xs_sync_fixture_get_consent (XsSyncFixture *f, const char *stunum);
/** xs_sync_fixture_assert_consents: all of them have arrived. */
void xs_sync_fixture_assert_consents (XsSyncFixture *f, guint n_consents);
/** xs_sync_fixture_assert_appeals: likewise of appeals. */
void xs_sync_fixture_assert_appeals (XsSyncFixture *f, guint n_appeals);
/** xs_sync_fixture_assert_sent: both ends have exactly these many, and nothing else waits or was refused. */
void xs_sync_fixture_assert_sent (XsSyncFixture *f, guint n_photos, guint n_logs);

G_END_DECLS
