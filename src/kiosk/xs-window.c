/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-window.h"

#include <glib/gi18n.h>

#include "xs-awake.h"
#include "xs-clock.h"
#include "xs-coach-page.h"
#include "xs-consent-page.h"
#include "xs-identify-page.h"
#include "xs-ready-bar.h"
#include "xs-ready-feed.h"
#include "xs-ready-page.h"
#include "xs-records-page.h"
#include "xs-scan-page.h"
#include "xs-sign-in-page.h"
#include "xs-staff-page.h"
#include "xs-study-page.h"
#include "xs-summary-page.h"
#include "xs-sync-bar.h"
#include "xs-text.h"
#include "xs-update.h"

/* What the pages are drawn for, and the resolution that type is given there. */
#define DRAWN_WIDTH_PX 1366
#define DRAWN_HEIGHT_PX 768
#define DRAWN_DPI 96
#define SCALE_MIN 0.7
#define SCALE_MAX 3.0
/* Who looked into the own records and went away leaves them open for nobody else. */
#define RECORDS_UNSEEN_US (5 * (gint64) G_USEC_PER_SEC)

struct _XsWindow {
  AdwApplicationWindow parent_instance;

  gboolean kiosk;
  XsStudy *study;
  XsStore *store;
  XsStaffContext *context; /* (nullable) */
  XsReadyCheck *check;     /* (nullable) */
  XsKioskMode *mode;
  GtkStack *pages;
  GtkLabel *waiting;
  GtkImage *failure_icon;
  GtkLabel *failure_title;
  GtkLabel *failure_remedy;
  GtkLabel *failure_detail;
  GtkButton *retry;
  GtkButton *failure_staff;
  XsSignInPage *sign_in;
  XsScanPage *scan;
  XsConsentPage *consent;
  XsIdentifyPage *identify;
  XsCoachPage *coach;
  XsStudyPage *studying;
  XsSummaryPage *summary;
  XsRecordsPage *records;
  gboolean records_open;
  XsStudyPhase records_phase; /* that they were opened in */
  gboolean records_paused;    /* the lesson, for them */
  GtkWidget *records_opener;  /* (nullable): weak: what had the focus before them */
  gint64 seen_us;             /* while they are open: when their learner was last there */
  XsReadyPage *ready;
  XsStaffPage *staff;
  XsReadyBar *ready_bar;
  XsSyncBar *sync_bar;
};

enum {
  SIGNAL_RETRY,
  SIGNAL_PAIRED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsWindow, xs_window, ADW_TYPE_APPLICATION_WINDOW)

/* Assistive technology reads what is visible, also on pages of a GtkStack that are not shown. */
static void
hide_other_pages (XsWindow *self)
{
  GtkWidget *shown = gtk_stack_get_visible_child (self->pages);

  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->pages)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    gtk_widget_set_visible (page, page == shown);
}

static void
show_page (XsWindow *self, gpointer page)
{
  if (gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (page))
    return;
  if (gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->studying))
    xs_study_page_leave (self->studying);
  if (gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->staff))
    xs_staff_page_leave (self->staff);
  gtk_widget_set_visible (page, TRUE);
  gtk_stack_set_visible_child (self->pages, page);
  hide_other_pages (self);
  /* No button has the focus unless the page asks for it: Space belongs to the page. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  if (self->mode != NULL)
    xs_kiosk_mode_set_hide_pointer (self->mode, page == (gpointer) self->studying);
  if (page == (gpointer) self->sign_in)
    xs_sign_in_page_enter (self->sign_in);
  else if (page == (gpointer) self->consent)
    xs_consent_page_enter (self->consent);
  else if (page == (gpointer) self->coach)
    xs_coach_page_enter (self->coach);
  else if (page == (gpointer) self->studying)
    xs_study_page_enter (self->studying);
  else if (page == (gpointer) self->summary)
    xs_summary_page_show (self->summary);
  else if (page == (gpointer) self->staff)
    xs_staff_page_enter (self->staff);
  else if (page == (gpointer) self->ready)
    xs_ready_page_enter (self->ready);
}

/* Whether somebody looks at a page beside what the study shows. */
static gboolean
is_aside (XsWindow *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);

  return page == GTK_WIDGET (self->ready) || page == GTK_WIDGET (self->staff);
}

