/* SPDX-License-Identifier: GPL-3.0-or-later */

/* From the number, or the card, to the lesson: what the study asks for on the way, and what it does without it. */

#include <gst/gst.h>

#include "study-fixture.h"
#include "temp-dir.h"
#include "xs-blob.h"
#include "xs-consent.h"
#include "xs-crypto.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-picture.h"

#include <string.h>

#define PASSWORD "the coach's own"
#define COACH "李教练"

static char *
recording_of (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("XUESHI_DEMO_DIR"), name, NULL);

  return g_strdup_printf ("file://%s?loop", path);
}

static void
set_up (StudyFixture *f, gconstpointer recording)
{
  g_autofree char *camera = recording_of (recording);

  if (study_fixture_set_up (f))
    study_fixture_start (f, camera, NULL);
}

static void
tear_down (StudyFixture *f, gconstpointer data)
{
  study_fixture_tear_down (f);
}

/* The journal */

static gboolean
withdraw_consent (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_withdraw_consent (journal, STUDY_FIXTURE_STUNUM, error);
}

static gboolean
give_other_consent (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_give_consent (journal, STUDY_FIXTURE_STUNUM, XS_CONSENT_VERSION + 1, error);
}

static gboolean
read_consent (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_consent (journal, STUDY_FIXTURE_STUNUM, data, error);
}

static gboolean
has_template (XsJournal *journal, gpointer data, GError **error)
{
  g_autoptr (GBytes) values = xs_journal_get_template (journal, STUDY_FIXTURE_STUNUM, NULL);

  *(gboolean *) data = values != NULL;
  return TRUE;
}

static gboolean
set_password (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_set_staff_password (journal, PASSWORD, error);
}

/* Little time for each check, and faces as small as the recordings have them. */
static gboolean
set_policy (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);
  g_autoptr (JsonObject) policy = xs_json_load_object (path, XS_POLICY_MAX_BYTES, error);

  if (policy == NULL)
    return FALSE;
  json_object_set_boolean_member (policy, "active_check_sign_in", FALSE);
  json_object_set_int_member (policy, "active_check_interval_s", 0);
  json_object_set_int_member (policy, "disk_reserve_mb", 0);
  json_object_set_int_member (policy, "brow_chin_min_px", 60);
  json_object_set_int_member (policy, "sign_in_s", 5);
  g_autoptr (JsonNode) node = xs_json_node_take_object (g_steal_pointer (&policy));
  g_autofree char *json = xs_json_to_pretty (node);
  return xs_journal_set_policy (journal, json, "short", error);
}

static void
run (StudyFixture *f, XsStoreFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, func, data, &error));
  g_assert_no_error (error);
}

static gboolean
has_learned_face (StudyFixture *f)
{
  gboolean has;

  run (f, has_template, &has);
  return has;
}

/* Returns: what is said once sign-in was refused. */
static const char *
wait_for_refusal (StudyFixture *f)
{
  study_fixture_wait_for_phase (f, XS_STUDY_READY);
  g_assert_nonnull (study_fixture_status (f).error_message);
  g_test_message ("%s", study_fixture_status (f).error_message);
  return study_fixture_status (f).error_message;
}

/* Consent */

static void
test_declined (StudyFixture *f, gconstpointer data)
{
  XsConsent consent;

  if (f->study == NULL)
    return;
  run (f, withdraw_consent, NULL);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_ASKING_CONSENT);
  g_assert_cmpint (xs_camera_get_state (xs_study_get_camera (f->study)), ==, XS_CAMERA_STOPPED);
  g_assert_cmpstr (study_fixture_status (f).learner->name, ==, "Test");
  xs_study_decline_consent (f->study);
  g_assert_nonnull (strstr (wait_for_refusal (f), "coach"));
  g_assert_cmpint (xs_camera_get_state (xs_study_get_camera (f->study)), ==, XS_CAMERA_STOPPED);
  run (f, read_consent, &consent);
  g_assert_cmpint (consent.text_version, ==, 0);
  /* The registration photo was not looked at either. */
  g_assert_false (has_learned_face (f));
}

