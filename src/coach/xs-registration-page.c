/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-registration-page.h"

#include <glib/gi18n.h>

#include "xs-check-list.h"
#include "xs-error.h"
#include "xs-import-window.h"
#include "xs-learner-list.h"
#include "xs-learner-row.h"
#include "xs-photo-store.h"
#include "xs-registration-bar.h"
#include "xs-registration-checks.h"
#include "xs-registration-photo.h"
#include "xs-registration-words.h"
#include "xs-review-acts.h"
#include "xs-review-text.h"
#include "xs-update.h"

/* Photos come without anybody telling; one that is looked at is measured within a moment. */
#define LOOK_S 2
#define LOOKS_OF_LIST 10
/* A key that was on its way when another photo came is over by then. */
#define HOLD_MS 700

/* What was said last, to take back. */
typedef struct {
  char stunum[XS_UNIFIED_DIGITS + 1];
  char sha256[65];
  char name[64];
  gint64 version;
} Said;

struct _XsRegistrationPage {
  AdwBin parent_instance;

  GtkEditable *search;
  GtkDropDown *state;
  GtkLabel *empty;
  GtkWidget *photo_column;
  GtkListView *view;
  GtkLabel *more;
  GtkLabel *name;
  GtkLabel *facts;
  XsRegistrationPhoto *photo;
  GtkToggleButton *measured;
  GtkLabel *no_checks;
  GtkListBox *checks;
  GtkWidget *import_line;
  XsRegistrationBar *bar;

  XsReviewClient *client; /* (nullable) */
  XsReviewSender *sender; /* (nullable) */
  XsPhotoStore *photos;   /* (nullable) */
  XsLearnerList *list;    /* (nullable) */
  GCancellable *imports;  /* (nullable): whoever closes the page ends them */
  GtkSingleSelection *selection;
  char stunum[XS_UNIFIED_DIGITS + 1]; /* who is shown; "": nobody */
  char sha256[65];
  gint64 version;
  gboolean has_check;
  guint position;                     /* where who is shown stood in the list */
  char wanted[XS_UNIFIED_DIGITS + 1]; /* who is shown next; "": who is shown now, while in the list */
  Said said;                          /* @stunum is "": nothing */
  gboolean may;
  gboolean asked;     /* the list was asked for by this coach: what it brings is no surprise */
  gboolean is_broken; /* the photo cannot be opened */
  gboolean is_held;   /* another photo came by itself: nothing is decided until it was looked at */
  guint look_id, n_looks, hold_id;
};

enum {
  SIGNAL_WAITING_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsRegistrationPage, xs_registration_page, ADW_TYPE_BIN)

/* In the order of the list of states. */
static const char *const states[] = { "waiting", "returned", "reset", "unseen", "approved", "none", "" };

