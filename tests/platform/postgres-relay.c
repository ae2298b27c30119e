/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "postgres-relay.h"

#include "temp-dir.h"

#include <gio/gunixsocketaddress.h>
#include <poll.h>
#include <string.h>

#define HOST "host="
#define SOCKET ".s.PGSQL.5432"
/* As libpq sends it: the simple query "COMMIT". */
#define COMMIT "Q\0\0\0\013COMMIT"

struct _PostgresRelay {
  char *dir;
  char *server_dir;
  char *rest; /* of the connection string, behind the host */
  GSocket *listener;
  GCancellable *cancellable; /* of its thread */
  GThread *thread;
  GPtrArray *threads; /* of its connections */
  gint armed;         /* atomic */
};

typedef struct {
  PostgresRelay *relay;
  GSocket *client;
} Connection;

static GSocketAddress *
address_in (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, SOCKET, NULL);

  return g_unix_socket_address_new (path);
}

/* Returns: FALSE when the connection is over. */
static gboolean
pass (PostgresRelay *relay, GSocket *from, GSocket *to, gboolean to_server)
{
  char buffer[65536];
  gssize size = g_socket_receive (from, buffer, sizeof buffer, NULL, NULL);
  gssize sent = 0;
  gboolean is_commit = to_server && size >= (gssize) sizeof COMMIT && memcmp (buffer, COMMIT, sizeof COMMIT) == 0;

  while (sent < size)
    {
      gssize n = g_socket_send (to, buffer + sent, (gsize) (size - sent), NULL, NULL);
      if (n <= 0)
        return FALSE;
      sent += n;
    }
  if (!is_commit || !g_atomic_int_compare_and_exchange (&relay->armed, TRUE, FALSE))
    return size > 0;
  /* What the server answers comes after what it did. */
  g_assert_cmpint (g_socket_receive (to, buffer, sizeof buffer, NULL, NULL), >, 0);
  return FALSE;
}

static gpointer
serve (gpointer data)
{
  Connection *connection = data;
  g_autoptr (GSocket) client = connection->client;
  g_autoptr (GSocketAddress) address = address_in (connection->relay->server_dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) server = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, &error);
  struct pollfd fds[] = { { .fd = g_socket_get_fd (client), .events = POLLIN },
                          { .fd = g_socket_get_fd (server), .events = POLLIN } };
  gboolean open = g_socket_connect (server, address, NULL, NULL);

  while (open)
    {
      poll (fds, G_N_ELEMENTS (fds), -1);
      if (fds[0].revents != 0)
        open = pass (connection->relay, client, server, TRUE);
      if (open && fds[1].revents != 0)
        open = pass (connection->relay, server, client, FALSE);
    }
  g_socket_close (client, NULL);
  g_socket_close (server, NULL);
  g_free (connection);
  return NULL;
}

static gpointer
accept_all (gpointer data)
{
  PostgresRelay *relay = data;
  GSocket *client;

  while ((client = g_socket_accept (relay->listener, relay->cancellable, NULL)) != NULL)
    {
      Connection *connection = g_new0 (Connection, 1);
      *connection = (Connection){ relay, client };
      g_ptr_array_add (relay->threads, g_thread_new ("relay", serve, connection));
    }
  return NULL;
}

PostgresRelay *
postgres_relay_new (const char *conninfo)
{
  PostgresRelay *relay = g_new0 (PostgresRelay, 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (conninfo, HOST));
  const char *host = conninfo + strlen (HOST);
  relay->server_dir = g_strndup (host, strcspn (host, " "));
  relay->rest = g_strdup (host + strlen (relay->server_dir));
  relay->dir = temp_dir_new ();
  g_autoptr (GSocketAddress) address = address_in (relay->dir);
  relay->listener = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, &error);
  g_assert_true (g_socket_bind (relay->listener, address, FALSE, &error));
  g_assert_true (g_socket_listen (relay->listener, &error));
  g_assert_no_error (error);
  relay->threads = g_ptr_array_new ();
  relay->cancellable = g_cancellable_new ();
  relay->thread = g_thread_new ("relay-accept", accept_all, relay);
  return relay;
}

void
postgres_relay_free (PostgresRelay *relay)
{
  g_cancellable_cancel (relay->cancellable);
  g_thread_join (relay->thread);
  for (guint i = 0; i < relay->threads->len; i++)
    g_thread_join (g_ptr_array_index (relay->threads, i));
  g_ptr_array_unref (relay->threads);
  g_object_unref (relay->listener);
  g_object_unref (relay->cancellable);
  temp_dir_free (relay->dir);
  g_free (relay->server_dir);
  g_free (relay->rest);
  g_free (relay);
}

char *
postgres_relay_dup_conninfo (PostgresRelay *relay)
{
  return g_strconcat (HOST, relay->dir, relay->rest, NULL);
}

void
postgres_relay_lose_commit (PostgresRelay *relay)
{
  g_atomic_int_set (&relay->armed, TRUE);
}

gboolean
postgres_relay_has_lost (PostgresRelay *relay)
{
  return !g_atomic_int_get (&relay->armed);
}
