/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-course.h"
#include "xs-frame.h"
#include "xs-store.h"
#include "xs-vision.h"

G_BEGIN_DECLS

/*
 * What the study asks the journal for: each job is filled on the main thread, run on the store's thread by the
 * function beside it, and read again when the store reports back.
 */

/** XsOpenSegment: which segment is open. Shared by jobs in flight; only the store's thread touches the handle. */
typedef struct {
  XsSessionHandle handle;
} XsOpenSegment;

XsOpenSegment *xs_open_segment_new (void);
XsOpenSegment *xs_open_segment_ref (XsOpenSegment *segment);
void xs_open_segment_unref (XsOpenSegment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsOpenSegment, xs_open_segment_unref)

typedef struct {
  gint64 position_us;
  gint64 watched_us;
} XsLessonPosition;

/** XsSignInJob: all that is known of a learner who wants to sign in. */
typedef struct {
  char *stunum;
  XsCourse *course;
  gint64 wall_us;

  XsPolicy policy;
  XsLearner learner;
  XsIdentity identity;
  GBytes *values; /* the stored template, or NULL */
  GBytes *jpeg;   /* else the registration photo, or NULL: the register has none that is usable */
  gint64 today_us, total_us;
  GArray *positions; /* XsLessonPosition by lesson */
} XsSignInJob;

/** xs_sign_in_job_new: (transfer full): @wall_us: now, for what was credited today. */
XsSignInJob *xs_sign_in_job_new (const char *stunum, XsCourse *course, gint64 wall_us);
void xs_sign_in_job_free (gpointer job);
/** xs_sign_in_job_run: fills the lower half; the messages of its errors are for the student, translated. */
gboolean xs_sign_in_job_run (XsJournal *journal, gpointer job, GError **error);

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  XsTemplate reference;
} XsTemplateJob;

/** xs_template_job_run: keeps the template made of the registration photo. */
gboolean xs_template_job_run (XsJournal *journal, gpointer job, GError **error);

/** XsBeginJob: only who is identified and begins a session is told of earlier ones that were cut off. */
typedef struct {
  XsOpenSegment *segment;
  char stunum[XS_UNIFIED_DIGITS + 1];
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  XsPolicy policy;
  gint64 start_wall_us;

  GArray *interrupted; /* XsInterrupted, after it */
} XsBeginJob;

void xs_begin_job_free (gpointer job);
/** xs_begin_job_run: begins the session; the segment's handle is valid from here on. */
gboolean xs_begin_job_run (XsJournal *journal, gpointer job, GError **error);

typedef struct {
  XsOpenSegment *segment;
  XsProgress progress; /* its minutes are the job's own */
  char stunum[XS_UNIFIED_DIGITS + 1];
  char *lesson_id; /* NULL: no lesson loaded */
  XsLessonPosition position;
} XsProgressJob;

/** xs_progress_job_new: (transfer full): copies @progress with its minutes. */
XsProgressJob *xs_progress_job_new (XsOpenSegment *segment, const XsProgress *progress);
void xs_progress_job_free (gpointer job);
/** xs_progress_job_run: stores progress, and the lesson's position when a lesson is named. */
gboolean xs_progress_job_run (XsJournal *journal, gpointer job, GError **error);

typedef struct {
  XsOpenSegment *segment;
  XsFrame *frame;
  XsPhotoRecord record;
} XsPhotoJob;

void xs_photo_job_free (gpointer job);
/** Encodes the frame as JPEG, then stores it. */
gboolean xs_photo_job_run (XsJournal *journal, gpointer job, GError **error);

typedef struct {
  XsOpenSegment *segment;
  XsSignOut reason;
  gint64 end_wall_us;
  gboolean continue_session;
  char stunum[XS_UNIFIED_DIGITS + 1];

  gint64 today_us, total_us; /* after it */
} XsCloseJob;

void xs_close_job_free (gpointer job);
/** xs_close_job_run: makes the teaching log, then reads the learner's totals again. */
gboolean xs_close_job_run (XsJournal *journal, gpointer job, GError **error);

/** Closes sessions that a power cut or crash left open. No data. */
gboolean xs_recover_job_run (XsJournal *journal, gpointer unused, GError **error);

G_END_DECLS
