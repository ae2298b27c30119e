/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-subtitles.h"

#include <string.h>

#include "media-fixture.h"
#include "xs-error.h"

static const char sample[] = "\xef\xbb\xbfWEBVTT - lesson 1\r\n"
                             "Kind: captions\r\n"
                             "\r\n"
                             "NOTE made by hand\r\n"
                             "over two lines\r\n"
                             "\r\n"
                             "STYLE\r\n"
                             "::cue { color: white }\r\n"
                             "\r\n"
                             "1\r\n"
                             "00:01.000 --> 00:03.500 line:90% align:center\r\n"
                             "学时 <b>一</b>\r\n"
                             "R&amp;D &lt;1&gt; & more\r\n"
                             "\r\n"
                             "\r\n"
                             "01:00:00.250 --> 01:00:01.000\r\n"
                             "an hour on\r\n"
                             "\r\n"
                             "00:03.000 --> 00:04.000\r\n"
                             "overlaps";

static void
test_lookup (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsSubtitles) subtitles = xs_subtitles_parse (sample, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (xs_subtitles_get_n_cues (subtitles), ==, 3);
  g_assert_null (xs_subtitles_lookup (subtitles, 0));
  g_assert_null (xs_subtitles_lookup (subtitles, 999999));
  g_assert_cmpstr (xs_subtitles_lookup (subtitles, 1000000), ==, "学时 一\nR&D <1> & more");
  g_assert_cmpstr (xs_subtitles_lookup (subtitles, 3200000), ==, "overlaps");
  g_assert_cmpstr (xs_subtitles_lookup (subtitles, 3999999), ==, "overlaps");
  g_assert_null (xs_subtitles_lookup (subtitles, 4000000));
  g_assert_cmpstr (xs_subtitles_lookup (subtitles, 3600250000), ==, "an hour on");
  g_assert_null (xs_subtitles_lookup (subtitles, G_MAXINT64));
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsSubtitles) subtitles = xs_subtitles_parse ("WEBVTT\n", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (xs_subtitles_get_n_cues (subtitles), ==, 0);
  g_assert_null (xs_subtitles_lookup (subtitles, 0));
}

static void
test_bad (void)
{
  static const struct {
    const char *text;
    const char *words;
  } cases[] = {
    { "", "line 1" },
    { "1\n00:01.000 --> 00:02.000\nSubRip\n", "line 1" },
    { "WEBVTTX\n", "line 1" },
    { "WEBVTT\n\n00:01 --> 00:02\nx\n", "line 3" },
    { "WEBVTT\n\nid\n00:01.000 -> 00:02.000\nx\n", "line 4" },
    { "WEBVTT\n\n00:02.000 --> 00:01.000\nx\n", "line 3" },
    { "WEBVTT\n\n00:61.000 --> 01:01.000\nx\n", "line 3" },
    { "WEBVTT\n\n00:01.000 --> ", "line 3" },
    { "WEBVTT\n\n99999999999999999999:01.000 --> 00:02.000\n", "line 3" },
    { "WEBVTT\n\nonly text\n", "line 3" },
    { "WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe\n", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (XsSubtitles) subtitles = xs_subtitles_parse (cases[i].text, &error);

      g_assert_null (subtitles);
      g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

/* Whatever bytes are put in, it ends in subtitles or in an error. */
static void
test_any_bytes (void)
{
  g_autofree char *text = g_strdup (sample);

  for (int i = 0; i < 20000; i++)
    {
      gsize at = (gsize) g_test_rand_int_range (6, (gint32) sizeof sample - 1);
      char kept = text[at];
      g_autoptr (GError) error = NULL;

      text[at] = (char) g_test_rand_int_range (1, 256);
      g_autoptr (XsSubtitles) subtitles = xs_subtitles_parse (text, &error);
      g_assert_true ((subtitles == NULL) == (error != NULL));
      text[at] = kept;
    }
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = fixture_write (fixture, "a.vtt", sample, sizeof sample - 1);
  g_autofree char *bad = fixture_write (fixture, "bad.vtt", "SRT", 3);
  g_autofree char *missing = fixture_path (fixture, "missing.vtt");
  g_autoptr (XsSubtitles) subtitles = xs_subtitles_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (xs_subtitles_get_n_cues (subtitles), ==, 3);
  g_assert_null (xs_subtitles_load (bad, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
  g_assert_nonnull (strstr (error->message, "bad.vtt: line 1"));
  g_clear_error (&error);
  g_assert_null (xs_subtitles_load (missing, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/subtitles/lookup", test_lookup);
  g_test_add_func ("/media/subtitles/empty", test_empty);
  g_test_add_func ("/media/subtitles/bad", test_bad);
  g_test_add_func ("/media/subtitles/any-bytes", test_any_bytes);
  ADD_TEST ("/media/subtitles/load", test_load);
  return g_test_run ();
}
