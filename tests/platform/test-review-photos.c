/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Registration photos, and who looked at what, over HTTP: Q10, Q11, Q15 and Q16 of docs/protocol.md. */

#include "review-fixture.h"
#include "xs-platform-consent.h"
#include "xs-platform-photos.h"
#include "xs-platform-privacy.h"
#include "xs-platform-register.h"
#include "xs-platform-registration-check.h"

#include <math.h>
#include <string.h>

#define LEASE_US (300 * (gint64) G_USEC_PER_SEC)
#define N_WAITING 24

typedef XsPlatformFixture Fixture;

static const XsWireLearner *
find_on_roster (GArray *learners, const char *stunum)
{
  for (guint i = 0; i < learners->len; i++)
    {
      if (strcmp (g_array_index (learners, XsWireLearner, i).stunum, stunum) == 0)
        return &g_array_index (learners, XsWireLearner, i);
    }
  g_assert_not_reached ();
}

/* What kiosks get of the learner's photo: its state, "" when they get the photo itself. */
static void
assert_roster (Fixture *f, const char *state, const char *comment)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_autoptr (GArray) learners = xs_wire_roster_decode (reply->body, &error);

  g_assert_no_error (error);
  const XsWireLearner *learner = find_on_roster (learners, REVIEW_OTHER_STUNUM);
  g_assert_cmpstr (learner->photo_state, ==, state);
  g_assert_cmpstr (learner->photo_comment, ==, comment);
  g_assert_cmpint (learner->photo_sha256[0] != '\0', ==, state[0] == '\0');
}

static XsReviewOutcome
act_on_photo (Fixture *f, const char *token, const char *id, const char *word, const XsReviewOutcome *photo)
{
  XsReviewAction action = review_action (f, id, word, 0, photo->version);

  action.devnum[0] = '\0';
  g_strlcpy (action.stunum, REVIEW_OTHER_STUNUM, sizeof action.stunum);
  g_strlcpy (action.sha256, photo->sha256, sizeof action.sha256);
  g_strlcpy (action.reason, "glare", sizeof action.reason);
  g_strlcpy (action.comment, "眼镜反光", sizeof action.comment);
  g_autoptr (XsReply) reply = review_send_actions (f, token, XS_WIRE_PATH_REVIEW_PHOTO_ACTIONS, &action, 1);
  return review_outcome (reply, 0);
}

/* By its hash, which a kiosk may have from before. */
static void
assert_kiosk_gets (Fixture *f, const char *sha256, guint status)
{
  g_autofree char *path = xs_wire_path_registration_photo (sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", path, NULL);

  g_assert_cmpuint (reply->status, ==, status);
}

/*
 * Q10: a photo that waits, was returned or reset is in no kiosk's roster, which says why, and no kiosk gets it by its
 * hash; approved it is there.
 */
static void
test_registration (Fixture *f, gconstpointer data)
{
  static const guint8 data_of_jpeg[] = { 0xff, 0xd8, 0xff, 0xe0, 'n', 'e', 'w' };
  g_autoptr (GBytes) jpeg = g_bytes_new_static (data_of_jpeg, sizeof data_of_jpeg);
  g_autoptr (GBytes) no_jpeg = g_bytes_new_static ("GIF89a", 6);
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewOutcome) put;
  g_auto (XsReviewLearners) learners;
  g_auto (XsReviewQuery) query;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OWN_COACH);
  assert_roster (f, "", "");
  g_autoptr (XsReply) bad = review_ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS REVIEW_OTHER_STUNUM, no_jpeg);
  xs_assert_error (bad, 400, XS_WIRE_ERROR_BAD_REQUEST);
  g_autoptr (XsReply) strange = review_ask (f, own, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS REVIEW_OTHER_STUNUM, jpeg);
  xs_assert_error (strange, 404, XS_WIRE_ERROR_NOT_FOUND);
  g_autoptr (XsReply) reply = review_ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS REVIEW_OTHER_STUNUM, jpeg);
  xs_review_outcome_init (&put);
  g_assert_true (xs_review_outcome_decode (&put, reply->body, &error));
  g_assert_cmpstr (put.state, ==, "waiting");
  assert_roster (f, "waiting", "");
  assert_kiosk_gets (f, put.sha256, 404);

  xs_review_query_init (&query);
  xs_review_learners_init (&learners);
  g_strlcpy (query.state, "waiting", sizeof query.state);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) listed = review_ask (f, head, "POST", XS_WIRE_PATH_REVIEW_LEARNERS, body);
  g_assert_true (xs_review_learners_decode (&learners, listed->body, &error));
  g_assert_cmpint (learners.waiting, ==, 1);
  g_assert_cmpstr (g_array_index (learners.rows, XsReviewLearner, 0).sha256, ==, put.sha256);
  g_autofree char *path = g_strconcat (XS_WIRE_PATH_PEOPLE_REGISTRATION, put.sha256, NULL);
  g_autoptr (XsReply) photo = review_ask (f, head, "GET", path, NULL);
  g_assert_true (g_bytes_equal (photo->body, jpeg));
  g_autoptr (XsReply) not_own = review_ask (f, own, "GET", path, NULL);
  xs_assert_error (not_own, 404, XS_WIRE_ERROR_NOT_FOUND);

  XsReviewOutcome approved = act_on_photo (f, head, "a", "approve", &put);
  g_assert_cmpstr (approved.status, ==, "done");
  assert_roster (f, "", "");
  assert_kiosk_gets (f, put.sha256, 200);
  g_assert_cmpstr (act_on_photo (f, head, "b", "return", &put).status, ==, "conflict");
  g_assert_cmpstr (act_on_photo (f, own, "b", "reset", &approved).status, ==, "refused");
  XsReviewOutcome reset = act_on_photo (f, head, "c", "reset", &approved);
  g_assert_cmpstr (reset.state, ==, "reset");
  assert_roster (f, "reset", "眼镜反光");
  assert_kiosk_gets (f, put.sha256, 404);
  g_assert_cmpstr (act_on_photo (f, head, "c", "reset", &approved).state, ==, "reset");

  /* Who is erased does not come back by a photo. */
  g_assert_true (xs_platform_storage_erase_learner (f->storage, REVIEW_OTHER_STUNUM, &error));
  g_assert_no_error (error);
  g_autoptr (XsReply) late = review_ask (f, head, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS REVIEW_OTHER_STUNUM, jpeg);
  xs_assert_error (late, 404, XS_WIRE_ERROR_NOT_FOUND);
}

