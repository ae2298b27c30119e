/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-queue-pane.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-log-row.h"
#include "xs-review-text.h"
#include "xs-update.h"

#define DAY_US (24 * (gint64) G_TIME_SPAN_HOUR)

struct _XsQueuePane {
  AdwBin parent_instance;

  GtkSearchEntry *search;
  GtkToggleButton *filter;
  GtkLabel *in_force;
  GtkGrid *choices;
  GtkDropDown *days;
  GtkDropDown *part;
  GtkDropDown *mode;
  GtkDropDown *judged;
  GtkEntry *devnum;
  GtkToggleButton *pending;
  GtkToggleButton *valid;
  GtkToggleButton *partial;
  GtkToggleButton *none;
  GtkLabel *n_pending;
  GtkLabel *n_valid;
  GtkLabel *n_partial;
  GtkLabel *n_none;
  GtkStack *stack;
  GtkListView *view;
  GtkLabel *empty;

  XsLogList *list;               /* (nullable) */
  GtkSingleSelection *selection; /* (nullable) */
  XsStanding standing;           /* XS_N_STANDINGS: all */
  gboolean searching;            /* for what was typed, which is looked for in all of them */
  char wanted_sha256[65];        /* of the log to choose once it is there; "": none */
  char *person;                  /* (nullable): whose filter it is */
  gboolean setting;
};

enum {
  SIGNAL_CHOSEN,
  SIGNAL_MARKS_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsQueuePane, xs_queue_pane, ADW_TYPE_BIN)

/* What is looked for */

/* Days back from tomorrow's midnight; 0: all. */
static const int day_choices[] = { 3, 1, 7, 31, 0 };

static XsStanding
asked_standing (XsQueuePane *pane)
{
  return pane->searching ? XS_N_STANDINGS : pane->standing;
}

/* Who is looked for is to be seen however old it is, unless a time is asked for. */
static gboolean
is_any_age (XsQueuePane *pane)
{
  return pane->searching && gtk_drop_down_get_selected (pane->days) == 0;
}

static void
take_time (XsQueuePane *pane, XsReviewQuery *query)
{
  int days = day_choices[MIN (gtk_drop_down_get_selected (pane->days), G_N_ELEMENTS (day_choices) - 1)];
  gint64 midnight_us = xs_wall_midnight_us (xs_clock_wall_us (xs_clock_system ()));

  if (days == 0 || is_any_age (pane))
    return;
  query->to_us = midnight_us + DAY_US;
  query->from_us = query->to_us - days * DAY_US;
}

static void
add_in_force (GString *text, const char *choice)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", choice);
}

static void
show_in_force (XsQueuePane *pane)
{
  GtkDropDown *const all[] = { pane->days, pane->part, pane->mode, pane->judged };
  g_autoptr (GString) choices = g_string_new (NULL);
  const char *devnum = gtk_editable_get_text (GTK_EDITABLE (pane->devnum));

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      GtkStringObject *chosen = gtk_drop_down_get_selected_item (all[i]);
      gboolean limits = all[i] == pane->days
                          ? day_choices[gtk_drop_down_get_selected (pane->days)] != 0 && !is_any_age (pane)
                          : gtk_drop_down_get_selected (all[i]) != 0;
      if (limits)
        add_in_force (choices, gtk_string_object_get_string (chosen));
    }
  if (strlen (devnum) == XS_UNIFIED_DIGITS)
    add_in_force (choices, devnum);
  g_autofree char *text = g_strdup_printf (_ ("Filter: %s"), choices->len > 0 ? choices->str : _ ("none"));
  xs_update_label (pane->in_force, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pane->filter), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void show_empty (XsQueuePane *pane);

