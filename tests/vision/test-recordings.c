/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Webcam recordings of known content, frame by frame at the rate of the kiosk. */

#include <gst/gst.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "recording-reader.h"
#include "vision-test.h"
#include "xs-guidance.h"
#include "xs-presence.h"

#define FRAMES_PER_SECOND 10
/* A still picture must be called one within so long. */
#define STILL_AFTER_US (5 * G_USEC_PER_SEC)

typedef struct {
  char name;
  int noise; /* grey levels */
} Recording;

typedef struct {
  double start_s, end_s;
  char *scene;
  guint n_frames;
  guint n_judged[XS_PRESENCE_UNVERIFIED + 1];
  gint64 last_present_us; /* since the start of the stretch */
} Stretch;

static void
stretch_clear (gpointer data)
{
  g_free (((Stretch *) data)->scene);
}

static GArray *
load_truth (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  GArray *stretches = g_array_new (FALSE, TRUE, sizeof (Stretch));
  JsonArray *truth;

  g_array_set_clear_func (stretches, stretch_clear);
  g_assert_true (json_parser_load_from_file (parser, path, &error));
  truth = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "truth");
  for (guint i = 0; i < json_array_get_length (truth); i++)
    {
      JsonObject *object = json_array_get_object_element (truth, i);
      Stretch stretch = { .start_s = json_object_get_double_member (object, "t0"),
                          .end_s = json_object_get_double_member (object, "t1"),
                          .scene = g_strdup (json_object_get_string_member (object, "scene")) };
      g_array_append_val (stretches, stretch);
    }
  return stretches;
}

static Stretch *
stretch_at (GArray *stretches, gint64 time_us)
{
  for (guint i = 0; i < stretches->len; i++)
    {
      Stretch *stretch = &g_array_index (stretches, Stretch, i);
      if (time_us >= (gint64) (stretch->start_s * G_USEC_PER_SEC)
          && time_us < (gint64) (stretch->end_s * G_USEC_PER_SEC))
        return stretch;
    }
  return NULL;
}

