/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-unsent.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-journal-private.h"
#include "xs-wire-bundle.h"

#include <string.h>

struct _XsUnsent {
  XsWireBundle bundle;
  XsSignKey key;
  char *photos_dir;
  GPtrArray *bytes; /* GBytes, as the bundle's logs, then its appeals, then its consents */
};

void
xs_unsent_free (XsUnsent *unsent)
{
  if (unsent == NULL)
    return;
  xs_wire_bundle_clear (&unsent->bundle);
  explicit_bzero (&unsent->key, sizeof unsent->key);
  g_free (unsent->photos_dir);
  g_ptr_array_unref (unsent->bytes);
  g_free (unsent);
}

guint
xs_unsent_get_n_photos (const XsUnsent *unsent)
{
  return unsent->bundle.photos->len;
}

guint
xs_unsent_get_n_logs (const XsUnsent *unsent)
{
  return unsent->bundle.logs->len;
}

gboolean
xs_unsent_is_empty (const XsUnsent *unsent)
{
  return unsent->bundle.photos->len + unsent->bytes->len == 0;
}

/* Also what the platform refused: there it can be looked at. But not what is damaged here: it would not read back. */
#define NOT_ACCEPTED "(o.state = 'waiting' OR (o.state = 'rejected' AND o.reason <> 'damaged'))"

static gboolean
list_photos (XsUnsent *unsent, XsDb *db, GError **error)
{
  gboolean ok;
  g_autoptr (XsStmt) stmt = xs_db_prepare (db,
                                           "SELECT p.sha256 FROM outbox o JOIN photo p ON p.number = o.photo_number"
                                           " WHERE o.kind = 'photo' AND " NOT_ACCEPTED " ORDER BY o.id",
                                           error, "");

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsWireBundlePhoto photo = { .size_bytes = 0 };
      g_strlcpy (photo.sha256, xs_stmt_string (stmt, 0), sizeof photo.sha256);
      g_array_append_val (unsent->bundle.photos, photo);
    }
  return ok;
}

/* @sql: seq, sha256, signature, bytes, by seq */
static gboolean
list_items (XsUnsent *unsent, XsDb *db, GArray *items, const char *sql, GError **error)
{
  gboolean ok;
  g_autoptr (XsStmt) stmt = xs_db_prepare (db, sql, error, "");

  if (stmt == NULL)
    return FALSE;
  while (xs_stmt_next (stmt, &ok, error))
    {
      XsWireBundleItem item = { .seq = xs_stmt_int (stmt, 0) };
      g_autoptr (GBytes) signature = xs_stmt_bytes (stmt, 2);
      g_strlcpy (item.sha256, xs_stmt_string (stmt, 1), sizeof item.sha256);
      memcpy (item.signature, g_bytes_get_data (signature, NULL), sizeof item.signature);
      g_array_append_val (items, item);
      g_ptr_array_add (unsent->bytes, xs_stmt_bytes (stmt, 3));
    }
  return ok;
}

static gboolean
list_documents (XsUnsent *unsent, XsDb *db, GError **error)
{
  return list_items (unsent, db, unsent->bundle.logs,
                     "SELECT l.seq, l.sha256, l.signature, l.bytes FROM outbox o JOIN log l ON l.seq = o.log_seq"
                     " WHERE " NOT_ACCEPTED " ORDER BY l.seq",
                     error)
         && list_items (unsent, db, unsent->bundle.appeals,
                        "SELECT a.log_seq, a.sha256, a.signature, a.bytes FROM outbox o"
                        " JOIN appeal a ON a.log_seq = o.appeal_seq WHERE " NOT_ACCEPTED " ORDER BY a.log_seq",
                        error)
         && list_items (unsent, db, unsent->bundle.consents,
                        "SELECT c.consent_id, c.sha256, c.signature, c.bytes FROM outbox o"
                        " JOIN consent_document c ON c.consent_id = o.consent_id WHERE " NOT_ACCEPTED
                        " ORDER BY c.consent_id",
                        error);
}

XsUnsent *
xs_unsent_list (XsJournal *journal, GError **error)
{
  g_autoptr (XsUnsent) unsent = g_new0 (XsUnsent, 1);
  XsIdentity identity;

  xs_wire_bundle_init (&unsent->bundle);
  unsent->bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  unsent->photos_dir = g_strdup (journal->photos_dir);
  unsent->key = journal->sign_key;
  if (!xs_journal_get_identity (journal, &identity, error) || !list_photos (unsent, journal->db, error)
      || !list_documents (unsent, journal->db, error))
    return NULL;
  g_strlcpy (unsent->bundle.devnum, identity.devnum, sizeof unsent->bundle.devnum);
  g_strlcpy (unsent->bundle.inscode, identity.inscode, sizeof unsent->bundle.inscode);
  memcpy (unsent->bundle.device_key, unsent->key.public_key, sizeof unsent->bundle.device_key);
  unsent->bundle.made_wall_us = xs_clock_wall_us (journal->clock);
  return g_steal_pointer (&unsent);
}

