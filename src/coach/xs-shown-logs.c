/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-shown-logs.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-photo-checks.h"
#include "xs-presence.h"
#include "xs-review-text.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

static void
free_log (gpointer log)
{
  xs_review_log_clear (log);
  g_free (log);
}

XsShownLogs *
xs_shown_logs_new (void)
{
  XsShownLogs *shown = g_new (XsShownLogs, 1);

  shown->logs = g_ptr_array_new_with_free_func (free_log);
  shown->rows = g_array_new (FALSE, FALSE, sizeof (XsReviewRow));
  shown->photos = g_array_new (FALSE, FALSE, sizeof (XsShownPhoto));
  return shown;
}

void
xs_shown_logs_free (XsShownLogs *shown)
{
  if (shown == NULL)
    return;
  g_array_unref (shown->photos);
  g_array_unref (shown->rows);
  g_ptr_array_unref (shown->logs);
  g_free (shown);
}

static const XsReviewPhoto *
measured_photo (const XsReviewLog *log, const char *number)
{
  for (guint i = 0; i < log->photos->len; i++)
    {
      const XsReviewPhoto *photo = &g_array_index (log->photos, XsReviewPhoto, i);
      if (g_str_equal (photo->number, number))
        return photo;
    }
  return NULL;
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  gint64 one_us = ((const XsShownPhoto *) a)->glance.taken_us, other_us = ((const XsShownPhoto *) b)->glance.taken_us;

  return (one_us > other_us) - (one_us < other_us);
}

static int
by_start (gconstpointer a, gconstpointer b)
{
  gint64 one_us = ((const XsReviewRow *) a)->start_us, other_us = ((const XsReviewRow *) b)->start_us;

  return (one_us > other_us) - (one_us < other_us);
}

int
xs_shown_logs_find_photo (const XsShownLogs *shown, const char *log_sha256, const char *number)
{
  for (guint i = 0; i < shown->photos->len; i++)
    {
      const XsReviewGlance *glance = &g_array_index (shown->photos, XsShownPhoto, i).glance;
      if (g_str_equal (glance->number, number) && g_str_equal (glance->log_sha256, log_sha256))
        return (int) i;
    }
  return -1;
}

static XsShownPhoto
photo_of (const XsReviewLog *log, const XsPhotoRecord *record)
{
  const XsReviewRow *row = xs_shown_log_row (log);
  XsShownPhoto photo = { .log = log, .measured = measured_photo (log, record->number) };

  xs_review_glance_init (&photo.glance);
  g_strlcpy (photo.glance.devnum, row->devnum, sizeof photo.glance.devnum);
  photo.glance.seq = row->seq;
  g_strlcpy (photo.glance.log_sha256, log->log_sha256, sizeof photo.glance.log_sha256);
  g_strlcpy (photo.glance.number, record->number, sizeof photo.glance.number);
  photo.glance.event = record->event;
  photo.glance.taken_us = record->wall_us;
  g_strlcpy (photo.glance.sha256, record->sha256, sizeof photo.glance.sha256);
  if (photo.measured != NULL)
    {
      g_strlcpy (photo.glance.seen, photo.measured->seen, sizeof photo.glance.seen);
      photo.glance.gone = photo.measured->gone;
    }
  return photo;
}

void
xs_shown_logs_take (XsShownLogs *shown, XsReviewLog *log)
{
  XsReviewLog *taken = g_memdup2 (log, sizeof *log);
  const GArray *records = taken->wire_log.log.photos;

  xs_review_log_init (log);
  g_ptr_array_add (shown->logs, taken);
  for (guint i = 0; i < records->len; i++)
    {
      XsShownPhoto photo = photo_of (taken, &g_array_index (records, XsPhotoRecord, i));
      int index = xs_shown_logs_find_photo (shown, photo.glance.log_sha256, photo.glance.number);
      if (index >= 0)
        g_array_index (shown->photos, XsShownPhoto, index) = photo;
      else
        g_array_append_val (shown->photos, photo);
    }
  g_array_sort (shown->photos, by_time);
}

