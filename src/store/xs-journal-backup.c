/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-db-copy.h"
#include "xs-error.h"

#include <glib/gstdio.h>
#include <sys/resource.h>

/* Studying needs the disk more than a copy does. */
#define RESERVE_BYTES ((guint64) 64 * 1024 * 1024)
#define LOWEST_PRIORITY 19

static gboolean
has_room (const char *dir, const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && xs_dir_free_bytes (dir) >= RESERVE_BYTES + 2 * (guint64) info.st_size;
}

static gboolean
take_clean_up (XsJournal *journal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&journal->lock);
  gboolean wanted = journal->clean_up_wanted;

  journal->clean_up_wanted = FALSE;
  return wanted;
}

/* What can be helped by nothing but the next start. */
static gboolean
ends_work (const GError *error)
{
  return g_error_matches (error, XS_ERROR, XS_ERROR_CORRUPT) || g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED);
}

/* A file that cannot be removed is no reason to go without a copy. */
static gboolean
clean_up (XsJournal *journal, XsDb *db, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (xs_journal_clean_up (journal, db, &local_error))
    return TRUE;
  if (!ends_work (local_error))
    {
      g_message ("What was cut off could not be removed: %s", local_error->message);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Whether @path was found whole; then it has been cleaned up after as well, where that is wanted. */
static gboolean
check_and_clean_up (XsJournal *journal, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsDb) db = xs_db_open_reader (path, journal->backup_cancellable, &error);

  if (db != NULL && xs_db_check (db, &error) && xs_journal_check (db, &error)
      && (!take_clean_up (journal) || clean_up (journal, db, &error)))
    return TRUE;
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CORRUPT))
    xs_journal_mark (error->message, journal);
  else if (!ends_work (error))
    g_message ("%s could not be looked through: %s", path, error->message);
  return FALSE;
}

static void
copy (XsJournal *journal, const char *from)
{
  g_autofree char *to = g_build_filename (journal->dir, XS_JOURNAL_BACKUP, NULL);
  g_autoptr (GError) error = NULL;

  if (!has_room (journal->dir, from))
    g_message ("No copy of %s is made: there is too little space on the disk", from);
  else if (!xs_db_copy (from, to, journal->backup_cancellable, &error)
           && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    g_message ("No copy of %s could be made: %s", from, error->message);
}

/* Whether there is no more to do; the next call of xs_journal_back_up() then starts anew. */
static gboolean
end_of_work (XsJournal *journal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&journal->lock);

  journal->backup_running = journal->clean_up_wanted && !xs_journal_is_damaged (journal)
                            && !g_cancellable_is_cancelled (journal->backup_cancellable);
  return !journal->backup_running;
}

static gpointer
back_up (gpointer data)
{
  XsJournal *journal = data;
  g_autofree char *path = g_build_filename (journal->dir, XS_JOURNAL_DATABASE, NULL);

  /* On Linux this is about the thread. */
  setpriority (PRIO_PROCESS, 0, LOWEST_PRIORITY);
  do
    {
      /* The copy from before the damage is kept for the next start. */
      if (!xs_journal_is_damaged (journal) && check_and_clean_up (journal, path))
        copy (journal, path);
    }
  while (!end_of_work (journal));
  return NULL;
}

/* FALSE when a thread is there, which will see what else is wanted. */
static gboolean
begin_work (XsJournal *journal, gboolean clean_up)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&journal->lock);
  gboolean was_running = journal->backup_running;

  journal->backup_running = TRUE;
  journal->clean_up_wanted |= clean_up;
  return !was_running;
}

static void
start (XsJournal *journal, gboolean clean_up)
{
  if (!begin_work (journal, clean_up))
    return;
  xs_journal_wait_for_backup (journal);
  journal->backup_us = xs_clock_monotonic_us (journal->clock);
  journal->backup = g_thread_new ("xs-backup", back_up, journal);
}

void
xs_journal_back_up (XsJournal *journal, gboolean now)
{
  if (now || xs_clock_monotonic_us (journal->clock) - journal->backup_us >= XS_JOURNAL_BACKUP_INTERVAL_US)
    start (journal, FALSE);
}

void
xs_journal_back_up_and_clean_up (XsJournal *journal)
{
  start (journal, TRUE);
}

void
xs_journal_wait_for_backup (XsJournal *journal)
{
  if (journal->backup != NULL)
    g_thread_join (g_steal_pointer (&journal->backup));
}

void
xs_journal_cancel_backup (XsJournal *journal)
{
  g_cancellable_cancel (journal->backup_cancellable);
  xs_journal_wait_for_backup (journal);
}
