/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-review.h"

#include "xs-error.h"
#include "xs-wire-fields.h"
#include "xs-wire-message.h"
#include "xs-wire-private.h"

#include <string.h>

/* Of pixels: no picture is larger. */
#define COUNT_MAX ((gint64) 1000000000)

#define OPTIONAL .optional = TRUE
#define RANGE(min_, max_) .min = (min_), .max = (max_)
#define WALL RANGE (0, XS_WIRE_MAX_WALL_US)
#define COUNT RANGE (0, COUNT_MAX)
#define ID RANGE (0, XS_WIRE_MAX_INT)
#define MANY(table_, max_) .table = &(table_), .max = (max_)

#define F(...) XS_WIRE_FIELD (T, __VA_ARGS__)

#define T XsReviewQuery
static const XsWireField query_fields[] = {
  F (after, TEXT, OPTIONAL),    F (limit, INT, RANGE (0, XS_REVIEW_PAGE_MAX)),
  F (text, TEXT, OPTIONAL),     F (stunum, DIGITS, OPTIONAL),
  F (devnum, DIGITS, OPTIONAL), F (part, INT, RANGE (0, 4)),
  F (mode, INT, RANGE (0, 4)),  F (judged_by, TEXT, OPTIONAL),
  F (validity, TEXT, OPTIONAL), F (state, TEXT, OPTIONAL),
  F (who, TEXT, OPTIONAL),      F (from_us, INT, WALL),
  F (to_us, INT, WALL),         F (open_only, BOOLEAN),
};
#undef T
static const XsWireTable query_table = XS_WIRE_TABLE (XsReviewQuery, query_fields, NULL);

#define T XsReviewRow
static const XsWireField row_fields[] = {
  F (devnum, DIGITS),
  F (seq, INT, ID),
  F (log_sha256, SHA256),
  F (device, TEXT, OPTIONAL),
  F (stunum, DIGITS),
  F (name, TEXT, OPTIONAL),
  F (recnum, DIGITS),
  F (subjcode, DIGITS),
  F (start_us, INT, WALL),
  F (end_us, INT, WALL),
  F (received_us, INT, WALL),
  F (changed_us, INT, WALL),
  F (claimed_s, INT, COUNT),
  F (credited_min, INT, COUNT),
  F (credited_next_min, INT, COUNT),
  F (state, STATE),
  F (verdict, VERDICT),
  F (version, INT, ID),
  F (risk, INT, COUNT),
  F (reasons, TEXT, OPTIONAL),
  F (match_min, PERMILLE),
  F (n_photos, INT, COUNT),
  F (judged_by, TEXT, OPTIONAL),
  F (by_person, BOOLEAN),
  F (comment, TEXT, OPTIONAL),
  F (appealed, BOOLEAN),
  F (first_look, TEXT, OPTIONAL),
};
#undef T
static const XsWireTable row_table = XS_WIRE_TABLE (XsReviewRow, row_fields, NULL);

#define T XsReviewCounts
static const XsWireField counts_fields[] = {
  F (waiting, INT, COUNT), F (received, INT, COUNT), F (pending, INT, COUNT),
  F (valid, INT, COUNT),   F (partial, INT, COUNT),  F (none, INT, COUNT),
};
#undef T
static const XsWireTable counts_table = XS_WIRE_TABLE (XsReviewCounts, counts_fields, NULL);

#define T XsReviewPage
static const XsWireField page_fields[] = {
  F (rows, ARRAY, MANY (row_table, XS_REVIEW_PAGE_MAX)),
  F (next, TEXT, OPTIONAL),
  F (counts, ARRAY, MANY (counts_table, 1)),
  F (feed, INT, ID),
};
#undef T
static const XsWireTable page_table = XS_WIRE_TABLE (XsReviewPage, page_fields, NULL);

#define T XsReviewMeasure
static const XsWireField measure_fields[] = { F (name, TEXT), F (value, PERMILLE) };
#undef T
static const XsWireTable measure_table = XS_WIRE_TABLE (XsReviewMeasure, measure_fields, NULL);

#define T XsReviewLimit
static const XsWireField limit_fields[] = { F (name, TEXT), F (min, PERMILLE), F (max, PERMILLE) };
#undef T
static const XsWireTable limit_table = XS_WIRE_TABLE (XsReviewLimit, limit_fields, NULL);

