/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-decide-bar.h"

#include <glib/gi18n.h>

#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-stretches.h"
#include "xs-update.h"

struct _XsDecideBar {
  AdwBin parent_instance;

  GtkBox *panel;
  GtkLabel *panel_title;
  GtkLabel *outlook;
  GtkBox *which;
  GtkBox *stretches;
  GtkDropDown *reason;
  GtkEntry *comment;
  GtkButton *sure;
  GtkButton *valid;
  GtkButton *partial;
  GtkButton *none;
  GtkButton *confirm;
  GtkButton *undo;
  GtkButton *again;
  GtkButton *next;
  GtkLabel *note;

  XsVerdict asked;     /* what the panel asks about */
  char log_sha256[65]; /* of the log; "": none */
  gint64 version;
  GArray *proposed;     /* XsVoidStretch: what does not count, by the audit */
  gint64 claimed_s;     /* of the log */
  gboolean must_choose; /* the drop-down begins with none */
  GStrv reasons;        /* words, in the order of the drop-down */
  gint64 range_from_min, range_to_min;
  guint n_marked;
  gboolean may_act, may_undo, may_confirm, undoable, busy;
  XsTeachingLog times; /* start and end alone */
};

enum {
  SIGNAL_ACT,
  SIGNAL_RECKON,
  SIGNAL_ASKING,
  SIGNAL_NEXT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsDecideBar, xs_decide_bar, ADW_TYPE_BIN)

/* What is chosen */

static void
add_voids (XsDecideBar *bar, GArray *voids)
{
  for (GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (bar->stretches)); check != NULL;
       check = gtk_widget_get_next_sibling (check))
    {
      XsReviewVoid minutes = { GPOINTER_TO_INT (g_object_get_data (G_OBJECT (check), "from")),
                               GPOINTER_TO_INT (g_object_get_data (G_OBJECT (check), "to")) };
      if (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
        g_array_append_val (voids, minutes);
    }
}

static void
fill_action (XsDecideBar *bar, XsReviewActions *actions, const char *word, XsVerdict verdict, gboolean with_reason)
{
  XsReviewAction action;

  xs_review_actions_init (actions);
  xs_review_action_init (&action);
  g_strlcpy (action.action, word, sizeof action.action);
  action.verdict = verdict;
  if (with_reason)
    {
      guint chosen = gtk_drop_down_get_selected (bar->reason) - bar->must_choose;
      g_strlcpy (action.reason, chosen < g_strv_length (bar->reasons) ? bar->reasons[chosen] : "",
                 sizeof action.reason);
      g_strlcpy (action.comment, gtk_editable_get_text (GTK_EDITABLE (bar->comment)), sizeof action.comment);
    }
  if (verdict == XS_VERDICT_PARTIAL)
    add_voids (bar, action.voids);
  g_array_append_val (actions->actions, action);
}

static gboolean
any_stretch (XsDecideBar *bar)
{
  g_autoptr (GArray) voids = g_array_new (FALSE, FALSE, sizeof (XsReviewVoid));

  add_voids (bar, voids);
  return voids->len > 0;
}

/* The panel */

static gboolean
asks_for_stretches (XsDecideBar *bar)
{
  return gtk_widget_get_visible (GTK_WIDGET (bar->panel)) && bar->asked == XS_VERDICT_PARTIAL;
}

/* What the minutes come to that are chosen now. */
static void
ask_outlook (XsDecideBar *bar)
{
  g_auto (XsReviewActions) actions;

  fill_action (bar, &actions, "decide", XS_VERDICT_PARTIAL, FALSE);
  XsReviewAction *action = &g_array_index (actions.actions, XsReviewAction, 0);
  if (action->voids->len > 0)
    g_signal_emit (bar, signals[SIGNAL_RECKON], 0, action);
  else
    xs_update_label (bar->outlook, "");
}

/* There is no room for both: while it is open its title says what the note would. */
static void
set_title (XsDecideBar *bar, const char *text, gboolean failed)
{
  xs_update_label (bar->panel_title, text);
  xs_update_class (bar->panel_title, "failed", failed);
}

