/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-guidance.h"

#include <math.h>
#include <string.h>

/* An instruction must hold for most of this long before it is shown … */
#define WINDOW_US (G_USEC_PER_SEC * 6 / 10)
/* … and stays at least this long. */
#define DWELL_US (1 * G_USEC_PER_SEC)
/* A camera slower than a few frames a second still gets this many votes. */
#define MIN_VOTES 3
#define MAX_VOTES 32
/* Share of the votes, in percent, that an instruction needs. */
#define MAJORITY 70
/* After a pause this long old observations say nothing. */
#define STALE_US (3 * G_USEC_PER_SEC)

/* How much better than its limit a measure must be before its instruction goes away. */
#define LEAVE_RATIO 1.15
#define LEAVE_EV 0.3
#define LEAVE_DEG 2.0
#define LEAVE_MATCH 0.04

#define N_CODES (XS_GUIDANCE_OPEN_EYES + 1)

typedef struct {
  gint64 time_us;
  XsGuidanceCode code;
} Vote;

struct _XsGuidance {
  XsPolicy policy;
  XsGuidanceCode asked; /* of the active check */
  XsGuidanceCode shown;
  gint64 shown_since_us;
  Vote votes[MAX_VOTES]; /* oldest first */
  guint n_votes;
  gboolean beyond[N_CODES]; /* by instruction: its measure is beyond its limit, and has not come back far enough */
  gboolean unsure;          /* whose face it is */
};

static const char *const nicks[N_CODES] = {
  [XS_GUIDANCE_NONE] = "none",
  [XS_GUIDANCE_UNCOVER_CAMERA] = "uncover_camera",
  [XS_GUIDANCE_NO_FACE] = "no_face",
  [XS_GUIDANCE_SEVERAL_FACES] = "several_faces",
  [XS_GUIDANCE_BACKLIGHT] = "light_behind",
  [XS_GUIDANCE_TOO_DARK] = "too_dark",
  [XS_GUIDANCE_COME_CLOSER] = "come_closer",
  [XS_GUIDANCE_UNCOVER_FACE] = "uncover_face",
  [XS_GUIDANCE_OTHER_PERSON] = "other_person",
  [XS_GUIDANCE_TURN_LEFT] = "turn_left",
  [XS_GUIDANCE_TURN_RIGHT] = "turn_right",
  [XS_GUIDANCE_MOVE_A_LITTLE] = "move_a_little",
  [XS_GUIDANCE_HOLD_STILL] = "hold_still",
  [XS_GUIDANCE_FACE_CAMERA] = "face_camera",
  [XS_GUIDANCE_LOOK_UP] = "look_up",
  [XS_GUIDANCE_STRAIGHTEN_HEAD] = "straighten_head",
  [XS_GUIDANCE_MOVE_BACK] = "move_back",
  [XS_GUIDANCE_TO_THE_MIDDLE] = "to_the_middle",
  [XS_GUIDANCE_SIDE_LIGHT] = "light_from_side",
  [XS_GUIDANCE_TAKE_OFF_HAT] = "take_off_hat",
  [XS_GUIDANCE_GLASSES_REFLECT] = "glasses_reflect",
  [XS_GUIDANCE_OPEN_EYES] = "open_eyes",
};

const char *
xs_guidance_nick (XsGuidanceCode code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (nicks), NULL);

  return nicks[code];
}

XsGuidance *
xs_guidance_new (const XsPolicy *policy)
{
  XsGuidance *guidance = g_new0 (XsGuidance, 1);

  guidance->policy = *policy;
  guidance->shown_since_us = G_MININT64 / 2;
  return guidance;
}

void
xs_guidance_free (XsGuidance *guidance)
{
  g_free (guidance);
}

/* A switch that turns on below @limit and off only above @leave. A measure that is not taken complains of nothing. */
static gboolean
latch_below (gboolean on, float value, double limit, double leave)
{
  return value < (on ? leave : limit);
}

static gboolean
latch_above (gboolean on, float value, double limit, double leave)
{
  return value > (on ? leave : limit);
}

static float
distance_from_middle (const XsObservation *observation)
{
  const XsFaceBox *face = &observation->faces[0];
  float x = (face->x_px + face->width_px / 2) / observation->width_px - 0.5f;
  float y = (face->y_px + face->height_px / 2) / observation->height_px - 0.5f;

  return MAX (fabsf (x), fabsf (y));
}

