/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-private.h"

/* So long before a slot ends without a photo that passes the learner is told, or in the slot's last quarter. */
#define WARN_BEFORE_US (2 * 60 * (gint64) G_USEC_PER_SEC)

void
xs_study_outlook_next (XsStudy *self, gint64 start_wall_us)
{
  XsTeachingLog *log = &self->log;

  xs_teaching_log_clear (log);
  xs_teaching_log_init (log);
  g_clear_pointer (&self->outlook, xs_audit_free);
  log->start_wall_us = log->end_wall_us = start_wall_us;
  g_strlcpy (log->stunum, self->learner.stunum, sizeof log->stunum);
  g_strlcpy (log->admitted_by, self->admitted_by, sizeof log->admitted_by);
}

void
xs_study_outlook_begin (XsStudy *self)
{
  xs_study_outlook_next (self, self->start_wall_us);
  xs_audit_facts_clear (&self->facts);
  xs_audit_facts_init (&self->facts);
}

void
xs_study_outlook_take_facts (XsStudy *self, XsAuditFacts *facts)
{
  xs_audit_facts_clear (&self->facts);
  self->facts = *facts;
  self->facts.open = TRUE;
  xs_audit_facts_init (facts);
}

/* Numbers are allotted when it is stored: here its place in the log does. No device has the empty number. */
void
xs_study_outlook_add_photo (XsStudy *self, const XsPhotoRecord *photo)
{
  XsPhotoRecord record = *photo;
  g_autofree char *number = xs_photo_number (self->log.photos->len + 1);

  g_strlcpy (record.number, number, sizeof record.number);
  g_array_append_val (self->log.photos, record);
}

void
xs_study_outlook_update (XsStudy *self, const XsProgress *progress)
{
  XsTeachingLog *log = &self->log;

  log->end_wall_us = progress->wall_us;
  log->credited_s = progress->credited_us / G_USEC_PER_SEC;
  if (self->lesson >= 0)
    g_strlcpy (log->subjcode, xs_course_get_lesson (self->course, (guint) self->lesson)->subjcode,
               sizeof log->subjcode);
  g_array_set_size (log->minutes, 0);
  for (guint i = 0; i < progress->minutes->len; i++)
    {
      XsMinuteRecord minute = g_array_index (progress->minutes, XsMinuteRecord, i);
      g_strlcpy (minute.stunum, log->stunum, sizeof minute.stunum);
      g_array_append_val (log->minutes, minute);
    }
  g_array_set_size (log->events, 0);
  if (progress->events != NULL && progress->events->len > 0)
    g_array_append_vals (log->events, progress->events->data, progress->events->len);

  self->facts.open = TRUE;
  self->facts.now_wall_us = log->end_wall_us;
  g_clear_pointer (&self->outlook, xs_audit_free);
  self->outlook = xs_audit_log (log, &self->policy, &self->facts);
}

void
xs_study_outlook_fill_status (XsStudy *self, XsStudyStatus *status)
{
  const XsAudit *outlook = self->outlook;

  if (outlook == NULL)
    return;
  status->log = &self->log;
  status->outlook = outlook;
  status->missing_us = MAX (self->policy.segment_min_s - self->log.credited_s, 0) * G_USEC_PER_SEC;

  const XsSlot *slot =
    outlook->slots->len > 0 ? &g_array_index (outlook->slots, XsSlot, outlook->slots->len - 1) : NULL;
  if (slot == NULL || slot->state != XS_SLOT_OPEN)
    return;
  gint64 left_us = slot->end_wall_us - self->log.end_wall_us;
  status->photo_at_risk = left_us <= MIN (WARN_BEFORE_US, (slot->end_wall_us - slot->start_wall_us) / 4);
  status->slot_start_wall_us = slot->start_wall_us;
  status->slot_end_wall_us = slot->end_wall_us;
}

void
xs_study_outlook_clear (XsStudy *self)
{
  xs_teaching_log_clear (&self->log);
  xs_teaching_log_init (&self->log);
  xs_audit_facts_clear (&self->facts);
  xs_audit_facts_init (&self->facts);
  g_clear_pointer (&self->outlook, xs_audit_free);
}
