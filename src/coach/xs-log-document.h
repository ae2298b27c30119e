/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-shown-logs.h"

G_BEGIN_DECLS

/* Logs on paper and in tables: what a school keeps, or hands on. Pure: what is written is what is given. */

/** XsLogDocument: what is taken out, and by whom. */
typedef struct {
  const XsShownLogs *shown;
  GHashTable *jpegs; /* GBytes by SHA-256: the photos, as the platform gave them; one that is missing is told as such */
  const char *who;
  gint64 at_us; /* now */
} XsLogDocument;

/**
 * xs_log_document_pdf: (transfer full): a page of A4 for each log: numbers, time line, why it stands as it does, photos
 * beside the registration photo, who decided what and when, and whether the kiosk's signature is good. The photos are
 * put into the file as they came: they are not decoded.
 * @error: XS_ERROR_FAILED with what cairo says
 */
GBytes *xs_log_document_pdf (const XsLogDocument *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_log_document_csv: (transfer full): of one log its minutes, of several a line for each; UTF-8 that Excel knows. */
GBytes *xs_log_document_csv (const XsLogDocument *document);
/** xs_log_document_name: (transfer full): a file name that tells student, day and log. @extension: "pdf", "csv" */
char *xs_log_document_name (const XsShownLogs *shown, const char *extension);

G_END_DECLS
