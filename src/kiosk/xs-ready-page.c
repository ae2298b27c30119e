/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-ready-page.h"

#include <glib/gi18n.h>

#include "xs-ready-bar.h"
#include "xs-update.h"

struct _XsReadyPage {
  AdwBin parent_instance;

  XsReadyCheck *check;
  XsSync *sync;
  GtkLabel *verdict;
  GtkListBox *left;
  GtkListBox *right;
  GtkButton *again;
  AdwActionRow *rows[XS_READY_N_KINDS];
  GtkImage *icons[XS_READY_N_KINDS];
  GtkLabel *words[XS_READY_N_KINDS];
};

G_DEFINE_FINAL_TYPE (XsReadyPage, xs_ready_page, ADW_TYPE_BIN)

static const char *
state_word (XsReadyState state)
{
  switch (state)
    {
    case XS_READY_OK:
      return _ ("Ready");
    case XS_READY_WARNING:
      return _ ("Note");
    case XS_READY_NOT:
      return _ ("Not ready");
    case XS_READY_UNKNOWN:
    default:
      return "…";
    }
}

static const char *
verdict_text (XsReadyState state)
{
  switch (state)
    {
    case XS_READY_OK:
      return _ ("Students can sign in and study.");
    case XS_READY_WARNING:
      return _ ("Students can sign in and study. The notes say what could be better.");
    case XS_READY_NOT:
      return _ ("Nobody can sign in before what is not ready is put right.");
    case XS_READY_UNKNOWN:
    default:
      return _ ("One moment, please.");
    }
}

static void
update (XsReadyPage *self)
{
  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    {
      const XsReadyItem *item = xs_ready_check_get_item (self->check, (XsReadyKind) i);
      gboolean has_remedy = item->remedy != NULL && *item->remedy != '\0';
      g_autofree char *text = has_remedy ? g_strconcat (item->line, "\n", item->remedy, NULL) : g_strdup (item->line);
      const char *shown = adw_action_row_get_subtitle (self->rows[i]);

      xs_update_icon (self->icons[i], xs_ready_bar_icon (item->state));
      xs_update_label (self->words[i], state_word (item->state));
      xs_update_class (self->rows[i], "not-ready", item->state == XS_READY_NOT);
      xs_update_class (self->rows[i], "note", item->state == XS_READY_WARNING);
      if (g_strcmp0 (shown, text) != 0)
        adw_action_row_set_subtitle (self->rows[i], text);
    }
  xs_update_label (self->verdict, verdict_text (xs_ready_check_get_state (self->check)));
}

static void
on_again (XsReadyPage *self)
{
  /* The button is not made insensitive meanwhile: it would lose the focus. */
  if (xs_ready_check_is_running (self->check))
    return;
  xs_ready_check_run (self->check, TRUE);
  xs_sync_ask (self->sync);
}

void
xs_ready_page_enter (XsReadyPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->again));
}

static void
add_row (XsReadyPage *self, XsReadyKind kind)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (xs_ready_bar_icon (XS_READY_UNKNOWN));
  GtkWidget *word = gtk_label_new (NULL);

  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (word, "state-word");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), xs_ready_title (kind));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), word);
  gtk_list_box_append (kind < (XS_READY_N_KINDS + 1) / 2 ? self->left : self->right, row);
  self->rows[kind] = ADW_ACTION_ROW (row);
  self->icons[kind] = GTK_IMAGE (icon);
  self->words[kind] = GTK_LABEL (word);
}

void
xs_ready_page_set_check (XsReadyPage *self, XsReadyCheck *check, XsSync *sync)
{
  self->check = g_object_ref (check);
  self->sync = g_object_ref (sync);
  g_signal_connect_object (check, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
xs_ready_page_dispose (GObject *object)
{
  XsReadyPage *self = XS_READY_PAGE (object);

  g_clear_object (&self->check);
  g_clear_object (&self->sync);
  G_OBJECT_CLASS (xs_ready_page_parent_class)->dispose (object);
}

static void
xs_ready_page_class_init (XsReadyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_ready_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Kiosk/ui/xs-ready-page.ui");
  gtk_widget_class_bind_template_child (widget_class, XsReadyPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, XsReadyPage, left);
  gtk_widget_class_bind_template_child (widget_class, XsReadyPage, right);
  gtk_widget_class_bind_template_child (widget_class, XsReadyPage, again);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
xs_ready_page_init (XsReadyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < XS_READY_N_KINDS; i++)
    add_row (self, (XsReadyKind) i);
}
