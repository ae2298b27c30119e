/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "study-fixture.h"

#include "temp-dir.h"
#include "xs-blob.h"
#include "xs-consent.h"
#include "xs-json.h"
#include "xs-picture.h"

/*
 * The national default, but for when the learner is asked to turn the head, what the disk must have free, and that a
 * sign-out can be made up at any hour.
 */
static char *
make_policy (gboolean check_sign_in, gint64 check_interval_s, gint64 reserve_mb, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);
  g_autoptr (JsonObject) policy = xs_json_load_object (path, XS_POLICY_MAX_BYTES, error);

  if (policy == NULL)
    return NULL;
  json_object_set_boolean_member (policy, "active_check_sign_in", check_sign_in);
  json_object_set_int_member (policy, "active_check_interval_s", check_interval_s);
  json_object_set_int_member (policy, "disk_reserve_mb", reserve_mb);
  /* Fake cameras show one picture for as long as they are watched. */
  json_object_set_boolean_member (policy, "liveness", FALSE);
  JsonObject *no_sign_out =
    json_object_get_object_member (json_object_get_object_member (policy, "rules"), "no_sign_out");
  json_object_set_string_member (no_sign_out, "made_up_until", "24:00");
  g_autoptr (JsonNode) node = xs_json_node_take_object (g_steal_pointer (&policy));
  return xs_json_to_pretty (node);
}

static gboolean
pair_and_enrol (XsJournal *journal, gpointer data, GError **error)
{
  GBytes *photo = data;
  XsIdentity identity = { .devnum = "4000000000000004", .inscode = "1000000000000001", .school = "Test" };
  g_autoptr (GArray) roster = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  XsLearner learner = { .stunum = STUDY_FIXTURE_STUNUM, .name = "Test" };
  XsSealKey key;
  g_autofree char *key_path = g_build_filename (xs_journal_get_dir (journal), "platform-key", NULL);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));

  if (!xs_seal_key_load (key_path, &key, error))
    return FALSE;
  memcpy (identity.platform_key, key.public_key, sizeof key.public_key);
  g_strlcpy (learner.photo_sha256, sha256, sizeof learner.photo_sha256);
  g_array_append_val (roster, learner);
  /* Who was recorded cannot turn the head when asked to. */
  g_autofree char *policy = make_policy (FALSE, 0, 0, error);
  if (policy == NULL || !xs_journal_set_policy (journal, policy, "recorded", error))
    return FALSE;
  return xs_journal_set_identity (journal, &identity, error) && xs_journal_set_roster (journal, roster, NULL, error)
         && xs_journal_set_registration_photo (journal, sha256, photo, error)
         && xs_journal_give_consent (journal, STUDY_FIXTURE_STUNUM, XS_CONSENT_VERSION, error);
}

static gboolean
read_outbox (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

static gboolean
use_default_policy (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "default.json", NULL);
  g_autofree char *json = NULL;

  return g_file_get_contents (path, &json, NULL, error) && xs_journal_set_policy (journal, json, "default", error);
}

static gboolean
check_often (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *policy = make_policy (TRUE, 1, 0, error);

  return policy != NULL && xs_journal_set_policy (journal, policy, "often", error);
}

static gboolean
reserve (XsJournal *journal, gpointer data, GError **error)
{
  g_autofree char *policy = make_policy (FALSE, 0, *(const gint64 *) data, error);

  return policy != NULL && xs_journal_set_policy (journal, policy, "reserve", error);
}

void
study_fixture_reserve (StudyFixture *f, gint64 reserve_mb)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, reserve, &reserve_mb, &error));
  g_assert_no_error (error);
}

void
study_fixture_check_often (StudyFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, check_often, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
excuse (XsJournal *journal, gpointer data, GError **error)
{
  g_autoptr (GArray) roster = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  XsLearner learner;

  if (!xs_journal_find_learner (journal, STUDY_FIXTURE_STUNUM, &learner, error))
    return FALSE;
  learner.no_turning = TRUE;
  g_array_append_val (roster, learner);
  return xs_journal_set_roster (journal, roster, NULL, error);
}

static gboolean
withhold_photo (XsJournal *journal, gpointer data, GError **error)
{
  g_autoptr (GArray) roster = g_array_new (FALSE, TRUE, sizeof (XsLearner));
  const XsLearner *said = data;
  XsLearner learner;

  if (!xs_journal_find_learner (journal, STUDY_FIXTURE_STUNUM, &learner, error))
    return FALSE;
  learner.photo_sha256[0] = '\0';
  g_strlcpy (learner.photo_state, said->photo_state, sizeof learner.photo_state);
  g_strlcpy (learner.photo_comment, said->photo_comment, sizeof learner.photo_comment);
  g_array_append_val (roster, learner);
  return xs_journal_set_roster (journal, roster, NULL, error);
}

void
study_fixture_withhold_photo (StudyFixture *f, const char *state, const char *comment)
{
  XsLearner said = { 0 };
  g_autoptr (GError) error = NULL;

  g_strlcpy (said.photo_state, state, sizeof said.photo_state);
  g_strlcpy (said.photo_comment, comment, sizeof said.photo_comment);
  g_assert_true (xs_store_run (f->store, withhold_photo, &said, &error));
  g_assert_no_error (error);
}

void
study_fixture_excuse (StudyFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, excuse, NULL, &error));
  g_assert_no_error (error);
}

