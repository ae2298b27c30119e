/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-sign-in-page.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-number.h"
#include "xs-update.h"

/* What somebody typed and left is not for the next one. */
#define FORGET_AFTER_S 60
#define GROUP_DIGITS 4

struct _XsSignInPage {
  AdwBin parent_instance;

  XsStudy *study;
  guint clock_id;
  guint forget_id;
  gboolean regrouping;
  gboolean retyping; /* the message is of a number that was changed since */
  GtkLabel *school;
  GtkLabel *time;
  GtkLabel *date;
  GtkEntry *number;
  GtkButton *sign_in;
  GtkButton *scan;
  GtkBox *message_box;
  GtkLabel *message;
};

G_DEFINE_FINAL_TYPE (XsSignInPage, xs_sign_in_page, ADW_TYPE_BIN)

static gboolean
update_clock (gpointer data)
{
  XsSignInPage *self = data;
  gint64 wall_us = xs_clock_wall_us (xs_clock_system ());
  g_autofree char *time = xs_wall_format (wall_us, "%H:%M");
  /* Translators: a g_date_time_format() pattern for today's date. */
  g_autofree char *date = xs_wall_format (wall_us, _ ("%A, %e %B %Y"));

  xs_update_label (self->time, time);
  xs_update_label (self->date, g_strstrip (date));
  return G_SOURCE_CONTINUE;
}

static void
show_message (XsSignInPage *self, const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->message_box), message != NULL);
  xs_update_label (self->message, message != NULL ? message : "");
}

/* The number. 16 digits read best in fours, so the entry holds “3101 1500 0000 0001”. */

static char *
typed_number (XsSignInPage *self)
{
  GString *digits = g_string_new (NULL);

  for (const char *at = gtk_editable_get_text (GTK_EDITABLE (self->number)); *at != '\0'; at++)
    if (g_ascii_isdigit (*at))
      g_string_append_c (digits, *at);
  return g_string_free (digits, FALSE);
}

gboolean
xs_sign_in_page_has_number (XsSignInPage *self)
{
  return *gtk_editable_get_text (GTK_EDITABLE (self->number)) != '\0';
}

static char *
grouped (const char *digits)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; digits[i] != '\0' && i < XS_UNIFIED_DIGITS; i++)
    {
      if (i > 0 && i % GROUP_DIGITS == 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

/* Puts @digits into the entry, with the cursor behind the first @n_before of them. */
static void
set_number (XsSignInPage *self, const char *digits, guint n_before)
{
  g_autofree char *text = grouped (digits);

  n_before = MIN (n_before, XS_UNIFIED_DIGITS);
  self->regrouping = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->number), text);
  gtk_editable_set_position (GTK_EDITABLE (self->number),
                             n_before + (n_before > 0 ? (n_before - 1) / GROUP_DIGITS : 0));
  self->regrouping = FALSE;
}

static guint
digits_before_cursor (XsSignInPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->number));
  int position = gtk_editable_get_position (GTK_EDITABLE (self->number));
  guint n = 0;

  for (int i = 0; i < position && text[i] != '\0'; i++)
    n += g_ascii_isdigit (text[i]);
  return n;
}

static void
on_insert_text (XsSignInPage *self, const char *text, int length, int *position, GtkEditable *editable)
{
  for (int i = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]) && text[i] != ' ')
      {
        g_signal_stop_emission_by_name (editable, "insert-text");
        return;
      }
}

static void
update_button (XsSignInPage *self)
{
  XsStudyStatus status = { 0 };
  g_autofree char *number = typed_number (self);

  if (self->study != NULL)
    xs_study_get_status (self->study, &status);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in),
                            status.phase == XS_STUDY_READY && xs_number_is_valid (number, XS_UNIFIED_DIGITS));
  gtk_widget_set_sensitive (GTK_WIDGET (self->scan), status.phase == XS_STUDY_READY);
}

static void
forget_message (XsSignInPage *self)
{
  self->retyping = TRUE;
  show_message (self, NULL);
}

static gboolean
forget (gpointer data)
{
  XsSignInPage *self = data;

  self->forget_id = 0;
  gtk_editable_set_text (GTK_EDITABLE (self->number), "");
  forget_message (self);
  return G_SOURCE_REMOVE;
}

static void
forget_later (XsSignInPage *self)
{
  g_clear_handle_id (&self->forget_id, g_source_remove);
  self->forget_id = g_timeout_add_seconds (FORGET_AFTER_S, forget, self);
}

static void
on_number_changed (XsSignInPage *self)
{
  g_autofree char *digits = typed_number (self);
  g_autofree char *text = grouped (digits);

  if (!self->regrouping && !g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (self->number))))
    set_number (self, digits, digits_before_cursor (self));
  g_clear_handle_id (&self->forget_id, g_source_remove);
  if (gtk_editable_get_text (GTK_EDITABLE (self->number))[0] != '\0')
    forget_later (self);
  forget_message (self);
  update_button (self);
}

