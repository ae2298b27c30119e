/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "store-fixture.h"
#include "tiny-disk.h"
#include "xs-blob.h"
#include "xs-unsent.h"
#include "xs-wire-bundle.h"

#include <glib/gstdio.h>
#include <string.h>

static void
study (StoreFixture *fixture, guint32 seed)
{
  XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);

  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_IN, seed);
  store_photo (fixture->journal, &handle, XS_PHOTO_SIGN_OUT, seed + 1);
  store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE);
}

/* (transfer full) (nullable): the folder */
static char *export(StoreFixture *fixture, const char *dir, GError **error)
{
  char *folder = NULL;
  g_autoptr (XsUnsent) unsent = xs_unsent_list (fixture->journal, error);

  g_assert_nonnull (unsent);
  return xs_unsent_write (unsent, dir, NULL, &folder, error) ? folder : NULL;
}

static void
check (const char *folder, guint n_logs, guint n_photos)
{
  g_auto (XsWireBundle) bundle;
  g_autoptr (GError) error = NULL;

  xs_wire_bundle_init (&bundle);
  g_assert_true (xs_wire_bundle_check (folder, &bundle, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (bundle.devnum, ==, DEVNUM);
  g_assert_cmpstr (bundle.inscode, ==, INSCODE);
  g_assert_cmpuint (bundle.logs->len, ==, n_logs);
  g_assert_cmpuint (bundle.photos->len, ==, n_photos);
}

/* What waits is written and nothing is removed; what the platform has is left out. */
static void
test_export (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (TempDir) stick = temp_dir_new ();
  g_autoptr (GError) error = NULL;
  XsOutboxStatus before, after;

  g_assert_null (export(fixture, stick, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  study (fixture, 1);
  study (fixture, 3);
  g_assert_true (xs_outbox_acknowledge (fixture->journal, 1, &error));
  g_assert_true (xs_outbox_acknowledge (fixture->journal, 2, &error));
  g_assert_true (xs_outbox_get_status (fixture->journal, &before, &error));
  g_autofree char *folder = export(fixture, stick, &error);
  g_assert_no_error (error);
  check (folder, 2, 2);
  g_assert_true (xs_outbox_get_status (fixture->journal, &after, &error));
  g_assert_cmpmem (&before, sizeof before, &after, sizeof after);
  store_check (fixture->journal, &fixture->platform, FALSE);
}

/* What was refused goes along; what is damaged here cannot, and holds up nothing else. */
static void
test_refused (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (TempDir) stick = temp_dir_new ();
  g_autoptr (GError) error = NULL;
  XsOutboxStatus status;

  study (fixture, 1);
  study (fixture, 3);
  /* In the outbox: two photos and a log, then once more. */
  for (gint64 id = 1; id <= 2; id++)
    g_assert_true (xs_outbox_acknowledge (fixture->journal, id, &error));
  g_assert_true (xs_outbox_reject (fixture->journal, 3, "unknown_learner", "No such learner", &error));
  g_assert_true (xs_outbox_reject (fixture->journal, 4, "damaged", "It was altered", &error));
  g_autoptr (XsStmt) photo =
    xs_db_prepare (fixture->journal->db, "SELECT sha256 FROM photo WHERE number = 3", &error, "");
  gboolean has_row;
  g_assert_true (xs_stmt_step (photo, &has_row, &error) && has_row);
  g_autofree char *path = xs_journal_dup_photo_path (fixture->journal, xs_stmt_string (photo, 0));
  g_assert_true (g_file_set_contents (path, "altered", -1, &error));
  g_assert_true (xs_outbox_get_status (fixture->journal, &status, &error));
  g_assert_cmpuint (status.logs_rejected + status.photos_rejected, ==, 2);

  g_autofree char *folder = export(fixture, stick, &error);
  g_assert_no_error (error);
  check (folder, 2, 1);
}

/* Every file of it, in any byte (B2). */
static void
test_altered (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (TempDir) stick = temp_dir_new ();
  g_autoptr (GError) error = NULL;
  g_auto (XsWireBundle) named;

  study (fixture, 1);
  g_autofree char *folder = export(fixture, stick, &error);
  g_assert_no_error (error);
  xs_wire_bundle_init (&named);
  g_assert_true (xs_wire_bundle_check (folder, &named, &error));
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (paths, g_build_filename (folder, XS_WIRE_BUNDLE_MANIFEST, NULL));
  g_ptr_array_add (paths, g_build_filename (folder, XS_WIRE_BUNDLE_SIGNATURE, NULL));
  g_ptr_array_add (paths,
                   xs_wire_bundle_photo_path (folder, g_array_index (named.photos, XsWireBundlePhoto, 0).sha256));
  g_ptr_array_add (paths, xs_wire_bundle_item_path (folder, XS_WIRE_BUNDLE_LOGS,
                                                    g_array_index (named.logs, XsWireBundleItem, 0).seq));
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autofree char *bytes = NULL;
      gsize size;
      g_assert_true (g_file_get_contents (path, &bytes, &size, &error));
      for (gsize at = 0; at < size; at += MAX (size / 23, 1))
        {
          g_auto (XsWireBundle) bundle;
          xs_wire_bundle_init (&bundle);
          bytes[at] ^= 1;
          g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
          if (xs_wire_bundle_check (folder, &bundle, &error))
            g_error ("%s passes with byte %" G_GSIZE_FORMAT " altered", path, at);
          g_clear_error (&error);
          bytes[at] ^= 1;
        }
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
      check (folder, 1, 2);
      g_assert_cmpint (g_remove (path), ==, 0);
      g_auto (XsWireBundle) bundle;
      xs_wire_bundle_init (&bundle);
      g_assert_false (xs_wire_bundle_check (folder, &bundle, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
    }
}

/* A stick that is too small, and one that is not there, say so; the journal is as it was. */
static void
test_full_stick (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (TempDir) stick = temp_dir_new ();
  g_autofree char *nowhere = g_build_filename (stick, "nowhere", NULL);
  g_autoptr (GError) error = NULL;

  for (guint32 seed = 1; seed < 200; seed += 2)
    study (fixture, seed);
  g_assert_null (export(fixture, nowhere, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  if (!tiny_disk_mount (stick, 128 * 1024))
    return;
  g_assert_null (export(fixture, stick, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NO_SPACE);
  tiny_disk_unmount (stick);
  store_check (fixture->journal, &fixture->platform, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/unsent/export", test_export);
  store_fixture_add_test ("/store/unsent/refused", test_refused);
  store_fixture_add_test ("/store/unsent/altered", test_altered);
  store_fixture_add_test ("/store/unsent/full-stick", test_full_stick);
  return g_test_run ();
}
