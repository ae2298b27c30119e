/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-job.h"

struct _XsSyncJob {
  XsSyncPass pass;
  char *url; /* (nullable): of a pairing */
  char *code;
  GThread *thread;
  GCancellable *cancellable;
  GMainContext *context;
  GSource *done_source; /* attached by the thread as the last thing it does */
  XsSyncJobDone done;
  gpointer user_data;
  GError *error;
};

static gpointer
run (gpointer data)
{
  XsSyncJob *job = data;
  g_autoptr (GMainContext) own = g_main_context_new ();
  gboolean ok;

  g_main_context_push_thread_default (own);
  if (job->code != NULL)
    ok = xs_sync_pair_run (job->pass.store, job->pass.clock, &job->pass.timing.timeouts, job->url, job->code,
                           job->cancellable, &job->error);
  else
    ok = xs_sync_pass_run (&job->pass, job->cancellable, &job->error);
  g_main_context_pop_thread_default (own);
  g_warn_if_fail (ok == (job->error == NULL));

  g_source_attach (job->done_source, job->context);
  return NULL;
}

static gboolean
on_done (gpointer data)
{
  XsSyncJob *job = data;

  job->done (job, job->user_data);
  return G_SOURCE_REMOVE;
}

static XsSyncJob *
job_new (const XsSyncPass *pass, const char *url, const char *code, XsSyncJobDone done, gpointer user_data)
{
  XsSyncJob *job = g_new0 (XsSyncJob, 1);

  job->pass = *pass;
  g_object_ref (job->pass.store);
  xs_clock_ref (job->pass.clock);
  job->url = g_strdup (url);
  job->code = g_strdup (code);
  job->done = done;
  job->user_data = user_data;
  job->cancellable = g_cancellable_new ();
  job->context = g_main_context_ref_thread_default ();
  job->done_source = g_idle_source_new ();
  g_source_set_priority (job->done_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (job->done_source, on_done, job, NULL);
  job->thread = g_thread_new (code != NULL ? "xs-pair" : "xs-sync", run, job);
  return job;
}

XsSyncJob *
xs_sync_job_new_pass (const XsSyncPass *pass, XsSyncJobDone done, gpointer user_data)
{
  return job_new (pass, NULL, NULL, done, user_data);
}

XsSyncJob *
xs_sync_job_new_pair (const XsSyncPass *pass, const char *url, const char *code, XsSyncJobDone done, gpointer user_data)
{
  return job_new (pass, url, code, done, user_data);
}

void
xs_sync_job_free (XsSyncJob *job)
{
  if (job == NULL)
    return;
  g_cancellable_cancel (job->cancellable);
  g_thread_join (job->thread);
  g_source_destroy (job->done_source);
  g_source_unref (job->done_source);
  g_main_context_unref (job->context);
  g_object_unref (job->cancellable);
  g_object_unref (job->pass.store);
  xs_clock_unref (job->pass.clock);
  g_clear_error (&job->error);
  g_free (job->url);
  g_free (job->code);
  g_free (job);
}

void
xs_sync_job_cancel (XsSyncJob *job)
{
  g_cancellable_cancel (job->cancellable);
}

gboolean
xs_sync_job_is_pair (XsSyncJob *job)
{
  return job->code != NULL;
}

const XsSyncPass *
xs_sync_job_get_pass (XsSyncJob *job)
{
  return &job->pass;
}

const GError *
xs_sync_job_get_error (XsSyncJob *job)
{
  return job->error;
}
