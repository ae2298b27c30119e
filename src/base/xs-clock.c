/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-clock.h"

#include "xs-error.h"
#include "xs-number.h"

#include <string.h>
#include <time.h>

struct _XsClock {
  gatomicrefcount refs;
  gboolean fake;
  GMutex lock; /* guards the times of a fake clock */
  gint64 monotonic_us;
  gint64 boottime_us;
  gint64 wall_us;
  gint64 zone_us;
};

/* China has had no daylight saving time since 1991: GMT+8 is a constant. */
#define GMT8_S (8 * 3600)

XsClock *
xs_clock_system (void)
{
  static XsClock *clock;

  if (g_once_init_enter (&clock))
    {
      XsClock *created = g_new0 (XsClock, 1);
      g_atomic_ref_count_init (&created->refs);
      g_once_init_leave (&clock, created);
    }
  return clock;
}

XsClock *
xs_clock_fake_new (gint64 monotonic_us, gint64 wall_us)
{
  XsClock *clock = g_new0 (XsClock, 1);

  g_atomic_ref_count_init (&clock->refs);
  clock->fake = TRUE;
  g_mutex_init (&clock->lock);
  clock->monotonic_us = monotonic_us;
  clock->boottime_us = monotonic_us;
  clock->wall_us = wall_us;
  clock->zone_us = GMT8_S * (gint64) G_USEC_PER_SEC;
  return clock;
}

XsClock *
xs_clock_ref (XsClock *clock)
{
  g_atomic_ref_count_inc (&clock->refs);
  return clock;
}

void
xs_clock_unref (XsClock *clock)
{
  if (clock == NULL || !g_atomic_ref_count_dec (&clock->refs))
    return;
  g_mutex_clear (&clock->lock);
  g_free (clock);
}

static gint64
read_fake (XsClock *clock, const gint64 *time_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  return *time_us;
}

gint64
xs_clock_monotonic_us (XsClock *clock)
{
  return clock->fake ? read_fake (clock, &clock->monotonic_us) : g_get_monotonic_time ();
}

gint64
xs_clock_boottime_us (XsClock *clock)
{
  struct timespec now;

  if (clock->fake)
    return read_fake (clock, &clock->boottime_us);
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
xs_clock_wall_us (XsClock *clock)
{
  return clock->fake ? read_fake (clock, &clock->wall_us) : g_get_real_time ();
}

gint64
xs_clock_zone_us (XsClock *clock)
{
  if (clock->fake)
    return read_fake (clock, &clock->zone_us);

  time_t now = time (NULL);
  struct tm local;
  /* Only this looks whether /etc/localtime is another file by now. */
  tzset ();
  localtime_r (&now, &local); /* nocheck:blocked-function: the PC's own zone is what is asked */
  return local.tm_gmtoff * (gint64) G_USEC_PER_SEC;
}

XsClockLook
xs_clock_look (XsClock *clock)
{
  return (XsClockLook){ xs_clock_monotonic_us (clock), xs_clock_boottime_us (clock), xs_clock_wall_us (clock),
                        xs_clock_zone_us (clock) };
}

static void
move_fake (XsClock *clock, gint64 monotonic_us, gint64 boottime_us, gint64 wall_us)
{
  g_return_if_fail (clock->fake);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  clock->monotonic_us += monotonic_us;
  clock->boottime_us += boottime_us;
  clock->wall_us += wall_us;
}

void
xs_clock_fake_advance (XsClock *clock, gint64 delta_us)
{
  g_return_if_fail (delta_us >= 0);
  move_fake (clock, delta_us, delta_us, delta_us);
}

void
xs_clock_fake_suspend (XsClock *clock, gint64 delta_us)
{
  g_return_if_fail (delta_us >= 0);
  move_fake (clock, 0, delta_us, delta_us);
}

void
xs_clock_fake_step_wall (XsClock *clock, gint64 delta_us)
{
  move_fake (clock, 0, 0, delta_us);
}

void
xs_clock_fake_set_zone (XsClock *clock, gint64 zone_us)
{
  g_return_if_fail (clock->fake);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&clock->lock);
  clock->zone_us = zone_us;
}

static GTimeZone *
zone (void)
{
  static GTimeZone *tz;

  if (g_once_init_enter (&tz))
    g_once_init_leave (&tz, g_time_zone_new_offset (GMT8_S));
  return tz;
}

/* What a calendar has in GMT+8: the years 1 to 9999. */
#define FIRST_S G_GINT64_CONSTANT (-62135596800)
#define LAST_S G_GINT64_CONSTANT (253402271999)

char *
xs_wall_format (gint64 wall_us, const char *pattern)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (CLAMP (wall_us / G_USEC_PER_SEC, FIRST_S, LAST_S));
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone ());

  return g_date_time_format (local, pattern);
}

char *
xs_wall_to_wire (gint64 wall_us)
{
  time_t local_s = wall_us / G_USEC_PER_SEC + GMT8_S;
  struct tm local;
  char wire[sizeof "YYYYMMDDHHmmss"];

  /* Not by GDateTime: a log has a hundred times, which are written and compared at each of its stations. */
  if (gmtime_r (&local_s, &local) == NULL || strftime (wire, sizeof wire, "%Y%m%d%H%M%S", &local) == 0)
    return NULL;
  return g_strdup (wire);
}

static int
digits (const char *text, int n)
{
  int value = 0;

  for (int i = 0; i < n; i++)
    value = value * 10 + g_ascii_digit_value (text[i]);
  return value;
}

gboolean
xs_wall_from_wire (const char *wire, gint64 *wall_us, GError **error)
{
  g_autoptr (GDateTime) time = NULL;

  if (xs_number_is_valid (wire, 14))
    time = g_date_time_new (zone (), digits (wire, 4), digits (wire + 4, 2), digits (wire + 6, 2), digits (wire + 8, 2),
                            digits (wire + 10, 2), digits (wire + 12, 2));
  if (time == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is not a time of the form YYYYMMDDHHmmss",
                   wire != NULL ? wire : "");
      return FALSE;
    }
  *wall_us = g_date_time_to_unix (time) * G_USEC_PER_SEC;
  return TRUE;
}

gint64
xs_wall_midnight_us (gint64 wall_us)
{
  const gint64 zone_us = 8 * G_TIME_SPAN_HOUR;
  gint64 since_us = (wall_us + zone_us) % G_TIME_SPAN_DAY;

  return wall_us - (since_us < 0 ? since_us + G_TIME_SPAN_DAY : since_us);
}

int
xs_wall_day (gint64 wall_us)
{
  g_autofree char *day = xs_wall_format (wall_us, "%Y%m%d");

  return digits (day, 8);
}
