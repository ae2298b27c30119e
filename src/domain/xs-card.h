/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"

G_BEGIN_DECLS

/**
 * XsCard: 学员卡, what the QR code on a student's card says: "xueshi:STUNUM?inscode=INSCODE" as xueshi-platform prints it,
 * "xueshi:STUNUM", or the 16 digits of the number alone.
 */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char inscode[XS_UNIFIED_DIGITS + 1]; /* the school that gave it out; "": the card does not say */
} XsCard;

/**
 * xs_card_parse: read the text of a code; what comes behind the number and is not understood is left out of account.
 * Returns: FALSE, leaving @card alone, when it is no student's card.
 */
gboolean xs_card_parse (XsCard *card, const char *text);

/** xs_card_format: (transfer full): the text for a card of @stunum, given out by @inscode; both 16 digits. */
char *xs_card_format (const char *stunum, const char *inscode);

G_END_DECLS
