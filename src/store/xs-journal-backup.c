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

static gpointer
back_up (gpointer data)
{
  XsJournal *journal = data;
  g_autofree char *from = g_build_filename (journal->dir, XS_JOURNAL_DATABASE, NULL);
  g_autofree char *to = g_build_filename (journal->dir, XS_JOURNAL_BACKUP, NULL);
  g_autoptr (GError) error = NULL;

  /* On Linux this is about the thread. */
  setpriority (PRIO_PROCESS, 0, LOWEST_PRIORITY);
  if (!has_room (journal->dir, from))
    g_message ("No copy of %s is made: there is too little space on the disk", from);
  else if (!xs_db_copy (from, to, journal->backup_cancellable, &error)
           && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    g_message ("No copy of %s could be made: %s", from, error->message);
  g_atomic_int_set (&journal->backup_running, FALSE);
  return NULL;
}

void
xs_journal_back_up (XsJournal *journal, gboolean now)
{
  gint64 now_us = xs_clock_monotonic_us (journal->clock);

  if (g_atomic_int_get (&journal->backup_running)
      || (!now && now_us - journal->backup_us < XS_JOURNAL_BACKUP_INTERVAL_US))
    return;
  xs_journal_wait_for_backup (journal);
  journal->backup_us = now_us;
  g_atomic_int_set (&journal->backup_running, TRUE);
  journal->backup = g_thread_new ("xs-backup", back_up, journal);
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
