/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-record-view.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-doubt.h"
#include "xs-minute-ribbon.h"
#include "xs-records-text.h"
#include "xs-update.h"

struct _XsRecordView {
  AdwBin parent_instance;

  GtkScrolledWindow *scroll;
  GtkLabel *when;
  GtkBox *verdict_box;
  GtkImage *verdict_icon;
  GtkLabel *verdict;
  GtkLabel *counted;
  GtkLabel *sent;
  GtkLabel *policy_note;
  XsMinuteRibbon *ribbon;
  GtkLabel *ribbon_from;
  GtkLabel *ribbon_to;
  GtkListBox *losses;
  GtkLabel *photos_note;
  GtkFlowBox *photos;
  GtkBox *appeal_box;
  GtkLabel *appeal_what;
  GtkLabel *appeal_state;
  GtkButton *appeal;
  char *said; /* (nullable): what show_judgement() shows */
};

enum {
  SIGNAL_APPEAL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsRecordView, xs_record_view, ADW_TYPE_BIN)

static void
on_appeal (XsRecordView *self)
{
  g_signal_emit (self, signals[SIGNAL_APPEAL], 0);
}

static void
clear_list (GtkWidget *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (list)) != NULL)
    {
      if (GTK_IS_LIST_BOX (list))
        gtk_list_box_remove (GTK_LIST_BOX (list), row);
      else
        gtk_flow_box_remove (GTK_FLOW_BOX (list), row);
    }
}

/* What did not count */

static void
add_loss (XsRecordView *self, const char *icon_name, const char *title, const char *remedy, const char *when)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (when);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), remedy);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), icon_name);
  gtk_widget_add_css_class (label, "body-large");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_append (self->losses, row);
}

/* Of a log below a minute a rule has no minutes to name: all of it is void. */
static void
add_whole_loss (XsRecordView *self, const XsRecord *record)
{
  const GArray *breaches = record->audit->breaches;
  g_autofree char *when = xs_text_time_range (record->log.start_wall_us, record->log.end_wall_us);
  XsRuleId rule = breaches->len > 0 ? g_array_index (breaches, XsBreach, 0).rule : XS_RULE_TOO_SHORT;

  add_loss (self, "dialog-warning-symbolic", xs_rule_title (rule), xs_rule_remedy (rule), when);
}

static void
list_losses (XsRecordView *self, const XsRecord *record)
{
  gboolean any = FALSE;

  clear_list (GTK_WIDGET (self->losses));
  for (guint i = 0; i < record->audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (record->audit->breaches, XsBreach, i);
      gboolean has_minutes = breach->from_min < breach->to_min;
      gint64 from_us, to_us;

      if (!has_minutes && !breach->review)
        continue;
      xs_audit_breach_wall_us (&record->log, breach, &from_us, &to_us);
      g_autofree char *when = has_minutes ? xs_text_time_range (from_us, to_us) : g_strdup (_ ("to be checked"));
      add_loss (self, breach->review ? "question-symbolic" : "dialog-warning-symbolic", xs_rule_title (breach->rule),
                xs_rule_remedy (breach->rule), when);
      any = TRUE;
    }
  for (guint i = 0; i < record->doubts->len; i++)
    {
      XsDoubt doubt = g_array_index (record->doubts, XsDoubt, i);
      if (i > 0 && doubt == g_array_index (record->doubts, XsDoubt, i - 1))
        continue;
      add_loss (self, "dialog-question-symbolic", xs_doubt_title (doubt), xs_doubt_remedy (doubt), _ ("to be checked"));
      any = TRUE;
    }
  if (any)
    return;
  if (record->head.verdict != XS_VERDICT_VOID && record->head.credited_min >= record->head.claimed_min)
    add_loss (self, "emblem-ok-symbolic", _ ("Everything counted"), "", "");
  else
    add_whole_loss (self, record);
}

/* Photos */

static GtkWidget *
make_picture (GBytes *jpeg, const char *name)
{
  g_autoptr (GdkTexture) texture = jpeg != NULL ? gdk_texture_new_from_bytes (jpeg, NULL) : NULL;
  GtkWidget *picture;

  if (texture == NULL)
    {
      picture = gtk_image_new_from_icon_name ("image-missing-symbolic");
      gtk_widget_add_css_class (picture, "no-photo");
    }
  else
    picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  gtk_widget_add_css_class (picture, "own-photo");
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return picture;
}

static GtkWidget *
make_line (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 5);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 5);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_photo (XsRecordView *self, const XsRecord *record, guint index, GBytes *jpeg)
{
  const XsPhotoRecord *photo = &g_array_index (record->log.photos, XsPhotoRecord, index);
  gboolean good;
  g_autofree char *check = xs_records_text_photo_check (record, index, &good);
  g_autofree char *time = xs_wall_format (photo->wall_us, "%H:%M:%S");
  g_autofree char *title = g_strdup_printf ("%s · %s", time, xs_records_text_photo_kind (photo->event));
  g_autofree char *name = g_strdup_printf ("%s. %s", title, check);
  GtkWidget *card = gtk_flow_box_child_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name (good ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  GtkWidget *words = make_line (check, good ? "body-large" : "photo-bad");

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (line), icon);
  gtk_box_append (GTK_BOX (line), words);
  gtk_box_append (GTK_BOX (box), make_picture (jpeg, name));
  gtk_box_append (GTK_BOX (box), make_line (title, "photo-title"));
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_add_css_class (box, "photo-card");
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (card), box);
  gtk_flow_box_append (self->photos, card);
}

