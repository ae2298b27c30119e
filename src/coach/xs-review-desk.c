/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-review-desk.h"

#include <glib/gi18n.h>

#include "xs-decide-bar.h"
#include "xs-error.h"
#include "xs-log-pane.h"
#include "xs-queue-pane.h"
#include "xs-review-acts.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-update.h"

/* A batch is never for logs shorter than this. */
#define BATCH_MIN_S 60

/* A decision of this sign-in, to take back. */
typedef struct {
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq;
  gint64 version;
} Decided;

struct _XsReviewDesk {
  AdwBin parent_instance;

  XsQueuePane *queue;
  GtkLabel *person;
  GtkBox *trouble_box;
  GtkLabel *trouble;
  XsLogPane *pane;
  XsDecideBar *bar;

  XsReviewClient *client; /* (nullable) */
  GArray *decided;        /* Decided */
  gboolean acting;
  gboolean following; /* the feed runs */
};

G_DEFINE_FINAL_TYPE (XsReviewDesk, xs_review_desk, ADW_TYPE_BIN)

static void
say_error (XsReviewDesk *desk, const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  g_message ("%s", error->message);
  xs_decide_bar_say (desk->bar, xs_review_text_error (error), TRUE);
}

static void
update_bar (XsReviewDesk *desk)
{
  const XsWirePerson *person = xs_review_client_get_person (desk->client);
  g_autoptr (GPtrArray) marked = xs_queue_pane_get_marked (desk->queue);
  gboolean may = person != NULL && (g_str_equal (person->role, "coach") || g_str_equal (person->role, "head-coach"));

  xs_decide_bar_set_log (desk->bar, xs_log_pane_get_log (desk->pane), marked->len, person != NULL ? person->name : "",
                         may);
  xs_decide_bar_set_undoable (desk->bar, may && desk->decided->len > 0);
  if (marked->len > 0)
    {
      g_autofree char *text =
        g_strdup_printf (g_dngettext (NULL, "%u log marked: a decision is for it",
                                      "%u logs marked: a decision is for all of them", marked->len),
                         marked->len);
      xs_decide_bar_say (desk->bar, text, FALSE);
    }
}

static void
on_chosen (XsReviewDesk *desk)
{
  XsLogItem *item = xs_queue_pane_get_chosen (desk->queue);

  if (desk->client != NULL)
    xs_log_pane_show (desk->pane, item != NULL ? xs_log_item_get_row (item) : NULL);
}

/* Deciding */

typedef struct {
  XsReviewDesk *desk;
  XsReviewActions actions;
  guint n_short; /* logs under a minute, which a batch leaves out */
  gboolean batch;
} Act;

static void
act_free (Act *act)
{
  g_object_unref (act->desk);
  xs_review_actions_clear (&act->actions);
  g_free (act);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Act, act_free)

static void
remember (XsReviewDesk *desk, const XsReviewAction *action, const XsReviewOutcome *outcome)
{
  Decided decided = { .seq = action->seq, .version = outcome->version };

  g_strlcpy (decided.devnum, action->devnum, sizeof decided.devnum);
  for (guint i = desk->decided->len; i > 0; i--)
    {
      const Decided *before = &g_array_index (desk->decided, Decided, i - 1);
      if (g_str_equal (before->devnum, decided.devnum) && before->seq == decided.seq)
        g_array_remove_index (desk->decided, i - 1);
    }
  if (g_str_equal (action->action, "decide") || g_str_equal (action->action, "confirm"))
    g_array_append_val (desk->decided, decided);
}

/* The row shows what the platform said of it. */
static const char *
apply (XsReviewDesk *desk, const XsReviewAction *action, const XsReviewOutcome *outcome)
{
  XsLogList *list = xs_queue_pane_get_list (desk->queue);
  guint index = xs_log_list_find (list, action->devnum, action->seq);
  g_autoptr (XsLogItem) item = index != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (list), index) : NULL;

  if (item == NULL)
    return "";
  XsReviewRow row = *xs_log_item_get_row (item);
  xs_review_acts_apply (&row, outcome);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof row);
  g_array_append_val (rows, row);
  xs_log_list_merge (list, rows);
  return xs_log_item_get_row (item)->name;
}

