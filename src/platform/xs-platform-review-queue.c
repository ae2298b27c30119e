/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"

#include <math.h>
#include <string.h>

/*
 * Lists of logs. Every query names its page by an index and a key, and reads the rest of the rows for that page alone.
 * Parameters that are not asked for are compared with themselves, so that each query has one list of them.
 */

#define OPEN "state IN ('needs_human', 'appealed')"
#define FEED_BATCH 500

/* Beginning and end of the query of rows, around one that gives a page of log_id and feed. */
#define ROWS_OF                                                                                                        \
  "SELECT audit.devnum, log.seq, device.name, audit.stunum, learner.name, audit.recnum, audit.subjcode,"               \
  " audit.start_us, audit.end_us, log.received_us, audit.changed_us, log.credited_s, audit.credited_min,"              \
  " audit.credited_next_min, audit.state, audit.verdict, audit.version, audit.risk, step.reasons, step.who,"           \
  " step.to_state, step.comment, audit.appeal_open,"                                                                   \
  " (SELECT min (likeness) FROM audit_photo WHERE audit_photo.log_id = audit.log_id),"                                 \
  " (SELECT count (*) FROM log_photo WHERE log_photo.log_id = audit.log_id),"                                          \
  " (SELECT max (who) FROM review_action WHERE review_action.log_id = audit.log_id"                                    \
  "  AND review_action.version = audit.version AND status = 'first_look'),"                                            \
  " page.log_id, page.feed, log.sha256 FROM ("
#define OF_ROWS                                                                                                        \
  ") AS page JOIN audit ON audit.log_id = page.log_id JOIN log ON log.id = audit.log_id"                               \
  " LEFT JOIN device ON device.id = audit.device_id LEFT JOIN learner ON learner.stunum = audit.stunum"                \
  " LEFT JOIN audit_step AS step ON step.log_id = audit.log_id AND step.version ="                                     \
  "  (SELECT max (version) FROM audit_step WHERE audit_step.log_id = audit.log_id AND " XS_AUDIT_EXPLAINS ")"

#define COPY(field, value) g_strlcpy (field, (value) != NULL ? (value) : "", sizeof (field))

/* The words of an array of reasons, each once. What does not fit is in the log. */
static gboolean
list_words (const char *json, char *words, gsize size, GError **error)
{
  g_autoptr (GArray) reasons = xs_wire_reasons_decode (json, error);
  g_autoptr (GString) list = g_string_new (NULL);

  if (reasons == NULL)
    return FALSE;
  for (guint i = 0; i < reasons->len; i++)
    {
      const char *word = g_array_index (reasons, XsWireReason, i).word;
      gboolean known = FALSE;
      for (guint j = 0; j < i && !known; j++)
        known = strcmp (g_array_index (reasons, XsWireReason, j).word, word) == 0;
      if (!known && list->len + strlen (word) + 2 <= size)
        g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", word);
    }
  g_strlcpy (words, list->str, size);
  return TRUE;
}

static gboolean
read_row (XsSqlRow *cursor, XsReviewRow *row, GError **error)
{
  const char *reasons = xs_sql_row_string (cursor, 18);
  const char *to = xs_sql_row_string (cursor, 20);

  xs_review_row_init (row);
  COPY (row->devnum, xs_sql_row_string (cursor, 0));
  row->seq = xs_sql_row_int (cursor, 1);
  COPY (row->device, xs_sql_row_string (cursor, 2));
  COPY (row->stunum, xs_sql_row_string (cursor, 3));
  COPY (row->name, xs_sql_row_string (cursor, 4));
  COPY (row->recnum, xs_sql_row_string (cursor, 5));
  COPY (row->subjcode, xs_sql_row_string (cursor, 6));
  row->start_us = xs_sql_row_int (cursor, 7);
  row->end_us = xs_sql_row_int (cursor, 8);
  row->received_us = xs_sql_row_int (cursor, 9);
  row->changed_us = xs_sql_row_int (cursor, 10);
  row->claimed_s = xs_sql_row_int (cursor, 11);
  row->credited_min = xs_sql_row_int (cursor, 12);
  row->credited_next_min = xs_sql_row_int (cursor, 13);
  if (!xs_audit_state_from_nick (xs_sql_row_string (cursor, 14), &row->state))
    row->state = XS_N_AUDIT_STATES;
  if (!xs_verdict_from_nick (xs_sql_row_string (cursor, 15), &row->verdict))
    row->verdict = XS_VERDICT_PENDING;
  row->version = xs_sql_row_int (cursor, 16);
  row->risk = xs_sql_row_int (cursor, 17);
  row->by_person = g_strcmp0 (to, "decided") == 0;
  if (row->by_person)
    COPY (row->comment, xs_sql_row_string (cursor, 21));
  if (to != NULL)
    COPY (row->judged_by, row->by_person ? xs_sql_row_string (cursor, 19) : "auditor");
  row->appealed = xs_sql_row_int (cursor, 22) != 0;
  row->match_min = xs_sql_row_is_null (cursor, 23) ? NAN : xs_sql_row_double (cursor, 23);
  row->n_photos = xs_sql_row_int (cursor, 24);
  COPY (row->first_look, xs_sql_row_string (cursor, 25));
  COPY (row->log_sha256, xs_sql_row_string (cursor, 28));
  return reasons == NULL || list_words (reasons, row->reasons, sizeof row->reasons, error);
}

