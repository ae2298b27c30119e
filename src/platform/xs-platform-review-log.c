/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-review-private.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-presence.h"

#include <math.h>
#include <string.h>

/* All there is to know of one log. */

#define MEASURES_MAX_BYTES (64 * 1024)
/* Of steps before the one that explains the verdict: enough to see what was meant. */
#define OLD_REASONS_MAX 20

/* Of columns 4 and 5. */
static void
add_signature (XsSqlRow *cursor, XsReviewLog *log)
{
  gsize size;
  g_autoptr (GBytes) signature = xs_sql_row_bytes (cursor, 4);
  g_autoptr (GBytes) key = xs_sql_row_bytes (cursor, 5);
  const guint8 *data = g_bytes_get_data (signature, &size);
  g_autofree char *signature_text = g_base64_encode (data, size);

  data = g_bytes_get_data (key, &size);
  g_autofree char *key_text = g_base64_encode (data, size);
  g_strlcpy (log->signature, signature_text, sizeof log->signature);
  g_strlcpy (log->device_key, key_text, sizeof log->device_key);
}

/* Sets log->log_sha256 and ->registration_sha256, and @appeal (nullable) to the bytes of the appeal. */
static gboolean
read_documents (XsPlatformStorage *storage, gint64 log_id, XsReviewLog *log, GBytes **appeal, GError **error)
{
  gboolean has_row;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT log_document.bytes, log.sha256, learner.photo_sha256, appeal.bytes,"
                    " log_document.signature, device.sign_key FROM log"
                    " JOIN device ON device.id = log.device_id"
                    " JOIN log_document ON log_document.log_id = log.id AND log_document.received_us = log.received_us"
                    " LEFT JOIN learner ON learner.stunum = log.stunum"
                    " LEFT JOIN appeal ON appeal.device_id = log.device_id AND appeal.seq = log.seq WHERE log.id = ?",
                    error, "i", log_id);

  if (cursor == NULL || !xs_sql_row_step (cursor, &has_row, error))
    return FALSE;
  g_autoptr (GBytes) bytes = has_row ? xs_sql_row_bytes (cursor, 0) : NULL;
  if (bytes == NULL || !xs_wire_log_decode (&log->wire_log, bytes, NULL))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "Log %" G_GINT64_FORMAT " of the database cannot be read",
                   log_id);
      return FALSE;
    }
  const char *photo = xs_sql_row_string (cursor, 2);
  g_strlcpy (log->log_sha256, xs_sql_row_string (cursor, 1), sizeof log->log_sha256);
  g_strlcpy (log->registration_sha256, photo != NULL ? photo : "", sizeof log->registration_sha256);
  *appeal = xs_sql_row_bytes (cursor, 3);
  add_signature (cursor, log);
  return TRUE;
}

static void
add_appeal (XsReviewLog *log, GBytes *bytes)
{
  XsAppeal appeal;
  XsReviewAppeal entry = { 0 };

  if (bytes == NULL || !xs_wire_appeal_decode (&appeal, bytes, NULL))
    return;
  entry.at_us = appeal.wall_us;
  g_strlcpy (entry.reason, xs_appeal_nick (appeal.reason), sizeof entry.reason);
  g_strlcpy (entry.comment, appeal.comment, sizeof entry.comment);
  g_array_append_val (log->appeals, entry);
}

static void
add_limit (XsReviewLog *log, const char *name, double min, double max)
{
  XsReviewLimit limit = { .min = min, .max = max };

  g_strlcpy (limit.name, name, sizeof limit.name);
  g_array_append_val (log->limits, limit);
}

