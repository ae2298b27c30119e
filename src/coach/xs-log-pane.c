/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-pane.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-history.h"
#include "xs-log-words.h"
#include "xs-presence.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-timeline.h"
#include "xs-update.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
/* Of all that a student did, logs that are here in whole. */
#define WHOLE_LOGS_MAX 24
/* What is seen first of it: the month that ends with the chosen log's day, and a little room. */
#define MONTH_BEFORE_US (30 * (gint64) G_TIME_SPAN_DAY)
#define MONTH_AFTER_US (2 * (gint64) G_TIME_SPAN_DAY)

struct _XsLogPane {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkImage *standing_icon;
  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *state;
  GtkLabel *why;
  GtkToggleButton *day;
  GtkToggleButton *months;
  GtkMenuButton *history;
  GtkBox *history_box;
  XsTimeline *timeline;
  XsPhotoBoard *board;

  XsReviewClient *client;             /* (nullable) */
  XsShownLogs *shown;                 /* (nullable): the chosen log, with the day or the months the others too */
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of the chosen log */
  gint64 seq;
  char log_sha256[65];       /* likewise; "": none */
  gboolean loaded;           /* it is in @shown */
  gboolean getting;          /* another log that is looked at is on its way */
  XsStanding shown_standing; /* whose class the icon has */
  GCancellable *loading;     /* (nullable): of the chosen log */
};

enum {
  SIGNAL_LOADED,
  SIGNAL_MOVED,
  SIGNAL_RANGE_CHOSEN,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsLogPane, xs_log_pane, ADW_TYPE_BIN)

static void
fail (XsLogPane *pane, const GError *error)
{
  if (!g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    g_signal_emit (pane, signals[SIGNAL_FAILED], 0, error);
}

static const XsReviewLog *
chosen_log (XsLogPane *pane)
{
  for (guint i = 0; pane->loaded && i < pane->shown->logs->len; i++)
    {
      const XsReviewLog *log = xs_shown_logs_get (pane->shown, i);
      if (g_str_equal (log->log_sha256, pane->log_sha256))
        return log;
    }
  return NULL;
}

/* The log */

static void
show_standing (XsLogPane *pane, const XsReviewRow *row)
{
  XsStanding standing = xs_standing_of (row->state, row->verdict);
  g_autofree char *state = xs_review_text_state (row);
  /* Why it is not decided yet says that it is not. */
  g_autofree char *text = standing == XS_STANDING_PENDING
                            ? g_strdup (state)
                            : g_strdup_printf ("%s · %s", xs_standing_word (standing), state);

  xs_update_icon (pane->standing_icon, xs_standing_icon (standing));
  if (pane->shown_standing != standing)
    {
      if (pane->shown_standing != XS_N_STANDINGS)
        gtk_widget_remove_css_class (GTK_WIDGET (pane->standing_icon), xs_standing_class (pane->shown_standing));
      gtk_widget_add_css_class (GTK_WIDGET (pane->standing_icon), xs_standing_class (standing));
      pane->shown_standing = standing;
    }
  xs_update_label (pane->state, text);
}

static void
show_head (XsLogPane *pane, const XsReviewRow *row)
{
  g_autofree char *day = xs_wall_format (row->start_us, "%m-%d %H:%M");
  g_autofree char *end = xs_wall_format (row->end_us, "%H:%M");
  g_autofree char *course = xs_review_text_course (row->subjcode);
  g_autofree char *facts =
    g_strdup_printf (_ ("%s · %s–%s · %s · studied %d min, %d count · kiosk %s"), row->stunum, day, end, course,
                     (int) (row->claimed_s / 60), (int) (row->credited_min + row->credited_next_min),
                     row->device[0] != '\0' ? row->device : row->devnum);

  xs_update_label (pane->name, row->name[0] != '\0' ? row->name : row->stunum);
  xs_update_label (pane->facts, facts);
  show_standing (pane, row);
}

static void
show_history (XsLogPane *pane, const XsReviewLog *log)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (pane->history_box))) != NULL)
    gtk_box_remove (pane->history_box, child);
  for (guint i = 0; log != NULL && i < log->steps->len; i++)
    {
      g_autofree char *line = xs_log_words_step (&g_array_index (log->steps, XsReviewStep, i));
      GtkWidget *label = gtk_label_new (line);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
      gtk_box_append (pane->history_box, label);
    }
}

/* The worse, the higher: somebody else before what shows nobody well. */
static int
badness (const XsShownPhoto *photo)
{
  XsTone tone = MAX (xs_shown_photo_tone (photo), XS_TONE_GOOD);

  return 2 * (int) tone + g_str_equal (photo->glance.seen, xs_presence_nick (XS_PRESENCE_OTHER_PERSON));
}