static void
after_one (XsReviewDesk *desk, const XsReviewAction *action, const XsReviewOutcome *outcome)
{
  g_autofree char *text = xs_review_acts_text (action, outcome);
  XsReviewResult result = xs_review_acts_result (outcome);
  gboolean is_chosen = xs_log_pane_is_on (desk->pane, action->devnum, action->seq);
  g_autofree char *name = g_strdup (apply (desk, action, outcome));

  if (result == XS_REVIEW_RESULT_CONFLICT)
    xs_review_acts_show_conflict (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (desk))), outcome, name);
  if (result == XS_REVIEW_RESULT_DONE)
    remember (desk, action, outcome);
  xs_decide_bar_set_undoable (desk->bar, desk->decided->len > 0);
  gboolean goes_on = result == XS_REVIEW_RESULT_DONE && !g_str_equal (action->action, "undo");
  if ((!goes_on || !xs_queue_pane_next_open (desk->queue)) && is_chosen)
    xs_log_pane_load_again (desk->pane);
  xs_decide_bar_say (desk->bar, text, result != XS_REVIEW_RESULT_DONE);
}

static void
after_batch (XsReviewDesk *desk, const Act *act, const XsReviewOutcomes *outcomes)
{
  g_autofree char *text = xs_review_acts_count_text (outcomes, act->n_short);

  for (guint i = 0; i < outcomes->outcomes->len; i++)
    {
      const XsReviewAction *action = &g_array_index (act->actions.actions, XsReviewAction, i);
      const XsReviewOutcome *outcome = &g_array_index (outcomes->outcomes, XsReviewOutcome, i);
      apply (desk, action, outcome);
      if (xs_review_acts_result (outcome) == XS_REVIEW_RESULT_DONE)
        remember (desk, action, outcome);
    }
  xs_queue_pane_clear_marks (desk->queue);
  if (!xs_queue_pane_next_open (desk->queue))
    xs_log_pane_load_again (desk->pane);
  xs_decide_bar_say (desk->bar, text, FALSE);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Act) act = user_data;
  XsReviewDesk *desk = act->desk;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewOutcomes) outcomes = { 0 };
  gboolean answered = xs_review_client_act_finish (XS_REVIEW_CLIENT (source), result, &outcomes, &error);

  if (desk->client != XS_REVIEW_CLIENT (source))
    return;
  desk->acting = FALSE;
  xs_decide_bar_set_busy (desk->bar, FALSE);
  if (!answered)
    {
      say_error (desk, error);
      return;
    }
  if (act->batch)
    after_batch (desk, act, &outcomes);
  else if (outcomes.outcomes->len > 0)
    after_one (desk, &g_array_index (act->actions.actions, XsReviewAction, 0),
               &g_array_index (outcomes.outcomes, XsReviewOutcome, 0));
}

static void
add_action (Act *act, const XsReviewAction *said, const char *devnum, gint64 seq, gint64 version)
{
  XsReviewAction action;

  xs_review_action_init (&action);
  g_array_append_vals (action.voids, said->voids->data, said->voids->len);
  xs_review_client_make_id (action.id);
  g_strlcpy (action.action, said->action, sizeof action.action);
  g_strlcpy (action.devnum, devnum, sizeof action.devnum);
  action.seq = seq;
  action.version = version;
  action.verdict = said->verdict;
  g_strlcpy (action.reason, said->reason, sizeof action.reason);
  g_strlcpy (action.comment, said->comment, sizeof action.comment);
  g_array_append_val (act->actions.actions, action);
}

static void
add_marked (Act *act, const XsReviewAction *said, const GPtrArray *marked)
{
  act->batch = TRUE;
  for (guint i = 0; i < marked->len && act->actions.actions->len < XS_REVIEW_ACTIONS_MAX; i++)
    {
      const XsReviewRow *row = xs_log_item_get_row (g_ptr_array_index (marked, i));
      if (row->claimed_s < BATCH_MIN_S)
        act->n_short++;
      else
        add_action (act, said, row->devnum, row->seq, row->version);
    }
}

/* Whether what stands of it is a decision, or the first look of whoever asks. */
static gboolean
is_decided (XsReviewDesk *desk, const XsReviewRow *row)
{
  const XsWirePerson *person = xs_review_client_get_person (desk->client);

  return (row->by_person && row->state == XS_AUDIT_DECIDED)
         || (person != NULL && g_str_equal (row->first_look, person->name));
}

