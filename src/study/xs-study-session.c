/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-session.h"

#include "xs-clock.h"
#include "xs-counter-feed.h"
#include "xs-minute-record.h"
#include "xs-turn-check.h"

#define PROGRESS_INTERVAL_US (1 * G_USEC_PER_SEC)
/* How long a due photo waits for a frame that would pass the audit before any frame is taken instead. */
#define PHOTO_PATIENCE_MAX_US (30 * G_USEC_PER_SEC)

/* Every teaching log begins with a photo 17 and ends with an 18, also where one segment gives way to the next. */
#define SEGMENT_PHOTO_PATIENCE_US (3 * G_USEC_PER_SEC)
/* An 18 from longer before the end is taken again: the audit wants it near the end. */
#define LAST_PHOTO_AGE_US (10 * G_USEC_PER_SEC)
/* So much of what a log holds is left for how it ends. */
#define PHOTOS_LEFT 10
#define MINUTES_LEFT 10
/* A photo taken whatever it shows is still looked at thoroughly: asked for so long before the patience ends. */
#define LAST_LOOK_US (G_USEC_PER_SEC / 2)
/* Other instructions may come before "turn your head", but not longer than so many times the patience. */
#define LONGEST_TURN 5

/* The PC slept. Monotonic time stood still meanwhile. */
typedef struct {
  gint64 time_us;
  gint64 slept_us;
} Sleep;

typedef struct {
  gboolean wanted;
  XsPhotoEvent event;
  gint64 since_us;    /* G_MININT64: not known before the next observation */
  gint64 patience_us; /* then any frame is taken; G_MAXINT64: only a good one */
} PhotoRequest;

struct _XsStudySession {
  XsPolicy policy;
  XsStudySessionFuncs funcs;
  gpointer user_data;

  XsHourCounter *counter;
  XsPresenceWatch *watch;
  XsGuidance *guidance;
  XsSnapshotSchedule *schedule;
  GArray *minutes; /* XsMinuteRecord of the open segment */
  GArray *events;  /* XsLogEvent of the open segment */
  GArray *sleeps;  /* Sleep in the open segment */

  GRand *random;
  XsTurnCheck *turn_check; /* (nullable): while the student is asked to turn the head */
  gint64 turn_begun_us;
  gint64 turn_asked_us;     /* for so long the student was there and read it; after policy.active_check_s: not live */
  gint64 turn_check_due_us; /* when to ask next; G_MAXINT64: never */
  gint64 turned_us;         /* when it was last passed; G_MININT64: not yet */

  XsCounterFeed *feed;

  XsClockLook look; /* the newest */
  gboolean looked;  /* it is one, and not what the session began with */

  gint64 segment_us; /* where the open segment began */
  gint64 segment_wall_us;
  gint64 segment_base_us; /* credit of the segments before */
  gint64 midnight_us;     /* where the wall clock changed day in this segment; 0: it has not */
  int first_day;          /* GMT+8 day the open segment began on */
  int day;

  gint64 progress_us; /* time of the last progress */
  gint64 absent_us;   /* since when presence is missing; G_MAXINT64: it is not */
  gint64 observed_us; /* of the newest observation */
  gboolean too_rare;  /* it came longer after the one before than may be credited */
  gint64 thorough_us; /* of the newest thorough one */
  gboolean closing;
  XsPresence presence;
  XsGuidanceCode guidance_code;
  PhotoRequest asked;
  gboolean segment_ending; /* @asked is the last photo of the segment, which gives way to the next once it is full */
  gint64 last_photo_us;    /* when that was taken */
  gint64 full_us;          /* while the segment is closed: when it was full; 0: now */
  guint n_photos;          /* of the open segment */
  PhotoRequest scheduled;
  gint64 good_slot; /* the newest slot of the segment with a photo that passes; -1: none has */
  gint64 bad_slot;  /* the newest in which one was taken that does not */
};

