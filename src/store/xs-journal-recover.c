/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-crash-point.h"
#include "xs-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define SHA256_DIGITS 64

static void
remove_temporaries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr (GError) error = NULL;
      if (g_str_has_suffix (name, ".tmp") && !xs_blob_remove (file, &error))
        g_message ("%s", error->message);
    }
}

/* What lies in the folder of photos. */
typedef struct {
  GHashTable *photos;     /* set of names */
  GPtrArray *temporaries; /* names */
} Found;

static void
found_clear (Found *found)
{
  g_clear_pointer (&found->photos, g_hash_table_unref);
  g_clear_pointer (&found->temporaries, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static gboolean
find_files (XsJournal *journal, Found *found, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (journal->photos_dir, 0, error);
  const char *name;

  found->photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  found->temporaries = g_ptr_array_new_with_free_func (g_free);
  if (dir == NULL)
    {
      xs_error_convert (error);
      return FALSE;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".tmp"))
        g_ptr_array_add (found->temporaries, g_strdup (name));
      else if (strlen (name) == SHA256_DIGITS && strspn (name, "0123456789abcdef") == SHA256_DIGITS)
        g_hash_table_add (found->photos, g_strdup (name));
    }
  return TRUE;
}

static void
tell_when_missing (XsJournal *journal, const char *sha256, gint64 number)
{
  g_autofree char *path = xs_journal_dup_photo_path (journal, sha256);

  /* One that was stored since the folder was read was not found there. */
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_message ("Photo %" G_GINT64_FORMAT " has no file any more: %s is missing in %s", number, sha256,
               journal->photos_dir);
}

/* Takes away from @photos every one that has a row; says so of rows whose file is gone. */
static gboolean
match_rows (XsJournal *journal, XsDb *db, GHashTable *photos, GError **error)
{
  g_autoptr (XsStmt) stmt = xs_db_prepare (db, "SELECT sha256, number FROM photo", error, "");
  gboolean ok;

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      if (!g_hash_table_remove (photos, xs_stmt_string (stmt, 0)))
        tell_when_missing (journal, xs_stmt_string (stmt, 0), xs_stmt_int (stmt, 1));
    }
  return ok;
}

static gboolean
is_unsettled (XsJournal *journal, const char *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&journal->lock);
  g_autofree char *sha256 = g_strndup (name, SHA256_DIGITS);

  return g_hash_table_contains (journal->unsettled, sha256);
}

static gboolean
remove_temporary_photos (XsJournal *journal, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = xs_journal_dup_photo_path (journal, name);
      if (!is_unsettled (journal, name) && !xs_blob_remove (path, error))
        return FALSE;
    }
  return TRUE;
}

/*
 * A photo may be stored at this very moment: its file was there when the folder was read, and its row was not when the
 * rows were. It is either unsettled still, or settled before it is asked for its row once more. No clock is needed for
 * that, and those of kiosks are set. A name never comes twice, for each photo is sealed with a key of its own.
 */
static gboolean
remove_orphans (XsJournal *journal, XsDb *db, GHashTable *photos, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, photos);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *path = xs_journal_dup_photo_path (journal, name);
      gint64 n_rows;
      if (is_unsettled (journal, name))
        continue;
      if (!xs_db_query_int (db, &n_rows, 0, "SELECT count (*) FROM photo WHERE sha256 = ?", error, "s", name))
        return FALSE;
      if (n_rows > 0)
        continue;
      if (!xs_blob_remove (path, error))
        return FALSE;
      g_message ("Removed %s: it was cut off before it was recorded", path);
    }
  return TRUE;
}

gboolean
xs_journal_clean_up (XsJournal *journal, XsDb *db, GError **error)
{
  g_auto (Found) found = { NULL };

  if (!find_files (journal, &found, error) || !match_rows (journal, db, found.photos, error)
      || !remove_temporary_photos (journal, found.temporaries, error)
      || !remove_orphans (journal, db, found.photos, error))
    return FALSE;
  xs_crash_point ("recover-cleaned");
  return TRUE;
}

