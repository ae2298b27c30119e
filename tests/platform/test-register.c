/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-fixture.h"
#include "xs-platform-photos.h"
#include "xs-platform-register-csv.h"

#include <string.h>

/* Tables in and out: a report of every line, and no line by halves. */

typedef XsPlatformFixture Fixture;

#define COACHNUM "3000000000000003"

static char *
write_table (Fixture *f, const char *data, gssize size)
{
  char *path = g_build_filename (f->dir, "table.csv", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, data, size, &error));
  g_assert_no_error (error);
  return path;
}

static void
import (Fixture *f, const char *data, gssize size, const char *photo_dir, XsRegisterReport *report)
{
  g_autofree char *path = write_table (f, data, size);
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_import_learners (f->storage, path, photo_dir, report, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < report->lines->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (report->lines, i));
}

/* All learners but the fixture's, as "…last 4 digits of stunum name coachnum active_check has_photo", one a line. */
static char *
learners (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) list = xs_platform_storage_list_register (f->storage, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    {
      const XsPlatformLearner *learner = &g_array_index (list, XsPlatformLearner, i);
      if (strcmp (learner->stunum, XS_SAMPLE_STUNUM) != 0)
        g_string_append_printf (text, "%s %s %s %d %d\n", learner->stunum + 12, learner->name,
                                learner->coachnum[0] != '\0' ? learner->coachnum + 12 : "-", learner->active_check,
                                learner->has_photo);
    }
  return g_strdup (text->str);
}

static void
assert_learners (Fixture *f, const char *expected)
{
  g_autofree char *text = learners (f);

  g_assert_cmpstr (text, ==, expected);
}

static void
add_coach (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_coach (f->storage, COACHNUM, "王教练", &error));
  g_assert_no_error (error);
}

static void
test_import (Fixture *f, gconstpointer data)
{
  static const char table[] = "姓名,学员编号,备注,教练员编号,转头检查\r\n"
                              "\"李, 四\",2000000000000011,anything,3000000000000003,off\r\n"
                              "\r\n"
                              "王五 , 2000000000000012 ,,,\r\n";
  g_auto (XsRegisterReport) report = { 0 };
  g_auto (XsRegisterReport) again = { 0 };

  add_coach (f);
  import (f, table, -1, NULL, &report);
  g_assert_cmpuint (report.n_added, ==, 2);
  g_assert_cmpuint (report.n_refused, ==, 0);
  g_assert_cmpstr (g_ptr_array_index (report.lines, 0), ==, "line 2: 2000000000000011 李, 四: added");
  g_assert_cmpstr (g_ptr_array_index (report.lines, 1), ==, "line 4: 2000000000000012 王五: added");
  assert_learners (f, "0011 李, 四 0003 0 0\n0012 王五 - 1 0\n");

  /* Once more changes nothing, and an empty field leaves what there is. */
  static const char shorter[] = "stunum,name,active_check\n2000000000000011,李四,\n";
  import (f, shorter, -1, NULL, &again);
  g_assert_cmpuint (again.n_changed, ==, 1);
  assert_learners (f, "0011 李四 0003 0 0\n0012 王五 - 1 0\n");
}

/* Each thing that can be wrong with a line: named with line, field and remedy, and nothing of the line is stored. */
static void
test_bad_lines (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *line;
    const char *field;
    const char *mentions;
  } cases[] = {
    { ",名,,", "stunum", "empty" },
    { "2.00E+15,名,,", "stunum", "format the column as text" },
    { "200000000000001,名,,", "stunum", "not 16 digits" },
    { "20000000000000１1,名,,", "stunum", "not 16 digits" },
    { "2000000000000011,,,", "name", "empty" },
    { "2000000000000012,0123456789012345678901234567890123456789012345678901234567890123,,", "name", "1 to 63 bytes" },
    { "2000000000000013,名,3000000000000009,", "coachnum", "import-coaches comes first" },
    { "2000000000000014,名,77,", "coachnum", "not 16 digits" },
    { "2000000000000015,名,,perhaps", "active_check", "neither on nor off" },
    { "2000000000000016", "name", "empty" },
  };
  g_autoptr (GString) table = g_string_new ("stunum,name,coachnum,active_check\n");
  g_auto (XsRegisterReport) report = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (table, "%s\n", cases[i].line);
  g_string_append (table, "2000000000000020,好,,\n2000000000000020,又,,\n");
  import (f, table->str, -1, NULL, &report);
  g_assert_cmpuint (report.lines->len, ==, G_N_ELEMENTS (cases) + 2);
  g_assert_cmpuint (report.n_refused, ==, G_N_ELEMENTS (cases) + 1);
  g_assert_cmpuint (report.n_added, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *prefix = g_strdup_printf ("line %u: not taken: %s: ", i + 2, cases[i].field);
      const char *line = g_ptr_array_index (report.lines, i);
      g_assert_true (g_str_has_prefix (line, prefix));
      g_assert_nonnull (strstr (line, cases[i].mentions));
    }
  g_assert_nonnull (strstr (g_ptr_array_index (report.lines, G_N_ELEMENTS (cases) + 1), "stands on line 12 already"));
  assert_learners (f, "0020 好 - 1 0\n");
}

