/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-review-desk.h"

#include <glib/gi18n.h>

#include "xs-decide-bar.h"
#include "xs-error.h"
#include "xs-log-export.h"
#include "xs-log-pane.h"
#include "xs-queue-pane.h"
#include "xs-registration-page.h"
#include "xs-registration-words.h"
#include "xs-review-acts.h"
#include "xs-review-sender.h"
#include "xs-review-text.h"
#include "xs-shown-logs.h"
#include "xs-update.h"
#include "xs-views-page.h"

/* A batch is never for logs shorter than this. */
#define BATCH_MIN_S 60
/* Dragging chooses minute after minute: what they come to is asked where it rests. */
#define RECKON_AFTER_MS 150

struct _XsReviewDesk {
  AdwBin parent_instance;

  GtkStack *pages;
  GtkStackPage *registration_page;
  GtkStackPage *views_page;
  XsRegistrationPage *registration;
  XsViewsPage *views;
  XsQueuePane *queue;
  GtkLabel *person;
  GtkBox *trouble_box;
  GtkLabel *trouble;
  XsLogPane *pane;
  XsDecideBar *bar;

  XsReviewClient *client; /* (nullable) */
  XsReviewSender *sender;
  XsLogExport *export;      /* (nullable) */
  GArray *decided;          /* XsReviewRow: what was decided in this sign-in, to take back; the last one last */
  char *came_of;            /* (nullable): what came of what was sent while nobody was signed in */
  char came_of_person[64];  /* whose that was */
  gboolean came_of_nothing; /* it was not done */
  gboolean following;       /* the feed runs */
  XsSentAct *reckoned;      /* (nullable): the last choice of minutes, of which is asked what it would come to */
  guint reckon_id;          /* 0: it was asked */
  GCancellable *reckoning;  /* (nullable) */
};

enum {
  SIGNAL_SETTLED_LATE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsReviewDesk, xs_review_desk, ADW_TYPE_BIN)

/* "" when nobody is signed in. */
static const char *
person_name (XsReviewDesk *desk)
{
  const XsWirePerson *person = desk->client != NULL ? xs_review_client_get_person (desk->client) : NULL;

  return person != NULL ? person->name : "";
}

/* On logs. */
static gboolean
is_acting (XsReviewDesk *desk)
{
  return desk->client != NULL && xs_review_sender_is_sending (desk->sender, person_name (desk), FALSE);
}

static void
say_error (XsReviewDesk *desk, const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  g_message ("%s", error->message);
  xs_decide_bar_say (desk->bar, xs_review_text_error (error), TRUE);
}

static char *
marked_text (XsReviewDesk *desk, const GPtrArray *marked)
{
  gboolean with_shown = FALSE;

  for (guint i = 0; i < marked->len; i++)
    with_shown =
      with_shown || xs_log_pane_is_on (desk->pane, xs_log_item_get_row (g_ptr_array_index (marked, i))->log_sha256);
  return xs_review_acts_marked_text (marked, with_shown);
}

static void
on_range_chosen (XsReviewDesk *desk)
{
  gint64 from_min, to_min;

  xs_log_pane_get_range (desk->pane, &from_min, &to_min);
  xs_decide_bar_set_range (desk->bar, from_min, to_min);
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
  on_range_chosen (desk);
  if (marked->len > 0)
    {
      g_autofree char *text = marked_text (desk, marked);
      xs_decide_bar_say (desk->bar, text, FALSE);
    }
}

static void
on_marks_changed (XsReviewDesk *desk)
{
  g_autoptr (GPtrArray) marked = xs_queue_pane_get_marked (desk->queue);

  if (desk->client == NULL)
    return;
  if (marked->len == 0)
    xs_decide_bar_say (desk->bar, "", FALSE);
  update_bar (desk);
}

static void
on_chosen (XsReviewDesk *desk)
{
  XsLogItem *item = xs_queue_pane_get_chosen (desk->queue);

  if (desk->client != NULL)
    xs_log_pane_show (desk->pane, item != NULL ? xs_log_item_get_row (item) : NULL);
}

/* The list goes along where the log is in it; else none of its logs is the one that is looked at. */
static void
on_moved (XsReviewDesk *desk, const char *log_sha256)
{
  if (xs_log_list_find (xs_queue_pane_get_list (desk->queue), log_sha256) != G_MAXUINT)
    xs_queue_pane_choose (desk->queue, log_sha256);
  else
    xs_queue_pane_let_go (desk->queue);
}

