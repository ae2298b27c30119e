/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-looker.h"

#include "xs-error.h"
#include "xs-look-protocol.h"
#include "xs-wire-review.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The models are checked and loaded: 0.3 s, ten times that under a sanitizer on a busy machine. */
#define START_US (30 * G_USEC_PER_SEC)
/* A child looks at one log; the longest has 300 photos. */
#define CHILD_SECONDS 300

struct _XsLooker {
  char *program;
  gint64 picture_us;
  GPid pid;       /* 0: no worker */
  int control_fd; /* -1: none */
  int log_fd;     /* to the child; -1: none */
};

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
stop_worker (XsLooker *looker)
{
  close_fd (&looker->log_fd);
  close_fd (&looker->control_fd);
  if (looker->pid == 0)
    return;
  kill (looker->pid, SIGKILL);
  while (waitpid (looker->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  looker->pid = 0;
}

static gboolean
make_pair (int fds[2], gint64 timeout_us, GError **error)
{
  struct timeval timeout = { timeout_us / G_USEC_PER_SEC, timeout_us % G_USEC_PER_SEC };

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "No socket for the auditor's worker: %s", g_strerror (errno));
      return FALSE;
    }
  /* Of our end: who does not answer is given up. */
  setsockopt (fds[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fds[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  return TRUE;
}

static gboolean
start_worker (XsLooker *looker, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *const argv[] = { looker->program, "--worker", NULL };
  int fds[2];
  const int target = XS_LOOK_CONTROL_FD;
  char ready = 0;

  if (!make_pair (fds, START_US, error))
    return FALSE;
  gboolean started = g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1,
                                                       -1, &fds[1], &target, 1, &looker->pid, NULL, NULL, NULL, &cause);
  close (fds[1]);
  looker->control_fd = fds[0];
  if (started && xs_look_read (looker->control_fd, &ready, 1) && ready == XS_LOOK_READY)
    return TRUE;
  if (!started)
    looker->pid = 0;
  stop_worker (looker);
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "The auditor's worker does not start: %s",
               cause != NULL ? cause->message : "see what it said before");
  return FALSE;
}

static gboolean
send_order (XsLooker *looker, int fd)
{
  XsLookOrder order = { CHILD_SECONDS };
  char control[CMSG_SPACE (sizeof fd)] = { 0 };
  struct iovec part = { &order, sizeof order };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (header), &fd, sizeof fd);
  return sendmsg (looker->control_fd, &message, MSG_NOSIGNAL) == sizeof order;
}

/*
 * A worker that is gone is started once more. A child that does not come so far as to lock itself in has seen no
 * picture yet: no picture is to blame.
 */
static gboolean
ensure_child (XsLooker *looker, GError **error)
{
  int fds[2];
  char ready = 0;

  if (looker->log_fd >= 0)
    return TRUE;
  for (guint i = 0; i < 2; i++)
    {
      if (looker->control_fd < 0 && !start_worker (looker, error))
        return FALSE;
      if (!make_pair (fds, looker->picture_us, error))
        return FALSE;
      gboolean sent = send_order (looker, fds[1]);
      close (fds[1]);
      looker->log_fd = fds[0];
      if (sent && xs_look_read (looker->log_fd, &ready, 1) && ready == XS_LOOK_READY)
        return TRUE;
      stop_worker (looker);
    }
  g_set_error_literal (
    error, XS_ERROR, XS_ERROR_FAILED,
    "No process can be made and locked in to look at pictures: is memory short, or seccomp forbidden?");
  return FALSE;
}

XsLooker *
xs_looker_new (const char *program, gint64 picture_us, GError **error)
{
  g_autoptr (XsLooker) looker = g_new0 (XsLooker, 1);

  looker->program = g_strdup (program);
  looker->picture_us = picture_us;
  looker->control_fd = looker->log_fd = -1;
  signal (SIGPIPE, SIG_IGN);
  return start_worker (looker, error) ? g_steal_pointer (&looker) : NULL;
}

void
xs_looker_free (XsLooker *looker)
{
  if (looker == NULL)
    return;
  stop_worker (looker);
  g_free (looker->program);
  g_free (looker);
}

void
xs_looker_begin (XsLooker *looker)
{
  close_fd (&looker->log_fd);
}

int
xs_looker_get_pid (XsLooker *looker)
{
  return looker->pid;
}

