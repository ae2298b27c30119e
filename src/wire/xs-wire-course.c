/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-course.h"

#include "xs-error.h"
#include "xs-wire-private.h"

#include <string.h>

GBytes *
xs_wire_courses_encode (const GArray *courses)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_sized_new (courses->len);

  for (guint i = 0; i < courses->len; i++)
    {
      const XsWireCourse *course = &g_array_index (courses, XsWireCourse, i);
      JsonObject *element = json_object_new ();
      g_autofree char *signer = g_base64_encode (course->signer, XS_KEY_BYTES);
      json_object_set_string_member (element, "id", course->id);
      json_object_set_int_member (element, "version", course->version);
      json_object_set_string_member (element, "title", course->title);
      json_object_set_string_member (element, "sha256", course->sha256);
      json_object_set_int_member (element, "size_bytes", course->size_bytes);
      json_object_set_string_member (element, "signer", signer);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "courses", array);
  return xs_wire_take_object (object);
}

static gboolean
decode_course (XsWireCourse *course, JsonObject *object, GError **error)
{
  const char *id, *title, *signer;
  gint64 version;

  if (!xs_wire_get_text (object, "id", sizeof course->id - 1, &id, error)
      || !xs_json_get_int (object, "version", 1, G_MAXUINT32, &version, error)
      || !xs_wire_get_text (object, "title", sizeof course->title - 1, &title, error)
      || !xs_wire_get_sha256 (object, "sha256", course->sha256, error)
      || !xs_json_get_int (object, "size_bytes", 1, XS_WIRE_MAX_INT, &course->size_bytes, error)
      || !xs_json_get_string (object, "signer", &signer, error)
      || !xs_base64_decode_exact (signer, "signer", course->signer, XS_KEY_BYTES, error))
    return FALSE;
  g_strlcpy (course->id, id, sizeof course->id);
  course->version = (guint) version;
  g_strlcpy (course->title, title, sizeof course->title);
  return TRUE;
}

GArray *
xs_wire_courses_decode (GBytes *bytes, GError **error)
{
  g_autoptr (JsonObject) object = xs_wire_parse_object (bytes, XS_WIRE_COURSES_MAX_BYTES, error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) courses = g_array_new (FALSE, TRUE, sizeof (XsWireCourse));
  JsonArray *array;

  if (object == NULL || !xs_wire_get_array (object, "courses", XS_WIRE_COURSES_MAX, &array, error))
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      XsWireCourse course = { .version = 0 };
      JsonObject *element;
      if (!xs_json_get_element_object (array, i, &element, error) || !decode_course (&course, element, error))
        {
          g_prefix_error (error, "courses[%u]: ", i);
          return NULL;
        }
      if (!g_hash_table_add (seen, g_strdup (course.id)))
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "courses[%u]: “id” %s appears twice", i, course.id);
          return NULL;
        }
      g_array_append_val (courses, course);
    }
  return g_steal_pointer (&courses);
}
