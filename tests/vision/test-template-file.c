/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "temp-dir.h"
#include "xs-error.h"
#include "xs-template-file.h"

/* A vector of length 1 without any round numbers. */
static XsTemplate
make_template (void)
{
  XsTemplate template;
  double square = 0;

  for (int i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    {
      /* The first is positive and not small, to be written into. */
      template.values[i] = i == 0 ? 0.5f : (float) g_test_rand_double_range (-1, 1);
      square += (double) template.values[i] * template.values[i];
    }
  for (int i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    template.values[i] /= (float) sqrt (square);
  return template;
}

static char *
make_text (void)
{
  XsTemplate template = make_template ();
  g_autoptr (GBytes) bytes = xs_template_to_bytes (&template);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

static void
assert_refused (const char *text, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  XsTemplate out, before;

  memset (&out, 0x55, sizeof out);
  before = out;
  g_assert_false (xs_template_from_bytes (bytes, &out, &error));
  g_assert_error (error, XS_ERROR, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_cmpmem (&out, sizeof out, &before, sizeof before);
}

/* The document with the first @from replaced. */
static void
assert_change_refused (const char *from, const char *to, int code, const char *words)
{
  g_autofree char *text = make_text ();
  const char *at = strstr (text, from);

  g_assert_nonnull (at);
  g_autofree char *changed = g_strdup_printf ("%.*s%s%s", (int) (at - text), text, to, at + strlen (from));
  assert_refused (changed, code, words);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autofree char *path = g_build_filename (dir, "face.json", NULL);

  for (int i = 0; i < 20; i++)
    {
      XsTemplate template = make_template (), back;
      GStatBuf about;

      g_assert_true (xs_template_save (&template, path, &error));
      g_assert_no_error (error);
      g_assert_true (xs_template_load (path, &back, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&template, sizeof template, &back, sizeof back);
      g_assert_cmpfloat_with_epsilon (xs_template_cosine (&template, &back), 1, 1e-5);
      g_assert_cmpint (g_stat (path, &about), ==, 0);
      g_assert_cmpint (about.st_mode & 0777, ==, 0600);
    }
}

static void
test_other_model (void)
{
  assert_change_refused ("\"model_sha256\": \"8", "\"model_sha256\": \"9", XS_ERROR_INVALID, "enrol the photo again");
  assert_change_refused ("fr_feature", "sface", XS_ERROR_INVALID, "enrol the photo again");
  assert_change_refused ("\"recipe\": 2", "\"recipe\": 1", XS_ERROR_INVALID, "enrol the photo again");
  assert_change_refused ("\"dimensions\": 512", "\"dimensions\": 128", XS_ERROR_INVALID, "enrol the photo again");
  assert_change_refused ("\"version\": 1", "\"version\": 2", XS_ERROR_TOO_NEW, "newer program");
}

static void
test_not_one (void)
{
  g_autofree char *text = make_text ();
  char raw[sizeof (XsTemplate)];
  XsTemplate template = make_template ();
  g_autoptr (GError) error = NULL;

  assert_refused ("", XS_ERROR_INVALID, "");
  assert_refused ("{}", XS_ERROR_INVALID, "format");
  assert_refused ("{\"format\": \"something\", \"version\": 1}", XS_ERROR_INVALID, "no face template");
  text[strlen (text) / 2] = '\0';
  assert_refused (text, XS_ERROR_INVALID, "");
  assert_change_refused ("\"values\": [", "\"values\": [0, ", XS_ERROR_INVALID, "512");
  assert_change_refused ("\"values\": [", "\"values\": [9", XS_ERROR_INVALID, "length 1");
  assert_change_refused ("\"values\": [", "\"values\": [\"0.1\", ", XS_ERROR_INVALID, "");
  assert_change_refused ("\"version\"", "\"note\": \"mine\", \"version\"", XS_ERROR_INVALID, "do not belong");
  assert_change_refused ("\"recipe\": 2,", "", XS_ERROR_INVALID, "recipe");

  /* What journals held before the values said where they come from. */
  memcpy (raw, &template, sizeof raw);
  g_autoptr (GBytes) bytes = g_bytes_new (raw, sizeof raw);
  g_assert_false (xs_template_from_bytes (bytes, &template, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_false (xs_template_load ("/nowhere/face.json", &template, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/face.json"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vision/template-file/round-trip", test_round_trip);
  g_test_add_func ("/vision/template-file/other-model", test_other_model);
  g_test_add_func ("/vision/template-file/not-one", test_not_one);
  return g_test_run ();
}
