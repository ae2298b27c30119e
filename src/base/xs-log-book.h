/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What this program said of itself lately, for staff and for those they send it to: the last messages of our own and of
 * the libraries, kept over restarts in two files of at most XS_LOG_BOOK_MAX_BYTES each. Long numbers, which may be a
 * learner's, are shortened to their last four digits. Any thread.
 */
#define XS_LOG_BOOK_MAX_BYTES (128 * 1024)

/**
 * xs_log_book_open: from now on keep messages in the folder @dir beside writing them as before; once per program, and
 * before there is a second thread. A folder that cannot be written to costs nothing but the book.
 */
void xs_log_book_open (const char *dir);
/** xs_log_book_dup: (transfer full): all that is kept, oldest first, a line each; UTF-8. Blocks on the disk. */
char *xs_log_book_dup (void);
/** xs_log_book_mask: (transfer full): @message with every number of 8 digits or more cut to its last four. */
char *xs_log_book_mask (const char *message);

G_END_DECLS