static void
close_panel (XsDecideBar *bar)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (bar->panel)))
    return;
  gtk_widget_set_visible (GTK_WIDGET (bar->panel), FALSE);
  g_signal_emit (bar, signals[SIGNAL_ASKING], 0, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (bar->note), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (bar->comment), "");
}

static void
add_stretch (XsDecideBar *bar, gint64 from_min, gint64 to_min, const char *why)
{
  g_autofree char *range = xs_review_text_range (&bar->times, from_min, to_min);
  g_autofree char *text =
    g_strdup_printf (g_dngettext (NULL, "%s · %d minute · %s", "%s · %d minutes · %s", (gulong) (to_min - from_min)),
                     range, (int) (to_min - from_min), why);
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  g_object_set_data (G_OBJECT (check), "from", GINT_TO_POINTER ((int) from_min));
  g_object_set_data (G_OBJECT (check), "to", GINT_TO_POINTER ((int) to_min));
  g_signal_connect_object (check, "toggled", G_CALLBACK (ask_outlook), bar, G_CONNECT_SWAPPED);
  gtk_box_append (bar->stretches, check);
}

/* What was chosen on the time line takes the place of what the audit proposes there: somebody looked. */
static void
list_stretches (XsDecideBar *bar)
{
  const gboolean chosen = bar->range_from_min < bar->range_to_min;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (bar->stretches))) != NULL)
    gtk_box_remove (bar->stretches, child);
  if (chosen)
    add_stretch (bar, bar->range_from_min, bar->range_to_min, _ ("chosen on the time line"));
  for (guint i = 0; i < bar->proposed->len; i++)
    {
      const XsVoidStretch *stretch = &g_array_index (bar->proposed, XsVoidStretch, i);

      if (!chosen || stretch->to_min <= bar->range_from_min || stretch->from_min >= bar->range_to_min)
        add_stretch (bar, stretch->from_min, stretch->to_min, xs_review_text_reason (stretch->word));
    }
  set_title (bar,
             gtk_widget_get_first_child (GTK_WIDGET (bar->stretches)) != NULL
               ? _ ("Partly valid: these minutes do not count")
               : _ ("Partly valid: choose the minutes that do not count"),
             FALSE);
  ask_outlook (bar);
}

static void
open_panel (XsDecideBar *bar, XsVerdict verdict)
{
  bar->asked = verdict;
  gtk_widget_set_visible (GTK_WIDGET (bar->which), verdict == XS_VERDICT_PARTIAL);
  xs_update_label (bar->outlook, "");
  if (verdict == XS_VERDICT_PARTIAL)
    list_stretches (bar);
  else
    set_title (bar, bar->n_marked > 0 ? _ ("None of the marked logs counts: why?") : _ ("The log does not count: why?"),
               FALSE);
  gtk_widget_set_visible (GTK_WIDGET (bar->note), FALSE);
  g_signal_emit (bar, signals[SIGNAL_ASKING], 0, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (bar->panel), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (bar->sure));
}

/* Acting */

static void
emit_act (XsDecideBar *bar, const char *word, XsVerdict verdict, gboolean with_reason)
{
  g_auto (XsReviewActions) actions;

  fill_action (bar, &actions, word, verdict, with_reason);
  close_panel (bar);
  g_signal_emit (bar, signals[SIGNAL_ACT], 0, &g_array_index (actions.actions, XsReviewAction, 0));
}

static void
on_sure (XsDecideBar *bar)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (bar->panel)) || bar->busy)
    return;
  if (bar->asked == XS_VERDICT_PARTIAL && !any_stretch (bar))
    {
      xs_decide_bar_say (bar, _ ("Choose at least one stretch that does not count."), TRUE);
      return;
    }
  if (bar->must_choose && gtk_drop_down_get_selected (bar->reason) == 0)
    {
      xs_decide_bar_say (bar, _ ("Choose a reason: nothing was found that would be one."), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (bar->reason));
      return;
    }
  emit_act (bar, "decide", bar->asked, TRUE);
}

static void
on_cancel (XsDecideBar *bar)
{
  close_panel (bar);
}

static void
on_valid (XsDecideBar *bar)
{
  if (bar->n_marked == 0 && bar->claimed_s < 60)
    {
      xs_decide_bar_say (bar, _ ("Less than a whole minute was studied: nothing of it can count."), TRUE);
      return;
    }
  emit_act (bar, "decide", XS_VERDICT_VALID, FALSE);
}

