/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-duties.h"

#include "xs-error.h"
#include "xs-platform-audit.h"

#include <signal.h>

#define AUDITOR "xueshi-auditor"
/* An auditor that ends is started again after so long, twice as long each time it ends at once. */
#define RESTART_MIN_S 1
#define RESTART_MAX_S 60
#define RAN_WELL_US (60 * G_USEC_PER_SEC)
#define SETTLEMENT_LOOK_S 20
/* An auditor that is told to stop has so long to end the log it looks at. */
#define STOP_S 5

struct _XsPlatformDuties {
  XsPlatformStorage *storage;
  char *data_dir;
  char *auditor;
  GSubprocess *process;
  gboolean stopping;
  gint64 started_us;
  guint restart_s;
  guint restart_source, settlement_source;
  gint64 settlement_us;
};

char *
xs_platform_find_auditor (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, AUDITOR, NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_find_program_in_path (AUDITOR);
}

gboolean
xs_platform_run_auditor (const char *data_dir, GError **error)
{
  g_autofree char *auditor = xs_platform_find_auditor ();

  if (auditor == NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NOT_FOUND,
                           AUDITOR " is neither beside this program nor in PATH: install it");
      return FALSE;
    }
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, error, auditor, "--data", data_dir, "--once", NULL);
  if (process != NULL && g_subprocess_wait_check (process, NULL, error))
    return TRUE;
  xs_error_convert (error);
  return FALSE;
}

static void start_auditor (XsPlatformDuties *duties);

static gboolean
on_restart (gpointer data)
{
  XsPlatformDuties *duties = data;

  duties->restart_source = 0;
  start_auditor (duties);
  return G_SOURCE_REMOVE;
}

static void
plan_restart (XsPlatformDuties *duties)
{
  if (g_get_monotonic_time () - duties->started_us > RAN_WELL_US)
    duties->restart_s = RESTART_MIN_S;
  g_message ("The auditor is started again in %u s", duties->restart_s);
  duties->restart_source = g_timeout_add_seconds (duties->restart_s, on_restart, duties);
  duties->restart_s = MIN (2 * duties->restart_s, RESTART_MAX_S);
}

static void
on_auditor_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  XsPlatformDuties *duties = data;

  (void) g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_clear_object (&duties->process);
  if (!duties->stopping)
    plan_restart (duties);
}

static void
start_auditor (XsPlatformDuties *duties)
{
  g_autoptr (GError) error = NULL;

  duties->started_us = g_get_monotonic_time ();
  duties->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, duties->auditor, "--data",
                                      duties->data_dir, "--with-parent", NULL);
  if (duties->process != NULL)
    {
      g_subprocess_wait_async (duties->process, NULL, on_auditor_ended, duties);
      return;
    }
  g_message ("Logs wait for a verdict: no auditor can be started: %s", error->message);
  plan_restart (duties);
}

static void
plan_settlement (XsPlatformDuties *duties)
{
  g_autoptr (GError) error = NULL;
  gint64 now_us = xs_clock_wall_us (xs_platform_storage_get_clock (duties->storage));

  if (!xs_platform_audit_next_settlement_us (duties->storage, now_us, &duties->settlement_us, &error))
    {
      g_message ("The settlement cannot be planned: %s", error->message);
      duties->settlement_us = G_MAXINT64;
    }
}

/* A clock that is set back plans anew; one that jumps over the hour settles at once. */
static gboolean
on_look (gpointer data)
{
  XsPlatformDuties *duties = data;
  XsAuditSettlement settlement;
  g_autoptr (GError) error = NULL;
  gint64 now_us = xs_clock_wall_us (xs_platform_storage_get_clock (duties->storage));

  if (now_us >= duties->settlement_us)
    {
      if (!xs_platform_audit_settle (duties->storage, &settlement, &error))
        {
          g_message ("The day cannot be settled: %s", error->message);
          return G_SOURCE_CONTINUE;
        }
      g_message ("Settled: %u logs ready for the province, %u undecided, %u open to appeal", settlement.n_ready,
                 settlement.n_open, settlement.n_appealable);
    }
  plan_settlement (duties);
  return G_SOURCE_CONTINUE;
}

XsPlatformDuties *
xs_platform_duties_start (XsPlatformStorage *storage, const char *data_dir, const char *auditor)
{
  XsPlatformDuties *duties = g_new0 (XsPlatformDuties, 1);

  duties->storage = storage;
  duties->data_dir = g_strdup (data_dir);
  duties->auditor = g_strdup (auditor);
  duties->restart_s = RESTART_MIN_S;
  plan_settlement (duties);
  duties->settlement_source = g_timeout_add_seconds (SETTLEMENT_LOOK_S, on_look, duties);
  if (auditor != NULL)
    start_auditor (duties);
  return duties;
}

static gboolean
on_stop_over (gpointer data)
{
  XsPlatformDuties *duties = data;

  if (duties->process != NULL)
    g_subprocess_force_exit (duties->process);
  return G_SOURCE_CONTINUE;
}

void
xs_platform_duties_stop (XsPlatformDuties *duties)
{
  if (duties == NULL)
    return;
  duties->stopping = TRUE;
  g_clear_handle_id (&duties->restart_source, g_source_remove);
  g_clear_handle_id (&duties->settlement_source, g_source_remove);
  if (duties->process != NULL)
    {
      guint stop_source = g_timeout_add_seconds (STOP_S, on_stop_over, duties);
      g_subprocess_send_signal (duties->process, SIGTERM);
      while (duties->process != NULL)
        g_main_context_iteration (NULL, TRUE);
      g_source_remove (stop_source);
    }
  g_free (duties->data_dir);
  g_free (duties->auditor);
  g_free (duties);
}
