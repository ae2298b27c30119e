/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "xs-blob.h"
#include "xs-consent.h"
#include "xs-crypto.h"
#include "xs-json.h"
#include "xs-picture.h"
#include "xs-segment-job.h"

/*
 * Puts what `xueshi replay` reported into the journal of a kiosk that is paired, by the study's own steps: the session,
 * the photos it took, the minutes it credited and the teaching log, signed; `xueshi sync` sends it. The learner agrees
 * before it begins.
 *
 * Usage: put-replay STATE STUNUM START REPORT.json      START: YYYYMMDDHHmmss in GMT+8
 */

#define SUBJCODE "2211010000"
#define REPORT_MAX_BYTES (64 * 1024 * 1024)
#define PHOTO_MAX_BYTES (1024 * 1024)

typedef struct {
  XsStore *store;
  XsOpenSegment *segment;
  const char *stunum;
  JsonObject *report;
  gint64 start_wall_us;
  XsPolicy policy;
} Put;

static void
on_stored (GObject *source, GAsyncResult *result, gpointer stored)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (XS_STORE (source), result, &error))
    g_error ("storing: %s", error->message);
  *(gboolean *) stored = TRUE;
}

static void
submit (Put *put, XsStep *step)
{
  gboolean stored = FALSE;

  xs_open_segment_submit (put->segment, put->store, step, on_stored, &stored);
  while (!stored)
    g_main_context_iteration (NULL, TRUE);
}

static gint64
moment_us (double seconds)
{
  return llround (seconds * (double) G_USEC_PER_SEC);
}

static double
get_seconds (JsonObject *object, const char *name)
{
  return json_object_get_double_member (object, name);
}

static JsonObject *
observation_at (Put *put, double t_s)
{
  JsonArray *observations = json_object_get_array_member (put->report, "observations");

  for (guint i = 0; i < json_array_get_length (observations); i++)
    {
      JsonObject *observation = json_array_get_object_element (observations, i);
      if (fabs (get_seconds (observation, "t_s") - t_s) < 0.001)
        return observation;
    }
  return NULL;
}

static void
put_photo (Put *put, JsonObject *photo)
{
  const char *path = json_object_get_string_member (photo, "file");
  double t_s = get_seconds (photo, "t_s");
  JsonObject *seen = observation_at (put, t_s);
  const char *hash = seen != NULL && !json_object_get_null_member (seen, "picture_hash")
                       ? json_object_get_string_member (seen, "picture_hash")
                       : "";
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_PHOTO, put->stunum);
  g_autoptr (GError) error = NULL;

  step->jpeg = xs_blob_read (path, PHOTO_MAX_BYTES, &error);
  step->frame = step->jpeg != NULL ? xs_picture_decode (step->jpeg, &error) : NULL;
  if (step->frame == NULL)
    g_error ("%s: %s", path, error->message);
  step->record = (XsPhotoRecord){
    .event = (XsPhotoEvent) json_object_get_int_member (photo, "event"),
    .wall_us = put->start_wall_us + moment_us (t_s),
    .match = json_object_get_null_member (photo, "match") ? (double) NAN : get_seconds (photo, "match"),
    .width_px = step->frame->width_px,
    .height_px = step->frame->height_px,
  };
  g_strlcpy (step->record.picture_hash, hash, sizeof step->record.picture_hash);
  submit (put, step);
}

static gint64
credited_between_us (Put *put, gint64 from_us, gint64 to_us)
{
  JsonArray *credited = json_object_get_array_member (put->report, "credited");
  gint64 sum_us = 0;

  for (guint i = 0; i < json_array_get_length (credited); i++)
    {
      JsonArray *stretch = json_array_get_array_element (credited, i);
      gint64 t0_us = moment_us (json_array_get_double_element (stretch, 0));
      gint64 t1_us = moment_us (json_array_get_double_element (stretch, 1));
      sum_us += MAX (MIN (t1_us, to_us) - MAX (t0_us, from_us), 0);
    }
  return sum_us;
}

static gint64
length_us (Put *put)
{
  JsonArray *observations = json_object_get_array_member (put->report, "observations");

  return moment_us (
    get_seconds (json_array_get_object_element (observations, json_array_get_length (observations) - 1), "t_s"));
}

static void
put_log (Put *put)
{
  g_autoptr (GArray) minutes = g_array_new (FALSE, TRUE, sizeof (XsMinuteRecord));
  g_autoptr (XsStep) step = xs_step_new (XS_STEP_CLOSE, put->stunum);
  gint64 end_us = length_us (put), credited_us = credited_between_us (put, 0, end_us);

  for (gint64 from_us = 0; from_us < end_us; from_us += G_TIME_SPAN_MINUTE)
    {
      gint64 to_us = MIN (from_us + G_TIME_SPAN_MINUTE, end_us);
      XsMinuteRecord minute = { .wall_end_us = put->start_wall_us + to_us };
      minute.credited_us = credited_between_us (put, from_us, to_us);
      minute.normal = minute.credited_us >= put->policy.minute_normal_s * G_USEC_PER_SEC;
      g_array_append_val (minutes, minute);
    }
  XsProgress progress = {
    .credited_us = credited_us,
    .wall_us = put->start_wall_us + end_us,
    .clock_wall_us = put->start_wall_us + end_us,
    .minutes = minutes,
    .days = { { xs_wall_day (put->start_wall_us), credited_us } },
  };
  xs_step_set_progress (step, &progress);
  step->policy = put->policy;
  step->reason = XS_SIGN_OUT_BY_LEARNER;
  step->end_wall_us = progress.wall_us;
  submit (put, step);
}

static gboolean
agree (XsJournal *journal, gpointer data, GError **error)
{
  Put *put = data;

  return xs_journal_get_policy (journal, &put->policy, NULL, error)
         && xs_journal_give_consent (journal, put->stunum, XS_CONSENT_VERSION, error);
}

static void
put_session (Put *put)
{
  JsonArray *photos = json_object_get_array_member (put->report, "photos");
  g_autoptr (XsOpenSegment) segment = put->segment = xs_open_segment_new ();
  g_autoptr (XsStep) begin = xs_step_new (XS_STEP_BEGIN, put->stunum);
  g_autoptr (GError) error = NULL;

  if (!xs_store_run (put->store, agree, put, &error))
    g_error ("the consent: %s", error->message);
  g_strlcpy (begin->subjcode, SUBJCODE, sizeof begin->subjcode);
  begin->policy = put->policy;
  begin->start_wall_us = put->start_wall_us;
  submit (put, begin);
  for (guint i = 0; i < json_array_get_length (photos); i++)
    put_photo (put, json_array_get_object_element (photos, i));
  put_log (put);
}

int
main (int argc, char **argv)
{
  Put put = { NULL };
  g_autoptr (GError) error = NULL;

  if (argc != 5)
    {
      g_printerr ("usage: put-replay STATE STUNUM START REPORT.json\n");
      return 2;
    }
  xs_crypto_init ();
  put.stunum = argv[2];
  g_autoptr (JsonObject) report = xs_json_load_object (argv[4], REPORT_MAX_BYTES, &error);
  if ((put.report = report) == NULL || !xs_wall_from_wire (argv[3], &put.start_wall_us, &error))
    g_error ("%s", error->message);
  XsJournal *journal = xs_journal_open_existing (argv[1], xs_clock_system (), &error);
  if (journal == NULL)
    g_error ("%s", error->message);
  put.store = xs_store_new (journal);
  put_session (&put);
  g_object_unref (put.store);
  return 0;
}
