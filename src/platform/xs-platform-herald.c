/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-herald.h"

#include "xs-platform-audit.h"
#include "xs-platform-routes-review.h"

struct _XsPlatformHerald {
  XsPlatformWaits *waits;
  XsSqlWatch *watch;
  GCancellable *cancellable;
  GThread *thread;
};

static gpointer
run (gpointer data)
{
  XsPlatformHerald *herald = data;

  while (!g_cancellable_is_cancelled (herald->cancellable))
    {
      if (xs_sql_watch_wait (herald->watch, G_TIME_SPAN_MINUTE, herald->cancellable))
        {
          xs_platform_waits_wake (herald->waits, "verdicts");
          xs_platform_waits_wake (herald->waits, XS_ROUTE_WAITS_FOR_REVIEW);
        }
    }
  return NULL;
}

XsPlatformHerald *
xs_platform_herald_start (XsPlatformStorage *storage, XsPlatformWaits *waits)
{
  XsPlatformHerald *herald = g_new0 (XsPlatformHerald, 1);

  herald->waits = waits;
  herald->watch = xs_platform_audit_watch (storage);
  herald->cancellable = g_cancellable_new ();
  herald->thread = g_thread_new ("herald", run, herald);
  return herald;
}

void
xs_platform_herald_stop (XsPlatformHerald *herald)
{
  if (herald == NULL)
    return;
  g_cancellable_cancel (herald->cancellable);
  g_thread_join (herald->thread);
  xs_sql_watch_free (herald->watch);
  g_object_unref (herald->cancellable);
  g_free (herald);
}
