/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * xs_command_audit: returns the exit status: 0 the whole log is valid, 3 anything else; with --check 0 as expected,
 * 4 not.
 */
int xs_command_audit (int argc, char **argv, GError **error);
/** xs_command_check_export: what a kiosk wrote to a stick. */
gboolean xs_command_check_export (int argc, char **argv, GError **error);
/** One subcommand each: @argv[0] is the subcommand's name. FALSE with @error set becomes exit status 1. */
gboolean xs_command_course (int argc, char **argv, GError **error);
/** xs_command_course_fetch: “course fetch”, of the kiosk whose state is in @state_dir. */
gboolean xs_command_course_fetch (const char *state_dir, GError **error);
/** xs_command_fleet: returns the exit status: 0, or 3 when the school wants a newer version. */
int xs_command_fleet (int argc, char **argv, GError **error);
gboolean xs_command_observe (int argc, char **argv, GError **error);
gboolean xs_command_enrol (int argc, char **argv, GError **error);
gboolean xs_command_match (int argc, char **argv, GError **error);
gboolean xs_command_pair (int argc, char **argv, GError **error);
/** xs_command_photo_check: returns the exit status: 0 acceptable, 3 not, or not to be told. */
int xs_command_photo_check (int argc, char **argv, GError **error);
gboolean xs_command_policy (int argc, char **argv, GError **error);
gboolean xs_command_replay (int argc, char **argv, GError **error);
gboolean xs_command_status (int argc, char **argv, GError **error);
gboolean xs_command_sync (int argc, char **argv, GError **error);
