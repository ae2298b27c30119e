/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-course.h"
#include "fuzz-test.h"

#define DEFAULT_RUNS 10000
#define HASH "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"

static const char *const documents[] = {
  "{\"files\":[{\"name\":\"course.json\",\"sha256\":\"" HASH
  "\",\"size_bytes\":2},{\"name\":\"v.webm\",\"sha256\":\"" HASH
  "\",\"size_bytes\":34359738368},{\"name\":\"v.vtt\",\"sha256\":\"" HASH "\",\"size_bytes\":0}],\"format\":1,"
  "\"id\":\"c\",\"key\":\"@\",\"publisher\":\"p\",\"title\":\"t\",\"version\":7}",
  "{\"format\":1,\"id\":\"c\",\"version\":2,\"title\":\"课\",\"language\":\"zh-CN\",\"publisher\":\"p\",\"lessons\":["
  "{\"id\":\"l\",\"title\":\"t\",\"summary\":\"s\",\"subjcode\":\"2211010000\",\"duration_ms\":1,\"video\":\"v.webm\"},"
  "{\"id\":\"m\",\"title\":\"t\",\"summary\":\"s\",\"subjcode\":\"4211010000\",\"duration_ms\":86400000,"
  "\"video\":\"v.webm\",\"subtitles\":\"v.webm\",\"poster\":\"v.webm\",\"sha256\":\"" HASH "\"}],"
  "\"chapters\":[{\"id\":\"c\",\"title\":\"t\",\"lessons\":[\"l\"],\"quiz\":[{\"id\":\"q\",\"kind\":\"single\","
  "\"text\":\"t\",\"choices\":[\"a\",\"b\",\"c\"],\"answer\":2,\"explanation\":\"e\"},{\"id\":\"r\",\"kind\":"
  "\"true_false\",\"text\":\"t\",\"answer\":true,\"explanation\":\"e\"}]},{\"id\":\"d\",\"title\":\"t\","
  "\"lessons\":[\"m\"]}]}",
};

/* What documents are made of, and what readers trip over. */
static const char *const words[] = {
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "@",
  "null",
  "true",
  "-1",
  "0",
  "1",
  "2000",
  "1e308",
  "9223372036854775807",
  "99999999999999999999",
  "\"\"",
  "\"l\"",
  "\"..\"",
  "\"../v.webm\"",
  "\"v.webm\"",
  "\"manifest.json\"",
  "\"single\"",
  "\"true_false\"",
  "\"choices\":[\"a\",\"a\"]",
  "\"quiz\":[],",
  "\"chapters\":[],",
  "\"files\":[]",
  "\"lessons\":[\"l\",\"m\"]",
  "\"“”\"",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\xff",
};

static void
test_documents (void)
{
  fuzz_try_texts (documents, G_N_ELEMENTS (documents), words, G_N_ELEMENTS (words), LLVMFuzzerTestOneInput);
}

/* Only the last two blocks of a tar say nothing: what is changed lies before. */
static void
test_packages (void)
{
  g_autoptr (GBytes) package = fuzz_course_make_package ();
  gsize size;
  const guint8 *data = g_bytes_get_data (package, &size);

  for (int run = 0; run < fuzz_runs (); run++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, size);
      gsize length = fuzz_random_below (4) == 0 ? fuzz_random_below ((guint) size) : size;

      for (guint i = fuzz_random_below (6); i > 0; i--)
        changed[fuzz_random_below ((guint) size)] ^= (guint8) (1 << fuzz_random_below (8));
      LLVMFuzzerTestOneInput (changed, length);
    }
  g_test_message ("%d mutations of %" G_GSIZE_FORMAT " bytes", fuzz_runs (), size);
}

static void
write_seeds (void)
{
  g_autoptr (GBytes) package = fuzz_course_make_package ();

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    fuzz_write_seed (i, documents[i], strlen (documents[i]));
  fuzz_write_seed (G_N_ELEMENTS (documents), g_bytes_get_data (package, NULL), g_bytes_get_size (package));
}

static void
add_tests (void)
{
  g_test_add_func ("/fuzz/course/documents", test_documents);
  g_test_add_func ("/fuzz/course/packages", test_packages);
}

int
main (int argc, char **argv)
{
  return fuzz_main (argc, argv, DEFAULT_RUNS, add_tests, write_seeds);
}
