/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-records.h"
#include "xs-sync-fixture.h"
#include "xs-sync-seat.h"
#include "xs-unsent.h"
#include "xs-wire-bundle.h"

#include "xs-journal-private.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

/*
 * The real xueshi-platform in a process of its own: a kiosk pairs with it, gets its roster, and sends a session, while
 * the platform is killed in the middle and started again on the same data. Its path is the program's argument, that of
 * xueshi-auditor the second.
 */

#define LEARNER "2000000000000002" /* of xueshi-platform demo */

static const char *program, *auditor;

typedef struct {
  XsSyncFixture kiosk;
  char *data_dir;
  char *photo;
  guint16 port; /* the same in every life, as the kiosk knows it by its URL */
  GSubprocess *process;
  GBytes *jpeg;
} Scene;

/* (transfer full): what "xueshi-platform COMMAND…" printed; it must succeed. */
static char *
ask (const char *const *arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  char *out = NULL;

  g_strv_builder_add (builder, program);
  for (guint i = 0; arguments[i] != NULL; i++)
    g_strv_builder_add (builder, arguments[i]);
  g_auto (GStrv) argv = g_strv_builder_end (builder);
  g_autoptr (GSubprocess) process =
    g_subprocess_newv ((const char *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    g_test_message ("%s", out);
  g_assert_true (g_subprocess_get_successful (process));
  return g_strstrip (out);
}

#define ASK(...) ask ((const char *const[]){ __VA_ARGS__, NULL })

/* Returns: (transfer full): the URL it listens on. */
static char *
start_platform (Scene *s)
{
  g_autofree char *port = g_strdup_printf ("%u", s->port);
  g_autoptr (GError) error = NULL;

  s->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "serve", "--data", s->data_dir,
                                 "--port", port, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (s->process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  char *url = strstr (line, "http://");
  g_assert_nonnull (url);
  s->port = (guint16) g_ascii_strtoull (strrchr (url, ':') + 1, NULL, 10);
  g_assert_cmpuint (s->port, >, 0);
  return g_strdup (url);
}

static void
kill_platform (Scene *s)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_force_exit (s->process);
  g_subprocess_wait (s->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&s->process);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
pair_kiosk (Scene *s, XsSync *sync, const char *url)
{
  g_autofree char *code = ASK ("pair-code", "--data", s->data_dir);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  xs_sync_pair_async (sync, url, code, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  gboolean ok = xs_sync_pair_finish (sync, result, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

static void
pair (Scene *s, const char *url)
{
  pair_kiosk (s, s->kiosk.sync, url);
}

static void
set_up (Scene *s, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_set_up (&s->kiosk, NULL);
  s->kiosk.timing.timeouts = (XsSyncTimeouts){ .silence_s = 10, .total_s = 20 };
  xs_sync_set_timing (s->kiosk.sync, &s->kiosk.timing);
  s->data_dir = g_build_filename (s->kiosk.dir, "platform", NULL);
  s->photo = g_build_filename (s->kiosk.dir, "registration.jpg", NULL);
  /* Any bytes that begin and end as a JPEG does. */
  s->jpeg = g_bytes_new ("\xff\xd8\xff\xe0 a face \xff\xd9", 14);
  g_assert_true (
    g_file_set_contents (s->photo, g_bytes_get_data (s->jpeg, NULL), (gssize) g_bytes_get_size (s->jpeg), &error));
  g_free (ASK ("demo", "--data", s->data_dir, "--photo", s->photo));
}

static void
tear_down (Scene *s, gconstpointer data)
{
  if (s->process != NULL)
    kill_platform (s);
  xs_sync_fixture_tear_down (&s->kiosk, NULL);
  g_free (s->data_dir);
  g_free (s->photo);
  g_bytes_unref (s->jpeg);
}

/* The platform's own word on what it has. */
static void
assert_platform_has (Scene *s, guint n_photos, guint n_logs)
{
  g_autofree char *verdict = ASK ("fsck", "--data", s->data_dir);
  g_autofree char *logs_text = ASK ("list", "logs", "--data", s->data_dir, "--json");
  g_autofree char *photos_text = ASK ("list", "photos", "--data", s->data_dir, "--json");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) logs = json_from_string (logs_text, &error);
  g_assert_no_error (error);
  g_autoptr (JsonNode) photos = json_from_string (photos_text, &error);
  g_assert_no_error (error);
  JsonArray *array = json_node_get_array (logs);

  g_assert_nonnull (strstr (verdict, "All is well."));
  g_assert_cmpuint (json_array_get_length (array), ==, n_logs);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (photos)), ==, n_photos);
  for (guint i = 0; i < n_logs; i++)
    {
      JsonObject *log = json_array_get_object_element (array, i);

      g_assert_cmpint (json_object_get_int_member (log, "seq"), ==, i + 1);
      g_assert_cmpstr (json_object_get_string_member (log, "chain"), ==, "ok");
      g_assert_cmpstr (json_object_get_string_member (log, "stunum"), ==, LEARNER);
    }
}

static gboolean
get_photo (XsJournal *journal, gpointer data, GError **error)
{
  GBytes **photo = data;

  *photo = xs_journal_get_registration_photo (journal, LEARNER, error);
  return *photo != NULL;
}

static void
test_pairs_refreshes_and_sends (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autoptr (GBytes) photo = NULL;
  g_autoptr (GError) error = NULL;

  pair (s, url);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 2, 5);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  g_assert_true (xs_store_run (s->kiosk.store, get_photo, &photo, &error));
  g_assert_true (g_bytes_equal (photo, s->jpeg));
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.photos_sent, ==, 10);
  g_assert_cmpuint (status.logs_sent, ==, 2);
  assert_platform_has (s, 10, 2);

  /* Once more, by another XsSync, with everything still acknowledged: nothing moves. */
  xs_sync_fixture_new_sync (&s->kiosk);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  assert_platform_has (s, 10, 2);
}

static gboolean
copy_database (XsJournal *journal, gpointer path, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("VACUUM INTO '%s'", (char *) path);

  return xs_db_exec (journal->db, sql, error);
}

static gboolean
get_recovery (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_recovery (journal, data, error);
}

/*
 * L14: the kiosk's journal is put back to an older state, twice, as what resets classroom PCs does at every start. What
 * it signs from then on is above all that the platform has: nothing is refused, and the gap shows.
 */
static void
test_put_back (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autofree char *copy = g_build_filename (s->kiosk.dir, "copy.db", NULL);
  g_autofree char *path = g_build_filename (s->kiosk.dir, "journal.db", NULL);
  const char *const leftovers[] = { "journal.db-wal", "journal.db-shm" };
  g_auto (XsRecovery) recovery = { 0 };
  g_autoptr (GError) error = NULL;

  pair (s, url);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 1, 1);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  g_assert_true (xs_store_run (s->kiosk.store, copy_database, copy, &error));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *bytes = NULL;
      gsize size;

      xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 2, 1);
      error = xs_sync_fixture_pass (&s->kiosk);
      g_assert_no_error (error);
      xs_sync_fixture_close (&s->kiosk);
      g_assert_true (g_file_get_contents (copy, &bytes, &size, &error));
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, &error));
      for (guint j = 0; j < G_N_ELEMENTS (leftovers); j++)
        {
          g_autofree char *leftover = g_build_filename (s->kiosk.dir, leftovers[j], NULL);
          g_unlink (leftover);
        }
      xs_sync_fixture_open (&s->kiosk);
      error = xs_sync_fixture_pass (&s->kiosk);
      g_assert_no_error (error);
    }
  g_assert_true (xs_store_run (s->kiosk.store, get_recovery, &recovery, &error));
  g_assert_cmpstr (recovery.source, ==, "copy");
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 2, 1);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.logs_rejected + status.photos_rejected, ==, 0);

  g_autofree char *text = ASK ("list", "logs", "--data", s->data_dir, "--json");
  g_autoptr (JsonNode) logs = json_from_string (text, &error);
  g_assert_no_error (error);
  JsonArray *array = json_node_get_array (logs);
  const char *const chains[] = { "ok", "ok", "ok", "gap", "ok", "gap", "ok" };
  g_assert_cmpuint (json_array_get_length (array), ==, G_N_ELEMENTS (chains));
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (array, i), "chain"), ==, chains[i]);
}

