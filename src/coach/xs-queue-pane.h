/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-log-list.h"

G_BEGIN_DECLS

/**
 * XsQueuePane: the logs, what waits for a person first: counts that filter, search, further filters and the list.
 *
 * Signals: "chosen": another log, or none; "marks-changed": which are marked; "failed" (GError *).
 */
#define XS_TYPE_QUEUE_PANE (xs_queue_pane_get_type ())
G_DECLARE_FINAL_TYPE (XsQueuePane, xs_queue_pane, XS, QUEUE_PANE, AdwBin)

/** xs_queue_pane_open: show the queue of @client; NULL: none. Who was the last one finds the filter as it was. */
void xs_queue_pane_open (XsQueuePane *pane, XsReviewClient *client);
/** xs_queue_pane_get_list: (transfer none) (nullable) */
XsLogList *xs_queue_pane_get_list (XsQueuePane *pane);
/** xs_queue_pane_get_chosen: (transfer none) (nullable) */
XsLogItem *xs_queue_pane_get_chosen (XsQueuePane *pane);
/** xs_queue_pane_get_marked: (transfer container) (element-type XsLogItem): what is decided on together. */
GPtrArray *xs_queue_pane_get_marked (XsQueuePane *pane);
/** xs_queue_pane_toggle_mark: of the chosen one, and go on to the next. */
void xs_queue_pane_toggle_mark (XsQueuePane *pane);
/** xs_queue_pane_clear_marks: none is marked. */
void xs_queue_pane_clear_marks (XsQueuePane *pane);
/** xs_queue_pane_step: choose the next (1) or the one before (-1). */
void xs_queue_pane_step (XsQueuePane *pane, int by);
/** xs_queue_pane_next_open: choose the next that waits for a person. Returns: FALSE when none does */
gboolean xs_queue_pane_next_open (XsQueuePane *pane);
/** xs_queue_pane_show_waiting: list what waits for a person. Returns: FALSE when it is listed, or none waits */
gboolean xs_queue_pane_show_waiting (XsQueuePane *pane);
/** xs_queue_pane_choose: choose this log, now, or when the list gets it before another is chosen. */
void xs_queue_pane_choose (XsQueuePane *pane, const char *log_sha256);
/** xs_queue_pane_let_go: none is chosen, until one is; what was chosen can be chosen anew. Emits nothing. */
void xs_queue_pane_let_go (XsQueuePane *pane);
/** xs_queue_pane_focus_search: where one types what is looked for. */
void xs_queue_pane_focus_search (XsQueuePane *pane);
/** xs_queue_pane_is_filtering: whether keys are for the filter's choices. */
gboolean xs_queue_pane_is_filtering (XsQueuePane *pane);
/** xs_queue_pane_close_filter: Returns: FALSE when its choices are not on screen */
gboolean xs_queue_pane_close_filter (XsQueuePane *pane);

G_END_DECLS
