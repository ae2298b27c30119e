/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-sync-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/*
 * N kiosks in one process, each with a journal made by the real store, and the real sync in its ordinary timing. They
 * study on a time line that passes faster than life: a photo every 15 minutes and at sign-in and sign-out, a log every
 * hour. fleet.py runs it against a platform and compares both in the end; it says how long every request took.
 *
 * Usage: bench-fleet --state DIR --url URL --codes CODE,CODE… --learners NUMBER,NUMBER…
 *                    [--minutes N] [--speed N] [--photo-kib N]
 */

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define PHOTO_MINUTES 15
#define LOG_MINUTES 60
#define SUBJCODE "2211010000"

typedef struct {
  int minutes;
  int speed; /* 0: everything is there before the first request */
  int photo_kib;
} Load;

typedef struct {
  const Load *load;
  XsStore *store;
  XsSync *sync;
  const char *stunum;
  guint32 number;
  gint64 start_wall_us;
  int offset; /* minutes before it begins, so that not all take their photos at once */

  /* Of the store's thread. */
  XsSessionHandle handle;
  GArray *minute_records;
  int minute; /* studied so far */
  guint n_photos;

  int wanted; /* minutes to be studied by now */
  gboolean busy;
} Kiosk;

/* Requests */

static GMutex times_lock;
static GArray *times_us; /* guint32 */
static guint n_unanswered;

static GLogWriterOutput
take_times (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  const char *message = NULL, *domain = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
      else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
    }
  const char *took = g_strcmp0 (domain, "xs-sync") == 0 && level == G_LOG_LEVEL_DEBUG ? strstr (message, " in ") : NULL;
  if (took == NULL)
    return g_log_writer_default (level, fields, n_fields, unused);
  guint32 took_us = (guint32) g_ascii_strtoull (took + 4, NULL, 10);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&times_lock);
  g_array_append_val (times_us, took_us);
  if (strstr (message, ": 0 in ") != NULL)
    n_unanswered++;
  return G_LOG_WRITER_HANDLED;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

static double
percentile_ms (double share)
{
  return times_us->len == 0 ? NAN
                            : g_array_index (times_us, guint32, (guint) ((times_us->len - 1) * share)) / (double) 1000;
}

/* Study, on the store's thread */

static gboolean
take_photo (XsJournal *journal, Kiosk *kiosk, XsPhotoEvent event, gint64 wall_us, GError **error)
{
  gsize size = (gsize) kiosk->load->photo_kib * 1024;
  guint8 *bytes = g_malloc (size);
  guint32 state = kiosk->number * 1000003 + ++kiosk->n_photos;
  XsPhotoRecord record = { .event = event, .wall_us = wall_us, .match = 0.7, .width_px = 640, .height_px = 480 };

  /* No two alike, and nothing that could be packed. */
  for (gsize i = 0; i + 4 <= size; i += 4)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      memcpy (bytes + i, &state, 4);
    }
  g_autoptr (GBytes) jpeg = g_bytes_new_take (bytes, size);
  return xs_journal_add_photo (journal, &kiosk->handle, jpeg, &record, error);
}

static gboolean
save_minute (XsJournal *journal, Kiosk *kiosk, gint64 wall_us, GError **error)
{
  XsMinuteRecord minute = { .wall_end_us = wall_us, .credited_us = MINUTE_US, .normal = TRUE };

  g_strlcpy (minute.stunum, kiosk->stunum, sizeof minute.stunum);
  g_array_append_val (kiosk->minute_records, minute);
  gint64 credited_us = kiosk->minute_records->len * MINUTE_US;
  XsProgress progress = { .credited_us = credited_us,
                          .wall_us = wall_us,
                          .minutes = kiosk->minute_records,
                          .days = { { .day = 0 }, { .day = xs_wall_day (wall_us), .credited_us = credited_us } } };
  return xs_journal_save_progress (journal, &kiosk->handle, &progress, error);
}