/* Where the last row of a list stands. */
typedef struct {
  gint64 risk, start_us, log_id, feed;
} Place;

static gboolean
read_rows (XsSqlRow *cursor, GArray *rows, Place *last, GError **error)
{
  gboolean ok;

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsReviewRow row;
      if (!read_row (cursor, &row, error))
        return FALSE;
      *last = (Place){ row.risk, row.start_us, xs_sql_row_int (cursor, 26), xs_sql_row_int (cursor, 27) };
      g_array_append_val (rows, row);
    }
  return ok;
}

gboolean
xs_review_read_row (XsPlatformStorage *storage, gint64 log_id, XsReviewRow *row, GError **error)
{
  Place place;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof *row);
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql, ROWS_OF "SELECT log_id, 0 AS feed FROM audit WHERE log_id = ?" OF_ROWS, error, "i",
                    log_id);

  if (!read_rows (cursor, rows, &place, error))
    return FALSE;
  if (rows->len == 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no such log");
      return FALSE;
    }
  *row = g_array_index (rows, XsReviewRow, 0);
  return TRUE;
}

/* XsReviewQuery.after: in which half of the queue the page before ended, and with what. */
typedef struct {
  gboolean past_open; /* what waits for a person is over */
  gboolean begins;    /* that half begins here */
  gint64 risk, start_us, log_id;
} Cursor;

static gboolean
read_cursor (const char *after, Cursor *cursor, GError **error)
{
  gint64 *numbers[] = { &cursor->risk, &cursor->start_us, &cursor->log_id };

  *cursor = (Cursor){ .begins = after[0] == '\0', .past_open = g_str_has_prefix (after, "rest:") };
  if (cursor->begins)
    return TRUE;
  gboolean in_half = cursor->past_open || g_str_has_prefix (after, "open:");
  return xs_review_read_numbers (in_half ? after + strlen ("rest:") : "", numbers, G_N_ELEMENTS (numbers), error);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsReviewQuery *query;
  const char *coachnum; /* of XS_REVIEW_OWN */
  gboolean sees_all;
  char *pattern;
  char part[2], mode[2];
} List;

static gboolean
is_word (const char *what, const char *word, const char *const *words, GError **error)
{
  if (word[0] == '\0' || g_strv_contains (words, word))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no “%s”", word, what);
  return FALSE;
}

static gboolean
check_query (const XsReviewQuery *query, GError **error)
{
  static const char *const judges[] = { "auditor", "person", "nobody", NULL };
  static const char *const validities[] = { "pending", "valid", "partial", "void", NULL };
  XsAuditState state;

  if (!is_word ("judged_by", query->judged_by, judges, error)
      || !is_word ("validity", query->validity, validities, error))
    return FALSE;
  if (query->state[0] == '\0' || xs_audit_state_from_nick (query->state, &state))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no “state” of a log", query->state);
  return FALSE;
}

