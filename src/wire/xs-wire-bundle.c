/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-bundle.h"

#include "xs-blob.h"
#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

#define SCHEMA 1
#define SIGNATURE_FILE_MAX_BYTES 256
#define SEQ_MAX XS_WIRE_MAX_INT

void
xs_wire_bundle_init (XsWireBundle *bundle)
{
  *bundle = (XsWireBundle){ 0 };
  bundle->photos = g_array_new (FALSE, TRUE, sizeof (XsWireBundlePhoto));
  bundle->logs = g_array_new (FALSE, TRUE, sizeof (XsWireBundleLog));
}

void
xs_wire_bundle_clear (XsWireBundle *bundle)
{
  g_clear_pointer (&bundle->photos, g_array_unref);
  g_clear_pointer (&bundle->logs, g_array_unref);
}

char *
xs_wire_bundle_photo_path (const char *folder, const char *sha256)
{
  return g_build_filename (folder, XS_WIRE_BUNDLE_PHOTOS, sha256, NULL);
}

char *
xs_wire_bundle_log_path (const char *folder, gint64 seq)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT ".json", seq);

  return g_build_filename (folder, XS_WIRE_BUNDLE_LOGS, name, NULL);
}

static void
set_base64 (JsonObject *object, const char *name, const guint8 *data, gsize size)
{
  g_autofree char *text = g_base64_encode (data, size);

  json_object_set_string_member (object, name, text);
}

GBytes *
xs_wire_bundle_encode (const XsWireBundle *bundle)
{
  JsonObject *object = json_object_new ();
  JsonArray *photos = json_array_new ();
  JsonArray *logs = json_array_new ();
  g_autofree char *made = xs_wall_to_wire (bundle->made_wall_us);

  json_object_set_int_member (object, "schema", SCHEMA);
  json_object_set_string_member (object, "devnum", bundle->devnum);
  json_object_set_string_member (object, "inscode", bundle->inscode);
  json_object_set_string_member (object, "made", made);
  set_base64 (object, "device_key", bundle->device_key, sizeof bundle->device_key);
  json_object_set_array_member (object, "photos", photos);
  json_object_set_array_member (object, "logs", logs);
  for (guint i = 0; i < bundle->photos->len; i++)
    {
      const XsWireBundlePhoto *photo = &g_array_index (bundle->photos, XsWireBundlePhoto, i);
      JsonObject *item = json_object_new ();
      json_object_set_string_member (item, "sha256", photo->sha256);
      json_object_set_int_member (item, "size", photo->size_bytes);
      json_array_add_object_element (photos, item);
    }
  for (guint i = 0; i < bundle->logs->len; i++)
    {
      const XsWireBundleLog *log = &g_array_index (bundle->logs, XsWireBundleLog, i);
      JsonObject *item = json_object_new ();
      json_object_set_int_member (item, "seq", log->seq);
      json_object_set_string_member (item, "sha256", log->sha256);
      set_base64 (item, "signature", log->signature, sizeof log->signature);
      json_array_add_object_element (logs, item);
    }
  return xs_wire_take_object (object);
}

static gboolean
get_base64 (JsonObject *object, const char *name, guint8 *out, gsize size, GError **error)
{
  const char *text;

  return xs_json_get_string (object, name, &text, error) && xs_base64_decode_exact (text, name, out, size, error);
}

static gboolean
decode_photos (XsWireBundle *bundle, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!xs_wire_get_array (object, "photos", XS_WIRE_BUNDLE_MAX_ITEMS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsWireBundlePhoto photo;
      JsonObject *item;
      if (!xs_json_get_element_object (array, i, &item, error)
          || !xs_wire_get_sha256 (item, "sha256", photo.sha256, error)
          || !xs_json_get_int (item, "size", 1, XS_WIRE_PHOTO_MAX_BYTES, &photo.size_bytes, error))
        return xs_json_error_at (error, "photos[%u]", i);
      g_array_append_val (bundle->photos, photo);
    }
  return TRUE;
}

static gboolean
decode_logs (XsWireBundle *bundle, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!xs_wire_get_array (object, "logs", XS_WIRE_BUNDLE_MAX_ITEMS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 least = i > 0 ? g_array_index (bundle->logs, XsWireBundleLog, i - 1).seq + 1 : 1;
      XsWireBundleLog log;
      JsonObject *item;
      if (!xs_json_get_element_object (array, i, &item, error)
          || !xs_json_get_int (item, "seq", least, SEQ_MAX, &log.seq, error)
          || !xs_wire_get_sha256 (item, "sha256", log.sha256, error)
          || !get_base64 (item, "signature", log.signature, sizeof log.signature, error))
        return xs_json_error_at (error, "logs[%u]", i);
      g_array_append_val (bundle->logs, log);
    }
  return TRUE;
}