/* Deciding */

static void
remember (XsReviewDesk *desk, const XsReviewAction *action, const XsReviewRow *row)
{
  for (guint i = desk->decided->len; i > 0; i--)
    {
      if (g_str_equal (g_array_index (desk->decided, XsReviewRow, i - 1).log_sha256, action->sha256))
        g_array_remove_index (desk->decided, i - 1);
    }
  if (g_str_equal (action->action, "decide") || g_str_equal (action->action, "confirm"))
    g_array_append_val (desk->decided, *row);
}

/* The row shows what the platform said of it. @row: as it was when it was sent, and then as it stands */
static void
apply (XsReviewDesk *desk, const XsReviewAction *action, const XsReviewOutcome *outcome, XsReviewRow *row)
{
  XsLogList *list = xs_queue_pane_get_list (desk->queue);
  guint index = xs_log_list_find (list, action->sha256);
  g_autoptr (XsLogItem) item = index != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (list), index) : NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof *row);

  if (item != NULL)
    *row = *xs_log_item_get_row (item);
  xs_review_acts_apply (row, outcome);
  g_array_append_val (rows, *row);
  xs_log_list_merge (list, rows);
  if (xs_review_acts_result (outcome) == XS_REVIEW_RESULT_DONE)
    remember (desk, action, row);
}

static void
after_one (XsReviewDesk *desk, XsSentAct *act, const XsReviewOutcome *outcome)
{
  const XsReviewAction *action = &g_array_index (act->actions.actions, XsReviewAction, 0);
  XsReviewResult result = xs_review_acts_result (outcome);
  gboolean is_chosen = xs_log_pane_is_on (desk->pane, action->sha256);
  gboolean is_undo = g_str_equal (action->action, "undo");
  g_autofree char *text = xs_review_acts_text (action, outcome, &act->row, act->valid_min);

  apply (desk, action, outcome, &act->row);
  if (result == XS_REVIEW_RESULT_CONFLICT)
    xs_review_acts_show_conflict (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (desk))), action, outcome, act->row.name);
  xs_decide_bar_set_undoable (desk->bar, desk->decided->len > 0);
  /* What was taken back is looked at, whatever was on screen. */
  if (result == XS_REVIEW_RESULT_DONE && is_undo && !is_chosen)
    xs_queue_pane_choose (desk->queue, action->sha256);
  gboolean goes_on = result == XS_REVIEW_RESULT_DONE && !is_undo && is_chosen;
  if ((!goes_on || !xs_queue_pane_next_open (desk->queue)) && is_chosen)
    xs_log_pane_load_again (desk->pane);
  xs_decide_bar_say (desk->bar, text, result != XS_REVIEW_RESULT_DONE);
}

static void
after_batch (XsReviewDesk *desk, XsSentAct *act, const XsReviewOutcomes *outcomes)
{
  g_autofree char *text = xs_review_acts_count_text (outcomes, act->n_short);

  for (guint i = 0; i < outcomes->outcomes->len; i++)
    {
      const XsReviewAction *action = &g_array_index (act->actions.actions, XsReviewAction, i);
      XsReviewRow row;
      xs_review_row_init (&row);
      g_strlcpy (row.devnum, action->devnum, sizeof row.devnum);
      g_strlcpy (row.log_sha256, action->sha256, sizeof row.log_sha256);
      row.seq = action->seq;
      apply (desk, action, &g_array_index (outcomes->outcomes, XsReviewOutcome, i), &row);
    }
  xs_queue_pane_clear_marks (desk->queue);
  if (!xs_queue_pane_next_open (desk->queue))
    xs_log_pane_load_again (desk->pane);
  xs_decide_bar_say (desk->bar, text, FALSE);
}

