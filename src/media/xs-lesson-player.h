/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

typedef enum {
  XS_LESSON_IDLE,
  XS_LESSON_LOADING,
  XS_LESSON_PLAYING, /* the position really advances */
  XS_LESSON_PAUSED,
  XS_LESSON_ENDED,
  XS_LESSON_FAILED,
} XsLessonState;

/**
 * XsLessonPlayer: plays one lesson, live. No speed above 1x and no seeking ahead of what was watched.
 *
 * Properties: "state" (XsLessonState as int), "error-message" (nullable). Notified on the main context.
 * A stream that stalls for 1 s leaves PLAYING for LOADING by itself, and comes back when it moves, without skipping
 * anything. A lesson that ends more than 1 s before its declared duration is FAILED, not ENDED. Without a sound
 * device, or when it fails, the lesson plays silently.
 */
#define XS_TYPE_LESSON_PLAYER (xs_lesson_player_get_type ())
G_DECLARE_FINAL_TYPE (XsLessonPlayer, xs_lesson_player, XS, LESSON_PLAYER, GObject)

XsLessonPlayer *xs_lesson_player_new (void);
/**
 * xs_lesson_player_load: prepare @path, paused at @start_us.
 * @watched_us: how far it was watched before: seeking is free up to here, and @start_us is no further
 */
void xs_lesson_player_load (XsLessonPlayer *self, const char *path, gint64 start_us, gint64 watched_us);
void xs_lesson_player_play (XsLessonPlayer *self);
void xs_lesson_player_pause (XsLessonPlayer *self);
void xs_lesson_player_stop (XsLessonPlayer *self);
/**
 * xs_lesson_player_seek: FALSE, and nothing happens, when @position_us lies ahead of what was watched, or nothing is
 * loaded. An ended lesson is PAUSED afterwards, a playing one LOADING until it moves again.
 */
gboolean xs_lesson_player_seek (XsLessonPlayer *self, gint64 position_us);
/** xs_lesson_player_set_volume: 0 … 1, linear as people hear it. */
void xs_lesson_player_set_volume (XsLessonPlayer *self, double volume);
XsLessonState xs_lesson_player_get_state (XsLessonPlayer *self);
const char *xs_lesson_player_get_error_message (XsLessonPlayer *self);
gint64 xs_lesson_player_get_position_us (XsLessonPlayer *self);
/** xs_lesson_player_get_duration_us: -1 when not known (yet). */
gint64 xs_lesson_player_get_duration_us (XsLessonPlayer *self);
/** xs_lesson_player_get_watched_us: the furthest position reached by playing. */
gint64 xs_lesson_player_get_watched_us (XsLessonPlayer *self);
GdkPaintable *xs_lesson_player_get_paintable (XsLessonPlayer *self);

/**
 * XsLessonReader: decodes a lesson without a display or a clock, to prove how far it really plays.
 */
typedef struct _XsLessonReader XsLessonReader;
/** xs_lesson_reader_open: @error XS_ERROR_NOT_FOUND, XS_ERROR_MEDIA. */
XsLessonReader *xs_lesson_reader_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_lesson_reader_close (XsLessonReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsLessonReader, xs_lesson_reader_close)
/**
 * xs_lesson_reader_advance: decode up to @position_us.
 * @ended: (out): whether the lesson ended before it
 * @error: XS_ERROR_MEDIA where it breaks off, with the position
 */
gboolean xs_lesson_reader_advance (XsLessonReader *reader, gint64 position_us, gboolean *ended, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_lesson_reader_check_streams: whether it is a video that this computer can play all of.
 * @error: XS_ERROR_MEDIA when there is no picture in it, or when a picture or sound needs a decoder that is not
 *   installed; the message names the decoder
 */
gboolean xs_lesson_reader_check_streams (XsLessonReader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_lesson_reader_drain: decode all that is left.
 * @end_us: (out): where its last picture or sound ends
 * @error: as for xs_lesson_reader_advance()
 */
gboolean xs_lesson_reader_drain (XsLessonReader *reader, gint64 *end_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
