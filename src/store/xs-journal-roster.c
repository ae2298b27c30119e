/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-journal-private.h"

#include "xs-crash-point.h"
#include "xs-error.h"

#include <string.h>

#define SHA256_DIGITS 64

typedef struct {
  const GArray *learners;
  const char *etag;
  gint64 wall_us;
  gboolean dropped; /* (out): faces of who withdrew went */
} Roster;

/* Registration photos are kept only as long as a learner still needs a template made from them. */
static gboolean
drop_needless_photos (XsDb *db, GError **error)
{
  return xs_db_exec (db,
                     "DELETE FROM registration_photo WHERE sha256 NOT IN"
                     " (SELECT photo_sha256 FROM roster WHERE photo_sha256 IS NOT NULL AND template IS NULL)",
                     error);
}

static gboolean
set_roster_in (XsDb *db, gpointer data, GError **error)
{
  Roster *roster = data;

  if (!xs_db_exec (db,
                   "CREATE TEMP TABLE IF NOT EXISTS listed (stunum TEXT PRIMARY KEY) WITHOUT ROWID;"
                   "DELETE FROM listed",
                   error))
    return FALSE;
  for (guint i = 0; i < roster->learners->len; i++)
    {
      const XsLearner *learner = &g_array_index (roster->learners, XsLearner, i);
      const char *photo = learner->photo_sha256[0] != '\0' ? learner->photo_sha256 : NULL;
      if (!xs_db_run (db,
                      "INSERT INTO roster (stunum, name, photo_sha256, last_recnum, total_s, active_check,"
                      " consent_version, consent_us, photo_state, photo_comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (stunum) DO UPDATE SET name = excluded.name, photo_sha256 = excluded.photo_sha256,"
                      " last_recnum = excluded.last_recnum, total_s = excluded.total_s,"
                      " active_check = excluded.active_check, consent_version = excluded.consent_version,"
                      " consent_us = excluded.consent_us, photo_state = excluded.photo_state,"
                      " photo_comment = excluded.photo_comment",
                      error, "sssiiiiiss", learner->stunum, learner->name, photo, learner->last_recnum,
                      learner->total_s, (gint64) !learner->no_turning, learner->consent.text_version,
                      learner->consent.wall_us, learner->photo_state, learner->photo_comment)
          || !xs_db_run (db, "INSERT INTO listed VALUES (?)", error, "s", learner->stunum))
        return FALSE;
    }
  xs_crash_point ("roster-inserted");
  if (!xs_db_exec (db,
                   "DELETE FROM roster WHERE stunum NOT IN (SELECT stunum FROM listed);"
                   "DELETE FROM listed;"
                   "UPDATE roster SET template = NULL, template_sha256 = NULL"
                   " WHERE template IS NOT NULL AND template_sha256 IS NOT photo_sha256",
                   error))
    return FALSE;
  gint64 n_before = xs_db_total_changes (db);
  if (!xs_journal_drop_withdrawn_in (db, error))
    return FALSE;
  roster->dropped = xs_db_total_changes (db) > n_before;
  return drop_needless_photos (db, error)
         && xs_db_run (db, "INSERT OR REPLACE INTO roster_state (id, etag, stored_wall_us) VALUES (1, ?, ?)", error,
                       "si", roster->etag, roster->wall_us);
}

static gboolean
check_sha256 (const char *sha256, GError **error)
{
  if (strlen (sha256) == SHA256_DIGITS && strspn (sha256, "0123456789abcdef") == SHA256_DIGITS)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%.70s” is not a SHA-256 in lower-case hexadecimal digits", sha256);
  return FALSE;
}

static gboolean
check_learner (const XsLearner *learner, GError **error)
{
  if (!xs_number_check (learner->stunum, XS_UNIFIED_DIGITS, "stunum", error))
    return FALSE;
  if (learner->photo_sha256[0] != '\0' && !check_sha256 (learner->photo_sha256, error))
    return FALSE;
  if (!g_utf8_validate (learner->name, -1, NULL) || learner->last_recnum < 0 || learner->last_recnum > XS_RECNUM_MAX
      || learner->total_s < 0 || learner->consent.text_version < 0 || learner->consent.wall_us < 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "Learner %s: the name must be UTF-8, last_recnum 0 to %d, total_s and consent not negative",
                   learner->stunum, XS_RECNUM_MAX);
      return FALSE;
    }
  return TRUE;
}

