/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** XsCoachOptions: of the command line; outlives the application. */
typedef struct {
  char *state_dir; /* (nullable) */
  char *platform;  /* (nullable): address, instead of the one that is remembered */
  gboolean dark;
} XsCoachOptions;

#define XS_TYPE_COACH_APPLICATION (xs_coach_application_get_type ())
G_DECLARE_FINAL_TYPE (XsCoachApplication, xs_coach_application, XS, COACH_APPLICATION, AdwApplication)

/** xs_coach_application_new: (transfer full) */
XsCoachApplication *xs_coach_application_new (const XsCoachOptions *options);

G_END_DECLS