static void
test_refused_for_good (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autoptr (GError) error = NULL;

  pair (s, url);
  /* The platform does not know this one; the next log goes all the same. */
  xs_sync_fixture_add_session_of (&s->kiosk, "2000000000000009", 1, 1);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 1, 1);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.logs_rejected, ==, 1);
  g_assert_cmpuint (status.logs_sent, ==, 1);
  g_assert_cmpuint (status.logs_waiting, ==, 0);
}

/* The platform's answers to appeals, as `xueshi-platform list appeals` has them in the end. */
static void
test_appeals (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autoptr (GError) error = NULL;

  pair (s, url);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 2, 1);
  xs_sync_fixture_add_session_of (&s->kiosk, "2000000000000009", 1, 1);
  xs_sync_fixture_appeal (&s->kiosk, LEARNER, 2);
  xs_sync_fixture_appeal (&s->kiosk, "2000000000000009", 3);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.appeals_sent, ==, 1);
  g_assert_cmpuint (status.appeals_rejected, ==, 1);
  g_assert_cmpuint (status.appeals_waiting, ==, 0);

  g_autofree char *text = ASK ("list", "appeals", "--data", s->data_dir, "--json");
  g_autoptr (JsonNode) appeals = json_from_string (text, &error);
  g_assert_no_error (error);
  JsonArray *array = json_node_get_array (appeals);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  JsonObject *appeal = json_array_get_object_element (array, 0);
  g_assert_cmpint (json_object_get_int_member (appeal, "seq"), ==, 2);
  g_assert_cmpstr (json_object_get_string_member (appeal, "stunum"), ==, LEARNER);
  g_assert_cmpstr (json_object_get_string_member (appeal, "reason"), ==, "camera");
  g_assert_cmpstr (json_object_get_string_member (appeal, "comment"), ==, "灯坏了");
  g_assert_true (json_object_get_boolean_member (appeal, "log"));
}