/* What is asked of a log. The parameters of each part are in bind's order. */
static void
append_filters (const List *list, GString *text)
{
  const XsReviewQuery *query = list->query;

  g_string_append (text, list->sees_all ? XS_REVIEW_ALL : XS_REVIEW_OWN ("audit.stunum"));
  g_string_append (text, query->stunum[0] != '\0' ? " AND audit.stunum = ?" : " AND ? = ''");
  g_string_append (text, query->devnum[0] != '\0' ? " AND audit.devnum = ?" : " AND ? = ''");
  g_string_append (text, query->from_us != 0 ? " AND audit.start_us >= ?" : " AND ? = 0");
  g_string_append (text, query->to_us != 0 ? " AND audit.start_us < ?" : " AND ? = 0");
  g_string_append (text, query->part != 0 ? " AND substr (audit.subjcode, 4, 1) = ?" : " AND ? = ''");
  g_string_append (text, query->mode != 0 ? " AND substr (audit.subjcode, 1, 1) = ?" : " AND ? = ''");
  g_string_append (text, query->state[0] != '\0' ? " AND audit.state = ?" : " AND ? = ''");
  if (strcmp (query->validity, "pending") == 0)
    g_string_append (text, " AND ? <> '' AND audit.state IN ('received', 'needs_human', 'appealed')");
  else if (query->validity[0] != '\0')
    g_string_append (text, " AND audit.verdict = ? AND audit.state NOT IN ('received', 'needs_human', 'appealed')");
  else
    g_string_append (text, " AND ? = ''");
  g_string_append (text, list->pattern != NULL ? " AND audit.stunum IN (SELECT stunum FROM learner WHERE"
                                                 " lower (name) LIKE ? ESCAPE '!' OR stunum LIKE ? ESCAPE '!')"
                                               : " AND ? = '' AND ? = ''");
  if (strcmp (query->judged_by, "nobody") == 0)
    g_string_append (text, " AND audit.verdict = 'waiting'");
  else if (query->judged_by[0] != '\0')
    g_string_append_printf (text,
                            " AND audit.verdict <> 'waiting' AND %s EXISTS (SELECT 1 FROM audit_step"
                            " WHERE audit_step.log_id = audit.log_id AND to_state = 'decided' AND version ="
                            " (SELECT max (version) FROM audit_step AS last WHERE last.log_id = audit.log_id"
                            "  AND last." XS_AUDIT_EXPLAINS "))",
                            strcmp (query->judged_by, "person") == 0 ? "" : "NOT");
}

#define FILTER_TYPES                                                                                                   \
  "sssiisssss"                                                                                                         \
  "s"
#define FILTER_VALUES(list)                                                                                            \
  (list)->coachnum, (list)->query->stunum, (list)->query->devnum, (list)->query->from_us, (list)->query->to_us,        \
    (list)->part, (list)->mode, (list)->query->state, (list)->query->validity,                                         \
    (list)->pattern != NULL ? (list)->pattern : "", (list)->pattern != NULL ? (list)->pattern : ""

static XsSqlRow *
prepare_open (const List *asked, const Cursor *cursor, gint64 limit, GError **error)
{
  XsReviewQuery query = *asked->query;
  List of_any_age = *asked;
  const List *list = query.open_only ? &of_any_age : asked;

  of_any_age.query = &query;
  query.from_us = query.to_us = 0;
  g_autoptr (GString) text = g_string_new (ROWS_OF "SELECT log_id, 0 AS feed FROM audit WHERE " OPEN " AND ");

  append_filters (list, text);
  g_string_append (text,
                   cursor->begins ? " AND ? = 0 AND ? = 0 AND ? = 0" : " AND (risk, start_us, log_id) < (?, ?, ?)");
  g_string_append (text, " ORDER BY risk DESC, start_us DESC, log_id DESC LIMIT ?" OF_ROWS
                         " ORDER BY audit.risk DESC, audit.start_us DESC, audit.log_id DESC");
  return xs_sql_prepare (list->storage->sql, text->str, error, FILTER_TYPES "iiii", FILTER_VALUES (list), cursor->risk,
                         cursor->start_us, cursor->log_id, limit);
}

static XsSqlRow *
prepare_rest (const List *list, const Cursor *cursor, gint64 limit, GError **error)
{
  g_autoptr (GString) text = g_string_new (ROWS_OF "SELECT log_id, 0 AS feed FROM audit WHERE NOT " OPEN " AND ");

  append_filters (list, text);
  g_string_append (text, cursor->begins ? " AND ? = 0 AND ? = 0" : " AND (start_us, log_id) < (?, ?)");
  g_string_append (text, " ORDER BY start_us DESC, log_id DESC LIMIT ?" OF_ROWS
                         " ORDER BY audit.start_us DESC, audit.log_id DESC");
  return xs_sql_prepare (list->storage->sql, text->str, error, FILTER_TYPES "iii", FILTER_VALUES (list),
                         cursor->start_us, cursor->log_id, limit);
}