static void
on_partial (XsDecideBar *bar)
{
  open_panel (bar, XS_VERDICT_PARTIAL);
}

static void
on_none (XsDecideBar *bar)
{
  open_panel (bar, XS_VERDICT_VOID);
}

static void
on_confirm (XsDecideBar *bar)
{
  emit_act (bar, "confirm", XS_VERDICT_PENDING, FALSE);
}

static void
on_undo (XsDecideBar *bar)
{
  emit_act (bar, "undo", XS_VERDICT_PENDING, FALSE);
}

static void
on_again (XsDecideBar *bar)
{
  emit_act (bar, "again", XS_VERDICT_PENDING, FALSE);
}

static void
on_next (XsDecideBar *bar)
{
  close_panel (bar);
  g_signal_emit (bar, signals[SIGNAL_NEXT], 0);
}

gboolean
xs_decide_bar_key (XsDecideBar *bar, guint key)
{
  const struct {
    guint keys[4];
    GtkButton *button;
  } all[] = {
    { { GDK_KEY_1, GDK_KEY_KP_1, GDK_KEY_v, GDK_KEY_V }, bar->valid },
    { { GDK_KEY_2, GDK_KEY_KP_2, GDK_KEY_p, GDK_KEY_P }, bar->partial },
    { { GDK_KEY_3, GDK_KEY_KP_3, GDK_KEY_x, GDK_KEY_X }, bar->none },
    { { GDK_KEY_c, GDK_KEY_C }, bar->confirm },
    { { GDK_KEY_u, GDK_KEY_U }, bar->undo },
    { { GDK_KEY_r, GDK_KEY_R }, bar->again },
    { { GDK_KEY_n, GDK_KEY_N }, bar->next },
  };

  g_return_val_if_fail (XS_IS_DECIDE_BAR (bar), FALSE);

  if (key == GDK_KEY_Escape && gtk_widget_get_visible (GTK_WIDGET (bar->panel)))
    {
      close_panel (bar);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint j = 0; j < G_N_ELEMENTS (all[i].keys); j++)
      if (all[i].keys[j] == key)
        {
          GtkWidget *button = GTK_WIDGET (all[i].button);
          if (gtk_widget_get_visible (button) && gtk_widget_is_sensitive (button))
            g_signal_emit_by_name (button, "clicked");
          return TRUE;
        }
  return FALSE;
}

/* What can be done */

static void
update_buttons (XsDecideBar *bar)
{
  gboolean log = bar->log_sha256[0] != '\0' && bar->may_act && !bar->busy;
  gboolean many = bar->n_marked > 0 && bar->may_act && !bar->busy;

  gtk_widget_set_sensitive (GTK_WIDGET (bar->valid), log || many);
  gtk_widget_set_sensitive (GTK_WIDGET (bar->partial), log && bar->n_marked == 0);
  gtk_widget_set_sensitive (GTK_WIDGET (bar->none), log || many);
  gtk_widget_set_visible (GTK_WIDGET (bar->confirm), bar->may_confirm && bar->n_marked == 0);
  gtk_widget_set_sensitive (GTK_WIDGET (bar->confirm), log);
  gtk_widget_set_sensitive (GTK_WIDGET (bar->undo), !bar->busy && (bar->undoable || (log && bar->may_undo)));
  gtk_widget_set_sensitive (GTK_WIDGET (bar->again), log && bar->n_marked == 0);
}

