/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-study.h"

G_BEGIN_DECLS

/**
 * XsAbsenceView: over the lesson, while the session is about to end for want of its learner: how long there is, and how
 * to stay. Hidden otherwise.
 */
#define XS_TYPE_ABSENCE_VIEW (xs_absence_view_get_type ())
G_DECLARE_FINAL_TYPE (XsAbsenceView, xs_absence_view, XS, ABSENCE_VIEW, AdwBin)

/** xs_absence_view_update: show or hide what is so. */
void xs_absence_view_update (XsAbsenceView *self, const XsStudyStatus *status);

G_END_DECLS
