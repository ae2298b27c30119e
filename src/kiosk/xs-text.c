/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-text.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"

/* So long before the daily limit it is told. */
#define CAP_WARNING_US (15 * 60 * (gint64) G_USEC_PER_SEC)

XsAdvice
xs_text_guidance (XsGuidanceCode code)
{
  switch (code)
    {
    case XS_GUIDANCE_UNCOVER_CAMERA:
      return (XsAdvice){ _ ("Uncover the camera"), _ ("Something is in front of the lens."),
                         "camera-disabled-symbolic" };
    case XS_GUIDANCE_NO_FACE:
      return (XsAdvice){ _ ("Sit in front of the camera"), _ ("Your face must be in the picture."),
                         "avatar-default-symbolic" };
    case XS_GUIDANCE_SEVERAL_FACES:
      return (XsAdvice){ _ ("Only one person, please"), _ ("Others must leave the picture."), "system-users-symbolic" };
    case XS_GUIDANCE_OTHER_PERSON:
      return (XsAdvice){ _ ("This is not the registered person"), _ ("Only the student signed in may study here."),
                         "action-unavailable-symbolic" };
    case XS_GUIDANCE_TOO_DARK:
      return (XsAdvice){ _ ("Too dark"), _ ("Turn on a light in front of you."), "weather-clear-night-symbolic" };
    case XS_GUIDANCE_BACKLIGHT:
      return (XsAdvice){ _ ("The light is behind you"), _ ("Close the curtain or turn away from the window."),
                         "weather-clear-symbolic" };
    case XS_GUIDANCE_COME_CLOSER:
      return (XsAdvice){ _ ("Come closer"), _ ("Your face is too small in the picture."), "zoom-in-symbolic" };
    case XS_GUIDANCE_UNCOVER_FACE:
      return (XsAdvice){ _ ("Show your whole face"), _ ("Take the mask, hand or scarf away from it."),
                         "face-uncertain-symbolic" };
    case XS_GUIDANCE_TURN_LEFT:
      return (XsAdvice){ _ ("Turn your head to the left"), _ ("Slowly, then look at the screen again."),
                         "turn-left-symbolic" };
    case XS_GUIDANCE_TURN_RIGHT:
      return (XsAdvice){ _ ("Turn your head to the right"), _ ("Slowly, then look at the screen again."),
                         "turn-right-symbolic" };
    case XS_GUIDANCE_MOVE_A_LITTLE:
      return (XsAdvice){ _ ("Move your head a little"), _ ("The camera must see a living person, not a picture."),
                         "face-surprise-symbolic" };
    case XS_GUIDANCE_FACE_CAMERA:
      return (XsAdvice){ _ ("Face the camera"), _ ("Look straight at the screen."), "auth-face-symbolic" };
    case XS_GUIDANCE_LOOK_UP:
      return (XsAdvice){ _ ("Look up"), _ ("Your head is down."), "go-up-symbolic" };
    case XS_GUIDANCE_STRAIGHTEN_HEAD:
      return (XsAdvice){ _ ("Hold your head straight"), _ ("It is tilted to one side."),
                         "object-rotate-right-symbolic" };
    case XS_GUIDANCE_MOVE_BACK:
      return (XsAdvice){ _ ("Move back a little"), _ ("Your face is too near the camera."), "zoom-out-symbolic" };
    case XS_GUIDANCE_TO_THE_MIDDLE:
      return (XsAdvice){ _ ("Move to the middle"), _ ("Your face is at the edge of the picture."),
                         "object-flip-horizontal-symbolic" };
    case XS_GUIDANCE_SIDE_LIGHT:
      return (XsAdvice){ _ ("The light comes from one side"),
                         _ ("Turn on a light in front of you, or close the curtain."), "display-brightness-symbolic" };
    case XS_GUIDANCE_TAKE_OFF_HAT:
      return (XsAdvice){ _ ("Take off your hat or cap"), _ ("Your forehead must be visible."),
                         "action-unavailable-symbolic" };
    case XS_GUIDANCE_OPEN_EYES:
      return (XsAdvice){ _ ("Open your eyes"), _ ("Both must be visible."), "view-reveal-symbolic" };
    case XS_GUIDANCE_GLASSES_REFLECT:
      return (XsAdvice){ _ ("Your glasses reflect"), _ ("Tilt your head or the screen a little."),
                         "face-glasses-symbolic" };
    case XS_GUIDANCE_HOLD_STILL:
      return (XsAdvice){ _ ("Hold still"), _ ("The picture is blurred."), "media-playback-pause-symbolic" };
    case XS_GUIDANCE_NONE:
    default:
      return (XsAdvice){ _ ("All is well"), "", "emblem-ok-symbolic" };
    }
}

gboolean
xs_text_is_turn (XsGuidanceCode code)
{
  return code == XS_GUIDANCE_TURN_LEFT || code == XS_GUIDANCE_TURN_RIGHT;
}

XsAdvice
xs_text_turned (void)
{
  return (XsAdvice){ _ ("Thank you"), _ ("Now look at the screen again."), "emblem-ok-symbolic" };
}

