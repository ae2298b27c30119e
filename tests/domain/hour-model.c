/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hour-model.h"

#include "xs-clock.h"

#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

typedef struct {
  const XsPolicy *policy;
  const Input *inputs;
  int n;
  gint64 *times; /* when each input but the clock's counts: never before an earlier one */
} Model;

static XsPause
more_urgent (XsPause a, XsPause b)
{
  if (a == XS_PAUSE_NONE || b == XS_PAUSE_NONE)
    return a == XS_PAUSE_NONE ? b : a;
  return a < b ? a : b;
}

static XsPause
presence_reason (XsPresence presence)
{
  switch (presence)
    {
    case XS_PRESENCE_COVERED:
      return XS_PAUSE_COVERED;
    case XS_PRESENCE_NO_FACE:
      return XS_PAUSE_NO_FACE;
    case XS_PRESENCE_SEVERAL_FACES:
      return XS_PAUSE_SEVERAL_FACES;
    case XS_PRESENCE_OTHER_PERSON:
      return XS_PAUSE_OTHER_PERSON;
    case XS_PRESENCE_NOT_LIVE:
      return XS_PAUSE_NOT_LIVE;
    case XS_PRESENCE_LOOKING_AWAY:
      return XS_PAUSE_LOOKING_AWAY;
    case XS_PRESENCE_EYES_CLOSED:
      return XS_PAUSE_EYES_CLOSED;
    case XS_PRESENCE_UNVERIFIED:
      return XS_PAUSE_UNVERIFIED;
    case XS_PRESENCE_PRESENT:
    default:
      return XS_PAUSE_NONE;
    }
}

static XsPause
playback_reason (XsPlayback playback)
{
  switch (playback)
    {
    case XS_PLAYBACK_PAUSED:
      return XS_PAUSE_LESSON_PAUSED;
    case XS_PLAYBACK_ENDED:
      return XS_PAUSE_LESSON_ENDED;
    case XS_PLAYBACK_FAILED:
      return XS_PAUSE_LESSON_FAILED;
    case XS_PLAYBACK_REPEAT:
      return XS_PAUSE_REPEAT;
    case XS_PLAYBACK_QUIZ:
      return XS_PAUSE_QUIZ;
    case XS_PLAYBACK_ATTENTION:
      return XS_PAUSE_ATTENTION;
    case XS_PLAYBACK_PLAYING:
    default:
      return XS_PAUSE_NONE;
    }
}

/* The last input of one kind at or before @index; -1 when there is none. */
static int
last_of_kind (const Model *m, InputKind kind, int index)
{
  while (index >= 0 && m->inputs[index].kind != kind)
    index--;
  return index;
}

static gboolean
is_confirmation (const Model *m, int index)
{
  return m->inputs[index].kind == INPUT_PRESENCE && m->inputs[index].presence == XS_PRESENCE_PRESENT;
}

static int
last_confirmation (const Model *m, int index)
{
  while (index >= 0 && !is_confirmation (m, index))
    index--;
  return index;
}

static int
next_confirmation (const Model *m, int index)
{
  for (index++; index < m->n; index++)
    {
      if (is_confirmation (m, index))
        return index;
    }
  return -1;
}

static gboolean
is_clock_event (const Model *m, int index)
{
  int before = index > 0 ? last_of_kind (m, INPUT_CLOCK, index - 1) : -1;

  if (m->inputs[index].kind != INPUT_CLOCK || before < 0)
    return FALSE;

  gint64 monotonic_us = m->inputs[index].time_us - m->inputs[before].time_us;
  gint64 boottime_us = m->inputs[index].boottime_us - m->inputs[before].boottime_us;
  gint64 wall_us = m->inputs[index].wall_us - m->inputs[before].wall_us;

  return boottime_us - monotonic_us > m->policy->max_tick_gap_us || wall_us > boottime_us + XS_WALL_STEP_US
         || wall_us < boottime_us - XS_WALL_STEP_US;
}

static gboolean
counts_from (const Model *m, int confirmation)
{
  int told = last_of_kind (m, INPUT_PLAYBACK, confirmation);

  return told >= 0 && m->inputs[told].playback == XS_PLAYBACK_PLAYING;
}

/* The most urgent of what presence showed after @from, up to @to. */
static XsPause
dropout (const Model *m, int from, int to)
{
  XsPause reason = XS_PAUSE_NONE;

  for (int k = from + 1; k <= to; k++)
    {
      if (m->inputs[k].kind == INPUT_PRESENCE)
        reason = more_urgent (reason, presence_reason (m->inputs[k].presence));
    }
  return reason;
}

