/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-pane.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-log-words.h"
#include "xs-photo-checks.h"
#include "xs-photo-compare.h"
#include "xs-photo-store.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-timeline.h"
#include "xs-update.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
/* Photos that are fetched before they are asked for, to either side. */
#define AHEAD_PHOTOS 3

struct _XsLogPane {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkImage *standing_icon;
  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *state;
  GtkLabel *why;
  GtkToggleButton *day;
  GtkMenuButton *history;
  GtkBox *history_box;
  XsTimeline *timeline;
  XsPhotoCompare *compare;

  XsReviewClient *client;             /* (nullable) */
  XsPhotoStore *photos;               /* (nullable) */
  XsShownLogs *shown;                 /* (nullable): the chosen log, and with the day the others too */
  char devnum[XS_UNIFIED_DIGITS + 1]; /* of the chosen log */
  gint64 seq;
  char log_sha256[65];       /* likewise; "": none */
  gboolean loaded;           /* it is in @shown */
  XsStanding shown_standing; /* whose class the icon has */
  GCancellable *loading;     /* (nullable): of the chosen log */
};

enum {
  SIGNAL_LOADED,
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

/* Photos */

static const XsShownPhoto *
chosen_photo (XsLogPane *pane)
{
  int index = xs_timeline_get_selected (pane->timeline);

  return pane->shown != NULL && index >= 0 ? &g_array_index (pane->shown->photos, XsShownPhoto, index) : NULL;
}

static void
show_photo (XsLogPane *pane, const char *missing)
{
  const XsShownPhoto *photo = chosen_photo (pane);

  if (photo == NULL)
    {
      xs_photo_compare_show (pane->compare, NULL);
      return;
    }
  const char *reason = xs_shown_photo_reason (photo);
  g_autofree char *at = xs_wall_format (photo->record->wall_us, "%H:%M:%S");
  g_autofree char *title = g_strdup_printf ("%s · %s · %s%s%s", at, xs_review_text_photo_kind (photo->record->event),
                                            xs_photo_seen_text (photo->seen), reason != NULL ? " · " : "",
                                            reason != NULL ? xs_review_text_reason (reason) : "");
  XsPhotoShown shown = { xs_photo_store_peek (pane->photos, photo->record->sha256), missing, title, photo->seen,
                         photo->log->limits };
  xs_photo_compare_show (pane->compare, &shown);
}

static const char *
missing_text (const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    return _ ("The photo is not on the platform: it has not arrived yet, or was removed.");
  if (g_error_matches (error, XS_ERROR, XS_ERROR_MEDIA))
    return _ ("The photo cannot be opened.");
  return xs_review_text_error (error);
}

typedef struct {
  XsLogPane *pane;
  char sha256[65];
} AskedPhoto;

static void
on_photo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree AskedPhoto *asked = user_data;
  g_autoptr (XsLogPane) pane = asked->pane;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);
  const XsShownPhoto *photo = pane->photos != NULL ? chosen_photo (pane) : NULL;

  if (photo != NULL && g_str_equal (photo->record->sha256, asked->sha256)
      && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    show_photo (pane, error != NULL ? missing_text (error) : NULL);
}

static void
ask_photo (XsLogPane *pane, int index)
{
  if (pane->shown == NULL || index < 0 || index >= (int) pane->shown->photos->len)
    return;
  const char *sha256 = g_array_index (pane->shown->photos, XsShownPhoto, index).record->sha256;
  if (xs_photo_store_peek (pane->photos, sha256) != NULL)
    return;
  AskedPhoto *asked = g_new (AskedPhoto, 1);
  asked->pane = g_object_ref (pane);
  g_strlcpy (asked->sha256, sha256, sizeof asked->sha256);
  xs_photo_store_get_async (pane->photos, sha256, FALSE, NULL, on_photo, asked);
}

