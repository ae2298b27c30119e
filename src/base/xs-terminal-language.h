/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * xs_terminal_language_set_up: for commands that speak to people: remedies come in the language of the terminal, also
 * where its locale is only ours.
 */
void xs_terminal_language_set_up (void);

G_END_DECLS
