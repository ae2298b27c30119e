/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-review-client.h"

G_BEGIN_DECLS

/** XsHistory: all that a student ever did, in few words. */
typedef struct {
  GArray *rows;    /* XsReviewRow: each log */
  GArray *glances; /* XsReviewGlance: each photo */
} XsHistory;

void xs_history_free (XsHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsHistory, xs_history_free)

/** xs_history_load_async: page by page, logs and photos at the same time. */
void xs_history_load_async (XsReviewClient *client, const char *stunum, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/** xs_history_load_finish: (transfer full). @error: see xs-review-client.h */
XsHistory *xs_history_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