static void
find_learner (Fixture *f, const char *token, XsReviewLearners *learners)
{
  g_auto (XsReviewQuery) query;
  g_autoptr (GError) error = NULL;

  xs_review_query_init (&query);
  xs_review_learners_init (learners);
  g_strlcpy (query.stunum, REVIEW_OTHER_STUNUM, sizeof query.stunum);
  g_autoptr (GBytes) body = xs_review_query_encode (&query);
  g_autoptr (XsReply) listed = review_ask (f, token, "POST", XS_WIRE_PATH_REVIEW_LEARNERS, body);
  g_assert_true (xs_review_learners_decode (learners, listed->body, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (learners->rows->len, ==, 1);
}

static void
put_registration (Fixture *f, const char *token, const char *bytes, XsReviewOutcome *put)
{
  g_autoptr (GBytes) jpeg = g_bytes_new (bytes, strlen (bytes));
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReply) reply = review_ask (f, token, "PUT", XS_WIRE_PATH_REVIEW_PHOTOS REVIEW_OTHER_STUNUM, jpeg);

  xs_review_outcome_init (put);
  g_assert_true (xs_review_outcome_decode (put, reply->body, &error));
  g_assert_no_error (error);
}

/* What the auditor measured of the photo that waits longest. */
static void
measure (Fixture *f, const char *useless)
{
  XsPlatformUnchecked next;
  XsPhotoReport report = { .width_px = 260, .height_px = 378, .geometry = { .crown_y = 31.5, .chin_y = NAN } };
  g_auto (XsReviewPhotoCheck) check;
  g_autoptr (GError) error = NULL;
  gboolean found;

  xs_photo_report_add (&report, XS_PHOTO_HEAD_WIDTH, 13.25, 0.5, 14, 16);
  xs_photo_report_add (&report, XS_PHOTO_GLARE, NAN, 0, NAN, 0.03);
  xs_review_photo_check_init (&check);
  xs_review_photo_check_fill (&check, &report);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &next, &found, &error));
  g_assert_no_error (error);
  g_assert_true (found);
  g_assert_true (xs_platform_registration_put_check (f->storage, &next, &check, useless, &error));
  g_assert_no_error (error);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &next, &found, &error));
  g_assert_false (found);
}

