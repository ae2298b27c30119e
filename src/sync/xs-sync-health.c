/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-sync-health.h"

#include "xs-backoff.h"
#include "xs-blob.h"
#include "xs-diagnosis.h"
#include "xs-error.h"
#include "xs-journal-report.h"
#include "xs-log-book.h"
#include "xs-outbox.h"
#include "xs-sync-client.h"
#include "xs-sync-fleet.h"

#include <string.h>

#define LONGEST_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* What a sandbox of Flatpak has at its root. */
#define FLATPAK_INFO "/.flatpak-info"

struct _XsSyncHealth {
  XsStore *store;
  XsClock *clock;
  XsSyncTiming timing;
  XsRunBook run;
  gint64 begun_us; /* monotonic */
  GCancellable *cancellable;
  GThread *thread;
  GMutex mutex; /* of what follows, and with @woken for waits between reports */
  GCond woken;
  gboolean changed;
  char ready[16];
  char **items;
  char camera[16]; /* the last trouble */
  gint64 camera_us;
  gboolean camera_now; /* and it is not over */
};

/* On the thread. */
typedef struct {
  XsSyncHealth *health;
  XsBackoff backoff;
  GRand *rand;

  /* Out of the journal. */
  XsIdentity identity;
  XsSignKey key;
  XsOutboxStatus outbox;
  char *dir;
  GPtrArray *names;
  XsWireDeviceHealth report;
} Run;

static gboolean
look_up (XsJournal *journal, gpointer data, GError **error)
{
  Run *run = data;
  guint64 free_bytes = xs_dir_free_bytes (xs_journal_get_dir (journal));
  XsPolicy policy;

  run->key = *xs_journal_get_sign_key (journal);
  g_free (run->dir);
  run->dir = g_strdup (xs_journal_get_dir (journal));
  run->report.free_bytes = free_bytes <= G_MAXINT64 >> 10 ? (gint64) free_bytes : 0;
  if (!xs_journal_get_policy (journal, &policy, NULL, error))
    return FALSE;
  g_autofree char *name = xs_policy_name (&policy);
  g_strlcpy (run->report.policy, name, sizeof run->report.policy);
  return xs_journal_get_identity (journal, &run->identity, error)
         && xs_journal_get_schema (journal, &run->report.schema, error)
         && xs_outbox_get_status (journal, &run->outbox, error)
         && xs_outbox_get_oldest (journal, &run->report.oldest_us, error);
}

static gboolean
list_names (XsJournal *journal, gpointer data, GError **error)
{
  Run *run = data;

  g_clear_pointer (&run->names, g_ptr_array_unref);
  run->names = xs_journal_list_names (journal, error);
  return run->names != NULL;
}

/* What is known beside the journal. A clock before 1970 is shown as that. */
static void
fill_in (Run *run)
{
  XsSyncHealth *health = run->health;
  XsWireDeviceHealth *report = &run->report;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&health->mutex);

  g_strlcpy (report->version, XS_VERSION, sizeof report->version);
  g_strlcpy (report->packaging, g_file_test (FLATPAK_INFO, G_FILE_TEST_EXISTS) ? "flatpak" : "native",
             sizeof report->packaging);
  report->time_us = MAX (xs_clock_wall_us (health->clock), 0);
  report->started_us = MAX (health->run.started_us, 0);
  report->uptime_s = (xs_clock_monotonic_us (health->clock) - health->begun_us) / G_USEC_PER_SEC;
  report->broken = health->run.broken;
  report->broken_us = MAX (health->run.broken_us, 0);
  report->logs_waiting = run->outbox.logs_waiting;
  report->photos_waiting = run->outbox.photos_waiting;
  report->oldest_us = MAX (report->oldest_us, 0);
  g_strlcpy (report->ready, health->ready, sizeof report->ready);
  g_strlcpy (report->camera, health->camera, sizeof report->camera);
  if (health->camera_now)
    health->camera_us = report->time_us;
  report->camera_us = MAX (health->camera_us, 0);
  health->changed = FALSE;
}