static gboolean
study_minute (XsJournal *journal, Kiosk *kiosk, GError **error)
{
  gint64 wall_us = kiosk->start_wall_us + ++kiosk->minute * MINUTE_US;
  gboolean last = kiosk->minute == kiosk->load->minutes;
  XsPolicy policy;

  xs_policy_default (&policy);
  if (kiosk->minute == 1
      && (!xs_journal_begin_session (journal, kiosk->stunum, SUBJCODE, &policy, wall_us - MINUTE_US, &kiosk->handle,
                                     error)
          || !take_photo (journal, kiosk, XS_PHOTO_SIGN_IN, wall_us - MINUTE_US, error)))
    return FALSE;
  if (!save_minute (journal, kiosk, wall_us, error))
    return FALSE;
  if ((last || kiosk->minute % PHOTO_MINUTES == 0)
      && !take_photo (journal, kiosk, last ? XS_PHOTO_SIGN_OUT : XS_PHOTO_TIMED, wall_us, error))
    return FALSE;
  if (!last && kiosk->minute % LOG_MINUTES != 0)
    return TRUE;
  g_array_set_size (kiosk->minute_records, 0);
  return xs_journal_close_segment (journal, &kiosk->handle, last ? XS_SIGN_OUT_BY_LEARNER : XS_SIGN_OUT_SEGMENT_FULL,
                                   wall_us, last ? 0 : wall_us, NULL, error);
}

static gboolean
study (XsJournal *journal, gpointer data, GError **error)
{
  Kiosk *kiosk = data;

  while (kiosk->minute < kiosk->wanted)
    {
      if (!study_minute (journal, kiosk, error))
        return FALSE;
    }
  return TRUE;
}

static void
on_studied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Kiosk *kiosk = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_error ("storing: %s", error->message);
  kiosk->busy = FALSE;
}

/* What is to be studied by minute @now of the run. Returns: whether all is. */
static gboolean
study_until (GPtrArray *kiosks, int now)
{
  gboolean all = TRUE;

  for (guint i = 0; i < kiosks->len; i++)
    {
      Kiosk *kiosk = g_ptr_array_index (kiosks, i);
      int wanted = CLAMP (now - kiosk->offset, 0, kiosk->load->minutes);

      if (!kiosk->busy && wanted > kiosk->wanted)
        {
          kiosk->wanted = wanted;
          kiosk->busy = TRUE;
          xs_store_submit (kiosk->store, study, kiosk, NULL, on_studied, kiosk);
        }
      all &= !kiosk->busy && kiosk->wanted == kiosk->load->minutes;
    }
  return all;
}

/* The fleet */

static void
on_paired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_paired = user_data;
  g_autoptr (GError) error = NULL;

  if (!xs_sync_pair_finish (XS_SYNC (source), result, &error))
    g_error ("pairing: %s", error->message);
  (*n_paired)++;
}

