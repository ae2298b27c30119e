/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The numbers of the trade (2016 platform and terminal specifications as implemented in the field).
 * All are strings of decimal digits whose leading zeros count.
 */

#define XS_UNIFIED_DIGITS 16 /* 统一编号: learner, coach, school, device */
#define XS_MINUTE_NUMBER_DIGITS 26
#define XS_PHOTO_NUMBER_DIGITS 10
#define XS_RECNUM_DIGITS 5
#define XS_SUBJCODE_DIGITS 10

/** xs_number_is_valid: whether @number is exactly @digits ASCII digits. NULL is not. */
gboolean xs_number_is_valid (const char *number, guint digits);

/**
 * xs_number_check: xs_number_is_valid() with a message.
 * @what: the field's name for the message, e.g. "stunum"
 * @error: XS_ERROR_INVALID, naming @what, the expected length and what was found
 */
gboolean xs_number_check (const char *number, guint digits, const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_minute_number: (transfer full): 学时记录编号, 26 digits: device number, YYMMDD in GMT+8, 4-digit sequence.
 * @devnum: 16 digits
 * @day: YYYYMMDD, see xs_wall_day()
 * @sequence: 1 … 9999, starting again at 1 each day
 */
char *xs_minute_number (const char *devnum, int day, guint sequence);

/** xs_photo_number: (transfer full): 照片编号, 10 digits, unique per device. @sequence: 1 … 9999999999. */
char *xs_photo_number (guint64 sequence);

/** xs_photo_reference: (transfer full): 26 digits, device number and photo number, as a teaching log names it. */
char *xs_photo_reference (const char *devnum, const char *photo_number);

/** xs_recnum: (transfer full): 电子教学日志编号, 5 digits, rising per learner. @sequence: 1 … 99999. */
char *xs_recnum (guint sequence);

G_END_DECLS
