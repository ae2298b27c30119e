/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-summary-page.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-photo-row.h"
#include "xs-presence-ribbon.h"
#include "xs-study-text.h"
#include "xs-update.h"
#include "xs-verdicts.h"

#define WIDTH_PX 1200
#define PAUSES_HEIGHT_PX 400
/* Shorter pauses are not worth a line. */
#define SHOWN_PAUSE_US (2 * (gint64) G_USEC_PER_SEC)

struct _XsSummaryPage {
  AdwBin parent_instance;

  XsStudy *study;
  XsStore *store;
  guint countdown_id; /* 0: it is not shown */
  int close_after_s;
  int seconds_left;
  char stunum[XS_UNIFIED_DIGITS + 1]; /* whose session is shown */
  gint64 start_wall_us;
  AdwClamp *clamp;
  GtkLabel *heading;
  GtkLabel *lead;
  GtkLabel *credited;
  XsPresenceRibbon *ribbon;
  GtkLabel *from;
  GtkLabel *until;
  GtkLabel *today;
  GtkLabel *total;
  GtkLabel *photos;
  GtkLabel *verdict;
  GtkBox *pauses_box;
  GtkScrolledWindow *pauses_scroll;
  GtkListBox *pauses;
  XsPhotoRow *pictures;
  GtkLabel *unsent;
  GtkButton *done;
  GtkLabel *countdown;
};

G_DEFINE_FINAL_TYPE (XsSummaryPage, xs_summary_page, ADW_TYPE_BIN)

static void
on_done (XsSummaryPage *self)
{
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  xs_photo_row_show_photos (self->pictures, NULL);
  xs_study_dismiss_summary (self->study);
}

static void
show_countdown (XsSummaryPage *self)
{
  g_autofree char *label = g_strdup_printf (_ ("Back to the first page in %d s"), self->seconds_left);

  xs_update_label (self->countdown, label);
}

/* Whoever reads on has the whole time again. */
static gboolean
on_event (XsSummaryPage *self, GdkEvent *event)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (self->countdown_id != 0
      && (type == GDK_KEY_PRESS || type == GDK_BUTTON_PRESS || type == GDK_TOUCH_BEGIN || type == GDK_SCROLL))
    {
      self->seconds_left = self->close_after_s;
      show_countdown (self);
    }
  return GDK_EVENT_PROPAGATE;
}

static gboolean
count_down (gpointer data)
{
  XsSummaryPage *self = data;

  if (--self->seconds_left > 0)
    {
      show_countdown (self);
      return G_SOURCE_CONTINUE;
    }
  self->countdown_id = 0;
  on_done (self);
  return G_SOURCE_REMOVE;
}

static void
clear_pauses (XsSummaryPage *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->pauses))) != NULL)
    gtk_list_box_remove (self->pauses, row);
}

static void
add_pause (XsSummaryPage *self, const char *icon_name, const char *title, const char *subtitle, const char *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), icon_name);
  gtk_widget_add_css_class (label, "body-large");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_append (self->pauses, row);
}

/* What the rules took, or leave to the coach. Returns: whether there is anything. */
static gboolean
list_breaches (XsSummaryPage *self, const GArray *outcomes)
{
  gboolean any = FALSE;

  for (guint i = 0; i < outcomes->len; i++)
    {
      const XsLogOutcome *outcome = &g_array_index (outcomes, XsLogOutcome, i);
      for (guint k = 0; k < outcome->audit->breaches->len; k++)
        {
          const XsBreach *breach = &g_array_index (outcome->audit->breaches, XsBreach, k);
          gint64 from_us, to_us;

          if (!xs_text_is_loss (breach) && !breach->review)
            continue;
          xs_audit_breach_wall_us (outcome->log, breach, &from_us, &to_us);
          g_autofree char *range =
            breach->review ? g_strdup (_ ("to be checked")) : xs_text_time_range (from_us, to_us);
          add_pause (self, breach->review ? "question-symbolic" : "dialog-warning-symbolic",
                     xs_rule_title (breach->rule), xs_rule_remedy (breach->rule), range);
          any = TRUE;
        }
    }
  return any;
}

static void
count_minutes (const GArray *outcomes, guint *claimed_min, guint *credited_min)
{
  *claimed_min = *credited_min = 0;
  for (guint i = 0; i < outcomes->len; i++)
    {
      const XsAudit *audit = g_array_index (outcomes, XsLogOutcome, i).audit;
      *claimed_min += audit->claimed_min;
      *credited_min += audit->credited_min;
    }
}