/* What is undone: a decision on the log that is looked at, else the last one of this sign-in. */
static void
add_undo (XsReviewDesk *desk, Act *act, const XsReviewAction *said)
{
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);
  const XsReviewRow *row = log != NULL ? xs_shown_log_row (log) : NULL;

  if (row != NULL && is_decided (desk, row))
    add_action (act, said, row->devnum, row->seq, row->version);
  else if (desk->decided->len > 0)
    {
      const Decided *last = &g_array_index (desk->decided, Decided, desk->decided->len - 1);
      add_action (act, said, last->devnum, last->seq, last->version);
    }
}

static void
on_act (XsReviewDesk *desk, const XsReviewAction *said)
{
  g_autoptr (Act) act = g_new0 (Act, 1);
  g_autoptr (GPtrArray) marked = xs_queue_pane_get_marked (desk->queue);
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);

  act->desk = g_object_ref (desk);
  xs_review_actions_init (&act->actions);
  if (desk->acting)
    return;
  if (g_str_equal (said->action, "undo"))
    add_undo (desk, act, said);
  else if (marked->len > 0)
    add_marked (act, said, marked);
  else if (log != NULL)
    add_action (act, said, xs_shown_log_row (log)->devnum, xs_shown_log_row (log)->seq,
                xs_shown_log_row (log)->version);
  if (act->actions.actions->len == 0)
    {
      if (act->n_short > 0)
        xs_decide_bar_say (desk->bar, _ ("Logs under a minute are decided on one by one."), TRUE);
      return;
    }
  desk->acting = TRUE;
  xs_decide_bar_set_busy (desk->bar, TRUE);
  xs_decide_bar_say (desk->bar, _ ("Sending… it is not on the platform yet"), FALSE);
  XsReviewActions *actions = &act->actions;
  xs_review_client_act_async (desk->client, actions, NULL, on_acted, g_steal_pointer (&act));
}

static void
on_next (XsReviewDesk *desk)
{
  if (!xs_queue_pane_next_open (desk->queue))
    xs_decide_bar_say (desk->bar, _ ("Nothing else waits in this list."), FALSE);
}

static void
on_range_chosen (XsReviewDesk *desk)
{
  gint64 from_min, to_min;

  xs_log_pane_get_range (desk->pane, &from_min, &to_min);
  xs_decide_bar_set_range (desk->bar, from_min, to_min);
}

/* News of the platform */

static void
on_news (XsReviewDesk *desk, const GArray *rows)
{
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);

  xs_log_list_merge (xs_queue_pane_get_list (desk->queue), rows);
  for (guint i = 0; log != NULL && !desk->acting && i < rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
      if (xs_log_pane_is_on (desk->pane, row->devnum, row->seq) && row->version > xs_shown_log_row (log)->version)
        {
          xs_log_pane_load_again (desk->pane);
          return;
        }
    }
}

static void
on_reachable (XsReviewDesk *desk)
{
  gboolean reachable = xs_review_client_is_reachable (desk->client);

  gtk_widget_set_visible (GTK_WIDGET (desk->trouble_box), !reachable);
  xs_update_label (desk->trouble, reachable ? ""
                                  : desk->acting
                                    ? _ ("The platform cannot be reached. Your last decision is not there yet; it "
                                         "is sent again until it is, as long as this window is open.")
                                    : _ ("The platform cannot be reached. What is shown may be old."));
}

static void
on_counts_changed (XsReviewDesk *desk)
{
  gint64 feed = xs_log_list_get_feed (xs_queue_pane_get_list (desk->queue));

  if (desk->following || feed < 0)
    return;
  desk->following = TRUE;
  xs_review_client_start_feed (desk->client, feed);
}

static void
on_failed (XsReviewDesk *desk, const GError *error)
{
  say_error (desk, error);
}

/* Opening and closing */

static const char *
role_name (const char *role)
{
  if (g_str_equal (role, "head-coach"))
    return _ ("head coach");
  if (g_str_equal (role, "auditor"))
    return _ ("auditor: looks only");
  return g_str_equal (role, "coach") ? _ ("coach") : role;
}