/* As a spreadsheet on a Chinese Windows writes them: with a byte order mark, or in GB18030. */
static void
test_encodings (Fixture *f, gconstpointer data)
{
  static const char utf8[] = "学员编号,姓名\r\n2000000000000011,镕\r\n2000000000000012,㐂\r\n";
  g_auto (XsRegisterReport) report = { 0 };
  g_auto (XsRegisterReport) of_gb = { 0 };
  g_autoptr (GError) error = NULL;
  gsize size;
  g_autofree char *marked = g_strconcat ("\xef\xbb\xbf", utf8, NULL);
  g_autofree char *gb = g_convert (utf8, -1, "GB18030", "UTF-8", NULL, &size, &error);

  g_assert_no_error (error);
  import (f, marked, -1, NULL, &report);
  g_assert_cmpuint (report.n_added, ==, 2);
  import (f, gb, (gssize) size, NULL, &of_gb);
  g_assert_cmpuint (of_gb.n_changed, ==, 2);
  assert_learners (f, "0011 镕 - 1 0\n0012 㐂 - 1 0\n");
}

static void
test_no_table (Fixture *f, gconstpointer data)
{
  static const char *const tables[][2] = {
    { "", "nothing in it" },
    { "2000000000000011,名\n", "line 1 names no column" },
    { "学员编号\n2000000000000011\n", "姓名" },
    { "stunum,name\n2000000000000011,\"名\n", "line 2" },
    { "stunum,name\n2000000000000011,\xff\xff\xff\n", "neither UTF-8 nor GB18030" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_auto (XsRegisterReport) report = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *path = write_table (f, tables[i][0], -1);
      g_assert_false (xs_platform_import_learners (f->storage, path, NULL, &report, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, tables[i][1]));
    }
  assert_learners (f, "");
}

/* A photo that will not do keeps the whole line out; a missing one is told. */
static void
test_photos (Fixture *f, gconstpointer data)
{
  static const char table[] = "stunum,name\n2000000000000011,A\n2000000000000012,B\n2000000000000013,C\n";
  g_autofree char *good = g_build_filename (f->dir, "2000000000000011.JPG", NULL);
  g_autofree char *bad = g_build_filename (f->dir, "2000000000000012.jpg", NULL);
  g_auto (XsRegisterReport) report = { 0 };

  g_assert_true (g_file_set_contents (good, "\xff\xd8\xff\xe0 a face", 11, NULL));
  g_assert_true (g_file_set_contents (bad, "GIF89a", 6, NULL));
  import (f, table, -1, f->dir, &report);
  g_assert_cmpuint (report.n_added, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (report.lines, 1), "must be a JPEG"));
  g_assert_nonnull (strstr (g_ptr_array_index (report.lines, 2), "no photo of this number"));
  assert_learners (f, "0011 A - 1 1\n0013 C - 1 0\n");
}

static guint
count_files (Fixture *f, const char *name)
{
  g_autofree char *folder = g_build_filename (f->dir, name, NULL);

  return xs_count_files (folder);
}

/* A line that is refused for its coach leaves neither the photo nor a key, of a new learner or a known one. */
static void
test_refused_photo (Fixture *f, gconstpointer data)
{
  static const char table[] =
    "stunum,name,coachnum\n2000000000000011,A,3000000000000009\n" XS_SAMPLE_STUNUM ",B,3000000000000009\n";
  static const char *const stunums[] = { "2000000000000011", XS_SAMPLE_STUNUM };
  guint n_photos = count_files (f, "registration");
  guint n_keys = count_files (f, "keys");
  g_auto (XsRegisterReport) refused = { 0 };
  g_auto (XsRegisterReport) taken = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (stunums); i++)
    {
      g_autofree char *photo = g_strdup_printf ("%s/%s.jpg", f->dir, stunums[i]);
      g_assert_true (g_file_set_contents (photo, "\xff\xd8\xff\xe0 a new face", 15, NULL));
    }
  import (f, table, -1, f->dir, &refused);
  g_assert_cmpuint (refused.n_refused, ==, 2);
  g_assert_cmpuint (count_files (f, "registration"), ==, n_photos);
  g_assert_cmpuint (count_files (f, "keys"), ==, n_keys);
  assert_learners (f, "");

  g_autoptr (GString) good = g_string_new (table);
  g_string_replace (good, "3000000000000009", COACHNUM, 0);
  add_coach (f);
  import (f, good->str, -1, f->dir, &taken);
  g_assert_cmpuint (taken.n_added, ==, 1);
  g_assert_cmpuint (taken.n_changed, ==, 1);
  g_assert_cmpuint (count_files (f, "registration"), ==, n_photos + 1);
  g_assert_cmpuint (count_files (f, "keys"), ==, n_keys + 1);
}

