/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

/** XsCardScan: looks for a code in the pictures of a camera; no face is looked for, and no picture is kept. */
typedef struct _XsCardScan XsCardScan;

XsCardScan *xs_card_scan_new (void);
/** xs_card_scan_free: no xs_card_scan_frame() may be under way. */
void xs_card_scan_free (XsCardScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCardScan, xs_card_scan_free)
/** xs_card_scan_frame: look at @frame; on one thread at a time, as a camera's. Some 10 ms. */
void xs_card_scan_frame (XsCardScan *scan, const XsFrame *frame);
/** xs_card_scan_take: (transfer full) (nullable): what the newest code said, once. Any thread. */
char *xs_card_scan_take (XsCardScan *scan);

G_END_DECLS
