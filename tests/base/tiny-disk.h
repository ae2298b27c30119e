/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <errno.h>
#include <gio/gio.h>
#include <sched.h>
#include <sys/mount.h>

G_BEGIN_DECLS

/**
 * tiny_disk_mount: put a disk of @bytes at the folder @path, seen by this process alone; needs _GNU_SOURCE.
 *
 * Returns: FALSE where that is not allowed: the test is then marked as skipped
 */
static inline gboolean
tiny_disk_mount (const char *path, gsize bytes)
{
  static gboolean apart;
  g_autofree char *options = g_strdup_printf ("size=%" G_GSIZE_FORMAT, bytes);

  if (!apart)
    apart = unshare (CLONE_NEWNS) == 0 || unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0;
  if (apart && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
      && mount ("xueshi-test", path, "tmpfs", 0, options) == 0)
    return TRUE;
  g_autofree char *message = g_strdup_printf ("no small disk can be mounted here: %s", g_strerror (errno));
  g_test_skip (message);
  return FALSE;
}

static inline void
tiny_disk_unmount (const char *path)
{
  g_assert_cmpint (umount2 (path, MNT_DETACH), ==, 0);
}

G_END_DECLS