gboolean
xs_window_is_idle (XsWindow *self)
{
  return gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->sign_in)
         && !xs_sign_in_page_has_number (self->sign_in);
}

static GtkWidget *
page_called (XsWindow *self, const char *name)
{
  return gtk_stack_get_child_by_name (self->pages, name);
}

void
xs_window_show_waiting (XsWindow *self, const char *message)
{
  gtk_label_set_text (self->waiting, message);
  show_page (self, page_called (self, "waiting"));
}

static void
show_failure (XsWindow *self, const XsAdvice *advice, const char *detail, GtkButton *way_on)
{
  gboolean for_staff = way_on == self->failure_staff;

  gtk_image_set_from_icon_name (self->failure_icon, advice->icon_name);
  gtk_label_set_text (self->failure_title, advice->title);
  gtk_label_set_text (self->failure_remedy, advice->what_to_do);
  gtk_label_set_text (self->failure_detail, detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failure_detail), detail != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->retry), !for_staff);
  xs_update_class (self->failure_staff, "suggested-action", for_staff);
  xs_update_class (self->failure_staff, "primary", for_staff);
  xs_update_class (self->failure_staff, "flat", !for_staff);
  xs_update_class (self->failure_staff, "secondary", !for_staff);
  show_page (self, page_called (self, "failure"));
  gtk_widget_grab_focus (GTK_WIDGET (way_on));
}

void
xs_window_show_failure (XsWindow *self, const XsAdvice *advice, const char *detail)
{
  show_failure (self, advice, detail, self->retry);
}

void
xs_window_show_unpaired (XsWindow *self)
{
  XsAdvice advice = { _ ("This kiosk is not connected to a school yet"),
                      _ ("Staff: press “Staff” and type the platform’s address and a pairing code, which the platform "
                         "gives."),
                      "network-offline-symbolic" };
  show_failure (self, &advice, NULL, self->failure_staff);
}

static void
on_retry (XsWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_RETRY], 0);
}

/* An earlier session that was cut off, told once. */

static void
tell_interrupted (XsWindow *self)
{
  g_autoptr (GArray) sessions = xs_study_take_interrupted (self->study);

  if (sessions == NULL)
    return;
  g_autofree char *text = xs_text_interrupted (sessions);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Your last session was cut off"), text);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Go on"));
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Dialogs ask about the session that runs: when it is over, so are they. */
static void
close_dialogs (XsWindow *self)
{
  /* A dialog is none of its application's windows. */
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (gtk_window_get_transient_for (item->data) == GTK_WINDOW (self))
      gtk_window_destroy (item->data);
}

/* The learner's own records, before whom they were opened. */