void
xs_shown_logs_add_history (XsShownLogs *shown, const GArray *rows, const GArray *glances)
{
  /* What is here in whole says more. */
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < shown->photos->len; i++)
    g_hash_table_add (known, g_array_index (shown->photos, XsShownPhoto, i).glance.sha256);
  g_array_append_vals (shown->rows, rows->data, rows->len);
  g_array_sort (shown->rows, by_start);
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (XsShownPhoto));
  for (guint i = 0; i < glances->len; i++)
    {
      XsShownPhoto photo = { .glance = g_array_index (glances, XsReviewGlance, i) };
      if (!g_hash_table_contains (known, photo.glance.sha256))
        g_array_append_val (fresh, photo);
    }
  g_array_append_vals (shown->photos, fresh->data, fresh->len);
  g_array_sort (shown->photos, by_time);
}

void
xs_shown_logs_trim (XsShownLogs *shown, guint max)
{
  while (shown->logs->len > MAX (max, 1))
    {
      const XsReviewLog *log = g_ptr_array_index (shown->logs, 1);
      for (guint i = 0; i < shown->photos->len; i++)
        {
          XsShownPhoto *photo = &g_array_index (shown->photos, XsShownPhoto, i);
          if (photo->log == log)
            {
              photo->log = NULL;
              photo->measured = NULL;
            }
        }
      g_ptr_array_remove_index (shown->logs, 1);
    }
}

static int
find_log (const XsShownLogs *shown, const char *log_sha256)
{
  for (guint i = 0; i < shown->logs->len; i++)
    if (g_str_equal (xs_shown_logs_get (shown, i)->log_sha256, log_sha256))
      return (int) i;
  return -1;
}

void
xs_shown_logs_put_first (XsShownLogs *shown, const char *log_sha256)
{
  int index = find_log (shown, log_sha256);

  if (index > 0)
    g_ptr_array_insert (shown->logs, 0, g_ptr_array_steal_index (shown->logs, (guint) index));
}

const XsReviewRow *
xs_shown_logs_find_row (const XsShownLogs *shown, const char *log_sha256)
{
  int index = find_log (shown, log_sha256);

  if (index >= 0)
    return xs_shown_log_row (xs_shown_logs_get (shown, (guint) index));
  for (guint i = 0; i < shown->rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (shown->rows, XsReviewRow, i);
      if (g_str_equal (row->log_sha256, log_sha256))
        return row;
    }
  return NULL;
}

const XsReviewRow *
xs_shown_logs_row_at (const XsShownLogs *shown, gint64 wall_us)
{
  for (guint i = 0; i < shown->logs->len + shown->rows->len; i++)
    {
      const XsReviewRow *row = i < shown->logs->len ? xs_shown_log_row (xs_shown_logs_get (shown, i))
                                                    : &g_array_index (shown->rows, XsReviewRow, i - shown->logs->len);
      if (row->start_us <= wall_us && wall_us < row->end_us)
        return row;
    }
  return NULL;
}

const XsReviewLog *
xs_shown_logs_get (const XsShownLogs *shown, guint index)
{
  return index < shown->logs->len ? g_ptr_array_index (shown->logs, index) : NULL;
}

const XsReviewRow *
xs_shown_log_row (const XsReviewLog *log)
{
  return &g_array_index (log->row, XsReviewRow, 0);
}

gboolean
xs_shown_logs_has (const XsShownLogs *shown, const char *log_sha256)
{
  return find_log (shown, log_sha256) >= 0;
}

const GArray *
xs_shown_log_reasons (const XsReviewLog *log)
{
  return log->steps->len > 0 ? g_array_index (log->steps, XsReviewStep, log->steps->len - 1).reasons : NULL;
}

static gboolean
stands_void (const XsReviewRow *row)
{
  return xs_standing_of (row->state, row->verdict) == XS_STANDING_VOID;
}

