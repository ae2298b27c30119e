/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-words.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"

/* Of minutes that are valid more may be credited than there are: see hour_ratio in docs/rules.md. */
static char *
ratio_text (const XsReviewLog *log)
{
  const XsReviewRow *row = xs_shown_log_row (log);
  XsStanding standing = xs_standing_of (row->state, row->verdict);
  gint64 valid_min = xs_shown_log_stands_valid_min (log), credited_min = row->credited_min + row->credited_next_min;

  if ((standing != XS_STANDING_VALID && standing != XS_STANDING_PARTIAL) || credited_min <= valid_min)
    return NULL;
  return xs_review_text_ratio (valid_min, credited_min);
}

char *
xs_log_words_why (const XsReviewLog *log)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const GArray *reasons = xs_shown_log_reasons (log);
  const char *last = "";
  g_autofree char *ratio = ratio_text (log);

  if (ratio != NULL)
    g_string_append (text, ratio);
  for (guint i = 0; reasons != NULL && i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      g_autofree char *range = reason->from_min < reason->to_min
                                 ? xs_review_text_range (&log->wire_log.log, reason->from_min, reason->to_min)
                                 : g_strdup ("");
      if (!g_str_equal (reason->word, last))
        g_string_append_printf (text, "%s%s%s%s", text->len > 0 ? " · " : "", xs_review_text_reason (reason->word),
                                range[0] != '\0' ? " " : "", range);
      else if (range[0] != '\0')
        g_string_append_printf (text, ", %s", range);
      last = reason->word;
    }
  if (log->appeals->len > 0)
    {
      const XsReviewAppeal *appeal = &g_array_index (log->appeals, XsReviewAppeal, 0);
      XsAppealReason reason;
      const char *title = xs_appeal_from_nick (appeal->reason, &reason) ? xs_appeal_title (reason) : appeal->reason;
      g_string_append_printf (text, "%s", text->len > 0 ? "\n" : "");
      g_string_append_printf (text, _ ("The student says: %s %s"), title, appeal->comment);
    }
  if (text->len == 0)
    g_string_append (text, _ ("Nothing was found against it"));
  return g_strdup (text->str);
}

char *
xs_log_words_step (const XsReviewStep *step)
{
  g_autofree char *at = xs_wall_format (step->at_us, "%Y-%m-%d %H:%M");
  const char *what = step->undo         ? _ ("taken back")
                     : step->first_look ? _ ("first look")
                                        : xs_standing_word (xs_standing_of (step->to, step->verdict));

  return g_strdup_printf (_ ("%s · %s · %s · %d min%s%s"), at, xs_review_text_who (step->who), what,
                          (int) (step->credited_min + step->credited_next_min), step->comment[0] != '\0' ? " · " : "",
                          step->comment);
}
