/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define XS_SUBTITLES_MAX_BYTES (1024 * 1024)

/** XsSubtitles: the cues of one WebVTT file (https://www.w3.org/TR/webvtt1/), plain text only. Immutable. */
typedef struct _XsSubtitles XsSubtitles;

/**
 * xs_subtitles_load:
 * @path: a WebVTT file, UTF-8, at most XS_SUBTITLES_MAX_BYTES
 * @error: XS_ERROR_NOT_FOUND, XS_ERROR_IO, XS_ERROR_MEDIA naming the file and the line
 *
 * Returns: (transfer full): free with xs_subtitles_free()
 */
XsSubtitles *xs_subtitles_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_subtitles_parse: xs_subtitles_load() of text in memory; errors name the line. */
XsSubtitles *xs_subtitles_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_subtitles_free (XsSubtitles *subtitles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsSubtitles, xs_subtitles_free)
guint xs_subtitles_get_n_cues (const XsSubtitles *subtitles);
/**
 * xs_subtitles_lookup: what to show at @position_us.
 *
 * Returns: (transfer none) (nullable): the text of the cue that started last, lines parted by newlines; NULL
 *   between cues
 */
const char *xs_subtitles_lookup (const XsSubtitles *subtitles, gint64 position_us);

G_END_DECLS