/* Q15: what was measured on a photo comes with it, and no more once there is another photo. */
static void
test_measured (Fixture *f, gconstpointer data)
{
  XsReviewOutcome put;
  XsPhotoItem item;
  g_auto (XsReviewLearners) first;
  g_auto (XsReviewLearners) second;
  g_auto (XsReviewLearners) returned;
  g_auto (XsReviewLearners) anew;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  put_registration (f, head, "\xff\xd8\xff\xe0one", &put);
  measure (f, NULL);
  find_learner (f, head, &first);
  const XsReviewLearner *learner = &g_array_index (first.rows, XsReviewLearner, 0);
  g_assert_cmpstr (learner->state, ==, "waiting");
  g_assert_cmpuint (learner->check->len, ==, 1);
  const XsReviewPhotoCheck *check = &g_array_index (learner->check, XsReviewPhotoCheck, 0);
  g_assert_cmpstr (check->verdict, ==, "fail");
  g_assert_cmpfloat (check->crown_px, ==, 31.5);
  g_assert_true (isnan (check->chin_px));
  g_assert_true (xs_review_item_get (&g_array_index (check->items, XsReviewItem, 0), &item));
  g_assert_cmpint (item.code, ==, XS_PHOTO_HEAD_WIDTH);
  g_assert_cmpint (item.state, ==, XS_PHOTO_FAIL);
  g_assert_cmpfloat (item.value, ==, 13.25);
  g_assert_cmpfloat (item.max, ==, 16);
  g_assert_true (xs_review_item_get (&g_array_index (check->items, XsReviewItem, 1), &item));
  g_assert_true (isnan (item.value));

  put_registration (f, head, "\xff\xd8\xff\xe0two", &put);
  find_learner (f, head, &second);
  g_assert_cmpuint (g_array_index (second.rows, XsReviewLearner, 0).check->len, ==, 0);
  measure (f, "sharpness");
  find_learner (f, head, &returned);
  learner = &g_array_index (returned.rows, XsReviewLearner, 0);
  g_assert_cmpstr (learner->state, ==, "returned");
  g_assert_cmpstr (learner->reason, ==, "sharpness");
  g_assert_cmpstr (learner->who, ==, "auditor");
  assert_roster (f, "returned", "sharpness");

  /* Nothing of it outlives the learner. */
  g_assert_true (xs_platform_storage_erase_learner (f->storage, REVIEW_OTHER_STUNUM, &error));
  g_assert_no_error (error);
  g_autoptr (GBytes) jpeg = g_bytes_new_static ("\xff\xd8\xff\xe0two", 7);
  g_assert_true (xs_platform_storage_add_learner (f->storage, REVIEW_OTHER_STUNUM, "欧阳丽", jpeg, &error));
  g_assert_no_error (error);
  find_learner (f, head, &anew);
  g_assert_cmpuint (g_array_index (anew.rows, XsReviewLearner, 0).check->len, ==, 0);
}

static guint
count_checks (Fixture *f, const char *token)
{
  g_auto (XsReviewLearners) learners;

  find_learner (f, token, &learners);
  return g_array_index (learners.rows, XsReviewLearner, 0).check->len;
}

/* Q15: an auditor that comes late overrides nobody, and a check that cannot be read hides no learner. */
static void
test_measured_late (Fixture *f, gconstpointer data)
{
  XsReviewOutcome put;
  XsPlatformUnchecked late;
  gboolean found;
  g_auto (XsReviewPhotoCheck) check;
  g_auto (XsReviewLearners) learners;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  put_registration (f, head, "\xff\xd8\xff\xe0one", &put);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &late, &found, &error));
  g_assert_true (found);
  xs_clock_fake_advance (f->clock, LEASE_US);
  measure (f, NULL);
  xs_review_photo_check_init (&check);
  g_strlcpy (check.verdict, XS_REGISTRATION_UNREADABLE, sizeof check.verdict);
  g_assert_true (xs_platform_registration_put_check (f->storage, &late, &check, XS_REGISTRATION_UNREADABLE, &error));
  find_learner (f, head, &learners);
  const XsReviewLearner *learner = &g_array_index (learners.rows, XsReviewLearner, 0);
  g_assert_cmpstr (learner->state, ==, "waiting");
  g_assert_cmpstr (g_array_index (learner->check, XsReviewPhotoCheck, 0).verdict, ==, "fail");

  g_test_expect_message ("xs-platform", G_LOG_LEVEL_WARNING, "*cannot be read*");
  xs_platform_fixture_exec (f, "UPDATE registration_check SET report = '{}'", NULL);
  g_assert_cmpuint (count_checks (f, head), ==, 0);
  g_test_assert_expected_messages ();
}

