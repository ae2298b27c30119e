/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** XsCoachSettings: what is remembered from one day to the next: no password, no token, no photo. */
typedef struct {
  char *path;
  char *server; /* address of the platform, with its pin; "" for none yet */
  char *name;   /* who signed in last; "" for nobody */
} XsCoachSettings;

/** xs_coach_settings_load: (transfer full): from coach.ini in @dir; what is not there is "". */
XsCoachSettings *xs_coach_settings_load (const char *dir);
/** xs_coach_settings_remember: keep both, in memory and on disk; a disk that fails is told in the log. */
void xs_coach_settings_remember (XsCoachSettings *settings, const char *server, const char *name);
void xs_coach_settings_free (XsCoachSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCoachSettings, xs_coach_settings_free)

G_END_DECLS
