/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-coach-window.h"

#include <glib/gi18n.h>

#include "xs-coach-sign-in.h"
#include "xs-review-desk.h"

/* What the pages are drawn for, and the resolution that type is given there. */
#define DRAWN_WIDTH_PX 1366
#define DRAWN_HEIGHT_PX 768
#define DRAWN_DPI 96
#define SCALE_MIN 0.7
#define SCALE_MAX 3.0
#define IDLE_LOOK_S 5

struct _XsCoachWindow {
  AdwApplicationWindow parent_instance;

  GtkStack *pages;
  XsCoachSignIn *sign_in;
  XsReviewDesk *review;
  XsReviewClient *client; /* (nullable): while somebody is signed in */
  char *dir;
  gint64 touched_us; /* when a key, button or the pointer moved last */
  guint idle_id;
};

G_DEFINE_FINAL_TYPE (XsCoachWindow, xs_coach_window, ADW_TYPE_APPLICATION_WINDOW)

/* A page that is not shown is not there for who reads the screen either. */
static void
show_page (XsCoachWindow *window, gpointer page)
{
  gtk_widget_set_visible (GTK_WIDGET (window->sign_in), page == window->sign_in);
  gtk_widget_set_visible (GTK_WIDGET (window->review), page == window->review);
  gtk_stack_set_visible_child (window->pages, page);
}

/* Signing in and out */

static void
leave (XsCoachWindow *window, const char *why)
{
  g_autoptr (GString) message = g_string_new (why);

  g_clear_handle_id (&window->idle_id, g_source_remove);
  if (window->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (window->client, window);
      xs_review_desk_close (window->review);
      xs_review_client_sign_out (window->client);
      g_clear_object (&window->client);
    }
  if (xs_review_desk_has_unsent (window->review))
    g_string_append_printf (
      message, "%s%s", message->len > 0 ? "\n" : "",
      _ ("Your last decision is not on the platform yet. Leave this window open, and sign in again "
         "to see what comes of it."));
  show_page (window, window->sign_in);
  xs_coach_sign_in_open (window->sign_in, message->len > 0 ? message->str : NULL);
}

static void
on_settled_late (XsCoachWindow *window, const char *what)
{
  g_autofree char *text = g_strdup_printf (_ ("Your last decision: %s"), what);

  xs_coach_sign_in_say (window->sign_in, text);
}

gboolean
xs_coach_window_has_unsent (XsCoachWindow *window)
{
  g_return_val_if_fail (XS_IS_COACH_WINDOW (window), FALSE);

  return xs_review_desk_has_unsent (window->review);
}

void
xs_coach_window_sign_out (XsCoachWindow *window)
{
  g_return_if_fail (XS_IS_COACH_WINDOW (window));

  leave (window, NULL);
}

static gboolean
look_whether_idle (gpointer data)
{
  XsCoachWindow *window = data;

  if (g_get_monotonic_time () - window->touched_us < XS_COACH_IDLE_S * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  window->idle_id = 0;
  leave (window, _ ("Locked, since nobody was here. Sign in to go on."));
  return G_SOURCE_REMOVE;
}

static void
on_signed_out (XsCoachWindow *window)
{
  leave (window, _ ("The platform has ended your session. Sign in to go on."));
}

static void
on_signed_in (XsCoachWindow *window, XsReviewClient *client)
{
  g_autofree char *photos = g_build_filename (window->dir, "photos", NULL);

  window->client = g_object_ref (client);
  g_signal_connect_swapped (client, "signed-out", G_CALLBACK (on_signed_out), window);
  window->touched_us = g_get_monotonic_time ();
  window->idle_id = g_timeout_add_seconds (IDLE_LOOK_S, look_whether_idle, window);
  show_page (window, window->review);
  xs_review_desk_open (window->review, client, photos);
}

static void
on_sign_out (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  leave (user_data, NULL);
}

static void
on_lock (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XsCoachWindow *window = user_data;

  if (window->client != NULL)
    leave (window, _ ("Locked. Sign in to go on."));
}

static void
on_touched_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XS_COACH_WINDOW (user_data)->touched_us = g_get_monotonic_time ();
}

