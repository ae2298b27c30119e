/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-run.h"

#include "xs-error.h"

/* So many items that did not do, one after the other, mean that it is not the items. */
#define FAILURES_TO_HALT 3

gboolean
xs_sync_run_is_over (XsSyncRun *run)
{
  return run->halted || run->unauthorized || run->store_error != NULL
         || (run->cancellable != NULL && g_cancellable_is_cancelled (run->cancellable));
}

static void
halt (XsSyncRun *run, gint64 retry_after_us)
{
  if (!run->halted)
    run->wait_us = xs_backoff_fail (&run->pass->backoff, run->rand, retry_after_us);
  run->halted = TRUE;
  run->pass->told_to_wait |= retry_after_us > 0;
}

void
xs_sync_run_note (XsSyncRun *run, const XsSyncReply *reply)
{
  switch (reply->verdict)
    {
    case XS_SYNC_HALT:
      halt (run, reply->retry_after_us);
      break;
    case XS_SYNC_LATER:
      run->left_over = TRUE;
      if (++run->failures_in_a_row >= FAILURES_TO_HALT)
        halt (run, 0);
      break;
    case XS_SYNC_UNKNOWN_DEVICE:
      run->unauthorized = TRUE;
      break;
    case XS_SYNC_REFUSED:
    case XS_SYNC_DONE:
    case XS_SYNC_CANCELLED:
      return;
    }
  if (run->message == NULL)
    run->message = g_strdup (reply->message);
}

void
xs_sync_run_note_refresh (XsSyncRun *run, const XsSyncReply *reply)
{
  switch (reply->verdict)
    {
    case XS_SYNC_HALT:
      if (reply->retry_after_us > 0)
        {
          halt (run, reply->retry_after_us);
          break;
        }
      /* It may be this document only, one that is too large for instance. */
      run->refresh_lost = TRUE;
      break;
    case XS_SYNC_LATER:
    case XS_SYNC_REFUSED:
      break;
    case XS_SYNC_UNKNOWN_DEVICE:
    case XS_SYNC_DONE:
    case XS_SYNC_CANCELLED:
      xs_sync_run_note (run, reply);
      return;
    }
  run->refresh_left_over = TRUE;
  if (run->message == NULL)
    run->message = g_strdup (reply->message);
}

gboolean
xs_sync_run_store (XsSyncRun *run, XsStoreFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (run->store_error != NULL)
    return FALSE;
  if (xs_store_run (run->pass->store, func, data, &error))
    return TRUE;
  run->store_error = g_steal_pointer (&error);
  return FALSE;
}

typedef struct {
  XsSyncPass *pass;
  XsIdentity identity;
  XsSignKey key;
  XsOutboxStatus status;
} Outline;

static gboolean
read_identity (XsJournal *journal, gpointer data, GError **error)
{
  Outline *outline = data;

  outline->key = *xs_journal_get_sign_key (journal);
  if (!xs_journal_get_identity (journal, &outline->identity, error))
    return FALSE;
  outline->pass->paired = TRUE;
  return !outline->pass->make_due || xs_outbox_retry_now (journal, error);
}

static gboolean
read_status (XsJournal *journal, gpointer data, GError **error)
{
  Outline *outline = data;

  return xs_outbox_get_status (journal, &outline->status, error);
}

/* The way is free: when something has to be tried again all the same. */
static void
find_next_due (XsSyncRun *run)
{
  Outline outline = { .pass = run->pass };

  if (run->refresh_left_over)
    run->pass->wait_us = MAX (xs_backoff_fail (&run->pass->backoff, run->rand, 0), 1);
  else
    xs_backoff_reset (&run->pass->backoff);
  if (!xs_sync_run_store (run, read_status, &outline) || outline.status.next_wall_us == 0)
    return;
  gint64 wait_us = MAX (outline.status.next_wall_us - xs_clock_wall_us (run->pass->clock), 1);
  run->pass->wait_us = run->pass->wait_us > 0 ? MIN (run->pass->wait_us, wait_us) : wait_us;
}

static gboolean
conclude (XsSyncRun *run, GError **error)
{
  if (run->cancellable != NULL && g_cancellable_is_cancelled (run->cancellable))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_CANCELLED, "The exchange with the platform was cancelled");
      return FALSE;
    }
  if (!run->halted && run->store_error == NULL)
    find_next_due (run);
  if (!run->pass->paired && g_error_matches (run->store_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           "This kiosk is not paired with a platform yet: pair it with a code of the school");
      return FALSE;
    }
  if (run->store_error != NULL)
    {
      halt (run, 0);
      run->pass->wait_us = run->wait_us;
      g_propagate_error (error, g_steal_pointer (&run->store_error));
      return FALSE;
    }
  if (run->unauthorized)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
                   "The platform does not accept this device: pair it again (%s)", run->message);
      return FALSE;
    }
  if (run->halted)
    run->pass->wait_us = run->wait_us;
  if (run->halted || run->left_over || run->refresh_left_over)
    {
      run->pass->connected = !run->halted;
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NETWORK, run->message);
      return FALSE;
    }
  run->pass->connected = TRUE;
  return TRUE;
}

static void
run_clear (XsSyncRun *run)
{
  g_clear_pointer (&run->client, xs_sync_client_free);
  g_clear_pointer (&run->rand, g_rand_free);
  g_clear_pointer (&run->message, g_free);
  g_clear_error (&run->store_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (XsSyncRun, run_clear)

gboolean
xs_sync_pass_run (XsSyncPass *pass, GCancellable *cancellable, GError **error)
{
  g_auto (XsSyncRun) run = { .pass = pass, .cancellable = cancellable };
  Outline outline = { .pass = pass };

  run.rand = g_rand_new_with_seed (pass->seed);
  if (!xs_sync_run_store (&run, read_identity, &outline))
    return conclude (&run, error);
  run.client = xs_sync_client_new (outline.identity.platform_url, pass->clock, &pass->timing.timeouts);
  xs_sync_client_set_device (run.client, outline.identity.devnum, &outline.key);
  if (pass->refresh)
    xs_sync_refresh (&run);
  xs_sync_drain (&run);
  pass->load = xs_sync_client_get_load (run.client);
  pass->clock_known = xs_sync_client_get_ahead (run.client, &pass->clock_ahead_us);
  if (run.refresh_lost && !run.answered)
    halt (&run, 0);
  return conclude (&run, error);
}