GArray *
xs_shown_log_voids (const XsReviewLog *log)
{
  const GArray *reasons = xs_shown_log_reasons (log);
  GArray *voids = g_array_new (FALSE, FALSE, sizeof (XsWireReason));
  gint64 n_minutes = (log->wire_log.log.end_wall_us - log->wire_log.log.start_wall_us + MINUTE_US - 1) / MINUTE_US;
  gboolean is_void = stands_void (xs_shown_log_row (log));

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      XsWireReason reason = g_array_index (reasons, XsWireReason, i);
      if (reason.from_min >= reason.to_min && is_void && !reason.review && n_minutes > 0)
        {
          reason.from_min = 0;
          reason.to_min = n_minutes;
        }
      if (reason.from_min < reason.to_min)
        g_array_append_val (voids, reason);
    }
  return voids;
}

static gboolean
takes_away (const GArray *voids, gint64 minute)
{
  for (guint i = 0; voids != NULL && i < voids->len; i++)
    {
      const XsReviewVoid *minutes = &g_array_index (voids, XsReviewVoid, i);
      if (minutes->from_min <= minute && minute < minutes->to_min)
        return TRUE;
    }
  return FALSE;
}

gint64
xs_shown_log_valid_min (const XsReviewLog *log, const GArray *voids)
{
  const GArray *minutes = log->wire_log.log.minutes;
  gint64 valid_min = 0;

  for (guint i = 0; i < minutes->len; i++)
    valid_min += g_array_index (minutes, XsMinuteRecord, i).normal && !takes_away (voids, i);
  return valid_min;
}

gint64
xs_shown_log_stands_valid_min (const XsReviewLog *log)
{
  g_autoptr (GArray) reasons = xs_shown_log_voids (log);
  g_autoptr (GArray) voids = g_array_new (FALSE, FALSE, sizeof (XsReviewVoid));

  for (guint i = 0; i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      XsReviewVoid minutes = { reason->from_min, reason->to_min };
      if (!reason->review)
        g_array_append_val (voids, minutes);
    }
  return xs_shown_log_valid_min (log, voids);
}

const GArray *
xs_shown_log_audit_reasons (const XsReviewLog *log)
{
  for (guint i = log->steps->len; i > 0; i--)
    {
      const XsReviewStep *step = &g_array_index (log->steps, XsReviewStep, i - 1);
      if (g_str_equal (step->who, "auditor"))
        return step->reasons;
    }
  return NULL;
}

const char *
xs_shown_photo_reason (const XsShownPhoto *photo)
{
  const GArray *reasons = photo->log != NULL ? xs_shown_log_audit_reasons (photo->log) : NULL;

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      if (g_str_equal (reason->photo, photo->glance.number))
        return reason->word;
    }
  return NULL;
}

/* The time line */

static XsTone
tone_of_row (const XsReviewRow *row)
{
  static const XsTone tones[] = { [XS_STANDING_PENDING] = XS_TONE_DOUBT,
                                  [XS_STANDING_VALID] = XS_TONE_GOOD,
                                  [XS_STANDING_PARTIAL] = XS_TONE_DOUBT,
                                  [XS_STANDING_VOID] = XS_TONE_BAD };

  return tones[xs_standing_of (row->state, row->verdict)];
}

static void
add_lesson (XsTimelineModel *model, const XsReviewRow *row)
{
  g_autofree char *course = xs_review_text_course (row->subjcode);
  gint64 length_us = MAX (row->end_us - row->start_us, 1);

  xs_timeline_add_span (model->lessons, row->start_us, row->end_us, tone_of_row (row),
                        (double) (row->claimed_s * G_USEC_PER_SEC) / (double) length_us,
                        g_strdup_printf (_ ("Log %s · %s · %d min studied"), row->recnum, course,
                                         (int) (row->claimed_s / 60)));
}

