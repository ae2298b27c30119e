/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What opening the queue of a school with many logs costs, its next page, and one log's worth of news. */

#include "temp-dir.h"
#include "xs-platform-fixture.h"
#include "xs-platform-review.h"

#include <string.h>

#define N_LOGS 100000
#define N_LEARNERS 2000
#define PAGES 50

static const char fill[] =
  "BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
  " INSERT INTO learner (stunum, name, added_us) SELECT printf ('%%016d', i), printf ('学员%%d', i), 0 FROM n;"
  "INSERT INTO device (id, devnum, sign_key, paired_us) VALUES (1, '4000000000000004', zeroblob (32), 0);"
  "INSERT INTO photo (sha256, size_bytes, device_id, received_us)"
  " VALUES (lower (hex (zeroblob (32))), 1, 1, 0);"
  "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
  " INSERT INTO log (id, device_id, devnum, seq, sha256, previous, stunum, recnum, credited_s, received_us, verdict)"
  " SELECT i, 1, '4000000000000004', i, lower (hex (zeroblob (32))), lower (hex (zeroblob (32))),"
  " printf ('%%016d', i %% %d + 1), printf ('%%05d', i / %d + 1), 3600, i,"
  " CASE WHEN i %% 30 = 0 THEN 'pending' WHEN i %% 7 = 0 THEN 'partial' ELSE 'valid' END FROM n;"
  "INSERT INTO audit (log_id, device_id, devnum, stunum, recnum, subjcode, start_us, end_us, state, version, risk,"
  " changed_us, verdict, review_feed) SELECT id, 1, devnum, stunum, recnum, '2211010000',"
  " 1767574980000000 + id * 2592000, 1767574980000000 + id * 2592000 + 3600000000,"
  " CASE WHEN verdict = 'pending' THEN 'needs_human' ELSE 'passed' END, 1, abs (random () %% 900), id, verdict, id"
  " FROM log;"
  "UPDATE review_feed SET last = %d;"
  "INSERT INTO audit_step (log_id, version, at_us, who, from_state, to_state, verdict, credited_min, credited_next_min,"
  " reasons, comment, engine, policy_id, policy_version) SELECT id, 1, 1, 'auditor', 'received', 'passed', verdict, 60,"
  " 0, '[{\"from_min\":1,\"photo\":null,\"review\":true,\"to_min\":3,\"word\":\"face_unclear\"}]', '', 1, 'x', 1"
  " FROM log;"
  "INSERT INTO log_photo (log_id, number, event, sha256) SELECT log.id, printf ('%%010d', k.i), 5,"
  " lower (hex (zeroblob (32))) FROM log, (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION"
  " SELECT 5) AS k;"
  "INSERT INTO audit_photo (log_id, number, devnum, stunum, taken_us, seen, plain_sha256, picture_hash, likeness, live,"
  " measures) SELECT log_id, number, '', '', 0, 'present', '', '', 0.5, 0.9, '{}' FROM log_photo; COMMIT;";

static double
list (XsPlatformStorage *storage, const XsPlatformPerson *person, XsReviewQuery *query)
{
  g_auto (XsReviewPage) page;
  g_autoptr (GError) error = NULL;
  gint64 start_us = g_get_monotonic_time ();

  xs_review_page_init (&page);
  if (!xs_platform_review_list (storage, person, query, &page, &error))
    g_print ("%s\n", error->message);
  g_autoptr (GBytes) bytes = xs_review_page_encode (&page);
  double ms = (double) (g_get_monotonic_time () - start_us) / 1000;
  g_strlcpy (query->after, page.next, sizeof query->after);
  return ms;
}

static void
measure (XsPlatformStorage *storage, const char *name, const XsPlatformPerson *person, const char *text)
{
  g_auto (XsReviewQuery) query;
  double longest = 0, sum = 0;

  xs_review_query_init (&query);
  g_strlcpy (query.text, text, sizeof query.text);
  double first = list (storage, person, &query);
  guint n = 0;
  for (; n < PAGES && query.after[0] != '\0'; n++)
    {
      double ms = list (storage, person, &query);
      longest = MAX (longest, ms);
      sum += ms;
    }
  g_print ("%-22s first page with counts %6.1f ms, %u further pages of %d: mean %5.1f ms, longest %5.1f ms\n", name,
           first, n, XS_REVIEW_PAGE_MAX, n > 0 ? sum / n : 0, longest);
}

int
main (void)
{
  const XsPlatformPerson head = { .name = "head", .role = XS_PLATFORM_ROLE_HEAD_COACH };
  const XsPlatformPerson coach = { .name = "own", .role = XS_PLATFORM_ROLE_COACH, .coachnum = "3000000000000003" };
  g_autoptr (TempDir) dir = temp_dir_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (fill, N_LEARNERS, N_LOGS, N_LEARNERS, N_LEARNERS, N_LOGS);
  g_autofree char *path = g_build_filename (dir, "platform.db", NULL);
  g_autoptr (XsPlatformStorage) storage =
    xs_platform_storage_create (dir, XS_SAMPLE_INSCODE, "平安驾校", xs_clock_system (), &error);

  if (storage == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  xs_exec_sql (path, sql);
  xs_exec_sql (path, "INSERT INTO coach (coachnum, name, added_us) VALUES ('3000000000000003', '王', 0);"
                     "UPDATE learner SET coachnum = '3000000000000003' WHERE stunum < '0000000000000041'");
  g_print ("%d logs of %d learners, %d of them wait for a person\n", N_LOGS, N_LEARNERS, N_LOGS / 30);
  measure (storage, "the school", &head, "");
  measure (storage, "a coach of 40", &coach, "");
  measure (storage, "one name of the school", &head, "学员1777");
  return 0;
}