static gboolean
move_aside (XsJournal *journal, GHashTable *photos, GError **error)
{
  g_autofree char *stamp = xs_wall_format (xs_clock_wall_us (journal->clock), "%Y%m%dT%H%M%S");
  g_autofree char *folder = g_strdup_printf ("%s.lost-%s", journal->photos_dir, stamp);
  GHashTableIter iter;
  gpointer name;

  if (g_hash_table_size (photos) > 0 && !xs_dir_ensure (folder, error))
    return FALSE;
  g_hash_table_iter_init (&iter, photos);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *from = xs_journal_dup_photo_path (journal, name);
      g_autofree char *to = g_build_filename (folder, name, NULL);
      if (g_rename (from, to) != 0)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_IO, "Cannot move %s to %s: %s", from, to, g_strerror (errno));
          return FALSE;
        }
    }
  return xs_db_run (journal->db, "UPDATE recovery SET photos_aside = ? WHERE photos_aside IS NULL", error, "i",
                    (gint64) g_hash_table_size (photos));
}

/* After a damaged journal was replaced, a photo without a row is not one that was cut off: its row is lost. */
static gboolean
keep_lost_photos (XsJournal *journal, GError **error)
{
  g_auto (Found) found = { NULL };
  gint64 n_recoveries;

  if (!xs_db_query_int (journal->db, &n_recoveries, 0, "SELECT count (*) FROM recovery WHERE photos_aside IS NULL",
                        error, ""))
    return FALSE;
  return n_recoveries == 0
         || (find_files (journal, &found, error) && match_rows (journal, journal->db, found.photos, error)
             && move_aside (journal, found.photos, error));
}

gboolean
xs_journal_recover (XsJournal *journal, guint *n_closed, GError **error)
{
  g_autofree char *keys_dir = g_build_filename (journal->dir, "keys", NULL);
  guint n = 0;

  if (!xs_journal_close_cut_off (journal, TRUE, &n, error) || !xs_journal_drop_own_photos (journal, NULL, error))
    return FALSE;
  if (n_closed != NULL)
    *n_closed = n;

  xs_crash_point ("recover-closed");
  remove_temporaries (journal->dir);
  remove_temporaries (keys_dir);
  if (!keep_lost_photos (journal, error))
    return FALSE;
  xs_journal_back_up_and_clean_up (journal);
  return TRUE;
}

typedef struct {
  const char *stunum;
  GArray *interrupted;
} Take;

static gboolean
take_interrupted_in (XsDb *db, gpointer data, GError **error)
{
  Take *take = data;
  gboolean ok;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (db,
                   "SELECT s.start_wall_us, max (g.last_wall_us), sum (g.credited_us), max (g.end_reason = 'made_up')"
                   " FROM session s JOIN segment g ON g.session_id = s.id"
                   " WHERE s.stunum = ? AND s.interrupted = 1 AND s.told = 0 AND s.state = 'closed'"
                   " GROUP BY s.id ORDER BY s.id",
                   error, "s", take->stunum);

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsInterrupted interrupted = { xs_stmt_int (stmt, 0), xs_stmt_int (stmt, 1), xs_stmt_int (stmt, 2),
                                    xs_stmt_int (stmt, 3) != 0 };
      g_array_append_val (take->interrupted, interrupted);
    }
  if (!ok || take->interrupted->len == 0)
    return ok;
  return xs_db_run (db, "UPDATE session SET told = 1 WHERE stunum = ? AND interrupted = 1 AND told = 0", error, "s",
                    take->stunum);
}

GArray *
xs_journal_take_interrupted (XsJournal *journal, const char *stunum, GError **error)
{
  g_autoptr (GArray) interrupted = g_array_new (FALSE, TRUE, sizeof (XsInterrupted));
  Take take = { stunum, interrupted };

  if (!xs_db_transaction (journal->db, take_interrupted_in, &take, error))
    return NULL;
  return g_steal_pointer (&interrupted);
}
