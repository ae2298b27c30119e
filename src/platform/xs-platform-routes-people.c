/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-photos.h"
#include "xs-platform-routes-private.h"
#include "xs-wire-message.h"
#include "xs-wire-people.h"

#include <string.h>

#define BUSY_RETRY_S 1

void
xs_route_greet_person (XsPlatformRoutes *routes, XsPlatformRequest *request, XsVisit *visit,
                       XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  const char *token = xs_wire_bearer (xs_platform_request_get_header (request, "Authorization"));

  if (token == NULL)
    xs_route_set_error (response, 401, XS_WIRE_ERROR_UNAUTHORIZED, "Sign in first");
  else if (!xs_platform_storage_find_session (routes->storage, token, &visit->person, &error))
    {
      if (g_error_matches (error, XS_ERROR, XS_ERROR_UNAUTHORIZED))
        xs_route_set_error (response, 401, XS_WIRE_ERROR_UNAUTHORIZED, error->message);
      else
        xs_route_set_failure (response, error);
    }
  else if (!xs_platform_role_has (visit->person.role, visit->route->right))
    xs_route_set_error (response, 403, XS_WIRE_ERROR_FORBIDDEN, "Your role does not include this");
}

static XsWirePerson
describe (const XsPlatformPerson *person)
{
  XsWirePerson answer = { .idle_s = XS_PLATFORM_SESSION_IDLE_US / G_USEC_PER_SEC };

  g_strlcpy (answer.name, person->name, sizeof answer.name);
  g_strlcpy (answer.role, xs_platform_role_nick (person->role), sizeof answer.role);
  g_strlcpy (answer.coachnum, person->coachnum, sizeof answer.coachnum);
  return answer;
}

static void
set_sign_in (XsPlatformResponse *response, const XsPlatformSignInAnswer *sign_in)
{
  XsWirePerson answer;

  switch (sign_in->result)
    {
    case XS_PLATFORM_SIGN_IN_DONE:
      answer = describe (&sign_in->person);
      g_strlcpy (answer.token, sign_in->token, sizeof answer.token);
      answer.expires_us = sign_in->expires_us;
      xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_person_encode (&answer));
      break;
    case XS_PLATFORM_SIGN_IN_TOTP_WANTED:
      xs_route_set_error (response, 401, XS_WIRE_ERROR_TOTP_WANTED, "Enter the code that your authenticator shows");
      break;
    case XS_PLATFORM_SIGN_IN_PAUSE:
      xs_route_set_error (response, 429, XS_WIRE_ERROR_TOO_MANY, "Too many wrong tries; wait before the next");
      response->retry_after_s = (guint) (sign_in->pause_us / G_USEC_PER_SEC) + 1;
      break;
    case XS_PLATFORM_SIGN_IN_WRONG:
    default:
      xs_route_set_error (response, 401, XS_WIRE_ERROR_SIGN_IN_WRONG, "Name, password or code is wrong");
      break;
    }
}

void
xs_route_post_sign_in (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                       XsPlatformResponse *response)
{
  XsWireSignIn sign_in;
  XsPlatformSignInAnswer answer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  if (!xs_wire_sign_in_decode (&sign_in, body, &error))
    {
      xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
      return;
    }
  /* Whoever floods this route must hold up neither kiosks nor the memory they need. */
  if (!g_mutex_trylock (&routes->password_mutex))
    {
      xs_route_set_error (response, 429, XS_WIRE_ERROR_TOO_MANY, "Somebody else is signing in; try again");
      response->retry_after_s = BUSY_RETRY_S;
      return;
    }
  gboolean done =
    xs_platform_storage_sign_in (routes->storage, sign_in.name, sign_in.password,
                                 sign_in.code[0] != '\0' ? sign_in.code : NULL, request->peer, &answer, &error);
  g_mutex_unlock (&routes->password_mutex);
  if (done)
    set_sign_in (response, &answer);
  else
    xs_route_set_failure (response, error);
}

void
xs_route_post_sign_out (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                        XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  const char *token = xs_wire_bearer (xs_platform_request_get_header (request, "Authorization"));

  if (xs_platform_storage_end_session (routes->storage, token, &error))
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_status_encode ("signed_out"));
  else
    xs_route_set_failure (response, error);
}

void
xs_route_get_me (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                 XsPlatformResponse *response)
{
  XsWirePerson answer = describe (&visit->person);

  xs_route_set_body (response, 200, XS_WIRE_TYPE_JSON, xs_wire_person_encode (&answer));
}

/* Who may see the logs of this learner may see the photos; of anybody else's photo there is none. */
void
xs_route_get_people_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                           XsPlatformResponse *response)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *who = g_strconcat ("person:", visit->person.name, NULL);
  const XsPlatformReader reader = { .who = who, .why = "review" };
  const char *sha256 = xs_route_name (request, visit);
  gboolean may = TRUE;
  GBytes *jpeg = NULL;

  if (!xs_platform_role_has (visit->person.role, XS_PLATFORM_RIGHT_SEE_ALL)
      && !xs_platform_storage_is_photo_of_coach (routes->storage, sha256, visit->person.coachnum, &may, &error))
    {
      xs_route_set_failure (response, error);
      return;
    }
  if (may)
    jpeg = xs_platform_storage_read_photo (routes->storage, sha256, &reader, &error);
  else
    g_set_error_literal (&error, XS_ERROR, XS_ERROR_NOT_FOUND, "another coach's");
  if (jpeg != NULL)
    xs_route_set_body (response, 200, XS_WIRE_TYPE_JPEG, jpeg);
  else
    xs_route_set_failure (response, error);
}
