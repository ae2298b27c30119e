/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What reviewers are shown, over HTTP: Q1, Q2, Q8, Q9, Q12 and Q18 of docs/protocol.md. */

#include "review-fixture.h"

#include <string.h>

typedef XsPlatformFixture Fixture;

/* Q1: a coach has no learners but the own; who only looks changes nothing; who keeps the register sees nothing. */
static void
test_scope (Fixture *f, gconstpointer data)
{
  review_set_up_school (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *none = review_add_person (f, "none", XS_PLATFORM_ROLE_COACH, NULL);
  g_autofree char *auditor = review_add_person (f, "wu", XS_PLATFORM_ROLE_AUDITOR, NULL);
  g_autofree char *admin = review_add_person (f, "admin", XS_PLATFORM_ROLE_ADMIN, NULL);
  const char *const tokens[] = { own, none, auditor };
  const char *const expected[] = { "1 ", "", "2 1 " };
  g_auto (XsReviewQuery) query;

  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_send_log (f, 2, REVIEW_OTHER_STUNUM, REVIEW_HOUR, FALSE);
  g_autofree char *sha256 = review_find_sha256 (f, 2);
  g_autofree char *path = xs_wire_path_review_log (XS_SAMPLE_DEVNUM, 2, sha256);
  xs_review_query_init (&query);
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_auto (XsReviewPage) page;
      review_list (f, tokens[i], &query, &page);
      g_autofree char *seqs = review_seqs (&page);
      g_assert_cmpstr (seqs, ==, expected[i]);
      g_assert_cmpint (g_array_index (page.counts, XsReviewCounts, 0).received, ==, page.rows->len);
      g_autoptr (XsReply) log = review_ask (f, tokens[i], "GET", path, NULL);
      g_assert_cmpuint (log->status, ==, i == 2 ? 200 : 404);
    }
  g_assert_cmpstr (review_act (f, own, review_action (f, "a", "decide", 2, 0)).status, ==, "refused");
  XsReviewAction action = review_action (f, "b", "decide", 1, 0);
  g_autoptr (XsReply) by_auditor = review_send_actions (f, auditor, XS_WIRE_PATH_REVIEW_ACTIONS, &action, 1);
  xs_assert_error (by_auditor, 403, XS_WIRE_ERROR_FORBIDDEN);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) by_admin = review_ask (f, admin, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  xs_assert_error (by_admin, 403, XS_WIRE_ERROR_FORBIDDEN);
  g_autoptr (XsReply) views = review_ask (f, own, "POST", XS_WIRE_PATH_REVIEW_VIEWS, body);
  xs_assert_error (views, 403, XS_WIRE_ERROR_FORBIDDEN);
}

/* Q2: what waits for a person comes first, by risk, then the others, the last first; each once over all pages. */
static void
test_queue (Fixture *f, gconstpointer data)
{
  static const double likeness[] = { 0.9, 0.1, 0.5 };
  g_autoptr (GString) seen = g_string_new (NULL);
  g_auto (XsReviewQuery) query;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 3; i++)
    {
      review_send_log (f, i, i == 2 ? REVIEW_OTHER_STUNUM : XS_SAMPLE_STUNUM, i * REVIEW_HOUR, FALSE);
      review_judge (f, likeness[i - 1]);
    }
  for (gint64 i = 4; i <= 7; i++)
    review_send_log (f, i, XS_SAMPLE_STUNUM, i * REVIEW_HOUR, FALSE);
  xs_review_query_init (&query);
  query.limit = 2;
  do
    {
      g_auto (XsReviewPage) page;
      review_list (f, head, &query, &page);
      g_autofree char *seqs = review_seqs (&page);
      g_string_append (seen, seqs);
      g_assert_cmpuint (page.counts->len, ==, query.after[0] == '\0' ? 1 : 0);
      g_strlcpy (query.after, page.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  g_assert_cmpstr (seen->str, ==, "2 3 1 7 6 5 4 ");
  g_strlcpy (query.after, "open:1:x:2", sizeof query.after);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) reply = review_ask (f, head, "POST", XS_WIRE_PATH_REVIEW_QUEUE, body);
  xs_assert_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
}

