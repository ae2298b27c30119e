/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * XsHttpHeads: closes connections on which no request's head comes to its end, however many bytes of one trickle in:
 * MHD knows a limit for silence only. A thread of its own; usable from any.
 */
typedef struct _XsHttpHeads XsHttpHeads;
/** XsHttpHead: a connection that may be waiting for a head. */
typedef struct _XsHttpHead XsHttpHead;

/** xs_http_heads_new: @limit_us: from the connection's beginning, or the end of the request before, to a whole head */
XsHttpHeads *xs_http_heads_new (gint64 limit_us);
/** xs_http_heads_free: no connection may be left. */
void xs_http_heads_free (XsHttpHeads *heads);

/** xs_http_heads_add: (transfer none): a connection began, and its first head is awaited. @fd: stays its owner's */
XsHttpHead *xs_http_heads_add (XsHttpHeads *heads, int fd);
/** xs_http_heads_remove: the connection ended; its socket is still open. */
void xs_http_heads_remove (XsHttpHeads *heads, XsHttpHead *head);
/** xs_http_heads_await: another head may come. */
void xs_http_heads_await (XsHttpHeads *heads, XsHttpHead *head);
/** xs_http_heads_arrived: it is here: the request takes what it takes. */
void xs_http_heads_arrived (XsHttpHeads *heads, XsHttpHead *head);

G_END_DECLS