/* What a scene must be judged; PRESENT stands for scenes that may also be credited. */
static XsPresence
expected_presence (const char *scene)
{
  static const struct {
    const char *scene;
    XsPresence presence;
  } table[] = {
    { "absent", XS_PRESENCE_NO_FACE },          { "covered", XS_PRESENCE_COVERED },
    { "two_faces", XS_PRESENCE_SEVERAL_FACES }, { "other_person", XS_PRESENCE_OTHER_PERSON },
    { "dark", XS_PRESENCE_UNVERIFIED },         { "backlit", XS_PRESENCE_UNVERIFIED },
    { "blurred", XS_PRESENCE_UNVERIFIED },      { "far", XS_PRESENCE_UNVERIFIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (g_str_equal (table[i].scene, scene))
        return table[i].presence;
    }
  return XS_PRESENCE_PRESENT;
}

static void
check (const Stretch *stretch)
{
  XsPresence expected = expected_presence (stretch->scene);

  for (guint i = 0; i < G_N_ELEMENTS (stretch->n_judged); i++)
    g_test_message ("%5.1f s %-12s %3u frames: %3u %s", stretch->start_s, stretch->scene, stretch->n_frames,
                    stretch->n_judged[i], xs_presence_nick (i));
  g_assert_cmpuint (stretch->n_frames, >, 0);
  if (g_str_equal (stretch->scene, "photo"))
    {
      g_assert_cmpint (stretch->last_present_us, <, STILL_AFTER_US);
      return;
    }
  if (expected != XS_PRESENCE_PRESENT)
    g_assert_cmpuint (stretch->n_judged[XS_PRESENCE_PRESENT], ==, 0);
  g_assert_cmpuint (stretch->n_judged[expected] * 100, >=, stretch->n_frames * 99);
}

static char *
recording_file (char name, const char *suffix)
{
  g_autofree char *file = g_strdup_printf ("camera/%c.%s", name, suffix);
  return test_media (file);
}

static gboolean
start (XsVision *vision, char name, RecordingReader **reader, GArray **truth)
{
  g_autofree char *video = recording_file (name, "mkv");
  g_autofree char *truth_path = video != NULL ? recording_file (name, "truth.json") : NULL;
  g_autofree char *photo_path = truth_path != NULL ? recording_file (name, "ref.jpg") : NULL;
  g_autoptr (XsFrame) photo = NULL;
  g_autoptr (GError) error = NULL;
  XsTemplate template;

  if (photo_path == NULL)
    return FALSE;
  photo = test_photo (photo_path);
  g_assert_true (xs_vision_enrol (vision, photo, &template, &error));
  xs_vision_set_reference (vision, &template);
  *truth = load_truth (truth_path);
  *reader = recording_reader_new (video, FRAMES_PER_SECOND);
  return TRUE;
}

/* Sensor noise of about ±@amount grey levels, as in a cheap webcam. */
static XsFrame *
with_noise (const XsFrame *frame, int amount, guint32 *state)
{
  gsize size = (gsize) frame->stride_bytes * frame->height_px;
  const guint8 *from = xs_frame_data (frame);
  guint8 *to = g_malloc (size);
  g_autoptr (GBytes) pixels = g_bytes_new_take (to, size);

  for (gsize i = 0; i < size; i++)
    {
      *state = *state * 1664525u + 1013904223u;
      to[i] = (guint8) CLAMP (from[i] + (int) (*state >> 16) % (2 * amount + 1) - amount, 0, 255);
    }
  return xs_frame_new (frame->width_px, frame->height_px, frame->stride_bytes, frame->time_us, pixels);
}

static void
test_presence (gconstpointer data)
{
  const Recording *recording = data;
  guint32 noise = 1;
  XsVision *vision = test_vision ();
  g_autoptr (RecordingReader) reader = NULL;
  g_autoptr (GArray) truth = NULL;
  XsPolicy policy;

  if (vision == NULL || !start (vision, recording->name, &reader, &truth))
    return;
  xs_policy_default (&policy);
  g_autoptr (XsPresenceWatch) watch = xs_presence_watch_new (&policy);
  for (;;)
    {
      g_autoptr (XsFrame) clean = recording_reader_next (reader);
      g_autoptr (XsFrame) frame = NULL;
      g_autoptr (GError) error = NULL;
      XsObservation observation;
      Stretch *stretch;

      if (clean == NULL)
        break;
      frame = with_noise (clean, recording->noise, &noise);
      g_assert_true (xs_vision_observe (vision, frame, XS_LOOK_QUICK, &observation, &error));
      stretch = stretch_at (truth, frame->time_us);
      if (stretch == NULL)
        continue;
      XsPresence presence = xs_presence_watch_feed (watch, &observation);
      stretch->n_frames++;
      stretch->n_judged[presence]++;
      if (presence == XS_PRESENCE_PRESENT)
        stretch->last_present_us = frame->time_us - (gint64) (stretch->start_s * G_USEC_PER_SEC);
    }
  for (guint i = 0; i < truth->len; i++)
    check (&g_array_index (truth, Stretch, i));
}

static void
test_guidance (gconstpointer data)
{
  const Recording *recording = data;
  XsVision *vision = test_vision ();
  g_autoptr (RecordingReader) reader = NULL;
  g_autoptr (GArray) truth = NULL;
  g_autoptr (XsGuidance) guidance = NULL;
  XsPolicy policy;
  XsGuidanceCode shown = XS_GUIDANCE_NONE;
  gint64 changed_us = G_MININT64 / 2;
  guint n_changes = 0;
  guint32 noise = 1;

  if (vision == NULL || !start (vision, recording->name, &reader, &truth))
    return;
  xs_policy_default (&policy);
  guidance = xs_guidance_new (&policy);
  for (;;)
    {
      g_autoptr (XsFrame) clean = recording_reader_next (reader);
      g_autoptr (XsFrame) frame = NULL;
      g_autoptr (GError) error = NULL;
      XsObservation observation;
      XsGuidanceCode code;

      if (clean == NULL)
        break;
      frame = with_noise (clean, recording->noise, &noise);
      g_assert_true (xs_vision_observe (vision, frame, XS_LOOK_QUICK, &observation, &error));
      code = xs_guidance_feed (guidance, &observation);
      if (code == shown)
        continue;
      g_test_message ("%5.1f s %s", (double) frame->time_us / G_USEC_PER_SEC, xs_guidance_nick (code));
      g_assert_cmpint (frame->time_us - changed_us, >=, G_USEC_PER_SEC);
      shown = code;
      changed_us = frame->time_us;
      n_changes++;
    }
  g_assert_cmpuint (n_changes, >, 0);
  g_assert_cmpuint (n_changes, <=, truth->len + 4);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/vision/recordings/presence/a", &(Recording){ 'a', 0 }, test_presence);
  g_test_add_data_func ("/vision/recordings/presence/b", &(Recording){ 'b', 0 }, test_presence);
  g_test_add_data_func ("/vision/recordings/presence/c", &(Recording){ 'c', 0 }, test_presence);
  g_test_add_data_func ("/vision/recordings/presence/c-noisy", &(Recording){ 'c', 12 }, test_presence);
  g_test_add_data_func ("/vision/recordings/guidance/c", &(Recording){ 'c', 12 }, test_guidance);
  return g_test_run ();
}
