/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-photo-board.h"
#include "xs-review-client.h"
#include "xs-shown-logs.h"

G_BEGIN_DECLS

/**
 * XsLogPane: the log that is looked at: whose it is, how it stands and why, its history, its time line, and its photos
 * against the registration photo; on request with the student's other logs of the day, or with all that the student
 * ever did, by months. Whoever then chooses a photo or minutes of another log looks at that log.
 *
 * Signals: "loaded": another log, or another version of it, is shown, or none any more; "moved" (const char *: its
 * SHA-256): another log of what is shown is looked at, of the user's own doing; "range-chosen": other minutes were
 * chosen on the time line; "failed" (GError *).
 */
#define XS_TYPE_LOG_PANE (xs_log_pane_get_type ())
G_DECLARE_FINAL_TYPE (XsLogPane, xs_log_pane, XS, LOG_PANE, AdwBin)

/** xs_log_pane_open: @photos_dir: where photos are kept for a while */
void xs_log_pane_open (XsLogPane *pane, XsReviewClient *client, const char *photos_dir);
/** xs_log_pane_close: forget all that was shown, on disk too. */
void xs_log_pane_close (XsLogPane *pane);
/** xs_log_pane_show: load a log, unless it is shown already. @row: (nullable): NULL: none */
void xs_log_pane_show (XsLogPane *pane, const XsReviewRow *row);
/** xs_log_pane_load_again: the same log, as it is now; what was shown is gone at once. */
void xs_log_pane_load_again (XsLogPane *pane);
/** xs_log_pane_is_on: whether it is this log that is shown, or is being loaded. */
gboolean xs_log_pane_is_on (XsLogPane *pane, const char *log_sha256);
/** xs_log_pane_get_log: (transfer none) (nullable): good until "loaded"; NULL: none, or it is still being loaded. */
const XsReviewLog *xs_log_pane_get_log (XsLogPane *pane);
/** xs_log_pane_get_shown: (transfer none) (nullable): the log, or with the day all of it; good until "loaded". */
const XsShownLogs *xs_log_pane_get_shown (XsLogPane *pane);
/** xs_log_pane_get_range: minutes of the log that were chosen, [from, to); equal: none. */
void xs_log_pane_get_range (XsLogPane *pane, gint64 *from_min, gint64 *to_min);
/** xs_log_pane_get_board: (transfer none): its photos. */
XsPhotoBoard *xs_log_pane_get_board (XsLogPane *pane);
/** xs_log_pane_takes_arrows: whether the arrow keys are for what is shown, where the focus is. */
gboolean xs_log_pane_takes_arrows (XsLogPane *pane);
/** xs_log_pane_key: Returns: whether @key was one of the pane's, and is done. */
gboolean xs_log_pane_key (XsLogPane *pane, guint key, GdkModifierType state);

G_END_DECLS
