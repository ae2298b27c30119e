/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-feed.h"
#include "xs-sync-job.h"
#include "xs-sync-waiter.h"
#include "xs-sync-wake.h"

#include "xs-error.h"

/* A wall clock that moved by more than this against the time since boot was set by somebody, and the times noted
 * for the next tries mean nothing any more. */
#define CLOCK_STEP_US (10 * (gint64) G_USEC_PER_SEC)

/* Never look again sooner than this, whatever the journal says. */
#define SHORTEST_WAIT_US (G_USEC_PER_SEC / 20)

struct _XsSync {
  GObject parent_instance;

  XsStore *store;
  XsClock *clock;
  XsSyncTiming timing;
  GRand *rand;
  GMainContext *context;
  XsSyncWake *wake; /* (nullable): while started */
  XsSyncFeed *feed; /* (nullable): while verdicts are followed */

  XsSyncState state;
  XsSyncState settled_state; /* before the pass under way */
  GError *error;             /* (nullable): of the last failed exchange */

  XsSyncJob *job; /* (nullable): what is under way; at most one */
  gboolean started;
  gboolean want_pass;        /* somebody woke us */
  gboolean background;       /* the pass under way is wanted even when nobody waits for it */
  gboolean yielding;         /* the pass under way makes room for a pairing */
  gboolean look_again;       /* the journal changed during the pass */
  gboolean holding;          /* after a failure: new work has to wait for the timer */
  gboolean held_by_platform; /* and so has a change of network */
  gboolean make_due;
  XsBackoff backoff;
  gboolean ever_refreshed;
  gint64 refreshed_us;      /* since boot */
  gint64 wall_offset_us;    /* wall clock minus time since boot, at the last pass */
  gint64 connected_wall_us; /* 0: never */
  guint load;               /* of the platform, 0 to 100, as it said last */
  gboolean clock_known;
  gint64 clock_ahead_us;  /* the platform's clock against ours … */
  gint64 clock_offset_us; /* … when our wall clock minus time since boot was this */

  GQueue pairings; /* XsSyncWaiter */
  GQueue waiting;  /* XsSyncWaiter: for the next pass */
  GQueue serving;  /* XsSyncWaiter: for what is under way */

  GSource *timer;
  gint64 due_us; /* since boot: when the timer is to go off; timers stand still while the PC sleeps */
  GSource *debounce;
};

G_DEFINE_FINAL_TYPE (XsSync, xs_sync, G_TYPE_OBJECT)

