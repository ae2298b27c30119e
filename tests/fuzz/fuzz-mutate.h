/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** fuzz_random_below: 0 … @limit - 1, of the test's own seed. */
guint fuzz_random_below (guint limit);

/**
 * fuzz_mutate: change the JSON @text, which is not empty, in one place.
 * @words: (array length=n_words): what such documents are made of, and what readers trip over
 */
void fuzz_mutate (GString *text, const char *const *words, gsize n_words);

G_END_DECLS
