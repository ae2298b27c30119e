/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** XsAuditState: where a log stands on the platform. Stored and sent by nick. docs/audit.md tells the whole. */
typedef enum {
  XS_AUDIT_RECEIVED,    /* "received": waits for the auditor */
  XS_AUDIT_NEEDS_HUMAN, /* "needs_human": judged by the auditor; a person has to decide */
  XS_AUDIT_PASSED,      /* "passed": judged by the auditor: all or part of it counts */
  XS_AUDIT_FAILED,      /* "failed": judged by the auditor: nothing counts */
  XS_AUDIT_DECIDED,     /* "decided": by a person */
  XS_AUDIT_APPEALED,    /* "appealed": the learner has something against it; a person has to decide */
  XS_AUDIT_READY,       /* "ready": settled, to be handed on to the province */
  XS_AUDIT_SENT,        /* "sent": handed on; nothing changes any more */
  XS_N_AUDIT_STATES,
} XsAuditState;

/** xs_audit_state_nick: the word used in files and on the wire. */
const char *xs_audit_state_nick (XsAuditState state);
/** xs_audit_state_from_nick: the reverse. Returns: FALSE, leaving @state alone, for an unknown word or NULL. */
gboolean xs_audit_state_from_nick (const char *nick, XsAuditState *state);
/** xs_audit_state_is_open: whether somebody, or the auditor, still has to judge. */
gboolean xs_audit_state_is_open (XsAuditState state);

G_END_DECLS