/* Where there is something to see first. */
static int
first_photo (XsLogPane *pane)
{
  int found = -1, worst = 0;

  for (guint i = 0; i < pane->shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (pane->shown->photos, XsShownPhoto, i);
      if (!xs_log_pane_is_on (pane, photo->glance.log_sha256) || (found >= 0 && badness (photo) <= worst))
        continue;
      worst = badness (photo);
      found = (int) i;
    }
  return found;
}

/* More is known than before: of what was chosen the same is shown. */
static void
show_more (XsLogPane *pane, const XsReviewGlance *chosen)
{
  int index = chosen != NULL ? xs_shown_logs_find_photo (pane->shown, chosen->log_sha256, chosen->number) : -1;

  xs_timeline_update_model (pane->timeline, xs_shown_logs_timeline (pane->shown), index);
  xs_photo_board_select (pane->board, index);
}

/* What is said of the chosen log; while it is on its way nothing, and nobody decides on it. */
static void
show_words (XsLogPane *pane)
{
  const XsReviewLog *log = chosen_log (pane);
  g_autofree char *why = log != NULL ? xs_log_words_why (log) : g_strdup ("");

  if (log != NULL)
    show_head (pane, xs_shown_log_row (log));
  xs_update_label (pane->why, why);
  show_history (pane, log);
}

static void
show_log (XsLogPane *pane)
{
  const XsReviewLog *log = chosen_log (pane);

  show_words (pane);
  xs_timeline_set_model (pane->timeline, xs_shown_logs_timeline (pane->shown));
  xs_photo_board_set_shown (pane->board, pane->shown);
  xs_photo_board_set_registration (pane->board, log->registration_sha256);
  xs_timeline_select (pane->timeline, first_photo (pane));
  xs_photo_board_select (pane->board, xs_timeline_get_selected (pane->timeline));
  g_signal_emit (pane, signals[SIGNAL_LOADED], 0);
}

static void
set_chosen (XsLogPane *pane, const XsReviewRow *row)
{
  g_strlcpy (pane->devnum, row != NULL ? row->devnum : "", sizeof pane->devnum);
  pane->seq = row != NULL ? row->seq : 0;
  g_strlcpy (pane->log_sha256, row != NULL ? row->log_sha256 : "", sizeof pane->log_sha256);
  if (row != NULL)
    show_head (pane, row);
}

/* Chosen minutes are those of the chosen log, or none. */
static void
keep_own_range (XsLogPane *pane, const XsReviewRow *row)
{
  gint64 from_us, to_us;

  if (xs_timeline_get_range (pane->timeline, &from_us, &to_us) && (from_us < row->start_us || from_us >= row->end_us))
    xs_timeline_clear_range (pane->timeline);
}

/* What is looked at is what is decided on: with another log's photo, or minutes, that log is the chosen one. */
static void
move_to (XsLogPane *pane, const XsReviewRow *row)
{
  set_chosen (pane, row);
  keep_own_range (pane, row);
  xs_shown_logs_put_first (pane->shown, pane->log_sha256);
  show_words (pane);
  g_signal_emit (pane, signals[SIGNAL_MOVED], 0, pane->log_sha256);
  g_signal_emit (pane, signals[SIGNAL_LOADED], 0);
}

/* What was shown is gone at once: nobody decides on what is on its way. */
static void
clear_log (XsLogPane *pane)
{
  if (pane->loading != NULL)
    g_cancellable_cancel (pane->loading);
  g_clear_object (&pane->loading);
  pane->loaded = pane->getting = FALSE;
  xs_timeline_set_model (pane->timeline, NULL);
  xs_photo_board_set_shown (pane->board, NULL);
  xs_photo_board_set_registration (pane->board, NULL);
  g_clear_pointer (&pane->shown, xs_shown_logs_free);
  xs_update_label (pane->why, "");
}

/* Loading: the chosen log, and with the day or the months the student's others. */

/* A copy: what it is of may move. */
static gboolean
chosen_glance (XsLogPane *pane, XsReviewGlance *glance)
{
  int index = xs_timeline_get_selected (pane->timeline);

  if (pane->shown == NULL || index < 0)
    return FALSE;
  *glance = g_array_index (pane->shown->photos, XsShownPhoto, index).glance;
  return TRUE;
}

