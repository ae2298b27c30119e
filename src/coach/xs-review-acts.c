/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-review-acts.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-log-list.h"
#include "xs-review-text.h"

XsReviewResult
xs_review_acts_result (const XsReviewOutcome *outcome)
{
  if (g_str_equal (outcome->status, "done") || g_str_equal (outcome->status, "first_look"))
    return XS_REVIEW_RESULT_DONE;
  return g_str_equal (outcome->status, "conflict") ? XS_REVIEW_RESULT_CONFLICT : XS_REVIEW_RESULT_REFUSED;
}

static XsStanding
standing_of (const XsReviewOutcome *outcome)
{
  XsAuditState state;

  if (!xs_audit_state_from_nick (outcome->state, &state))
    state = XS_AUDIT_DECIDED;
  return xs_standing_of (state, outcome->verdict);
}

/* How much counts, where anything may. */
static char *
counted_text (const XsReviewOutcome *outcome, gint64 valid_min)
{
  return valid_min >= 0 && outcome->credited_min > valid_min
           ? xs_review_text_ratio (valid_min, outcome->credited_min)
           : g_strdup_printf (_ ("%d min count"), (int) outcome->credited_min);
}

static char *
standing_text (const XsReviewOutcome *outcome, gint64 valid_min)
{
  XsStanding standing = standing_of (outcome);
  g_autofree char *counted = counted_text (outcome, valid_min);

  if (standing == XS_STANDING_PENDING || standing == XS_STANDING_VOID)
    return g_strdup (xs_standing_word (standing));
  return g_strdup_printf (_ ("%s: %s"), xs_standing_word (standing), counted);
}

/* Else who decides has seen what the other person said, and may not say otherwise. */
static gboolean
was_faster (const XsReviewAction *action, const XsReviewOutcome *outcome)
{
  return outcome->version != action->version;
}

char *
xs_review_acts_text (const XsReviewAction *action, const XsReviewOutcome *outcome, const XsReviewRow *row,
                     gint64 valid_min)
{
  g_autofree char *standing = standing_text (outcome, valid_min);

  switch (xs_review_acts_result (outcome))
    {
    case XS_REVIEW_RESULT_CONFLICT:
      return g_strdup_printf (was_faster (action, outcome)
                                ? _ ("Not changed: %s was faster")
                                : _ ("Not changed: only %s or a head coach changes that decision"),
                              xs_review_text_who (outcome->who));
    case XS_REVIEW_RESULT_REFUSED:
      return g_strdup_printf (_ ("Not changed: %s"), outcome->message);
    case XS_REVIEW_RESULT_DONE:
    default:
      break;
    }
  g_autofree char *log = row != NULL ? xs_review_text_log (row) : NULL;
  if (g_str_equal (action->action, "undo"))
    return log != NULL ? g_strdup_printf (_ ("Taken back: %s. Now: %s"), log, standing)
                       : g_strdup_printf (_ ("Taken back. Now: %s"), standing);
  if (g_str_equal (action->action, "again"))
    return g_strdup (_ ("It is being checked again"));
  const char *came_of = g_str_equal (outcome->status, "first_look") ? _ ("A second person has to look") : standing;
  return log != NULL ? g_strdup_printf (_ ("Kept: %s. %s. U takes it back."), log, came_of)
                     : g_strdup_printf (_ ("Kept. %s. U takes it back."), came_of);
}

char *
xs_review_acts_outlook_text (const XsReviewOutcome *outcome, gint64 valid_min)
{
  return xs_review_acts_result (outcome) == XS_REVIEW_RESULT_DONE ? counted_text (outcome, valid_min) : g_strdup ("");
}

char *
xs_review_acts_count_text (const XsReviewOutcomes *outcomes, guint n_short)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_done = 0;

  for (guint i = 0; i < outcomes->outcomes->len; i++)
    n_done += xs_review_acts_result (&g_array_index (outcomes->outcomes, XsReviewOutcome, i)) == XS_REVIEW_RESULT_DONE;
  g_string_printf (text, g_dngettext (NULL, "%u log kept", "%u logs kept", n_done), n_done);
  if (n_done < outcomes->outcomes->len)
    g_string_append_printf (text, _ (", %u not changed: look at them one by one"), outcomes->outcomes->len - n_done);
  if (n_short > 0)
    g_string_append_printf (text, _ (", %u left out: under a minute"), n_short);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
xs_review_acts_marked_text (const GPtrArray *marked, gboolean with_shown)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (with_shown)
    g_string_printf (text,
                     g_dngettext (NULL, "%u log marked: a decision is for it",
                                  "%u logs marked: a decision is for all of them", marked->len),
                     marked->len);
  else
    g_string_printf (text,
                     g_dngettext (NULL, "%u log marked, not the one on screen: a decision is for the marked one alone",
                                  "%u logs marked, not the one on screen: a decision is for the marked ones alone",
                                  marked->len),
                     marked->len);
  for (guint i = 0; i < marked->len; i++)
    {
      g_autofree char *log = xs_review_text_log (xs_log_item_get_row (g_ptr_array_index (marked, i)));
      g_string_append_printf (text, " · %s", log);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
xs_review_acts_apply (XsReviewRow *row, const XsReviewOutcome *outcome)
{
  XsAuditState state;

  if (outcome->version < row->version || !xs_audit_state_from_nick (outcome->state, &state))
    return;
  row->state = state;
  row->verdict = outcome->verdict;
  row->version = outcome->version;
  row->credited_min = outcome->credited_min;
  row->credited_next_min = 0;
  row->by_person = !g_str_equal (outcome->who, "auditor") && outcome->who[0] != '\0';
  row->appealed = state == XS_AUDIT_APPEALED;
  g_strlcpy (row->judged_by, outcome->who, sizeof row->judged_by);
  g_strlcpy (row->first_look, g_str_equal (outcome->status, "first_look") ? outcome->who : "", sizeof row->first_look);
}

void
xs_review_acts_show_conflict (GtkWindow *parent, const XsReviewAction *action, const XsReviewOutcome *outcome,
                              const char *name)
{
  gboolean faster = was_faster (action, outcome);
  g_autofree char *standing = standing_text (outcome, -1);
  g_autofree char *at = xs_wall_format (outcome->at_us, "%H:%M");
  g_autofree char *body =
    faster ? g_strdup_printf (_ ("Log of %s: at %s %s brought it to: %s.\nYour decision was not kept. Look at it anew, "
                                 "and decide again."),
                              name, at, xs_review_text_who (outcome->who), standing)
           : g_strdup_printf (_ ("Log of %s: %s has decided: %s.\nOnly that person or a head coach decides otherwise. "
                                 "Nothing was changed."),
                              name, outcome->who, standing);
  GtkWidget *dialog =
    adw_message_dialog_new (parent, faster ? _ ("Somebody else was faster") : _ ("Somebody has decided"), body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "look", _ ("Look at it"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "look");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "look");
  gtk_window_present (GTK_WINDOW (dialog));
}
