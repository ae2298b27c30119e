/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "xs-blob.h"

#include <string.h>

#define NOW START_US

static GPtrArray *
list_due (XsJournal *journal, gint64 wall_us, guint max)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *due = xs_outbox_list_due (journal, wall_us, max, &error);

  g_assert_no_error (error);
  return due;
}

/* What is due at @wall_us in one word: "p1 p2 l1". */
static void
assert_due (XsJournal *journal, gint64 wall_us, guint max, const char *expected)
{
  g_autoptr (GPtrArray) due = list_due (journal, wall_us, max);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < due->len; i++)
    {
      const XsOutboxItem *item = due->pdata[i];
      g_autofree char *sql =
        g_strdup_printf ("SELECT coalesce (photo_number, log_seq) FROM outbox WHERE id = %" G_GINT64_FORMAT, item->id);
      g_string_append_printf (found, "%s%c%d", i > 0 ? " " : "", item->kind == XS_OUTBOX_PHOTO ? 'p' : 'l',
                              (int) store_count (journal, sql));
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static gint64
id_of (XsJournal *journal, char kind, int number)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT id FROM outbox WHERE %s = %d", kind == 'p' ? "photo_number" : "log_seq", number);

  return store_count (journal, sql);
}

static void
acknowledge (XsJournal *journal, char kind, int number)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_outbox_acknowledge (journal, id_of (journal, kind, number), &error));
  g_assert_no_error (error);
}

static void
postpone (XsJournal *journal, char kind, int number, const char *message, gint64 next_wall_us)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_outbox_postpone (journal, id_of (journal, kind, number), message, next_wall_us, &error));
  g_assert_no_error (error);
}

static XsOutboxStatus
get_status (XsJournal *journal)
{
  g_autoptr (GError) error = NULL;
  XsOutboxStatus status;

  g_assert_true (xs_outbox_get_status (journal, &status, &error));
  g_assert_no_error (error);
  return status;
}

/* Two logs: the first with photos 1 and 2, the second with photo 3. */
static void
fill (StoreFixture *fixture)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  store_photo (fixture->journal, &handle, XS_PHOTO_TIMED, 2);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, NOW, TRUE);
  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_OUT, 3);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, NOW, FALSE);
}

static void
test_order (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;

  assert_due (journal, NOW, 100, "");
  fill (fixture);
  assert_due (journal, NOW, 100, "p1 p2 p3");
  acknowledge (journal, 'p', 2);
  assert_due (journal, NOW, 100, "p1 p3");
  acknowledge (journal, 'p', 3);
  assert_due (journal, NOW, 100, "p1 l2");
  acknowledge (journal, 'p', 1);
  assert_due (journal, NOW, 100, "l1 l2");
  acknowledge (journal, 'l', 1);
  acknowledge (journal, 'l', 2);
  assert_due (journal, NOW, 100, "");
  /* Again is harmless. */
  acknowledge (journal, 'l', 2);
  acknowledge (journal, 'p', 1);
  store_check (journal, &fixture->platform, TRUE);

  g_assert_cmpuint (get_status (journal).photos_sent, ==, 3);
  g_assert_cmpuint (get_status (journal).logs_sent, ==, 2);
  g_assert_cmpint (get_status (journal).next_wall_us, ==, 0);
}

static void
test_max (StoreFixture *fixture, gconstpointer unused)
{
  fill (fixture);
  for (guint max = 0; max <= 4; max++)
    {
      g_autoptr (GPtrArray) due = list_due (fixture->journal, NOW, max);
      g_assert_cmpuint (due->len, ==, MIN (max, 3));
    }
  acknowledge (fixture->journal, 'p', 3);
  g_autoptr (GPtrArray) due = list_due (fixture->journal, NOW, 1);
  g_assert_cmpuint (due->len, ==, 2);
  g_assert_cmpint (((XsOutboxItem *) due->pdata[1])->kind, ==, XS_OUTBOX_LOG);
}

