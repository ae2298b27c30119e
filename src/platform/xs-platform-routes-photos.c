/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-routes-private.h"
#include "xs-platform-uploads.h"

#include <string.h>

void
xs_route_post_missing (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                       XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);
  g_autoptr (GPtrArray) photos = xs_wire_photos_decode (body, &error);

  if (photos == NULL)
    {
      xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
      return;
    }
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (routes->storage, photos, &error);
  if (missing != NULL)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_missing_encode (missing));
  else
    xs_route_set_failure (response, error);
}

void
xs_route_put_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                    XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  const char *sha256 = xs_route_name (request, visit);
  gint64 size_bytes = (gint64) (request->resume_bytes + request->content_length);
  gboolean created;

  if (size_bytes == 0)
    xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, "A photo has at least one byte");
  else if (strcmp (request->body_sha256, sha256) != 0)
    xs_route_set_error (response, 422, XS_WIRE_ERROR_HASH_MISMATCH, "The bytes are not those the name stands for");
  else if (!xs_platform_storage_keep_photo (routes->storage, sha256, request->spool_path, size_bytes, visit->device.id,
                                            &created, &error))
    xs_route_set_failure (response, error);
  else
    {
      response->took_spool = TRUE;
      xs_platform_upload_forget (xs_platform_storage_get_incoming_dir (routes->storage), visit->device.id, sha256);
      xs_route_set_body (response, created ? 201 : 200, XS_WIRE_TYPE_JSON, xs_wire_status_encode ("stored"));
    }
}

/* What is here of a photo: all, or what came before its upload was cut. */
static gboolean
find_upload (XsPlatformRoutes *routes, const char *sha256, gint64 device_id, XsPlatformResponse *response,
             GError **error)
{
  g_autoptr (GPtrArray) photos = g_ptr_array_new ();

  g_ptr_array_add (photos, (char *) sha256);
  g_autoptr (GPtrArray) missing = xs_platform_storage_find_missing (routes->storage, photos, error);
  if (missing == NULL)
    return FALSE;
  response->tells_upload = TRUE;
  response->upload_complete = missing->len == 0;
  response->upload_offset =
    xs_platform_upload_find (xs_platform_storage_get_incoming_dir (routes->storage), device_id, sha256);
  return TRUE;
}

void
xs_route_head_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                     XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;

  if (find_upload (routes, xs_route_name (request, visit), visit->device.id, response, &error))
    response->status = 204;
  else
    xs_route_set_failure (response, error);
}

void
xs_route_resume_photo (XsPlatformRequest *request, const XsVisit *visit, XsPlatformResponse *response)
{
  const char *sha256 = xs_route_name (request, visit);
  const char *offset_text = xs_platform_request_get_header (request, XS_WIRE_HEADER_UPLOAD_OFFSET);
  const char *complete = xs_platform_request_get_header (request, XS_WIRE_HEADER_UPLOAD_COMPLETE);
  guint64 offset;

  if (offset_text == NULL || !g_ascii_string_to_unsigned (offset_text, 10, 1, XS_WIRE_PHOTO_MAX_BYTES, &offset, NULL)
      || g_strcmp0 (complete, "?1") != 0)
    {
      xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST,
                          "The rest of a photo comes with its Upload-Offset and Upload-Complete: ?1");
      return;
    }
  request->resume_path = xs_platform_upload_claim (request->spool_folder, visit->device.id, sha256, offset);
  if (request->resume_path != NULL)
    {
      request->resume_bytes = offset;
      return;
    }
  xs_route_set_error (response, 409, XS_WIRE_ERROR_UPLOAD_OFFSET, "The upload stands at another place");
  response->tells_upload = TRUE;
  response->upload_offset = xs_platform_upload_find (request->spool_folder, visit->device.id, sha256);
}
