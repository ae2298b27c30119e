/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-rate.h"

typedef struct {
  gint64 tokens_us; /* what was saved up, as the time it took; a request costs one interval */
  gint64 seen_us;
} Bucket;

struct _XsPlatformRate {
  gint64 interval_us; /* 0: no limit */
  GMutex mutex;
  GHashTable *buckets; /* gint64 id → Bucket; at most one a paired device */
};

XsPlatformRate *
xs_platform_rate_new (guint per_minute)
{
  XsPlatformRate *rate = g_new0 (XsPlatformRate, 1);

  rate->interval_us = per_minute > 0 ? G_TIME_SPAN_MINUTE / per_minute : 0;
  g_mutex_init (&rate->mutex);
  rate->buckets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return rate;
}

void
xs_platform_rate_free (XsPlatformRate *rate)
{
  if (rate == NULL)
    return;
  g_hash_table_unref (rate->buckets);
  g_mutex_clear (&rate->mutex);
  g_free (rate);
}

guint
xs_platform_rate_take (XsPlatformRate *rate, gint64 id, gint64 now_us)
{
  if (rate->interval_us == 0)
    return 0;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rate->mutex);
  Bucket *bucket = g_hash_table_lookup (rate->buckets, &id);
  if (bucket == NULL)
    {
      bucket = g_new0 (Bucket, 1);
      bucket->tokens_us = G_TIME_SPAN_MINUTE;
      bucket->seen_us = now_us;
      g_hash_table_insert (rate->buckets, g_memdup2 (&id, sizeof id), bucket);
    }
  bucket->tokens_us = MIN (bucket->tokens_us + MAX (now_us - bucket->seen_us, 0), G_TIME_SPAN_MINUTE);
  bucket->seen_us = now_us;
  if (bucket->tokens_us >= rate->interval_us)
    {
      bucket->tokens_us -= rate->interval_us;
      return 0;
    }
  return (guint) ((rate->interval_us - bucket->tokens_us) / G_USEC_PER_SEC) + 1;
}
