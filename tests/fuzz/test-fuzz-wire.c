/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-wire.h"

#include "fuzz-test.h"

#define DEFAULT_RUNS 30000
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEY "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static const char *const messages[] = {
  "{\"code\":\"12345678\",\"device_key\":\"" KEY
  "\",\"signature\":\"MmWZf8sccEu1stygysXoWjtLxRl6/4NiJhckjHr/KEW8APeItqDm/YWycgccLv/u95q7mqWZScnDWqGBPBVgBQ==\"}",
  "{\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\",\"platform_key\":\"" KEY
  "\",\"school\":\"示范驾校\"}",
  "{\"learners\":[{\"active_check\":false,\"consent_us\":1,\"consent_version\":2,"
  "\"last_recnum\":7,\"name\":\"张三\",\"photo_sha256\":null,"
  "\"stunum\":\"2000000000000002\",\"total_s\":1},{\"last_recnum\":0,\"name\":\"b\",\"photo_sha256\":\"" HASH
  "\",\"stunum\":\"2000000000000003\",\"total_s\":0}]}",
  "{\"courses\":[{\"id\":\"a\",\"sha256\":\"" HASH "\",\"signer\":\"" KEY "\",\"size_bytes\":1,\"title\":\"课\","
  "\"version\":1}]}",
  "{\"missing\":[\"" HASH "\"],\"photos\":[\"" HASH "\"],\"status\":\"photos_missing\"}",
  "{\"message\":\"no\",\"reason\":\"invalid\",\"status\":\"rejected\"}",
  "{\"error\":\"clock_wrong\",\"message\":\"Set\",\"time\":\"20260105090300\"}",
  "{\"code\":\"123456\",\"name\":\"wang\",\"password\":\"correct horse\"}",
  "{\"coachnum\":\"3000000000000003\",\"expires_us\":1,\"idle_s\":1800,\"name\":\"wang\",\"role\":\"coach\","
  "\"token\":\"a\"}",
  "{\"comment\":\"\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\",\"log_sha256\":\"" HASH
  "\",\"reason\":\"camera\",\"recnum\":\"00007\",\"schema\":1,\"seq\":1,\"stunum\":\"2000000000000002\","
  "\"time\":\"20260105090300\",\"time_us\":1767574980000000}",
  "{\"decision\":\"given\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\","
  "\"schema\":1,\"seq\":1,\"stunum\":\"2000000000000002\",\"text_version\":2,\"time\":\"20260105090300\","
  "\"time_us\":1767574980000000}",
  "{\"device_key\":\"" KEY "\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\",\"logs\":[],"
  "\"made\":\"20260105090300\",\"photos\":[{\"sha256\":\"" HASH "\",\"size\":1}],\"schema\":1}",
  "Xueshi devnum=4000000000000004,time=20260105090300,signature="
  "5VZDAMNgrHKQhhLMgG6CiBl6ps1pCJAYvNHMNDnq1xUjKpPzbkVDIFI7R4k3dfhWRjTxXT0YxgLTOGZL8jDkBw==",
};

static const char *const words[] = {
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "-1",
  "0",
  "9223372036854775807",
  "99999999999999999999",
  "1e5",
  "\"\"",
  "\"" HASH "\"",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\"20260229000000\"",
  "\"schema\":3,",
  "\xff",
  "\n",
  " ",
};

static void
test_mutations (void)
{
  g_autoptr (GPtrArray) all = fuzz_read_texts (messages, G_N_ELEMENTS (messages), NULL);

  fuzz_try_texts ((const char *const *) all->pdata, all->len, words, G_N_ELEMENTS (words), LLVMFuzzerTestOneInput);
}

static void
add_tests (void)
{
  g_test_add_func ("/fuzz/wire/mutations", test_mutations);
}

static void
write_seeds (void)
{
  g_autoptr (GPtrArray) all = fuzz_read_texts (messages, G_N_ELEMENTS (messages), NULL);

  fuzz_write_texts (all);
}

int
main (int argc, char **argv)
{
  return fuzz_main (argc, argv, DEFAULT_RUNS, add_tests, write_seeds);
}
