/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-log.h"

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-subjcode.h"
#include "xs-wire-private.h"

#include <math.h>
#include <string.h>

#define SCHEMA_WITH_EVENTS 2
#define SCHEMA_WITH_ADMISSION 3
#define MAX_SECONDS (7 * 86400) /* of one segment, credited; far beyond any policy */

void
xs_wire_log_init (XsWireLog *wire_log)
{
  wire_log->schema = XS_WIRE_LOG_SCHEMA;
  wire_log->seq = 0;
  memset (wire_log->previous, 0, sizeof wire_log->previous);
  xs_teaching_log_init (&wire_log->log);
}

void
xs_wire_log_choose_schema (XsWireLog *wire_log)
{
  wire_log->schema = wire_log->log.admitted_by[0] != '\0' ? SCHEMA_WITH_ADMISSION : SCHEMA_WITH_EVENTS;
}

void
xs_wire_log_clear (XsWireLog *wire_log)
{
  xs_teaching_log_clear (&wire_log->log);
}

/*
 * The canonical form of a log, member by member in the order of their names: a log has hundreds of them, and is written
 * anew wherever one is read. Numbers and hashes need no escapes.
 *
 * The trade's second-precise stamp and the exact integer go together; the stamp follows from the integer.
 */
static void
add_time (GString *out, const char *us_name, const char *stamp_name, gint64 wall_us)
{
  g_autofree char *stamp = xs_wall_to_wire (wall_us);

  g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT ",\"%s\":\"%s\"", us_name, wall_us, stamp_name, stamp);
}

static void
add_text (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, ",\"%s\":", name);
  xs_json_append_string (out, text);
}

static void
add_photo (GString *out, const XsPhotoRecord *photo, int schema)
{
  g_autofree char *stamp = xs_wall_to_wire (photo->wall_us);

  g_string_append_printf (out, "{\"event\":%d,\"height_px\":%d,\"match_permille\":", photo->event, photo->height_px);
  if (isnan (photo->match))
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "%ld", lround (photo->match * 1000));
  g_string_append_printf (out, ",\"number\":\"%s\"", photo->number);
  if (schema >= SCHEMA_WITH_EVENTS && photo->picture_hash[0] == '\0')
    g_string_append (out, ",\"picture_hash\":null");
  else if (schema >= SCHEMA_WITH_EVENTS)
    g_string_append_printf (out, ",\"picture_hash\":\"%s\"", photo->picture_hash);
  g_string_append_printf (out, ",\"sha256\":\"%s\",\"time\":\"%s\",\"time_us\":%" G_GINT64_FORMAT ",\"width_px\":%d}",
                          photo->sha256, stamp, photo->wall_us, photo->width_px);
}

static void
add_minute (GString *out, const XsMinuteRecord *minute)
{
  g_string_append_printf (out, "{\"credited_us\":%" G_GINT64_FORMAT, minute->credited_us);
  add_time (out, "end_us", "endtime", minute->wall_end_us);
  g_string_append_printf (out, ",\"number\":\"%s\",\"state\":%d}", minute->number, minute->normal ? 0 : 1);
}

static void
add_event (GString *out, const XsLogEvent *event)
{
  g_autofree char *stamp = xs_wall_to_wire (event->wall_us);

  g_string_append_printf (out,
                          "{\"amount_us\":%" G_GINT64_FORMAT
                          ",\"kind\":\"%s\",\"time\":\"%s\",\"time_us\":%" G_GINT64_FORMAT "}",
                          event->amount_us, xs_log_event_nick (event->kind), stamp, event->wall_us);
}

static void
add_lists (GString *out, const XsTeachingLog *log, int schema)
{
  if (schema >= SCHEMA_WITH_EVENTS)
    {
      g_string_append (out, ",\"events\":[");
      for (guint i = 0; i < log->events->len; i++)
        {
          g_string_append (out, i > 0 ? "," : "");
          add_event (out, &g_array_index (log->events, XsLogEvent, i));
        }
      g_string_append_c (out, ']');
    }
  g_string_append_printf (out, ",\"inscode\":\"%s\",\"minutes\":[", log->inscode);
  for (guint i = 0; i < log->minutes->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      add_minute (out, &g_array_index (log->minutes, XsMinuteRecord, i));
    }
  g_string_append (out, "],\"photos\":[");
  for (guint i = 0; i < log->photos->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      add_photo (out, &g_array_index (log->photos, XsPhotoRecord, i), schema);
    }
  g_string_append_c (out, ']');
}

