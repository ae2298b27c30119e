/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-routes-private.h"

#include "xs-error.h"
#include "xs-platform-fleet.h"

void
xs_route_post_health (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                      XsPlatformResponse *response)
{
  XsWireDeviceHealth health;
  XsWireHealthAnswer answer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  if (!xs_wire_health_report_decode (&health, body, &error))
    {
      xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
      return;
    }
  /* Encoded anew: what else may stand in the document is not kept. */
  g_autoptr (GBytes) report = xs_wire_health_report_encode (&health);
  if (xs_platform_fleet_report (routes->storage, &visit->device, report, &answer, &error))
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_health_answer_encode (&answer));
  else
    xs_route_set_failure (response, error);
}

void
xs_route_put_diagnosis (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                        XsPlatformResponse *response)
{
  gboolean created;
  gint64 id = g_ascii_strtoll (xs_route_name (request, visit), NULL, 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  if (xs_platform_fleet_put_diagnosis (routes->storage, &visit->device, id, body, &created, &error))
    xs_route_set_body (response, created ? 201 : 200, XS_WIRE_TYPE_JSON, xs_wire_status_encode ("stored"));
  else if (g_error_matches (error, XS_ERROR, XS_ERROR_INVALID))
    xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
  else
    xs_route_set_failure (response, error);
}
