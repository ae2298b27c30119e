/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-guidance.h"

#include <math.h>
#include <string.h>

/* An instruction must hold for most of this long before it is shown … */
#define WINDOW_US (1 * G_USEC_PER_SEC)
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

#define N_CODES (XS_GUIDANCE_HOLD_STILL + 1)

typedef struct {
  gint64 time_us;
  XsGuidanceCode code;
} Vote;

struct _XsGuidance {
  XsPolicy policy;
  XsGuidanceCode shown;
  gint64 shown_since_us;
  Vote votes[MAX_VOTES]; /* oldest first */
  guint n_votes;

  /* Whether each measure is beyond its limit, and has not come back far enough since. */
  gboolean covered;
  gboolean other_person;
  gboolean unsure;
  gboolean dark;
  gboolean backlit;
  gboolean far;
  gboolean turned;
  gboolean blurred;
};

static const char *const nicks[N_CODES] = {
  [XS_GUIDANCE_NONE] = "none",
  [XS_GUIDANCE_UNCOVER_CAMERA] = "uncover_camera",
  [XS_GUIDANCE_NO_FACE] = "no_face",
  [XS_GUIDANCE_SEVERAL_FACES] = "several_faces",
  [XS_GUIDANCE_OTHER_PERSON] = "other_person",
  [XS_GUIDANCE_TOO_DARK] = "too_dark",
  [XS_GUIDANCE_BACKLIGHT] = "light_behind",
  [XS_GUIDANCE_COME_CLOSER] = "come_closer",
  [XS_GUIDANCE_FACE_CAMERA] = "face_camera",
  [XS_GUIDANCE_HOLD_STILL] = "hold_still",
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

/* A switch that turns on below @limit and off only above @leave; a measure not taken leaves it as it is. */
static gboolean
latch_below (gboolean on, float value, double limit, double leave)
{
  if (!xs_measured (value))
    return on;
  return value < (on ? leave : limit);
}

static gboolean
latch_above (gboolean on, float value, double limit, double leave)
{
  if (!xs_measured (value))
    return on;
  return value > (on ? leave : limit);
}

static void
update_latches (XsGuidance *self, const XsObservation *observation)
{
  const XsPolicy *policy = &self->policy;
  /* Degrees beyond the nearer limit; negative inside both. */
  float beyond_deg = MAX (fabsf (observation->yaw_deg) - policy->yaw_limit_deg,
                          fabsf (observation->pitch_deg) - policy->pitch_limit_deg);

  self->other_person = latch_below (self->other_person, observation->match, policy->match_different,
                                    policy->match_different + LEAVE_MATCH);
  self->unsure = latch_below (self->unsure, observation->match, policy->match_same, policy->match_same + LEAVE_MATCH);
  self->dark =
    latch_below (self->dark, observation->luminance, policy->luminance_min, policy->luminance_min * LEAVE_RATIO);
  self->backlit = latch_above (self->backlit, observation->backlight_ev, policy->backlight_max_ev,
                               policy->backlight_max_ev - LEAVE_EV);
  self->far = latch_below (self->far, observation->brow_chin_px, policy->brow_chin_min_px,
                           policy->brow_chin_min_px * LEAVE_RATIO);
  self->turned = latch_above (self->turned, beyond_deg, 0, -LEAVE_DEG);
  self->blurred =
    latch_below (self->blurred, observation->sharpness, policy->sharpness_min, policy->sharpness_min * LEAVE_RATIO);
}

static XsGuidanceCode
judge (XsGuidance *self, const XsObservation *observation)
{
  if (observation->n_faces == 0)
    {
      self->covered = latch_below (self->covered, observation->detail, self->policy.covered_detail_max,
                                   self->policy.covered_detail_max * LEAVE_RATIO);
      return self->covered ? XS_GUIDANCE_UNCOVER_CAMERA : XS_GUIDANCE_NO_FACE;
    }

  self->covered = FALSE;
  update_latches (self, observation);
  if (xs_presence_judge (observation, &self->policy) == XS_PRESENCE_SEVERAL_FACES)
    return XS_GUIDANCE_SEVERAL_FACES;
  if (self->dark)
    return XS_GUIDANCE_TOO_DARK;
  if (self->backlit)
    return XS_GUIDANCE_BACKLIGHT;
  if (self->far)
    return XS_GUIDANCE_COME_CLOSER;
  /* Whoever is hard to see matches nobody: only a clear picture can show somebody else. */
  if (self->other_person && !self->blurred)
    return XS_GUIDANCE_OTHER_PERSON;
  if (self->turned)
    return XS_GUIDANCE_FACE_CAMERA;
  if (self->blurred)
    return XS_GUIDANCE_HOLD_STILL;
  /* Nothing to complain of, and yet it cannot be told whose face this is: a plain view helps most. */
  return self->unsure ? XS_GUIDANCE_FACE_CAMERA : XS_GUIDANCE_NONE;
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
