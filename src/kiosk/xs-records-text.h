/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-records.h"
#include "xs-text.h"

G_BEGIN_DECLS

/* The words of "My records", translated. */

/** xs_records_text_day: (transfer full): "Monday, 2 March". @day: YYYYMMDD */
char *xs_records_text_day (int day);
/** xs_records_text_verdict: what is said of the log, in a few words; @what_to_do is "". */
XsAdvice xs_records_text_verdict (const XsRecordLog *log);
/** xs_records_text_counted: (transfer full): "31 of 45 minutes count", as the verdict has it. */
char *xs_records_text_counted (const XsRecordLog *log);
/** xs_records_text_sent: (transfer full): where the log is, and who has checked it. */
char *xs_records_text_sent (const XsRecordLog *log);
/** xs_records_text_appeal: (transfer full): where the appeal against @log is. */
char *xs_records_text_appeal (const XsRecordLog *log);
/** xs_records_text_photo_kind: (transfer none): at which occasion a photo was taken. */
const char *xs_records_text_photo_kind (XsPhotoEvent event);
/**
 * xs_records_text_photo_check: (transfer full): what the check says of photo @index of the record, and by how much.
 * @good: (out)
 */
char *xs_records_text_photo_check (const XsRecord *record, guint index, gboolean *good);
/** xs_records_text_may_appeal: whether something was lost or refused that a coach can look at, and nobody has yet. */
gboolean xs_records_text_may_appeal (const XsRecordLog *log, const XsAudit *audit);

G_END_DECLS
