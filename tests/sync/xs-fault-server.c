/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define MAX_BODY_BYTES (8 * 1024 * 1024)

typedef struct {
  char *route;
  XsFault fault;
  int times;
} Entry;

struct _XsFaultServer {
  XsFaultHandler handler;
  XsFaultRefusal refusal;
  gpointer user_data;
  GSocketListener *listener;
  GCancellable *cancellable;
  GThread *thread;
  char *url;

  GMutex lock;
  GCond cond;
  gboolean stopping;
  guint generation; /* rises with xs_fault_server_clear() */
  guint working, peak;
  GPtrArray *entries;     /* Entry */
  GPtrArray *seen;        /* "METHOD /path" */
  GPtrArray *connections; /* GSocketConnection */
  GPtrArray *workers;     /* GThread */
};

static const char *const names[XS_N_FAULTS] = {
  [XS_FAULT_NONE] = "none",
  [XS_FAULT_DROP_AFTER] = "drop-after",
  [XS_FAULT_HALF_ANSWER] = "half-answer",
  [XS_FAULT_HALF_HEAD] = "half-head",
  [XS_FAULT_TRUNCATED_JSON] = "truncated-json",
  [XS_FAULT_SLOW] = "slow",
  [XS_FAULT_TRICKLE] = "trickle",
  [XS_FAULT_DROP_BEFORE] = "drop-before",
  [XS_FAULT_BAD_REQUEST] = "bad-request",
  [XS_FAULT_UNAUTHORIZED] = "unauthorized",
  [XS_FAULT_CLOCK_WRONG] = "clock-wrong",
  [XS_FAULT_CONFLICT] = "conflict",
  [XS_FAULT_TOO_LARGE] = "too-large",
  [XS_FAULT_REJECTED] = "rejected",
  [XS_FAULT_TOO_MANY] = "too-many",
  [XS_FAULT_UNAVAILABLE] = "unavailable",
  [XS_FAULT_INTERNAL] = "internal",
  [XS_FAULT_BAD_GATEWAY] = "bad-gateway",
  [XS_FAULT_PORTAL] = "portal",
  [XS_FAULT_PORTAL_JSON] = "portal-json",
  [XS_FAULT_PORTAL_REFUSES] = "portal-refuses",
  [XS_FAULT_FILTER_JSON] = "filter-json",
  [XS_FAULT_PROXY_REFUSES] = "proxy-refuses",
  [XS_FAULT_PROXY_DENIES] = "proxy-denies",
  [XS_FAULT_REDIRECT] = "redirect",
  [XS_FAULT_NOT_MODIFIED] = "not-modified",
  [XS_FAULT_GARBAGE_JSON] = "garbage-json",
  [XS_FAULT_WRONG_TYPE] = "wrong-type",
  [XS_FAULT_GIGANTIC] = "gigantic",
  [XS_FAULT_ENDLESS] = "endless",
  [XS_FAULT_NOT_HTTP] = "not-http",
};

const char *
xs_fault_name (XsFault fault)
{
  return names[fault];
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->route);
  g_free (entry);
}

/* Also counts the request in. */
static XsFault
choose_fault (XsFaultServer *server, const char *route)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_ptr_array_add (server->seen, g_strdup (route));
  for (guint i = server->entries->len; i-- > 0;)
    {
      Entry *entry = g_ptr_array_index (server->entries, i);
      if (entry->times == 0 || !g_str_has_prefix (route, entry->route))
        continue;
      if (entry->times > 0)
        entry->times--;
      return entry->fault;
    }
  return XS_FAULT_NONE;
}

static void
request_clear (XsHttpRequest *request)
{
  g_clear_pointer (&request->method, g_free);
  g_clear_pointer (&request->path, g_free);
  g_clear_pointer (&request->headers, g_hash_table_unref);
  g_clear_pointer (&request->body, g_bytes_unref);
}

