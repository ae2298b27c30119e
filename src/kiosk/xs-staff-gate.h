/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-store.h"

G_BEGIN_DECLS

/** XsStaffGate: asks for the staff password, or for a new one where there is none. Signal "opened": it was right. */
#define XS_TYPE_STAFF_GATE (xs_staff_gate_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffGate, xs_staff_gate, XS, STAFF_GATE, AdwBin)

/** xs_staff_gate_set_store: whose password; once. */
void xs_staff_gate_set_store (XsStaffGate *self, XsStore *store);
/** xs_staff_gate_enter: it is shown: ask anew. */
void xs_staff_gate_enter (XsStaffGate *self);

G_END_DECLS
