/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/** xs_json_scan: xs_json_parse() of what is not too long. */
JsonNode *xs_json_scan (const char *data, gsize size, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_json_scan_find: the line, from 1, on which the member @path ("log.photos[2].time") of a document begins.
 * Returns: 0 when it is not there, or the document is not valid
 */
guint xs_json_scan_find (const char *data, gsize size, const char *path);
