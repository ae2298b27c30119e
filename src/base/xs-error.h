/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsError: what went wrong, sorted by what the caller can do about it.
 *
 * @XS_ERROR_FAILED: none of the others
 * @XS_ERROR_INVALID: the input breaks a rule; the message names the field and the rule
 * @XS_ERROR_NOT_FOUND: the named thing is not there
 * @XS_ERROR_EXISTS: the number or name is taken by something else
 * @XS_ERROR_CORRUPT: stored or received data is damaged or was altered
 * @XS_ERROR_TOO_NEW: written by a newer version of Xueshi
 * @XS_ERROR_NO_SPACE: the disk is full
 * @XS_ERROR_BUSY: locked by another process; try again
 * @XS_ERROR_IO: reading or writing failed
 * @XS_ERROR_NETWORK: the platform could not be reached, or answered that it cannot serve now
 * @XS_ERROR_UNAUTHORIZED: the platform does not accept this device
 * @XS_ERROR_REJECTED: the platform refused this item for good
 * @XS_ERROR_MODEL: a face model is missing or altered; the message names the file and the command that fixes it
 * @XS_ERROR_MEDIA: a video, sound or picture cannot be decoded
 * @XS_ERROR_CAMERA: no camera, or it stopped giving frames
 * @XS_ERROR_NO_FACE: the picture shows no face, or more than one
 * @XS_ERROR_CANCELLED: the caller cancelled
 */
typedef enum {
  XS_ERROR_FAILED,
  XS_ERROR_INVALID,
  XS_ERROR_NOT_FOUND,
  XS_ERROR_EXISTS,
  XS_ERROR_CORRUPT,
  XS_ERROR_TOO_NEW,
  XS_ERROR_NO_SPACE,
  XS_ERROR_BUSY,
  XS_ERROR_IO,
  XS_ERROR_NETWORK,
  XS_ERROR_UNAUTHORIZED,
  XS_ERROR_REJECTED,
  XS_ERROR_MODEL,
  XS_ERROR_MEDIA,
  XS_ERROR_CAMERA,
  XS_ERROR_NO_FACE,
  XS_ERROR_CANCELLED,
} XsError;

#define XS_ERROR (xs_error_quark ())
GQuark xs_error_quark (void);

/**
 * xs_error_convert: turn a GIO, GFile or GLib error into XS_ERROR, keeping its message.
 * @error: (inout) (nullable): changed in place; errors already in XS_ERROR stay as they are
 */
void xs_error_convert (GError **error);

/** xs_error_code: its XsError; XS_ERROR_FAILED for what is of another domain. */
int xs_error_code (const GError *error);

/** xs_error_is_transient: whether the same call may succeed later without anybody changing anything. */
gboolean xs_error_is_transient (const GError *error);

G_END_DECLS
