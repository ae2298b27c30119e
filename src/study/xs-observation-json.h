/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"
#include "xs-observation.h"

G_BEGIN_DECLS

/**
 * xs_observation_to_json: (transfer full): what @observation says, the measures by their names, one that was not
 * taken as null; docs/testing.md lists the members.
 * @landmarks: whether with "landmarks", 468 pairs of pixels
 */
JsonObject *xs_observation_to_json (const XsObservation *observation, gboolean landmarks);

/** xs_json_set_measure: @value rounded to four places, null when it was not taken. */
void xs_json_set_measure (JsonObject *object, const char *name, float value);

G_END_DECLS
