/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-records-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-appeal-dialog.h"
#include "xs-record-view.h"
#include "xs-records-text.h"
#include "xs-update.h"
#include "xs-withdraw-dialog.h"

#define DAYS_AT_ONCE 30
#define DAYS_WIDTH_PX 300
/* Others may come by: who does nothing for so long is not reading any more. */
#define CLOSE_AFTER_US (90 * (gint64) G_USEC_PER_SEC)
/* While a session runs the journal changes every second. */
#define LOOK_AGAIN_MS 1000

struct _XsRecordsPage {
  AdwBin parent_instance;

  XsStore *store;
  char stunum[XS_UNIFIED_DIGITS + 1]; /* "" while closed */
  guint generation;                   /* of what is asked for: answers to older questions are dropped */
  GArray *logs;                       /* (nullable): XsRecordLog of the selected day */
  gint64 seq;                         /* of the log that is shown in full; 0: none */
  gint64 left_seq;                    /* of the one that was left, whose row is to get the focus; 0: none */
  int earliest_day;                   /* listed so far */
  guint tick_id;
  guint changed_id;
  gint64 touched_us; /* when the learner last did something */

  GtkButton *back;
  GtkLabel *heading;
  GtkLabel *name;
  GtkButton *withdraw;
  AdwClamp *days_clamp;
  GtkListBox *days;
  GtkButton *earlier;
  GtkStack *pages;
  GtkLabel *message;
  GtkListBox *logs_list;
  XsRecordView *record_view;
};

enum {
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsRecordsPage, xs_records_page, ADW_TYPE_BIN)

/* One question to the journal. */
typedef struct {
  GWeakRef page;
  guint generation;
  char stunum[XS_UNIFIED_DIGITS + 1];
  int day; /* before which, or of which */
  gint64 seq;
  gboolean again; /* it is shown already: only what may have changed */
  XsAppealReason reason;
  char *comment;
  gboolean has_consent;

  GArray *days; /* answers */
  GArray *logs;
  XsRecord *record;
  GPtrArray *photos; /* GBytes, some NULL */
} Question;

static void
free_question (gpointer data)
{
  Question *question = data;

  g_weak_ref_clear (&question->page);
  g_free (question->comment);
  g_clear_pointer (&question->days, g_array_unref);
  g_clear_pointer (&question->logs, g_array_unref);
  g_clear_pointer (&question->record, xs_record_free);
  g_clear_pointer (&question->photos, g_ptr_array_unref);
  g_free (question);
}

static Question *
question_new (XsRecordsPage *self)
{
  Question *question = g_new0 (Question, 1);

  g_weak_ref_init (&question->page, self);
  question->generation = self->generation;
  g_strlcpy (question->stunum, self->stunum, sizeof question->stunum);
  return question;
}

/* (transfer full) (nullable): the page, when it still wants the answer. */
static XsRecordsPage *
take_page (GObject *source, GAsyncResult *result)
{
  Question *question = xs_store_get_data (result);
  g_autoptr (XsRecordsPage) self = g_weak_ref_get (&question->page);
  g_autoptr (GError) error = NULL;
  gboolean ok = xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error);

  if (self == NULL || question->generation != self->generation)
    return NULL;
  if (ok)
    return g_steal_pointer (&self);
  g_message ("The records of %s cannot be read: %s", question->stunum, error->message);
  gtk_label_set_text (self->message, _ ("Your records cannot be read. Please tell the staff."));
  gtk_stack_set_visible_child_name (self->pages, "message");
  return NULL;
}

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
}

static GtkWidget *
make_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

/* The logs of a day */

static int
selected_day (XsRecordsPage *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->days);

  return row != NULL ? GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "xs-day")) : 0;
}

static gboolean
read_logs (XsJournal *journal, gpointer data, GError **error)
{
  Question *question = data;

  question->logs = xs_records_list_logs (journal, question->stunum, question->day, error);
  return question->logs != NULL;
}

/* What a row cannot change: another log, or other things at its end. */
static guint
row_kind (const XsRecordLog *log)
{
  return ((guint) log->segment_id << 2) | (log->appeal.sent != XS_SENT_NOTHING ? 2 : 0) | (log->judged ? 1 : 0);
}

static GtkWidget *
make_log_row (const XsRecordLog *log)
{
  GtkWidget *row = make_row ("", "");

  g_object_set_data (G_OBJECT (row), "xs-kind", GUINT_TO_POINTER (row_kind (log)));
  if (log->appeal.sent != XS_SENT_NOTHING)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_label_new (_ ("Appeal made")));
  if (log->judged)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), log->judged);
  return row;
}