/* What a day comes to: as much of it as of the longest is how high it is drawn, and the worst of its logs how. */
static void
add_days (XsTimelineModel *model, const GArray *rows)
{
  gint64 longest_s = 1;

  for (guint i = 0; i < rows->len;)
    {
      gint64 midnight_us = xs_wall_midnight_us (g_array_index (rows, XsReviewRow, i).start_us);
      gint64 claimed_s = 0, credited_min = 0;
      XsTone worst = XS_TONE_QUIET;
      guint first = i;
      for (; i < rows->len; i++)
        {
          const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
          if (xs_wall_midnight_us (row->start_us) != midnight_us)
            break;
          claimed_s += row->claimed_s;
          credited_min += row->credited_min + row->credited_next_min;
          worst = MAX (worst, tone_of_row (row));
        }
      g_autofree char *day = xs_wall_format (midnight_us, "%m-%d");
      g_autofree char *logs = g_strdup_printf (g_dngettext (NULL, "%u log", "%u logs", i - first), i - first);
      xs_timeline_add_span (model->days, midnight_us, midnight_us + G_TIME_SPAN_DAY, worst, (double) claimed_s,
                            g_strdup_printf (_ ("%s · %s · %d min studied, %d count"), day, logs,
                                             (int) (claimed_s / 60), (int) credited_min));
      g_array_index (model->days, XsTimelineSpan, model->days->len - 1).brief =
        g_strdup_printf (_ ("%d min"), (int) credited_min);
      longest_s = MAX (longest_s, claimed_s);
    }
  for (guint i = 0; i < model->days->len; i++)
    g_array_index (model->days, XsTimelineSpan, i).share /= (double) longest_s;
}

static void
add_slots (XsTimelineModel *model, const XsReviewLog *log)
{
  for (guint i = 0; i < log->slots->len; i++)
    {
      const XsReviewSlot *slot = &g_array_index (log->slots, XsReviewSlot, i);
      XsTone tone = XS_TONE_QUIET;
      const char *word = _ ("none was due");

      if (g_str_equal (slot->state, "good"))
        {
          tone = XS_TONE_GOOD;
          word = _ ("there is one");
        }
      else if (g_str_equal (slot->state, "bad"))
        {
          tone = XS_TONE_BAD;
          word = _ ("there is one, and it is not good");
        }
      else if (g_str_equal (slot->state, "missing"))
        {
          tone = XS_TONE_BAD;
          word = _ ("it is missing");
        }
      g_autofree char *from = xs_wall_format (slot->start_us, "%H:%M");
      g_autofree char *to = xs_wall_format (slot->end_us, "%H:%M");
      xs_timeline_add_span (model->slots, slot->start_us, slot->end_us, tone, 1,
                            g_strdup_printf (_ ("A photo was due %s–%s: %s"), from, to, word));
    }
}

static void
add_study (XsTimelineModel *model, const XsTeachingLog *log)
{
  for (guint i = 0; i < log->minutes->len; i++)
    {
      const XsMinuteRecord *minute = &g_array_index (log->minutes, XsMinuteRecord, i);
      gint64 t0_us = log->start_wall_us + i * MINUTE_US;
      int seconds = (int) (minute->credited_us / G_USEC_PER_SEC);
      xs_timeline_add_span (model->study, t0_us, MIN (t0_us + MINUTE_US, log->end_wall_us),
                            minute->normal ? XS_TONE_GOOD : XS_TONE_DOUBT, (double) minute->credited_us / MINUTE_US,
                            g_strdup_printf (_ ("Minute %u: %d s studied"), i + 1, seconds));
    }
}

static void
add_voids (XsTimelineModel *model, const XsReviewLog *log)
{
  g_autoptr (GArray) voids = xs_shown_log_voids (log);

  for (guint i = 0; i < voids->len; i++)
    {
      const XsWireReason *reason = &g_array_index (voids, XsWireReason, i);
      const XsTeachingLog *said = &log->wire_log.log;
      g_autofree char *range = xs_review_text_range (said, reason->from_min, reason->to_min);
      xs_timeline_add_span (model->voids, said->start_wall_us + reason->from_min * MINUTE_US,
                            MIN (said->start_wall_us + reason->to_min * MINUTE_US, said->end_wall_us),
                            reason->review ? XS_TONE_DOUBT : XS_TONE_BAD, 1,
                            g_strdup_printf ("%s %s", range, xs_review_text_reason (reason->word)));
    }
}

XsTone
xs_shown_photo_tone (const XsShownPhoto *photo)
{
  XsTone tone = xs_photo_tone (photo->glance.seen);

  /* What the rules have against a good picture, that it came too late or was seen before, is no less. */
  return tone <= XS_TONE_GOOD && xs_shown_photo_reason (photo) != NULL ? XS_TONE_DOUBT : tone;
}

