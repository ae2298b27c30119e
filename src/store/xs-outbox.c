/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-outbox.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-journal-private.h"

#include <string.h>

void
xs_outbox_item_free (XsOutboxItem *item)
{
  if (item == NULL)
    return;
  g_clear_pointer (&item->signature, g_bytes_unref);
  g_free (item);
}

const char *
xs_outbox_kind_title (XsOutboxKind kind)
{
  static const char *const titles[] = {
    [XS_OUTBOX_PHOTO] = "Photo",
    [XS_OUTBOX_LOG] = "Log",
    [XS_OUTBOX_APPEAL] = "Appeal",
    [XS_OUTBOX_CONSENT] = "Consent",
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (titles), NULL);
  return titles[kind];
}

static const struct {
  XsOutboxKind kind;
  const char *oldest_sql, *newest_sql;
} due_kinds[] = {
  { XS_OUTBOX_CONSENT, XS_OUTBOX_DUE_CONSENTS_SQL ("ASC"), XS_OUTBOX_DUE_CONSENTS_SQL ("DESC") },
  { XS_OUTBOX_PHOTO, XS_OUTBOX_DUE_PHOTOS_SQL ("ASC"), XS_OUTBOX_DUE_PHOTOS_SQL ("DESC") },
  { XS_OUTBOX_LOG, XS_OUTBOX_DUE_LOGS_SQL ("ASC"), XS_OUTBOX_DUE_LOGS_SQL ("DESC") },
  { XS_OUTBOX_APPEAL, XS_OUTBOX_DUE_APPEALS_SQL ("ASC"), XS_OUTBOX_DUE_APPEALS_SQL ("DESC") },
};

/* (transfer full) (nullable) */
static GPtrArray *
list_kind (XsJournal *journal, const char *sql, XsOutboxKind kind, gint64 wall_us, guint max, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_outbox_item_free);
  gboolean ok;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db, sql, error, "iii", wall_us, wall_us + XS_OUTBOX_POSTPONE_MAX_US, (gint64) max);

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsOutboxItem *item = g_new0 (XsOutboxItem, 1);
      item->id = xs_stmt_int (stmt, 0);
      item->kind = kind;
      item->attempts = (guint) xs_stmt_int (stmt, 1);
      g_strlcpy (item->sha256, xs_stmt_string (stmt, 2), sizeof item->sha256);
      item->seq = xs_stmt_int (stmt, 3);
      item->signature = xs_stmt_bytes (stmt, 4);
      g_ptr_array_add (items, item);
    }
  return ok ? g_steal_pointer (&items) : NULL;
}

GPtrArray *
xs_outbox_list_due (XsJournal *journal, gint64 wall_us, guint max, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_outbox_item_free);

  for (guint i = 0; i < G_N_ELEMENTS (due_kinds); i++)
    {
      XsOutboxKind kind = due_kinds[i].kind;
      g_autoptr (GPtrArray) oldest = list_kind (journal, due_kinds[i].oldest_sql, kind, wall_us, max, error);
      if (oldest == NULL)
        return NULL;
      if (oldest->len == max && max > 1)
        {
          /* More than goes at once: what was done today does not wait until days of backlog are through. */
          g_autoptr (GPtrArray) newest = list_kind (journal, due_kinds[i].newest_sql, kind, wall_us, max / 2, error);
          if (newest == NULL)
            return NULL;
          g_ptr_array_set_size (oldest, (int) (max - newest->len));
          g_ptr_array_extend_and_steal (items, g_steal_pointer (&newest));
        }
      g_ptr_array_extend_and_steal (items, g_steal_pointer (&oldest));
    }
  return g_steal_pointer (&items);
}

static GBytes *
read_signed (XsJournal *journal, const XsOutboxItem *item, GError **error)
{
  gboolean has_row;
  static const char *const queries[] = {
    [XS_OUTBOX_LOG] = "SELECT bytes FROM log WHERE seq = ?",
    [XS_OUTBOX_APPEAL] = "SELECT bytes FROM appeal WHERE log_seq = ?",
    [XS_OUTBOX_CONSENT] = "SELECT bytes FROM consent_document WHERE consent_id = ?",
  };
  g_autoptr (XsStmt) stmt = xs_db_prepare (journal->db, queries[item->kind], error, "i", item->seq);

  if (stmt == NULL || !xs_stmt_step (stmt, &has_row, error))
    return NULL;
  if (!has_row)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s %" G_GINT64_FORMAT " is not there any more",
                   xs_outbox_kind_title (item->kind), item->seq);
      return NULL;
    }
  return xs_stmt_bytes (stmt, 0);
}

