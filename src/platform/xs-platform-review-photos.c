/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"
#include "xs-platform-photos.h"
#include "xs-platform-register.h"

#include <string.h>

/*
 * What people say of registration photos. A row of “registration” is about one photo: when the learner has another, as
 * after an import, nobody has said anything of that.
 */

#define COLUMNS                                                                                                        \
  "learner.stunum, learner.name, learner.coachnum, learner.photo_sha256, registration.state, registration.version,"    \
  " registration.reason, registration.comment, registration.who, registration.at_us, registration.state_before,"       \
  " registration_check.report"
#define TABLES                                                                                                         \
  " FROM learner LEFT JOIN registration ON registration.stunum = learner.stunum"                                       \
  " AND registration.sha256 = learner.photo_sha256"                                                                    \
  " LEFT JOIN registration_check ON registration_check.stunum = learner.stunum"                                        \
  " AND registration_check.sha256 = learner.photo_sha256 WHERE learner.erased_us IS NULL"
#define STATE "CASE WHEN learner.photo_sha256 IS NULL THEN 'none' ELSE coalesce (registration.state, 'unseen') END"

#define COPY(field, value) g_strlcpy (field, (value) != NULL ? (value) : "", sizeof (field))

/* Whoever said the last word of a photo takes it back, and who may overrule others. */
static gboolean
may_undo (const XsPlatformPerson *person, const char *who)
{
  return xs_platform_role_has (person->role, XS_PLATFORM_RIGHT_OVERRULE)
         || (xs_platform_role_has (person->role, XS_PLATFORM_RIGHT_DECIDE) && strcmp (person->name, who) == 0);
}

/* One that cannot be read is none: it must not hide the learner, and everybody else of the page. */
static void
read_check (const char *stunum, const char *report, GArray *checks)
{
  XsReviewPhotoCheck check;
  g_autoptr (GBytes) bytes = g_bytes_new (report, strlen (report));
  g_autoptr (GError) error = NULL;

  xs_review_photo_check_init (&check);
  if (xs_review_photo_check_decode (&check, bytes, &error))
    {
      g_array_append_val (checks, check);
      return;
    }
  g_warning ("The check of the registration photo of %s cannot be read: %s", stunum, error->message);
  xs_review_photo_check_clear (&check);
}

/* @learner: not initialised */
static void
read_learner (XsSqlRow *cursor, const XsPlatformPerson *person, XsReviewLearner *learner)
{
  const char *state = xs_sql_row_string (cursor, 4), *before = xs_sql_row_string (cursor, 10);
  const char *report = xs_sql_row_string (cursor, 11);

  xs_review_learner_init (learner);
  learner->version = xs_sql_row_int (cursor, 5);
  learner->at_us = xs_sql_row_int (cursor, 9);
  COPY (learner->stunum, xs_sql_row_string (cursor, 0));
  COPY (learner->name, xs_sql_row_string (cursor, 1));
  COPY (learner->coachnum, xs_sql_row_string (cursor, 2));
  COPY (learner->sha256, xs_sql_row_string (cursor, 3));
  COPY (learner->state, learner->sha256[0] == '\0' ? "none" : state != NULL ? state : "unseen");
  COPY (learner->reason, xs_sql_row_string (cursor, 6));
  COPY (learner->comment, xs_sql_row_string (cursor, 7));
  COPY (learner->who, xs_sql_row_string (cursor, 8));
  learner->undoable = before != NULL && before[0] != '\0' && may_undo (person, learner->who);
  if (report != NULL)
    read_check (learner->stunum, report, learner->check);
}

gboolean
xs_platform_review_list_learners (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                  const XsReviewQuery *query, XsReviewLearners *learners, GError **error)
{
  gboolean ok;
  gint64 limit = query->limit != 0 ? query->limit : XS_REVIEW_PAGE_MAX;
  g_autofree char *pattern = xs_review_pattern (query->text);
  const char *coach = xs_review_sees_all (person) ? " AND ? = ''" : " AND learner.coachnum = ?";
  g_autofree char *waiting = g_strconcat ("SELECT count (*)" TABLES " AND registration.state = 'waiting'", coach, NULL);
  g_autofree char *page =
    g_strconcat ("SELECT " COLUMNS TABLES, coach, " AND learner.stunum > ?",
                 query->stunum[0] != '\0' ? " AND learner.stunum = ?" : " AND ? = ''",
                 query->state[0] != '\0' ? " AND " STATE " = ?" : " AND ? = ''",
                 " AND (lower (learner.name) LIKE ? ESCAPE '!' OR learner.stunum LIKE ? ESCAPE '!')"
                 " ORDER BY learner.stunum LIMIT ?",
                 NULL);

  if (!xs_sql_query_int (storage->sql, &learners->waiting, 0, waiting, error, "s", xs_review_own_coach (person)))
    return FALSE;
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (storage->sql, page, error, "ssssssi", xs_review_own_coach (person),
                                                query->after, query->stunum, query->state, pattern, pattern, limit);
  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      XsReviewLearner learner;
      read_learner (cursor, person, &learner);
      g_array_append_val (learners->rows, learner);
    }
  if (learners->rows->len == limit)
    COPY (learners->next, g_array_index (learners->rows, XsReviewLearner, learners->rows->len - 1).stunum);
  return ok;
}