/* What was sent by whoever is not at the desk: told at the sign-in, and again to that person. */
static void
after_leaving (XsReviewDesk *desk, const XsSentAct *act, const XsReviewOutcomes *outcomes, const GError *error)
{
  const XsReviewOutcome *outcome =
    outcomes != NULL && outcomes->outcomes->len > 0 ? &g_array_index (outcomes->outcomes, XsReviewOutcome, 0) : NULL;

  g_free (desk->came_of);
  desk->came_of_nothing = outcome == NULL || (!act->batch && xs_review_acts_result (outcome) != XS_REVIEW_RESULT_DONE);
  if (outcome == NULL)
    desk->came_of = g_strdup (xs_review_text_error (error));
  else if (act->on_photos)
    desk->came_of = xs_registration_act_text (act, outcome);
  else if (!desk->came_of_nothing)
    desk->came_of = xs_review_acts_count_text (outcomes, act->n_short);
  else
    desk->came_of =
      xs_review_acts_text (&g_array_index (act->actions.actions, XsReviewAction, 0), outcome, NULL, act->valid_min);
  g_strlcpy (desk->came_of_person, act->person, sizeof desk->came_of_person);
  if (desk->client == NULL)
    g_signal_emit (desk, signals[SIGNAL_SETTLED_LATE], 0, desk->came_of);
}

static void
on_settled (XsReviewDesk *desk, XsSentAct *act, const XsReviewOutcomes *outcomes, const GError *error)
{
  if (!g_str_equal (person_name (desk), act->person))
    {
      after_leaving (desk, act, outcomes, error);
      return;
    }
  if (act->on_photos)
    {
      xs_registration_page_settle (desk->registration, act, outcomes, error);
      return;
    }
  xs_decide_bar_set_busy (desk->bar, FALSE);
  if (outcomes == NULL)
    say_error (desk, error);
  else if (act->batch)
    after_batch (desk, act, outcomes);
  else if (outcomes->outcomes->len > 0)
    after_one (desk, act, &g_array_index (outcomes->outcomes, XsReviewOutcome, 0));
}

static void
add_action (XsSentAct *act, const XsReviewAction *said, const XsReviewRow *row)
{
  XsReviewAction action;

  if (act->actions.actions->len == 0)
    act->row = *row;
  xs_review_action_init (&action);
  g_array_append_vals (action.voids, said->voids->data, said->voids->len);
  xs_review_client_make_id (action.id);
  g_strlcpy (action.action, said->action, sizeof action.action);
  g_strlcpy (action.devnum, row->devnum, sizeof action.devnum);
  g_strlcpy (action.sha256, row->log_sha256, sizeof action.sha256);
  action.seq = row->seq;
  action.version = row->version;
  action.verdict = said->verdict;
  g_strlcpy (action.reason, said->reason, sizeof action.reason);
  g_strlcpy (action.comment, said->comment, sizeof action.comment);
  g_array_append_val (act->actions.actions, action);
}

static void
add_marked (XsSentAct *act, const XsReviewAction *said, const GPtrArray *marked)
{
  act->batch = TRUE;
  for (guint i = 0; i < marked->len && act->actions.actions->len < XS_REVIEW_ACTIONS_MAX; i++)
    {
      const XsReviewRow *row = xs_log_item_get_row (g_ptr_array_index (marked, i));
      if (row->claimed_s < BATCH_MIN_S)
        act->n_short++;
      else
        add_action (act, said, row);
    }
}

/* Whether what stands of it is a decision, or the first look of whoever asks. */
static gboolean
is_decided (XsReviewDesk *desk, const XsReviewRow *row)
{
  return (row->by_person && row->state == XS_AUDIT_DECIDED) || g_str_equal (row->first_look, person_name (desk));
}

/* What is undone: a decision on the log that is looked at, else the last one of this sign-in. */
static void
add_undo (XsReviewDesk *desk, XsSentAct *act, const XsReviewAction *said)
{
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);
  const XsReviewRow *row = log != NULL ? xs_shown_log_row (log) : NULL;

  if (row != NULL && is_decided (desk, row))
    add_action (act, said, row);
  else if (desk->decided->len > 0)
    add_action (act, said, &g_array_index (desk->decided, XsReviewRow, desk->decided->len - 1));
}

static void
say_sending (XsReviewDesk *desk)
{
  xs_decide_bar_set_busy (desk->bar, TRUE);
  xs_decide_bar_say (desk->bar, _ ("Sending… it is not on the platform yet"), FALSE);
}

static void
on_act (XsReviewDesk *desk, const XsReviewAction *said)
{
  g_autoptr (XsSentAct) act = xs_sent_act_new (person_name (desk));
  g_autoptr (GPtrArray) marked = xs_queue_pane_get_marked (desk->queue);
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);

  if (is_acting (desk))
    return;
  if (g_str_equal (said->action, "undo"))
    add_undo (desk, act, said);
  else if (marked->len > 0)
    add_marked (act, said, marked);
  else if (log != NULL)
    {
      add_action (act, said, xs_shown_log_row (log));
      if (g_str_equal (said->action, "decide"))
        act->valid_min = xs_shown_log_valid_min (log, said->voids);
    }
  if (act->actions.actions->len == 0)
    {
      if (act->n_short > 0)
        xs_decide_bar_say (desk->bar, _ ("Logs under a minute are decided on one by one."), TRUE);
      return;
    }
  say_sending (desk);
  xs_review_sender_send (desk->sender, act);
}