/* Whether input @index alone makes it impossible to credit the time since @confirmation. */
static gboolean
loses (const Model *m, int confirmation, int index)
{
  const Input *input = &m->inputs[index];

  switch (input->kind)
    {
    case INPUT_CAMERA_LOST:
      return TRUE;
    case INPUT_PLAYBACK:
      return input->playback != XS_PLAYBACK_PLAYING;
    case INPUT_CLOCK:
      return is_clock_event (m, index);
    case INPUT_PRESENCE:
    default:
      if (input->presence == XS_PRESENCE_OTHER_PERSON)
        return TRUE;
      if (m->times[index] - m->times[last_of_kind (m, INPUT_PRESENCE, index - 1)] > m->policy->max_tick_gap_us)
        return TRUE;
      return dropout (m, confirmation, index) != XS_PAUSE_NONE
             && m->times[index] - m->times[confirmation] > m->policy->grace_us;
    }
}

/* The input that lost the time from @confirmation to the next one; -1 for none. */
static int
lost_by (const Model *m, int confirmation)
{
  int next = next_confirmation (m, confirmation);
  int last = next >= 0 ? next : m->n - 1;

  for (int k = confirmation + 1; k <= last; k++)
    {
      if (loses (m, confirmation, k))
        return k;
    }
  return -1;
}

static XsPause
lost_reason (const Model *m, int confirmation, int by)
{
  const Input *input = &m->inputs[by];
  XsPause reason = dropout (m, confirmation, by);

  if (input->kind == INPUT_CAMERA_LOST)
    reason = more_urgent (reason, XS_PAUSE_CAMERA_LOST);
  if (input->kind == INPUT_PLAYBACK)
    reason = more_urgent (reason, playback_reason (input->playback));
  if (input->kind == INPUT_CLOCK)
    reason = more_urgent (reason, XS_PAUSE_CLOCK);
  else if (m->times[by] - m->times[last_of_kind (m, INPUT_PRESENCE, by - 1)] > m->policy->max_tick_gap_us)
    reason = more_urgent (reason, XS_PAUSE_CLOCK);
  return reason;
}

/* What stands in the way after input @index. */
static XsPause
standing (const Model *m, int index)
{
  int confirmation = last_confirmation (m, index);
  int presence = MAX (last_of_kind (m, INPUT_PRESENCE, index), last_of_kind (m, INPUT_CAMERA_LOST, index));
  int told = last_of_kind (m, INPUT_PLAYBACK, confirmation);
  XsPause lesson = told < 0 ? XS_PAUSE_STARTING : playback_reason (m->inputs[told].playback);
  XsPause reason;

  if (presence < 0)
    reason = XS_PAUSE_STARTING;
  else if (m->inputs[presence].kind == INPUT_CAMERA_LOST)
    reason = XS_PAUSE_CAMERA_LOST;
  else
    reason = presence_reason (m->inputs[presence].presence);

  for (int k = confirmation + 1; k <= index; k++)
    {
      if (is_clock_event (m, k))
        reason = more_urgent (reason, XS_PAUSE_CLOCK);
      if (m->inputs[k].kind == INPUT_PLAYBACK && m->inputs[k].playback != XS_PLAYBACK_PLAYING)
        lesson = playback_reason (m->inputs[k].playback);
    }
  return more_urgent (reason, lesson);
}

static void
add (GArray *list, gint64 t0_us, gint64 t1_us, XsPause pause)
{
  XsStretch *last = list->len > 0 ? &g_array_index (list, XsStretch, list->len - 1) : NULL;
  XsStretch stretch = { t0_us, t1_us, pause };

  if (t0_us >= t1_us)
    return;
  if (last != NULL && last->t1_us == t0_us && last->pause == pause)
    last->t1_us = t1_us;
  else
    g_array_append_val (list, stretch);
}

typedef struct {
  int day; /* YYYYMMDD */
  gint64 today_us;
} Account;

/* The GMT+8 midnight at or after the wall time of @time_us, back on the counter's line. */
static gint64
midnight_after (const Input *look, gint64 time_us)
{
  gint64 wall_us = time_us + look->wall_us - look->time_us;
  gint64 into_day_us = (wall_us + DAY_US / 3) % DAY_US;

  return time_us + DAY_US - into_day_us;
}

