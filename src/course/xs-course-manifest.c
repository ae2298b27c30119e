/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-manifest.h"

#include "xs-blob.h"
#include "xs-course-words.h"
#include "xs-error.h"

#include <string.h>

#define FORMAT 1
#define NAME_MAX_BYTES 255
#define SHA256_HEX_DIGITS 64

static void
file_clear (gpointer data)
{
  XsCourseFile *file = data;

  g_free ((char *) file->name);
  g_free ((char *) file->sha256);
}

static XsCourseManifest *
manifest_new (void)
{
  XsCourseManifest *manifest = g_new0 (XsCourseManifest, 1);

  manifest->files = g_array_new (FALSE, FALSE, sizeof (XsCourseFile));
  g_array_set_clear_func (manifest->files, file_clear);
  return manifest;
}

XsCourseManifest *
xs_course_manifest_new (const char *id, guint version, const char *title, const char *publisher,
                        const guint8 key[XS_KEY_BYTES])
{
  XsCourseManifest *manifest = manifest_new ();

  manifest->id = g_strdup (id);
  manifest->version = version;
  manifest->title = g_strdup (title);
  manifest->publisher = g_strdup (publisher);
  memcpy (manifest->key, key, XS_KEY_BYTES);
  return manifest;
}

void
xs_course_manifest_free (XsCourseManifest *manifest)
{
  if (manifest == NULL)
    return;
  g_free (manifest->id);
  g_free (manifest->title);
  g_free (manifest->publisher);
  g_array_unref (manifest->files);
  g_free (manifest);
}

guint
xs_course_manifest_get_n_files (const XsCourseManifest *manifest)
{
  return manifest->files->len;
}

const XsCourseFile *
xs_course_manifest_get_file (const XsCourseManifest *manifest, guint index)
{
  g_return_val_if_fail (index < manifest->files->len, NULL);
  return &g_array_index (manifest->files, XsCourseFile, index);
}

/* It becomes a file in a folder of the kiosk's: nothing in it may lead anywhere else. */
static gboolean
is_plain_name (const char *name)
{
  gsize length = strlen (name);

  if (length < 1 || length > NAME_MAX_BYTES || name[0] == '.' || strpbrk (name, "/\\") != NULL
      || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_name (const XsCourseManifest *manifest, const char *name, GError **error)
{
  if (!is_plain_name (name))
    return xs_course_refuse ("name", "must be that of a file in the course folder itself, without “/” and leading “.”",
                             error);
  if (g_str_equal (name, XS_COURSE_MANIFEST_NAME) || g_str_equal (name, XS_COURSE_SIGNATURE_NAME))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "“name” is %s, which the package needs for itself: rename the file", name);
      return FALSE;
    }
  for (guint i = 0; i < manifest->files->len; i++)
    {
      if (g_str_equal (xs_course_manifest_get_file (manifest, i)->name, name))
        return xs_course_refuse ("name", "is taken by an earlier file", error);
    }
  return TRUE;
}

gboolean
xs_course_manifest_add (XsCourseManifest *manifest, const char *name, gint64 size_bytes, const char *sha256,
                        GError **error)
{
  if (!check_name (manifest, name, error))
    return FALSE;
  if (size_bytes < 0 || size_bytes > XS_COURSE_FILE_MAX_BYTES)
    return xs_course_refuse ("size_bytes", "must be at most 32 GiB", error);
  if (strlen (sha256) != SHA256_HEX_DIGITS || strspn (sha256, "0123456789abcdef") != SHA256_HEX_DIGITS)
    return xs_course_refuse ("sha256", "must be 64 lower-case hex digits", error);
  if (manifest->files->len >= XS_COURSE_PACKAGE_MAX_FILES)
    return xs_course_refuse ("name", "is that of one file too many: a package holds up to 2000", error);
  if (manifest->total_bytes > XS_COURSE_PACKAGE_MAX_BYTES - size_bytes)
    return xs_course_refuse ("size_bytes", "is too much: a package holds up to 256 GiB", error);

  XsCourseFile file = { .name = g_strdup (name), .size_bytes = size_bytes, .sha256 = g_strdup (sha256) };
  g_array_append_val (manifest->files, file);
  manifest->total_bytes += size_bytes;
  return TRUE;
}

GBytes *
xs_course_manifest_to_bytes (const XsCourseManifest *manifest)
{
  JsonObject *object = json_object_new ();
  JsonArray *files = json_array_new ();
  g_autofree char *key = g_base64_encode (manifest->key, XS_KEY_BYTES);

  json_object_set_int_member (object, "format", FORMAT);
  json_object_set_string_member (object, "id", manifest->id);
  json_object_set_int_member (object, "version", manifest->version);
  json_object_set_string_member (object, "title", manifest->title);
  json_object_set_string_member (object, "publisher", manifest->publisher);
  json_object_set_string_member (object, "key", key);
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const XsCourseFile *file = xs_course_manifest_get_file (manifest, i);
      JsonObject *element = json_object_new ();

      json_object_set_string_member (element, "name", file->name);
      json_object_set_int_member (element, "size_bytes", file->size_bytes);
      json_object_set_string_member (element, "sha256", file->sha256);
      json_array_add_object_element (files, element);
    }
  json_object_set_array_member (object, "files", files);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  return xs_json_to_canonical (node);
}

