/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-camera.h"
#include "xs-observation.h"
#include "xs-outbox.h"
#include "xs-policy.h"

G_BEGIN_DECLS

/** XsReadyKind: what a session depends on, in the order it is shown. */
typedef enum {
  XS_READY_CAMERA,
  XS_READY_LIGHT,
  XS_READY_DISK,
  XS_READY_CLOCK,
  XS_READY_NETWORK,
  XS_READY_MODELS,
  XS_READY_COURSE,
  XS_READY_DISPLAY,
  XS_READY_SOUND,
  XS_READY_AWAKE, /* whether the PC stays awake while somebody studies */
  XS_READY_VERSION,
  XS_READY_N_KINDS,
} XsReadyKind;

/** XsReadyState: the worst that there is is that of the whole PC. */
typedef enum {
  XS_READY_UNKNOWN, /* being looked at, or cannot be known now: keeps nobody from studying */
  XS_READY_OK,
  XS_READY_WARNING, /* studying is possible */
  XS_READY_NOT,     /* nobody may sign in: what is studied would be lost, or could not be verified */
} XsReadyState;

/** XsReadyItem: one line that says what is so, and one that says what to do. Both translated; @remedy may be "". */
typedef struct {
  XsReadyState state;
  char *line;
  char *remedy;
} XsReadyItem;

void xs_ready_item_clear (XsReadyItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsReadyItem, xs_ready_item_clear)
/** xs_ready_title: (transfer none): "Camera" …, translated. */
const char *xs_ready_title (XsReadyKind kind);
/** xs_ready_nick: (transfer none): "camera" …, for programs. */
const char *xs_ready_nick (XsReadyKind kind);
/** xs_ready_state_nick: (transfer none): "unknown", "ok", "warning", "not". */
const char *xs_ready_state_nick (XsReadyState state);

/** XsReadyNetwork: what the exchange with the platform has to say. */
typedef struct {
  enum {
    XS_READY_NETWORK_UNKNOWN, /* not tried yet */
    XS_READY_NETWORK_ONLINE,
    XS_READY_NETWORK_OFFLINE,
    XS_READY_NETWORK_REFUSED, /* the platform does not know this kiosk */
  } state;
  gboolean clock_known;
  gint64 clock_ahead_us; /* the platform's clock against the PC's */
} XsReadyNetwork;

/*
 * Judges: each fills @item anew. They look at nothing but what they are given.
 */

/** xs_ready_judge_camera: frames came; @name: (nullable): of the device. */
void xs_ready_judge_camera (XsReadyItem *item, const char *name);
/**
 * xs_ready_judge_no_camera: no frames come.
 * @refused: other than XS_CAMERA_KIND_REAL: all there is is of this kind, and called @name
 * @attempts: (nullable): of xs_camera_get_attempts()
 */
void xs_ready_judge_no_camera (XsReadyItem *item, const char *name, XsCameraKind refused,
                               const XsCameraAttempt *attempts);
/** xs_ready_way_title: (transfer none): "Camera portal" …, translated. */
const char *xs_ready_way_title (XsCameraWay way);
/** xs_ready_describe_attempt: (transfer full): what became of it, translated. */
char *xs_ready_describe_attempt (const XsCameraAttempt *attempt);
/** xs_ready_judge_light: @luminance, @detail: means over some frames, as in XsObservation. */
void xs_ready_judge_light (XsReadyItem *item, double luminance, double detail, const XsPolicy *policy);
/** xs_ready_judge_disk: @problem: (nullable): of xs_journal_check_disk(). @free_bytes: G_MAXUINT64: not known. */
void xs_ready_judge_disk (XsReadyItem *item, guint64 free_bytes, const GError *problem, const XsPolicy *policy);
/** xs_ready_judge_clock: the PC's against the platform's. */
void xs_ready_judge_clock (XsReadyItem *item, const XsReadyNetwork *network, const XsPolicy *policy);
/** xs_ready_judge_network: @oldest_wall_us: of xs_outbox_get_oldest(); @now_wall_us: by the same clock. */
void xs_ready_judge_network (XsReadyItem *item, const XsReadyNetwork *network, const XsOutboxStatus *outbox,
                             gint64 oldest_wall_us, gint64 now_wall_us, const XsPolicy *policy);
/** xs_ready_judge_course: @damaged: (element-type utf8): titles of lessons that are not what they were. */
void xs_ready_judge_course (XsReadyItem *item, guint n_lessons, const GPtrArray *damaged);
/** xs_ready_judge_display: as the desktop reckons, that is after its scale. */
void xs_ready_judge_display (XsReadyItem *item, int width_px, int height_px);
/** xs_ready_judge_sound: @works: whether an output opens. */
void xs_ready_judge_sound (XsReadyItem *item, gboolean works);
/** xs_ready_judge_awake: @granted: whether the desktop promises to keep the PC awake when asked to. */
void xs_ready_judge_awake (XsReadyItem *item, gboolean granted);
/** xs_ready_judge_version: @version: of this program; @day: today, YYYYMMDD. By the policy's min_version. */
void xs_ready_judge_version (XsReadyItem *item, const char *version, int day, const XsPolicy *policy);
/** xs_ready_set_unknown: (transfer none): @line: translated. */
void xs_ready_set_unknown (XsReadyItem *item, const char *line);
/** xs_ready_judge_models: the face models, which were loaded and compared with their sums, or not. */
void xs_ready_judge_models (XsReadyItem *item, gboolean loaded);

G_END_DECLS