static void feed_clock (const XsClockLook *look, gpointer data);

/* On average after the interval, at a moment nobody can be ready for. */
static void
schedule_turn_check (XsStudySession *session, gint64 now_us)
{
  gint64 interval_us = session->policy.active_check_interval_s * G_USEC_PER_SEC;

  session->turn_check_due_us =
    interval_us > 0 ? now_us + (gint64) (g_rand_double_range (session->random, 0.5, 1.5) * (double) interval_us)
                    : G_MAXINT64;
}

XsStudySession *
xs_study_session_new (const XsPolicy *policy, gint64 start_us, gint64 start_wall_us, gint64 credited_today_us,
                      guint32 seed, const XsStudySessionFuncs *funcs, gpointer user_data)
{
  XsStudySession *session = g_new0 (XsStudySession, 1);

  session->policy = *policy;
  session->funcs = *funcs;
  session->user_data = user_data;
  session->first_day = session->day = xs_wall_day (start_wall_us);
  session->counter = xs_hour_counter_new (policy, credited_today_us, session->day);
  session->watch = xs_presence_watch_new (policy);
  session->guidance = xs_guidance_new (policy);
  session->random = g_rand_new_with_seed (seed);
  schedule_turn_check (session, start_us);
  session->turned_us = G_MININT64;
  session->feed = xs_counter_feed_new (policy, session->counter, session->random, start_us, feed_clock, session);
  session->schedule = xs_snapshot_schedule_new (policy, start_wall_us, seed);
  session->good_slot = session->bad_slot = -1;
  session->minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  session->events = g_array_new (FALSE, TRUE, sizeof (XsLogEvent));
  session->sleeps = g_array_new (FALSE, TRUE, sizeof (Sleep));
  session->look = (XsClockLook){ .monotonic_us = start_us, .wall_us = start_wall_us };
  session->segment_us = session->progress_us = start_us;
  session->observed_us = session->thorough_us = start_us;
  session->segment_wall_us = start_wall_us;
  session->absent_us = start_us;
  session->presence = XS_PRESENCE_NO_FACE;
  return session;
}

void
xs_study_session_free (XsStudySession *session)
{
  if (session == NULL)
    return;
  g_array_unref (session->sleeps);
  g_array_unref (session->events);
  g_array_unref (session->minutes);
  xs_snapshot_schedule_free (session->schedule);
  g_clear_pointer (&session->turn_check, xs_turn_check_free);
  xs_counter_feed_free (session->feed);
  g_rand_free (session->random);
  xs_guidance_free (session->guidance);
  xs_presence_watch_free (session->watch);
  xs_hour_counter_free (session->counter);
  g_free (session);
}

/* How long the PC slept in this segment before @time_us. */
static gint64
slept_before (const XsStudySession *session, gint64 time_us)
{
  gint64 slept_us = 0;

  for (guint i = 0; i < session->sleeps->len; i++)
    {
      const Sleep *sleep = &g_array_index (session->sleeps, Sleep, i);
      slept_us += sleep->time_us < time_us ? sleep->slept_us : 0;
    }
  return slept_us;
}

/* All stamps of a segment go by the clock it began with: they agree with each other whatever is set meanwhile. */
gint64
xs_study_session_wall_us (const XsStudySession *session, gint64 time_us)
{
  return session->segment_wall_us + (time_us - session->segment_us) + slept_before (session, time_us);
}

static gint64
clock_wall_us (const XsStudySession *session, gint64 time_us)
{
  return session->look.wall_us + (time_us - session->look.monotonic_us);
}

static void
close_segment (XsStudySession *session, XsSignOut reason)
{
  if (session->closing)
    return;
  session->closing = reason != XS_SIGN_OUT_SEGMENT_FULL;
  if (session->funcs.close != NULL)
    session->funcs.close (session, reason, session->user_data);
}