GBytes *
xs_wire_log_encode (const XsWireLog *wire_log)
{
  const XsTeachingLog *log = &wire_log->log;
  int schema = wire_log->schema;
  GString *out = g_string_sized_new (16 * 1024);

  g_string_append_c (out, '{');
  if (schema >= SCHEMA_WITH_EVENTS)
    g_string_append_printf (out, "\"active_check\":%s,", log->active_check ? "true" : "false");
  if (schema >= SCHEMA_WITH_ADMISSION && log->admitted_by[0] == '\0')
    g_string_append (out, "\"admitted_by\":null,");
  else if (schema >= SCHEMA_WITH_ADMISSION)
    {
      g_string_append (out, "\"admitted_by\":");
      xs_json_append_string (out, log->admitted_by);
      g_string_append_c (out, ',');
    }
  g_string_append_printf (out,
                          "\"classid\":%" G_GINT64_FORMAT ",\"credited_s\":%" G_GINT64_FORMAT
                          ",\"devnum\":\"%s\",\"duration\":%" G_GINT64_FORMAT ",\"end_reason\":\"%s\"",
                          log->classid, log->credited_s, log->devnum, log->credited_s / 60,
                          xs_sign_out_nick (log->end_reason));
  add_time (out, "end_us", "endtime", log->end_wall_us);
  add_lists (out, log, schema);
  add_text (out, "policy_id", log->policy_id);
  g_string_append_printf (out,
                          ",\"policy_version\":%" G_GINT64_FORMAT
                          ",\"previous\":\"%s\",\"recnum\":\"%s\",\"schema\":%d,\"seq\":%" G_GINT64_FORMAT,
                          log->policy_version, wire_log->previous, log->recnum, schema, wire_log->seq);
  add_time (out, "start_us", "starttime", log->start_wall_us);
  g_string_append_printf (out,
                          ",\"stunum\":\"%s\",\"subjcode\":\"%s\",\"total\":%" G_GINT64_FORMAT
                          ",\"total_s\":%" G_GINT64_FORMAT "}",
                          log->stunum, log->subjcode, log->total_s / 60, log->total_s);
  return g_string_free_to_bytes (out);
}

static gboolean
get_event (JsonObject *object, XsPhotoEvent *event, GError **error)
{
  gint64 code;

  if (!xs_json_get_int (object, "event", 0, 255, &code, error))
    return FALSE;
  if (code != XS_PHOTO_TIMED && code != XS_PHOTO_SIGN_IN && code != XS_PHOTO_SIGN_OUT && code != XS_PHOTO_PROCESS)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“event” is %d, which is no photo event", (int) code);
      return FALSE;
    }
  *event = (XsPhotoEvent) code;
  return TRUE;
}

static gboolean
get_match (JsonObject *object, double *match, GError **error)
{
  gint64 permille;

  if (json_object_has_member (object, "match_permille") && json_object_get_null_member (object, "match_permille"))
    {
      *match = NAN;
      return TRUE;
    }
  if (!xs_json_get_int (object, "match_permille", -1000, 1000, &permille, error))
    return FALSE;
  *match = permille / 1000.0;
  return TRUE;
}

static gboolean
get_picture_hash (JsonObject *object, char hash[XS_PICTURE_HASH_DIGITS + 1], GError **error)
{
  hash[0] = '\0';
  if (json_object_has_member (object, "picture_hash") && json_object_get_null_member (object, "picture_hash"))
    return TRUE;
  return xs_wire_get_sha256 (object, "picture_hash", hash, error);
}

static gboolean
decode_photo (XsPhotoRecord *photo, JsonObject *object, int schema, GError **error)
{
  gint64 width;
  gint64 height;

  if (!xs_wire_copy_number (object, "number", XS_PHOTO_NUMBER_DIGITS, photo->number, error)
      || !get_event (object, &photo->event, error)
      || !xs_json_get_int (object, "time_us", 0, XS_WIRE_MAX_WALL_US, &photo->wall_us, error)
      || !xs_wire_get_sha256 (object, "sha256", photo->sha256, error) || !get_match (object, &photo->match, error)
      || !xs_json_get_int (object, "width_px", 1, G_MAXUINT16, &width, error)
      || !xs_json_get_int (object, "height_px", 1, G_MAXUINT16, &height, error)
      || (schema >= SCHEMA_WITH_EVENTS && !get_picture_hash (object, photo->picture_hash, error)))
    return FALSE;
  photo->width_px = (int) width;
  photo->height_px = (int) height;
  return TRUE;
}

