/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-error.h"
#include "xs-platform-duties.h"
#include "xs-platform-log.h"
#include "xs-platform-monitor.h"
#include "xs-platform-server.h"
#include "xs-platform-tls-make.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define TIDY_INTERVAL_S 3600
/* Certificate and key are written one after the other. */
#define RELOAD_DELAY_MS 300

/* The options of the command, and what runs. */
typedef struct {
  char *data_dir;
  char *address;
  char *certificate;
  char *key;
  char *client_ca;
  char *metrics_address;
  gboolean insecure;
  gboolean no_audit;
  int port;
  int idle_timeout_s;
  int stop_grace_s;
  int device_rate;
  XsPlatformHttpOptions http;

  GMainLoop *loop;
  XsPlatformTls *tls;
  XsPlatformServer *server;
  XsPlatformMonitor *monitor;
  XsPlatformDuties *duties;
  GPtrArray *watches; /* of GFileMonitor */
  guint reload_id;
} Serve;

static void
serve_clear (Serve *serve)
{
  if (serve->reload_id != 0)
    g_source_remove (serve->reload_id);
  g_clear_pointer (&serve->watches, g_ptr_array_unref);
  xs_platform_monitor_stop (serve->monitor);
  xs_platform_server_stop_within (serve->server, (guint) serve->stop_grace_s);
  xs_platform_duties_stop (serve->duties);
  xs_platform_tls_free (serve->tls);
  g_clear_pointer (&serve->loop, g_main_loop_unref);
  g_free (serve->data_dir);
  g_free (serve->address);
  g_free (serve->certificate);
  g_free (serve->key);
  g_free (serve->client_ca);
  g_free (serve->metrics_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Serve, serve_clear)

static gboolean
on_stop (gpointer data)
{
  Serve *serve = data;

  g_main_loop_quit (serve->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
reload (gpointer data)
{
  Serve *serve = data;
  g_autoptr (GError) error = NULL;

  serve->reload_id = 0;
  if (xs_platform_tls_reload (serve->tls, &error))
    g_message ("The certificate was read anew");
  else
    g_message ("The certificate was not read anew, the old one stays: %s", error->message);
  return G_SOURCE_REMOVE;
}

static gboolean
on_reload (gpointer data)
{
  Serve *serve = data;

  if (serve->tls != NULL)
    reload (serve);
  return G_SOURCE_CONTINUE;
}

static void
on_certificate_changed (Serve *serve)
{
  if (serve->reload_id == 0)
    serve->reload_id = g_timeout_add (RELOAD_DELAY_MS, reload, serve);
}

static gboolean
on_tidy (gpointer data)
{
  Serve *serve = data;

  xs_platform_server_tidy (serve->server);
  return G_SOURCE_CONTINUE;
}

static void
watch (Serve *serve, const char *path)
{
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  GFileMonitor *monitor = file != NULL ? g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL) : NULL;

  if (monitor == NULL)
    return;
  g_signal_connect_swapped (monitor, "changed", G_CALLBACK (on_certificate_changed), serve);
  g_ptr_array_add (serve->watches, monitor);
}

/* What tls-init made is taken without being named. */
static void
find_certificate (Serve *serve)
{
  g_autofree char *certificate =
    g_build_filename (serve->data_dir, XS_PLATFORM_TLS_FOLDER, XS_PLATFORM_TLS_CERTIFICATE, NULL);

  if (serve->insecure || serve->certificate != NULL || !g_file_test (certificate, G_FILE_TEST_EXISTS))
    return;
  serve->certificate = g_steal_pointer (&certificate);
  serve->key = g_build_filename (serve->data_dir, XS_PLATFORM_TLS_FOLDER, XS_PLATFORM_TLS_KEY, NULL);
}

static gboolean
start_tls (Serve *serve, GError **error)
{
  XsPlatformTlsFiles files = { serve->certificate, serve->key, serve->client_ca };

  find_certificate (serve);
  if ((serve->certificate == NULL) != (serve->key == NULL) || (serve->client_ca != NULL && serve->certificate == NULL))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "--tls-certificate and --tls-key go together, and --tls-client-ca with them");
      return FALSE;
    }
  if (serve->certificate == NULL)
    return TRUE;
  files.certificate = serve->certificate;
  files.key = serve->key;
  serve->http.tls = serve->tls = xs_platform_tls_new (&files, xs_clock_system (), error);
  if (serve->tls == NULL)
    return FALSE;
  serve->watches = g_ptr_array_new_with_free_func (g_object_unref);
  watch (serve, files.certificate);
  watch (serve, files.key);
  watch (serve, files.client_ca);
  return TRUE;
}

static gboolean
check_options (Serve *serve, GError **error)
{
  if (serve->port < 0 || serve->port > G_MAXUINT16 || serve->idle_timeout_s < 1 || serve->idle_timeout_s > 3600
      || serve->stop_grace_s < 0 || serve->stop_grace_s > 3600 || serve->device_rate < 0)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "--port must be 0 to 65535, --idle-timeout 1 to 3600, --stop-grace 0 to 3600 and "
                           "--device-rate 0 or more");
      return FALSE;
    }
  serve->http.port = (guint16) serve->port;
  serve->http.idle_timeout_s = (guint) serve->idle_timeout_s;
  serve->http.device_requests_per_minute = (guint) serve->device_rate;
  if (serve->address != NULL)
    serve->http.address = serve->address;
  return TRUE;
}

