/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-review-client.h"

G_BEGIN_DECLS

/**
 * XsImportWindow: photos are being brought from files: how far it is, what became of each, and the report as a table.
 * Closing it ends what runs. As long as something comes of it, the window that it belongs to is in use: “win.touched”.
 */
#define XS_TYPE_IMPORT_WINDOW (xs_import_window_get_type ())
G_DECLARE_FINAL_TYPE (XsImportWindow, xs_import_window, XS, IMPORT_WINDOW, AdwWindow)

/**
 * xs_import_window_ask: ask for a folder, or else for an archive, and bring what is in it.
 *
 * @ends: cancelled, question and window close
 */
void xs_import_window_ask (GtkWindow *parent, XsReviewClient *client, gboolean folder, GCancellable *ends);

G_END_DECLS
