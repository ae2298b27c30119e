/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-json.h"
#include "xs-platform-storage.h"

G_BEGIN_DECLS

/* What the platform has, for people: as lists, as files, and checked. */

/**
 * xs_platform_list: (transfer full): an array of objects, one for each thing.
 * @what: one of XS_PLATFORM_LISTS; XS_ERROR_INVALID for any other word
 */
#define XS_PLATFORM_LISTS                                                                                              \
  "logs|verdicts|history|appeals|consents|photos|learners|devices|rings|diagnoses|coaches|school|people|sessions|"     \
  "readings|exports"
JsonNode *xs_platform_list (XsPlatformStorage *storage, const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_platform_export: write every log to @out_dir/DEVNUM-SEQ/: log.json holds the log as it was signed, whether its
 * signature is good, its place in the chain and its verdict; beside it lie its photos, opened, as
 * photo-NUMBER-EVENT.jpg. Logs of a revoked key go to DEVNUM-SEQ-revoked-ID/.
 * @paths: (out) (optional) (transfer full) (element-type filename): what was written
 */
gboolean xs_platform_export (XsPlatformStorage *storage, const char *out_dir, GPtrArray **paths, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
