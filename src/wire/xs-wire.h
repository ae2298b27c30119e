/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** xs_wire_sha256_is_valid: whether @hex is 64 lower-case hex digits. NULL is not. */
gboolean xs_wire_sha256_is_valid (const char *hex);

G_END_DECLS
