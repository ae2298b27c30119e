/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"

G_BEGIN_DECLS

/**
 * xs_command_load_policy: the policy document a command was given.
 * @path: (nullable): NULL for the national default
 * @error: as xs_blob_read() and xs_policy_parse(), naming the file
 */
gboolean xs_command_load_policy (XsPolicy *policy, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