static gboolean
check_address (Serve *serve, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (serve->http.address);
  gboolean is_loopback = address != NULL && g_inet_address_get_is_loopback (address);

  /* Behind a reverse proxy all kiosks come from this machine. */
  if (is_loopback)
    serve->http.max_connections_per_address = 0;
  if (address == NULL || is_loopback || serve->tls != NULL || serve->insecure)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
               "On %s others could read along: make a certificate (xueshi-platform tls-init), or name one with "
               "--tls-certificate and --tls-key; --insecure serves without one",
               serve->http.address);
  return FALSE;
}

/* "ADDRESS:PORT", an IPv6 address in brackets. */
static gboolean
start_monitor (Serve *serve, GError **error)
{
  g_autoptr (GSocketConnectable) connectable = NULL;

  if (serve->metrics_address == NULL)
    return TRUE;
  connectable = g_network_address_parse (serve->metrics_address, 9480, NULL);
  if (connectable == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "--metrics-address is ADDRESS:PORT, not “%s”",
                   serve->metrics_address);
      return FALSE;
    }
  GNetworkAddress *where = G_NETWORK_ADDRESS (connectable);
  serve->monitor =
    xs_platform_monitor_start (xs_platform_server_get_metrics (serve->server), g_network_address_get_hostname (where),
                               g_network_address_get_port (where), error);
  if (serve->monitor == NULL)
    return FALSE;
  g_print ("metrics on http://%s:%u/metrics\n", g_network_address_get_hostname (where),
           xs_platform_monitor_get_port (serve->monitor));
  return TRUE;
}

static void
start_duties (Serve *serve, XsPlatformStorage *storage)
{
  g_autofree char *auditor = serve->no_audit ? NULL : xs_platform_find_auditor ();

  if (auditor == NULL && !serve->no_audit)
    g_message ("Logs wait for a verdict: there is no xueshi-auditor here");
  serve->duties = xs_platform_duties_start (storage, serve->data_dir, auditor);
}

/* Each connection is a file, and many kiosks may wait at a time. */
static void
allow_many_files (void)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  (void) setrlimit (RLIMIT_NOFILE, &files);
}

static gboolean
run (Serve *serve, XsPlatformStorage *storage, GError **error)
{
  serve->loop = g_main_loop_new (NULL, FALSE);
  guint sources[] = {
    g_unix_signal_add (SIGTERM, on_stop, serve),
    g_unix_signal_add (SIGINT, on_stop, serve),
    g_unix_signal_add (SIGHUP, on_reload, serve),
    g_timeout_add_seconds (TIDY_INTERVAL_S, on_tidy, serve),
  };

  gboolean ok = start_tls (serve, error) && check_address (serve, error)
                && (serve->server = xs_platform_server_start (storage, &serve->http, error)) != NULL
                && start_monitor (serve, error);
  if (ok)
    {
      g_print ("listening on %s\n", xs_platform_server_get_url (serve->server));
      fflush (stdout);
      start_duties (serve, storage);
      g_main_loop_run (serve->loop);
      g_message ("Stopping: no more connections; running requests have %d s", serve->stop_grace_s);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return ok;
}

gboolean
xs_platform_command_serve (char **argv, GError **error)
{
  g_autoptr (XsPlatformStorage) storage = NULL; /* outlives what serves it */
  g_auto (Serve) serve = { .port = 8480, .stop_grace_s = XS_PLATFORM_STOP_GRACE_S };
  serve.http = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  serve.idle_timeout_s = (int) serve.http.idle_timeout_s;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &serve.data_dir, "Folder of the platform", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &serve.port, "Port to listen on, 0 for any (8480)", "N" },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &serve.address, "Numeric address to listen on (127.0.0.1)", "ADDRESS" },
    { "tls-certificate", 0, 0, G_OPTION_ARG_FILENAME, &serve.certificate,
      "Certificate of this server and those that signed it, PEM (DIR/tls/server.pem, which tls-init makes)", "FILE" },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &serve.key, "Its private key, PEM", "FILE" },
    { "tls-client-ca", 0, 0, G_OPTION_ARG_FILENAME, &serve.client_ca,
      "Let in only who shows a certificate that one of these signed, PEM", "FILE" },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &serve.insecure, "Serve without TLS, to other computers too", NULL },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &serve.idle_timeout_s, "Close a silent connection after this long (30)",
      "SECONDS" },
    { "stop-grace", 0, 0, G_OPTION_ARG_INT, &serve.stop_grace_s,
      "When told to stop, give running requests this long (10)", "SECONDS" },
    { "device-rate", 0, 0, G_OPTION_ARG_INT, &serve.device_rate,
      "Requests that one device may make in a minute, 0 for any number (0)", "N" },
    { "no-audit", 0, 0, G_OPTION_ARG_NONE, &serve.no_audit, "Start no auditor: another computer has one", NULL },
    { "metrics-address", 0, 0, G_OPTION_ARG_STRING, &serve.metrics_address,
      "Where to tell Prometheus what goes on: GET /metrics (nowhere)", "ADDRESS:PORT" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Serve kiosks until told to stop", NULL, 0, error)
      || !xs_platform_require ("--data", serve.data_dir, error) || !check_options (&serve, error))
    return FALSE;
  signal (SIGPIPE, SIG_IGN);
  allow_many_files ();
  g_log_set_writer_func (xs_platform_log_writer, NULL, NULL);
  storage = xs_platform_storage_open (serve.data_dir, xs_clock_system (), error);
  return storage != NULL && run (&serve, storage, error);
}
