/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-roles.h"

#include "xs-error.h"

#include <string.h>

#define R(right) (1u << XS_PLATFORM_RIGHT_##right)

/*
 * The least that each needs. Who keeps the register does not look at faces, and who looks at everything changes
 * nothing: an administrator who wants to decide has a second account, and two rows that say so.
 */
static const struct {
  const char *nick;
  guint rights;
} roles[XS_PLATFORM_N_ROLES] = {
  [XS_PLATFORM_ROLE_DEVICE] = { "device", R (NONE) | R (UPLOAD) },
  [XS_PLATFORM_ROLE_COACH] = { "coach", R (NONE) | R (SIGN_OUT) | R (SEE_OWN) | R (PHOTOS) | R (DECIDE) },
  [XS_PLATFORM_ROLE_HEAD_COACH] = { "head-coach", R (NONE) | R (SIGN_OUT) | R (SEE_OWN) | R (SEE_ALL) | R (PHOTOS)
                                                    | R (DECIDE) | R (OVERRULE) | R (READINGS) },
  [XS_PLATFORM_ROLE_AUDITOR] = { "auditor",
                                 R (NONE) | R (SIGN_OUT) | R (SEE_OWN) | R (SEE_ALL) | R (PHOTOS) | R (READINGS) },
  [XS_PLATFORM_ROLE_ADMIN] = { "admin",
                               R (NONE) | R (SIGN_OUT) | R (READINGS) | R (REGISTER) | R (PEOPLE) | R (ERASE) },
};

gboolean
xs_platform_role_has (XsPlatformRole role, XsPlatformRight right)
{
  g_return_val_if_fail ((guint) role < XS_PLATFORM_N_ROLES && (guint) right < XS_PLATFORM_N_RIGHTS, FALSE);
  return (roles[role].rights >> right & 1) != 0;
}

const char *
xs_platform_role_nick (XsPlatformRole role)
{
  g_return_val_if_fail ((guint) role < XS_PLATFORM_N_ROLES, NULL);
  return roles[role].nick;
}

gboolean
xs_platform_role_from_nick (const char *nick, XsPlatformRole *role, GError **error)
{
  for (guint i = XS_PLATFORM_ROLE_COACH; i < XS_PLATFORM_N_ROLES; i++)
    {
      if (g_strcmp0 (nick, roles[i].nick) == 0)
        {
          *role = (XsPlatformRole) i;
          return TRUE;
        }
    }
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no role: say coach, head-coach, auditor or admin", nick);
  return FALSE;
}