XsAdvice
xs_text_pause (XsPause pause)
{
  switch (pause)
    {
    case XS_PAUSE_NONE:
      return (XsAdvice){ _ ("Counting"), "", "media-playback-start-symbolic" };
    case XS_PAUSE_CAMERA_LOST:
      return (XsAdvice){ _ ("The camera is gone"), _ ("Plug it in again; counting goes on by itself."),
                         "camera-disabled-symbolic" };
    case XS_PAUSE_COVERED:
      return (XsAdvice){ _ ("The camera is covered"), _ ("Uncover the lens to go on."), "camera-disabled-symbolic" };
    case XS_PAUSE_NO_FACE:
      return (XsAdvice){ _ ("Nobody in the picture"), _ ("Sit in front of the camera to go on."),
                         "avatar-default-symbolic" };
    case XS_PAUSE_SEVERAL_FACES:
      return (XsAdvice){ _ ("More than one person"), _ ("Counting goes on when you are alone in the picture."),
                         "system-users-symbolic" };
    case XS_PAUSE_OTHER_PERSON:
      return (XsAdvice){ _ ("Not the registered person"), _ ("Only the student signed in earns time here."),
                         "action-unavailable-symbolic" };
    case XS_PAUSE_NOT_LIVE:
      return (XsAdvice){ _ ("No living face in the picture"), _ ("Follow the instruction above to go on."),
                         "face-surprise-symbolic" };
    case XS_PAUSE_LOOKING_AWAY:
      return (XsAdvice){ _ ("You looked away for long"), _ ("Look at the lesson to go on."), "view-reveal-symbolic" };
    case XS_PAUSE_EYES_CLOSED:
      return (XsAdvice){ _ ("Your eyes were closed for long"), _ ("Open your eyes to go on."),
                         "weather-clear-night-symbolic" };
    case XS_PAUSE_UNVERIFIED:
      return (XsAdvice){ _ ("Your face cannot be checked"), _ ("Follow the instruction above to go on."),
                         "question-symbolic" };
    case XS_PAUSE_CLOCK:
      return (XsAdvice){ _ ("The PC was asleep or busy"), _ ("Counting goes on by itself."),
                         "document-open-recent-symbolic" };
    case XS_PAUSE_DAILY_CAP:
      return (XsAdvice){ _ ("The limit for today is reached"), _ ("More time does not count today. See you tomorrow."),
                         "weather-clear-night-symbolic" };
    case XS_PAUSE_LESSON_FAILED:
      return (XsAdvice){ _ ("The lesson cannot be played"), _ ("Choose another lesson and tell the staff."),
                         "dialog-warning-symbolic" };
    case XS_PAUSE_ATTENTION:
      return (XsAdvice){ _ ("No answer yet"), _ ("Press the number shown over the lesson to go on."),
                         "question-symbolic" };
    case XS_PAUSE_QUIZ:
      return (XsAdvice){ _ ("A quiz does not count"), _ ("Counting goes on with the lesson."),
                         "document-edit-symbolic" };
    case XS_PAUSE_LESSON_ENDED:
      return (XsAdvice){ _ ("The lesson is over"), _ ("Counting goes on with the next lesson."),
                         "object-select-symbolic" };
    case XS_PAUSE_LESSON_PAUSED:
      return (XsAdvice){ _ ("The lesson is paused"), _ ("Press Continue to go on."), "media-playback-pause-symbolic" };
    case XS_PAUSE_REPEAT:
      return (XsAdvice){ _ ("Watched before"), _ ("It does not count again. Counting goes on where you had got to."),
                         "view-refresh-symbolic" };
    case XS_PAUSE_STARTING:
    default:
      return (XsAdvice){ _ ("Starting"), _ ("One moment, please."), "content-loading-symbolic" };
    }
}

XsAdvice
xs_text_error (const GError *error)
{
  const char *warning = "dialog-warning-symbolic";

  switch (xs_error_code (error))
    {
    case XS_ERROR_BUSY:
      return (XsAdvice){ _ ("Another kiosk is running on this PC"), _ ("Close it, then try again."), warning };
    case XS_ERROR_TOO_NEW:
      return (XsAdvice){ _ ("A newer version of Xueshi was used here"), _ ("Install that version, then try again."),
                         warning };
    case XS_ERROR_NO_SPACE:
      return (XsAdvice){ _ ("The disk of this PC is full"), _ ("Make space on it, then try again."),
                         "drive-harddisk-symbolic" };
    case XS_ERROR_NETWORK:
      return (XsAdvice){ _ ("The school cannot be reached"),
                         _ ("Check the network cable and the address of the platform, then try again."),
                         "network-offline-symbolic" };
    case XS_ERROR_REJECTED:
      return (XsAdvice){ _ ("The pairing code is not accepted"),
                         _ ("A code works once and for a short time. Get a new one from the platform."), warning };
    case XS_ERROR_MODEL:
      return (XsAdvice){ _ ("The face models are missing or damaged"), _ ("Please tell the staff."), warning };
    default:
      return (XsAdvice){ _ ("The kiosk cannot start"), _ ("Please tell the staff."), warning };
    }
}