/* @learner: (out): to be cleared also after an error */
static gboolean
find_learner (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum, XsReviewLearner *learner,
              GError **error)
{
  gboolean has_row;

  xs_review_learner_init (learner);
  if (!xs_review_may_see (storage, person, stunum, error))
    return FALSE;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql, "SELECT " COLUMNS TABLES " AND learner.stunum = ?", error, "s", stunum);
  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  if (has_row)
    {
      xs_review_learner_clear (learner);
      read_learner (cursor, person, learner);
      return TRUE;
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no such learner");
  return FALSE;
}

static gboolean
write_state (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum, const char *sha256,
             const char *state, const char *reason, const char *comment, GError **error)
{
  return xs_sql_run (storage->sql,
                     "INSERT INTO registration (stunum, sha256, state, version, reason, comment, who, at_us)"
                     " VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (stunum) DO UPDATE SET sha256 = excluded.sha256,"
                     " state = excluded.state, version = registration.version + 1, reason = excluded.reason,"
                     " comment = excluded.comment, who = excluded.who, at_us = excluded.at_us,"
                     " state_before ="
                     "  CASE WHEN registration.sha256 = excluded.sha256 THEN registration.state ELSE '' END,"
                     " reason_before = registration.reason, comment_before = registration.comment, check_due_us = 0",
                     error, "ssssssi", stunum, sha256, state, reason, comment, person->name,
                     xs_clock_wall_us (storage->clock));
}

static gboolean
write_undo (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum, GError **error)
{
  return xs_sql_run (storage->sql,
                     "UPDATE registration SET state = state_before, reason = reason_before, comment = comment_before,"
                     " state_before = '', reason_before = '', comment_before = '', version = version + 1, who = ?,"
                     " at_us = ? WHERE stunum = ?",
                     error, "sis", person->name, xs_clock_wall_us (storage->clock), stunum);
}

static void
describe (const XsReviewLearner *learner, XsReviewOutcome *outcome)
{
  outcome->version = learner->version;
  outcome->at_us = learner->at_us;
  COPY (outcome->state, learner->state);
  COPY (outcome->who, learner->who);
  COPY (outcome->sha256, learner->sha256);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformPerson *person;
  const XsReviewAction *action;
  XsReviewOutcome *outcome;
} ActCall;

/* Returns: (nullable): the state that the action leads to. */
static const char *
state_of (const char *action)
{
  static const char *const states[][2] = { { "approve", "approved" }, { "return", "returned" }, { "reset", "reset" } };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      if (strcmp (action, states[i][0]) == 0)
        return states[i][1];
    }
  return NULL;
}

static gboolean
is_undo (const XsReviewAction *action)
{
  return strcmp (action->action, "undo") == 0;
}

/* Returns: (nullable): why not. */
static const char *
find_fault (const XsReviewAction *action, const XsReviewLearner *learner)
{
  if (is_undo (action))
    return learner->undoable ? NULL : "There is nothing that you could take back";
  if (state_of (action->action) == NULL)
    return "There is no such action";
  if (learner->sha256[0] == '\0')
    return "The learner has no registration photo";
  if (strcmp (action->action, "approve") != 0 && action->reason[0] == '\0')
    return "The learner has to be told why";
  return NULL;
}

