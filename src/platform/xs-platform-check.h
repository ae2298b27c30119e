/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"

G_BEGIN_DECLS

/** XsPlatformFault: a kind of finding. */
typedef enum {
  XS_FAULT_DATABASE,      /* it says itself that it is damaged */
  XS_FAULT_PARTITION,     /* a month to come has no table */
  XS_FAULT_BYTES,         /* of a signed document: not those that were received */
  XS_FAULT_SIGNATURE,     /* of a signed document: not of its device */
  XS_FAULT_CHAIN,         /* a log does not follow the one before it */
  XS_FAULT_RECORD,        /* a signed document is filed as something else than it says itself */
  XS_FAULT_HISTORY,       /* steps of a log's audit are missing, or do not follow each other */
  XS_FAULT_STATE,         /* a log does not stand as its last step says */
  XS_FAULT_QUEUE,         /* no auditor will ever take a log that waits for one */
  XS_FAULT_FEED,          /* a device was told something that does not come in order */
  XS_FAULT_PHOTO_MISSING, /* a row without its file, or a log that names what was never here */
  XS_FAULT_PHOTO_DAMAGED,
  XS_FAULT_PHOTO_LOCK,   /* locked with the key of somebody else, or of nobody */
  XS_FAULT_PHOTO_KEPT,   /* what was to be removed is here */
  XS_FAULT_REGISTRATION, /* a registration photo is missing or damaged */
  XS_FAULT_KEY_MISSING,
  XS_FAULT_KEY_DAMAGED,
  XS_FAULT_KEY_KEPT, /* of who was erased */
  XS_FAULT_STRAY,    /* a file that no row knows of */
} XsPlatformFault;

/** xs_platform_fault_nick: (transfer none): the kind in a word, for programs. */
const char *xs_platform_fault_nick (XsPlatformFault fault);
/** xs_platform_fault_remedy: (transfer none): what to do about it. */
const char *xs_platform_fault_remedy (XsPlatformFault fault);

/** XsPlatformFinding: one thing that is wrong. */
typedef struct {
  XsPlatformFault fault;
  char *text; /* what is wrong with what */
} XsPlatformFinding;

/** XsPlatformChecked: what was found, and how much was looked at for it. */
typedef struct {
  GArray *problems; /* XsPlatformFinding; empty when all is well */
  GPtrArray *notes; /* of char *: what is worth knowing and not wrong */
  guint logs;
  guint appeals;
  guint consents;
  guint steps; /* of audits */
  guint photos;
  guint learners;
  guint files; /* of photos and registration photos */
  guint keys;  /* of learners */
  guint repaired;
} XsPlatformChecked;

void xs_platform_checked_clear (XsPlatformChecked *checked);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsPlatformChecked, xs_platform_checked_clear)

/**
 * xs_platform_check: look whether rows, files, hashes, signatures and chains agree: the database; each log's bytes,
 * signature, fields and chain; each step of its audit; each photo's hash, and whose key locks it; that each photo a log
 * names is here or gone for a reason; that each registration photo opens, each file has its row, and each key belongs
 * to somebody who is not erased.
 *
 * A server may run meanwhile: rows are read as they stood at one moment, and a file that does not fit its row is looked
 * at again, with the row of then, in the end. What is held of it at a time does not grow with the logs.
 * @repair: mend what is safe to mend: remove what a crash left, file again what was not filed; it is no problem then
 * @checked: (out): all zero or cleared by the caller
 * @error: only when looking was impossible
 */
gboolean xs_platform_check (XsPlatformStorage *storage, gboolean repair, XsPlatformChecked *checked, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
