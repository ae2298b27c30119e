/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-timeline-model.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/** XsShownPhoto: a photo of a learner, as the platform tells of it in few words, and once its log is here in all. */
typedef struct {
  XsReviewGlance glance;
  const XsReviewLog *log;        /* (nullable): the log is not here */
  const XsReviewPhoto *measured; /* (nullable): nobody looked at it yet, or the log is not here */
} XsShownPhoto;

/**
 * XsShownLogs: what is looked at together: one log, those of a student's day, or all that a student ever did, of which
 * only a few logs are here in whole.
 */
typedef struct {
  GPtrArray *logs; /* XsReviewLog *: in whole, the one that came last at the end */
  GArray *rows;    /* XsReviewRow: of all logs by time, when all that a student did is shown; else empty */
  GArray *photos;  /* XsShownPhoto, of all of them by time */
} XsShownLogs;

XsShownLogs *xs_shown_logs_new (void);
void xs_shown_logs_free (XsShownLogs *shown);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsShownLogs, xs_shown_logs_free)

/** xs_shown_logs_add_history: all that a student did. @rows: XsReviewRow; @glances: XsReviewGlance; in any order */
void xs_shown_logs_add_history (XsShownLogs *shown, const GArray *rows, const GArray *glances);
/** xs_shown_logs_trim: let go of the logs that came first, but not of the first, until @max are left in whole. */
void xs_shown_logs_trim (XsShownLogs *shown, guint max);
/** xs_shown_logs_put_first: have this log, when it is here in whole, as the first. */
void xs_shown_logs_put_first (XsShownLogs *shown, const char *log_sha256);
/** xs_shown_logs_find_row: (transfer none) (nullable): how a log stands, whether it is here in whole or not. */
const XsReviewRow *xs_shown_logs_find_row (const XsShownLogs *shown, const char *log_sha256);
/** xs_shown_logs_row_at: (transfer none) (nullable): likewise of the log that was studied at @wall_us. */
const XsReviewRow *xs_shown_logs_row_at (const XsShownLogs *shown, gint64 wall_us);
/** xs_shown_logs_has: whether a log is here in whole. */
gboolean xs_shown_logs_has (const XsShownLogs *shown, const char *log_sha256);
/** xs_shown_logs_find_photo: index of the photo @number of a log; -1: there is none. */
int xs_shown_logs_find_photo (const XsShownLogs *shown, const char *log_sha256, const char *number);
/** xs_shown_logs_take: what @log holds moves to @shown, and @log is empty then. */
void xs_shown_logs_take (XsShownLogs *shown, XsReviewLog *log);
/** xs_shown_logs_get: (nullable) (transfer none): the log @index. */
const XsReviewLog *xs_shown_logs_get (const XsShownLogs *shown, guint index);
/** xs_shown_log_row: (transfer none): how the log stands. */
const XsReviewRow *xs_shown_log_row (const XsReviewLog *log);
/** xs_shown_log_reasons: (transfer none) (nullable) (element-type XsWireReason): what the last verdict rests on. */
const GArray *xs_shown_log_reasons (const XsReviewLog *log);
/**
 * xs_shown_log_voids: (transfer full) (element-type XsWireReason): those of them that take minutes away or ask about
 * some. Of a log that does not count for a reason without minutes all of them are.
 */
GArray *xs_shown_log_voids (const XsReviewLog *log);
/** xs_shown_log_valid_min: normal minutes that nothing takes away. @voids: (nullable) (element-type XsReviewVoid) */
gint64 xs_shown_log_valid_min (const XsReviewLog *log, const GArray *voids);
/** xs_shown_log_stands_valid_min: likewise by the last verdict. */
gint64 xs_shown_log_stands_valid_min (const XsReviewLog *log);
/** xs_shown_log_audit_reasons: (transfer none) (nullable): likewise of the auditor's last verdict. */
const GArray *xs_shown_log_audit_reasons (const XsReviewLog *log);
/** xs_shown_photo_reason: (transfer none) (nullable): the word of what the auditor's verdict has against this photo. */
const char *xs_shown_photo_reason (const XsShownPhoto *photo);
/** xs_shown_photo_tone: how it is to be taken, with what the rules have against it. */
XsTone xs_shown_photo_tone (const XsShownPhoto *photo);
/** xs_shown_photo_text: (transfer full): time, what is on it, what the rules have against it, and the occasion. */
char *xs_shown_photo_text (const XsShownPhoto *photo);
/** xs_shown_logs_photo_text: (transfer full): likewise, with the day when photos of several days are shown. */
char *xs_shown_logs_photo_text (const XsShownLogs *shown, const XsShownPhoto *photo);
/** xs_shown_logs_timeline: (transfer full): of all of them. Photos have the indices of @shown->photos. */
XsTimelineModel *xs_shown_logs_timeline (const XsShownLogs *shown);

G_END_DECLS
