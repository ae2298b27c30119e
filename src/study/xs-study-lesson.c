/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-lesson.h"

#include <math.h>

#include "xs-study-private.h"

#define KEY_SUBTITLES "subtitles"
#define KEY_SUBTITLE_SIZE "subtitle-size"
#define KEY_VOLUME "volume" /* of lessons on this PC, in whole percent */
/* A hand that moves it is not kept step by step. */
#define VOLUME_DELAY_MS 500
/* So near to its end a lesson is watched: videos and what is declared of them differ a little. */
#define END_US G_USEC_PER_SEC

static const char *const size_nicks[] = {
  [XS_SUBTITLE_SMALL] = "small",
  [XS_SUBTITLE_MEDIUM] = "medium",
  [XS_SUBTITLE_LARGE] = "large",
};

/* Where the learner is */

static gboolean
is_finished (XsStudy *self, guint index)
{
  return g_array_index (self->positions, XsLessonPosition, index).watched_us + END_US
         >= xs_course_get_lesson (self->course, index)->duration_us;
}

void
xs_study_note_position (XsStudy *self)
{
  XsLessonPosition *kept = &g_array_index (self->positions, XsLessonPosition, self->lesson);

  kept->watched_us = MAX (kept->watched_us, xs_lesson_player_get_watched_us (self->player));
  kept->position_us = xs_lesson_player_get_position_us (self->player);
}

/* The lesson that was watched last; when that is over, the next of those that are not. */
guint
xs_study_first_lesson (XsStudy *self)
{
  guint last = (guint) MAX (self->last_lesson, 0);

  for (guint i = 0; i < self->positions->len; i++)
    {
      guint index = (last + i) % self->positions->len;
      if (!is_finished (self, index))
        return index;
    }
  return last;
}

/* What the counter is told */

XsPlayback
xs_lesson_playback (XsLessonState state, gint64 position_us, gint64 watched_us, gboolean finished,
                    gboolean repeat_counts)
{
  switch (state)
    {
    case XS_LESSON_PLAYING:
      return !repeat_counts && (finished || position_us < watched_us) ? XS_PLAYBACK_REPEAT : XS_PLAYBACK_PLAYING;
    case XS_LESSON_ENDED:
      return XS_PLAYBACK_ENDED;
    case XS_LESSON_FAILED:
      return XS_PLAYBACK_FAILED;
    case XS_LESSON_IDLE:
    case XS_LESSON_LOADING:
    case XS_LESSON_PAUSED:
    default:
      return XS_PLAYBACK_PAUSED;
    }
}

static XsPlayback
playback_now (XsStudy *self)
{
  XsLessonState state = xs_lesson_player_get_state (self->player);
  /* In this order: while it is watched for the first time the position is the furthest there is. */
  gint64 watched_us = xs_lesson_player_get_watched_us (self->player);
  gint64 position_us = xs_lesson_player_get_position_us (self->player);

  if (self->quiz != NULL)
    return XS_PLAYBACK_QUIZ;
  return xs_lesson_playback (state, position_us, watched_us, self->lesson_finished, self->policy.repeat_counts);
}

static void
tell_playback (XsStudy *self)
{
  XsPlayback playback = playback_now (self);

  self->lesson_played |= playback == XS_PLAYBACK_PLAYING || playback == XS_PLAYBACK_REPEAT;
  /* Until the first lesson runs, the session is starting, and nothing is paused. */
  if ((playback == XS_PLAYBACK_PAUSED && !self->lesson_played) || (int) playback == self->told_playback)
    return;
  self->told_playback = (int) playback;
  xs_study_session_playback (self->session, xs_clock_monotonic_us (self->clock), playback);
}

void
xs_study_lesson_changed (XsStudy *self)
{
  tell_playback (self);
  if (xs_lesson_player_get_state (self->player) == XS_LESSON_ENDED)
    self->lesson_finished = TRUE;
  xs_study_sync_lesson (self);
}

void
xs_study_sync_lesson (XsStudy *self)
{
  if (self->phase != XS_STUDY_STUDYING || self->session == NULL)
    return;
  tell_playback (self);
  gboolean wanted = !self->paused_by_learner && self->quiz == NULL && xs_study_stores_in_time (self)
                    && xs_study_session_wants_lesson (self->session);
  XsLessonState state = xs_lesson_player_get_state (self->player);

  if (wanted && state == XS_LESSON_PAUSED)
    xs_lesson_player_play (self->player);
  else if (!wanted && state == XS_LESSON_PLAYING)
    xs_lesson_player_pause (self->player);
}

/* What the learner does with it */

