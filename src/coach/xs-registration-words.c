/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-registration-words.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-registration-checks.h"
#include "xs-review-acts.h"
#include "xs-review-text.h"

char *
xs_registration_facts (const XsReviewLearner *learner)
{
  g_autoptr (GString) facts = g_string_new (learner->stunum);

  g_string_append_printf (facts, " · %s", xs_review_photo_state_word (learner->state));
  if (learner->who[0] != '\0')
    {
      g_autofree char *at = xs_wall_format (learner->at_us, "%m-%d %H:%M");
      g_string_append_printf (facts, " · %s · %s", at, xs_review_text_who (learner->who));
    }
  if (learner->comment[0] != '\0')
    g_string_append_printf (facts, " · %s", learner->comment);
  else if (learner->reason[0] != '\0')
    {
      const char *advice = xs_photo_reason_advice (learner->reason);
      g_string_append_printf (facts, " · %s",
                              advice != NULL ? advice
                              : g_str_equal (learner->reason, "unreadable")
                                ? _ ("The file cannot be opened as a picture.")
                                : learner->reason);
    }
  return g_strdup (facts->str);
}

char *
xs_registration_summary (const XsReviewLearner *learner, const XsReviewPhotoCheck *check)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_failed, n_doubt = 0;

  if (check == NULL || !g_str_equal (learner->state, "waiting"))
    return g_strdup (check == NULL && g_str_equal (learner->state, "waiting")
                       ? _ ("It is being measured…")
                       : xs_review_photo_state_word (learner->state));
  g_autoptr (GArray) reasons = xs_registration_reasons_new (check, &n_failed);
  for (guint i = 0; i < n_failed; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " · " : "", g_array_index (reasons, XsRegistrationReason, i).title);
  for (guint i = 0; i < check->items->len; i++)
    n_doubt +=
      g_str_equal (g_array_index (check->items, XsReviewItem, i).state, xs_photo_state_nick (XS_PHOTO_CANNOT_TELL));
  if (n_failed == 0 && n_doubt > 0)
    g_string_append_printf (text, g_dngettext (NULL, "%u measure in doubt", "%u measures in doubt", n_doubt), n_doubt);
  return g_strdup (text->len > 0 ? text->str : _ ("All as it should be"));
}

char *
xs_registration_act_text (const XsSentAct *act, const XsReviewOutcome *outcome)
{
  gboolean is_undo = g_str_equal (g_array_index (act->actions.actions, XsReviewAction, 0).action, "undo");
  const char *name = act->row.name[0] != '\0' ? act->row.name : act->row.stunum;
  const char *state = xs_review_photo_state_word (outcome->state);

  switch (xs_review_acts_result (outcome))
    {
    case XS_REVIEW_RESULT_CONFLICT:
      return outcome->who[0] != '\0'
               ? g_strdup_printf (_ ("%s: not changed, %s was faster"), name, xs_review_text_who (outcome->who))
               : g_strdup_printf (_ ("%s: not changed, there is another photo now. Look at it."), name);
    case XS_REVIEW_RESULT_REFUSED:
      g_message ("%s", outcome->message);
      return g_strdup_printf (is_undo ? _ ("%s: there is nothing that you could take back")
                                      : _ ("%s: not changed, the platform did not take it"),
                              name);
    case XS_REVIEW_RESULT_DONE:
    default:
      return g_strdup_printf (is_undo ? _ ("Taken back: %s. Now: %s") : _ ("Kept. %s: %s."), name, state);
    }
}
