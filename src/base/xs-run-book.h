/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * How a program has fared: whether its last run ended by itself, or was ended by a crash, a kill or the power. In a
 * small file that is written at the beginning and at the end of each run, by whoever holds the lock of the folder.
 */

/** XsRunBook: what is known when a run begins. */
typedef struct {
  gint64 started_us; /* wall clock: this run */
  gint64 broken;     /* runs before it that did not end by themselves, since the folder was made */
  gint64 broken_us;  /* wall clock: the last of them, as of when the next began; 0: none */
} XsRunBook;

/** xs_run_book_begin: a run begins now, @now_us by the wall clock. What cannot be read counts from nothing. */
gboolean xs_run_book_begin (const char *dir, gint64 now_us, XsRunBook *book, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_run_book_end: the run of @book ends by itself. */
gboolean xs_run_book_end (const char *dir, const XsRunBook *book, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
