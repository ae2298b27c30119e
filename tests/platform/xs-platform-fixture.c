/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-platform-fixture.h"

#include "xs-course-package.h"

#include "postgres-cluster.h"
#include "xs-blob.h"
#include "xs-platform-photos.h"
#include "xs-wire-auth.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

void
xs_reply_free (XsReply *reply)
{
  g_free (reply->head);
  g_bytes_unref (reply->body);
  g_free (reply);
}

char *
xs_reply_header (const XsReply *reply, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (reply->head, "\r\n", -1);

  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      gsize size = strlen (name);
      if (g_ascii_strncasecmp (lines[i], name, size) == 0 && g_str_has_prefix (lines[i] + size, ": "))
        return g_strdup (lines[i] + size + 2);
    }
  return NULL;
}

char *
xs_reply_text (const XsReply *reply)
{
  return g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
}

void
xs_assert_error (const XsReply *reply, guint status, const char *code)
{
  XsWireError wire_error;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (reply->status, ==, status);
  gboolean decoded = xs_wire_error_decode (&wire_error, reply->body, &error);
  g_assert_no_error (error);
  g_assert_true (decoded);
  g_assert_cmpstr (wire_error.code, ==, code);
}

GSocketConnection *
xs_connect (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);

  g_socket_client_set_enable_proxy (client, FALSE);
  GSocketConnection *connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  return connection;
}

gboolean
xs_write (GSocketConnection *connection, const void *data, gsize size)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  return g_output_stream_write_all (stream, data, size, NULL, NULL, NULL);
}

XsReply *
xs_read_reply (GSocketConnection *connection)
{
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) text = g_string_new (NULL);
  XsReply *reply = g_new0 (XsReply, 1);
  char buffer[16384];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_string_append_len (text, buffer, n);
  const char *end = strstr (text->str, "\r\n\r\n");
  if (end == NULL)
    {
      reply->head = g_strdup ("");
      reply->body = g_bytes_new (NULL, 0);
      return reply;
    }
  reply->head = g_strndup (text->str, end - text->str);
  reply->body = g_bytes_new (end + 4, text->len - (end + 4 - text->str));
  g_assert_true (g_str_has_prefix (reply->head, "HTTP/1.1 "));
  reply->status = (guint) g_ascii_strtoull (reply->head + strlen ("HTTP/1.1 "), NULL, 10);
  return reply;
}

char *
xs_request_head (const XsRequest *request)
{
  g_autoptr (GString) head = g_string_new (NULL);

  g_string_append_printf (head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n", request->method,
                          request->path);
  if (request->body != NULL)
    g_string_append_printf (head, "Content-Length: %" G_GSIZE_FORMAT "\r\n", g_bytes_get_size (request->body));
  if (request->key != NULL)
    {
      g_autofree char *authorization = xs_wire_authorization_new (request->devnum, request->key, request->method,
                                                                  request->path, request->body, request->time_us);
      g_string_append_printf (head, "Authorization: %s\r\n", authorization);
    }
  g_string_append_printf (head, "%s\r\n", request->headers != NULL ? request->headers : "");
  return g_strdup (head->str);
}

XsReply *
xs_send (const XsRequest *request)
{
  g_autoptr (GSocketConnection) connection = xs_connect (request->port);
  g_autofree char *head = xs_request_head (request);

  xs_write (connection, head, strlen (head));
  if (request->body != NULL)
    xs_write (connection, g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  return xs_read_reply (connection);
}

void
xs_platform_fixture_start (XsPlatformFixture *f)
{
  g_autoptr (GError) error = NULL;

  f->storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  f->server = xs_platform_server_start (f->storage, &f->options, &error);
  g_assert_no_error (error);
  const char *colon = strrchr (xs_platform_server_get_url (f->server), ':');
  f->port = (guint16) g_ascii_strtoull (colon + 1, NULL, 10);
}

void
xs_platform_fixture_stop (XsPlatformFixture *f)
{
  g_clear_pointer (&f->server, xs_platform_server_stop);
  g_clear_pointer (&f->storage, xs_platform_storage_close);
}

void
xs_platform_fixture_set_up (XsPlatformFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = g_bytes_new_static ("\xff\xd8\xff\xe0 a face", 11);

  f->dir = g_dir_make_tmp ("xs-platform-XXXXXX", &error);
  g_assert_no_error (error);
  f->clock = xs_clock_fake_new (1000 * (gint64) G_USEC_PER_SEC, XS_SAMPLE_TIME_US);
  f->options = XS_PLATFORM_HTTP_OPTIONS_DEFAULT;
  f->options.access_log = FALSE;
  xs_sample_key (&f->key);
  if (g_strcmp0 (g_getenv ("XUESHI_TEST_DATABASE"), "postgresql") == 0)
    f->conninfo = postgres_cluster_database_new ();
  f->storage = xs_platform_storage_create_on (f->dir, f->conninfo, XS_SAMPLE_INSCODE, "示范驾校", f->clock, &error);
  g_assert_no_error (error);
  g_assert_true (xs_platform_storage_add_learner (f->storage, XS_SAMPLE_STUNUM, "演示学员", jpeg, &error));
  g_assert_no_error (error);
  xs_platform_storage_close (f->storage);
  xs_platform_fixture_start (f);
  g_autoptr (XsReply) reply = xs_platform_fixture_pair (f, &f->key, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (reply->status, ==, 200);
}

void
xs_platform_fixture_tear_down (XsPlatformFixture *f, gconstpointer data)
{
  xs_platform_fixture_stop (f);
  xs_clock_unref (f->clock);
  xs_remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->conninfo);
}

void
xs_platform_fixture_exec (XsPlatformFixture *f, const char *sqlite, const char *postgresql)
{
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);

  if (f->conninfo != NULL)
    postgres_cluster_exec (f->conninfo, postgresql != NULL ? postgresql : sqlite);
  else
    xs_exec_sql (path, sqlite);
}

