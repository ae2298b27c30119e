/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** How much more memory than at its beginning a process in the sandbox may map: the largest picture, decoded. */
#define XS_AUDIT_SANDBOX_BYTES (640 * (guint64) 1024 * 1024)

/**
 * xs_audit_sandbox_enter: give up, for good, all that looking at a picture does not need: files, network, other
 * processes, executable memory, time without end. What is open stays open. Any other system call ends the process, but
 * those that open a file fail with EACCES: libraries look for things that may be missing.
 * @seconds: of CPU, and twice that of wall time; then the kernel ends the process
 *
 * Of a process with one thread. Under AddressSanitizer, which maps terabytes, memory is not limited.
 */
gboolean xs_audit_sandbox_enter (guint seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
