/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#define PASSWORD "驾校的电脑12345"

static void
test_settings (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *long_value = g_strnfill (XS_SETTING_MAX_BYTES + 1, 'x');

  g_assert_true (xs_journal_get_setting (fixture->journal, "camera", &before, &error));
  g_assert_null (before);
  g_assert_true (xs_journal_set_setting (fixture->journal, "camera", "first", &error));
  g_assert_true (xs_journal_set_setting (fixture->journal, "camera", "罗技 C270 · 0815", &error));
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_setting (fixture->journal, "camera", &after, &error));
  g_assert_cmpstr (after, ==, "罗技 C270 · 0815");
  g_assert_true (xs_journal_set_setting (fixture->journal, "camera", NULL, &error));
  g_assert_true (xs_journal_get_setting (fixture->journal, "camera", &gone, &error));
  g_assert_null (gone);
  g_assert_no_error (error);

  g_assert_false (xs_journal_set_setting (fixture->journal, "Camera!", "x", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_set_setting (fixture->journal, "camera", long_value, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (xs_journal_set_setting (fixture->journal, "camera", "\xff", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

/* Returns: the wait after it. */
static gint64
try (StoreFixture *fixture, const char *password, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean is_right = !expected;
  gint64 wait_s = -1;

  g_assert_true (xs_journal_check_staff_password (fixture->journal, password, &is_right, &wait_s, &error));
  g_assert_no_error (error);
  g_assert_cmpint (is_right, ==, expected);
  return wait_s;
}

static void
set_password (StoreFixture *fixture, const char *password)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_set_staff_password (fixture->journal, password, &error));
  g_assert_no_error (error);
}

static void
test_password (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (xs_journal_get_dir (fixture->journal), "journal.db", NULL);
  g_autofree char *bytes = NULL;
  gboolean has, is_right;
  gint64 wait_s;
  gsize size;

  g_assert_true (xs_journal_has_staff_password (fixture->journal, &has, &error));
  g_assert_false (has);
  g_assert_false (xs_journal_check_staff_password (fixture->journal, PASSWORD, &is_right, &wait_s, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* Seven characters, however many bytes. */
  g_assert_false (xs_journal_set_staff_password (fixture->journal, "驾校的电脑密码", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (xs_journal_has_staff_password (fixture->journal, &has, &error));
  g_assert_false (has);

  set_password (fixture, PASSWORD);
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_has_staff_password (fixture->journal, &has, &error));
  g_assert_true (has);
  g_assert_cmpint (try (fixture, PASSWORD, TRUE), ==, 0);
  g_assert_cmpint (try (fixture, "驾校的电脑12346", FALSE), ==, 0);
  set_password (fixture, "another password");
  g_assert_cmpint (try (fixture, PASSWORD, FALSE), ==, 0);
  g_assert_cmpint (try (fixture, "another password", TRUE), ==, 0);

  g_assert_true (g_file_get_contents (path, &bytes, &size, &error));
  g_assert_null (g_strstr_len (bytes, (gssize) size, PASSWORD));
}

static void
test_delay (StoreFixture *fixture, gconstpointer unused)
{
  static const gint64 waits_s[] = { 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900 };

  set_password (fixture, PASSWORD);
  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      gint64 wait_s = try (fixture, "wrong password", FALSE);
      g_assert_cmpint (wait_s, ==, waits_s[i]);
      if (wait_s == 0)
        continue;
      /* The right one is not looked at before its time, whatever is restarted, and asking does not prolong the wait. */
      store_fixture_reopen (fixture);
      xs_clock_fake_advance (fixture->clock, (wait_s - 1) * SECOND_US);
      g_assert_cmpint (try (fixture, PASSWORD, FALSE), ==, 1);
      xs_clock_fake_advance (fixture->clock, SECOND_US);
    }
  g_assert_cmpint (try (fixture, PASSWORD, TRUE), ==, 0);
  /* All is forgiven. */
  g_assert_cmpint (try (fixture, "wrong password", FALSE), ==, 0);
}

/* A clock that is set back neither frees from the wait nor locks staff out for years. */
static void
test_clock_set_back (StoreFixture *fixture, gconstpointer unused)
{
  set_password (fixture, PASSWORD);
  for (guint i = 0; i < 3; i++)
    (void) try (fixture, "wrong password", FALSE);
  xs_clock_fake_step_wall (fixture->clock, -365 * 24 * 3600 * SECOND_US);
  g_assert_cmpint (try (fixture, PASSWORD, FALSE), ==, 5);
  xs_clock_fake_advance (fixture->clock, 5 * SECOND_US);
  g_assert_cmpint (try (fixture, PASSWORD, TRUE), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/staff/settings", test_settings);
  store_fixture_add_test ("/store/staff/password", test_password);
  store_fixture_add_test ("/store/staff/delay", test_delay);
  store_fixture_add_test ("/store/staff/clock-set-back", test_clock_set_back);
  return g_test_run ();
}
