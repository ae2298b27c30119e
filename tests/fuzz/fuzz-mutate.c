/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-mutate.h"

#include <string.h>

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

void
fuzz_mutate (GString *text, const char *const *words, gsize n_words)
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
