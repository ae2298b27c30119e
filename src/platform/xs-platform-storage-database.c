/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-storage-private.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-postgresql-resource.h"
#include "xs-platform-resource.h"
#include "xs-platform-uploads.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>

#define APPLICATION_ID 0x58535046 /* "XSPF" */
#define SQLITE_MIGRATIONS "/org/xueshi/platform/sql"
#define POSTGRESQL_MIGRATIONS "/org/xueshi/platform/sql-postgresql"
#define DATABASE "platform.db"
/* Holds a connection string: then the tables are on a server. */
#define CONNECTION "database.conf"
#define CONNECTION_MAX_BYTES 4096

static gboolean
advise_restore (gboolean ok, GError *problem, GError **error)
{
  if (ok)
    return TRUE;
  if (g_error_matches (problem, XS_ERROR, XS_ERROR_CORRUPT))
    g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s; restore it from a backup before going on", problem->message);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  g_clear_error (&problem);
  return FALSE;
}

static gboolean
fail_without_school (XsPlatformStorage *storage, GError **error)
{
  g_set_error (
    error, XS_ERROR, XS_ERROR_NOT_FOUND,
    "%s holds no school: check the name of the folder, or make one with “xueshi-platform init --data %s --school "
    "NAME --inscode NUMBER”",
    storage->dir, storage->dir);
  return FALSE;
}

gboolean
xs_storage_choose_database (XsPlatformStorage *storage, const char *conninfo, GError **error)
{
  g_autofree char *connection = g_build_filename (storage->dir, CONNECTION, NULL);
  g_autofree char *sqlite = g_build_filename (storage->dir, DATABASE, NULL);

  if (g_file_test (connection, G_FILE_TEST_EXISTS) || (conninfo != NULL && g_file_test (sqlite, G_FILE_TEST_EXISTS)))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_EXISTS, "%s holds a school already", storage->dir);
      return FALSE;
    }
  if (conninfo == NULL)
    return TRUE;
  if (conninfo[0] == '\0' || strlen (conninfo) > CONNECTION_MAX_BYTES)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "A connection string has 1 to %d bytes", CONNECTION_MAX_BYTES);
      return FALSE;
    }
  g_autoptr (GBytes) bytes = g_bytes_new (conninfo, strlen (conninfo));
  if (!xs_blob_write (connection, bytes, error))
    return FALSE;
  if (xs_storage_open_database (storage, TRUE, error))
    return TRUE;
  xs_storage_forget_database (storage);
  return FALSE;
}

/* A string that was mistyped is not to be in the way of the right one. */
void
xs_storage_forget_database (XsPlatformStorage *storage)
{
  g_autofree char *connection = g_build_filename (storage->dir, CONNECTION, NULL);

  if (storage->shared)
    g_unlink (connection);
}

/* Never moves a damaged file: a server may have it open, and logs that are answered for must not be lost from sight. */
gboolean
xs_storage_open_database (XsPlatformStorage *storage, gboolean create, GError **error)
{
  GError *problem = NULL;
  g_autofree char *connection = g_build_filename (storage->dir, CONNECTION, NULL);
  g_autofree char *path = g_build_filename (storage->dir, DATABASE, NULL);

  if (storage->sql != NULL)
    return TRUE;
  /* Naming the resources makes the linker take them out of the library; they then register themselves. */
  (void) xs_platform_get_resource ();
  (void) xs_platform_postgresql_get_resource ();
  storage->shared = g_file_test (connection, G_FILE_TEST_EXISTS);
  if (storage->shared)
    {
      g_autoptr (GBytes) bytes = xs_blob_read (connection, CONNECTION_MAX_BYTES, error);
      if (bytes == NULL)
        return FALSE;
      g_autofree char *conninfo = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      storage->sql = xs_sql_open_postgresql (g_strstrip (conninfo), POSTGRESQL_MIGRATIONS, create, &problem);
    }
  else if (!create && !g_file_test (path, G_FILE_TEST_EXISTS))
    return fail_without_school (storage, error);
  else
    storage->sql = xs_sql_open_sqlite (path, APPLICATION_ID, SQLITE_MIGRATIONS, create, &problem);
  return advise_restore (storage->sql != NULL, problem, error);
}

/* SQLite's file has one server; the tables of a server may have several. */
static gboolean
be_the_only_one (XsPlatformStorage *storage, GError **error)
{
  g_autofree char *path = g_build_filename (storage->dir, "serve.lock", NULL);

  storage->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (storage->lock_fd < 0)
    return xs_storage_fail (error, errno, "open", path);
  if (flock (storage->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_BUSY, "%s is being served by another xueshi-platform: end that one first",
               storage->dir);
  return FALSE;
}

gboolean
xs_platform_storage_lock (XsPlatformStorage *storage, GError **error)
{
  GError *problem = NULL;

  if (!storage->shared && !be_the_only_one (storage, error))
    return FALSE;
  if (!xs_sql_check (storage->sql, FALSE, &problem))
    {
      g_prefix_error (&problem, "%s" G_DIR_SEPARATOR_S DATABASE ": ", storage->dir);
      return advise_restore (FALSE, problem, error);
    }
  return xs_platform_uploads_tidy (storage->incoming_dir, !storage->shared, error);
}