static void
on_day_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };
  XsReviewGlance chosen;

  if (!xs_review_client_get_log_finish (XS_REVIEW_CLIENT (source), result, &log, &error))
    {
      fail (pane, error);
      return;
    }
  if (!pane->loaded)
    return;
  gboolean has_chosen = chosen_glance (pane, &chosen);
  xs_shown_logs_take (pane->shown, &log);
  xs_photo_board_set_shown (pane->board, pane->shown);
  show_more (pane, has_chosen ? &chosen : NULL);
  xs_timeline_show_all (pane->timeline);
}

static void
on_day (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewPage) rows = { 0 };

  if (!xs_review_client_list_finish (XS_REVIEW_CLIENT (source), result, &rows, &error))
    {
      fail (pane, error);
      return;
    }
  for (guint i = 0; pane->loaded && i < rows.rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows.rows, XsReviewRow, i);
      if (!g_str_equal (row->log_sha256, pane->log_sha256))
        xs_review_client_get_log_async (pane->client, row->devnum, row->seq, row->log_sha256, pane->loading, on_day_log,
                                        g_object_ref (pane));
    }
}

static void
load_day (XsLogPane *pane)
{
  const XsReviewRow *row = xs_shown_log_row (chosen_log (pane));
  XsReviewQuery query;

  xs_review_query_init (&query);
  g_strlcpy (query.stunum, row->stunum, sizeof query.stunum);
  query.from_us = xs_wall_midnight_us (row->start_us);
  query.to_us = query.from_us + 24 * (gint64) G_TIME_SPAN_HOUR;
  xs_review_client_list_async (pane->client, &query, pane->loading, on_day, g_object_ref (pane));
  xs_review_query_clear (&query);
}

/* Of all a student did only those logs are got in whole that are looked at, one after the other. */

static void get_looked_at (XsLogPane *pane);

static void
on_looked_at (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };
  XsReviewGlance chosen;

  if (!xs_review_client_get_log_finish (XS_REVIEW_CLIENT (source), result, &log, &error))
    {
      /* Of what is shown now; it is asked for again when it is looked at again. */
      if (!g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
        pane->getting = FALSE;
      fail (pane, error);
      return;
    }
  if (!pane->loaded || !pane->getting)
    return;
  pane->getting = FALSE;
  gboolean is_chosen = xs_log_pane_is_on (pane, log.log_sha256);
  gboolean has_chosen = chosen_glance (pane, &chosen);
  xs_shown_logs_take (pane->shown, &log);
  xs_shown_logs_put_first (pane->shown, pane->log_sha256);
  xs_shown_logs_trim (pane->shown, WHOLE_LOGS_MAX);
  show_more (pane, has_chosen ? &chosen : NULL);
  if (is_chosen)
    {
      show_words (pane);
      g_signal_emit (pane, signals[SIGNAL_LOADED], 0);
    }
  get_looked_at (pane);
}

/* The chosen log, then those whose minutes can be told apart. */
static const XsReviewRow *
find_looked_at (XsLogPane *pane)
{
  const XsTimelineView *view = xs_timeline_get_view (pane->timeline);
  gboolean has_minutes =
    xs_timeline_view_level (view) == XS_TIMELINE_MINUTES && !xs_photo_board_is_browsing (pane->board);
  const GArray *rows = pane->shown->rows;

  const XsReviewRow *found = NULL;
  for (guint i = 0; i < rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
      gboolean is_chosen = xs_log_pane_is_on (pane, row->log_sha256);
      gboolean in_view = has_minutes && row->start_us < view->to_us && row->end_us > view->from_us;
      if ((is_chosen || (in_view && found == NULL)) && !xs_shown_logs_has (pane->shown, row->log_sha256))
        found = row;
      if (is_chosen && found == row)
        break;
    }
  return found;
}

static void
get_looked_at (XsLogPane *pane)
{
  const XsReviewRow *row = pane->loaded && !pane->getting ? find_looked_at (pane) : NULL;

  if (row == NULL)
    return;
  pane->getting = TRUE;
  xs_review_client_get_log_async (pane->client, row->devnum, row->seq, row->log_sha256, pane->loading, on_looked_at,
                                  g_object_ref (pane));
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsHistory) history = xs_history_load_finish (result, &error);
  XsReviewGlance chosen;

  if (history == NULL)
    {
      fail (pane, error);
      return;
    }
  if (!pane->loaded)
    return;
  gboolean has_chosen = chosen_glance (pane, &chosen);
  gint64 midnight_us = xs_wall_midnight_us (xs_shown_log_row (chosen_log (pane))->start_us);
  xs_shown_logs_add_history (pane->shown, history->rows, history->glances);
  xs_photo_board_set_shown (pane->board, pane->shown);
  show_more (pane, has_chosen ? &chosen : NULL);
  xs_timeline_show_span (pane->timeline, midnight_us - MONTH_BEFORE_US, midnight_us + MONTH_AFTER_US);
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };

  if (!xs_review_client_get_log_finish (XS_REVIEW_CLIENT (source), result, &log, &error))
    {
      fail (pane, error);
      return;
    }
  g_clear_pointer (&pane->shown, xs_shown_logs_free);
  pane->shown = xs_shown_logs_new ();
  xs_shown_logs_take (pane->shown, &log);
  pane->loaded = TRUE;
  show_log (pane);
  if (gtk_toggle_button_get_active (pane->day))
    load_day (pane);
  else if (gtk_toggle_button_get_active (pane->months))
    xs_history_load_async (pane->client, xs_shown_log_row (chosen_log (pane))->stunum, pane->loading, on_history,
                           g_object_ref (pane));
}

