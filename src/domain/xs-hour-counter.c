/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-hour-counter.h"

#define HOUR_US (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)
#define GMT8_US (8 * HOUR_US)
#define JULIAN_1970_01_01 719163

struct _XsHourCounter {
  gint64 grace_us;
  gint64 max_gap_us;
  gint64 cap_us;

  /* What was told. */
  gboolean started; /* any input but the clock's has come */
  gint64 now_us;    /* the last of them */
  gint64 seen_us;   /* the last presence input */
  XsPause playback; /* why the lesson does not run; NONE while it plays, STARTING before it was told */

  /*
   * Why it stands. Each reason is set at once and taken back only by a confirmation, so that all three are NONE exactly
   * when a confirmation found nothing in the way: from there on it counts.
   */
  gboolean counting;
  XsPause presence_pause;
  XsPause clock_pause;
  XsPause playback_pause;
  XsPause dropout; /* while counting: the first in priority of what was seen since the last confirmation */

  /* The two lists tile [first input, settled_us). While counting, settled_us is the last confirmation. */
  gint64 settled_us;
  GArray *stretches;
  GArray *pauses;
  gint64 credited_us;

  /* The daily account. */
  gint64 day; /* days since 1970-01-01 in GMT+8 */
  gint64 today_us;

  /* The last look at the clocks. */
  gboolean looked;
  XsClockLook look;
};

static const char *const pause_nicks[] = {
  [XS_PAUSE_NONE] = "none",
  [XS_PAUSE_CAMERA_LOST] = "camera_lost",
  [XS_PAUSE_COVERED] = "camera_covered",
  [XS_PAUSE_NO_FACE] = "no_face",
  [XS_PAUSE_SEVERAL_FACES] = "several_faces",
  [XS_PAUSE_OTHER_PERSON] = "other_person",
  [XS_PAUSE_NOT_LIVE] = "not_live",
  [XS_PAUSE_LOOKING_AWAY] = "looking_away",
  [XS_PAUSE_EYES_CLOSED] = "eyes_closed",
  [XS_PAUSE_UNVERIFIED] = "cannot_verify",
  [XS_PAUSE_CLOCK] = "clock",
  [XS_PAUSE_DAILY_CAP] = "daily_cap",
  [XS_PAUSE_LESSON_FAILED] = "lesson_failed",
  [XS_PAUSE_ATTENTION] = "attention",
  [XS_PAUSE_QUIZ] = "quiz",
  [XS_PAUSE_LESSON_ENDED] = "lesson_ended",
  [XS_PAUSE_LESSON_PAUSED] = "lesson_paused",
  [XS_PAUSE_REPEAT] = "repeat",
  [XS_PAUSE_STARTING] = "starting",
};

static const XsPause presence_pauses[] = {
  [XS_PRESENCE_PRESENT] = XS_PAUSE_NONE,
  [XS_PRESENCE_COVERED] = XS_PAUSE_COVERED,
  [XS_PRESENCE_NO_FACE] = XS_PAUSE_NO_FACE,
  [XS_PRESENCE_SEVERAL_FACES] = XS_PAUSE_SEVERAL_FACES,
  [XS_PRESENCE_OTHER_PERSON] = XS_PAUSE_OTHER_PERSON,
  [XS_PRESENCE_NOT_LIVE] = XS_PAUSE_NOT_LIVE,
  [XS_PRESENCE_LOOKING_AWAY] = XS_PAUSE_LOOKING_AWAY,
  [XS_PRESENCE_EYES_CLOSED] = XS_PAUSE_EYES_CLOSED,
  [XS_PRESENCE_UNVERIFIED] = XS_PAUSE_UNVERIFIED,
};

static const XsPause playback_pauses[] = {
  [XS_PLAYBACK_PAUSED] = XS_PAUSE_LESSON_PAUSED, [XS_PLAYBACK_PLAYING] = XS_PAUSE_NONE,
  [XS_PLAYBACK_ENDED] = XS_PAUSE_LESSON_ENDED,   [XS_PLAYBACK_FAILED] = XS_PAUSE_LESSON_FAILED,
  [XS_PLAYBACK_REPEAT] = XS_PAUSE_REPEAT,        [XS_PLAYBACK_QUIZ] = XS_PAUSE_QUIZ,
  [XS_PLAYBACK_ATTENTION] = XS_PAUSE_ATTENTION,
};

const char *
xs_pause_nick (XsPause pause)
{
  g_return_val_if_fail ((guint) pause < G_N_ELEMENTS (pause_nicks), NULL);

  return pause_nicks[pause];
}

/* The enum is in order of priority, NONE apart. */
static XsPause
first_of (XsPause a, XsPause b)
{
  if (a == XS_PAUSE_NONE)
    return b;
  if (b == XS_PAUSE_NONE)
    return a;
  return MIN (a, b);
}

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

