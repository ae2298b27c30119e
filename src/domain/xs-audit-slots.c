/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-private.h"

#include "xs-clock.h"

/* Whether each slot has its photo. */

static gboolean
slot_fails (const XsSlot *slot)
{
  return slot->state == XS_SLOT_MISSING || slot->state == XS_SLOT_BAD;
}

/* The end of the log belongs to its last slot; a made-up photo counts as taken there. */
static gboolean
is_in_slot (const XsJudge *judge, const XsJudgedPhoto *photo, const XsSlot *slot)
{
  gint64 end_us = judge->log->end_wall_us;
  gint64 time_us = MIN (photo->record->wall_us, end_us);

  return photo->inside && time_us >= slot->start_wall_us
         && (time_us < slot->end_wall_us || (time_us == end_us && slot->end_wall_us == end_us));
}

static XsSlotState
find_state (const XsJudge *judge, const XsSlot *slot)
{
  XsSlotState state = XS_SLOT_MISSING;

  for (guint i = 0; i < judge->n_photos && state != XS_SLOT_GOOD; i++)
    {
      const XsJudgedPhoto *photo = &judge->photos[i];

      if (is_in_slot (judge, photo, slot))
        state = photo->good ? XS_SLOT_GOOD : XS_SLOT_BAD;
    }
  return state;
}

static void
list_slots (XsJudge *judge)
{
  const XsTeachingLog *log = judge->log;
  gint64 interval_us = judge->policy->snapshot_interval_s * G_USEC_PER_SEC;
  gint64 partial_min_us = judge->rules->slot_partial_min_s * G_USEC_PER_SEC;
  gint64 origin_us = judge->rules->slots_by_clock ? xs_wall_midnight_us (log->start_wall_us) : log->start_wall_us;
  gint64 slot_us = origin_us + (log->start_wall_us - origin_us) / interval_us * interval_us;

  for (; judge->n_minutes > 0 && slot_us < log->end_wall_us; slot_us += interval_us)
    {
      gboolean is_open = judge->facts->open && slot_us + interval_us >= log->end_wall_us;
      XsSlot slot = { MAX (slot_us, log->start_wall_us), slot_us + interval_us, XS_SLOT_EXEMPT };

      if (!is_open)
        slot.end_wall_us = MIN (slot.end_wall_us, log->end_wall_us);
      gint64 length_us = slot.end_wall_us - slot.start_wall_us;
      if (length_us == interval_us || length_us >= partial_min_us)
        slot.state = find_state (judge, &slot);
      if (is_open && slot_fails (&slot))
        slot.state = XS_SLOT_OPEN;
      g_array_append_val (judge->audit->slots, slot);
    }
}

static void
judge_missing (XsJudge *judge, const XsSlot *slot)
{
  gint64 middle_us = slot->start_wall_us + (slot->end_wall_us - slot->start_wall_us) / 2;
  guint minute = (middle_us - judge->log->start_wall_us) / XS_MINUTE_US;

  xs_judge_void (judge, XS_RULE_PHOTO_MISSING, minute, minute + 1, middle_us, NULL);
}

static void
judge_bad (XsJudge *judge, const XsSlot *slot)
{
  for (guint i = 0; i < judge->n_photos; i++)
    {
      const XsJudgedPhoto *photo = &judge->photos[i];

      if (is_in_slot (judge, photo, slot))
        xs_judge_void (judge, XS_RULE_PHOTO_BAD, photo->minute, photo->minute + 1, photo->record->wall_us, photo);
    }
}

/* Failing slots that no good or open one parts. */
static void
judge_rows (XsJudge *judge)
{
  const GArray *slots = judge->audit->slots;
  guint n_failing = 0, first = 0, last = 0;

  for (guint i = 0; i <= slots->len; i++)
    {
      const XsSlot *slot = i < slots->len ? &g_array_index (slots, XsSlot, i) : NULL;

      if (slot != NULL && slot->state == XS_SLOT_EXEMPT)
        continue;
      if (slot != NULL && slot_fails (slot))
        {
          first = n_failing++ == 0 ? i : first;
          last = i;
          continue;
        }
      if (n_failing >= judge->rules->in_a_row_count)
        {
          guint from_min, to_min;
          xs_judge_minutes_of (judge, g_array_index (slots, XsSlot, first).start_wall_us,
                               g_array_index (slots, XsSlot, last).end_wall_us, &from_min, &to_min);
          xs_judge_void (judge, XS_RULE_PHOTOS_IN_A_ROW, from_min, to_min, 0, NULL);
        }
      n_failing = 0;
    }
}

static void
judge_count (XsJudge *judge)
{
  gint64 interval_s = judge->policy->snapshot_interval_s;
  gint64 wanted = (judge->audit->claimed_min * 60 + interval_s - 1) / interval_s + judge->rules->photo_count_extra;
  gint64 n_good = 0;

  for (guint i = 0; i < judge->n_photos; i++)
    n_good += judge->photos[i].good;
  if (n_good < wanted)
    xs_judge_break (judge, XS_RULE_PHOTO_COUNT);
}

void
xs_judge_slots (XsJudge *judge)
{
  const GArray *slots = judge->audit->slots;

  list_slots (judge);
  for (guint i = 0; i < slots->len && xs_judge_is_on (judge, XS_RULE_PHOTO_MISSING); i++)
    {
      const XsSlot *slot = &g_array_index (slots, XsSlot, i);
      if (slot->state == XS_SLOT_MISSING)
        judge_missing (judge, slot);
    }
  for (guint i = 0; i < slots->len && xs_judge_is_on (judge, XS_RULE_PHOTO_BAD); i++)
    {
      const XsSlot *slot = &g_array_index (slots, XsSlot, i);
      if (slot->state == XS_SLOT_BAD)
        judge_bad (judge, slot);
    }
  if (xs_judge_is_on (judge, XS_RULE_PHOTOS_IN_A_ROW))
    judge_rows (judge);
  if (xs_judge_is_on (judge, XS_RULE_PHOTO_COUNT) && !judge->facts->open)
    judge_count (judge);
}
