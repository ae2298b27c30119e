/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-crash-point.h"

#if XS_CRASH_POINTS

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "XUESHI_CRASH_AT"

static const char *const labels[] = {
  /* A new journal */
  "journal-keys-made",
  "journal-device-inserted",
  /* The kiosk's session; a photo's file is one of those that xs_blob_write() makes */
  "session-inserted",
  "session-committed",
  "photo-encoded",
  "photo-sealed",
  "file-written",
  "file-flushed",
  "file-renamed",
  "photo-filed",
  "photo-inserted",
  "photo-committed",
  "progress-inserted",
  "progress-committed",
  "sign-out-asked",
  "segment-progress-stored",
  "segment-numbered",
  "segment-signed",
  "segment-inserted",
  "segment-committed",
  /* What the learner has against it */
  "appeal-inserted",
  "appeal-committed",
  /* What the learner decides about the own face */
  "consent-inserted",
  "consent-committed",
  /* The next start */
  "recover-closed",
  "recover-cleaned",
  /* The way to the platform */
  "photo-put",
  "photo-answered",
  "photo-acknowledged",
  "log-put",
  "log-answered",
  "log-acknowledged",
  "roster-inserted",
  "appeal-put",
  "appeal-answered",
  "appeal-acknowledged",
  "consent-put",
  "consent-answered",
  "consent-acknowledged",
  "course-piece-kept",
  "course-fetched",
  /* The platform */
  "upload-received",
  "upload-named",
  "upload-flushed",
  "upload-filed",
  "upload-recorded",
  "log-inserted",
  "log-committed",
  "photo-locked",
  "photos-filed",
  "photo-removed",
  "learner-key-destroyed",
  "appeal-filed",
  "appeal-recorded",
  "consent-filed",
  "consent-recorded",
  "course-filed",
  NULL,
};

typedef struct {
  const char *label; /* NULL: nothing is to happen */
  int passage;
} Target;

static gpointer
read_target (gpointer unused)
{
  Target *target = g_new0 (Target, 1);
  const char *wanted = g_getenv (VARIABLE);

  if (wanted == NULL || *wanted == '\0')
    return target;
  g_auto (GStrv) parts = g_strsplit (wanted, ":", 2);
  for (guint i = 0; labels[i] != NULL; i++)
    {
      if (strcmp (labels[i], parts[0]) == 0)
        target->label = labels[i];
    }
  target->passage = parts[1] != NULL ? (int) g_ascii_strtoll (parts[1], NULL, 10) : 1;
  if (target->label == NULL || target->passage < 1)
    g_error (VARIABLE "=%s: no such point", wanted); /* nocheck:blocked-function: or a misspelt test would pass */
  return target;
}

void
xs_crash_point (const char *label)
{
  static GOnce once = G_ONCE_INIT;
  static int passed;
  const Target *target = g_once (&once, read_target, NULL);

  if (target->label == NULL || strcmp (target->label, label) != 0)
    return;
  if (g_atomic_int_add (&passed, 1) + 1 != target->passage)
    return;
  kill (getpid (), SIGKILL);
  /* Not one more instruction of the caller, whatever thread the signal takes first. */
  for (;;)
    pause ();
}

const char *const *
xs_crash_points (void)
{
  return labels;
}

#endif