static void
ask (XsQueuePane *pane)
{
  static const XsVerdict verdicts[] = { XS_VERDICT_PENDING, XS_VERDICT_VALID, XS_VERDICT_PARTIAL, XS_VERDICT_VOID };
  static const char *const judges[] = { "", "auditor", "person", "nobody" };
  XsReviewQuery query;

  if (pane->list == NULL || pane->setting)
    return;
  xs_review_query_init (&query);
  xs_review_text_cut (query.text, sizeof query.text, gtk_editable_get_text (GTK_EDITABLE (pane->search)));
  if (gtk_entry_get_text_length (pane->devnum) == XS_UNIFIED_DIGITS)
    g_strlcpy (query.devnum, gtk_editable_get_text (GTK_EDITABLE (pane->devnum)), sizeof query.devnum);
  query.part = gtk_drop_down_get_selected (pane->part);
  query.mode = gtk_drop_down_get_selected (pane->mode);
  g_strlcpy (query.judged_by, judges[MIN (gtk_drop_down_get_selected (pane->judged), 3)], sizeof query.judged_by);
  XsStanding standing = asked_standing (pane);
  if (standing == XS_STANDING_PENDING)
    query.open_only = TRUE;
  else if (standing < XS_N_STANDINGS)
    g_strlcpy (query.validity, xs_verdict_nick (verdicts[standing]), sizeof query.validity);
  take_time (pane, &query);
  xs_log_list_ask (pane->list, &query);
  gtk_single_selection_set_autoselect (pane->selection, TRUE);
  xs_review_query_clear (&query);
  show_in_force (pane);
  show_empty (pane);
}

static void
on_filter (XsQueuePane *pane)
{
  ask (pane);
}

static void
show_tabs (XsQueuePane *pane)
{
  GtkToggleButton *const tabs[] = { pane->pending, pane->valid, pane->partial, pane->none };

  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    gtk_toggle_button_set_active (tabs[i], i == asked_standing (pane));
}

/* Who is looked for may be in any of them; a tab that is pressed then narrows it. */
static void
on_search (XsQueuePane *pane)
{
  if (pane->setting)
    return;
  pane->searching = gtk_editable_get_text (GTK_EDITABLE (pane->search))[0] != '\0';
  show_tabs (pane);
  ask (pane);
}

static void
on_no_filter (XsQueuePane *pane)
{
  pane->setting = TRUE;
  pane->searching = FALSE;
  gtk_drop_down_set_selected (pane->days, 0);
  gtk_drop_down_set_selected (pane->part, 0);
  gtk_drop_down_set_selected (pane->mode, 0);
  gtk_drop_down_set_selected (pane->judged, 0);
  gtk_editable_set_text (GTK_EDITABLE (pane->devnum), "");
  gtk_editable_set_text (GTK_EDITABLE (pane->search), "");
  pane->setting = FALSE;
  show_tabs (pane);
  ask (pane);
}

gboolean
xs_queue_pane_is_filtering (XsQueuePane *pane)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (pane)));

  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), FALSE);

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (pane->choices));
}

gboolean
xs_queue_pane_close_filter (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), FALSE);

  if (!gtk_toggle_button_get_active (pane->filter))
    return FALSE;
  gtk_toggle_button_set_active (pane->filter, FALSE);
  return TRUE;
}

/* Pressed once more: all of them. */
static void
on_tab (XsQueuePane *pane, GtkToggleButton *pressed)
{
  GtkToggleButton *const tabs[] = { pane->pending, pane->valid, pane->partial, pane->none };

  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    if (tabs[i] == pressed)
      pane->standing = asked_standing (pane) == i ? XS_N_STANDINGS : i;
  pane->searching = FALSE;
  show_tabs (pane);
  ask (pane);
}

static void
on_stop_search (XsQueuePane *pane)
{
  gtk_widget_grab_focus (GTK_WIDGET (pane->view));
}

/* What there is */

