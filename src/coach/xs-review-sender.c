/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-review-sender.h"

#include "xs-error.h"

struct _XsReviewSender {
  GObject parent_instance;

  XsReviewClient *client; /* (nullable): of the session that is open */
  GPtrArray *acts;        /* XsSentAct: not answered */
};

enum {
  SIGNAL_SETTLED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsReviewSender, xs_review_sender, G_TYPE_OBJECT)

XsSentAct *
xs_sent_act_new (const char *person)
{
  XsSentAct *act = g_rc_box_new0 (XsSentAct);

  g_strlcpy (act->person, person, sizeof act->person);
  xs_review_actions_init (&act->actions);
  act->valid_min = -1;
  return act;
}

XsSentAct *
xs_sent_act_ref (XsSentAct *act)
{
  return g_rc_box_acquire (act);
}

static void
clear_act (gpointer data)
{
  xs_review_actions_clear (&((XsSentAct *) data)->actions);
}

void
xs_sent_act_unref (XsSentAct *act)
{
  g_rc_box_release_full (act, clear_act);
}

static const char *
get_person (XsReviewSender *sender)
{
  const XsWirePerson *person = sender->client != NULL ? xs_review_client_get_person (sender->client) : NULL;

  return person != NULL ? person->name : "";
}

typedef struct {
  XsReviewSender *sender;
  XsSentAct *act;
} Sending;

static void
sending_free (Sending *sending)
{
  g_object_unref (sending->sender);
  xs_sent_act_unref (sending->act);
  g_free (sending);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

static void send_act (XsReviewSender *sender, XsSentAct *act);

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  XsReviewSender *sender = sending->sender;
  g_auto (XsReviewOutcomes) outcomes = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean answered =
    (sending->act->on_photos ? xs_review_client_act_on_photos_finish
                             : xs_review_client_act_finish) (XS_REVIEW_CLIENT (source), result, &outcomes, &error);

  sending->act->in_flight = FALSE;
  if (g_error_matches (error, XS_ERROR, XS_ERROR_UNAUTHORIZED))
    {
      /* That session is over; the same person may have begun another one since. */
      if (sender->client != NULL && sender->client != XS_REVIEW_CLIENT (source)
          && g_str_equal (get_person (sender), sending->act->person))
        send_act (sender, sending->act);
      return;
    }
  g_ptr_array_remove (sender->acts, sending->act);
  g_signal_emit (sender, signals[SIGNAL_SETTLED], 0, sending->act, answered ? &outcomes : NULL, error);
}

static void
send_act (XsReviewSender *sender, XsSentAct *act)
{
  Sending *sending = g_new (Sending, 1);

  *sending = (Sending){ g_object_ref (sender), xs_sent_act_ref (act) };
  act->in_flight = TRUE;
  (act->on_photos ? xs_review_client_act_on_photos_async : xs_review_client_act_async) (sender->client, &act->actions,
                                                                                        NULL, on_acted, sending);
}

void
xs_review_sender_open (XsReviewSender *sender, XsReviewClient *client)
{
  g_return_if_fail (XS_IS_REVIEW_SENDER (sender));

  g_set_object (&sender->client, client);
  for (guint i = 0; client != NULL && i < sender->acts->len; i++)
    {
      XsSentAct *act = g_ptr_array_index (sender->acts, i);
      if (!act->in_flight && g_str_equal (act->person, get_person (sender)))
        send_act (sender, act);
    }
}

void
xs_review_sender_send (XsReviewSender *sender, XsSentAct *act)
{
  g_return_if_fail (XS_IS_REVIEW_SENDER (sender));
  g_return_if_fail (sender->client != NULL);

  g_ptr_array_add (sender->acts, xs_sent_act_ref (act));
  send_act (sender, act);
}

gboolean
xs_review_sender_has_unsent (XsReviewSender *sender, const char *person)
{
  g_return_val_if_fail (XS_IS_REVIEW_SENDER (sender), FALSE);

  for (guint i = 0; i < sender->acts->len; i++)
    if (person == NULL || g_str_equal (((XsSentAct *) g_ptr_array_index (sender->acts, i))->person, person))
      return TRUE;
  return FALSE;
}

gboolean
xs_review_sender_is_sending (XsReviewSender *sender, const char *person, gboolean on_photos)
{
  g_return_val_if_fail (XS_IS_REVIEW_SENDER (sender), FALSE);

  for (guint i = 0; i < sender->acts->len; i++)
    {
      const XsSentAct *act = g_ptr_array_index (sender->acts, i);
      if (act->on_photos == on_photos && g_str_equal (act->person, person))
        return TRUE;
    }
  return FALSE;
}

static void
xs_review_sender_finalize (GObject *object)
{
  XsReviewSender *sender = XS_REVIEW_SENDER (object);

  g_clear_object (&sender->client);
  g_ptr_array_unref (sender->acts);
  G_OBJECT_CLASS (xs_review_sender_parent_class)->finalize (object);
}

static void
xs_review_sender_class_init (XsReviewSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_review_sender_finalize;
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", XS_TYPE_REVIEW_SENDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
xs_review_sender_init (XsReviewSender *sender)
{
  sender->acts = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_sent_act_unref);
}

XsReviewSender *
xs_review_sender_new (void)
{
  return g_object_new (XS_TYPE_REVIEW_SENDER, NULL);
}
