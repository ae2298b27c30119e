/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-study-text.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-ribbon.h"

XsAdvice
xs_text_threat (XsPause reason)
{
  static const XsGuidanceCode codes[] = {
    [XS_PAUSE_COVERED] = XS_GUIDANCE_UNCOVER_CAMERA,      [XS_PAUSE_NO_FACE] = XS_GUIDANCE_NO_FACE,
    [XS_PAUSE_SEVERAL_FACES] = XS_GUIDANCE_SEVERAL_FACES, [XS_PAUSE_OTHER_PERSON] = XS_GUIDANCE_OTHER_PERSON,
    [XS_PAUSE_NOT_LIVE] = XS_GUIDANCE_MOVE_A_LITTLE,      [XS_PAUSE_EYES_CLOSED] = XS_GUIDANCE_OPEN_EYES,
  };

  if (reason == XS_PAUSE_LOOKING_AWAY)
    return (XsAdvice){ _ ("Look at the lesson"), _ ("You are looking away."), "view-reveal-symbolic" };
  if (reason == XS_PAUSE_UNVERIFIED)
    return (XsAdvice){ _ ("Look at the camera"), _ ("Your face cannot be recognised just now."), "auth-face-symbolic" };
  if (reason < G_N_ELEMENTS (codes) && codes[reason] != XS_GUIDANCE_NONE)
    return xs_text_guidance (codes[reason]);
  return xs_text_pause (reason);
}

