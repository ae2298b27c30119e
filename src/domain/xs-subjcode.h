/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** 课程方式 */
typedef enum {
  XS_COURSE_PRACTICE = 1,  /* 实操 */
  XS_COURSE_CLASSROOM = 2, /* 课堂教学 */
  XS_COURSE_SIMULATOR = 3, /* 模拟器教学 */
  XS_COURSE_REMOTE = 4,    /* 远程教学 */
} XsCourseMode;

#define XS_VEHICLE_NONE 0

/** XsSubjcode: the parts of a 10-digit 课程编码 "M VV P II 0000". */
typedef struct {
  XsCourseMode mode;
  int vehicle; /* VV: 21 = C1 … see xs_subjcode_vehicle_name(); XS_VEHICLE_NONE for none */
  int part;    /* 1 … 4, 第一 … 第四部分 */
  int item;    /* II: 01 法律、法规及道路交通信号 … see xs_subjcode_item_name() */
} XsSubjcode;

/**
 * xs_subjcode_parse: take @text apart. Each position is checked against its own table; that the item belongs to the
 * part is not, since platforms in the field mix them freely.
 * @error: XS_ERROR_INVALID naming the position that is wrong; @code is then left alone
 */
gboolean xs_subjcode_parse (XsSubjcode *code, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_subjcode_format: (transfer full): 10 digits. */
char *xs_subjcode_format (const XsSubjcode *code);
/** (transfer none) (nullable): "C1", "A2" …; NULL for XS_VEHICLE_NONE and for a code that is not in the table. */
const char *xs_subjcode_vehicle_name (int vehicle);
/** (transfer none) (nullable): the item's Chinese name; NULL for a code that is not in the table. */
const char *xs_subjcode_item_name (int item);

G_END_DECLS
