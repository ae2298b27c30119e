/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-crypto.h"
#include "xs-error.h"
#include "xs-wire-review.h"
#include "xs-wire-sample.h"

#include <math.h>
#include <string.h>

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define ACTIONS                                                                                                        \
  "{\"actions\":[{\"action\":\"decide\",\"comment\":\"看到另一人\",\"devnum\":\"3000000000000003\","              \
  "\"id\":\"6f1c\",\"reason\":\"face_mismatch\",\"seq\":7,\"sha256\":\"" HASH "\","                                    \
  "\"verdict\":\"partial\",\"version\":2,"                                                                             \
  "\"voids\":[{\"from_min\":3,\"to_min\":9}]}]}"

static char *
text_of (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Golden bytes: a program of today and a platform of tomorrow must read each other. */
static void
test_actions (void)
{
  g_auto (XsReviewActions) actions, again;
  g_autoptr (GError) error = NULL;
  const XsReviewVoid stretch = { 3, 9 };
  XsReviewAction action;

  xs_review_actions_init (&actions);
  xs_review_actions_init (&again);
  xs_review_action_init (&action);
  g_strlcpy (action.id, "6f1c", sizeof action.id);
  g_strlcpy (action.action, "decide", sizeof action.action);
  g_strlcpy (action.devnum, "3000000000000003", sizeof action.devnum);
  memset (action.sha256, 'a', 64);
  g_strlcpy (action.reason, "face_mismatch", sizeof action.reason);
  g_strlcpy (action.comment, "看到另一人", sizeof action.comment);
  action.seq = 7;
  action.version = 2;
  action.verdict = XS_VERDICT_PARTIAL;
  g_array_append_val (action.voids, stretch);
  g_array_append_val (actions.actions, action);

  g_autoptr (GBytes) bytes = xs_review_actions_encode (&actions);
  g_autofree char *text = text_of (bytes);
  g_assert_cmpstr (text, ==, ACTIONS);
  g_assert_true (xs_review_actions_decode (&again, bytes, &error));
  g_assert_no_error (error);
  const XsReviewAction *read = &g_array_index (again.actions, XsReviewAction, 0);
  g_assert_cmpint (read->verdict, ==, XS_VERDICT_PARTIAL);
  g_assert_cmpint (g_array_index (read->voids, XsReviewVoid, 0).to_min, ==, 9);
  g_assert_cmpstr (read->stunum, ==, "");
}

/* F1, F2: each of these breaks one field, and is refused by its name; a member that is not known is left out. */
static void
test_strict (void)
{
  static const struct {
    const char *from, *to, *named;
  } cases[] = {
    { "\"seq\":7", "\"seq\":-7", "seq" },
    { "\"seq\":7", "\"seq\":\"7\"", "seq" },
    { "\"id\":\"6f1c\",", "", "id" },
    { "\"id\":\"6f1c\"", "\"id\":\"0123456789012345678901234567890123456\"", "id" },
    { "3000000000000003", "300000000000003", "devnum" },
    { "\"partial\"", "\"perhaps\"", "verdict" },
    { "\"to_min\":9", "\"to_min\":1441", "to_min" },
    { "face_mismatch", "face\\u0007", "reason" },
    { "\"voids\":[{\"from_min\":3,\"to_min\":9}]", "\"voids\":7", "voids" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (XsReviewActions) actions;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) parts = g_strsplit (ACTIONS, cases[i].from, 2);
      g_autofree char *text = g_strjoinv (cases[i].to, parts);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      xs_review_actions_init (&actions);
      g_assert_false (xs_review_actions_decode (&actions, bytes, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].named));
    }
  g_auto (XsReviewActions) actions;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) newer = g_bytes_new_static ("{\"actions\":[],\"later\":1}", 24);
  xs_review_actions_init (&actions);
  g_assert_true (xs_review_actions_decode (&actions, newer, &error));
  g_assert_no_error (error);
}

