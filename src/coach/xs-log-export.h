/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-review-client.h"
#include "xs-shown-logs.h"

G_BEGIN_DECLS

/**
 * XsLogExport: takes logs out into a file that the user names: a PDF or a table. The platform records it before
 * anything is fetched, and the logs are fetched anew: what is written is what the platform has.
 *
 * Signals: "said" (const char *text, gboolean failed): how it goes.
 */
#define XS_TYPE_LOG_EXPORT (xs_log_export_get_type ())
G_DECLARE_FINAL_TYPE (XsLogExport, xs_log_export, XS, LOG_EXPORT, GObject)

/** xs_log_export_new: (transfer full) */
XsLogExport *xs_log_export_new (XsReviewClient *client);
/** xs_log_export_ask: ask where to, then write. @format: "pdf" or "csv". While one runs nothing happens. */
void xs_log_export_ask (XsLogExport *export, GtkWindow *parent, const XsShownLogs *shown, const char *format);
/** xs_log_export_cancel: what is not written yet never is. */
void xs_log_export_cancel (XsLogExport *export);

G_END_DECLS