static void
fail (XsRegistrationPage *page, const GError *error)
{
  if (g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  g_message ("%s", error->message);
  xs_registration_bar_say (page->bar, xs_review_text_error (error), TRUE);
}

static XsLearnerItem *
chosen (XsRegistrationPage *page)
{
  return gtk_single_selection_get_selected_item (page->selection);
}

static gboolean
is_acting (XsRegistrationPage *page)
{
  const XsWirePerson *person = page->client != NULL ? xs_review_client_get_person (page->client) : NULL;

  return person != NULL && xs_review_sender_is_sending (page->sender, person->name, TRUE);
}

/* Nobody approves what was not on the screen; what cannot be opened may be sent back. */
static void
update_controls (XsRegistrationPage *page)
{
  XsLearnerItem *item = chosen (page);
  const XsReviewLearner *learner = item != NULL ? xs_learner_item_get (item) : NULL;
  gboolean is_free = page->may && !is_acting (page), is_settled = is_free && !page->asked && !page->is_held;
  gboolean has_photo = learner != NULL && learner->sha256[0] != '\0';
  gboolean is_shown = xs_registration_photo_is_shown (page->photo);
  const XsRegistrationMay may = {
    .approve = is_settled && has_photo && is_shown && !g_str_equal (learner->state, "approved"),
    .send_back = is_settled && has_photo && (is_shown || page->is_broken) && !g_str_equal (learner->state, "returned")
                 && !g_str_equal (learner->state, "reset"),
    .undo = is_free && (page->said.stunum[0] != '\0' || (is_settled && learner != NULL && learner->undoable)),
  };

  xs_registration_bar_set_may (page->bar, &may);
}

/* The photo */

static gboolean
release (gpointer data)
{
  XsRegistrationPage *page = data;

  page->hold_id = 0;
  page->is_held = FALSE;
  update_controls (page);
  return G_SOURCE_REMOVE;
}

static void
on_shown (XsRegistrationPage *page)
{
  if (page->is_held && page->hold_id == 0)
    page->hold_id = g_timeout_add (HOLD_MS, release, page);
  update_controls (page);
}

static void
set_held (XsRegistrationPage *page, gboolean is_held)
{
  g_clear_handle_id (&page->hold_id, g_source_remove);
  page->is_held = is_held;
}

static void
show_photo (XsRegistrationPage *page, const char *missing)
{
  XsLearnerItem *item = chosen (page);
  GdkTexture *texture =
    page->sha256[0] != '\0' ? xs_photo_store_peek (page->photos, page->sha256, XS_PHOTO_REGISTRATION) : NULL;

  xs_registration_photo_set (page->photo, texture, item != NULL ? xs_learner_item_get_check (item) : NULL, missing);
}

typedef struct {
  XsRegistrationPage *page;
  char sha256[65];
} AskedPhoto;

static void
on_photo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree AskedPhoto *asked = user_data;
  g_autoptr (XsRegistrationPage) page = asked->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = xs_photo_store_get_finish (XS_PHOTO_STORE (source), result, &error);

  if (page->photos != XS_PHOTO_STORE (source) || !g_str_equal (page->sha256, asked->sha256)
      || g_error_matches (error, XS_ERROR, XS_ERROR_CANCELLED))
    return;
  page->is_broken = g_error_matches (error, XS_ERROR, XS_ERROR_MEDIA);
  show_photo (page, error == NULL     ? NULL
                    : page->is_broken ? _ ("The photo cannot be opened.")
                                      : xs_review_text_error (error));
  if (page->is_broken)
    on_shown (page);
}

static void
ask_photo (XsRegistrationPage *page, const char *sha256)
{
  if (sha256[0] == '\0' || xs_photo_store_peek (page->photos, sha256, XS_PHOTO_REGISTRATION) != NULL)
    return;
  AskedPhoto *asked = g_new (AskedPhoto, 1);
  asked->page = g_object_ref (page);
  g_strlcpy (asked->sha256, sha256, sizeof asked->sha256);
  xs_photo_store_get_async (page->photos, sha256, XS_PHOTO_REGISTRATION, NULL, on_photo, asked);
}

/* The next is there before it is asked for. */
static void
ask_ahead (XsRegistrationPage *page)
{
  g_autoptr (XsLearnerItem) next =
    g_list_model_get_item (G_LIST_MODEL (page->list), gtk_single_selection_get_selected (page->selection) + 1);

  if (next != NULL)
    ask_photo (page, xs_learner_item_get (next)->sha256);
}

/* Who is chosen */

static void
show_checks (XsRegistrationPage *page, XsLearnerItem *item)
{
  const XsReviewPhotoCheck *check = item != NULL ? xs_learner_item_get_check (item) : NULL;
  g_autoptr (GArray) checks = check != NULL ? xs_registration_checks_new (check) : xs_photo_checks_array_new ();
  const XsReviewLearner *learner = item != NULL ? xs_learner_item_get (item) : NULL;

  xs_check_list_fill (page->checks, checks);
  gtk_widget_set_visible (GTK_WIDGET (page->no_checks), checks->len == 0 && learner != NULL);
  if (check != NULL)
    xs_update_label (page->no_checks, _ ("The file cannot be opened as a picture."));
  else if (learner != NULL && g_str_equal (learner->state, "waiting"))
    xs_update_label (page->no_checks, _ ("It is being measured…"));
  else
    xs_update_label (page->no_checks, _ ("Nothing was measured on this photo."));
}