/* Q2: each filter leaves just what it says. */
static void
test_filters (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *member;
    const char *text;
    gint64 number;
    const char *expected;
    gint64 waiting, none; /* counted however a log stands */
  } cases[] = {
    { "text", "阳", 0, "2 ", 1, 0 },
    { "text", "000033", 0, "2 ", 1, 0 },
    { "text", "%", 0, "", 0, 0 },
    { "stunum", REVIEW_OTHER_STUNUM, 0, "2 ", 1, 0 },
    { "devnum", "4000000000000099", 0, "", 0, 0 },
    { "state", "received", 0, "3 ", 1, 1 },
    { "validity", "pending", 0, "2 3 ", 1, 1 },
    { "validity", "void", 0, "1 ", 1, 1 },
    { "judged_by", "person", 0, "1 ", 0, 1 },
    { "judged_by", "auditor", 0, "2 ", 1, 0 },
    { "judged_by", "nobody", 0, "3 ", 0, 0 },
    { "part", NULL, 1, "2 3 1 ", 1, 1 },
    { "part", NULL, 3, "", 0, 0 },
    { "mode", NULL, 1, "", 0, 0 },
    { "open_only", NULL, 1, "2 ", 1, 1 },
  };

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  for (gint64 i = 1; i <= 2; i++)
    {
      review_send_log (f, i, i == 2 ? REVIEW_OTHER_STUNUM : XS_SAMPLE_STUNUM, i * REVIEW_HOUR, FALSE);
      review_judge (f, 0.4);
    }
  review_send_log (f, 3, XS_SAMPLE_STUNUM, 30 * REVIEW_HOUR, FALSE);
  g_assert_cmpstr (review_act (f, head, review_action (f, "a", "decide", 1, 1)).status, ==, "done");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsReviewQuery) query;
      g_auto (XsReviewPage) page;
      const char *member = cases[i].member;
      xs_review_query_init (&query);
#define SET(name)                                                                                                      \
  if (strcmp (member, #name) == 0)                                                                                     \
  g_strlcpy (query.name, cases[i].text, sizeof query.name)
      SET (text);
      SET (stunum);
      SET (devnum);
      SET (state);
      SET (validity);
      SET (judged_by);
#undef SET
      query.part = strcmp (member, "part") == 0 ? cases[i].number : 0;
      query.mode = strcmp (member, "mode") == 0 ? cases[i].number : 0;
      query.open_only = strcmp (member, "open_only") == 0;
      review_list (f, head, &query, &page);
      g_autofree char *seqs = review_seqs (&page);
      g_test_message ("%s %s", member, cases[i].text);
      g_assert_cmpstr (seqs, ==, cases[i].expected);
      const XsReviewCounts *counts = &g_array_index (page.counts, XsReviewCounts, 0);
      g_assert_cmpint (counts->waiting, ==, cases[i].waiting);
      g_assert_cmpint (counts->none, ==, cases[i].none);
    }
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) page;
  xs_review_query_init (&query);
  query.from_us = XS_SAMPLE_TIME_US + REVIEW_HOUR;
  query.to_us = XS_SAMPLE_TIME_US + 3 * REVIEW_HOUR;
  review_list (f, head, &query, &page);
  g_autofree char *seqs = review_seqs (&page);
  g_assert_cmpstr (seqs, ==, "2 ");
  g_assert_cmpint (g_array_index (page.counts, XsReviewCounts, 0).none, ==, 0);
  /* What waits does so however old it is; what was decided is counted by the time. */
  g_auto (XsReviewPage) waiting;
  query.open_only = TRUE;
  query.from_us = XS_SAMPLE_TIME_US + 30 * REVIEW_HOUR;
  query.to_us = query.from_us + REVIEW_HOUR;
  review_list (f, head, &query, &waiting);
  g_autofree char *waiting_seqs = review_seqs (&waiting);
  g_assert_cmpstr (waiting_seqs, ==, "2 ");
  g_assert_cmpint (g_array_index (waiting.counts, XsReviewCounts, 0).waiting, ==, 1);
  g_assert_cmpint (g_array_index (waiting.counts, XsReviewCounts, 0).none, ==, 0);
}

typedef struct {
  Fixture *f;
  const char *token;
  gint64 cursor;
} Wait;

static gpointer
follow (gpointer data)
{
  Wait *wait = data;
  g_autofree char *path = g_strdup_printf (XS_WIRE_PATH_REVIEW_FEED "%" G_GINT64_FORMAT, wait->cursor);

  return wait->token != NULL ? review_ask (wait->f, wait->token, "GET", path, NULL)
                             : xs_platform_fixture_send (wait->f, "GET", "/v1/verdicts/1", NULL);
}