void
xs_study_select_lesson (XsStudy *self, guint index)
{
  g_return_if_fail (XS_IS_STUDY (self));
  g_return_if_fail (index < xs_course_get_n_lessons (self->course));

  if (self->phase != XS_STUDY_STUDYING)
    return;
  g_clear_pointer (&self->quiz, xs_quiz_free);
  if (self->lesson >= 0)
    xs_study_note_position (self);

  const XsLesson *lesson = xs_course_get_lesson (self->course, index);
  const XsLessonPosition *position = &g_array_index (self->positions, XsLessonPosition, index);
  gboolean at_end = position->position_us + END_US >= lesson->duration_us;
  self->lesson = (int) index;
  self->lesson_finished = is_finished (self, index);
  self->paused_by_learner = FALSE;
  xs_lesson_player_load (self->player, lesson->video_path, at_end ? 0 : position->position_us, position->watched_us);
  xs_lesson_player_play (self->player);
  xs_study_queue_changed (self);
}

gint64
xs_study_get_lesson_progress (XsStudy *self, guint index)
{
  if (self->positions == NULL || index >= self->positions->len)
    return 0;
  gint64 watched_us = g_array_index (self->positions, XsLessonPosition, index).watched_us;
  return (int) index == self->lesson ? MAX (watched_us, xs_lesson_player_get_watched_us (self->player)) : watched_us;
}

gboolean
xs_study_is_lesson_watched (XsStudy *self, guint index)
{
  return xs_study_get_lesson_progress (self, index) + END_US >= xs_course_get_lesson (self->course, index)->duration_us;
}

gboolean
xs_study_seek (XsStudy *self, gint64 position_us)
{
  g_return_val_if_fail (XS_IS_STUDY (self), FALSE);

  if (self->phase != XS_STUDY_STUDYING || !xs_lesson_player_seek (self->player, position_us))
    return FALSE;
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
  return TRUE;
}

gboolean
xs_study_repeat_counts (XsStudy *self)
{
  return self->policy.repeat_counts;
}

void
xs_study_set_paused (XsStudy *self, gboolean paused)
{
  g_return_if_fail (XS_IS_STUDY (self));

  self->paused_by_learner = paused;
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
}

gboolean
xs_study_get_paused (XsStudy *self)
{
  return self->paused_by_learner;
}

gboolean
xs_study_answer_attention (XsStudy *self, guint number)
{
  g_return_val_if_fail (XS_IS_STUDY (self), FALSE);

  if (self->session == NULL || !xs_study_session_answer (self->session, xs_clock_monotonic_us (self->clock), number))
    {
      xs_study_queue_changed (self);
      return FALSE;
    }
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
  return TRUE;
}

/* Subtitles */

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  gboolean subtitles;
  XsSubtitleSize size;
} Likes;

