/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-register.h"

G_BEGIN_DECLS

/*
 * The register as a table that a spreadsheet opens and writes. The first line names the columns, in any order:
 *
 *   学员编号 or stunum, 姓名 or name, 教练员编号 or coachnum, 转头检查 or active_check (on, off)
 *
 * of coaches coachnum and name. Columns that may be missing or empty leave what there is; others are passed over.
 */

/** XsRegisterReport: what became of every line. */
typedef struct {
  GPtrArray *lines; /* of char *: what is to be said of each, in the order of the file */
  guint n_added;
  guint n_changed;
  guint n_refused;
} XsRegisterReport;

void xs_register_report_clear (XsRegisterReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsRegisterReport, xs_register_report_clear)

/**
 * xs_platform_import_learners: add or change what stands in @path, line by line: a line is taken whole or not at all.
 * @photo_dir: (nullable): registration photos, named STUNUM.jpg; a learner without one there is taken without
 * @report: (out): all zero or cleared by the caller
 * @error: when the file cannot be read as a table, or the storage fails: lines before are taken, the report says which
 */
gboolean xs_platform_import_learners (XsPlatformStorage *storage, const char *path, const char *photo_dir,
                                      XsRegisterReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_import_coaches: the same of coaches. */
gboolean xs_platform_import_coaches (XsPlatformStorage *storage, const char *path, XsRegisterReport *report,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_export_learners: (transfer full): what xs_platform_import_learners() takes. */
char *xs_platform_export_learners (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *xs_platform_export_coaches (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
