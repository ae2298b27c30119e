/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "xs-guidance.h"

#define FRAME_US (200 * 1000)

/* The student, well seen. */
static XsObservation
good (const XsPolicy *policy)
{
  XsObservation observation;

  xs_observation_init (&observation, 0, 1280, 720);
  observation.n_faces = 1;
  observation.faces[0] = (XsFaceBox){ 500, 200, 250, 300, 1 };
  observation.match = 0.9f;
  observation.yaw_deg = observation.pitch_deg = observation.roll_deg = 0;
  observation.inter_eye_distance_px = 110;
  observation.brow_chin_px = (float) policy->brow_chin_min_px * 2;
  observation.face_share = 0.4f;
  observation.luminance = observation.frame_luminance = 0.2f;
  observation.backlight_ev = 0.5f;
  observation.sharpness = 0.2f;
  observation.detail = 0.2f;
  return observation;
}

static XsObservation
empty (void)
{
  XsObservation observation;

  xs_observation_init (&observation, 0, 1280, 720);
  observation.luminance = observation.frame_luminance = 0.2f;
  observation.detail = 0.1f;
  return observation;
}

#define SETTLED_AFTER_FRAMES 50

typedef struct {
  XsPolicy policy;
  XsGuidance *guidance;
  gint64 now_us;
  XsGuidanceCode shown;
  gint64 changed_us;
  guint n_changes;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  xs_policy_default (&fixture->policy);
  fixture->guidance = xs_guidance_new (&fixture->policy);
  fixture->changed_us = G_MININT64 / 2;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  xs_guidance_free (fixture->guidance);
}

/* One frame later; checks that an instruction once shown stays for a second. */
static XsGuidanceCode
feed (Fixture *fixture, XsObservation observation)
{
  XsGuidanceCode code;

  fixture->now_us += FRAME_US;
  observation.time_us = fixture->now_us;
  code = xs_guidance_feed (fixture->guidance, &observation);
  if (code != fixture->shown)
    {
      g_assert_cmpint (fixture->now_us - fixture->changed_us, >=, G_USEC_PER_SEC);
      fixture->shown = code;
      fixture->changed_us = fixture->now_us;
      fixture->n_changes++;
    }
  return code;
}

static XsGuidanceCode
feed_for (Fixture *fixture, XsObservation observation, double seconds)
{
  XsGuidanceCode code = fixture->shown;

  for (int i = 0; i < seconds * G_USEC_PER_SEC / FRAME_US; i++)
    code = feed (fixture, observation);
  return code;
}

/* Measures that a reviewer would complain of, one at a time. */
static void
test_each_measure (Fixture *fixture, gconstpointer data)
{
  const XsPolicy *policy = &fixture->policy;
  const struct {
    gsize offset;
    double value;
    XsGuidanceCode code;
  } cases[] = {
    { G_STRUCT_OFFSET (XsObservation, pitch_deg), -policy->pitch_limit_deg - 5, XS_GUIDANCE_LOOK_UP },
    { G_STRUCT_OFFSET (XsObservation, roll_deg), policy->roll_limit_deg + 5, XS_GUIDANCE_STRAIGHTEN_HEAD },
    { G_STRUCT_OFFSET (XsObservation, roll_deg), -policy->roll_limit_deg - 5, XS_GUIDANCE_STRAIGHTEN_HEAD },
    { G_STRUCT_OFFSET (XsObservation, face_share), policy->face_share_max + 0.1, XS_GUIDANCE_MOVE_BACK },
    { G_STRUCT_OFFSET (XsObservation, light_balance_ev), policy->light_balance_max_ev + 0.5, XS_GUIDANCE_SIDE_LIGHT },
    { G_STRUCT_OFFSET (XsObservation, light_balance_ev), -policy->light_balance_max_ev - 0.5, XS_GUIDANCE_SIDE_LIGHT },
    { G_STRUCT_OFFSET (XsObservation, mouth_covered), policy->mouth_covered_max + 0.3, XS_GUIDANCE_UNCOVER_FACE },
    { G_STRUCT_OFFSET (XsObservation, head_covered), policy->head_covered_max + 0.3, XS_GUIDANCE_TAKE_OFF_HAT },
    { G_STRUCT_OFFSET (XsObservation, eye_glare), policy->eye_glare_max + 0.3, XS_GUIDANCE_GLASSES_REFLECT },
    { G_STRUCT_OFFSET (XsObservation, eyes_open), policy->eyes_open_min / 4, XS_GUIDANCE_OPEN_EYES },
    { G_STRUCT_OFFSET (XsObservation, motion), policy->motion_min / 2, XS_GUIDANCE_MOVE_A_LITTLE },
    { G_STRUCT_OFFSET (XsObservation, faces[0].x_px), 1000, XS_GUIDANCE_TO_THE_MIDDLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      XsObservation observation = good (policy);

      /* All that can be measured is, and well. */
      observation.light_balance_ev = observation.mouth_covered = observation.head_covered = observation.eye_glare = 0;
      observation.eyes_open = observation.motion = 1;
      g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_NONE);
      G_STRUCT_MEMBER (float, &observation, cases[i].offset) = (float) cases[i].value;
      g_assert_cmpstr (xs_guidance_nick (feed_for (fixture, observation, 3)), ==, xs_guidance_nick (cases[i].code));
    }
}