static void
update_light (XsGuidance *self, const XsObservation *seen)
{
  const XsPolicy *policy = &self->policy;
  gboolean *beyond = self->beyond;

  beyond[XS_GUIDANCE_TOO_DARK] = latch_below (beyond[XS_GUIDANCE_TOO_DARK], seen->luminance, policy->luminance_min,
                                              policy->luminance_min * LEAVE_RATIO);
  beyond[XS_GUIDANCE_BACKLIGHT] = latch_above (beyond[XS_GUIDANCE_BACKLIGHT], seen->backlight_ev,
                                               policy->backlight_max_ev, policy->backlight_max_ev - LEAVE_EV);
  beyond[XS_GUIDANCE_SIDE_LIGHT] = latch_above (beyond[XS_GUIDANCE_SIDE_LIGHT], fabsf (seen->light_balance_ev),
                                                policy->light_balance_max_ev, policy->light_balance_max_ev - LEAVE_EV);
  beyond[XS_GUIDANCE_HOLD_STILL] = latch_below (beyond[XS_GUIDANCE_HOLD_STILL], seen->sharpness, policy->sharpness_min,
                                                policy->sharpness_min * LEAVE_RATIO);
  beyond[XS_GUIDANCE_GLASSES_REFLECT] = latch_above (beyond[XS_GUIDANCE_GLASSES_REFLECT], seen->eye_glare,
                                                     policy->eye_glare_max, policy->eye_glare_max / LEAVE_RATIO);
}

static void
update_place (XsGuidance *self, const XsObservation *seen)
{
  const XsPolicy *policy = &self->policy;
  gboolean *beyond = self->beyond;
  /* Degrees beyond the nearer limit; negative inside both. */
  float aside_deg = MAX (fabsf (seen->yaw_deg) - policy->yaw_limit_deg, seen->pitch_deg - policy->pitch_limit_deg);

  beyond[XS_GUIDANCE_COME_CLOSER] = latch_below (beyond[XS_GUIDANCE_COME_CLOSER], seen->brow_chin_px,
                                                 policy->brow_chin_min_px, policy->brow_chin_min_px * LEAVE_RATIO);
  beyond[XS_GUIDANCE_MOVE_BACK] = latch_above (beyond[XS_GUIDANCE_MOVE_BACK], seen->face_share, policy->face_share_max,
                                               policy->face_share_max / LEAVE_RATIO);
  beyond[XS_GUIDANCE_TO_THE_MIDDLE] = latch_above (beyond[XS_GUIDANCE_TO_THE_MIDDLE], distance_from_middle (seen),
                                                   policy->off_centre_max, policy->off_centre_max / LEAVE_RATIO);
  beyond[XS_GUIDANCE_FACE_CAMERA] = latch_above (beyond[XS_GUIDANCE_FACE_CAMERA], aside_deg, 0, -LEAVE_DEG);
  beyond[XS_GUIDANCE_LOOK_UP] = latch_below (beyond[XS_GUIDANCE_LOOK_UP], seen->pitch_deg, -policy->pitch_limit_deg,
                                             -policy->pitch_limit_deg + LEAVE_DEG);
  beyond[XS_GUIDANCE_STRAIGHTEN_HEAD] = latch_above (beyond[XS_GUIDANCE_STRAIGHTEN_HEAD], fabsf (seen->roll_deg),
                                                     policy->roll_limit_deg, policy->roll_limit_deg - LEAVE_DEG);
}

static void
update_person (XsGuidance *self, const XsObservation *seen)
{
  const XsPolicy *policy = &self->policy;
  gboolean *beyond = self->beyond;

  beyond[XS_GUIDANCE_OTHER_PERSON] = latch_below (beyond[XS_GUIDANCE_OTHER_PERSON], seen->match,
                                                  policy->match_different, policy->match_different + LEAVE_MATCH);
  self->unsure = latch_below (self->unsure, seen->match, policy->match_same, policy->match_same + LEAVE_MATCH);
  beyond[XS_GUIDANCE_UNCOVER_FACE] = latch_above (beyond[XS_GUIDANCE_UNCOVER_FACE], seen->mouth_covered,
                                                  policy->mouth_covered_max, policy->mouth_covered_max / LEAVE_RATIO);
  beyond[XS_GUIDANCE_TAKE_OFF_HAT] = latch_above (beyond[XS_GUIDANCE_TAKE_OFF_HAT], seen->head_covered,
                                                  policy->head_covered_max, policy->head_covered_max / LEAVE_RATIO);
  beyond[XS_GUIDANCE_OPEN_EYES] = latch_below (beyond[XS_GUIDANCE_OPEN_EYES], seen->eyes_open, policy->eyes_open_min,
                                               policy->eyes_open_min * LEAVE_RATIO);
}

