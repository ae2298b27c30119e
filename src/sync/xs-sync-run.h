/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-sync-client.h"
#include "xs-sync-pass.h"

G_BEGIN_DECLS

/** XsSyncRun: a pass under way; what its parts share. */
typedef struct {
  XsSyncPass *pass;
  XsSyncClient *client;
  GCancellable *cancellable; /* (nullable) */
  GRand *rand;

  gboolean unauthorized;
  gboolean halted;            /* nothing more will do in this pass */
  gboolean left_over;         /* something that was to be sent has to be tried again later */
  gboolean refresh_left_over; /* and so has something that was to be fetched */
  gboolean refresh_lost;      /* something that was to be fetched found no way to the platform */
  gboolean answered;          /* the platform itself answered something in this pass */
  gint64 wait_us;             /* once halted */
  guint failures_in_a_row;    /* items that did not do, one after the other */
  char *message;              /* (nullable): of the first thing that went wrong */
  GError *store_error;        /* (nullable): the journal failed: that ends the pass too */
} XsSyncRun;

/** xs_sync_run_is_over: whether the pass has to stop here. */
gboolean xs_sync_run_is_over (XsSyncRun *run);

/** xs_sync_run_note: take in how the sending of one item went; REFUSED, DONE and CANCELLED say nothing here. */
void xs_sync_run_note (XsSyncRun *run, const XsSyncReply *reply);
/**
 * xs_sync_run_note_refresh: the same of something to be fetched; what is to be sent goes without it, unless the
 * platform asks for a pause.
 */
void xs_sync_run_note_refresh (XsSyncRun *run, const XsSyncReply *reply);

/** xs_sync_run_store: @func on the store's thread. Returns: FALSE after an error, which ends the pass. */
gboolean xs_sync_run_store (XsSyncRun *run, XsStoreFunc func, gpointer data);

/** xs_sync_refresh: policy, roster and the registration photos that the journal misses. */
void xs_sync_refresh (XsSyncRun *run);

/** xs_sync_drain: send what is due, until nothing is. */
void xs_sync_drain (XsSyncRun *run);

G_END_DECLS