#define T XsReviewBox
static const XsWireField box_fields[] = {
  F (x_px, INT, RANGE (-XS_REVIEW_PX_MAX, XS_REVIEW_PX_MAX)),
  F (y_px, INT, RANGE (-XS_REVIEW_PX_MAX, XS_REVIEW_PX_MAX)),
  F (width_px, INT, RANGE (0, XS_REVIEW_PX_MAX)),
  F (height_px, INT, RANGE (0, XS_REVIEW_PX_MAX)),
};
#undef T
static const XsWireTable box_table = XS_WIRE_TABLE (XsReviewBox, box_fields, NULL);

#define T XsReviewPoint
static const XsWireField point_fields[] = {
  F (x_px, INT, RANGE (-XS_REVIEW_PX_MAX, XS_REVIEW_PX_MAX)),
  F (y_px, INT, RANGE (-XS_REVIEW_PX_MAX, XS_REVIEW_PX_MAX)),
};
#undef T
static const XsWireTable point_table = XS_WIRE_TABLE (XsReviewPoint, point_fields, NULL);

#define T XsReviewPhoto
static const XsWireField photo_fields[] = {
  F (number, DIGITS),
  F (taken_us, INT, WALL),
  F (seen, TEXT),
  F (error, TEXT, OPTIONAL),
  F (match, PERMILLE),
  F (live, PERMILLE),
  F (gone, BOOLEAN),
  F (measures, ARRAY, MANY (measure_table, 64)),
  F (faces, ARRAY, MANY (box_table, XS_MAX_FACES)),
  F (points, ARRAY, MANY (point_table, XS_FACE_POINTS)),
};
#undef T
static void clear_photo (gpointer photo);
static const XsWireTable photo_table = XS_WIRE_TABLE (XsReviewPhoto, photo_fields, clear_photo);

#define T XsReviewSlot
static const XsWireField slot_fields[] = { F (start_us, INT, WALL), F (end_us, INT, WALL), F (state, TEXT) };
#undef T
static const XsWireTable slot_table = XS_WIRE_TABLE (XsReviewSlot, slot_fields, NULL);

#define T XsReviewStep
static const XsWireField step_fields[] = {
  F (version, INT, ID),
  F (at_us, INT, WALL),
  F (who, TEXT),
  F (first_look, BOOLEAN),
  F (undo, BOOLEAN),
  F (from, STATE),
  F (to, STATE),
  F (verdict, VERDICT),
  F (credited_min, INT, COUNT),
  F (credited_next_min, INT, COUNT),
  F (reasons, REASONS),
  F (comment, TEXT, OPTIONAL),
  F (engine, INT, COUNT),
  F (policy_id, TEXT, OPTIONAL),
  F (policy_version, INT, ID),
};
#undef T
static void clear_step (gpointer step);
static const XsWireTable step_table = XS_WIRE_TABLE (XsReviewStep, step_fields, clear_step);

#define T XsReviewAppeal
static const XsWireField appeal_fields[] = { F (at_us, INT, WALL), F (reason, TEXT), F (comment, TEXT, OPTIONAL) };
#undef T
static const XsWireTable appeal_table = XS_WIRE_TABLE (XsReviewAppeal, appeal_fields, NULL);

#define T XsReviewLog
static const XsWireField log_fields[] = {
  F (row, ARRAY, MANY (row_table, 1)),
  F (log_sha256, SHA256),
  F (signature, TEXT, OPTIONAL),
  F (device_key, TEXT, OPTIONAL),
  F (registration_sha256, SHA256, OPTIONAL),
  F (slots, ARRAY, MANY (slot_table, XS_LOG_MINUTES_MAX)),
  F (photos, ARRAY, MANY (photo_table, XS_LOG_PHOTOS_MAX)),
  F (limits, ARRAY, MANY (limit_table, 64)),
  F (steps, ARRAY, MANY (step_table, XS_REVIEW_STEPS_MAX)),
  F (appeals, ARRAY, MANY (appeal_table, 1)),
};
#undef T
static const XsWireTable log_table = XS_WIRE_TABLE (XsReviewLog, log_fields, NULL);

#define T XsReviewVoid
static const XsWireField void_fields[] = {
  F (from_min, INT, RANGE (0, XS_LOG_MINUTES_MAX)),
  F (to_min, INT, RANGE (1, XS_LOG_MINUTES_MAX)),
};
#undef T
static const XsWireTable void_table = XS_WIRE_TABLE (XsReviewVoid, void_fields, NULL);