static void
add_count (XsReviewCounts *counts, const char *state, const char *verdict, gint64 n)
{
  if (strcmp (state, "received") == 0)
    counts->received += n;
  else if (strcmp (state, "needs_human") == 0 || strcmp (state, "appealed") == 0)
    counts->pending += n;
  else if (strcmp (verdict, "valid") == 0)
    counts->valid += n;
  else if (strcmp (verdict, "partial") == 0)
    counts->partial += n;
  else
    counts->none += n;
}

/* The same question however a log stands. @query: (out): of the list that is returned */
static List
however_it_stands (const List *list, XsReviewQuery *query)
{
  List all = *list;

  *query = *list->query;
  query->state[0] = query->validity[0] = '\0';
  all.query = query;
  return all;
}

static gboolean
count_logs (const List *list, XsReviewPage *page, GError **error)
{
  gboolean ok;
  XsReviewCounts counts = { 0 };
  XsReviewQuery query, of_any_age;
  const List all = however_it_stands (list, &query), old = however_it_stands (list, &of_any_age);
  g_autoptr (GString) waiting = g_string_new ("SELECT count (*) FROM audit WHERE " OPEN " AND ");
  g_autoptr (GString) each = g_string_new ("SELECT state, verdict, count (*) FROM audit WHERE ");

  of_any_age.from_us = of_any_age.to_us = 0;
  append_filters (&old, waiting);
  append_filters (&all, each);
  g_string_append (each, " GROUP BY state, verdict");
  if (!xs_sql_query_int (list->storage->sql, &counts.waiting, 0, waiting->str, error, FILTER_TYPES,
                         FILTER_VALUES (&old)))
    return FALSE;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (list->storage->sql, each->str, error, FILTER_TYPES, FILTER_VALUES (&all));
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    add_count (&counts, xs_sql_row_string (cursor, 0), xs_sql_row_string (cursor, 1), xs_sql_row_int (cursor, 2));
  g_array_append_val (page->counts, counts);
  return ok;
}

static gboolean
list_page (const List *list, XsReviewPage *page, GError **error)
{
  gint64 limit = list->query->limit != 0 ? list->query->limit : XS_REVIEW_PAGE_MAX;
  Cursor cursor;
  Place last = { 0 };

  if (!read_cursor (list->query->after, &cursor, error)
      || !xs_sql_query_int (list->storage->sql, &page->feed, 0, "SELECT last FROM review_feed", error, ""))
    return FALSE;
  gboolean from_start = cursor.begins;
  gboolean in_open = !cursor.past_open;
  if (in_open)
    {
      g_autoptr (XsSqlRow) open = prepare_open (list, &cursor, limit, error);
      if (!read_rows (open, page->rows, &last, error))
        return FALSE;
    }
  if (page->rows->len < limit && !list->query->open_only)
    {
      if (in_open)
        cursor = (Cursor){ .begins = TRUE };
      in_open = FALSE;
      g_autoptr (XsSqlRow) rest = prepare_rest (list, &cursor, limit - page->rows->len, error);
      if (!read_rows (rest, page->rows, &last, error))
        return FALSE;
    }
  if (page->rows->len == limit)
    g_snprintf (page->next, sizeof page->next, "%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT,
                in_open ? "open" : "rest", last.risk, last.start_us, last.log_id);
  return !from_start || count_logs (list, page, error);
}

gboolean
xs_platform_review_list (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewQuery *query,
                         XsReviewPage *page, GError **error)
{
  g_autofree char *pattern = query->text[0] != '\0' ? xs_review_pattern (query->text) : NULL;
  List list = { storage, query, xs_review_own_coach (person), xs_review_sees_all (person), pattern, "", "" };

  if (query->part != 0)
    list.part[0] = (char) ('0' + query->part);
  if (query->mode != 0)
    list.mode[0] = (char) ('0' + query->mode);
  return check_query (query, error) && list_page (&list, page, error);
}