static gpointer
claim_all (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GPtrArray) claimed = g_ptr_array_new_with_free_func (g_free);
  XsPlatformUnchecked photo;
  gboolean found;
  g_autoptr (GError) error = NULL;

  do
    {
      g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &photo, &found, &error));
      g_assert_no_error (error);
      if (found)
        g_ptr_array_add (claimed, g_strdup (photo.stunum));
    }
  while (found);
  return g_steal_pointer (&claimed);
}

/* Several auditors measure no photo twice, and one that a dead auditor had is measured once its time is over. */
static void
test_claimed_once (Fixture *f, gconstpointer data)
{
  GThread *auditors[4];
  g_autoptr (GHashTable) claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  XsPlatformUnchecked photo;
  gboolean found;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_WAITING; i++)
    {
      g_autofree char *stunum = g_strdup_printf ("20000000000001%02u", i);
      g_autofree char *bytes = g_strdup_printf ("\xff\xd8\xff\xe0%u", i);
      g_autoptr (GBytes) jpeg = g_bytes_new (bytes, strlen (bytes));
      g_assert_true (xs_platform_storage_add_learner (f->storage, stunum, "欧阳丽", jpeg, &error));
      g_assert_no_error (error);
    }
  xs_platform_fixture_exec (f,
                            "INSERT INTO registration (stunum, sha256, state, version, reason, comment, who, at_us)"
                            " SELECT stunum, photo_sha256, 'waiting', 1, '', '', 'head', 1 FROM learner"
                            " WHERE stunum LIKE '20000000000001%'",
                            NULL);
  for (guint i = 0; i < G_N_ELEMENTS (auditors); i++)
    auditors[i] = g_thread_new ("auditor", claim_all, f);
  for (guint i = 0; i < G_N_ELEMENTS (auditors); i++)
    {
      g_autoptr (GPtrArray) part = g_thread_join (auditors[i]);
      for (guint k = 0; k < part->len; k++)
        g_assert_true (g_hash_table_add (claimed, g_strdup (g_ptr_array_index (part, k))));
    }
  g_assert_cmpuint (g_hash_table_size (claimed), ==, N_WAITING);
  xs_clock_fake_advance (f->clock, LEASE_US - 1);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &photo, &found, &error));
  g_assert_false (found);
  xs_clock_fake_advance (f->clock, 1);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &photo, &found, &error));
  g_assert_true (found);
}

/* Of who took consent back nothing is measured, and what was measured goes. */
static void
test_measured_withdrawn (Fixture *f, gconstpointer data)
{
  XsReviewOutcome put;
  XsPlatformUnchecked next;
  XsPlatformRetained retained;
  gboolean found, withdrawn;
  g_auto (XsReviewPhotoCheck) check;
  g_autoptr (GError) error = NULL;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  put_registration (f, head, "\xff\xd8\xff\xe0one", &put);
  measure (f, NULL);
  g_assert_cmpuint (count_checks (f, head), ==, 1);
  put_registration (f, head, "\xff\xd8\xff\xe0two", &put);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &next, &found, &error));
  g_assert_true (found);
  g_assert_true (xs_platform_storage_withdraw_consent (f->storage, REVIEW_OTHER_STUNUM, &withdrawn, &error));
  g_assert_no_error (error);
  g_assert_true (xs_platform_storage_retain (f->storage, NULL, &retained, &error));
  g_assert_no_error (error);
  xs_platform_fixture_exec (f, "UPDATE registration_check SET sha256 = '-'", NULL);
  xs_review_photo_check_init (&check);
  g_assert_true (xs_platform_registration_put_check (f->storage, &next, &check, NULL, &error));
  g_assert_cmpuint (count_checks (f, head), ==, 0);
  g_assert_true (xs_platform_registration_claim (f->storage, LEASE_US, &next, &found, &error));
  g_assert_false (found);
}