void
study_fixture_use_default_policy (StudyFixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, use_default_policy, NULL, &error));
  g_assert_no_error (error);
}

XsOutboxStatus
study_fixture_outbox (StudyFixture *f)
{
  XsOutboxStatus status;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_store_run (f->store, read_outbox, &status, &error));
  g_assert_no_error (error);
  return status;
}

char *
study_fixture_recording (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("XUESHI_DEMO_DIR"), "franck.webm", NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("the demo recording is not here: ./dev setup fetches it");
  return NULL;
}

char *
study_fixture_begin_recording (StudyFixture *f, gsize n_bytes)
{
  g_autofree char *recording = study_fixture_recording ();
  g_autofree char *path = g_build_filename (f->input_dir, "begin.webm", NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (recording, &bytes, &size, &error));
  g_assert_cmpuint (size, >, n_bytes);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, &error));
  return g_filename_to_uri (path, NULL, &error);
}

gboolean
study_fixture_set_up (StudyFixture *f)
{
  g_autofree char *path = study_fixture_recording ();
  g_autoptr (GError) error = NULL;

  f->dir = temp_dir_new ();
  f->input_dir = temp_dir_new ();
  if (path == NULL)
    return FALSE;
  g_autoptr (XsRecording) recording = xs_recording_open (path, 1, &error);
  g_assert_no_error (error);
  g_autoptr (XsFrame) frame = NULL;
  g_assert_true (xs_recording_next (recording, &frame, &error));
  g_autoptr (GBytes) photo = xs_picture_encode_jpeg (frame, 90, &error);
  g_assert_no_error (error);
  f->photo = g_build_filename (f->input_dir, "photo.jpg", NULL);
  g_assert_true (xs_blob_write (f->photo, photo, &error));
  return TRUE;
}

void
study_fixture_start (StudyFixture *f, const char *camera_uri, const char *course_dir)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *built = xs_course_default_dir ();
  g_autoptr (XsCourse) course = xs_course_load (course_dir != NULL ? course_dir : built, &error);
  g_assert_no_error (error);

  XsJournal *journal = xs_journal_open (f->dir, xs_clock_system (), &error);
  g_assert_no_error (error);
  f->store = xs_store_new (journal);
  g_autoptr (GBytes) photo = xs_blob_read (f->photo, 1024 * 1024, &error);
  g_assert_no_error (error);
  g_assert_true (xs_store_run (f->store, pair_and_enrol, photo, &error));
  f->study = xs_study_new (f->store, xs_clock_system (), camera_uri, course);
  study_fixture_wait_for_phase (f, XS_STUDY_READY);
}

void
study_fixture_stop (StudyFixture *f)
{
  if (f->study != NULL)
    {
      xs_study_shut_down (f->study);
      /* Behind all that the study still stores; its answers hold the store until they are delivered. */
      study_fixture_outbox (f);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_clear_object (&f->study);
    }
  g_clear_object (&f->store);
}

void
study_fixture_tear_down (StudyFixture *f)
{
  study_fixture_stop (f);
  temp_dir_free (f->dir);
  temp_dir_free (f->input_dir);
  g_free (f->photo);
}

XsStudyStatus
study_fixture_status (StudyFixture *f)
{
  XsStudyStatus status;

  xs_study_get_status (f->study, &status);
  return status;
}

void
study_fixture_wait_for_phase (StudyFixture *f, XsStudyPhase phase)
{
  while (study_fixture_status (f).phase != phase)
    {
      g_assert_cmpint (study_fixture_status (f).phase, !=, XS_STUDY_FAILED);
      g_main_context_iteration (NULL, TRUE);
    }
}

void
study_fixture_wait_for_credit (StudyFixture *f, gint64 credited_us)
{
  while (study_fixture_status (f).credited_us < credited_us)
    g_main_context_iteration (NULL, TRUE);
}

void
study_fixture_wait_for_pause (StudyFixture *f, XsPause pause)
{
  while (study_fixture_status (f).pause != pause)
    g_main_context_iteration (NULL, TRUE);
}

void
study_fixture_study (StudyFixture *f, gint64 credited_us)
{
  xs_study_sign_in (f->study, STUDY_FIXTURE_STUNUM);
  study_fixture_wait_for_phase (f, XS_STUDY_STUDYING);
  study_fixture_wait_for_credit (f, credited_us);
}
