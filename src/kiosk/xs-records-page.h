/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-store.h"

G_BEGIN_DECLS

/**
 * XsRecordsPage: "My records": days at the left, at the right the logs of one of them, or one log in full. For the one
 * learner who is signed in by face; nothing of it stays behind when it is closed.
 *
 * Signal "closed": the learner goes back, or did nothing for a minute and a half.
 */
#define XS_TYPE_RECORDS_PAGE (xs_records_page_get_type ())
G_DECLARE_FINAL_TYPE (XsRecordsPage, xs_records_page, XS, RECORDS_PAGE, AdwBin)

/** xs_records_page_set_store: once. */
void xs_records_page_set_store (XsRecordsPage *self, XsStore *store);
/**
 * xs_records_page_open: read all anew and show the newest day. Consent can be taken back here but while @studying: the
 * camera looks then.
 */
void xs_records_page_open (XsRecordsPage *self, const char *stunum, const char *name, gboolean studying);
/** xs_records_page_close: forget everything, also what is still being read. */
void xs_records_page_close (XsRecordsPage *self);
/** xs_records_page_press: a key went down anywhere. Returns: whether the page took it. */
gboolean xs_records_page_press (XsRecordsPage *self, guint keyval);
/** xs_records_page_set_scale: how much larger than drawn the window is. */
void xs_records_page_set_scale (XsRecordsPage *self, double scale);

G_END_DECLS