static void
note_event (XsStudySession *session, XsLogEventKind kind, gint64 amount_us, gint64 wall_us)
{
  XsLogEvent event = { kind, MAX (wall_us, 0),
                       CLAMP (amount_us, -XS_LOG_EVENT_AMOUNT_MAX_US, XS_LOG_EVENT_AMOUNT_MAX_US) };

  if (amount_us != 0 && session->events->len < XS_LOG_EVENTS_MAX)
    g_array_append_val (session->events, event);
}

static void
note_change (XsStudySession *session, const XsClockLook *look)
{
  XsClockChange change = xs_clock_change (&session->look, look, session->policy.max_tick_gap_us);
  Sleep sleep = { session->look.monotonic_us, change.slept_us };

  gboolean is_over = change.slept_us >= session->policy.absence_sign_out_s * G_USEC_PER_SEC;

  /* A night's sleep is not part of the log: it ended before. */
  if (change.slept_us != 0 && !is_over)
    g_array_append_val (session->sleeps, sleep);
  note_event (session, XS_LOG_EVENT_SUSPEND, change.slept_us, look->wall_us);
  note_event (session, XS_LOG_EVENT_CLOCK_STEP, change.stepped_us, look->wall_us);
  note_event (session, XS_LOG_EVENT_ZONE_CHANGED, change.zone_us, look->wall_us);
  note_event (session, XS_LOG_EVENT_GAP, change.stood_us, look->wall_us);
  if (is_over)
    close_segment (session, XS_SIGN_OUT_ABSENCE);
}

static void
feed_clock (const XsClockLook *look, gpointer data)
{
  XsStudySession *session = data;
  int day = xs_wall_day (look->wall_us);
  gint64 before_us = MAX (session->look.monotonic_us, session->segment_us);

  if (session->looked)
    note_change (session, look);
  session->look = *look;
  session->looked = TRUE;
  xs_hour_counter_clock (session->counter, look->monotonic_us, look->boottime_us, look->wall_us);
  if (day == session->day)
    return;

  g_autofree char *midnight = g_strdup_printf ("%08d000000", day);
  g_autoptr (GError) error = NULL;
  gint64 midnight_wall_us = look->wall_us;
  gboolean known = xs_wall_from_wire (midnight, &midnight_wall_us, &error);
  g_assert (known);
  /* A clock that was set, or a PC that slept, went past midnight between the two looks, whatever it shows now. */
  session->midnight_us =
    CLAMP (look->monotonic_us - (look->wall_us - midnight_wall_us), before_us, MAX (look->monotonic_us, before_us));
  session->day = day;
}

static gint64
segment_end_us (const XsStudySession *session)
{
  return session->full_us != 0 ? session->full_us : xs_counter_feed_get_seen_us (session->feed);
}

static void
list_minutes (XsStudySession *session)
{
  g_autoptr (GArray) minutes = xs_minutes_list (session->counter, &session->policy, session->segment_us,
                                                session->segment_wall_us, segment_end_us (session));

  g_array_set_size (session->minutes, 0);
  for (guint i = 0; i < minutes->len; i++)
    {
      const XsMinute *minute = &g_array_index (minutes, XsMinute, i);
      gint64 end_us = MIN (session->segment_us + (i + 1) * XS_MINUTE_US, segment_end_us (session));
      XsMinuteRecord record = {
        .wall_end_us = xs_study_session_wall_us (session, end_us),
        .credited_us = minute->credited_us,
        .normal = minute->normal,
      };
      g_array_append_val (session->minutes, record);
    }
}

static gint64
segment_credited_us (const XsStudySession *session)
{
  return session->full_us != 0 ? session->policy.segment_max_s * G_USEC_PER_SEC
                               : xs_hour_counter_credited_us (session->counter) - session->segment_base_us;
}

/*
 * Where the next log begins: two of one session never share time, also when the clock was set back in between. From
 * another day it is set to the right one.
 */
