/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-db-copy.h"
#include "xs-error.h"

#include <errno.h>
#include <glib/gstdio.h>

/* Complete, but not yet in its place. */
#define RESTORED XS_JOURNAL_DATABASE ".restored"

/* Were the next log beside one that the platform has, it would look like a broken chain, and not like a gap. */
#define LOGS_ABOVE 100000
#define PHOTOS_FOR_A_LOG 10 /* that photo numbers rise by: 1,000,000 at least */

static const char raise_learners[] =
  "INSERT INTO learner_counter (stunum, recnum, total_s)"
  " SELECT stunum, last_recnum + 1, 0 FROM roster WHERE last_recnum < 99900"
  " ON CONFLICT (stunum) DO UPDATE SET recnum = max (recnum + 1, excluded.recnum) WHERE recnum < 99999;"
  "UPDATE learner_counter SET recnum = min (recnum + 100, 99999) WHERE recnum < 99999;"
  "UPDATE roster_state SET etag = NULL;";

#define MINUTES_OF_A_DAY 2000
#define MINUTE_EVERY_S 12 /* so that 9999 are not reached */

/*
 * Of days without a row nobody knows whether they had one. The days from the newest one known to tomorrow go on above
 * what a kiosk can use on a day, and today goes on the higher the later it is: no kiosk uses numbers as fast.
 */
static gboolean
raise_days (XsDb *db, gint64 wall_us, GError **error)
{
  const gint64 day_us = 24 * 3600 * (gint64) G_USEC_PER_SEC;
  gint64 today_us = xs_wall_midnight_us (wall_us);
  gint64 newest;

  if (!xs_db_query_int (db, &newest, 0,
                        "SELECT max (coalesce ((SELECT max (last_wall_us) FROM segment), 0),"
                        " coalesce ((SELECT max (start_wall_us) FROM segment), 0))",
                        error, ""))
    return FALSE;
  /* A clock that is wrong by years is no reason to walk through them. */
  gint64 from_us = CLAMP (newest, wall_us - 400 * day_us, wall_us);
  for (gint64 us = xs_wall_midnight_us (from_us); us <= today_us + day_us; us += day_us)
    {
      gint64 minute = MINUTES_OF_A_DAY;
      if (us == today_us)
        minute += (wall_us - today_us) / (MINUTE_EVERY_S * (gint64) G_USEC_PER_SEC);
      if (!xs_db_run (db,
                      "INSERT INTO day_counter (day, minute) VALUES (?1, ?2)"
                      " ON CONFLICT (day) DO UPDATE SET minute = CASE WHEN minute < ?2 THEN ?2"
                      " ELSE min (minute + ?3, 9999) END WHERE minute < 9999",
                      error, "iii", (gint64) xs_wall_day (us), minute, (gint64) MINUTES_OF_A_DAY))
        return FALSE;
    }
  return xs_db_run (db, "UPDATE day_counter SET minute = min (minute + ?, 9999) WHERE minute < 9999 AND day > ?", error,
                    "ii", (gint64) MINUTES_OF_A_DAY, (gint64) xs_wall_day (wall_us + day_us));
}

/*
 * Numbers that may have been allotted after the copy was made must not come again: all go on far above, as far as the
 * end of the logs does, which the platform sees as a gap in seq. So a journal that is put back to one state again and
 * again goes on elsewhere each time, because the platform has more logs each time.
 */
static gboolean
raise_numbers (XsDb *db, gint64 n_logs, gint64 wall_us, GError **error)
{
  return xs_db_exec (db,
                     "INSERT INTO sqlite_sequence (name, seq) SELECT 'consent', 0"
                     " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'consent')",
                     error)
         && xs_db_run (db, "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'consent'", error, "i", n_logs)
         && xs_db_run (db, "UPDATE counter SET value = value + ? WHERE name IN ('classid', 'log')", error, "i", n_logs)
         && xs_db_run (db, "UPDATE counter SET value = value + ? WHERE name = 'photo'", error, "i",
                       PHOTOS_FOR_A_LOG * n_logs)
         && xs_db_exec (db, raise_learners, error) && raise_days (db, wall_us, error);
}