static void
read_feed (const XsReply *reply, XsReviewPage *page)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (reply->status, ==, 200);
  xs_review_page_init (page);
  g_assert_true (xs_review_page_decode (page, reply->body, &error));
  g_assert_no_error (error);
}

/* Q8, Q9: who follows, and the kiosk of the log, are told of a decision at once; nobody of other coaches' learners. */
static void
test_feed (Fixture *f, gconstpointer data)
{
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewPage) start, changed, none;
  gint64 next;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *other = review_add_person (f, "other", XS_PLATFORM_ROLE_COACH, REVIEW_OTHER_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  Wait from_start = { f, own, 0 };
  g_autoptr (XsReply) all = follow (&from_start);
  read_feed (all, &start);
  g_assert_cmpuint (start.rows->len, ==, 1);
  Wait reviewer = { f, own, start.feed }, kiosk = { f, NULL, 0 };
  GThread *reviews = g_thread_new ("reviewer", follow, &reviewer);
  GThread *studies = g_thread_new ("kiosk", follow, &kiosk);
  while (xs_platform_waits_count (xs_platform_server_get_waits (f->server)) < 2)
    g_thread_yield ();
  g_assert_cmpstr (review_act (f, own, review_action (f, "a", "decide", 1, 1)).status, ==, "done");
  g_autoptr (XsReply) reviewed = g_thread_join (reviews);
  g_autoptr (XsReply) told = g_thread_join (studies);
  read_feed (reviewed, &changed);
  g_assert_cmpint (g_array_index (changed.rows, XsReviewRow, 0).state, ==, XS_AUDIT_DECIDED);
  g_assert_cmpint (changed.feed, >, start.feed);
  g_autoptr (GArray) verdicts = xs_wire_verdicts_decode (told->body, &next, &error);
  g_assert_cmpint (g_array_index (verdicts, XsWireVerdict, 0).verdict, ==, XS_VERDICT_VOID);

  /* The other coach waits for nothing; the answer comes when the server stops. */
  Wait stranger = { f, other, 0 };
  GThread *waits = g_thread_new ("stranger", follow, &stranger);
  while (xs_platform_waits_count (xs_platform_server_get_waits (f->server)) < 1)
    g_thread_yield ();
  xs_platform_waits_stop (xs_platform_server_get_waits (f->server));
  g_autoptr (XsReply) nothing = g_thread_join (waits);
  read_feed (nothing, &none);
  g_assert_cmpuint (none.rows->len, ==, 0);
  g_assert_cmpint (none.feed, ==, changed.feed);
}

/* Q12, Q17: a log is told as it was signed, with its signature, and what the auditor measured beside the limits. */
static void
test_log (Fixture *f, gconstpointer data)
{
  g_auto (XsReviewLog) log;
  g_auto (XsReviewDaysQuery) query;
  g_auto (XsReviewDays) days;
  g_autoptr (GError) error = NULL;
  gboolean has_limit = FALSE;

  review_set_up_school (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_judge (f, 0.4);
  review_get_log (f, own, 1, &log);
  g_assert_cmpuint (log.wire_log.log.minutes->len, ==, 3);
  g_assert_true (xs_review_log_is_signed (&log));
  g_assert_cmpuint (log.slots->len, >, 0);
  g_assert_cmpstr (g_array_index (log.slots, XsReviewSlot, 0).state, ==, "missing");
  const XsReviewPhoto *photo = &g_array_index (log.photos, XsReviewPhoto, 0);
  g_assert_cmpfloat (photo->match, ==, 0.4);
  g_assert_cmpint (g_array_index (photo->faces, XsReviewBox, 0).width_px, ==, 30);
  g_assert_cmpuint (photo->points->len, ==, 2);
  g_assert_cmpint (g_array_index (photo->points, XsReviewPoint, 1).x_px, ==, 9);
  g_assert_cmpuint (photo->measures->len, ==, 1);
  g_assert_cmpfloat (g_array_index (photo->measures, XsReviewMeasure, 0).value, ==, -12.5);
  for (guint i = 0; i < log.limits->len; i++)
    has_limit |= strcmp (g_array_index (log.limits, XsReviewLimit, i).name, "yaw_deg") == 0;
  g_assert_true (has_limit);
  g_assert_cmpuint (log.steps->len, ==, 1);

  xs_review_days_query_init (&query);
  xs_review_days_init (&days);
  g_strlcpy (query.stunum, XS_SAMPLE_STUNUM, sizeof query.stunum);
  query.from_us = XS_SAMPLE_TIME_US - 24 * REVIEW_HOUR;
  query.to_us = XS_SAMPLE_TIME_US + 24 * REVIEW_HOUR;
  g_autoptr (GBytes) body = xs_review_days_query_encode (&query);
  g_autoptr (XsReply) reply = review_ask (f, own, "POST", XS_WIRE_PATH_REVIEW_DAYS, body);
  g_assert_true (xs_review_days_decode (&days, reply->body, &error));
  g_assert_cmpuint (days.days->len, ==, 1);
  g_assert_cmpint (g_array_index (days.days, XsReviewDay, 0).n_pending, ==, 1);
  g_assert_cmpint (g_array_index (days.days, XsReviewDay, 0).claimed_s, ==, 121);
}

static void
get_history (Fixture *f, const char *token, XsReviewQuery *query, guint expected_status, XsReviewHistory *history)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = xs_review_query_encode (query);
  g_autoptr (XsReply) reply = review_ask (f, token, "POST", XS_WIRE_PATH_REVIEW_HISTORY, body);

  xs_review_history_init (history);
  g_assert_cmpuint (reply->status, ==, expected_status);
  if (expected_status != 200)
    return;
  g_assert_true (xs_review_history_decode (history, reply->body, &error));
  g_assert_no_error (error);
}