#define T XsReviewAction
static const XsWireField action_fields[] = {
  F (id, TEXT),
  F (action, TEXT),
  F (devnum, DIGITS, OPTIONAL),
  F (seq, INT, ID),
  F (stunum, DIGITS, OPTIONAL),
  F (sha256, SHA256, OPTIONAL),
  F (version, INT, ID),
  F (verdict, VERDICT),
  F (voids, ARRAY, MANY (void_table, XS_REVIEW_VOIDS_MAX)),
  F (reason, TEXT, OPTIONAL),
  F (comment, TEXT, OPTIONAL),
};
#undef T
static void clear_action (gpointer action);
static const XsWireTable action_table = XS_WIRE_TABLE (XsReviewAction, action_fields, clear_action);

#define T XsReviewActions
static const XsWireField actions_fields[] = { F (actions, ARRAY, MANY (action_table, XS_REVIEW_ACTIONS_MAX)) };
#undef T
static const XsWireTable actions_table = XS_WIRE_TABLE (XsReviewActions, actions_fields, NULL);

#define T XsReviewOutcome
static const XsWireField outcome_fields[] = {
  F (id, TEXT, OPTIONAL),       F (status, TEXT),          F (message, TEXT, OPTIONAL),
  F (version, INT, ID),         F (state, TEXT, OPTIONAL), F (verdict, VERDICT),
  F (credited_min, INT, COUNT), F (who, TEXT, OPTIONAL),   F (at_us, INT, WALL),
  F (sha256, SHA256, OPTIONAL),
};
#undef T
static const XsWireTable outcome_table = XS_WIRE_TABLE (XsReviewOutcome, outcome_fields, NULL);

#define T XsReviewOutcomes
static const XsWireField outcomes_fields[] = { F (outcomes, ARRAY, MANY (outcome_table, XS_REVIEW_ACTIONS_MAX)) };
#undef T
static const XsWireTable outcomes_table = XS_WIRE_TABLE (XsReviewOutcomes, outcomes_fields, NULL);

#define T XsReviewItem
static const XsWireField item_fields[] = {
  F (name, TEXT), F (state, TEXT), F (value, PERMILLE), F (uncertainty, PERMILLE), F (min, PERMILLE), F (max, PERMILLE),
};
#undef T
static const XsWireTable item_table = XS_WIRE_TABLE (XsReviewItem, item_fields, NULL);

#define T XsReviewPhotoCheck
static const XsWireField photo_check_fields[] = {
  F (verdict, TEXT),
  F (error, TEXT, OPTIONAL),
  F (at_us, INT, WALL),
  F (width_px, INT, RANGE (0, XS_REVIEW_PX_MAX)),
  F (height_px, INT, RANGE (0, XS_REVIEW_PX_MAX)),
  F (crown_px, PERMILLE),
  F (chin_px, PERMILLE),
  F (eyes_px, PERMILLE),
  F (left_px, PERMILLE),
  F (right_px, PERMILLE),
  F (by_outline, BOOLEAN),
  F (items, ARRAY, MANY (item_table, XS_PHOTO_N_ITEMS)),
};
#undef T
static void clear_photo_check (gpointer check);
static const XsWireTable photo_check_table = XS_WIRE_TABLE (XsReviewPhotoCheck, photo_check_fields, clear_photo_check);

#define T XsReviewLearner
static const XsWireField learner_fields[] = {
  F (stunum, DIGITS),
  F (name, TEXT),
  F (coachnum, DIGITS, OPTIONAL),
  F (sha256, SHA256, OPTIONAL),
  F (state, TEXT),
  F (version, INT, ID),
  F (reason, TEXT, OPTIONAL),
  F (comment, TEXT, OPTIONAL),
  F (who, TEXT, OPTIONAL),
  F (at_us, INT, WALL),
  F (undoable, BOOLEAN),
  F (check, ARRAY, MANY (photo_check_table, 1)),
};
#undef T
static void clear_learner (gpointer learner);
static const XsWireTable learner_table = XS_WIRE_TABLE (XsReviewLearner, learner_fields, clear_learner);

#define T XsReviewLearners
static const XsWireField learners_fields[] = {
  F (rows, ARRAY, MANY (learner_table, XS_REVIEW_PAGE_MAX)),
  F (next, TEXT, OPTIONAL),
  F (waiting, INT, COUNT),
};
#undef T
static const XsWireTable learners_table = XS_WIRE_TABLE (XsReviewLearners, learners_fields, NULL);

#define T XsReviewDaysQuery
static const XsWireField days_query_fields[] = { F (stunum, DIGITS), F (from_us, INT, WALL), F (to_us, INT, WALL) };
#undef T
static const XsWireTable days_query_table = XS_WIRE_TABLE (XsReviewDaysQuery, days_query_fields, NULL);