int
xs_text_seconds_left (gint64 left_us)
{
  return (int) ((MAX (left_us, 0) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

char *
xs_text_ladder (const XsLadder *ladder)
{
  int left_s = xs_text_seconds_left (ladder->left_us);

  switch (ladder->rung)
    {
    case XS_RUNG_WARNING:
      return g_strdup_printf (_ ("Counting stops in %d s"), left_s);
    case XS_RUNG_GRACE:
      return g_strdup_printf (_ ("Nothing is lost for %d s yet"), left_s);
    case XS_RUNG_SIGN_OUT:
      return g_strdup_printf (_ ("Signed out in %d s"), left_s);
    case XS_RUNG_NONE:
    case XS_RUNG_PAUSED:
    default:
      return g_strdup ("");
    }
}

/* Whole minutes once there are any: nobody needs the seconds of half an hour. */
static char *
rough_duration (gint64 time_us)
{
  gint64 s = time_us / G_USEC_PER_SEC;

  return s < 120 || s >= 3600 ? xs_text_duration (time_us) : g_strdup_printf (_ ("%d min"), (int) (s / 60));
}

char *
xs_text_own_pause (const XsLadder *ladder)
{
  g_autofree char *allowed = rough_duration (ladder->absence_us);
  g_autofree char *left = xs_text_duration (ladder->sign_out_us);

  if (ladder->sign_out_us != G_MAXINT64)
    return g_strdup_printf (_ ("You are away, that only costs time. Signed out in %s."), left);
  return g_strdup_printf (_ ("You may leave, that only costs time. Away for %s, you are signed out."), allowed);
}

char *
xs_text_today (const XsStudyStatus *status)
{
  gint64 left_us = status->daily_cap_us - status->today_us;
  g_autofree char *today = rough_duration (status->today_us);
  g_autofree char *left = rough_duration (MAX (left_us, 0));

  return left_us > 0 ? g_strdup_printf (_ ("Today %s, %s left"), today, left)
                     : g_strdup_printf (_ ("Today %s, no more counts"), today);
}

char *
xs_text_ribbon (const GArray *ribbon)
{
  gint64 sums_us[XS_PAUSE_STARTING + 1];

  xs_ribbon_sum (ribbon, sums_us);
  g_autofree char *counted = rough_duration (sums_us[XS_PAUSE_NONE]);
  char *text = g_strdup_printf (_ ("%s counted"), counted);
  for (XsPause pause = XS_PAUSE_CAMERA_LOST; pause < XS_PAUSE_STARTING; pause++)
    {
      if (sums_us[pause] < G_USEC_PER_SEC)
        continue;
      g_autofree char *before = text;
      g_autofree char *paused = rough_duration (sums_us[pause]);
      /* Translators: how long the counter stood, and why: "2 min 3 s paused: Nobody in the picture". */
      g_autofree char *part = g_strdup_printf (_ ("%s paused: %s"), paused, xs_text_pause (pause).title);
      text = g_strdup_printf (_ ("%s, %s"), before, part);
    }
  return text;
}

const char *
xs_text_next_time (XsPause pause)
{
  static const char *const advice[] = {
    [XS_PAUSE_CAMERA_LOST] = N_ ("Please tell the staff: its plug may be loose."),
    [XS_PAUSE_COVERED] = N_ ("Keep hands and paper away from the lens."),
    [XS_PAUSE_NO_FACE] = N_ ("Stay in the picture. Whoever has to leave presses Pause."),
    [XS_PAUSE_SEVERAL_FACES] = N_ ("Study alone: whoever looks over your shoulder stops the clock."),
    [XS_PAUSE_OTHER_PERSON] = N_ ("While you are signed in, nobody else may sit here."),
    [XS_PAUSE_NOT_LIVE] = N_ ("Turn your head when you are asked to."),
    [XS_PAUSE_LOOKING_AWAY] = N_ ("Look at the lesson, not at the phone."),
    [XS_PAUSE_EYES_CLOSED] = N_ ("Take a break in time: Pause only costs time."),
    [XS_PAUSE_UNVERIFIED] = N_ ("Sit nearer, with light on your face."),
    [XS_PAUSE_CLOCK] = N_ ("If it happens often, please tell the staff."),
    [XS_PAUSE_DAILY_CAP] = N_ ("Go on tomorrow."),
    [XS_PAUSE_LESSON_FAILED] = N_ ("Please tell the staff which lesson it was."),
    [XS_PAUSE_ATTENTION] = N_ ("Press the number as soon as you are asked."),
    [XS_PAUSE_QUIZ] = N_ ("Quizzes are for you: take the time they need."),
    [XS_PAUSE_LESSON_ENDED] = N_ ("Choose the next lesson as soon as one is over."),
    [XS_PAUSE_LESSON_PAUSED] = N_ ("Your own pause: that is allowed."),
    [XS_PAUSE_REPEAT] = N_ ("Watching again is fine; only what is new counts."),
  };

  return pause < G_N_ELEMENTS (advice) && advice[pause] != NULL ? _ (advice[pause]) : "";
}

char *
xs_text_photo_slot (const XsPhotoSlot *slot)
{
  g_autofree char *range = xs_text_time_range (slot->start_wall_us, slot->end_wall_us);

  switch (slot->state)
    {
    case XS_PHOTO_SLOT_POOR:
      return g_strdup_printf (_ ("Photo %s: taken, but not good"), range);
    case XS_PHOTO_SLOT_DUE:
      return g_strdup_printf (_ ("Photo %s: still to be taken"), range);
    case XS_PHOTO_SLOT_MISSING:
      return g_strdup_printf (_ ("Photo %s: missing"), range);
    case XS_PHOTO_SLOT_GOOD:
    default:
      return g_strdup_printf (_ ("Photo %s: taken and good"), range);
    }
}

char *
xs_text_photo (const XsTakenPhoto *photo)
{
  g_autofree char *time = xs_wall_format (photo->wall_us, "%H:%M");

  switch (photo->event)
    {
    case XS_PHOTO_SIGN_IN:
      return g_strdup_printf (_ ("Photo at %s, at the beginning"), time);
    case XS_PHOTO_SIGN_OUT:
      return g_strdup_printf (_ ("Photo at %s, at the end"), time);
    case XS_PHOTO_TIMED:
    case XS_PHOTO_PROCESS:
    default:
      return g_strdup_printf (_ ("Photo at %s"), time);
    }
}

char *
xs_text_unsent (guint n_logs, guint n_photos)
{
  g_autofree char *logs = g_strdup_printf (g_dngettext (NULL, "%u log", "%u logs", n_logs), n_logs);
  g_autofree char *photos = g_strdup_printf (g_dngettext (NULL, "%u photo", "%u photos", n_photos), n_photos);

  if (n_logs + n_photos == 0)
    return g_strdup (_ ("Everything has reached the school."));
  if (n_logs == 0)
    return g_strdup_printf (_ ("%s still wait to be sent. You need not wait."), photos);
  if (n_photos == 0)
    return g_strdup_printf (_ ("%s still wait to be sent. You need not wait."), logs);
  return g_strdup_printf (_ ("%s and %s still wait to be sent. You need not wait."), logs, photos);
}
