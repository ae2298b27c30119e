/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-records-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-clock.h"

char *
xs_records_text_day (int day)
{
  g_autoptr (GDateTime) noon = g_date_time_new_utc (day / 10000, day / 100 % 100, day % 100, 12, 0, 0);

  /* Translators: a g_date_time_format() pattern for a day: "Monday, 2 March". */
  return noon != NULL ? g_date_time_format (noon, _ ("%A, %-d %B")) : g_strdup_printf ("%d", day);
}

XsAdvice
xs_records_text_verdict (const XsRecordLog *log)
{
  if (log->lost)
    return (XsAdvice){ _ ("No log could be made of it"), "", "dialog-error-symbolic" };
  if (log->cut_off)
    return (XsAdvice){ _ ("Not signed out yet"), "", "dialog-warning-symbolic" };
  if (log->seq == 0)
    return (XsAdvice){ _ ("Still running"), "", "media-playback-start-symbolic" };
  if (!log->judged)
    return (XsAdvice){ _ ("Cannot be checked on this PC"), "", "question-symbolic" };
  switch (log->verdict)
    {
    case XS_VERDICT_VALID:
      return (XsAdvice){ _ ("All of it counts"), "", "emblem-ok-symbolic" };
    case XS_VERDICT_PARTIAL:
      return (XsAdvice){ _ ("Part of it counts"), "", "dialog-warning-symbolic" };
    case XS_VERDICT_VOID:
      return (XsAdvice){ _ ("It does not count"), "", "dialog-error-symbolic" };
    case XS_VERDICT_PENDING:
    default:
      return (XsAdvice){ _ ("A person has to look at it"), "", "question-symbolic" };
    }
}

char *
xs_records_text_counted (const XsRecordLog *log)
{
  if (!log->judged || log->claimed_min == 0)
    return g_strdup ("");
  return g_strdup_printf (_ ("%u of %u minutes count"), log->credited_min, log->claimed_min);
}

static const char *
sent_text (XsSent sent)
{
  switch (sent)
    {
    case XS_SENT_WAITING:
      return _ ("Waiting to be sent to the school.");
    case XS_SENT_RECEIVED:
      return _ ("The school has received it.");
    case XS_SENT_REFUSED:
      return _ ("The school’s platform refused it.");
    case XS_SENT_NOTHING:
    default:
      return "";
    }
}

/* Of the reasons that the protocol has, those that a learner can make something of; for the others the platform's own
 * words. */
static const char *
refusal_text (const XsRecordLog *log)
{
  if (g_str_equal (log->refusal, "unknown_learner"))
    return _ ("Your student number is not registered there: ask the school.");
  if (g_str_equal (log->refusal, "number_mismatch"))
    return _ ("This PC is registered elsewhere: tell the staff.");
  if (g_str_equal (log->refusal, "recnum_taken"))
    return _ ("The log number was used twice: tell the staff.");
  return log->message;
}

static const char *
platform_text (const XsRecordLog *log)
{
  switch (log->state)
    {
    case XS_AUDIT_NEEDS_HUMAN:
      return _ ("Checked by the school. A coach decides.");
    case XS_AUDIT_APPEALED:
      return _ ("The school has your appeal. A coach decides.");
    case XS_AUDIT_DECIDED:
      return _ ("A coach has decided.");
    case XS_AUDIT_READY:
    case XS_AUDIT_SENT:
      return _ ("Checked by the school, and settled.");
    case XS_AUDIT_RECEIVED:
    case XS_AUDIT_PASSED:
    case XS_AUDIT_FAILED:
    case XS_N_AUDIT_STATES:
    default:
      return _ ("Checked by the school.");
    }
}

char *
xs_records_text_sent (const XsRecordLog *log)
{
  if (log->lost)
    return g_strdup (_ ("The records of this PC were damaged while you studied. Ask your coach."));
  if (log->cut_off)
    return g_strdup (_ ("Sign in again here today to sign out of it: then it counts."));
  if (log->seq == 0)
    return g_strdup (_ ("It is checked when you have signed out."));
  if (log->sent == XS_SENT_REFUSED)
    return g_strdup_printf ("%s %s", sent_text (log->sent), refusal_text (log));
  if (!log->by_platform)
    return g_strdup_printf (_ ("Checked by this PC. %s It has not decided yet."), sent_text (log->sent));
  if (log->by_person && log->comment[0] != '\0')
    /* Translators: what the coach wrote. */
    return g_strdup_printf (_ ("A coach has decided: %s"), log->comment);
  return g_strdup (platform_text (log));
}

char *
xs_records_text_appeal (const XsRecordLog *log)
{
  const XsRecordAppeal *appeal = &log->appeal;

  if (appeal->sent == XS_SENT_REFUSED)
    return g_strdup_printf ("%s %s", sent_text (appeal->sent), appeal->message);
  if (appeal->sent == XS_SENT_RECEIVED && log->by_person && log->state != XS_AUDIT_APPEALED)
    return g_strdup (_ ("A coach has answered: see above."));
  if (appeal->sent == XS_SENT_RECEIVED)
    return g_strdup (_ ("The school has received it. There is no answer yet."));
  return g_strdup (sent_text (appeal->sent));
}

const char *
xs_records_text_photo_kind (XsPhotoEvent event)
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

/* What the rules found wrong with the photo beside its likeness. NULL: nothing */
static const char *
breach_title (const XsRecord *record, guint index)
{
  for (guint i = 0; i < record->audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (record->audit->breaches, XsBreach, i);
      if (breach->photo != (int) index)
        continue;
      if (breach->rule == XS_RULE_PHOTO_OUTSIDE || breach->rule == XS_RULE_PHOTO_REUSED
          || breach->rule == XS_RULE_PHOTO_NUMBER_REPEATED)
        return xs_rule_title (breach->rule);
    }
  return NULL;
}

static int
percent (double match)
{
  return (int) lround (100 * CLAMP (match, 0, 1));
}

char *
xs_records_text_photo_check (const XsRecord *record, guint index, gboolean *good)
{
  const XsPhotoRecord *photo = &g_array_index (record->log.photos, XsPhotoRecord, index);
  const char *title = breach_title (record, index);

  *good = FALSE;
  if (title != NULL)
    return g_strdup (title);
  if (isnan (photo->match))
    return g_strdup (_ ("No face could be measured"));
  int found = percent (photo->match), needed = percent (record->policy.match_same);
  *good = photo->match >= record->policy.match_same;
  if (*good)
    return g_strdup_printf (_ ("Good: likeness %d, needed %d"), found, needed);
  if (photo->match >= record->policy.match_different)
    return g_strdup_printf (_ ("Hard to recognise: likeness %d, needed %d"), found, needed);
  return g_strdup_printf (_ ("Not you, says the check: likeness %d, needed %d"), found, needed);
}

gboolean
xs_records_text_may_appeal (const XsRecordLog *log, const XsAudit *audit)
{
  if (log->appeal.sent != XS_SENT_NOTHING)
    return FALSE;
  gboolean lost = log->sent == XS_SENT_REFUSED || log->verdict != XS_VERDICT_VALID;
  for (guint i = 0; i < audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (audit->breaches, XsBreach, i);
      lost |= breach->from_min < breach->to_min || breach->review;
    }
  return lost;
}
