/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformChecked: what was found, and how much was looked at for it. */
typedef struct {
  GPtrArray *problems; /* of char *: what is wrong, in words; empty when all is well */
  GPtrArray *notes;    /* of char *: what is worth knowing and not wrong */
  guint logs;
  guint appeals;
  guint consents;
  guint photos;
  guint learners;
  guint files; /* of photos and registration photos */
  guint keys;  /* of learners */
  guint repaired;
} XsPlatformChecked;

void xs_platform_checked_clear (XsPlatformChecked *checked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsPlatformChecked, xs_platform_checked_clear)

/**
 * xs_platform_check: look at everything: the database, each log's signature, fields and chain, each photo's hash, that
 * each photo a log names is here or gone for a reason, that each registration photo opens, that each file has its row,
 * each photo is locked for its own learner, and each key belongs to somebody who is not erased.
 * @repair: mend what is safe to mend: remove what a crash left, file again what was not filed; it is no problem then
 * @checked: (out): all zero or cleared by the caller
 * @error: only when looking was impossible
 */
gboolean xs_platform_check (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_storage_check_files: that part of xs_platform_check() that begins with the files. */
gboolean xs_platform_storage_check_files (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
