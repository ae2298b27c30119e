/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-answer.h"

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
  XsFaultChooser chooser; /* (nullable) */
  int handshakes_to_break;
  guint generation; /* rises with xs_fault_server_clear() */
  guint working, peak;
  GPtrArray *entries;     /* Entry */
  GPtrArray *seen;        /* "METHOD /path" */
  GPtrArray *overtaken;   /* XsHttpRequest: not handed on yet */
  GPtrArray *connections; /* GSocketConnection, each with a thread */
};

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
  return server->chooser != NULL ? server->chooser (route, server->user_data) : XS_FAULT_NONE;
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
  while (xs_fault_put (out, piece, size))
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

      if (server->stopping
          || (pause_us > 0 && g_cond_wait_until (&server->cond, &server->lock, g_get_monotonic_time () + pause_us)))
        break;
    }
  return FALSE;
}

static void
free_request (gpointer data)
{
  request_clear (data);
  g_free (data);
}

/* (transfer full): a copy whose body is only the first @size bytes, or has another one in its middle. */
static XsHttpRequest *
alter (const XsHttpRequest *request, XsFault fault)
{
  XsHttpRequest *copy = g_new0 (XsHttpRequest, 1);
  gsize size;
  const void *bytes = g_bytes_get_data (request->body, &size);
  g_autofree guint8 *altered = g_memdup2 (bytes, size);

  if (fault == XS_FAULT_DAMAGED && size > 0)
    altered[size / 2] ^= 1;
  if (fault == XS_FAULT_HALF_BODY)
    size /= 2;
  copy->method = g_strdup (request->method);
  copy->path = g_strdup (request->path);
  copy->headers = g_hash_table_ref (request->headers);
  copy->body = g_bytes_new (altered, size);
  copy->is_cut = fault == XS_FAULT_HALF_BODY;
  return copy;
}

static void
reply_clear (XsHttpReply *reply)
{
  g_free (reply->more);
  g_free (reply->body);
  *reply = (XsHttpReply){ .status = 200, .type = "application/json" };
}

/* Under the lock. */
static void
hand_on (XsFaultServer *server, const XsHttpRequest *request, XsHttpReply *reply)
{
  reply_clear (reply);
  server->handler (request, reply, server->user_data);
}

/* What arrives of the request, and when. */
static void
commit (XsFaultServer *server, const XsHttpRequest *request, XsFault fault, XsHttpReply *reply)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  if (fault == XS_FAULT_OVERTAKEN)
    {
      g_ptr_array_add (server->overtaken, alter (request, fault));
      return;
    }
  if (fault == XS_FAULT_DAMAGED || fault == XS_FAULT_HALF_BODY)
    {
      XsHttpRequest *altered = alter (request, fault);
      hand_on (server, altered, reply);
      free_request (altered);
      return;
    }
  hand_on (server, request, reply);
  if (fault == XS_FAULT_TWICE)
    hand_on (server, request, reply);
  while (server->overtaken->len > 0)
    {
      XsHttpRequest *overtaken = g_ptr_array_steal_index (server->overtaken, 0);
      XsHttpReply unheard = { .status = 200 };
      hand_on (server, overtaken, &unheard);
      reply_clear (&unheard);
      free_request (overtaken);
    }
}

/* Commits, and answers with something wrong. Returns: whether the connection goes on. */
static gboolean
answer_committed (XsFaultServer *server, GOutputStream *out, const XsHttpRequest *request, XsFault fault)
{
  static const char half_head[] = "HTTP/1.1 200 OK\r\nContent-Ty";
  XsHttpReply reply = { .status = 200, .type = "application/json" };
  gboolean go_on = FALSE;

  commit (server, request, fault, &reply);
  switch ((int) fault)
    {
    case XS_FAULT_NONE:
    case XS_FAULT_TWICE:
    case XS_FAULT_DAMAGED:
      go_on = xs_fault_put_reply (out, &reply, reply.size);
      break;
    case XS_FAULT_HALF_ANSWER:
      if (reply.size > 0)
        (void) xs_fault_put_reply (out, &reply, reply.size / 2);
      break;
    case XS_FAULT_HALF_HEAD:
      (void) xs_fault_put (out, half_head, strlen (half_head));
      break;
    case XS_FAULT_TRUNCATED_JSON:
      reply.size /= 2;
      go_on = xs_fault_put_reply (out, &reply, reply.size);
      break;
    case XS_FAULT_SLOW:
      wait_for_clear (server);
      break;
    case XS_FAULT_TRICKLE:
      (void) xs_fault_put_head (out, 200, "application/json", NULL, 1024 * 1024);
      go_on = put_for_ever (server, out, " ", 1, 20000);
      break;
    default:
      break;
    }
  reply_clear (&reply);
  return go_on;
}