static void
test_agreed (StudyFixture *f, gconstpointer data)
{
  XsConsent consent;

  if (f->study == NULL)
    return;
  run (f, withdraw_consent, NULL);
  gint64 before_us = xs_clock_wall_us (xs_clock_system ());
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_ASKING_CONSENT);
  xs_study_give_consent (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  run (f, read_consent, &consent);
  g_assert_cmpint (consent.text_version, ==, XS_CONSENT_VERSION);
  g_assert_cmpint (consent.wall_us, >=, before_us);
  g_assert_true (has_learned_face (f));
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);
  xs_study_dismiss_summary (f->study);

  /* Whoever agreed is not asked again, but for another text. */
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  while (study_fixture_status (f).face_check_left_us == 0)
    {
      g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_IDENTIFYING);
      g_main_context_iteration (NULL, TRUE);
    }
  xs_study_cancel_sign_in (f->study);
  run (f, give_other_consent, NULL);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_ASKING_CONSENT);
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);

  /* Z3: who sits elsewhere is told so, while signing in, and nobody else is. */
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  xs_study_refuse_seat (f->study, "9999999999999999", "elsewhere");
  study_fixture_wait_for_phase (f, XS_STUDY_ASKING_CONSENT);
  xs_study_refuse_seat (f->study, STUDY_FIXTURE_STUNUM, "elsewhere");
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
  g_assert_cmpstr (study_fixture_status (f).error_message, ==, "elsewhere");
}

/* The text and its version */

static void
test_text (void)
{
  static const char *const sha256_of_version[] = {
    NULL,
    "e1a551a2d7fe28e85a8247569f7a1b3d09ad5b1352669131660dfa6fa639343a",
    "87c4173c0d2c8160ca74451ae48cc483eb91d6cde883b2da5b6477e222dec974",
  };
  g_autoptr (GString) text = g_string_new (xs_consent_tick ());

  for (guint i = 0; i < XS_CONSENT_ITEMS; i++)
    {
      XsConsentItem item = xs_consent_item (i);
      g_string_append_printf (text, "\n%s\n%s", item.question, item.answer);
    }
  g_autofree char *sha256 = xs_sha256_hex (text->str, text->len);
  g_assert_cmpint (XS_CONSENT_VERSION, ==, G_N_ELEMENTS (sha256_of_version) - 1);
  /* Who agreed to another text must be asked again: raise XS_CONSENT_VERSION, and add the new text's hash. */
  g_assert_cmpstr (sha256, ==, sha256_of_version[XS_CONSENT_VERSION]);
}

/* The card: a picture of it, as a camera's recording. */

