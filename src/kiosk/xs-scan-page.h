/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsScanPage: the student's card is held to the camera. */
#define XS_TYPE_SCAN_PAGE (xs_scan_page_get_type ())
G_DECLARE_FINAL_TYPE (XsScanPage, xs_scan_page, XS, SCAN_PAGE, AdwBin)

/** xs_scan_page_set_study: whose camera to show; once. */
void xs_scan_page_set_study (XsScanPage *self, XsStudy *study);
/** xs_scan_page_update: show @status. */
void xs_scan_page_update (XsScanPage *self, const XsStudyStatus *status);

G_END_DECLS