static GPtrArray *
set_up (const Load *load, const char *dir, const char *url, char **codes, char **learners)
{
  GPtrArray *kiosks = g_ptr_array_new ();
  gint64 now_us = xs_clock_wall_us (xs_clock_system ());
  guint n_paired = 0;

  for (guint i = 0; codes[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/kiosk-%u", dir, i);
      g_autoptr (GError) error = NULL;
      Kiosk *kiosk = g_new0 (Kiosk, 1);
      XsJournal *journal = xs_journal_open (name, xs_clock_system (), &error);

      if (journal == NULL)
        g_error ("%s", error->message);
      kiosk->load = load;
      kiosk->store = xs_store_new (journal);
      kiosk->sync = xs_sync_new (kiosk->store, xs_clock_system ());
      kiosk->stunum = learners[i % g_strv_length (learners)];
      kiosk->number = i + 1;
      kiosk->start_wall_us = now_us - load->minutes * MINUTE_US;
      kiosk->offset = load->speed > 0 ? g_random_int_range (0, PHOTO_MINUTES) : 0;
      kiosk->minute_records = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
      g_ptr_array_add (kiosks, kiosk);
      xs_sync_pair_async (kiosk->sync, url, codes[i], NULL, on_paired, &n_paired);
      while (n_paired <= i)
        g_main_context_iteration (NULL, TRUE);
    }
  return kiosks;
}

static gboolean
read_status (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

static gboolean
is_done (Kiosk *kiosk)
{
  XsOutboxStatus status;
  g_autoptr (GError) error = NULL;

  if (xs_sync_get_state (kiosk->sync) != XS_SYNC_IDLE)
    return FALSE;
  if (!xs_store_run (kiosk->store, read_status, &status, &error))
    g_error ("%s", error->message);
  if (status.photos_rejected + status.logs_rejected > 0)
    g_error ("the platform refused something: %s", status.last_message);
  return status.photos_waiting + status.logs_waiting == 0;
}

static gboolean
on_beat (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* Returns: how long it took until all had arrived. */
static gint64
run (const Load *load, GPtrArray *kiosks)
{
  guint beat = g_timeout_add (20, on_beat, NULL);

  while (load->speed == 0 && !study_until (kiosks, load->minutes))
    g_main_context_iteration (NULL, TRUE);
  g_mutex_lock (&times_lock);
  g_array_set_size (times_us, 0);
  g_mutex_unlock (&times_lock);

  gint64 began_us = g_get_monotonic_time ();
  for (guint i = 0; i < kiosks->len; i++)
    xs_sync_start (((Kiosk *) g_ptr_array_index (kiosks, i))->sync);
  while (!study_until (kiosks, (int) ((g_get_monotonic_time () - began_us) * MAX (load->speed, 1) / MINUTE_US)
                                 + (load->speed == 0 ? load->minutes : 0)))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < kiosks->len; i++)
    {
      while (!is_done (g_ptr_array_index (kiosks, i)))
        g_main_context_iteration (NULL, TRUE);
    }
  gint64 took_us = g_get_monotonic_time () - began_us;
  g_source_remove (beat);
  return took_us;
}

static void
report (const Load *load, GPtrArray *kiosks, gint64 took_us)
{
  guint n_photos = 0;
  double took_s = (double) took_us / G_USEC_PER_SEC;

  for (guint i = 0; i < kiosks->len; i++)
    n_photos += ((Kiosk *) g_ptr_array_index (kiosks, i))->n_photos;
  guint n_logs = kiosks->len * (guint) ((load->minutes + LOG_MINUTES - 1) / LOG_MINUTES);
  g_array_sort (times_us, compare_times);
  g_print ("{\"logs\": %u, \"photos\": %u, \"seconds\": %.1f, \"logs_s\": %.1f, \"photos_s\": %.1f, \"requests\": %u,"
           " \"unanswered\": %u, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.1f}\n",
           n_logs, n_photos, took_s, n_logs / took_s, n_photos / took_s, times_us->len, n_unanswered,
           percentile_ms (0.5), percentile_ms (0.99), percentile_ms (1));
}

static void
tear_down (GPtrArray *kiosks)
{
  for (guint i = 0; i < kiosks->len; i++)
    {
      Kiosk *kiosk = g_ptr_array_index (kiosks, i);

      g_object_unref (kiosk->sync);
      g_object_unref (kiosk->store);
      g_array_unref (kiosk->minute_records);
      g_free (kiosk);
    }
  g_ptr_array_unref (kiosks);
}

/* A kiosk has a dozen files open. */
static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      (void) setrlimit (RLIMIT_NOFILE, &limit);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *dir = NULL, *url = NULL, *codes_text = NULL, *learners_text = NULL;
  Load load = { .minutes = 240, .speed = 120, .photo_kib = 60 };
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &dir, "Where the journals are made", "DIR" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &url, "Of the platform", "URL" },
    { "codes", 0, 0, G_OPTION_ARG_STRING, &codes_text, "To pair with, one for each kiosk", "CODE,…" },
    { "learners", 0, 0, G_OPTION_ARG_STRING, &learners_text, "Who study, in turns", "NUMBER,…" },
    { "minutes", 0, 0, G_OPTION_ARG_INT, &load.minutes, "Each kiosk studies", "N" },
    { "speed", 0, 0, G_OPTION_ARG_INT, &load.speed, "Times faster than life; 0: all is there at once", "N" },
    { "photo-kib", 0, 0, G_OPTION_ARG_INT, &load.photo_kib, "Of a photo", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || dir == NULL || url == NULL || codes_text == NULL
      || learners_text == NULL || load.minutes < 1 || load.speed < 0 || load.photo_kib < 1)
    {
      g_printerr ("bench-fleet: %s\n", error != NULL ? error->message : "options are missing; see --help");
      return 2;
    }
  times_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_log_set_writer_func (take_times, NULL, NULL);
  xs_crypto_init ();
  allow_many_files ();
  g_auto (GStrv) codes = g_strsplit (codes_text, ",", -1);
  g_auto (GStrv) learners = g_strsplit (learners_text, ",", -1);
  GPtrArray *kiosks = set_up (&load, dir, url, codes, learners);
  gint64 took_us = run (&load, kiosks);
  report (&load, kiosks, took_us);
  tear_down (kiosks);
  return 0;
}