static gboolean
write_photos (XsUnsent *unsent, const char *folder, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < unsent->bundle.photos->len; i++)
    {
      XsWireBundlePhoto *photo = &g_array_index (unsent->bundle.photos, XsWireBundlePhoto, i);
      g_autofree char *from = g_build_filename (unsent->photos_dir, photo->sha256, NULL);
      g_autofree char *to = xs_wire_bundle_photo_path (folder, photo->sha256);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          xs_error_convert (error);
          return FALSE;
        }
      g_autoptr (GBytes) bytes = xs_blob_read (from, XS_SEALED_PHOTO_MAX_BYTES, error);
      if (bytes == NULL || !xs_blob_write (to, bytes, error))
        return FALSE;
      photo->size_bytes = (gint64) g_bytes_get_size (bytes);
    }
  return TRUE;
}

/* @bytes: the first of them: of @items in their order */
static gboolean
write_items (const GArray *items, gpointer *bytes, const char *folder, const char *what, GError **error)
{
  g_autofree char *path = g_build_filename (folder, what, NULL);

  if (items->len > 0 && !xs_dir_ensure (path, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      g_autofree char *item_path =
        xs_wire_bundle_item_path (folder, what, g_array_index (items, XsWireBundleItem, i).seq);
      if (!xs_blob_write (item_path, bytes[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_documents (XsUnsent *unsent, const char *folder, GError **error)
{
  const XsWireBundle *bundle = &unsent->bundle;
  gpointer *appeals = unsent->bytes->pdata + bundle->logs->len;

  return write_items (bundle->logs, unsent->bytes->pdata, folder, XS_WIRE_BUNDLE_LOGS, error)
         && write_items (bundle->appeals, appeals, folder, XS_WIRE_BUNDLE_APPEALS, error)
         && write_items (bundle->consents, appeals + bundle->appeals->len, folder, XS_WIRE_BUNDLE_CONSENTS, error);
}

/* Last, so that a folder without one was cut off. */
static gboolean
write_manifest (XsUnsent *unsent, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, XS_WIRE_BUNDLE_MANIFEST, NULL);
  g_autofree char *signature_path = g_build_filename (folder, XS_WIRE_BUNDLE_SIGNATURE, NULL);
  g_autoptr (GBytes) manifest = xs_wire_bundle_encode (&unsent->bundle);
  guint8 signature[XS_SIGNATURE_BYTES];
  gsize size;
  const void *data = g_bytes_get_data (manifest, &size);

  xs_sign (&unsent->key, data, size, signature);
  char *text = g_base64_encode (signature, sizeof signature);
  g_autoptr (GBytes) signed_bytes = g_bytes_new_take (text, strlen (text));
  return xs_blob_write (signature_path, signed_bytes, error) && xs_blob_write (path, manifest, error);
}

gboolean
xs_unsent_write (XsUnsent *unsent, const char *dir, GCancellable *cancellable, char **folder, GError **error)
{
  g_autofree char *stamp = xs_wall_format (unsent->bundle.made_wall_us, "%Y%m%d-%H%M%S");
  g_autofree char *name = g_strdup_printf ("xueshi-%s-%s", unsent->bundle.devnum, stamp);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *photos = g_build_filename (path, XS_WIRE_BUNDLE_PHOTOS, NULL);
  g_autofree char *logs = g_build_filename (path, XS_WIRE_BUNDLE_LOGS, NULL);
  g_auto (XsWireBundle) read_back;

  xs_wire_bundle_init (&read_back);
  if (xs_unsent_is_empty (unsent))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND, "Nothing waits to be sent: there is nothing to export");
      return FALSE;
    }
  if (!g_file_test (dir, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "%s is no folder: plug the stick in, or choose another", dir);
      return FALSE;
    }
  if (!xs_dir_ensure (photos, error) || !xs_dir_ensure (logs, error) || !write_photos (unsent, path, cancellable, error)
      || !write_documents (unsent, path, error) || !write_manifest (unsent, path, error)
      || !xs_wire_bundle_check (path, &read_back, error))
    return FALSE;
  *folder = g_steal_pointer (&path);
  return TRUE;
}