char *
xs_shown_photo_text (const XsShownPhoto *photo)
{
  const char *reason = xs_shown_photo_reason (photo);
  g_autofree char *at = xs_wall_format (photo->glance.taken_us, "%H:%M:%S");

  return g_strdup_printf ("%s · %s%s%s · %s", at, xs_photo_seen_text (photo->glance.seen), reason != NULL ? " · " : "",
                          reason != NULL ? xs_review_text_reason (reason) : "",
                          xs_review_text_photo_kind (photo->glance.event));
}

static gint64
day_of (const XsShownLogs *shown, guint photo)
{
  return xs_wall_midnight_us (g_array_index (shown->photos, XsShownPhoto, photo).glance.taken_us);
}

char *
xs_shown_logs_photo_text (const XsShownLogs *shown, const XsShownPhoto *photo)
{
  g_autofree char *text = xs_shown_photo_text (photo);

  if (shown->photos->len == 0 || day_of (shown, 0) == day_of (shown, shown->photos->len - 1))
    return g_steal_pointer (&text);
  g_autofree char *day = xs_wall_format (photo->glance.taken_us, "%m-%d");
  return g_strdup_printf ("%s %s", day, text);
}

static void
add_photos (XsTimelineModel *model, const XsShownLogs *shown)
{
  for (guint i = 0; i < shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (shown->photos, XsShownPhoto, i);
      xs_timeline_add_mark (model->photos, photo->glance.taken_us, xs_shown_photo_tone (photo),
                            xs_shown_logs_photo_text (shown, photo));
      if (g_str_equal (photo->glance.seen, xs_presence_nick (XS_PRESENCE_COVERED)))
        xs_timeline_add_mark (model->events, photo->glance.taken_us, XS_TONE_BAD,
                              xs_shown_logs_photo_text (shown, photo));
    }
}

static void
add_log (XsTimelineModel *model, const XsReviewLog *log)
{
  const XsTeachingLog *said = &log->wire_log.log;

  add_slots (model, log);
  add_study (model, said);
  add_voids (model, log);
  for (guint event = 0; event < said->events->len; event++)
    {
      const XsLogEvent *happened = &g_array_index (said->events, XsLogEvent, event);
      xs_timeline_add_mark (model->events, happened->wall_us, XS_TONE_DOUBT, xs_review_text_event (happened));
    }
}

XsTimelineModel *
xs_shown_logs_timeline (const XsShownLogs *shown)
{
  XsTimelineModel *model = xs_timeline_model_new ();
  g_autoptr (GArray) rows = g_array_copy (shown->rows);

  for (guint i = 0; i < shown->logs->len; i++)
    {
      add_log (model, g_ptr_array_index (shown->logs, i));
      if (shown->rows->len == 0)
        g_array_append_val (rows, *xs_shown_log_row (g_ptr_array_index (shown->logs, i)));
    }
  g_array_sort (rows, by_start);
  for (guint i = 0; i < rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
      model->from_us = i == 0 ? row->start_us : MIN (model->from_us, row->start_us);
      model->to_us = MAX (model->to_us, row->end_us);
      add_lesson (model, row);
      /* Until its minutes are here it stands for them. */
      if (!xs_shown_logs_has (shown, row->log_sha256))
        {
          const XsTimelineSpan *lesson = &g_array_index (model->lessons, XsTimelineSpan, i);
          xs_timeline_add_span (model->study, row->start_us, row->end_us, XS_TONE_GOOD, lesson->share,
                                g_strdup (lesson->text));
          if (stands_void (row))
            xs_timeline_add_span (model->voids, row->start_us, row->end_us, XS_TONE_BAD, 1,
                                  xs_review_text_reasons (row->reasons));
        }
    }
  /* Of days all is shown. */
  if (shown->rows->len > 0)
    {
      model->from_us = xs_wall_midnight_us (model->from_us);
      model->to_us = xs_wall_midnight_us (model->to_us) + G_TIME_SPAN_DAY;
    }
  add_days (model, rows);
  add_photos (model, shown);
  xs_timeline_model_sort (model);
  return model;
}
