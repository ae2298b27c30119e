/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-audit.h"
#include "xs-platform-routes-private.h"
#include "xs-wire-message.h"

/* Shorter than the silence after which a kiosk gives an exchange up. */
#define WAIT_US (15 * G_USEC_PER_SEC)

void
xs_route_get_verdicts (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                       XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  gint64 after = g_ascii_strtoll (xs_route_name (request, visit), NULL, 10);
  gint64 next;
  g_autoptr (GArray) verdicts =
    xs_platform_audit_get_verdicts (routes->storage, visit->device.id, after, &next, &error);

  if (verdicts == NULL)
    xs_route_set_failure (response, error);
  else if (verdicts->len > 0 || request->timed_out)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_verdicts_encode (verdicts, next));
  else
    {
      g_strlcpy (response->wait_key, "verdicts", sizeof response->wait_key);
      response->wait_us = WAIT_US;
    }
}