static void
add_limits (XsReviewLog *log, const XsPolicy *policy)
{
  add_limit (log, "match", policy->match_same, NAN);
  add_limit (log, "yaw_deg", -policy->yaw_limit_deg, policy->yaw_limit_deg);
  add_limit (log, "pitch_deg", -policy->pitch_limit_deg, policy->pitch_limit_deg);
  add_limit (log, "roll_deg", -policy->roll_limit_deg, policy->roll_limit_deg);
  add_limit (log, "brow_chin_px", policy->brow_chin_min_px, NAN);
  add_limit (log, "face_share", NAN, policy->face_share_max);
  add_limit (log, "luminance", policy->luminance_min, NAN);
  add_limit (log, "backlight_ev", NAN, policy->backlight_max_ev);
  add_limit (log, "light_balance_ev", -policy->light_balance_max_ev, policy->light_balance_max_ev);
  add_limit (log, "sharpness", policy->sharpness_min, NAN);
  add_limit (log, "detail", policy->covered_detail_max, NAN);
  add_limit (log, "eyes_open", policy->eyes_open_min, NAN);
  add_limit (log, "mouth_covered", NAN, policy->mouth_covered_max);
  add_limit (log, "head_covered", NAN, policy->head_covered_max);
  add_limit (log, "eye_glare", NAN, policy->eye_glare_max);
  add_limit (log, "live", policy->live_min, NAN);
}

static void
read_boxes (JsonObject *object, XsReviewPhoto *photo)
{
  JsonArray *boxes;

  if (!xs_json_get_array (object, "boxes", &boxes, NULL))
    return;
  for (guint i = 0; i < MIN (json_array_get_length (boxes), XS_MAX_FACES); i++)
    {
      JsonNode *node = json_array_get_element (boxes, i);
      JsonArray *sides = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      if (sides == NULL || json_array_get_length (sides) != 4)
        return;
      XsReviewBox box = { json_array_get_int_element (sides, 0), json_array_get_int_element (sides, 1),
                          MAX (0, json_array_get_int_element (sides, 2)),
                          MAX (0, json_array_get_int_element (sides, 3)) };
      g_array_append_val (photo->faces, box);
    }
}

static void
read_points (JsonObject *object, XsReviewPhoto *photo)
{
  JsonArray *points;

  /* What was looked at before points were kept has none. */
  if (!json_object_has_member (object, "points") || !xs_json_get_array (object, "points", &points, NULL))
    return;
  for (guint i = 0; i < MIN (json_array_get_length (points), XS_FACE_POINTS); i++)
    {
      JsonNode *node = json_array_get_element (points, i);
      JsonArray *at = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      if (at == NULL || json_array_get_length (at) != 2)
        return;
      XsReviewPoint point = { json_array_get_int_element (at, 0), json_array_get_int_element (at, 1) };
      g_array_append_val (photo->points, point);
    }
}

/* As xs_audit_measures_of() of the auditor writes them. */
static void
read_measures (const char *json, XsReviewPhoto *photo)
{
  const char *why;
  g_autoptr (JsonObject) object = xs_json_parse_object (json, strlen (json), MEASURES_MAX_BYTES, NULL);

  if (object == NULL)
    return;
  if (json_object_has_member (object, "error") && xs_json_get_string (object, "error", &why, NULL))
    g_strlcpy (photo->error, why, sizeof photo->error);
  read_boxes (object, photo);
  read_points (object, photo);
  for (guint i = 0; xs_measure_name (i) != NULL; i++)
    {
      XsReviewMeasure measure;
      g_strlcpy (measure.name, xs_measure_name (i), sizeof measure.name);
      if (json_object_has_member (object, measure.name)
          && xs_json_get_double (object, measure.name, -1e6, 1e6, &measure.value, NULL))
        g_array_append_val (photo->measures, measure);
    }
}

static gboolean
add_photos (XsPlatformStorage *storage, gint64 log_id, XsReviewLog *log, GError **error)
{
  g_autoptr (GArray) seen = xs_platform_audit_get_photos (storage, log_id, error);

  for (guint i = 0; seen != NULL && i < MIN (seen->len, XS_LOG_PHOTOS_MAX); i++)
    {
      const XsAuditPhoto *from = &g_array_index (seen, XsAuditPhoto, i);
      XsReviewPhoto photo;
      xs_review_photo_init (&photo);
      g_strlcpy (photo.number, from->number, sizeof photo.number);
      g_strlcpy (photo.seen, from->seen, sizeof photo.seen);
      photo.taken_us = from->taken_us;
      photo.match = from->match;
      photo.live = from->live;
      read_measures (from->measures, &photo);
      g_array_append_val (log->photos, photo);
    }
  return seen != NULL;
}

