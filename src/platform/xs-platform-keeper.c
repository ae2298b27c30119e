/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-keeper.h"

#include "xs-error.h"
#include "xs-platform-photos.h"
#include "xs-platform-privacy.h"

/* Also without being woken: another process may have taken a log, or a disk that was full has space again. */
#define PAUSE_US G_TIME_SPAN_MINUTE
#define RETAIN_EVERY_US G_TIME_SPAN_DAY
/* What kiosks send goes first: it works once none has sent a log for so long, or after so long all the same. */
#define CALM_US (G_TIME_SPAN_SECOND / 4)
#define PATIENCE_US (15 * G_TIME_SPAN_SECOND)

struct _XsPlatformKeeper {
  XsPlatformStorage *storage;
  GCancellable *cancellable;
  GThread *thread;
  gint64 retain_us; /* monotonic: when to remove what must not be kept */
  GMutex mutex;     /* of what follows */
  GCond woken;
  gboolean has_work;
  gint64 woken_us; /* monotonic: the last time */
};

static void
work (XsPlatformKeeper *keeper)
{
  g_autoptr (GError) error = NULL;
  guint n_filed;

  if (!xs_platform_storage_file_photos (keeper->storage, keeper->cancellable, &n_filed, &error)
      && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    g_message ("Photos wait to be filed: %s", error->message);
}

static void
retain (XsPlatformKeeper *keeper)
{
  g_autoptr (GError) error = NULL;
  XsPlatformRetained retained;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us < keeper->retain_us)
    return;
  keeper->retain_us = now_us + RETAIN_EVERY_US;
  if (!xs_platform_storage_retain (keeper->storage, keeper->cancellable, &retained, &error)
      && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    g_printerr ("xueshi-platform: some photos were not removed yet: %s\n", error->message);
  else if (error == NULL && retained.expired + retained.strays + retained.erased > 0)
    g_printerr ("xueshi-platform: removed %u photos as policy says, %u that no log named\n", retained.expired,
                retained.strays);
}

static void
wait_for_work (XsPlatformKeeper *keeper)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&keeper->mutex);
  gint64 end_us = g_get_monotonic_time () + PAUSE_US;

  while (!keeper->has_work && !g_cancellable_is_cancelled (keeper->cancellable)
         && g_cond_wait_until (&keeper->woken, &keeper->mutex, end_us))
    ;
  end_us = g_get_monotonic_time () + PATIENCE_US;
  while (keeper->has_work && !g_cancellable_is_cancelled (keeper->cancellable))
    {
      gint64 calm_us = MIN (keeper->woken_us + CALM_US, end_us);
      if (g_get_monotonic_time () >= calm_us)
        break;
      g_cond_wait_until (&keeper->woken, &keeper->mutex, calm_us);
    }
  keeper->has_work = FALSE;
}

static gpointer
run (gpointer data)
{
  XsPlatformKeeper *keeper = data;
  g_autoptr (GError) error = NULL;

  if (!xs_platform_storage_file_registration_photos (keeper->storage, &error))
    g_message ("Registration photos wait to be filed: %s", error->message);
  while (!g_cancellable_is_cancelled (keeper->cancellable))
    {
      work (keeper);
      retain (keeper);
      wait_for_work (keeper);
    }
  return NULL;
}

XsPlatformKeeper *
xs_platform_keeper_start (XsPlatformStorage *storage)
{
  XsPlatformKeeper *keeper = g_new0 (XsPlatformKeeper, 1);

  keeper->storage = storage;
  keeper->cancellable = g_cancellable_new ();
  g_mutex_init (&keeper->mutex);
  g_cond_init (&keeper->woken);
  keeper->thread = g_thread_new ("keeper", run, keeper);
  return keeper;
}

void
xs_platform_keeper_wake (XsPlatformKeeper *keeper)
{
  g_mutex_lock (&keeper->mutex);
  keeper->woken_us = g_get_monotonic_time ();
  if (!keeper->has_work || g_cancellable_is_cancelled (keeper->cancellable))
    g_cond_broadcast (&keeper->woken);
  keeper->has_work = TRUE;
  g_mutex_unlock (&keeper->mutex);
}

void
xs_platform_keeper_stop (XsPlatformKeeper *keeper)
{
  if (keeper == NULL)
    return;
  g_cancellable_cancel (keeper->cancellable);
  xs_platform_keeper_wake (keeper);
  g_thread_join (keeper->thread);
  g_object_unref (keeper->cancellable);
  g_mutex_clear (&keeper->mutex);
  g_cond_clear (&keeper->woken);
  g_free (keeper);
}
