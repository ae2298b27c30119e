/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Honest students at a kiosk: they study for a minute or for hours, look down, sit in bad light, go away for a moment,
 * pause the lesson, sign out at any moment, leave without it and come back, and the PC is switched off under them. All
 * of it goes through the session into a real journal; the signed logs are judged by the policies that are shipped, with
 * what the kiosk knows beside them. No minute may be lost but for what the student was told on the screen.
 */

#include <string.h>

#include "sample-observation.h"
#include "store-fixture.h"
#include "xs-minute-record.h"
#include "xs-study-session.h"
#include "xs-wire-log.h"

#define FRAME_US (SECOND_US / 5)
#define DAY_US (24 * 3600 * SECOND_US)
#define CLASSROOM_SUBJCODE "2211010000"
#define SIGN_IN_PATIENCE_US (2 * SECOND_US)
#define SIGN_OUT_PATIENCE_US (3 * SECOND_US)
#define SIGN_OUT_TIMEOUT_US (5 * SECOND_US)
#define N_SESSIONS 16
#define N_SESSIONS_ALL 200

static gboolean all;
static gboolean verbose;
static int students = 1;

typedef struct {
  const char *policy;
  gboolean may_leave; /* a sign-out can be made up */
  gint64 pause_max_s; /* longer ones void minutes, as the screen says */
} Setting;

static const Setting settings[] = {
  { "default", TRUE, 1200 },
  { "classroom-strict", FALSE, 200 },
  { "remote-lenient", TRUE, 1200 },
};

typedef enum {
  LOOK_WELL,
  LOOK_DOWN,
  LOOK_DARK,
  LOOK_NOBODY,
} Look;

typedef struct {
  StoreFixture *f;
  const Setting *setting;
  XsPolicy policy;
  GRand *random;
  XsFrame *frame;

  XsSessionHandle handle;
  XsStudySession *session;
  gboolean is_open; /* the session has not asked to be closed */
  XsSignOut reason;
  gboolean playing, paused;
  gint64 paused_until_us;
  Look look;
  gint64 look_until_us;
  guint8 hash[XS_PICTURE_HASH_DIGITS / 2]; /* of what the camera sees */
  guint32 n_pictures;

  gint64 judged; /* the logs up to this one */
  guint n_logs, n_full, n_full_short;
  gint64 claimed_min, credited_min, lost_min[XS_N_RULES];
  guint n_broken[XS_N_RULES];
} Kiosk;

static gint64
between (Kiosk *k, gint64 from, gint64 to)
{
  return from + (gint64) (g_rand_double (k->random) * (double) (to - from));
}

static gboolean
chance (Kiosk *k, double probability)
{
  return g_rand_double (k->random) < probability;
}

static gint64
now_us (Kiosk *k)
{
  return xs_clock_monotonic_us (k->f->clock);
}

static GBytes *
take_picture (Kiosk *k)
{
  return store_jpeg (++k->n_pictures, 400);
}

static XsPhotoRecord
make_record (XsPhotoEvent event, const XsObservation *seen, gint64 wall_us)
{
  XsPhotoRecord record = {
    .event = event, .wall_us = wall_us, .match = seen->match, .width_px = 1280, .height_px = 720
  };

  g_strlcpy (record.picture_hash, seen->picture_hash, sizeof record.picture_hash);
  return record;
}

static void
on_photo (XsStudySession *session, XsFrame *frame, XsPhotoEvent event, const XsObservation *seen, gint64 wall_us,
          gpointer user_data)
{
  Kiosk *k = user_data;
  g_autoptr (GBytes) jpeg = take_picture (k);
  XsPhotoRecord record = make_record (event, seen, wall_us);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_add_photo (k->f->journal, &k->handle, jpeg, &record, &error));
  g_assert_no_error (error);
}

static void
save (Kiosk *k, const XsProgress *progress)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_save_progress (k->f->journal, &k->handle, progress, &error));
  g_assert_no_error (error);
}

