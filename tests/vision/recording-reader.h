/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"

G_BEGIN_DECLS

/** RecordingReader: the frames of a recording at a steady rate, as fast as they are asked for. */
typedef struct _RecordingReader RecordingReader;

/** recording_reader_new: gst_init() must have been called. Aborts when @path cannot be played. */
RecordingReader *recording_reader_new (const char *path, int frames_per_second);
void recording_reader_free (RecordingReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordingReader, recording_reader_free)

/** recording_reader_next: (transfer full) (nullable): NULL at the end. */
XsFrame *recording_reader_next (RecordingReader *reader);

G_END_DECLS
