/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-coach-sign-in.h"

#include <glib/gi18n.h>

#include "xs-error.h"
#include "xs-update.h"

struct _XsCoachSignIn {
  AdwBin parent_instance;

  GtkEditable *server;
  GtkEditable *name;
  GtkEditable *password;
  GtkBox *code_box;
  GtkEditable *code;
  GtkLabel *message;
  GtkButton *sign_in;

  XsCoachSettings *settings;
  GCancellable *cancellable; /* (nullable): of an attempt that runs */
};

enum {
  SIGNAL_SIGNED_IN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsCoachSignIn, xs_coach_sign_in, ADW_TYPE_BIN)

static void
say (XsCoachSignIn *page, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (page->message), text != NULL);
  xs_update_label (page->message, text != NULL ? text : "");
}

static void
show_code (XsCoachSignIn *page, gboolean shown)
{
  gtk_widget_set_visible (GTK_WIDGET (page->code_box), shown);
  if (!shown)
    gtk_editable_set_text (page->code, "");
}

static void
set_busy (XsCoachSignIn *page, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (page->sign_in), !busy);
  gtk_button_set_label (page->sign_in, busy ? _ ("Signing in…") : _ ("Log in"));
}

static const char *
failure_text (const GError *error)
{
  if (error != NULL && g_error_matches (error, XS_ERROR, XS_ERROR_NETWORK))
    return _ ("The platform cannot be reached. Check the address and the network.");
  return _ ("The platform does not let you in. Ask the head coach.");
}

static gboolean
may_review (XsReviewClient *client)
{
  const XsWirePerson *person = xs_review_client_get_person (client);

  return person != NULL && !g_str_equal (person->role, "admin");
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsCoachSignIn) page = user_data;
  XsReviewClient *client = XS_REVIEW_CLIENT (source);
  g_autoptr (GError) error = NULL;
  gint64 pause_s = 0;
  XsReviewSignIn how = xs_review_client_sign_in_finish (client, result, &pause_s, &error);

  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  g_clear_object (&page->cancellable);
  set_busy (page, FALSE);
  switch (how)
    {
    case XS_REVIEW_SIGN_IN_DONE:
      if (!may_review (client))
        {
          xs_review_client_sign_out (client);
          gtk_editable_set_text (page->password, "");
          say (page,
               _ ("This is an administrator’s account: it keeps register and accounts, and sees no photos. Sign in "
                  "as a coach or as an auditor."));
          gtk_widget_grab_focus (GTK_WIDGET (page->name));
          return;
        }
      xs_coach_settings_remember (page->settings, gtk_editable_get_text (page->server),
                                  gtk_editable_get_text (page->name));
      gtk_editable_set_text (page->password, "");
      show_code (page, FALSE);
      say (page, NULL);
      g_signal_emit (page, signals[SIGNAL_SIGNED_IN], 0, client);
      return;
    case XS_REVIEW_SIGN_IN_WRONG:
      say (page, gtk_widget_get_visible (GTK_WIDGET (page->code_box)) ? _ ("Name, password or code is wrong.")
                                                                      : _ ("Name or password is wrong."));
      gtk_widget_grab_focus (GTK_WIDGET (page->password));
      return;
    case XS_REVIEW_SIGN_IN_TOTP_WANTED:
      show_code (page, TRUE);
      say (page, _ ("Type the code that your authenticator shows."));
      gtk_widget_grab_focus (GTK_WIDGET (page->code));
      return;
    case XS_REVIEW_SIGN_IN_PAUSE:
      {
        g_autofree char *text =
          g_strdup_printf (g_dngettext (NULL, "Too many wrong tries. Wait %d second.",
                                        "Too many wrong tries. Wait %d seconds.", (gulong) pause_s),
                           (int) pause_s);
        say (page, text);
        return;
      }
    case XS_REVIEW_SIGN_IN_FAILED:
    default:
      if (error != NULL)
        g_message ("Signing in: %s", error->message);
      say (page, failure_text (error));
    }
}

static void
on_sign_in (XsCoachSignIn *page)
{
  const char *name = gtk_editable_get_text (page->name), *password = gtk_editable_get_text (page->password);
  const char *code = gtk_editable_get_text (page->code);
  g_autofree char *server = g_strstrip (g_strdup (gtk_editable_get_text (page->server)));
  g_autoptr (GError) error = NULL;

  if (page->cancellable != NULL)
    return;
  if (server[0] == '\0' || name[0] == '\0' || password[0] == '\0')
    {
      say (page, _ ("Type address, name and password."));
      gtk_widget_grab_focus (GTK_WIDGET (server[0] == '\0' ? page->server
                                         : name[0] == '\0' ? page->name
                                                           : page->password));
      return;
    }
  g_autoptr (XsReviewClient) client = xs_review_client_new (server, &error);
  if (client == NULL)
    {
      g_message ("The address: %s", error->message);
      say (page, _ ("This is no address of a platform. The school’s office knows it."));
      gtk_widget_grab_focus (GTK_WIDGET (page->server));
      return;
    }
  page->cancellable = g_cancellable_new ();
  set_busy (page, TRUE);
  say (page, NULL);
  xs_review_client_sign_in_async (client, name, password, code[0] != '\0' ? code : NULL, page->cancellable,
                                  on_signed_in, g_object_ref (page));
}

void
xs_coach_sign_in_open (XsCoachSignIn *page, const char *message)
{
  g_return_if_fail (XS_IS_COACH_SIGN_IN (page));

  if (page->cancellable != NULL)
    g_cancellable_cancel (page->cancellable);
  g_clear_object (&page->cancellable);
  set_busy (page, FALSE);
  gtk_editable_set_text (page->server, page->settings->server);
  gtk_editable_set_text (page->name, page->settings->name);
  gtk_editable_set_text (page->password, "");
  show_code (page, FALSE);
  say (page, message);
  GtkEditable *first = page->settings->server[0] == '\0' ? page->server
                       : page->settings->name[0] == '\0' ? page->name
                                                         : page->password;
  gtk_widget_grab_focus (GTK_WIDGET (first));
}

void
xs_coach_sign_in_say (XsCoachSignIn *page, const char *message)
{
  g_return_if_fail (XS_IS_COACH_SIGN_IN (page));

  say (page, message);
}

void
xs_coach_sign_in_set_settings (XsCoachSignIn *page, XsCoachSettings *settings)
{
  g_return_if_fail (XS_IS_COACH_SIGN_IN (page));

  page->settings = settings;
}

static void
xs_coach_sign_in_dispose (GObject *object)
{
  XsCoachSignIn *page = XS_COACH_SIGN_IN (object);

  if (page->cancellable != NULL)
    g_cancellable_cancel (page->cancellable);
  g_clear_object (&page->cancellable);
  G_OBJECT_CLASS (xs_coach_sign_in_parent_class)->dispose (object);
}

static void
xs_coach_sign_in_class_init (XsCoachSignInClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_coach_sign_in_dispose;
  signals[SIGNAL_SIGNED_IN] = g_signal_new ("signed-in", XS_TYPE_COACH_SIGN_IN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, XS_TYPE_REVIEW_CLIENT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-coach-sign-in.ui");
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, server);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, name);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, password);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, code_box);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, code);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, message);
  gtk_widget_class_bind_template_child (widget_class, XsCoachSignIn, sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
}

static void
xs_coach_sign_in_init (XsCoachSignIn *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
