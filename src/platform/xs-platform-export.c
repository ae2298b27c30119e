/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-export.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-photos.h"

typedef struct {
  XsPlatformStorage *storage;
  const char *out_dir;
  GPtrArray *paths;
} ExportCall;

static gboolean
write_file (ExportCall *call, const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (!xs_blob_write (path, bytes, error))
    return FALSE;
  g_ptr_array_add (call->paths, g_steal_pointer (&path));
  return TRUE;
}

/* One photo beside its log; an unreadable one is told in log.json and holds nothing else up. */
static gboolean
export_photo (ExportCall *call, const char *folder, const XsPhotoRecord *photo, JsonArray *files, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = g_strdup_printf ("photo-%s-%d.jpg", photo->number, (int) photo->event);
  g_autofree char *time = xs_wall_to_wire (photo->wall_us);
  g_autofree char *who = g_strconcat ("command:", g_get_user_name (), NULL);
  const XsPlatformReader reader = { .who = who, .why = "export" };
  JsonObject *object = json_object_new ();

  json_array_add_object_element (files, object);
  json_object_set_string_member (object, "number", photo->number);
  json_object_set_int_member (object, "event", photo->event);
  json_object_set_string_member (object, "time", time);
  g_autoptr (GBytes) jpeg = xs_platform_storage_read_photo (call->storage, photo->sha256, &reader, &local_error);
  if (jpeg == NULL)
    {
      json_object_set_null_member (object, "file");
      json_object_set_string_member (object, "error", local_error->message);
      return TRUE;
    }
  json_object_set_string_member (object, "file", name);
  return write_file (call, folder, name, jpeg, error);
}

static gboolean
export_log (const XsPlatformLog *log, gpointer data, GError **error)
{
  ExportCall *call = data;
  g_auto (XsWireLog) wire_log;
  g_autoptr (JsonObject) signed_log = NULL;
  g_autofree char *name = g_strdup_printf ("%s-%" G_GINT64_FORMAT, log->device.devnum, log->seq);
  g_autofree char *revoked = g_strdup_printf ("%s-revoked-%" G_GINT64_FORMAT, name, log->device.id);
  g_autofree char *folder = g_build_filename (call->out_dir, log->device.revoked_us != 0 ? revoked : name, NULL);
  g_autofree char *received = xs_wall_to_wire (log->received_us);
  gsize size;
  const char *bytes = g_bytes_get_data (log->bytes, &size);

  xs_wire_log_init (&wire_log);
  signed_log = xs_json_parse_object (bytes != NULL ? bytes : "", size, XS_WIRE_LOG_MAX_BYTES, error);
  if (signed_log == NULL || !xs_wire_log_decode (&wire_log, log->bytes, error) || !xs_dir_ensure (folder, error))
    return FALSE;

  JsonArray *files = json_array_new ();
  JsonObject *object = json_object_new ();
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  json_object_set_object_member (object, "log", json_object_ref (signed_log));
  json_object_set_boolean_member (object, "signature_ok",
                                  xs_verify (log->device.sign_key, bytes, size, log->signature));
  json_object_set_string_member (object, "chain", xs_platform_chain_nick (log->chain));
  json_object_set_string_member (object, "verdict", log->verdict);
  json_object_set_string_member (object, "received", received);
  json_object_set_array_member (object, "photos", files);
  for (guint i = 0; i < wire_log.log.photos->len; i++)
    {
      if (!export_photo (call, folder, &g_array_index (wire_log.log.photos, XsPhotoRecord, i), files, error))
        return FALSE;
    }
  char *text = xs_json_to_pretty (node);
  g_autoptr (GBytes) pretty = g_bytes_new_take (text, strlen (text));
  return write_file (call, folder, "log.json", pretty, error);
}

gboolean
xs_platform_export (XsPlatformStorage *storage, const char *out_dir, GPtrArray **paths, GError **error)
{
  g_autoptr (GPtrArray) written = g_ptr_array_new_with_free_func (g_free);
  ExportCall call = { storage, out_dir, written };

  if (!xs_dir_ensure (out_dir, error) || !xs_platform_storage_foreach_log (storage, export_log, &call, error))
    return FALSE;
  if (paths != NULL)
    *paths = g_steal_pointer (&written);
  return TRUE;
}