static void
stop_reckoning (XsReviewDesk *desk)
{
  g_clear_handle_id (&desk->reckon_id, g_source_remove);
  g_cancellable_cancel (desk->reckoning);
  g_clear_object (&desk->reckoning);
  g_clear_pointer (&desk->reckoned, xs_sent_act_unref);
}

static void
on_reckoned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsReviewDesk) desk = user_data;
  XsReviewOutcomes outcomes;

  /* A decision can be made without it, and of a platform that does not answer something else tells. */
  if (!xs_review_client_reckon_finish (XS_REVIEW_CLIENT (source), result, &outcomes, NULL))
    return;
  g_autofree char *text =
    outcomes.outcomes->len > 0
      ? xs_review_acts_outlook_text (&g_array_index (outcomes.outcomes, XsReviewOutcome, 0), desk->reckoned->valid_min)
      : g_strdup ("");
  xs_decide_bar_set_outlook (desk->bar, text);
  xs_review_outcomes_clear (&outcomes);
}

static gboolean
ask_reckoning (gpointer data)
{
  XsReviewDesk *desk = data;

  desk->reckon_id = 0;
  desk->reckoning = g_cancellable_new ();
  xs_review_client_reckon_async (desk->client, &desk->reckoned->actions, desk->reckoning, on_reckoned,
                                 g_object_ref (desk));
  return G_SOURCE_REMOVE;
}

static void
on_reckon (XsReviewDesk *desk, const XsReviewAction *said)
{
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);

  stop_reckoning (desk);
  if (desk->client == NULL || log == NULL)
    return;
  desk->reckoned = xs_sent_act_new (person_name (desk));
  add_action (desk->reckoned, said, xs_shown_log_row (log));
  desk->reckoned->valid_min = xs_shown_log_valid_min (log, said->voids);
  desk->reckon_id = g_timeout_add (RECKON_AFTER_MS, ask_reckoning, desk);
}

static void
on_asking (XsReviewDesk *desk, gboolean asking)
{
  xs_photo_board_set_cramped (xs_log_pane_get_board (desk->pane), asking);
}

static void
on_next (XsReviewDesk *desk)
{
  if (xs_queue_pane_next_open (desk->queue))
    return;
  xs_decide_bar_say (desk->bar,
                     xs_queue_pane_show_waiting (desk->queue)
                       ? _ ("Nothing else waited in that list: here is what waits to be decided.")
                       : _ ("Nothing else waits by this filter."),
                     FALSE);
}

/* News of the platform */

