/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-fault-server.h"

G_BEGIN_DECLS

/* What a fault server writes, byte by byte, on a connection. FALSE when the connection is gone. */

gboolean xs_fault_put (GOutputStream *out, const void *data, gsize size);
/** xs_fault_put_head: @more: (nullable): further header lines */
gboolean xs_fault_put_head (GOutputStream *out, guint status, const char *type, const char *more, gsize size);
gboolean xs_fault_put_text (GOutputStream *out, guint status, const char *type, const char *more, const char *text);
/** xs_fault_put_reply: the first @size bytes of @reply, whose head tells of all. */
gboolean xs_fault_put_reply (GOutputStream *out, const XsHttpReply *reply, gsize size);

/** xs_fault_put_lie: the answer of a @fault that is the same whatever was asked. FALSE also when it has none. */
gboolean xs_fault_put_lie (GOutputStream *out, XsFault fault);

G_END_DECLS
