/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-timeline-model.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/** XsPhotoCheck: one measure of a photo against what the log's policy asks. */
typedef struct {
  const char *title; /* translated */
  char *value;       /* as it was measured */
  char *limit;       /* what is needed; "" when nothing is */
  XsTone tone;       /* XS_TONE_QUIET: not measured */
} XsPhotoCheck;

/** xs_photo_measure: what was measured on @photo, by xs_measure_name(); NaN: it was not. */
double xs_photo_measure (const XsReviewPhoto *photo, const char *name);

/**
 * xs_photo_checks_new: (transfer full) (element-type XsPhotoCheck): every check, what failed first, then what is in
 * doubt; of one kind in the order in which a person looks.
 * @limits: (element-type XsReviewLimit): of the log's policy
 */
GArray *xs_photo_checks_new (const XsReviewPhoto *photo, const GArray *limits);

/** xs_photo_checks_array_new: (transfer full) (element-type XsPhotoCheck): none, of which strings are freed with it. */
GArray *xs_photo_checks_array_new (void);
/** xs_photo_checks_sort: what failed first; of one kind they keep their order. */
void xs_photo_checks_sort (GArray *checks);

/** xs_photo_tone: of the whole photo, by what the auditor saw, XsReviewPhoto.seen; "": nobody looked at it yet. */
XsTone xs_photo_tone (const char *seen);
/** xs_photo_seen_text: (transfer none): what the auditor saw, translated. */
const char *xs_photo_seen_text (const char *seen);

/** xs_tone_icon: (transfer none): of the icon theme, for @tone. */
const char *xs_tone_icon (XsTone tone);
/** xs_tone_word: (transfer none): translated: that a check passed, is in doubt, failed or was not made. */
const char *xs_tone_word (XsTone tone);
/** xs_tone_class: (transfer none): CSS class. */
const char *xs_tone_class (XsTone tone);

G_END_DECLS