static gboolean
act (XsSql *sql, gpointer data, GError **error)
{
  ActCall *call = data;
  const XsReviewAction *action = call->action;
  g_auto (XsReviewLearner) learner = { 0 };
  gboolean found;
  g_autoptr (GError) local_error = NULL;

  xs_review_outcome_init (call->outcome);
  if (!xs_review_recall (call->storage, call->person, action, &found, call->outcome, error))
    return FALSE;
  if (found)
    return TRUE;
  g_strlcpy (call->outcome->id, action->id, sizeof call->outcome->id);
  if (!find_learner (call->storage, call->person, action->stunum, &learner, &local_error))
    {
      if (!g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      xs_review_set_outcome (call->outcome, "refused", local_error->message);
      return TRUE;
    }
  const char *fault = find_fault (action, &learner);
  if (strcmp (action->sha256, learner.sha256) != 0 || action->version != learner.version)
    xs_review_set_outcome (call->outcome, "conflict", "The photo, or what is said of it, changed; look at it again");
  else if (fault != NULL)
    xs_review_set_outcome (call->outcome, "refused", fault);
  else if (!(is_undo (action) ? write_undo (call->storage, call->person, action->stunum, error)
                              : write_state (call->storage, call->person, action->stunum, action->sha256,
                                             state_of (action->action), action->reason, action->comment, error)))
    return FALSE;
  else
    {
      xs_review_learner_clear (&learner);
      if (!find_learner (call->storage, call->person, action->stunum, &learner, error))
        return FALSE;
      xs_review_set_outcome (call->outcome, "done", "");
    }
  describe (&learner, call->outcome);
  const XsReviewKept kept = { call->person, action, 0, action->stunum, 0 };
  return xs_review_keep (call->storage, &kept, call->outcome, error);
}

gboolean
xs_platform_review_act_on_photo (XsPlatformStorage *storage, const XsPlatformPerson *person,
                                 const XsReviewAction *action, XsReviewOutcome *outcome, GError **error)
{
  ActCall call = { storage, person, action, outcome };

  return xs_sql_transaction (storage->sql, act, &call, error);
}

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformPerson *person;
  const char *stunum, *sha256;
} WaitCall;

/* Of a learner who is still there: one who is erased meanwhile does not come back by a photo. */
static gboolean
have_wait (XsSql *sql, gpointer data, GError **error)
{
  WaitCall *call = data;
  g_auto (XsReviewLearner) learner = { 0 };

  return find_learner (call->storage, call->person, call->stunum, &learner, error)
         && write_state (call->storage, call->person, call->stunum, call->sha256, "waiting", "", "", error)
         && xs_sql_notify (sql, XS_AUDIT_QUEUE_CHANNEL, error);
}

gboolean
xs_platform_review_put_photo (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *stunum,
                              GBytes *jpeg, XsReviewOutcome *outcome, GError **error)
{
  g_auto (XsReviewLearner) learner = { 0 };
  gboolean added;
  g_autofree char *sha256 = NULL;

  if (!xs_storage_check_registration_photo (jpeg, &sha256, error)
      || !find_learner (storage, person, stunum, &learner, error))
    return FALSE;
  /* Sent again, or looked at and sent back: what was said of this very picture stands. */
  if (strcmp (learner.sha256, sha256) != 0)
    {
      WaitCall call = { storage, person, stunum, sha256 };
      const XsPlatformLearnerChange change = { .stunum = stunum, .name = learner.name, .jpeg = jpeg };
      if (!xs_storage_change_learner_and (storage, &change, have_wait, &call, &added, error))
        return FALSE;
      xs_review_learner_clear (&learner);
      if (!find_learner (storage, person, stunum, &learner, error))
        return FALSE;
    }
  xs_review_set_outcome (outcome, "done", "");
  describe (&learner, outcome);
  return TRUE;
}

GBytes *
xs_platform_review_read_photo (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *sha256,
                               GError **error)
{
  gint64 count;
  g_autofree char *who = g_strconcat ("person:", person->name, NULL);
  const XsPlatformReader reader = { .who = who, .why = "review" };
  const char *text = xs_review_sees_all (person)
                       ? "SELECT count (*) FROM learner WHERE photo_sha256 = ? AND ? = ''"
                       : "SELECT count (*) FROM learner WHERE photo_sha256 = ? AND coachnum = ?";

  if (!xs_sql_query_int (storage->sql, &count, 0, text, error, "ss", sha256, xs_review_own_coach (person)))
    return NULL;
  if (count > 0)
    return xs_platform_storage_read_registration_photo (storage, sha256, &reader, error);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No learner has this registration photo");
  return NULL;
}

gboolean
xs_platform_review_withhold (XsPlatformStorage *storage, GArray *learners, GError **error)
{
  gboolean ok;
  guint i = 0;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT registration.stunum, registration.state, registration.reason, registration.comment"
                    " FROM registration JOIN learner ON learner.stunum = registration.stunum"
                    "  AND learner.photo_sha256 = registration.sha256"
                    " WHERE registration.state <> 'approved' ORDER BY registration.stunum",
                    error, "");

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      const char *stunum = xs_sql_row_string (cursor, 0);
      while (i < learners->len && strcmp (g_array_index (learners, XsWireLearner, i).stunum, stunum) < 0)
        i++;
      XsWireLearner *learner = i < learners->len ? &g_array_index (learners, XsWireLearner, i) : NULL;
      if (learner == NULL || strcmp (learner->stunum, stunum) != 0)
        continue;
      const char *comment = xs_sql_row_string (cursor, 3);
      learner->photo_sha256[0] = '\0';
      COPY (learner->photo_state, xs_sql_row_string (cursor, 1));
      COPY (learner->photo_comment, comment[0] != '\0' ? comment : xs_sql_row_string (cursor, 2));
    }
  return ok;
}
