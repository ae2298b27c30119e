/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** XsWithdrawFunc: the learner takes the consent back. */
typedef void (*XsWithdrawFunc) (gpointer data);

/**
 * xs_withdraw_dialog_ask: tell what follows when the consent to the processing of face data is taken back, and ask.
 * Nothing happens when it is closed.
 * @owner: @func is not called after it is gone; it is given as @data
 */
void xs_withdraw_dialog_ask (GtkWindow *parent, XsWithdrawFunc func, GObject *owner);
/** xs_withdraw_dialog_tell: that it is taken back. */
void xs_withdraw_dialog_tell (GtkWindow *parent);

G_END_DECLS
