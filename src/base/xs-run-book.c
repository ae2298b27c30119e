/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-run-book.h"

#include "xs-blob.h"
#include "xs-json.h"

#include <string.h>

#define NAME "runs.json"
#define MAX_BYTES 1024

static gboolean
write_book (const char *dir, const XsRunBook *book, gboolean running, GError **error)
{
  g_autofree char *path = g_build_filename (dir, NAME, NULL);
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "running", running);
  json_object_set_int_member (object, "started_us", book->started_us);
  json_object_set_int_member (object, "broken", book->broken);
  json_object_set_int_member (object, "broken_us", book->broken_us);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  g_autoptr (GBytes) bytes = xs_json_to_canonical (node);
  return xs_blob_write (path, bytes, error);
}

gboolean
xs_run_book_begin (const char *dir, gint64 now_us, XsRunBook *book, GError **error)
{
  g_autofree char *path = g_build_filename (dir, NAME, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonObject) last = NULL;
  gboolean running = FALSE;

  *book = (XsRunBook){ .started_us = now_us };
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    last = xs_json_load_object (path, MAX_BYTES, &local_error);
  if (last != NULL && xs_json_get_boolean (last, "running", &running, &local_error)
      && xs_json_get_int (last, "broken", 0, G_MAXINT32, &book->broken, &local_error)
      && xs_json_get_int (last, "broken_us", 0, G_MAXINT64, &book->broken_us, &local_error) && running)
    {
      book->broken++;
      book->broken_us = now_us;
    }
  if (local_error != NULL)
    g_message ("What is known of earlier runs begins anew: %s", local_error->message);
  return write_book (dir, book, TRUE, error);
}

gboolean
xs_run_book_end (const char *dir, const XsRunBook *book, GError **error)
{
  return write_book (dir, book, FALSE, error);
}
