/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/* The lock of the write-ahead log that a writer holds. */
#define WAL_WRITE_LOCK 0

typedef struct {
  sqlite3_file base;
  sqlite3_io_methods methods; /* of its own version: a file without shared memory has none */
} FaultFile;

static struct {
  FaultKind kind;
  guint nth; /* 0: count only */
  gboolean lasting;
  guint n_calls;
  int last_errno;
} fault;

/* Faults are for the thread that set them: the copy of a journal is made by another one, whenever it likes. */
static GPrivate faulty;

static sqlite3_vfs *real;

static sqlite3_file *
real_file (sqlite3_file *file)
{
  return (sqlite3_file *) ((FaultFile *) file + 1);
}

static gboolean
hits (FaultKind kind, int with_errno)
{
  if (g_private_get (&faulty) == NULL || fault.kind != kind)
    return FALSE;
  fault.n_calls++;
  if (fault.nth == 0 || fault.n_calls < fault.nth || (fault.n_calls > fault.nth && !fault.lasting))
    return FALSE;
  fault.last_errno = with_errno;
  return TRUE;
}

static int
fault_close (sqlite3_file *file)
{
  return real_file (file)->pMethods->xClose (real_file (file));
}

static int
fault_read (sqlite3_file *file, void *data, int size, sqlite3_int64 at)
{
  if (hits (FAULT_READ, EIO))
    return SQLITE_IOERR_READ;
  return real_file (file)->pMethods->xRead (real_file (file), data, size, at);
}

/* Half of a page comes through before the disk gives up. */
static int
fault_write (sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
  int result = hits (FAULT_FULL, ENOSPC)       ? SQLITE_FULL
               : hits (FAULT_WRITE, EIO)       ? SQLITE_IOERR_WRITE
               : hits (FAULT_QUOTA, EDQUOT)    ? SQLITE_IOERR_WRITE
               : hits (FAULT_READ_ONLY, EROFS) ? SQLITE_READONLY
                                               : SQLITE_OK;

  if (result == SQLITE_OK)
    return real_file (file)->pMethods->xWrite (real_file (file), data, size, at);
  if (result != SQLITE_READONLY && size > 1)
    real_file (file)->pMethods->xWrite (real_file (file), data, size / 2, at);
  return result;
}

static int
fault_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return real_file (file)->pMethods->xTruncate (real_file (file), size);
}

/* The worst case: the data are on the disk all the same. */
static int
fault_sync (sqlite3_file *file, int flags)
{
  int result = real_file (file)->pMethods->xSync (real_file (file), flags);

  return hits (FAULT_FLUSH, EIO) || hits (FAULT_FLUSH_FULL, ENOSPC) ? SQLITE_IOERR_FSYNC : result;
}

static int
fault_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return real_file (file)->pMethods->xFileSize (real_file (file), size);
}

static int
fault_lock (sqlite3_file *file, int level)
{
  return real_file (file)->pMethods->xLock (real_file (file), level);
}

static int
fault_unlock (sqlite3_file *file, int level)
{
  return real_file (file)->pMethods->xUnlock (real_file (file), level);
}

static int
fault_check_reserved_lock (sqlite3_file *file, int *is_reserved)
{
  return real_file (file)->pMethods->xCheckReservedLock (real_file (file), is_reserved);
}

static int
fault_file_control (sqlite3_file *file, int operation, void *argument)
{
  if (operation == SQLITE_FCNTL_LAST_ERRNO && fault.last_errno != 0)
    {
      *(int *) argument = fault.last_errno;
      return SQLITE_OK;
    }
  return real_file (file)->pMethods->xFileControl (real_file (file), operation, argument);
}

static int
fault_sector_size (sqlite3_file *file)
{
  return real_file (file)->pMethods->xSectorSize (real_file (file));
}

static int
fault_device_characteristics (sqlite3_file *file)
{
  return real_file (file)->pMethods->xDeviceCharacteristics (real_file (file));
}

static int
fault_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  return real_file (file)->pMethods->xShmMap (real_file (file), page, size, extend, memory);
}

static int
fault_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  if (offset == WAL_WRITE_LOCK && flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE) && hits (FAULT_BUSY, EAGAIN))
    return SQLITE_BUSY;
  return real_file (file)->pMethods->xShmLock (real_file (file), offset, n, flags);
}

static void
fault_shm_barrier (sqlite3_file *file)
{
  real_file (file)->pMethods->xShmBarrier (real_file (file));
}

static int
fault_shm_unmap (sqlite3_file *file, int remove)
{
  return real_file (file)->pMethods->xShmUnmap (real_file (file), remove);
}

static int
fault_fetch (sqlite3_file *file, sqlite3_int64 at, int size, void **data)
{
  return real_file (file)->pMethods->xFetch (real_file (file), at, size, data);
}

static int
fault_unfetch (sqlite3_file *file, sqlite3_int64 at, void *data)
{
  return real_file (file)->pMethods->xUnfetch (real_file (file), at, data);
}

static const sqlite3_io_methods methods = {
  .xClose = fault_close,
  .xRead = fault_read,
  .xWrite = fault_write,
  .xTruncate = fault_truncate,
  .xSync = fault_sync,
  .xFileSize = fault_file_size,
  .xLock = fault_lock,
  .xUnlock = fault_unlock,
  .xCheckReservedLock = fault_check_reserved_lock,
  .xFileControl = fault_file_control,
  .xSectorSize = fault_sector_size,
  .xDeviceCharacteristics = fault_device_characteristics,
  .xShmMap = fault_shm_map,
  .xShmLock = fault_shm_lock,
  .xShmBarrier = fault_shm_barrier,
  .xShmUnmap = fault_shm_unmap,
  .xFetch = fault_fetch,
  .xUnfetch = fault_unfetch,
};

static int
fault_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  FaultFile *opened = (FaultFile *) file;
  int result = real->xOpen (real, name, real_file (file), flags, out_flags);

  file->pMethods = NULL;
  if (real_file (file)->pMethods == NULL)
    return result;
  opened->methods = methods;
  opened->methods.iVersion = real_file (file)->pMethods->iVersion;
  file->pMethods = &opened->methods;
  return result;
}

static int
fault_sleep (sqlite3_vfs *vfs, int us)
{
  return us;
}

static int
fault_get_last_error (sqlite3_vfs *vfs, int size, char *text)
{
  return fault.last_errno != 0 ? fault.last_errno : real->xGetLastError (real, size, text);
}

void
fault_vfs_register (void)
{
  static sqlite3_vfs vfs;

  real = sqlite3_vfs_find (NULL);
  vfs = *real;
  vfs.zName = "fault";
  vfs.pNext = NULL;
  vfs.szOsFile = real->szOsFile + (int) sizeof (FaultFile);
  vfs.xOpen = fault_open;
  vfs.xSleep = fault_sleep;
  vfs.xGetLastError = fault_get_last_error;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}

void
fault_vfs_set (FaultKind kind, guint nth, gboolean lasting)
{
  memset (&fault, 0, sizeof fault);
  g_private_set (&faulty, &fault);
  fault.kind = kind;
  fault.nth = nth;
  fault.lasting = lasting;
}

void
fault_vfs_count (FaultKind kind)
{
  fault_vfs_set (kind, 0, FALSE);
}

guint
fault_vfs_clear (void)
{
  guint n_calls = fault.n_calls;

  memset (&fault, 0, sizeof fault);
  g_private_set (&faulty, NULL);
  return n_calls;
}