typedef struct {
  const char *source;
  const char *damage;
  const char *moved_to;
  gint64 wall_us;
  gboolean older; /* than the damaged one may have been */
} Restored;

/*
 * A segment that is open in an older state may have been closed and sent since, under a number that this journal does
 * not know. To make a log of it would credit it twice. It is left without one, and that is told.
 */
static gboolean
prepare_in (XsDb *db, gpointer data, GError **error)
{
  const Restored *restored = data;
  gint64 n_lost = 0;

  if (restored->older)
    {
      if (!xs_db_run (db, "UPDATE segment SET end_reason = '" XS_SEGMENT_LOST "' WHERE end_reason IS NULL", error, ""))
        return FALSE;
      n_lost = xs_db_changes (db);
      if (!xs_db_run (db, "UPDATE session SET state = 'closed', interrupted = 1 WHERE state = 'open'", error, ""))
        return FALSE;
    }
  return raise_numbers (db, LOGS_ABOVE, restored->wall_us, error)
         && xs_db_run (db, "INSERT INTO recovery (wall_us, source, damage, moved_to, n_lost) VALUES (?, ?, ?, ?, ?)",
                       error, "isssi", restored->wall_us, restored->source, restored->damage, restored->moved_to,
                       n_lost);
}

typedef struct {
  gint64 seq;
  gint64 wall_us;
  gboolean set_back;
} SetBack;

/*
 * What was open in the older state got its log at the start, under a number that the platform has: it is refused. Who
 * studies now began since then.
 */
static gboolean
go_on_above_in (XsDb *db, gpointer data, GError **error)
{
  SetBack *call = data;
  g_autofree char *damage = NULL;
  gint64 last;

  if (!xs_db_query_int (db, &last, 0, "SELECT value FROM counter WHERE name = 'log'", error, ""))
    return FALSE;
  call->set_back = call->seq > last;
  if (!call->set_back)
    return TRUE;
  damage = g_strdup_printf ("the platform has log %" G_GINT64_FORMAT
                            " of this kiosk, and the journal ends at %" G_GINT64_FORMAT,
                            call->seq, last);
  return raise_numbers (db, call->seq + LOGS_ABOVE - last, call->wall_us, error)
         && xs_db_run (db, "INSERT INTO recovery (wall_us, source, damage) VALUES (?, 'copy', ?)", error, "is",
                       call->wall_us, damage);
}

gboolean
xs_journal_check_set_back (XsJournal *journal, gint64 seq, gboolean *set_back, GError **error)
{
  SetBack call = { .seq = seq, .wall_us = xs_clock_wall_us (journal->clock) };

  if (!xs_db_transaction (journal->db, go_on_above_in, &call, error))
    return FALSE;
  *set_back = call.set_back;
  if (call.set_back)
    g_message ("%s was put back to an older state: its numbers go on far above", journal->dir);
  return TRUE;
}

/* Make what is at @path fit to be the journal. */
static gboolean
prepare (const char *path, const Restored *restored, GError **error)
{
  g_autoptr (XsDb) db =
    xs_db_open (path, XS_JOURNAL_APPLICATION_ID, XS_JOURNAL_MIGRATIONS, XS_DB_OPEN_EXISTING, NULL, error);

  return db != NULL && xs_journal_check_rows (db, error)
         && xs_db_transaction (db, prepare_in, (gpointer) restored, error);
}

static gboolean
copy_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);

  if (g_file_copy (source, target, G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS, NULL, NULL, NULL, error))
    return TRUE;
  xs_error_convert (error);
  return FALSE;
}

static void
remove_database (const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (path, "-shm", NULL);

  g_unlink (path);
  g_unlink (wal);
  g_unlink (shm);
}

/* The best there is, at @candidate. FALSE with @error set when there is nothing. */
static gboolean
find_candidate (const char *dir, const char *candidate, Restored *restored, GError **error)
{
  g_autofree char *path = g_build_filename (dir, XS_JOURNAL_DATABASE, NULL);
  g_autofree char *backup = g_build_filename (dir, XS_JOURNAL_BACKUP, NULL);
  g_autoptr (GError) local_error = NULL;

  restored->source = "salvaged";
  restored->older = xs_db_wal_is_damaged (path);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      if (xs_db_salvage (path, candidate, &local_error) && prepare (candidate, restored, &local_error))
        return TRUE;
      g_message ("%s cannot be read whole: %s", path, local_error->message);
      remove_database (candidate);
    }
  if (!g_file_test (backup, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no %s", backup);
      return FALSE;
    }
  restored->source = "copy";
  restored->older = TRUE;
  return copy_file (backup, candidate, error) && prepare (candidate, restored, error);
}

