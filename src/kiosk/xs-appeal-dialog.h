/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-appeal.h"

G_BEGIN_DECLS

/** XsAppealFunc: the learner chose. @comment: one line; "" for none */
typedef void (*XsAppealFunc) (XsAppealReason reason, const char *comment, gpointer data);

/**
 * xs_appeal_dialog_show: ask why, from a short list; a comment may be added where there is a keyboard. Nothing happens
 * when it is closed.
 * @owner: @func is not called after it is gone; it is given as @data
 */
void xs_appeal_dialog_show (GtkWindow *parent, XsAppealFunc func, GObject *owner);

G_END_DECLS
