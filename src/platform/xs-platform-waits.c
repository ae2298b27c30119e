/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-waits.h"

#include <microhttpd.h>

/* One connection that is held back. */
typedef struct {
  struct MHD_Connection *connection;
  char key[XS_PLATFORM_WAIT_KEY_BYTES];
  gint64 end_us; /* monotonic */
  gboolean *timed_out;
} Wait;

struct _XsPlatformWaits {
  GMutex mutex; /* of all that follows */
  GCond changed;
  GPtrArray *waiting; /* of Wait */
  guint64 n_wakes;    /* the ticket: nothing came as long as it is the same */
  gboolean stopped;
  GThread *thread; /* ends what waited long enough */
};

static gboolean
is_over (const Wait *wait, gint64 now_us)
{
  return wait->end_us <= now_us;
}

/* Let the wait at @index go on. The last takes its place. */
static void
resume (XsPlatformWaits *waits, guint index, gboolean timed_out)
{
  Wait *wait = g_ptr_array_index (waits->waiting, index);

  *wait->timed_out = timed_out;
  MHD_resume_connection (wait->connection);
  g_ptr_array_remove_index_fast (waits->waiting, index);
}

/* Returns: when the next one is over. */
static gint64
end_overdue (XsPlatformWaits *waits)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 next_us = G_MAXINT64;

  for (guint i = waits->waiting->len; i > 0; i--)
    {
      const Wait *wait = g_ptr_array_index (waits->waiting, i - 1);
      if (waits->stopped || is_over (wait, now_us))
        resume (waits, i - 1, TRUE);
      else
        next_us = MIN (next_us, wait->end_us);
    }
  return next_us;
}

static gpointer
watch (gpointer data)
{
  XsPlatformWaits *waits = data;

  g_mutex_lock (&waits->mutex);
  while (!waits->stopped)
    {
      gint64 next_us = end_overdue (waits);
      if (next_us == G_MAXINT64)
        g_cond_wait (&waits->changed, &waits->mutex);
      else
        g_cond_wait_until (&waits->changed, &waits->mutex, next_us);
    }
  end_overdue (waits);
  g_mutex_unlock (&waits->mutex);
  return NULL;
}

XsPlatformWaits *
xs_platform_waits_new (void)
{
  XsPlatformWaits *waits = g_new0 (XsPlatformWaits, 1);

  g_mutex_init (&waits->mutex);
  g_cond_init (&waits->changed);
  waits->waiting = g_ptr_array_new_with_free_func (g_free);
  waits->thread = g_thread_new ("xs-waits", watch, waits);
  return waits;
}

void
xs_platform_waits_free (XsPlatformWaits *waits)
{
  if (waits == NULL)
    return;
  xs_platform_waits_stop (waits);
  g_thread_join (waits->thread);
  g_ptr_array_unref (waits->waiting);
  g_cond_clear (&waits->changed);
  g_mutex_clear (&waits->mutex);
  g_free (waits);
}

void
xs_platform_waits_wake (XsPlatformWaits *waits, const char *key)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&waits->mutex);

  waits->n_wakes++;
  for (guint i = waits->waiting->len; i > 0; i--)
    {
      const Wait *wait = g_ptr_array_index (waits->waiting, i - 1);
      if (key == NULL || g_str_equal (wait->key, key))
        resume (waits, i - 1, FALSE);
    }
}

guint
xs_platform_waits_count (XsPlatformWaits *waits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&waits->mutex);

  return waits->waiting->len;
}

guint64
xs_platform_waits_get_ticket (XsPlatformWaits *waits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&waits->mutex);

  return waits->n_wakes;
}

gboolean
xs_platform_waits_suspend (XsPlatformWaits *waits, struct MHD_Connection *connection, const char *key, gint64 wait_us,
                           guint64 ticket, gboolean *timed_out)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&waits->mutex);

  if (waits->stopped || wait_us <= 0)
    {
      *timed_out = TRUE;
      return FALSE;
    }
  if (waits->n_wakes != ticket)
    return FALSE;
  Wait *wait = g_new0 (Wait, 1);
  wait->connection = connection;
  g_strlcpy (wait->key, key, sizeof wait->key);
  wait->end_us = g_get_monotonic_time () + wait_us;
  wait->timed_out = timed_out;
  MHD_suspend_connection (connection);
  g_ptr_array_add (waits->waiting, wait);
  g_cond_signal (&waits->changed);
  return TRUE;
}

void
xs_platform_waits_stop (XsPlatformWaits *waits)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&waits->mutex);

  waits->stopped = TRUE;
  end_overdue (waits);
  g_cond_signal (&waits->changed);
}
