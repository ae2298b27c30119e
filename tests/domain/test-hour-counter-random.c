/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hour-model.h"

#include "xs-clock.h"

/*
 * Random sequences against the slow model and against the truth they were made from. A failure prints its seed; run
 * that one alone with XS_SEED=n.
 */

#define N_RUNS 3000
#define SEC_US ((gint64) G_USEC_PER_SEC)
#define MSEC_US 1000

/* What really was, between two moments. */
typedef struct {
  gint64 t0_us, t1_us;
  XsPresence presence;
  gboolean playing;
  gboolean seen; /* a frame was taken in it */
} Truth;

typedef struct {
  guint32 seed;
  GRand *rand;
  XsPolicy policy;
  gint64 credited_today_us;
  int day;
  gint64 grain_us; /* all times are multiples of it, so that limits are often met exactly */
  GArray *inputs;  /* Input */
  GArray *truths;  /* Truth */
} Run;

static void
run_clear (Run *run)
{
  g_rand_free (run->rand);
  g_array_unref (run->inputs);
  g_array_unref (run->truths);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gint64
pick_us (Run *run, gint64 min_us, gint64 max_us)
{
  gint64 steps = (max_us - min_us) / run->grain_us;

  return min_us + run->grain_us * g_rand_int_range (run->rand, 0, (gint32) MIN (steps, G_MAXINT32 - 1) + 1);
}

static gboolean
chance (Run *run, double share)
{
  return g_rand_double (run->rand) < share;
}

static void
run_init (Run *run, guint32 seed)
{
  *run = (Run){ .seed = seed, .rand = g_rand_new_with_seed (seed) };
  run->inputs = g_array_new (FALSE, FALSE, sizeof (Input));
  run->truths = g_array_new (FALSE, FALSE, sizeof (Truth));
  run->grain_us = chance (run, 0.6) ? 100 * MSEC_US : 1;

  xs_policy_default (&run->policy);
  run->policy.grace_us = chance (run, 0.3) ? SEC_US : pick_us (run, 0, 2 * SEC_US);
  run->policy.max_tick_gap_us = chance (run, 0.3) ? SEC_US : pick_us (run, 300 * MSEC_US, 2 * SEC_US);
  run->policy.daily_cap_s = g_rand_int_range (run->rand, 1, 60);
  run->credited_today_us = chance (run, 0.5) ? 0 : pick_us (run, 0, 40 * SEC_US);
}

static XsPresence
pick_absence (Run *run)
{
  return (XsPresence) g_rand_int_range (run->rand, XS_PRESENCE_COVERED, XS_PRESENCE_UNVERIFIED + 1);
}

static XsPlayback
pick_stop (Run *run)
{
  static const XsPlayback stops[] = { XS_PLAYBACK_PAUSED, XS_PLAYBACK_ENDED, XS_PLAYBACK_FAILED,
                                      XS_PLAYBACK_REPEAT, XS_PLAYBACK_QUIZ,  XS_PLAYBACK_ATTENTION };

  return stops[g_rand_int_range (run->rand, 0, G_N_ELEMENTS (stops))];
}

/* A day's wall clock that comes past midnight in most runs. */
static gint64
pick_wall_us (Run *run)
{
  gint64 midnight_us = 0;

  g_assert_true (xs_wall_from_wire ("20260301000000", &midnight_us, NULL));
  return midnight_us - pick_us (run, 0, 60 * SEC_US);
}

static void
add_truth (Run *run, gint64 t0_us, gint64 t1_us, XsPresence presence, gboolean playing, gboolean seen)
{
  if (run->truths->len > 0)
    {
      Truth *last = &g_array_index (run->truths, Truth, run->truths->len - 1);

      if (last->presence == presence && last->playing == playing)
        {
          last->t1_us = t1_us;
          last->seen |= seen;
          return;
        }
    }

  Truth truth = { t0_us, t1_us, presence, playing, seen };
  g_array_append_val (run->truths, truth);
}

/*
 * A world that moves on in random steps: somebody sits there or not, the lesson plays or not, frames are taken at
 * their pace, the machine sleeps, the wall clock steps and slews.
 */
static void
make_world (Run *run)
{
  gint64 now_us = pick_us (run, 0, 100 * SEC_US);
  gint64 boottime_us = now_us + pick_us (run, 0, 100 * SEC_US);
  gint64 wall_us = pick_wall_us (run);
  gint64 next_look_us = now_us;
  XsPresence presence = XS_PRESENCE_PRESENT;
  gboolean playing = FALSE;
  int n = g_rand_int_range (run->rand, 20, 250);

  run->day = xs_wall_day (wall_us);
  for (int i = 0; i < n; i++)
    {
      gint64 step_us = chance (run, 0.03) ? pick_us (run, SEC_US, 5 * SEC_US) : pick_us (run, 0, 350 * MSEC_US);
      gint64 then_us = now_us + step_us;
      Input input = { .kind = INPUT_PRESENCE, .time_us = then_us, .presence = presence };

      boottime_us += step_us;
      wall_us += step_us;
      if (chance (run, 0.02))
        {
          gint64 slept_us = pick_us (run, 0, 4 * SEC_US);

          boottime_us += slept_us;
          wall_us += slept_us;
        }
      if (chance (run, 0.02))
        wall_us += pick_us (run, -4 * SEC_US, 4 * SEC_US);

      add_truth (run, now_us, then_us, presence, playing, FALSE);

      if (chance (run, 0.04))
        {
          playing = i < 10 || !playing;
          input.kind = INPUT_PLAYBACK;
          input.playback = playing ? XS_PLAYBACK_PLAYING : pick_stop (run);
        }
      else if (chance (run, 0.02))
        {
          input.kind = INPUT_CAMERA_LOST;
        }
      else
        {
          add_truth (run, then_us, then_us, presence, playing, TRUE);
        }

      Input look = { INPUT_CLOCK, then_us + pick_us (run, 0, 200 * MSEC_US), 0, 0, boottime_us, wall_us };
      look.boottime_us += look.time_us - then_us;
      look.wall_us += look.time_us - then_us;
      if (then_us >= next_look_us)
        {
          g_array_append_val (run->inputs, look);
          next_look_us = then_us + pick_us (run, 0, 2 * SEC_US);
        }
      g_array_append_val (run->inputs, input);

      if (chance (run, presence == XS_PRESENCE_PRESENT ? 0.12 : 0.35))
        presence = chance (run, 0.6) ? XS_PRESENCE_PRESENT : pick_absence (run);
      now_us = then_us;
    }
}

/* No world at all: any input after any other, times that go back, clocks that jump by days. */
static void
make_noise (Run *run)
{
  gint64 now_us = pick_us (run, -10 * SEC_US, 10 * SEC_US);
  gint64 wall_us = pick_wall_us (run);
  gint64 boottime_us = now_us;
  int n = g_rand_int_range (run->rand, 1, 120);

  run->day = xs_wall_day (wall_us);
  for (int i = 0; i < n; i++)
    {
      gint64 step_us = pick_us (run, 0, 600 * MSEC_US);
      Input input = { .time_us = chance (run, 0.1) ? now_us - step_us : now_us };
      int kind = g_rand_int_range (run->rand, 0, 20);

      now_us += step_us;
      boottime_us += step_us;
      wall_us += step_us;
      if (kind < 12)
        {
          input.kind = INPUT_PRESENCE;
          input.presence = chance (run, 0.8) ? XS_PRESENCE_PRESENT : pick_absence (run);
        }
      else if (kind == 12)
        {
          input.kind = INPUT_CAMERA_LOST;
        }
      else if (kind < 16)
        {
          input.kind = INPUT_PLAYBACK;
          input.playback = chance (run, 0.8) ? XS_PLAYBACK_PLAYING : pick_stop (run);
        }
      else
        {
          if (chance (run, 0.1))
            boottime_us += pick_us (run, 0, 3 * SEC_US);
          if (chance (run, 0.1))
            wall_us += (gint64) g_rand_int_range (run->rand, -3, 4) * 24 * 3600 * SEC_US;
          if (chance (run, 0.3))
            wall_us += pick_us (run, -3 * SEC_US, 3 * SEC_US);
          input.kind = INPUT_CLOCK;
          input.boottime_us = boottime_us;
          input.wall_us = wall_us;
        }
      g_array_append_val (run->inputs, input);
    }
}

static void
feed (XsHourCounter *counter, const Input *input)
{
  switch (input->kind)
    {
    case INPUT_PRESENCE:
      xs_hour_counter_presence (counter, input->time_us, input->presence);
      break;
    case INPUT_CAMERA_LOST:
      xs_hour_counter_camera_lost (counter, input->time_us);
      break;
    case INPUT_PLAYBACK:
      xs_hour_counter_playback (counter, input->time_us, input->playback);
      break;
    case INPUT_CLOCK:
    default:
      xs_hour_counter_clock (counter, input->time_us, input->boottime_us, input->wall_us);
      break;
    }
}

static void
assert_same_list (const Run *run, int n, const char *what, const GArray *got, const GArray *expected)
{
  for (guint i = 0; i < MIN (got->len, expected->len); i++)
    {
      const XsStretch *g = &g_array_index (got, XsStretch, i);
      const XsStretch *e = &g_array_index (expected, XsStretch, i);

      if (g->t0_us != e->t0_us || g->t1_us != e->t1_us || g->pause != e->pause)
        g_error ("seed %u, %d inputs: %s %u is [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
                 ") %s, by definition [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ") %s",
                 run->seed, n, what, i, g->t0_us, g->t1_us, xs_pause_nick (g->pause), e->t0_us, e->t1_us,
                 xs_pause_nick (e->pause));
    }

  if (got->len != expected->len)
    g_error ("seed %u, %d inputs: %u %s, by definition %u", run->seed, n, got->len, what, expected->len);
}

