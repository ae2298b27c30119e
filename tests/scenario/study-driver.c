/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "sample-observation.h"
#include "xs-crash-point.h"
#include "xs-crypto.h"
#include "xs-journal-private.h"
#include "xs-records.h"
#include "xs-segment-job.h"
#include "xs-study-jobs.h"
#include "xs-study-session.h"
#include "xs-sync-private.h"

/*
 * The kiosk without camera, models and window, so that it can die hundreds of times: the session's own rules on a time
 * line that passes as fast as the disk takes what they ask for, the study's steps into the journal, and the sync, all
 * as in the kiosk. It says what is true before it stores it, a line each:
 *
 *   begin              a session begins
 *   credited MICROS    so much is credited in it by now
 *   end                it is closed and on disk
 *
 * Usage: study-driver --state DIR [--sessions N] [--seconds N] [--seed N]; then it waits until all is sent.
 *        study-driver --labels
 */

#define FRAME_US (G_USEC_PER_SEC / XS_ANALYSIS_FPS)
#define ZONE_US (8 * 3600 * (gint64) G_USEC_PER_SEC)
#define WIDTH_PX 64
#define HEIGHT_PX 48
#define STUNUM "2000000000000002" /* of xueshi-platform demo */
#define SUBJCODE "2211010000"

typedef struct {
  XsStore *store;
  XsSync *sync;
  GRand *random;
  XsPolicy policy;

  XsOpenSegment *segment;
  XsFrame *frame;
  gint64 now_us; /* on the time line */
  guint n_storing;
} Driver;

typedef struct {
  XsOutboxStatus status;
  XsPolicy policy;
} Look;

static gboolean
look_at_journal (XsJournal *journal, gpointer data, GError **error)
{
  Look *look = data;

  return xs_outbox_get_status (journal, &look->status, error)
         && xs_journal_get_policy (journal, &look->policy, NULL, error);
}

static void
look (Driver *driver, Look *look)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (driver->store, look_at_journal, look, &error))
    g_error ("the journal: %s", error->message);
}

static void
say (const char *line)
{
  g_print ("%s\n", line);
}

static void
say_credited (XsStudySession *session)
{
  gint64 credited_us = xs_hour_counter_credited_us (xs_study_session_get_counter (session));
  g_autofree char *line = g_strdup_printf ("credited %" G_GINT64_FORMAT, credited_us);

  say (line);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Driver *driver = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_error ("storing: %s", error->message);
  driver->n_storing--;
}

static void
submit (Driver *driver, XsStep *step)
{
  driver->n_storing++;
  xs_open_segment_submit (driver->segment, driver->store, step, on_stored, driver);
}

static void
wait_for_store (Driver *driver)
{
  while (driver->n_storing > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* What the session asks for */

static void
on_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *observation, gint64 wall_us,
          gpointer user_data)
{
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_PHOTO, STUNUM);

  step->frame = xs_frame_ref (frame);
  step->record = (XsPhotoRecord){
    .event = event,
    .wall_us = wall_us,
    .match = observation->match,
    .width_px = frame->width_px,
    .height_px = frame->height_px,
  };
  submit (user_data, step);
}

static void
on_progress (XsStudySession *session, const XsProgress *progress, gpointer user_data)
{
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_PROGRESS, STUNUM);

  say_credited (session);
  xs_step_set_progress (step, progress);
  step->lesson_id = g_strdup ("lesson-1");
  step->position = (XsLessonPosition){ progress->credited_us, progress->credited_us };
  submit (user_data, step);
}

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_CLOSE, STUNUM);
  XsProgress progress;

  say_credited (session);
  xs_study_session_get_progress (session, &progress);
  xs_step_set_progress (step, &progress);
  step->policy = ((Driver *) user_data)->policy;
  step->reason = reason;
  step->end_wall_us = progress.wall_us;
  step->next_wall_us = reason == XS_SIGN_OUT_SEGMENT_FULL ? progress.clock_wall_us : 0;
  submit (user_data, step);
  if (step->next_wall_us != 0)
    xs_study_session_next_segment (session);
}

/* What is seen: the right face, well, in a picture that is never the same twice. */

static XsFrame *
make_frame (Driver *driver)
{
  gsize size = 3 * WIDTH_PX * HEIGHT_PX;
  guint8 *pixels = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    pixels[i] = (guint8) g_rand_int (driver->random);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);
  return xs_frame_new (WIDTH_PX, HEIGHT_PX, 3 * WIDTH_PX, driver->now_us, bytes);
}

static void
watch (Driver *driver, XsStudySession *session, gint64 start_wall_us)
{
  g_autoptr (XsFrame) frame = make_frame (driver);
  XsObservation seen = good (driver->now_us);
  XsClockLook look = { driver->now_us, driver->now_us, start_wall_us + driver->now_us, ZONE_US };

  xs_study_session_clock (session, &look);
  xs_study_session_observe (session, frame, &seen);
  say_credited (session);
  wait_for_store (driver);
  driver->now_us += FRAME_US;
}