static gboolean
is_report_sound (const XsPhotoReport *report)
{
  gboolean sound = report->n_items <= XS_PHOTO_N_ITEMS && (guint) report->verdict <= XS_PHOTO_CANNOT_TELL
                   && report->width_px >= 0 && report->width_px <= XS_REVIEW_PX_MAX && report->height_px >= 0
                   && report->height_px <= XS_REVIEW_PX_MAX;

  for (guint i = 0; sound && i < report->n_items; i++)
    sound = (guint) report->items[i].code < XS_PHOTO_N_ITEMS && (guint) report->items[i].state <= XS_PHOTO_CANNOT_TELL;
  return sound;
}

/* Whoever made the picture may by now write the answers: nothing of them may do harm here. */
static gboolean
is_sound (const XsLookRequest *request, XsLookReply *reply)
{
  const char *hash = reply->observation.picture_hash;
  double length = 0;

  reply->why[sizeof reply->why - 1] = '\0';
  if (!reply->ok)
    return g_utf8_validate (reply->why, -1, NULL);
  if (request->what == XS_LOOK_CHECK)
    return is_report_sound (&reply->report);
  if (request->what == XS_LOOK_OBSERVE)
    return reply->observation.n_faces <= XS_MAX_FACES && memchr (hash, '\0', XS_PICTURE_HASH_DIGITS + 1) != NULL
           && (hash[0] == '\0' || xs_picture_hash_distance (hash, hash) == 0) && !(fabsf (reply->observation.match) > 1)
           && !(reply->observation.live < 0 || reply->observation.live > 1);
  for (guint i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    length += (double) reply->reference.values[i] * (double) reply->reference.values[i];
  return length > 0.99 && length < 1.01;
}

static gboolean
exchange (XsLooker *looker, const XsLookRequest *request, gconstpointer data, XsLookReply *reply)
{
  return xs_look_write (looker->log_fd, request, sizeof *request)
         && xs_look_write (looker->log_fd, data, request->size_bytes)
         && xs_look_read (looker->log_fd, reply, sizeof *reply) && is_sound (request, reply);
}

/* It may say what is wrong with the picture, and not that anything is wrong with us. */
static XsError
code_of (const XsLookReply *reply)
{
  gboolean of_picture =
    reply->code == XS_ERROR_MEDIA || reply->code == XS_ERROR_NO_FACE || reply->code == XS_ERROR_INVALID;

  return of_picture ? (XsError) reply->code : XS_ERROR_CORRUPT;
}

/* Whatever holds a child up ends by the kernel's clock. One may die for no fault of the picture: it has two. */
static gboolean
ask (XsLooker *looker, XsLookRequest *request, GBytes *jpeg, XsLookReply *reply, GError **error)
{
  gconstpointer data = g_bytes_get_data (jpeg, &request->size_bytes);

  for (guint i = 0; i < 2; i++)
    {
      if (!ensure_child (looker, error))
        return FALSE;
      if (exchange (looker, request, data, reply))
        {
          if (!reply->ok)
            g_set_error_literal (error, XS_ERROR, code_of (reply), reply->why);
          return reply->ok;
        }
      close_fd (&looker->log_fd);
    }
  g_set_error_literal (error, XS_ERROR, XS_ERROR_CORRUPT, "The picture stopped the process that looked at it");
  return FALSE;
}

gboolean
xs_looker_enrol (XsLooker *looker, GBytes *jpeg, XsTemplate *out, GError **error)
{
  g_autofree XsLookRequest *request = g_new0 (XsLookRequest, 1);
  g_autofree XsLookReply *reply = g_new0 (XsLookReply, 1);

  request->what = XS_LOOK_ENROL;
  if (!ask (looker, request, jpeg, reply, error))
    return FALSE;
  *out = reply->reference;
  return TRUE;
}

gboolean
xs_looker_observe (XsLooker *looker, GBytes *jpeg, const XsTemplate *reference, XsObservation *out, GError **error)
{
  g_autofree XsLookRequest *request = g_new0 (XsLookRequest, 1);
  g_autofree XsLookReply *reply = g_new0 (XsLookReply, 1);

  request->has_reference = reference != NULL;
  if (reference != NULL)
    request->reference = *reference;
  if (!ask (looker, request, jpeg, reply, error))
    return FALSE;
  *out = reply->observation;
  return TRUE;
}

gboolean
xs_looker_check (XsLooker *looker, GBytes *jpeg, XsPhotoReport *out, GError **error)
{
  g_autofree XsLookRequest *request = g_new0 (XsLookRequest, 1);
  g_autofree XsLookReply *reply = g_new0 (XsLookReply, 1);

  request->what = XS_LOOK_CHECK;
  if (!ask (looker, request, jpeg, reply, error))
    return FALSE;
  *out = reply->report;
  return TRUE;
}