static char *
make_card_camera (StudyFixture *f, const char *text)
{
  g_autofree char *png = g_build_filename (f->input_dir, "card.png", NULL);
  g_autofree char *mkv = g_build_filename (f->input_dir, "card.mkv", NULL);
  g_autofree char *pipeline =
    g_strdup_printf ("filesrc location=%s ! pngdec ! imagefreeze num-buffers=50 ! videoconvert ! videoscale"
                     " add-borders=true ! video/x-raw,width=640,height=480,framerate=25/1 ! jpegenc ! matroskamux"
                     " ! filesink location=%s",
                     png, mkv);
  const char *draw[] = { "qrencode", "-s", "8", "-o", png, text, NULL };
  g_auto (GStrv) record = NULL;
  g_autofree char *command = g_strconcat ("gst-launch-1.0 -q ", pipeline, NULL);
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (
    g_spawn_sync (NULL, (char **) draw, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_shell_parse_argv (command, NULL, &record, &error));
  g_assert_true (g_spawn_sync (NULL, record, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  return g_strdup_printf ("file://%s?loop", mkv);
}

static void
start_with_card (StudyFixture *f, const char *text)
{
  if (!study_fixture_set_up (f))
    return;
  g_autofree char *camera = make_card_camera (f, text);
  study_fixture_start (f, camera, NULL);
}

static void
set_up_card (StudyFixture *f, gconstpointer text)
{
  start_with_card (f, text);
}

static void
test_card (StudyFixture *f, gconstpointer data)
{
  gint64 running_us = 0;

  if (f->study == NULL)
    return;
  xs_study_scan_card (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_SCANNING);
  while (study_fixture_status (f).phase == XS_STUDY_SCANNING)
    {
      if (running_us == 0 && xs_camera_get_state (xs_study_get_camera (f->study)) == XS_CAMERA_RUNNING)
        running_us = g_get_monotonic_time ();
      g_assert_null (study_fixture_status (f).error_message);
      g_main_context_iteration (NULL, TRUE);
    }
  g_test_message ("read %.0f ms after the first picture", (double) (g_get_monotonic_time () - running_us) / 1000);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_IDENTIFYING);
  g_assert_cmpstr (study_fixture_status (f).stunum, ==, STUDY_FIXTURE_STUNUM);
  /* The card alone lets nobody in. */
  while (study_fixture_status (f).guidance == XS_GUIDANCE_NONE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_IDENTIFYING);
  xs_study_cancel_sign_in (f->study);
}

static void
test_no_card (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  xs_study_scan_card (f->study);
  while (study_fixture_status (f).error_message == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_test_message ("%s", study_fixture_status (f).error_message);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_SCANNING);
  xs_study_cancel_sign_in (f->study);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_READY);
  g_assert_null (study_fixture_status (f).error_message);
}

/* The registration photo */

static void
start_with_photo (StudyFixture *f, XsFrame *photo)
{
  g_autofree char *camera = recording_of ("franck.webm");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (photo, 90, &error);

  g_assert_true (xs_blob_write (f->photo, jpeg, &error));
  g_assert_no_error (error);
  study_fixture_start (f, camera, NULL);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
}

static void
test_photo_without_face (StudyFixture *f, gconstpointer data)
{
  if (!study_fixture_set_up (f))
    return;
  g_autoptr (GBytes) grey = g_bytes_new_take (g_malloc0 (3 * 200 * 200), 3 * 200 * 200);
  g_autoptr (XsFrame) photo = xs_frame_new (200, 200, 600, 0, grey);

  start_with_photo (f, photo);
  g_assert_nonnull (strstr (wait_for_refusal (f), "No single face"));
  g_assert_false (has_learned_face (f));
}

/* Half the size: the face is found, but what is left of it matches too many. */
static void
test_poor_photo (StudyFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!study_fixture_set_up (f))
    return;
  g_autoptr (GBytes) jpeg = xs_blob_read (f->photo, 1024 * 1024, &error);
  g_autoptr (XsFrame) whole = xs_picture_decode (jpeg, &error);
  g_assert_no_error (error);
  int width_px = whole->width_px / 2, height_px = whole->height_px / 2;
  guint8 *pixels = g_malloc (3 * (gsize) (width_px * height_px));
  for (int i = 0; i < width_px * height_px; i++)
    memcpy (pixels + 3 * i, xs_frame_data (whole) + 2 * (i / width_px) * whole->stride_bytes + 3 * 2 * (i % width_px),
            3);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 3 * (gsize) (width_px * height_px));
  g_autoptr (XsFrame) half = xs_frame_new (width_px, height_px, 3 * width_px, 0, bytes);

  start_with_photo (f, half);
  g_assert_nonnull (strstr (wait_for_refusal (f), "too poor"));
  g_assert_false (has_learned_face (f));
}

/* The coach */

static void
fail_three_times (StudyFixture *f)
{
  run (f, set_policy, NULL);
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  for (guint left = 3; left-- > 0;)
    {
      study_fixture_wait_for_phase (f, XS_STUDY_NOT_IDENTIFIED);
      g_assert_cmpuint (study_fixture_status (f).tries_left, ==, left);
      g_assert_nonnull (study_fixture_status (f).error_message);
      g_assert_cmpint (xs_camera_get_state (xs_study_get_camera (f->study)), ==, XS_CAMERA_STOPPED);
      /* Not before the student has tried, and not again behind that. */
      if (left > 0)
        xs_study_admit (f->study, COACH, PASSWORD);
      g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_NOT_IDENTIFIED);
      xs_study_try_again (f->study);
    }
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_NOT_IDENTIFIED);
}