/* FALSE at the end of the connection, or when it is broken. */
static gboolean
read_request (GDataInputStream *in, XsHttpRequest *request)
{
  g_autofree char *first = g_data_input_stream_read_line (in, NULL, NULL, NULL);
  g_auto (GStrv) parts = first != NULL ? g_strsplit (first, " ", 3) : NULL;
  gsize size = 0, n_read;

  if (parts == NULL || g_strv_length (parts) != 3)
    return FALSE;
  request->method = g_strdup (parts[0]);
  request->path = g_strdup (parts[1]);
  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
      char *colon = line != NULL ? strchr (line, ':') : NULL;

      if (line == NULL)
        return FALSE;
      if (*line == '\0')
        break;
      if (colon != NULL)
        g_hash_table_replace (request->headers, g_ascii_strdown (line, colon - line),
                              g_strstrip (g_strdup (colon + 1)));
    }
  const char *length = g_hash_table_lookup (request->headers, "content-length");
  if (length != NULL)
    size = g_ascii_strtoull (length, NULL, 10);
  g_assert_cmpuint (size, <=, MAX_BODY_BYTES);
  g_autofree guint8 *body = g_malloc (size + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (in), body, size, &n_read, NULL, NULL) || n_read != size)
    return FALSE;
  request->body = g_bytes_new_take (g_steal_pointer (&body), size);
  return TRUE;
}

static gboolean
put (GOutputStream *out, const void *data, gsize size)
{
  return g_output_stream_write_all (out, data, size, NULL, NULL, NULL);
}

static void
put_string (GOutputStream *out, const char *text)
{
  (void) put (out, text, strlen (text));
}

static gboolean
put_head (GOutputStream *out, guint status, const char *type, const char *more, gsize size)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_printf (head, "HTTP/1.1 %u Whatever\r\nDate: Mon, 23 Nov 2026 13:00:00 GMT\r\n", status);
  if (type != NULL)
    g_string_append_printf (head, "Content-Type: %s\r\n", type);
  if (more != NULL)
    g_string_append (head, more);
  g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  return put (out, head->str, head->len);
}

static gboolean
put_text (GOutputStream *out, guint status, const char *type, const char *more, const char *text)
{
  return put_head (out, status, type, more, strlen (text)) && put (out, text, strlen (text));
}

static gboolean
put_refusal (XsFaultServer *server, GOutputStream *out, const XsHttpRequest *request, guint status, const char *more)
{
  g_autofree char *body = server->refusal (request, status);

  return put_text (out, status, "application/json", more, body);
}

static gboolean
put_reply (GOutputStream *out, const XsHttpReply *reply, const char *type, gsize size)
{
  return put_head (out, reply->status, type, reply->more, reply->size) && put (out, reply->body, size);
}

static void
wait_for_clear (XsFaultServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  guint generation = server->generation;

  while (!server->stopping && server->generation == generation)
    g_cond_wait (&server->cond, &server->lock);
}

static gboolean
put_for_ever (XsFaultServer *server, GOutputStream *out, const char *piece, gsize size, gint64 pause_us)
{
  while (put (out, piece, size))
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

      if (server->stopping
          || (pause_us > 0 && g_cond_wait_until (&server->cond, &server->lock, g_get_monotonic_time () + pause_us)))
        break;
    }
  return FALSE;
}

/* Commits, and answers with something wrong. Returns: whether the connection goes on. */
static gboolean
answer_committed (XsFaultServer *server, GOutputStream *out, const XsHttpRequest *request, XsFault fault)
{
  XsHttpReply reply = { .status = 200, .type = "application/json" };
  gboolean go_on = FALSE;

  g_mutex_lock (&server->lock);
  server->handler (request, &reply, server->user_data);
  g_mutex_unlock (&server->lock);
  switch ((int) fault)
    {
    case XS_FAULT_NONE:
      go_on = put_reply (out, &reply, reply.type, reply.size);
      break;
    case XS_FAULT_HALF_ANSWER:
      if (reply.size > 0)
        (void) put_reply (out, &reply, reply.type, reply.size / 2);
      break;
    case XS_FAULT_HALF_HEAD:
      put_string (out, "HTTP/1.1 200 OK\r\nContent-Ty");
      break;
    case XS_FAULT_TRUNCATED_JSON:
      reply.size /= 2;
      go_on = put_reply (out, &reply, reply.type, reply.size);
      break;
    case XS_FAULT_SLOW:
      wait_for_clear (server);
      break;
    case XS_FAULT_TRICKLE:
      (void) put_head (out, 200, "application/json", NULL, 1024 * 1024);
      go_on = put_for_ever (server, out, " ", 1, 20000);
      break;
    default:
      break;
    }
  g_free (reply.more);
  g_free (reply.body);
  return go_on;
}

static gboolean
answer_nested (GOutputStream *out)
{
  g_autofree char *text = g_strnfill (200000, '[');

  return put_text (out, 200, "application/json", NULL, text);
}

