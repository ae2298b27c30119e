/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The PC's sound output by itself. Both calls open the device and block: never on the main loop.
 */

/**
 * xs_sound_probe: open the sound output that lessons would use, and close it again.
 * @error: XS_ERROR_MEDIA when there is none that opens
 */
gboolean xs_sound_probe (GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_sound_play_test: play a tone of one second.
 * @volume: 0 … 1 as people hear it, as lessons have it
 * @error: XS_ERROR_MEDIA when there is no sound output, or it failed on the way
 */
gboolean xs_sound_play_test (double volume, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
