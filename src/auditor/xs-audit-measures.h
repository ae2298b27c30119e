/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-observation.h"

G_BEGIN_DECLS

/**
 * xs_audit_measures_of: (transfer full): what was measured on a photo, as JSON for who reviews it. The names are those
 * of XsObservation, docs/testing.md explains them; what could not be measured is left out.
 */
char *xs_audit_measures_of (const XsObservation *observation);
/** xs_audit_measures_of_failure: (transfer full): why nothing was. */
char *xs_audit_measures_of_failure (const char *why);

G_END_DECLS
