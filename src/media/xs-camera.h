/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>
#include "xs-frame.h"

G_BEGIN_DECLS

typedef enum {
  XS_CAMERA_STOPPED,
  XS_CAMERA_STARTING,
  XS_CAMERA_RUNNING, /* frames arrive */
  /*
   * Error, end of stream, unplugged, or no frame for 3 s. It is tried again by itself, at the latest every 5 s, and at
   * once when a camera is plugged in; it stays LOST until frames arrive. A recording that has been shown is not: when
   * it ends, it stays LOST until it is stopped and started. One that stands on a busy PC is RUNNING when it goes on.
   */
  XS_CAMERA_LOST,
} XsCameraState;

/** XsCameraKind: what a device is. */
typedef enum {
  XS_CAMERA_KIND_REAL,
  XS_CAMERA_KIND_VIRTUAL,  /* a program that shows whatever it likes: not used unless allowed */
  XS_CAMERA_KIND_INFRARED, /* has no colours: not used */
} XsCameraKind;

/** XsCameraWay: how a camera is reached, in the order in which the ways are tried. */
typedef enum {
  XS_CAMERA_WAY_PORTAL,   /* org.freedesktop.portal.Camera: the desktop opens it for a program in a sandbox */
  XS_CAMERA_WAY_PIPEWIRE, /* the PipeWire daemon of the session */
  XS_CAMERA_WAY_SYSTEM,   /* the device itself: V4L2 and whatever else GStreamer knows */
  XS_CAMERA_N_WAYS,
} XsCameraWay;

/** XsCameraOutcome: what became of a way when the camera was last opened. */
typedef enum {
  XS_CAMERA_OUTCOME_UNTRIED, /* one before it has a camera */
  XS_CAMERA_OUTCOME_USED,
  XS_CAMERA_OUTCOME_NEEDLESS, /* the portal, outside a sandbox */
  XS_CAMERA_OUTCOME_MISSING,  /* nobody is there to ask; detail: who */
  XS_CAMERA_OUTCOME_WAITING,  /* the desktop asks the user */
  XS_CAMERA_OUTCOME_DENIED,   /* the desktop or the user said no */
  XS_CAMERA_OUTCOME_EMPTY,    /* there is no camera, or not the chosen one */
  XS_CAMERA_OUTCOME_REFUSED,  /* only virtual or infrared ones; detail: one's name */
  XS_CAMERA_OUTCOME_BUSY,     /* another program has it; detail: its name, if known */
  XS_CAMERA_OUTCOME_FAILED,   /* it gave no pictures; detail: what it said */
} XsCameraOutcome;

typedef struct {
  XsCameraOutcome outcome;
  char *detail; /* (nullable): not translated */
} XsCameraAttempt;

/**
 * XsCamera: one camera, live. One pipeline, one tee: preview, and analysis frames at full size whose newest is also
 * the snapshot: the photo that is kept is a frame that was judged.
 *
 * Properties: "state" (XsCameraState as int, notify on the main context), "error-message" (nullable, for people),
 * "name" (of the device, or of one that is not used, nullable). While LOST or STOPPED the preview shows nothing.
 *
 * Used from one main context. Letting go of the last reference stops it.
 */
#define XS_TYPE_CAMERA (xs_camera_get_type ())
G_DECLARE_FINAL_TYPE (XsCamera, xs_camera, XS, CAMERA, GObject)

/** XsCameraFrameFunc: called on a streaming thread for each analysis frame; @frame.time_us is monotonic time. */
typedef void (*XsCameraFrameFunc) (XsFrame *frame, gpointer user_data);

/**
 * xs_camera_new:
 * @uri: (nullable): NULL: a real camera, by the first XsCameraWay that has one; "file:///…": a recording, in real time,
 *   ended by its end of stream; "file:///…?loop" over and over; "test:" or "test:PATTERN" a test pattern
 * @analysis_fps: frames a second for @func, 1 … 30
 */
XsCamera *xs_camera_new (const char *uri, int analysis_fps, XsCameraFrameFunc func, gpointer user_data);
/**
 * xs_camera_set_source: which camera from the next start on; running, it is stopped and started with it.
 * @uri: (nullable): as of xs_camera_new()
 * @device_id: (nullable): of xs_camera_list(), when @uri is NULL: this device and no other; NULL: any
 */
void xs_camera_set_source (XsCamera *self, const char *uri, const char *device_id);
/** xs_camera_get_device_id: (nullable): as it was set. */
const char *xs_camera_get_device_id (XsCamera *self);
/**
 * xs_camera_get_renewed_id: (nullable): while RUNNING: what xs_camera_list() calls the camera in use, where
 * xs_camera_get_device_id() is what an earlier release called it: to be kept in its place.
 */
const char *xs_camera_get_renewed_id (XsCamera *self);
/** xs_camera_set_virtual_allowed: whether a virtual camera may be used; from the next start on. Not unless told. */
void xs_camera_set_virtual_allowed (XsCamera *self, gboolean allowed);
/** xs_camera_start: returns at once; opening happens off the main loop. */
void xs_camera_start (XsCamera *self);
/**
 * xs_camera_stop: returns at once; after it @func is not called any more. A call of @func that is under way is waited
 * for: @func must not need anything that the caller of this holds.
 */
void xs_camera_stop (XsCamera *self);
XsCameraState xs_camera_get_state (XsCamera *self);
const char *xs_camera_get_error_message (XsCamera *self);
/** xs_camera_get_refused: LOST because every camera is of this kind; XS_CAMERA_KIND_REAL: not for that. */
XsCameraKind xs_camera_get_refused (XsCamera *self);
/** xs_camera_get_name: (nullable): as the property. */
const char *xs_camera_get_name (XsCamera *self);
/**
 * xs_camera_get_attempts: (transfer none) (nullable): XS_CAMERA_N_WAYS of them, by XsCameraWay; NULL while stopped and
 * for recordings and test patterns. What they say changes with "state" and "error-message".
 */
const XsCameraAttempt *xs_camera_get_attempts (XsCamera *self);
/** xs_camera_get_preview: (transfer none): shows the camera, mirrored as people know themselves. */
GdkPaintable *xs_camera_get_preview (XsCamera *self);

/** XsCameraInfo: a camera that is plugged in. */
typedef struct {
  char *id; /* stays the same over restarts: the serial number, and the socket it is plugged into */
  char *name;
  XsCameraKind kind;
} XsCameraInfo;

/**
 * xs_camera_list: (transfer full) (element-type XsCameraInfo): all that are plugged in and can be reached, the usable
 * first. Asks every device, and the desktop: never on the main loop.
 */
GPtrArray *xs_camera_list (void);

/**
 * XsRecording: a camera recording read frame by frame, as fast as the caller asks.
 */
typedef struct _XsRecording XsRecording;

/**
 * xs_recording_open:
 * @path: any video file GStreamer can decode
 * @fps: frames a second to hand out, 1 … 30, on the exact grid k / @fps of stream time, from the first frame on: each
 *   time the frame that was current then. Where the newest is older than 1 s the recording has a gap, and none is
 *   handed out.
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_MEDIA naming the file and what is wrong with it (empty, no video, …)
 */
XsRecording *xs_recording_open (const char *path, int fps, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_recording_close (XsRecording *recording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsRecording, xs_recording_close)
/**
 * xs_recording_next: the next frame.
 * @frame: (out) (transfer full) (nullable): NULL at the end; @frame.time_us is stream time from 0
 * @error: XS_ERROR_MEDIA when the file breaks off: frames before it were handed out
 */
gboolean xs_recording_next (XsRecording *recording, XsFrame **frame, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
