/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-snapshot-schedule.h"

#include "xs-clock.h"

/* The random photo keeps this share of the slot away from its ends, where the regular ones are. */
#define EDGE_SHARE 10

/* Slots count from 0; slot n is [origin + n * interval, origin + (n + 1) * interval). */
struct _XsSnapshotSchedule {
  gint64 origin_us;
  gint64 interval_us;
  gboolean random;
  guint32 seed;
  gint64 timed_slot;   /* the first slot whose regular photo is neither taken nor passed over */
  gint64 process_slot; /* the same for the random photo */
  XsPhotoEvent shown;  /* what xs_snapshot_schedule_due() answered last, until taken; 0 for nothing */
  gint64 shown_slot;
};

static gint64 process_us (const XsSnapshotSchedule *self, gint64 slot);

XsSnapshotSchedule *
xs_snapshot_schedule_new (const XsPolicy *policy, gint64 start_wall_us, guint32 seed)
{
  XsSnapshotSchedule *self = g_new0 (XsSnapshotSchedule, 1);

  self->interval_us = policy->snapshot_interval_s * G_USEC_PER_SEC;
  self->origin_us = start_wall_us;
  if (policy->rules.slots_by_clock)
    self->origin_us -= (start_wall_us - xs_wall_midnight_us (start_wall_us)) % self->interval_us;
  self->random = policy->snapshot_random;
  self->seed = seed;
  /* In a slot that had begun before the log, its moment may have gone by. */
  if (process_us (self, 0) < start_wall_us)
    self->process_slot = 1;

  return self;
}

void
xs_snapshot_schedule_free (XsSnapshotSchedule *self)
{
  g_free (self);
}

/* The slot that holds @wall_us; slot 0 before the start. */
static gint64
slot_at (const XsSnapshotSchedule *self, gint64 wall_us)
{
  return MAX (0, wall_us - self->origin_us) / self->interval_us;
}

/* splitmix64: any slot's moment can be told without drawing those before it. */
static guint64
hash (guint32 seed, gint64 slot)
{
  guint64 z = ((guint64) seed << 32) + (guint64) slot * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static gint64
timed_us (const XsSnapshotSchedule *self, gint64 slot)
{
  return self->origin_us + (slot + 1) * self->interval_us;
}

static gint64
process_us (const XsSnapshotSchedule *self, gint64 slot)
{
  gint64 edge_us = self->interval_us / EDGE_SHARE;
  guint64 width_us = (guint64) (self->interval_us - 2 * edge_us);

  return self->origin_us + slot * self->interval_us + edge_us + (gint64) (hash (self->seed, slot) % width_us);
}

gboolean
xs_snapshot_schedule_due (XsSnapshotSchedule *self, gint64 wall_us, XsPhotoEvent *event)
{
  gint64 slot = slot_at (self, wall_us);

  self->shown = 0;
  if (slot - 1 >= self->timed_slot)
    {
      self->shown = XS_PHOTO_TIMED;
      self->shown_slot = slot - 1;
    }
  else if (self->random)
    {
      gint64 newest = wall_us >= process_us (self, slot) ? slot : slot - 1;

      if (newest >= self->process_slot)
        {
          self->shown = XS_PHOTO_PROCESS;
          self->shown_slot = newest;
        }
    }

  if (self->shown == 0)
    return FALSE;

  if (event != NULL)
    *event = self->shown;
  return TRUE;
}

void
xs_snapshot_schedule_taken (XsSnapshotSchedule *self, gint64 wall_us)
{
  if (self->shown == 0 && !xs_snapshot_schedule_due (self, wall_us, NULL))
    return;

  if (self->shown == XS_PHOTO_TIMED)
    self->timed_slot = self->shown_slot + 1;
  else
    self->process_slot = self->shown_slot + 1;
  self->shown = 0;
}

gint64
xs_snapshot_schedule_next_us (const XsSnapshotSchedule *self)
{
  gint64 next_us = timed_us (self, self->timed_slot);

  return self->random ? MIN (next_us, process_us (self, self->process_slot)) : next_us;
}

gint64
xs_snapshot_schedule_slot (const XsSnapshotSchedule *self, gint64 wall_us, gint64 *end_us)
{
  gint64 slot = slot_at (self, wall_us);

  *end_us = timed_us (self, slot);
  return slot;
}
