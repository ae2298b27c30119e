/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** XS_LANGUAGE_OWN: what the kiosk speaks unless told otherwise, whatever the PC's locale is. */
#define XS_LANGUAGE_OWN "zh_CN"

/**
 * xs_language_set_up: make @language the one of this process: locale and translations. Before GTK starts and before
 * there is a second thread, since it writes the environment.
 * @language: (nullable): "zh_CN", "en" …; NULL for XS_LANGUAGE_OWN
 *
 * glibc translates nothing in the locale C.UTF-8, the only one a bare Debian has, so Xueshi brings the locale data
 * of its own language along.
 *
 * Returns: FALSE when the locale is not to be had: everything is in English then
 */
gboolean xs_language_set_up (const char *language);

G_END_DECLS
