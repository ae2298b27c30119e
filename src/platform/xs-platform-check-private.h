/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-check.h"
#include "xs-platform-storage-private.h"
#include "xs-teaching-log.h"

G_BEGIN_DECLS

/** xs_check_add: something is wrong. */
void xs_check_add (XsPlatformChecked *checked, XsPlatformFault fault, const char *format, ...) G_GNUC_PRINTF (3, 4);
/** xs_check_note: something is worth knowing. */
void xs_check_note (XsPlatformChecked *checked, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The parts of xs_platform_check(). */

/** xs_check_record: whether the log @id is filed, and will be judged, as what was signed. @name: for findings */
gboolean xs_check_record (XsPlatformStorage *storage, gint64 id, const char *name, const XsTeachingLog *log,
                          XsPlatformChecked *checked, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_check_history: the audits of all logs. */
gboolean xs_check_history (XsPlatformStorage *storage, XsPlatformChecked *checked, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_check_files: photos, registration photos and keys, both ways; outside of a transaction. */
gboolean xs_check_files (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
