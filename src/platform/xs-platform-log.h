/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xs_platform_log_writer: a GLogWriterFunc: to the journal when standard error is it, else one JSON object a line:
 * level, time, message, and a member for each field XS_…. 16-digit numbers in messages, which may be a learner's, lose
 * all but their first four digits; a device's number is in a field of its own (XS_DEVICE). Debug messages are left to
 * G_MESSAGES_DEBUG.
 */
GLogWriterOutput xs_platform_log_writer (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data);

/** xs_platform_log_to_json: (transfer full): the line, without its end, that the writer makes of @fields. */
char *xs_platform_log_to_json (GLogLevelFlags level, const GLogField *fields, gsize n_fields);

/** xs_platform_log_mask: the same is done to @text in place, for what does not go through the writer. */
void xs_platform_log_mask (char *text);

G_END_DECLS
