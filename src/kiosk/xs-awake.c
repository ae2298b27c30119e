/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-awake.h"

#include <glib/gi18n.h>

typedef struct {
  GtkApplication *application; /* not owned: it outlives the study */
  GtkWindow *window;           /* not owned: the same */
  guint cookie;
} Awake;

static guint
ask (Awake *awake)
{
  return gtk_application_inhibit (awake->application, awake->window,
                                  GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_IDLE,
                                  _ ("Somebody studies here"));
}

static void
let_go (Awake *awake)
{
  if (awake->cookie != 0)
    gtk_application_uninhibit (awake->application, awake->cookie);
  awake->cookie = 0;
}

static void
on_phase (XsStudy *study, GParamSpec *pspec, gpointer data)
{
  Awake *awake = data;
  XsStudyStatus status;

  xs_study_get_status (study, &status);
  gboolean wanted = status.phase == XS_STUDY_STUDYING || status.phase == XS_STUDY_SIGNING_OUT;
  if (wanted && awake->cookie == 0)
    awake->cookie = ask (awake);
  else if (!wanted)
    let_go (awake);
}

static void
awake_free (gpointer data, GClosure *closure)
{
  let_go (data);
  g_free (data);
}

void
xs_awake_watch (GtkApplication *application, GtkWindow *window, XsStudy *study, XsReadyCheck *check)
{
  Awake *awake = g_new0 (Awake, 1);

  awake->application = application;
  awake->window = window;
  awake->cookie = ask (awake);
  xs_ready_check_set_awake (check, awake->cookie != 0);
  let_go (awake);
  g_signal_connect_data (study, "notify::phase", G_CALLBACK (on_phase), awake, awake_free, (GConnectFlags) 0);
}
