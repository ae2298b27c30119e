/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsDoubt: what the platform's own look at the photos of a log brought and no rule judges: a person has to decide.
 * Stored and sent by nick.
 */
typedef enum {
  XS_DOUBT_UNREADABLE,   /* "photo_unreadable": cannot be opened, or stopped what looked at it */
  XS_DOUBT_CLAIM,        /* "photo_claim": not the picture that the kiosk says it judged */
  XS_DOUBT_NOT_LIVE,     /* "photo_not_live": the photos together look like prints or screens */
  XS_DOUBT_REGISTRATION, /* "registration_photo": none, or none that a face can be compared with */
  XS_N_DOUBTS,
} XsDoubt;

/** xs_doubt_nick: the word used in files and on the wire. */
const char *xs_doubt_nick (XsDoubt doubt);
/** xs_doubt_from_nick: the reverse. Returns: FALSE, leaving @doubt alone, for an unknown word or NULL. */
gboolean xs_doubt_from_nick (const char *nick, XsDoubt *doubt);
/** (transfer none): what is in doubt, in a few words for learner and coach; translated. */
const char *xs_doubt_title (XsDoubt doubt);
/** (transfer none): what the learner can do about it; translated. */
const char *xs_doubt_remedy (XsDoubt doubt);

G_END_DECLS
