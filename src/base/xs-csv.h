/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * xs_csv_parse: the rows of a CSV text as RFC 4180 has them: fields in quotes may hold commas, line ends and doubled
 * quotes. Line ends are CRLF or LF; a byte order mark and empty lines are passed over.
 * @data: @size bytes, need not be terminated
 * @lines: (out) (optional) (transfer full) (element-type guint): on which line each row begins, from 1
 * @error: XS_ERROR_INVALID with the line: a NUL byte, a quote inside a plain field, text behind a closing quote, a
 *   quoted field without an end
 *
 * Returns: (transfer full) (element-type GStrv): one field array a row
 */
GPtrArray *xs_csv_parse (const char *data, gsize size, GArray **lines, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_csv_to_utf8: (transfer full): the text of a file as UTF-8, without a byte order mark. What is no UTF-8 is taken
 * for GB18030, in which a spreadsheet writes it on a Chinese Windows.
 * @error: XS_ERROR_INVALID when it is neither
 */
GBytes *xs_csv_to_utf8 (GBytes *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_csv_append_row: add @fields up to NULL and a line end to @text, in quotes where they need them. */
void xs_csv_append_row (GString *text, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
