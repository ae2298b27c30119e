/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-health-feed.h"

struct _XsHealthFeed {
  XsReadyCheck *check;
  XsSyncHealth *health;
};

/* (transfer none) (nullable): the trouble there is with the camera. */
static const char *
find_trouble (XsReadyCheck *check)
{
  if (xs_ready_check_get_item (check, XS_READY_CAMERA)->state == XS_READY_NOT)
    return "none";
  return xs_ready_check_get_item (check, XS_READY_LIGHT)->state == XS_READY_WARNING ? "light" : NULL;
}

static void
on_changed (XsHealthFeed *feed)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (XsReadyKind kind = 0; kind < XS_READY_N_KINDS; kind++)
    {
      const XsReadyItem *item = xs_ready_check_get_item (feed->check, kind);
      g_autofree char *text = g_strconcat (xs_ready_nick (kind), ":", xs_ready_state_nick (item->state), NULL);
      g_strv_builder_add (builder, text);
    }
  g_auto (GStrv) items = g_strv_builder_end (builder);
  xs_sync_health_set_ready (feed->health, xs_ready_state_nick (xs_ready_check_get_state (feed->check)),
                            (const char *const *) items, find_trouble (feed->check));
}

XsHealthFeed *
xs_health_feed_new (XsReadyCheck *check, XsStore *store, XsClock *clock, const XsRunBook *run)
{
  XsHealthFeed *feed = g_new0 (XsHealthFeed, 1);
  const XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;

  feed->check = g_object_ref (check);
  feed->health = xs_sync_health_new (store, clock, &timing, run);
  g_signal_connect_swapped (check, "changed", G_CALLBACK (on_changed), feed);
  on_changed (feed);
  return feed;
}

void
xs_health_feed_free (XsHealthFeed *feed)
{
  if (feed == NULL)
    return;
  g_signal_handlers_disconnect_by_data (feed->check, feed);
  g_object_unref (feed->check);
  xs_sync_health_free (feed->health);
  g_free (feed);
}