/* Keys */

static gboolean
on_key (XsCoachWindow *window, guint key, guint code, GdkModifierType state)
{
  window->touched_us = g_get_monotonic_time ();
  return window->client != NULL && xs_review_desk_key (window->review, key, state);
}

static void
on_touched (XsCoachWindow *window)
{
  window->touched_us = g_get_monotonic_time ();
}

/* Size */

static void
on_layout (XsCoachWindow *window, int width, int height)
{
  double scale = MIN ((double) width / DRAWN_WIDTH_PX, (double) height / DRAWN_HEIGHT_PX);
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (window));
  int dpi, wanted = (int) (CLAMP (scale, SCALE_MIN, SCALE_MAX) * DRAWN_DPI * PANGO_SCALE);

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  if (dpi != wanted)
    g_object_set (settings, "gtk-xft-dpi", wanted, NULL);
}

static void
xs_coach_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (xs_coach_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout", G_CALLBACK (on_layout), widget,
                           G_CONNECT_SWAPPED);
}

static gboolean
xs_coach_window_close_request (GtkWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (window)), "quit", NULL);
  return TRUE;
}

static void
xs_coach_window_dispose (GObject *object)
{
  XsCoachWindow *window = XS_COACH_WINDOW (object);

  g_clear_handle_id (&window->idle_id, g_source_remove);
  if (window->client != NULL)
    g_signal_handlers_disconnect_by_data (window->client, window);
  g_clear_object (&window->client);
  g_clear_pointer (&window->dir, g_free);
  G_OBJECT_CLASS (xs_coach_window_parent_class)->dispose (object);
}

static void
xs_coach_window_class_init (XsCoachWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = xs_coach_window_dispose;
  GTK_WIDGET_CLASS (klass)->realize = xs_coach_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = xs_coach_window_close_request;
}

static void
xs_coach_window_init (XsCoachWindow *window)
{
  static const GActionEntry actions[] = { { "sign-out", on_sign_out },
                                          { "lock", on_lock },
                                          { "touched", on_touched_action } };
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  window->pages = GTK_STACK (gtk_stack_new ());
  window->sign_in = g_object_new (XS_TYPE_COACH_SIGN_IN, NULL);
  window->review = g_object_new (XS_TYPE_REVIEW_DESK, NULL);
  gtk_stack_add_child (window->pages, GTK_WIDGET (window->sign_in));
  gtk_stack_add_child (window->pages, GTK_WIDGET (window->review));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (window->pages));
  g_signal_connect_swapped (window->sign_in, "signed-in", G_CALLBACK (on_signed_in), window);
  g_signal_connect_swapped (window->review, "settled-late", G_CALLBACK (on_settled_late), window);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), window);
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_touched), window);
  gtk_widget_add_controller (GTK_WIDGET (window), keys);
  gtk_widget_add_controller (GTK_WIDGET (window), motion);
  gtk_widget_add_css_class (GTK_WIDGET (window), "coach-window");
  gtk_window_set_default_size (GTK_WINDOW (window), DRAWN_WIDTH_PX, DRAWN_HEIGHT_PX);
}

XsCoachWindow *
xs_coach_window_new (GtkApplication *application, XsCoachSettings *settings, const char *dir)
{
  XsCoachWindow *window =
    g_object_new (XS_TYPE_COACH_WINDOW, "application", application, "title", _ ("Xueshi: review of study hours"), NULL);

  window->dir = g_strdup (dir);
  xs_coach_sign_in_set_settings (window->sign_in, settings);
  show_page (window, window->sign_in);
  xs_coach_sign_in_open (window->sign_in, NULL);
  return window;
}
