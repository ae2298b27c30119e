/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-test.h"

#include <string.h>

#define MAX_TEXT_BYTES 16384

static int runs;
static char *seeds_dir;

guint
fuzz_random_below (guint limit)
{
  return (guint) g_test_rand_int_range (0, (gint32) limit);
}

/* Where a member, an element or a value begins or ends, most often. */
static guint
random_place (const GString *text)
{
  guint at = fuzz_random_below ((guint) text->len);

  for (guint i = 0; fuzz_random_below (8) != 0 && i < text->len && strchr (",:{}[]\"", text->str[at]) == NULL; i++)
    at = (at + 1) % (guint) text->len;
  return at;
}

/* One change, in one place of a text that is not empty. */
static void
mutate (GString *text, const char *const *words, gsize n_words)
{
  guint at = random_place (text);
  guint length = 1 + fuzz_random_below (24);
  guint end = MIN (at + length, (guint) text->len);

  switch (fuzz_random_below (6))
    {
    case 0:
      text->str[at] = (char) (text->str[at] ^ (1 << fuzz_random_below (8)));
      break;
    case 1:
      if (text->len > 2)
        g_string_erase (text, at, end - at);
      break;
    case 2: /* from here to the next place of its kind */
      while (end < text->len && text->str[end] != text->str[at])
        end++;
      if (end - at < text->len)
        g_string_erase (text, at, end - at);
      break;
    case 3: /* something twice */
      {
        g_autofree char *part = g_strndup (text->str + at, end - at);
        g_string_insert (text, at, part);
      }
      break;
    case 4:
      g_string_insert (text, at, words[fuzz_random_below ((guint) n_words)]);
      break;
    default:
      while (end < text->len && strchr (",}]", text->str[end]) == NULL)
        end++;
      g_string_erase (text, at, end - at);
      g_string_insert (text, at, words[fuzz_random_below ((guint) n_words)]);
    }
}

void
fuzz_try_texts (const char *const *documents, gsize n_documents, const char *const *words, gsize n_words, FuzzFunc func)
{
  for (gsize i = 0; i < n_documents; i++)
    func ((const guint8 *) documents[i], strlen (documents[i]));
  for (int run = 0; run < runs; run++)
    {
      g_autoptr (GString) text = g_string_new (documents[fuzz_random_below ((guint) n_documents)]);

      for (guint i = 1 + fuzz_random_below (4); i > 0 && text->len > 0; i--)
        mutate (text, words, n_words);
      g_string_truncate (text, MIN (text->len, MAX_TEXT_BYTES));
      func ((const guint8 *) text->str, text->len);
    }
  g_test_message ("%d mutations", runs);
}

GPtrArray *
fuzz_read_texts (const char *const *texts, gsize n_texts, char *(*wrap) (guint number, const char *log))
{
  static const char *const names[] = { "log-1.json", "log-2.json", "log-3.json" };
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n_texts; i++)
    g_ptr_array_add (all, g_strdup (texts[i]));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "protocol", names[i], NULL);
      g_autofree char *log = NULL;
      g_autoptr (GError) error = NULL;
      g_file_get_contents (path, &log, NULL, &error);
      g_assert_no_error (error);
      g_strchomp (log);
      g_ptr_array_add (all, wrap != NULL ? wrap (i + 1, log) : g_strdup (log));
    }
  return all;
}

int
fuzz_runs (void)
{
  return runs;
}

void
fuzz_write_seed (guint number, const void *data, gsize size)
{
  g_autofree char *name = g_strdup_printf ("seed-%u", number);
  g_autofree char *path = g_build_filename (seeds_dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
}

void
fuzz_write_texts (const GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    fuzz_write_seed (i, g_ptr_array_index (texts, i), strlen (g_ptr_array_index (texts, i)));
}

int
fuzz_main (int argc, char **argv, int n_runs, void (*add_tests) (void), void (*write_seeds) (void))
{
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &runs, "How many mutations", "N" },
    { "write-seeds", 0, 0, G_OPTION_ARG_FILENAME, &seeds_dir, "Only write the seeds there", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  runs = n_runs;
  g_test_init (&argc, &argv, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  g_assert_no_error (error);
  if (seeds_dir != NULL)
    {
      write_seeds ();
      return 0;
    }
  add_tests ();
  return g_test_run ();
}
