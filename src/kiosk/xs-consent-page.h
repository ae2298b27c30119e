/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsConsentPage: what is taken of the face, and the tick of a learner who agrees; nobody's tick is there before. */
#define XS_TYPE_CONSENT_PAGE (xs_consent_page_get_type ())
G_DECLARE_FINAL_TYPE (XsConsentPage, xs_consent_page, XS, CONSENT_PAGE, AdwBin)

/** xs_consent_page_set_study: who is told; once. */
void xs_consent_page_set_study (XsConsentPage *self, XsStudy *study);
/** xs_consent_page_enter: the page is shown, to another learner. */
void xs_consent_page_enter (XsConsentPage *self);

G_END_DECLS
