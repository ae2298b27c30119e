/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fuzz-audit.h"
#include "fuzz-test.h"

#define DEFAULT_RUNS 30000

static const char *const documents[] = {
  "{\"about\":\"a\",\"policy\":{\"daily_cap_s\":7200,\"rules\":{\"gap\":{\"max_s\":300,\"voids\":\"rest\"},"
  "\"training_window\":{\"on\":true,\"classroom\":[\"06:00-22:00\"],\"code\":\"9\"},"
  "\"no_sign_out\":{\"made_up_until\":\"22:00\"},\"photo_missing\":{\"origin\":\"clock\",\"around_min\":7}}},"
  "\"log\":{\"start\":\"2026-01-05 23:30:00.25\",\"end\":\"2026-01-06 00:20:00\",\"stunum\":\"2000000000000002\","
  "\"recnum\":\"00007\",\"subjcode\":\"4211030000\",\"credited_s\":2900,\"end_reason\":\"made_up\","
  "\"minutes\":[{\"from\":0,\"to\":20,\"credited_s\":60},{\"from\":22,\"to\":50,\"credited_s\":44,\"normal\":true,"
  "\"shift_s\":1,\"devnum\":\"4000000000000005\",\"stunum\":\"2000000000000003\"}],"
  "\"photos\":[{\"time\":\"23:30:01\",\"event\":17},{\"time\":\"23:45:00\",\"event\":5,\"match\":0.4},"
  "{\"time\":\"2026-01-06 00:10:00\",\"event\":18,\"number\":\"0000000009\",\"match\":null,"
  "\"picture_hash\":\"00000000000000000000000000000000000000000000000000000000000000ff\"}],"
  "\"events\":[{\"kind\":\"clock_step\",\"time\":\"23:50:00\",\"amount_s\":-3600}]},"
  "\"day\":{\"now\":\"2026-01-07 08:00:00\",\"received\":\"2026-01-06 08:00:00\",\"open\":false,"
  "\"learner_known\":true,\"school_filed\":false,\"recnum_taken\":true,\"learner_inscode\":\"1000000000000001\","
  "\"learner_vehicle\":21,\"learner_part\":1,\"logs\":[{\"start\":\"20:00:00\",\"end\":\"21:00:00\","
  "\"devnum\":\"4000000000000009\",\"credited_min\":60,\"credited_next_day_min\":3}],"
  "\"photos\":[{\"number\":\"0000000001\",\"sha256\":"
  "\"0000000000000000000000000000000000000000000000000000000000000001\"}],"
  "\"findings\":[{\"number\":\"0000000002\",\"faulty\":true,\"match\":-1}]},"
  "\"expect\":{\"verdict\":\"void\",\"credited_min\":0,\"breaches\":[{\"rule\":\"late_report\",\"from\":\"23:30:00\","
  "\"to\":\"2026-01-06 00:20:00\",\"photo\":\"0000000002\",\"review\":true}]}}",
  "{\"log\":{\"start\":\"2026-01-05 09:00:00\",\"end\":\"2026-01-05 10:00:00\"}}",
  "{\"open\":true,\"logs\":[{\"start\":\"09:00:00\",\"end\":\"10:00:00\"}],\"findings\":[{\"number\":\"0000000001\"}]}",
};

/* What documents are made of, and what readers trip over. */
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
  "1",
  "60",
  "61",
  "1440",
  "1e308",
  "-0.5",
  "9223372036854775807",
  "99999999999999999999",
  "\"\"",
  "\"2026-02-29 00:00:00\"",
  "\"1969-12-31 23:59:59\"",
  "\"9999-12-31 23:59:59.999999\"",
  "\"24:00:00\"",
  "\"23:59:60\"",
  "\"all\"",
  "\"start\"",
  "\"end\"",
  "\"log\"",
  "\"match\"",
  "\"number\"",
  "\"rules\"",
  "\"photos\":[]",
  "\"minutes\":[]",
  "\"notes\":{\"rules.gap.max_s\":\"x\"},",
  "{\"from\":0,\"to\":1440,\"credited_s\":60},",
  "\"“”\"",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\xff",
};

static void
test_mutations (void)
{
  fuzz_try_texts (documents, G_N_ELEMENTS (documents), words, G_N_ELEMENTS (words), LLVMFuzzerTestOneInput);
}

static void
add_tests (void)
{
  g_test_add_func ("/fuzz/audit/mutations", test_mutations);
}

static void
write_seeds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    fuzz_write_seed (i, documents[i], strlen (documents[i]));
}

int
main (int argc, char **argv)
{
  return fuzz_main (argc, argv, DEFAULT_RUNS, add_tests, write_seeds);
}