gboolean
xs_journal_set_roster (XsJournal *journal, const GArray *learners, const char *etag, GError **error)
{
  Roster roster = { learners, etag, xs_clock_wall_us (journal->clock) };

  for (guint i = 0; i < learners->len; i++)
    {
      if (!check_learner (&g_array_index (learners, XsLearner, i), error))
        return FALSE;
    }
  if (!xs_db_transaction (journal->db, set_roster_in, &roster, error))
    return FALSE;
  /* What went must be gone from the copy of the journal, too. */
  if (roster.dropped)
    xs_journal_back_up (journal, TRUE);
  return TRUE;
}

gboolean
xs_journal_get_roster_etag (XsJournal *journal, char **etag, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, "SELECT etag FROM roster_state", error, "");

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  *etag = has_row ? xs_stmt_dup_string (stmt, 0) : NULL;
  return TRUE;
}

static gboolean
not_on_roster (const char *stunum, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "Learner %.16s is not on the roster of this kiosk",
               stunum != NULL ? stunum : "");
  return FALSE;
}

gboolean
xs_journal_find_learner (XsJournal *journal, const char *stunum, XsLearner *learner, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT stunum, name, photo_sha256, last_recnum, total_s, active_check, consent_version, consent_us,"
                   " photo_state, photo_comment FROM roster WHERE stunum = ?",
                   error, "s", stunum);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return not_on_roster (stunum, error);
  const char *photo = xs_stmt_string (stmt, 2);
  *learner = (XsLearner){ 0 };
  g_strlcpy (learner->stunum, xs_stmt_string (stmt, 0), sizeof learner->stunum);
  g_strlcpy (learner->name, xs_stmt_string (stmt, 1), sizeof learner->name);
  g_strlcpy (learner->photo_sha256, photo != NULL ? photo : "", sizeof learner->photo_sha256);
  learner->last_recnum = xs_stmt_int (stmt, 3);
  learner->total_s = xs_stmt_int (stmt, 4);
  learner->no_turning = xs_stmt_int (stmt, 5) == 0;
  learner->consent = (XsConsent){ xs_stmt_int (stmt, 6), xs_stmt_int (stmt, 7) };
  g_strlcpy (learner->photo_state, xs_stmt_string (stmt, 8), sizeof learner->photo_state);
  g_strlcpy (learner->photo_comment, xs_stmt_string (stmt, 9), sizeof learner->photo_comment);
  return TRUE;
}

GPtrArray *
xs_journal_list_missing_photos (XsJournal *journal, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT DISTINCT photo_sha256 FROM roster WHERE photo_sha256 IS NOT NULL AND template IS NULL"
                   " AND photo_sha256 NOT IN (SELECT sha256 FROM registration_photo) ORDER BY photo_sha256",
                   error, "");
  gboolean ok;

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    g_ptr_array_add (missing, xs_stmt_dup_string (stmt, 0));
  return ok ? g_steal_pointer (&missing) : NULL;
}

gboolean
xs_journal_set_registration_photo (XsJournal *journal, const char *sha256, GBytes *jpeg, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (jpeg, &size);
  g_autofree char *actual = xs_sha256_hex (data, size);

  if (!check_sha256 (sha256, error))
    return FALSE;
  if (strcmp (actual, sha256) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT,
                   "The registration photo %.8s… was altered on its way: fetch it again", sha256);
      return FALSE;
    }
  g_autoptr (GBytes) sealed = xs_seal (journal->seal_key.public_key, jpeg);
  return xs_db_run (journal->db, "INSERT OR REPLACE INTO registration_photo (sha256, sealed) VALUES (?, ?)", error,
                    "sb", sha256, sealed);
}

/* @sql: one sealed column, then, where @sha256 asks for it, the photo's name. */
static GBytes *
read_sealed (XsJournal *journal, const char *sql, const char *stunum, const char *what, char **sha256, GError **error)
{
  gboolean has_row;
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, sql, error, "s", stunum);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return NULL;
  if (!has_row || xs_stmt_is_null (stmt, 0))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no %s of learner %.16s on this kiosk", what,
                   stunum != NULL ? stunum : "");
      return NULL;
    }
  g_autoptr (GBytes) sealed = xs_stmt_bytes (stmt, 0);
  GBytes *opened = xs_unseal (&journal->seal_key, sealed, error);
  if (opened == NULL)
    g_prefix_error (error, "The %s of learner %s: ", what, stunum);
  else if (sha256 != NULL)
    *sha256 = xs_stmt_dup_string (stmt, 1);
  return opened;
}

