/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

/** XsCodeReader: finds QR codes in pictures. Needs no model; used by one thread at a time. */
typedef struct _XsCodeReader XsCodeReader;

XsCodeReader *xs_code_reader_new (void);
void xs_code_reader_free (XsCodeReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsCodeReader, xs_code_reader_free)

/** Bytes; a code with more is no card and is left out of account. */
#define XS_CODE_MAX_BYTES 512

/**
 * xs_code_reader_read: (transfer full) (nullable): the text of the first QR code in @frame, UTF-8, at whatever angle it
 * is held; NULL when there is none. Of what it needs some 10 ms at 1280 × 720.
 */
char *xs_code_reader_read (XsCodeReader *reader, const XsFrame *frame);

G_END_DECLS