static const char *
admission_message (StudyFixture *f, const char *coach, const char *password)
{
  g_autofree char *before = g_strdup (study_fixture_status (f).error_message);

  xs_study_admit (f->study, coach, password);
  while (g_strcmp0 (study_fixture_status (f).error_message, before) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (study_fixture_status (f).phase, ==, XS_STUDY_NOT_IDENTIFIED);
  return study_fixture_status (f).error_message;
}

static gboolean
is_admitted_log (const XsLogOutcome *outcome)
{
  gboolean is_flagged = FALSE;

  for (guint i = 0; i < outcome->audit->breaches->len; i++)
    {
      const XsBreach *breach = &g_array_index (outcome->audit->breaches, XsBreach, i);
      is_flagged |= breach->rule == XS_RULE_ADMITTED && breach->review;
    }
  return is_flagged && g_str_equal (outcome->log->admitted_by, COACH);
}

static void
test_admitted (StudyFixture *f, gconstpointer data)
{
  if (f->study == NULL)
    return;
  fail_three_times (f);
  g_assert_nonnull (strstr (admission_message (f, COACH, PASSWORD), "No staff password"));
  run (f, set_password, NULL);
  g_assert_nonnull (strstr (admission_message (f, COACH, "guessed"), "wrong"));
  g_assert_nonnull (strstr (admission_message (f, "  ", PASSWORD), "name or number"));
  xs_study_admit (f->study, COACH, PASSWORD);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  g_assert_cmpstr (study_fixture_status (f).admitted_by, ==, COACH);
  study_fixture_wait_for_credit (f, 2 * G_USEC_PER_SEC);
  while (study_fixture_status (f).n_photos < 1)
    g_main_context_iteration (NULL, TRUE);
  xs_study_sign_out (f->study);
  study_fixture_wait_for_phase (f, XS_STUDY_SUMMARY);

  g_autoptr (GArray) outcomes = xs_study_get_outcomes (f->study);
  g_assert_cmpuint (outcomes->len, ==, 1);
  const XsLogOutcome *outcome = &g_array_index (outcomes, XsLogOutcome, 0);
  g_assert_true (is_admitted_log (outcome));
  /* Compared with the face that was let in, which is another than the register's. */
  g_assert_cmpuint (outcome->log->photos->len, >=, 2);
  for (guint i = 0; i < outcome->log->photos->len; i++)
    g_assert_cmpfloat (g_array_index (outcome->log->photos, XsPhotoRecord, i).match, >, 0.48);
  xs_study_dismiss_summary (f->study);

  /* What was learned of that face is forgotten: it lets nobody in by itself. */
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_NOT_IDENTIFIED);
  g_assert_cmpuint (study_fixture_status (f).tries_left, ==, 2);
  g_assert_null (study_fixture_status (f).admitted_by);
}

/* Whoever has no usable registration photo is told why at the sign-in, in the coach's words or those of the check. */
static void
test_photo_withheld (StudyFixture *f, gconstpointer data)
{
  static const struct {
    const char *state, *comment, *told;
  } cases[] = { { "returned", "眼镜反光，请摘下眼镜重拍。", "眼镜反光，请摘下眼镜重拍。" },
                { "returned", "ears", "Put the hair behind the ears." },
                { "returned", "unreadable", "could not be opened" },
                { "waiting", "", "still has to be approved" },
                { "", "", "no photo of you yet" } };

  if (f->study == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      study_fixture_withhold_photo (f, cases[i].state, cases[i].comment);
      xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
      g_assert_nonnull (strstr (wait_for_refusal (f), cases[i].told));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);

  g_test_add_func ("/study/sign-in/text", test_text);
  g_test_add ("/study/sign-in/declined", StudyFixture, "franck.webm", set_up, test_declined, tear_down);
  g_test_add ("/study/sign-in/agreed", StudyFixture, "franck.webm", set_up, test_agreed, tear_down);
  g_test_add ("/study/sign-in/card", StudyFixture, "xueshi:2000000000000002?inscode=1000000000000001", set_up_card,
              test_card, tear_down);
  g_test_add ("/study/sign-in/card-of-another-school", StudyFixture, "xueshi:2000000000000002?inscode=1000000000000009",
              set_up_card, test_no_card, tear_down);
  g_test_add ("/study/sign-in/no-card", StudyFixture, "https://example.com/", set_up_card, test_no_card, tear_down);
  g_test_add ("/study/sign-in/photo-without-face", StudyFixture, NULL, NULL, test_photo_without_face, tear_down);
  g_test_add ("/study/sign-in/poor-photo", StudyFixture, NULL, NULL, test_poor_photo, tear_down);
  g_test_add ("/study/sign-in/photo-withheld", StudyFixture, "franck.webm", set_up, test_photo_withheld, tear_down);
  g_test_add ("/study/sign-in/admitted", StudyFixture, "cap12_edit.webm", set_up, test_admitted, tear_down);
  return g_test_run ();
}