static void
set_action_enabled (XsWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

static void on_study_changed (XsWindow *self);

static gboolean
records_may_stay (XsWindow *self, const XsStudyStatus *status)
{
  gint64 now_us = g_get_monotonic_time ();

  if (status->phase != self->records_phase)
    return FALSE;
  if (status->phase != XS_STUDY_STUDYING)
    return TRUE;
  if (status->presence == XS_PRESENCE_OTHER_PERSON)
    return FALSE;
  if (status->presence != XS_PRESENCE_NO_FACE && status->presence != XS_PRESENCE_COVERED)
    self->seen_us = now_us;
  return now_us - self->seen_us < RECORDS_UNSEEN_US;
}

static void
open_records (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  XsWindow *self = data;
  XsStudyStatus status;
  const char *stunum, *name;

  if (self->study == NULL || self->records_open)
    return;
  xs_study_get_status (self->study, &status);
  if (status.phase == XS_STUDY_STUDYING && status.learner != NULL)
    {
      stunum = status.learner->stunum;
      name = status.learner->name;
    }
  else if (status.phase == XS_STUDY_SUMMARY)
    {
      stunum = xs_study_get_summary (self->study)->stunum;
      name = xs_study_get_summary (self->study)->name;
      xs_summary_page_hold (self->summary);
    }
  else
    return;
  self->records_open = TRUE;
  g_set_weak_pointer (&self->records_opener, gtk_root_get_focus (GTK_ROOT (self)));
  self->records_phase = status.phase;
  self->seen_us = g_get_monotonic_time ();
  show_page (self, self->records);
  xs_records_page_open (self->records, stunum, name, status.phase == XS_STUDY_STUDYING);
  self->records_paused = status.phase == XS_STUDY_STUDYING && !xs_study_get_paused (self->study);
  if (self->records_paused)
    xs_study_set_paused (self->study, TRUE);
}

static void
close_records (XsWindow *self, XsStudyPhase phase)
{
  self->records_open = FALSE;
  close_dialogs (self);
  xs_records_page_close (self->records);
  if (self->records_paused && phase == XS_STUDY_STUDYING)
    xs_study_set_paused (self->study, FALSE);
}

static void
on_records_closed (XsWindow *self)
{
  if (!self->records_open)
    return;
  close_records (self, self->records_phase);
  on_study_changed (self);
  if (self->records_opener != NULL && gtk_widget_get_mapped (self->records_opener))
    gtk_widget_grab_focus (self->records_opener);
}

/* Who was cut off by a crash sits there still: only the face is asked for. Returns: whether there is such a one. */
static gboolean
resume (XsWindow *self)
{
  g_autofree char *stunum = xs_study_take_resumable (self->study);

  if (stunum == NULL)
    return FALSE;
  xs_sign_in_page_set_number (self->sign_in, stunum);
  xs_study_sign_in (self->study, stunum);
  return TRUE;
}

/* Of a card: whoever is refused finds it as if it had been typed. */
static void
fill_in_number (XsWindow *self, const XsStudyStatus *status)
{
  if (status->stunum != NULL)
    xs_sign_in_page_set_number (self->sign_in, status->stunum);
}

static void
on_study_changed (XsWindow *self)
{
  XsStudyStatus status;

  xs_study_get_status (self->study, &status);
  if (self->records_open && !records_may_stay (self, &status))
    close_records (self, status.phase);
  if (self->records_open)
    return;
  /* The records are the learner's alone, and whoever a coach let in was not recognised. */
  gboolean is_admitted =
    status.phase == XS_STUDY_SUMMARY ? xs_study_get_summary (self->study)->is_admitted : status.admitted_by != NULL;
  set_action_enabled (self, "records", !is_admitted);
  switch (status.phase)
    {
    case XS_STUDY_LOADING:
      if (!is_aside (self))
        xs_window_show_waiting (self, _ ("The kiosk is getting ready…"));
      break;
    case XS_STUDY_READY:
      xs_sign_in_page_update (self->sign_in, &status);
      if (!is_aside (self) && !resume (self))
        show_page (self, self->sign_in);
      break;
    case XS_STUDY_SCANNING:
      xs_scan_page_update (self->scan, &status);
      show_page (self, self->scan);
      break;
    case XS_STUDY_ASKING_CONSENT:
      fill_in_number (self, &status);
      show_page (self, self->consent);
      break;
    case XS_STUDY_NOT_IDENTIFIED:
      xs_coach_page_update (self->coach, &status);
      show_page (self, self->coach);
      break;
    case XS_STUDY_IDENTIFYING:
      fill_in_number (self, &status);
      xs_identify_page_update (self->identify, &status);
      show_page (self, self->identify);
      break;
    case XS_STUDY_STUDYING:
      xs_study_page_update (self->studying, &status);
      show_page (self, self->studying);
      tell_interrupted (self);
      break;
    case XS_STUDY_SIGNING_OUT:
      close_dialogs (self);
      xs_study_page_update (self->studying, &status);
      break;
    case XS_STUDY_SUMMARY:
      close_dialogs (self);
      show_page (self, self->summary);
      break;
    case XS_STUDY_FAILED:
    default:
      if (status.error_message != NULL && !is_aside (self))
        {
          XsAdvice advice = { _ ("The kiosk cannot work"), _ ("Please tell the staff."), "dialog-warning-symbolic" };
          xs_window_show_failure (self, &advice, status.error_message);
        }
      break;
    }
}

/* The school's name comes from pairing and may be renamed by the platform. */

static gboolean
read_identity (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_identity (journal, data, error);
}

static void
on_identity_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  const XsIdentity *identity = xs_store_get_data (result);

  if (xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    xs_sign_in_page_set_school (self->sign_in, identity->school);
}

static void
update_school (XsWindow *self)
{
  if (self->store != NULL)
    xs_store_submit (self->store, read_identity, g_new0 (XsIdentity, 1), g_free, on_identity_read, g_object_ref (self));
}

/* Pages beside the study's */

/* Nobody is disturbed who is at the PC as a student. */
static gboolean
may_go_aside (XsWindow *self)
{
  XsStudyStatus status;

  if (self->study == NULL)
    return TRUE;
  xs_study_get_status (self->study, &status);
  return status.phase == XS_STUDY_LOADING || status.phase == XS_STUDY_READY || status.phase == XS_STUDY_FAILED;
}

static void
on_ready (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XsWindow *self = user_data;

  if (may_go_aside (self))
    show_page (self, self->ready);
}

static void
on_staff (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XsWindow *self = user_data;

  if (may_go_aside (self))
    show_page (self, self->staff);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XsWindow *self = user_data;

  if (!is_aside (self))
    return;
  show_page (self, page_called (self, self->study != NULL ? "waiting" : "failure"));
  if (self->study != NULL)
    on_study_changed (self);
}

static void
on_paired (XsWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_PAIRED], 0);
}