/* The list, not the coach, went on from the photo that was looked at. */
static void
tell_moved (XsRegistrationPage *page, const XsReviewLearner *learner)
{
  gboolean same = learner != NULL && g_str_equal (page->stunum, learner->stunum);
  g_autofree char *text =
    g_strdup_printf (same              ? _ ("There is another photo of %s now. Look at it first.")
                     : learner != NULL ? _ ("%s is not in this list any more. This is another student: look first.")
                                       : _ ("%s is not in this list any more."),
                     gtk_label_get_text (page->name));

  xs_registration_bar_say (page->bar, text, FALSE);
}

static void
show_learner (XsRegistrationPage *page, const XsReviewLearner *learner)
{
  g_autofree char *facts = xs_registration_facts (learner);

  page->position = gtk_single_selection_get_selected (page->selection);
  xs_update_label (page->name, learner->name);
  xs_update_label (page->facts, facts);
  ask_photo (page, learner->sha256);
  ask_ahead (page);
}

static void
on_chosen (XsRegistrationPage *page)
{
  XsLearnerItem *item = chosen (page);
  const XsReviewLearner *learner = item != NULL ? xs_learner_item_get (item) : NULL;
  gboolean has_check = item != NULL && xs_learner_item_get_check (item) != NULL;
  gboolean same_photo =
    learner != NULL && g_str_equal (page->stunum, learner->stunum) && g_str_equal (page->sha256, learner->sha256);

  if (page->client == NULL || (same_photo && page->version == learner->version && page->has_check == has_check))
    {
      update_controls (page);
      return;
    }
  if (!same_photo)
    {
      gboolean is_moved = page->stunum[0] != '\0' && !page->asked && xs_learner_list_is_changing (page->list);
      if (is_moved)
        tell_moved (page, learner);
      set_held (page, is_moved);
      page->is_broken = FALSE;
    }
  g_strlcpy (page->stunum, learner != NULL ? learner->stunum : "", sizeof page->stunum);
  g_strlcpy (page->sha256, learner != NULL ? learner->sha256 : "", sizeof page->sha256);
  page->version = learner != NULL ? learner->version : 0;
  page->has_check = has_check;
  if (learner != NULL)
    show_learner (page, learner);
  else
    {
      xs_update_label (page->name, "");
      xs_update_label (page->facts, "");
    }
  xs_registration_bar_set_check (page->bar, has_check ? xs_learner_item_get_check (item) : NULL, same_photo);
  show_checks (page, item);
  gtk_widget_set_visible (page->photo_column, learner != NULL);
  show_photo (page, learner == NULL              ? ""
                    : learner->sha256[0] == '\0' ? _ ("The student has no registration photo.")
                    : page->is_broken            ? _ ("The photo cannot be opened.")
                                                 : _ ("Getting the photo…"));
  if (xs_registration_photo_is_shown (page->photo))
    on_shown (page);
  update_controls (page);
}

/* What the list does by itself is looked at once it is complete. */
static void
on_selected (XsRegistrationPage *page)
{
  if (page->list == NULL || !xs_learner_list_is_changing (page->list))
    on_chosen (page);
}

/* The list */

static void
on_loaded (XsRegistrationPage *page)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (page->list));
  guint found = xs_learner_list_find (page->list, page->wanted[0] != '\0' ? page->wanted : page->stunum);

  gtk_widget_set_visible (GTK_WIDGET (page->more), xs_learner_list_has_more (page->list));
  gtk_widget_set_visible (GTK_WIDGET (page->empty), n == 0);
  xs_update_label (page->empty, gtk_drop_down_get_selected (page->state) == 0 ? _ ("No registration photo waits.")
                                                                              : _ ("There is none."));
  if (n > 0)
    gtk_single_selection_set_selected (page->selection, found != G_MAXUINT ? found : MIN (page->position, n - 1));
  page->wanted[0] = '\0';
  on_chosen (page);
  page->asked = FALSE;
  update_controls (page);
  g_signal_emit (page, signals[SIGNAL_WAITING_CHANGED], 0);
}

static void
on_list_failed (XsRegistrationPage *page, const GError *error)
{
  page->asked = FALSE;
  update_controls (page);
  fail (page, error);
}

