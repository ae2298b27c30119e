/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsLogItem: a log in the queue. Signals: "changed": the row, or its mark.
 */
#define XS_TYPE_LOG_ITEM (xs_log_item_get_type ())
G_DECLARE_FINAL_TYPE (XsLogItem, xs_log_item, XS, LOG_ITEM, GObject)

/** xs_log_item_get_row: (transfer none): good until "changed". */
const XsReviewRow *xs_log_item_get_row (XsLogItem *item);
/** xs_log_item_set_marked: one of a selection that is decided on together. */
void xs_log_item_set_marked (XsLogItem *item, gboolean marked);
gboolean xs_log_item_get_marked (XsLogItem *item);

/**
 * XsLogList: the platform's queue as a list model of XsLogItem. Only as many rows are fetched as are asked for: when
 * one near the end is, the next page is. Rows that changed are told by xs_log_list_merge(); a new one has the list
 * asked for anew, in the platform's order.
 *
 * Signals: "counts-changed"; "failed" (GError *): a page could not be had.
 */
#define XS_TYPE_LOG_LIST (xs_log_list_get_type ())
G_DECLARE_FINAL_TYPE (XsLogList, xs_log_list, XS, LOG_LIST, GObject)

/** xs_log_list_new: (transfer full): empty until xs_log_list_ask(). */
XsLogList *xs_log_list_new (XsReviewClient *client);
/** xs_log_list_ask: begin anew, with what @query looks for. */
void xs_log_list_ask (XsLogList *list, const XsReviewQuery *query);
/** xs_log_list_ask_again: the first page anew; what is shown stays until it is there. */
void xs_log_list_ask_again (XsLogList *list);
/** xs_log_list_merge: rows as they are now (element-type XsReviewRow). */
void xs_log_list_merge (XsLogList *list, const GArray *rows);
/** xs_log_list_get_counts: (transfer none): as of the last first page. */
const XsReviewCounts *xs_log_list_get_counts (XsLogList *list);
/** xs_log_list_get_feed: cursor to follow changes from; -1 before the first page. */
gint64 xs_log_list_get_feed (XsLogList *list);
/** xs_log_list_is_loading: whether a page is on its way. */
gboolean xs_log_list_is_loading (XsLogList *list);
/** xs_log_list_get_marked: (transfer full) (element-type XsLogItem) */
GPtrArray *xs_log_list_get_marked (XsLogList *list);
/** xs_log_list_find: index of a log; G_MAXUINT when it is not among the rows that were fetched. */
guint xs_log_list_find (XsLogList *list, const char *log_sha256);

G_END_DECLS
