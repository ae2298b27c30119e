/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-coach-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "xs-coach-window.h"
#include "xs-look.h"

struct _XsCoachApplication {
  AdwApplication parent_instance;

  const XsCoachOptions *options;
  XsCoachSettings *settings;
  char *dir;
  XsCoachWindow *window; /* (nullable) */
  guint signal_ids[2];
};

G_DEFINE_FINAL_TYPE (XsCoachApplication, xs_coach_application, ADW_TYPE_APPLICATION)

static void
quit (XsCoachApplication *application)
{
  if (application->window != NULL)
    {
      xs_coach_window_sign_out (application->window);
      gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&application->window)));
    }
  g_application_quit (G_APPLICATION (application));
}

static void
on_answer (XsCoachApplication *application, const char *response)
{
  if (g_str_equal (response, "go"))
    quit (application);
}

/* What is not on the platform yet would be lost with the window. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  XsCoachApplication *application = user_data;

  if (application->window == NULL || !xs_coach_window_has_unsent (application->window))
    {
      quit (application);
      return;
    }
  AdwMessageDialog *dialog = xs_look_ask (GTK_WINDOW (application->window), _ ("A decision is not on the platform yet"),
                                          _ ("It is lost if the window closes now, and the log waits as before."),
                                          _ ("Wait for it"), _ ("Close"));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answer), application, G_CONNECT_SWAPPED);
}

static gboolean
on_unix_signal (gpointer user_data)
{
  quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
xs_coach_application_activate (GApplication *application)
{
  XsCoachApplication *self = XS_COACH_APPLICATION (application);

  if (self->window == NULL)
    self->window = xs_coach_window_new (GTK_APPLICATION (self), self->settings, self->dir);
  gtk_window_present (GTK_WINDOW (self->window));
  gtk_window_maximize (GTK_WINDOW (self->window));
}

static void
xs_coach_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { "quit", on_quit } };
  XsCoachApplication *self = XS_COACH_APPLICATION (application);

  G_APPLICATION_CLASS (xs_coach_application_parent_class)->startup (application);
  self->dir = self->options->state_dir != NULL ? g_strdup (self->options->state_dir)
                                               : g_build_filename (g_get_user_state_dir (), "xueshi-coach", NULL);
  self->settings = xs_coach_settings_load (self->dir);
  if (self->options->platform != NULL)
    {
      g_free (self->settings->server);
      self->settings->server = g_strdup (self->options->platform);
    }
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", (const char *[]){ "<Control>q", NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.lock", (const char *[]){ "<Control>l", NULL });
  xs_look_set_up (self->options->dark);
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, on_unix_signal, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, on_unix_signal, self);
}

static void
xs_coach_application_shutdown (GApplication *application)
{
  XsCoachApplication *self = XS_COACH_APPLICATION (application);

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_pointer (&self->settings, xs_coach_settings_free);
  g_clear_pointer (&self->dir, g_free);
  G_APPLICATION_CLASS (xs_coach_application_parent_class)->shutdown (application);
}

static void
xs_coach_application_class_init (XsCoachApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = xs_coach_application_activate;
  application_class->startup = xs_coach_application_startup;
  application_class->shutdown = xs_coach_application_shutdown;
}

static void
xs_coach_application_init (XsCoachApplication *application)
{
}

XsCoachApplication *
xs_coach_application_new (const XsCoachOptions *options)
{
  XsCoachApplication *self = g_object_new (XS_TYPE_COACH_APPLICATION, "application-id", XS_COACH_ID, "flags",
                                           G_APPLICATION_NON_UNIQUE, "resource-base-path", "/org/xueshi/Coach", NULL);

  self->options = options;
  return self;
}
