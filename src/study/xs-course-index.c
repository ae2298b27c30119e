/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-course-index.h"

#include "xs-blob.h"
#include "xs-course-private.h"
#include "xs-error.h"

#include <string.h>

#define INDEX_FILE "index.json"
#define INDEX_MAX_BYTES (1024 * 1024)
#define FORMAT 1

static void
entry_free (gpointer data)
{
  XsCourseEntry *entry = data;

  g_free (entry->id);
  g_free (entry->folder);
  g_free (entry);
}

static XsCourseIndex *
index_new (void)
{
  XsCourseIndex *index = g_new0 (XsCourseIndex, 1);

  index->entries = g_ptr_array_new_with_free_func (entry_free);
  return index;
}

void
xs_course_index_free (XsCourseIndex *index)
{
  if (index == NULL)
    return;
  g_ptr_array_unref (index->entries);
  g_free (index->chosen);
  g_free (index);
}

const XsCourseEntry *
xs_course_index_find (const XsCourseIndex *index, const char *id)
{
  for (guint i = 0; i < index->entries->len; i++)
    {
      const XsCourseEntry *entry = g_ptr_array_index (index->entries, i);

      if (g_str_equal (entry->id, id))
        return entry;
    }
  return NULL;
}

gboolean
xs_course_index_names_folder (const XsCourseIndex *index, const char *folder)
{
  for (guint i = 0; i < index->entries->len; i++)
    {
      if (g_str_equal (((const XsCourseEntry *) g_ptr_array_index (index->entries, i))->folder, folder))
        return TRUE;
    }
  return FALSE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const XsCourseEntry *const *) a)->id, (*(const XsCourseEntry *const *) b)->id);
}

static void
add (XsCourseIndex *index, const char *id, const char *folder)
{
  XsCourseEntry *entry = g_new0 (XsCourseEntry, 1);

  entry->id = g_strdup (id);
  entry->folder = g_strdup (folder);
  g_ptr_array_add (index->entries, entry);
  g_ptr_array_sort (index->entries, compare_entries);
}

void
xs_course_index_choose (XsCourseIndex *index, const char *id)
{
  char *chosen = g_strdup (id);

  g_free (index->chosen);
  index->chosen = chosen;
}

static void
drop (XsCourseIndex *index, const char *id)
{
  const XsCourseEntry *entry = xs_course_index_find (index, id);

  if (entry != NULL)
    g_ptr_array_remove (index->entries, (gpointer) entry);
}

void
xs_course_index_set (XsCourseIndex *index, const char *id, const char *folder)
{
  drop (index, id);
  add (index, id, folder);
  xs_course_index_choose (index, id);
}

void
xs_course_index_remove (XsCourseIndex *index, const char *id)
{
  gboolean was_chosen = g_strcmp0 (index->chosen, id) == 0;

  drop (index, id);
  if (!was_chosen)
    return;
  const XsCourseEntry *first = index->entries->len > 0 ? g_ptr_array_index (index->entries, 0) : NULL;
  xs_course_index_choose (index, first != NULL ? first->id : NULL);
}

static gboolean
is_entry_field (const char *name)
{
  return g_str_equal (name, "id") || g_str_equal (name, "folder");
}

static gboolean
read_entry (XsCourseIndex *index, JsonArray *array, guint i, GError **error)
{
  JsonObject *object;
  const char *id, *folder;

  if (!xs_json_get_element_object (array, i, &object, error) || !xs_json_get_string (object, "id", &id, error)
      || !xs_course_check_id (id, "id", error) || !xs_json_get_string (object, "folder", &folder, error)
      || !xs_json_has_only (object, is_entry_field, "a field of an installed course", error))
    return FALSE;
  if (!g_str_has_prefix (folder, id) || strchr (folder, '/') != NULL)
    return xs_course_refuse ("folder", "must be that of the course", error);
  if (xs_course_index_find (index, id) != NULL)
    return xs_course_refuse ("id", "is there twice", error);
  add (index, id, folder);
  return TRUE;
}

static gboolean
is_index_field (const char *name)
{
  return g_str_equal (name, "format") || g_str_equal (name, "chosen") || g_str_equal (name, "courses");
}

static gboolean
read_index (XsCourseIndex *index, JsonObject *object, GError **error)
{
  JsonArray *array;
  gint64 format;

  if (!xs_json_get_int (object, "format", 1, G_MAXINT, &format, error))
    return FALSE;
  if (format > FORMAT)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW, "“format” is %" G_GINT64_FORMAT ": update Xueshi", format);
      return FALSE;
    }
  if (!xs_json_get_array (object, "courses", &array, error)
      || !xs_json_has_only (object, is_index_field, "a field of the index", error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (!read_entry (index, array, i, error))
        return xs_json_error_at (error, "courses[%u]", i);
    }
  if (index->entries->len == 0)
    return TRUE;
  const char *chosen;
  if (!xs_json_get_string (object, "chosen", &chosen, error))
    return FALSE;
  if (xs_course_index_find (index, chosen) == NULL)
    return xs_course_refuse ("chosen", "must be the id of an installed course", error);
  xs_course_index_choose (index, chosen);
  return TRUE;
}

XsCourseIndex *
xs_course_index_load (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, INDEX_FILE, NULL);
  g_autoptr (XsCourseIndex) index = index_new ();
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonObject) object = xs_json_load_object (path, INDEX_MAX_BYTES, &local_error);

  if (object == NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    return g_steal_pointer (&index);
  if (object != NULL && read_index (index, object, &local_error))
    return g_steal_pointer (&index);
  if (local_error->code == XS_ERROR_INVALID)
    g_prefix_error (&local_error, "%s is damaged: remove it and install the courses again: ", path);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
xs_course_index_save (const XsCourseIndex *index, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, INDEX_FILE, NULL);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_int_member (object, "format", FORMAT);
  if (index->chosen != NULL)
    json_object_set_string_member (object, "chosen", index->chosen);
  for (guint i = 0; i < index->entries->len; i++)
    {
      const XsCourseEntry *entry = g_ptr_array_index (index->entries, i);
      JsonObject *element = json_object_new ();

      json_object_set_string_member (element, "id", entry->id);
      json_object_set_string_member (element, "folder", entry->folder);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "courses", array);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  char *text = xs_json_to_pretty (node);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  return xs_blob_write (path, bytes, error);
}
