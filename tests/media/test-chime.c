/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gst/gst.h>

#include "fake-sound.h"
#include "media-fixture.h"
#include "xs-chime.h"

#define LIMIT_S 20
#define ADD(name, func) g_test_add ("/media/chime/" name, Fixture, NULL, fixture_set_up, func, chime_tear_down)

static int heard_ms;

static gboolean
was_heard (gpointer data)
{
  int ms = fake_sound_take_heard_ms ();

  heard_ms += ms;
  return ms > 0;
}

static gboolean
interval_is_over (gpointer since_us)
{
  return g_get_monotonic_time () - *(gint64 *) since_us > XS_CHIME_INTERVAL_US;
}

static gboolean
none_plays (gpointer data)
{
  return xs_chime_count_playing () == 0;
}

/* Every tone begins and ends in silence, stays far below full level, and is another one than the others. */
static void
test_tones (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) before = NULL;

  for (XsChimeTone tone = XS_CHIME_ATTENTION; tone <= XS_CHIME_GOES_ON; tone++)
    {
      g_autoptr (GBytes) loud = xs_chime_make (tone, FALSE), soft = xs_chime_make (tone, TRUE);
      gsize size;
      const gint16 *samples = g_bytes_get_data (loud, &size);
      const gint16 *quiet = g_bytes_get_data (soft, NULL);
      gsize n = size / sizeof *samples;
      int peak = 0, quiet_peak = 0;

      g_assert_cmpuint (n, >, XS_CHIME_RATE_HZ / 4);
      g_assert_cmpuint (n, <, XS_CHIME_RATE_HZ);
      g_assert_cmpint (ABS (samples[0]), <, 20);
      g_assert_cmpint (ABS (samples[n - 1]), <, 200);
      for (gsize i = 0; i < n; i++)
        {
          peak = MAX (peak, ABS ((int) samples[i]));
          quiet_peak = MAX (quiet_peak, ABS ((int) quiet[i]));
          g_assert_cmpint (i > 0 ? ABS (samples[i] - samples[i - 1]) : 0, <, G_MAXINT16 / 16);
        }
      g_assert_cmpint (peak, >, G_MAXINT16 / 16);
      g_assert_cmpint (peak, <, G_MAXINT16 / 3);
      g_assert_cmpint (quiet_peak * 2, <, peak);
      g_assert_cmpint (quiet_peak, >, G_MAXINT16 / 64);
      if (before != NULL)
        g_assert_false (g_bytes_equal (before, loud));
      g_clear_pointer (&before, g_bytes_unref);
      before = g_bytes_ref (loud);
    }
}

/* It reaches the sound device, once, and not again at once. */
static void
test_is_heard (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsChime) chime = xs_chime_new ();
  gint64 since_us = g_get_monotonic_time ();

  fake_sound_set_working (TRUE);
  fake_sound_take_heard_ms ();
  g_assert_false (xs_chime_play (chime, XS_CHIME_NONE, FALSE));
  g_assert_true (xs_chime_play (chime, XS_CHIME_ATTENTION, FALSE));
  g_assert_false (xs_chime_play (chime, XS_CHIME_STOPPED, FALSE));
  g_assert_true (wait_for (was_heard, NULL, LIMIT_S));
  double loud = fake_sound_get_peak ();
  g_assert_cmpfloat (loud, >, 0.05);

  g_assert_true (wait_for (interval_is_over, &since_us, LIMIT_S));
  g_assert_cmpint (fake_sound_take_heard_ms (), ==, 0);
  g_assert_true (xs_chime_play (chime, XS_CHIME_ATTENTION, TRUE));
  g_assert_true (wait_for (was_heard, NULL, LIMIT_S));
  g_assert_cmpfloat (fake_sound_get_peak (), <, loud / 2);
  g_assert_finalize_object (g_steal_pointer (&chime));
}

static void
test_off (Fixture *fixture, gconstpointer data)
{
  g_autoptr (XsChime) chime = xs_chime_new ();

  fake_sound_set_working (TRUE);
  g_assert_true (xs_chime_get_on (chime));
  xs_chime_set_on (chime, FALSE);
  g_assert_false (xs_chime_play (chime, XS_CHIME_STOPPED, FALSE));
  /* What was not played does not keep back what is. */
  xs_chime_set_on (chime, TRUE);
  g_assert_true (xs_chime_play (chime, XS_CHIME_STOPPED, FALSE));
  g_assert_true (wait_for (was_heard, NULL, LIMIT_S));
}

/* A device that does not work breaks nothing, and one dropped while it plays neither. */
static void
test_no_device (Fixture *fixture, gconstpointer data)
{
  fake_sound_set_working (FALSE);
  for (int i = 0; i < 5; i++)
    {
      g_autoptr (XsChime) chime = xs_chime_new ();

      g_assert_true (xs_chime_play (chime, XS_CHIME_GOES_ON, FALSE));
      g_assert_finalize_object (g_steal_pointer (&chime));
    }
}

/* Where there is no sound, autoaudiosink takes those that are left in turn; one of them can hang. */
static void
test_no_jack (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("jackaudiosink");

  if (factory == NULL)
    g_test_skip ("GStreamer has no JACK here");
  else
    g_assert_cmpuint (gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE (factory)), <, GST_RANK_MARGINAL);
}

/* What still plays would be heard by the next test, and crash the program where its end overtakes it. */
static void
chime_tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_true (wait_for (none_plays, NULL, LIMIT_S));
  fixture_tear_down (fixture, data);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_sound_register ();
  ADD ("tones", test_tones);
  ADD ("is-heard", test_is_heard);
  ADD ("off", test_off);
  ADD ("no-device", test_no_device);
  ADD ("no-jack", test_no_jack);
  return g_test_run ();
}
