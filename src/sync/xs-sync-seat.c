/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-seat.h"

#include "xs-error.h"
#include "xs-sync-client.h"

#include <string.h>

/* Whoever answers later than this has no say in a sign-in. */
#define PATIENCE_S 2
/* When the platform did not answer, it is told again after this long. */
#define AGAIN_US (20 * (gint64) G_USEC_PER_SEC)

struct _XsSyncSeat {
  XsStore *store;
  XsClock *clock;
  XsWireSeatRequest request;
  GMainContext *context;
  XsSyncSeatFunc answered; /* NULL once it was left; of @context alone */
  gpointer data;
  GMutex mutex; /* of what follows */
  GCond changed;
  gboolean leaving;
};

typedef struct {
  XsSyncSeat *seat;
  XsWireSeatAnswer answer;
} Told;

static void
clear_seat (gpointer data)
{
  XsSyncSeat *seat = data;

  g_clear_object (&seat->store);
  xs_clock_unref (seat->clock);
  g_main_context_unref (seat->context);
  g_mutex_clear (&seat->mutex);
  g_cond_clear (&seat->changed);
}

static void
seat_unref (XsSyncSeat *seat)
{
  g_atomic_rc_box_release_full (seat, clear_seat);
}

static void
told_free (gpointer data)
{
  Told *told = data;

  seat_unref (told->seat);
  g_free (told);
}

static gboolean
tell (gpointer data)
{
  const Told *told = data;

  if (told->seat->answered != NULL)
    told->seat->answered (&told->answer, told->seat->data);
  return G_SOURCE_REMOVE;
}

typedef struct {
  XsIdentity identity;
  XsSignKey key;
} Place;

static gboolean
look_up (XsJournal *journal, gpointer data, GError **error)
{
  Place *place = data;

  place->key = *xs_journal_get_sign_key (journal);
  return xs_journal_get_identity (journal, &place->identity, error);
}

/* Returns: FALSE when the platform gave no answer that can be used */
static gboolean
ask (XsSyncSeat *seat, XsSyncClient *client, XsWireSeatAnswer *answer)
{
  g_autoptr (GBytes) body = xs_wire_seat_request_encode (&seat->request);
  XsSyncCall call = { .method = "POST",
                      .path = XS_WIRE_PATH_SESSIONS,
                      .body = body,
                      .content_type = XS_WIRE_TYPE_JSON,
                      .answer_type = XS_WIRE_TYPE_JSON,
                      .max_answer_bytes = XS_WIRE_SEAT_MAX_BYTES,
                      .says_no_itself = TRUE };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (client, &call, NULL);

  return reply->verdict == XS_SYNC_DONE
         && xs_wire_seat_answer_decode (answer, reply->answer->status, reply->answer->body, NULL);
}

/* Returns: whether the seat is still taken */
static gboolean
wait_for (XsSyncSeat *seat, gint64 wait_us)
{
  gint64 until_us = xs_clock_monotonic_us (xs_clock_system ()) + wait_us;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&seat->mutex);

  while (!seat->leaving && g_cond_wait_until (&seat->changed, &seat->mutex, until_us))
    ;
  return !seat->leaving;
}

static void
tell_of (XsSyncSeat *seat, const XsWireSeatAnswer *answer)
{
  Told *told = g_new0 (Told, 1);

  told->seat = g_atomic_rc_box_acquire (seat);
  told->answer = *answer;
  g_main_context_invoke_full (seat->context, G_PRIORITY_DEFAULT, tell, told, told_free);
}

static void
hold (XsSyncSeat *seat, XsSyncClient *client)
{
  XsWireSeatAnswer answer;
  gboolean taken = FALSE;
  gint64 wait_us;

  do
    {
      gboolean answered = ask (seat, client, &answer);
      if (answered && !taken)
        tell_of (seat, &answer);
      if (answered && !answer.granted && !taken)
        return;
      taken |= answered && answer.granted;
      wait_us = answered && answer.granted ? answer.valid_s * G_USEC_PER_SEC / 3 : AGAIN_US;
    }
  while (wait_for (seat, wait_us));
  seat->request.leaves = TRUE;
  if (taken)
    (void) ask (seat, client, &answer);
}

static gpointer
run (gpointer data)
{
  XsSyncSeat *seat = data;
  XsSyncTimeouts timeouts = { .silence_s = PATIENCE_S, .total_s = PATIENCE_S };
  Place place = { 0 };
  g_autoptr (GMainContext) own = g_main_context_new ();

  g_main_context_push_thread_default (own);
  gboolean paired = xs_store_run (seat->store, look_up, &place, NULL);
  /* Whoever leaves does not hold up the end of the program for it. */
  g_clear_object (&seat->store);
  if (paired)
    {
      g_autoptr (XsSyncClient) client = xs_sync_client_new (place.identity.platform_url, seat->clock, &timeouts);
      xs_sync_client_set_device (client, place.identity.devnum, &place.key);
      hold (seat, client);
    }
  g_main_context_pop_thread_default (own);
  explicit_bzero (&place.key, sizeof place.key);
  seat_unref (seat);
  return NULL;
}

XsSyncSeat *
xs_sync_seat_take (XsStore *store, XsClock *clock, const char *stunum, XsSyncSeatFunc answered, gpointer data)
{
  XsSyncSeat *seat = g_atomic_rc_box_new0 (XsSyncSeat);

  seat->store = g_object_ref (store);
  seat->clock = xs_clock_ref (clock);
  seat->context = g_main_context_ref_thread_default ();
  seat->answered = answered;
  seat->data = data;
  g_strlcpy (seat->request.stunum, stunum, sizeof seat->request.stunum);
  g_mutex_init (&seat->mutex);
  g_cond_init (&seat->changed);
  g_thread_unref (g_thread_new ("seat", run, g_atomic_rc_box_acquire (seat)));
  return seat;
}

void
xs_sync_seat_leave (XsSyncSeat *seat)
{
  seat->answered = NULL;
  g_mutex_lock (&seat->mutex);
  seat->leaving = TRUE;
  g_cond_broadcast (&seat->changed);
  g_mutex_unlock (&seat->mutex);
  seat_unref (seat);
}