GBytes *
xs_journal_get_registration_photo (XsJournal *journal, const char *stunum, GError **error)
{
  char *sha256 = NULL;
  GBytes *jpeg =
    read_sealed (journal,
                 "SELECT p.sealed, p.sha256 FROM roster r JOIN registration_photo p ON p.sha256 = r.photo_sha256"
                 " WHERE r.stunum = ?",
                 stunum, "registration photo", &sha256, error);

  if (jpeg != NULL)
    g_hash_table_replace (journal->given_photos, g_strdup (stunum), sha256);
  return jpeg;
}

typedef struct {
  const char *stunum;
  const char *given_sha256; /* (nullable): of the photo it was made from */
  GBytes *sealed;
} Template;

static gboolean
set_template_in (XsDb *db, gpointer data, GError **error)
{
  const Template *template = data;
  gint64 replaced = 0;

  if (!xs_db_query_int (db, &replaced, 0,
                        "SELECT photo_sha256 IS NOT ?2 FROM roster WHERE stunum = ?1 AND ?2 IS NOT NULL", error, "ss",
                        template->stunum, template->given_sha256))
    return FALSE;
  if (replaced != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "The registration photo of learner %s was replaced meanwhile: make the template from the new one",
                   template->stunum);
      return FALSE;
    }
  if (!xs_db_run (db,
                  "UPDATE roster SET template = ?, template_sha256 = photo_sha256"
                  " WHERE stunum = ? AND photo_sha256 IS NOT NULL",
                  error, "bs", template->sealed, template->stunum))
    return FALSE;
  if (xs_db_changes (db) == 0)
    return not_on_roster (template->stunum, error);
  return drop_needless_photos (db, error);
}

gboolean
xs_journal_set_template (XsJournal *journal, const char *stunum, GBytes *values, GError **error)
{
  g_autoptr (GBytes) sealed = xs_seal (journal->seal_key.public_key, values);
  Template template = { stunum, g_hash_table_lookup (journal->given_photos, stunum), sealed };

  if (!xs_db_transaction (journal->db, set_template_in, &template, error))
    return FALSE;
  g_hash_table_remove (journal->given_photos, stunum);
  return TRUE;
}

GBytes *
xs_journal_get_template (XsJournal *journal, const char *stunum, GError **error)
{
  return read_sealed (journal, "SELECT template FROM roster WHERE stunum = ?", stunum, "template", NULL, error);
}

/* The learners whose template cannot be opened, or is not one to keep. */
static GPtrArray *
list_outdated (XsJournal *journal, XsTemplateFunc keep, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) outdated = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db, "SELECT stunum, template FROM roster WHERE template IS NOT NULL", error, "");
  gboolean ok;

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      g_autoptr (GBytes) sealed = xs_stmt_bytes (stmt, 1);
      g_autoptr (GBytes) values = xs_unseal (&journal->seal_key, sealed, NULL);
      if (values == NULL || !keep (values, data))
        g_ptr_array_add (outdated, xs_stmt_dup_string (stmt, 0));
    }
  return ok ? g_steal_pointer (&outdated) : NULL;
}

static gboolean
drop_templates_in (XsDb *db, gpointer data, GError **error)
{
  const GPtrArray *outdated = data;

  for (guint i = 0; i < outdated->len; i++)
    {
      if (!xs_db_run (db, "UPDATE roster SET template = NULL, template_sha256 = NULL WHERE stunum = ?", error, "s",
                      outdated->pdata[i]))
        return FALSE;
    }
  return TRUE;
}

gboolean
xs_journal_drop_templates (XsJournal *journal, XsTemplateFunc keep, gpointer data, guint *n_dropped, GError **error)
{
  g_autoptr (GPtrArray) outdated = list_outdated (journal, keep, data, error);

  if (outdated == NULL)
    return FALSE;
  if (outdated->len > 0 && !xs_db_transaction (journal->db, drop_templates_in, outdated, error))
    return FALSE;
  *n_dropped = outdated->len;
  return TRUE;
}
