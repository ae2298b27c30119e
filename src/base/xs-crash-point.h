/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xs_crash_point: a moment at which a test can end the process as a power cut does. When the environment variable
 * XUESHI_CRASH_AT is "LABEL" or "LABEL:N", the first or N-th passage of that label is SIGKILL to the process itself:
 * nothing is flushed, unwound or cleaned up. Without the variable it costs one comparison. Any thread.
 *
 * Compiled in by meson's option "crash_points"; what is released is built without it, and then it is nothing at all.
 *
 * @label: one of xs_crash_points(); a test fails for a label that no run passes
 */
#if XS_CRASH_POINTS
void xs_crash_point (const char *label);
/** xs_crash_points: (transfer none): every label, NULL-terminated, in the order a photo and its log pass them. */
const char *const *xs_crash_points (void);
#else
static inline void
xs_crash_point (const char *label)
{
}
#endif

G_END_DECLS