static gboolean
decode_minute (XsMinuteRecord *minute, const XsTeachingLog *log, JsonObject *object, GError **error)
{
  gint64 state;

  if (!xs_wire_copy_number (object, "number", XS_MINUTE_NUMBER_DIGITS, minute->number, error)
      || !xs_json_get_int (object, "end_us", 0, XS_WIRE_MAX_WALL_US, &minute->wall_end_us, error)
      || !xs_json_get_int (object, "credited_us", 0, 60 * (gint64) G_USEC_PER_SEC, &minute->credited_us, error)
      || !xs_json_get_int (object, "state", 0, 1, &state, error))
    return FALSE;
  if (!g_str_has_prefix (minute->number, log->devnum))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“number” %s is not of device %s", minute->number, log->devnum);
      return FALSE;
    }
  g_strlcpy (minute->stunum, log->stunum, sizeof minute->stunum);
  minute->normal = state == 0;
  return TRUE;
}

/* Remember @number in @seen; a second time is an error. */
static gboolean
check_unused (GHashTable *seen, const char *number, GError **error)
{
  if (g_hash_table_add (seen, g_strdup (number)))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“number” %s appears twice", number);
  return FALSE;
}

static gboolean
decode_photos (XsTeachingLog *log, JsonObject *object, int schema, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *array;

  if (!xs_wire_get_array (object, "photos", XS_WIRE_LOG_MAX_PHOTOS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsPhotoRecord photo = { 0 };
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error) || !decode_photo (&photo, element, schema, error)
          || !check_unused (seen, photo.number, error))
        {
          g_prefix_error (error, "photos[%u]: ", i);
          return FALSE;
        }
      g_array_append_val (log->photos, photo);
    }
  return TRUE;
}

static gboolean
decode_minutes (XsTeachingLog *log, JsonObject *object, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *array;

  if (!xs_wire_get_array (object, "minutes", XS_WIRE_LOG_MAX_MINUTES, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsMinuteRecord minute = { 0 };
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error) || !decode_minute (&minute, log, element, error)
          || !check_unused (seen, minute.number, error))
        {
          g_prefix_error (error, "minutes[%u]: ", i);
          return FALSE;
        }
      g_array_append_val (log->minutes, minute);
    }
  return TRUE;
}

static gboolean
decode_event (XsLogEvent *event, JsonObject *object, GError **error)
{
  const char *nick;
  gint64 min_us;

  if (!xs_json_get_string (object, "kind", &nick, error)
      || !xs_json_get_int (object, "time_us", 0, XS_WIRE_MAX_WALL_US, &event->wall_us, error))
    return FALSE;
  if (!xs_log_event_from_nick (nick, &event->kind))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“kind” is “%.32s”, which is no kind of event", nick);
      return FALSE;
    }
  min_us = event->kind == XS_LOG_EVENT_SUSPEND || event->kind == XS_LOG_EVENT_GAP ? 1 : -XS_LOG_EVENT_AMOUNT_MAX_US;
  if (!xs_json_get_int (object, "amount_us", min_us, XS_LOG_EVENT_AMOUNT_MAX_US, &event->amount_us, error))
    return FALSE;
  if (event->amount_us == 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“amount_us” is 0: nothing happened");
      return FALSE;
    }
  return TRUE;
}

static gboolean
decode_events (XsTeachingLog *log, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!xs_wire_get_array (object, "events", XS_LOG_EVENTS_MAX, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsLogEvent event;
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error) || !decode_event (&event, element, error))
        {
          g_prefix_error (error, "events[%u]: ", i);
          return FALSE;
        }
      g_array_append_val (log->events, event);
    }
  return TRUE;
}

static gboolean
decode_numbers (XsTeachingLog *log, JsonObject *object, GError **error)
{
  XsSubjcode subjcode;

  if (!xs_wire_copy_number (object, "inscode", XS_UNIFIED_DIGITS, log->inscode, error)
      || !xs_wire_copy_number (object, "stunum", XS_UNIFIED_DIGITS, log->stunum, error)
      || !xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, log->devnum, error)
      || !xs_wire_copy_number (object, "recnum", XS_RECNUM_DIGITS, log->recnum, error)
      || !xs_wire_copy_number (object, "subjcode", XS_SUBJCODE_DIGITS, log->subjcode, error)
      || !xs_subjcode_parse (&subjcode, log->subjcode, error))
    return FALSE;
  if (strcmp (log->recnum, "00000") == 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "“recnum” is 00000, the first is 00001");
      return FALSE;
    }
  return TRUE;
}