static void
on_filter (XsRegistrationPage *page)
{
  guint index = gtk_drop_down_get_selected (page->state);

  if (page->list == NULL || index >= G_N_ELEMENTS (states))
    return;
  page->asked = TRUE;
  xs_learner_list_ask (page->list, states[index], gtk_editable_get_text (page->search));
  update_controls (page);
}

static void
on_stop_search (XsRegistrationPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (page->view));
}

static gboolean
look (gpointer data)
{
  XsRegistrationPage *page = data;
  gboolean is_measured_soon = gtk_widget_get_mapped (GTK_WIDGET (page)) && page->sha256[0] != '\0' && !page->has_check
                              && gtk_drop_down_get_selected (page->state) == 0;

  page->n_looks++;
  if (!is_acting (page) && (is_measured_soon || page->n_looks % LOOKS_OF_LIST == 0))
    xs_learner_list_look (page->list);
  return G_SOURCE_CONTINUE;
}

/* Deciding */

static void
remember (XsRegistrationPage *page, const XsSentAct *act, const XsReviewOutcome *outcome)
{
  const XsReviewAction *action = &g_array_index (act->actions.actions, XsReviewAction, 0);

  page->said = (Said){ .version = outcome->version };
  if (xs_review_acts_result (outcome) != XS_REVIEW_RESULT_DONE)
    return;
  if (g_str_equal (action->action, "undo"))
    {
      /* It is shown again. */
      g_strlcpy (page->wanted, action->stunum, sizeof page->wanted);
      return;
    }
  g_strlcpy (page->said.stunum, action->stunum, sizeof page->said.stunum);
  g_strlcpy (page->said.sha256, outcome->sha256, sizeof page->said.sha256);
  g_strlcpy (page->said.name, act->row.name, sizeof page->said.name);
}

static void
ask_list (XsRegistrationPage *page)
{
  page->asked = TRUE;
  xs_learner_list_ask_again (page->list);
}

void
xs_registration_page_settle (XsRegistrationPage *page, const XsSentAct *act, const XsReviewOutcomes *outcomes,
                             const GError *error)
{
  g_return_if_fail (XS_IS_REGISTRATION_PAGE (page) && page->client != NULL);

  if (outcomes == NULL)
    fail (page, error);
  else if (outcomes->outcomes->len > 0)
    {
      const XsReviewOutcome *outcome = &g_array_index (outcomes->outcomes, XsReviewOutcome, 0);
      g_autofree char *said = xs_registration_act_text (act, outcome);
      remember (page, act, outcome);
      g_autofree char *text = page->said.stunum[0] != '\0' ? g_strdup_printf (_ ("%s U takes it back."), said) : NULL;
      xs_registration_bar_say (page->bar, text != NULL ? text : said,
                               xs_review_acts_result (outcome) != XS_REVIEW_RESULT_DONE);
      ask_list (page);
    }
  update_controls (page);
}

static void
say_sending (XsRegistrationPage *page)
{
  xs_registration_bar_say (page->bar, _ ("Sending… it is not on the platform yet"), FALSE);
}

static void
send_action (XsRegistrationPage *page, const char *word, const Said *of)
{
  const XsWirePerson *person = xs_review_client_get_person (page->client);
  XsReviewAction action;

  if (person == NULL)
    return;
  g_autoptr (XsSentAct) act = xs_sent_act_new (person->name);
  act->on_photos = TRUE;
  g_strlcpy (act->row.stunum, of->stunum, sizeof act->row.stunum);
  g_strlcpy (act->row.name, of->name, sizeof act->row.name);
  xs_review_action_init (&action);
  xs_review_client_make_id (action.id);
  g_strlcpy (action.action, word, sizeof action.action);
  g_strlcpy (action.stunum, of->stunum, sizeof action.stunum);
  g_strlcpy (action.sha256, of->sha256, sizeof action.sha256);
  action.version = of->version;
  if (g_str_equal (word, "return") || g_str_equal (word, "reset"))
    {
      g_strlcpy (action.reason, xs_registration_bar_get_reason (page->bar), sizeof action.reason);
      g_strlcpy (action.comment, xs_registration_bar_get_comment (page->bar), sizeof action.comment);
    }
  g_array_append_val (act->actions.actions, action);
  say_sending (page);
  xs_review_sender_send (page->sender, act);
  update_controls (page);
}

