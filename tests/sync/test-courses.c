/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A kiosk fetches course packages over the protocol in memory. With a real platform: tests/scenario/test-courses.py. */

#include "xs-error.h"
#include "xs-sync-courses.h"
#include "xs-sync-fixture.h"

#define N_COURSES 3

static gboolean
want (const XsWireCourse *course, gpointer data)
{
  return TRUE;
}

static void
take (const XsWireCourse *course, const char *path, gpointer data)
{
  g_assert_not_reached ();
}

static void
set_up (XsSyncFixture *f, gconstpointer data)
{
  xs_sync_fixture_set_up (f, NULL);
  xs_sync_fixture_pair (f);
  f->platform->courses = g_array_new (FALSE, FALSE, sizeof (XsWireCourse));
  for (guint i = 0; i < N_COURSES; i++)
    {
      XsWireCourse course = { .version = 1, .title = "Course", .size_bytes = 10 };
      g_autofree char *sha256 = xs_sha256_hex (&i, sizeof i);
      g_snprintf (course.id, sizeof course.id, "course-%u", i);
      g_strlcpy (course.sha256, sha256, sizeof course.sha256);
      g_array_append_val (f->platform->courses, course);
    }
}

/* Returns: how many packages were asked for */
static guint
fetch (XsSyncFixture *f, gint64 *retry_after_us)
{
  const XsSyncCourseFuncs funcs = { want, take, NULL };
  guint before = xs_fault_server_count (f->platform->server, "GET /v1/courses/"), n_fetched = 0;
  g_autoptr (GError) error = NULL;

  g_assert_false (
    xs_sync_courses_fetch (f->store, f->clock, &f->timing, f->dir, &funcs, NULL, &n_fetched, retry_after_us, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NETWORK);
  g_assert_cmpuint (n_fetched, ==, 0);
  return xs_fault_server_count (f->platform->server, "GET /v1/courses/") - before;
}

/* One that is not there keeps nobody back. */
static void
test_gone (XsSyncFixture *f, gconstpointer data)
{
  gint64 retry_after_us = 0;

  g_assert_cmpuint (fetch (f, &retry_after_us), ==, N_COURSES);
  g_assert_cmpint (retry_after_us, ==, 0);
}

/* R7: a platform that asks for time, or is not there, is not asked for the next one at once. */
static void
test_halted (XsSyncFixture *f, gconstpointer data)
{
  gint64 retry_after_us = 0;

  xs_fault_server_set (f->platform->server, "GET /v1/courses/", XS_FAULT_TOO_MANY, -1);
  g_assert_cmpuint (fetch (f, &retry_after_us), ==, 1);
  g_assert_cmpint (retry_after_us, ==, G_USEC_PER_SEC);
  xs_fault_server_set (f->platform->server, "GET /v1/courses/", XS_FAULT_BAD_GATEWAY, -1);
  g_assert_cmpuint (fetch (f, &retry_after_us), ==, 1);
}

#define ADD(name, func) g_test_add ("/sync/courses/" name, XsSyncFixture, NULL, set_up, func, xs_sync_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gone", test_gone);
  ADD ("halted", test_halted);
  return g_test_run ();
}