/* Whoever follows numbers what is new, so that those who write need not wait for each other's numbers. */
static gboolean
number_changes (XsSql *sql, gpointer data, GError **error)
{
  if (!xs_sql_run (sql,
                   "UPDATE audit SET review_feed = page.n + (SELECT last FROM review_feed)"
                   " FROM (SELECT log_id, row_number () OVER (ORDER BY changed_us, log_id) AS n FROM audit"
                   "  WHERE review_feed = 0 ORDER BY changed_us, log_id LIMIT ?) AS page"
                   " WHERE audit.log_id = page.log_id AND audit.review_feed = 0",
                   error, "i", (gint64) FEED_BATCH))
    return FALSE;
  return xs_sql_run (sql,
                     "UPDATE review_feed SET last = (SELECT max (review_feed) FROM audit) WHERE last <"
                     " (SELECT max (review_feed) FROM audit)",
                     error, "");
}

gboolean
xs_platform_review_follow (XsPlatformStorage *storage, const XsPlatformPerson *person, gint64 cursor,
                           XsReviewPage *page, GError **error)
{
  gint64 n_new, last;
  Place place = { .feed = cursor };
  g_autofree char *text =
    g_strconcat (ROWS_OF "SELECT log_id, review_feed AS feed FROM audit WHERE review_feed > ? AND ",
                 xs_review_sees_all (person) ? XS_REVIEW_ALL : XS_REVIEW_OWN ("audit.stunum"),
                 " ORDER BY review_feed LIMIT ?" OF_ROWS " ORDER BY page.feed", NULL);

  if (!xs_sql_query_int (storage->sql, &n_new, 0, "SELECT log_id FROM audit WHERE review_feed = 0 LIMIT 1", error, "")
      || (n_new != 0 && !xs_sql_transaction (storage->sql, number_changes, NULL, error))
      || !xs_sql_query_int (storage->sql, &last, 0, "SELECT last FROM review_feed", error, ""))
    return FALSE;
  /* A platform that was put back to an earlier day goes on from there. */
  page->feed = last;
  if (cursor >= last)
    return TRUE;
  g_autoptr (XsSqlRow) rows = xs_sql_prepare (storage->sql, text, error, "isi", cursor, xs_review_own_coach (person),
                                              (gint64) XS_REVIEW_PAGE_MAX);
  if (!read_rows (rows, page->rows, &place, error))
    return FALSE;
  if (page->rows->len == XS_REVIEW_PAGE_MAX)
    page->feed = place.feed;
  return TRUE;
}

static void
add_to_day (GArray *days, XsSqlRow *cursor)
{
  gint64 midnight_us = xs_wall_midnight_us (xs_sql_row_int (cursor, 0));
  XsReviewCounts counts = { 0 };
  XsReviewDay *day = days->len > 0 ? &g_array_index (days, XsReviewDay, days->len - 1) : NULL;

  if (day == NULL || day->start_us != midnight_us)
    {
      g_array_set_size (days, days->len + 1);
      day = &g_array_index (days, XsReviewDay, days->len - 1);
      day->start_us = midnight_us;
    }
  add_count (&counts, xs_sql_row_string (cursor, 3), xs_sql_row_string (cursor, 4), 1);
  day->n_logs++;
  day->claimed_s += xs_sql_row_int (cursor, 1);
  day->credited_min += xs_sql_row_int (cursor, 2);
  day->n_photos += xs_sql_row_int (cursor, 5);
  day->n_pending += counts.received + counts.pending;
  day->n_valid += counts.valid;
  day->n_partial += counts.partial;
  day->n_void += counts.none;
}

gboolean
xs_platform_review_get_days (XsPlatformStorage *storage, const XsPlatformPerson *person, const XsReviewDaysQuery *query,
                             XsReviewDays *days, GError **error)
{
  gboolean ok;

  if (query->to_us - query->from_us > (XS_REVIEW_DAYS_MAX - 1) * G_TIME_SPAN_DAY)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“to_us” is more than %d days behind “from_us”",
                   XS_REVIEW_DAYS_MAX - 1);
      return FALSE;
    }
  if (!xs_review_may_see (storage, person, query->stunum, error))
    return FALSE;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT start_us, credited_s, credited_min + credited_next_min, state, audit.verdict,"
                    " (SELECT count (*) FROM log_photo WHERE log_photo.log_id = audit.log_id)"
                    " FROM audit JOIN log ON log.id = audit.log_id"
                    " WHERE audit.stunum = ? AND start_us >= ? AND start_us < ? ORDER BY start_us",
                    error, "sii", query->stunum, query->from_us, query->to_us);
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    add_to_day (days->days, cursor);
  return ok;
}