static gboolean
mark_gone (XsPlatformStorage *storage, gint64 log_id, XsReviewLog *log, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) cursor =
    xs_sql_prepare (storage->sql,
                    "SELECT log_photo.number FROM log_photo JOIN photo_gone ON photo_gone.sha256 = log_photo.sha256"
                    " WHERE log_photo.log_id = ?",
                    error, "i", log_id);

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      for (guint i = 0; i < log->photos->len; i++)
        {
          XsReviewPhoto *photo = &g_array_index (log->photos, XsReviewPhoto, i);
          if (strcmp (photo->number, xs_sql_row_string (cursor, 0)) == 0)
            photo->gone = TRUE;
        }
    }
  return ok;
}

/* The slots as the auditor counted them: a photo on which it could not make out one face fills none. */
static void
add_slots (XsReviewLog *log, const XsPolicy *policy)
{
  static const char *const nicks[] = {
    [XS_SLOT_GOOD] = "good", [XS_SLOT_MISSING] = "missing", [XS_SLOT_BAD] = "bad", [XS_SLOT_EXEMPT] = "exempt"
  };
  g_auto (XsAuditFacts) facts = { 0 };

  xs_audit_facts_init (&facts);
  for (guint i = 0; i < log->photos->len; i++)
    {
      const XsReviewPhoto *photo = &g_array_index (log->photos, XsReviewPhoto, i);
      XsPhotoFinding finding = { .match = photo->match };
      g_strlcpy (finding.number, photo->number, sizeof finding.number);
      finding.faulty = strcmp (photo->seen, xs_presence_nick (XS_PRESENCE_NO_FACE)) == 0
                       || strcmp (photo->seen, xs_presence_nick (XS_PRESENCE_COVERED)) == 0
                       || strcmp (photo->seen, xs_presence_nick (XS_PRESENCE_SEVERAL_FACES)) == 0;
      if (strcmp (photo->seen, XS_AUDIT_UNREADABLE) != 0)
        g_array_append_val (facts.findings, finding);
    }
  g_autoptr (XsAudit) audit = xs_audit_log (&log->wire_log.log, policy, &facts);
  for (guint i = 0; i < MIN (audit->slots->len, XS_LOG_MINUTES_MAX); i++)
    {
      const XsSlot *slot = &g_array_index (audit->slots, XsSlot, i);
      XsReviewSlot entry = { .start_us = slot->start_wall_us, .end_us = slot->end_wall_us };
      if (slot->state != XS_SLOT_OPEN)
        g_strlcpy (entry.state, nicks[slot->state], sizeof entry.state);
      if (entry.state[0] != '\0')
        g_array_append_val (log->slots, entry);
    }
}

static void
add_step (XsReviewLog *log, const XsAuditStep *from, gboolean whole)
{
  XsReviewStep step;
  guint n_reasons = whole ? from->reasons->len : MIN (from->reasons->len, OLD_REASONS_MAX);

  xs_review_step_init (&step);
  step.version = from->version;
  step.at_us = from->at_us;
  step.from = from->from;
  step.to = from->to;
  step.verdict = from->verdict;
  step.credited_min = from->credited_min[0];
  step.credited_next_min = from->credited_min[1];
  step.engine = from->engine;
  step.policy_version = from->policy_version;
  g_strlcpy (step.who, from->who, sizeof step.who);
  g_strlcpy (step.comment, from->comment, sizeof step.comment);
  g_strlcpy (step.policy_id, from->policy_id, sizeof step.policy_id);
  g_array_append_vals (step.reasons, from->reasons->data, n_reasons);
  g_array_append_val (log->steps, step);
}

