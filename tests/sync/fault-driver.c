/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-fault-relay.h"
#include "xs-sync-fixture.h"

#include <string.h>

/*
 * A kiosk that pairs, fetches and sends through a fault relay to a real platform, while its clock is set back and forth
 * by more than a day and its PC falls asleep. When all logs are made the faults end, staff send again what was refused,
 * and it exits once nothing waits any more.
 *
 * Usage: fault-driver --state DIR --port N --code CODE [--logs N] [--seed N] [--patient] LEARNER…
 */

#define LARGEST_PHOTO_BYTES (700 * 1024)
#define PAIR_TRIES_MAX 200
#define HOUR_US (3600 * (gint64) G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)

typedef struct {
  XsSyncFixture kiosk;
  XsFaultRelay *relay;
  GRand *rand;
  char **learners;
  guint n_logs;
  gint64 real_us;   /* monotonic, at the last look */
  gint64 ticked_us; /* monotonic */
  gint64 ahead_us;  /* of the kiosk's clock */
  guint n_sleeps, n_steps;
} Driver;

static guint
random_below (Driver *driver, guint n)
{
  return (guint) g_rand_int_range (driver->rand, 0, (gint32) n);
}

static void
set_up_kiosk (Driver *driver, const char *dir)
{
  XsSyncFixture *f = &driver->kiosk;

  xs_sync_fixture_set_up_at (f, dir);
  xs_sync_fixture_close (f);
  xs_clock_unref (f->clock);
  f->clock = xs_clock_fake_new (0, g_get_real_time ());
  /* Policy, roster and photos are to be asked for all the time. */
  f->timing.refresh_us = 100 * 1000;
  f->timing.timeouts = (XsSyncTimeouts){ .silence_s = 1, .total_s = 2 };
  xs_sync_fixture_open (f);
}

/* A clock of its own, which goes on with the real one but may be set. */
static void
turn_clock (Driver *driver)
{
  const gint64 offsets_us[] = { 0, 0, DAY_US + HOUR_US, -DAY_US - HOUR_US };
  gint64 now_us = g_get_monotonic_time ();

  xs_clock_fake_advance (driver->kiosk.clock, now_us - driver->real_us);
  driver->real_us = now_us;
  if (random_below (driver, 200) == 0)
    {
      gint64 ahead_us = offsets_us[random_below (driver, G_N_ELEMENTS (offsets_us))];
      xs_clock_fake_step_wall (driver->kiosk.clock, ahead_us - driver->ahead_us);
      driver->n_steps += ahead_us != driver->ahead_us;
      driver->ahead_us = ahead_us;
    }
  if (random_below (driver, 400) == 0)
    {
      xs_clock_fake_suspend (driver->kiosk.clock, 10 * G_USEC_PER_SEC);
      driver->n_sleeps++;
    }
}

static void
turn (Driver *driver)
{
  xs_sync_fixture_tick ();
  turn_clock (driver);
  if (driver->real_us - driver->ticked_us > G_USEC_PER_SEC / 10)
    {
      driver->ticked_us = driver->real_us;
      xs_fault_relay_tick (driver->relay);
    }
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* As staff do: again and again, until it works. Returns: how many tries it took. */
static guint
pair (Driver *driver, const char *code)
{
  g_autoptr (GError) error = NULL;

  for (guint tries = 1; tries <= PAIR_TRIES_MAX; tries++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      g_clear_error (&error);
      xs_sync_pair_async (driver->kiosk.sync, xs_fault_relay_get_url (driver->relay), code, NULL, on_result, &result);
      while (result == NULL)
        turn (driver);
      if (xs_sync_pair_finish (driver->kiosk.sync, result, &error))
        return tries;
    }
  g_error ("it cannot pair: %s", error->message);
}

static void
study (Driver *driver)
{
  const char *learner = driver->learners[random_below (driver, g_strv_length (driver->learners))];
  guint n_logs = 1 + random_below (driver, 3);

  /* Large ones go on where they were cut. */
  driver->kiosk.photo_bytes = random_below (driver, 2) == 0 ? 0 : random_below (driver, LARGEST_PHOTO_BYTES);

  xs_sync_fixture_add_session_of (&driver->kiosk, learner, n_logs, random_below (driver, 4));
  driver->n_logs += n_logs;
  if (random_below (driver, 3) == 0)
    xs_sync_fixture_appeal (&driver->kiosk, learner, driver->n_logs);
}

static gboolean
retry_rejected (XsJournal *journal, gpointer unused, GError **error)
{
  return xs_outbox_retry_rejected (journal, error);
}

/* As staff do. */
static void
send_refused_again (Driver *driver)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (driver->kiosk.store, retry_rejected, NULL, &error))
    g_error ("%s", error->message);
}

