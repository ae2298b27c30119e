/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-rules.h"

#include <glib/gi18n-lib.h>

#define MAY(voids_) (1u << XS_VOIDS_##voids_)
#define MAY_ASK (MAY (NOTHING) | MAY (REVIEW))
#define MAY_LOG (MAY_ASK | MAY (ALL))
#define MAY_PHOTO (MAY_LOG | MAY (AROUND) | MAY (SINCE_GOOD))

typedef struct {
  const char *nick;
  guint may; /* bits by XsVoids */
  const char *title;
  const char *remedy;
} Rule;

/* Titles are the words of the trade where it has them. */
static const Rule rules[XS_N_RULES] = {
  [XS_RULE_UNKNOWN_LEARNER] = { "unknown_learner", MAY_LOG, N_ ("Unknown student number"),
                                N_ ("Ask the school to check your number in its register.") },
  [XS_RULE_SCHOOL_NOT_FILED] = { "school_not_filed", MAY_LOG, N_ ("School not on file"),
                                 N_ ("The school must file itself with the province; then the log is judged again.") },
  [XS_RULE_COACH_NOT_FILED] = { "coach_not_filed", MAY_LOG, N_ ("Coach not on file"),
                                N_ ("The school must file the coach with the province.") },
  [XS_RULE_NUMBER_MISMATCH] = { "number_mismatch", MAY_LOG, N_ ("Numbers do not belong together"),
                                N_ ("Ask the school: student, device and school are not registered together.") },
  [XS_RULE_RECNUM_REPEATED] = { "recnum_repeated", MAY_LOG, N_ ("Log number used twice"),
                                N_ ("Ask the school to have the log numbered anew.") },
  [XS_RULE_LATE_REPORT] = { "late_report", MAY_LOG, N_ ("Reported too late"),
                            N_ ("The school must connect this PC to the network more often, and can appeal.") },
  [XS_RULE_COURSE_MISMATCH] = { "course_mismatch", MAY_LOG, N_ ("Wrong course"),
                                N_ ("Ask the school to set your vehicle class and course right.") },
  [XS_RULE_CONCURRENT] = { "concurrent", MAY_LOG | MAY (MINUTES), N_ ("Training at two places at once"),
                           N_ ("Sign out at one place before you sign in at another.") },
  [XS_RULE_OTHER_PART] = { "other_part", MAY_LOG, N_ ("Another subject on the same day"),
                           N_ ("Study only one subject a day.") },
  [XS_RULE_CLOCK_ANOMALY] = { "clock_anomaly", MAY_LOG, N_ ("Clock of the PC was wrong"),
                              N_ ("The coach decides. The school must set the clock of this PC right.") },
  [XS_RULE_MINUTES_MISSING] = { "minutes_missing", MAY_LOG | MAY (MINUTES), N_ ("Minutes without a record"),
                                N_ ("Study these minutes again, and tell the school.") },
  [XS_RULE_MINUTE_ABNORMAL] = { "minute_abnormal", MAY (NOTHING) | MAY (MINUTES), N_ ("Minutes with too little study"),
                                N_ ("Study without breaks: of a minute too much went on pauses, quizzes or repeats.") },
  [XS_RULE_TRAINING_WINDOW] = { "training_window", MAY_LOG | MAY (MINUTES), N_ ("Outside training hours"),
                                N_ ("Study within the training hours of your province.") },
  [XS_RULE_NO_PHOTOS] = { "no_photos", MAY_LOG, N_ ("No photos"), N_ ("Tell the school: the camera must be checked.") },
  [XS_RULE_FIRST_PHOTO] = { "first_photo", MAY_LOG, N_ ("Sign-in photo missing"),
                            N_ ("Look into the camera when you sign in.") },
  [XS_RULE_LAST_PHOTO] = { "last_photo", MAY_LOG, N_ ("Sign-out photo missing"),
                           N_ ("Look into the camera when you sign out, until the photo is taken.") },
  [XS_RULE_NO_SIGN_OUT] = { "no_sign_out", MAY_LOG, N_ ("Not signed out"),
                            N_ ("Sign out before you leave. If you were cut off, make it up the same day.") },
  [XS_RULE_PHOTO_OUTSIDE] = { "photo_outside", MAY_LOG, N_ ("Photo outside the training time"),
                              N_ ("Tell the school: the clock of this PC must be checked.") },
  [XS_RULE_ADMITTED] = { "admitted", MAY_LOG, N_ ("Let in by the coach"),
                         N_ ("The coach compares the photos with the student. A new registration photo may help.") },
  [XS_RULE_SIGN_FACE_MISMATCH] = { "sign_face_mismatch", MAY_PHOTO, N_ ("Sign-in or sign-out photo shows someone else"),
                                   N_ ("If it is you, ask the coach to compare; else study again yourself.") },
  [XS_RULE_FACE_MISMATCH] = { "face_mismatch", MAY_PHOTO, N_ ("Photo does not show the student"),
                              N_ ("If it is you, ask the coach to compare; else study again yourself.") },
  [XS_RULE_FACE_UNCLEAR] = { "face_unclear", MAY_PHOTO, N_ ("Face hard to recognise"),
                             N_ ("The coach compares the photo. Next time face the camera in good light.") },
  [XS_RULE_PHOTO_REUSED] = { "photo_reused", MAY_PHOTO, N_ ("Same photo used again"),
                             N_ ("Photos must be taken live. If they were, ask the coach to compare.") },
  [XS_RULE_PHOTO_NUMBER_REPEATED] = { "photo_number_repeated", MAY_PHOTO, N_ ("Photo number used twice"),
                                      N_ ("Tell the school: the device must be checked.") },
  [XS_RULE_PHOTO_MISSING] = { "photo_missing", MAY_PHOTO, N_ ("Photo missing"),
                              N_ ("Look into the camera when a photo is asked for.") },
  [XS_RULE_PHOTO_BAD] = { "photo_bad", MAY_PHOTO, N_ ("Photo not usable"),
                          N_ ("Face the camera in good light, with nothing before your face.") },
  [XS_RULE_PHOTOS_IN_A_ROW] = { "photos_in_a_row", MAY_LOG | MAY (MINUTES), N_ ("Several photos in a row missing"),
                                N_ ("Study again, and follow each request for a photo.") },
  [XS_RULE_PHOTO_COUNT] = { "photo_count", MAY_LOG, N_ ("Too few photos"),
                            N_ ("Study again, and follow each request for a photo.") },
  [XS_RULE_GAP] = { "gap", MAY_LOG | MAY (PARTS) | MAY (REST), N_ ("Interrupted too long"),
                    N_ ("Sign out when you leave for longer, and sign in again.") },
  [XS_RULE_TOO_SHORT] = { "too_short", MAY_LOG, N_ ("Studied too short"), N_ ("Study longer before you sign out.") },
  [XS_RULE_HOUR_RATIO] = { "hour_ratio", MAY (NOTHING), N_ ("Study hours reckoned from valid minutes"), "" },
  [XS_RULE_DAILY_CAP] = { "daily_cap", MAY (NOTHING) | MAY (MINUTES), N_ ("Above the daily limit"),
                          N_ ("Go on tomorrow.") },
};

