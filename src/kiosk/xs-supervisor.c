/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-supervisor.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A kiosk that lives longer has not failed at its start. */
#define QUICK_US (20 * (gint64) G_USEC_PER_SEC)
#define QUICK_DEATHS_MAX 5
/* Options that cannot be understood will not be the next time. */
#define USAGE_STATUS 2

typedef struct {
  sigset_t watched;
  pid_t child;
  gboolean ending; /* somebody asked for it */
} Supervisor;

static gboolean
fork_child (Supervisor *self, const sigset_t *before)
{
  pid_t parent = getpid ();

  self->child = fork ();
  if (self->child != 0)
    return FALSE;
  (void) sigprocmask (SIG_SETMASK, before, NULL);
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
  /* It may have died before that. */
  if (getppid () != parent)
    (void) raise (SIGTERM);
  return TRUE;
}

/* Returns: whether the child has ended. */
static gboolean
take_signal (Supervisor *self, int signal_number, int *wait_status)
{
  if (signal_number != SIGCHLD)
    {
      self->ending = TRUE;
      (void) kill (self->child, SIGTERM);
      return FALSE;
    }
  return waitpid (self->child, wait_status, WNOHANG) == self->child;
}

/* @deaths: so many in a row. A signal that asks for the end is not waited out. */
static void
pause_before_next (Supervisor *self, guint deaths)
{
  const struct timespec delay = { .tv_sec = (time_t) deaths };

  if (deaths > 0 && sigtimedwait (&self->watched, NULL, &delay) > 0)
    self->ending = TRUE;
}

static void
tell (int wait_status)
{
  if (WIFSIGNALED (wait_status))
    g_message ("The kiosk was ended by signal %d (%s); it is started again", WTERMSIG (wait_status),
               strsignal (WTERMSIG (wait_status)));
  else
    g_message ("The kiosk ended with status %d; it is started again", WEXITSTATUS (wait_status));
}

gboolean
xs_supervisor_run (int *status)
{
  Supervisor self = { 0 };
  sigset_t before;
  guint deaths = 0;

  sigemptyset (&self.watched);
  sigaddset (&self.watched, SIGCHLD);
  sigaddset (&self.watched, SIGTERM);
  sigaddset (&self.watched, SIGINT);
  sigaddset (&self.watched, SIGHUP);
  (void) sigprocmask (SIG_BLOCK, &self.watched, &before);

  while (TRUE)
    {
      gint64 begun_us = g_get_monotonic_time ();
      int wait_status = 0;

      if (fork_child (&self, &before))
        return TRUE;
      if (self.child < 0)
        {
          g_printerr ("xueshi-kiosk: cannot start a process: %s\n", g_strerror (errno));
          *status = 1;
          return FALSE;
        }
      while (!take_signal (&self, sigwaitinfo (&self.watched, NULL), &wait_status))
        ;
      *status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 1;
      if (self.ending || *status == 0 || *status == USAGE_STATUS)
        return FALSE;
      deaths = g_get_monotonic_time () - begun_us < QUICK_US ? deaths + 1 : 0;
      if (deaths >= QUICK_DEATHS_MAX)
        {
          g_printerr ("xueshi-kiosk: it ended %u times right after its start: giving up\n", deaths);
          return FALSE;
        }
      tell (wait_status);
      pause_before_next (&self, deaths > 0 ? deaths - 1 : 0);
      if (self.ending)
        return FALSE;
    }
}