static gint64
next_wall_us (const XsStudySession *session)
{
  gint64 clock_us = clock_wall_us (session, segment_end_us (session));
  gint64 end_us = xs_study_session_wall_us (session, segment_end_us (session));

  return end_us - clock_us < G_TIME_SPAN_DAY ? MAX (clock_us, end_us) : clock_us;
}

void
xs_study_session_get_progress (XsStudySession *session, XsProgress *progress)
{
  gint64 credited_us = segment_credited_us (session);

  list_minutes (session);
  *progress = (XsProgress){
    .credited_us = credited_us,
    .wall_us = xs_study_session_wall_us (session, segment_end_us (session)),
    .clock_wall_us = next_wall_us (session),
    .minutes = session->minutes,
    .events = session->events,
    .days = { { session->first_day, credited_us } },
  };
  if (session->day != session->first_day)
    {
      gint64 before_us =
        xs_hour_counter_credited_between_us (session->counter, session->segment_us, session->midnight_us);
      progress->days[0].credited_us = before_us;
      progress->days[1] = (XsDayCredit){ session->day, credited_us - before_us };
    }
}

/* Of a session that lasts: who pauses the lesson for a day, or asks for photos every few seconds. */
static gboolean
log_is_full (const XsStudySession *session)
{
  return session->n_photos + PHOTOS_LEFT >= XS_LOG_PHOTOS_MAX
         || xs_minute_count (session->segment_us, xs_counter_feed_get_seen_us (session->feed)) + MINUTES_LEFT
              >= XS_LOG_MINUTES_MAX;
}

/* While the lesson stands, the segment is not full soon, and nothing but photos of its schedule are wanted. */
static void
ask_for_last_photo (XsStudySession *session)
{
  gboolean is_soon_full =
    xs_hour_counter_pause (session->counter) == XS_PAUSE_NONE
    && segment_credited_us (session) >= session->policy.segment_max_s * G_USEC_PER_SEC - SEGMENT_PHOTO_PATIENCE_US;

  if (session->asked.wanted || session->asked.event == XS_PHOTO_SIGN_OUT || !(is_soon_full || log_is_full (session)))
    return;
  xs_study_session_photo_now (session, XS_PHOTO_SIGN_OUT, SEGMENT_PHOTO_PATIENCE_US);
  session->segment_ending = TRUE;
}

/*
 * Where in the last credited stretch the segment was full: a study hour is 60 minutes to the microsecond, and what was
 * studied since belongs to the next. 0 when that is no end for a log: its photo came later, or a new day began.
 */
static gint64
find_full_us (const XsStudySession *session)
{
  const GArray *stretches = xs_hour_counter_stretches (session->counter);
  const XsStretch *last = stretches->len > 0 ? &g_array_index (stretches, XsStretch, stretches->len - 1) : NULL;
  gint64 over_us = segment_credited_us (session) - session->policy.segment_max_s * G_USEC_PER_SEC;

  if (last == NULL || over_us < 0 || over_us > last->t1_us - last->t0_us)
    return 0;
  gint64 full_us = last->t1_us - over_us;
  return full_us >= MAX (session->last_photo_us, session->midnight_us) && full_us > session->segment_us ? full_us : 0;
}

static void
end_full_segment (XsStudySession *session)
{
  if (!session->segment_ending || session->asked.wanted || session->closing || xs_counter_feed_is_open (session->feed))
    return;
  if (segment_credited_us (session) < session->policy.segment_max_s * G_USEC_PER_SEC && !log_is_full (session))
    {
      if (xs_counter_feed_get_seen_us (session->feed) - session->last_photo_us > LAST_PHOTO_AGE_US)
        {
          session->segment_ending = FALSE;
          session->asked = (PhotoRequest){ 0 };
        }
      return;
    }
  /* Then the day is full as well, and there is no next one. */
  if (xs_hour_counter_pause (session->counter) == XS_PAUSE_DAILY_CAP)
    return;
  session->full_us = find_full_us (session);
  close_segment (session, XS_SIGN_OUT_SEGMENT_FULL);
  session->full_us = 0;
  xs_study_session_photo_now (session, XS_PHOTO_SIGN_IN, SEGMENT_PHOTO_PATIENCE_US);
}

