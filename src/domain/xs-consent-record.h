/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"

G_BEGIN_DECLS

/** XsConsent: how a learner's separate consent (单独同意) stands. Plain. */
typedef struct {
  gint64 text_version; /* of the text that was agreed to; 0: none was given, or it was withdrawn */
  gint64 wall_us;      /* when that was decided; 0: nothing ever was */
} XsConsent;

/** XsConsentRecord: one decision of a learner, with an own tick at a kiosk: evidence that never changes. Plain. */
typedef struct {
  char inscode[XS_UNIFIED_DIGITS + 1];
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq; /* counts the decisions made at the device */
  char stunum[XS_UNIFIED_DIGITS + 1];
  gint64 text_version; /* 1 or more: of the text that was agreed to, or that the consent taken back was to */
  gint64 wall_us;      /* when; above that of every decision of the learner which was known there */
  gboolean withdrawn;  /* else: given */
} XsConsentRecord;

/**
 * xs_consent_is_later: whether @a was decided after @b. Of the same moment the withdrawal is the later one: a doubt is
 * never for looking at somebody's face.
 */
gboolean xs_consent_is_later (const XsConsent *a, const XsConsent *b);

/** xs_consent_next_wall_us: when a decision made now is said to be: clocks of PCs differ, and it follows @known. */
gint64 xs_consent_next_wall_us (const XsConsent *known, gint64 now_us);

G_END_DECLS
