/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "postgres-cluster.h"

#include "temp-dir.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

static struct {
  char *bin; /* folder of initdb and postgres */
  char *dir;
  GSubprocess *server;
  guint n_databases;
} cluster;

/* The newest there is. */
static char *
find_bin (void)
{
  g_autoptr (GDir) versions = g_dir_open ("/usr/lib/postgresql", 0, NULL);
  gint64 newest = 0;
  const char *name;

  while (versions != NULL && (name = g_dir_read_name (versions)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/usr/lib/postgresql", name, "bin", "initdb", NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        newest = MAX (newest, g_ascii_strtoll (name, NULL, 10));
    }
  return newest >= 15 ? g_strdup_printf ("/usr/lib/postgresql/%d/bin", (int) newest) : NULL;
}

const char *
postgres_cluster_missing (void)
{
  if (cluster.bin == NULL)
    cluster.bin = find_bin ();
  if (cluster.bin == NULL)
    return "no PostgreSQL 15 or later in /usr/lib/postgresql: install postgresql";
  if (geteuid () == 0 && getpwnam ("postgres") == NULL)
    return "PostgreSQL does not run as root, and there is no user postgres";
  return NULL;
}

/* As an unprivileged user, and never longer than this program. */
static GSubprocess *
spawn (const char *program, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  const struct passwd *user = geteuid () == 0 ? getpwnam ("postgres") : NULL;

  g_ptr_array_add (argv, g_strdup ("setpriv"));
  g_ptr_array_add (argv, g_strdup ("--pdeathsig=QUIT"));
  if (user != NULL)
    {
      g_ptr_array_add (argv, g_strdup_printf ("--reuid=%u", user->pw_uid));
      g_ptr_array_add (argv, g_strdup_printf ("--regid=%u", user->pw_gid));
      g_ptr_array_add (argv, g_strdup ("--clear-groups"));
    }
  g_ptr_array_add (argv, g_build_filename (cluster.bin, program, NULL));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, NULL);
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, "/");
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  return process;
}

/* A schema is as empty as a database, and made in a hundredth of the time. */
static char *
conninfo_of (const char *schema)
{
  return g_strdup_printf ("host=%s dbname=postgres user=xueshi options='-c search_path=%s'", cluster.dir, schema);
}

static void
stop (void)
{
  g_subprocess_send_signal (cluster.server, SIGQUIT);
  g_subprocess_wait (cluster.server, NULL, NULL);
  temp_dir_free (cluster.dir);
  g_clear_object (&cluster.server);
  g_clear_pointer (&cluster.bin, g_free);
}

static void
start_server (void)
{
  g_autofree char *data = g_build_filename (cluster.dir, "data", NULL);
  const char *const arguments[] = { "-D", data,       "-k", cluster.dir,       "-c", "listen_addresses=",
                                    "-c", "fsync=on", "-c", "wal_recycle=off", NULL };

  cluster.server = spawn ("postgres", arguments);
}

/* It answers when it is ready. One that was killed leaves processes that may keep the next from starting at first. */
static PGconn *
connect_to (const char *conninfo)
{
  for (;;)
    {
      PGconn *connection = PQconnectdb (conninfo);
      if (PQstatus (connection) == CONNECTION_OK)
        return connection;
      PQfinish (connection);
      if (g_subprocess_get_identifier (cluster.server) == NULL)
        {
          g_object_unref (cluster.server);
          start_server ();
        }
      g_thread_yield ();
    }
}

static void
start (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;

  g_assert_cmpstr (postgres_cluster_missing (), ==, NULL);
  cluster.dir = temp_dir_new ();
  if (geteuid () == 0)
    g_assert_cmpint (chown (cluster.dir, getpwnam ("postgres")->pw_uid, getpwnam ("postgres")->pw_gid), ==, 0);
  data = g_build_filename (cluster.dir, "data", NULL);
  const char *const initdb[] = { "-D", data, "-U", "xueshi", "-A", "trust", "-E", "UTF8", "-N", "--locale=C", NULL };
  g_autoptr (GSubprocess) init = spawn ("initdb", initdb);
  g_assert_true (g_subprocess_wait_check (init, NULL, &error));
  start_server ();
  atexit (stop);
}

char *
postgres_cluster_database_new (void)
{
  if (cluster.server == NULL)
    start ();
  g_autofree char *name = g_strdup_printf ("test%u", ++cluster.n_databases);
  g_autofree char *create = g_strdup_printf ("CREATE SCHEMA %s", name);
  g_autofree char *first = conninfo_of ("public");
  postgres_cluster_exec (first, create);
  return conninfo_of (name);
}

char *
postgres_cluster_refusal (const char *conninfo, const char *sql)
{
  PGconn *connection = connect_to (conninfo);
  PGresult *result = PQexec (connection, sql);
  const char *said = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  char *refusal = g_strdup (said != NULL ? said : PQresultErrorMessage (result));

  PQclear (result);
  PQfinish (connection);
  return refusal;
}

void
postgres_cluster_exec (const char *conninfo, const char *sql)
{
  g_autofree char *refusal = postgres_cluster_refusal (conninfo, sql);

  g_assert_cmpstr (refusal, ==, "");
}

const char *
postgres_cluster_dir (void)
{
  return cluster.dir;
}

void
postgres_cluster_kill (void)
{
  g_subprocess_send_signal (cluster.server, SIGKILL);
  g_subprocess_wait (cluster.server, NULL, NULL);
}

void
postgres_cluster_restart (void)
{
  g_autofree char *conninfo = conninfo_of ("public");

  g_clear_object (&cluster.server);
  start_server ();
  PQfinish (connect_to (conninfo));
}
