/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-timeline-model.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/** XsShownPhoto: a photo of a log, as the kiosk tells of it and as the auditor saw it. */
typedef struct {
  const XsReviewLog *log;
  const XsPhotoRecord *record;
  const XsReviewPhoto *seen; /* (nullable): nobody looked at it yet */
} XsShownPhoto;

/** XsShownLogs: the logs that are looked at together, by time: one, or those of a student's day. */
typedef struct {
  GPtrArray *logs; /* XsReviewLog * */
  GArray *photos;  /* XsShownPhoto, of all of them by time */
} XsShownLogs;

XsShownLogs *xs_shown_logs_new (void);
void xs_shown_logs_free (XsShownLogs *shown);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsShownLogs, xs_shown_logs_free)

/** xs_shown_logs_take: what @log holds moves to @shown, and @log is empty then. */
void xs_shown_logs_take (XsShownLogs *shown, XsReviewLog *log);
/** xs_shown_logs_get: (nullable) (transfer none): the log @index. */
const XsReviewLog *xs_shown_logs_get (const XsShownLogs *shown, guint index);
/** xs_shown_log_row: (transfer none): how the log stands. */
const XsReviewRow *xs_shown_log_row (const XsReviewLog *log);
/** xs_shown_log_reasons: (transfer none) (nullable) (element-type XsWireReason): what the last verdict rests on. */
const GArray *xs_shown_log_reasons (const XsReviewLog *log);
/** xs_shown_log_audit_reasons: (transfer none) (nullable): likewise of the auditor's last verdict. */
const GArray *xs_shown_log_audit_reasons (const XsReviewLog *log);
/** xs_shown_photo_reason: (transfer none) (nullable): the word of what the auditor's verdict has against this photo. */
const char *xs_shown_photo_reason (const XsShownPhoto *photo);
/** xs_shown_logs_timeline: (transfer full): of all of them. Photos have the indices of @shown->photos. */
XsTimelineModel *xs_shown_logs_timeline (const XsShownLogs *shown);

G_END_DECLS
