/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-course.h"
#include "xs-segment-job.h"
#include "xs-vision.h"

G_BEGIN_DECLS

/*
 * What the study asks the journal for: each job is filled on the main thread, run on the store's thread by the
 * function beside it, and read again when the store reports back.
 */

/** XsSignInJob: all that is known of a learner who wants to sign in. */
typedef struct {
  char *stunum;
  XsCourse *course;
  gint64 wall_us;
  gboolean recover; /* first close what an earlier session had to leave open */

  XsPolicy policy;
  XsLearner learner;
  XsIdentity identity;
  XsConsent consent;
  gboolean has_reference;
  XsTemplate reference; /* the stored template */
  XsFrame *photo;       /* else the registration photo, or NULL: it cannot be decoded */
  gint64 today_us, total_us;
  GArray *positions;    /* XsLessonPosition by lesson */
  int last_lesson;      /* the one watched last; -1: none, or it is not in the course any more */
  GArray *quiz_results; /* XsQuizResult by chapter: the best */
  gboolean subtitles;
  int subtitle_size; /* XsSubtitleSize */
  double volume;     /* of lessons on this PC */
} XsSignInJob;

/** xs_sign_in_job_new: (transfer full): @wall_us: now, for what was credited today. */
XsSignInJob *xs_sign_in_job_new (const char *stunum, XsCourse *course, gint64 wall_us);
void xs_sign_in_job_free (gpointer job);
/**
 * xs_sign_in_job_run: fills the lower half.
 * @error: XS_ERROR_REJECTED with a message for the student, translated; any other is for the log
 */
gboolean xs_sign_in_job_run (XsJournal *journal, gpointer job, GError **error);

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  XsTemplate reference;
} XsTemplateJob;

/** xs_template_job_run: keeps the template made of the registration photo. */
gboolean xs_template_job_run (XsJournal *journal, gpointer job, GError **error);

/** xs_consent_job_run: @stunum: char *, who agreed to the text of XS_CONSENT_VERSION. */
gboolean xs_consent_job_run (XsJournal *journal, gpointer stunum, GError **error);

/** XsAdmissionJob: a coach wants to let a learner in. */
typedef struct {
  char admitted_by[XS_ADMITTED_BY_MAX + 1];
  char *password;
  gboolean is_right;
  gint64 wait_s; /* until the next try is looked at */
} XsAdmissionJob;

/** xs_admission_job_new: (transfer full): @admitted_by: 1 to XS_ADMITTED_BY_MAX bytes */
XsAdmissionJob *xs_admission_job_new (const char *admitted_by, const char *password);
void xs_admission_job_free (gpointer job);
/** xs_admission_job_run: @error: XS_ERROR_NOT_FOUND while there is no staff password */
gboolean xs_admission_job_run (XsJournal *journal, gpointer job, GError **error);

/** XsRecoverJob: what was found out at the start. */
typedef struct {
  XsRecovery recovery;
  char resumable[XS_UNIFIED_DIGITS + 1]; /* of xs_journal_find_resumable() */
} XsRecoverJob;

void xs_recover_job_free (gpointer job);
/**
 * xs_recover_job_run: closes sessions that a power cut or crash left open, and drops templates of another face model,
 * whose photos the next sync fetches again. Tells whether a damaged journal was replaced.
 */
gboolean xs_recover_job_run (XsJournal *journal, gpointer job, GError **error);
/**
 * xs_overdue_job_run: closes sessions that were cut off and cannot be made up any more, and removes learners' copies of
 * photos that are too old. No data.
 */
gboolean xs_overdue_job_run (XsJournal *journal, gpointer unused, GError **error);

G_END_DECLS
