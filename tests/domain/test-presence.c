/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-presence.h"

#include <math.h>

#include "xs-match.h"

typedef struct {
  XsPolicy policy;
  XsObservation seen;
} Fixture;

/* One well-lit, sharp, matching face. */
static void
set_up (Fixture *f, gconstpointer data)
{
  xs_policy_default (&f->policy);
  xs_observation_init (&f->seen, 0, 1280, 720);
  f->seen.n_faces = 1;
  f->seen.faces[0] = (XsFaceBox){ 400, 200, 240, 300, 0.99f };
  f->seen.match = 0.75f;
  f->seen.brow_chin_px = 150;
  f->seen.luminance = 0.2f;
  f->seen.backlight_ev = 0.5f;
  f->seen.sharpness = 0.2f;
  f->seen.detail = 0.2f;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
}

#define assert_presence(f_, presence_)                                                                                 \
  g_assert_cmpstr (xs_presence_nick (xs_presence_judge (&(f_)->seen, &(f_)->policy)), ==, xs_presence_nick (presence_))

static void
test_present (Fixture *f, gconstpointer data)
{
  assert_presence (f, XS_PRESENCE_PRESENT);
  f->seen.match = (float) f->policy.match_same + 0.001f;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_pose_does_not_stop (Fixture *f, gconstpointer data)
{
  f->seen.yaw_deg = 60;
  f->seen.pitch_deg = -40;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_unmeasured_light_does_not_stop (Fixture *f, gconstpointer data)
{
  f->seen.luminance = NAN;
  f->seen.brow_chin_px = NAN;
  f->seen.backlight_ev = NAN;
  f->seen.sharpness = NAN;
  f->seen.detail = NAN;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_covered (Fixture *f, gconstpointer data)
{
  f->seen.n_faces = 0;
  f->seen.detail = (float) f->policy.covered_detail_max - 0.001f;
  assert_presence (f, XS_PRESENCE_COVERED);
  f->seen.detail = (float) f->policy.covered_detail_max + 0.001f;
  assert_presence (f, XS_PRESENCE_NO_FACE);
  f->seen.detail = NAN;
  assert_presence (f, XS_PRESENCE_NO_FACE);
}

static void
test_face_in_a_flat_frame (Fixture *f, gconstpointer data)
{
  f->seen.detail = 0;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_second_face (Fixture *f, gconstpointer data)
{
  f->seen.n_faces = 2;
  f->seen.faces[1] = (XsFaceBox){ 900, 200, 200, 0, 0.9f };

  f->seen.faces[1].height_px = 300 * (float) f->policy.second_face_ratio - 1;
  assert_presence (f, XS_PRESENCE_PRESENT);
  f->seen.faces[1].height_px = 300 * (float) f->policy.second_face_ratio + 1;
  assert_presence (f, XS_PRESENCE_SEVERAL_FACES);
  f->seen.faces[1].height_px = 600;
  assert_presence (f, XS_PRESENCE_SEVERAL_FACES);
}

static void
test_fourth_face (Fixture *f, gconstpointer data)
{
  f->seen.n_faces = XS_MAX_FACES;
  for (guint i = 1; i < XS_MAX_FACES; i++)
    f->seen.faces[i] = (XsFaceBox){ 900, 200, 20, 30, 0.9f };
  assert_presence (f, XS_PRESENCE_PRESENT);
  f->seen.faces[XS_MAX_FACES - 1].height_px = 290;
  assert_presence (f, XS_PRESENCE_SEVERAL_FACES);
}

static void
test_match (Fixture *f, gconstpointer data)
{
  f->seen.match = (float) f->policy.match_different - 0.001f;
  assert_presence (f, XS_PRESENCE_OTHER_PERSON);
  f->seen.match = (float) f->policy.match_different + 0.001f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
  f->seen.match = (float) f->policy.match_same - 0.001f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
  f->seen.match = NAN;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
}

static void
test_far (Fixture *f, gconstpointer data)
{
  f->seen.brow_chin_px = (float) f->policy.brow_chin_min_px;
  assert_presence (f, XS_PRESENCE_PRESENT);
  f->seen.brow_chin_px -= 0.1f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
}

static void
test_dark (Fixture *f, gconstpointer data)
{
  f->seen.luminance = (float) f->policy.luminance_min - 0.001f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
}

static void
test_backlit (Fixture *f, gconstpointer data)
{
  f->seen.backlight_ev = (float) f->policy.backlight_max_ev + 0.001f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
}

static void
test_blurred (Fixture *f, gconstpointer data)
{
  f->seen.sharpness = (float) f->policy.sharpness_min - 0.001f;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
}

static void
test_still_picture (Fixture *f, gconstpointer data)
{
  f->seen.motion = (float) f->policy.motion_min / 2;
  assert_presence (f, XS_PRESENCE_NOT_LIVE);
  f->seen.blink = 0.9f;
  assert_presence (f, XS_PRESENCE_PRESENT);
  f->seen.blink = 0.1f;
  f->seen.motion = (float) f->policy.motion_min * 2;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_print (Fixture *f, gconstpointer data)
{
  f->seen.live_run = (float) f->policy.live_min / 2;
  assert_presence (f, XS_PRESENCE_NOT_LIVE);
  /* One frame alone accuses nobody. */
  f->seen.live = f->seen.live_run;
  f->seen.live_run = NAN;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

static void
test_without_liveness (Fixture *f, gconstpointer data)
{
  f->seen.motion = 0;
  f->seen.live_run = 0;
  f->policy.liveness = FALSE;
  assert_presence (f, XS_PRESENCE_PRESENT);
}

/* What the watch says of @seen, shown at 10 frames a second for @duration_s. */
static XsPresence
watch_for (XsPresenceWatch *watch, XsObservation *seen, double duration_s)
{
  XsPresence presence = XS_PRESENCE_PRESENT;

  for (int i = 0; i < duration_s * 10; i++)
    {
      seen->time_us += G_USEC_PER_SEC / 10;
      presence = xs_presence_watch_feed (watch, seen);
    }
  return presence;
}

static void
test_looking_away (Fixture *f, gconstpointer data)
{
  g_autoptr (XsPresenceWatch) watch = xs_presence_watch_new (&f->policy);
  XsObservation away = f->seen;

  away.yaw_deg = (float) -f->policy.look_away_deg - 5;
  g_assert_cmpint (watch_for (watch, &away, (double) f->policy.look_away_s), ==, XS_PRESENCE_PRESENT);
  g_assert_cmpint (watch_for (watch, &away, 1), ==, XS_PRESENCE_LOOKING_AWAY);
  /* A glance back is not enough, a look is. */
  f->seen.time_us = away.time_us;
  f->seen.yaw_deg = 0;
  g_assert_cmpint (watch_for (watch, &f->seen, 0.3), ==, XS_PRESENCE_LOOKING_AWAY);
  g_assert_cmpint (watch_for (watch, &f->seen, 0.5), ==, XS_PRESENCE_PRESENT);
}

/* What was not seen in between did not last. */
static void
test_looking_away_with_a_gap (Fixture *f, gconstpointer data)
{
  g_autoptr (XsPresenceWatch) watch = xs_presence_watch_new (&f->policy);

  f->seen.yaw_deg = (float) f->policy.look_away_deg + 5;
  g_assert_cmpint (watch_for (watch, &f->seen, 1), ==, XS_PRESENCE_PRESENT);
  f->seen.time_us += 60 * G_USEC_PER_SEC;
  g_assert_cmpint (watch_for (watch, &f->seen, 1), ==, XS_PRESENCE_PRESENT);
}

static void
test_eyes_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (XsPresenceWatch) watch = xs_presence_watch_new (&f->policy);

  for (int i = 0; i < 20; i++)
    {
      f->seen.eyes_open = 0.05f;
      g_assert_cmpint (watch_for (watch, &f->seen, 0.3), ==, XS_PRESENCE_PRESENT);
      f->seen.eyes_open = 0.95f;
      g_assert_cmpint (watch_for (watch, &f->seen, 2), ==, XS_PRESENCE_PRESENT);
    }
  f->seen.eyes_open = 0.05f;
  g_assert_cmpint (watch_for (watch, &f->seen, (double) f->policy.eyes_closed_s + 1), ==, XS_PRESENCE_EYES_CLOSED);
  /* Worse reasons come first. */
  f->seen.match = 0;
  g_assert_cmpint (watch_for (watch, &f->seen, 0.1), ==, XS_PRESENCE_OTHER_PERSON);
}

static void
test_never_too_long (Fixture *f, gconstpointer data)
{
  f->policy.look_away_s = f->policy.eyes_closed_s = 0;
  g_autoptr (XsPresenceWatch) watch = xs_presence_watch_new (&f->policy);

  f->seen.yaw_deg = 80;
  f->seen.eyes_open = 0;
  g_assert_cmpint (watch_for (watch, &f->seen, 100), ==, XS_PRESENCE_PRESENT);
}

static void
test_priority (Fixture *f, gconstpointer data)
{
  f->seen.match = -0.1f;
  assert_presence (f, XS_PRESENCE_OTHER_PERSON);
  f->seen.luminance = 0;
  assert_presence (f, XS_PRESENCE_UNVERIFIED);
  f->seen.n_faces = 2;
  f->seen.faces[1] = f->seen.faces[0];
  assert_presence (f, XS_PRESENCE_SEVERAL_FACES);
  f->seen.n_faces = 0;
  assert_presence (f, XS_PRESENCE_NO_FACE);
}

static void
test_new_observation (void)
{
  XsObservation seen;
  XsPolicy policy;

  xs_policy_default (&policy);
  memset (&seen, 0, sizeof seen);
  xs_observation_init (&seen, 77, 640, 480);
  g_assert_cmpint (seen.time_us, ==, 77);
  g_assert_cmpint (seen.width_px, ==, 640);
  g_assert_cmpint (seen.height_px, ==, 480);
  g_assert_cmpuint (seen.n_faces, ==, 0);
  g_assert_false (xs_measured (seen.match) || xs_measured (seen.yaw_deg) || xs_measured (seen.pitch_deg)
                  || xs_measured (seen.roll_deg) || xs_measured (seen.inter_eye_distance_px)
                  || xs_measured (seen.brow_chin_px) || xs_measured (seen.face_share) || xs_measured (seen.luminance)
                  || xs_measured (seen.frame_luminance) || xs_measured (seen.backlight_ev)
                  || xs_measured (seen.sharpness) || xs_measured (seen.detail));
  g_assert_cmpint (xs_presence_judge (&seen, &policy), ==, XS_PRESENCE_NO_FACE);
}

static void
test_bands (Fixture *f, gconstpointer unused)
{
  static const struct {
    double score;
    XsMatchBand band;
    const char *nick;
  } cases[] = {
    { 1, XS_MATCH_SAME, "same" },
    { 0.5, XS_MATCH_SAME, "same" },
    { 0.499999, XS_MATCH_ASK, "ask" },
    { 0.25, XS_MATCH_ASK, "ask" },
    { NAN, XS_MATCH_ASK, "ask" },
    { 0.249999, XS_MATCH_DIFFERENT, "different" },
    { -1, XS_MATCH_DIFFERENT, "different" },
  };

  f->policy.match_same = 0.5;
  f->policy.match_different = 0.25;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (xs_match_band (cases[i].score, &f->policy), ==, cases[i].band);
      g_assert_cmpstr (xs_match_band_nick (cases[i].band), ==, cases[i].nick);
    }
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/presence/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("present", test_present);
  add ("pose", test_pose_does_not_stop);
  add ("unmeasured", test_unmeasured_light_does_not_stop);
  add ("covered", test_covered);
  add ("flat-frame", test_face_in_a_flat_frame);
  add ("second-face", test_second_face);
  add ("fourth-face", test_fourth_face);
  add ("match", test_match);
  add ("bands", test_bands);
  add ("far", test_far);
  add ("dark", test_dark);
  add ("backlit", test_backlit);
  add ("blurred", test_blurred);
  add ("still-picture", test_still_picture);
  add ("print", test_print);
  add ("without-liveness", test_without_liveness);
  add ("looking-away", test_looking_away);
  add ("looking-away-with-a-gap", test_looking_away_with_a_gap);
  add ("eyes-closed", test_eyes_closed);
  add ("never-too-long", test_never_too_long);
  add ("priority", test_priority);
  g_test_add_func ("/presence/new-observation", test_new_observation);

  return g_test_run ();
}