/* As the kiosk: what was counted is stored, and then the log is made of it. */
static void
close_log (Kiosk *k, XsSignOut reason)
{
  XsProgress progress;
  gboolean is_closed;
  g_autoptr (GError) error = NULL;

  xs_study_session_get_progress (k->session, &progress);
  save (k, &progress);
  gboolean goes_on = reason == XS_SIGN_OUT_SEGMENT_FULL;
  gboolean ok = reason == XS_SIGN_OUT_ABSENCE
                  ? xs_journal_cut_off (k->f->journal, &k->handle, reason, progress.wall_us, &is_closed, &error)
                  : xs_journal_close_segment (k->f->journal, &k->handle, reason, progress.wall_us,
                                              goes_on ? progress.clock_wall_us : 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
on_close (XsStudySession *session, XsSignOut reason, gpointer user_data)
{
  Kiosk *k = user_data;

  if (reason == XS_SIGN_OUT_SEGMENT_FULL)
    {
      close_log (k, reason);
      xs_study_session_next_segment (session);
      return;
    }
  k->is_open = FALSE;
  k->reason = reason;
}

/* Measured on webcams: of two frames that lie 0.2 s apart, a third differs by no more than 12 bits of 256. */
static void
move (Kiosk *k)
{
  int n_bits = g_rand_int_range (k->random, 2, 34);

  for (int i = 0; i < n_bits; i++)
    {
      int bit = g_rand_int_range (k->random, 0, 8 * (int) sizeof k->hash);
      k->hash[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

static XsObservation
see (Kiosk *k)
{
  move (k);
  XsObservation seen = k->look == LOOK_NOBODY ? nobody (now_us (k)) : good (now_us (k));
  seen.thorough = xs_study_session_wanted_look (k->session) == XS_LOOK_THOROUGH;
  if (k->look == LOOK_NOBODY)
    return seen;
  if (k->look == LOOK_DOWN)
    seen.pitch_deg = 30;
  if (k->look == LOOK_DARK)
    seen.luminance = 0.01f;
  for (guint i = 0; i < sizeof k->hash; i++)
    g_snprintf (seen.picture_hash + 2 * i, 3, "%02x", k->hash[i]);
  return seen;
}

static void
sync_lesson (Kiosk *k)
{
  gboolean wanted = !k->paused && xs_study_session_wants_lesson (k->session);

  if (wanted == k->playing)
    return;
  k->playing = wanted;
  xs_study_session_playback (k->session, now_us (k), wanted ? XS_PLAYBACK_PLAYING : XS_PLAYBACK_PAUSED);
}

/* Who watches presses the number asked for, after some seconds. */
static void
answer_question (Kiosk *k)
{
  const XsAttention *question = xs_study_session_get_attention (k->session);

  if (xs_attention_get_state (question) != XS_ATTENTION_NONE
      && xs_study_session_get_presence (k->session) == XS_PRESENCE_PRESENT && between (k, 0, 20) == 0)
    xs_study_session_answer (k->session, now_us (k), xs_attention_get_number (question));
}

/* One frame of the camera. */
static void
pass (Kiosk *k)
{
  XsClockLook clocks = xs_clock_look (k->f->clock);
  XsObservation seen = see (k);

  xs_study_session_clock (k->session, &clocks);
  xs_study_session_observe (k->session, k->frame, &seen);
  answer_question (k);
  if (k->is_open)
    sync_lesson (k);
  xs_clock_fake_advance (k->f->clock, FRAME_US);
}

/* What a student does while a lesson runs. */
static void
behave (Kiosk *k)
{
  if (now_us (k) >= k->paused_until_us)
    k->paused = FALSE;
  if (!k->paused && chance (k, FRAME_US / (2400.0 * SECOND_US)))
    {
      k->paused = TRUE;
      k->paused_until_us = now_us (k) + between (k, 5, k->setting->pause_max_s) * SECOND_US;
    }
  if (now_us (k) < k->look_until_us)
    return;
  gboolean was_well = k->look == LOOK_WELL;
  k->look = LOOK_WELL;
  k->look_until_us = now_us (k) + between (k, 20, 400) * SECOND_US;
  if (!was_well)
    return;
  switch (g_rand_int_range (k->random, 0, 10))
    {
    case 0:
      k->look = LOOK_NOBODY;
      k->look_until_us = now_us (k) + between (k, 1, 100) * SECOND_US;
      break;
    case 1:
    case 2:
      k->look = LOOK_DARK;
      k->look_until_us = now_us (k) + between (k, 5, 150) * SECOND_US;
      break;
    default:
      k->look = LOOK_DOWN;
      k->look_until_us = now_us (k) + between (k, 1, 14) * SECOND_US;
      break;
    }
}

static void
sign_in (Kiosk *k)
{
  const XsStudySessionFuncs funcs = { on_photo, NULL, on_close };
  gint64 wall_us = xs_clock_wall_us (k->f->clock), today_us;
  guint n_made_up;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_get_credit (k->f->journal, STUNUM, xs_wall_day (wall_us), &today_us, NULL, &error));
  k->session = xs_study_session_new (&k->policy, now_us (k), wall_us, today_us, g_rand_int (k->random), &funcs, k);
  k->look = LOOK_WELL;
  k->look_until_us = now_us (k) + 3 * SECOND_US;
  k->is_open = TRUE;
  k->reason = XS_SIGN_OUT_BY_LEARNER;
  k->playing = k->paused = FALSE;
  k->paused_until_us = 0;

  for (guint i = 0; i < sizeof k->hash; i++)
    k->hash[i] = (guint8) g_rand_int (k->random);
  g_autoptr (GBytes) jpeg = take_picture (k);
  XsObservation seen = see (k);
  XsPhotoRecord record = make_record (XS_PHOTO_SIGN_OUT, &seen, wall_us);
  g_assert_true (xs_journal_make_up (k->f->journal, STUNUM, jpeg, NULL, &record, &n_made_up, &error));
  g_assert_no_error (error);
  g_assert_true (
    xs_journal_begin_session (k->f->journal, STUNUM, CLASSROOM_SUBJCODE, &k->policy, wall_us, &k->handle, &error));
  g_assert_no_error (error);
  xs_study_session_photo_now (k->session, XS_PHOTO_SIGN_IN, SIGN_IN_PATIENCE_US);
  xs_study_session_observe (k->session, k->frame, &seen);
}

/* Who signs out reads what the screen asks for, and looks into the camera soon. */
static void
sign_out (Kiosk *k, XsSignOut reason)
{
  gint64 begun_us = now_us (k);

  xs_study_session_playback (k->session, now_us (k), XS_PLAYBACK_PAUSED);
  k->is_open = FALSE;
  k->look_until_us = MIN (k->look_until_us, now_us (k) + SECOND_US);
  xs_study_session_photo_now (k->session, XS_PHOTO_SIGN_OUT, SIGN_OUT_PATIENCE_US);
  do
    {
      if (now_us (k) >= k->look_until_us)
        k->look = LOOK_WELL;
      pass (k);
    }
  while (xs_study_session_photo_is_waiting (k->session) && now_us (k) - begun_us < SIGN_OUT_TIMEOUT_US);
  close_log (k, reason);
}

/* The camera dies, and the student signs out all the same. */
static void
sign_out_unseen (Kiosk *k)
{
  gboolean is_closed;
  XsProgress progress;
  g_autoptr (GError) error = NULL;

  xs_study_session_playback (k->session, now_us (k), XS_PLAYBACK_PAUSED);
  k->is_open = FALSE;
  xs_study_session_photo_now (k->session, XS_PHOTO_SIGN_OUT, SIGN_OUT_PATIENCE_US);
  for (gint64 end_us = now_us (k) + SIGN_OUT_TIMEOUT_US; now_us (k) < end_us;)
    {
      XsClockLook clocks = xs_clock_look (k->f->clock);
      xs_study_session_clock (k->session, &clocks);
      xs_study_session_camera_lost (k->session, now_us (k));
      xs_clock_fake_advance (k->f->clock, SECOND_US);
    }
  g_assert_true (xs_study_session_photo_is_waiting (k->session));
  xs_study_session_get_progress (k->session, &progress);
  save (k, &progress);
  g_assert_true (
    xs_journal_cut_off (k->f->journal, &k->handle, XS_SIGN_OUT_INTERRUPTED, progress.wall_us, &is_closed, &error));
  g_assert_no_error (error);
  g_assert_false (is_closed);
}

static void
leave (Kiosk *k)
{
  k->look = LOOK_NOBODY;
  while (k->is_open)
    pass (k);
  g_assert_cmpint (k->reason, ==, XS_SIGN_OUT_ABSENCE);
  close_log (k, k->reason);
}

/* The PC loses power: what was stored last is a second old. */
static void
cut_power (Kiosk *k)
{
  XsProgress progress;
  guint n_closed;
  g_autoptr (GError) error = NULL;

  xs_study_session_get_progress (k->session, &progress);
  save (k, &progress);
  store_fixture_reopen (k->f);
  xs_clock_fake_advance (k->f->clock, 90 * SECOND_US);
  g_assert_true (xs_journal_recover (k->f->journal, &n_closed, &error));
  g_assert_no_error (error);
}

/* Returns: whether the student has to come back for a sign-out. */
static gboolean
study (Kiosk *k, gint64 length_us)
{
  gint64 end_us = now_us (k) + length_us;
  gboolean must_return = FALSE;

  sign_in (k);
  while (k->is_open && now_us (k) < end_us)
    {
      behave (k);
      pass (k);
    }
  if (!k->is_open && k->reason == XS_SIGN_OUT_DAILY_CAP)
    sign_out (k, k->reason);
  else if (k->setting->may_leave && chance (k, 0.4))
    {
      must_return = TRUE;
      switch (g_rand_int_range (k->random, 0, 3))
        {
        case 0:
          leave (k);
          break;
        case 1:
          sign_out_unseen (k);
          break;
        default:
          cut_power (k);
          break;
        }
    }
  else
    sign_out (k, XS_SIGN_OUT_BY_LEARNER);
  g_clear_pointer (&k->session, xs_study_session_free);
  return must_return;
}

static void
judge (Kiosk *k, gint64 seq, gint64 segment_id, GBytes *bytes)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsAuditFacts) facts;
  XsSessionHandle own = { .segment_id = segment_id };
  g_autoptr (GError) error = NULL;

  xs_wire_log_init (&wire_log);
  xs_audit_facts_init (&facts);
  g_assert_true (xs_wire_log_decode (&wire_log, bytes, &error));
  g_assert_no_error (error);
  const XsTeachingLog *log = &wire_log.log;
  g_assert_true (xs_journal_get_audit_facts (k->f->journal, STUNUM, log->start_wall_us, &own, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (log, &k->policy, &facts);

  k->n_logs++;
  gboolean is_full = log->end_reason == XS_SIGN_OUT_SEGMENT_FULL;
  k->n_full += is_full;
  k->n_full_short += is_full && audit->claimed_min < k->policy.segment_max_s / 60;
  k->claimed_min += audit->claimed_min;
  k->credited_min += audit->credited_min;
  for (guint i = 0; i < audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, i);
      k->n_broken[breach->rule]++;
      k->lost_min[breach->rule] += breach->to_min - breach->from_min;
      if (verbose)
        g_test_message ("log %d (%s, %d min claimed, %u credited): %s %u-%u photo %d", (int) seq,
                        xs_sign_out_nick (log->end_reason), (int) audit->claimed_min, audit->credited_min,
                        xs_rule_nick (breach->rule), breach->from_min, breach->to_min, breach->photo);
    }
}

static void
judge_all (Kiosk *k)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsStmt) stmt =
    xs_db_prepare (k->f->journal->db, "SELECT seq, segment_id, bytes FROM log WHERE seq > ?", &error, "i", k->judged);
  gboolean has_row = TRUE;

  while (has_row)
    {
      g_assert_true (xs_stmt_step (stmt, &has_row, &error));
      if (!has_row)
        return;
      g_autoptr (GBytes) bytes = xs_stmt_bytes (stmt, 2);
      k->judged = xs_stmt_int (stmt, 0);
      judge (k, k->judged, xs_stmt_int (stmt, 1), bytes);
    }
}

/* From half past eight until the evening, or until nothing more is credited today. */
static guint
study_a_day (Kiosk *k)
{
  gint64 day_us = xs_wall_midnight_us (xs_clock_wall_us (k->f->clock)) + DAY_US;
  gboolean must_return = FALSE;
  guint n = 0;

  xs_clock_fake_suspend (k->f->clock, day_us + 17 * DAY_US / 48 - xs_clock_wall_us (k->f->clock));
  do
    {
      must_return = study (k, (gint64) (g_rand_double_range (k->random, 1, 150) * (double) MINUTE_US));
      n++;
      xs_clock_fake_advance (k->f->clock, between (k, 5, 1200) * SECOND_US);
    }
  while (must_return
         || (k->reason != XS_SIGN_OUT_DAILY_CAP && xs_clock_wall_us (k->f->clock) < day_us + 17 * DAY_US / 24));
  judge_all (k);
  return n;
}

static void
test_policy (StoreFixture *f, const Setting *setting)
{
  static const guint8 grey[3 * 16 * 9] = { 0 };
  g_autoptr (GBytes) pixels = g_bytes_new_static (grey, sizeof grey);
  g_autoptr (XsFrame) frame = xs_frame_new (16, 9, 3 * 16, 0, pixels);
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) students);
  g_autofree char *name = g_strconcat (setting->policy, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", name, NULL);
  g_autofree char *json = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;
  Kiosk k = { .f = f, .setting = setting, .random = random, .frame = frame };

  g_assert_true (g_file_get_contents (path, &json, &size, &error));
  g_assert_true (xs_policy_parse (&k.policy, json, size, &error));
  g_assert_true (xs_journal_set_policy (f->journal, json, "shipped", &error));
  g_assert_no_error (error);
  k.policy.active_check_interval_s = 0;
  for (guint n = 0; n < (all ? N_SESSIONS_ALL : N_SESSIONS);)
    n += study_a_day (&k);

  g_test_message ("%s: %u logs, %u of them full (%u claim less); %d minutes claimed, %d credited", setting->policy,
                  k.n_logs, k.n_full, k.n_full_short, (int) k.claimed_min, (int) k.credited_min);
  for (guint rule = 0; rule < XS_N_RULES; rule++)
    {
      if (k.n_broken[rule] > 0)
        g_test_message ("  %s: %u times, %d minutes void", xs_rule_nick (rule), k.n_broken[rule],
                        (int) k.lost_min[rule]);
    }
  g_assert_cmpuint (k.n_full_short, ==, 0);
  for (guint rule = 0; rule < XS_N_RULES; rule++)
    {
      if (rule != XS_RULE_TOO_SHORT && rule != XS_RULE_MINUTE_ABNORMAL && rule != XS_RULE_DAILY_CAP)
        g_assert_cmpuint (k.n_broken[rule], ==, 0);
    }
}

static void
test_default (StoreFixture *f, gconstpointer unused)
{
  test_policy (f, &settings[0]);
}

static void
test_strict (StoreFixture *f, gconstpointer unused)
{
  test_policy (f, &settings[1]);
}

static void
test_lenient (StoreFixture *f, gconstpointer unused)
{
  test_policy (f, &settings[2]);
}

int
main (int argc, char *argv[])
{
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "Many more sessions", NULL },
    { "students", 0, 0, G_OPTION_ARG_INT, &students, "Others, who do other things", "N" },
    { "breaches", 0, 0, G_OPTION_ARG_NONE, &verbose, "Tell of each broken rule", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  store_fixture_add_test ("/study/honest-hours/default", test_default);
  store_fixture_add_test ("/study/honest-hours/classroom-strict", test_strict);
  store_fixture_add_test ("/study/honest-hours/remote-lenient", test_lenient);
  return g_test_run ();
}
