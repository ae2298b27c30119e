/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-bundle.h"

#include "xs-blob.h"
#include "xs-clock.h"
#include "xs-error.h"
#include "xs-wire-appeal.h"
#include "xs-wire-consent.h"
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
  bundle->logs = g_array_new (FALSE, TRUE, sizeof (XsWireBundleItem));
  bundle->appeals = g_array_new (FALSE, TRUE, sizeof (XsWireBundleItem));
  bundle->consents = g_array_new (FALSE, TRUE, sizeof (XsWireBundleItem));
}

void
xs_wire_bundle_clear (XsWireBundle *bundle)
{
  g_clear_pointer (&bundle->photos, g_array_unref);
  g_clear_pointer (&bundle->logs, g_array_unref);
  g_clear_pointer (&bundle->appeals, g_array_unref);
  g_clear_pointer (&bundle->consents, g_array_unref);
}

char *
xs_wire_bundle_photo_path (const char *folder, const char *sha256)
{
  return g_build_filename (folder, XS_WIRE_BUNDLE_PHOTOS, sha256, NULL);
}

char *
xs_wire_bundle_item_path (const char *folder, const char *what, gint64 seq)
{
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT ".json", seq);

  return g_build_filename (folder, what, name, NULL);
}

static void
set_base64 (JsonObject *object, const char *name, const guint8 *data, gsize size)
{
  g_autofree char *text = g_base64_encode (data, size);

  json_object_set_string_member (object, name, text);
}

static JsonArray *
encode_items (const GArray *items)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      const XsWireBundleItem *item = &g_array_index (items, XsWireBundleItem, i);
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "seq", item->seq);
      json_object_set_string_member (object, "sha256", item->sha256);
      set_base64 (object, "signature", item->signature, sizeof item->signature);
      json_array_add_object_element (array, object);
    }
  return array;
}

GBytes *
xs_wire_bundle_encode (const XsWireBundle *bundle)
{
  JsonObject *object = json_object_new ();
  JsonArray *photos = json_array_new ();
  g_autofree char *made = xs_wall_to_wire (bundle->made_wall_us);

  json_object_set_int_member (object, "schema", SCHEMA);
  json_object_set_string_member (object, "devnum", bundle->devnum);
  json_object_set_string_member (object, "inscode", bundle->inscode);
  json_object_set_string_member (object, "made", made);
  set_base64 (object, "device_key", bundle->device_key, sizeof bundle->device_key);
  json_object_set_array_member (object, "photos", photos);
  json_object_set_array_member (object, "logs", encode_items (bundle->logs));
  if (bundle->appeals->len > 0)
    json_object_set_array_member (object, "appeals", encode_items (bundle->appeals));
  if (bundle->consents->len > 0)
    json_object_set_array_member (object, "consents", encode_items (bundle->consents));
  for (guint i = 0; i < bundle->photos->len; i++)
    {
      const XsWireBundlePhoto *photo = &g_array_index (bundle->photos, XsWireBundlePhoto, i);
      JsonObject *item = json_object_new ();
      json_object_set_string_member (item, "sha256", photo->sha256);
      json_object_set_int_member (item, "size", photo->size_bytes);
      json_array_add_object_element (photos, item);
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
decode_items (GArray *items, JsonObject *object, const char *name, GError **error)
{
  JsonArray *array;

  if (!xs_wire_get_array (object, name, XS_WIRE_BUNDLE_MAX_ITEMS, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gint64 least = i > 0 ? g_array_index (items, XsWireBundleItem, i - 1).seq + 1 : 1;
      XsWireBundleItem item;
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error)
          || !xs_json_get_int (element, "seq", least, SEQ_MAX, &item.seq, error)
          || !xs_wire_get_sha256 (element, "sha256", item.sha256, error)
          || !get_base64 (element, "signature", item.signature, sizeof item.signature, error))
        return xs_json_error_at (error, "%s[%u]", name, i);
      g_array_append_val (items, item);
    }
  return TRUE;
}

/* A bundle without any has no such member, and those of before had none. */
static gboolean
decode_later_items (GArray *items, JsonObject *object, const char *name, GError **error)
{
  return !json_object_has_member (object, name) || decode_items (items, object, name, error);
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
         && decode_photos (bundle, object, error) && decode_items (bundle->logs, object, "logs", error)
         && decode_later_items (bundle->appeals, object, "appeals", error)
         && decode_later_items (bundle->consents, object, "consents", error);
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

/* What a document says of itself. */
typedef struct {
  gint64 seq;
  char devnum[XS_UNIFIED_DIGITS + 1];
} Self;

typedef gboolean (*DecodeFunc) (GBytes *bytes, Self *self, GError **error);

static gboolean
decode_log (GBytes *bytes, Self *self, GError **error)
{
  g_auto (XsWireLog) wire_log;

  xs_wire_log_init (&wire_log);
  if (!xs_wire_log_decode (&wire_log, bytes, error))
    return FALSE;
  self->seq = wire_log.seq;
  g_strlcpy (self->devnum, wire_log.log.devnum, sizeof self->devnum);
  return TRUE;
}

static gboolean
decode_appeal (GBytes *bytes, Self *self, GError **error)
{
  XsAppeal appeal;

  if (!xs_wire_appeal_decode (&appeal, bytes, error))
    return FALSE;
  self->seq = appeal.seq;
  g_strlcpy (self->devnum, appeal.devnum, sizeof self->devnum);
  return TRUE;
}

static gboolean
decode_consent (GBytes *bytes, Self *self, GError **error)
{
  XsConsentRecord record;

  if (!xs_wire_consent_decode (&record, bytes, error))
    return FALSE;
  self->seq = record.seq;
  g_strlcpy (self->devnum, record.devnum, sizeof self->devnum);
  return TRUE;
}

static gboolean
check_item (const XsWireBundle *bundle, const char *path, const XsWireBundleItem *item, DecodeFunc decode,
            GError **error)
{
  gsize size;
  Self self;
  g_autoptr (GBytes) bytes = read_whole (path, XS_WIRE_LOG_MAX_BYTES, item->sha256, error);

  if (bytes == NULL)
    return FALSE;
  const void *data = g_bytes_get_data (bytes, &size);
  if (!xs_verify (bundle->device_key, data, size, item->signature))
    return corrupt (path, "was altered: its signature is not of this device", error);
  if (!decode (bytes, &self, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  if (self.seq != item->seq || strcmp (self.devnum, bundle->devnum) != 0)
    return corrupt (path, "is another document than the manifest says", error);
  return TRUE;
}

static gboolean
check_items (const char *folder, const XsWireBundle *bundle, const char *what, const GArray *items, DecodeFunc decode,
             GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const XsWireBundleItem *item = &g_array_index (items, XsWireBundleItem, i);
      g_autofree char *path = xs_wire_bundle_item_path (folder, what, item->seq);
      if (!check_item (bundle, path, item, decode, error))
        return FALSE;
    }
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
  return check_items (folder, bundle, XS_WIRE_BUNDLE_LOGS, bundle->logs, decode_log, error)
         && check_items (folder, bundle, XS_WIRE_BUNDLE_APPEALS, bundle->appeals, decode_appeal, error)
         && check_items (folder, bundle, XS_WIRE_BUNDLE_CONSENTS, bundle->consents, decode_consent, error);
}