GBytes *
xs_outbox_read (XsJournal *journal, const XsOutboxItem *item, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (item->kind != XS_OUTBOX_PHOTO)
    {
      bytes = read_signed (journal, item, error);
    }
  else
    {
      g_autofree char *path = xs_journal_dup_photo_path (journal, item->sha256);
      bytes = xs_blob_read (path, XS_SEALED_PHOTO_MAX_BYTES, error);
    }
  if (bytes == NULL)
    return NULL;

  g_autofree char *actual = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (strcmp (actual, item->sha256) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s %.8s… was altered since it was recorded",
                   xs_outbox_kind_title (item->kind), item->sha256);
      return NULL;
    }
  return g_steal_pointer (&bytes);
}

static gboolean
check_found (XsJournal *journal, gint64 id, GError **error)
{
  gint64 found;

  if (!xs_db_query_int (journal->db, &found, 0, "SELECT 1 FROM outbox WHERE id = ?", error, "i", id))
    return FALSE;
  if (found == 0)
    g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "The outbox has no item %" G_GINT64_FORMAT, id);
  return found != 0;
}

gboolean
xs_outbox_acknowledge (XsJournal *journal, gint64 id, GError **error)
{
  return check_found (journal, id, error)
         && xs_db_run (journal->db,
                       "UPDATE outbox SET state = 'acked', failure = NULL, reason = NULL, message = NULL"
                       " WHERE id = ? AND state <> 'acked'",
                       error, "i", id);
}

gboolean
xs_outbox_reject (XsJournal *journal, gint64 id, const char *reason, const char *message, GError **error)
{
  return check_found (journal, id, error)
         && xs_db_run (journal->db,
                       "UPDATE outbox SET state = 'rejected', failure = NULL, reason = ?, message = ?"
                       " WHERE id = ? AND state = 'waiting'",
                       error, "ssi", reason, message, id);
}

typedef struct {
  gint64 id;
  const char *message;
  gint64 next_wall_us;
} Postpone;

static gboolean
postpone_in (XsDb *db, gpointer data, GError **error)
{
  const Postpone *postpone = data;
  gint64 failure;

  return xs_journal_next_number (db, "failure", &failure, error)
         && xs_db_run (db,
                       "UPDATE outbox SET attempts = attempts + 1, next_wall_us = ?, failure = ?, message = ?"
                       " WHERE id = ? AND state = 'waiting'",
                       error, "iisi", postpone->next_wall_us, failure, postpone->message, postpone->id);
}

gboolean
xs_outbox_postpone (XsJournal *journal, gint64 id, const char *message, gint64 next_wall_us, GError **error)
{
  gint64 latest_us = xs_clock_wall_us (journal->clock) + XS_OUTBOX_POSTPONE_MAX_US;
  Postpone postpone = { id, message, CLAMP (next_wall_us, 0, latest_us) };

  return check_found (journal, id, error) && xs_db_transaction (journal->db, postpone_in, &postpone, error);
}

gboolean
xs_outbox_retry_now (XsJournal *journal, GError **error)
{
  return xs_db_run (journal->db, XS_OUTBOX_RETRY_NOW_SQL, error, "");
}

gboolean
xs_outbox_retry_rejected (XsJournal *journal, GError **error)
{
  return xs_db_run (journal->db,
                    "UPDATE outbox SET state = 'waiting', attempts = 0, next_wall_us = 0, reason = NULL, message = NULL"
                    " WHERE state = 'rejected'",
                    error, "");
}

gboolean
xs_outbox_requeue_photo (XsJournal *journal, const char *sha256, GError **error)
{
  gint64 number;

  if (!xs_db_query_int (journal->db, &number, 0, "SELECT number FROM photo WHERE sha256 = ?", error, "s", sha256))
    return FALSE;
  if (number == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "This kiosk never took a photo %.8s…", sha256);
      return FALSE;
    }
  return xs_db_run (journal->db,
                    "UPDATE outbox SET state = 'waiting', next_wall_us = 0 WHERE photo_number = ? AND state = 'acked'",
                    error, "i", number);
}

/* Cuts at a whole character: it is shown to people. */
static void
copy_message (char *to, gsize size, const char *message)
{
  const char *end;

  g_strlcpy (to, message, size);
  if (!g_utf8_validate (to, -1, &end))
    to[end - to] = '\0';
}

static gboolean
read_next (XsJournal *journal, gint64 *next_wall_us, GError **error)
{
  gint64 now_us = xs_clock_wall_us (journal->clock);
  gint64 earliest_us, latest_us;

  if (!xs_db_query_int (journal->db, &earliest_us, -1, XS_OUTBOX_EARLIEST_SQL, error, "")
      || !xs_db_query_int (journal->db, &latest_us, -1, XS_OUTBOX_LATEST_SQL, error, ""))
    return FALSE;
  if (earliest_us < 0)
    *next_wall_us = 0;
  else if (earliest_us == 0 || latest_us > now_us + XS_OUTBOX_POSTPONE_MAX_US)
    *next_wall_us = now_us;
  else
    *next_wall_us = earliest_us;
  return TRUE;
}