static void
on_news (XsReviewDesk *desk, const GArray *rows)
{
  const XsReviewLog *log = xs_log_pane_get_log (desk->pane);

  xs_log_list_merge (xs_queue_pane_get_list (desk->queue), rows);
  for (guint i = 0; log != NULL && !is_acting (desk) && i < rows->len; i++)
    {
      const XsReviewRow *row = &g_array_index (rows, XsReviewRow, i);
      if (xs_log_pane_is_on (desk->pane, row->log_sha256) && row->version > xs_shown_log_row (log)->version)
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
                                  : xs_review_sender_has_unsent (desk->sender, person_name (desk))
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
on_export_said (XsReviewDesk *desk, const char *text, gboolean failed)
{
  xs_decide_bar_say (desk->bar, text, failed);
}

static void
take_out (GtkWidget *widget, const char *action, GVariant *format)
{
  XsReviewDesk *desk = XS_REVIEW_DESK (widget);
  const XsShownLogs *shown = xs_log_pane_get_shown (desk->pane);

  if (desk->export != NULL && shown != NULL)
    xs_log_export_ask (desk->export, GTK_WINDOW (gtk_widget_get_root (widget)), shown,
                       g_variant_get_string (format, NULL));
}

static void
on_waiting_changed (XsReviewDesk *desk)
{
  gint64 waiting = xs_registration_page_get_waiting (desk->registration);
  g_autofree char *title = waiting > 0 ? g_strdup_printf (_ ("Registration photos: %d (F3)"), (int) waiting)
                                       : g_strdup (_ ("Registration photos (F3)"));

  gtk_stack_page_set_title (desk->registration_page, title);
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

/* Who may not list readings has no page of them. */
static void
open_pages (XsReviewDesk *desk, const XsWirePerson *person, const char *photos_dir)
{
  g_autofree char *registration_dir = g_strconcat (photos_dir, "-registration", NULL);
  gboolean sees_views =
    person != NULL && (g_str_equal (person->role, "head-coach") || g_str_equal (person->role, "auditor"));

  gtk_stack_page_set_visible (desk->views_page, sees_views);
  gtk_stack_set_visible_child_name (desk->pages, "logs");
  xs_registration_page_open (desk->registration, desk->client, desk->sender, registration_dir);
  if (sees_views)
    xs_views_page_open (desk->views, desk->client);
}

void
xs_review_desk_open (XsReviewDesk *desk, XsReviewClient *client, const char *photos_dir)
{
  const XsWirePerson *person = xs_review_client_get_person (client);

  g_return_if_fail (XS_IS_REVIEW_DESK (desk));

  desk->client = g_object_ref (client);
  xs_log_pane_open (desk->pane, client, photos_dir);
  open_pages (desk, person, photos_dir);
  desk->export = xs_log_export_new (client);
  g_signal_connect_object (desk->export, "said", G_CALLBACK (on_export_said), desk, G_CONNECT_SWAPPED);
  if (person != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%s · %s", person->name, role_name (person->role));
      gtk_label_set_text (desk->person, text);
    }
  xs_review_sender_open (desk->sender, client);
  if (is_acting (desk))
    say_sending (desk);
  else if (desk->came_of != NULL && g_str_equal (desk->came_of_person, person_name (desk)))
    {
      xs_decide_bar_say (desk->bar, desk->came_of, desk->came_of_nothing);
      g_clear_pointer (&desk->came_of, g_free);
    }
  g_signal_connect_swapped (client, "news", G_CALLBACK (on_news), desk);
  g_signal_connect_swapped (client, "notify::reachable", G_CALLBACK (on_reachable), desk);
  xs_queue_pane_open (desk->queue, client);
  g_signal_connect_object (xs_queue_pane_get_list (desk->queue), "counts-changed", G_CALLBACK (on_counts_changed), desk,
                           G_CONNECT_SWAPPED);
  /* Keys are decisions, not letters of the search that stands first. */
  gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (desk)), NULL);
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
  xs_review_sender_open (desk->sender, NULL);
  desk->following = FALSE;
  stop_reckoning (desk);
  xs_log_pane_close (desk->pane);
  xs_registration_page_close (desk->registration);
  xs_views_page_open (desk->views, NULL);
  xs_log_export_cancel (desk->export);
  g_clear_object (&desk->export);
  g_array_set_size (desk->decided, 0);
  g_clear_object (&desk->client);
  xs_queue_pane_open (desk->queue, NULL);
  xs_decide_bar_set_busy (desk->bar, FALSE);
  xs_decide_bar_set_log (desk->bar, NULL, 0, "", FALSE);
  xs_decide_bar_say (desk->bar, "", FALSE);
}

gboolean
xs_review_desk_has_unsent (XsReviewDesk *desk)
{
  g_return_val_if_fail (XS_IS_REVIEW_DESK (desk), FALSE);

  return xs_review_sender_has_unsent (desk->sender, NULL);
}

/* Keys. What is typed goes where one types; lists that are open take theirs first. */

static gboolean
is_typing (XsReviewDesk *desk)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (desk)));

  return focus != NULL
         && (GTK_IS_EDITABLE (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL
             || xs_queue_pane_is_filtering (desk->queue));
}

/* Returns: whether @key leads to a page. */
static gboolean
page_key (XsReviewDesk *desk, guint key)
{
  static const char *const names[] = { "logs", "registration", "views" };

  if (key < GDK_KEY_F2 || key > GDK_KEY_F4)
    return FALSE;
  if (key != GDK_KEY_F4 || gtk_stack_page_get_visible (desk->views_page))
    gtk_stack_set_visible_child_name (desk->pages, names[key - GDK_KEY_F2]);
  /* Else it went where one types, and the next key would be a letter. */
  if (key == GDK_KEY_F2)
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (desk)), NULL);
  return TRUE;
}

