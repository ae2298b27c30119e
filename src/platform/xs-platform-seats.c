/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-seats.h"

#include "xs-error.h"
#include "xs-platform-routes-private.h"
#include "xs-platform-storage-private.h"
#include "xs-wire-message.h"

typedef struct {
  XsPlatformStorage *storage;
  const XsPlatformDevice *device;
  const char *stunum;
  XsWireSeatAnswer *answer;
} TakeCall;

/* (out) whether another device has the learner; then the answer says which. */
static gboolean
find_holder (TakeCall *call, gint64 now_us, gboolean *held, GError **error)
{
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (call->storage->sql,
                    "SELECT device.devnum, device.name, since_us FROM seat JOIN device ON device.id = seat.device_id"
                    " WHERE stunum = ? AND until_us > ? AND device.id <> ? AND revoked_us IS NULL",
                    error, "sii", call->stunum, now_us, call->device->id);

  if (row == NULL || !xs_sql_row_step (row, held, error))
    return FALSE;
  if (!*held)
    return TRUE;
  call->answer->granted = FALSE;
  g_strlcpy (call->answer->devnum, xs_sql_row_string (row, 0), sizeof call->answer->devnum);
  g_strlcpy (call->answer->device, xs_sql_row_string (row, 1), sizeof call->answer->device);
  call->answer->since_us = xs_sql_row_int (row, 2);
  return TRUE;
}

static gboolean
take (XsSql *sql, gpointer data, GError **error)
{
  TakeCall *call = data;
  gint64 now_us = xs_clock_wall_us (call->storage->clock);
  gint64 n_learners;
  gboolean held;

  *call->answer = (XsWireSeatAnswer){ .granted = TRUE, .valid_s = XS_PLATFORM_SEAT_US / G_USEC_PER_SEC };
  if (!xs_sql_query_int (sql, &n_learners, 0, "SELECT count (*) FROM learner WHERE stunum = ?", error, "s",
                         call->stunum))
    return FALSE;
  if (n_learners == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no learner %s", call->stunum);
      return FALSE;
    }
  if (!find_holder (call, now_us, &held, error))
    return FALSE;
  return held
         || (xs_sql_run (sql, "DELETE FROM seat WHERE device_id = ? AND stunum <> ?", error, "is", call->device->id,
                         call->stunum)
             && xs_sql_run (sql,
                            "INSERT INTO seat (stunum, device_id, since_us, until_us) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT (stunum) DO UPDATE SET since_us = CASE WHEN seat.device_id ="
                            " excluded.device_id THEN seat.since_us ELSE excluded.since_us END,"
                            " device_id = excluded.device_id, until_us = excluded.until_us",
                            error, "siii", call->stunum, call->device->id, now_us, now_us + XS_PLATFORM_SEAT_US));
}

gboolean
xs_platform_storage_take_seat (XsPlatformStorage *storage, const XsPlatformDevice *device, const char *stunum,
                               XsWireSeatAnswer *answer, GError **error)
{
  TakeCall call = { storage, device, stunum, answer };

  return xs_sql_transaction (storage->sql, take, &call, error);
}

gboolean
xs_platform_storage_leave_seat (XsPlatformStorage *storage, const XsPlatformDevice *device, const char *stunum,
                                GError **error)
{
  return xs_sql_run (storage->sql, "DELETE FROM seat WHERE stunum = ? AND device_id = ?", error, "si", stunum,
                     device->id);
}

void
xs_route_post_session (XsPlatformRoutes *routes, const XsPlatformRequest *request, const XsVisit *visit,
                       XsPlatformResponse *response)
{
  XsWireSeatRequest seat = { 0 };
  XsWireSeatAnswer answer = { .granted = TRUE, .valid_s = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_route_body (request);

  if (!xs_wire_seat_request_decode (&seat, body, &error))
    {
      xs_route_set_error (response, 400, XS_WIRE_ERROR_BAD_REQUEST, error->message);
      return;
    }
  gboolean done = seat.leaves
                    ? xs_platform_storage_leave_seat (routes->storage, &visit->device, seat.stunum, &error)
                    : xs_platform_storage_take_seat (routes->storage, &visit->device, seat.stunum, &answer, &error);
  if (done)
    xs_route_set_body (response, answer.granted ? 200 : 409, XS_WIRE_TYPE_JSON, xs_wire_seat_answer_encode (&answer));
  else
    xs_route_set_failure (response, error);
}