static void
type_digit (XsSignInPage *self, const char *digit)
{
  /* Behind a number that was refused another one begins. */
  if (gtk_widget_get_visible (GTK_WIDGET (self->message_box)) && digits_before_cursor (self) == XS_UNIFIED_DIGITS
      && !gtk_editable_get_selection_bounds (GTK_EDITABLE (self->number), NULL, NULL))
    gtk_editable_set_text (GTK_EDITABLE (self->number), "");
  gtk_editable_delete_selection (GTK_EDITABLE (self->number));
  guint before = digits_before_cursor (self);
  g_autofree char *digits = typed_number (self);
  g_autofree char *longer = g_strdup_printf ("%.*s%s%s", (int) before, digits, digit, digits + before);

  if (strlen (longer) <= XS_UNIFIED_DIGITS)
    set_number (self, longer, before + 1);
}

static void
on_digit (XsSignInPage *self, GtkButton *button)
{
  type_digit (self, gtk_button_get_label (button));
}

static void
on_erase (XsSignInPage *self)
{
  GtkEditable *editable = GTK_EDITABLE (self->number);
  guint before = digits_before_cursor (self);
  g_autofree char *digits = typed_number (self);

  if (gtk_editable_get_selection_bounds (editable, NULL, NULL))
    gtk_editable_delete_selection (editable);
  else if (before > 0)
    {
      g_autofree char *shorter = g_strdup_printf ("%.*s%s", (int) before - 1, digits, digits + before);
      set_number (self, shorter, before - 1);
    }
}

static void
on_clear (XsSignInPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->number), "");
  forget_message (self);
  gtk_entry_grab_focus_without_selecting (self->number);
}

static void
on_scan (XsSignInPage *self)
{
  self->retyping = FALSE;
  xs_study_scan_card (self->study);
}

static void
on_sign_in (XsSignInPage *self)
{
  g_autofree char *number = typed_number (self);

  XsStudyStatus status;

  self->retyping = FALSE;
  xs_study_sign_in (self->study, number);
  xs_study_get_status (self->study, &status);
  show_message (self, status.error_message);
  /* The face is being checked: who has to try again finds the number, and the reason, whatever that took. */
  if (status.phase == XS_STUDY_IDENTIFYING)
    g_clear_handle_id (&self->forget_id, g_source_remove);
}

gboolean
xs_sign_in_page_press (XsSignInPage *self, guint keyval)
{
  gunichar letter = gdk_keyval_to_unicode (keyval);
  gboolean is_return = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;

  /* Who went to a button by keyboard means that button. */
  if (is_return && GTK_IS_BUTTON (gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)))))
    return FALSE;
  if (is_return)
    on_sign_in (self);
  else if (keyval == GDK_KEY_F2)
    on_scan (self);
  else if (keyval == GDK_KEY_Escape)
    on_clear (self);
  else if (keyval == GDK_KEY_BackSpace)
    on_erase (self);
  else if (letter >= '0' && letter <= '9')
    {
      const char digit[] = { (char) letter, '\0' };
      type_digit (self, digit);
    }
  else
    return FALSE;
  return TRUE;
}

void
xs_sign_in_page_set_number (XsSignInPage *self, const char *stunum)
{
  g_autofree char *typed = typed_number (self);

  if (g_str_equal (typed, stunum))
    return;
  set_number (self, stunum, XS_UNIFIED_DIGITS);
  self->retyping = FALSE;
}

void
xs_sign_in_page_set_school (XsSignInPage *self, const char *school)
{
  gtk_label_set_text (self->school, school);
}

void
xs_sign_in_page_update (XsSignInPage *self, const XsStudyStatus *status)
{
  show_message (self, self->retyping ? NULL : status->error_message);
  if (status->error_message != NULL && self->forget_id == 0)
    forget_later (self);
  update_button (self);
}

void
xs_sign_in_page_enter (XsSignInPage *self)
{
  XsStudyStatus status;

  /* Somebody who was refused may have mistyped a digit. */
  xs_study_get_status (self->study, &status);
  if (status.error_message == NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->number), "");
      self->retyping = FALSE;
    }
  show_message (self, self->retyping ? NULL : status.error_message);
  gtk_entry_grab_focus_without_selecting (self->number);
  gtk_editable_set_position (GTK_EDITABLE (self->number), -1);
}

void
xs_sign_in_page_set_study (XsSignInPage *self, XsStudy *study)
{
  self->study = g_object_ref (study);
}

static void
xs_sign_in_page_dispose (GObject *object)
{
  XsSignInPage *self = XS_SIGN_IN_PAGE (object);

  g_clear_handle_id (&self->clock_id, g_source_remove);
  g_clear_handle_id (&self->forget_id, g_source_remove);
  g_clear_object (&self->study);
  G_OBJECT_CLASS (xs_sign_in_page_parent_class)->dispose (object);
}

static void
xs_sign_in_page_class_init (XsSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_sign_in_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, school);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, time);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, date);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, number);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, sign_in);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, scan);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, message_box);
  gtk_widget_class_bind_template_child (widget_class, XsSignInPage, message);
  gtk_widget_class_bind_template_callback (widget_class, on_number_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_digit);
  gtk_widget_class_bind_template_callback (widget_class, on_erase);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in);
  gtk_widget_class_bind_template_callback (widget_class, on_scan);
}

static void
xs_sign_in_page_init (XsSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->number)), "insert-text",
                           G_CALLBACK (on_insert_text), self, G_CONNECT_SWAPPED);
  update_clock (self);
  self->clock_id = g_timeout_add_seconds (1, update_clock, self);
}