/* What a first look says is in the action that was asked for. */
static void
fill_first_look (XsReviewStep *step, const char *who, const XsReviewAction *action)
{
  XsWireReason reason = { 0 };

  step->first_look = TRUE;
  step->verdict = action->verdict;
  g_strlcpy (step->who, who, sizeof step->who);
  g_strlcpy (step->comment, action->comment, sizeof step->comment);
  if (action->reason[0] == '\0')
    return;
  g_strlcpy (reason.word, action->reason, sizeof reason.word);
  if (action->voids->len == 0)
    g_array_append_val (step->reasons, reason);
  for (guint i = 0; i < action->voids->len; i++)
    {
      const XsReviewVoid *stretch = &g_array_index (action->voids, XsReviewVoid, i);
      reason.from_min = (guint) stretch->from_min;
      reason.to_min = (guint) stretch->to_min;
      g_array_append_val (step->reasons, reason);
    }
}

static gboolean
mark_steps (XsPlatformStorage *storage, gint64 log_id, XsReviewLog *log, GError **error)
{
  gboolean ok;
  g_autoptr (XsSqlRow) cursor = xs_sql_prepare (storage->sql,
                                                "SELECT version, who, action, status, request FROM review_action"
                                                " WHERE log_id = ? AND status IN ('done', 'first_look')",
                                                error, "i", log_id);

  if (cursor == NULL)
    return FALSE;
  while (xs_sql_row_next (cursor, &ok, error))
    {
      g_auto (XsReviewActions) actions;
      const char *request = xs_sql_row_string (cursor, 4);
      g_autoptr (GBytes) bytes = g_bytes_new (request, strlen (request));
      xs_review_actions_init (&actions);
      if (!xs_review_actions_decode (&actions, bytes, error))
        return FALSE;
      for (guint i = 0; i < log->steps->len; i++)
        {
          XsReviewStep *step = &g_array_index (log->steps, XsReviewStep, i);
          if (step->version != xs_sql_row_int (cursor, 0))
            continue;
          step->undo = strcmp (xs_sql_row_string (cursor, 2), "undo") == 0;
          if (strcmp (xs_sql_row_string (cursor, 3), "first_look") == 0 && actions.actions->len == 1)
            fill_first_look (step, xs_sql_row_string (cursor, 1), &g_array_index (actions.actions, XsReviewAction, 0));
        }
    }
  return ok;
}

static gboolean
add_history (XsPlatformStorage *storage, gint64 log_id, XsReviewLog *log, GError **error)
{
  g_autoptr (GArray) history = xs_platform_audit_get_history (storage, log_id, error);
  guint explains = 0;

  if (history == NULL)
    return FALSE;
  for (guint i = 0; i < history->len; i++)
    {
      if (g_array_index (history, XsAuditStep, i).reasons->len > 0)
        explains = i;
    }
  for (guint i = history->len - MIN (history->len, XS_REVIEW_STEPS_MAX); i < history->len; i++)
    add_step (log, &g_array_index (history, XsAuditStep, i), i == explains);
  return mark_steps (storage, log_id, log, error);
}

gboolean
xs_platform_review_get_log (XsPlatformStorage *storage, const XsPlatformPerson *person, const char *devnum, gint64 seq,
                            const char *log_sha256, XsReviewLog *log, GError **error)
{
  XsAuditRow found;
  XsReviewRow row;
  XsPolicy policy;
  const XsTeachingLog *signed_log = &log->wire_log.log;
  g_autoptr (GBytes) appeal = NULL;

  if (!xs_review_find_log (storage, person, devnum, seq, log_sha256, &found, NULL, error)
      || !xs_review_read_row (storage, found.log_id, &row, error)
      || !read_documents (storage, found.log_id, log, &appeal, error)
      || !xs_audit_read_policy (storage, signed_log->policy_id, signed_log->policy_version, &policy, error)
      || !add_photos (storage, found.log_id, log, error) || !mark_gone (storage, found.log_id, log, error)
      || !add_history (storage, found.log_id, log, error))
    return FALSE;
  g_array_append_val (log->row, row);
  add_appeal (log, appeal);
  add_limits (log, &policy);
  add_slots (log, &policy);
  return TRUE;
}