/* Never while the list tells of a change: the view hears of it later, and would be hidden with rows that are gone. */
static void
show_empty (XsQueuePane *pane)
{
  gboolean loading = xs_log_list_is_loading (pane->list);

  if (g_list_model_get_n_items (G_LIST_MODEL (pane->list)) > 0)
    {
      gtk_stack_set_visible_child_name (pane->stack, "list");
      return;
    }
  xs_update_label (pane->empty, loading                                        ? _ ("Getting the logs…")
                                : asked_standing (pane) == XS_STANDING_PENDING ? _ ("Nothing waits for you.")
                                                                               : _ ("No log is like that."));
  gtk_stack_set_visible_child_name (pane->stack, "empty");
}

static void
set_count (GtkLabel *label, gint64 count)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, count);

  xs_update_label (label, text);
}

static void choose_wanted (XsQueuePane *pane);

static void
on_counts_changed (XsQueuePane *pane)
{
  const XsReviewCounts *counts = xs_log_list_get_counts (pane->list);

  set_count (pane->n_pending, counts->waiting);
  set_count (pane->n_valid, counts->valid);
  set_count (pane->n_partial, counts->partial);
  set_count (pane->n_none, counts->none);
  show_empty (pane);
  choose_wanted (pane);
}

static void
on_failed (XsQueuePane *pane, const GError *error)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (pane->list)) == 0)
    xs_update_label (pane->empty, xs_review_text_error (error));
  g_signal_emit (pane, signals[SIGNAL_FAILED], 0, error);
}

static void
on_selected (XsQueuePane *pane)
{
  if (xs_queue_pane_get_chosen (pane) != NULL)
    gtk_single_selection_set_autoselect (pane->selection, TRUE);
  g_signal_emit (pane, signals[SIGNAL_CHOSEN], 0);
}

/* Choosing */

static guint
n_items (XsQueuePane *pane)
{
  return pane->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (pane->list)) : 0;
}

static void
choose (XsQueuePane *pane, guint index)
{
  pane->wanted_sha256[0] = '\0';
  gtk_single_selection_set_selected (pane->selection, index);
  gtk_widget_activate_action (GTK_WIDGET (pane->view), "list.scroll-to-item", "u", index);
}

static void
choose_wanted (XsQueuePane *pane)
{
  guint index = pane->wanted_sha256[0] != '\0' ? xs_log_list_find (pane->list, pane->wanted_sha256) : G_MAXUINT;

  if (index != G_MAXUINT)
    choose (pane, index);
}

void
xs_queue_pane_choose (XsQueuePane *pane, const char *log_sha256)
{
  g_return_if_fail (XS_IS_QUEUE_PANE (pane));

  g_strlcpy (pane->wanted_sha256, log_sha256, sizeof pane->wanted_sha256);
  if (pane->list != NULL)
    choose_wanted (pane);
}

void
xs_queue_pane_let_go (XsQueuePane *pane)
{
  g_return_if_fail (XS_IS_QUEUE_PANE (pane));

  pane->wanted_sha256[0] = '\0';
  if (pane->selection == NULL)
    return;
  g_signal_handlers_block_by_func (pane->selection, on_selected, pane);
  gtk_single_selection_set_autoselect (pane->selection, FALSE);
  gtk_single_selection_set_selected (pane->selection, GTK_INVALID_LIST_POSITION);
  g_signal_handlers_unblock_by_func (pane->selection, on_selected, pane);
}

void
xs_queue_pane_step (XsQueuePane *pane, int by)
{
  g_return_if_fail (XS_IS_QUEUE_PANE (pane));

  guint selected = pane->selection != NULL ? gtk_single_selection_get_selected (pane->selection) : 0;
  if (n_items (pane) == 0)
    return;
  if (selected == GTK_INVALID_LIST_POSITION)
    choose (pane, 0);
  else if (by < 0 ? selected > 0 : selected + 1 < n_items (pane))
    choose (pane, by < 0 ? selected - 1 : selected + 1);
}

