/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A layer between SQLite and the disk: the real files, locks and shared memory, and on demand one of the errors that
 * real disks give. Waiting for a lock takes no time. One thread.
 */

typedef enum {
  FAULT_NONE,
  FAULT_FULL,       /* a write finds no space */
  FAULT_WRITE,      /* a write fails */
  FAULT_READ_ONLY,  /* a write finds the disk read-only */
  FAULT_QUOTA,      /* a write goes over the user's quota */
  FAULT_READ,       /* a read fails */
  FAULT_FLUSH,      /* an fsync fails, whatever of it came to the disk */
  FAULT_FLUSH_FULL, /* an fsync finds no space, as with quotas and delayed allocation */
  FAULT_BUSY,       /* another process is writing */
} FaultKind;

/** fault_vfs_register: make it SQLite's default, before the first connection. */
void fault_vfs_register (void);
/** fault_vfs_set: the @nth call that @kind can hit fails, and @lasting says whether all after it do too. From 1. */
void fault_vfs_set (FaultKind kind, guint nth, gboolean lasting);
/** fault_vfs_count: from now on only count the calls that @kind can hit. */
void fault_vfs_count (FaultKind kind);
/** fault_vfs_clear: the disk is well again. Returns: how many calls there were of what was set. */
guint fault_vfs_clear (void);

G_END_DECLS
