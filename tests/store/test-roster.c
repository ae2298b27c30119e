/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "store-fixture.h"

#include <string.h>

static GBytes *
registration_photo (const char *stunum, char **sha256)
{
  GBytes *photo = store_jpeg (g_str_hash (stunum), 3000);

  *sha256 = xs_sha256_hex (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));
  return photo;
}

static guint
count_missing (XsJournal *journal)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) missing = xs_journal_list_missing_photos (journal, &error);

  g_assert_no_error (error);
  return missing->len;
}

static void
set_photo (XsJournal *journal, const char *stunum)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = registration_photo (stunum, &sha256);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_journal_set_registration_photo (journal, sha256, photo, &error));
  g_assert_no_error (error);
}

static GBytes *
template_values (void)
{
  float *values = g_new (float, 256);

  for (int i = 0; i < 256; i++)
    values[i] = 0.125f + (float) i / 512;
  return g_bytes_new_take (values, 256 * sizeof (float));
}

static void
test_replace (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  XsLearner learner;

  g_assert_true (xs_journal_get_roster_etag (fixture->journal, &etag, &error));
  g_assert_null (etag);
  g_assert_false (xs_journal_find_learner (fixture->journal, STUNUM, &learner, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  store_roster (fixture->journal, STUNUM, OTHER_STUNUM, NULL);
  store_fixture_reopen (fixture);
  g_assert_true (xs_journal_get_roster_etag (fixture->journal, &etag, &error));
  g_assert_cmpstr (etag, ==, "\"etag\"");
  g_assert_true (xs_journal_find_learner (fixture->journal, STUNUM, &learner, &error));
  g_assert_cmpstr (learner.stunum, ==, STUNUM);
  g_assert_cmpstr (learner.name, ==, "王小明");
  g_assert_cmpuint (strlen (learner.photo_sha256), ==, 64);
  g_assert_true (xs_journal_find_learner (fixture->journal, OTHER_STUNUM, &learner, &error));

  store_roster (fixture->journal, STUNUM, NULL);
  g_assert_true (xs_journal_find_learner (fixture->journal, STUNUM, &learner, &error));
  g_assert_false (xs_journal_find_learner (fixture->journal, OTHER_STUNUM, &learner, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static void
set_no_turning (XsJournal *journal, gboolean no_turning)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;
  XsLearner learner = { .stunum = STUNUM, .name = "李", .no_turning = no_turning };

  g_array_append_val (learners, learner);
  g_assert_true (xs_journal_set_roster (journal, learners, NULL, &error));
  g_assert_no_error (error);
}

/* Who is not asked to turn the head is kept so, and each session tells whether its learner was. */
static void
test_active_check (StoreFixture *fixture, gconstpointer unused)
{
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean no_turning = i == 1;
      XsLearner learner;

      set_no_turning (fixture->journal, no_turning);
      store_fixture_reopen (fixture);
      g_assert_true (xs_journal_find_learner (fixture->journal, STUNUM, &learner, &error));
      g_assert_cmpint (learner.no_turning, ==, no_turning);
      XsSessionHandle handle = store_begin (fixture->journal, fixture->clock, STUNUM);
      g_assert_cmpint (store_count (fixture->journal, "SELECT active_check FROM session ORDER BY id DESC LIMIT 1"), ==,
                       !no_turning);
      store_close (fixture->journal, &handle, XS_SIGN_OUT_BY_LEARNER, START_US + MINUTE_US, FALSE);
    }
}

static void
test_refused (StoreFixture *fixture, gconstpointer unused)
{
  XsLearner learner;

  store_roster (fixture->journal, STUNUM, NULL);
  for (int i = 0; i < 6; i++)
    {
      g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
      g_autoptr (GError) error = NULL;
      XsLearner good = { .stunum = OTHER_STUNUM, .name = "李" };
      XsLearner bad = good;
      if (i == 0)
        bad.stunum[2] = 'x';
      else if (i == 1)
        g_strlcpy (bad.photo_sha256, "ABC", sizeof bad.photo_sha256);
      else if (i == 2)
        bad.last_recnum = 100000;
      else if (i == 3)
        bad.last_recnum = -1;
      else if (i == 4)
        bad.total_s = -1;
      else
        g_strlcpy (bad.name, "\xff", sizeof bad.name);
      g_array_append_val (learners, good);
      g_array_append_val (learners, bad);
      g_assert_false (xs_journal_set_roster (fixture->journal, learners, "\"bad\"", &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
    }

  /* The same learner twice is found out inside the transaction: nothing of it stays. */
  g_autoptr (GArray) twice = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;
  XsLearner one = { .stunum = OTHER_STUNUM, .name = "李" };
  g_array_append_val (twice, one);
  g_array_append_val (twice, one);
  g_assert_false (xs_journal_set_roster (fixture->journal, twice, "\"bad\"", &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (xs_journal_find_learner (fixture->journal, OTHER_STUNUM, &learner, &error));
  g_assert_true (xs_journal_find_learner (fixture->journal, STUNUM, &learner, NULL));
}

/* G3: other bytes than those of the hash are not kept, and test_nothing_in_the_clear() finds none of them. */
static void
test_registration_photo (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = registration_photo (STUNUM, &sha256);
  g_autoptr (GBytes) altered = store_jpeg (99, 3000);
  g_autoptr (GError) error = NULL;

  store_roster (journal, STUNUM, OTHER_STUNUM, NULL);
  g_assert_cmpuint (count_missing (journal), ==, 2);
  g_assert_null (xs_journal_get_registration_photo (journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_false (xs_journal_set_registration_photo (journal, sha256, altered, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_false (xs_journal_set_registration_photo (journal, "no hash", photo, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpuint (count_missing (journal), ==, 2);

  g_assert_true (xs_journal_set_registration_photo (journal, sha256, photo, &error));
  g_assert_true (xs_journal_set_registration_photo (journal, sha256, photo, &error));
  g_assert_cmpuint (count_missing (journal), ==, 1);
  g_autoptr (GBytes) back = xs_journal_get_registration_photo (journal, STUNUM, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, photo));
}

static void
test_template (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GError) error = NULL;

  store_roster (fixture->journal, STUNUM, OTHER_STUNUM, NULL);
  set_photo (fixture->journal, STUNUM);
  set_photo (fixture->journal, OTHER_STUNUM);
  g_assert_null (xs_journal_get_template (fixture->journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (xs_journal_set_template (fixture->journal, "3301000000000099", values, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (xs_journal_set_template (fixture->journal, STUNUM, values, &error));
  store_fixture_reopen (fixture);
  g_autoptr (GBytes) back = xs_journal_get_template (fixture->journal, STUNUM, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (back, values));
  /* The photo went, the other learner's stayed, and neither is asked for again. */
  g_assert_null (xs_journal_get_registration_photo (fixture->journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_autoptr (GBytes) other = xs_journal_get_registration_photo (fixture->journal, OTHER_STUNUM, &error);
  g_assert_nonnull (other);
  g_assert_cmpuint (count_missing (fixture->journal), ==, 0);
}

static void
change_photo (XsJournal *journal, const char *photo_sha256)
{
  g_autoptr (GArray) learners = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  g_autoptr (GError) error = NULL;
  XsLearner learner;

  g_assert_true (xs_journal_find_learner (journal, STUNUM, &learner, NULL));
  g_strlcpy (learner.photo_sha256, photo_sha256, sizeof learner.photo_sha256);
  g_array_append_val (learners, learner);
  g_assert_true (xs_journal_set_roster (journal, learners, NULL, &error));
  g_assert_no_error (error);
}

static void
test_template_outdated (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GError) error = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *new_sha256 = g_strnfill (64, 'a');

  store_roster (journal, STUNUM, NULL);
  set_photo (journal, STUNUM);
  g_assert_true (xs_journal_set_template (journal, STUNUM, values, &error));

  /* The same roster again keeps it. */
  store_roster (journal, STUNUM, NULL);
  g_autoptr (GBytes) kept = xs_journal_get_template (journal, STUNUM, &error);
  g_assert_no_error (error);
  g_assert_nonnull (kept);

  change_photo (journal, new_sha256);
  g_assert_null (xs_journal_get_template (journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (count_missing (journal), ==, 1);
  g_assert_true (xs_journal_get_roster_etag (journal, &etag, NULL));
  g_assert_null (etag);

  /* Without a registration photo there is nothing to make one from. */
  change_photo (journal, "");
  g_assert_cmpuint (count_missing (journal), ==, 0);
  g_assert_false (xs_journal_set_template (journal, STUNUM, values, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

static gboolean
begins_with (GBytes *values, gpointer letter)
{
  return *(const char *) g_bytes_get_data (values, NULL) == *(const char *) letter;
}

/* After the face model changed. */
static void
test_drop_templates (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GBytes) old = g_bytes_new_static ("old", 3), new = g_bytes_new_static ("new", 3);
  g_autoptr (GError) error = NULL;
  guint n_dropped = 99;

  store_roster (journal, STUNUM, OTHER_STUNUM, NULL);
  set_photo (journal, STUNUM);
  set_photo (journal, OTHER_STUNUM);
  g_assert_true (xs_journal_set_template (journal, STUNUM, old, &error));
  g_assert_true (xs_journal_set_template (journal, OTHER_STUNUM, new, &error));
  g_assert_cmpuint (count_missing (journal), ==, 0);

  g_assert_true (xs_journal_drop_templates (journal, begins_with, (gpointer) "n", &n_dropped, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_dropped, ==, 1);
  store_fixture_reopen (fixture);
  journal = fixture->journal;
  g_assert_null (xs_journal_get_template (journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_autoptr (GBytes) kept = xs_journal_get_template (journal, OTHER_STUNUM, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (kept, new));

  /* The photo is asked for again, and a template can be made. */
  g_assert_cmpuint (count_missing (journal), ==, 1);
  set_photo (journal, STUNUM);
  g_assert_true (xs_journal_set_template (journal, STUNUM, new, &error));
  g_assert_true (xs_journal_drop_templates (journal, begins_with, (gpointer) "n", &n_dropped, &error));
  g_assert_cmpuint (n_dropped, ==, 0);
}

/* The photo was replaced while the template was made from the old one. */
static void
test_template_race (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GError) error = NULL;
  g_autofree char *new_sha256 = g_strnfill (64, 'a');

  store_roster (journal, STUNUM, NULL);
  set_photo (journal, STUNUM);
  g_autoptr (GBytes) photo = xs_journal_get_registration_photo (journal, STUNUM, &error);
  g_assert_nonnull (photo);
  change_photo (journal, new_sha256);
  g_assert_false (xs_journal_set_template (journal, STUNUM, values, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (xs_journal_get_template (journal, STUNUM, &error));
}

static void
test_vanished (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GError) error = NULL;

  store_roster (journal, STUNUM, OTHER_STUNUM, NULL);
  set_photo (journal, STUNUM);
  set_photo (journal, OTHER_STUNUM);
  g_assert_true (xs_journal_set_template (journal, STUNUM, values, &error));
  store_roster (journal, "3301000000000033", NULL);
  store_roster (journal, STUNUM, OTHER_STUNUM, NULL);
  g_assert_null (xs_journal_get_template (journal, STUNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM registration_photo"), ==, 0);
  g_assert_cmpuint (count_missing (journal), ==, 2);
}

static void
assert_nowhere (const char *path, const void *needle, gsize size)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      assert_nowhere (child, needle, size);
    }
  if (dir != NULL)
    return;

  g_autofree char *contents = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  if (memmem (contents, length, needle, size) != NULL)
    {
      g_test_message ("found in %s", path);
      g_test_fail ();
    }
}

/* No face in the clear at rest: looks through every byte of every file, also while the write-ahead log is there. */
static void
test_nothing_in_the_clear (StoreFixture *fixture, gconstpointer unused)
{
  XsJournal *journal = fixture->journal;
  const char *dir = xs_journal_get_dir (journal);
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = registration_photo (STUNUM, &sha256);
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GBytes) taken = store_jpeg (1, 2001);
  g_autoptr (GBytes) own = store_jpeg (7, 3000);
  XsSessionHandle handle = store_begin (journal, fixture->clock, STUNUM);

  store_roster (journal, STUNUM, OTHER_STUNUM, NULL);
  set_photo (journal, STUNUM);
  set_photo (journal, OTHER_STUNUM);
  g_assert_true (xs_journal_set_template (journal, STUNUM, values, NULL));
  store_photo (journal, &handle, XS_PHOTO_SIGN_IN, 1);
  store_photo_with_copy (journal, &handle, 2, own);
  g_assert_cmpint (store_count (journal, "SELECT count (*) FROM own_photo"), ==, 1);

  for (int reopened = 0; reopened < 2; reopened++)
    {
      /* Sixteen bytes: a cipher text does not have these by chance. */
      assert_nowhere (dir, (const guint8 *) g_bytes_get_data (values, NULL) + 64, 16);
      assert_nowhere (dir, (const guint8 *) g_bytes_get_data (photo, NULL) + 1000, 16);
      assert_nowhere (dir, (const guint8 *) g_bytes_get_data (taken, NULL) + 1000, 16);
      assert_nowhere (dir, (const guint8 *) g_bytes_get_data (own, NULL) + 1000, 16);
      assert_nowhere (dir, "\xff\xd8\xff\xe0\0\x10JFIF", 10);
      g_autofree char *copy = g_strdup (dir);
      g_clear_pointer (&fixture->journal, xs_journal_close);
      assert_nowhere (copy, "JFIF", 4);
      store_fixture_reopen (fixture);
      dir = xs_journal_get_dir (fixture->journal);
    }
}

/* What was removed is gone from the file too, sealed though it was. */
static void
test_removed_is_gone (StoreFixture *fixture, gconstpointer unused)
{
  g_autoptr (GBytes) values = template_values ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = NULL;
  gboolean has_row;

  store_roster (fixture->journal, STUNUM, NULL);
  g_assert_true (xs_journal_set_template (fixture->journal, STUNUM, values, NULL));
  {
    g_autoptr (XsStmt) stmt = xs_db_prepare (fixture->journal->db, "SELECT template FROM roster", &error, "");
    g_assert_true (xs_stmt_step (stmt, &has_row, &error) && has_row);
    sealed = xs_stmt_bytes (stmt, 0);
  }
  store_roster (fixture->journal, OTHER_STUNUM, NULL);
  store_fixture_reopen (fixture);
  assert_nowhere (xs_journal_get_dir (fixture->journal), (const guint8 *) g_bytes_get_data (sealed, NULL) + 100, 32);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  store_fixture_add_test ("/store/roster/replace", test_replace);
  store_fixture_add_test ("/store/roster/active-check", test_active_check);
  store_fixture_add_test ("/store/roster/refused", test_refused);
  store_fixture_add_test ("/store/roster/registration-photo", test_registration_photo);
  store_fixture_add_test ("/store/roster/template", test_template);
  store_fixture_add_test ("/store/roster/template-outdated", test_template_outdated);
  store_fixture_add_test ("/store/roster/drop-templates", test_drop_templates);
  store_fixture_add_test ("/store/roster/template-race", test_template_race);
  store_fixture_add_test ("/store/roster/vanished", test_vanished);
  store_fixture_add_test ("/store/roster/nothing-in-the-clear", test_nothing_in_the_clear);
  store_fixture_add_test ("/store/roster/removed-is-gone", test_removed_is_gone);
  return g_test_run ();
}