static void
assert_agrees (const Run *run, const XsHourCounter *counter, int n)
{
  g_auto (Answer) expected = { 0 };
  gint64 credited_us = xs_hour_counter_credited_us (counter);
  gint64 today_us = xs_hour_counter_today_us (counter);
  XsPause pause = xs_hour_counter_pause (counter);

  hour_model_answer (&run->policy, run->credited_today_us, run->day, (const Input *) run->inputs->data, n, &expected);
  assert_same_list (run, n, "stretches", xs_hour_counter_stretches (counter), expected.stretches);
  assert_same_list (run, n, "pauses", xs_hour_counter_pauses (counter), expected.pauses);
  if (credited_us != expected.credited_us || today_us != expected.today_us || pause != expected.pause)
    g_error ("seed %u, %d inputs: credited %" G_GINT64_FORMAT ", today %" G_GINT64_FORMAT
             ", %s; by definition %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %s",
             run->seed, n, credited_us, today_us, xs_pause_nick (pause), expected.credited_us, expected.today_us,
             xs_pause_nick (expected.pause));
}

/* Stretches and pauses in one ascending line, each beginning where the one before ended. */
static void
assert_tiles (const Run *run, const XsHourCounter *counter)
{
  const GArray *stretches = xs_hour_counter_stretches (counter);
  const GArray *pauses = xs_hour_counter_pauses (counter);
  guint s = 0, p = 0;
  gint64 end_us = 0, sum_us = 0;

  while (s < stretches->len || p < pauses->len)
    {
      gboolean credited =
        p == pauses->len
        || (s < stretches->len
            && g_array_index (stretches, XsStretch, s).t0_us < g_array_index (pauses, XsStretch, p).t0_us);
      const XsStretch *next =
        credited ? &g_array_index (stretches, XsStretch, s++) : &g_array_index (pauses, XsStretch, p++);

      if (s + p > 1 && next->t0_us != end_us)
        g_error ("seed %u: a gap or overlap at %" G_GINT64_FORMAT, run->seed, end_us);
      g_assert_cmpint (next->t1_us, >, next->t0_us);
      g_assert_true (credited == (next->pause == XS_PAUSE_NONE));
      sum_us += credited ? next->t1_us - next->t0_us : 0;
      end_us = next->t1_us;
    }

  g_assert_cmpint (sum_us, ==, xs_hour_counter_credited_us (counter));
}