/* What to add to a time on the counter's line for GMT+8 microseconds since 1970. */
static gint64
gmt8_offset_us (const XsHourCounter *self)
{
  return self->look.wall_us - self->look.monotonic_us + GMT8_US;
}

/* The account @time_us belongs to: never one before the present account, however the wall clock steps. */
static gint64
day_at (const XsHourCounter *self, gint64 time_us)
{
  if (!self->looked)
    return self->day;

  return MAX (self->day, floor_div (time_us + gmt8_offset_us (self), DAY_US));
}

static gint64
day_end_us (const XsHourCounter *self)
{
  return self->looked ? (self->day + 1) * DAY_US - gmt8_offset_us (self) : G_MAXINT64;
}

static void
append (GArray *list, gint64 t0_us, gint64 t1_us, XsPause pause)
{
  if (t0_us == t1_us)
    return;

  if (list->len > 0)
    {
      XsStretch *last = &g_array_index (list, XsStretch, list->len - 1);

      if (last->t1_us == t0_us && last->pause == pause)
        {
          last->t1_us = t1_us;
          return;
        }
    }

  XsStretch stretch = { t0_us, t1_us, pause };
  g_array_append_val (list, stretch);
}

/*
 * Enter [settled_us, @t1_us) into the lists for good: with XS_PAUSE_NONE it is credited as far as the daily account
 * has room. Goes day by day, since every midnight opens a new account.
 */
static void
settle (XsHourCounter *self, gint64 t1_us, XsPause pause)
{
  while (self->settled_us < t1_us)
    {
      gint64 t0_us = self->settled_us;
      gint64 day = day_at (self, t0_us);

      if (day != self->day)
        {
          self->day = day;
          self->today_us = 0;
        }

      gint64 end_us = MIN (t1_us, day_end_us (self));
      gint64 room_us = MAX (0, self->cap_us - self->today_us);
      gint64 credit_us = pause == XS_PAUSE_NONE ? MIN (end_us - t0_us, room_us) : 0;

      append (self->stretches, t0_us, t0_us + credit_us, XS_PAUSE_NONE);
      self->credited_us += credit_us;
      self->today_us += credit_us;
      append (self->pauses, t0_us + credit_us, end_us,
              credit_us == room_us ? first_of (pause, XS_PAUSE_DAILY_CAP) : pause);
      self->settled_us = end_us;
    }
}

/* While counting: why the time from the last confirmation to @time_us can no longer be credited; NONE while it can. */
static XsPause
why_lost (const XsHourCounter *self, gint64 time_us)
{
  XsPause pause = XS_PAUSE_NONE;

  if (self->dropout != XS_PAUSE_NONE && time_us - self->settled_us > self->grace_us)
    pause = self->dropout;
  if (time_us - self->seen_us > self->max_gap_us)
    pause = first_of (pause, first_of (self->dropout, XS_PAUSE_CLOCK));

  return pause;
}

static XsPause
why_standing (const XsHourCounter *self)
{
  return first_of (self->presence_pause, first_of (self->clock_pause, self->playback_pause));
}

/* Something that is never credited came at @time_us: the time since the last confirmation is lost. */
static void
stop (XsHourCounter *self, gint64 time_us, XsPause pause)
{
  if (self->counting)
    settle (self, time_us, first_of (first_of (self->dropout, why_lost (self, time_us)), pause));
  else
    settle (self, time_us, why_standing (self));
  self->counting = FALSE;
}

static gint64
begin_input (XsHourCounter *self, gint64 time_us)
{
  if (!self->started)
    {
      self->started = TRUE;
      self->now_us = time_us;
      self->settled_us = time_us;
    }
  self->now_us = MAX (self->now_us, time_us);

  return self->now_us;
}

static gint64
days_since_1970 (int yyyymmdd)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) (yyyymmdd % 100), (GDateMonth) (yyyymmdd / 100 % 100),
                  (GDateYear) (yyyymmdd / 10000));

  return (gint64) g_date_get_julian (&date) - JULIAN_1970_01_01;
}

XsHourCounter *
xs_hour_counter_new (const XsPolicy *policy, gint64 credited_today_us, int day)
{
  g_return_val_if_fail (g_date_valid_dmy (day % 100, day / 100 % 100, day / 10000), NULL);

  XsHourCounter *self = g_new0 (XsHourCounter, 1);

  self->grace_us = policy->grace_us;
  self->max_gap_us = policy->max_tick_gap_us;
  self->cap_us = policy->daily_cap_s * G_USEC_PER_SEC;
  self->playback = XS_PAUSE_STARTING;
  self->presence_pause = XS_PAUSE_STARTING;
  self->playback_pause = XS_PAUSE_STARTING;
  self->stretches = g_array_new (FALSE, FALSE, sizeof (XsStretch));
  self->pauses = g_array_new (FALSE, FALSE, sizeof (XsStretch));
  self->day = days_since_1970 (day);
  self->today_us = credited_today_us;

  return self;
}