static void
make_progress (XsStudySession *session, gint64 time_us)
{
  XsProgress progress;

  if (time_us - session->progress_us < PROGRESS_INTERVAL_US)
    return;
  session->progress_us = time_us;
  if (session->funcs.progress != NULL)
    {
      xs_study_session_get_progress (session, &progress);
      session->funcs.progress (session, &progress, session->user_data);
    }
  ask_for_last_photo (session);
  if (xs_hour_counter_pause (session->counter) == XS_PAUSE_DAILY_CAP)
    close_segment (session, XS_SIGN_OUT_DAILY_CAP);
  if (session->absent_us != G_MAXINT64
      && time_us - session->absent_us >= session->policy.absence_sign_out_s * G_USEC_PER_SEC)
    close_segment (session, XS_SIGN_OUT_ABSENCE);
}

void
xs_study_session_next_segment (XsStudySession *session)
{
  gint64 begin_us = segment_end_us (session);

  session->segment_base_us += segment_credited_us (session);
  session->segment_wall_us = next_wall_us (session);
  session->segment_us = begin_us;
  session->full_us = 0;
  session->n_photos = 0;
  session->first_day = session->day;
  session->midnight_us = 0;
  g_array_set_size (session->minutes, 0);
  g_array_set_size (session->events, 0);
  g_array_set_size (session->sleeps, 0);
  xs_snapshot_schedule_free (session->schedule);
  session->schedule =
    xs_snapshot_schedule_new (&session->policy, session->segment_wall_us, g_rand_int (session->random));
  session->scheduled.wanted = FALSE;
  session->good_slot = session->bad_slot = -1;
}

static gboolean
sees_well (const XsStudySession *session)
{
  return session->presence == XS_PRESENCE_PRESENT && session->guidance_code == XS_GUIDANCE_NONE;
}

/*
 * A log's first or last photo without its learner voids all of it, and may yet show the learner. One that only tells
 * who was there at the end needs a face, and not that of somebody else: that it would hold against the learner.
 */
static gboolean
shows_the_asked (const XsStudySession *session, const XsObservation *observation)
{
  if (session->asked.event != XS_PHOTO_PROCESS)
    return session->presence == XS_PRESENCE_PRESENT;
  return observation->n_faces == 1 && session->presence != XS_PRESENCE_OTHER_PERSON;
}

static gboolean
take_photo (XsStudySession *session, PhotoRequest *request, XsFrame *frame, const XsObservation *observation)
{
  gboolean good = observation->thorough && sees_well (session) && !(observation->repeats > 0);

  if (!request->wanted)
    return FALSE;
  if (request->since_us == G_MININT64)
    request->since_us = observation->time_us;
  if (!good && observation->time_us - request->since_us < request->patience_us)
    return FALSE;
  if (request == &session->asked && !shows_the_asked (session, observation))
    return FALSE;

  gint64 wall_us = xs_study_session_wall_us (session, observation->time_us);
  gint64 end_us, slot = xs_snapshot_schedule_slot (session->schedule, wall_us, &end_us);
  *(good ? &session->good_slot : &session->bad_slot) = slot;
  request->wanted = FALSE;
  session->n_photos++;
  if (session->funcs.photo != NULL)
    session->funcs.photo (session, frame, request->event, observation, wall_us, session->user_data);
  return TRUE;
}

/*
 * A photo that is due waits a while for a good frame, and then takes what there is: who sat there must be seen. From
 * then on the slot is asked for a good one for as long as it lasts, since without it the slot is void.
 */