gboolean
xs_wire_bundle_decode (XsWireBundle *bundle, GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_BUNDLE_MAX_BYTES, error);
  const char *made;
  gint64 schema;

  if (object == NULL || !xs_json_get_int (object, "schema", 1, G_MAXINT, &schema, error))
    return FALSE;
  if (schema > SCHEMA)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The manifest has schema %d: it was written by a newer version of Xueshi", (int) schema);
      return FALSE;
    }
  return xs_wire_copy_number (object, "devnum", XS_UNIFIED_DIGITS, bundle->devnum, error)
         && xs_wire_copy_number (object, "inscode", XS_UNIFIED_DIGITS, bundle->inscode, error)
         && xs_json_get_string (object, "made", &made, error) && xs_wall_from_wire (made, &bundle->made_wall_us, error)
         && get_base64 (object, "device_key", bundle->device_key, sizeof bundle->device_key, error)
         && decode_photos (bundle, object, error) && decode_logs (bundle, object, error);
}

static gboolean
corrupt (const char *path, const char *what, GError **error)
{
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%s %s", path, what);
  return FALSE;
}

static gboolean
check_manifest (const char *folder, XsWireBundle *bundle, GError **error)
{
  g_autofree char *path = g_build_filename (folder, XS_WIRE_BUNDLE_MANIFEST, NULL);
  g_autofree char *signature_path = g_build_filename (folder, XS_WIRE_BUNDLE_SIGNATURE, NULL);
  guint8 signature[XS_SIGNATURE_BYTES];
  gsize size, text_size;

  g_autoptr (GBytes) manifest = xs_blob_read (path, XS_WIRE_BUNDLE_MAX_BYTES, error);
  if (manifest == NULL)
    return FALSE;
  g_autoptr (GBytes) signed_text = xs_blob_read (signature_path, SIGNATURE_FILE_MAX_BYTES, error);
  if (signed_text == NULL)
    return FALSE;
  const void *data = g_bytes_get_data (manifest, &size);
  const char *signed_data = g_bytes_get_data (signed_text, &text_size);
  g_autofree char *text = g_strstrip (g_strndup (signed_data != NULL ? signed_data : "", text_size));
  if (!xs_wire_bundle_decode (bundle, manifest, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (!xs_base64_decode_exact (text, XS_WIRE_BUNDLE_SIGNATURE, signature, sizeof signature, error))
    return FALSE;
  return xs_verify (bundle->device_key, data, size, signature)
         || corrupt (path, "was altered: its signature is not of this device", error);
}

/* (transfer full) (nullable): the bytes, when they have that hash. */
static GBytes *
read_whole (const char *path, gsize max_bytes, const char *sha256, GError **error)
{
  gsize size;
  g_autoptr (GBytes) bytes = xs_blob_read (path, max_bytes, error);

  if (bytes == NULL)
    return NULL;
  const void *data = g_bytes_get_data (bytes, &size);
  g_autofree char *found = xs_sha256_hex (data != NULL ? data : "", size);
  if (strcmp (found, sha256) == 0)
    return g_steal_pointer (&bytes);
  (void) corrupt (path, "is damaged: it is not what was exported", error);
  return NULL;
}

static gboolean
check_log (const char *folder, const XsWireBundle *bundle, const XsWireBundleLog *log, GError **error)
{
  g_autofree char *path = xs_wire_bundle_log_path (folder, log->seq);
  g_auto (XsWireLog) wire_log;
  gsize size;

  xs_wire_log_init (&wire_log);
  g_autoptr (GBytes) bytes = read_whole (path, XS_WIRE_LOG_MAX_BYTES, log->sha256, error);
  if (bytes == NULL)
    return FALSE;
  const void *data = g_bytes_get_data (bytes, &size);
  if (!xs_verify (bundle->device_key, data, size, log->signature))
    return corrupt (path, "was altered: its signature is not of this device", error);
  if (!xs_wire_log_decode (&wire_log, bytes, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (wire_log.seq != log->seq || strcmp (wire_log.log.devnum, bundle->devnum) != 0)
    return corrupt (path, "is another log than the manifest says", error);
  return TRUE;
}

gboolean
xs_wire_bundle_check (const char *folder, XsWireBundle *bundle, GError **error)
{
  if (!check_manifest (folder, bundle, error))
    return FALSE;
  for (guint i = 0; i < bundle->photos->len; i++)
    {
      const XsWireBundlePhoto *photo = &g_array_index (bundle->photos, XsWireBundlePhoto, i);
      g_autofree char *path = xs_wire_bundle_photo_path (folder, photo->sha256);
      g_autoptr (GBytes) bytes = read_whole (path, XS_WIRE_PHOTO_MAX_BYTES, photo->sha256, error);
      if (bytes == NULL)
        return FALSE;
      if ((gint64) g_bytes_get_size (bytes) != photo->size_bytes)
        return corrupt (path, "has another size than the manifest says", error);
    }
  for (guint i = 0; i < bundle->logs->len; i++)
    if (!check_log (folder, bundle, &g_array_index (bundle->logs, XsWireBundleLog, i), error))
      return FALSE;
  return TRUE;
}
