/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-vision.h"

G_BEGIN_DECLS

/**
 * XsVisionWorker: XsVision on a thread of its own, newest frame only: a frame that arrives while another is being
 * looked at replaces any that waits. The next frame is looked at once the last result has been handed over, so that a
 * busy main loop slows the worker instead of piling up frames.
 */
#define XS_TYPE_VISION_WORKER (xs_vision_worker_get_type ())
G_DECLARE_FINAL_TYPE (XsVisionWorker, xs_vision_worker, XS, VISION_WORKER, GObject)

/**
 * XsVisionWorkerFunc: called on the main context the worker was made on.
 * @frame: the frame that was looked at
 * @observation: (nullable): NULL when looking failed, with @error set
 */
typedef void (*XsVisionWorkerFunc) (XsVisionWorker *worker, XsFrame *frame, const XsObservation *observation,
                                    const GError *error, gpointer user_data);

/** xs_vision_worker_new: takes over @vision. @func is not called any more once the last reference is gone. */
XsVisionWorker *xs_vision_worker_new (XsVision *vision, XsVisionWorkerFunc func, gpointer user_data);

/** xs_vision_worker_push: any thread; takes its own reference on @frame; never blocks on inference. */
void xs_vision_worker_push (XsVisionWorker *self, XsFrame *frame);

/** xs_vision_worker_set_look: how closely to look at frames from the next one on; quick at first. Any thread. */
void xs_vision_worker_set_look (XsVisionWorker *self, XsLook look);

/** xs_vision_worker_set_reference: as xs_vision_set_reference(), in effect from the next frame. Any thread. */
void xs_vision_worker_set_reference (XsVisionWorker *self, const XsTemplate *reference);

/** xs_vision_worker_enrol_async: xs_vision_enrol() on the worker's thread. */
void xs_vision_worker_enrol_async (XsVisionWorker *self, XsFrame *photo, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
/**
 * xs_vision_worker_enrol_registered_async: the same of the register's photo, once it was seen to be good enough to
 * compare a face with.
 * XS_ERROR_REJECTED when it is not, with what to change as its message, for people: xs_photo_report_find_useless()
 */
void xs_vision_worker_enrol_registered_async (XsVisionWorker *self, XsFrame *photo, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
/** xs_vision_worker_enrol_finish: of both. */
gboolean xs_vision_worker_enrol_finish (XsVisionWorker *self, GAsyncResult *result, XsTemplate *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
