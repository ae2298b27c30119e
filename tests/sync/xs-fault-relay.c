/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-relay.h"

#include "xs-test-platform.h"

#include <string.h>

/* A kind of request: its method, and its path without what names one thing. */
typedef struct {
  char *name;
  guint n_requests;
  guint n_faults;
  GArray *deck; /* XsFault: still to come, in this order; made anew once it is through */
  gboolean through;
} Kind;

struct _XsFaultRelay {
  XsFaultServer *server;
  guint16 port;

  /* Under the server's lock, like the random numbers. */
  GRand *rand;
  GHashTable *kinds; /* char *: Kind */
  gboolean stirred;
  gboolean patient;
};

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  g_free (kind->name);
  g_array_unref (kind->deck);
  g_free (kind);
}

/* A fault that costs the kiosk a second of waiting: once of each kind of request is enough. */
static gboolean
is_slow (XsFault fault)
{
  return fault == XS_FAULT_SLOW || fault == XS_FAULT_TRICKLE || fault == XS_FAULT_TOO_MANY
         || fault == XS_FAULT_UNAVAILABLE;
}

static void
shuffle (XsFaultRelay *relay, Kind *kind)
{
  const XsFault cut = XS_FAULT_HALF_BODY;

  /* What was cut goes on by other requests, which would else be rare. */
  for (int i = 0; i < 3; i++)
    g_array_append_val (kind->deck, cut);
  for (XsFault fault = XS_FAULT_NONE + 1; fault < XS_N_FAULTS; fault++)
    {
      if ((relay->patient && !kind->through) || !is_slow (fault))
        g_array_append_val (kind->deck, fault);
    }
  for (guint i = kind->deck->len; i-- > 1;)
    {
      XsFault *cards = (XsFault *) (gpointer) kind->deck->data;
      guint j = (guint) g_rand_int_range (relay->rand, 0, (gint32) i + 1);
      XsFault card = cards[i];
      cards[i] = cards[j];
      cards[j] = card;
    }
}

static Kind *
find_kind (XsFaultRelay *relay, const char *route)
{
  g_autoptr (GRegex) one = g_regex_new ("[^/]*[0-9][^/]*$", 0, 0, NULL);
  g_autofree char *name = g_regex_replace_literal (one, route, -1, 0, "*", 0, NULL);
  Kind *kind = g_hash_table_lookup (relay->kinds, name);

  if (kind == NULL)
    {
      kind = g_new0 (Kind, 1);
      kind->name = g_strdup (name);
      kind->deck = g_array_new (FALSE, FALSE, sizeof (XsFault));
      g_hash_table_insert (relay->kinds, kind->name, kind);
    }
  return kind;
}

static XsFault
choose (const char *route, gpointer user_data)
{
  XsFaultRelay *relay = user_data;
  Kind *kind = find_kind (relay, route);

  kind->n_requests++;
  if (!relay->stirred || g_rand_boolean (relay->rand))
    return XS_FAULT_NONE;
  if (kind->deck->len == 0)
    shuffle (relay, kind);
  XsFault fault = g_array_index (kind->deck, XsFault, kind->deck->len - 1);
  g_array_set_size (kind->deck, kind->deck->len - 1);
  kind->through |= kind->deck->len == 0;
  kind->n_faults++;
  return fault;
}

static void
write_request (GOutputStream *out, const XsHttpRequest *request)
{
  g_autoptr (GString) head = g_string_new (NULL);
  GHashTableIter iter;
  gpointer name, value;
  gsize size;
  const void *body = g_bytes_get_data (request->body, &size);

  g_string_printf (head, "%s %s HTTP/1.1\r\nConnection: close\r\n", request->method, request->path);
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (strcmp (name, "connection") != 0)
        g_string_append_printf (head, "%s: %s\r\n", (char *) name, (char *) value);
    }
  g_string_append (head, "\r\n");
  (void) g_output_stream_write_all (out, head->str, head->len, NULL, NULL, NULL);
  (void) g_output_stream_write_all (out, body, size, NULL, NULL, NULL);
}

