/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsIdentifyPage: the face check before a session. */
#define XS_TYPE_IDENTIFY_PAGE (xs_identify_page_get_type ())
G_DECLARE_FINAL_TYPE (XsIdentifyPage, xs_identify_page, XS, IDENTIFY_PAGE, AdwBin)

/** xs_identify_page_set_study: whose camera to show; once. */
void xs_identify_page_set_study (XsIdentifyPage *self, XsStudy *study);
/** xs_identify_page_update: show @status. */
void xs_identify_page_update (XsIdentifyPage *self, const XsStudyStatus *status);

G_END_DECLS
