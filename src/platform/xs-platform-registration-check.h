/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-wire-review.h"

G_BEGIN_DECLS

/*
 * Registration photos that wait for approval are measured by the auditor, so that nobody on the platform's or the
 * coach's side has to open a picture that came from outside. Any thread.
 */

/** Why a photo that the auditor returns by itself cannot be used; else a word of xs_photo_item_reason(). */
#define XS_REGISTRATION_UNREADABLE "unreadable"

/** XsPlatformUnchecked: a registration photo that waits, and was not measured yet. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char sha256[65];
} XsPlatformUnchecked;

/**
 * xs_platform_registration_claim: take the one that waits longest, of learners who have not withdrawn consent.
 * @lease_us: nobody else takes it for so long, unless another photo takes its place
 * @found: (out): FALSE when none can be taken now
 */
gboolean xs_platform_registration_claim (XsPlatformStorage *storage, gint64 lease_us, XsPlatformUnchecked *photo,
                                         gboolean *found, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_registration_put_check: what was measured on that photo, once: who comes late changes nothing. A photo
 * that is no longer the learner's is left alone, and so is one of a learner who withdrew consent meanwhile.
 * @useless: (nullable): why no face can be compared with it: it is returned for this, unless a person was faster
 */
gboolean xs_platform_registration_put_check (XsPlatformStorage *storage, const XsPlatformUnchecked *photo,
                                             const XsReviewPhotoCheck *check, const char *useless, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
