/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-pace.h"

#include <string.h>

/* About what fits into a packet. */
#define LEAST_BYTES 1400

struct _XsSyncPace {
  XsClock *clock;
  gint64 bytes_s;
  gint64 looked_us; /* monotonic */
  gint64 tokens;    /* millionths of a byte, at most a second's worth */
};

XsSyncPace *
xs_sync_pace_new (XsClock *clock, gint64 bytes_s)
{
  XsSyncPace *pace = g_rc_box_new0 (XsSyncPace);

  pace->clock = xs_clock_ref (clock);
  pace->bytes_s = bytes_s;
  pace->looked_us = xs_clock_monotonic_us (clock);
  return pace;
}

XsSyncPace *
xs_sync_pace_ref (XsSyncPace *pace)
{
  return g_rc_box_acquire (pace);
}

static void
pace_clear (gpointer data)
{
  xs_clock_unref (((XsSyncPace *) data)->clock);
}

void
xs_sync_pace_unref (XsSyncPace *pace)
{
  g_rc_box_release_full (pace, pace_clear);
}

gsize
xs_sync_pace_take (XsSyncPace *pace, gsize wanted, gint64 *wait_us)
{
  gint64 now_us = xs_clock_monotonic_us (pace->clock);
  gint64 passed_us = CLAMP (now_us - pace->looked_us, 0, G_USEC_PER_SEC);
  gint64 least = (gint64) MIN (wanted, LEAST_BYTES) * G_USEC_PER_SEC;

  pace->looked_us = now_us;
  pace->tokens = MIN (pace->tokens + passed_us * pace->bytes_s, pace->bytes_s * G_USEC_PER_SEC);
  if (pace->tokens < least)
    {
      *wait_us = (least - pace->tokens) / pace->bytes_s + 1;
      return 0;
    }
  gsize given = MIN (wanted, (gsize) (pace->tokens / G_USEC_PER_SEC));
  pace->tokens -= (gint64) given * G_USEC_PER_SEC;
  return given;
}

#define XS_TYPE_PACED_STREAM (xs_paced_stream_get_type ())
G_DECLARE_FINAL_TYPE (XsPacedStream, xs_paced_stream, XS, PACED_STREAM, GInputStream)

struct _XsPacedStream {
  GInputStream parent_instance;

  XsSyncPace *pace;
  GBytes *bytes;
  gsize position;
};

G_DEFINE_FINAL_TYPE (XsPacedStream, xs_paced_stream, G_TYPE_INPUT_STREAM)

typedef struct {
  void *buffer;
  gsize count;
} Read;

static gboolean
try_read (gpointer data)
{
  GTask *task = data;
  XsPacedStream *self = g_task_get_source_object (task);
  const Read *read = g_task_get_task_data (task);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (self->bytes, &size);
  gsize wanted = MIN (read->count, size - self->position);
  gint64 wait_us = 0;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  gsize given = wanted > 0 ? xs_sync_pace_take (self->pace, wanted, &wait_us) : 0;
  if (given == 0 && wanted > 0)
    {
      g_autoptr (GSource) source = g_timeout_source_new ((guint) (wait_us / 1000 + 1));
      g_task_attach_source (task, source, try_read);
      return G_SOURCE_REMOVE;
    }
  memcpy (read->buffer, bytes + self->position, given);
  self->position += given;
  g_task_return_int (task, (gssize) given);
  return G_SOURCE_REMOVE;
}

static void
xs_paced_stream_read_async (GInputStream *stream, void *buffer, gsize count, int priority, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Read *read = g_new (Read, 1);

  *read = (Read){ buffer, count };
  g_task_set_source_tag (task, xs_paced_stream_read_async);
  g_task_set_priority (task, priority);
  g_task_set_task_data (task, read, g_free);
  try_read (task);
}

static gssize
xs_paced_stream_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
xs_paced_stream_finalize (GObject *object)
{
  XsPacedStream *self = XS_PACED_STREAM (object);

  xs_sync_pace_unref (self->pace);
  g_bytes_unref (self->bytes);
  G_OBJECT_CLASS (xs_paced_stream_parent_class)->finalize (object);
}

static void
xs_paced_stream_class_init (XsPacedStreamClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_paced_stream_finalize;
  stream_class->read_async = xs_paced_stream_read_async;
  stream_class->read_finish = xs_paced_stream_read_finish;
}

static void
xs_paced_stream_init (XsPacedStream *self)
{
}

GInputStream *
xs_sync_pace_open (XsSyncPace *pace, GBytes *bytes)
{
  XsPacedStream *self = g_object_new (XS_TYPE_PACED_STREAM, NULL);

  self->pace = xs_sync_pace_ref (pace);
  self->bytes = g_bytes_ref (bytes);
  return G_INPUT_STREAM (self);
}
