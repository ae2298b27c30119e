/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * The text that learners agree to before anything of their face is taken: 单独同意, the separate consent that the Personal
 * Information Protection Law (art. 29) and the measures on face recognition of 2025 want for face data: what, why, how
 * long, who, and the other way.
 */

/**
 * Rises with every change of the English text, whatever the change: whoever agreed to another is asked again. A test
 * holds the text and its version together.
 */
#define XS_CONSENT_VERSION 2

/** XsConsentItem: one question and its answer, translated. */
typedef struct {
  const char *question;
  const char *answer;
} XsConsentItem;

#define XS_CONSENT_ITEMS 5

/** xs_consent_item: @index: 0 … XS_CONSENT_ITEMS - 1 */
XsConsentItem xs_consent_item (guint index);
/** xs_consent_tick: (transfer none): what the learner's own tick says, translated. */
const char *xs_consent_tick (void);

G_END_DECLS