static gboolean
decode_totals (XsTeachingLog *log, JsonObject *object, int schema, GError **error)
{
  const char *nick;
  const char *policy_id;

  if (!xs_json_get_int (object, "classid", 1, G_MAXUINT32, &log->classid, error)
      || !xs_json_get_int (object, "start_us", 0, XS_WIRE_MAX_WALL_US, &log->start_wall_us, error)
      || !xs_json_get_int (object, "end_us", 0, XS_WIRE_MAX_WALL_US, &log->end_wall_us, error)
      || !xs_json_get_int (object, "credited_s", 0, MAX_SECONDS, &log->credited_s, error)
      || !xs_json_get_int (object, "total_s", log->credited_s, XS_WIRE_MAX_INT, &log->total_s, error)
      || !xs_json_get_string (object, "end_reason", &nick, error)
      || !xs_wire_get_text (object, "policy_id", sizeof log->policy_id - 1, &policy_id, error)
      || !xs_json_get_int (object, "policy_version", 0, XS_WIRE_MAX_INT, &log->policy_version, error))
    return FALSE;
  g_strlcpy (log->policy_id, policy_id, sizeof log->policy_id);
  if (!xs_sign_out_from_nick (nick, &log->end_reason)
      || (schema < SCHEMA_WITH_EVENTS && log->end_reason == XS_SIGN_OUT_MADE_UP))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“end_reason” is “%.32s”, which is no way to end", nick);
      return FALSE;
    }
  return TRUE;
}

static gboolean
get_admitted_by (JsonObject *object, XsTeachingLog *log, GError **error)
{
  const char *who;

  if (json_object_has_member (object, "admitted_by") && json_object_get_null_member (object, "admitted_by"))
    return TRUE;
  if (!xs_wire_get_text (object, "admitted_by", XS_ADMITTED_BY_MAX, &who, error))
    return FALSE;
  g_strlcpy (log->admitted_by, who, sizeof log->admitted_by);
  return TRUE;
}

static gboolean
get_schema (JsonObject *object, int *version, GError **error)
{
  gint64 schema;

  if (!xs_json_get_int (object, "schema", 1, XS_WIRE_MAX_INT, &schema, error))
    return FALSE;
  if (schema > XS_WIRE_LOG_SCHEMA)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The log is in schema %" G_GINT64_FORMAT ", this version of Xueshi reads up to %d", schema,
                   XS_WIRE_LOG_SCHEMA);
      return FALSE;
    }
  *version = (int) schema;
  return TRUE;
}

gboolean
xs_wire_log_decode (XsWireLog *wire_log, GBytes *bytes, GError **error)
{
  XsTeachingLog *log = &wire_log->log;
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_LOG_MAX_BYTES, error);

  if (object == NULL)
    return FALSE;
  g_array_set_size (log->photos, 0);
  g_array_set_size (log->minutes, 0);
  g_array_set_size (log->events, 0);
  log->active_check = TRUE;
  log->admitted_by[0] = '\0';
  if (!get_schema (object, &wire_log->schema, error)
      || !xs_json_get_int (object, "seq", 1, XS_WIRE_MAX_INT, &wire_log->seq, error)
      || !xs_wire_get_sha256 (object, "previous", wire_log->previous, error) || !decode_numbers (log, object, error)
      || !decode_totals (log, object, wire_log->schema, error) || !decode_photos (log, object, wire_log->schema, error)
      || !decode_minutes (log, object, error))
    return FALSE;
  if (wire_log->schema >= SCHEMA_WITH_EVENTS
      && (!xs_json_get_boolean (object, "active_check", &log->active_check, error)
          || !decode_events (log, object, error)))
    return FALSE;
  if (wire_log->schema >= SCHEMA_WITH_ADMISSION && !get_admitted_by (object, log, error))
    return FALSE;

  /* Also what the fields repeat (duration, total, the stamps) and members that do not belong here show in this. */
  g_autoptr (GBytes) canonical = xs_wire_log_encode (wire_log);
  if (!g_bytes_equal (canonical, bytes))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "The log is not in canonical form, or its fields contradict each other");
      return FALSE;
    }
  return TRUE;
}
