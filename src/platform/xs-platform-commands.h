/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

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

/** xs_platform_command_serve: in a file of its own. */
gboolean xs_platform_command_serve (char **argv, GError **error);

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
