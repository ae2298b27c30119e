/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Who may do what, in one table (xs-platform-roles.c). Whoever asks, asks for a right and never for a role.
 */

typedef enum {
  XS_PLATFORM_ROLE_DEVICE, /* a kiosk: signs its requests, has no account */
  XS_PLATFORM_ROLE_COACH,
  XS_PLATFORM_ROLE_HEAD_COACH,
  XS_PLATFORM_ROLE_AUDITOR,
  XS_PLATFORM_ROLE_ADMIN,
} XsPlatformRole;
#define XS_PLATFORM_N_ROLES 5

typedef enum {
  XS_PLATFORM_RIGHT_NONE,     /* what anybody may */
  XS_PLATFORM_RIGHT_UPLOAD,   /* send what was recorded, fetch policy and roster */
  XS_PLATFORM_RIGHT_SIGN_OUT, /* end the own session, ask who one is */
  XS_PLATFORM_RIGHT_SEE_OWN,  /* logs and verdicts of the own learners */
  XS_PLATFORM_RIGHT_SEE_ALL,  /* and of every learner of the school */
  XS_PLATFORM_RIGHT_PHOTOS,   /* open photos of the logs one may see; each time is recorded */
  XS_PLATFORM_RIGHT_DECIDE,   /* give a verdict on logs one may see, answer appeals */
  XS_PLATFORM_RIGHT_OVERRULE, /* take back another's decision, give the second look */
  XS_PLATFORM_RIGHT_READINGS, /* list who looked at which photo */
  XS_PLATFORM_RIGHT_REGISTER, /* learners, coaches, devices, courses, policy */
  XS_PLATFORM_RIGHT_PEOPLE,   /* accounts, roles, sessions */
  XS_PLATFORM_RIGHT_ERASE,    /* erase a learner */
} XsPlatformRight;
#define XS_PLATFORM_N_RIGHTS 12

/** xs_platform_role_has: whether the table gives @right to @role. */
gboolean xs_platform_role_has (XsPlatformRole role, XsPlatformRight right);
/** xs_platform_role_nick: (transfer none): "device", "coach", "head-coach", "auditor" or "admin". */
const char *xs_platform_role_nick (XsPlatformRole role);
/** xs_platform_role_from_nick: @error: XS_ERROR_INVALID, naming those that an account may have */
gboolean xs_platform_role_from_nick (const char *nick, XsPlatformRole *role, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