#define T XsReviewDay
static const XsWireField day_fields[] = {
  F (start_us, INT, WALL),   F (n_logs, INT, COUNT),       F (n_photos, INT, COUNT),
  F (claimed_s, INT, COUNT), F (credited_min, INT, COUNT), F (n_pending, INT, COUNT),
  F (n_valid, INT, COUNT),   F (n_partial, INT, COUNT),    F (n_void, INT, COUNT),
};
#undef T
static const XsWireTable day_table = XS_WIRE_TABLE (XsReviewDay, day_fields, NULL);

#define T XsReviewDays
static const XsWireField days_fields[] = { F (days, ARRAY, MANY (day_table, XS_REVIEW_DAYS_MAX)) };
#undef T
static const XsWireTable days_table = XS_WIRE_TABLE (XsReviewDays, days_fields, NULL);

#define T XsReviewGlance
static const XsWireField glance_fields[] = {
  F (devnum, DIGITS),     F (seq, INT, ID),        F (number, DIGITS), F (event, INT, RANGE (0, 255)),
  F (log_sha256, SHA256), F (taken_us, INT, WALL), F (sha256, SHA256), F (seen, TEXT, OPTIONAL),
  F (gone, BOOLEAN),
};
#undef T
static const XsWireTable glance_table = XS_WIRE_TABLE (XsReviewGlance, glance_fields, NULL);

#define T XsReviewHistory
static const XsWireField history_fields[] = {
  F (photos, ARRAY, MANY (glance_table, XS_REVIEW_GLANCES_MAX)),
  F (next, TEXT, OPTIONAL),
};
#undef T
static const XsWireTable history_table = XS_WIRE_TABLE (XsReviewHistory, history_fields, NULL);

#define T XsReviewView
static const XsWireField view_fields[] = {
  F (at_us, INT, WALL),
  F (kind, TEXT),
  F (who, TEXT),
  F (why, TEXT),
  F (stunum, DIGITS, OPTIONAL),
  F (sha256, SHA256, OPTIONAL),
  F (devnum, DIGITS, OPTIONAL),
  F (seq, INT, ID),
};
#undef T
static const XsWireTable view_table = XS_WIRE_TABLE (XsReviewView, view_fields, NULL);

#define T XsReviewViews
static const XsWireField views_fields[] = {
  F (rows, ARRAY, MANY (view_table, XS_REVIEW_PAGE_MAX)),
  F (next, TEXT, OPTIONAL),
};
#undef T
static const XsWireTable views_table = XS_WIRE_TABLE (XsReviewViews, views_fields, NULL);

#define T XsReviewExport
static const XsWireField export_fields[] = {
  F (id, TEXT), F (devnum, DIGITS), F (seq, INT, ID), F (log_sha256, SHA256), F (format, TEXT),
};
#undef T
static const XsWireTable export_table = XS_WIRE_TABLE (XsReviewExport, export_fields, NULL);

static void
clear_photo (gpointer photo)
{
  xs_wire_table_clear (&photo_table, photo);
}

static void
clear_step (gpointer step)
{
  xs_wire_table_clear (&step_table, step);
}

static void
clear_photo_check (gpointer check)
{
  xs_wire_table_clear (&photo_check_table, check);
}

static void
clear_learner (gpointer learner)
{
  xs_wire_table_clear (&learner_table, learner);
}

static void
clear_action (gpointer action)
{
  xs_wire_table_clear (&action_table, action);
}