void
xs_log_pane_load_again (XsLogPane *pane)
{
  g_return_if_fail (XS_IS_LOG_PANE (pane));

  clear_log (pane);
  g_signal_emit (pane, signals[SIGNAL_LOADED], 0);
  if (pane->log_sha256[0] == '\0')
    return;
  pane->loading = g_cancellable_new ();
  xs_review_client_get_log_async (pane->client, pane->devnum, pane->seq, pane->log_sha256, pane->loading, on_log,
                                  g_object_ref (pane));
}

void
xs_log_pane_show (XsLogPane *pane, const XsReviewRow *row)
{
  g_return_if_fail (XS_IS_LOG_PANE (pane));

  gtk_stack_set_visible_child_name (pane->stack, row != NULL ? "log" : "nothing");
  if (row != NULL && xs_log_pane_is_on (pane, row->log_sha256))
    return;
  set_chosen (pane, row);
  xs_log_pane_load_again (pane);
}

gboolean
xs_log_pane_is_on (XsLogPane *pane, const char *log_sha256)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), FALSE);

  return g_str_equal (pane->log_sha256, log_sha256);
}

const XsShownLogs *
xs_log_pane_get_shown (XsLogPane *pane)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), NULL);

  return chosen_log (pane) != NULL ? pane->shown : NULL;
}

const XsReviewLog *
xs_log_pane_get_log (XsLogPane *pane)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), NULL);

  return chosen_log (pane);
}

void
xs_log_pane_get_range (XsLogPane *pane, gint64 *from_min, gint64 *to_min)
{
  const XsReviewLog *log = chosen_log (pane);
  gint64 from_us, to_us;

  *from_min = *to_min = 0;
  if (log == NULL || !xs_timeline_get_range (pane->timeline, &from_us, &to_us))
    return;
  gint64 start_us = log->wire_log.log.start_wall_us, n_minutes = log->wire_log.log.minutes->len;
  *from_min = CLAMP ((from_us - start_us) / MINUTE_US, 0, n_minutes);
  *to_min = CLAMP ((to_us - start_us + MINUTE_US - 1) / MINUTE_US, 0, n_minutes);
}

static void
on_range_chosen (XsLogPane *pane)
{
  gint64 from_us, to_us;
  const XsReviewRow *row = pane->loaded && xs_timeline_get_range (pane->timeline, &from_us, &to_us)
                             ? xs_shown_logs_row_at (pane->shown, from_us)
                             : NULL;

  if (row != NULL && !xs_log_pane_is_on (pane, row->log_sha256))
    {
      move_to (pane, row);
      xs_timeline_select (pane->timeline, first_photo (pane));
      xs_photo_board_select (pane->board, xs_timeline_get_selected (pane->timeline));
      get_looked_at (pane);
    }
  g_signal_emit (pane, signals[SIGNAL_RANGE_CHOSEN], 0);
}

/* One of the two, or none. */
static void
on_scope_toggled (XsLogPane *pane, GtkToggleButton *button)
{
  GtkToggleButton *other = button == pane->day ? pane->months : pane->day;

  if (gtk_toggle_button_get_active (button) && gtk_toggle_button_get_active (other))
    gtk_toggle_button_set_active (other, FALSE);
  else if (pane->loaded)
    xs_log_pane_load_again (pane);
}

/* Of the user's own doing: on the time line, or in the film. */
static void
on_photo_selected (XsLogPane *pane, int index)
{
  const XsReviewGlance *glance = &g_array_index (pane->shown->photos, XsShownPhoto, index).glance;
  const XsReviewRow *row = xs_shown_logs_find_row (pane->shown, glance->log_sha256);

  if (xs_timeline_get_selected (pane->timeline) != index)
    xs_timeline_select (pane->timeline, index);
  xs_photo_board_select (pane->board, index);
  if (row != NULL && !xs_log_pane_is_on (pane, row->log_sha256))
    move_to (pane, row);
  get_looked_at (pane);
}

