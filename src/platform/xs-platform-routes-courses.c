/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-routes-private.h"

#include "xs-error.h"
#include "xs-platform-courses.h"

#include <string.h>
#include <unistd.h>

void
xs_route_get_courses (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                      XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) courses = xs_platform_storage_list_courses (routes->storage, &error);
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (XsWireCourse));

  if (courses == NULL)
    {
      xs_route_set_failure (response, error);
      return;
    }
  for (guint i = 0; i < courses->len; i++)
    g_array_append_val (told, g_array_index (courses, XsPlatformCourse, i).course);
  xs_route_set_tagged (request, response, XS_WIRE_TYPE_JSON, xs_wire_courses_encode (told));
}

/* One range of bytes, "bytes=FROM-" or "bytes=FROM-TO"; any other header asks for all (RFC 9110, 14.2). */
static gboolean
parse_range (const char *text, guint64 *from, guint64 *to)
{
  g_auto (GStrv) ends = NULL;

  if (text == NULL || !g_str_has_prefix (text, "bytes="))
    return FALSE;
  ends = g_strsplit (text + strlen ("bytes="), "-", 2);
  *to = G_MAXINT64;
  return ends[0] != NULL && ends[1] != NULL && g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT64, from, NULL)
         && (ends[1][0] == '\0' || g_ascii_string_to_unsigned (ends[1], 10, *from, G_MAXINT64, to, NULL));
}

static void
answer_range (XsPlatformResponse *response, int fd, guint64 size, guint64 from, guint64 to)
{
  if (from >= size)
    {
      close (fd);
      g_clear_pointer (&response->etag, g_free);
      xs_route_set_error (response, 416, XS_WIRE_ERROR_RANGE, "The package ends before that byte");
      response->content_range = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);
      return;
    }
  to = MIN (to, size - 1);
  response->status = 206;
  response->content_range =
    g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, from, to, size);
  response->type = XS_WIRE_TYPE_COURSE;
  response->has_file = TRUE;
  response->file_fd = fd;
  response->file_offset = from;
  response->file_bytes = to - from + 1;
}

void
xs_route_get_course (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                     XsPlatformResponse *response)
{
  const char *sha256 = xs_route_name (request, visit);
  const char *known = xs_platform_request_get_header (request, "If-None-Match");
  const char *only_of = xs_platform_request_get_header (request, "If-Range");
  g_autofree char *etag = g_strdup_printf ("\"%s\"", sha256);
  g_autoptr (GError) error = NULL;
  gint64 size_bytes;
  guint64 from = 0, to = G_MAXINT64;
  int fd = xs_platform_storage_open_course (routes->storage, sha256, &size_bytes, &error);

  if (fd < 0)
    {
      xs_route_set_failure (response, error);
      return;
    }
  response->etag = g_steal_pointer (&etag);
  if (g_strcmp0 (known, response->etag) == 0)
    {
      close (fd);
      response->status = 304;
    }
  else if ((only_of == NULL || strcmp (only_of, response->etag) == 0)
           && parse_range (xs_platform_request_get_header (request, "Range"), &from, &to))
    answer_range (response, fd, (guint64) size_bytes, from, to);
  else
    {
      answer_range (response, fd, (guint64) size_bytes, 0, G_MAXINT64);
      g_clear_pointer (&response->content_range, g_free);
      response->status = 200;
    }
}
