/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** fuzz_random_below: 0 … @limit - 1, of the test's own seed. */
guint fuzz_random_below (guint limit);

/** FuzzFunc: LLVMFuzzerTestOneInput(), which the fuzzer's own library would call. */
typedef int (*FuzzFunc) (const guint8 *data, gsize size);

/**
 * fuzz_try_texts: each of the JSON @documents as it is, then fuzz_runs() of them, changed in up to four places.
 * @words: (array length=n_words): what such documents are made of, and what readers trip over
 */
void fuzz_try_texts (const char *const *documents, gsize n_documents, const char *const *words, gsize n_words,
                     FuzzFunc func);

/**
 * fuzz_read_texts: (transfer full) (element-type utf8): @texts, and the golden logs of tests/data/protocol.
 * @wrap: (nullable): makes of the golden log @number, counted from 1, what is tried; (transfer full)
 */
GPtrArray *fuzz_read_texts (const char *const *texts, gsize n_texts, char *(*wrap) (guint number, const char *log));

/** fuzz_runs: how many mutations are to be tried. */
int fuzz_runs (void);

/** fuzz_write_seed: in the folder of --write-seeds. */
void fuzz_write_seed (guint number, const void *data, gsize size);
/** fuzz_write_texts: each of @texts as a seed. */
void fuzz_write_texts (const GPtrArray *texts);

/**
 * fuzz_main: the program: runs what @add_tests adds, or with --write-seeds DIR calls @write_seeds instead.
 * @n_runs: unless --runs says otherwise
 */
int fuzz_main (int argc, char **argv, int n_runs, void (*add_tests) (void), void (*write_seeds) (void));

G_END_DECLS