/* What is not there of an older platform, or will not do now, is asked for again by and by. */
static gboolean
note (XsSyncReply *reply, gint64 *retry_after_us)
{
  if (reply->verdict == XS_SYNC_DONE)
    return TRUE;
  *retry_after_us = reply->retry_after_us;
  g_info ("How this kiosk is was not told: %s", reply->message != NULL ? reply->message : "no answer");
  return FALSE;
}

static gboolean
send_diagnosis (Run *run, XsSyncClient *client, gint64 id, gint64 *retry_after_us)
{
  XsSyncHealth *health = run->health;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) items = NULL;
  g_autofree char *lines = xs_log_book_dup ();
  g_autofree char *path = xs_wire_path_diagnosis (id);

  if (!xs_store_run (health->store, list_names, run, &error)
      || !xs_seal_public_key_check (run->identity.platform_key, &error))
    {
      g_message ("No diagnosis can be made: %s", error->message);
      return FALSE;
    }
  g_mutex_lock (&health->mutex);
  items = g_strdupv (health->items);
  g_mutex_unlock (&health->mutex);
  const XsDiagnosisParts parts = { &run->report, &run->outbox, (const char *const *) items, lines, run->names };
  g_autoptr (GBytes) plain = xs_diagnosis_make (&parts);
  g_autoptr (GBytes) sealed = xs_seal (run->identity.platform_key, plain);
  const XsSyncCall call = { .method = "PUT",
                            .path = path,
                            .body = sealed,
                            .content_type = XS_WIRE_TYPE_SEALED,
                            .answer_type = XS_WIRE_TYPE_JSON,
                            .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (client, &call, health->cancellable);
  if (!note (reply, retry_after_us))
    return FALSE;
  g_message ("What this kiosk noted of itself was sent to the school, which had asked for it");
  return TRUE;
}

/* Returns: whether the platform has answered all. */
static gboolean
report_with (Run *run, XsSyncClient *client, gint64 *again_us, gint64 *retry_after_us)
{
  XsWireHealthAnswer answer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_wire_health_report_encode (&run->report);
  const XsSyncCall call = { .method = "POST",
                            .path = XS_WIRE_PATH_DEVICE_HEALTH,
                            .body = body,
                            .content_type = XS_WIRE_TYPE_JSON,
                            .answer_type = XS_WIRE_TYPE_JSON,
                            .max_answer_bytes = XS_WIRE_ANSWER_MAX_BYTES };
  g_autoptr (XsSyncReply) reply = xs_sync_client_call (client, &call, run->health->cancellable);

  if (!note (reply, retry_after_us))
    return FALSE;
  if (!xs_wire_health_answer_decode (&answer, reply->answer->body, &error))
    {
      g_info ("What came for the report of this kiosk cannot be read: %s", error->message);
      return FALSE;
    }
  *again_us = answer.again_s * G_USEC_PER_SEC;
  XsSyncFleet fleet = { .ring = answer.ring };
  g_strlcpy (fleet.wanted_version, answer.wanted_version, sizeof fleet.wanted_version);
  if (!xs_sync_fleet_keep (run->dir, &fleet, &error))
    g_message ("What the school wants of this kiosk cannot be kept: %s", error->message);
  return answer.diagnosis == 0 || send_diagnosis (run, client, answer.diagnosis, retry_after_us);
}

/* One report. Returns: how long to wait before the next. */
static gint64
report (Run *run)
{
  XsSyncHealth *health = run->health;
  gint64 again_us = 0, retry_after_us = 0;
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (health->store, look_up, run, &error))
    {
      if (!g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
        g_info ("How this kiosk is cannot be told: %s", error->message);
      return health->timing.refresh_us;
    }
  fill_in (run);
  g_autoptr (XsSyncClient) client =
    xs_sync_client_new (run->identity.platform_url, health->clock, &health->timing.timeouts);
  xs_sync_client_set_device (client, run->identity.devnum, &run->key);
  if (!report_with (run, client, &again_us, &retry_after_us))
    return xs_backoff_fail (&run->backoff, run->rand, retry_after_us);
  xs_backoff_reset (&run->backoff);
  /* Kiosks that were switched on together part. */
  return (gint64) (g_rand_double_range (run->rand, 1.0, 1.1) * (double) again_us);
}

