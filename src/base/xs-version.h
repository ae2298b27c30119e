/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Versions of programs: numbers with dots between, such as "1.12.0", and what comes before one behind a "-" or "~",
 * such as "1.12.0-rc2".
 */

/** A version and its end. */
#define XS_VERSION_BYTES 32

/** xs_version_is_valid: begins with a digit, has nothing but letters, digits and ".-~+_", and fits. NULL is not. */
gboolean xs_version_is_valid (const char *version);
/** xs_version_compare: < 0, 0, > 0: @a comes before @b, is as new, comes after it. A missing number is 0. */
int xs_version_compare (const char *a, const char *b);

G_END_DECLS
