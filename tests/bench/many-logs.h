/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * A school with many logs, for benchmarks: rows as they stand after the auditor judged them, written behind the
 * platform's back; of no use but to be listed.
 */

/** many_logs_fill: @path: of a platform's database. The logs begin one 2.6 s after the other from @start_us on. */
void many_logs_fill (const char *path, guint n_logs, guint n_learners, gint64 start_us);