static XsGuidanceCode
judge (XsGuidance *self, const XsObservation *seen)
{
  gboolean *beyond = self->beyond;
  XsPresence presence = xs_presence_judge (seen, &self->policy);

  if (seen->n_faces == 0)
    {
      beyond[XS_GUIDANCE_UNCOVER_CAMERA] =
        latch_below (beyond[XS_GUIDANCE_UNCOVER_CAMERA], seen->detail, self->policy.covered_detail_max,
                     self->policy.covered_detail_max * LEAVE_RATIO);
      return beyond[XS_GUIDANCE_UNCOVER_CAMERA] ? XS_GUIDANCE_UNCOVER_CAMERA : XS_GUIDANCE_NO_FACE;
    }

  beyond[XS_GUIDANCE_UNCOVER_CAMERA] = FALSE;
  beyond[XS_GUIDANCE_SEVERAL_FACES] = presence == XS_PRESENCE_SEVERAL_FACES;
  beyond[XS_GUIDANCE_MOVE_A_LITTLE] = presence == XS_PRESENCE_NOT_LIVE;
  update_light (self, seen);
  update_place (self, seen);
  update_person (self, seen);
  for (XsGuidanceCode code = XS_GUIDANCE_NONE + 1; code < N_CODES; code++)
    {
      if (code == self->asked)
        return code;
      /* Whoever is hard to see matches nobody: only a clear picture can show somebody else. */
      if (beyond[code] && !(code == XS_GUIDANCE_OTHER_PERSON && beyond[XS_GUIDANCE_HOLD_STILL]))
        return code;
    }
  /* Nothing to complain of, and yet it cannot be told whose face this is: a plain view helps most. */
  return self->unsure ? XS_GUIDANCE_FACE_CAMERA : XS_GUIDANCE_NONE;
}

void
xs_guidance_ask (XsGuidance *guidance, XsGuidanceCode code)
{
  g_return_if_fail (guidance != NULL);

  guidance->asked = code;
}

static void
add_vote (XsGuidance *self, gint64 time_us, XsGuidanceCode code)
{
  guint n_old = 0;

  if (self->n_votes > 0)
    {
      gint64 since_us = time_us - self->votes[self->n_votes - 1].time_us;
      if (since_us < 0 || since_us > STALE_US)
        self->n_votes = 0;
    }
  while (self->n_votes - n_old >= MIN_VOTES && time_us - self->votes[n_old].time_us > WINDOW_US)
    n_old++;
  if (self->n_votes - n_old == MAX_VOTES)
    n_old++;
  memmove (self->votes, self->votes + n_old, (self->n_votes - n_old) * sizeof *self->votes);
  self->n_votes -= n_old;
  self->votes[self->n_votes++] = (Vote){ time_us, code };
}

/* What the votes ask for, or what is shown now when they do not agree. */
static XsGuidanceCode
count_votes (const XsGuidance *self)
{
  guint counts[N_CODES] = { 0 };
  XsGuidanceCode best = XS_GUIDANCE_NONE;
  XsGuidanceCode best_instruction = XS_GUIDANCE_UNCOVER_CAMERA;

  for (guint i = 0; i < self->n_votes; i++)
    counts[self->votes[i].code]++;
  for (guint code = 0; code < N_CODES; code++)
    {
      if (counts[code] > counts[best])
        best = code;
      if (code != XS_GUIDANCE_NONE && counts[code] > counts[best_instruction])
        best_instruction = code;
    }

  if (counts[best] * 100 >= self->n_votes * MAJORITY)
    return best;
  /* Something is plainly wrong though not one thing only: any instruction is better than "all is well". */
  if (self->shown == XS_GUIDANCE_NONE && counts[XS_GUIDANCE_NONE] * 100 <= self->n_votes * (100 - MAJORITY))
    return best_instruction;
  return self->shown;
}

XsGuidanceCode
xs_guidance_feed (XsGuidance *guidance, const XsObservation *observation)
{
  gint64 now_us;
  XsGuidanceCode wanted;

  g_return_val_if_fail (guidance != NULL && observation != NULL, XS_GUIDANCE_NONE);

  now_us = observation->time_us;
  add_vote (guidance, now_us, judge (guidance, observation));
  wanted = count_votes (guidance);
  if (guidance->n_votes >= MIN_VOTES && wanted != guidance->shown
      && (now_us - guidance->shown_since_us >= DWELL_US || now_us < guidance->shown_since_us))
    {
      guidance->shown = wanted;
      guidance->shown_since_us = now_us;
    }
  return guidance->shown;
}
