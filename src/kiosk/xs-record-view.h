/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-records.h"

G_BEGIN_DECLS

/**
 * XsRecordView: one log as its learner sees it: verdict, minutes, what did not count and why, photos, appeal.
 *
 * Signal "appeal": the learner wants to appeal.
 */
#define XS_TYPE_RECORD_VIEW (xs_record_view_get_type ())
G_DECLARE_FINAL_TYPE (XsRecordView, xs_record_view, XS, RECORD_VIEW, AdwBin)

/**
 * xs_record_view_show: fill it.
 * @photos: of each photo of the record the learner's copy (GBytes, JPEG), NULL where none is held; same order
 */
void xs_record_view_show (XsRecordView *self, const XsRecord *record, const GPtrArray *photos);
/** xs_record_view_update: only where log and appeal are on their way, and whether an appeal is possible. */
void xs_record_view_update (XsRecordView *self, const XsRecord *record);
/** xs_record_view_clear: show nothing: no photo stays behind. */
void xs_record_view_clear (XsRecordView *self);

G_END_DECLS
