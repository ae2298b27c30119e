/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-counter-feed.h"

typedef enum {
  INPUT_PLAYBACK,
  INPUT_CLOCK,
  INPUT_PRESENCE, /* held back only while a question is open */
} InputKind;

typedef struct {
  gint64 time_us;
  InputKind kind;
  XsPlayback playback;
  XsClockLook look;
  XsPresence presence;
} Input;

struct _XsCounterFeed {
  XsHourCounter *counter;
  XsFeedClockFunc clock;
  gpointer user_data;
  gint64 patience_us; /* so long vision is waited for */
  gint64 grace_us;

  GQueue held;    /* Input *, not yet given to the counter, by time */
  gint64 seen_us; /* up to here vision has told, or is not waited for */
  gboolean camera_lost;
  XsPlayback playback; /* the newest that was told */

  XsAttention *attention;
  gint64 told_us; /* of the newest presence */
  gint64 sure_us; /* of the newest that was the learner's */
};

XsCounterFeed *
xs_counter_feed_new (const XsPolicy *policy, XsHourCounter *counter, GRand *random, gint64 start_us,
                     XsFeedClockFunc clock, gpointer user_data)
{
  XsCounterFeed *feed = g_new0 (XsCounterFeed, 1);

  feed->counter = counter;
  feed->clock = clock;
  feed->user_data = user_data;
  feed->patience_us = MAX (XS_UNSEEN_AFTER_US, policy->max_tick_gap_us);
  feed->grace_us = policy->grace_us;
  g_queue_init (&feed->held);
  feed->seen_us = feed->told_us = feed->sure_us = start_us;
  feed->attention = xs_attention_new (policy, random, start_us);
  return feed;
}

void
xs_counter_feed_free (XsCounterFeed *feed)
{
  g_queue_clear_full (&feed->held, g_free);
  xs_attention_free (feed->attention);
  g_free (feed);
}

gboolean
xs_counter_feed_is_open (const XsCounterFeed *feed)
{
  return xs_attention_get_state (feed->attention) == XS_ATTENTION_ASKED;
}

static void
give (XsCounterFeed *feed, const Input *input)
{
  switch (input->kind)
    {
    case INPUT_PLAYBACK:
      xs_hour_counter_playback (feed->counter, input->time_us, input->playback);
      break;
    case INPUT_PRESENCE:
      xs_hour_counter_presence (feed->counter, input->time_us, input->presence);
      break;
    case INPUT_CLOCK:
    default:
      feed->clock (&input->look, feed->user_data);
      break;
    }
}

/* What the clocks tell may end the session, as of what was seen before. */
static void
give_held (XsCounterFeed *feed, gint64 until_us)
{
  for (Input *input = g_queue_peek_head (&feed->held);
       input != NULL && input->time_us <= until_us && !xs_counter_feed_is_open (feed);
       input = g_queue_peek_head (&feed->held))
    {
      g_queue_pop_head (&feed->held);
      give (feed, input);
      g_free (input);
    }
  feed->seen_us = MAX (feed->seen_us, until_us);
}

/* Without frames there is nothing to wait for. */
static gboolean
must_wait (const XsCounterFeed *feed, gint64 time_us)
{
  return !feed->camera_lost && time_us - feed->seen_us <= feed->patience_us;
}

static void
hold (XsCounterFeed *feed, Input input)
{
  g_queue_push_tail (&feed->held, g_memdup2 (&input, sizeof input));
  if (!must_wait (feed, input.time_us))
    give_held (feed, input.time_us);
}

void
xs_counter_feed_until (XsCounterFeed *feed, gint64 time_us)
{
  feed->camera_lost = FALSE;
  give_held (feed, time_us);
}

static int
compare_times (gconstpointer a, gconstpointer b, gpointer unused)
{
  return ((const Input *) a)->time_us <= ((const Input *) b)->time_us ? -1 : 1;
}

void
xs_counter_feed_presence (XsCounterFeed *feed, gint64 time_us, XsPresence presence)
{
  Input input = { .time_us = time_us, .kind = INPUT_PRESENCE, .presence = presence };

  feed->told_us = time_us;
  if (presence == XS_PRESENCE_PRESENT)
    feed->sure_us = time_us;
  if (xs_counter_feed_is_open (feed))
    g_queue_insert_sorted (&feed->held, g_memdup2 (&input, sizeof input), compare_times, NULL);
  else
    give (feed, &input);
}

void
xs_counter_feed_playback (XsCounterFeed *feed, gint64 time_us, XsPlayback playback)
{
  feed->playback = playback;
  /* Whatever the lesson does, a question that was missed comes first; the answer goes on with the newest. */
  if (xs_attention_get_state (feed->attention) != XS_ATTENTION_MISSED)
    hold (feed, (Input){ .time_us = time_us, .kind = INPUT_PLAYBACK, .playback = playback });
}

void
xs_counter_feed_clock (XsCounterFeed *feed, const XsClockLook *look)
{
  hold (feed, (Input){ .time_us = look->monotonic_us, .kind = INPUT_CLOCK, .look = *look });
}

gint64
xs_counter_feed_get_seen_us (const XsCounterFeed *feed)
{
  return feed->seen_us;
}

XsPlayback
xs_counter_feed_get_playback (const XsCounterFeed *feed)
{
  return feed->playback;
}

/* The question */

const XsAttention *
xs_counter_feed_get_attention (const XsCounterFeed *feed)
{
  return feed->attention;
}

void
xs_counter_feed_ask (XsCounterFeed *feed, gint64 time_us)
{
  xs_attention_ask (feed->attention, time_us);
}

static void
miss (XsCounterFeed *feed)
{
  for (GList *link = feed->held.head; link != NULL; link = link->next)
    {
      Input *input = link->data;
      if (input->kind == INPUT_PLAYBACK)
        input->playback = XS_PLAYBACK_ATTENTION;
    }
  xs_hour_counter_playback (feed->counter, xs_attention_get_asked_us (feed->attention), XS_PLAYBACK_ATTENTION);
  xs_attention_miss (feed->attention);
  give_held (feed, feed->seen_us);
}

void
xs_counter_feed_watch (XsCounterFeed *feed, gint64 time_us)
{
  if (xs_counter_feed_is_open (feed)
      && (xs_attention_is_overdue (feed->attention, time_us) || feed->told_us - feed->sure_us > feed->grace_us))
    miss (feed);
}

void
xs_counter_feed_camera_lost (XsCounterFeed *feed, gint64 time_us)
{
  feed->camera_lost = TRUE;
  if (xs_counter_feed_is_open (feed))
    miss (feed);
  give_held (feed, time_us);
  xs_hour_counter_camera_lost (feed->counter, time_us);
}

gboolean
xs_counter_feed_answer (XsCounterFeed *feed, gint64 time_us, guint number)
{
  gboolean was_missed = xs_attention_get_state (feed->attention) == XS_ATTENTION_MISSED;

  if (!xs_attention_answer (feed->attention, time_us, number))
    return FALSE;
  if (was_missed)
    hold (feed, (Input){ .time_us = time_us, .kind = INPUT_PLAYBACK, .playback = feed->playback });
  give_held (feed, feed->seen_us);
  return TRUE;
}

void
xs_counter_feed_settle (XsCounterFeed *feed, gint64 time_us, gboolean answered)
{
  if (!xs_counter_feed_is_open (feed))
    return;
  if (!answered)
    {
      miss (feed);
      return;
    }
  xs_attention_drop (feed->attention, time_us);
  give_held (feed, feed->seen_us);
}
