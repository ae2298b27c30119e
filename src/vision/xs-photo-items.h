/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-check.h"

G_BEGIN_DECLS

/** xs_photo_report_add: append an item, judge it and let it count for the verdict. NaN: no limit, or not measured. */
void xs_photo_report_add (XsPhotoReport *report, XsPhotoItemCode code, double value, double uncertainty, double min,
                          double max);

G_END_DECLS