static void
fill_log_row (GtkListBoxRow *row, const XsRecordLog *log)
{
  XsAdvice verdict = xs_records_text_verdict (log);
  g_autofree char *range = xs_text_time_range (log->start_wall_us, log->end_wall_us);
  g_autofree char *studied = xs_text_clock (log->credited_us);
  g_autofree char *title = g_strdup_printf (_ ("%s · studied %s"), range, studied);
  g_autofree char *counted = xs_records_text_counted (log);
  g_autofree char *sent = xs_records_text_sent (log);
  g_autofree char *subtitle =
    g_strdup_printf ("%s%s%s\n%s", verdict.title, counted[0] != '\0' ? " · " : "", counted, sent);

  if (strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) != 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), subtitle) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), verdict.icon_name);
}

/* Whether the rows on screen are of @logs: then they stay, with the focus and the place in the list. */
static gboolean
has_rows_of (XsRecordsPage *self, const GArray *logs)
{
  guint n_rows = 0;

  for (GtkListBoxRow *row; (row = gtk_list_box_get_row_at_index (self->logs_list, (int) n_rows)) != NULL; n_rows++)
    if (n_rows >= logs->len
        || GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "xs-kind"))
             != row_kind (&g_array_index (logs, XsRecordLog, n_rows)))
      return FALSE;
  return n_rows == logs->len;
}

static void
replace_log_rows (XsRecordsPage *self, const GArray *logs)
{
  clear_list (self->logs_list);
  for (guint i = 0; i < logs->len; i++)
    gtk_list_box_append (self->logs_list, make_log_row (&g_array_index (logs, XsRecordLog, i)));
}

static void
focus_left_row (XsRecordsPage *self)
{
  for (guint i = 0; i < self->logs->len; i++)
    if (g_array_index (self->logs, XsRecordLog, i).seq == self->left_seq)
      gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->logs_list, (int) i)));
  self->left_seq = 0;
}

static void
on_logs_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);
  const Question *question = xs_store_get_data (result);

  /* The day was left meanwhile. */
  if (self == NULL || question->day != selected_day (self))
    return;
  g_clear_pointer (&self->logs, g_array_unref);
  self->logs = g_array_ref (question->logs);
  if (!has_rows_of (self, self->logs))
    replace_log_rows (self, self->logs);
  for (guint i = 0; i < self->logs->len; i++)
    fill_log_row (gtk_list_box_get_row_at_index (self->logs_list, (int) i),
                  &g_array_index (self->logs, XsRecordLog, i));
  if (self->seq != 0)
    return;
  gtk_stack_set_visible_child_name (self->pages, "logs");
  if (self->left_seq != 0)
    focus_left_row (self);
}

static void
ask_for_logs (XsRecordsPage *self, int day)
{
  Question *question = question_new (self);

  question->day = day;
  xs_store_submit (self->store, read_logs, question, free_question, on_logs_read, NULL);
}

/* One log in full */

static gboolean
read_record (XsJournal *journal, gpointer data, GError **error)
{
  Question *question = data;

  question->record = xs_records_read (journal, question->stunum, question->seq, error);
  if (question->record == NULL)
    return FALSE;
  question->photos = g_ptr_array_new_full (question->record->log.photos->len, NULL);
  g_ptr_array_set_free_func (question->photos, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; !question->again && i < question->record->log.photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (question->record->log.photos, XsPhotoRecord, i);
      g_autoptr (GError) missing = NULL;
      GBytes *jpeg = NULL;
      if (g_hash_table_contains (question->record->own_photos, photo->number))
        jpeg = xs_journal_get_own_photo (journal, question->stunum, photo->number, &missing);
      if (missing != NULL)
        g_message ("%s", missing->message);
      g_ptr_array_add (question->photos, jpeg);
    }
  return TRUE;
}

static void
on_record_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);

  if (self == NULL)
    return;
  Question *question = xs_store_get_data (result);
  if (question->seq != self->seq)
    return;
  if (question->again)
    {
      xs_record_view_update (self->record_view, question->record);
      return;
    }
  g_autofree char *day = xs_records_text_day (xs_wall_day (question->record->log.start_wall_us));
  gtk_label_set_text (self->heading, day);
  xs_record_view_show (self->record_view, question->record, question->photos);
  /* A day that gets the focus is chosen, and would close the log before Tab has come to its buttons. */
  gtk_widget_set_can_focus (GTK_WIDGET (self->days_clamp), FALSE);
  gtk_stack_set_visible_child_name (self->pages, "record");
  gtk_widget_grab_focus (GTK_WIDGET (self->back));
}

static void
ask_for_record (XsRecordsPage *self, gboolean again)
{
  Question *question = question_new (self);

  question->seq = self->seq;
  question->again = again;
  xs_store_submit (self->store, read_record, question, free_question, on_record_read, NULL);
}

