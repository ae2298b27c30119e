/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Whole databases as files: keeping a copy of one that is in use, and getting back what a damaged one still holds.
 * Each call has connections of its own, so that it may run on any thread.
 */

/**
 * xs_db_copy: a copy of @from as it is now, in use or not. Readers and writers of @from go on meanwhile; its
 * write-ahead log grows until the copy is done. @to is replaced at once, and only by a copy that was read back whole.
 * @cancellable: (nullable)
 * @error: XS_ERROR_CORRUPT, XS_ERROR_NO_SPACE, XS_ERROR_IO; XS_ERROR_CANCELLED
 */
gboolean xs_db_copy (const char *from, const char *to, GCancellable *cancellable, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_db_salvage: make a new database @to of all rows of all tables of @from, which is damaged and only read from.
 * Indexes are made anew.
 * @error: XS_ERROR_CORRUPT when a single table cannot be read to its end: then there is no @to
 *
 * That nothing is missing can only be judged by who knows what must be there.
 */
gboolean xs_db_salvage (const char *from, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_db_wal_is_damaged: whether the write-ahead log of the closed database @path holds transactions behind a damaged
 * part. SQLite silently leaves them out. The last transaction alone may be torn by a power cut, and is not damage.
 */
gboolean xs_db_wal_is_damaged (const char *path);

G_END_DECLS
