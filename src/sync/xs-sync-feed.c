/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-feed.h"

#include "xs-backoff.h"
#include "xs-error.h"
#include "xs-sync-client.h"
#include "xs-verdicts.h"

#include <string.h>

/* A platform that answers at once without news is not asked more often. */
#define SHORTEST_US (G_USEC_PER_SEC / 2)

struct _XsSyncFeed {
  XsStore *store;
  XsClock *clock;
  XsSyncTiming timing;
  GCancellable *cancellable;
  GThread *thread;
  GMutex mutex; /* with @stopped, for waits between requests */
  GCond stopped;
};

/* On the thread. */
typedef struct {
  XsSyncFeed *feed;
  XsBackoff backoff;
  GRand *rand;
  XsSyncClient *client; /* (nullable): of @platform */
  char *platform;       /* URL and devnum */

  /* In and out of the journal. */
  gboolean paired;
  gboolean moved; /* @client is of another platform */
  XsIdentity identity;
  XsSignKey key;
  gint64 after;
  const GArray *verdicts;
} Run;

/* Each time anew: the kiosk may have been paired meanwhile. */
static gboolean
look_up (XsJournal *journal, gpointer data, GError **error)
{
  Run *run = data;
  g_autoptr (GError) problem = NULL;

  run->paired = xs_journal_get_identity (journal, &run->identity, &problem);
  if (!run->paired)
    {
      if (g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  run->key = *xs_journal_get_sign_key (journal);
  g_autofree char *platform = g_strdup_printf ("%s %s", run->identity.platform_url, run->identity.devnum);
  if (g_strcmp0 (platform, run->platform) != 0)
    {
      run->moved = TRUE;
      g_free (run->platform);
      run->platform = g_steal_pointer (&platform);
    }
  return xs_verdicts_get_cursor (journal, run->platform, &run->after, error);
}

static gboolean
keep (XsJournal *journal, gpointer data, GError **error)
{
  const Run *run = data;

  return xs_verdicts_keep (journal, run->platform, run->verdicts, run->after, error);
}

/* Returns: whether there was news, and it is kept. */
static gboolean
take (Run *run, GBytes *body, GError **error)
{
  gint64 next;
  g_autoptr (GArray) verdicts = xs_wire_verdicts_decode (body, &next, error);

  if (verdicts == NULL || (verdicts->len == 0 && next == run->after))
    return FALSE;
  run->after = next;
  run->verdicts = verdicts;
  return xs_store_run (run->feed->store, keep, run, error);
}

/* (transfer full): never NULL */
static XsSyncReply *
ask (Run *run)
{
  g_autofree char *path = xs_wire_path_verdicts (run->after);
  XsSyncCall call = {
    .method = "GET", .path = path, .answer_type = XS_WIRE_TYPE_JSON, .max_answer_bytes = XS_WIRE_VERDICTS_MAX_BYTES
  };

  if (run->client == NULL)
    {
      run->client = xs_sync_client_new (run->identity.platform_url, run->feed->clock, &run->feed->timing.timeouts);
      xs_sync_client_set_device (run->client, run->identity.devnum, &run->key);
    }
  return xs_sync_client_call (run->client, &call, run->feed->cancellable);
}

/* One request. Returns: how long to wait before the next. */
static gint64
follow (Run *run)
{
  g_autoptr (GError) error = NULL;
  gint64 retry_after_us = 0;
  gboolean known = xs_store_run (run->feed->store, look_up, run, &error) && run->paired;

  /* Not by the store's thread, which found it out: a client belongs to the thread that made it. */
  if (run->moved)
    g_clear_pointer (&run->client, xs_sync_client_free);
  run->moved = FALSE;
  if (known)
    {
      g_autoptr (XsSyncReply) reply = ask (run);
      gboolean has_news = reply->verdict == XS_SYNC_DONE && take (run, reply->answer->body, &error);
      if (reply->verdict == XS_SYNC_DONE && error == NULL)
        {
          xs_backoff_reset (&run->backoff);
          return has_news ? 0 : SHORTEST_US;
        }
      retry_after_us = reply->retry_after_us;
    }
  if (error != NULL)
    g_message ("What the platform says of our logs cannot be kept: %s", error->message);
  return MAX (xs_backoff_fail (&run->backoff, run->rand, retry_after_us), SHORTEST_US);
}

static void
pause_for (XsSyncFeed *feed, gint64 wait_us)
{
  gint64 until_us = xs_clock_monotonic_us (xs_clock_system ()) + wait_us;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&feed->mutex);

  while (!g_cancellable_is_cancelled (feed->cancellable) && g_cond_wait_until (&feed->stopped, &feed->mutex, until_us))
    ;
}

static gpointer
run_thread (gpointer data)
{
  XsSyncFeed *feed = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Run run = { .feed = feed, .rand = g_rand_new () };

  g_main_context_push_thread_default (context);
  xs_backoff_init (&run.backoff, feed->timing.backoff_base_us, feed->timing.backoff_cap_us);
  while (!g_cancellable_is_cancelled (feed->cancellable))
    pause_for (feed, follow (&run));
  g_clear_pointer (&run.client, xs_sync_client_free);
  g_free (run.platform);
  g_rand_free (run.rand);
  explicit_bzero (&run.key, sizeof run.key);
  g_main_context_pop_thread_default (context);
  return NULL;
}

XsSyncFeed *
xs_sync_feed_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing)
{
  XsSyncFeed *feed = g_new0 (XsSyncFeed, 1);

  feed->store = g_object_ref (store);
  feed->clock = xs_clock_ref (clock);
  feed->timing = *timing;
  feed->cancellable = g_cancellable_new ();
  g_mutex_init (&feed->mutex);
  g_cond_init (&feed->stopped);
  feed->thread = g_thread_new ("verdicts", run_thread, feed);
  return feed;
}

void
xs_sync_feed_free (XsSyncFeed *feed)
{
  if (feed == NULL)
    return;
  g_cancellable_cancel (feed->cancellable);
  g_mutex_lock (&feed->mutex);
  g_cond_broadcast (&feed->stopped);
  g_mutex_unlock (&feed->mutex);
  g_thread_join (feed->thread);
  g_object_unref (feed->store);
  g_object_unref (feed->cancellable);
  xs_clock_unref (feed->clock);
  g_mutex_clear (&feed->mutex);
  g_cond_clear (&feed->stopped);
  g_free (feed);
}
