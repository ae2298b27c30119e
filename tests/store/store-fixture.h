/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "temp-dir.h"
#include "xs-error.h"
#include "xs-journal-private.h"
#include "xs-outbox.h"
#include "xs-store.h"
#include "xs-wire-log.h"

G_BEGIN_DECLS

#define STUNUM "3301000000000017"
#define OTHER_STUNUM "3301000000000025"
#define DEVNUM "0000330100000001"
#define INSCODE "3301000000000009"
#define SUBJCODE "4001010000"

/* 2026-03-01 09:00:00 in GMT+8. */
#define START_US (G_GINT64_CONSTANT (1772326800) * G_USEC_PER_SEC)
#define DAY 20260301
#define SECOND_US ((gint64) G_USEC_PER_SEC)
#define MINUTE_US (60 * SECOND_US)

/** StoreFixture: a paired journal in a folder of its own, on a fake clock. */
typedef struct {
  TempDir *dir;
  XsClock *clock;
  XsSealKey platform; /* can open what the kiosk sealed */
  XsJournal *journal;
} StoreFixture;

void store_fixture_set_up (StoreFixture *fixture, gconstpointer unused);
void store_fixture_tear_down (StoreFixture *fixture, gconstpointer unused);
/** store_fixture_add_test: g_test_add() with the functions above. */
void store_fixture_add_test (const char *path, void (*func) (StoreFixture *, gconstpointer));
/** store_fixture_reopen: close the journal and open it again, as a restart does. */
void store_fixture_reopen (StoreFixture *fixture);

/** store_pair: store an identity that seals to the key kept in @key_path. */
void store_pair (XsJournal *journal, const char *key_path, XsSealKey *platform);
/** store_set_policy: the national default, but for until when a sign-out may be made up; "": never. The fixture's. */
void store_set_policy (XsJournal *journal, const char *made_up_until);
/** store_jpeg: (transfer full): @size bytes that begin and end like a JPEG; different for every @seed. */
GBytes *store_jpeg (guint32 seed, gsize size);
/** store_begin: begin a session of STUNUM at the clock's wall time. */
XsSessionHandle store_begin (XsJournal *journal, XsClock *clock, const char *stunum);
/** store_progress: progress of @seconds credited seconds since START_US, in minutes, all on DAY. */
gboolean store_progress (XsJournal *journal, const XsSessionHandle *handle, int seconds, GError **error);
/** store_photo: add a photo of @event that must be taken. */
XsPhotoRecord store_photo (XsJournal *journal, const XsSessionHandle *handle, XsPhotoEvent event, guint32 seed);
/** store_photo_with_copy: likewise, a timed one whose learner keeps @thumbnail (nullable). */
XsPhotoRecord store_photo_with_copy (XsJournal *journal, const XsSessionHandle *handle, guint32 seed,
                                     GBytes *thumbnail);
/** store_close: close the segment, which must succeed. */
void store_close (XsJournal *journal, XsSessionHandle *handle, XsSignOut reason, gint64 end_wall_us,
                  gboolean continue_session);
/** store_recover: xs_journal_recover() and what is done behind it. Returns: how many sessions were closed. */
guint store_recover (XsJournal *journal);
/** store_roster: put these learners on the roster; NULL-terminated stunums, each with a photo of its own. */
void store_roster (XsJournal *journal, const char *stunum, ...) G_GNUC_NULL_TERMINATED;
/** store_read_log: decode the stored log number @seq. @wire_log: (out): to be cleared */
void store_read_log (XsJournal *journal, gint64 seq, XsWireLog *wire_log);
/** store_count: the number that @sql asks for, from the journal's own connection. */
gint64 store_count (XsJournal *journal, const char *sql);

/**
 * store_check: what must hold of every journal at any time: each photo row has its sealed file, which the platform can
 * open; logs are gapless, chained, signed and decode; numbers are unique; the outbox has one entry for each photo and
 * log, and its counts are right.
 * @recovered: also that nothing is open, and no file lies there without a row
 */
void store_check (XsJournal *journal, const XsSealKey *platform, gboolean recovered);

G_END_DECLS