/* A hat that can no longer be told from hair is not complained of for ever. */
static void
test_no_longer_measured (Fixture *fixture, gconstpointer data)
{
  XsObservation observation = good (&fixture->policy);

  observation.head_covered = 0.9f;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_TAKE_OFF_HAT);
  observation.head_covered = NAN;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_NONE);
}

/* The active check waits for what comes before it, and what comes after it waits. */
static void
test_asked (Fixture *fixture, gconstpointer data)
{
  XsObservation observation = good (&fixture->policy);

  xs_guidance_ask (fixture->guidance, XS_GUIDANCE_TURN_LEFT);
  observation.yaw_deg = -30;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_TURN_LEFT);
  g_assert_cmpint (feed_for (fixture, empty (), 3), ==, XS_GUIDANCE_NO_FACE);
  xs_guidance_ask (fixture->guidance, XS_GUIDANCE_NONE);
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_FACE_CAMERA);
}

static void
test_each (Fixture *fixture, gconstpointer data)
{
  const XsPolicy *policy = &fixture->policy;
  XsObservation all_well = good (policy), observation;

  g_assert_cmpint (feed_for (fixture, all_well, 2), ==, XS_GUIDANCE_NONE);
  g_assert_cmpint (feed_for (fixture, empty (), 2), ==, XS_GUIDANCE_NO_FACE);

  observation = empty ();
  observation.detail = 0.0003f;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_UNCOVER_CAMERA);

  observation = all_well;
  observation.n_faces = 2;
  observation.faces[1] = (XsFaceBox){ 900, 250, 220, 270, 1 };
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_SEVERAL_FACES);

  observation = all_well;
  observation.match = (float) policy->match_different - 0.1f;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_OTHER_PERSON);

  observation = all_well;
  observation.luminance = (float) policy->luminance_min / 2;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_TOO_DARK);

  observation = all_well;
  observation.backlight_ev = (float) policy->backlight_max_ev + 1;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_BACKLIGHT);

  observation = all_well;
  observation.brow_chin_px = (float) policy->brow_chin_min_px / 2;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_COME_CLOSER);

  observation = all_well;
  observation.yaw_deg = (float) -policy->yaw_limit_deg - 10;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_FACE_CAMERA);
  observation.yaw_deg = 0;
  observation.pitch_deg = (float) policy->pitch_limit_deg + 10;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_FACE_CAMERA);

  observation = all_well;
  observation.sharpness = (float) policy->sharpness_min / 2;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_HOLD_STILL);
  /* A turned head costs a photo, a blurred one stops the counter. */
  observation.yaw_deg = (float) policy->yaw_limit_deg + 5;
  g_assert_cmpint (feed_for (fixture, observation, 2), ==, XS_GUIDANCE_HOLD_STILL);

  g_assert_cmpint (feed_for (fixture, all_well, 2), ==, XS_GUIDANCE_NONE);
}

/* Before anybody signed in there is no match, and nobody to mistake. */
static void
test_without_reference (Fixture *fixture, gconstpointer data)
{
  XsObservation observation = good (&fixture->policy);

  observation.match = NAN;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_NONE);
}

