/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/** fake_sound_register: a sound device that autoaudiosink prefers to all others. Off until fake_sound_set_working(). */
void fake_sound_register (void);
/** fake_sound_set_working: FALSE: as if its plug was pulled: the next sound sent to it is an error. */
void fake_sound_set_working (gboolean working);

/** fake_sound_take_heard_ms: how much sound that is not silence came since the last call; see fake_sound_get_peak(). */
int fake_sound_take_heard_ms (void);
/** fake_sound_get_peak: of what fake_sound_take_heard_ms() told of last: 0 … 1. */
double fake_sound_get_peak (void);

G_END_DECLS