static gboolean
is_open (XsQueuePane *pane, guint index)
{
  g_autoptr (XsLogItem) item = g_list_model_get_item (G_LIST_MODEL (pane->list), index);
  const XsReviewRow *row = xs_log_item_get_row (item);

  return row->state == XS_AUDIT_NEEDS_HUMAN || row->state == XS_AUDIT_APPEALED;
}

gboolean
xs_queue_pane_show_waiting (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), FALSE);

  if (pane->list == NULL || asked_standing (pane) == XS_STANDING_PENDING
      || xs_log_list_get_counts (pane->list)->waiting == 0)
    return FALSE;
  pane->setting = TRUE;
  pane->searching = FALSE;
  gtk_editable_set_text (GTK_EDITABLE (pane->search), "");
  pane->setting = FALSE;
  pane->standing = XS_STANDING_PENDING;
  show_tabs (pane);
  ask (pane);
  return TRUE;
}

gboolean
xs_queue_pane_next_open (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), FALSE);

  guint n = n_items (pane);
  guint selected = n > 0 ? gtk_single_selection_get_selected (pane->selection) : 0;
  guint begin = selected < n ? selected + 1 : 0;
  /* Only rows that were fetched: those that wait come first. */
  for (guint i = 0; i < n; i++)
    {
      guint index = (begin + i) % n;
      if (index != selected && is_open (pane, index))
        {
          choose (pane, index);
          return TRUE;
        }
    }
  return FALSE;
}

XsLogItem *
xs_queue_pane_get_chosen (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), NULL);

  return pane->selection != NULL ? gtk_single_selection_get_selected_item (pane->selection) : NULL;
}

XsLogList *
xs_queue_pane_get_list (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), NULL);

  return pane->list;
}

GPtrArray *
xs_queue_pane_get_marked (XsQueuePane *pane)
{
  g_return_val_if_fail (XS_IS_QUEUE_PANE (pane), NULL);

  return pane->list != NULL ? xs_log_list_get_marked (pane->list) : g_ptr_array_new ();
}

void
xs_queue_pane_toggle_mark (XsQueuePane *pane)
{
  XsLogItem *item = xs_queue_pane_get_chosen (pane);

  if (item == NULL)
    return;
  xs_log_item_set_marked (item, !xs_log_item_get_marked (item));
  xs_queue_pane_step (pane, 1);
  g_signal_emit (pane, signals[SIGNAL_MARKS_CHANGED], 0);
}

static void
mark_clicked (GtkWidget *widget, const char *action, GVariant *log_sha256)
{
  XsQueuePane *pane = XS_QUEUE_PANE (widget);
  guint index = xs_log_list_find (pane->list, g_variant_get_string (log_sha256, NULL));
  g_autoptr (XsLogItem) item = index != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (pane->list), index) : NULL;

  if (item == NULL)
    return;
  xs_log_item_set_marked (item, !xs_log_item_get_marked (item));
  g_signal_emit (pane, signals[SIGNAL_MARKS_CHANGED], 0);
}

void
xs_queue_pane_clear_marks (XsQueuePane *pane)
{
  g_autoptr (GPtrArray) marked = xs_queue_pane_get_marked (pane);

  for (guint i = 0; i < marked->len; i++)
    xs_log_item_set_marked (g_ptr_array_index (marked, i), FALSE);
  g_signal_emit (pane, signals[SIGNAL_MARKS_CHANGED], 0);
}

void
xs_queue_pane_focus_search (XsQueuePane *pane)
{
  g_return_if_fail (XS_IS_QUEUE_PANE (pane));

  gtk_widget_grab_focus (GTK_WIDGET (pane->search));
}

