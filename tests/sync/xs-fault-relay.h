/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-fault-server.h"

G_BEGIN_DECLS

/**
 * XsFaultRelay: a fault server between a kiosk and a real platform on loopback. Left to itself it hands everything on;
 * stirred, every kind of request meets every fault, in an order that the seed decides. What a kind is it learns from
 * what passes, so that a new route needs no case of its own.
 */
typedef struct _XsFaultRelay XsFaultRelay;

/** xs_fault_relay_new: (transfer full). @port: of the platform, on 127.0.0.1 */
XsFaultRelay *xs_fault_relay_new (guint16 port, guint32 seed);
void xs_fault_relay_free (XsFaultRelay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsFaultRelay, xs_fault_relay_free)
const char *xs_fault_relay_get_url (XsFaultRelay *relay);

/**
 * xs_fault_relay_stir: from now on half of all requests meet a fault.
 * @patient: also those that keep a kiosk waiting for a second or more
 */
void xs_fault_relay_stir (XsFaultRelay *relay, gboolean patient);
/** xs_fault_relay_calm: from now on none does. */
void xs_fault_relay_calm (XsFaultRelay *relay);
/** xs_fault_relay_tick: from time to time: lets go of who waits for an answer, and now and then breaks a handshake. */
void xs_fault_relay_tick (XsFaultRelay *relay);

/** xs_fault_relay_is_through: whether each kind of request seen has met every fault. */
gboolean xs_fault_relay_is_through (XsFaultRelay *relay);
/** xs_fault_relay_report: (transfer full): a line for each kind of request: how many, how many faults of how many. */
char *xs_fault_relay_report (XsFaultRelay *relay);

G_END_DECLS
