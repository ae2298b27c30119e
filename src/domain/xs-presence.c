/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-presence.h"

#include <math.h>

/* A change of eyes_open this large is a blink. */
#define BLINK_MIN 0.6f
/* A face that was seen well again for so long has come back for good. */
#define RECOVERED_US (G_USEC_PER_SEC / 2)

static const char *const presence_nicks[] = {
  [XS_PRESENCE_PRESENT] = "present",           [XS_PRESENCE_COVERED] = "camera_covered",
  [XS_PRESENCE_NO_FACE] = "no_face",           [XS_PRESENCE_SEVERAL_FACES] = "several_faces",
  [XS_PRESENCE_OTHER_PERSON] = "other_person", [XS_PRESENCE_NOT_LIVE] = "not_live",
  [XS_PRESENCE_LOOKING_AWAY] = "looking_away", [XS_PRESENCE_EYES_CLOSED] = "eyes_closed",
  [XS_PRESENCE_UNVERIFIED] = "cannot_verify",
};

const char *
xs_presence_nick (XsPresence presence)
{
  g_return_val_if_fail ((guint) presence < G_N_ELEMENTS (presence_nicks), NULL);

  return presence_nicks[presence];
}

static gboolean
shows_second_person (const XsObservation *observation, const XsPolicy *policy)
{
  double counts_from_px = observation->faces[0].height_px * policy->second_face_ratio;

  for (guint i = 1; i < MIN (observation->n_faces, XS_MAX_FACES); i++)
    {
      if (observation->faces[i].height_px >= counts_from_px)
        return TRUE;
    }

  return FALSE;
}

/* Whether it can be told whose face it is. A measure that was not taken is NaN and thus neither below nor above. */
static gboolean
is_clear (const XsObservation *observation, const XsPolicy *policy)
{
  return !(observation->brow_chin_px < policy->brow_chin_min_px || observation->luminance < policy->luminance_min
           || observation->backlight_ev > policy->backlight_max_ev || observation->sharpness < policy->sharpness_min);
}

/* What was not measured accuses nobody. */
static gboolean
is_alive (const XsObservation *observation, const XsPolicy *policy)
{
  gboolean still = observation->motion < policy->motion_min && !(observation->blink > BLINK_MIN);

  return !still && !(observation->live_run < policy->live_min);
}

XsPresence
xs_presence_judge (const XsObservation *observation, const XsPolicy *policy)
{
  if (observation->n_faces == 0)
    return observation->detail < policy->covered_detail_max ? XS_PRESENCE_COVERED : XS_PRESENCE_NO_FACE;

  if (shows_second_person (observation, policy))
    return XS_PRESENCE_SEVERAL_FACES;

  /* Whoever is hard to see matches nobody: only a clear picture can show somebody else. */
  if (!xs_measured (observation->match) || !is_clear (observation, policy))
    return XS_PRESENCE_UNVERIFIED;

  if (observation->match < policy->match_different)
    return XS_PRESENCE_OTHER_PERSON;

  if (policy->liveness && !is_alive (observation, policy))
    return XS_PRESENCE_NOT_LIVE;

  return observation->match < policy->match_same ? XS_PRESENCE_UNVERIFIED : XS_PRESENCE_PRESENT;
}

/* Since when something holds that matters only when it lasts. */
typedef struct {
  gint64 since_us; /* G_MAXINT64: it does not hold */
  gint64 last_us;  /* when it held last */
} Lasting;

struct _XsPresenceWatch {
  XsPolicy policy;
  Lasting away;
  Lasting asleep;
};

XsPresenceWatch *
xs_presence_watch_new (const XsPolicy *policy)
{
  XsPresenceWatch *watch = g_new0 (XsPresenceWatch, 1);

  watch->policy = *policy;
  watch->away.since_us = watch->asleep.since_us = G_MAXINT64;
  return watch;
}

void
xs_presence_watch_free (XsPresenceWatch *watch)
{
  g_free (watch);
}

/* Whether it has held for longer than @limit_s; a short interruption, a blink the other way, does not end it. */
static gboolean
lasts (Lasting *lasting, gboolean holds, gint64 now_us, gint64 limit_s)
{
  /* Nor does a gap in what was seen prolong it. */
  if (now_us - lasting->last_us > RECOVERED_US)
    lasting->since_us = G_MAXINT64;
  if (holds)
    {
      lasting->since_us = MIN (lasting->since_us, now_us);
      lasting->last_us = now_us;
    }

  return limit_s > 0 && lasting->since_us != G_MAXINT64 && now_us - lasting->since_us > limit_s * G_USEC_PER_SEC;
}

/* How long what holds may still hold; G_MAXINT64 while that is not worth a word: whoever looks at the keys does. */
static gint64
time_left (const Lasting *lasting, gint64 now_us, gint64 limit_s)
{
  gint64 limit_us = limit_s * G_USEC_PER_SEC;

  if (limit_s <= 0 || lasting->since_us == G_MAXINT64 || now_us - lasting->last_us > RECOVERED_US
      || now_us - lasting->since_us < limit_us / 3)
    return G_MAXINT64;
  return MAX (limit_us - (now_us - lasting->since_us), 0);
}

static gboolean
looks_away (const XsObservation *observation, const XsPolicy *policy)
{
  return fabsf (observation->yaw_deg) > policy->look_away_deg || fabsf (observation->pitch_deg) > policy->look_away_deg
         || fabsf (observation->gaze_yaw_deg) > policy->look_away_deg;
}

XsPresence
xs_presence_watch_feed (XsPresenceWatch *watch, const XsObservation *observation)
{
  const XsPolicy *policy = &watch->policy;
  XsPresence presence = xs_presence_judge (observation, policy);
  gboolean away = lasts (&watch->away, looks_away (observation, policy), observation->time_us, policy->look_away_s);
  gboolean asleep =
    lasts (&watch->asleep, observation->eyes_open < policy->eyes_open_min, observation->time_us, policy->eyes_closed_s);

  if (presence != XS_PRESENCE_PRESENT && presence != XS_PRESENCE_UNVERIFIED)
    return presence;
  if (away)
    return XS_PRESENCE_LOOKING_AWAY;
  return asleep ? XS_PRESENCE_EYES_CLOSED : presence;
}

XsPresence
xs_presence_watch_coming (const XsPresenceWatch *watch, gint64 now_us, gint64 *left_us, gint64 *whole_us)
{
  gint64 away_us = time_left (&watch->away, now_us, watch->policy.look_away_s);
  gint64 asleep_us = time_left (&watch->asleep, now_us, watch->policy.eyes_closed_s);

  *left_us = MIN (away_us, asleep_us);
  *whole_us = 0;
  if (*left_us == G_MAXINT64)
    {
      *left_us = 0;
      return XS_PRESENCE_PRESENT;
    }
  *whole_us = (away_us <= asleep_us ? watch->policy.look_away_s : watch->policy.eyes_closed_s) * G_USEC_PER_SEC;
  return away_us <= asleep_us ? XS_PRESENCE_LOOKING_AWAY : XS_PRESENCE_EYES_CLOSED;
}