/* What was written can be read, and is the same. */
static void
test_export (Fixture *f, gconstpointer data)
{
  static const char table[] = "stunum,name,coachnum\n2000000000000011,\"a \"\"b\"\", c\",3000000000000003\n";
  g_autoptr (GError) error = NULL;
  g_auto (XsRegisterReport) report = { 0 };
  g_auto (XsRegisterReport) back = { 0 };
  g_auto (XsRegisterReport) of_coaches = { 0 };

  add_coach (f);
  import (f, table, -1, NULL, &report);
  g_autofree char *text = xs_platform_export_learners (f->storage, &error);
  g_assert_no_error (error);
  import (f, text, -1, NULL, &back);
  g_assert_cmpuint (back.n_changed, ==, 2);
  g_assert_cmpuint (back.n_refused, ==, 0);
  g_autofree char *after = xs_platform_export_learners (f->storage, &error);
  g_assert_cmpstr (after, ==, text);

  g_autofree char *coaches = xs_platform_export_coaches (f->storage, &error);
  g_autofree char *path = write_table (f, coaches, -1);
  g_assert_true (xs_platform_import_coaches (f->storage, path, &of_coaches, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (of_coaches.n_changed, ==, 1);
  g_autoptr (GArray) list = xs_platform_storage_list_coaches (f->storage, &error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (g_array_index (list, XsPlatformCoach, 0).name, ==, "王教练");
  g_assert_cmpint (g_array_index (list, XsPlatformCoach, 0).n_learners, ==, 1);
}

static void
test_devices (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_rename_device (f->storage, XS_SAMPLE_DEVNUM, "二号教室", &error));
  g_assert_no_error (error);
  g_autoptr (GArray) devices = xs_platform_storage_list_devices (f->storage, &error);
  g_assert_cmpstr (g_array_index (devices, XsPlatformDevice, 0).name, ==, "二号教室");
  g_autoptr (XsReply) before = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (before->status, ==, 200);
  g_assert_true (xs_platform_storage_revoke_device (f->storage, XS_SAMPLE_DEVNUM, &error));
  g_autoptr (XsReply) after = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  xs_assert_error (after, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  g_assert_false (xs_platform_storage_revoke_device (f->storage, XS_SAMPLE_DEVNUM, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  /* Paired anew it goes on. */
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &f->key, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);
  g_autoptr (XsReply) again = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (again->status, ==, 200);
}

static void
test_school (Fixture *f, gconstpointer data)
{
  XsPlatformSchool school;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_get_school (f->storage, &school, &error));
  g_assert_cmpstr (school.inscode, ==, XS_SAMPLE_INSCODE);
  g_assert_cmpstr (school.filing_number, ==, "");
  g_assert_true (school.filed);
  g_assert_true (xs_platform_storage_set_filing_number (f->storage, "京交备 2026-17", &error));
  g_assert_true (xs_platform_storage_get_school (f->storage, &school, &error));
  g_assert_cmpstr (school.filing_number, ==, "京交备 2026-17");
  g_assert_true (xs_platform_storage_set_filing_number (f->storage, NULL, &error));
  g_assert_true (xs_platform_storage_get_school (f->storage, &school, &error));
  g_assert_cmpstr (school.filing_number, ==, "");
  g_assert_false (school.filed);
}

/* However many learners there are: by photo for each that a kiosk fetches, by coach for each page of a coach. */
static void
assert_found_by (Fixture *f, const char *index, const char *where)
{
  g_autofree char *sqlite = g_strdup_printf ("SELECT stunum FROM learner INDEXED BY %s WHERE %s", index, where);
  g_autofree char *postgresql =
    g_strdup_printf ("DO $$ DECLARE line TEXT; found BOOLEAN := FALSE; BEGIN SET LOCAL enable_seqscan = off;"
                     " FOR line IN EXPLAIN SELECT stunum FROM learner WHERE %s LOOP"
                     " found := found OR strpos (line, '%s') > 0; END LOOP;"
                     " IF NOT found THEN RAISE EXCEPTION 'not by %s'; END IF; END $$",
                     where, index, index);

  xs_platform_fixture_exec (f, sqlite, postgresql);
}

static void
test_found (Fixture *f, gconstpointer data)
{
  assert_found_by (f, "learner_photo", "photo_sha256 = '-'");
  assert_found_by (f, "learner_coach", "coachnum = '-'");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/register/" name, Fixture, NULL, xs_platform_fixture_set_up, func,                             \
              xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("import", test_import);
  ADD ("bad-lines", test_bad_lines);
  ADD ("encodings", test_encodings);
  ADD ("no-table", test_no_table);
  ADD ("photos", test_photos);
  ADD ("refused-photo", test_refused_photo);
  ADD ("export", test_export);
  ADD ("devices", test_devices);
  ADD ("school", test_school);
  ADD ("found", test_found);
  return g_test_run ();
}