static void
list_pauses (XsSummaryPage *self, const XsStudySummary *summary, const GArray *outcomes)
{
  guint claimed_min, credited_min;

  clear_pauses (self);
  count_minutes (outcomes, &claimed_min, &credited_min);
  gboolean any = list_breaches (self, outcomes);
  if (!any && credited_min < claimed_min)
    {
      g_autofree char *lost = g_strdup_printf (_ ("%d min"), (int) (claimed_min - credited_min));
      add_pause (self, "dialog-warning-symbolic", xs_rule_title (XS_RULE_MINUTE_ABNORMAL),
                 xs_rule_remedy (XS_RULE_MINUTE_ABNORMAL), lost);
      any = TRUE;
    }
  for (XsPause pause = XS_PAUSE_CAMERA_LOST; pause < XS_PAUSE_STARTING; pause++)
    {
      if (summary->paused_us[pause] < SHOWN_PAUSE_US)
        continue;
      XsAdvice advice = xs_text_pause (pause);
      g_autofree char *duration = xs_text_duration (summary->paused_us[pause]);
      add_pause (self, advice.icon_name, advice.title, xs_text_next_time (pause), duration);
      any = TRUE;
    }
  if (!any && outcomes->len > 0 && credited_min == 0)
    add_pause (self, "dialog-warning-symbolic", xs_rule_title (XS_RULE_MINUTE_ABNORMAL),
               xs_rule_remedy (XS_RULE_MINUTE_ABNORMAL), "");
  else if (!any)
    add_pause (self, "emblem-ok-symbolic", _ ("Everything counted"), "", "");
}

static gboolean
is_too_short (const XsStudySummary *summary)
{
  return summary->last_segment_us < summary->segment_min_us;
}

static char *
verdict_text (const XsStudySummary *summary, const GArray *outcomes)
{
  guint claimed_min, credited_min;

  g_autofree char *least = xs_text_duration (summary->segment_min_us);
  g_autofree char *last = xs_text_duration (summary->last_segment_us);

  if (!summary->stored)
    return g_strdup (_ ("This PC could not store the end of this session. Please tell the staff."));
  if (summary->make_up_until_us != 0)
    {
      g_autofree char *until = xs_wall_format (summary->make_up_until_us, "%H:%M");
      return g_strdup_printf (summary->reason == XS_SIGN_OUT_ABSENCE
                                ? _ (
                                  "You were not seen any more, and are not signed out yet. Sign in again here before "
                                  "%s today: then what you studied counts.")
                                : _ ("No good last photo could be taken, so you are not signed out yet. Sign in again "
                                     "here before %s today: then what you studied counts."),
                              until);
    }
  if (summary->reason == XS_SIGN_OUT_ABSENCE)
    return g_strdup (_ ("You were signed out because you were not seen for a long time, without a last photo. Ask "
                        "your coach whether this session counts."));
  if (summary->reason == XS_SIGN_OUT_DAILY_CAP)
    return g_strdup (_ ("You have reached the limit for today. See you tomorrow."));
  if (is_too_short (summary) && summary->n_logs > 1)
    return g_strdup_printf (_ ("The last part, %s, does not count: it is below %s. All before is stored."), last,
                            least);
  if (is_too_short (summary))
    return g_strdup_printf (_ ("A session below %s does not count. Next time, please study longer in one go."), least);
  count_minutes (outcomes, &claimed_min, &credited_min);
  if (credited_min < claimed_min)
    return g_strdup_printf (_ ("By the rules %u of %u minutes count. Above stands why, and what to do."), credited_min,
                            claimed_min);
  if (claimed_min > 0)
    return g_strdup_printf (g_dngettext (NULL, "By the rules the %u minute counts. The school still checks the photos.",
                                         "By the rules all %u minutes count. The school still checks the photos.",
                                         claimed_min),
                            claimed_min);
  return g_strdup (_ ("This session is stored and goes to the school, which checks the photos."));
}

/* What still waits, and what the school says, is read again whenever something was sent or heard. */

typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  gint64 start_wall_us;
  XsOutboxStatus outbox;
  XsVerdictSum sum;
} News;

static gboolean
read_news (XsJournal *journal, gpointer data, GError **error)
{
  News *news = data;

  return xs_outbox_get_status (journal, &news->outbox, error)
         && xs_verdicts_sum (journal, news->stunum, news->start_wall_us, &news->sum, error);
}

/* Once the school has judged all of the session, that is what counts. Of a session too short it cannot say more. */
static void
show_verdicts (XsSummaryPage *self, const XsVerdictSum *sum)
{
  if (sum->claimed_min == 0 || sum->n_judged < sum->n_logs || sum->n_open > 0)
    return;
  g_autofree char *text =
    sum->credited_min < sum->claimed_min
      ? g_strdup_printf (_ ("By the school %u of %u minutes count. “My records” has why, and what to do."),
                         sum->credited_min, sum->claimed_min)
      : g_strdup_printf (g_dngettext (NULL, "The school has checked it: the %u minute counts.",
                                      "The school has checked it: all %u minutes count.", sum->credited_min),
                         sum->credited_min);
  xs_update_label (self->verdict, text);
  xs_update_class (self->verdict, "message", sum->credited_min < sum->claimed_min);
}

