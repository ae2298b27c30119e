/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-blob.h"
#include "xs-error.h"

#include <string.h>

/* There while the next start must read the whole journal before it uses it; holds why. */
#define MARK XS_JOURNAL_DATABASE ".damaged"

typedef struct {
  const char *broken; /* finds a row when it is */
  const char *what;
} Rule;

/* Cheap however long the history: asked at every start. */
static const Rule rules[] = {
  { "SELECT 1 WHERE (SELECT max (number) FROM photo) > (SELECT value FROM counter WHERE name = 'photo')",
    "a photo has a number that was not allotted" },
  { "SELECT 1 WHERE (SELECT max (classid) FROM session) > (SELECT value FROM counter WHERE name = 'classid')",
    "a session has a number that was not allotted" },
  { "SELECT 1 WHERE (SELECT max (seq) FROM log) > (SELECT value FROM counter WHERE name = 'log')",
    "a log has a number that was not allotted" },
  { "SELECT 1 FROM device WHERE last_log_sha256 <> coalesce ((SELECT sha256 FROM log ORDER BY seq DESC LIMIT 1),"
    " last_log_sha256)",
    "the chain of logs ends elsewhere" },
  { "SELECT 1 WHERE (SELECT count (*) FROM counter) <> 4 OR (SELECT count (*) FROM outbox_count) <> 12",
    "a counter is missing" },
  { "SELECT 1 FROM segment g JOIN session s ON s.id = g.session_id WHERE g.end_reason IS NULL AND s.state <> 'open'",
    "a closed session goes on" },
};

/* Walk the whole history: asked of what was read from a damaged file, where rows may be missing without a trace. */
static const Rule thorough_rules[] = {
  { "SELECT 1 FROM pragma_foreign_key_check LIMIT 1", "a row belongs to nothing" },
  { "SELECT 1 FROM outbox_count c WHERE n <> (SELECT count (*) FROM outbox o WHERE o.kind = c.kind AND"
    " o.state = c.state)",
    "the outbox is not complete" },
  { "SELECT 1 FROM photo p LEFT JOIN outbox o ON o.photo_number = p.number WHERE o.id IS NULL LIMIT 1",
    "a photo is not in the outbox" },
  { "SELECT 1 FROM log l LEFT JOIN outbox o ON o.log_seq = l.seq WHERE o.id IS NULL LIMIT 1",
    "a log is not in the outbox" },
  { "SELECT 1 FROM appeal a LEFT JOIN outbox o ON o.appeal_seq = a.log_seq WHERE o.id IS NULL LIMIT 1",
    "an appeal is not in the outbox" },
  { "SELECT 1 FROM consent_document d LEFT JOIN outbox o ON o.consent_id = d.consent_id WHERE o.id IS NULL LIMIT 1",
    "a decision about consent is not in the outbox" },
  { "SELECT 1 FROM log l JOIN outbox o ON o.log_seq = l.seq WHERE o.stunum IS NOT l.stunum LIMIT 1",
    "a log in the outbox is of another learner" },
  { "SELECT 1 FROM log l JOIN log b ON b.seq = l.seq - 1 WHERE l.previous <> b.sha256 LIMIT 1",
    "the chain of logs is broken" },
  { "SELECT 1 FROM segment g WHERE end_reason IS NOT NULL AND end_reason <> '" XS_SEGMENT_LOST "'"
    " AND NOT EXISTS (SELECT 1 FROM log l WHERE l.segment_id = g.id) LIMIT 1",
    "a closed segment has no log" },
  { "SELECT 1 FROM minute GROUP BY segment_id HAVING count (*) <> max (ordinal) + 1 LIMIT 1", "a minute is missing" },
  { "SELECT 1 FROM segment g WHERE credited_us <> coalesce ((SELECT sum (m.credited_us) FROM minute m"
    " WHERE m.segment_id = g.id), 0) LIMIT 1",
    "the minutes of a segment do not come to its credit" },
  { "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM device)", "it does not say whose it is" },
};

static gboolean
check_rules (XsDb *db, const Rule *list, guint n, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      gint64 broken;
      if (!xs_db_query_int (db, &broken, 0, list[i].broken, error, ""))
        return FALSE;
      if (broken != 0)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "The journal is damaged: %s", list[i].what);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
xs_journal_check (XsDb *db, GError **error)
{
  return check_rules (db, rules, G_N_ELEMENTS (rules), error);
}

gboolean
xs_journal_check_rows (XsDb *db, GError **error)
{
  return xs_journal_check (db, error) && check_rules (db, thorough_rules, G_N_ELEMENTS (thorough_rules), error);
}

gboolean
xs_journal_check_at_once (XsDb *db, GError **error)
{
  /* Whose it is and which number comes next; none of them grows with what was studied. */
  static const char *const tables[] = { "device",       "identity", "policy",  "roster_state",  "counter",
                                        "outbox_count", "recovery", "setting", "staff_password" };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      if (!xs_db_check_table (db, tables[i], error))
        return FALSE;
    }
  return xs_journal_check (db, error);
}

gboolean
xs_journal_is_marked (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, MARK, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
xs_journal_unmark (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, MARK, NULL);
  g_autoptr (GError) error = NULL;

  /* Left behind, it costs the next start a second. */
  if (!xs_blob_remove (path, &error))
    g_message ("%s", error->message);
}

void
xs_journal_mark (const char *what, gpointer data)
{
  XsJournal *journal = data;
  g_autofree char *path = g_build_filename (journal->dir, MARK, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (what, strlen (what));
  g_autoptr (GError) error = NULL;

  if (!g_atomic_int_compare_and_exchange (&journal->is_damaged, FALSE, TRUE))
    return;
  g_message ("The journal in %s is damaged: %s; restart the kiosk: what is whole of it, or the newest good copy, takes "
             "its place",
             journal->dir, what);
  if (!xs_blob_write (path, bytes, &error))
    g_message ("The next start will have to find the damage by itself: %s", error->message);
}

gboolean
xs_journal_is_damaged (XsJournal *journal)
{
  return g_atomic_int_get (&journal->is_damaged);
}