static void
act_on (XsRegistrationPage *page, const char *word, const XsReviewLearner *learner)
{
  Said of = { .version = learner->version };

  g_strlcpy (of.stunum, learner->stunum, sizeof of.stunum);
  g_strlcpy (of.sha256, learner->sha256, sizeof of.sha256);
  g_strlcpy (of.name, learner->name, sizeof of.name);
  send_action (page, word, &of);
}

/* What the bar asks for is possible. Undone is what stands of the photo that is looked at, else what was said last. */
static void
on_act (XsRegistrationPage *page, const char *word)
{
  const XsReviewLearner *learner = chosen (page) != NULL ? xs_learner_item_get (chosen (page)) : NULL;

  gtk_widget_grab_focus (GTK_WIDGET (page->view));
  if (g_str_equal (word, "undo") && (learner == NULL || !learner->undoable || page->asked))
    send_action (page, word, &page->said);
  else if (learner != NULL)
    act_on (page, g_str_equal (word, "return") && g_str_equal (learner->state, "approved") ? "reset" : word, learner);
}

/* Of the head coach, whose students all are. */
static void
import_photos (XsRegistrationPage *page, gboolean folder)
{
  if (page->client != NULL && gtk_widget_get_visible (page->import_line))
    xs_import_window_ask (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (page))), page->client, folder, page->imports);
}

static void
on_import_folder (XsRegistrationPage *page)
{
  import_photos (page, TRUE);
}

static void
on_import_archive (XsRegistrationPage *page)
{
  import_photos (page, FALSE);
}

static void
on_measured (XsRegistrationPage *page)
{
  xs_registration_photo_show_measured (page->photo, gtk_toggle_button_get_active (page->measured));
}

/* Keys */

static void
step (XsRegistrationPage *page, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (page->selection));
  gint64 at = (gint64) gtk_single_selection_get_selected (page->selection) + by;

  if (n == 0)
    return;
  gtk_single_selection_set_selected (page->selection, (guint) CLAMP (at, 0, (gint64) n - 1));
  gtk_widget_activate_action (GTK_WIDGET (page->view), "list.scroll-to-item", "u",
                              gtk_single_selection_get_selected (page->selection));
}

gboolean
xs_registration_page_key (XsRegistrationPage *page, guint key)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_PAGE (page), FALSE);

  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      step (page, key == GDK_KEY_Up ? -1 : 1);
      return TRUE;
    case GDK_KEY_i:
    case GDK_KEY_I:
      on_import_folder (page);
      return TRUE;
    case GDK_KEY_z:
    case GDK_KEY_Z:
      on_import_archive (page);
      return TRUE;
    case GDK_KEY_m:
    case GDK_KEY_M:
      gtk_toggle_button_set_active (page->measured, !gtk_toggle_button_get_active (page->measured));
      return TRUE;
    case GDK_KEY_Escape:
      gtk_widget_grab_focus (GTK_WIDGET (page->view));
      return TRUE;
    default:
      return xs_registration_bar_key (page->bar, key);
    }
}

void
xs_registration_page_focus_search (XsRegistrationPage *page)
{
  g_return_if_fail (XS_IS_REGISTRATION_PAGE (page));

  gtk_widget_grab_focus (GTK_WIDGET (page->search));
}

gint64
xs_registration_page_get_waiting (XsRegistrationPage *page)
{
  g_return_val_if_fail (XS_IS_REGISTRATION_PAGE (page), -1);

  return page->list != NULL ? xs_learner_list_get_waiting (page->list) : -1;
}

/* Opening and closing */

