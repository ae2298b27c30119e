/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"

G_BEGIN_DECLS

/** XsAppealReason: what a learner says against the verdict on a log. Stored and sent by nick. */
typedef enum {
  XS_APPEAL_WAS_PRESENT, /* "was_present": sat there and studied all the time */
  XS_APPEAL_PHOTO_IS_ME, /* "photo_is_me" */
  XS_APPEAL_CAMERA,      /* "camera": the camera or the light was at fault */
  XS_APPEAL_PC,          /* "pc": the PC, the power or the network was at fault */
  XS_APPEAL_OTHER,       /* "other" */
  XS_N_APPEALS,
} XsAppealReason;

/** xs_appeal_nick: the word used in files and on the wire. */
const char *xs_appeal_nick (XsAppealReason reason);
/** xs_appeal_from_nick: the reverse. Returns: FALSE, leaving @reason alone, for an unknown word or NULL. */
gboolean xs_appeal_from_nick (const char *nick, XsAppealReason *reason);
/** (transfer none): what the learner chooses from, in the first person; translated. */
const char *xs_appeal_title (XsAppealReason reason);

/** A line of 150 characters of Chinese. */
#define XS_APPEAL_COMMENT_MAX_BYTES 450

/** XsAppeal: what a learner has against the verdict on a log, to the coach; one for each log. Plain. */
typedef struct {
  char inscode[XS_UNIFIED_DIGITS + 1];
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq; /* of the log, among those of the device */
  char log_sha256[65];
  char stunum[XS_UNIFIED_DIGITS + 1];
  char recnum[XS_RECNUM_DIGITS + 1];
  gint64 wall_us; /* when it was made */
  XsAppealReason reason;
  char comment[XS_APPEAL_COMMENT_MAX_BYTES + 1]; /* UTF-8, one line; "" for none */
} XsAppeal;

G_END_DECLS
