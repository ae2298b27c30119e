/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** XsChimeTone: the sounds there are, each under a second. */
typedef enum {
  XS_CHIME_NONE,
  XS_CHIME_ATTENTION, /* two notes up, a question: something is to be done */
  XS_CHIME_STOPPED,   /* two notes down: the counter stands */
  XS_CHIME_GOES_ON,   /* one high note: it counts again */
} XsChimeTone;

/** No two chimes within so long. */
#define XS_CHIME_INTERVAL_US (4 * G_USEC_PER_SEC)

/**
 * XsChime: a few calm notes, made here and played beside whatever else is heard. Main-context object; nothing here
 * blocks: the sound device is opened and closed on a thread of its own. Without a device, or when it fails, it is
 * silent.
 */
#define XS_TYPE_CHIME (xs_chime_get_type ())
G_DECLARE_FINAL_TYPE (XsChime, xs_chime, XS, CHIME, GObject)

XsChime *xs_chime_new (void);
/** xs_chime_set_on: whether anything is to be heard; at first it is. */
void xs_chime_set_on (XsChime *self, gboolean on);
gboolean xs_chime_get_on (XsChime *self);
/**
 * xs_chime_play: FALSE, and nothing is heard, when off, for XS_CHIME_NONE, and within XS_CHIME_INTERVAL_US of the last.
 * @quiet: a lesson is being heard, which must stay in front
 */
gboolean xs_chime_play (XsChime *self, XsChimeTone tone, gboolean quiet);
/** xs_chime_count_playing: of all that there are and were, those whose device is not closed yet. */
int xs_chime_count_playing (void);
/**
 * xs_chime_make: (transfer full): the samples of @tone: native 16-bit, one channel, XS_CHIME_RATE_HZ. Begins and ends
 * at zero, so that it does not click.
 */
GBytes *xs_chime_make (XsChimeTone tone, gboolean quiet);
#define XS_CHIME_RATE_HZ 44100

G_END_DECLS
