/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-http.h"

#include "fuzz-test.h"

#define DEFAULT_RUNS 4000
#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
/* Of "a photo". */
#define PHOTO_HASH "d4e24d749a4fe2f161af2de913c0402b04e3ae287dafd0f9dbfa4a5c56c69285"

static const char *const requests[] = {
  "GET /healthz\n\n",
  "POST /v1/pair\n\n{\"code\":\"12345678\",\"device_key\":\"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\","
  "\"signature\":\"MmWZf8sccEu1stygysXoWjtLxRl6/4NiJhckjHr/KEW8APeItqDm/YWycgccLv/u95q7mqWZScnDWqGBPBVgBQ==\"}",
  "!GET /v1/policy\nIf-None-Match: \"a\"\n\n",
  "!GET /v1/roster\n\n",
  "!GET /v1/registration-photos/" HASH "\n\n",
  "!POST /v1/photos/missing\n\n{\"photos\":[\"" HASH "\"]}",
  "!PUT /v1/photos/" PHOTO_HASH "\n\na photo",
  "!PATCH /v1/photos/" HASH "\nUpload-Offset: 200000\nUpload-Complete: ?1\n\nrest",
  "!HEAD /v1/photos/" HASH "\n\n",
  "!PUT /v1/appeals/1\n\n{\"comment\":\"\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\","
  "\"log_sha256\":\"" HASH "\",\"reason\":\"camera\",\"recnum\":\"00007\",\"schema\":1,\"seq\":1,"
  "\"stunum\":\"2000000000000002\",\"time\":\"20260105090300\",\"time_us\":1767574980000000}",
  "!GET /v1/courses\nIf-None-Match: \"a\"\n\n",
  "!GET /v1/courses/" HASH "\nRange: bytes=0-1\n\n",
  "!PUT /v1/consents/1\n\n{\"decision\":\"given\",\"devnum\":\"4000000000000004\",\"inscode\":\"1000000000000001\","
  "\"schema\":1,\"seq\":1,\"stunum\":\"2000000000000002\",\"text_version\":2,\"time\":\"20260105090300\","
  "\"time_us\":1767574980000000}",
  "PUT /v1/logs/1\nAuthorization: Xueshi devnum=4000000000000004,time=20260105090300,signature=AAAA\n\n{}",
  "POST /v1/people/session\n\n{\"name\":\"wang\",\"password\":\"correct horse\"}",
  "GET /v1/people/me\nAuthorization: Bearer abc\n\n",
  "GET /v1/people/photos/" HASH "\nAuthorization: Bearer abc\n\n",
};

static const char *const words[] = {
  "/",
  "..",
  "%2f",
  "?",
  "\n",
  "\n\n",
  " ",
  "!",
  "GET",
  "PUT",
  "PATCH",
  "HEAD",
  "POST",
  "/v1/",
  "photos/",
  "logs/",
  "0",
  "-1",
  "999999999999999",
  "9223372036854775808",
  HASH,
  "Upload-Offset: 1\n",
  "Upload-Complete: ?0\n",
  "If-None-Match: *\n",
  "Range: bytes=1-0\n",
  "X-Xueshi-Signature: \n",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "\"\"",
  "\xff",
  "\\u0000",
};

/* Signed anew. */
static char *
put_log (guint number, const char *log)
{
  return g_strdup_printf ("!PUT /v1/logs/%u\n\n%s", number, log);
}

static void
test_mutations (void)
{
  g_autoptr (GPtrArray) all = fuzz_read_texts (requests, G_N_ELEMENTS (requests), put_log);

  fuzz_try_texts ((const char *const *) all->pdata, all->len, words, G_N_ELEMENTS (words), LLVMFuzzerTestOneInput);
}

static void
add_tests (void)
{
  g_test_add_func ("/fuzz/http/mutations", test_mutations);
}

static void
write_seeds (void)
{
  g_autoptr (GPtrArray) all = fuzz_read_texts (requests, G_N_ELEMENTS (requests), put_log);

  fuzz_write_texts (all);
}

int
main (int argc, char **argv)
{
  return fuzz_main (argc, argv, DEFAULT_RUNS, add_tests, write_seeds);
}
