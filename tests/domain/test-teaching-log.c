/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-teaching-log.h"

static void
test_empty (void)
{
  g_autoptr (XsTeachingLog) log = xs_teaching_log_new ();

  g_assert_cmpstr (log->inscode, ==, "");
  g_assert_cmpstr (log->recnum, ==, "");
  g_assert_cmpint (log->credited_s, ==, 0);
  g_assert_cmpuint (log->photos->len, ==, 0);
  g_assert_cmpuint (log->minutes->len, ==, 0);
  g_assert_cmpuint (log->events->len, ==, 0);
  g_assert_true (log->active_check);
}

static void
test_holds_records (void)
{
  g_auto (XsTeachingLog) log = { 0 };
  XsPhotoRecord photo = { .number = "0000000001", .event = XS_PHOTO_SIGN_IN };
  XsMinuteRecord minute = { .number = "40000000000000042603010001", .stunum = "2000000000000002", .normal = TRUE };

  xs_teaching_log_init (&log);
  g_array_append_val (log.photos, photo);
  g_array_append_val (log.minutes, minute);
  g_assert_cmpstr (g_array_index (log.photos, XsPhotoRecord, 0).number, ==, "0000000001");
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).number, ==, "40000000000000042603010001");
  g_assert_cmpstr (g_array_index (log.minutes, XsMinuteRecord, 0).stunum, ==, "2000000000000002");
}

static void
test_clear (void)
{
  XsTeachingLog log;

  xs_teaching_log_init (&log);
  xs_teaching_log_clear (&log);
  g_assert_null (log.photos);
  g_assert_null (log.minutes);
  xs_teaching_log_clear (&log);
  xs_teaching_log_free (NULL);
}

static void
test_sign_out_nicks (void)
{
  XsSignOut reason = XS_SIGN_OUT_ABSENCE;

  for (int i = XS_SIGN_OUT_BY_LEARNER; i <= XS_SIGN_OUT_MADE_UP; i++)
    {
      g_assert_true (xs_sign_out_from_nick (xs_sign_out_nick ((XsSignOut) i), &reason));
      g_assert_cmpint (reason, ==, i);
    }

  reason = XS_SIGN_OUT_ABSENCE;
  g_assert_false (xs_sign_out_from_nick ("By_learner", &reason));
  g_assert_false (xs_sign_out_from_nick (NULL, &reason));
  g_assert_cmpint (reason, ==, XS_SIGN_OUT_ABSENCE);
}

static void
test_event_nicks (void)
{
  XsLogEventKind kind = XS_LOG_EVENT_GAP;

  for (int i = XS_LOG_EVENT_CLOCK_STEP; i <= XS_LOG_EVENT_GAP; i++)
    {
      g_assert_true (xs_log_event_from_nick (xs_log_event_nick ((XsLogEventKind) i), &kind));
      g_assert_cmpint (kind, ==, i);
    }

  kind = XS_LOG_EVENT_SUSPEND;
  g_assert_false (xs_log_event_from_nick ("Gap", &kind));
  g_assert_false (xs_log_event_from_nick (NULL, &kind));
  g_assert_cmpint (kind, ==, XS_LOG_EVENT_SUSPEND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/teaching-log/empty", test_empty);
  g_test_add_func ("/teaching-log/records", test_holds_records);
  g_test_add_func ("/teaching-log/clear", test_clear);
  g_test_add_func ("/teaching-log/sign-out", test_sign_out_nicks);
  g_test_add_func ("/teaching-log/event", test_event_nicks);

  return g_test_run ();
}
