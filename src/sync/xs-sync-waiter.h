/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _XsSyncWaiter XsSyncWaiter;

/** XsSyncWaiterCancelled: the caller gave up: take @waiter out of its queue. @source: who was called. */
typedef void (*XsSyncWaiterCancelled) (gpointer source, XsSyncWaiter *waiter);

/** XsSyncWaiter: somebody who called xs_sync_pass_async() or xs_sync_pair_async(). */
struct _XsSyncWaiter {
  GTask *task;
  GSource *cancel_source;
  XsSyncWaiterCancelled cancelled;
  char *url; /* of a pairing */
  char *code;
};

/** xs_sync_waiter_new: keeps @source alive until the waiter is finished. @context: where @cancelled is called. */
XsSyncWaiter *xs_sync_waiter_new (gpointer source, gpointer tag, GMainContext *context, GCancellable *cancellable,
                                  XsSyncWaiterCancelled cancelled, GAsyncReadyCallback callback, gpointer user_data);

/** xs_sync_waiter_finish: let the caller know, and free @waiter. @error: (nullable): NULL when it went well */
void xs_sync_waiter_finish (XsSyncWaiter *waiter, const GError *error);

/** xs_sync_waiter_finish_all: everybody in @waiters, which is then empty. Their callbacks may queue new ones. */
void xs_sync_waiter_finish_all (GQueue *waiters, const GError *error);

G_END_DECLS
