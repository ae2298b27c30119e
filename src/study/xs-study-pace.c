/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-pace.h"

/* What is said of the rate is said of so long. */
#define WINDOW_US (10 * G_USEC_PER_SEC)
/* At most one line in so long: on a slow PC the reason can change with every frame. */
#define LINE_INTERVAL_US (1 * G_USEC_PER_SEC)
/* And about slowness: it comes and goes around the limit. */
#define SLOW_LINE_INTERVAL_US (60 * G_USEC_PER_SEC)
/* A camera gives at most 30 frames a second. */
#define N_FRAMES (30 * 10)

struct _XsStudyPace {
  gint64 frames_us[N_FRAMES]; /* a ring of when the newest came */
  guint n_frames;             /* so far */
  gint64 running_us;          /* since when the camera runs without a break */
  gint64 line_us;             /* when the last line about the reason was written */
  gint64 slow_line_us;        /* when the last about slowness was */
  XsPause pause;              /* as written last */
  gboolean slow;
};

XsStudyPace *
xs_study_pace_new (gint64 time_us)
{
  XsStudyPace *pace = g_new0 (XsStudyPace, 1);

  pace->running_us = time_us;
  pace->line_us = time_us - LINE_INTERVAL_US;
  pace->slow_line_us = time_us - SLOW_LINE_INTERVAL_US;
  pace->pause = XS_PAUSE_STARTING;
  return pace;
}

void
xs_study_pace_free (XsStudyPace *pace)
{
  g_free (pace);
}

void
xs_study_pace_frame (XsStudyPace *pace, gint64 time_us)
{
  pace->frames_us[pace->n_frames++ % N_FRAMES] = time_us;
}

static guint
count_since (const XsStudyPace *pace, gint64 since_us)
{
  guint n_kept = MIN (pace->n_frames, N_FRAMES), count = 0;

  while (count < n_kept && pace->frames_us[(pace->n_frames - 1 - count) % N_FRAMES] > since_us)
    count++;
  return count;
}

double
xs_study_pace_get_fps (const XsStudyPace *pace, gint64 time_us)
{
  gint64 since_us = MAX (time_us - WINDOW_US, pace->running_us);

  return time_us > since_us ? (double) count_since (pace, since_us) * G_USEC_PER_SEC / (double) (time_us - since_us)
                            : 0;
}

gboolean
xs_study_pace_is_slow (const XsStudyPace *pace)
{
  return pace->slow;
}

static void
judge_slowness (XsStudyPace *pace, gint64 time_us)
{
  double fps = xs_study_pace_get_fps (pace, time_us);

  pace->slow = time_us - pace->running_us >= WINDOW_US && fps < XS_PACE_MIN_FPS;
  if (!pace->slow || time_us - pace->slow_line_us < SLOW_LINE_INTERVAL_US)
    return;
  /* Not a warning: a busy PC is no fault of the program, and tests end at warnings. */
  g_message ("second %" G_GINT64_FORMAT ": this PC is too slow: only %.1f pictures of the camera a second were "
             "looked at; end other programs, or use a faster PC",
             time_us / G_USEC_PER_SEC, fps);
  pace->slow_line_us = time_us;
}

void
xs_study_pace_tick (XsStudyPace *pace, gint64 time_us, XsPause pause, gboolean camera_runs)
{
  if (!camera_runs)
    pace->running_us = time_us;
  judge_slowness (pace, time_us);
  if (pause == pace->pause || time_us - pace->line_us < LINE_INTERVAL_US)
    return;
  g_message ("second %" G_GINT64_FORMAT ": %s; %.1f pictures of the camera a second were looked at",
             time_us / G_USEC_PER_SEC, pause == XS_PAUSE_NONE ? "counting" : xs_pause_nick (pause),
             xs_study_pace_get_fps (pace, time_us));
  pace->pause = pause;
  pace->line_us = time_us;
}
