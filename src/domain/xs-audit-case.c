/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-case.h"

#include <math.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-minute-record.h"
#include "xs-policy-json.h"

#define DAY_MIN (24 * 60)
#define DAY_S (DAY_MIN * 60)
#define MAX_PHOTOS 1000
#define MAX_LIST 100000

/* The document being read: times without a date are of the day its log starts. */
typedef struct {
  XsAuditCase *result;
  gint64 day_us;
} Reader;

typedef gboolean (*ReadElement) (Reader *reader, JsonObject *object, guint index, GError **error);

static gboolean
invalid (const char *name, const char *rule, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” %s", name, rule);
  return FALSE;
}

static gboolean
has (JsonObject *object, const char *name)
{
  return json_object_has_member (object, name);
}

/* Times */

/* "HH:MM:SS" with up to six digits of a fraction; -1 for anything else. */
static gint64
parse_time_of_day (const char *text)
{
  static const char form[] = "00:00:00";
  gint64 fraction_us = 0;

  for (guint i = 0; i < strlen (form); i++)
    {
      if (form[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
        return -1;
    }
  if (text[8] != '\0')
    {
      gsize n = strlen (text + 9);
      if (text[8] != '.' || n < 1 || n > 6 || strspn (text + 9, "0123456789") != n)
        return -1;
      fraction_us = g_ascii_strtoll (text + 9, NULL, 10);
      for (; n < 6; n++)
        fraction_us *= 10;
    }

  int hour = (text[0] - '0') * 10 + text[1] - '0';
  int minute = (text[3] - '0') * 10 + text[4] - '0';
  int second = (text[6] - '0') * 10 + text[7] - '0';
  if (hour > 23 || minute > 59 || second > 59)
    return -1;
  return ((gint64) hour * 3600 + minute * 60 + second) * G_USEC_PER_SEC + fraction_us;
}

/* "YYYY-MM-DD", by way of the trade's form. */
static gboolean
parse_day (const char *text, gint64 *day_us)
{
  if (text[4] != '-' || text[7] != '-')
    return FALSE;

  g_autofree char *wire = g_strdup_printf ("%.4s%.2s%.2s000000", text, text + 5, text + 8);
  return xs_wall_from_wire (wire, day_us, NULL);
}

static gboolean
read_time (const Reader *reader, JsonObject *object, const char *name, gint64 *wall_us, GError **error)
{
  const char *text = NULL;
  gint64 day_us = reader->day_us;

  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  gboolean has_day = strlen (text) > 11 && text[10] == ' ';
  gint64 time_us = parse_time_of_day (has_day ? text + 11 : text);
  if (time_us < 0 || (has_day && !parse_day (text, &day_us)))
    return invalid (name, "is no time as “2026-01-05 09:00:00”", error);
  if (day_us == G_MININT64)
    return invalid (name, "needs its date, as “2026-01-05 09:00:00”", error);

  *wall_us = day_us + time_us;
  return TRUE;
}

static gboolean
read_optional_time (const Reader *reader, JsonObject *object, const char *name, gint64 *wall_us, GError **error)
{
  return !has (object, name) || read_time (reader, object, name, wall_us, error);
}

/* Other members that may be left out: then the value stays as it is. */

static gboolean
read_optional_int (JsonObject *object, const char *name, gint64 min, gint64 max, gint64 *value, GError **error)
{
  return !has (object, name) || xs_json_get_int (object, name, min, max, value, error);
}

static gboolean
read_optional_boolean (JsonObject *object, const char *name, gboolean *value, GError **error)
{
  return !has (object, name) || xs_json_get_boolean (object, name, value, error);
}

/* @number: room for @digits and the end. */
static gboolean
read_optional_number (JsonObject *object, const char *name, guint digits, char *number, GError **error)
{
  const char *text = NULL;

  if (!has (object, name))
    return TRUE;
  if (!xs_json_get_number (object, name, digits, &text, error))
    return FALSE;
  g_strlcpy (number, text, digits + 1);
  return TRUE;
}

/* @hash: room for 64 hex digits and the end. */
static gboolean
read_optional_hash (JsonObject *object, const char *name, char *hash, GError **error)
{
  const char *text = NULL;

  if (!has (object, name))
    return TRUE;
  if (!xs_json_get_string (object, name, &text, error))
    return FALSE;
  if (strlen (text) != 64 || strspn (text, "0123456789abcdef") != 64)
    return invalid (name, "must have 64 lower-case hex digits", error);
  g_strlcpy (hash, text, 65);
  return TRUE;
}

/* -1 … 1, or null for NaN. */
static gboolean
read_optional_match (JsonObject *object, double *match, GError **error)
{
  if (!has (object, "match"))
    return TRUE;
  if (json_object_get_null_member (object, "match"))
    {
      *match = NAN;
      return TRUE;
    }
  return xs_json_get_double (object, "match", -1, 1, match, error);
}

static gboolean
read_list (Reader *reader, JsonObject *object, const char *name, guint max, ReadElement read, GError **error)
{
  JsonArray *array = NULL;

  if (!has (object, name))
    return TRUE;
  if (!xs_json_get_array (object, name, &array, error))
    return FALSE;
  guint n = json_array_get_length (array);
  if (n > max)
    return invalid (name, "has too many elements", error);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *element = NULL;
      if (!xs_json_get_element_object (array, i, &element, error))
        return xs_json_error_at (error, "%s[%u]", name, i);
      if (!read (reader, element, i, error))
        return xs_json_error_at (error, "%s[%u]", name, i);
    }
  return TRUE;
}

/* The log */

static gint64
minute_end_us (const XsTeachingLog *log, gint64 minute)
{
  return MIN (log->start_wall_us + (minute + 1) * XS_MINUTE_US, log->end_wall_us);
}

static void
add_minute (XsAuditCase *result, gint64 minute, const XsMinuteRecord *like, gint64 shift_us)
{
  XsTeachingLog *log = &result->log;
  XsMinuteRecord record = *like;
  gint64 end_us = minute_end_us (log, minute);
  gint64 length_us = end_us - log->start_wall_us - minute * XS_MINUTE_US;

  record.credited_us = CLAMP (record.credited_us, 0, MAX (length_us, 0));
  record.wall_end_us = end_us + shift_us;
  g_array_append_val (log->minutes, record);
}

static gboolean
is_minutes_field (const char *name)
{
  static const char *const known[] = { "from", "to", "credited_s", "normal", "stunum", "devnum", "shift_s", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_minutes (Reader *reader, JsonObject *object, guint index, GError **error)
{
  XsAuditCase *result = reader->result;
  gint64 from = 0, to = 0, credited_s = 0, shift_s = 0;
  char devnum[XS_UNIFIED_DIGITS + 1];
  XsMinuteRecord like = { 0 };

  g_strlcpy (like.stunum, result->log.stunum, sizeof like.stunum);
  g_strlcpy (devnum, result->log.devnum, sizeof devnum);
  if (!xs_json_has_only (object, is_minutes_field, "a field of minutes", error)
      || !xs_json_get_int (object, "from", 0, DAY_MIN, &from, error)
      || !xs_json_get_int (object, "to", from, DAY_MIN, &to, error)
      || !xs_json_get_int (object, "credited_s", 0, 60, &credited_s, error)
      || !read_optional_int (object, "shift_s", -DAY_S, DAY_S, &shift_s, error)
      || !read_optional_number (object, "stunum", XS_UNIFIED_DIGITS, like.stunum, error)
      || !read_optional_number (object, "devnum", XS_UNIFIED_DIGITS, devnum, error))
    return FALSE;
  like.credited_us = credited_s * G_USEC_PER_SEC;
  like.normal = credited_s >= result->policy.minute_normal_s;
  if (!read_optional_boolean (object, "normal", &like.normal, error))
    return FALSE;

  g_autofree char *number = xs_minute_number (devnum, xs_wall_day (result->log.start_wall_us), 1);
  g_strlcpy (like.number, number, sizeof like.number);
  for (gint64 minute = from; minute < to; minute++)
    add_minute (result, minute, &like, shift_s * G_USEC_PER_SEC);
  return TRUE;
}

static void
add_all_minutes (XsAuditCase *result)
{
  XsTeachingLog *log = &result->log;
  gint64 length_us = log->end_wall_us - log->start_wall_us;
  g_autofree char *number = xs_minute_number (log->devnum, xs_wall_day (log->start_wall_us), 1);
  XsMinuteRecord like = { 0 };

  g_strlcpy (like.stunum, log->stunum, sizeof like.stunum);
  g_strlcpy (like.number, number, sizeof like.number);
  for (gint64 minute = 0; minute < DAY_MIN && minute * XS_MINUTE_US < length_us; minute++)
    {
      gint64 credited_us = minute_end_us (log, minute) - log->start_wall_us - minute * XS_MINUTE_US;

      like.credited_us = credited_us;
      like.normal = credited_us >= result->policy.minute_normal_s * G_USEC_PER_SEC;
      add_minute (result, minute, &like, 0);
    }
}

static gboolean
is_photo_field (const char *name)
{
  static const char *const known[] = { "time", "event", "number", "match", "sha256", "picture_hash", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_photo (Reader *reader, JsonObject *object, guint index, GError **error)
{
  XsPhotoRecord photo = { .match = 1, .width_px = 640, .height_px = 480 };
  gint64 event = 0;
  g_autofree char *number = xs_photo_number (index + 1);
  g_autofree char *sha256 = g_strdup_printf ("%064x", index + 1);

  g_strlcpy (photo.number, number, sizeof photo.number);
  g_strlcpy (photo.sha256, sha256, sizeof photo.sha256);
  if (!xs_json_has_only (object, is_photo_field, "a field of a photo", error)
      || !read_time (reader, object, "time", &photo.wall_us, error)
      || !xs_json_get_int (object, "event", 0, 255, &event, error)
      || !read_optional_number (object, "number", XS_PHOTO_NUMBER_DIGITS, photo.number, error)
      || !read_optional_match (object, &photo.match, error)
      || !read_optional_hash (object, "sha256", photo.sha256, error)
      || !read_optional_hash (object, "picture_hash", photo.picture_hash, error))
    return FALSE;
  if (event != XS_PHOTO_TIMED && event != XS_PHOTO_SIGN_IN && event != XS_PHOTO_SIGN_OUT && event != XS_PHOTO_PROCESS)
    return invalid ("event", "must be 5, 17, 18 or 19", error);

  photo.event = (XsPhotoEvent) event;
  g_array_append_val (reader->result->log.photos, photo);
  return TRUE;
}

static gboolean
is_event_field (const char *name)
{
  static const char *const known[] = { "kind", "time", "amount_s", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_event (Reader *reader, JsonObject *object, guint index, GError **error)
{
  XsLogEvent event = { 0 };
  const char *kind = NULL;
  gint64 amount_s = 0;

  if (!xs_json_has_only (object, is_event_field, "a field of an event", error)
      || !xs_json_get_string (object, "kind", &kind, error)
      || !read_time (reader, object, "time", &event.wall_us, error)
      || !xs_json_get_int (object, "amount_s", G_MININT32, G_MAXINT32, &amount_s, error))
    return FALSE;
  if (!xs_log_event_from_nick (kind, &event.kind))
    return invalid ("kind", "must be “clock_step”, “suspend”, “zone_changed” or “gap”", error);

  event.amount_us = amount_s * G_USEC_PER_SEC;
  g_array_append_val (reader->result->log.events, event);
  return TRUE;
}

static gboolean
is_log_field (const char *name)
{
  static const char *const known[] = { "start",   "end",      "stunum",     "devnum",      "inscode",
                                       "recnum",  "subjcode", "credited_s", "admitted_by", "end_reason",
                                       "minutes", "photos",   "events",     NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_end_reason (JsonObject *object, XsSignOut *reason, GError **error)
{
  const char *nick = NULL;

  if (!has (object, "end_reason"))
    return TRUE;
  if (!xs_json_get_string (object, "end_reason", &nick, error))
    return FALSE;
  return xs_sign_out_from_nick (nick, reason)
         || invalid ("end_reason", "is no way for a log to end, as “by_learner” or “interrupted”", error);
}

static gboolean
read_admitted_by (JsonObject *object, XsTeachingLog *log, GError **error)
{
  const char *who = NULL;

  if (!has (object, "admitted_by"))
    return TRUE;
  if (!xs_json_get_string (object, "admitted_by", &who, error))
    return FALSE;
  if (*who == '\0' || strlen (who) > XS_ADMITTED_BY_MAX)
    return invalid ("admitted_by", "must have 1 to 63 bytes", error);
  g_strlcpy (log->admitted_by, who, sizeof log->admitted_by);
  return TRUE;
}

static gboolean
read_log_head (Reader *reader, JsonObject *object, GError **error)
{
  XsTeachingLog *log = &reader->result->log;

  g_strlcpy (log->stunum, "2000000000000002", sizeof log->stunum);
  g_strlcpy (log->devnum, "4000000000000004", sizeof log->devnum);
  g_strlcpy (log->inscode, "1000000000000001", sizeof log->inscode);
  g_strlcpy (log->recnum, "00001", sizeof log->recnum);
  g_strlcpy (log->subjcode, "2211010000", sizeof log->subjcode);
  if (!xs_json_has_only (object, is_log_field, "a field of a log", error)
      || !read_time (reader, object, "start", &log->start_wall_us, error))
    return FALSE;
  reader->day_us = xs_wall_midnight_us (log->start_wall_us);
  return read_time (reader, object, "end", &log->end_wall_us, error)
         && read_optional_number (object, "stunum", XS_UNIFIED_DIGITS, log->stunum, error)
         && read_optional_number (object, "devnum", XS_UNIFIED_DIGITS, log->devnum, error)
         && read_optional_number (object, "inscode", XS_UNIFIED_DIGITS, log->inscode, error)
         && read_optional_number (object, "recnum", XS_RECNUM_DIGITS, log->recnum, error)
         && read_optional_number (object, "subjcode", XS_SUBJCODE_DIGITS, log->subjcode, error)
         && read_admitted_by (object, log, error) && read_end_reason (object, &log->end_reason, error);
}

static gboolean
read_log (Reader *reader, JsonObject *object, GError **error)
{
  XsTeachingLog *log = &reader->result->log;
  gint64 credited_us = 0;

  if (!read_log_head (reader, object, error) || !read_list (reader, object, "minutes", DAY_MIN, read_minutes, error)
      || !read_list (reader, object, "photos", MAX_PHOTOS, read_photo, error)
      || !read_list (reader, object, "events", XS_LOG_EVENTS_MAX, read_event, error))
    return FALSE;
  if (!has (object, "minutes"))
    add_all_minutes (reader->result);
  for (guint i = 0; i < log->minutes->len; i++)
    credited_us += g_array_index (log->minutes, XsMinuteRecord, i).credited_us;
  log->credited_s = credited_us / G_USEC_PER_SEC;
  return read_optional_int (object, "credited_s", 0, DAY_S, &log->credited_s, error);
}

/* The day */

static gboolean
is_other_field (const char *name)
{
  static const char *const known[] = { "start",  "end",      "stunum",       "devnum",
                                       "recnum", "subjcode", "credited_min", "credited_next_day_min",
                                       NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_other (Reader *reader, JsonObject *object, guint index, GError **error)
{
  const XsTeachingLog *log = &reader->result->log;
  XsOtherLog other = { .recnum = "00000" };

  g_strlcpy (other.stunum, log->stunum, sizeof other.stunum);
  g_strlcpy (other.devnum, log->devnum, sizeof other.devnum);
  g_strlcpy (other.subjcode, log->subjcode, sizeof other.subjcode);
  if (!xs_json_has_only (object, is_other_field, "a field of another log", error)
      || !read_time (reader, object, "start", &other.start_wall_us, error)
      || !read_time (reader, object, "end", &other.end_wall_us, error)
      || !read_optional_number (object, "stunum", XS_UNIFIED_DIGITS, other.stunum, error)
      || !read_optional_number (object, "devnum", XS_UNIFIED_DIGITS, other.devnum, error)
      || !read_optional_number (object, "recnum", XS_RECNUM_DIGITS, other.recnum, error)
      || !read_optional_number (object, "subjcode", XS_SUBJCODE_DIGITS, other.subjcode, error)
      || !read_optional_int (object, "credited_min", 0, DAY_MIN, &other.credited_min[0], error)
      || !read_optional_int (object, "credited_next_day_min", 0, DAY_MIN, &other.credited_min[1], error))
    return FALSE;

  g_array_append_val (reader->result->facts.others, other);
  return TRUE;
}

static gboolean
is_seen_field (const char *name)
{
  static const char *const known[] = { "number", "devnum", "time", "sha256", "picture_hash", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_seen (Reader *reader, JsonObject *object, guint index, GError **error)
{
  XsSeenPhoto seen = { 0 };
  const char *number = NULL;

  g_strlcpy (seen.devnum, reader->result->log.devnum, sizeof seen.devnum);
  if (!xs_json_has_only (object, is_seen_field, "a field of an earlier photo", error)
      || !xs_json_get_number (object, "number", XS_PHOTO_NUMBER_DIGITS, &number, error)
      || !read_optional_number (object, "devnum", XS_UNIFIED_DIGITS, seen.devnum, error)
      || !read_optional_time (reader, object, "time", &seen.wall_us, error)
      || !read_optional_hash (object, "sha256", seen.sha256, error)
      || !read_optional_hash (object, "picture_hash", seen.picture_hash, error))
    return FALSE;

  g_strlcpy (seen.number, number, sizeof seen.number);
  g_array_append_val (reader->result->facts.seen, seen);
  return TRUE;
}

static gboolean
is_finding_field (const char *name)
{
  static const char *const known[] = { "number", "faulty", "match", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_finding (Reader *reader, JsonObject *object, guint index, GError **error)
{
  XsPhotoFinding finding = { .match = NAN };
  const char *number = NULL;

  if (!xs_json_has_only (object, is_finding_field, "a field of a finding", error)
      || !xs_json_get_number (object, "number", XS_PHOTO_NUMBER_DIGITS, &number, error)
      || !read_optional_boolean (object, "faulty", &finding.faulty, error)
      || !read_optional_match (object, &finding.match, error))
    return FALSE;

  g_strlcpy (finding.number, number, sizeof finding.number);
  g_array_append_val (reader->result->facts.findings, finding);
  return TRUE;
}

static gboolean
is_day_field (const char *name)
{
  static const char *const known[] = { "now",
                                       "received",
                                       "open",
                                       "learner_known",
                                       "school_filed",
                                       "coach_filed",
                                       "recnum_taken",
                                       "learner_inscode",
                                       "device_inscode",
                                       "learner_vehicle",
                                       "learner_part",
                                       "logs",
                                       "photos",
                                       "findings",
                                       NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_day (Reader *reader, JsonObject *object, GError **error)
{
  XsAuditFacts *facts = &reader->result->facts;
  gint64 vehicle = 0, part = 0;

  if (!xs_json_has_only (object, is_day_field, "a field of a day", error)
      || !read_optional_time (reader, object, "now", &facts->now_wall_us, error)
      || !read_optional_time (reader, object, "received", &facts->received_wall_us, error)
      || !read_optional_boolean (object, "open", &facts->open, error)
      || !read_optional_boolean (object, "learner_known", &facts->learner_known, error)
      || !read_optional_boolean (object, "school_filed", &facts->school_filed, error)
      || !read_optional_boolean (object, "coach_filed", &facts->coach_filed, error)
      || !read_optional_boolean (object, "recnum_taken", &facts->recnum_taken, error)
      || !read_optional_number (object, "learner_inscode", XS_UNIFIED_DIGITS, facts->learner_inscode, error)
      || !read_optional_number (object, "device_inscode", XS_UNIFIED_DIGITS, facts->device_inscode, error)
      || !read_optional_int (object, "learner_vehicle", 0, 99, &vehicle, error)
      || !read_optional_int (object, "learner_part", 1, 4, &part, error)
      || !read_list (reader, object, "logs", MAX_LIST, read_other, error)
      || !read_list (reader, object, "photos", MAX_LIST, read_seen, error)
      || !read_list (reader, object, "findings", MAX_PHOTOS, read_finding, error))
    return FALSE;

  facts->learner_vehicle = (int) vehicle;
  facts->learner_part = (int) part;
  return TRUE;
}

/* The whole */

static gboolean
is_case_field (const char *name)
{
  static const char *const known[] = { "about", "policy", "log", "day", "expect", NULL };
  return g_strv_contains (known, name);
}

static gboolean
read_case (Reader *reader, JsonObject *object, gboolean with_day, GError **error)
{
  XsAuditCase *result = reader->result;
  JsonObject *member = NULL;
  const char *about = NULL;

  if (!xs_json_has_only (object, is_case_field, "a field of a case", error)
      || (has (object, "about") && !xs_json_get_string (object, "about", &about, error)))
    return FALSE;
  result->about = g_strdup (about);
  if (has (object, "policy"))
    {
      if (!xs_json_get_object (object, "policy", &member, error))
        return FALSE;
      if (!xs_policy_change (&result->policy, member, error))
        return xs_json_error_at (error, "policy");
    }
  if (!xs_json_get_object (object, "log", &member, error))
    return FALSE;
  if (!read_log (reader, member, error))
    return xs_json_error_at (error, "log");
  if (has (object, "day"))
    {
      if (!with_day)
        return invalid ("day", "is in the case and in a file of its own; leave one out", error);
      if (!xs_json_get_object (object, "day", &member, error))
        return FALSE;
      if (!read_day (reader, member, error))
        return xs_json_error_at (error, "day");
    }
  if (has (object, "expect"))
    {
      if (!xs_json_get_object (object, "expect", &member, error))
        return FALSE;
      result->expect = json_object_ref (member);
    }
  return TRUE;
}

static gboolean
read_day_document (Reader *reader, const char *day, gsize day_size, GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (day, day_size, XS_AUDIT_CASE_MAX_BYTES, error);

  if (object == NULL)
    return FALSE;
  return read_day (reader, object, error) || xs_json_error_line (error, day, day_size);
}

XsAuditCase *
xs_audit_case_parse (const XsPolicy *policy, const char *data, gsize size, const char *day, gsize day_size,
                     GError **error)
{
  g_autoptr (JsonObject) object = xs_json_parse_object (data, size, XS_AUDIT_CASE_MAX_BYTES, error);
  g_autoptr (XsAuditCase) result = g_new0 (XsAuditCase, 1);
  Reader reader = { result, G_MININT64 };

  result->policy = *policy;
  xs_teaching_log_init (&result->log);
  xs_audit_facts_init (&result->facts);
  if (object == NULL)
    return NULL;
  if (!read_case (&reader, object, day == NULL, error))
    {
      xs_json_error_line (error, data, size);
      return NULL;
    }
  if (day != NULL && !read_day_document (&reader, day, day_size, error))
    return NULL;
  return g_steal_pointer (&result);
}

void
xs_audit_case_free (XsAuditCase *audit_case)
{
  if (audit_case == NULL)
    return;

  g_free (audit_case->about);
  xs_teaching_log_clear (&audit_case->log);
  xs_audit_facts_clear (&audit_case->facts);
  g_clear_pointer (&audit_case->expect, json_object_unref);
  g_free (audit_case);
}
