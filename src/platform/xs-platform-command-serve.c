/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-error.h"
#include "xs-platform-server.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

gboolean
xs_platform_command_serve (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *address = NULL;
  int port = 8480;
  XsPlatformHttpOptions options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  int idle_timeout_s = (int) options.idle_timeout_s;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, "Folder of the platform", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Port to listen on, 0 for any (8480)", "N" },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &address, "Numeric address to listen on (127.0.0.1)", "ADDRESS" },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &idle_timeout_s, "Close a silent connection after this long (30)",
      "SECONDS" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Serve kiosks until told to stop", NULL, 0, error)
      || !xs_platform_require ("--data", data_dir, error))
    return FALSE;
  if (port < 0 || port > G_MAXUINT16 || idle_timeout_s < 1 || idle_timeout_s > 3600)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "--port must be 0 to 65535 and --idle-timeout 1 to 3600");
      return FALSE;
    }
  options.port = (guint16) port;
  options.idle_timeout_s = (guint) idle_timeout_s;
  if (address != NULL)
    options.address = address;
  /* Behind a reverse proxy all kiosks come from this machine. */
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (options.address);
  if (parsed != NULL && g_inet_address_get_is_loopback (parsed))
    options.max_connections_per_address = 0;

  signal (SIGPIPE, SIG_IGN);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint on_term = g_unix_signal_add (SIGTERM, on_signal, loop);
  guint on_int = g_unix_signal_add (SIGINT, on_signal, loop);
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (data_dir, xs_clock_system (), error);
  g_autoptr (XsPlatformServer) server = NULL;
  if (storage != NULL)
    server = xs_platform_server_start (storage, &options, error);
  if (server != NULL)
    {
      g_print ("listening on %s\n", xs_platform_server_get_url (server));
      fflush (stdout);
      g_main_loop_run (loop);
    }
  g_source_remove (on_term);
  g_source_remove (on_int);
  return server != NULL;
}