static gboolean
answer_gigantic (GOutputStream *out)
{
  g_autofree char *text = g_strnfill (8 * 1024 * 1024, ' ');

  return put_text (out, 200, "application/json", NULL, text);
}

static gboolean
answer_redirect (XsFaultServer *server, GOutputStream *out)
{
  g_autofree char *location = g_strdup_printf ("Location: %s/elsewhere\r\n", server->url);

  return put_text (out, 302, "text/html", location, "<html>Moved</html>");
}

/* Commits nothing. Returns: whether the connection goes on. */
static gboolean
answer_uncommitted (XsFaultServer *server, GOutputStream *out, const XsHttpRequest *request, XsFault fault)
{
  switch ((int) fault)
    {
    case XS_FAULT_BAD_REQUEST:
      return put_refusal (server, out, request, 400, NULL);
    case XS_FAULT_UNAUTHORIZED:
      return put_refusal (server, out, request, 401, NULL);
    case XS_FAULT_CLOCK_WRONG:
      return put_text (out, 401, "application/json", NULL,
                       "{\"error\":\"clock_wrong\",\"message\":\"Set it\",\"time\":\"20260105090300\"}");
    case XS_FAULT_CONFLICT:
      return put_refusal (server, out, request, 409, NULL);
    case XS_FAULT_TOO_LARGE:
      return put_refusal (server, out, request, 413, NULL);
    case XS_FAULT_REJECTED:
      return put_refusal (server, out, request, 422, NULL);
    case XS_FAULT_TOO_MANY:
      return put_refusal (server, out, request, 429, "Retry-After: 1\r\n");
    case XS_FAULT_UNAVAILABLE:
      return put_refusal (server, out, request, 503, "Retry-After: 1\r\n");
    case XS_FAULT_INTERNAL:
      return put_refusal (server, out, request, 500, NULL);
    case XS_FAULT_BAD_GATEWAY:
      return put_text (out, 502, "text/html", NULL, "<html><h1>Bad gateway</h1></html>");
    case XS_FAULT_PORTAL:
      return put_text (out, 200, "text/html", NULL, "<html>Please accept the terms of this network</html>");
    case XS_FAULT_PORTAL_JSON:
      return put_text (out, 200, "application/json", NULL, "{\"status\":\"ok\",\"login\":\"http://portal/\"}");
    case XS_FAULT_PORTAL_REFUSES:
      return put_text (out, 403, "text/html", NULL, "<html>Blocked by the school's filter</html>");
    case XS_FAULT_FILTER_JSON:
      return put_text (out, 400, "application/json", NULL, "{\"detail\":\"blocked by policy\"}");
    case XS_FAULT_PROXY_REFUSES:
      return put_text (out, 400, "application/json", NULL,
                       "{\"error\":\"invalid_request\",\"message\":\"Header too long\"}");
    case XS_FAULT_PROXY_DENIES:
      return put_text (out, 403, "application/json", NULL,
                       "{\"error\":\"access_denied\",\"message\":\"Category: education\"}");
    case XS_FAULT_REDIRECT:
      return answer_redirect (server, out);
    case XS_FAULT_NOT_MODIFIED:
      return put_text (out, 304, NULL, NULL, "");
    case XS_FAULT_GARBAGE_JSON:
      return answer_nested (out);
    case XS_FAULT_WRONG_TYPE:
      return put_text (out, 200, "image/gif", NULL, "{}");
    case XS_FAULT_GIGANTIC:
      return answer_gigantic (out);
    case XS_FAULT_ENDLESS:
      put_string (out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      return put_for_ever (server, out, "10\r\n0123456789abcdef\r\n", 22, 0);
    case XS_FAULT_NOT_HTTP:
      put_string (out, "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n");
      return FALSE;
    default:
      return FALSE;
    }
}

static void
serve (XsFaultServer *server, GIOStream *stream)
{
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  gboolean go_on = TRUE;

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  while (go_on)
    {
      XsHttpRequest request = { NULL };

      if (!read_request (in, &request))
        go_on = FALSE;
      else
        {
          g_autofree char *route = g_strconcat (request.method, " ", request.path, NULL);
          XsFault fault = choose_fault (server, route);

          g_mutex_lock (&server->lock);
          server->working++;
          server->peak = MAX (server->peak, server->working);
          g_mutex_unlock (&server->lock);
          go_on = fault <= XS_FAULT_LAST_COMMITTING ? answer_committed (server, out, &request, fault)
                                                    : answer_uncommitted (server, out, &request, fault);
          g_mutex_lock (&server->lock);
          server->working--;
          g_mutex_unlock (&server->lock);
        }
      request_clear (&request);
    }
}

typedef struct {
  XsFaultServer *server;
  GSocketConnection *connection;
} Visit;

static gpointer
run_visit (gpointer data)
{
  g_autofree Visit *visit = data;
  GSocket *socket = g_socket_connection_get_socket (visit->connection);

  (void) g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  serve (visit->server, G_IO_STREAM (visit->connection));
  (void) g_socket_shutdown (socket, TRUE, TRUE, NULL);
  g_mutex_lock (&visit->server->lock);
  g_ptr_array_remove (visit->server->connections, visit->connection);
  g_mutex_unlock (&visit->server->lock);
  (void) g_io_stream_close (G_IO_STREAM (visit->connection), NULL, NULL);
  g_object_unref (visit->connection);
  return NULL;
}

static gpointer
run_server (gpointer data)
{
  XsFaultServer *server = data;

  while (TRUE)
    {
      GSocketConnection *connection = g_socket_listener_accept (server->listener, NULL, server->cancellable, NULL);
      if (connection == NULL)
        return NULL;

      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
      Visit *visit = g_new0 (Visit, 1);
      visit->server = server;
      visit->connection = connection;
      g_ptr_array_add (server->connections, connection);
      g_ptr_array_add (server->workers, g_thread_new ("visit", run_visit, visit));
    }
}

XsFaultServer *
xs_fault_server_new (XsFaultHandler handler, XsFaultRefusal refusal, gpointer user_data)
{
  XsFaultServer *server = g_new0 (XsFaultServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  server->handler = handler;
  server->refusal = refusal;
  server->user_data = user_data;
  g_mutex_init (&server->lock);
  g_cond_init (&server->cond);
  server->entries = g_ptr_array_new_with_free_func (entry_free);
  server->seen = g_ptr_array_new_with_free_func (g_free);
  server->connections = g_ptr_array_new ();
  server->workers = g_ptr_array_new ();
  server->cancellable = g_cancellable_new ();
  server->listener = g_socket_listener_new ();
  g_socket_listener_add_address (server->listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &got,
                                 &error);
  g_assert_no_error (error);
  server->url = g_strdup_printf ("http://127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got)));
  server->thread = g_thread_new ("fault-server", run_server, server);
  return server;
}

void
xs_fault_server_free (XsFaultServer *server)
{
  g_mutex_lock (&server->lock);
  server->stopping = TRUE;
  g_cond_broadcast (&server->cond);
  g_mutex_unlock (&server->lock);
  g_cancellable_cancel (server->cancellable);
  g_thread_join (server->thread);
  g_mutex_lock (&server->lock);
  for (guint i = 0; i < server->connections->len; i++)
    (void) g_socket_shutdown (g_socket_connection_get_socket (g_ptr_array_index (server->connections, i)), TRUE, TRUE,
                              NULL);
  g_mutex_unlock (&server->lock);
  for (guint i = 0; i < server->workers->len; i++)
    g_thread_join (g_ptr_array_index (server->workers, i));

  g_object_unref (server->listener);
  g_object_unref (server->cancellable);
  g_ptr_array_unref (server->entries);
  g_ptr_array_unref (server->seen);
  g_ptr_array_unref (server->connections);
  g_ptr_array_unref (server->workers);
  g_mutex_clear (&server->lock);
  g_cond_clear (&server->cond);
  g_free (server->url);
  g_free (server);
}

const char *
xs_fault_server_get_url (XsFaultServer *server)
{
  return server->url;
}

void
xs_fault_server_set (XsFaultServer *server, const char *route, XsFault fault, int times)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  Entry *entry = g_new0 (Entry, 1);

  entry->route = g_strdup (route);
  entry->fault = fault;
  entry->times = times;
  g_ptr_array_add (server->entries, entry);
}

void
xs_fault_server_clear (XsFaultServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  g_ptr_array_set_size (server->entries, 0);
  server->generation++;
  g_cond_broadcast (&server->cond);
}

guint
xs_fault_server_count (XsFaultServer *server, const char *route)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);
  guint count = 0;

  for (guint i = 0; i < server->seen->len; i++)
    count += g_str_has_prefix (g_ptr_array_index (server->seen, i), route);
  return count;
}

GMutex *
xs_fault_server_get_lock (XsFaultServer *server)
{
  return &server->lock;
}

guint
xs_fault_server_get_peak (XsFaultServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  return server->peak;
}