void
xs_review_desk_open (XsReviewDesk *desk, XsReviewClient *client, const char *photos_dir)
{
  const XsWirePerson *person = xs_review_client_get_person (client);

  g_return_if_fail (XS_IS_REVIEW_DESK (desk));

  desk->client = g_object_ref (client);
  xs_log_pane_open (desk->pane, client, photos_dir);
  if (person != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%s · %s", person->name, role_name (person->role));
      gtk_label_set_text (desk->person, text);
    }
  g_signal_connect_swapped (client, "news", G_CALLBACK (on_news), desk);
  g_signal_connect_swapped (client, "notify::reachable", G_CALLBACK (on_reachable), desk);
  xs_queue_pane_open (desk->queue, client);
  g_signal_connect_object (xs_queue_pane_get_list (desk->queue), "counts-changed", G_CALLBACK (on_counts_changed), desk,
                           G_CONNECT_SWAPPED);
  on_chosen (desk);
  on_reachable (desk);
}

void
xs_review_desk_close (XsReviewDesk *desk)
{
  g_return_if_fail (XS_IS_REVIEW_DESK (desk));

  if (desk->client == NULL)
    return;
  g_signal_handlers_disconnect_by_data (desk->client, desk);
  xs_review_client_stop_feed (desk->client);
  desk->following = desk->acting = FALSE;
  xs_log_pane_close (desk->pane);
  g_array_set_size (desk->decided, 0);
  g_clear_object (&desk->client);
  xs_queue_pane_open (desk->queue, NULL);
  xs_decide_bar_set_busy (desk->bar, FALSE);
  xs_decide_bar_set_log (desk->bar, NULL, 0, "", FALSE);
  xs_decide_bar_say (desk->bar, "", FALSE);
}

/* Keys. What is typed goes where one types; lists that are open take theirs first. */

static gboolean
is_typing (XsReviewDesk *desk)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (desk)));

  return focus != NULL && (GTK_IS_EDITABLE (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL);
}

gboolean
xs_review_desk_key (XsReviewDesk *desk, guint key, GdkModifierType state)
{
  g_return_val_if_fail (XS_IS_REVIEW_DESK (desk), FALSE);

  if ((state & GDK_CONTROL_MASK) != 0 && (key == GDK_KEY_f || key == GDK_KEY_F))
    {
      xs_queue_pane_focus_search (desk->queue);
      return TRUE;
    }
  if (is_typing (desk) && key != GDK_KEY_Escape)
    return FALSE;
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      xs_queue_pane_step (desk->queue, key == GDK_KEY_Up ? -1 : 1);
      return TRUE;
    case GDK_KEY_b:
    case GDK_KEY_B:
      xs_queue_pane_toggle_mark (desk->queue);
      return TRUE;
    default:
      return xs_log_pane_key (desk->pane, key, state) || xs_decide_bar_key (desk->bar, key);
    }
}

/* GObject */

static void
xs_review_desk_dispose (GObject *object)
{
  XsReviewDesk *desk = XS_REVIEW_DESK (object);

  if (desk->client != NULL)
    g_signal_handlers_disconnect_by_data (desk->client, desk);
  g_clear_object (&desk->client);
  G_OBJECT_CLASS (xs_review_desk_parent_class)->dispose (object);
}

static void
xs_review_desk_finalize (GObject *object)
{
  XsReviewDesk *desk = XS_REVIEW_DESK (object);

  g_array_unref (desk->decided);
  G_OBJECT_CLASS (xs_review_desk_parent_class)->finalize (object);
}

static void
xs_review_desk_class_init (XsReviewDeskClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_review_desk_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_review_desk_finalize;
  g_type_ensure (XS_TYPE_QUEUE_PANE);
  g_type_ensure (XS_TYPE_LOG_PANE);
  g_type_ensure (XS_TYPE_DECIDE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-review-desk.ui");
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, queue);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, person);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, trouble_box);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, trouble);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, pane);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, update_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_failed);
  gtk_widget_class_bind_template_callback (widget_class, on_range_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_act);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
xs_review_desk_init (XsReviewDesk *desk)
{
  desk->decided = g_array_new (FALSE, FALSE, sizeof (Decided));
  gtk_widget_init_template (GTK_WIDGET (desk));
}
