/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What opening the queue of a school with many logs costs, its next page, and one log's worth of news. */

#include "many-logs.h"
#include "temp-dir.h"
#include "xs-platform-fixture.h"
#include "xs-platform-review.h"

#include <string.h>

#define N_LOGS 100000
#define N_LEARNERS 2000
#define PAGES 50
#define START_US 1767574980000000

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
  g_autofree char *path = g_build_filename (dir, "platform.db", NULL);
  g_autoptr (XsPlatformStorage) storage =
    xs_platform_storage_create (dir, XS_SAMPLE_INSCODE, "平安驾校", xs_clock_system (), &error);

  if (storage == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  many_logs_fill (path, N_LOGS, N_LEARNERS, START_US);
  xs_exec_sql (path, "INSERT INTO coach (coachnum, name, added_us) VALUES ('3000000000000003', '王', 0);"
                     "UPDATE learner SET coachnum = '3000000000000003' WHERE stunum < '0000000000000041'");
  g_print ("%d logs of %d learners, %d of them wait for a person\n", N_LOGS, N_LEARNERS, N_LOGS / 30);
  measure (storage, "the school", &head, "");
  measure (storage, "a coach of 40", &coach, "");
  measure (storage, "one name of the school", &head, "学员1777");
  return 0;
}