/* Q16: the last word on a photo is taken back by who said it, or by a head coach, and what was before is so again. */
static void
test_photo_undo (Fixture *f, gconstpointer data)
{
  XsReviewOutcome put;
  g_auto (XsReviewLearners) learners;

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *own = review_add_person (f, "own", XS_PLATFORM_ROLE_COACH, REVIEW_OTHER_COACH);
  g_autofree char *auditor = review_add_person (f, "auditor", XS_PLATFORM_ROLE_AUDITOR, NULL);
  put_registration (f, head, "\xff\xd8\xff\xe0one", &put);
  g_assert_cmpstr (act_on_photo (f, own, "a", "undo", &put).status, ==, "refused");
  XsReviewOutcome approved = act_on_photo (f, head, "b", "approve", &put);
  g_assert_cmpstr (act_on_photo (f, own, "c", "undo", &approved).status, ==, "refused");
  find_learner (f, auditor, &learners);
  g_assert_false (g_array_index (learners.rows, XsReviewLearner, 0).undoable);
  XsReviewOutcome reset = act_on_photo (f, own, "d", "reset", &approved);
  assert_roster (f, "reset", "眼镜反光");
  XsReviewOutcome again = act_on_photo (f, own, "e", "undo", &reset);
  g_assert_cmpstr (again.status, ==, "done");
  g_assert_cmpstr (again.state, ==, "approved");
  assert_roster (f, "", "");
  g_assert_cmpstr (act_on_photo (f, own, "e", "undo", &reset).state, ==, "approved");
  g_assert_cmpstr (act_on_photo (f, own, "f", "undo", &again).status, ==, "refused");
  XsReviewOutcome returned = act_on_photo (f, own, "g", "return", &again);
  g_assert_cmpstr (act_on_photo (f, head, "h", "undo", &returned).state, ==, "approved");
}

/* Q11: who opened a photo and who exported a log stand in one list, each once. */
static void
test_views (Fixture *f, gconstpointer data)
{
  XsReviewExport export = { .id = "e1", .devnum = XS_SAMPLE_DEVNUM, .seq = 1, .format = "pdf" };
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewQuery) query;
  g_autoptr (GString) kinds = g_string_new (NULL);
  g_autofree char *sha256 = xs_sha256_hex ("\xff\xd8\xff\xe0o", 5);
  g_autofree char *path = g_strconcat (XS_WIRE_PATH_PEOPLE_REGISTRATION, sha256, NULL);

  review_set_up_school (f);
  g_autofree char *head = review_add_person (f, "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  review_send_log (f, 1, XS_SAMPLE_STUNUM, 0, FALSE);
  g_autofree char *of_log = review_find_sha256 (f, 1);
  g_strlcpy (export.log_sha256, of_log, sizeof export.log_sha256);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (XsReply) photo = review_ask (f, head, "GET", path, NULL);
      g_assert_cmpuint (photo->status, ==, 200);
      g_autoptr (GBytes) body = xs_review_export_encode (&export);
      g_autoptr (XsReply) recorded = review_ask (f, head, "POST", XS_WIRE_PATH_REVIEW_EXPORTS, body);
      g_assert_true (xs_wire_status_decode ("recorded", recorded->body, &error));
      g_assert_no_error (error);
    }
  /* Q13: and none by its number alone. */
  memset (export.log_sha256, 'b', 64);
  g_autoptr (GBytes) unknown = xs_review_export_encode (&export);
  g_autoptr (XsReply) missing = review_ask (f, head, "POST", XS_WIRE_PATH_REVIEW_EXPORTS, unknown);
  xs_assert_error (missing, 404, XS_WIRE_ERROR_NOT_FOUND);
  xs_review_query_init (&query);
  query.limit = 2;
  do
    {
      g_auto (XsReviewViews) views;
      g_autoptr (GBytes) body = xs_review_query_encode (&query);
      g_autoptr (XsReply) reply = review_ask (f, head, "POST", XS_WIRE_PATH_REVIEW_VIEWS, body);
      xs_review_views_init (&views);
      g_assert_true (xs_review_views_decode (&views, reply->body, &error));
      g_assert_no_error (error);
      for (guint i = 0; i < views.rows->len; i++)
        {
          const XsReviewView *view = &g_array_index (views.rows, XsReviewView, i);
          g_assert_cmpstr (view->who, ==, "person:head");
          g_string_append_printf (kinds, "%s ", view->kind);
        }
      g_strlcpy (query.after, views.next, sizeof query.after);
    }
  while (query.after[0] != '\0');
  g_assert_cmpstr (kinds->str, ==, "registration registration export ");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/review-photos/" name, Fixture, NULL, xs_platform_fixture_set_up, func,                        \
              xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("registration", test_registration);
  ADD ("measured", test_measured);
  ADD ("measured-late", test_measured_late);
  ADD ("claimed-once", test_claimed_once);
  ADD ("measured-withdrawn", test_measured_withdrawn);
  ADD ("photo-undo", test_photo_undo);
  ADD ("views", test_views);
  return g_test_run ();
}