void
xs_window_set_staff (XsWindow *self, XsStaffContext *context)
{
  self->context = context;
  xs_staff_page_set_context (self->staff, context);
  set_action_enabled (self, "staff", TRUE);
}

static void
begin_ready_check (XsWindow *self, XsSync *sync)
{
  self->check = xs_ready_check_new (self->study, self->store, xs_clock_system ());
  xs_staff_context_set_study (self->context, self->study, self->check);
  xs_ready_feed (self->check, sync, GTK_WIDGET (self));
  xs_ready_page_set_check (self->ready, self->check, sync);
  xs_ready_bar_set_check (self->ready_bar, self->check, GTK_WIDGET (self->sign_in));
  xs_awake_watch (gtk_window_get_application (GTK_WINDOW (self)), GTK_WINDOW (self), self->study, self->check);
  set_action_enabled (self, "ready", TRUE);
}

void
xs_window_set_study (XsWindow *self, XsStudy *study, XsStore *store, XsSync *sync)
{
  self->study = g_object_ref (study);
  self->store = g_object_ref (store);
  xs_sign_in_page_set_study (self->sign_in, study);
  xs_scan_page_set_study (self->scan, study);
  xs_consent_page_set_study (self->consent, study);
  xs_identify_page_set_study (self->identify, study);
  xs_coach_page_set_study (self->coach, study);
  xs_study_page_set_study (self->studying, study, store);
  xs_summary_page_set_study (self->summary, study, store);
  xs_records_page_set_store (self->records, store);
  xs_sync_bar_set_source (self->sync_bar, store, sync);
  gtk_widget_set_visible (GTK_WIDGET (self->sync_bar), TRUE);
  g_signal_connect_object (study, "changed", G_CALLBACK (on_study_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sync, "refreshed", G_CALLBACK (update_school), self, G_CONNECT_SWAPPED);
  update_school (self);
  begin_ready_check (self, sync);
  on_study_changed (self);
}

XsReadyCheck *
xs_window_get_ready_check (XsWindow *self)
{
  return self->check;
}

/* Keys: what a page does with them wherever the focus is. */

/* Between the number and the lesson. */
static gboolean
is_sign_in_page (XsWindow *self, GtkWidget *page)
{
  return page == GTK_WIDGET (self->scan) || page == GTK_WIDGET (self->consent) || page == GTK_WIDGET (self->identify)
         || page == GTK_WIDGET (self->coach);
}

static gboolean
on_key_pressed (XsWindow *self, guint keyval, guint keycode, GdkModifierType state)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || self->study == NULL)
    return GDK_EVENT_PROPAGATE;
  if (page == GTK_WIDGET (self->records))
    return xs_records_page_press (self->records, keyval);
  if (is_aside (self) && keyval == GDK_KEY_Escape)
    {
      g_action_group_activate_action (G_ACTION_GROUP (self), "back", NULL);
      return GDK_EVENT_STOP;
    }
  if (page == GTK_WIDGET (self->sign_in))
    return xs_sign_in_page_press (self->sign_in, keyval);
  if (is_sign_in_page (self, page) && keyval == GDK_KEY_Escape)
    {
      xs_study_cancel_sign_in (self->study);
      return GDK_EVENT_STOP;
    }
  if (page == GTK_WIDGET (self->studying) && xs_study_page_press (self->studying, keyval))
    return GDK_EVENT_STOP;
  if (page == GTK_WIDGET (self->studying) && keyval == GDK_KEY_space && !GTK_IS_BUTTON (focus))
    {
      xs_study_set_paused (self->study, !xs_study_get_paused (self->study));
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

/* Size */

static void
on_layout (XsWindow *self, int width, int height)
{
  double scale = MIN ((double) width / DRAWN_WIDTH_PX, (double) height / DRAWN_HEIGHT_PX);
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (self));
  int dpi, wanted;

  scale = CLAMP (scale, SCALE_MIN, SCALE_MAX);
  wanted = (int) (scale * DRAWN_DPI * PANGO_SCALE);
  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  if (dpi == wanted)
    return;
  g_object_set (settings, "gtk-xft-dpi", wanted, NULL);
  xs_study_page_set_scale (self->studying, scale);
  xs_summary_page_set_scale (self->summary, scale);
  xs_records_page_set_scale (self->records, scale);
}

