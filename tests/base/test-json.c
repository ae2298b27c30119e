/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-json.h"
#include "temp-dir.h"

#include <string.h>

#define MAX_BYTES (1024 * 1024)

static JsonNode *
parse (const char *text, GError **error)
{
  return xs_json_parse (text, strlen (text), MAX_BYTES, error);
}

static void
assert_refused_bytes (const char *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = xs_json_parse (data, size, MAX_BYTES, &error);

  if (node != NULL)
    g_test_message ("accepted: %.*s", (int) MIN (size, 80), data);
  g_assert_null (node);
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
assert_refused (const char *text)
{
  assert_refused_bytes (text, strlen (text));
}

/* What the document means, in the one canonical form. */
static void
assert_means (const char *text, const char *canonical)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = parse (text, &error);

  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = xs_json_to_canonical (node);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), canonical, strlen (canonical));
}

static void
test_accepted (void)
{
  assert_means ("null", "null");
  assert_means (" true ", "true");
  assert_means ("\t\r\n[ ]\n", "[]");
  assert_means ("{}", "{}");
  assert_means ("\"\"", "\"\"");
  assert_means ("0", "0");
  assert_means ("-0", "0");
  assert_means ("9223372036854775807", "9223372036854775807");
  assert_means ("-9223372036854775808", "-9223372036854775808");
  assert_means ("{\"\":1}", "{\"\":1}");
  assert_means ("[1,[2,{\"a\":[]}],null]", "[1,[2,{\"a\":[]}],null]");
  assert_means ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\u0008\\u000c\\u000a\\u000d\\u0009\"");
  assert_means ("\"\\u5b66\\u65f6 学时\"", "\"学时 学时\"");
  assert_means ("\"\\ud83d\\ude00\"", "\"😀\"");
  assert_means ("{\"a\":{\"k\":1},\"b\":{\"k\":2}}", "{\"a\":{\"k\":1},\"b\":{\"k\":2}}");
}

