/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/** XsSummaryPage: what counted, what did not, why, and what comes next. Closes by itself after a minute. */
#define XS_TYPE_SUMMARY_PAGE (xs_summary_page_get_type ())
G_DECLARE_FINAL_TYPE (XsSummaryPage, xs_summary_page, XS, SUMMARY_PAGE, AdwBin)

/** xs_summary_page_set_study: whose summary to show, and where what waits to be sent is read; once. */
void xs_summary_page_set_study (XsSummaryPage *self, XsStudy *study, XsStore *store);
/** xs_summary_page_set_scale: how much larger than drawn the window is. */
void xs_summary_page_set_scale (XsSummaryPage *self, double scale);
/** xs_summary_page_hold: do not close by itself, until it is shown again: the learner looks at something else. */
void xs_summary_page_hold (XsSummaryPage *self);
/** xs_summary_page_show: fill it from the study's summary and start the countdown. */
void xs_summary_page_show (XsSummaryPage *self);

G_END_DECLS