/* Another error than that the candidate is no good must not cost the journal. */
static gboolean
is_hopeless (const GError *error)
{
  return g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND) || g_error_matches (error, XS_ERROR, XS_ERROR_CORRUPT)
         || g_error_matches (error, XS_ERROR, XS_ERROR_INVALID);
}

gboolean
xs_journal_restore (const char *dir, const GError *damage, gint64 wall_us, gboolean *restored, char **moved_to,
                    GError **error)
{
  g_autofree char *path = g_build_filename (dir, XS_JOURNAL_DATABASE, NULL);
  g_autofree char *candidate = g_build_filename (dir, RESTORED ".tmp", NULL);
  g_autofree char *ready = g_build_filename (dir, RESTORED, NULL);
  g_autofree char *aside = xs_db_aside_path (path);
  gboolean exists = g_file_test (path, G_FILE_TEST_EXISTS);
  Restored state = { .damage = damage->message, .moved_to = exists ? aside : NULL, .wall_us = wall_us };
  g_autoptr (GError) local_error = NULL;

  remove_database (candidate);
  *restored = find_candidate (dir, candidate, &state, &local_error);
  if (!*restored && !is_hopeless (local_error))
    {
      remove_database (candidate);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*restored && !xs_blob_publish (candidate, ready, error))
    return FALSE;
  if (exists && !xs_db_move (path, aside, error))
    return FALSE;
  g_message ("%s: %s; moved to %s; %s", path, damage->message, aside, *restored ? state.source : local_error->message);
  remove_database (candidate);
  *moved_to = g_steal_pointer (&aside);
  return !*restored || xs_blob_publish (ready, path, error);
}

gboolean
xs_journal_finish_restore (const char *dir, gint64 wall_us, GError **error)
{
  g_autofree char *path = g_build_filename (dir, XS_JOURNAL_DATABASE, NULL);
  g_autofree char *ready = g_build_filename (dir, RESTORED, NULL);
  g_autofree char *backup = g_build_filename (dir, XS_JOURNAL_BACKUP, NULL);
  g_autoptr (GError) missing = NULL;
  g_autofree char *moved_to = NULL;
  gboolean restored;
  GStatBuf info;

  /* An empty file is to SQLite what no file is. */
  if (g_stat (path, &info) == 0 && info.st_size > 0)
    {
      /* It was damaged when that was made of it, and is so still: it will be made again. */
      remove_database (ready);
      return TRUE;
    }
  if (g_file_test (ready, G_FILE_TEST_EXISTS))
    return xs_blob_publish (ready, path, error);
  if (!g_file_test (backup, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (&missing, XS_ERROR, XS_ERROR_CORRUPT, "%s is missing or empty", path);
  return xs_journal_restore (dir, missing, wall_us, &restored, &moved_to, error);
}

void
xs_recovery_clear (XsRecovery *recovery)
{
  g_clear_pointer (&recovery->moved_to, g_free);
  *recovery = (XsRecovery){ 0 };
}

gboolean
xs_journal_get_recovery (XsJournal *journal, XsRecovery *recovery, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT wall_us, source, moved_to, n_lost, photos_aside FROM recovery ORDER BY id DESC LIMIT 1",
                   error, "");

  *recovery = (XsRecovery){ 0 };
  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;
  recovery->wall_us = xs_stmt_int (stmt, 0);
  g_strlcpy (recovery->source, xs_stmt_string (stmt, 1), sizeof recovery->source);
  recovery->moved_to = xs_stmt_dup_string (stmt, 2);
  recovery->n_lost = (guint) xs_stmt_int (stmt, 3);
  recovery->n_photos_aside = (guint) xs_stmt_int (stmt, 4);
  return TRUE;
}