static void
test_doubles (void)
{
  static const struct {
    const char *text;
    double value;
  } cases[] = {
    { "[0.5]", 0.5 },    { "[-1.25]", -1.25 }, { "[1e5]", 1e5 },  { "[1E+5]", 1e5 }, { "[-1e-5]", -1e-5 },
    { "[1.5e3]", 1500 }, { "[0e1]", 0 },       { "[1e-999]", 0 }, { "[7]", 7 },      { "[0.0]", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = parse (cases[i].text, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (json_array_get_double_element (json_node_get_array (node), 0), ==, cases[i].value);
    }
}

static void
test_syntax (void)
{
  static const char *const bad[] = {
    "",           " ",           "{",
    "}",          "[",           "]",
    "[1",         "[1,",         "[1,]",
    "[,1]",       "{\"a\"}",     "{\"a\":}",
    "{\"a\":1,}", "{,}",         "{1:2}",
    "{a:1}",      "{'a':1}",     "'a'",
    "\"a",        "\"a\\\"",     "tru",
    "True",       "nul",         "undefined",
    "NaN",        "Infinity",    "-Infinity",
    "-",          "+1",          ".5",
    "5.",         "1.e5",        "1e",
    "1e+",        "01",          "-01",
    "[01]",       "00",          "0x10",
    "1_000",      "--1",         "// c\n1",
    "/* c */ 1",  "[1] // c",    "[1 /* c */]",
    "# c\n1",     "var x = {};", "var x = 1",
    "{} {}",      "1 2",         "[] ,",
    "{}x",        "\"a\" \"b\"", "\"\\x41\"",
    "\"\\'\"",    "\"\\u12\"",   "\"\\u12g4\"",
    "\"\\",       "\"\n\"",      "\"\t\"",
    "[1\f]",      "[1\v]",       "\xef\xbb\xbf{}",
    "\xc2\xa0[]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i]);
}

static void
test_numbers_out_of_range (void)
{
  assert_refused ("99999999999999999999");
  assert_refused ("9223372036854775808");
  assert_refused ("-9223372036854775809");
  assert_refused ("[18446744073709551615]");
  assert_refused ("1e999");
  assert_refused ("-1e999");
  assert_refused ("{\"a\":1e400}");
}

static void
test_depth (void)
{
  static const char *const parts[] = { "[", "{\"a\":" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GString) deep = g_string_new (NULL);
      for (int level = 0; level < 100000; level++)
        g_string_append (deep, parts[i]);
      assert_refused_bytes (deep->str, deep->len);
    }

  for (int levels = XS_JSON_MAX_DEPTH; levels <= XS_JSON_MAX_DEPTH + 1; levels++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      for (int i = 0; i < levels; i++)
        g_string_append_c (text, '[');
      for (int i = 0; i < levels; i++)
        g_string_append_c (text, ']');
      g_autoptr (JsonNode) node = parse (text->str, NULL);
      g_assert_cmpint (node != NULL, ==, levels == XS_JSON_MAX_DEPTH);
    }

  /* Wide is not deep. */
  g_autoptr (GString) wide = g_string_new ("[");
  for (int i = 0; i < 1000; i++)
    g_string_append (wide, "[],{},");
  g_string_append (wide, "0]");
  g_autoptr (JsonNode) node = parse (wide->str, NULL);
  g_assert_nonnull (node);
}

/* F3 */
static void
test_duplicate_keys (void)
{
  assert_refused ("{\"a\":1,\"a\":2}");
  assert_refused ("{\"a\":1,\"\\u0061\":2}");
  assert_refused ("{\"学\":1,\"\\u5b66\":2}");
  assert_refused ("{\"\\ud83d\\ude00\":1,\"😀\":2}");
  assert_refused ("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]");
  assert_refused ("{\"\":1,\"\":2}");
}

static void
test_encoding (void)
{
  static const char nul_inside[] = "\"a\0b\"";
  static const char nul_after[] = "{}\0";

  assert_refused_bytes (nul_inside, sizeof nul_inside - 1);
  assert_refused_bytes (nul_after, sizeof nul_after - 1);
  assert_refused ("\"\\u0000\"");
  assert_refused ("\"\xff\"");
  assert_refused ("\"\xc0\xaf\"");
  assert_refused ("\"\xed\xa0\x80\"");
  assert_refused ("\"\xe5\xad\"");
  assert_refused ("\"\\ud83d\"");
  assert_refused ("\"\\ud83d\\u0041\"");
  assert_refused ("\"\\ud83dx\"");
  assert_refused ("\"\\ude00\"");
  assert_refused ("\"\\ude00\\ud83d\"");
}

static void
test_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) exact = xs_json_parse ("[1]", 3, 3, &error);

  g_assert_no_error (error);
  g_assert_nonnull (exact);
  g_assert_null (xs_json_parse ("[1] ", 4, 3, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);

  /* Reads no further than it is told to, and takes nothing at all for a document. */
  g_autoptr (JsonNode) part = xs_json_parse ("[1]]]]", 3, 3, &error);
  g_assert_no_error (error);
  g_assert_nonnull (part);
  g_assert_null (xs_json_parse (NULL, 0, MAX_BYTES, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_position (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse ("{\n  \"a\": 1,\n  \"b\": x\n}", &error));
  g_assert_nonnull (strstr (error->message, "line 3 column 8"));
}

static void
test_root_object (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = xs_json_parse_object ("{\"a\":1}", 7, MAX_BYTES, &error);

  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (object, "a"), ==, 1);
  g_assert_null (xs_json_parse_object ("[]", 2, MAX_BYTES, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_load (void)
{
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "document.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_json_load_object (path, MAX_BYTES, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (xs_json_load_object (path, MAX_BYTES, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "document.json"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "{\"a\":true}\n", -1, NULL));
  g_autoptr (JsonObject) object = xs_json_load_object (path, MAX_BYTES, &error);
  g_assert_no_error (error);
  g_assert_true (json_object_get_boolean_member (object, "a"));
}

#define ASSERT_REFUSES(call_, name_)                                                                                   \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_false (call_);                                                                                            \
    g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);                                                                \
    g_assert_nonnull (strstr (error->message, name_));                                                                 \
    g_clear_error (&error);                                                                                            \
  }                                                                                                                    \
  G_STMT_END

static void
test_getters (void)
{
  static const char text[] =
    "{\"s\":\"x\",\"n\":\"0012\",\"i\":-3,\"d\":2.5,\"b\":true,\"a\":[{},1],\"o\":{},\"z\":null}";
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = xs_json_parse_object (text, strlen (text), MAX_BYTES, &error);
  const char *string = "untouched";
  gint64 integer = 42;
  double number = 42;
  gboolean boolean = 42;
  JsonArray *array = NULL;
  JsonObject *inner = NULL;

  g_assert_no_error (error);
  ASSERT_REFUSES (xs_json_get_string (object, "none", &string, &error), "none");
  ASSERT_REFUSES (xs_json_get_string (object, "i", &string, &error), "“i”");
  ASSERT_REFUSES (xs_json_get_string (object, "z", &string, &error), "“z”");
  ASSERT_REFUSES (xs_json_get_string (object, "a", &string, &error), "“a”");
  ASSERT_REFUSES (xs_json_get_number (object, "n", 5, &string, &error), "“n” must be 5");
  ASSERT_REFUSES (xs_json_get_number (object, "i", 1, &string, &error), "“i”");
  g_assert_cmpstr (string, ==, "untouched");
  ASSERT_REFUSES (xs_json_get_int (object, "i", -2, 2, &integer, &error), "-3");
  ASSERT_REFUSES (xs_json_get_int (object, "i", -9, -4, &integer, &error), "-3");
  ASSERT_REFUSES (xs_json_get_int (object, "d", -9, 9, &integer, &error), "“d”");
  ASSERT_REFUSES (xs_json_get_int (object, "b", 0, 1, &integer, &error), "“b”");
  ASSERT_REFUSES (xs_json_get_int (object, "n", 0, 99, &integer, &error), "“n”");
  g_assert_cmpint (integer, ==, 42);
  ASSERT_REFUSES (xs_json_get_double (object, "d", 0, 2.4, &number, &error), "2.5");
  ASSERT_REFUSES (xs_json_get_double (object, "s", 0, 9, &number, &error), "“s”");
  g_assert_cmpfloat (number, ==, 42);
  ASSERT_REFUSES (xs_json_get_boolean (object, "i", &boolean, &error), "“i”");
  g_assert_cmpint (boolean, ==, 42);
  ASSERT_REFUSES (xs_json_get_array (object, "o", &array, &error), "“o”");
  ASSERT_REFUSES (xs_json_get_object (object, "a", &inner, &error), "“a”");
  g_assert_null (array);
  g_assert_null (inner);

  g_assert_true (xs_json_get_string (object, "s", &string, &error));
  g_assert_cmpstr (string, ==, "x");
  g_assert_true (xs_json_get_number (object, "n", 4, &string, &error));
  g_assert_cmpstr (string, ==, "0012");
  g_assert_true (xs_json_get_int (object, "i", -3, -3, &integer, &error));
  g_assert_cmpint (integer, ==, -3);
  g_assert_true (xs_json_get_double (object, "d", 2.5, 2.5, &number, &error));
  g_assert_cmpfloat (number, ==, 2.5);
  g_assert_true (xs_json_get_double (object, "i", -5, 5, &number, &error));
  g_assert_cmpfloat (number, ==, -3);
  g_assert_true (xs_json_get_boolean (object, "b", &boolean, &error));
  g_assert_cmpint (boolean, ==, TRUE);
  g_assert_true (xs_json_get_array (object, "a", &array, &error));
  g_assert_true (xs_json_get_object (object, "o", &inner, &error));
  g_assert_true (xs_json_get_element_object (array, 0, &inner, &error));
  ASSERT_REFUSES (xs_json_get_element_object (array, 1, &inner, &error), "1");
  ASSERT_REFUSES (xs_json_get_element_object (array, 2, &inner, &error), "2");
}

static void
test_canonical (void)
{
  /* Sorted by bytes, not by letters or by locale; no white space; nothing escaped that needs no escape. */
  assert_means ("{ \"b\" : 1, \"a\" : [ 1 , 2 ], \"B\":2, \"aa\":3, \"é\":4, \"学\":5, \"10\":6, \"9\":7 }",
                "{\"10\":6,\"9\":7,\"B\":2,\"a\":[1,2],\"aa\":3,\"b\":1,\"é\":4,\"学\":5}");
  assert_means ("\"<>&/\\u007f\\u001f\"", "\"<>&/\x7f\\u001f\"");

  g_autoptr (JsonNode) first = parse ("{\"x\":{\"b\":1,\"a\":2}}", NULL);
  g_autoptr (GBytes) once = xs_json_to_canonical (first);
  g_autoptr (JsonNode) second = xs_json_parse (g_bytes_get_data (once, NULL), g_bytes_get_size (once), MAX_BYTES, NULL);
  g_autoptr (GBytes) twice = xs_json_to_canonical (second);
  g_assert_true (g_bytes_equal (once, twice));
}

static void
test_pretty (void)
{
  g_autoptr (JsonNode) node = parse ("{\"a\":1}", NULL);
  g_autofree char *text = xs_json_to_pretty (node);
  g_autoptr (JsonNode) again = parse (text, NULL);

  g_assert_true (g_str_has_suffix (text, "}\n"));
  g_assert_nonnull (strchr (text, ' '));
  g_assert_nonnull (again);
}

/* Whatever is cut, doubled or flipped, the answer is a document or XS_ERROR_INVALID. */
static void
test_damaged (void)
{
  static const char text[] = "{\"a\":[1,-2.5e3,\"\\u5b66\\ud83d\\ude00学\"],\"b\":{\"c\":null,\"d\":[true,false]}}";
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (int i = 0; i < 20000; i++)
    {
      g_autofree char *copy = g_memdup2 (text, sizeof text - 1);
      gsize size = g_rand_int_range (random, 0, sizeof text);
      int n_flips = g_rand_int_range (random, 0, 4);
      g_autoptr (GError) error = NULL;
      for (int j = 0; j < n_flips && size > 0; j++)
        copy[g_rand_int_range (random, 0, (int) size)] = (char) g_rand_int_range (random, 0, 256);
      g_autoptr (JsonNode) node = xs_json_parse (copy, size, MAX_BYTES, &error);
      if (node == NULL)
        g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }
}

static void
assert_line (const char *text, const char *message, const char *expected)
{
  g_autoptr (GError) error = g_error_new_literal (XS_ERROR, XS_ERROR_INVALID, message);

  xs_json_error_line (&error, text, strlen (text));
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_where (void)
{
  static const char text[] = "{\n \"a\": {\n  \"list\": [\n   {\"x\": 1},\n   {\n    \"x\": 2}]},\n \"b.c\": 3}";

  assert_line (text, "“a” is wrong", "line 2: “a” is wrong");
  assert_line (text, "“a.list[1].x” is wrong", "line 6: “a.list[1].x” is wrong");
  assert_line (text, "“a.list[1].y” is missing", "line 5: “a.list[1].y” is missing");
  assert_line (text, "“a.list[7].y” is wrong", "line 3: “a.list[7].y” is wrong");
  assert_line (text, "“b.c” is wrong", "line 7: “b.c” is wrong");
  assert_line (text, "“none” is missing", "line 1: “none” is missing");
  assert_line (text, "no member", "no member");
  assert_line ("[", "“a” is wrong", "line 1: “a” is wrong");
}

static void
test_path (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (xs_json_error_at (&error, "a"));
  g_assert_null (error);
  g_set_error_literal (&error, XS_ERROR, XS_ERROR_INVALID, "“x” is missing");
  g_assert_false (xs_json_error_at (&error, "list[%u]", 3));
  g_assert_false (xs_json_error_at (&error, "log"));
  g_assert_cmpstr (error->message, ==, "“log.list[3].x” is missing");

  g_clear_error (&error);
  g_set_error_literal (&error, XS_ERROR, XS_ERROR_INVALID, "must be an object");
  g_assert_false (xs_json_error_at (&error, "log"));
  g_assert_cmpstr (error->message, ==, "“log”: must be an object");
}

static gboolean
is_a (const char *name)
{
  return g_str_equal (name, "a");
}

static void
test_has_only (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "a", 1);
  g_assert_true (xs_json_has_only (object, is_a, "a member", &error));
  json_object_set_int_member (object, "b", 1);
  g_assert_false (xs_json_has_only (object, is_a, "a member", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "“b” is not a member");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/accepted", test_accepted);
  g_test_add_func ("/base/json/doubles", test_doubles);
  g_test_add_func ("/base/json/syntax", test_syntax);
  g_test_add_func ("/base/json/numbers-out-of-range", test_numbers_out_of_range);
  g_test_add_func ("/base/json/depth", test_depth);
  g_test_add_func ("/base/json/duplicate-keys", test_duplicate_keys);
  g_test_add_func ("/base/json/encoding", test_encoding);
  g_test_add_func ("/base/json/size", test_size);
  g_test_add_func ("/base/json/position", test_position);
  g_test_add_func ("/base/json/root-object", test_root_object);
  g_test_add_func ("/base/json/load", test_load);
  g_test_add_func ("/base/json/getters", test_getters);
  g_test_add_func ("/base/json/canonical", test_canonical);
  g_test_add_func ("/base/json/pretty", test_pretty);
  g_test_add_func ("/base/json/damaged", test_damaged);
  g_test_add_func ("/base/json/where", test_where);
  g_test_add_func ("/base/json/path", test_path);
  g_test_add_func ("/base/json/has-only", test_has_only);
  return g_test_run ();
}