void
xs_log_pane_open (XsLogPane *pane, XsReviewClient *client, const char *photos_dir)
{
  g_return_if_fail (XS_IS_LOG_PANE (pane));

  pane->client = g_object_ref (client);
  xs_photo_board_open (pane->board, client, photos_dir);
  xs_log_pane_show (pane, NULL);
}

void
xs_log_pane_close (XsLogPane *pane)
{
  g_return_if_fail (XS_IS_LOG_PANE (pane));

  if (pane->client == NULL)
    return;
  xs_log_pane_show (pane, NULL);
  xs_update_label (pane->name, "");
  xs_update_label (pane->facts, "");
  xs_photo_board_close (pane->board);
  gtk_toggle_button_set_active (pane->months, FALSE);
  g_clear_object (&pane->client);
}

XsPhotoBoard *
xs_log_pane_get_board (XsLogPane *pane)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), NULL);

  return pane->board;
}

/* Keys */

static gboolean
timeline_key (XsLogPane *pane, guint key, GdkModifierType state)
{
  /* It has its own way to it. */
  if (!pane->loaded || gtk_widget_has_focus (GTK_WIDGET (pane->timeline)))
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (pane->timeline));
  return xs_timeline_key (pane->timeline, key, state);
}

static void
toggle (GtkToggleButton *button)
{
  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

gboolean
xs_log_pane_takes_arrows (XsLogPane *pane)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), FALSE);

  return pane->loaded && xs_photo_board_is_browsing (pane->board);
}

gboolean
xs_log_pane_key (XsLogPane *pane, guint key, GdkModifierType state)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), FALSE);

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      return !xs_log_pane_takes_arrows (pane) && timeline_key (pane, key, state);
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_minus:
      return timeline_key (pane, key, state);
    case GDK_KEY_d:
    case GDK_KEY_D:
      toggle (pane->day);
      return TRUE;
    case GDK_KEY_y:
    case GDK_KEY_Y:
      toggle (pane->months);
      return TRUE;
    case GDK_KEY_Escape:
      return pane->loaded && (xs_timeline_key (pane->timeline, key, state) || xs_photo_board_key (pane->board, key));
    case GDK_KEY_h:
    case GDK_KEY_H:
      gtk_menu_button_popup (pane->history);
      return TRUE;
    default:
      return pane->loaded && xs_photo_board_key (pane->board, key);
    }
}

/* GObject */

static void
xs_log_pane_dispose (GObject *object)
{
  XsLogPane *pane = XS_LOG_PANE (object);

  if (pane->loading != NULL)
    g_cancellable_cancel (pane->loading);
  g_clear_object (&pane->loading);
  g_clear_object (&pane->client);
  G_OBJECT_CLASS (xs_log_pane_parent_class)->dispose (object);
}

static void
xs_log_pane_finalize (GObject *object)
{
  g_clear_pointer (&XS_LOG_PANE (object)->shown, xs_shown_logs_free);
  G_OBJECT_CLASS (xs_log_pane_parent_class)->finalize (object);
}

static void
xs_log_pane_class_init (XsLogPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_log_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_log_pane_finalize;
  signals[SIGNAL_LOADED] =
    g_signal_new ("loaded", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MOVED] =
    g_signal_new ("moved", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RANGE_CHOSEN] =
    g_signal_new ("range-chosen", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  g_type_ensure (XS_TYPE_TIMELINE);
  g_type_ensure (XS_TYPE_PHOTO_BOARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-log-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, stack);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, standing_icon);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, name);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, facts);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, state);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, why);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, day);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, months);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, history);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, history_box);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, timeline);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, board);
  gtk_widget_class_bind_template_callback (widget_class, on_scope_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_photo_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_range_chosen);
  gtk_widget_class_bind_template_callback (widget_class, get_looked_at);
}

static void
xs_log_pane_init (XsLogPane *pane)
{
  pane->shown_standing = XS_N_STANDINGS;
  gtk_widget_init_template (GTK_WIDGET (pane));
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GPropertyAction) strip = g_property_action_new ("strip", pane->board, "strip-shown");
  g_autoptr (GPropertyAction) grid = g_property_action_new ("grid", pane->board, "grid-shown");
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (strip));
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (grid));
  gtk_widget_insert_action_group (GTK_WIDGET (pane), "photos", G_ACTION_GROUP (actions));
}