/* A change cuts the pause short, but not the one after a failure: who is down or asked for time is left alone. */
static void
pause_for (Run *run, gint64 wait_us)
{
  XsSyncHealth *health = run->health;
  gint64 now_us = xs_clock_monotonic_us (xs_clock_system ());
  gint64 until_us = now_us + MIN (wait_us, LONGEST_US);
  gint64 soon_us = run->backoff.failures == 0 ? now_us + MIN (wait_us, health->timing.change_us) : until_us;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&health->mutex);

  while (!g_cancellable_is_cancelled (health->cancellable)
         && xs_clock_monotonic_us (xs_clock_system ()) < (health->changed ? soon_us : until_us))
    g_cond_wait_until (&health->woken, &health->mutex, health->changed ? soon_us : until_us);
}

static gpointer
run_thread (gpointer data)
{
  XsSyncHealth *health = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  Run run = { .health = health, .rand = g_rand_new () };

  g_main_context_push_thread_default (context);
  xs_backoff_init (&run.backoff, health->timing.backoff_base_us, health->timing.backoff_cap_us);
  while (!g_cancellable_is_cancelled (health->cancellable))
    pause_for (&run, report (&run));
  g_clear_pointer (&run.names, g_ptr_array_unref);
  g_free (run.dir);
  g_rand_free (run.rand);
  explicit_bzero (&run.key, sizeof run.key);
  g_main_context_pop_thread_default (context);
  return NULL;
}

XsSyncHealth *
xs_sync_health_new (XsStore *store, XsClock *clock, const XsSyncTiming *timing, const XsRunBook *run)
{
  XsSyncHealth *health = g_new0 (XsSyncHealth, 1);

  health->store = g_object_ref (store);
  health->clock = xs_clock_ref (clock);
  health->timing = *timing;
  health->run = *run;
  health->begun_us = xs_clock_monotonic_us (clock);
  g_strlcpy (health->ready, "unknown", sizeof health->ready);
  health->cancellable = g_cancellable_new ();
  g_mutex_init (&health->mutex);
  g_cond_init (&health->woken);
  health->thread = g_thread_new ("health", run_thread, health);
  return health;
}

void
xs_sync_health_free (XsSyncHealth *health)
{
  if (health == NULL)
    return;
  g_cancellable_cancel (health->cancellable);
  g_mutex_lock (&health->mutex);
  g_cond_broadcast (&health->woken);
  g_mutex_unlock (&health->mutex);
  g_thread_join (health->thread);
  g_object_unref (health->store);
  g_object_unref (health->cancellable);
  xs_clock_unref (health->clock);
  g_mutex_clear (&health->mutex);
  g_cond_clear (&health->woken);
  g_strfreev (health->items);
  g_free (health);
}

void
xs_sync_health_set_ready (XsSyncHealth *health, const char *state, const char *const *items, const char *camera)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&health->mutex);

  health->changed |=
    strcmp (health->ready, state) != 0 || g_strcmp0 (camera, health->camera_now ? health->camera : NULL) != 0;
  g_strlcpy (health->ready, state, sizeof health->ready);
  g_strfreev (health->items);
  health->items = g_strdupv ((char **) items);
  if (camera != NULL || health->camera_now)
    health->camera_us = xs_clock_wall_us (health->clock);
  health->camera_now = camera != NULL;
  if (camera != NULL)
    g_strlcpy (health->camera, camera, sizeof health->camera);
  g_cond_broadcast (&health->woken);
}