#define MESSAGE(Type, name, max_bytes)                                                                                 \
  void xs_review_##name##_init (Type *name)                                                                            \
  {                                                                                                                    \
    xs_wire_table_init (&name##_table, name);                                                                          \
  }                                                                                                                    \
  void xs_review_##name##_clear (Type *name)                                                                           \
  {                                                                                                                    \
    xs_wire_table_clear (&name##_table, name);                                                                         \
  }                                                                                                                    \
  GBytes *xs_review_##name##_encode (const Type *name)                                                                 \
  {                                                                                                                    \
    return xs_wire_table_encode (&name##_table, name);                                                                 \
  }                                                                                                                    \
  gboolean xs_review_##name##_decode (Type *name, GBytes *bytes, GError **error)                                       \
  {                                                                                                                    \
    return xs_wire_table_decode (&name##_table, bytes, max_bytes, name, error);                                        \
  }

MESSAGE (XsReviewQuery, query, XS_WIRE_REVIEW_REQUEST_MAX_BYTES)
MESSAGE (XsReviewPage, page, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewActions, actions, XS_WIRE_REVIEW_REQUEST_MAX_BYTES)
MESSAGE (XsReviewOutcomes, outcomes, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewOutcome, outcome, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewPhotoCheck, photo_check, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewLearners, learners, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewDaysQuery, days_query, XS_WIRE_REVIEW_REQUEST_MAX_BYTES)
MESSAGE (XsReviewDays, days, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewHistory, history, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewViews, views, XS_WIRE_REVIEW_ANSWER_MAX_BYTES)
MESSAGE (XsReviewExport, export, XS_WIRE_REVIEW_REQUEST_MAX_BYTES)

void
xs_review_action_init (XsReviewAction *action)
{
  xs_wire_table_init (&action_table, action);
}

void
xs_review_photo_init (XsReviewPhoto *photo)
{
  xs_wire_table_init (&photo_table, photo);
}

void
xs_review_step_init (XsReviewStep *step)
{
  xs_wire_table_init (&step_table, step);
}

void
xs_review_learner_init (XsReviewLearner *learner)
{
  xs_wire_table_init (&learner_table, learner);
}

void
xs_review_learner_clear (XsReviewLearner *learner)
{
  xs_wire_table_clear (&learner_table, learner);
}

void
xs_review_glance_init (XsReviewGlance *glance)
{
  xs_wire_table_init (&glance_table, glance);
}

void
xs_review_row_init (XsReviewRow *row)
{
  xs_wire_table_init (&row_table, row);
}

void
xs_review_log_init (XsReviewLog *log)
{
  xs_wire_table_init (&log_table, log);
  xs_wire_log_init (&log->wire_log);
}

void
xs_review_log_clear (XsReviewLog *log)
{
  xs_wire_table_clear (&log_table, log);
  xs_wire_log_clear (&log->wire_log);
}

/* The signed bytes stand in the answer as the object they are: their form is canonical, so that they come out again. */
GBytes *
xs_review_log_encode (const XsReviewLog *log)
{
  JsonObject *object = xs_wire_table_to_json (&log_table, log);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&log->wire_log);
  JsonObject *signed_log = xs_wire_parse_object (bytes, XS_WIRE_LOG_MAX_BYTES, NULL);

  if (signed_log != NULL)
    json_object_set_object_member (object, "log", signed_log);
  return xs_wire_take_object (object);
}

gboolean
xs_review_log_decode (XsReviewLog *log, GBytes *bytes, GError **error)
{
  JsonObject *signed_log;
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_REVIEW_ANSWER_MAX_BYTES, error);

  if (object == NULL || !xs_wire_table_from_json (&log_table, object, log, error)
      || !xs_json_get_object (object, "log", &signed_log, error))
    return FALSE;
  g_autoptr (GBytes) canonical = xs_wire_take_object (json_object_ref (signed_log));
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (canonical, NULL), g_bytes_get_size (canonical));
  if (log->row->len == 1 && strcmp (sha256, log->log_sha256) == 0)
    return xs_wire_log_decode (&log->wire_log, canonical, error);
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“log” is not the log that “log_sha256” names");
  return FALSE;
}

gboolean
xs_review_log_is_signed (const XsReviewLog *log)
{
  gsize key_size, signature_size, size;
  g_autofree guint8 *key = g_base64_decode (log->device_key, &key_size);
  g_autofree guint8 *signature = g_base64_decode (log->signature, &signature_size);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&log->wire_log);
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return key_size == XS_KEY_BYTES && signature_size == XS_SIGNATURE_BYTES && xs_verify (key, data, size, signature);
}

char *
xs_wire_path_review_log (const char *devnum, gint64 seq, const char *log_sha256)
{
  return g_strdup_printf (XS_WIRE_PATH_REVIEW_LOGS "%s/%" G_GINT64_FORMAT "/%s", devnum, seq, log_sha256);
}

gboolean
xs_wire_review_log_name (const char *name, char devnum[XS_UNIFIED_DIGITS + 1], gint64 *seq, char log_sha256[65])
{
  g_auto (GStrv) parts = g_strsplit (name, "/", 4);

  if (g_strv_length (parts) != 3 || strlen (parts[0]) != XS_UNIFIED_DIGITS
      || strspn (parts[0], "0123456789") != XS_UNIFIED_DIGITS || !g_ascii_isdigit (parts[1][0]) || parts[1][0] == '0'
      || !xs_wire_sha256_is_valid (parts[2]))
    return FALSE;
  g_strlcpy (devnum, parts[0], XS_UNIFIED_DIGITS + 1);
  g_strlcpy (log_sha256, parts[2], 65);
  return g_ascii_string_to_signed (parts[1], 10, 1, XS_WIRE_MAX_INT, seq, NULL);
}