static const char *const voids_nicks[XS_N_VOIDS] = {
  [XS_VOIDS_NOTHING] = "nothing",
  [XS_VOIDS_REVIEW] = "review",
  [XS_VOIDS_MINUTES] = "minutes",
  [XS_VOIDS_AROUND] = "around",
  [XS_VOIDS_SINCE_GOOD] = "since_good",
  [XS_VOIDS_PARTS] = "parts",
  [XS_VOIDS_REST] = "rest",
  [XS_VOIDS_ALL] = "all",
};

const char *
xs_rule_nick (XsRuleId id)
{
  g_return_val_if_fail ((guint) id < XS_N_RULES, NULL);

  return rules[id].nick;
}

gboolean
xs_rule_from_nick (const char *nick, XsRuleId *id)
{
  for (guint i = 0; i < XS_N_RULES; i++)
    {
      if (g_strcmp0 (nick, rules[i].nick) == 0)
        {
          *id = (XsRuleId) i;
          return TRUE;
        }
    }

  return FALSE;
}

const char *
xs_rule_title (XsRuleId id)
{
  g_return_val_if_fail ((guint) id < XS_N_RULES, NULL);

  return _ (rules[id].title);
}

const char *
xs_rule_remedy (XsRuleId id)
{
  g_return_val_if_fail ((guint) id < XS_N_RULES, NULL);

  return rules[id].remedy[0] != '\0' ? _ (rules[id].remedy) : "";
}

const char *
xs_voids_nick (XsVoids voids)
{
  g_return_val_if_fail ((guint) voids < XS_N_VOIDS, NULL);

  return voids_nicks[voids];
}

gboolean
xs_voids_from_nick (const char *nick, XsVoids *voids)
{
  for (guint i = 0; i < XS_N_VOIDS; i++)
    {
      if (g_strcmp0 (nick, voids_nicks[i]) == 0)
        {
          *voids = (XsVoids) i;
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
xs_rule_may_void (XsRuleId id, XsVoids voids)
{
  g_return_val_if_fail ((guint) id < XS_N_RULES && (guint) voids < XS_N_VOIDS, FALSE);

  return (rules[id].may & 1u << voids) != 0;
}

gboolean
xs_day_windows_contain (const XsDayWindows *windows, int minute_of_day)
{
  for (guint i = 0; i < windows->n; i++)
    {
      const XsDayWindow *window = &windows->windows[i];
      gboolean after_from = minute_of_day >= window->from_min;
      gboolean before_to = minute_of_day < window->to_min;

      if (window->from_min <= window->to_min ? after_from && before_to : after_from || before_to)
        return TRUE;
    }

  return FALSE;
}