/* Nothing is credited that no model can excuse: a stopped lesson, a stranger who was seen, a long absence. */
static void
assert_honest (const Run *run, const XsHourCounter *counter)
{
  gint64 excuse_us = MAX (run->policy.grace_us, run->policy.max_tick_gap_us);
  const Truth *truths = (const Truth *) run->truths->data;
  gint64 true_us = 0, excused_us = 0;
  guint away_from = 0;

  for (guint i = 0; i < run->truths->len; i++)
    {
      const Truth *truth = &truths[i];
      gint64 credited_us = xs_hour_counter_credited_between_us (counter, truth->t0_us, truth->t1_us);
      gboolean present = truth->presence == XS_PRESENCE_PRESENT;

      if (!truth->playing && credited_us != 0)
        g_error ("seed %u: credited while the lesson stood, from %" G_GINT64_FORMAT, run->seed, truth->t0_us);
      if (truth->presence == XS_PRESENCE_OTHER_PERSON && truth->seen && credited_us != 0)
        g_error ("seed %u: credited to a stranger, from %" G_GINT64_FORMAT, run->seed, truth->t0_us);

      if (present)
        away_from = i + 1;
      else if (truth->t1_us - truths[away_from].t0_us > excuse_us && credited_us != 0)
        g_error ("seed %u: credited a long absence, from %" G_GINT64_FORMAT, run->seed, truth->t0_us);

      if (present && truth->playing)
        true_us += truth->t1_us - truth->t0_us;
      else
        excused_us += credited_us;
    }

  g_assert_cmpint (xs_hour_counter_credited_us (counter), <=, true_us + excused_us);
}