static void
study (Driver *driver, gint64 seconds)
{
  const XsStudySessionFuncs funcs = { on_photo, on_progress, on_close };
  gint64 wall_us = xs_clock_wall_us (xs_clock_system ());
  g_autoptr (XsOpenSegment) segment = driver->segment = xs_open_segment_new ();
  g_autoptr (XsStep) begin = xs_step_new (XS_STEP_BEGIN, STUNUM);

  say ("begin");
  g_strlcpy (begin->subjcode, SUBJCODE, sizeof begin->subjcode);
  begin->policy = driver->policy;
  begin->start_wall_us = wall_us;
  submit (driver, begin);

  driver->now_us = 0;
  g_autoptr (XsStudySession) session =
    xs_study_session_new (&driver->policy, 0, wall_us, 0, g_rand_int (driver->random), &funcs, driver);
  xs_study_session_playback (session, 0, XS_PLAYBACK_PLAYING);
  xs_study_session_photo_now (session, XS_PHOTO_SIGN_IN, G_USEC_PER_SEC);
  while (driver->now_us < seconds * G_USEC_PER_SEC)
    watch (driver, session, wall_us);
  xs_study_session_photo_now (session, XS_PHOTO_SIGN_OUT, G_USEC_PER_SEC);
  while (xs_study_session_photo_is_waiting (session))
    watch (driver, session, wall_us);
  on_close (session, XS_SIGN_OUT_BY_LEARNER, driver);
  wait_for_store (driver);
  say ("end");
}

static gboolean
agree (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_journal_give_consent (journal, STUNUM, 1, error);
}

static void
agree_to_text (Driver *driver)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (driver->store, agree, NULL, &error))
    g_error ("the consent: %s", error->message);
}

/* Against the newest log, unless there is an appeal already. */
static gboolean
appeal (XsJournal *journal, gpointer unused, GError **error)
{
  g_autoptr (GArray) days = xs_records_list_days (journal, STUNUM, 0, 1, error);

  if (days == NULL || days->len == 0)
    return days != NULL;
  g_autoptr (GArray) logs = xs_records_list_logs (journal, STUNUM, g_array_index (days, XsRecordDay, 0).day, error);
  if (logs == NULL || logs->len == 0)
    return logs != NULL;
  const XsRecordLog *newest = &g_array_index (logs, XsRecordLog, logs->len - 1);
  return newest->seq == 0 || newest->appeal.sent != XS_SENT_NOTHING
         || xs_journal_appeal (journal, STUNUM, newest->seq, XS_APPEAL_WAS_PRESENT, "我一直在", error);
}

static void
appeal_against_newest (Driver *driver)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (driver->store, appeal, NULL, &error))
    g_error ("the appeal: %s", error->message);
}

static gboolean
end_what_the_start_left (XsJournal *journal, gpointer unused, GError **error)
{
  xs_journal_wait_for_backup (journal);
  return TRUE;
}

static void
open_kiosk (Driver *driver, const char *dir)
{
  g_autoptr (GError) error = NULL;
  XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;
  XsRecoverJob *job = g_new0 (XsRecoverJob, 1);
  XsJournal *journal = xs_journal_open (dir, xs_clock_system (), &error);

  if (journal == NULL)
    g_error ("%s", error->message);
  driver->store = xs_store_new (journal);
  if (!xs_store_run (driver->store, xs_recover_job_run, job, &error))
    g_error ("recovery: %s", error->message);
  xs_recover_job_free (job);
  timing.backoff_base_us = 1000;
  timing.backoff_cap_us = 100000;
  timing.debounce_ms = 1;
  driver->sync = xs_sync_new (driver->store, xs_clock_system ());
  xs_sync_set_timing (driver->sync, &timing);
  xs_sync_start (driver->sync);
}

static gboolean
on_timer (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
waits (const XsOutboxStatus *status)
{
  return status->photos_waiting + status->logs_waiting + status->appeals_waiting + status->consents_waiting > 0;
}

static void
wait_until_sent (Driver *driver)
{
  guint timer = g_timeout_add (20, on_timer, NULL);
  Look seen;

  for (look (driver, &seen); waits (&seen.status) || xs_sync_get_state (driver->sync) != XS_SYNC_IDLE;
       look (driver, &seen))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
  if (seen.status.photos_rejected + seen.status.logs_rejected + seen.status.appeals_rejected
        + seen.status.consents_rejected
      > 0)
    g_error ("the platform refused %u photos, %u logs, %u appeals and %u decisions", seen.status.photos_rejected,
             seen.status.logs_rejected, seen.status.appeals_rejected, seen.status.consents_rejected);
}

static int
print_labels (void)
{
#if XS_CRASH_POINTS
  for (guint i = 0; xs_crash_points ()[i] != NULL; i++)
    say (xs_crash_points ()[i]);
#endif
  return 0;
}

int
main (int argc, char **argv)
{
  g_autofree char *dir = NULL;
  gboolean labels = FALSE;
  int sessions = 0, seconds = 70, seed = 1;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &dir, "Folder of the journal, of a kiosk that is paired", "DIR" },
    { "sessions", 0, 0, G_OPTION_ARG_INT, &sessions, "How many to study", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Of each of them", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "For the pictures and the moments of photos", "N" },
    { "labels", 0, 0, G_OPTION_ARG_NONE, &labels, "Print all crash points", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Driver driver = { NULL };
  Look seen;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (dir == NULL && !labels))
    {
      g_printerr ("study-driver: %s\n", error != NULL ? error->message : "--state is needed");
      return 2;
    }
  if (labels)
    return print_labels ();
  xs_crypto_init ();
  driver.random = g_rand_new_with_seed ((guint32) seed);
  open_kiosk (&driver, dir);
  look (&driver, &seen);
  driver.policy = seen.policy;
  for (int i = 0; i < sessions; i++)
    {
      agree_to_text (&driver);
      study (&driver, seconds);
      appeal_against_newest (&driver);
    }
  wait_until_sent (&driver);
  if (!xs_store_run (driver.store, end_what_the_start_left, NULL, &error))
    g_error ("%s", error->message);
  g_object_unref (driver.sync);
  g_object_unref (driver.store);
  g_rand_free (driver.random);
  return 0;
}
