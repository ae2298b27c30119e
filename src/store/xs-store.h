/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-outbox.h"

G_BEGIN_DECLS

/**
 * XsStore: the journal on a thread of its own, which owns the one writing connection. Work is done in the order it
 * was submitted.
 *
 * Signals: "changed", on the main context the store was made on, soon after work that wrote: read your status
 * again. Coalesced.
 */
#define XS_TYPE_STORE (xs_store_get_type ())
G_DECLARE_FINAL_TYPE (XsStore, xs_store, XS, STORE, GObject)

/** xs_store_new: takes over @journal. Dropping the last reference finishes the queue, then closes the journal. */
XsStore *xs_store_new (XsJournal *journal);

/** xs_store_is_damaged: xs_journal_is_damaged() of its journal, without waiting for the store's thread. */
gboolean xs_store_is_damaged (XsStore *self);

/** XsStoreFunc: runs on the store's thread. */
typedef gboolean (*XsStoreFunc) (XsJournal *journal, gpointer data, GError **error);

/**
 * xs_store_submit: queue @func; @callback gets the result on the submitter's thread-default main context.
 * @data: (nullable): freed with @free_data on the submitter's context after @callback ran; readable there by
 *   xs_store_get_data()
 * @callback: (nullable): its source object is the store, or NULL when the store is gone by then
 */
void xs_store_submit (XsStore *self, XsStoreFunc func, gpointer data, GDestroyNotify free_data,
                      GAsyncReadyCallback callback, gpointer user_data);
/** xs_store_finish: @self may be NULL, as the callback's source object may. */
gboolean xs_store_finish (XsStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_store_get_data: (transfer none): the @data of the call that @result belongs to. */
gpointer xs_store_get_data (GAsyncResult *result);

/** xs_store_run: @func on the store's thread, waiting for it. For programs without a main loop, and for tests. */
gboolean xs_store_run (XsStore *self, XsStoreFunc func, gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
