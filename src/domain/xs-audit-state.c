/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-state.h"

static const char *const nicks[XS_N_AUDIT_STATES] = {
  [XS_AUDIT_RECEIVED] = "received", [XS_AUDIT_NEEDS_HUMAN] = "needs_human",
  [XS_AUDIT_PASSED] = "passed",     [XS_AUDIT_FAILED] = "failed",
  [XS_AUDIT_DECIDED] = "decided",   [XS_AUDIT_APPEALED] = "appealed",
  [XS_AUDIT_READY] = "ready",       [XS_AUDIT_SENT] = "sent",
};

const char *
xs_audit_state_nick (XsAuditState state)
{
  g_return_val_if_fail ((guint) state < XS_N_AUDIT_STATES, NULL);

  return nicks[state];
}

gboolean
xs_audit_state_from_nick (const char *nick, XsAuditState *state)
{
  for (guint i = 0; i < XS_N_AUDIT_STATES; i++)
    {
      if (g_strcmp0 (nick, nicks[i]) != 0)
        continue;
      *state = i;
      return TRUE;
    }
  return FALSE;
}

gboolean
xs_audit_state_is_open (XsAuditState state)
{
  return state == XS_AUDIT_RECEIVED || state == XS_AUDIT_NEEDS_HUMAN || state == XS_AUDIT_APPEALED;
}
