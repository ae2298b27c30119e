/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-sync.h"

G_BEGIN_DECLS

/** XsSyncBar: what has reached the school and what waits, read from the journal. */
#define XS_TYPE_SYNC_BAR (xs_sync_bar_get_type ())
G_DECLARE_FINAL_TYPE (XsSyncBar, xs_sync_bar, XS, SYNC_BAR, AdwBin)

/** xs_sync_bar_set_source: what to show; once. */
void xs_sync_bar_set_source (XsSyncBar *self, XsStore *store, XsSync *sync);

G_END_DECLS
