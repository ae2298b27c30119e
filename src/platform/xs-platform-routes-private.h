/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-health.h"
#include "xs-platform-people.h"
#include "xs-platform-rate.h"
#include "xs-platform-routes.h"
#include "xs-wire-auth.h"

G_BEGIN_DECLS

struct _XsPlatformRoutes {
  XsPlatformStorage *storage;
  XsPlatformKeeper *keeper;
  XsPlatformHealth *health;
  XsPlatformRate *rate;
  GMutex password_mutex; /* a password at a time is looked at: each takes 64 MiB */
  GMutex mutex;          /* of what follows */
  gint64 pair_window_us;
  guint n_pair_failures;
  GHashTable *devices; /* char * devnum → XsPlatformDevice, as they were seen last */
};

typedef struct _XsRoute XsRoute;

/** XsVisit: what was learned of who asks before the body came. */
typedef struct {
  const XsRoute *route;
  XsWireAuthorization authorization; /* of a device */
  XsPlatformDevice device;
  gint64 signed_by;        /* id of the device whose signature was found good; 0: none yet */
  gboolean counted;        /* against its rate: once, however often a request that waits looks again */
  XsPlatformPerson person; /* of a person, whose role has the right of the route */
} XsVisit;

typedef void (*XsRouteFunc) (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                             XsPlatformResponse *response);

/** XsRoute: a method on a path, and the right that it takes: of a device's signature for UPLOAD, else of a token. */
struct _XsRoute {
  const char *method;
  const char *path; /* ending in '/': with one more part */
  XsPlatformRight right;
  gboolean names_body; /* the name in the path is the hash of the whole body, and is what is signed; it is spooled */
  gsize max_body_bytes;
  XsRouteFunc func;
};

/** xs_route_set_body: answer with @body, which is taken over. */
void xs_route_set_body (XsPlatformResponse *response, guint status, const char *type, GBytes *body);
/** xs_route_set_tagged: answer with @body, which is taken over, or with 304 when the device has it already. */
void xs_route_set_tagged (const XsPlatformRequest *request, XsPlatformResponse *response, const char *type,
                          GBytes *body);
/** xs_route_set_error: answer with an error. @code: XS_WIRE_ERROR_… */
void xs_route_set_error (XsPlatformResponse *response, guint status, const char *code, const char *message);
/** xs_route_set_failure: answer that the storage failed with @error; the operator learns why. */
void xs_route_set_failure (XsPlatformResponse *response, const GError *error);
/** xs_route_body: (transfer full): what came. */
GBytes *xs_route_body (const XsPlatformRequest *request);
/** xs_route_name: (transfer none): the part of the path behind the route's. */
const char *xs_route_name (const XsPlatformRequest *request, const XsVisit *visit);

/* Photos. */
void xs_route_post_missing (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response);
void xs_route_put_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                         XsPlatformResponse *response);
void xs_route_head_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                          XsPlatformResponse *response);
/** xs_route_resume_photo: before the body of a PATCH: go on where the upload was cut, or refuse. */
void xs_route_resume_photo (XsPlatformRequest *request, const XsVisit *visit, XsPlatformResponse *response);

/** xs_route_greet_person: find whose token came, and whether the role has the route's right; else answer. */
void xs_route_greet_person (XsPlatformRoutes *routes, XsPlatformRequest *request, XsVisit *visit,
                            XsPlatformResponse *response);
/** Of kiosks that wait for verdicts, in xs-platform-routes-verdicts.c. */
void xs_route_get_verdicts (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response);
/** Of who sits where, in xs-platform-seats.c. */
void xs_route_post_session (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response);
/* Of courses, in xs-platform-routes-courses.c. */
void xs_route_get_courses (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                           XsPlatformResponse *response);
void xs_route_get_course (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                          XsPlatformResponse *response);
/* Of the fleet, in xs-platform-routes-fleet.c. */
void xs_route_post_health (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                           XsPlatformResponse *response);
void xs_route_put_diagnosis (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                             XsPlatformResponse *response);
/* Routes of people. */
void xs_route_post_sign_in (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                            XsPlatformResponse *response);
void xs_route_post_sign_out (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                             XsPlatformResponse *response);
void xs_route_get_me (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                      XsPlatformResponse *response);
void xs_route_get_people_photo (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                                XsPlatformResponse *response);

G_END_DECLS