static void
test_page (void)
{
  g_auto (XsReviewPage) page, again;
  g_autoptr (GError) error = NULL;
  XsReviewRow row;
  const XsReviewCounts counts = { .waiting = 3, .none = 2 };

  xs_review_page_init (&page);
  xs_review_page_init (&again);
  xs_review_row_init (&row);
  g_assert_true (isnan (row.match_min));
  g_strlcpy (row.devnum, XS_SAMPLE_DEVNUM, sizeof row.devnum);
  g_strlcpy (row.log_sha256, HASH, sizeof row.log_sha256);
  g_strlcpy (row.stunum, "2000000000000002", sizeof row.stunum);
  g_strlcpy (row.recnum, "00007", sizeof row.recnum);
  g_strlcpy (row.subjcode, "4211020000", sizeof row.subjcode);
  row.match_min = 0.437;
  row.state = XS_AUDIT_NEEDS_HUMAN;
  g_array_append_val (page.rows, row);
  row.match_min = NAN;
  g_array_append_val (page.rows, row);
  g_array_append_val (page.counts, counts);
  page.feed = 12;

  g_autoptr (GBytes) bytes = xs_review_page_encode (&page);
  g_assert_true (xs_review_page_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) once_more = xs_review_page_encode (&again);
  g_assert_true (g_bytes_equal (bytes, once_more));
  g_assert_cmpfloat (g_array_index (again.rows, XsReviewRow, 0).match_min, ==, 0.437);
  g_assert_true (isnan (g_array_index (again.rows, XsReviewRow, 1).match_min));
  g_assert_cmpint (g_array_index (again.rows, XsReviewRow, 1).state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (again.feed, ==, 12);
}

static void
fill_log (XsReviewLog *log)
{
  XsReviewRow row;
  XsReviewPhoto photo;
  XsReviewStep step;
  const XsReviewMeasure measure = { "yaw_deg", -12.5 };
  const XsReviewLimit limit = { "yaw_deg", -30, 30 };
  const XsReviewBox box = { 10, -2, 200, 240 };
  const XsReviewPoint point = { 80, -1 };
  const XsWireReason reason = { .word = "face_mismatch", .from_min = 1, .to_min = 3 };

  xs_sample_log (&log->wire_log);
  xs_review_row_init (&row);
  g_strlcpy (row.devnum, XS_SAMPLE_DEVNUM, sizeof row.devnum);
  g_strlcpy (row.log_sha256, HASH, sizeof row.log_sha256);
  g_strlcpy (row.stunum, "2000000000000002", sizeof row.stunum);
  g_strlcpy (row.recnum, "00007", sizeof row.recnum);
  g_strlcpy (row.subjcode, "4211020000", sizeof row.subjcode);
  g_array_append_val (log->row, row);
  xs_review_photo_init (&photo);
  g_strlcpy (photo.number, "0123456789", sizeof photo.number);
  g_strlcpy (photo.seen, "present", sizeof photo.seen);
  g_array_append_val (photo.measures, measure);
  g_array_append_val (photo.faces, box);
  g_array_append_val (photo.points, point);
  g_array_append_val (log->photos, photo);
  g_array_append_val (log->limits, limit);
  xs_review_step_init (&step);
  g_strlcpy (step.who, "auditor", sizeof step.who);
  step.to = XS_AUDIT_NEEDS_HUMAN;
  g_array_append_val (step.reasons, reason);
  g_array_append_val (log->steps, step);
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&log->wire_log);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_strlcpy (log->log_sha256, sha256, sizeof log->log_sha256);
}

/* The signed log comes out as it went in; under another hash it is refused. */
static void
test_log (void)
{
  g_auto (XsReviewLog) log, again, other;
  g_autoptr (GError) error = NULL;

  xs_review_log_init (&log);
  xs_review_log_init (&again);
  xs_review_log_init (&other);
  fill_log (&log);
  g_autoptr (GBytes) bytes = xs_review_log_encode (&log);
  g_assert_true (xs_review_log_decode (&again, bytes, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) once_more = xs_review_log_encode (&again);
  g_assert_true (g_bytes_equal (bytes, once_more));
  g_assert_cmpuint (again.wire_log.log.minutes->len, ==, log.wire_log.log.minutes->len);
  const XsReviewPhoto *photo = &g_array_index (again.photos, XsReviewPhoto, 0);
  g_assert_cmpfloat (g_array_index (photo->measures, XsReviewMeasure, 0).value, ==, -12.5);
  g_assert_cmpint (g_array_index (photo->points, XsReviewPoint, 0).y_px, ==, -1);

  g_strlcpy (log.log_sha256, HASH, sizeof log.log_sha256);
  g_autoptr (GBytes) false_bytes = xs_review_log_encode (&log);
  g_assert_false (xs_review_log_decode (&other, false_bytes, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
test_names (void)
{
  char devnum[XS_UNIFIED_DIGITS + 1];
  gint64 seq;
  static const char *const bad[] = {
    "",
    "/",
    "1000000000000009",
    "1000000000000009/",
    "1000000000000009/7",
    "1000000000000009/7/",
    "1000000000000009/7/aaaa",
    "1000000000000009/0/" HASH,
    "1000000000000009/07/" HASH,
    "100000000000009/7/" HASH,
    "10000000000000091/7/" HASH,
    "1000000000000009/7/" HASH "/",
    "1000000000000009/+7/" HASH,
    "1000000000000009//" HASH,
    "1000000000000009/1234567890123456789/" HASH,
  };
  char log_sha256[65];
  g_autofree char *path = xs_wire_path_review_log ("1000000000000009", 42, HASH);

  g_assert_cmpstr (path, ==, "/v1/review/logs/1000000000000009/42/" HASH);
  g_assert_true (xs_wire_review_log_name (path + strlen (XS_WIRE_PATH_REVIEW_LOGS), devnum, &seq, log_sha256));
  g_assert_cmpstr (log_sha256, ==, HASH);
  g_assert_cmpstr (devnum, ==, "1000000000000009");
  g_assert_cmpint (seq, ==, 42);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (xs_wire_review_log_name (bad[i], devnum, &seq, log_sha256));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/review/actions", test_actions);
  g_test_add_func ("/wire/review/strict", test_strict);
  g_test_add_func ("/wire/review/page", test_page);
  g_test_add_func ("/wire/review/log", test_log);
  g_test_add_func ("/wire/review/names", test_names);
  return g_test_run ();
}
