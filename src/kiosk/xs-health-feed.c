/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-health-feed.h"

struct _XsHealthFeed {
  XsReadyCheck *check;
  XsCamera *camera;
  XsSyncHealth *health;
};

/* Why no camera gives pictures: of what became of all ways to one, what tells most. */
static const char *
name_failure (const XsCameraAttempt *attempts)
{
  static const struct {
    XsCameraOutcome outcome;
    const char *word;
  } words[] = {
    { XS_CAMERA_OUTCOME_BUSY, "busy" },     { XS_CAMERA_OUTCOME_REFUSED, "refused" },
    { XS_CAMERA_OUTCOME_DENIED, "denied" }, { XS_CAMERA_OUTCOME_WAITING, "denied" },
    { XS_CAMERA_OUTCOME_FAILED, "failed" },
  };

  for (guint i = 0; attempts != NULL && i < G_N_ELEMENTS (words); i++)
    {
      for (guint way = 0; way < XS_CAMERA_N_WAYS; way++)
        {
          if (attempts[way].outcome == words[i].outcome)
            return words[i].word;
        }
    }
  return "none";
}

/* (transfer none) (nullable): the trouble there is with the camera. */
static const char *
find_trouble (XsHealthFeed *feed)
{
  if (xs_ready_check_get_item (feed->check, XS_READY_CAMERA)->state == XS_READY_NOT)
    return name_failure (xs_camera_get_attempts (feed->camera));
  return xs_ready_check_get_item (feed->check, XS_READY_LIGHT)->state == XS_READY_WARNING ? "light" : NULL;
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
                            (const char *const *) items, find_trouble (feed));
}

XsHealthFeed *
xs_health_feed_new (XsReadyCheck *check, XsCamera *camera, XsStore *store, XsClock *clock, const XsRunBook *run)
{
  XsHealthFeed *feed = g_new0 (XsHealthFeed, 1);
  const XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;

  feed->check = g_object_ref (check);
  feed->camera = g_object_ref (camera);
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
  g_object_unref (feed->camera);
  xs_sync_health_free (feed->health);
  g_free (feed);
}
