/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-photo-check.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What the auditor and its worker say to each other, both the same program. On the control socket: XsLookOrder with the
 * end of a new socket attached; the worker forks, and the child serves that socket, one XsLookRequest with its picture
 * after the other, until it is closed. What comes back is not trusted.
 */

/** Where the worker finds the control socket. */
#define XS_LOOK_CONTROL_FD 3
/** What the worker writes there once it can work, and each child to the socket of its log once it is locked in. */
#define XS_LOOK_READY 'R'

typedef struct {
  guint32 seconds; /* of CPU that the child may use */
} XsLookOrder;

typedef enum {
  XS_LOOK_OBSERVE,
  XS_LOOK_ENROL, /* make a template of it */
  XS_LOOK_CHECK, /* by the rules for registration photos */
} XsLookWhat;

typedef struct {
  XsLookWhat what;
  gboolean has_reference;
  XsTemplate reference; /* whom to match with */
  guint64 size_bytes;   /* of the picture that follows */
} XsLookRequest;

typedef struct {
  gboolean ok;
  gint32 code;   /* XsError, when not ok */
  char why[200]; /* when not ok */
  XsTemplate reference;
  XsObservation observation;
  XsPhotoReport report;
} XsLookReply;

/** xs_look_read, xs_look_write: all of it. Returns: FALSE when the other side is gone, or @timeout_us is over */
gboolean xs_look_read (int fd, gpointer data, gsize size);
gboolean xs_look_write (int fd, gconstpointer data, gsize size);

G_END_DECLS