static void
request_photo (XsStudySession *session, gint64 time_us)
{
  XsPhotoEvent event;
  gint64 wall_us = xs_study_session_wall_us (session, time_us);
  gint64 end_us, slot = xs_snapshot_schedule_slot (session->schedule, wall_us, &end_us);
  gint64 patience_us = MIN (PHOTO_PATIENCE_MAX_US, session->policy.snapshot_interval_s * G_USEC_PER_SEC / 4);

  if (session->scheduled.patience_us == G_MAXINT64 && session->bad_slot != slot)
    session->scheduled.wanted = FALSE;
  gboolean may_replace = !session->scheduled.wanted || session->scheduled.patience_us == G_MAXINT64;
  if (may_replace && xs_snapshot_schedule_due (session->schedule, wall_us, &event))
    session->scheduled = (PhotoRequest){ TRUE, event, time_us, patience_us };
  else if (!session->scheduled.wanted && session->bad_slot == slot && session->good_slot != slot)
    session->scheduled = (PhotoRequest){ TRUE, XS_PHOTO_PROCESS, time_us, G_MAXINT64 };
}

static void
take_photos (XsStudySession *session, XsFrame *frame, const XsObservation *observation)
{
  /* Looked at so late that a new log has begun. */
  if (observation->time_us < session->segment_us)
    return;
  /* The audit wants the 17 of a log before all its other photos and the 18 behind them. */
  if (session->asked.wanted)
    {
      /* Nor does a frame from before the camera was lost, looked at late, show who signs out since. */
      if (observation->time_us < xs_counter_feed_get_seen_us (session->feed))
        return;
      if (take_photo (session, &session->asked, frame, observation))
        session->last_photo_us = observation->time_us;
      return;
    }
  if (session->asked.event == XS_PHOTO_SIGN_OUT)
    return;

  request_photo (session, observation->time_us);
  gboolean is_retry = session->scheduled.patience_us == G_MAXINT64;
  if (take_photo (session, &session->scheduled, frame, observation) && !is_retry)
    xs_snapshot_schedule_taken (session->schedule, xs_study_session_wall_us (session, observation->time_us));
}

/* The active check: asked for when it is due and the student is there, again and again until it is passed. */
static XsPresence
watch_presence (XsStudySession *session, const XsObservation *observation, gint64 since_us)
{
  XsPresence presence = xs_presence_watch_feed (session->watch, observation);
  gint64 patience_us = session->policy.active_check_s * G_USEC_PER_SEC;

  if (session->turn_check == NULL && observation->time_us >= session->turn_check_due_us
      && presence == XS_PRESENCE_PRESENT && !session->asked.wanted && !session->scheduled.wanted
      && xs_attention_get_state (xs_counter_feed_get_attention (session->feed)) == XS_ATTENTION_NONE)
    {
      session->turn_check = xs_turn_check_new (&session->policy, g_rand_boolean (session->random));
      session->turn_begun_us = observation->time_us;
      session->turn_asked_us = 0;
      xs_guidance_ask (session->guidance, xs_turn_check_get_code (session->turn_check));
    }
  if (session->turn_check == NULL)
    return presence;
  if (xs_turn_check_feed (session->turn_check, observation))
    {
      g_clear_pointer (&session->turn_check, xs_turn_check_free);
      xs_guidance_ask (session->guidance, XS_GUIDANCE_NONE);
      schedule_turn_check (session, observation->time_us);
      session->turned_us = observation->time_us;
      return presence;
    }
  /* Time counts while the student is there and reads what to do: another instruction may come first. */
  if (presence == XS_PRESENCE_PRESENT && session->guidance_code == xs_turn_check_get_code (session->turn_check))
    session->turn_asked_us += MIN (since_us, session->policy.max_tick_gap_us);
  gboolean too_late = session->turn_asked_us >= patience_us
                      || observation->time_us - session->turn_begun_us >= LONGEST_TURN * patience_us;
  return presence == XS_PRESENCE_PRESENT && too_late ? XS_PRESENCE_NOT_LIVE : presence;
}