static void
pass (XsSyncFixture *kiosk)
{
  g_autoptr (GError) error = xs_sync_fixture_pass (kiosk);

  g_assert_no_error (error);
}

static void
assert_standing (Scene *s, XsSyncFixture *other, gint64 text_version)
{
  pass (&s->kiosk);
  pass (other);
  g_assert_cmpint (xs_sync_fixture_get_consent (&s->kiosk, LEARNER).text_version, ==, text_version);
  g_assert_cmpint (xs_sync_fixture_get_consent (other, LEARNER).text_version, ==, text_version);
}

/* C4, C5, C7: what was decided at one kiosk, or at the school, is known at the other. */
static void
test_consents (Scene *s, gconstpointer data)
{
  XsSyncFixture other = { 0 };
  g_autofree char *url = start_platform (s);

  xs_sync_fixture_set_up (&other, NULL);
  pair (s, url);
  pair_kiosk (s, other.sync, url);
  assert_standing (s, &other, 0);
  xs_sync_fixture_decide (&s->kiosk, LEARNER, 2);
  assert_standing (s, &other, 2);
  xs_sync_fixture_decide (&other, LEARNER, 0);
  pass (&other);
  assert_standing (s, &other, 0);
  xs_sync_fixture_decide (&other, LEARNER, 3);
  pass (&other);
  assert_standing (s, &other, 3);
  g_free (ASK ("withdraw-consent", "--data", s->data_dir, "--stunum", LEARNER));
  assert_standing (s, &other, 0);

  g_autofree char *verdict = ASK ("fsck", "--data", s->data_dir);
  g_assert_nonnull (strstr (verdict, "4 consents"));
  g_assert_nonnull (strstr (verdict, "All is well."));
  xs_sync_fixture_tear_down (&other, NULL);
}

static gboolean
list_unsent (XsJournal *journal, gpointer data, GError **error)
{
  XsUnsent **unsent = data;

  *unsent = xs_unsent_list (journal, error);
  return *unsent != NULL;
}

/* Puts the file back as it was. */
static void
check_any_byte (const char *folder, const char *what)
{
  g_autofree char *path = xs_wire_bundle_item_path (folder, what, 1);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) read_error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, &read_error));
  const gsize offsets[] = { 0, size / 4, size / 2, size - 1 };
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (XsWireBundle) bundle;
      xs_wire_bundle_init (&bundle);
      bytes[offsets[i]] ^= 1;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
      g_assert_false (xs_wire_bundle_check (folder, &bundle, &error));
      g_assert_error (error, XS_ERROR, XS_ERROR_CORRUPT);
      bytes[offsets[i]] ^= 1;
    }
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
}

