/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** xs_list_set_time: as it stands on the wire; null: 0. */
void xs_list_set_time (JsonObject *object, const char *name, gint64 wall_us);

/* In xs-platform-list-fleet.c. */
gboolean xs_list_devices (XsPlatformStorage *storage, JsonArray *array, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_list_rings (XsPlatformStorage *storage, JsonArray *array, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_list_diagnoses (XsPlatformStorage *storage, JsonArray *array, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