void
xs_registration_page_open (XsRegistrationPage *page, XsReviewClient *client, XsReviewSender *sender,
                           const char *photos_dir)
{
  const XsWirePerson *person = xs_review_client_get_person (client);

  g_return_if_fail (XS_IS_REGISTRATION_PAGE (page));

  page->client = g_object_ref (client);
  page->sender = g_object_ref (sender);
  page->photos = xs_photo_store_new (client, photos_dir);
  page->list = xs_learner_list_new (client);
  page->imports = g_cancellable_new ();
  page->may = person != NULL && (g_str_equal (person->role, "coach") || g_str_equal (person->role, "head-coach"));
  gtk_widget_set_visible (page->import_line, person != NULL && g_str_equal (person->role, "head-coach"));
  xs_registration_bar_open (page->bar, page->may);
  if (is_acting (page))
    say_sending (page);
  gtk_single_selection_set_model (page->selection, G_LIST_MODEL (page->list));
  g_signal_connect_object (page->list, "loaded", G_CALLBACK (on_loaded), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (page->list, "failed", G_CALLBACK (on_list_failed), page, G_CONNECT_SWAPPED);
  gtk_drop_down_set_selected (page->state, 0);
  gtk_editable_set_text (page->search, "");
  on_filter (page);
  page->look_id = g_timeout_add_seconds (LOOK_S, look, page);
}

void
xs_registration_page_close (XsRegistrationPage *page)
{
  g_return_if_fail (XS_IS_REGISTRATION_PAGE (page));

  g_clear_handle_id (&page->look_id, g_source_remove);
  if (page->client == NULL)
    return;
  g_cancellable_cancel (page->imports);
  g_clear_object (&page->imports);
  gtk_single_selection_set_model (page->selection, NULL);
  page->position = 0;
  page->said = (Said){ 0 };
  page->wanted[0] = '\0';
  page->asked = FALSE;
  on_chosen (page);
  g_signal_handlers_disconnect_by_data (page->list, page);
  g_clear_object (&page->list);
  xs_photo_store_empty (page->photos);
  g_clear_object (&page->photos);
  g_clear_object (&page->sender);
  g_clear_object (&page->client);
}

/* Keys go to the list, not to what led here. */
static void
xs_registration_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (xs_registration_page_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (XS_REGISTRATION_PAGE (widget)->view));
}

/* GObject */

static void
xs_registration_page_dispose (GObject *object)
{
  XsRegistrationPage *page = XS_REGISTRATION_PAGE (object);

  g_clear_handle_id (&page->look_id, g_source_remove);
  g_clear_handle_id (&page->hold_id, g_source_remove);
  g_clear_object (&page->imports);
  g_clear_object (&page->list);
  g_clear_object (&page->photos);
  g_clear_object (&page->sender);
  g_clear_object (&page->client);
  g_clear_object (&page->selection);
  G_OBJECT_CLASS (xs_registration_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, search);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, state);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, empty);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, photo_column);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, view);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, more);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, name);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, facts);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, photo);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, measured);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, no_checks);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, checks);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, import_line);
  gtk_widget_class_bind_template_child (widget_class, XsRegistrationPage, bar);
}

static void
xs_registration_page_class_init (XsRegistrationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = xs_registration_page_dispose;
  signals[SIGNAL_WAITING_CHANGED] =
    g_signal_new ("waiting-changed", XS_TYPE_REGISTRATION_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  widget_class->map = xs_registration_page_map;
  g_type_ensure (XS_TYPE_REGISTRATION_BAR);
  g_type_ensure (XS_TYPE_REGISTRATION_PHOTO);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/xueshi/Coach/ui/xs-registration-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_measured);
  gtk_widget_class_bind_template_callback (widget_class, on_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_act);
  gtk_widget_class_bind_template_callback (widget_class, on_import_folder);
  gtk_widget_class_bind_template_callback (widget_class, on_import_archive);
}

static void
xs_registration_page_init (XsRegistrationPage *page)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  g_autoptr (GtkListItemFactory) factory = xs_learner_row_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (page));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    gtk_string_list_append (words, xs_review_photo_state_word (states[i]));
  gtk_drop_down_set_model (page->state, G_LIST_MODEL (words));
  page->selection = gtk_single_selection_new (NULL);
  gtk_list_view_set_factory (page->view, factory);
  gtk_list_view_set_model (page->view, GTK_SELECTION_MODEL (page->selection));
  g_signal_connect_object (page->selection, "notify::selected-item", G_CALLBACK (on_selected), page, G_CONNECT_SWAPPED);
}