static void
list_reasons (XsDecideBar *bar, const XsReviewLog *log)
{
  guint n_own;

  g_strfreev (bar->reasons);
  bar->reasons = xs_stretches_reasons (log, &n_own);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  /* What nobody found is chosen by whoever decides. */
  bar->must_choose = n_own == 0;
  if (bar->must_choose)
    gtk_string_list_append (titles, _ ("Choose a reason"));
  for (guint i = 0; bar->reasons[i] != NULL; i++)
    gtk_string_list_append (titles, xs_review_text_reason (bar->reasons[i]));
  gtk_drop_down_set_model (bar->reason, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (bar->reason, 0);
}

void
xs_decide_bar_set_log (XsDecideBar *bar, const XsReviewLog *log, guint n_marked, const char *person,
                       gboolean may_decide)
{
  const XsReviewRow *row = log != NULL ? xs_shown_log_row (log) : NULL;

  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  if (row == NULL || !g_str_equal (bar->log_sha256, log->log_sha256) || bar->version != row->version
      || n_marked != bar->n_marked)
    close_panel (bar);
  bar->n_marked = n_marked;
  bar->log_sha256[0] = '\0';
  bar->may_act = may_decide;
  bar->may_undo = bar->may_confirm = FALSE;
  if (log != NULL)
    {
      g_strlcpy (bar->log_sha256, log->log_sha256, sizeof bar->log_sha256);
      bar->version = row->version;
      bar->claimed_s = row->claimed_s;
      bar->times.start_wall_us = row->start_us;
      bar->times.end_wall_us = row->end_us;
      bar->may_act = may_decide && row->state != XS_AUDIT_SENT && row->state != XS_AUDIT_RECEIVED;
      bar->may_undo = row->by_person || row->first_look[0] != '\0';
      bar->may_confirm = row->first_look[0] != '\0' && !g_str_equal (row->first_look, person);
      g_clear_pointer (&bar->proposed, g_array_unref);
      bar->proposed = xs_stretches_propose (log);
      bar->range_from_min = bar->range_to_min = 0;
      list_reasons (bar, log);
    }
  update_buttons (bar);
}

void
xs_decide_bar_set_undoable (XsDecideBar *bar, gboolean undoable)
{
  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  bar->undoable = undoable;
  update_buttons (bar);
}

void
xs_decide_bar_set_range (XsDecideBar *bar, gint64 from_min, gint64 to_min)
{
  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  bar->range_from_min = from_min;
  bar->range_to_min = to_min;
  if (asks_for_stretches (bar))
    list_stretches (bar);
}

void
xs_decide_bar_set_outlook (XsDecideBar *bar, const char *text)
{
  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  xs_update_label (bar->outlook, asks_for_stretches (bar) && any_stretch (bar) ? text : "");
}

void
xs_decide_bar_set_busy (XsDecideBar *bar, gboolean busy)
{
  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  bar->busy = busy;
  update_buttons (bar);
}

void
xs_decide_bar_say (XsDecideBar *bar, const char *text, gboolean failed)
{
  g_return_if_fail (XS_IS_DECIDE_BAR (bar));

  xs_update_label (bar->note, text);
  xs_update_class (bar->note, "failed", failed);
  if (gtk_widget_get_visible (GTK_WIDGET (bar->panel)))
    set_title (bar, text, failed);
}

static void
xs_decide_bar_finalize (GObject *object)
{
  XsDecideBar *bar = XS_DECIDE_BAR (object);

  g_clear_pointer (&bar->proposed, g_array_unref);
  g_strfreev (bar->reasons);
  G_OBJECT_CLASS (xs_decide_bar_parent_class)->finalize (object);
}

static void
xs_decide_bar_class_init (XsDecideBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = xs_decide_bar_finalize;
  signals[SIGNAL_ACT] =
    g_signal_new ("act", XS_TYPE_DECIDE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_RECKON] =
    g_signal_new ("reckon", XS_TYPE_DECIDE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ASKING] =
    g_signal_new ("asking", XS_TYPE_DECIDE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_NEXT] =
    g_signal_new ("next", XS_TYPE_DECIDE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-decide-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, panel);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, panel_title);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, outlook);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, which);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, stretches);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, reason);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, comment);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, sure);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, valid);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, partial);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, none);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, confirm);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, undo);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, again);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, next);
  gtk_widget_class_bind_template_child (widget_class, XsDecideBar, note);
  gtk_widget_class_bind_template_callback (widget_class, on_sure);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_valid);
  gtk_widget_class_bind_template_callback (widget_class, on_partial);
  gtk_widget_class_bind_template_callback (widget_class, on_none);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm);
  gtk_widget_class_bind_template_callback (widget_class, on_undo);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
xs_decide_bar_init (XsDecideBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
  update_buttons (bar);
}
