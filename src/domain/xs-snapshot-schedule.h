/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"

G_BEGIN_DECLS

/** XsPhotoEvent: 事件类型, the trade's codes. */
typedef enum {
  XS_PHOTO_TIMED = 5,     /* 定时拍照: the regular one of a slot */
  XS_PHOTO_SIGN_IN = 17,  /* 学员登录 */
  XS_PHOTO_SIGN_OUT = 18, /* 学员登出 */
  XS_PHOTO_PROCESS = 19,  /* 培训过程中: the random one of a slot */
} XsPhotoEvent;

/**
 * XsSnapshotSchedule: when the next photo of a teaching log is due. One photo 5 at the end of each slot of
 * policy.snapshot_interval_s, which is the beginning of the next, and, where policy asks, one photo 19 at a random
 * moment inside each slot, at least a tenth of the slot away from its ends. Slots are those by which the log is judged
 * (docs/rules.md), so that each has its photo and the rest of its time to do better. Pure; the randomness comes from
 * @seed: the same seed gives the same moments.
 */
typedef struct _XsSnapshotSchedule XsSnapshotSchedule;

/**
 * xs_snapshot_schedule_new: (transfer full). Times are wall times as the log's stamps have them.
 * @start_wall_us: where the log begins
 */
XsSnapshotSchedule *xs_snapshot_schedule_new (const XsPolicy *policy, gint64 start_wall_us, guint32 seed);
void xs_snapshot_schedule_free (XsSnapshotSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSnapshotSchedule, xs_snapshot_schedule_free)

/**
 * xs_snapshot_schedule_due: whether a photo is due at @wall_us, and which. Stays due until taken; when several
 * of one kind were missed only the newest is due. When both kinds are due the regular one comes first.
 * @event: (out) (optional): XS_PHOTO_TIMED or XS_PHOTO_PROCESS; left alone when nothing is due
 */
gboolean xs_snapshot_schedule_due (XsSnapshotSchedule *schedule, gint64 wall_us, XsPhotoEvent *event);
/**
 * xs_snapshot_schedule_taken: a photo was taken at @wall_us. It is the one xs_snapshot_schedule_due() answered last,
 * even when another fell due meanwhile; without such an answer the one due at @wall_us; nothing when none is.
 */
void xs_snapshot_schedule_taken (XsSnapshotSchedule *schedule, gint64 wall_us);
/** xs_snapshot_schedule_next_us: when the next one falls due; a time gone by while one is due. */
gint64 xs_snapshot_schedule_next_us (const XsSnapshotSchedule *schedule);
/** xs_snapshot_schedule_slot: which slot holds @wall_us, from 0, and when it ends: the audit wants a photo in each. */
gint64 xs_snapshot_schedule_slot (const XsSnapshotSchedule *schedule, gint64 wall_us, gint64 *end_us);

G_END_DECLS
