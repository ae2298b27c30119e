/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-shown-logs.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-photo-checks.h"
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
  shown->photos = g_array_new (FALSE, FALSE, sizeof (XsShownPhoto));
  return shown;
}

void
xs_shown_logs_free (XsShownLogs *shown)
{
  if (shown == NULL)
    return;
  g_array_unref (shown->photos);
  g_ptr_array_unref (shown->logs);
  g_free (shown);
}

static const XsReviewPhoto *
seen_photo (const XsReviewLog *log, const char *number)
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
  gint64 one_us = ((const XsShownPhoto *) a)->record->wall_us, other_us = ((const XsShownPhoto *) b)->record->wall_us;

  return (one_us > other_us) - (one_us < other_us);
}

void
xs_shown_logs_take (XsShownLogs *shown, XsReviewLog *log)
{
  XsReviewLog *taken = g_memdup2 (log, sizeof *log);
  const GArray *photos = taken->wire_log.log.photos;

  xs_review_log_init (log);
  g_ptr_array_add (shown->logs, taken);
  for (guint i = 0; i < photos->len; i++)
    {
      const XsPhotoRecord *record = &g_array_index (photos, XsPhotoRecord, i);
      XsShownPhoto photo = { taken, record, seen_photo (taken, record->number) };
      g_array_append_val (shown->photos, photo);
    }
  g_array_sort (shown->photos, by_time);
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

const GArray *
xs_shown_log_reasons (const XsReviewLog *log)
{
  return log->steps->len > 0 ? g_array_index (log->steps, XsReviewStep, log->steps->len - 1).reasons : NULL;
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
  const GArray *reasons = xs_shown_log_audit_reasons (photo->log);

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      if (g_str_equal (reason->photo, photo->record->number))
        return reason->word;
    }
  return NULL;
}

/* The time line */

static void
add_lesson (XsTimelineModel *model, const XsReviewLog *log)
{
  const XsReviewRow *row = xs_shown_log_row (log);
  g_autofree char *course = xs_review_text_course (row->subjcode);

  xs_timeline_add_span (model->lessons, row->start_us, row->end_us, XS_TONE_QUIET, 1,
                        g_strdup_printf (_ ("Log %s · %s · %d min studied"), row->recnum, course,
                                         (int) (row->claimed_s / 60)));
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
  const GArray *reasons = xs_shown_log_reasons (log);

  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      if (reason->from_min >= reason->to_min)
        continue;
      const XsTeachingLog *said = &log->wire_log.log;
      g_autofree char *range = xs_review_text_range (said, reason->from_min, reason->to_min);
      xs_timeline_add_span (model->voids, said->start_wall_us + reason->from_min * MINUTE_US,
                            MIN (said->start_wall_us + reason->to_min * MINUTE_US, said->end_wall_us),
                            reason->review ? XS_TONE_DOUBT : XS_TONE_BAD, 1,
                            g_strdup_printf ("%s %s", range, xs_review_text_reason (reason->word)));
    }
}

static XsTone
tone_of (const XsShownPhoto *photo)
{
  XsTone tone = xs_photo_tone (photo->seen);

  /* What the rules have against a good picture, that it came too late or was seen before, is no less. */
  return tone <= XS_TONE_GOOD && xs_shown_photo_reason (photo) != NULL ? XS_TONE_DOUBT : tone;
}

static void
add_photos (XsTimelineModel *model, const XsShownLogs *shown)
{
  for (guint i = 0; i < shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (shown->photos, XsShownPhoto, i);
      const char *reason = xs_shown_photo_reason (photo);
      g_autofree char *at = xs_wall_format (photo->record->wall_us, "%H:%M:%S");
      xs_timeline_add_mark (model->photos, photo->record->wall_us, tone_of (photo),
                            g_strdup_printf ("%s · %s · %s%s%s", at, xs_review_text_photo_kind (photo->record->event),
                                             xs_photo_seen_text (photo->seen), reason != NULL ? " · " : "",
                                             reason != NULL ? xs_review_text_reason (reason) : ""));
    }
}

XsTimelineModel *
xs_shown_logs_timeline (const XsShownLogs *shown)
{
  XsTimelineModel *model = xs_timeline_model_new ();

  for (guint i = 0; i < shown->logs->len; i++)
    {
      const XsReviewLog *log = g_ptr_array_index (shown->logs, i);
      const XsTeachingLog *said = &log->wire_log.log;
      model->from_us = i == 0 ? said->start_wall_us : MIN (model->from_us, said->start_wall_us);
      model->to_us = MAX (model->to_us, said->end_wall_us);
      add_lesson (model, log);
      add_slots (model, log);
      add_study (model, said);
      add_voids (model, log);
      for (guint event = 0; event < said->events->len; event++)
        {
          const XsLogEvent *happened = &g_array_index (said->events, XsLogEvent, event);
          xs_timeline_add_mark (model->events, happened->wall_us, XS_TONE_DOUBT, xs_review_text_event (happened));
        }
    }
  add_photos (model, shown);
  return model;
}
