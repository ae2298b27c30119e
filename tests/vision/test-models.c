/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "vision-test.h"
#include "xs-error.h"

static const char *const models[] = {
  "blazeface-front-128.onnx", "facemesh.onnx", "canonical468.bin", "fr_feature.onnx", "fr_eye.onnx",
  "fr_liveness.onnx",         "fr_pose.onnx"
};

typedef struct {
  char *dir;
} Fixture;

/* A folder of links to the real models. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("xueshi-models-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *real = g_build_filename (xs_models_dir (), models[i], NULL);
      g_autofree char *link = g_build_filename (fixture->dir, models[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (link);

      g_file_make_symbolic_link (file, real, NULL, &error);
      g_assert_no_error (error);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, models[i], NULL);
      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
}

static void
assert_refused (const char *dir, const char *model, const char *complaint)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (xs_vision_new (dir, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_MODEL);
  g_assert_nonnull (strstr (error->message, model));
  g_assert_nonnull (strstr (error->message, complaint));
  g_assert_nonnull (strstr (error->message, "./dev setup"));
}

static void
test_complete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsVision) vision = NULL;

  if (test_vision () == NULL)
    return;
  vision = xs_vision_new (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_nonnull (vision);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  if (test_vision () == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, models[i], NULL);
      g_autofree char *aside = g_strconcat (path, ".aside", NULL);

      g_assert_cmpint (g_rename (path, aside), ==, 0);
      assert_refused (fixture->dir, models[i], "missing");
      g_assert_cmpint (g_rename (aside, path), ==, 0);
    }
}

static void
test_altered (Fixture *fixture, gconstpointer data)
{
  if (test_vision () == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, models[i], NULL);
      g_autofree char *real = g_build_filename (xs_models_dir (), models[i], NULL);
      g_autofree char *bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (real, &bytes, &size, &error));
      bytes[size / 2] ^= 1;
      g_assert_cmpint (g_unlink (path), ==, 0);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
      assert_refused (fixture->dir, models[i], "SHA-256");

      bytes[size / 2] ^= 1;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size - 1, &error));
      assert_refused (fixture->dir, models[i], "SHA-256");
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
    }
}

static void
test_no_folder (void)
{
  assert_refused ("/nonexistent/models", "/nonexistent/models/", "missing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/vision/models/complete", Fixture, NULL, set_up, test_complete, tear_down);
  g_test_add ("/vision/models/missing", Fixture, NULL, set_up, test_missing, tear_down);
  g_test_add ("/vision/models/altered", Fixture, NULL, set_up, test_altered, tear_down);
  g_test_add_func ("/vision/models/no-folder", test_no_folder);
  return g_test_run ();
}
