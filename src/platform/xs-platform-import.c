/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-import.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-platform-consent.h"
#include "xs-wire-bundle.h"

#include <string.h>

void
xs_platform_import_clear (XsPlatformImport *import)
{
  g_clear_pointer (&import->refused, g_ptr_array_unref);
}

static gboolean
find_device (XsPlatformStorage *storage, const XsWireBundle *bundle, XsPlatformDevice *device, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gboolean found = xs_platform_storage_find_device (storage, bundle->devnum, device, &local_error);

  if (!found && !g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (found && strcmp (bundle->inscode, xs_platform_storage_get_inscode (storage)) == 0
      && memcmp (device->sign_key, bundle->device_key, sizeof bundle->device_key) == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
               "Device %s of school %s, whose key signed this, is not in use here: it belongs to another platform, or "
               "was paired anew since",
               bundle->devnum, bundle->inscode);
  return FALSE;
}

/* Through the incoming folder, as an upload: a power cut leaves a whole photo or none. */
static gboolean
take_photo (XsPlatformStorage *storage, const XsPlatformDevice *device, const char *folder,
            const XsWireBundlePhoto *photo, XsPlatformImport *import, GError **error)
{
  g_autofree char *path = xs_wire_bundle_photo_path (folder, photo->sha256);
  g_autofree char *name = g_strconcat ("import-", photo->sha256, NULL);
  g_autofree char *spool = g_build_filename (xs_platform_storage_get_incoming_dir (storage), name, NULL);
  gboolean created;

  g_autoptr (GBytes) bytes = xs_blob_read (path, XS_WIRE_PHOTO_MAX_BYTES, error);
  if (bytes == NULL || !xs_blob_write (spool, bytes, error)
      || !xs_platform_storage_keep_photo (storage, photo->sha256, spool, photo->size_bytes, device->id, &created,
                                          error))
    return FALSE;
  if (created)
    import->photos_new++;
  else
    import->photos_known++;
  return TRUE;
}

typedef gboolean (*PutFunc) (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 seq, GBytes *bytes,
                             const guint8 *signature, XsWireLogAnswer *answer, GError **error);

/* Items of one kind, and how many of them are @accepted or were @known. */
typedef struct {
  const char *folder, *what, *title;
  PutFunc put;
  guint *accepted, *known;
} Kind;

static void
note_answer (const Kind *kind, gint64 seq, const XsWireLogAnswer *answer, GPtrArray *refused)
{
  g_autofree char *name = g_strdup_printf ("%s %" G_GINT64_FORMAT, kind->title, seq);

  switch (answer->status)
    {
    case XS_WIRE_LOG_ACCEPTED:
      (*kind->accepted)++;
      break;
    case XS_WIRE_LOG_DUPLICATE:
      (*kind->known)++;
      break;
    case XS_WIRE_LOG_PHOTOS_MISSING:
      g_ptr_array_add (refused, g_strdup_printf ("%s: %u of its photos are not here", name, answer->missing->len));
      break;
    case XS_WIRE_LOG_CONFLICT:
      g_ptr_array_add (refused, g_strdup_printf ("%s: another %s has this number here", name, kind->title));
      break;
    case XS_WIRE_LOG_REJECTED:
    default:
      g_ptr_array_add (refused, g_strdup_printf ("%s: %s", name, answer->message));
      break;
    }
}

static gboolean
take_items (XsPlatformStorage *storage, const XsPlatformDevice *device, const GArray *items, const Kind *kind,
            GPtrArray *refused, GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const XsWireBundleItem *item = &g_array_index (items, XsWireBundleItem, i);
      g_autofree char *path = xs_wire_bundle_item_path (kind->folder, kind->what, item->seq);
      g_auto (XsWireLogAnswer) answer = { 0 };
      g_autoptr (GBytes) bytes = xs_blob_read (path, XS_WIRE_LOG_MAX_BYTES, error);
      if (bytes == NULL || !kind->put (storage, device, item->seq, bytes, item->signature, &answer, error))
        return FALSE;
      note_answer (kind, item->seq, &answer, refused);
    }
  return TRUE;
}

gboolean
xs_platform_import (XsPlatformStorage *storage, const char *folder, XsPlatformImport *import, GError **error)
{
  g_auto (XsWireBundle) bundle;
  XsPlatformDevice device;

  xs_wire_bundle_init (&bundle);
  import->refused = g_ptr_array_new_with_free_func (g_free);
  if (!xs_wire_bundle_check (folder, &bundle, error) || !find_device (storage, &bundle, &device, error))
    return FALSE;
  for (guint i = 0; i < bundle.photos->len; i++)
    if (!take_photo (storage, &device, folder, &g_array_index (bundle.photos, XsWireBundlePhoto, i), import, error))
      return FALSE;
  const Kind logs = {
    folder, XS_WIRE_BUNDLE_LOGS, "log", xs_platform_storage_put_log, &import->logs_accepted, &import->logs_known
  };
  const Kind appeals = { folder,
                         XS_WIRE_BUNDLE_APPEALS,
                         "appeal",
                         xs_platform_storage_put_appeal,
                         &import->others_accepted,
                         &import->others_known };
  const Kind consents = { folder,
                          XS_WIRE_BUNDLE_CONSENTS,
                          "consent",
                          xs_platform_storage_put_consent,
                          &import->others_accepted,
                          &import->others_known };
  return take_items (storage, &device, bundle.logs, &logs, import->refused, error)
         && take_items (storage, &device, bundle.appeals, &appeals, import->refused, error)
         && take_items (storage, &device, bundle.consents, &consents, import->refused, error);
}