void
xs_hour_counter_free (XsHourCounter *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->stretches);
  g_array_unref (self->pauses);
  g_free (self);
}

void
xs_hour_counter_presence (XsHourCounter *self, gint64 time_us, XsPresence presence)
{
  g_return_if_fail ((guint) presence < G_N_ELEMENTS (presence_pauses));

  gint64 now_us = begin_input (self, time_us);
  XsPause seen = presence_pauses[presence];

  if (self->counting)
    self->dropout = first_of (self->dropout, seen);

  if (!self->counting || presence == XS_PRESENCE_OTHER_PERSON || why_lost (self, now_us) != XS_PAUSE_NONE)
    stop (self, now_us, seen);

  self->seen_us = now_us;
  self->presence_pause = seen;

  if (presence == XS_PRESENCE_PRESENT)
    {
      if (self->counting)
        settle (self, now_us, XS_PAUSE_NONE);
      self->clock_pause = XS_PAUSE_NONE;
      self->playback_pause = self->playback;
      self->dropout = XS_PAUSE_NONE;
      self->counting = self->playback == XS_PAUSE_NONE;
    }
}

void
xs_hour_counter_camera_lost (XsHourCounter *self, gint64 time_us)
{
  stop (self, begin_input (self, time_us), XS_PAUSE_CAMERA_LOST);
  self->presence_pause = XS_PAUSE_CAMERA_LOST;
}

void
xs_hour_counter_playback (XsHourCounter *self, gint64 time_us, XsPlayback playback)
{
  g_return_if_fail ((guint) playback < G_N_ELEMENTS (playback_pauses));

  gint64 now_us = begin_input (self, time_us);

  self->playback = playback_pauses[playback];
  if (!self->counting || self->playback != XS_PAUSE_NONE)
    stop (self, now_us, self->playback);
  if (self->playback != XS_PAUSE_NONE)
    self->playback_pause = self->playback;
}

void
xs_hour_counter_clock (XsHourCounter *self, gint64 time_us, gint64 boottime_us, gint64 wall_us)
{
  XsClockLook look = { time_us, boottime_us, wall_us, self->look.zone_us };

  if (self->looked)
    {
      XsClockChange change = xs_clock_change (&self->look, &look, self->max_gap_us);

      if (change.slept_us != 0 || change.stepped_us != 0)
        {
          if (self->started)
            stop (self, self->now_us, XS_PAUSE_CLOCK);
          self->clock_pause = XS_PAUSE_CLOCK;
        }
    }

  self->looked = TRUE;
  self->look = look;
}

/* As far as any input has told. */
static gint64
known_us (const XsHourCounter *self)
{
  if (!self->started)
    return self->look.monotonic_us;

  return self->looked ? MAX (self->now_us, self->look.monotonic_us) : self->now_us;
}

gint64
xs_hour_counter_credited_us (const XsHourCounter *self)
{
  return self->credited_us;
}

gint64
xs_hour_counter_today_us (const XsHourCounter *self)
{
  return day_at (self, known_us (self)) == self->day ? self->today_us : 0;
}

XsPause
xs_hour_counter_pause (const XsHourCounter *self)
{
  XsPause pause = self->counting ? why_lost (self, known_us (self)) : why_standing (self);

  return xs_hour_counter_today_us (self) >= self->cap_us ? first_of (pause, XS_PAUSE_DAILY_CAP) : pause;
}

XsPause
xs_hour_counter_dropout (const XsHourCounter *self, gint64 time_us, gint64 *left_us)
{
  gboolean may_be_forgiven = self->counting && why_lost (self, known_us (self)) == XS_PAUSE_NONE;

  *left_us = MAX (self->settled_us + self->grace_us - time_us, 0);
  return may_be_forgiven ? self->dropout : XS_PAUSE_NONE;
}

const GArray *
xs_hour_counter_stretches (const XsHourCounter *self)
{
  return self->stretches;
}

const GArray *
xs_hour_counter_pauses (const XsHourCounter *self)
{
  return self->pauses;
}

gint64
xs_hour_counter_credited_between_us (const XsHourCounter *self, gint64 t0_us, gint64 t1_us)
{
  guint low = 0, high = self->stretches->len;
  gint64 sum_us = 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->stretches, XsStretch, middle).t1_us <= t0_us)
        low = middle + 1;
      else
        high = middle;
    }

  for (guint i = low; i < self->stretches->len; i++)
    {
      const XsStretch *stretch = &g_array_index (self->stretches, XsStretch, i);

      if (stretch->t0_us >= t1_us)
        break;
      sum_us += MIN (stretch->t1_us, t1_us) - MAX (stretch->t0_us, t0_us);
    }

  return sum_us;
}