static void
put (const Model *m, Answer *answer, Account *account, const Input *look, gint64 t0_us, gint64 t1_us, XsPause pause)
{
  gint64 cap_us = m->policy->daily_cap_s * G_USEC_PER_SEC;

  while (t0_us < t1_us)
    {
      gint64 end_us = t1_us;

      if (look != NULL)
        {
          int day = xs_wall_day (t0_us + look->wall_us - look->time_us);

          if (day > account->day)
            *account = (Account){ day, 0 };
          end_us = MIN (end_us, midnight_after (look, t0_us));
        }

      if (pause == XS_PAUSE_NONE)
        {
          gint64 cut_us = t0_us + CLAMP (cap_us - account->today_us, 0, end_us - t0_us);

          add (answer->stretches, t0_us, cut_us, XS_PAUSE_NONE);
          add (answer->pauses, cut_us, end_us, XS_PAUSE_DAILY_CAP);
          account->today_us += cut_us - t0_us;
          answer->credited_us += cut_us - t0_us;
        }
      else
        {
          add (answer->pauses, t0_us, end_us,
               account->today_us >= cap_us ? more_urgent (pause, XS_PAUSE_DAILY_CAP) : pause);
        }
      t0_us = end_us;
    }
}

static const Input *
look_before (const Model *m, int index)
{
  int look = last_of_kind (m, INPUT_CLOCK, index - 1);

  return look >= 0 ? &m->inputs[look] : NULL;
}

/* The time between two inputs that follow each other, the clock's apart. FALSE while nobody can know yet. */
static gboolean
put_piece (const Model *m, Answer *answer, Account *account, int a, int b)
{
  int confirmation = last_confirmation (m, a);
  int settled_by = b;
  XsPause pause = standing (m, b - 1);

  if (confirmation >= 0 && counts_from (m, confirmation))
    {
      int by = lost_by (m, confirmation);

      if (by < 0 && next_confirmation (m, confirmation) < 0)
        return FALSE;
      if (by < 0)
        {
          settled_by = next_confirmation (m, confirmation);
          pause = XS_PAUSE_NONE;
        }
      else if (b <= by)
        {
          settled_by = by;
          pause = lost_reason (m, confirmation, by);
        }
    }

  put (m, answer, account, look_before (m, settled_by), m->times[a], m->times[b], pause);
  return TRUE;
}

static void
answer_now (const Model *m, Answer *answer, const Account *account, int last)
{
  int look = last_of_kind (m, INPUT_CLOCK, m->n - 1);
  int confirmation = last_confirmation (m, m->n - 1);
  gint64 known_us = last >= 0 ? m->times[last] : m->inputs[look].time_us;

  if (look >= 0)
    known_us = MAX (known_us, m->inputs[look].time_us);

  answer->today_us = account->today_us;
  if (look >= 0 && xs_wall_day (known_us + m->inputs[look].wall_us - m->inputs[look].time_us) > account->day)
    answer->today_us = 0;

  if (confirmation >= 0 && counts_from (m, confirmation) && lost_by (m, confirmation) < 0)
    {
      XsPause seen = dropout (m, confirmation, m->n - 1);
      gint64 since_seen_us = known_us - m->times[last_of_kind (m, INPUT_PRESENCE, m->n - 1)];

      answer->pause = XS_PAUSE_NONE;
      if (known_us - m->times[confirmation] > m->policy->grace_us)
        answer->pause = seen;
      if (since_seen_us > m->policy->max_tick_gap_us)
        answer->pause = more_urgent (seen, XS_PAUSE_CLOCK);
    }
  else
    {
      answer->pause = standing (m, m->n - 1);
    }

  if (answer->today_us >= m->policy->daily_cap_s * G_USEC_PER_SEC)
    answer->pause = more_urgent (answer->pause, XS_PAUSE_DAILY_CAP);
}

void
hour_model_answer (const XsPolicy *policy, gint64 credited_today_us, int day, const Input *inputs, int n,
                   Answer *answer)
{
  g_autofree gint64 *times = g_new0 (gint64, n);
  Model m = { policy, inputs, n, times };
  Account account = { day, credited_today_us };
  int last = -1;
  gboolean known = TRUE;

  *answer = (Answer){ 0 };
  answer->stretches = g_array_new (FALSE, FALSE, sizeof (XsStretch));
  answer->pauses = g_array_new (FALSE, FALSE, sizeof (XsStretch));

  for (int k = 0; k < n; k++)
    {
      if (inputs[k].kind == INPUT_CLOCK)
        continue;
      times[k] = last < 0 ? inputs[k].time_us : MAX (inputs[k].time_us, times[last]);
      last = k;
    }

  int before = -1;
  for (int k = 0; k < n && known; k++)
    {
      if (inputs[k].kind == INPUT_CLOCK)
        continue;
      if (before >= 0)
        known = put_piece (&m, answer, &account, before, k);
      before = k;
    }

  answer_now (&m, answer, &account, last);
}

void
answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->stretches, g_array_unref);
  g_clear_pointer (&answer->pauses, g_array_unref);
}