/* Asked while it counts, and when nothing else is asked of the learner. */
static void
ask_for_attention (XsStudySession *session, gint64 time_us)
{
  gboolean is_due = xs_attention_is_due (xs_counter_feed_get_attention (session->feed), time_us);
  gboolean counts = xs_counter_feed_get_playback (session->feed) == XS_PLAYBACK_PLAYING
                    && session->presence == XS_PRESENCE_PRESENT
                    && xs_hour_counter_pause (session->counter) == XS_PAUSE_NONE;

  if (is_due && counts && session->turn_check == NULL && !session->closing && !session->asked.wanted
      && !session->scheduled.wanted && session->asked.event != XS_PHOTO_SIGN_OUT)
    xs_counter_feed_ask (session->feed, time_us);
}

gboolean
xs_study_session_answer (XsStudySession *session, gint64 time_us, guint number)
{
  return xs_counter_feed_answer (session->feed, time_us, number);
}

void
xs_study_session_settle (XsStudySession *session, gint64 time_us, gboolean answered)
{
  xs_counter_feed_settle (session->feed, time_us, answered);
}

void
xs_study_session_observe (XsStudySession *session, XsFrame *frame, const XsObservation *observation)
{
  gint64 time_us = MAX (observation->time_us, xs_counter_feed_get_seen_us (session->feed));
  gint64 since_us = observation->time_us - session->observed_us;

  session->observed_us = observation->time_us;
  session->too_rare = since_us > session->policy.max_tick_gap_us;
  xs_counter_feed_until (session->feed, time_us);
  if (observation->thorough)
    session->thorough_us = observation->time_us;
  session->presence = watch_presence (session, observation, since_us);
  session->guidance_code = xs_guidance_feed (session->guidance, observation);
  /* Looked at so late that the counter has gone on without it: it confirms nothing where the counter now is. */
  if (observation->time_us == time_us || session->presence != XS_PRESENCE_PRESENT)
    xs_counter_feed_presence (session->feed, time_us, session->presence);
  xs_counter_feed_watch (session->feed, time_us);
  if (session->presence == XS_PRESENCE_PRESENT)
    session->absent_us = G_MAXINT64;
  else if (session->absent_us == G_MAXINT64)
    session->absent_us = time_us;
  take_photos (session, frame, observation);
  ask_for_attention (session, time_us);
  end_full_segment (session);
  make_progress (session, time_us);
}

void
xs_study_session_playback (XsStudySession *session, gint64 time_us, XsPlayback playback)
{
  xs_counter_feed_playback (session->feed, time_us, playback);
}

void
xs_study_session_camera_lost (XsStudySession *session, gint64 time_us)
{
  xs_counter_feed_camera_lost (session->feed, time_us);
  if (session->absent_us == G_MAXINT64)
    session->absent_us = time_us;
}

void
xs_study_session_clock (XsStudySession *session, const XsClockLook *look)
{
  gint64 time_us = look->monotonic_us;

  xs_counter_feed_clock (session->feed, look);
  xs_counter_feed_watch (session->feed, time_us);
  /* Nothing is seen any more, whatever was seen last. */
  if (session->absent_us == G_MAXINT64 && time_us - session->observed_us > XS_UNSEEN_AFTER_US)
    session->absent_us = session->observed_us;
  make_progress (session, time_us);
}

void
xs_study_session_photo_now (XsStudySession *session, XsPhotoEvent event, gint64 patience_us)
{
  session->asked = (PhotoRequest){ TRUE, event, G_MININT64, patience_us };
  session->segment_ending = FALSE;
}

gboolean
xs_study_session_photo_is_waiting (const XsStudySession *session)
{
  return session->asked.wanted;
}

