/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-camera.h"

#include <gst/gst.h>

G_BEGIN_DECLS

#define XS_CAMERA_PREVIEW_FPS 30

/* One second is left to notice and to say it, on a busy machine too, within the 3 s that are promised. */
#define XS_CAMERA_WATCHDOG_US (2 * G_TIME_SPAN_SECOND)
/* Opening a USB camera takes up to some seconds. */
#define XS_CAMERA_START_LIMIT_US (8 * G_TIME_SPAN_SECOND)
#define XS_CAMERA_MAX_BACKOFF_US (5 * G_TIME_SPAN_SECOND)

/* ---- Where the pictures come from --------------------------------------------------------------------------- */

typedef enum {
  XS_CAMERA_SOURCE_DEVICE,
  XS_CAMERA_SOURCE_FILE,
  XS_CAMERA_SOURCE_TEST,
} XsCameraSourceKind;

typedef struct {
  XsCameraSourceKind kind;
  char *path;    /* of the file */
  gboolean loop; /* the file, over and over */
  char *pattern; /* nick of a videotestsrc pattern */
} XsCameraSource;

/** xs_camera_source_parse: the address given to xs_camera_new(). @error XS_ERROR_INVALID. */
XsCameraSource *xs_camera_source_parse (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_camera_source_free (XsCameraSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCameraSource, xs_camera_source_free)

/* ---- Which device, and in which form ------------------------------------------------------------------------ */

/**
 * xs_camera_choose_caps: (transfer full) (nullable): the one form to ask a camera for: width, height and frame rate
 * all fixed, or the slow analysis branch would pull the whole camera down to its rate. Nearest to 1280x720 at 30
 * frames a second, raw before JPEG, JPEG before fewer than 15 frames a second. NULL when there is none to use
 * (infrared cameras have grey pictures only).
 */
GstCaps *xs_camera_choose_caps (const GstCaps *caps);
/**
 * xs_camera_judge_device: by what a device says of itself; nothing else is asked.
 * @display_name: (nullable)
 * @properties: (nullable): GstDevice:properties, as the providers of V4L2 and PipeWire fill them
 * @caps: (nullable): what it offers: grey pictures only come from infrared cameras
 */
XsCameraKind xs_camera_judge_device (const char *display_name, const GstStructure *properties, const GstCaps *caps);

/** xs_camera_device_id: (transfer full): see XsCameraInfo. */
char *xs_camera_device_id (GstDevice *device);
/**
 * xs_camera_keep_wanted: (transfer full): the device called @id alone, in a list of its own; else the one with its
 * serial number, plugged in elsewhere; else none.
 */
GList *xs_camera_keep_wanted (GList *devices, const char *id);

typedef struct {
  GstDevice *device;    /* NULL: there is none to use */
  GstCaps *caps;        /* the form to ask it for */
  XsCameraKind refused; /* why the others were not, XS_CAMERA_KIND_REAL: none was refused for its kind */
  char *refused_name;   /* of such a one */
} XsCameraChoice;

void xs_camera_choice_clear (XsCameraChoice *choice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsCameraChoice, xs_camera_choice_clear)

/**
 * xs_camera_choose_device:
 * @devices: (element-type GstDevice)
 * @skip: how many of the usable ones to pass over, modulo their number: after a failure the next is tried
 * @choice: (out): clear it
 */
void xs_camera_choose_device (GList *devices, guint skip, gboolean virtual_allowed, XsCameraChoice *choice);

/* ---- What happens to a running pipeline --------------------------------------------------------------------- */

typedef enum {
  XS_CAMERA_EVENT_STOP,
  XS_CAMERA_EVENT_FIRST_FRAME,
  XS_CAMERA_EVENT_ERROR, /* @text says what, in plain words */
  XS_CAMERA_EVENT_END,   /* of the recording */
  XS_CAMERA_EVENT_DEVICE_ADDED,
  XS_CAMERA_EVENT_DEVICE_REMOVED,
  XS_CAMERA_EVENT_STATE_SET, /* a state change has returned */
} XsCameraEventKind;

typedef struct {
  XsCameraEventKind kind;
  guint run; /* of the pipeline it came from, 0 for none */
  char *text;
  GstDevice *device;
} XsCameraEvent;

void xs_camera_event_push (GAsyncQueue *events, XsCameraEventKind kind, guint run, const char *text, GstDevice *device);
void xs_camera_event_free (XsCameraEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCameraEvent, xs_camera_event_free)

/* ---- One pipeline ------------------------------------------------------------------------------------------- */

/* Where analysis frames go; outlives the pipelines, and can be shut at any time. */
typedef struct {
  GMutex lock;
  XsCameraFrameFunc func; /* NULL once stopped */
  gpointer user_data;
  guint open_run;       /* frames of other runs are dropped; 0: of all */
  gint64 last_frame_us; /* monotonic time of the last one handed over */
} XsCameraOutlet;

typedef struct {
  guint run;
  const XsCameraSource *source;
  GstDevice *device; /* (nullable): for XS_CAMERA_SOURCE_DEVICE */
  GstCaps *caps;     /* (nullable): what to ask it for */
  int analysis_fps;
  GstElement *preview_sink;
  GAsyncQueue *events;
  XsCameraOutlet *outlet; /* atomic rc box */
} XsCameraPipelineArgs;

/**
 * xs_camera_pipeline_new: (transfer full): in state NULL.
 * @error: XS_ERROR_CAMERA, XS_ERROR_INVALID, and for files XS_ERROR_MEDIA, XS_ERROR_NOT_FOUND, XS_ERROR_IO
 */
GstElement *xs_camera_pipeline_new (const XsCameraPipelineArgs *args, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_camera_pipeline_rewind: play the recording from its start; FALSE when it cannot seek. */
gboolean xs_camera_pipeline_rewind (GstElement *pipeline);
/** xs_camera_pipeline_await_frame: the next frame counts as the first once more: XS_CAMERA_EVENT_FIRST_FRAME. */
void xs_camera_pipeline_await_frame (GstElement *pipeline);
/**
 * xs_camera_pipeline_set_state: PLAYING or NULL; may block as long as a device likes. Once NULL was asked for, a
 * PLAYING that comes late does nothing.
 */
void xs_camera_pipeline_set_state (GstElement *pipeline, GstState state);

/* ---- The thread that opens, watches and reopens ------------------------------------------------------------- */

typedef struct _XsCameraWorker XsCameraWorker;

/**
 * XsCameraReportFunc: on the main context. @message, @name: (nullable). @refused: LOST because there are only cameras
 * of this kind, of which one is called @name; else XS_CAMERA_KIND_REAL.
 */
typedef void (*XsCameraReportFunc) (XsCameraState state, const char *message, const char *name, XsCameraKind refused,
                                    gpointer user_data);

/** xs_camera_worker_start: (transfer full): @report is called on the thread-default main context of the caller. */
XsCameraWorker *xs_camera_worker_start (const char *uri, const char *device_id, int analysis_fps,
                                        gboolean virtual_allowed, GstElement *preview_sink, XsCameraFrameFunc func,
                                        gpointer func_data, XsCameraReportFunc report, gpointer report_data);
/**
 * xs_camera_worker_stop: returns at once and frees @worker; no callback runs after it. The pipeline is taken down
 * behind the scenes. On the same main context as xs_camera_worker_start().
 */
void xs_camera_worker_stop (XsCameraWorker *worker);
/** xs_camera_worker_count_alive: workers whose thread or pipeline is not gone yet. */
int xs_camera_worker_count_alive (void);

G_END_DECLS