char *
xs_text_clock (gint64 time_us)
{
  gint64 s = time_us / G_USEC_PER_SEC;

  return g_strdup_printf ("%d:%02d:%02d", (int) (s / 3600), (int) (s / 60 % 60), (int) (s % 60));
}

char *
xs_text_position (gint64 time_us)
{
  gint64 s = time_us / G_USEC_PER_SEC;

  return s >= 3600 ? xs_text_clock (time_us) : g_strdup_printf ("%d:%02d", (int) (s / 60), (int) (s % 60));
}

char *
xs_text_duration (gint64 time_us)
{
  int s = (int) (time_us / G_USEC_PER_SEC);

  if (s >= 3600 && s / 60 % 60 == 0)
    return g_strdup_printf (_ ("%d h"), s / 3600);
  if (s >= 3600)
    return g_strdup_printf (_ ("%d h %d min"), s / 3600, s / 60 % 60);
  if (s >= 60 && s % 60 == 0)
    return g_strdup_printf (_ ("%d min"), s / 60);
  if (s >= 60)
    return g_strdup_printf (_ ("%d min %d s"), s / 60, s % 60);
  return g_strdup_printf (_ ("%d s"), s);
}

char *
xs_text_time_range (gint64 from_wall_us, gint64 to_wall_us)
{
  g_autofree char *from = xs_wall_format (from_wall_us, "%H:%M"), *to = xs_wall_format (to_wall_us, "%H:%M");

  if (g_str_equal (from, to))
    return g_steal_pointer (&from);
  return g_strconcat (from, "–", to, NULL);
}

gboolean
xs_text_is_loss (const XsBreach *breach)
{
  /* Minutes with too little study are told by their sum: every pause makes some, and often they cost nothing. */
  return breach->from_min < breach->to_min && breach->rule != XS_RULE_MINUTE_ABNORMAL;
}

/* The newest loss: what has just happened can be understood best. */
static char *
loss_text (const XsStudyStatus *status)
{
  const GArray *breaches = status->outlook->breaches;
  const XsBreach *newest = NULL;

  for (guint i = 0; i < breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (breaches, XsBreach, i);
      if (xs_text_is_loss (breach) && (newest == NULL || breach->from_min >= newest->from_min))
        newest = breach;
    }
  if (newest == NULL)
    return NULL;

  gint64 from_us, to_us;
  xs_audit_breach_wall_us (status->log, newest, &from_us, &to_us);
  g_autofree char *range = xs_text_time_range (from_us, to_us);
  return g_strdup_printf (_ ("%s will not count: %s"), range, xs_rule_title (newest->rule));
}

char *
xs_text_outlook (const XsStudyStatus *status, gboolean *is_loss)
{
  gint64 left_us = status->daily_cap_us - status->today_us;

  *is_loss = FALSE;
  if (status->outlook == NULL)
    return g_strdup ("");
  char *loss = loss_text (status);
  if (loss != NULL)
    {
      *is_loss = TRUE;
      return loss;
    }
  if (left_us > 0 && left_us < CAP_WARNING_US)
    {
      g_autofree char *left = xs_text_duration (left_us);
      return g_strdup_printf (_ ("%s left until today’s limit"), left);
    }
  if (status->missing_us > 0)
    {
      g_autofree char *missing = xs_text_duration (status->missing_us);
      return g_strdup_printf (_ ("%s more until this part counts"), missing);
    }
  if (status->outlook->credited_min < status->outlook->claimed_min)
    {
      *is_loss = TRUE;
      return g_strdup_printf (_ ("So far %u of %u minutes count: those with many breaks do not"),
                              status->outlook->credited_min, status->outlook->claimed_min);
    }
  if (status->admitted_by != NULL)
    return g_strdup (_ ("Your coach let you in: it counts once a person has compared the photos"));
  return g_strdup (_ ("All of it will count so far"));
}

char *
xs_text_interrupted (const GArray *sessions)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < sessions->len; i++)
    {
      const XsInterrupted *session = &g_array_index (sessions, XsInterrupted, i);
      /* Translators: a g_date_time_format() pattern for the day and the time a session began. */
      g_autofree char *start = xs_wall_format (session->start_wall_us, _ ("%e %B, %H:%M"));
      g_autofree char *end = xs_wall_format (session->last_wall_us, "%H:%M");
      g_autofree char *credited = xs_text_duration (session->credited_us);
      g_string_append_printf (text,
                              session->made_up
                                ? _ ("The session of %s was cut off at %s. You are signed out of it now. Counted: %s.")
                                : _ ("The session of %s was cut off at %s, without a sign-out. Kept: %s. Whether it "
                                     "counts, ask your coach."),
                              g_strstrip (start), end, credited);
      if (i + 1 < sessions->len)
        g_string_append_c (text, '\n');
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