static void
on_log_activated (XsRecordsPage *self, GtkListBoxRow *row)
{
  guint index = (guint) gtk_list_box_row_get_index (row);

  if (self->logs == NULL || index >= self->logs->len)
    return;
  self->seq = g_array_index (self->logs, XsRecordLog, index).seq;
  if (self->seq != 0)
    ask_for_record (self, FALSE);
}

static void
leave_record (XsRecordsPage *self)
{
  self->seq = 0;
  gtk_widget_set_can_focus (GTK_WIDGET (self->days_clamp), TRUE);
  xs_record_view_clear (self->record_view);
  gtk_label_set_text (self->heading, _ ("My records"));
  gtk_stack_set_visible_child_name (self->pages, "logs");
}

/* Appeals */

static gboolean
appeal (XsJournal *journal, gpointer data, GError **error)
{
  Question *question = data;

  return xs_journal_appeal (journal, question->stunum, question->seq, question->reason, question->comment, error);
}

static void
on_appealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);

  if (self != NULL)
    ask_for_record (self, TRUE);
}

static void
on_appeal_chosen (XsAppealReason reason, const char *comment, gpointer data)
{
  XsRecordsPage *self = data;

  if (self->stunum[0] == '\0' || self->seq == 0)
    return;
  Question *question = question_new (self);
  question->seq = self->seq;
  question->reason = reason;
  question->comment = g_strdup (comment);
  xs_store_submit (self->store, appeal, question, free_question, on_appealed, NULL);
}

static void
on_appeal (XsRecordsPage *self)
{
  xs_appeal_dialog_show (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), on_appeal_chosen, G_OBJECT (self));
}

/* Consent, and taking it back once nobody studies */

static gboolean
read_consent (XsJournal *journal, gpointer data, GError **error)
{
  Question *question = data;
  XsConsent consent;

  if (!xs_journal_get_consent (journal, question->stunum, &consent, error))
    return FALSE;
  question->has_consent = consent.text_version != 0;
  return TRUE;
}

static void
on_consent_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);
  const Question *question = xs_store_get_data (result);

  if (self != NULL)
    gtk_widget_set_visible (GTK_WIDGET (self->withdraw), question->has_consent);
}

static gboolean
withdraw (XsJournal *journal, gpointer data, GError **error)
{
  const Question *question = data;

  return xs_journal_withdraw_consent (journal, question->stunum, error);
}

static void
on_withdrawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);

  if (self == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->withdraw), FALSE);
  xs_withdraw_dialog_tell (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
}

static void
on_withdraw_chosen (gpointer data)
{
  XsRecordsPage *self = data;

  if (self->stunum[0] != '\0')
    xs_store_submit (self->store, withdraw, question_new (self), free_question, on_withdrawn, NULL);
}

static void
on_withdraw (XsRecordsPage *self)
{
  xs_withdraw_dialog_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), on_withdraw_chosen, G_OBJECT (self));
}

/* Days */

static gboolean
read_days (XsJournal *journal, gpointer data, GError **error)
{
  Question *question = data;

  question->days = xs_records_list_days (journal, question->stunum, question->day, DAYS_AT_ONCE, error);
  return question->days != NULL;
}

static void
on_days_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsRecordsPage) self = take_page (source, result);

  if (self == NULL)
    return;
  Question *question = xs_store_get_data (result);
  for (guint i = 0; i < question->days->len; i++)
    {
      const XsRecordDay *day = &g_array_index (question->days, XsRecordDay, i);
      g_autofree char *title = xs_records_text_day (day->day);
      g_autofree char *studied = xs_text_duration (day->credited_us);
      g_autofree char *subtitle = g_strdup_printf (_ ("studied %s"), studied);
      GtkWidget *row = make_row (title, subtitle);
      g_object_set_data (G_OBJECT (row), "xs-day", GINT_TO_POINTER (day->day));
      gtk_list_box_append (self->days, row);
      self->earliest_day = day->day;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->earlier), question->days->len == DAYS_AT_ONCE);
  if (question->day != 0)
    return;
  GtkListBoxRow *newest = gtk_list_box_get_row_at_index (self->days, 0);
  if (newest != NULL)
    {
      gtk_list_box_select_row (self->days, newest);
      gtk_widget_grab_focus (GTK_WIDGET (newest));
      return;
    }
  gtk_label_set_text (self->message, _ ("You have not studied on this PC yet."));
  gtk_stack_set_visible_child_name (self->pages, "message");
}