static void
xs_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (xs_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout", G_CALLBACK (on_layout), widget,
                           G_CONNECT_SWAPPED);
}

static gboolean
xs_window_close_request (GtkWindow *window)
{
  if (XS_WINDOW (window)->kiosk)
    return TRUE;
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (window)), "quit", NULL);
  return TRUE;
}

static void
xs_window_dispose (GObject *object)
{
  XsWindow *self = XS_WINDOW (object);

  g_clear_weak_pointer (&self->records_opener);
  g_clear_object (&self->mode);
  g_clear_object (&self->check);
  g_clear_pointer (&self->context, xs_staff_context_unref);
  g_clear_object (&self->study);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (xs_window_parent_class)->dispose (object);
}

static void
xs_window_class_init (XsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_window_dispose;
  widget_class->realize = xs_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = xs_window_close_request;
  signals[SIGNAL_RETRY] =
    g_signal_new ("retry", XS_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PAIRED] =
    g_signal_new ("paired", XS_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (XS_TYPE_READY_BAR);
  g_type_ensure (XS_TYPE_READY_PAGE);
  g_type_ensure (XS_TYPE_STAFF_PAGE);
  g_type_ensure (XS_TYPE_SIGN_IN_PAGE);
  g_type_ensure (XS_TYPE_SCAN_PAGE);
  g_type_ensure (XS_TYPE_CONSENT_PAGE);
  g_type_ensure (XS_TYPE_IDENTIFY_PAGE);
  g_type_ensure (XS_TYPE_COACH_PAGE);
  g_type_ensure (XS_TYPE_STUDY_PAGE);
  g_type_ensure (XS_TYPE_SUMMARY_PAGE);
  g_type_ensure (XS_TYPE_RECORDS_PAGE);
  g_type_ensure (XS_TYPE_SYNC_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-window.ui");
  gtk_widget_class_bind_template_child (widget_class, XsWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, failure_icon);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, failure_title);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, failure_remedy);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, failure_detail);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, retry);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, failure_staff);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, sign_in);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, scan);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, consent);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, identify);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, coach);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, studying);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, records);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, sync_bar);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, ready);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, staff);
  gtk_widget_class_bind_template_child (widget_class, XsWindow, ready_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_records_closed);
  gtk_widget_class_bind_template_callback (widget_class, on_paired);
}

static void
xs_window_init (XsWindow *self)
{
  static const GActionEntry actions[] = {
    { "ready", on_ready },
    { "staff", on_staff },
    { "back", on_back },
    { "records", open_records },
  };
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_action_enabled (self, "ready", FALSE);
  set_action_enabled (self, "staff", FALSE);
  hide_other_pages (self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_window_set_default_size (GTK_WINDOW (self), DRAWN_WIDTH_PX, DRAWN_HEIGHT_PX);
}

XsWindow *
xs_window_new (GtkApplication *application, XsKioskPlace place)
{
  XsWindow *self = g_object_new (XS_TYPE_WINDOW, "application", application, "title", _ ("Xueshi"), NULL);

  self->kiosk = place != XS_KIOSK_PLACE_WINDOW;
  self->mode = xs_kiosk_mode_new (GTK_WINDOW (self), place);
  if (self->kiosk)
    gtk_window_fullscreen (GTK_WINDOW (self));
  return self;
}
