/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-seat.h"

#include <glib/gi18n.h>

#include "xs-clock.h"
#include "xs-sync-seat.h"

struct _XsSeat {
  XsStudy *study;
  XsStore *store;
  XsClock *clock;
  XsSyncSeat *taken; /* (nullable): by @stunum */
  char stunum[XS_UNIFIED_DIGITS + 1];
};

static void
leave (XsSeat *seat)
{
  g_clear_pointer (&seat->taken, xs_sync_seat_leave);
  seat->stunum[0] = '\0';
}

static void
on_answered (const XsWireSeatAnswer *answer, gpointer data)
{
  XsSeat *seat = data;

  if (answer->granted)
    return;
  g_autofree char *since = xs_wall_format (answer->since_us, "%H:%M");
  g_autofree char *where = g_strdup (answer->device[0] != '\0' ? answer->device : answer->devnum);
  g_autofree char *message =
    /* Translators: name or number of a PC, time of day. */
    g_strdup_printf (_ ("You are signed in at another PC, %s, since %s. Sign out there first: two at a time do not "
                        "count. If it is not you, tell your coach."),
                     where, since);

  xs_study_refuse_seat (seat->study, seat->stunum, message);
}

static gboolean
is_seated (XsStudyPhase phase)
{
  return phase == XS_STUDY_ASKING_CONSENT || phase == XS_STUDY_IDENTIFYING || phase == XS_STUDY_NOT_IDENTIFIED
         || phase == XS_STUDY_STUDYING || phase == XS_STUDY_SIGNING_OUT;
}

static void
on_changed (XsSeat *seat)
{
  XsStudyStatus status;

  xs_study_get_status (seat->study, &status);
  if (!is_seated (status.phase) || status.stunum == NULL)
    {
      leave (seat);
      return;
    }
  if (g_str_equal (status.stunum, seat->stunum))
    return;
  leave (seat);
  g_strlcpy (seat->stunum, status.stunum, sizeof seat->stunum);
  seat->taken = xs_sync_seat_take (seat->store, seat->clock, seat->stunum, on_answered, seat);
}

XsSeat *
xs_seat_new (XsStudy *study, XsStore *store, XsClock *clock)
{
  XsSeat *seat = g_new0 (XsSeat, 1);

  seat->study = g_object_ref (study);
  seat->store = g_object_ref (store);
  seat->clock = xs_clock_ref (clock);
  g_signal_connect_swapped (study, "changed", G_CALLBACK (on_changed), seat);
  return seat;
}

void
xs_seat_free (XsSeat *seat)
{
  if (seat == NULL)
    return;
  g_signal_handlers_disconnect_by_data (seat->study, seat);
  leave (seat);
  g_object_unref (seat->study);
  g_object_unref (seat->store);
  xs_clock_unref (seat->clock);
  g_free (seat);
}