/* The rest of what the platform says; it closes the connection itself. */
static void
read_reply (GInputStream *in, XsHttpReply *reply)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (in);
  g_autoptr (GString) more = g_string_new (NULL);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  char piece[16384];
  gssize n;

  g_data_input_stream_set_newline_type (lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  g_autofree char *first = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  if (first == NULL)
    {
      /* It answered before all was sent, and closed: its answer is lost, as it may be behind any proxy. */
      *reply = (XsHttpReply){ .status = 502 };
      return;
    }
  reply->status = (guint) g_ascii_strtoull (first + strlen ("HTTP/1.1 "), NULL, 10);
  reply->type = NULL;
  while (TRUE)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      if (line == NULL || *line == '\0')
        break;
      /* The server writes these itself. */
      if (g_ascii_strncasecmp (line, "content-length:", 15) != 0 && g_ascii_strncasecmp (line, "connection:", 11) != 0
          && g_ascii_strncasecmp (line, "date:", 5) != 0)
        g_string_append_printf (more, "%s\r\n", line);
    }
  while ((n = g_input_stream_read (G_INPUT_STREAM (lines), piece, sizeof piece, NULL, NULL)) > 0)
    g_byte_array_append (body, (guint8 *) piece, (guint) n);
  reply->more = g_string_free (g_steal_pointer (&more), FALSE);
  reply->size = body->len;
  reply->body = (char *) g_byte_array_free (g_steal_pointer (&body), FALSE);
}

/* The platform may take its time, and others need not wait for it. */
static void
relay_on (const XsHttpRequest *request, XsHttpReply *reply, gpointer user_data)
{
  XsFaultRelay *relay = user_data;
  GMutex *lock = xs_fault_server_get_lock (relay->server);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;

  g_mutex_unlock (lock);
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", relay->port, NULL, &error);
  g_assert_no_error (error);
  write_request (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request);
  if (!request->is_cut)
    read_reply (g_io_stream_get_input_stream (G_IO_STREAM (connection)), reply);
  (void) g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_mutex_lock (lock);
}

XsFaultRelay *
xs_fault_relay_new (guint16 port, guint32 seed)
{
  XsFaultRelay *relay = g_new0 (XsFaultRelay, 1);

  relay->port = port;
  relay->rand = g_rand_new_with_seed (seed);
  relay->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, kind_free);
  relay->server = xs_fault_server_new (relay_on, xs_test_platform_refuse, relay);
  xs_fault_server_choose (relay->server, choose);
  return relay;
}

void
xs_fault_relay_free (XsFaultRelay *relay)
{
  xs_fault_server_free (relay->server);
  g_hash_table_unref (relay->kinds);
  g_rand_free (relay->rand);
  g_free (relay);
}

const char *
xs_fault_relay_get_url (XsFaultRelay *relay)
{
  return xs_fault_server_get_url (relay->server);
}

static void
set_stirred (XsFaultRelay *relay, gboolean stirred, gboolean patient)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (relay->server));

  relay->stirred = stirred;
  relay->patient = patient;
}

void
xs_fault_relay_stir (XsFaultRelay *relay, gboolean patient)
{
  set_stirred (relay, TRUE, patient);
}

void
xs_fault_relay_calm (XsFaultRelay *relay)
{
  set_stirred (relay, FALSE, FALSE);
  xs_fault_server_clear (relay->server);
}

void
xs_fault_relay_tick (XsFaultRelay *relay)
{
  g_mutex_lock (xs_fault_server_get_lock (relay->server));
  gboolean break_one = relay->stirred && g_rand_int_range (relay->rand, 0, 10) == 0;
  g_mutex_unlock (xs_fault_server_get_lock (relay->server));

  xs_fault_server_let_go (relay->server);
  if (break_one)
    xs_fault_server_break_handshakes (relay->server, 1);
}

gboolean
xs_fault_relay_is_through (XsFaultRelay *relay)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (relay->server));
  GHashTableIter iter;
  gpointer kind;

  g_hash_table_iter_init (&iter, relay->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &kind))
    {
      if (!((Kind *) kind)->through)
        return FALSE;
    }
  return TRUE;
}

char *
xs_fault_relay_report (XsFaultRelay *relay)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (xs_fault_server_get_lock (relay->server));
  g_autoptr (GString) report = g_string_new (NULL);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (relay->kinds), (GCompareFunc) strcmp);

  for (GList *link = names; link != NULL; link = link->next)
    {
      const Kind *kind = g_hash_table_lookup (relay->kinds, link->data);
      g_string_append_printf (report, "%s: %u requests, %u with a fault, %s\n", kind->name, kind->n_requests,
                              kind->n_faults, kind->through ? "each fault at least once" : "not each fault");
    }
  return g_string_free (g_steal_pointer (&report), FALSE);
}
