/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-check.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsLooker: has pictures from the network looked at by a process that has nothing to lose. One log at a time, each by a
 * child of its own; one that dies or takes too long costs the picture it was looking at. Of one thread; blocks.
 */
typedef struct _XsLooker XsLooker;

/**
 * xs_looker_new: start the worker, and wait until its models are loaded.
 * @program: xueshi-auditor; it is run with --worker
 * @picture_us: how long it may look at one picture
 */
XsLooker *xs_looker_new (const char *program, gint64 picture_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_looker_free (XsLooker *looker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsLooker, xs_looker_free)

/** xs_looker_begin: whatever is looked at from now on belongs together: another child does it. */
void xs_looker_begin (XsLooker *looker);

/**
 * xs_looker_enrol, xs_looker_observe: xs_vision_enrol() and xs_vision_observe_picture() of a picture file.
 * @reference: (nullable)
 * @error: as there, and XS_ERROR_MEDIA; XS_ERROR_CORRUPT when the picture stopped the child; XS_ERROR_FAILED when no
 *   worker can be started, and then nothing can be said of the picture
 */
gboolean xs_looker_enrol (XsLooker *looker, GBytes *jpeg, XsTemplate *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean xs_looker_observe (XsLooker *looker, GBytes *jpeg, const XsTemplate *reference, XsObservation *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_looker_check: xs_photo_check() of a registration photo, by the built-in rules; errors as of xs_looker_enrol(). */
gboolean xs_looker_check (XsLooker *looker, GBytes *jpeg, XsPhotoReport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_looker_get_pid: of the worker, whose children do the work; for tests. */
int xs_looker_get_pid (XsLooker *looker);

G_END_DECLS