/* B2, B3: appeals and decisions go by hand like logs, once, and whichever way comes first. */
static void
test_by_hand (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autofree char *folder = NULL;
  g_autoptr (XsUnsent) unsent = NULL;
  g_autoptr (GError) error = NULL;

  pair (s, url);
  pass (&s->kiosk);
  kill_platform (s);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 1, 1);
  xs_sync_fixture_appeal (&s->kiosk, LEARNER, 1);
  xs_sync_fixture_decide (&s->kiosk, LEARNER, 2);
  g_assert_true (xs_store_run (s->kiosk.store, list_unsent, &unsent, &error));
  g_assert_true (xs_unsent_write (unsent, s->kiosk.dir, NULL, &folder, &error));
  g_assert_no_error (error);
  g_autofree char *first = ASK ("import", "--data", s->data_dir, folder);
  g_assert_nonnull (strstr (first, "logs: 1 new"));
  g_assert_nonnull (strstr (first, "appeals and consents: 2 new, 0 known"));
  g_autofree char *second = ASK ("import", "--data", s->data_dir, folder);
  g_assert_nonnull (strstr (second, "appeals and consents: 0 new, 2 known"));
  g_free (start_platform (s));
  pass (&s->kiosk);
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.appeals_sent + status.consents_sent, ==, 2);
  g_autofree char *consents = ASK ("list", "consents", "--data", s->data_dir, "--json");
  g_assert_nonnull (strstr (consents, "\"given\""));
  g_assert_nonnull (strstr (consents, LEARNER));

  check_any_byte (folder, XS_WIRE_BUNDLE_APPEALS);
  check_any_byte (folder, XS_WIRE_BUNDLE_CONSENTS);
}

static gboolean
read_record (XsJournal *journal, gpointer data, GError **error)
{
  XsRecord **record = data;

  *record = xs_records_read (journal, LEARNER, 1, error);
  return *record != NULL;
}

/* (transfer full): what the student's screen reads of the first log, once it is as @is_so says. */
static XsRecord *
wait_for_record (Scene *s, gboolean (*is_so) (const XsRecordLog *head))
{
  for (;;)
    {
      XsRecord *record = NULL;
      g_autoptr (GError) error = NULL;
      g_assert_true (xs_store_run (s->kiosk.store, read_record, &record, &error));
      g_assert_no_error (error);
      if (is_so (&record->head))
        return record;
      xs_record_free (record);
      xs_sync_fixture_tick ();
    }
}

static gboolean
is_judged (const XsRecordLog *head)
{
  return head->by_platform;
}

static gboolean
is_decided (const XsRecordLog *head)
{
  return head->by_person;
}

static void
run_auditor (Scene *s)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, auditor, "--data", s->data_dir, "--once", NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (process, NULL, &error));
}

/* V1 to V4: from the log to the verdict on the student's screen, and a decision there. */
static void
test_verdicts (Scene *s, gconstpointer data)
{
  g_autofree char *url = start_platform (s);
  g_autoptr (GError) error = NULL;

  pair (s, url);
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 1, 1);
  error = xs_sync_fixture_pass (&s->kiosk);
  g_assert_no_error (error);
  /* Longer than the platform holds the request back. */
  s->kiosk.timing.timeouts = (XsSyncTimeouts){ .silence_s = 20, .total_s = 40 };
  xs_sync_set_timing (s->kiosk.sync, &s->kiosk.timing);
  xs_sync_follow_verdicts (s->kiosk.sync);
  run_auditor (s);
  /* Its photo is no picture. */
  g_autoptr (XsRecord) judged = wait_for_record (s, is_judged);
  g_assert_cmpint (judged->head.state, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_cmpint (judged->head.verdict, ==, XS_VERDICT_PENDING);
  g_assert_cmpuint (judged->doubts->len, >=, 1);

  g_autofree char *text = ASK ("list", "logs", "--data", s->data_dir, "--json");
  g_autoptr (JsonNode) logs = json_from_string (text, &error);
  const char *devnum =
    json_object_get_string_member (json_array_get_object_element (json_node_get_array (logs), 0), "devnum");
  g_free (ASK ("decide", "--data", s->data_dir, "--devnum", devnum, "--seq", "1", "--who", "李教练", "--comment",
               "看过照片", "--reason", "face_mismatch", "void"));
  g_autoptr (XsRecord) decided = wait_for_record (s, is_decided);
  g_assert_cmpint (decided->head.verdict, ==, XS_VERDICT_VOID);
  g_assert_cmpstr (decided->head.comment, ==, "看过照片");
  g_assert_cmpuint (decided->audit->breaches->len, ==, 1);
  g_assert_cmpint (g_array_index (decided->audit->breaches, XsBreach, 0).rule, ==, XS_RULE_FACE_MISMATCH);

  /* The platform goes and comes back: what it says next is heard all the same. */
  kill_platform (s);
  g_free (start_platform (s));
  g_free (ASK ("decide", "--data", s->data_dir, "--devnum", devnum, "--seq", "1", "--who", "王教练", "valid"));
  for (gboolean heard = FALSE; !heard;)
    {
      g_autoptr (XsRecord) again = wait_for_record (s, is_decided);
      heard = again->head.comment[0] == '\0';
    }
}

