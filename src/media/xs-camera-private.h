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
 * xs_camera_judge_device: by what a device says of itself, and of a node of PipeWire's, which any program can make,
 * by what the kernel says of its device.
 * @display_name: (nullable)
 * @properties: (nullable): GstDevice:properties, as the providers of V4L2 and PipeWire fill them
 * @caps: (nullable): what it offers: grey pictures only come from infrared cameras
 */
XsCameraKind xs_camera_judge_device (const char *display_name, const GstStructure *properties, const GstCaps *caps);

/** xs_camera_device_id: (transfer full): see XsCameraInfo. */
char *xs_camera_device_id (GstDevice *device);
/** xs_camera_renew_id: (transfer full) (nullable): of @device, when @id is one that an earlier release gave it. */
char *xs_camera_renew_id (GstDevice *device, const char *id);
/**
 * xs_camera_keep_wanted: (transfer full): the device called @id alone, in a list of its own; else the one with its
 * serial number, plugged in elsewhere; else none. Ids of earlier releases are known.
 */
GList *xs_camera_keep_wanted (GList *devices, const char *id);

typedef struct {
  GstDevice *device;    /* NULL: there is none to use */
  GstCaps *caps;        /* the form to ask it for */
  XsCameraWay way;      /* of @device */
  XsCameraKind refused; /* why the others were not, XS_CAMERA_KIND_REAL: none was refused for its kind */
  char *refused_name;   /* of such a one */
  char *renewed_id;     /* (nullable): as of xs_camera_renew_id() */
} XsCameraChoice;

void xs_camera_choice_clear (XsCameraChoice *choice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsCameraChoice, xs_camera_choice_clear)

/**
 * xs_camera_keep_usable: (transfer full): those of @devices that may be used, in their order.
 * @devices: (element-type GstDevice)
 * @choice: (inout): is told of those that are refused
 */
GList *xs_camera_keep_usable (GList *devices, gboolean virtual_allowed, XsCameraChoice *choice);
/** xs_camera_device_path: (transfer full) (nullable): "/dev/video0", by whatever way the device was found. */
char *xs_camera_device_path (GstDevice *device);
/**
 * xs_camera_read_usb_serial: (transfer full) (nullable): the serial number that the USB device of a camera bears.
 * @device_path: as of xs_camera_device_path()
 */
char *xs_camera_read_usb_serial (const char *device_path);
/** xs_camera_set_sysfs: for tests, while no camera is open: @folder: (nullable): in place of "/sys". */
void xs_camera_set_sysfs (const char *folder);
/**
 * xs_camera_find_holder: (transfer full) (nullable): the name of another program that has @path open; NULL when none
 * has, or the system does not tell. Reads /proc.
 */
char *xs_camera_find_holder (const char *path);

/* ---- The ways to a camera ----------------------------------------------------------------------------------- */

void xs_camera_attempts_set (XsCameraAttempt *attempts, XsCameraWay way, XsCameraOutcome outcome, const char *detail);
void xs_camera_attempts_copy (XsCameraAttempt *to, const XsCameraAttempt *from);
void xs_camera_attempts_clear (XsCameraAttempt *attempts);

/** XsCameraLadder: the ways, looked along in their order. One thread at a time. */
typedef struct _XsCameraLadder XsCameraLadder;

/**
 * xs_camera_ladder_new: asks nobody yet.
 * @events: (nullable): gets XS_CAMERA_EVENT_DEVICE_ADDED, also when the desktop has answered, and _REMOVED
 */
XsCameraLadder *xs_camera_ladder_new (GAsyncQueue *events);
void xs_camera_ladder_free (XsCameraLadder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCameraLadder, xs_camera_ladder_free)
/**
 * xs_camera_ladder_choose:
 * @id: (nullable): this camera and no other
 * @skip: how many of the usable ones to pass over, modulo their number: after a failure the next is tried, and with it
 *   the next way
 * @choice: (out): clear it
 * @attempts: (inout): XS_CAMERA_N_WAYS; a way that is passed over keeps what it failed of
 */
void xs_camera_ladder_choose (XsCameraLadder *self, const char *id, guint skip, gboolean virtual_allowed,
                              XsCameraChoice *choice, XsCameraAttempt *attempts);
/**
 * xs_camera_ladder_connect: a connection to PipeWire for one pipeline, to be closed. One that is shared with those who
 * look for devices is used by PipeWire's plugin after they are gone.
 * @remote_fd: (out): -1 for a way that needs none
 */
gboolean xs_camera_ladder_connect (XsCameraWay way, int *remote_fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_camera_ladder_list: (transfer full) (element-type GstDevice): each camera by the first way that has it. */
GList *xs_camera_ladder_list (XsCameraLadder *self);

/* The desktop's camera portal, over the session bus. */

/** xs_camera_portal_is_wanted: in a sandbox, and where XUESHI_CAMERA_PORTAL is 1. */
gboolean xs_camera_portal_is_wanted (void);
/**
 * xs_camera_portal_ask: whether the camera may be used. Waits for a second; whoever is asked may take longer.
 * @events: (nullable): gets XS_CAMERA_EVENT_DEVICE_ADDED when an answer comes later
 * @detail: (out): why not
 * Returns: USED, or WAITING, DENIED, MISSING
 */
XsCameraOutcome xs_camera_portal_ask (GAsyncQueue *events, char **detail);
/** xs_camera_portal_open: a connection to PipeWire that sees cameras only, to be closed; each user needs its own. */
int xs_camera_portal_open (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- What happens to a running pipeline --------------------------------------------------------------------- */

typedef enum {
  XS_CAMERA_EVENT_STOP,
  XS_CAMERA_EVENT_FIRST_FRAME,
  XS_CAMERA_EVENT_ERROR, /* @text says what, in plain words */
  XS_CAMERA_EVENT_BUSY,  /* another program holds the device; @text as the system says it */
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
  int remote_fd;     /* of xs_camera_ladder_connect(); taken over */
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

/** XsCameraReport: everything (nullable), and only lent. */
typedef struct {
  XsCameraState state;
  const char *message;
  const char *name;
  const char *renewed_id;
  XsCameraKind refused; /* LOST because there are only cameras of this kind, of which one is called @name */
  const XsCameraAttempt *attempts;
} XsCameraReport;

/** XsCameraReportFunc: on the main context. */
typedef void (*XsCameraReportFunc) (const XsCameraReport *report, gpointer user_data);

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
