/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-ready-check.h"

G_BEGIN_DECLS

/** XsReadyPage: each thing a session depends on: what is so, and what to do. “Back” is the action "win.back". */
#define XS_TYPE_READY_PAGE (xs_ready_page_get_type ())
G_DECLARE_FINAL_TYPE (XsReadyPage, xs_ready_page, XS, READY_PAGE, AdwBin)

/** xs_ready_page_set_check: what to show; once. */
void xs_ready_page_set_check (XsReadyPage *self, XsReadyCheck *check);

G_END_DECLS
