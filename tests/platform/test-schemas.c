/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Platforms of every version there was, as dumps in tests/data/schema: each opens, keeps all it had, and goes on. */

#include "temp-dir.h"
#include "xs-platform-check.h"
#include "xs-platform-export.h"
#include "xs-platform-people.h"
#include "xs-wire-sample.h"

#include <sqlite3.h>

/* The key of the school is made on the spot: it is no part of a database. */
static void
load (const char *dir, XsClock *clock, int version)
{
  g_autofree char *name = g_strdup_printf ("platform-%d.sql", version);
  g_autofree char *sql_path = g_test_build_filename (G_TEST_DIST, "data", "schema", name, NULL);
  g_autofree char *db_path = g_build_filename (dir, "platform.db", NULL);
  g_autofree char *sql = NULL;
  g_autofree char *update = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  sqlite3 *raw;

  {
    g_autoptr (XsPlatformStorage) storage =
      xs_platform_storage_create (dir, XS_SAMPLE_INSCODE, "平安驾校", clock, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < XS_KEY_BYTES; i++)
      g_string_append_printf (hex, "%02x", xs_platform_storage_get_seal_key (storage)->public_key[i]);
  }
  temp_dir_remove (db_path);
  g_file_get_contents (sql_path, &sql, NULL, &error);
  g_assert_no_error (error);
  update = g_strdup_printf ("UPDATE school SET seal_public_key = x'%s'", hex->str);
  g_assert_cmpint (sqlite3_open (db_path, &raw), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (raw, update, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (raw), ==, SQLITE_OK);
}

static JsonObject *
element (JsonNode *list, guint index)
{
  return json_array_get_object_element (json_node_get_array (list), index);
}

static void
test_version (gconstpointer data)
{
  int version = GPOINTER_TO_INT (data);
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autoptr (XsClock) clock = xs_clock_fake_new (0, XS_SAMPLE_TIME_US);
  g_autoptr (GError) error = NULL;
  g_auto (XsPlatformChecked) checked = { 0 };

  load (dir, clock, version);
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (dir, clock, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) logs = xs_platform_list (storage, "logs", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (logs)), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (element (logs, 0), "recnum"), ==, "00007");
  g_assert_cmpstr (json_object_get_string_member (element (logs, 0), "chain"), ==, "ok");
  g_autoptr (JsonNode) learners = xs_platform_list (storage, "learners", &error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (learners)), ==, 2);
  g_assert_cmpint (json_object_get_int_member (element (learners, 0), "last_recnum"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (element (learners, 0), "total_s"), ==, 121);
  g_assert_cmpint (json_object_get_boolean_member (element (learners, 1), "active_check"), ==, version < 3);
  g_autoptr (JsonNode) devices = xs_platform_list (storage, "devices", &error);
  g_assert_cmpstr (json_object_get_string_member (element (devices, 0), "devnum"), ==, XS_SAMPLE_DEVNUM);

  g_autoptr (GArray) people = xs_platform_storage_list_people (storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (people->len, ==, version < 10 ? 0 : 1);

  /* The dump brings rows and no files: what is missed is the three photos and nothing else. */
  g_assert_true (xs_platform_check (storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (checked.problems->len, ==, 3);
  for (guint i = 0; i < checked.problems->len; i++)
    g_assert_cmpint (g_array_index (checked.problems, XsPlatformFinding, i).fault, ==, XS_FAULT_PHOTO_MISSING);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_data_func ("/platform/schemas/1", GINT_TO_POINTER (1), test_version);
  g_test_add_data_func ("/platform/schemas/2", GINT_TO_POINTER (2), test_version);
  g_test_add_data_func ("/platform/schemas/3", GINT_TO_POINTER (3), test_version);
  g_test_add_data_func ("/platform/schemas/4", GINT_TO_POINTER (4), test_version);
  g_test_add_data_func ("/platform/schemas/10", GINT_TO_POINTER (10), test_version);
  return g_test_run ();
}