void
xs_queue_pane_open (XsQueuePane *pane, XsReviewClient *client)
{
  g_return_if_fail (XS_IS_QUEUE_PANE (pane));

  if (pane->list != NULL)
    g_signal_handlers_disconnect_by_data (pane->list, pane);
  if (pane->selection != NULL)
    g_signal_handlers_disconnect_by_data (pane->selection, pane);
  gtk_list_view_set_model (pane->view, NULL);
  g_clear_object (&pane->selection);
  g_clear_object (&pane->list);
  gtk_toggle_button_set_active (pane->filter, FALSE);
  if (client == NULL)
    return;
  pane->list = xs_log_list_new (client);
  g_signal_connect_swapped (pane->list, "counts-changed", G_CALLBACK (on_counts_changed), pane);
  g_signal_connect_swapped (pane->list, "failed", G_CALLBACK (on_failed), pane);
  pane->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (pane->list)));
  g_signal_connect_swapped (pane->selection, "notify::selected-item", G_CALLBACK (on_selected), pane);
  gtk_list_view_set_model (pane->view, GTK_SELECTION_MODEL (pane->selection));
  const XsWirePerson *person = xs_review_client_get_person (client);
  const char *name = person != NULL ? person->name : "";
  if (g_strcmp0 (pane->person, name) != 0)
    {
      g_free (pane->person);
      pane->person = g_strdup (name);
      pane->standing = XS_STANDING_PENDING;
      on_no_filter (pane);
    }
  else
    ask (pane);
}

static void
set_choices (GtkDropDown *drop_down, const char *const *choices)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (choices);

  gtk_drop_down_set_model (drop_down, G_LIST_MODEL (list));
}

static void
xs_queue_pane_dispose (GObject *object)
{
  XsQueuePane *pane = XS_QUEUE_PANE (object);

  if (pane->list != NULL)
    g_signal_handlers_disconnect_by_data (pane->list, pane);
  if (pane->selection != NULL)
    g_signal_handlers_disconnect_by_data (pane->selection, pane);
  g_clear_object (&pane->selection);
  g_clear_object (&pane->list);
  G_OBJECT_CLASS (xs_queue_pane_parent_class)->dispose (object);
}

static void
xs_queue_pane_finalize (GObject *object)
{
  g_free (XS_QUEUE_PANE (object)->person);
  G_OBJECT_CLASS (xs_queue_pane_parent_class)->finalize (object);
}

static void
xs_queue_pane_class_init (XsQueuePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_queue_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_queue_pane_finalize;
  signals[SIGNAL_CHOSEN] =
    g_signal_new ("chosen", XS_TYPE_QUEUE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MARKS_CHANGED] =
    g_signal_new ("marks-changed", XS_TYPE_QUEUE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", XS_TYPE_QUEUE_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_install_action (widget_class, "queue.mark", "s", mark_clicked);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-queue-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, search);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, filter);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, in_force);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, choices);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, days);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, part);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, mode);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, judged);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, devnum);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, pending);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, valid);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, partial);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, none);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, n_pending);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, n_valid);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, n_partial);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, n_none);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, stack);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, view);
  gtk_widget_class_bind_template_child (widget_class, XsQueuePane, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_no_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_tab);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
}

static void
xs_queue_pane_init (XsQueuePane *pane)
{
  gtk_widget_init_template (GTK_WIDGET (pane));
  pane->setting = TRUE;
  set_choices (pane->days, (const char *[]){ _ ("The last 3 days"), _ ("Today"), _ ("The last 7 days"),
                                             _ ("The last 31 days"), _ ("All"), NULL });
  set_choices (pane->part, (const char *[]){ _ ("All"), _ ("Part 1"), _ ("Part 2"), _ ("Part 3"), _ ("Part 4"), NULL });
  set_choices (pane->mode,
               (const char *[]){ _ ("All"), _ ("practice"), _ ("classroom"), _ ("simulator"), _ ("remote"), NULL });
  set_choices (pane->judged, (const char *[]){ _ ("All"), _ ("The check"), _ ("A person"), _ ("Nobody"), NULL });
  pane->setting = FALSE;
  g_autoptr (GtkListItemFactory) factory = xs_log_row_factory_new ();
  gtk_list_view_set_factory (pane->view, factory);
}