static void
ask_for_days (XsRecordsPage *self, int before_day)
{
  Question *question = question_new (self);

  question->day = before_day;
  xs_store_submit (self->store, read_days, question, free_question, on_days_read, NULL);
}

static void
on_earlier (XsRecordsPage *self)
{
  ask_for_days (self, self->earliest_day);
}

static void
on_day_selected (XsRecordsPage *self, GtkListBoxRow *row)
{
  if (row == NULL || self->stunum[0] == '\0')
    return;
  self->left_seq = 0;
  leave_record (self);
  ask_for_logs (self, selected_day (self));
}

/* Going back, and being forgotten */

static void
on_back (XsRecordsPage *self)
{
  if (self->seq == 0)
    {
      g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
      return;
    }
  self->left_seq = self->seq;
  leave_record (self);
  ask_for_logs (self, selected_day (self));
}

static gboolean
on_tick (gpointer data)
{
  XsRecordsPage *self = data;

  if (g_get_monotonic_time () - self->touched_us < CLOSE_AFTER_US)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
  return G_SOURCE_REMOVE;
}

static void
touch (XsRecordsPage *self)
{
  self->touched_us = g_get_monotonic_time ();
}

gboolean
xs_records_page_press (XsRecordsPage *self, guint keyval)
{
  touch (self);
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  on_back (self);
  return GDK_EVENT_STOP;
}

static gboolean
look_again (gpointer data)
{
  XsRecordsPage *self = data;

  self->changed_id = 0;
  if (self->seq != 0)
    ask_for_record (self, TRUE);
  else if (selected_day (self) != 0)
    ask_for_logs (self, selected_day (self));
  return G_SOURCE_REMOVE;
}

/* Where things are on their way to the school, and what the school says of them. */
static void
on_store_changed (XsRecordsPage *self)
{
  if (self->stunum[0] != '\0' && self->changed_id == 0)
    self->changed_id = g_timeout_add (LOOK_AGAIN_MS, look_again, self);
}

void
xs_records_page_open (XsRecordsPage *self, const char *stunum, const char *name, gboolean studying)
{
  xs_records_page_close (self);
  g_strlcpy (self->stunum, stunum, sizeof self->stunum);
  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->heading, _ ("My records"));
  gtk_label_set_text (self->message, "");
  gtk_stack_set_visible_child_name (self->pages, "message");
  touch (self);
  self->tick_id = g_timeout_add_seconds (1, on_tick, self);
  gtk_widget_grab_focus (GTK_WIDGET (self->back));
  ask_for_days (self, 0);
  if (!studying)
    xs_store_submit (self->store, read_consent, question_new (self), free_question, on_consent_read, NULL);
}

void
xs_records_page_close (XsRecordsPage *self)
{
  self->generation++;
  memset (self->stunum, 0, sizeof self->stunum);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->changed_id, g_source_remove);
  g_clear_pointer (&self->logs, g_array_unref);
  self->seq = self->left_seq = 0;
  gtk_widget_set_can_focus (GTK_WIDGET (self->days_clamp), TRUE);
  clear_list (self->days);
  clear_list (self->logs_list);
  gtk_widget_set_visible (GTK_WIDGET (self->earlier), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->withdraw), FALSE);
  gtk_label_set_text (self->name, "");
  xs_record_view_clear (self->record_view);
}

void
xs_records_page_set_store (XsRecordsPage *self, XsStore *store)
{
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
}

void
xs_records_page_set_scale (XsRecordsPage *self, double scale)
{
  int width_px = (int) (DAYS_WIDTH_PX * scale);

  adw_clamp_set_maximum_size (self->days_clamp, width_px);
  adw_clamp_set_tightening_threshold (self->days_clamp, width_px);
}

static void
xs_records_page_dispose (GObject *object)
{
  XsRecordsPage *self = XS_RECORDS_PAGE (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->changed_id, g_source_remove);
  g_clear_pointer (&self->logs, g_array_unref);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_records_page_parent_class)->dispose (object);
}

static void
xs_records_page_class_init (XsRecordsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_records_page_dispose;
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed", XS_TYPE_RECORDS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (XS_TYPE_RECORD_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-records-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, back);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, heading);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, name);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, withdraw);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, days_clamp);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, days);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, earlier);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, pages);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, message);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, logs_list);
  gtk_widget_class_bind_template_child (widget_class, XsRecordsPage, record_view);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_earlier);
  gtk_widget_class_bind_template_callback (widget_class, on_day_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_log_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_appeal);
  gtk_widget_class_bind_template_callback (widget_class, on_withdraw);
}

static void
xs_records_page_init (XsRecordsPage *self)
{
  GtkEventController *motion;

  gtk_widget_init_template (GTK_WIDGET (self));
  motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (touch), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
