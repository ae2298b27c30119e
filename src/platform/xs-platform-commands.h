/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformCommand: one subcommand of xueshi-platform. */
typedef struct {
  const char *name;
  const char *summary;
  /** @argv: the command's own name first, NULL-terminated. Returns: FALSE with @error set when it failed. */
  gboolean (*run) (char **argv, GError **error);
} XsPlatformCommand;

/** xs_platform_commands: ends with a NULL name. */
extern const XsPlatformCommand xs_platform_commands[];

/* In files of their own. */
gboolean xs_platform_command_serve (char **argv, GError **error);
gboolean xs_platform_command_tls_init (char **argv, GError **error);
/** Those about verdicts, in xs-platform-command-audit.c. */
gboolean xs_platform_command_audit (char **argv, GError **error);
gboolean xs_platform_command_decide (char **argv, GError **error);
gboolean xs_platform_command_settle (char **argv, GError **error);

/* In xs-platform-command-register.c. */
gboolean xs_platform_command_import_learners (char **argv, GError **error);
gboolean xs_platform_command_import_coaches (char **argv, GError **error);
gboolean xs_platform_command_export_register (char **argv, GError **error);
gboolean xs_platform_command_set_coach (char **argv, GError **error);
gboolean xs_platform_command_set_filing (char **argv, GError **error);
gboolean xs_platform_command_rename_device (char **argv, GError **error);
gboolean xs_platform_command_revoke_device (char **argv, GError **error);
/** xs_platform_command_fsck: in a file of its own. */
gboolean xs_platform_command_fsck (char **argv, GError **error);
/* In xs-platform-command-privacy.c. */
gboolean xs_platform_command_erase_learner (char **argv, GError **error);
gboolean xs_platform_command_retain (char **argv, GError **error);
gboolean xs_platform_command_withdraw_consent (char **argv, GError **error);
/* In xs-platform-command-course.c. */
gboolean xs_platform_command_course (char **argv, GError **error);
/* In xs-platform-command-fleet.c. */
gboolean xs_platform_command_set_ring (char **argv, GError **error);
gboolean xs_platform_command_set_version (char **argv, GError **error);
gboolean xs_platform_command_ask_diagnosis (char **argv, GError **error);
gboolean xs_platform_command_read_diagnosis (char **argv, GError **error);
/** xs_platform_command_import_photos: in xs-platform-command-photos.c. */
gboolean xs_platform_command_import_photos (char **argv, GError **error);
/* In xs-platform-command-people.c. */
gboolean xs_platform_command_add_person (char **argv, GError **error);
gboolean xs_platform_command_set_password (char **argv, GError **error);
gboolean xs_platform_command_set_role (char **argv, GError **error);
gboolean xs_platform_command_enable_totp (char **argv, GError **error);
gboolean xs_platform_command_end_sessions (char **argv, GError **error);

/** XS_PLATFORM_DATA_OPTION: the entry of --data, which every command has. */
#define XS_PLATFORM_DATA_OPTION(variable)                                                                              \
  {                                                                                                                    \
    "data", 0, 0, G_OPTION_ARG_FILENAME, &(variable), "Folder of the platform", "DIR"                                  \
  }

/** xs_platform_open_storage: (transfer full): the school in @data_dir, which --data gave or did not. */
XsPlatformStorage *xs_platform_open_storage (const char *data_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_parse: read the options of a subcommand.
 * @parameters: (nullable): what follows the options, for --help
 * @n_parameters: how many words must be left after the options
 */
gboolean xs_platform_parse (char ***argv, const GOptionEntry *entries, const char *summary, const char *parameters,
                            guint n_parameters, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_require: XS_ERROR_INVALID naming the option when @value is NULL. */
gboolean xs_platform_require (const char *option, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
