/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-review-text.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-doubt.h"
#include "xs-error.h"
#include "xs-subjcode.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

XsStanding
xs_standing_of (XsAuditState state, XsVerdict verdict)
{
  if (xs_audit_state_is_open (state))
    return XS_STANDING_PENDING;
  switch (verdict)
    {
    case XS_VERDICT_VALID:
      return XS_STANDING_VALID;
    case XS_VERDICT_PARTIAL:
      return XS_STANDING_PARTIAL;
    case XS_VERDICT_VOID:
      return XS_STANDING_VOID;
    case XS_VERDICT_PENDING:
    default:
      return XS_STANDING_PENDING;
    }
}

const char *
xs_standing_word (XsStanding standing)
{
  switch (standing)
    {
    case XS_STANDING_VALID:
      return _ ("Valid");
    case XS_STANDING_PARTIAL:
      return _ ("Partly valid");
    case XS_STANDING_VOID:
      return _ ("Invalid");
    case XS_STANDING_PENDING:
    case XS_N_STANDINGS:
    default:
      return _ ("To be decided");
    }
}

const char *
xs_standing_icon (XsStanding standing)
{
  static const char *const icons[] = { "standing-pending-symbolic", "standing-valid-symbolic",
                                       "standing-partial-symbolic", "standing-void-symbolic" };

  return icons[standing];
}

const char *
xs_standing_class (XsStanding standing)
{
  static const char *const classes[] = { "standing-pending", "standing-valid", "standing-partial", "standing-void" };

  return classes[standing];
}

void
xs_review_text_cut (char *to, gsize to_bytes, const char *typed)
{
  const char *end;

  g_strlcpy (to, typed, to_bytes);
  (void) g_utf8_validate (to, -1, &end);
  to[end - to] = '\0';
}

const char *
xs_review_text_reason (const char *word)
{
  XsRuleId rule;
  XsDoubt doubt;

  if (xs_rule_from_nick (word, &rule))
    return xs_rule_title (rule);
  return xs_doubt_from_nick (word, &doubt) ? xs_doubt_title (doubt) : word;
}

