/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * XsClock: the one source of time. Counting uses the monotonic clock only; wall time is for stamps.
 *
 * Reference counted and usable from any thread. A fake clock stands still until it is told to move.
 */
typedef struct _XsClock XsClock;

/** xs_clock_system: (transfer none): the clock of this machine. */
XsClock *xs_clock_system (void);

/** xs_clock_fake_new: (transfer full): a clock for tests and for recorded input, standing at the given times. */
XsClock *xs_clock_fake_new (gint64 monotonic_us, gint64 wall_us);

XsClock *xs_clock_ref (XsClock *clock);
void xs_clock_unref (XsClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsClock, xs_clock_unref)

/** xs_clock_monotonic_us: time that never steps and stands still while the machine sleeps. */
gint64 xs_clock_monotonic_us (XsClock *clock);

/** xs_clock_boottime_us: like monotonic, but goes on while the machine sleeps: the difference shows a suspend. */
gint64 xs_clock_boottime_us (XsClock *clock);

/** xs_clock_wall_us: µs since 1970-01-01 UTC; may step at any time. */
gint64 xs_clock_wall_us (XsClock *clock);

/** xs_clock_zone_us: how far east of UTC the zone is that this PC is set to now. No stamp depends on it. */
gint64 xs_clock_zone_us (XsClock *clock);

/** XsClockLook: what all clocks show at one moment. */
typedef struct {
  gint64 monotonic_us, boottime_us, wall_us, zone_us;
} XsClockLook;

/** xs_clock_look: read them all. */
XsClockLook xs_clock_look (XsClock *clock);

/** xs_clock_fake_advance: move all three clocks of a fake clock forward by @delta_us >= 0. */
void xs_clock_fake_advance (XsClock *clock, gint64 delta_us);

/** xs_clock_fake_suspend: advance boot and wall time only, as a sleeping machine does. */
void xs_clock_fake_suspend (XsClock *clock, gint64 delta_us);

/** xs_clock_fake_step_wall: let the wall clock jump by @delta_us, which may be negative. */
void xs_clock_fake_step_wall (XsClock *clock, gint64 delta_us);

/** xs_clock_fake_set_zone: as if the PC were set to another zone. A fake clock begins in GMT+8. */
void xs_clock_fake_set_zone (XsClock *clock, gint64 zone_us);

/* Wall time in the form the trade uses: always GMT+8, whatever zone the PC is set to. */

/** xs_wall_to_wire: (transfer full): "YYYYMMDDHHmmss" of @wall_us in GMT+8. */
char *xs_wall_to_wire (gint64 wall_us);

/**
 * xs_wall_from_wire: the reverse of xs_wall_to_wire().
 * @wire: exactly 14 digits naming a real date and time
 * @error: XS_ERROR_INVALID otherwise
 */
gboolean xs_wall_from_wire (const char *wire, gint64 *wall_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_wall_day: the GMT+8 calendar day of @wall_us as the number YYYYMMDD. */
int xs_wall_day (gint64 wall_us);

/** xs_wall_midnight_us: when the GMT+8 calendar day of @wall_us began. */
gint64 xs_wall_midnight_us (gint64 wall_us);

/**
 * xs_wall_format: (transfer full): @wall_us in GMT+8 by a g_date_time_format() pattern, for people. Of a time beyond
 * the years 1 to 9999 the nearest within.
 */
char *xs_wall_format (gint64 wall_us, const char *pattern);

G_END_DECLS