/* Q18: over its pages each photo once, looked at or not, removed or not; Q1: of own learners alone. */
static void
test_history (Fixture *f, gconstpointer data)
{
  static const char photos[] =
    "INSERT INTO photo (sha256, size_bytes, device_id, received_us) SELECT '%s' || log.seq || n.i, 1, log.device_id, 1"
    " FROM log, (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3) AS n;"
    "INSERT INTO log_photo (log_id, number, event, sha256) SELECT log.id, '000000010' || n.i, 5,"
    " '%s' || log.seq || n.i FROM log, (SELECT 1 AS i UNION SELECT 2 UNION SELECT 3) AS n;"
    "INSERT INTO photo_gone (sha256, why, gone_us) VALUES ('%s12', 'retention', 1);";
  g_auto (XsReviewQuery) query;
  g_autoptr (GString) told = g_string_new (NULL);
  g_autofree char *hash = g_strnfill (62, 'a');
  g_autofree char *sql = g_strdup_printf (photos, hash, hash, hash);

  review_set_up_school (f);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  g_autofree char *other = review_add_person (f, "other", XS_PLATFORM_ROLE_COACH, REVIEW_OTHER_COACH);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  review_send_log (f, 2, XS_SAMPLE_STUNUM, REVIEW_HOUR, FALSE);
  review_judge (f, 0.4);
  xs_platform_fixture_exec (f, sql, sql);
  xs_review_query_init (&query);
  g_strlcpy (query.stunum, XS_SAMPLE_STUNUM, sizeof query.stunum);
  query.limit = 2;
  do
    {
      g_auto (XsReviewHistory) page;
      get_history (f, own, &query, 200, &page);
      g_assert_cmpuint (page.photos->len, <=, 2);
      for (guint i = 0; i < page.photos->len; i++)
        {
          const XsReviewGlance *glance = &g_array_index (page.photos, XsReviewGlance, i);
          g_string_append_printf (told, "%d/%s%s%s ", (int) glance->seq, glance->number + 9, glance->seen,
                                  glance->gone ? "-" : "");
          g_assert_cmpuint (strlen (glance->log_sha256), ==, 64);
          if (glance->seen[0] != '\0')
            g_assert_cmpint (glance->taken_us, ==, XS_SAMPLE_TIME_US);
        }
      g_strlcpy (query.after, page.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  g_assert_cmpstr (told->str, ==, "1/1present 1/2- 1/3 2/1 2/2 2/3 ");

  g_auto (XsReviewHistory) later;
  query.from_us = XS_SAMPLE_TIME_US + REVIEW_HOUR / 2;
  query.limit = 0;
  get_history (f, own, &query, 200, &later);
  g_assert_cmpuint (later.photos->len, ==, 3);
  g_auto (XsReviewHistory) refused;
  get_history (f, other, &query, 404, &refused);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/review/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("queue", test_queue);
  ADD ("filters", test_filters);
  ADD ("feed", test_feed);
  ADD ("log", test_log);
  ADD ("history", test_history);
  /* The statements of these are those of the others: once is enough. */
  if (g_strcmp0 (g_getenv ("XUESHI_TEST_DATABASE"), "postgresql") != 0)
    {
      ADD ("scope", test_scope);
    }
  return g_test_run ();
}