static gboolean
is_file_field (const char *name)
{
  static const char *const fields[] = { "name", "size_bytes", "sha256", NULL };

  return g_strv_contains (fields, name);
}

static gboolean
read_file (XsCourseManifest *manifest, JsonArray *array, guint index, GError **error)
{
  JsonObject *object;
  const char *name, *sha256;
  gint64 size_bytes;

  return xs_json_get_element_object (array, index, &object, error) && xs_json_get_string (object, "name", &name, error)
         && xs_json_get_int (object, "size_bytes", 0, XS_COURSE_FILE_MAX_BYTES, &size_bytes, error)
         && xs_json_get_string (object, "sha256", &sha256, error)
         && xs_json_has_only (object, is_file_field, "a field of a file", error)
         && xs_course_manifest_add (manifest, name, size_bytes, sha256, error);
}

static gboolean
read_files (XsCourseManifest *manifest, JsonObject *object, GError **error)
{
  JsonArray *array;

  if (!xs_json_get_array (object, "files", &array, error))
    return FALSE;
  if (json_array_get_length (array) == 0)
    return xs_course_refuse ("files", "must name at least one file", error);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (!read_file (manifest, array, i, error))
        return xs_json_error_at (error, "files[%u]", i);
    }
  if (!g_str_equal (xs_course_manifest_get_file (manifest, 0)->name, XS_COURSE_FILE_NAME))
    return xs_course_refuse ("files[0].name", "must be " XS_COURSE_FILE_NAME, error);
  return TRUE;
}

static gboolean
check_format (JsonObject *object, GError **error)
{
  gint64 format;

  if (!xs_json_get_int (object, "format", 1, G_MAXINT, &format, error))
    return FALSE;
  if (format <= FORMAT)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
               "“format” is %" G_GINT64_FORMAT ", this Xueshi knows %d; update Xueshi", format, FORMAT);
  return FALSE;
}

static gboolean
is_manifest_field (const char *name)
{
  static const char *const fields[] = { "format", "id", "version", "title", "publisher", "key", "files", NULL };

  return g_strv_contains (fields, name);
}

/* The key is read already. */
static gboolean
read_manifest (XsCourseManifest *manifest, JsonObject *object, GError **error)
{
  gint64 version;

  if (!xs_course_read_id (object, (const char **) &manifest->id, error)
      || !xs_json_get_int (object, "version", 1, G_MAXINT32, &version, error)
      || !xs_course_get_line (object, "title", XS_COURSE_TITLE_MAX_CHARS, (const char **) &manifest->title, error)
      || !xs_course_get_line (object, "publisher", XS_COURSE_TITLE_MAX_CHARS, (const char **) &manifest->publisher,
                              error)
      || !read_files (manifest, object, error)
      || !xs_json_has_only (object, is_manifest_field, "a field of a manifest", error))
    return FALSE;
  manifest->version = (guint) version;
  return TRUE;
}

static gboolean
check_signature (const XsCourseManifest *manifest, GBytes *bytes, GBytes *signature, GError **error)
{
  gsize size, signature_size;
  const void *data = g_bytes_get_data (bytes, &size);
  const void *signed_by = g_bytes_get_data (signature, &signature_size);

  if (signature_size == XS_SIGNATURE_BYTES && xs_verify (manifest->key, data, size, signed_by))
    return TRUE;
  g_set_error_literal (
    error, XS_ERROR, XS_ERROR_CORRUPT,
    "the signature is not that of its publisher: altered or damaged; get it again from its publisher");
  return FALSE;
}

XsCourseManifest *
xs_course_manifest_parse (GBytes *bytes, GBytes *signature, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonObject) object =
    xs_json_parse_object (data != NULL ? data : "", size, XS_COURSE_MANIFEST_MAX_BYTES, error);
  g_autoptr (XsCourseManifest) manifest = manifest_new ();
  const char *key;

  if (object == NULL || !check_format (object, error) || !xs_json_get_string (object, "key", &key, error)
      || !xs_base64_decode_exact (key, "“key”", manifest->key, XS_KEY_BYTES, error)
      || !check_signature (manifest, bytes, signature, error) || !read_manifest (manifest, object, error))
    return NULL;
  return g_steal_pointer (&manifest);
}

XsCourseManifest *
xs_course_manifest_load (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, XS_COURSE_MANIFEST_NAME, NULL);
  g_autofree char *signature_path = g_build_filename (dir, XS_COURSE_SIGNATURE_NAME, NULL);
  g_autoptr (GBytes) bytes = xs_blob_read (path, XS_COURSE_MANIFEST_MAX_BYTES, error);
  g_autoptr (GBytes) signature = bytes != NULL ? xs_blob_read (signature_path, XS_SIGNATURE_BYTES, error) : NULL;

  if (signature == NULL)
    return NULL;
  XsCourseManifest *manifest = xs_course_manifest_parse (bytes, signature, error);
  if (manifest == NULL)
    g_prefix_error (error, "%s: ", path);
  return manifest;
}