/* An open list of the filter's takes the key first. */
static gboolean
close_filter (XsReviewDesk *desk)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (desk));
  GtkWidget *focus = gtk_root_get_focus (root);

  if ((focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
      || !xs_queue_pane_close_filter (desk->queue))
    return FALSE;
  gtk_root_set_focus (root, NULL);
  return TRUE;
}

static gboolean
shows_page (XsReviewDesk *desk, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (desk->pages), name) == 0;
}

gboolean
xs_review_desk_key (XsReviewDesk *desk, guint key, GdkModifierType state)
{
  g_return_val_if_fail (XS_IS_REVIEW_DESK (desk), FALSE);

  if ((state & GDK_CONTROL_MASK) != 0 && (key == GDK_KEY_f || key == GDK_KEY_F))
    {
      if (shows_page (desk, "registration"))
        xs_registration_page_focus_search (desk->registration);
      else
        xs_queue_pane_focus_search (desk->queue);
      return TRUE;
    }
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  if (page_key (desk, key))
    return TRUE;
  if (is_typing (desk) && key != GDK_KEY_Escape)
    return FALSE;
  if (!shows_page (desk, "logs"))
    return shows_page (desk, "registration") && xs_registration_page_key (desk->registration, key);
  switch (key)
    {
    case GDK_KEY_Escape:
      return close_filter (desk) || xs_log_pane_key (desk->pane, key, state) || xs_decide_bar_key (desk->bar, key);
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      if (xs_log_pane_takes_arrows (desk->pane))
        return FALSE;
      xs_queue_pane_step (desk->queue, key == GDK_KEY_Up ? -1 : 1);
      return TRUE;
    case GDK_KEY_b:
    case GDK_KEY_B:
      xs_queue_pane_toggle_mark (desk->queue);
      return TRUE;
    case GDK_KEY_e:
    case GDK_KEY_E:
      gtk_widget_activate_action (GTK_WIDGET (desk), "desk.take-out", "s",
                                  (state & GDK_SHIFT_MASK) != 0 ? "csv" : "pdf");
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
  stop_reckoning (desk);
  g_clear_object (&desk->export);
  g_clear_object (&desk->client);
  if (desk->sender != NULL)
    g_signal_handlers_disconnect_by_data (desk->sender, desk);
  g_clear_object (&desk->sender);
  G_OBJECT_CLASS (xs_review_desk_parent_class)->dispose (object);
}

static void
xs_review_desk_finalize (GObject *object)
{
  XsReviewDesk *desk = XS_REVIEW_DESK (object);

  g_free (desk->came_of);
  g_array_unref (desk->decided);
  G_OBJECT_CLASS (xs_review_desk_parent_class)->finalize (object);
}

static void
xs_review_desk_class_init (XsReviewDeskClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_review_desk_dispose;
  G_OBJECT_CLASS (klass)->finalize = xs_review_desk_finalize;
  signals[SIGNAL_SETTLED_LATE] = g_signal_new ("settled-late", XS_TYPE_REVIEW_DESK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "desk.take-out", "s", take_out);
  g_type_ensure (XS_TYPE_QUEUE_PANE);
  g_type_ensure (XS_TYPE_REGISTRATION_PAGE);
  g_type_ensure (XS_TYPE_VIEWS_PAGE);
  g_type_ensure (XS_TYPE_LOG_PANE);
  g_type_ensure (XS_TYPE_DECIDE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-review-desk.ui");
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, pages);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, registration_page);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, views_page);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, registration);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, views);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, queue);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, person);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, trouble_box);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, trouble);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, pane);
  gtk_widget_class_bind_template_child (widget_class, XsReviewDesk, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_moved);
  gtk_widget_class_bind_template_callback (widget_class, update_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_marks_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_waiting_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_failed);
  gtk_widget_class_bind_template_callback (widget_class, on_range_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_act);
  gtk_widget_class_bind_template_callback (widget_class, on_reckon);
  gtk_widget_class_bind_template_callback (widget_class, on_asking);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
}

static void
xs_review_desk_init (XsReviewDesk *desk)
{
  desk->decided = g_array_new (FALSE, FALSE, sizeof (XsReviewRow));
  desk->sender = xs_review_sender_new ();
  g_signal_connect_swapped (desk->sender, "settled", G_CALLBACK (on_settled), desk);
  gtk_widget_init_template (GTK_WIDGET (desk));
}