static gboolean
store_likes (XsJournal *journal, gpointer data, GError **error)
{
  const Likes *likes = data;

  return xs_journal_set_learner_setting (journal, likes->stunum, KEY_SUBTITLES, likes->subtitles ? "on" : "off", error)
         && xs_journal_set_learner_setting (journal, likes->stunum, KEY_SUBTITLE_SIZE, size_nicks[likes->size], error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Not kept for the next time: %s", error->message);
}

gboolean
xs_study_read_subtitles (XsJournal *journal, const char *stunum, gboolean *on, int *size, GError **error)
{
  g_autofree char *wanted = NULL, *size_nick = NULL;

  if (!xs_journal_get_learner_setting (journal, stunum, KEY_SUBTITLES, &wanted, error)
      || !xs_journal_get_learner_setting (journal, stunum, KEY_SUBTITLE_SIZE, &size_nick, error))
    return FALSE;
  *on = g_strcmp0 (wanted, "off") != 0;
  *size = XS_SUBTITLE_MEDIUM;
  for (guint i = 0; i < G_N_ELEMENTS (size_nicks); i++)
    if (g_strcmp0 (size_nick, size_nicks[i]) == 0)
      *size = (int) i;
  return TRUE;
}

gboolean
xs_study_get_subtitles (XsStudy *self, XsSubtitleSize *size)
{
  if (size != NULL)
    *size = (XsSubtitleSize) self->subtitle_size;
  return self->subtitles;
}

void
xs_study_set_subtitles (XsStudy *self, gboolean on, XsSubtitleSize size)
{
  g_return_if_fail (XS_IS_STUDY (self));
  g_return_if_fail ((guint) size < G_N_ELEMENTS (size_nicks));

  self->subtitles = on;
  self->subtitle_size = (int) size;
  xs_study_queue_changed (self);
  if (self->learner.stunum[0] == '\0')
    return;
  Likes *likes = g_new0 (Likes, 1);
  *likes = (Likes){ .subtitles = on, .size = size };
  g_strlcpy (likes->stunum, self->learner.stunum, sizeof likes->stunum);
  xs_store_submit (self->store, store_likes, likes, g_free, on_stored, NULL);
}

/* Volume */

gboolean
xs_study_read_volume (XsJournal *journal, double *volume, GError **error)
{
  g_autofree char *text = NULL;
  guint64 percent;

  if (!xs_journal_get_setting (journal, KEY_VOLUME, &text, error))
    return FALSE;
  *volume = text != NULL && g_ascii_string_to_unsigned (text, 10, 0, 100, &percent, NULL) ? (double) percent / 100 : 1;
  return TRUE;
}

gboolean
xs_study_store_volume (XsJournal *journal, double volume, GError **error)
{
  g_autofree char *percent = g_strdup_printf ("%d", (int) lround (volume * 100));

  return xs_journal_set_setting (journal, KEY_VOLUME, percent, error);
}

static gboolean
store_volume (XsJournal *journal, gpointer data, GError **error)
{
  return xs_study_store_volume (journal, *(double *) data, error);
}

static gboolean
keep_volume (gpointer data)
{
  XsStudy *self = data;

  self->volume_id = 0;
  xs_store_submit (self->store, store_volume, g_memdup2 (&self->volume, sizeof self->volume), g_free, on_stored, NULL);
  return G_SOURCE_REMOVE;
}

double
xs_study_get_volume (XsStudy *self)
{
  return self->volume;
}

void
xs_study_set_volume (XsStudy *self, double volume)
{
  g_return_if_fail (XS_IS_STUDY (self));

  self->volume = CLAMP (volume, 0, 1);
  xs_lesson_player_set_volume (self->player, self->volume);
  if (self->volume_id == 0)
    self->volume_id = g_timeout_add (VOLUME_DELAY_MS, keep_volume, self);
}

/* Quizzes */

void
xs_study_begin_quiz (XsStudy *self, guint chapter)
{
  g_return_if_fail (XS_IS_STUDY (self));

  const XsChapter *asked = xs_course_get_chapter (self->course, chapter);
  if (self->phase != XS_STUDY_STUDYING || asked->n_questions == 0)
    return;
  g_clear_pointer (&self->quiz, xs_quiz_free);
  self->quiz = xs_quiz_new (asked, self->policy.quiz_pass_percent);
  self->quiz_chapter = chapter;
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
}

void
xs_study_restart_quiz (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->quiz != NULL)
    xs_study_begin_quiz (self, self->quiz_chapter);
}

XsQuiz *
xs_study_get_quiz (XsStudy *self)
{
  return self->quiz;
}

static gboolean
store_result (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_add_quiz_result (journal, data, error);
}

static void
keep_result (XsStudy *self)
{
  XsQuizResult *best = &g_array_index (self->quiz_results, XsQuizResult, self->quiz_chapter);
  XsQuizResult *result = g_new0 (XsQuizResult, 1);

  *result = (XsQuizResult){
    .wall_us = xs_clock_wall_us (self->clock),
    .n_right = xs_quiz_get_n_right (self->quiz),
    .n_asked = xs_quiz_get_chapter (self->quiz)->n_questions,
    .passed = xs_quiz_is_passed (self->quiz),
  };
  g_strlcpy (result->stunum, self->learner.stunum, sizeof result->stunum);
  g_strlcpy (result->course_id, xs_course_get_id (self->course), sizeof result->course_id);
  g_strlcpy (result->chapter_id, xs_quiz_get_chapter (self->quiz)->id, sizeof result->chapter_id);
  if (result->passed || !best->passed)
    *best = *result;
  xs_store_submit (self->store, store_result, result, g_free, on_stored, NULL);
}

gboolean
xs_study_next_question (XsStudy *self)
{
  g_return_val_if_fail (XS_IS_STUDY (self), FALSE);

  if (self->quiz == NULL || xs_quiz_get_given (self->quiz) < 0)
    return FALSE;
  if (xs_quiz_next (self->quiz))
    return TRUE;
  keep_result (self);
  xs_study_queue_changed (self);
  return FALSE;
}

void
xs_study_end_quiz (XsStudy *self)
{
  g_return_if_fail (XS_IS_STUDY (self));

  if (self->quiz == NULL)
    return;
  g_clear_pointer (&self->quiz, xs_quiz_free);
  xs_study_sync_lesson (self);
  xs_study_queue_changed (self);
}

void
xs_study_get_quiz_result (XsStudy *self, guint chapter, XsQuizResult *result)
{
  *result = (XsQuizResult){ .n_asked = 0 };
  if (self->quiz_results != NULL && chapter < self->quiz_results->len)
    *result = g_array_index (self->quiz_results, XsQuizResult, chapter);
}
