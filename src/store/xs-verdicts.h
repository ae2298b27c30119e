/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-journal.h"
#include "xs-wire-verdict.h"

G_BEGIN_DECLS

/* What the platform says of this kiosk's logs. On the store's thread, like all of the journal. */

/** xs_verdicts_get_cursor: up to where the feed of @platform was read; 0: not at all. @platform: URL and devnum */
gboolean xs_verdicts_get_cursor (XsJournal *journal, const char *platform, gint64 *after, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_verdicts_keep: take what came from the feed. A verdict on a log that is not here, or older than what is known, is
 * left out.
 * @verdicts: (element-type XsWireVerdict)
 * @next: where to go on
 */
gboolean xs_verdicts_keep (XsJournal *journal, const char *platform, const GArray *verdicts, gint64 next,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_verdicts_read: what the platform says of log @seq.
 * @verdict: (out): initialised by the caller
 * @found: (out): FALSE while nothing was heard
 */
gboolean xs_verdicts_read (XsJournal *journal, gint64 seq, XsWireVerdict *verdict, gboolean *found, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsVerdictSum: the logs of a learner that began at a moment or later. */
typedef struct {
  guint n_logs, n_judged; /* of which the platform has given a verdict */
  guint n_open;           /* of which a person still has to decide */
  guint claimed_min, credited_min;
} XsVerdictSum;

/** xs_verdicts_sum: of @stunum, since @since_wall_us. */
gboolean xs_verdicts_sum (XsJournal *journal, const char *stunum, gint64 since_wall_us, XsVerdictSum *sum,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