/* A face that cannot be told is asked to look into the camera, not called a stranger. */
static void
test_unsure (Fixture *fixture, gconstpointer data)
{
  XsObservation observation = good (&fixture->policy);

  observation.match = (float) (fixture->policy.match_same + fixture->policy.match_different) / 2;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_FACE_CAMERA);

  observation.luminance = (float) fixture->policy.luminance_min / 2;
  g_assert_cmpint (feed_for (fixture, observation, 3), ==, XS_GUIDANCE_TOO_DARK);
}

static void
test_blink_ignored (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 100; i++)
    feed (fixture, i % 5 == 0 ? empty () : good (&fixture->policy));
  g_assert_cmpint (fixture->shown, ==, XS_GUIDANCE_NONE);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

/* Measures that wander round their limits settle on the first trouble, and then change nothing any more. */
static void
test_noise_at_limit (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 1000; i++)
    {
      if (i == SETTLED_AFTER_FRAMES)
        fixture->n_changes = 0;
      XsObservation observation = good (&fixture->policy);

      observation.luminance = (float) (fixture->policy.luminance_min * g_test_rand_double_range (0.93, 1.07));
      observation.sharpness = (float) (fixture->policy.sharpness_min * g_test_rand_double_range (0.93, 1.07));
      observation.yaw_deg = (float) (fixture->policy.yaw_limit_deg + g_test_rand_double_range (-0.9, 0.9));
      feed (fixture, observation);
    }
  g_assert_cmpint (fixture->shown, ==, XS_GUIDANCE_TOO_DARK);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

/* Never two troubles in turn with "all is well" shown. */
static void
test_mixed_trouble (Fixture *fixture, gconstpointer data)
{
  XsObservation several = good (&fixture->policy);

  several.n_faces = 2;
  several.faces[1] = several.faces[0];
  for (int i = 0; i < 100; i++)
    feed (fixture, i % 2 == 0 ? empty () : several);
  g_assert_cmpint (fixture->shown, !=, XS_GUIDANCE_NONE);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
}

/* Random observations: feed() checks the dwell. */
static void
test_random (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 5000; i++)
    {
      XsObservation observation = good (&fixture->policy);

      observation.n_faces = (guint) g_test_rand_int_range (0, 3);
      observation.faces[1] = observation.faces[0];
      observation.match = (float) g_test_rand_double_range (-0.2, 1);
      observation.luminance = (float) g_test_rand_double_range (0, 0.2);
      observation.sharpness = g_test_rand_bit () ? NAN : 0.3f;
      observation.detail = (float) g_test_rand_double_range (0, 0.1);
      feed (fixture, observation);
      if (g_test_rand_int_range (0, 100) == 0)
        fixture->now_us += 10 * G_USEC_PER_SEC;
    }
}

static void
test_slow_camera (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      fixture->now_us += 2 * G_USEC_PER_SEC;
      feed (fixture, empty ());
    }
  g_assert_cmpint (fixture->shown, ==, XS_GUIDANCE_NO_FACE);
}

static void
test_nicks (void)
{
  g_assert_cmpstr (xs_guidance_nick (XS_GUIDANCE_NONE), ==, "none");
  g_assert_cmpstr (xs_guidance_nick (XS_GUIDANCE_BACKLIGHT), ==, "light_behind");
  g_assert_cmpstr (xs_guidance_nick (XS_GUIDANCE_HOLD_STILL), ==, "hold_still");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/vision/guidance/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("each", test_each);
  ADD ("each-measure", test_each_measure);
  ADD ("no-longer-measured", test_no_longer_measured);
  ADD ("asked", test_asked);
  ADD ("without-reference", test_without_reference);
  ADD ("unsure", test_unsure);
  ADD ("blink-ignored", test_blink_ignored);
  ADD ("noise-at-limit", test_noise_at_limit);
  ADD ("mixed-trouble", test_mixed_trouble);
  ADD ("random", test_random);
  ADD ("slow-camera", test_slow_camera);
#undef ADD
  g_test_add_func ("/vision/guidance/nicks", test_nicks);
  return g_test_run ();
}
