/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-auditor.h"
#include "xs-error.h"
#include "xs-look-worker.h"
#include "xs-platform-log.h"

#include <glib-unix.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A photo takes 0.1 s; what takes this long is no photo. */
#define PICTURE_US (10 * G_USEC_PER_SEC)
/* After something went wrong that is not the log's fault. */
#define PAUSE_US (5 * G_USEC_PER_SEC)
/* Kiosks wait for their answers, and nobody for a verdict at once: a tenth of a core that all want. */
#define NICENESS 10

typedef struct {
  char *data_dir;
  gboolean once;
  gboolean with_parent;
  int lease_s;
  GMainLoop *loop;
  GCancellable *cancellable; /* no further log is begun */
  XsPlatformStorage *storage;
  XsAuditor *auditor;
  gboolean failed;
} Program;

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

/* Nothing is ever sent: whoever started it has ended. */
static gboolean
on_parent_gone (int fd, GIOCondition condition, gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
complain (const GError *error)
{
  g_autofree char *message = g_strdup (error->message);

  xs_platform_log_mask (message);
  g_printerr ("xueshi-auditor: %s\n", message);
}

static gboolean
stop_loop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/* Until the pause is over or it shall end. */
static void
pause_after_failure (Program *program)
{
  GPollFD cancelled;

  if (!g_cancellable_make_pollfd (program->cancellable, &cancelled))
    return;
  g_poll (&cancelled, 1, PAUSE_US / 1000);
  g_cancellable_release_fd (program->cancellable);
}

/* On a thread of its own, since a log takes its time. */
static gpointer
judge_logs (gpointer data)
{
  Program *program = data;
  g_autoptr (XsSqlWatch) news = xs_platform_audit_watch_queue (program->storage);

  while (!g_cancellable_is_cancelled (program->cancellable))
    {
      gboolean found = FALSE;
      gint64 wait_us = 0;
      g_autoptr (GError) error = NULL;
      if (!xs_auditor_run_one (program->auditor, &found, &wait_us, &error))
        {
          complain (error);
          program->failed = TRUE;
        }
      if (program->once && !found)
        break;
      if (error != NULL)
        pause_after_failure (program);
      else if (!found)
        xs_sql_watch_wait (news, wait_us, program->cancellable);
    }
  g_idle_add (stop_loop, program->loop);
  return NULL;
}

static gboolean
run (Program *program, const char *self, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (program->data_dir, xs_clock_system (), error);
  g_autoptr (XsLooker) looker = storage != NULL ? xs_looker_new (self, PICTURE_US, error) : NULL;

  if (looker == NULL)
    return FALSE;
  g_autoptr (XsAuditor) auditor = xs_auditor_new (storage, looker, (gint64) program->lease_s * G_USEC_PER_SEC);
  guint on_term = g_unix_signal_add (SIGTERM, on_signal, loop);
  guint on_int = g_unix_signal_add (SIGINT, on_signal, loop);
  if (program->with_parent)
    g_unix_fd_add (0, G_IO_IN | G_IO_HUP, on_parent_gone, loop);
  program->loop = loop;
  program->cancellable = cancellable;
  program->storage = storage;
  program->auditor = auditor;
  GThread *thread = g_thread_new ("judge", judge_logs, program);
  g_main_loop_run (loop);
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  g_source_remove (on_term);
  g_source_remove (on_int);
  if (!program->once || !program->failed)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_FAILED, "Not every log could be judged; those wait");
  return FALSE;
}

static gboolean
parse (Program *program, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &program->data_dir, "Folder of the platform", "DIR" },
    { "once", 0, 0, G_OPTION_ARG_NONE, &program->once, "Judge what waits, then end", NULL },
    { "with-parent", 0, 0, G_OPTION_ARG_NONE, &program->with_parent, "End when the standard input is closed", NULL },
    { "lease", 0, 0, G_OPTION_ARG_INT, &program->lease_s, "Another auditor may take a log after this long (300)",
      "SECONDS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Judge the logs that wait on a platform. “xueshi-platform serve” runs it.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc == 1 && program->data_dir != NULL && program->lease_s >= 1)
    return TRUE;
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--data is missing; see --help");
  return FALSE;
}

int
main (int argc, char **argv)
{
  Program program = { .lease_s = 300 };
  g_autoptr (GError) error = NULL;

  /* What is held in memory is faces: no core file, and no file that others can read. */
  (void) setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
  umask (077);
  setlocale (LC_ALL, "");
  if (argc == 2 && strcmp (argv[1], "--worker") == 0)
    return xs_look_worker_run ();
  if (argc == 2 && strcmp (argv[1], "--version") == 0)
    {
      g_print ("xueshi-auditor %s\n", XS_VERSION);
      return 0;
    }
  if (!parse (&program, argc, argv, &error))
    {
      complain (error);
      return 2;
    }
  (void) nice (NICENESS);
  gboolean done = run (&program, "/proc/self/exe", &error);
  g_free (program.data_dir);
  if (done)
    return 0;
  complain (error);
  return 1;
}
