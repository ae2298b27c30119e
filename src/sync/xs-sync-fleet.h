/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-device.h"

G_BEGIN_DECLS

/** XsSyncFleet: what the school wants of this kiosk, as of its last answer. */
typedef struct {
  gint64 ring;                           /* -1: the school has not said yet */
  char wanted_version[XS_VERSION_BYTES]; /* "": any will do */
} XsSyncFleet;

/**
 * The file it is kept in, in the folder of the journal: lines RING=N and WANTED_VERSION=VERSION, for the programs that
 * look after a kiosk: shells and systemd read it as it is.
 */
#define XS_SYNC_FLEET_FILE "fleet.env"

/** xs_sync_fleet_read: what that file says; one that is not there is no error, and says nothing. Blocks on the disk. */
gboolean xs_sync_fleet_read (const char *state_dir, XsSyncFleet *fleet, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_sync_fleet_keep: write it, unless it says so already. */
gboolean xs_sync_fleet_keep (const char *state_dir, const XsSyncFleet *fleet, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