static void
on_photo_selected (XsLogPane *pane)
{
  int index = xs_timeline_get_selected (pane->timeline);

  show_photo (pane, _ ("Getting the photo…"));
  ask_photo (pane, index);
  for (int i = 1; i <= AHEAD_PHOTOS; i++)
    {
      ask_photo (pane, index + i);
      ask_photo (pane, index - i);
    }
}

static void
on_registration (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree AskedPhoto *asked = user_data;
  g_autoptr (XsLogPane) pane = asked->pane;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);
  const XsReviewLog *log = pane->photos != NULL ? chosen_log (pane) : NULL;

  if (log != NULL && g_str_equal (log->registration_sha256, asked->sha256)
      && !g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    xs_photo_compare_set_registration (pane->compare, texture, error != NULL ? missing_text (error) : NULL);
}

static void
ask_registration (XsLogPane *pane, const XsReviewLog *log)
{
  if (log->registration_sha256[0] == '\0')
    {
      xs_photo_compare_set_registration (pane->compare, NULL, _ ("The student has no registration photo."));
      return;
    }
  xs_photo_compare_set_registration (pane->compare, NULL, _ ("Getting the photo…"));
  AskedPhoto *asked = g_new (AskedPhoto, 1);
  asked->pane = g_object_ref (pane);
  g_strlcpy (asked->sha256, log->registration_sha256, sizeof asked->sha256);
  xs_photo_store_get_async (pane->photos, log->registration_sha256, TRUE, NULL, on_registration, asked);
}

/* The log */

static void
show_standing (XsLogPane *pane, const XsReviewRow *row)
{
  XsStanding standing = xs_standing_of (row->state, row->verdict);
  g_autofree char *state = xs_review_text_state (row);
  g_autofree char *text = g_strdup_printf ("%s · %s", xs_standing_word (standing), state);

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
  for (guint i = 0; i < log->steps->len; i++)
    {
      g_autofree char *line = xs_log_words_step (&g_array_index (log->steps, XsReviewStep, i));
      GtkWidget *label = gtk_label_new (line);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
      gtk_box_append (pane->history_box, label);
    }
}

/* Where there is something to see first. */
static int
first_photo (XsLogPane *pane)
{
  int found = pane->shown->photos->len > 0 ? 0 : -1;
  XsTone worst = XS_TONE_GOOD;

  for (guint i = 0; i < pane->shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (pane->shown->photos, XsShownPhoto, i);
      XsTone tone = xs_photo_tone (photo->seen);
      if (!g_str_equal (photo->log->log_sha256, pane->log_sha256))
        continue;
      if (tone <= worst && xs_shown_photo_reason (photo) != NULL)
        tone = XS_TONE_DOUBT;
      if (tone > worst)
        {
          worst = tone;
          found = (int) i;
        }
    }
  return found;
}

static void
show_log (XsLogPane *pane)
{
  const XsReviewLog *log = chosen_log (pane);

  show_head (pane, xs_shown_log_row (log));
  g_autofree char *why = xs_log_words_why (log);
  xs_update_label (pane->why, why);
  show_history (pane, log);
  xs_timeline_set_model (pane->timeline, xs_shown_logs_timeline (pane->shown));
  xs_timeline_select (pane->timeline, first_photo (pane));
  ask_registration (pane, log);
  on_photo_selected (pane);
  g_signal_emit (pane, signals[SIGNAL_LOADED], 0);
}

/* What was shown is gone at once: nobody decides on what is on its way. */
static void
clear_log (XsLogPane *pane)
{
  if (pane->loading != NULL)
    g_cancellable_cancel (pane->loading);
  g_clear_object (&pane->loading);
  pane->loaded = FALSE;
  xs_timeline_set_model (pane->timeline, NULL);
  g_clear_pointer (&pane->shown, xs_shown_logs_free);
  xs_photo_compare_show (pane->compare, NULL);
  xs_photo_compare_set_registration (pane->compare, NULL, NULL);
  xs_update_label (pane->why, "");
}