static void
check_run (Run *run, gboolean is_world)
{
  g_autoptr (XsHourCounter) counter = xs_hour_counter_new (&run->policy, run->credited_today_us, run->day);
  gint64 most_us = MAX (run->policy.daily_cap_s * SEC_US, run->credited_today_us);
  gint64 credited_us = 0;
  int n = (int) run->inputs->len;

  for (int i = 0; i < n; i++)
    {
      const Input *input = &g_array_index (run->inputs, Input, i);

      feed (counter, input);

      gint64 now_us = xs_hour_counter_credited_us (counter);
      g_assert_cmpint (now_us, >=, credited_us);
      if (now_us != credited_us)
        g_assert_true (input->kind == INPUT_PRESENCE && input->presence == XS_PRESENCE_PRESENT);
      credited_us = now_us;
      g_assert_cmpint (xs_hour_counter_today_us (counter), <=, most_us);
      g_assert_cmpint (xs_hour_counter_pause (counter), <=, XS_PAUSE_STARTING);

      if (i == n - 1 || chance (run, 0.05))
        assert_agrees (run, counter, i + 1);
    }

  assert_tiles (run, counter);
  if (is_world)
    assert_honest (run, counter);
}

static void
run_all (gconstpointer data)
{
  gboolean is_world = GPOINTER_TO_INT (data);
  const char *only = g_getenv ("XS_SEED");
  gint64 credited_us = 0;
  guint32 first = only != NULL ? (guint32) g_ascii_strtoull (only, NULL, 10) : 0;
  guint32 end = only != NULL ? first + 1 : N_RUNS;

  for (guint32 seed = first; seed < end; seed++)
    {
      g_auto (Run) run = { 0 };

      run_init (&run, seed);
      if (is_world)
        make_world (&run);
      else
        make_noise (&run);
      check_run (&run, is_world);

      g_auto (Answer) answer = { 0 };
      hour_model_answer (&run.policy, run.credited_today_us, run.day, (const Input *) run.inputs->data,
                         (int) run.inputs->len, &answer);
      credited_us += answer.credited_us;
    }

  g_test_message ("%u runs, %.1f s credited a run", end - first,
                  (double) credited_us / SEC_US / (double) (end - first));
  if (only == NULL)
    g_assert_cmpint (credited_us, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/hour-counter/random/world", GINT_TO_POINTER (TRUE), run_all);
  g_test_add_data_func ("/hour-counter/random/noise", GINT_TO_POINTER (FALSE), run_all);

  return g_test_run ();
}
