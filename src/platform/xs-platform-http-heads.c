/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-http-heads.h"

#include <sys/socket.h>

struct _XsHttpHead {
  GList link; /* in awaited, or in none */
  gboolean awaited;
  int fd;
  gint64 end_us; /* monotonic */
};

struct _XsHttpHeads {
  gint64 limit_us;
  GMutex mutex; /* of what follows */
  GCond changed;
  GQueue awaited; /* XsHttpHead, the one that is over first in front: all have the same limit */
  gboolean stopped;
  GThread *thread;
};

static void
forget (XsHttpHeads *heads, XsHttpHead *head)
{
  if (head->awaited)
    g_queue_unlink (&heads->awaited, &head->link);
  head->awaited = FALSE;
}

static void
await (XsHttpHeads *heads, XsHttpHead *head)
{
  forget (heads, head);
  head->end_us = g_get_monotonic_time () + heads->limit_us;
  head->awaited = TRUE;
  g_queue_push_tail_link (&heads->awaited, &head->link);
  if (heads->awaited.length == 1)
    g_cond_signal (&heads->changed);
}

/* Only shut down: the thread that serves the connection sees that and closes it. */
static gpointer
watch (gpointer data)
{
  XsHttpHeads *heads = data;

  g_mutex_lock (&heads->mutex);
  while (!heads->stopped)
    {
      XsHttpHead *first = g_queue_peek_head (&heads->awaited);
      if (first == NULL)
        g_cond_wait (&heads->changed, &heads->mutex);
      else if (first->end_us > g_get_monotonic_time ())
        g_cond_wait_until (&heads->changed, &heads->mutex, first->end_us);
      else
        {
          forget (heads, first);
          shutdown (first->fd, SHUT_RDWR);
        }
    }
  g_mutex_unlock (&heads->mutex);
  return NULL;
}

XsHttpHeads *
xs_http_heads_new (gint64 limit_us)
{
  XsHttpHeads *heads = g_new0 (XsHttpHeads, 1);

  heads->limit_us = limit_us;
  g_mutex_init (&heads->mutex);
  g_cond_init (&heads->changed);
  g_queue_init (&heads->awaited);
  heads->thread = g_thread_new ("xs-heads", watch, heads);
  return heads;
}

void
xs_http_heads_free (XsHttpHeads *heads)
{
  if (heads == NULL)
    return;
  g_mutex_lock (&heads->mutex);
  heads->stopped = TRUE;
  g_cond_signal (&heads->changed);
  g_mutex_unlock (&heads->mutex);
  g_thread_join (heads->thread);
  g_cond_clear (&heads->changed);
  g_mutex_clear (&heads->mutex);
  g_free (heads);
}

XsHttpHead *
xs_http_heads_add (XsHttpHeads *heads, int fd)
{
  XsHttpHead *head = g_new0 (XsHttpHead, 1);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&heads->mutex);

  head->link.data = head;
  head->fd = fd;
  await (heads, head);
  return head;
}

void
xs_http_heads_remove (XsHttpHeads *heads, XsHttpHead *head)
{
  g_mutex_lock (&heads->mutex);
  forget (heads, head);
  g_mutex_unlock (&heads->mutex);
  g_free (head);
}

void
xs_http_heads_await (XsHttpHeads *heads, XsHttpHead *head)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&heads->mutex);

  await (heads, head);
}

void
xs_http_heads_arrived (XsHttpHeads *heads, XsHttpHead *head)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&heads->mutex);

  forget (heads, head);
}