static gboolean
answer_redirect (XsFaultServer *server, GOutputStream *out)
{
  g_autofree char *location = g_strdup_printf ("Location: %s/elsewhere\r\n", server->url);

  return xs_fault_put_text (out, 302, "text/html", location, "<html>Moved</html>");
}

static gboolean
answer_endless (XsFaultServer *server, GOutputStream *out)
{
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

  return xs_fault_put (out, head, strlen (head)) && put_for_ever (server, out, "10\r\n0123456789abcdef\r\n", 22, 0);
}

/* Commits nothing. Returns: whether the connection goes on. */
static gboolean
answer_uncommitted (XsFaultServer *server, GOutputStream *out, const XsHttpRequest *request, XsFault fault)
{
  static const struct {
    XsFault fault;
    guint status;
    const char *more;
  } refusals[] = {
    { XS_FAULT_BAD_REQUEST, 400, NULL }, { XS_FAULT_UNAUTHORIZED, 401, NULL },
    { XS_FAULT_CONFLICT, 409, NULL },    { XS_FAULT_TOO_LARGE, 413, NULL },
    { XS_FAULT_REJECTED, 422, NULL },    { XS_FAULT_TOO_MANY, 429, "Retry-After: 1\r\n" },
    { XS_FAULT_INTERNAL, 500, NULL },    { XS_FAULT_UNAVAILABLE, 503, "Retry-After: 1\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      if (refusals[i].fault == fault)
        {
          g_autofree char *body = server->refusal (request, refusals[i].status);
          return xs_fault_put_text (out, refusals[i].status, "application/json", refusals[i].more, body);
        }
    }
  if (fault == XS_FAULT_REDIRECT)
    return answer_redirect (server, out);
  if (fault == XS_FAULT_ENDLESS)
    return answer_endless (server, out);
  return xs_fault_put_lie (out, fault);
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
  gboolean broken; /* in its handshake */
} Visit;

static gpointer
run_visit (gpointer data)
{
  static const guint8 handshake_failure[] = { 0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28 };
  g_autofree Visit *visit = data;
  XsFaultServer *server = visit->server;
  GSocket *socket = g_socket_connection_get_socket (visit->connection);
  GIOStream *stream = G_IO_STREAM (visit->connection);

  (void) g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  if (visit->broken)
    (void) xs_fault_put (g_io_stream_get_output_stream (stream), handshake_failure, sizeof handshake_failure);
  else
    serve (server, stream);
  (void) g_socket_shutdown (socket, TRUE, TRUE, NULL);
  (void) g_io_stream_close (stream, NULL, NULL);
  /* The last thing it does with the server, which waits for it before it goes. */
  g_mutex_lock (&server->lock);
  g_ptr_array_remove_fast (server->connections, visit->connection);
  g_cond_broadcast (&server->cond);
  g_object_unref (visit->connection);
  g_mutex_unlock (&server->lock);
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
      visit->broken = server->handshakes_to_break > 0;
      if (visit->broken)
        server->handshakes_to_break--;
      g_ptr_array_add (server->connections, connection);
      g_thread_unref (g_thread_new ("visit", run_visit, visit));
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
  server->overtaken = g_ptr_array_new_with_free_func (free_request);
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
  while (server->connections->len > 0)
    g_cond_wait (&server->cond, &server->lock);
  g_mutex_unlock (&server->lock);

  g_object_unref (server->listener);
  g_object_unref (server->cancellable);
  g_ptr_array_unref (server->entries);
  g_ptr_array_unref (server->seen);
  g_ptr_array_unref (server->connections);
  g_ptr_array_unref (server->overtaken);
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
xs_fault_server_let_go (XsFaultServer *server)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->generation++;
  g_cond_broadcast (&server->cond);
}

void
xs_fault_server_clear (XsFaultServer *server)
{
  g_mutex_lock (&server->lock);
  g_ptr_array_set_size (server->entries, 0);
  server->handshakes_to_break = 0;
  g_mutex_unlock (&server->lock);
  xs_fault_server_let_go (server);
}

void
xs_fault_server_choose (XsFaultServer *server, XsFaultChooser chooser)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->chooser = chooser;
}

void
xs_fault_server_break_handshakes (XsFaultServer *server, int times)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&server->lock);

  server->handshakes_to_break = times;
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
