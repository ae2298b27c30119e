/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-fixture.h"

#include "temp-dir.h"
#include "xs-platform-resource.h"

static const char *const tables[] = {
  "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> ''), bytes BLOB, number REAL) STRICT",
  "CREATE TABLE total (n INTEGER NOT NULL) STRICT",
  "CREATE TABLE job (id INTEGER PRIMARY KEY, due_us INTEGER NOT NULL, claims INTEGER NOT NULL DEFAULT 0) STRICT",
  "CREATE INDEX job_due ON job (due_us, id)",
  "INSERT INTO total VALUES (0)",
};

XsSql *
xs_sql_fixture_open (XsSqlFixture *f)
{
  g_autofree char *path = g_build_filename (f->dir, "test.db", NULL);
  g_autoptr (GError) error = NULL;

  (void) xs_platform_get_resource ();
  XsSql *sql = xs_sql_open_sqlite (path, 1, "/org/xueshi/platform/sql", TRUE, &error);
  g_assert_no_error (error);
  return sql;
}

static void
set_up (XsSqlFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->dir = temp_dir_new ();
  f->sql = xs_sql_fixture_open (f);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_assert_true (xs_sql_run (f->sql, tables[i], &error, ""));
      g_assert_no_error (error);
    }
}

static void
tear_down (XsSqlFixture *f, gconstpointer data)
{
  xs_sql_close (f->sql);
  temp_dir_free (f->dir);
}

void
xs_sql_fixture_add (const char *name, void (*func) (XsSqlFixture *f, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/platform/sql/sqlite/", name, NULL);

  g_test_add (path, XsSqlFixture, NULL, set_up, func, tear_down);
}
