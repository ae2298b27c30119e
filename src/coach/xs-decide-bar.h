/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-wire-review.h"

G_BEGIN_DECLS

/**
 * XsDecideBar: what a coach can say of a log, one key each. A decision that takes minutes away asks, in a panel above
 * the keys, which ones and why; what the audit proposes is chosen already, so that Return is all it takes.
 *
 * Signals: "act" (XsReviewAction *): with action, verdict, voids, reason and comment; the receiver says on which logs.
 * "reckon" (XsReviewAction *): likewise, of the minutes chosen so far, without reason and comment: the receiver tells
 * what it would come to by xs_decide_bar_set_outlook(). "asking" (boolean): whether the panel is open. "next": go on to
 * the next one.
 */
#define XS_TYPE_DECIDE_BAR (xs_decide_bar_get_type ())
G_DECLARE_FINAL_TYPE (XsDecideBar, xs_decide_bar, XS, DECIDE_BAR, AdwBin)

/**
 * xs_decide_bar_set_log: what is decided on. The panel closes when it is another log, or another version of it.
 * @log: (nullable): NULL: nothing is chosen. Copied as far as needed
 * @n_marked: so many logs are decided on together; 0: this one
 * @person: who is signed in
 * @may_decide: whether that person's role includes it
 */
void xs_decide_bar_set_log (XsDecideBar *bar, const XsReviewLog *log, guint n_marked, const char *person,
                            gboolean may_decide);
/** xs_decide_bar_set_undoable: whether there is an earlier decision of this person's to take back. */
void xs_decide_bar_set_undoable (XsDecideBar *bar, gboolean undoable);
/** xs_decide_bar_set_range: minutes of the log that were chosen on the time line; equal: none. */
void xs_decide_bar_set_range (XsDecideBar *bar, gint64 from_min, gint64 to_min);
/** xs_decide_bar_set_outlook: what the minutes of the last "reckon" would come to; "": it is not known. */
void xs_decide_bar_set_outlook (XsDecideBar *bar, const char *text);
/** xs_decide_bar_set_busy: something is on its way to the platform: nothing more is taken. */
void xs_decide_bar_set_busy (XsDecideBar *bar, gboolean busy);
/** xs_decide_bar_say: what was done last, or went wrong. */
void xs_decide_bar_say (XsDecideBar *bar, const char *text, gboolean failed);
/** xs_decide_bar_key: do what @key stands for. Returns: FALSE when it is none of its keys */
gboolean xs_decide_bar_key (XsDecideBar *bar, guint key);

G_END_DECLS
