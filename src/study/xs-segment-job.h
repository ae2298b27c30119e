/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"
#include "xs-frame.h"
#include "xs-store.h"

G_BEGIN_DECLS

/*
 * What a running session puts into the journal, in the order it happened. A step that fails is kept, and every later
 * job tries it again first: a disk that was full for a while loses nothing and mixes nothing up.
 */

typedef enum {
  XS_STEP_BEGIN,    /* the session */
  XS_STEP_PHOTO,    /* encode and store one */
  XS_STEP_PROGRESS, /* totals so far: the newest replaces those before, so a failed one is not kept */
  XS_STEP_CLOSE,    /* make the teaching log */
  XS_STEP_RETRY,    /* nothing but what is left from before */
} XsStepKind;

typedef struct {
  gint64 position_us;
  gint64 watched_us;
} XsLessonPosition;

/** XsStep: one of them. Filled before it is submitted; the "after it" members may be read once xs_step_is_done(). */
typedef struct {
  XsStepKind kind;
  char stunum[XS_UNIFIED_DIGITS + 1];
  int done; /* atomic: written by the store's thread */

  /* BEGIN */
  char subjcode[XS_SUBJCODE_DIGITS + 1];
  XsPolicy policy;
  gint64 start_wall_us;
  char admitted_by[XS_ADMITTED_BY_MAX + 1]; /* "": nobody */
  GArray *interrupted; /* after it: XsInterrupted; only who is identified is told of sessions that were cut off */

  /* BEGIN, (nullable): sessions that were cut off are signed out of with it; PHOTO */
  XsFrame *frame;
  GBytes *jpeg;      /* of @frame, once encoded */
  GBytes *thumbnail; /* likewise, (nullable): for the learner's own records */
  XsPhotoRecord record;

  /* PROGRESS */
  XsProgress progress; /* its arrays are the step's own */
  char *lesson_id;     /* its key in its course; NULL: no lesson loaded */
  XsLessonPosition position;

  /* CLOSE */
  XsSignOut reason;
  gboolean unseen; /* signing out, the learner did not show up before the camera: made up where policy allows it */
  gint64 end_wall_us;
  gint64 next_wall_us;       /* see xs_journal_close_segment() */
  gint64 today_us, total_us; /* after it */
  XsTeachingLog log;         /* after it; empty when the session waits for its sign-out to be made up */
  XsAudit *audit;            /* after it, (nullable): of @log */
  gint64 make_up_until_us;   /* after it: until when that is possible; 0: there is a log */

  /* After BEGIN, and after a CLOSE that goes on: what is known beside the log that is open now. */
  XsAuditFacts facts;
} XsStep;

/** xs_step_new: (transfer full): @stunum: 16 digits. */
XsStep *xs_step_new (XsStepKind kind, const char *stunum);
XsStep *xs_step_ref (XsStep *step);
void xs_step_unref (XsStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsStep, xs_step_unref)
/** xs_step_is_done: whether it is in the journal. Any thread. */
gboolean xs_step_is_done (const XsStep *step);
/** xs_step_set_progress: copies @progress with its minutes. */
void xs_step_set_progress (XsStep *step, const XsProgress *progress);

/** XsOpenSegment: the segment that is open, and what of it still has to be stored. Reference counted. */
typedef struct _XsOpenSegment XsOpenSegment;

XsOpenSegment *xs_open_segment_new (void);
XsOpenSegment *xs_open_segment_ref (XsOpenSegment *segment);
void xs_open_segment_unref (XsOpenSegment *segment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsOpenSegment, xs_open_segment_unref)
/** xs_open_segment_get_n_photos: stored so far, in all segments of the session. Any thread. */
guint xs_open_segment_get_n_photos (XsOpenSegment *segment);
/** xs_open_segment_get_n_logs: teaching logs made so far. Any thread. */
guint xs_open_segment_get_n_logs (XsOpenSegment *segment);

/**
 * xs_open_segment_submit: queue @step on the store's thread. The call succeeds when nothing is left to be stored.
 * @callback: finish with xs_store_finish()
 */
void xs_open_segment_submit (XsOpenSegment *segment, XsStore *store, XsStep *step, GAsyncReadyCallback callback,
                             gpointer user_data);

G_END_DECLS