gboolean
xs_outbox_get_status (XsJournal *journal, XsOutboxStatus *status, GError **error)
{
  static const struct {
    const char *kind, *state;
    gsize offset;
  } counts[] = {
    { "photo", "waiting", G_STRUCT_OFFSET (XsOutboxStatus, photos_waiting) },
    { "photo", "rejected", G_STRUCT_OFFSET (XsOutboxStatus, photos_rejected) },
    { "photo", "acked", G_STRUCT_OFFSET (XsOutboxStatus, photos_sent) },
    { "log", "waiting", G_STRUCT_OFFSET (XsOutboxStatus, logs_waiting) },
    { "log", "rejected", G_STRUCT_OFFSET (XsOutboxStatus, logs_rejected) },
    { "log", "acked", G_STRUCT_OFFSET (XsOutboxStatus, logs_sent) },
    { "appeal", "waiting", G_STRUCT_OFFSET (XsOutboxStatus, appeals_waiting) },
    { "appeal", "rejected", G_STRUCT_OFFSET (XsOutboxStatus, appeals_rejected) },
    { "appeal", "acked", G_STRUCT_OFFSET (XsOutboxStatus, appeals_sent) },
    { "consent", "waiting", G_STRUCT_OFFSET (XsOutboxStatus, consents_waiting) },
    { "consent", "rejected", G_STRUCT_OFFSET (XsOutboxStatus, consents_rejected) },
    { "consent", "acked", G_STRUCT_OFFSET (XsOutboxStatus, consents_sent) },
  };
  gboolean has_row;

  *status = (XsOutboxStatus){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      gint64 n;
      if (!xs_db_query_int (journal->db, &n, 0, XS_OUTBOX_COUNT_SQL, error, "ss", counts[i].kind, counts[i].state))
        return FALSE;
      G_STRUCT_MEMBER (guint, status, counts[i].offset) = (guint) n;
    }

  if (!read_next (journal, &status->next_wall_us, error))
    return FALSE;
  g_autoptr (XsStmt) last = xs_db_prepare (journal->db, XS_OUTBOX_LAST_MESSAGE_SQL, error, "");
  if (last == NULL || !xs_stmt_step (last, &has_row, error))
    return FALSE;
  if (has_row && !xs_stmt_is_null (last, 0))
    copy_message (status->last_message, sizeof status->last_message, xs_stmt_string (last, 0));
  return TRUE;
}

GArray *
xs_outbox_list_rejected (XsJournal *journal, guint max, GError **error)
{
  static const char *const kinds[] = {
    [XS_OUTBOX_PHOTO] = "photo",
    [XS_OUTBOX_LOG] = "log",
    [XS_OUTBOX_APPEAL] = "appeal",
    [XS_OUTBOX_CONSENT] = "consent",
  };
  g_autoptr (GArray) refusals = g_array_new (FALSE, TRUE, sizeof (XsOutboxRefusal));
  gboolean ok;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (journal->db,
                   "SELECT kind, coalesce (photo_number, log_seq, appeal_seq, consent_id), coalesce (reason, ''),"
                   " coalesce (message, '') FROM outbox WHERE state = 'rejected' ORDER BY id DESC LIMIT ?",
                   error, "i", (gint64) max);

  if (stmt == NULL)
    return NULL;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsOutboxRefusal refusal = { .number = xs_stmt_int (stmt, 1) };
      for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        {
          if (g_str_equal (kinds[i], xs_stmt_string (stmt, 0)))
            refusal.kind = (XsOutboxKind) i;
        }
      copy_message (refusal.reason, sizeof refusal.reason, xs_stmt_string (stmt, 2));
      copy_message (refusal.message, sizeof refusal.message, xs_stmt_string (stmt, 3));
      g_array_append_val (refusals, refusal);
    }
  return ok ? g_steal_pointer (&refusals) : NULL;
}

gboolean
xs_outbox_get_oldest (XsJournal *journal, gint64 *wall_us, GError **error)
{
  gint64 photo_us, log_us;

  if (!xs_db_query_int (journal->db, &photo_us, 0, XS_OUTBOX_OLDEST_PHOTO_SQL, error, "")
      || !xs_db_query_int (journal->db, &log_us, 0, XS_OUTBOX_OLDEST_LOG_SQL, error, ""))
    return FALSE;
  *wall_us = photo_us == 0 || (log_us != 0 && log_us < photo_us) ? log_us : photo_us;
  return TRUE;
}