enum {
  CHANGED,
  REFRESHED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static void begin_next (XsSync *self);

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
arm (XsSync *self, GSource **source, gint64 delay_us, GSourceFunc func)
{
  drop_source (source);
  *source = g_timeout_source_new ((guint) MIN (delay_us / 1000, G_MAXINT));
  g_source_set_callback (*source, func, self, NULL);
  g_source_attach (*source, self->context);
}

static void
set_state (XsSync *self, XsSyncState state, const GError *error)
{
  if (self->state == state && g_strcmp0 (xs_sync_get_error_message (self), error != NULL ? error->message : NULL) == 0)
    return;
  self->state = state;
  if (error != self->error)
    {
      g_clear_error (&self->error);
      self->error = error != NULL ? g_error_copy (error) : NULL;
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_waiter_cancelled (gpointer source, XsSyncWaiter *waiter)
{
  XsSync *self = source;
  gboolean served = g_queue_remove (&self->serving, waiter);

  g_queue_remove (&self->waiting, waiter);
  g_queue_remove (&self->pairings, waiter);
  if (served && g_queue_is_empty (&self->serving) && !self->background && self->job != NULL)
    xs_sync_job_cancel (self->job);
}

static XsSyncWaiter *
waiter_new (XsSync *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  return xs_sync_waiter_new (self, tag, self->context, cancellable, on_waiter_cancelled, callback, user_data);
}

static gboolean
on_timer (gpointer data)
{
  XsSync *self = data;

  drop_source (&self->timer);
  self->want_pass = TRUE;
  begin_next (self);
  return G_SOURCE_REMOVE;
}

/* The look at the outbox after the journal changed. It is changed once a second while somebody studies, mostly by
 * nothing that has to be sent. */
typedef struct {
  GWeakRef sync;
  XsClock *clock;
  gboolean due;
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  g_weak_ref_clear (&look->sync);
  xs_clock_unref (look->clock);
  g_free (look);
}

static gboolean
look_for_due (XsJournal *journal, gpointer data, GError **error)
{
  Look *look = data;
  g_autoptr (GPtrArray) items = xs_outbox_list_due (journal, xs_clock_wall_us (look->clock), 1, error);

  look->due = items != NULL && items->len > 0;
  return items != NULL;
}

static void
on_looked (GObject *store, GAsyncResult *result, gpointer user_data)
{
  Look *look = xs_store_get_data (result);
  g_autoptr (XsSync) self = g_weak_ref_get (&look->sync);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  if (!xs_store_finish (self->store, result, &error))
    g_warning ("Cannot look into the outbox: %s", error->message);
  else if (self->started && look->due && !self->holding)
    {
      self->want_pass = TRUE;
      begin_next (self);
    }
}

static gboolean
on_debounced (gpointer data)
{
  XsSync *self = data;

  drop_source (&self->debounce);
  if (self->job != NULL)
    self->look_again = TRUE;
  else if (!self->holding)
    {
      Look *look = g_new0 (Look, 1);

      g_weak_ref_init (&look->sync, self);
      look->clock = xs_clock_ref (self->clock);
      xs_store_submit (self->store, look_for_due, look, look_free, on_looked, NULL);
    }
  return G_SOURCE_REMOVE;
}

static void
on_store_changed (XsSync *self)
{
  if (self->debounce == NULL)
    arm (self, &self->debounce, (gint64) self->timing.debounce_ms * 1000, on_debounced);
}

/* A pause that the platform asked for is kept, by a clock that went on while the PC slept. */
static void
on_woken (gpointer data)
{
  XsSync *self = data;
  gint64 left_us = self->due_us - xs_clock_boottime_us (self->clock);

  if (self->held_by_platform && self->timer != NULL && left_us > 0)
    {
      arm (self, &self->timer, left_us, on_timer);
      return;
    }
  self->make_due = TRUE;
  self->want_pass = TRUE;
  begin_next (self);
}

/* How often policy and roster are looked at: less often while the platform has much to do. New work does not wait. */
static gint64
refresh_interval_us (XsSync *self)
{
  return (gint64) ((1 + (XS_SYNC_LOAD_STRETCH - 1) * self->load / 100) * (double) self->timing.refresh_us);
}

/* How long until the next pass when all went well: with some spread, so that kiosks switched on together part. */
static gint64
idle_wait_us (XsSync *self, const XsSyncPass *pass)
{
  gint64 wait_us = (gint64) (g_rand_double_range (self->rand, 0.9, 1.1) * (double) refresh_interval_us (self));

  return pass->wait_us > 0 ? MIN (wait_us, pass->wait_us) : wait_us;
}

/* What the end of a pass means for the next one. Returns: µs until then. */
static gint64
settle (XsSync *self, const XsSyncPass *pass, const GError *error)
{
  self->holding = !pass->connected;
  self->held_by_platform = FALSE;
  if (pass->connected)
    {
      set_state (self, XS_SYNC_IDLE, error);
      return idle_wait_us (self, pass);
    }
  if (!pass->paired && g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      set_state (self, XS_SYNC_UNPAIRED, error);
      return idle_wait_us (self, pass);
    }
  if (g_error_matches (error, XS_ERROR, XS_ERROR_UNAUTHORIZED))
    {
      self->held_by_platform = TRUE;
      set_state (self, XS_SYNC_UNAUTHORIZED, error);
      return self->timing.unauthorized_us;
    }
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    {
      self->holding = FALSE;
      set_state (self, self->settled_state, self->error);
      return idle_wait_us (self, pass);
    }
  self->held_by_platform = pass->told_to_wait;
  set_state (self, XS_SYNC_OFFLINE, error);
  return pass->wait_us;
}

static void
on_pass_done (XsSyncJob *done, gpointer user_data)
{
  g_autoptr (XsSync) self = g_object_ref (XS_SYNC (user_data));
  g_autoptr (XsSyncJob) job = g_steal_pointer (&self->job);
  const XsSyncPass *pass = xs_sync_job_get_pass (job);
  const GError *error = xs_sync_job_get_error (job);
  gboolean make_way = self->yielding && g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED);
  gboolean look_again = self->look_again;

  self->yielding = FALSE;
  self->look_again = FALSE;
  self->backoff = pass->backoff;
  if (pass->refresh_done)
    {
      self->ever_refreshed = TRUE;
      self->refreshed_us = xs_clock_boottime_us (self->clock);
    }
  if (pass->connected)
    {
      self->connected_wall_us = xs_clock_wall_us (self->clock);
      self->load = pass->load;
    }
  if (pass->clock_known)
    {
      self->clock_known = TRUE;
      self->clock_ahead_us = pass->clock_ahead_us;
      self->clock_offset_us = xs_clock_wall_us (self->clock) - xs_clock_boottime_us (self->clock);
    }
  gint64 wait_us = MAX (settle (self, pass, error), SHORTEST_WAIT_US);
  self->due_us = xs_clock_boottime_us (self->clock) + wait_us;
  if (self->started)
    arm (self, &self->timer, wait_us, on_timer);
  if (pass->refreshed)
    g_signal_emit (self, signals[REFRESHED], 0);

  if (make_way || (pass->cut_short && error == NULL))
    {
      XsSyncWaiter *waiter;
      while ((waiter = g_queue_pop_tail (&self->serving)) != NULL)
        g_queue_push_head (&self->waiting, waiter);
      self->want_pass |= self->background;
    }
  else
    xs_sync_waiter_finish_all (&self->serving, error);
  begin_next (self);
  if (look_again && self->started)
    on_store_changed (self);
}

static void
on_pair_done (XsSyncJob *done, gpointer user_data)
{
  g_autoptr (XsSync) self = g_object_ref (XS_SYNC (user_data));
  g_autoptr (XsSyncJob) job = g_steal_pointer (&self->job);
  const GError *error = xs_sync_job_get_error (job);

  if (error == NULL)
    {
      /* Another identity, perhaps another platform: what was known of the way there is void. */
      xs_backoff_reset (&self->backoff);
      self->ever_refreshed = FALSE;
      self->make_due = TRUE;
      self->holding = FALSE;
      self->held_by_platform = FALSE;
      self->want_pass |= self->started;
      set_state (self, XS_SYNC_IDLE, NULL);
    }
  xs_sync_waiter_finish_all (&self->serving, error);
  begin_next (self);
}

static XsSyncPass
prepare (XsSync *self)
{
  return (XsSyncPass){ .store = self->store,
                       .clock = self->clock,
                       .timing = self->timing,
                       .backoff = self->backoff,
                       .seed = g_rand_int (self->rand) };
}

static void
begin_pairing (XsSync *self, XsSyncWaiter *waiter)
{
  XsSyncPass pass = prepare (self);

  g_queue_push_tail (&self->serving, waiter);
  self->background = FALSE;
  self->job = xs_sync_job_new_pair (&pass, waiter->url, waiter->code, on_pair_done, self);
}

static void
begin_pass (XsSync *self)
{
  XsSyncPass pass = prepare (self);
  gint64 now_us = xs_clock_boottime_us (self->clock);
  gint64 offset_us = xs_clock_wall_us (self->clock) - xs_clock_boottime_us (self->clock);
  gboolean stepped = ABS (offset_us - self->wall_offset_us) > CLOCK_STEP_US;

  pass.make_due = self->make_due || stepped;
  /* Where nothing waits to be sent nothing else would ask the platform, and silence is no answer. */
  pass.refresh = !g_queue_is_empty (&self->waiting) || !self->ever_refreshed || pass.make_due
                 || self->state != XS_SYNC_IDLE || now_us - self->refreshed_us >= refresh_interval_us (self) * 8 / 10;
  self->make_due = FALSE;
  self->wall_offset_us = offset_us;
  self->background = self->want_pass;
  self->want_pass = FALSE;
  self->settled_state = self->state;
  drop_source (&self->timer);

  XsSyncWaiter *waiter;
  while ((waiter = g_queue_pop_head (&self->waiting)) != NULL)
    g_queue_push_tail (&self->serving, waiter);
  self->job = xs_sync_job_new_pass (&pass, on_pass_done, self);
  if (self->state == XS_SYNC_IDLE || self->state == XS_SYNC_OFFLINE)
    set_state (self, XS_SYNC_WORKING, self->error);
}

static void
begin_next (XsSync *self)
{
  if (self->job != NULL)
    return;
  if (!g_queue_is_empty (&self->pairings))
    begin_pairing (self, g_queue_pop_head (&self->pairings));
  else if (self->want_pass || !g_queue_is_empty (&self->waiting))
    begin_pass (self);
}

void
xs_sync_start (XsSync *self)
{
  g_return_if_fail (XS_IS_SYNC (self));

  if (self->started)
    return;
  self->started = TRUE;
  self->wake = xs_sync_wake_new (self->clock, &self->timing, self->rand, on_woken, self);
  g_signal_connect_swapped (self->store, "changed", G_CALLBACK (on_store_changed), self);
  self->want_pass = TRUE;
  begin_next (self);
}

void
xs_sync_follow_verdicts (XsSync *self)
{
  g_return_if_fail (XS_IS_SYNC (self));

  if (self->feed == NULL)
    self->feed = xs_sync_feed_new (self->store, self->clock, &self->timing);
}

void
xs_sync_stop (XsSync *self)
{
  g_autoptr (GError) stopped = NULL;

  g_return_if_fail (XS_IS_SYNC (self));

  if (self->started)
    g_signal_handlers_disconnect_by_func (self->store, on_store_changed, self);
  g_clear_pointer (&self->wake, xs_sync_wake_free);
  g_clear_pointer (&self->feed, xs_sync_feed_free);
  self->started = FALSE;
  self->want_pass = FALSE;
  drop_source (&self->timer);
  drop_source (&self->debounce);
  if (self->job != NULL)
    xs_sync_job_cancel (self->job);

  stopped = g_error_new (XS_ERROR, XS_ERROR_CANCELLED, "The exchange with the platform was stopped");
  xs_sync_waiter_finish_all (&self->waiting, stopped);
  xs_sync_waiter_finish_all (&self->pairings, stopped);
}

XsSyncState
xs_sync_get_state (XsSync *self)
{
  g_return_val_if_fail (XS_IS_SYNC (self), XS_SYNC_UNPAIRED);

  return self->state;
}

XsSyncState
xs_sync_get_settled_state (XsSync *self)
{
  g_return_val_if_fail (XS_IS_SYNC (self), XS_SYNC_UNPAIRED);

  return self->state == XS_SYNC_WORKING ? self->settled_state : self->state;
}

const GError *
xs_sync_get_error (XsSync *self)
{
  g_return_val_if_fail (XS_IS_SYNC (self), NULL);

  return self->error;
}

const char *
xs_sync_get_error_message (XsSync *self)
{
  g_return_val_if_fail (XS_IS_SYNC (self), NULL);

  return self->error != NULL ? self->error->message : NULL;
}

gint64
xs_sync_get_next_wall_us (XsSync *self, const XsOutboxStatus *status)
{
  g_return_val_if_fail (XS_IS_SYNC (self), 0);

  gint64 now_us = xs_clock_wall_us (self->clock);
  gint64 pause_us = self->holding && self->timer != NULL ? self->due_us - xs_clock_boottime_us (self->clock) : 0;
  gint64 next_us = MAX (status->next_wall_us, now_us + pause_us);
  return status->next_wall_us > 0 && next_us > now_us ? next_us : 0;
}

gint64
xs_sync_get_connected_wall_us (XsSync *self)
{
  g_return_val_if_fail (XS_IS_SYNC (self), 0);

  return self->connected_wall_us;
}

gboolean
xs_sync_get_clock_ahead (XsSync *self, gint64 *ahead_us)
{
  g_return_val_if_fail (XS_IS_SYNC (self), FALSE);

  gint64 stepped_us = xs_clock_wall_us (self->clock) - xs_clock_boottime_us (self->clock) - self->clock_offset_us;
  *ahead_us = self->clock_ahead_us - stepped_us;
  return self->clock_known;
}

void
xs_sync_pair_async (XsSync *self, const char *url, const char *code, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_SYNC (self));
  g_return_if_fail (url != NULL && code != NULL);

  XsSyncWaiter *waiter = waiter_new (self, xs_sync_pair_async, cancellable, callback, user_data);
  waiter->url = g_strdup (url);
  waiter->code = g_strdup (code);
  g_queue_push_tail (&self->pairings, waiter);
  if (self->job != NULL && !xs_sync_job_is_pair (self->job))
    {
      self->yielding = TRUE;
      xs_sync_job_cancel (self->job);
    }
  begin_next (self);
}

gboolean
xs_sync_pair_finish (XsSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, xs_sync_pair_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xs_sync_pass_async (XsSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (XS_IS_SYNC (self));

  g_queue_push_tail (&self->waiting, waiter_new (self, xs_sync_pass_async, cancellable, callback, user_data));
  begin_next (self);
}

gboolean
xs_sync_pass_finish (XsSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, xs_sync_pass_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
xs_sync_ask (XsSync *self)
{
  g_return_if_fail (XS_IS_SYNC (self));

  if (!self->held_by_platform)
    xs_sync_pass_async (self, NULL, NULL, NULL);
}

void
xs_sync_set_timing (XsSync *self, const XsSyncTiming *timing)
{
  self->timing = *timing;
  xs_backoff_init (&self->backoff, timing->backoff_base_us, timing->backoff_cap_us);
}

XsSync *
xs_sync_new (XsStore *store, XsClock *clock)
{
  XsSyncTiming timing = XS_SYNC_TIMING_DEFAULT;

  g_return_val_if_fail (XS_IS_STORE (store), NULL);
  g_return_val_if_fail (clock != NULL, NULL);

  XsSync *self = g_object_new (XS_TYPE_SYNC, NULL);
  self->store = g_object_ref (store);
  self->clock = xs_clock_ref (clock);
  xs_sync_set_timing (self, &timing);
  return self;
}

static void
xs_sync_dispose (GObject *object)
{
  XsSync *self = XS_SYNC (object);

  /* Calls of ours that wait hold a reference: here none is left, and the thread ends without anybody noticing. */
  if (self->store != NULL)
    xs_sync_stop (self);
  g_clear_pointer (&self->job, xs_sync_job_free);
  g_clear_object (&self->store);
  g_clear_pointer (&self->clock, xs_clock_unref);

  G_OBJECT_CLASS (xs_sync_parent_class)->dispose (object);
}

static void
xs_sync_finalize (GObject *object)
{
  XsSync *self = XS_SYNC (object);

  g_rand_free (self->rand);
  g_main_context_unref (self->context);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (xs_sync_parent_class)->finalize (object);
}

static void
xs_sync_class_init (XsSyncClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = xs_sync_dispose;
  object_class->finalize = xs_sync_finalize;

  signals[CHANGED] = g_signal_new ("changed", XS_TYPE_SYNC, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REFRESHED] = g_signal_new ("refreshed", XS_TYPE_SYNC, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_sync_init (XsSync *self)
{
  self->state = XS_SYNC_OFFLINE;
  self->settled_state = XS_SYNC_OFFLINE;
  self->make_due = TRUE;
  self->rand = g_rand_new ();
  self->context = g_main_context_ref_thread_default ();
  g_queue_init (&self->pairings);
  g_queue_init (&self->waiting);
  g_queue_init (&self->serving);
}