gboolean
xs_study_session_wants_photo (const XsStudySession *session)
{
  return session->asked.wanted || session->scheduled.wanted;
}

const XsHourCounter *
xs_study_session_get_counter (const XsStudySession *session)
{
  return session->counter;
}

/* What is held back until vision answers does not tell the counter how late it is. */
XsPause
xs_study_session_get_pause (const XsStudySession *session)
{
  XsPause pause = xs_hour_counter_pause (session->counter);

  /* Held back as well while a question is open; it need not be told more exactly for so long. */
  XsPlayback playback = xs_counter_feed_get_playback (session->feed);
  if (xs_counter_feed_is_open (session->feed) && playback != XS_PLAYBACK_PLAYING)
    return playback == XS_PLAYBACK_ENDED ? XS_PAUSE_LESSON_ENDED : XS_PAUSE_LESSON_PAUSED;
  return pause == XS_PAUSE_NONE && session->too_rare ? XS_PAUSE_CLOCK : pause;
}

const XsAttention *
xs_study_session_get_attention (const XsStudySession *session)
{
  return xs_counter_feed_get_attention (session->feed);
}

XsPresence
xs_study_session_get_presence (const XsStudySession *session)
{
  return session->presence;
}

XsGuidanceCode
xs_study_session_get_guidance (const XsStudySession *session)
{
  return session->guidance_code;
}

gint64
xs_study_session_get_turned_us (const XsStudySession *session)
{
  return session->turned_us;
}

const XsPresenceWatch *
xs_study_session_get_watch (const XsStudySession *session)
{
  return session->watch;
}

gint64
xs_study_session_get_turn_left_us (const XsStudySession *session)
{
  gint64 patience_us = session->policy.active_check_s * G_USEC_PER_SEC;

  return session->turn_check != NULL ? MAX (patience_us - session->turn_asked_us, 0) : G_MAXINT64;
}

gint64
xs_study_session_get_absent_us (const XsStudySession *session)
{
  return session->absent_us;
}

static gboolean
is_ready_for (const XsStudySession *session, const PhotoRequest *request)
{
  return request->wanted
         && (sees_well (session)
             || (request->since_us != G_MININT64
                 && session->observed_us - request->since_us >= request->patience_us - LAST_LOOK_US));
}

XsLook
xs_study_session_wanted_look (const XsStudySession *session)
{
  gboolean identity_is_due =
    session->observed_us - session->thorough_us >= session->policy.identity_interval_s * G_USEC_PER_SEC;

  return identity_is_due || is_ready_for (session, &session->asked) || is_ready_for (session, &session->scheduled)
           ? XS_LOOK_THOROUGH
           : XS_LOOK_QUICK;
}

gboolean
xs_study_session_wants_lesson (const XsStudySession *session)
{
  switch (xs_study_session_get_pause (session))
    {
    case XS_PAUSE_CAMERA_LOST:
    case XS_PAUSE_COVERED:
    case XS_PAUSE_NO_FACE:
    case XS_PAUSE_SEVERAL_FACES:
    case XS_PAUSE_OTHER_PERSON:
    case XS_PAUSE_NOT_LIVE:
    case XS_PAUSE_LOOKING_AWAY:
    case XS_PAUSE_EYES_CLOSED:
    case XS_PAUSE_UNVERIFIED:
    case XS_PAUSE_CLOCK:
    case XS_PAUSE_ATTENTION:
    case XS_PAUSE_QUIZ:
      return FALSE;
    case XS_PAUSE_NONE:
    case XS_PAUSE_DAILY_CAP:
    case XS_PAUSE_LESSON_FAILED:
    case XS_PAUSE_LESSON_ENDED:
    case XS_PAUSE_LESSON_PAUSED:
    case XS_PAUSE_REPEAT:
    case XS_PAUSE_STARTING:
    default:
      return TRUE;
    }
}