/* Without faults: what was refused is sent again, and everything arrives. */
static void
settle (Driver *driver)
{
  XsOutboxStatus before = xs_sync_fixture_get_status (&driver->kiosk), status;

  xs_fault_relay_calm (driver->relay);
  send_refused_again (driver);
  do
    {
      turn (driver);
      status = xs_sync_fixture_get_status (&driver->kiosk);
      if (status.photos_rejected + status.logs_rejected + status.appeals_rejected > 0)
        g_error ("the platform itself refused something: %s", status.last_message);
    }
  while (status.photos_waiting + status.logs_waiting + status.appeals_waiting > 0
         || xs_sync_get_state (driver->kiosk.sync) != XS_SYNC_IDLE);
  g_print ("refused for a while: %u photos, %u logs, %u appeals\n", before.photos_rejected, before.logs_rejected,
           before.appeals_rejected);
  g_print ("sent: %u photos, %u logs, %u appeals\n", status.photos_sent, status.logs_sent, status.appeals_sent);
}

static void
run (Driver *driver, const char *code, guint n_logs, gboolean patient)
{
  driver->real_us = g_get_monotonic_time ();
  xs_fault_relay_stir (driver->relay, patient);
  g_print ("paired at try %u\n", pair (driver, code));
  xs_sync_start (driver->kiosk.sync);
  while (driver->n_logs < n_logs
         || (patient && driver->n_logs < 2 * n_logs && !xs_fault_relay_is_through (driver->relay)))
    {
      XsOutboxStatus status = xs_sync_fixture_get_status (&driver->kiosk);

      if (status.logs_waiting < 20)
        study (driver);
      /* Logs of refused photos wait with them. */
      else if (random_below (driver, 300) == 0)
        send_refused_again (driver);
      /* Staff pair again, with the same code: it must change nothing. Each time what is under way makes way for it. */
      if (random_below (driver, 300) == 0)
        (void) pair (driver, code);
      turn (driver);
    }
  settle (driver);
  g_autofree char *report = xs_fault_relay_report (driver->relay);
  g_print ("%sclock set %u times, asleep %u times\n", report, driver->n_steps, driver->n_sleeps);
}

int
main (int argc, char **argv)
{
  g_autofree char *dir = NULL, *code = NULL;
  g_auto (GStrv) learners = NULL;
  int port = 0, n_logs = 40, seed = 1;
  gboolean patient = FALSE;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &dir, "Folder of the journal, which is made", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Of the platform", "N" },
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, "To pair with", "CODE" },
    { "logs", 0, 0, G_OPTION_ARG_INT, &n_logs, "How many at least", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of everything that is random", "N" },
    { "patient", 0, 0, G_OPTION_ARG_NONE, &patient, "Until every kind of request met every fault, also slow ones",
      NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &learners, NULL, "LEARNER…" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Driver driver = { .n_logs = 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || dir == NULL || code == NULL || learners == NULL)
    {
      g_printerr ("fault-driver: %s\n", error != NULL ? error->message : "options are missing; see --help");
      return 2;
    }
  xs_crypto_init ();
  driver.learners = learners;
  driver.rand = g_rand_new_with_seed ((guint32) seed);
  driver.relay = xs_fault_relay_new ((guint16) port, (guint32) seed);
  set_up_kiosk (&driver, dir);
  run (&driver, code, (guint) n_logs, patient);
  xs_sync_fixture_close (&driver.kiosk);
  xs_clock_unref (driver.kiosk.clock);
  g_free (driver.kiosk.dir);
  xs_fault_relay_free (driver.relay);
  g_rand_free (driver.rand);
  return 0;
}