char *
xs_platform_fixture_refusal (XsPlatformFixture *f, const char *sql)
{
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);

  return f->conninfo != NULL ? postgres_cluster_refusal (f->conninfo, sql) : g_strdup (xs_sql_refusal (path, sql));
}

XsReply *
xs_platform_fixture_pair (XsPlatformFixture *f, const XsSignKey *key, const char *devnum)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = xs_platform_storage_make_pair_code (f->storage, devnum, 15 * G_TIME_SPAN_MINUTE, &error);

  g_assert_no_error (error);
  g_autoptr (GBytes) body = xs_wire_pair_request_encode (code, key);
  XsRequest request = { .port = f->port, .method = "POST", .path = XS_WIRE_PATH_PAIR, .body = body };
  return xs_send (&request);
}

XsReply *
xs_platform_fixture_send (XsPlatformFixture *f, const char *method, const char *path, GBytes *body)
{
  XsRequest request = { .port = f->port,
                        .method = method,
                        .path = path,
                        .body = body,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (f->clock) };

  return xs_send (&request);
}

void
xs_platform_fixture_file_photos (XsPlatformFixture *f)
{
  g_autoptr (GError) error = NULL;
  guint n_filed;

  g_assert_true (xs_platform_storage_file_photos (f->storage, NULL, &n_filed, &error));
  g_assert_no_error (error);
}

GBytes *
xs_make_photo (const guint8 public_key[XS_KEY_BYTES], guint seed, gsize size_bytes, char **sha256)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (size_bytes);

  for (gsize i = 0; i < size_bytes; i++)
    data[i] = (guint8) g_rand_int (rand);
  g_autoptr (GBytes) plain = g_bytes_new_take (data, size_bytes);
  GBytes *sealed = xs_seal (public_key, plain);
  *sha256 = xs_sha256_hex (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  return sealed;
}

void
xs_make_key (XsSignKey *key, const char *dir, guint seed)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("key-%u", seed);
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_true (xs_sign_key_load (path, key, &error));
  g_assert_no_error (error);
}

XsReply *
xs_send_log (guint16 port, const XsSignKey *key, const char *devnum, gint64 time_us, const XsWireLog *wire_log)
{
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autoptr (GBytes) bytes = xs_wire_log_encode (wire_log);
  g_autofree char *path = xs_wire_path_log (wire_log->seq);

  xs_sign (key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  g_autofree char *text = g_base64_encode (signature, sizeof signature);
  g_autofree char *headers = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", text);
  XsRequest request = { .port = port,
                        .method = "PUT",
                        .path = path,
                        .body = bytes,
                        .headers = headers,
                        .key = key,
                        .devnum = devnum,
                        .time_us = time_us };
  return xs_send (&request);
}

void
xs_exec_sql (const char *path, const char *sql)
{
  g_assert_cmpstr (xs_sql_refusal (path, sql), ==, "");
}

const char *
xs_sql_refusal (const char *path, const char *sql)
{
  static char refusal[256];
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_busy_timeout (db, 10000), ==, SQLITE_OK);
  gboolean taken = sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK;
  g_strlcpy (refusal, taken ? "" : sqlite3_errmsg (db), sizeof refusal);
  sqlite3_close (db);
  return refusal;
}

gboolean
xs_folder_holds (const char *folder, const void *bytes, gsize size)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (xs_folder_holds (path, bytes, size))
            return TRUE;
        }
      else if (g_file_get_contents (path, &contents, &length, NULL) && memmem (contents, length, bytes, size) != NULL)
        {
          g_test_message ("found in %s", path);
          return TRUE;
        }
    }
  return FALSE;
}

guint
xs_count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        count += xs_count_files (path);
      else
        count++;
    }
  return count;
}

void
xs_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      xs_remove_tree (child);
    }
  g_remove (path);
}

char *
xs_make_course_package (const char *dir, const char *id, guint version, gsize size, const XsSignKey *key)
{
  g_autoptr (XsCourseManifest) manifest = xs_course_manifest_new (id, version, "课程", "驾校", key->public_key);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) course_json = g_bytes_new_static ("{}", 2);
  g_autofree char *json_sha256 = xs_sha256_hex ("{}", 2);
  g_autofree char *name = g_strdup_printf ("%s-%u.xsc", id, version);
  g_autofree char *video = g_build_filename (dir, "video", NULL);
  g_autofree char *content = g_malloc (size);
  char *path = g_build_filename (dir, name, NULL);

  for (gsize i = 0; i < size; i++)
    content[i] = (char) (i * 2654435761u >> 24);
  g_autofree char *sha256 = xs_sha256_hex (content, size);
  g_assert_true (g_file_set_contents (video, content, (gssize) size, &error));
  g_assert_true (xs_course_manifest_add (manifest, "course.json", 2, json_sha256, &error));
  g_assert_true (xs_course_manifest_add (manifest, "video", (gint64) size, sha256, &error));
  g_assert_true (xs_course_package_write (path, manifest, key, dir, course_json, &error));
  g_assert_no_error (error);
  return path;
}
