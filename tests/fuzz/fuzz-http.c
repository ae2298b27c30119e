/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-http.h"

#include "xs-error.h"
#include "xs-platform-routes.h"
#include "xs-wire-auth.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVNUM "4000000000000004"
#define NOW_US G_GINT64_CONSTANT (1767574980000000)

/* One platform for all inputs: what one leaves behind the next one meets. */
static struct {
  char *dir;
  XsClock *clock;
  XsPlatformStorage *storage;
  XsPlatformKeeper *keeper;
  XsPlatformHealth *health;
  XsPlatformRoutes *routes;
  XsSignKey key;
} platform;

/* Of the request that is tried. There is no connection: what asks for a header asks here. */
static GHashTable *headers;

const char *
xs_platform_request_get_header (const XsPlatformRequest *request, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (headers, lower);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static void
close_platform (void)
{
  xs_platform_routes_free (platform.routes);
  xs_platform_health_free (platform.health);
  xs_platform_keeper_stop (platform.keeper);
  xs_platform_storage_close (platform.storage);
  xs_clock_unref (platform.clock);
  remove_tree (platform.dir);
  g_free (platform.dir);
}

static void
open_platform (void)
{
  XsWirePairRequest request = { 0 };
  XsWirePairAnswer answer;
  const char *refusal = NULL;
  g_autoptr (GError) error = NULL;

  platform.dir = g_dir_make_tmp ("xs-fuzz-XXXXXX", NULL);
  platform.clock = xs_clock_fake_new (1000 * (gint64) G_USEC_PER_SEC, NOW_US);
  platform.storage = xs_platform_storage_create (platform.dir, "1000000000000001", "示范驾校", platform.clock, &error);
  g_assert_no_error (error);
  g_autofree char *key_path = g_build_filename (platform.dir, "device.key", NULL);
  g_assert_true (xs_sign_key_load (key_path, &platform.key, &error));
  g_autoptr (GBytes) face = g_bytes_new_static ("\xff\xd8\xff\xe0 a face", 11);
  g_assert_true (xs_platform_storage_add_learner (platform.storage, "2000000000000002", "演示学员", face, &error));
  g_autofree char *code = xs_platform_storage_make_pair_code (platform.storage, DEVNUM, G_TIME_SPAN_HOUR, &error);
  g_strlcpy (request.code, code, sizeof request.code);
  memcpy (request.device_key, platform.key.public_key, XS_KEY_BYTES);
  g_assert_true (xs_platform_storage_pair (platform.storage, &request, &answer, &refusal, &error));
  g_assert_null (refusal);
  platform.keeper = xs_platform_keeper_start (platform.storage);
  platform.health = xs_platform_health_new (platform.storage);
  platform.routes = xs_platform_routes_new (platform.storage, platform.keeper, platform.health, 0);
  atexit (close_platform);
}

/* The lines up to the empty one. */
static void
read_headers (char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strstr (lines[i], ": ");
      if (colon != NULL)
        g_hash_table_insert (headers, g_ascii_strdown (lines[i], colon - lines[i]), g_strdup (colon + 2));
    }
}

static void
sign (const char *method, const char *path, GBytes *body)
{
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (&platform.key, g_bytes_get_data (body, NULL), g_bytes_get_size (body), signature);
  g_hash_table_insert (headers, g_strdup ("authorization"),
                       xs_wire_authorization_new (DEVNUM, &platform.key, method, path, body, NOW_US));
  g_hash_table_insert (headers, g_strdup ("x-xueshi-signature"), g_base64_encode (signature, sizeof signature));
}

/* Nothing that comes from outside may end in "something is wrong on the platform". */
static void
assert_sound (const XsPlatformResponse *response)
{
  static const guint statuses[] = { 200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 422, 429 };
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    known |= statuses[i] == response->status;
  if (response->status == 0 && response->wait_us > 0)
    return;
  if (!known)
    {
      g_printerr ("answered with %u\n", response->status);
      abort ();
    }
  g_assert_true (response->status != 429 || response->retry_after_s > 0);
  if (response->status < 400)
    return;
  XsWireError refusal;
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_assert_nonnull (response->body);
  g_assert_true (xs_wire_error_decode (&refusal, response->body, NULL)
                 || xs_wire_log_answer_decode (&answer, response->status, response->body, NULL));
}

/* As xs-platform-http-exchange.c does it, without a spool: the file of a photo is written whole. */
static void
finish (const XsPlatformHandler *handler, XsPlatformRequest *request, XsPlatformResponse *response, GBytes *body)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);

  if (request->spool_folder != NULL && size > 0)
    {
      request->spool_path = g_build_filename (request->spool_folder, "upload.fuzz", NULL);
      g_assert_true (g_file_set_contents (request->spool_path, (const char *) data, (gssize) size, NULL));
    }
  else if (size > 0)
    {
      request->body = g_byte_array_new ();
      g_byte_array_append (request->body, data, (guint) size);
    }
  request->body_sha256 = xs_sha256_hex (data, size);
  request->timed_out = TRUE;
  handler->finish (request, response, handler->user_data);
}

static void
try_request (const char *method, const char *path, GBytes *body)
{
  XsPlatformHandler handler = xs_platform_routes_get_handler (platform.routes);
  XsPlatformRequest request = { .method = method, .path = path, .content_length = g_bytes_get_size (body) };
  XsPlatformResponse response = { 0 };

  g_strlcpy (request.peer, "127.0.0.1", sizeof request.peer);
  request.has_query = strchr (path, '?') != NULL;
  handler.begin (&request, &response, handler.user_data);
  if (response.status == 0 && request.resume_bytes + request.content_length > request.max_body_bytes)
    handler.fail (&request, &response, 400, "too long", handler.user_data);
  if (response.status == 0)
    finish (&handler, &request, &response, body);
  assert_sound (&response);

  if (request.spool_path != NULL)
    g_unlink (request.spool_path);
  if (request.resume_path != NULL)
    g_unlink (request.resume_path);
  g_clear_pointer (&request.body, g_byte_array_unref);
  g_clear_pointer (&response.body, g_bytes_unref);
  g_free (request.spool_path);
  g_free (request.resume_path);
  g_free (request.body_sha256);
  g_free (request.data);
  g_free (response.etag);
  g_free (response.allow);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *end = g_strstr_len ((const char *) data, (gssize) size, "\n\n");
  gsize head_size = end != NULL ? (gsize) (end - (const char *) data) : size;
  g_autofree char *head = g_strndup ((const char *) data, head_size);
  g_autoptr (GBytes) body = end != NULL ? g_bytes_new (end + 2, size - head_size - 2) : g_bytes_new (NULL, 0);
  g_auto (GStrv) lines = g_strsplit (head, "\n", 32);

  if (platform.routes == NULL)
    open_platform ();
  if (lines[0] == NULL)
    return 0;
  g_auto (GStrv) words = g_strsplit (lines[0], " ", 2);
  if (words[0] == NULL || words[1] == NULL)
    return 0;
  gboolean is_signed = words[0][0] == '!';
  const char *method = words[0] + (is_signed ? 1 : 0);
  headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  read_headers (lines + 1);
  if (is_signed)
    sign (method, words[1], body);
  try_request (method, words[1], body);
  g_clear_pointer (&headers, g_hash_table_unref);
  return 0;
}
