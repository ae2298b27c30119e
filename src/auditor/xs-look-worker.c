/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-look-worker.h"

#include "xs-audit-sandbox.h"
#include "xs-error.h"
#include "xs-look-protocol.h"
#include "xs-picture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sealed photos hold up to 1 MiB, registration photos 4. */
#define PICTURE_MAX_BYTES (4 * 1024 * 1024)

/* Read before anything is locked in. */
static XsPhotoRules photo_rules;

gboolean
xs_look_read (int fd, gpointer data, gsize size)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = read (fd, (char *) data + done, size - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += (gsize) n;
    }
  return TRUE;
}

gboolean
xs_look_write (int fd, gconstpointer data, gsize size)
{
  for (gsize done = 0; done < size;)
    {
      gssize n = write (fd, (const char *) data + done, size - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += (gsize) n;
    }
  return TRUE;
}

static gboolean
look (XsVision *vision, const XsLookRequest *request, GBytes *jpeg, XsLookReply *reply, GError **error)
{
  g_autoptr (XsFrame) picture = xs_picture_decode (jpeg, error);

  if (picture == NULL)
    return FALSE;
  if (request->what == XS_LOOK_ENROL)
    return xs_vision_enrol (vision, picture, &reply->reference, error);
  if (request->what == XS_LOOK_CHECK)
    return xs_photo_check (vision, picture, &photo_rules, 0, &reply->report, error);
  xs_vision_set_reference (vision, request->has_reference ? &request->reference : NULL);
  return xs_vision_observe_picture (vision, picture, &reply->observation, error);
}

static void
answer (XsVision *vision, const XsLookRequest *request, GBytes *jpeg, XsLookReply *reply)
{
  g_autoptr (GError) error = NULL;

  memset (reply, 0, sizeof *reply);
  reply->ok = look (vision, request, jpeg, reply, &error);
  if (reply->ok)
    return;
  reply->code = xs_error_code (error);
  g_strlcpy (reply->why, error->message, sizeof reply->why);
}

/* The child: whatever a picture does to it ends with this log. */
static void
serve (XsVision *vision, int fd, guint seconds)
{
  const char ready = XS_LOOK_READY;
  g_autoptr (GError) error = NULL;
  g_autofree XsLookRequest *request = g_new (XsLookRequest, 1);
  g_autofree XsLookReply *reply = g_new (XsLookReply, 1);

  if (!xs_audit_sandbox_enter (seconds, &error) || !xs_look_write (fd, &ready, 1))
    _exit (1);
  while (xs_look_read (fd, request, sizeof *request))
    {
      if (request->size_bytes > PICTURE_MAX_BYTES)
        _exit (1);
      g_autofree guint8 *data = g_malloc (request->size_bytes + 1);
      if (!xs_look_read (fd, data, request->size_bytes))
        break;
      g_autoptr (GBytes) jpeg = g_bytes_new_static (data, request->size_bytes);
      answer (vision, request, jpeg, reply);
      if (!xs_look_write (fd, reply, sizeof *reply))
        break;
    }
  _exit (0);
}

/* Decoders, and OpenCV, read files and set themselves up when first used: in the sandbox it would be too late. */
static gboolean
warm_up (XsVision *vision, GError **error)
{
  enum { side_px = 256 };
  guint8 *grey = g_malloc (3 * side_px * side_px);
  XsObservation observation;
  XsPhotoReport report;

  xs_photo_rules_default (&photo_rules);
  memset (grey, 128, 3 * side_px * side_px);
  g_autoptr (GBytes) pixels = g_bytes_new_take (grey, 3 * side_px * side_px);
  g_autoptr (XsFrame) frame = xs_frame_new (side_px, side_px, 3 * side_px, 0, pixels);
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 80, error);
  g_autoptr (XsFrame) decoded = jpeg != NULL ? xs_picture_decode (jpeg, error) : NULL;

  return decoded != NULL && xs_vision_observe_picture (vision, decoded, &observation, error)
         && xs_photo_check (vision, decoded, &photo_rules, 0, &report, error);
}

/* (out) the socket of a new log, -1 when the auditor is gone. */
static int
receive_order (XsLookOrder *order)
{
  char control[CMSG_SPACE (sizeof (int))] = { 0 };
  struct iovec part = { order, sizeof *order };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  int fd = -1;
  gssize n;

  do
    n = recvmsg (XS_LOOK_CONTROL_FD, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  struct cmsghdr *header = n == sizeof *order ? CMSG_FIRSTHDR (&message) : NULL;
  if (header != NULL && header->cmsg_type == SCM_RIGHTS)
    memcpy (&fd, CMSG_DATA (header), sizeof fd);
  return fd;
}

static void
close_all_but (int fd)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int i = 0; null >= 0 && i < 3; i++)
    dup2 (null, i);
  close (null);
  close (XS_LOOK_CONTROL_FD);
  g_assert (fd > 2);
}

int
xs_look_worker_run (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsVision) vision = xs_vision_new (NULL, &error);
  const char ready = XS_LOOK_READY;
  XsLookOrder order;
  int fd;

  if (vision == NULL || !warm_up (vision, &error))
    {
      g_printerr ("xueshi-auditor: %s\n", error->message);
      return 1;
    }
  signal (SIGPIPE, SIG_IGN);
  if (!xs_look_write (XS_LOOK_CONTROL_FD, &ready, 1))
    return 0;
  while ((fd = receive_order (&order)) >= 0)
    {
      if (fork () == 0)
        {
          close_all_but (fd);
          serve (vision, fd, order.seconds);
        }
      close (fd);
      while (waitpid (-1, NULL, WNOHANG) > 0)
        ;
    }
  return 0;
}