static void
on_news_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsSummaryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  const News *news = xs_store_get_data (result);

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Outbox: %s", error->message);
      return;
    }
  g_autofree char *unsent = xs_text_unsent (news->outbox.logs_waiting, news->outbox.photos_waiting);
  xs_update_label (self->unsent, unsent);
  if (strcmp (news->stunum, self->stunum) == 0)
    show_verdicts (self, &news->sum);
}

static void
update_news (XsSummaryPage *self)
{
  if (self->countdown_id == 0)
    return;
  News *news = g_new0 (News, 1);
  g_strlcpy (news->stunum, self->stunum, sizeof news->stunum);
  news->start_wall_us = self->start_wall_us;
  xs_store_submit (self->store, read_news, news, g_free, on_news_read, g_object_ref (self));
}

static void
show_pictures (XsSummaryPage *self)
{
  g_autoptr (GArray) ribbon = xs_study_list_ribbon (self->study);

  xs_presence_ribbon_set (self->ribbon, ribbon, TRUE);
  xs_photo_row_show_photos (self->pictures, xs_study_get_photos (self->study));
}

/* What the large figure is: not what counts, once the rules say less. */
static void
show_lead (XsSummaryPage *self, const char *text)
{
  gtk_label_set_text (self->lead, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->credited), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
xs_summary_page_show (XsSummaryPage *self)
{
  const XsStudySummary *summary = xs_study_get_summary (self->study);
  g_autofree char *heading = g_strdup_printf (_ ("Well done, %s"), summary->name);
  g_autofree char *from = xs_wall_format (summary->start_wall_us, "%H:%M");
  g_autofree char *until = xs_wall_format (summary->end_wall_us, "%H:%M");
  g_autofree char *credited = xs_text_clock (summary->credited_us);
  g_autofree char *today = xs_text_duration (summary->today_us);
  g_autofree char *total = xs_text_duration (summary->total_us);
  g_autofree char *photos = g_strdup_printf ("%u", summary->n_photos);
  g_autoptr (GArray) outcomes = xs_study_get_outcomes (self->study);
  guint claimed_min, credited_min;
  g_autofree char *verdict = verdict_text (summary, outcomes);

  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->from, from);
  gtk_label_set_text (self->until, until);
  gtk_label_set_text (self->credited, credited);
  gtk_label_set_text (self->today, today);
  gtk_label_set_text (self->total, total);
  gtk_label_set_text (self->photos, photos);
  gtk_label_set_text (self->verdict, verdict);
  count_minutes (outcomes, &claimed_min, &credited_min);
  const gboolean falls_short = is_too_short (summary) || credited_min < claimed_min;
  show_lead (self, falls_short ? _ ("Studied this session") : _ ("Counted this session"));
  xs_update_class (self->verdict, "message",
                   !summary->stored || summary->reason != XS_SIGN_OUT_BY_LEARNER || falls_short);
  list_pauses (self, summary, outcomes);

  g_strlcpy (self->stunum, summary->stunum, sizeof self->stunum);
  self->start_wall_us = summary->start_wall_us;
  self->seconds_left = self->close_after_s = (int) summary->close_after_s;
  show_countdown (self);
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  self->countdown_id = g_timeout_add_seconds (1, count_down, self);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->pauses_scroll), 0.0);
  show_pictures (self);
  update_news (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->done));
}

void
xs_summary_page_hold (XsSummaryPage *self)
{
  g_clear_handle_id (&self->countdown_id, g_source_remove);
}

void
xs_summary_page_set_scale (XsSummaryPage *self, double scale)
{
  int width_px = (int) (WIDTH_PX * scale);

  adw_clamp_set_maximum_size (self->clamp, width_px);
  adw_clamp_set_tightening_threshold (self->clamp, width_px);
  gtk_scrolled_window_set_max_content_height (self->pauses_scroll, (int) (PAUSES_HEIGHT_PX * scale));
}

void
xs_summary_page_set_study (XsSummaryPage *self, XsStudy *study, XsStore *store)
{
  self->study = g_object_ref (study);
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (update_news), self, G_CONNECT_SWAPPED);
}

static void
xs_summary_page_dispose (GObject *object)
{
  XsSummaryPage *self = XS_SUMMARY_PAGE (object);

  g_clear_handle_id (&self->countdown_id, g_source_remove);
  g_clear_object (&self->study);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_summary_page_parent_class)->dispose (object);
}

static void
xs_summary_page_class_init (XsSummaryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_summary_page_dispose;
  g_type_ensure (XS_TYPE_PHOTO_ROW);
  g_type_ensure (XS_TYPE_PRESENCE_RIBBON);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-summary-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, clamp);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, heading);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, lead);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, credited);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, ribbon);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, from);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, until);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, today);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, total);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, photos);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, pauses_box);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, pauses_scroll);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, pauses);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, pictures);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, unsent);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, done);
  gtk_widget_class_bind_template_child (widget_class, XsSummaryPage, countdown);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

static void
xs_summary_page_init (XsSummaryPage *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (events, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self), events);
}