/* More than goes at once: half of each kind are the newest, and nothing comes twice. */
static void
test_newest_and_oldest (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);

  for (guint32 i = 1; i <= 6; i++)
    store_photo (journal, &handle, XS_PHOTO_TIMED, i);
  assert_due (journal, NOW, 100, "p1 p2 p3 p4 p5 p6");
  assert_due (journal, NOW, 7, "p1 p2 p3 p4 p5 p6");
  assert_due (journal, NOW, 6, "p6 p5 p4 p1 p2 p3");
  assert_due (journal, NOW, 5, "p6 p5 p1 p2 p3");
  assert_due (journal, NOW, 2, "p6 p1");
  assert_due (journal, NOW, 1, "p1");
  for (int i = 1; i <= 6; i++)
    acknowledge (journal, 'p', i);
  for (int i = 1; i <= 4; i++)
    store_close (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, NOW, TRUE);
  assert_due (journal, NOW, 4, "l4 l3 l1 l2");
  store_photo (journal, &handle, XS_PHOTO_TIMED, 7);
  assert_due (journal, NOW, 3, "p7 l4 l1 l2");
  postpone (journal, 'l', 4, "offline", NOW + 10);
  assert_due (journal, NOW, 3, "p7 l3 l1 l2");
}

/* An open segment's photos go out while it goes on. */
static void
test_photos_first (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);

  store_photo (journal, &handle, XS_PHOTO_SIGN_IN, 1);
  assert_due (journal, NOW, 100, "p1");
  acknowledge (journal, 'p', 1);
  store_close (journal, &handle, XS_SIGN_OUT_SEGMENT_FULL, NOW, TRUE);
  assert_due (journal, NOW, 100, "l1");
  store_close (journal, &handle, XS_SIGN_OUT_BY_LEARNER, NOW, FALSE);
  assert_due (journal, NOW, 100, "l1 l2");
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_read (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  acknowledge (journal, 'p', 3);
  g_autoptr (GPtrArray) due = list_due (journal, NOW, 100);
  for (guint i = 0; i < due->len; i++)
    {
      const XsOutboxItem *item = due->pdata[i];
      g_autoptr (GBytes) bytes = xs_outbox_read (journal, item, &error);
      g_assert_no_error (error);
      g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_cmpstr (sha256, ==, item->sha256);
      g_assert_cmpuint (item->attempts, ==, 0);
      if (item->kind == XS_OUTBOX_PHOTO)
        {
          g_autoptr (GBytes) plain = xs_unseal (&fixture->platform, bytes, &error);
          g_assert_no_error (error);
          g_assert_cmpmem (g_bytes_get_data (plain, NULL), 4, "\xff\xd8\xff\xe0", 4);
          g_assert_null (item->signature);
          g_assert_cmpint (item->seq, ==, 0);
        }
      else
        {
          g_assert_cmpint (item->seq, ==, 2);
          g_assert_true (xs_verify (xs_journal_get_sign_key (journal)->public_key, g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes), g_bytes_get_data (item->signature, NULL)));
        }
    }

  const XsOutboxItem *photo = due->pdata[0];
  g_autofree char *path = xs_journal_dup_photo_path (journal, photo->sha256);
  g_assert_true (g_file_set_contents (path, "altered", -1, NULL));
  g_assert_null (xs_outbox_read (journal, photo, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (xs_outbox_read (journal, photo, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  XsOutboxItem unknown = { .kind = XS_OUTBOX_LOG, .seq = 77 };
  g_assert_null (xs_outbox_read (journal, &unknown, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static void
test_postpone (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fill (fixture);
  postpone (fixture->journal, 'p', 1, "offline", NOW + 10);
  postpone (fixture->journal, 'p', 2, "still offline", NOW + 20);
  postpone (fixture->journal, 'p', 3, "busy", NOW + 15);
  store_fixture_reopen (fixture);
  assert_due (fixture->journal, NOW, 100, "");
  assert_due (fixture->journal, NOW + 9, 100, "");
  assert_due (fixture->journal, NOW + 10, 100, "p1");
  assert_due (fixture->journal, NOW + 15, 100, "p1 p3");
  assert_due (fixture->journal, NOW + 20, 100, "p1 p2 p3");
  g_assert_cmpint (get_status (fixture->journal).next_wall_us, ==, NOW + 10);
  g_assert_cmpstr (get_status (fixture->journal).last_message, ==, "busy");

  postpone (fixture->journal, 'p', 1, "again", NOW + 30);
  g_assert_cmpint (get_status (fixture->journal).next_wall_us, ==, NOW + 15);
  g_assert_cmpstr (get_status (fixture->journal).last_message, ==, "again");
  {
    g_autoptr (GPtrArray) due = list_due (fixture->journal, NOW + 30, 1);
    g_assert_cmpuint (((XsOutboxItem *) due->pdata[0])->attempts, ==, 2);
  }

  g_assert_true (xs_outbox_retry_now (fixture->journal, &error));
  assert_due (fixture->journal, NOW, 100, "p1 p2 p3");
  g_assert_cmpint (get_status (fixture->journal).next_wall_us, ==, NOW);
  {
    g_autoptr (GPtrArray) due = list_due (fixture->journal, NOW, 1);
    g_assert_cmpuint (((XsOutboxItem *) due->pdata[0])->attempts, ==, 2);
  }

  /* What has arrived no longer says why it once did not. */
  acknowledge (fixture->journal, 'p', 1);
  g_assert_cmpstr (get_status (fixture->journal).last_message, ==, "busy");
  acknowledge (fixture->journal, 'p', 3);
  acknowledge (fixture->journal, 'p', 2);
  g_assert_cmpstr (get_status (fixture->journal).last_message, ==, "");

  /* An answer that comes late changes nothing. */
  postpone (fixture->journal, 'p', 1, "late", NOW + 99);
  assert_due (fixture->journal, NOW + 99, 100, "l1 l2");
  store_check (fixture->journal, &fixture->platform, TRUE);
}

/* The clock was years ahead when it was put off: that must not keep it back for years. */
static void
test_clock_set_back (StoreFixture *fixture, gconstpointer unused)
{
  const gint64 year_us = 365 * 24 * 3600 * SECOND_US;

  fill (fixture);
  xs_clock_fake_step_wall (fixture->clock, 30 * year_us);
  postpone (fixture->journal, 'p', 1, "offline", NOW + 30 * year_us + 10);
  xs_clock_fake_step_wall (fixture->clock, -30 * year_us);
  postpone (fixture->journal, 'p', 2, "offline", NOW + 10);
  assert_due (fixture->journal, NOW, 100, "p1 p3");
  postpone (fixture->journal, 'p', 3, "offline", NOW + 20);
  g_assert_cmpint (get_status (fixture->journal).next_wall_us, ==, NOW);
  acknowledge (fixture->journal, 'p', 3);
  /* Nor can anybody put it off for longer than a day. */
  postpone (fixture->journal, 'p', 1, "offline", G_MAXINT64);
  assert_due (fixture->journal, NOW, 100, "l2");
  assert_due (fixture->journal, NOW + 24 * 3600 * SECOND_US, 100, "p1 p2 l2");
}

static void
test_reject (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  g_assert_true (xs_outbox_reject (journal, id_of (journal, 'p', 1), "too_large", "The photo is too large", &error));
  acknowledge (journal, 'p', 2);
  acknowledge (journal, 'p', 3);
  /* The first log waits for a photo that will not come; it holds up nobody else, and asks for no try. */
  assert_due (journal, NOW, 100, "l2");
  acknowledge (journal, 'l', 2);
  assert_due (journal, NOW, 100, "");
  g_assert_cmpuint (get_status (journal).photos_rejected, ==, 1);
  g_assert_cmpuint (get_status (journal).photos_waiting, ==, 0);
  g_assert_cmpuint (get_status (journal).logs_waiting, ==, 1);
  g_assert_cmpint (get_status (journal).next_wall_us, ==, 0);

  /* Kept, with the reason; retrying does not bring it back. */
  g_assert_true (xs_outbox_retry_now (journal, &error));
  assert_due (journal, NOW, 100, "");
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM outbox WHERE state = 'rejected' AND"
                                         " reason = 'too_large' AND message = 'The photo is too large'"),
                   ==, 1);
  store_check (journal, &fixture->platform, TRUE);

  g_assert_true (xs_outbox_reject (journal, id_of (journal, 'l', 2), "late", "", &error));
  g_assert_cmpuint (get_status (journal).logs_sent, ==, 1);
  g_assert_cmpuint (get_status (journal).logs_rejected, ==, 0);
}

/* What was wrong is put right on the platform: staff send again what it had refused, and only that. */
static void
test_retry_rejected (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  acknowledge (journal, 'p', 2);
  acknowledge (journal, 'p', 3);
  postpone (journal, 'p', 1, "offline", NOW + 10);
  g_assert_true (xs_outbox_reject (journal, id_of (journal, 'p', 1), "too_large", "No", &error));
  g_assert_true (xs_outbox_reject (journal, id_of (journal, 'l', 2), "unknown_learner", "No such learner", &error));
  assert_due (journal, NOW, 100, "");
  g_autoptr (GArray) refusals = xs_outbox_list_rejected (journal, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (refusals->len, ==, 2);
  const XsOutboxRefusal *newest = &g_array_index (refusals, XsOutboxRefusal, 0);
  g_assert_cmpint (newest->kind, ==, XS_OUTBOX_LOG);
  g_assert_cmpint (newest->number, ==, 2);
  g_assert_cmpstr (newest->reason, ==, "unknown_learner");
  g_assert_cmpstr (newest->message, ==, "No such learner");
  g_assert_cmpint (g_array_index (refusals, XsOutboxRefusal, 1).kind, ==, XS_OUTBOX_PHOTO);
  g_assert_true (xs_outbox_retry_rejected (journal, &error));
  g_assert_no_error (error);
  assert_due (journal, NOW, 100, "p1 l2");
  g_assert_cmpuint (get_status (journal).photos_rejected + get_status (journal).logs_rejected, ==, 0);
  g_assert_cmpuint (get_status (journal).photos_waiting, ==, 1);
  acknowledge (journal, 'p', 1);
  assert_due (journal, NOW, 100, "l1 l2");
  acknowledge (journal, 'l', 1);
  acknowledge (journal, 'l', 2);
  g_assert_true (xs_outbox_retry_rejected (journal, &error));
  assert_due (journal, NOW, 100, "");
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_requeue (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = NULL;

  fill (fixture);
  for (int i = 1; i <= 3; i++)
    acknowledge (journal, 'p', i);
  {
    g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT sha256 FROM photo WHERE number = 1", &error, "");
    gboolean has_row;
    g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
    sha256 = xs_stmt_dup_string (stmt, 0);
  }
  assert_due (journal, NOW, 100, "l1 l2");
  g_assert_true (xs_outbox_requeue_photo (journal, sha256, &error));
  assert_due (journal, NOW, 100, "p1 l2");
  g_assert_true (xs_outbox_requeue_photo (journal, sha256, &error));
  acknowledge (journal, 'p', 1);
  assert_due (journal, NOW, 100, "l1 l2");
  g_assert_false (xs_outbox_requeue_photo (journal, "0000", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  store_check (journal, &fixture->platform, TRUE);
}

static void
test_unknown (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  g_assert_false (xs_outbox_acknowledge (journal, 5, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (xs_outbox_reject (journal, 5, "x", "y", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (xs_outbox_postpone (journal, 5, "x", NOW, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static void
test_status (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autofree char *long_message = g_strnfill (400, 'x');
  XsOutboxStatus status = get_status (journal);

  g_assert_cmpint (status.next_wall_us, ==, 0);
  g_assert_cmpstr (status.last_message, ==, "");
  fill (fixture);
  status = get_status (journal);
  g_assert_cmpuint (status.photos_waiting, ==, 3);
  g_assert_cmpuint (status.logs_waiting, ==, 2);
  g_assert_cmpuint (status.photos_sent + status.logs_sent + status.photos_rejected + status.logs_rejected, ==, 0);
  g_assert_cmpint (status.next_wall_us, ==, NOW);

  /* A long message is cut at a whole character. */
  memcpy (long_message + 253, "学时", strlen ("学时"));
  postpone (journal, 'p', 1, long_message, NOW + 5);
  status = get_status (journal);
  g_assert_cmpuint (strlen (status.last_message), ==, 253);
  g_assert_true (g_utf8_validate (status.last_message, -1, NULL));
}

static void
assert_no_scan (XsJournal *journal, const char *sql, const char *types)
{
  g_autofree char *explain = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  g_autoptr (GError) error = NULL;
  gboolean has_row = TRUE;
  g_autoptr (XsStmt) stmt = g_str_equal (types, "") ? xs_db_prepare (journal->db, explain, &error, "")
                            : g_str_equal (types, "ss")
                              ? xs_db_prepare (journal->db, explain, &error, "ss", "", "")
                              : xs_db_prepare (journal->db, explain, &error, "iii", (gint64) 0, (gint64) 0, (gint64) 0);

  g_assert_no_error (error);
  while (has_row)
    {
      g_assert_true (xs_stmt_step (stmt, &has_row, &error));
      const char *detail = has_row ? xs_stmt_string (stmt, 3) : "";
      g_test_message ("%s", detail);
      /* A scan of an index that holds only what waits is as short as the answer. */
      if (g_str_has_prefix (detail, "SCAN") && strstr (detail, " USING ") == NULL)
        g_test_fail_printf ("%s: %s", sql, detail);
      g_assert_null (strstr (detail, "TEMP B-TREE"));
    }
}

static void
test_query_plans (StoreFixture *fixture, gconstpointer unused)
{
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_PHOTOS_SQL ("ASC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_PHOTOS_SQL ("DESC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_LOGS_SQL ("ASC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_LOGS_SQL ("DESC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_APPEALS_SQL ("DESC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_DUE_CONSENTS_SQL ("DESC"), "iii");
  assert_no_scan (fixture->journal, XS_OUTBOX_EARLIEST_SQL, "");
  assert_no_scan (fixture->journal, XS_OUTBOX_LATEST_SQL, "");
  assert_no_scan (fixture->journal, XS_OUTBOX_COUNT_SQL, "ss");
  assert_no_scan (fixture->journal, XS_OUTBOX_LAST_MESSAGE_SQL, "");
  assert_no_scan (fixture->journal, XS_OUTBOX_RETRY_NOW_SQL, "");
  assert_no_scan (fixture->journal, XS_OUTBOX_OLDEST_PHOTO_SQL, "");
  assert_no_scan (fixture->journal, XS_OUTBOX_OLDEST_LOG_SQL, "");
}

static gint64
oldest_us (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gint64 wall_us;

  g_assert_true (xs_outbox_get_oldest (fixture->journal, &wall_us, &error));
  g_assert_no_error (error);
  return wall_us;
}

/* How long something has waited, from the photo that was taken first to the log that is sent last. */
static void
test_oldest (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (oldest_us (fixture), ==, 0);
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
  XsPhotoRecord first = store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, 1);
  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_OUT, 2);
  g_assert_cmpint (oldest_us (fixture), ==, first.wall_us);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE);
  g_assert_cmpint (oldest_us (fixture), ==, first.wall_us);
  for (gint64 id = 1; id <= 3; id++)
    {
      g_assert_true (xs_outbox_acknowledge (fixture->journal, id, &error));
      if (id == 2)
        g_assert_cmpint (oldest_us (fixture), ==, START_US + MINUTE_US);
    }
  g_assert_cmpint (oldest_us (fixture), ==, 0);
}

/* A kiosk that was offline for a long time, and one that has sent a lot. */
static void
test_backlog (StoreFixture *fixture, gconstpointer unused)
{
  static const char *const fill_sql =
    "INSERT INTO photo (number, segment_id, event, wall_us, sha256, width_px, height_px)"
    " WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
    " SELECT i + 1000, (SELECT max (id) FROM segment), 5, 0, printf ('%064d', i), 1, 1 FROM n;"
    "INSERT INTO outbox (kind, photo_number, segment_id) SELECT 'photo', number, segment_id FROM photo"
    " WHERE number > 1000;";
  XsJournal *journal = fixture->journal;
  g_autoptr (GError) error = NULL;

  fill (fixture);
  g_autofree char *in_one = g_strconcat ("BEGIN;", fill_sql, "COMMIT", NULL);
  g_assert_true (xs_db_exec (journal->db, in_one, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (get_status (journal).photos_waiting, ==, 100003);

  static const char *const states[] = {
    "UPDATE outbox SET next_wall_us = 1772326800000000 + id, failure = id, message = 'offline'",
    "UPDATE outbox SET state = 'acked', failure = NULL WHERE kind = 'photo' AND photo_number > 1000"
  };
  for (guint i = 0; i <= G_N_ELEMENTS (states); i++)
    {
      const int rounds = 20;
      gint64 began_us = g_get_monotonic_time ();
      for (int round = 0; round < rounds; round++)
        {
          get_status (journal);
          g_autoptr (GPtrArray) due = list_due (journal, NOW + 3600 * SECOND_US, 16);
          g_assert_cmpuint (due->len, ==, i < 2 ? 16 : 3);
          if (i < 2)
            g_assert_cmpint (((XsOutboxItem *) due->pdata[0])->id - ((XsOutboxItem *) due->pdata[8])->id, >, 99990);
        }
      gint64 each_us = (g_get_monotonic_time () - began_us) / rounds;
      g_test_message ("status and list of 100,000, state %u: %d µs", i, (int) each_us);
      g_assert_cmpint (each_us, <, 50 * 1000);
      if (i < G_N_ELEMENTS (states))
        {
          /* The photos of one segment are counted again with each: not for 100,000 in one. */
          g_assert_true (xs_db_exec (journal->db, i == 1 ? "DROP TRIGGER outbox_photo_changed" : "SELECT 1", &error));
          g_assert_true (xs_db_exec (journal->db, states[i], &error));
          g_assert_no_error (error);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/outbox/oldest", test_oldest);
  store_fixture_add_test ("/store/outbox/order", test_order);
  store_fixture_add_test ("/store/outbox/max", test_max);
  store_fixture_add_test ("/store/outbox/newest-and-oldest", test_newest_and_oldest);
  store_fixture_add_test ("/store/outbox/photos-first", test_photos_first);
  store_fixture_add_test ("/store/outbox/read", test_read);
  store_fixture_add_test ("/store/outbox/postpone", test_postpone);
  store_fixture_add_test ("/store/outbox/clock-set-back", test_clock_set_back);
  store_fixture_add_test ("/store/outbox/reject", test_reject);
  store_fixture_add_test ("/store/outbox/retry-rejected", test_retry_rejected);
  store_fixture_add_test ("/store/outbox/requeue", test_requeue);
  store_fixture_add_test ("/store/outbox/unknown", test_unknown);
  store_fixture_add_test ("/store/outbox/status", test_status);
  store_fixture_add_test ("/store/outbox/query-plans", test_query_plans);
  store_fixture_add_test ("/store/outbox/backlog", test_backlog);
  return g_test_run ();
}