static void
list_photos (XsRecordView *self, const XsRecord *record, const GPtrArray *photos)
{
  guint n_held = 0;

  clear_list (GTK_WIDGET (self->photos));
  for (guint i = 0; i < record->log.photos->len; i++)
    {
      GBytes *jpeg = i < photos->len ? g_ptr_array_index (photos, i) : NULL;
      n_held += jpeg != NULL;
      add_photo (self, record, i, jpeg);
    }
  g_autofree char *note = NULL;
  if (record->log.photos->len == 0)
    note = g_strdup (_ ("No photo was taken."));
  else if (n_held == 0)
    note = g_strdup (_ ("Their copies are not on this PC any more. The school has the photos themselves."));
  else
    note =
      g_strdup_printf (_ ("You can look at them for %d days, then they are removed from this PC. Only you see them "
                          "here."),
                       (int) record->policy.own_photo_days);
  gtk_label_set_text (self->photos_note, note);
}

/* Who says it, and what; rebuilt only when that changes, so that nothing moves under a finger. */
static void
show_judgement (XsRecordView *self, const XsRecord *record)
{
  const XsRecordLog *head = &record->head;
  g_autofree char *counted = xs_records_text_counted (head);
  g_autofree char *said = g_strdup_printf ("%d %d %d %s", head->by_platform, head->verdict, head->state, counted);

  if (g_strcmp0 (said, self->said) == 0)
    return;
  XsAdvice verdict = xs_records_text_verdict (head);
  g_autoptr (GArray) marks = xs_minute_marks (record);
  g_free (self->said);
  self->said = g_steal_pointer (&said);
  xs_update_icon (self->verdict_icon, verdict.icon_name);
  gtk_label_set_text (self->verdict, verdict.title);
  gtk_label_set_text (self->counted, counted);
  xs_update_class (self->verdict_box, "attention", head->verdict != XS_VERDICT_VALID);
  gtk_widget_set_visible (GTK_WIDGET (self->policy_note), record->policy_changed && !head->by_platform);
  xs_minute_ribbon_set (self->ribbon, marks, counted);
  list_losses (self, record);
}

void
xs_record_view_update (XsRecordView *self, const XsRecord *record)
{
  const XsRecordAppeal *appeal = &record->head.appeal;
  g_autofree char *sent = xs_records_text_sent (&record->head);
  gboolean may_appeal = xs_records_text_may_appeal (&record->head, record->audit);

  show_judgement (self, record);
  xs_update_label (self->sent, sent);
  gtk_widget_set_visible (GTK_WIDGET (self->appeal), may_appeal);
  gtk_widget_set_visible (GTK_WIDGET (self->appeal_box), appeal->sent != XS_SENT_NOTHING);
  if (appeal->sent == XS_SENT_NOTHING)
    return;
  g_autofree char *what = appeal->comment[0] != '\0'
                            ? g_strdup_printf ("%s · %s", xs_appeal_title (appeal->reason), appeal->comment)
                            : g_strdup (xs_appeal_title (appeal->reason));
  g_autofree char *state = xs_records_text_appeal (&record->head);
  xs_update_label (self->appeal_what, what);
  xs_update_label (self->appeal_state, state);
}

void
xs_record_view_show (XsRecordView *self, const XsRecord *record, const GPtrArray *photos)
{
  g_autofree char *range = xs_text_time_range (record->log.start_wall_us, record->log.end_wall_us);
  g_autofree char *credited = xs_text_clock (record->log.credited_s * G_USEC_PER_SEC);
  g_autofree char *when = g_strdup_printf (_ ("%s · studied %s"), range, credited);
  g_autofree char *from = xs_wall_format (record->log.start_wall_us, "%H:%M");
  g_autofree char *to = xs_wall_format (record->log.end_wall_us, "%H:%M");

  gtk_label_set_text (self->when, when);
  gtk_label_set_text (self->ribbon_from, from);
  gtk_label_set_text (self->ribbon_to, to);
  g_clear_pointer (&self->said, g_free);
  list_photos (self, record, photos);
  xs_record_view_update (self, record);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroll), 0);
}

void
xs_record_view_clear (XsRecordView *self)
{
  clear_list (GTK_WIDGET (self->losses));
  clear_list (GTK_WIDGET (self->photos));
  xs_minute_ribbon_set (self->ribbon, NULL, "");
}

static void
xs_record_view_finalize (GObject *object)
{
  g_free (XS_RECORD_VIEW (object)->said);

  G_OBJECT_CLASS (xs_record_view_parent_class)->finalize (object);
}

static void
xs_record_view_class_init (XsRecordViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_APPEAL] =
    g_signal_new ("appeal", XS_TYPE_RECORD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  G_OBJECT_CLASS (klass)->finalize = xs_record_view_finalize;
  g_type_ensure (XS_TYPE_MINUTE_RIBBON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-record-view.ui");
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, scroll);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, when);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, verdict_box);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, verdict);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, counted);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, sent);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, policy_note);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, ribbon);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, ribbon_from);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, ribbon_to);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, losses);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, photos_note);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, photos);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, appeal_box);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, appeal_what);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, appeal_state);
  gtk_widget_class_bind_template_child (widget_class, XsRecordView, appeal);
  gtk_widget_class_bind_template_callback (widget_class, on_appeal);
}

static void
xs_record_view_init (XsRecordView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
