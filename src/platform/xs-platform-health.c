/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-health.h"

#include "xs-error.h"
#include "xs-platform-storage-private.h"

#include <errno.h>
#include <sys/statvfs.h>

#define CHECK_US (2 * (gint64) G_USEC_PER_SEC)
#define COUNT_US (60 * (gint64) G_USEC_PER_SEC)

struct _XsPlatformHealth {
  XsPlatformStorage *storage;
  GMutex mutex; /* of what follows */
  gint64 checked_us;
  GError *problem; /* (nullable) */
  gint64 counted_us;
  gint64 photos;
  gint64 logs;
};

XsPlatformHealth *
xs_platform_health_new (XsPlatformStorage *storage)
{
  XsPlatformHealth *health = g_new0 (XsPlatformHealth, 1);

  health->storage = storage;
  g_mutex_init (&health->mutex);
  return health;
}

void
xs_platform_health_free (XsPlatformHealth *health)
{
  if (health == NULL)
    return;
  g_clear_error (&health->problem);
  g_mutex_clear (&health->mutex);
  g_free (health);
}

static gboolean
is_old (gint64 *seen_us, gint64 age_us)
{
  gint64 now_us = g_get_monotonic_time ();

  if (*seen_us != 0 && now_us - *seen_us < age_us)
    return FALSE;
  *seen_us = now_us;
  return TRUE;
}

/* Changes nothing, and asks for the right to all the same. */
static gboolean
check_database (XsPlatformStorage *storage, GError **error)
{
  return xs_sql_run (storage->sql, "UPDATE school SET name = name WHERE id < 0", error, "");
}

static gboolean
check_disk (XsPlatformStorage *storage, GError **error)
{
  struct statvfs disk;

  if (statvfs (storage->dir, &disk) != 0)
    return xs_storage_fail (error, errno, "look at the disk of", storage->dir);
  if ((gint64) (disk.f_bavail * disk.f_frsize) >= XS_PLATFORM_DISK_RESERVE_BYTES)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NO_SPACE, "The disk of %s is full but for the last %d MiB: make room",
               storage->dir, (int) (XS_PLATFORM_DISK_RESERVE_BYTES / 1024 / 1024));
  return FALSE;
}

gboolean
xs_platform_health_check (XsPlatformHealth *health, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&health->mutex);

  if (is_old (&health->checked_us, CHECK_US))
    {
      g_clear_error (&health->problem);
      (void) (check_disk (health->storage, &health->problem) && check_database (health->storage, &health->problem));
    }
  if (health->problem == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (health->problem);
  return FALSE;
}

static gint64
count_rows (XsPlatformStorage *storage, const char *sql)
{
  gint64 count;

  return xs_sql_query_int (storage->sql, &count, -1, sql, NULL, "") ? count : -1;
}

void
xs_platform_health_count (XsPlatformHealth *health, gint64 *photos, gint64 *logs)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&health->mutex);

  if (is_old (&health->counted_us, COUNT_US))
    {
      health->photos = count_rows (health->storage, "SELECT count (*) FROM photo");
      health->logs = count_rows (health->storage, "SELECT count (*) FROM log");
    }
  *photos = health->photos;
  *logs = health->logs;
}
