/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-review.h"

G_BEGIN_DECLS

/* The words a coach reads, translated, and those that a coach looks for. */

/** xs_review_text_cut: what was typed, as much of it as fits into @to_bytes with its end: whole characters. */
void xs_review_text_cut (char *to, gsize to_bytes, const char *typed);

/** XsStanding: how a log stands for who has to decide. */
typedef enum {
  XS_STANDING_PENDING, /* 待评判, black */
  XS_STANDING_VALID,   /* 有效, green */
  XS_STANDING_PARTIAL, /* 部分有效, orange */
  XS_STANDING_VOID,    /* 无效, red */
  XS_N_STANDINGS,
} XsStanding;

/** xs_standing_of: a log that waits for a person, or for the auditor, is pending whatever was found so far. */
XsStanding xs_standing_of (XsAuditState state, XsVerdict verdict);
/** (transfer none): what it is called. */
const char *xs_standing_word (XsStanding standing);
/** (transfer none): of the icon theme, or the application's own. */
const char *xs_standing_icon (XsStanding standing);
/** (transfer none): CSS class of its colour. */
const char *xs_standing_class (XsStanding standing);

/** xs_review_text_reason: (transfer none): of a rule's or a doubt's word; an unknown one stands for itself. */
const char *xs_review_text_reason (const char *word);
/** xs_review_text_reasons: (transfer full): of several with spaces between. */
char *xs_review_text_reasons (const char *words);
/** xs_review_text_who: (transfer none): of who decided; the name of a person stands for itself. */
const char *xs_review_text_who (const char *who);
/** xs_review_text_log: (transfer full): which log it is: “欧阳丽 11-26 09:00”. */
char *xs_review_text_log (const XsReviewRow *row);
/** xs_review_text_state: (transfer full): where a log is, and who decided. */
char *xs_review_text_state (const XsReviewRow *row);
/** xs_review_text_course: (transfer full): “第一部分 · 课堂教学 · C1”. */
char *xs_review_text_course (const char *subjcode);
/** xs_review_text_photo_kind: (transfer none): the occasion of a photo. */
const char *xs_review_text_photo_kind (XsPhotoEvent event);
/** xs_review_text_ratio: (transfer full): that of valid minutes more are credited than there are. */
char *xs_review_text_ratio (gint64 valid_min, gint64 credited_min);
/** xs_review_text_range: (transfer full): “09:15–09:30” of minutes of a log. */
char *xs_review_text_range (const XsTeachingLog *log, gint64 from_min, gint64 to_min);
/** xs_review_text_event: (transfer full): what happened to the clocks. */
char *xs_review_text_event (const XsLogEvent *event);
/** xs_review_text_error: (transfer none): what a failed request means for the coach, and what to do. */
const char *xs_review_text_error (const GError *error);
/** xs_review_text_written: (transfer full): that a file was written, or with @error that it cannot be. */
char *xs_review_text_written (const char *name, const GError *error);

G_END_DECLS
