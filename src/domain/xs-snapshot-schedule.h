/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-policy.h"

G_BEGIN_DECLS

/** XsPhotoEvent: 事件类型, the trade's codes. */
typedef enum {
  XS_PHOTO_TIMED = 5,    /* 定时拍照: the regular one of a slot */
  XS_PHOTO_SIGN_IN = 17, /* 学员登录 */
  XS_PHOTO_SIGN_OUT = 18, /* 学员登出 */
  XS_PHOTO_PROCESS = 19, /* 培训过程中: the random one of a slot */
} XsPhotoEvent;

/**
 * XsSnapshotSchedule: when the next photo is due. One photo 5 at the end of each slot of policy.snapshot_interval_s,
 * counted from sign-in on the monotonic clock, and, where policy asks, one photo 19 at a random moment inside each
 * slot. Pure; the randomness comes from @seed.
 */
typedef struct _XsSnapshotSchedule XsSnapshotSchedule;

XsSnapshotSchedule *xs_snapshot_schedule_new (const XsPolicy *policy, gint64 start_us, guint32 seed);
void xs_snapshot_schedule_free (XsSnapshotSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSnapshotSchedule, xs_snapshot_schedule_free)

/**
 * xs_snapshot_schedule_due: whether a photo is due at @time_us, and which. Stays due until taken; when several
 * slots were missed only the newest is due.
 */
gboolean xs_snapshot_schedule_due (XsSnapshotSchedule *schedule, gint64 time_us, XsPhotoEvent *event);
/** xs_snapshot_schedule_taken: the due photo was taken at @time_us. */
void xs_snapshot_schedule_taken (XsSnapshotSchedule *schedule, gint64 time_us);
/** xs_snapshot_schedule_next_us: when the next one falls due. */
gint64 xs_snapshot_schedule_next_us (const XsSnapshotSchedule *schedule);
/** xs_snapshot_schedule_slot_end_us: the end of the slot that holds @time_us: a due photo should be taken before. */
gint64 xs_snapshot_schedule_slot_end_us (const XsSnapshotSchedule *schedule, gint64 time_us);

G_END_DECLS