/* Loading: the chosen log, and with the day the student's others. */

static void
on_day_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsLogPane) pane = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewLog) log = { 0 };

  if (!xs_review_client_get_log_finish (XS_REVIEW_CLIENT (source), result, &log, &error))
    {
      fail (pane, error);
      return;
    }
  if (!pane->loaded)
    return;
  int selected = xs_timeline_get_selected (pane->timeline);
  const char *number = selected >= 0 ? chosen_photo (pane)->record->number : NULL;
  xs_shown_logs_take (pane->shown, &log);
  xs_timeline_set_model (pane->timeline, xs_shown_logs_timeline (pane->shown));
  for (guint i = 0; number != NULL && i < pane->shown->photos->len; i++)
    if (g_array_index (pane->shown->photos, XsShownPhoto, i).record->number == number)
      xs_timeline_select (pane->timeline, (int) i);
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
  g_strlcpy (pane->devnum, row != NULL ? row->devnum : "", sizeof pane->devnum);
  pane->seq = row != NULL ? row->seq : 0;
  g_strlcpy (pane->log_sha256, row != NULL ? row->log_sha256 : "", sizeof pane->log_sha256);
  if (row != NULL)
    show_head (pane, row);
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

  return pane->loaded ? pane->shown : NULL;
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
  g_signal_emit (pane, signals[SIGNAL_RANGE_CHOSEN], 0);
}

static void
on_day_toggled (XsLogPane *pane)
{
  if (pane->loaded)
    xs_log_pane_load_again (pane);
}

void
xs_log_pane_open (XsLogPane *pane, XsReviewClient *client, const char *photos_dir)
{
  g_return_if_fail (XS_IS_LOG_PANE (pane));

  pane->client = g_object_ref (client);
  pane->photos = xs_photo_store_new (client, photos_dir);
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
  xs_photo_store_empty (pane->photos);
  g_clear_object (&pane->photos);
  g_clear_object (&pane->client);
}

static gboolean
timeline_key (XsLogPane *pane, guint key, GdkModifierType state)
{
  /* It has its own way to it. */
  if (!pane->loaded || gtk_widget_has_focus (GTK_WIDGET (pane->timeline)))
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (pane->timeline));
  return xs_timeline_key (pane->timeline, key, state);
}

gboolean
xs_log_pane_key (XsLogPane *pane, guint key, GdkModifierType state)
{
  g_return_val_if_fail (XS_IS_LOG_PANE (pane), FALSE);

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_minus:
      return timeline_key (pane, key, state);
    case GDK_KEY_m:
    case GDK_KEY_M:
      xs_photo_compare_toggle_measured (pane->compare);
      return TRUE;
    case GDK_KEY_d:
    case GDK_KEY_D:
      gtk_toggle_button_set_active (pane->day, !gtk_toggle_button_get_active (pane->day));
      return TRUE;
    case GDK_KEY_h:
    case GDK_KEY_H:
      gtk_menu_button_popup (pane->history);
      return TRUE;
    default:
      return FALSE;
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
  g_clear_object (&pane->photos);
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
  signals[SIGNAL_RANGE_CHOSEN] =
    g_signal_new ("range-chosen", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", XS_TYPE_LOG_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  g_type_ensure (XS_TYPE_TIMELINE);
  g_type_ensure (XS_TYPE_PHOTO_COMPARE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-log-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, stack);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, standing_icon);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, name);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, facts);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, state);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, why);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, day);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, history);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, history_box);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, timeline);
  gtk_widget_class_bind_template_child (widget_class, XsLogPane, compare);
  gtk_widget_class_bind_template_callback (widget_class, on_day_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_photo_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_range_chosen);
}

static void
xs_log_pane_init (XsLogPane *pane)
{
  pane->shown_standing = XS_N_STANDINGS;
  gtk_widget_init_template (GTK_WIDGET (pane));
}
