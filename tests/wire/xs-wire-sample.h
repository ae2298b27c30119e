/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-wire-log.h"

G_BEGIN_DECLS

#define XS_SAMPLE_INSCODE "1000000000000001"
#define XS_SAMPLE_STUNUM "2000000000000002"
#define XS_SAMPLE_DEVNUM "4000000000000004"
#define XS_SAMPLE_TIME_US G_GINT64_CONSTANT (1767574980000000) /* 2026-01-05 09:03:00 GMT+8 */
#define XS_SAMPLE_ADMITTED_BY "李教练 3000000000000003"
#define XS_SAMPLE_PICTURE_HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/** xs_sample_key: the pair of RFC 8032, test 1: its secret half is known to everybody. */
void xs_sample_key (XsSignKey *key);
/** xs_sample_log: the log of tests/data/protocol/log-1.json, of schema 1. @wire_log: initialised by the caller */
void xs_sample_log (XsWireLog *wire_log);
/** xs_sample_log_2: the log of log-2.json, which follows it, of schema 2. @wire_log: initialised by the caller */
void xs_sample_log_2 (XsWireLog *wire_log);
/** xs_sample_log_3: the log of log-3.json, which follows that, of schema 3. @wire_log: initialised by the caller */
void xs_sample_log_3 (XsWireLog *wire_log);
/** xs_sample_add_photo: @number "0000000101" …; @sha256 of the sealed file */
void xs_sample_add_photo (XsWireLog *wire_log, const char *number, XsPhotoEvent event, const char *sha256);
/** xs_sample_bytes: (transfer full): the file @name of tests/data/protocol. */
GBytes *xs_sample_bytes (const char *name);
/** xs_sample_text: (transfer full): the same as text, without the newline at its end. */
char *xs_sample_text (const char *name);

G_END_DECLS
