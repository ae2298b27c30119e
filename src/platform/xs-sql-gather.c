/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sql-gather.h"

void
xs_sql_gather_init (XsSqlGather *gather, XsSql *sql, XsSqlLead lead, guint jobs_max)
{
  *gather = (XsSqlGather){ .sql = sql, .lead = lead, .jobs_max = jobs_max };
  g_mutex_init (&gather->mutex);
  g_queue_init (&gather->waiting);
}

void
xs_sql_gather_clear (XsSqlGather *gather)
{
  g_mutex_clear (&gather->mutex);
}

/* With the mutex held. */
static void
lead_those_waiting (XsSqlGather *gather)
{
  g_autofree XsSqlJob **jobs = g_new (XsSqlJob *, gather->jobs_max);
  XsSqlBatch batch = { gather->sql, jobs, 0 };

  gather->led = TRUE;
  while (batch.n_jobs < gather->jobs_max && !g_queue_is_empty (&gather->waiting))
    jobs[batch.n_jobs++] = g_queue_pop_head (&gather->waiting);
  g_mutex_unlock (&gather->mutex);
  gather->lead (&batch);
  g_mutex_lock (&gather->mutex);
  gather->led = FALSE;
  for (guint i = 0; i < batch.n_jobs; i++)
    {
      jobs[i]->is_done = TRUE;
      g_cond_signal (&jobs[i]->changed);
    }
  if (!g_queue_is_empty (&gather->waiting))
    g_cond_signal (&((XsSqlJob *) g_queue_peek_head (&gather->waiting))->changed);
}

gboolean
xs_sql_gather_run (XsSqlGather *gather, gboolean by_keys, XsSqlFunc func, gpointer data, GError **error)
{
  XsSqlJob job = { .func = func, .data = data, .by_keys = by_keys };

  g_cond_init (&job.changed);
  g_mutex_lock (&gather->mutex);
  g_queue_push_tail (&gather->waiting, &job);
  while (!job.is_done)
    {
      if (gather->led)
        g_cond_wait (&job.changed, &gather->mutex);
      else
        lead_those_waiting (gather);
    }
  g_mutex_unlock (&gather->mutex);
  g_cond_clear (&job.changed);
  if (!job.ok)
    g_propagate_error (error, job.error);
  return job.ok;
}

gboolean
xs_sql_batch_run_plain (XsSqlBatch *batch, GError **error)
{
  for (guint i = 0; i < batch->n_jobs; i++)
    {
      XsSqlJob *job = batch->jobs[i];
      job->ok = job->func (batch->sql, job->data, error);
      if (!job->ok)
        return FALSE;
    }
  return TRUE;
}

gboolean
xs_sql_batch_run (XsSqlBatch *batch, GError **error)
{
  for (guint i = 0; i < batch->n_jobs; i++)
    {
      XsSqlJob *job = batch->jobs[i];
      g_clear_error (&job->error);
      if (!xs_sql_run_part (batch->sql, job->func, job->data, &job->error, error))
        return FALSE;
      job->ok = job->error == NULL;
    }
  return TRUE;
}
