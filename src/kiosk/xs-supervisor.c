/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "xs-supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A kiosk that lives longer has not failed at its start. */
#define QUICK_US (20 * (gint64) G_USEC_PER_SEC)
#define QUICK_DEATHS_MAX 5
#define BEAT_S 1
/* Without its display (1), and with options that cannot be understood (2), it will do no better the next time. */
#define HOPELESS_STATUS_MAX 2

typedef struct {
  sigset_t watched;
  pid_t child;
  int beats_fd;
  gint64 heard_us; /* the last sign of life; before the first, the start */
  gboolean ending; /* somebody asked for it */
} Supervisor;

/* Of the child: where its signs of life go. */
static int beat_fd = -1;

static gboolean
beat (gpointer data)
{
  /* A pipe that is full has signs enough. */
  if (write (beat_fd, "", 1) < 0 && errno != EAGAIN)
    return G_SOURCE_REMOVE;
  return G_SOURCE_CONTINUE;
}

void
xs_supervisor_begin_beating (void)
{
  if (beat_fd >= 0)
    g_timeout_add_seconds (BEAT_S, beat, NULL);
}

static gboolean
fork_child (Supervisor *self, const sigset_t *before)
{
  pid_t parent = getpid ();
  int fds[2];

  self->child = -1;
  if (pipe2 (fds, O_CLOEXEC | O_NONBLOCK) != 0)
    return FALSE;
  self->child = fork ();
  if (self->child != 0)
    {
      (void) close (fds[1]);
      self->beats_fd = fds[0];
      self->heard_us = g_get_monotonic_time ();
      return FALSE;
    }
  (void) close (fds[0]);
  beat_fd = fds[1];
  (void) sigprocmask (SIG_SETMASK, before, NULL);
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
  /* It may have died before that. */
  if (getppid () != parent)
    (void) raise (SIGTERM);
  return TRUE;
}

/* A child that hangs is killed, which then is told as any other death. */
static void
watch_beats (Supervisor *self, gint64 watchdog_s)
{
  char beats[64];

  while (read (self->beats_fd, beats, sizeof beats) > 0)
    self->heard_us = g_get_monotonic_time ();
  if (g_get_monotonic_time () - self->heard_us < watchdog_s * G_USEC_PER_SEC)
    return;
  g_message ("The kiosk gave no sign of life for %d s", (int) watchdog_s);
  (void) kill (self->child, SIGKILL);
}

/* @signal_number: -1: none came. Returns: whether the child has ended. */
static gboolean
take_signal (Supervisor *self, int signal_number, int *wait_status)
{
  if (signal_number < 0)
    return FALSE;
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

static void
wait_for_end (Supervisor *self, gint64 watchdog_s, int *wait_status)
{
  const struct timespec interval = { .tv_sec = BEAT_S };

  while (!take_signal (self, sigtimedwait (&self->watched, NULL, &interval), wait_status))
    watch_beats (self, watchdog_s);
  (void) close (self->beats_fd);
}

gboolean
xs_supervisor_run (gint64 watchdog_s, int *status)
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
      wait_for_end (&self, watchdog_s, &wait_status);
      *status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 1;
      if (self.ending || (WIFEXITED (wait_status) && (*status <= HOPELESS_STATUS_MAX || *status >= XS_ENDING_LEAVE)))
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