typedef struct {
  gboolean came;
  XsWireSeatAnswer answer;
} SeatAnswer;

static void
on_seat (const XsWireSeatAnswer *answer, gpointer data)
{
  *(SeatAnswer *) data = (SeatAnswer){ TRUE, *answer };
}

/* (transfer full): the seat, and the platform's answer */
static XsSyncSeat *
sit_down (XsSyncFixture *kiosk, SeatAnswer *answer)
{
  *answer = (SeatAnswer){ 0 };
  XsSyncSeat *seat = xs_sync_seat_take (kiosk->store, kiosk->clock, LEARNER, on_seat, answer);
  while (!answer->came)
    xs_sync_fixture_tick ();
  return seat;
}

/* Z1: who sits at one kiosk is known at the other, until she leaves. */
static void
test_seats (Scene *s, gconstpointer data)
{
  XsSyncFixture other = { 0 };
  SeatAnswer here, there;
  g_autofree char *url = start_platform (s);

  xs_sync_fixture_set_up (&other, NULL);
  pair (s, url);
  pair_kiosk (s, other.sync, url);
  XsSyncSeat *seat = sit_down (&s->kiosk, &here);
  g_assert_true (here.answer.granted);
  XsSyncSeat *refused = sit_down (&other, &there);
  g_assert_false (there.answer.granted);
  g_assert_cmpstr (there.answer.devnum, !=, "");
  xs_sync_seat_leave (refused);
  xs_sync_seat_leave (seat);
  do
    {
      refused = sit_down (&other, &there);
      xs_sync_seat_leave (refused);
    }
  while (!there.answer.granted);
  xs_sync_fixture_tear_down (&other, NULL);
}

static void
test_killed_in_mid_upload (Scene *s, gconstpointer data)
{
  const guint n_photos = 30, n_logs = 4;
  g_autofree char *url = start_platform (s);

  pair (s, url);
  xs_sync_start (s->kiosk.sync);
  while (xs_sync_get_state (s->kiosk.sync) != XS_SYNC_IDLE)
    xs_sync_fixture_tick ();
  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, n_logs, n_photos);
  for (guint life = 1; life <= 4; life++)
    {
      while (xs_sync_fixture_get_status (&s->kiosk).photos_sent < life * 20)
        xs_sync_fixture_tick ();
      kill_platform (s);
      while (xs_sync_get_state (s->kiosk.sync) != XS_SYNC_OFFLINE
             && xs_sync_fixture_get_status (&s->kiosk).logs_waiting > 0)
        xs_sync_fixture_tick ();
      g_autofree char *again = start_platform (s);
      g_assert_cmpstr (again, ==, url);
    }
  while (xs_sync_fixture_get_status (&s->kiosk).logs_sent < n_logs)
    xs_sync_fixture_tick ();
  XsOutboxStatus status = xs_sync_fixture_get_status (&s->kiosk);
  g_assert_cmpuint (status.photos_sent, ==, n_photos * n_logs);
  g_assert_cmpuint (status.photos_waiting + status.logs_waiting, ==, 0);
  g_assert_cmpuint (status.photos_rejected + status.logs_rejected, ==, 0);
  assert_platform_has (s, n_photos * n_logs, n_logs);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  program = argv[1];
  auditor = argv[2];

#define ADD(name, func) g_test_add ("/sync/real-platform/" name, Scene, NULL, set_up, func, tear_down)
  ADD ("pairs-refreshes-and-sends", test_pairs_refreshes_and_sends);
  ADD ("refused-for-good", test_refused_for_good);
  ADD ("put-back", test_put_back);
  ADD ("appeals", test_appeals);
  ADD ("consents", test_consents);
  ADD ("by-hand", test_by_hand);
  ADD ("verdicts", test_verdicts);
  ADD ("seats", test_seats);
  ADD ("killed-in-mid-upload", test_killed_in_mid_upload);
  return g_test_run ();
}
