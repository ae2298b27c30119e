/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-supervisor.h"

G_BEGIN_DECLS

/** XsOptions: what the command line asks for. Owned by the caller, and outlives the application. */
typedef struct {
  char *state_dir;    /* (nullable): the journal's folder; NULL: $XDG_STATE_HOME/xueshi */
  char **camera_uris; /* (nullable): instead of real cameras, to choose from: see xs_camera_new() */
  char *course_dir;   /* (nullable): NULL for xs_course_library_open() */
  char *platform_url; /* (nullable): with pair_code: pair at the first start */
  char *pair_code;    /* (nullable) */
  char *sticks_dir;   /* (nullable): in a locked session, where USB sticks appear; see xs_staff_folder_lock() */
  gboolean windowed;  /* a window that may be closed, instead of full-screen for good */
  gboolean dark;      /* dark whatever the desktop prefers */
} XsOptions;

/**
 * xs_options_choose_camera: (transfer none) (nullable): of the recordings that stand for cameras the one called
 * @chosen, else the first; NULL when real cameras are used.
 * @chosen: (nullable)
 */
const char *xs_options_choose_camera (const XsOptions *options, const char *chosen);

/**
 * XsApplication: opens the journal, pairs when asked to, and shows the window. Ends when staff leave the kiosk on the
 * staff page, in a window by Ctrl+Alt+Shift+Q, and on SIGTERM and SIGINT: a session that runs is closed as interrupted
 * first, and the journal has stored everything.
 */
#define XS_TYPE_APPLICATION (xs_application_get_type ())
G_DECLARE_FINAL_TYPE (XsApplication, xs_application, XS, APPLICATION, AdwApplication)

/** xs_application_new: (transfer full): @options is kept, not copied. */
XsApplication *xs_application_new (const XsOptions *options);
/** xs_application_end: closes everything properly; main() then returns @ending. */
void xs_application_end (XsApplication *self, XsEnding ending);
XsEnding xs_application_get_ending (XsApplication *self);

G_END_DECLS
