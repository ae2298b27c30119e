/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-chime.h"

#include <gst/app/gstappsrc.h>
#include <gst/audio/audio-format.h>
#include <math.h>

#include "xs-media-private.h"

/* A device that does not come up is given up. */
#define PLAY_LIMIT_US (5 * G_USEC_PER_SEC)
#define WAIT_STEP (50 * GST_MSECOND)
/* Peak of the samples: calm beside speech, and a third of it while speech is heard. */
#define LOUDNESS 0.22
#define QUIET_LOUDNESS 0.07
#define ATTACK_S 0.012
/* A note has faded to a third after so long, as a struck bar does. */
#define DECAY_S 0.16

typedef struct {
  double frequency_hz;
  double start_s, length_s;
} Note;

typedef struct {
  Note notes[2];
  double length_s;
} Melody;

static const Melody melodies[] = {
  [XS_CHIME_NONE] = { { { 0, 0, 0 } }, 0 },
  [XS_CHIME_ATTENTION] = { { { 587.33, 0, 0.45 }, { 880.00, 0.16, 0.5 } }, 0.7 },
  [XS_CHIME_STOPPED] = { { { 523.25, 0, 0.5 }, { 392.00, 0.2, 0.6 } }, 0.85 },
  [XS_CHIME_GOES_ON] = { { { 783.99, 0, 0.5 } }, 0.55 },
};

/* What plays may outlive the chime by as long as its device takes to close. */
typedef struct {
  GBytes *samples;
  gint *closing; /* atomic, shared by all of one chime */
} Job;

struct _XsChime {
  GObject parent_instance;

  GThreadPool *pool; /* of one thread */
  gint *closing;
  gboolean on;
  gint64 played_us; /* when the last was */
};

static gint n_playing; /* atomic */

G_DEFINE_FINAL_TYPE (XsChime, xs_chime, G_TYPE_OBJECT)

/* A sine and its octave, softly struck, back at zero where it ends. */
static double
note_at (const Note *note, double time_s)
{
  double t = time_s - note->start_s;

  if (note->frequency_hz <= 0 || t < 0 || t >= note->length_s)
    return 0;
  double attack = MIN (t / ATTACK_S, 1);
  double release = MIN ((note->length_s - t) / ATTACK_S, 1);
  double phase = 2 * G_PI * note->frequency_hz * t;
  return attack * release * exp (-t / DECAY_S) * (0.8 * sin (phase) + 0.2 * sin (2 * phase));
}

GBytes *
xs_chime_make (XsChimeTone tone, gboolean quiet)
{
  g_return_val_if_fail ((guint) tone < G_N_ELEMENTS (melodies), NULL);

  const Melody *melody = &melodies[tone];
  gsize n = (gsize) (melody->length_s * XS_CHIME_RATE_HZ);
  gint16 *samples = g_new0 (gint16, n);

  for (gsize i = 0; i < n; i++)
    {
      double time_s = (double) i / XS_CHIME_RATE_HZ;
      double value = note_at (&melody->notes[0], time_s) + note_at (&melody->notes[1], time_s);
      samples[i] = (gint16) (CLAMP (value, -1, 1) * (quiet ? QUIET_LOUDNESS : LOUDNESS) * G_MAXINT16);
    }
  return g_bytes_new_take (samples, n * sizeof *samples);
}

/* The thread */

static void
job_free (Job *job)
{
  g_bytes_unref (job->samples);
  g_atomic_rc_box_release (job->closing);
  g_free (job);
  g_atomic_int_add (&n_playing, -1);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

static GstElement *
make_pipeline (GBytes *samples, GError **error)
{
  g_autofree char *description =
    g_strdup_printf ("appsrc name=source format=time caps=audio/x-raw,format=%s,layout=interleaved,channels=1,rate=%d"
                     " ! audioconvert ! audioresample ! autoaudiosink",
                     GST_AUDIO_NE (S16), XS_CHIME_RATE_HZ);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, error);

  if (pipeline == NULL)
    return NULL;
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN (pipeline), "source");
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (samples);
  GST_BUFFER_PTS (buffer) = 0;
  GST_BUFFER_DURATION (buffer) =
    gst_util_uint64_scale (g_bytes_get_size (samples) / sizeof (gint16), GST_SECOND, XS_CHIME_RATE_HZ);
  gst_app_src_push_buffer (GST_APP_SRC (source), buffer);
  gst_app_src_end_of_stream (GST_APP_SRC (source));
  return g_steal_pointer (&pipeline);
}

static void
run (gpointer data, gpointer user_data)
{
  g_autoptr (Job) job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) message = NULL;
  gint64 deadline_us = g_get_monotonic_time () + PLAY_LIMIT_US;

  if (g_atomic_int_get (job->closing))
    return;
  g_autoptr (GstElement) pipeline = make_pipeline (job->samples, &error);
  if (pipeline == NULL)
    {
      g_message ("No chime can be heard: %s", error->message);
      return;
    }
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (message == NULL && !g_atomic_int_get (job->closing) && g_get_monotonic_time () < deadline_us)
    message = gst_bus_timed_pop_filtered (bus, WAIT_STEP, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message != NULL && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, &error, NULL);
      g_debug ("The chime was not heard: %s", error->message);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
}

/* The object */

XsChime *
xs_chime_new (void)
{
  return g_object_new (XS_TYPE_CHIME, NULL);
}

void
xs_chime_set_on (XsChime *self, gboolean on)
{
  g_return_if_fail (XS_IS_CHIME (self));

  self->on = on;
}

gboolean
xs_chime_get_on (XsChime *self)
{
  g_return_val_if_fail (XS_IS_CHIME (self), FALSE);

  return self->on;
}

gboolean
xs_chime_play (XsChime *self, XsChimeTone tone, gboolean quiet)
{
  g_return_val_if_fail (XS_IS_CHIME (self), FALSE);

  gint64 now_us = g_get_monotonic_time ();
  if (!self->on || tone == XS_CHIME_NONE || now_us - self->played_us < XS_CHIME_INTERVAL_US)
    return FALSE;
  self->played_us = now_us;
  g_atomic_int_inc (&n_playing);
  Job *job = g_new (Job, 1);
  *job = (Job){ xs_chime_make (tone, quiet), g_atomic_rc_box_acquire (self->closing) };
  return g_thread_pool_push (self->pool, job, NULL);
}

int
xs_chime_count_playing (void)
{
  return g_atomic_int_get (&n_playing);
}

static void
xs_chime_finalize (GObject *object)
{
  XsChime *self = XS_CHIME (object);

  g_atomic_int_set (self->closing, TRUE);
  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_atomic_rc_box_release (self->closing);
  G_OBJECT_CLASS (xs_chime_parent_class)->finalize (object);
}

static void
xs_chime_class_init (XsChimeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_chime_finalize;
}

static void
xs_chime_init (XsChime *self)
{
  xs_media_init ();
  self->on = TRUE;
  self->played_us = g_get_monotonic_time () - XS_CHIME_INTERVAL_US;
  self->closing = g_atomic_rc_box_new0 (gint);
  self->pool = g_thread_pool_new (run, NULL, 1, FALSE, NULL);
}