char *
xs_review_text_reasons (const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; list[i] != NULL; i++)
    if (list[i][0] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", xs_review_text_reason (list[i]));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

const char *
xs_review_text_who (const char *who)
{
  if (g_str_equal (who, "auditor"))
    return _ ("The check");
  if (g_str_equal (who, "learner"))
    return _ ("The student");
  return g_str_equal (who, "settlement") ? _ ("The settlement of the day") : who;
}

char *
xs_review_text_log (const XsReviewRow *row)
{
  g_autofree char *at = xs_wall_format (row->start_us, "%m-%d %H:%M");

  return g_strdup_printf ("%s %s", row->name[0] != '\0' ? row->name : row->stunum, at);
}

char *
xs_review_text_state (const XsReviewRow *row)
{
  if (row->first_look[0] != '\0')
    return g_strdup_printf (_ ("%s has decided; a second person has to look"), row->first_look);
  if (row->appealed)
    return g_strdup (_ ("The student appeals"));
  switch (row->state)
    {
    case XS_AUDIT_RECEIVED:
      return g_strdup (_ ("The check has not come to it yet"));
    case XS_AUDIT_NEEDS_HUMAN:
      return g_strdup (_ ("Waits for you"));
    case XS_AUDIT_APPEALED:
      return g_strdup (_ ("The student appeals"));
    case XS_AUDIT_SENT:
      return g_strdup (_ ("Sent to the province: nothing changes any more"));
    case XS_AUDIT_PASSED:
    case XS_AUDIT_FAILED:
    case XS_AUDIT_DECIDED:
    case XS_AUDIT_READY:
    case XS_N_AUDIT_STATES:
    default:
      break;
    }
  return row->by_person ? g_strdup_printf (_ ("Decided by %s"), row->judged_by) : g_strdup (_ ("Decided by the check"));
}

static const char *
part_name (int part)
{
  const char *const names[] = { _ ("Part 1"), _ ("Part 2"), _ ("Part 3"), _ ("Part 4") };

  return names[CLAMP (part, 1, 4) - 1];
}

static const char *
mode_name (XsCourseMode mode)
{
  switch (mode)
    {
    case XS_COURSE_PRACTICE:
      return _ ("practice");
    case XS_COURSE_SIMULATOR:
      return _ ("simulator");
    case XS_COURSE_REMOTE:
      return _ ("remote");
    case XS_COURSE_CLASSROOM:
    default:
      return _ ("classroom");
    }
}

char *
xs_review_text_course (const char *subjcode)
{
  XsSubjcode code;

  if (!xs_subjcode_parse (&code, subjcode, NULL))
    return g_strdup (subjcode);
  const char *vehicle = xs_subjcode_vehicle_name (code.vehicle);
  return g_strdup_printf ("%s · %s%s%s", part_name (code.part), mode_name (code.mode), vehicle != NULL ? " · " : "",
                          vehicle != NULL ? vehicle : "");
}

const char *
xs_review_text_photo_kind (XsPhotoEvent event)
{
  switch (event)
    {
    case XS_PHOTO_SIGN_IN:
      return _ ("Signing in");
    case XS_PHOTO_SIGN_OUT:
      return _ ("Signing out");
    case XS_PHOTO_TIMED:
    case XS_PHOTO_PROCESS:
    default:
      return _ ("While studying");
    }
}

char *
xs_review_text_ratio (gint64 valid_min, gint64 credited_min)
{
  return g_strdup_printf (_ ("%d min valid, %d by the hour’s ratio"), (int) valid_min, (int) credited_min);
}

char *
xs_review_text_range (const XsTeachingLog *log, gint64 from_min, gint64 to_min)
{
  gint64 to_us = MIN (log->start_wall_us + to_min * MINUTE_US, log->end_wall_us);
  g_autofree char *from = xs_wall_format (log->start_wall_us + from_min * MINUTE_US, "%H:%M");
  g_autofree char *to = xs_wall_format (to_us, "%H:%M");

  return g_strconcat (from, "–", to, NULL);
}

char *
xs_review_text_event (const XsLogEvent *event)
{
  g_autofree char *at = xs_wall_format (event->wall_us, "%H:%M:%S");
  int seconds = (int) (event->amount_us / G_USEC_PER_SEC);

  switch (event->kind)
    {
    case XS_LOG_EVENT_CLOCK_STEP:
      return g_strdup_printf (_ ("%s the clock was set by %+d s"), at, seconds);
    case XS_LOG_EVENT_SUSPEND:
      return g_strdup_printf (_ ("%s the PC slept for %d s"), at, seconds);
    case XS_LOG_EVENT_ZONE_CHANGED:
      return g_strdup_printf (_ ("%s the PC’s time zone was changed"), at);
    case XS_LOG_EVENT_GAP:
    default:
      return g_strdup_printf (_ ("%s the PC stood still for %d s"), at, seconds);
    }
}

const char *
xs_review_text_error (const GError *error)
{
  switch (xs_error_code (error))
    {
    case XS_ERROR_NETWORK:
      return _ ("The platform cannot be reached. Nothing was changed there.");
    case XS_ERROR_UNAUTHORIZED:
      return _ ("You were signed out. Sign in again to go on.");
    case XS_ERROR_REJECTED:
      return _ ("Your account may not do this. Ask the head coach.");
    case XS_ERROR_NOT_FOUND:
      return _ ("It is not there any more, or it is another coach’s.");
    default:
      return _ ("The platform did not take it. Nothing was changed there.");
    }
}

char *
xs_review_text_written (const char *name, const GError *error)
{
  return g_strdup_printf (error == NULL ? _ ("Written: %s")
                                        : _ ("%s cannot be written: is the disk full, or the folder another’s?"),
                          name);
}
