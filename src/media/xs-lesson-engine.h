/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  XS_LESSON_EVENT_LOADED,     /* value: duration in µs, -1 when unknown */
  XS_LESSON_EVENT_SEEKED,     /* value: the serial of the seek */
  XS_LESSON_EVENT_ENDED,      /* value: where, in µs */
  XS_LESSON_EVENT_SOUND_LOST, /* the sound device failed: load again and it plays without */
  XS_LESSON_EVENT_FAILED,     /* message says why */
  XS_LESSON_EVENT_NEW_CLOCK,  /* stays inside the engine */
} XsLessonEventKind;

/** XsLessonEventFunc: on the main context the engine was made on, for the newest load only. */
typedef void (*XsLessonEventFunc) (XsLessonEventKind kind, gint64 value, const char *message, gpointer user_data);

/**
 * XsLessonEngine: playbin, driven by one thread of its own so that no caller waits for a state change: what is asked
 * for is done in the order it was asked for.
 */
typedef struct _XsLessonEngine XsLessonEngine;

/**
 * xs_lesson_engine_new: (transfer full): free with xs_lesson_engine_close().
 * @video_sink: a reference is taken; used by this engine alone
 */
XsLessonEngine *xs_lesson_engine_new (GstElement *video_sink, XsLessonEventFunc func, gpointer user_data);
/** xs_lesson_engine_close: returns at once, frees @engine; no event comes after it. */
void xs_lesson_engine_close (XsLessonEngine *engine);
void xs_lesson_engine_load (XsLessonEngine *engine, const char *path, gint64 start_us);
void xs_lesson_engine_unload (XsLessonEngine *engine);
void xs_lesson_engine_play (XsLessonEngine *engine);
void xs_lesson_engine_pause (XsLessonEngine *engine);
void xs_lesson_engine_seek (XsLessonEngine *engine, gint64 position_us, gint64 serial);
/** xs_lesson_engine_recover: after a stall, go on at @position_us without skipping what the clock ran past. */
void xs_lesson_engine_recover (XsLessonEngine *engine, gint64 position_us);
/** xs_lesson_engine_set_volume: @volume 0 … 1 as people hear it (cubic). */
void xs_lesson_engine_set_volume (XsLessonEngine *engine, double volume);
/**
 * xs_lesson_engine_get_position_us: how far picture or sound have really come: the clock runs on when the file
 * gives nothing, this does not. -1 when there is nothing to tell yet.
 */
gint64 xs_lesson_engine_get_position_us (XsLessonEngine *engine);
/** xs_lesson_engine_count_alive: engines whose pipeline or thread is not gone yet. */
int xs_lesson_engine_count_alive (void);

G_END_DECLS
