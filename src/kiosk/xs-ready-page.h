/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-ready-check.h"
#include "xs-sync.h"

G_BEGIN_DECLS

/** XsReadyPage: each thing a session depends on: what is so, and what to do. “Back” is the action "win.back". */
#define XS_TYPE_READY_PAGE (xs_ready_page_get_type ())
G_DECLARE_FINAL_TYPE (XsReadyPage, xs_ready_page, XS, READY_PAGE, AdwBin)

/** xs_ready_page_set_check: what to show, and what to try as well when it is to be checked again; once. */
void xs_ready_page_set_check (XsReadyPage *self, XsReadyCheck *check, XsSync *sync);
/** xs_ready_page_enter: it is shown now. */
void xs_ready_page_enter (XsReadyPage *self);

G_END_DECLS
