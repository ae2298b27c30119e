/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-diagnosis.h"
#include "xs-log-book.h"
#include "xs-sync-fixture.h"
#include "xs-sync-fleet.h"
#include "xs-sync-health.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

/*
 * A kiosk tells the real xueshi-platform how it is, and sends what it noted of itself when it is asked: D1 to D6 of
 * docs/protocol.md. The platform's path is the program's argument; with "--kiosk DIR" this program is the kiosk.
 */

#define LEARNER "2000000000000002" /* of xueshi-platform demo … */
#define LEARNER_NAME "演示学员"    /* … and what it is called */
#define LATIN_NAME "Wang Xiaoming"

static const char *program, *own_path, *book_dir;

/* Without a platform */

static GPtrArray *
names_of (const char *first, const char *second)
{
  GPtrArray *names = g_ptr_array_new ();

  g_ptr_array_add (names, (gpointer) first);
  if (second != NULL)
    g_ptr_array_add (names, (gpointer) second);
  return names;
}

static char *
make_text (const char *lines, const GPtrArray *names)
{
  const XsWireDeviceHealth health = { .version = "1.2.0", .packaging = "native", .ready = "ok" };
  const XsOutboxStatus outbox = { .logs_waiting = 3 };
  const char *const ready[] = { "camera:ok", "disk:not", NULL };
  const XsDiagnosisParts parts = { &health, &outbox, ready, lines, names };
  g_autoptr (GBytes) bytes = xs_diagnosis_make (&parts);

  g_assert_cmpuint (g_bytes_get_size (bytes), <=, XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* D2: no name, no number of a learner, whole or what the log book left of it, and nothing that could be a name. */
static void
test_scrubbed (void)
{
  g_autoptr (GPtrArray) names = names_of (LEARNER_NAME, LATIN_NAME);
  g_autoptr (GPtrArray) prefixes = names_of ("Anna", "Anna Maria Lopez");
  g_autofree char *prefixed = make_text ("2026-01-05 09:00:00 xs-sync: Anna Maria Lopez is not Anna\n", prefixes);
  g_autofree char *home =
    g_strdup_printf ("2026-01-05 09:00:03 xs-store: Cannot write %s/.local/x: full\n", g_get_home_dir ());
  g_autofree char *lines =
    g_strconcat ("2026-01-05 09:00:00 xs-sync: Learner " LEARNER " is " LATIN_NAME "\n"
                 "2026-01-05 09:00:01 xs-store !: Learner …0002, " LEARNER_NAME ", 李四同学 left\n"
                 "2026-01-05 09:00:02 GStreamer: “/dev/video0” is busy\n",
                 home, NULL);
  g_autofree char *text = make_text (lines, names);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);

  g_assert_no_error (error);
  const char *const never[] = {
    LEARNER, "0002", LEARNER_NAME, LATIN_NAME, "Xiaoming", "李四", "学员", g_get_home_dir ()
  };
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_null (strstr (text, never[i]));
  g_assert_nonnull (strstr (prefixed, "# is not #"));
  JsonObject *object = json_node_get_object (node);
  JsonArray *array = json_object_get_array_member (object, "lines");
  g_assert_cmpuint (json_array_get_length (array), ==, 4);
  JsonObject *line = json_array_get_object_element (array, 1);
  g_assert_cmpstr (json_object_get_string_member (line, "time"), ==, "2026-01-05 09:00:01");
  g_assert_cmpstr (json_object_get_string_member (line, "domain"), ==, "xs-store");
  g_assert_true (json_object_get_boolean_member (line, "warning"));
  g_assert_nonnull (strstr (json_object_get_string_member (line, "message"), " left"));
  line = json_array_get_object_element (array, 2);
  g_assert_cmpstr (json_object_get_string_member (line, "message"), ==, "“/dev/video0” is busy");
  JsonObject *ready = json_object_get_object_member (object, "ready");
  g_assert_cmpstr (json_object_get_string_member (ready, "disk"), ==, "not");
  JsonObject *counters = json_object_get_object_member (object, "counters");
  g_assert_cmpint (json_object_get_int_member (counters, "logs_waiting"), ==, 3);
}

/* D6: however much there is, the newest of it fits. */
static void
test_bounded (void)
{
  g_autoptr (GPtrArray) names = names_of (LATIN_NAME, NULL);
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < 4000; i++)
    g_string_append_printf (lines, "2026-01-05 09:00:00 xs-sync: \"\\\"\\\"\\\"\\\"\\\"\\ line %u of many\n", i);
  g_autofree char *text = make_text (lines->str, names);
  g_assert_nonnull (strstr (text, "line 3999 of many"));
  g_assert_null (strstr (text, "line 0 of many"));
  g_assert_cmpuint (strlen (text), >, XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES / 2);
}

static void
test_fleet_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("xs-fleet-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, XS_SYNC_FLEET_FILE, NULL);
  const XsSyncFleet kept = { .ring = 2, .wanted_version = "1.10.0" };
  XsSyncFleet read;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_sync_fleet_read (dir, &read, &error));
  g_assert_cmpint (read.ring, ==, -1);
  g_assert_true (xs_sync_fleet_keep (dir, &kept, &error));
  g_assert_true (xs_sync_fleet_read (dir, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read.ring, ==, 2);
  g_assert_cmpstr (read.wanted_version, ==, "1.10.0");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "RING=2\nWANTED_VERSION=1.10.0\n");
  /* A shell that reads it runs nothing of it. */
  g_assert_true (g_file_set_contents (path, "RING=1\nWANTED_VERSION=$(reboot)\n", -1, NULL));
  g_assert_true (xs_sync_fleet_read (dir, &read, &error));
  g_assert_cmpstr (read.wanted_version, ==, "");
  g_unlink (path);
  g_rmdir (dir);
}

/* With the protocol in memory */

/* R7, D3: a change is told soon, but not before the time that the platform asked for. */
static void
test_left_alone (XsSyncFixture *f, gconstpointer data)
{
  const XsRunBook book = { 0 };
  const char *const items[] = { NULL };
  gint64 begun_us = g_get_monotonic_time ();

  f->timing.change_us = 1;
  xs_fault_server_set (f->platform->server, "POST /v1/health", XS_FAULT_UNAVAILABLE, 1);
  XsSyncHealth *health = xs_sync_health_new (f->store, f->clock, &f->timing, &book);
  while (xs_fault_server_count (f->platform->server, "POST /v1/health") < 2)
    {
      xs_sync_health_set_ready (health, "ok", items, NULL);
      xs_sync_health_set_ready (health, "not", items, "busy");
      xs_sync_fixture_tick ();
    }
  g_assert_cmpint (g_get_monotonic_time () - begun_us, >=, G_USEC_PER_SEC);
  xs_sync_health_free (health);
}

static void
set_up_paired (XsSyncFixture *f, gconstpointer data)
{
  xs_sync_fixture_set_up (f, NULL);
  xs_sync_fixture_pair (f);
}

/* With a real one */

typedef struct {
  XsSyncFixture kiosk;
  char *data_dir;
  guint16 port;
  char *url;
  GSubprocess *process;
} Scene;

/* (transfer full) (nullable): what "xueshi-platform COMMAND…" printed; NULL when it failed. */
static char *
try (const char *const *arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) arguments);
  g_auto (GStrv) argv = g_strv_builder_end (builder);
  g_autoptr (GSubprocess) process =
    g_subprocess_newv ((const char *const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                       &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  return g_subprocess_get_successful (process) ? g_strstrip (g_steal_pointer (&out)) : NULL;
}

#define TRY(...) try ((const char *const[]){ __VA_ARGS__, NULL })

static void
start_platform (Scene *s)
{
  g_autofree char *port = g_strdup_printf ("%u", s->port);
  g_autoptr (GError) error = NULL;

  s->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, program,
                                 "serve", "--no-audit", "--data", s->data_dir, "--port", port, NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (s->process));
  g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  char *url = strstr (line, "http://");
  g_assert_nonnull (url);
  s->port = (guint16) g_ascii_strtoull (strrchr (url, ':') + 1, NULL, 10);
  g_free (s->url);
  s->url = g_strdup (url);
}

static void
kill_process (GSubprocess **process)
{
  g_subprocess_force_exit (*process);
  g_assert_true (g_subprocess_wait (*process, NULL, NULL));
  g_clear_object (process);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
set_up (Scene *s, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  xs_sync_fixture_set_up (&s->kiosk, NULL);
  s->kiosk.timing.timeouts = (XsSyncTimeouts){ .silence_s = 10, .total_s = 20 };
  s->kiosk.timing.change_us = 1;
  xs_sync_set_timing (s->kiosk.sync, &s->kiosk.timing);
  s->data_dir = g_build_filename (s->kiosk.dir, "platform", NULL);
  g_autofree char *photo = g_build_filename (s->kiosk.dir, "registration.jpg", NULL);
  g_assert_true (g_file_set_contents (photo, "\xff\xd8\xff\xe0 a face \xff\xd9", 14, NULL));
  g_autofree char *made = TRY ("demo", "--data", s->data_dir, "--photo", photo);
  g_assert_nonnull (made);
  start_platform (s);
  g_autofree char *code = TRY ("pair-code", "--data", s->data_dir);
  xs_sync_pair_async (s->kiosk.sync, s->url, code, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (xs_sync_pair_finish (s->kiosk.sync, result, &error));
  g_assert_no_error (error);
}

static void
tear_down (Scene *s, gconstpointer data)
{
  if (s->process != NULL)
    kill_process (&s->process);
  xs_sync_fixture_tear_down (&s->kiosk, NULL);
  g_free (s->data_dir);
  g_free (s->url);
}

/* (transfer full): the one device, as `xueshi-platform list devices` has it. */
static JsonNode *
list_device (Scene *s)
{
  g_autofree char *text = TRY ("list", "devices", "--data", s->data_dir, "--json");
  g_autoptr (JsonNode) list = json_from_string (text, NULL);

  g_assert_nonnull (list);
  return json_array_dup_element (json_node_get_array (list), 0);
}

/* Whether the platform has heard so. */
static gboolean
is_ready (Scene *s, const char *state)
{
  g_autoptr (JsonNode) device = list_device (s);

  return g_str_equal (json_object_get_string_member (json_node_get_object (device), "ready"), state);
}

static gboolean
has_trouble (Scene *s, const char *word)
{
  g_autoptr (JsonNode) device = list_device (s);

  return g_strcmp0 (json_object_get_string_member (json_node_get_object (device), "camera_trouble"), word) == 0;
}

static char *
devnum_of (Scene *s)
{
  g_autoptr (JsonNode) device = list_device (s);

  return g_strdup (json_object_get_string_member (json_node_get_object (device), "devnum"));
}

static char *
wait_for_diagnosis (Scene *s, const char *id)
{
  char *text;

  while ((text = TRY ("read-diagnosis", "--data", s->data_dir, id)) == NULL)
    xs_sync_fixture_tick ();
  return text;
}

/* D1, D4: what the platform shows is what the kiosk is, and what the ring wants is on the kiosk's disk. */
static void
test_told (Scene *s, gconstpointer data)
{
  const XsRunBook book = { 1790000000000000, 2, 1790000000000000 };
  const char *const items[] = { "camera:not", NULL };
  XsSyncFleet fleet = { .ring = -1 };
  g_autoptr (GError) error = NULL;

  xs_sync_fixture_add_session_of (&s->kiosk, LEARNER, 2, 1);
  g_autofree char *set = TRY ("set-version", "--data", s->data_dir, "--ring", "1", "9.0.0");
  g_assert_nonnull (set);
  XsSyncHealth *health = xs_sync_health_new (s->kiosk.store, s->kiosk.clock, &s->kiosk.timing, &book);
  while (!is_ready (s, "unknown"))
    xs_sync_fixture_tick ();
  while (fleet.ring < 0)
    {
      g_assert_true (xs_sync_fleet_read (s->kiosk.dir, &fleet, &error));
      xs_sync_fixture_tick ();
    }
  g_assert_cmpint (fleet.ring, ==, 1);
  g_assert_cmpstr (fleet.wanted_version, ==, "9.0.0");
  /* A change is told soon; of what comes right behind another report nothing need be kept. */
  do
    {
      xs_sync_health_set_ready (health, "ok", items, NULL);
      xs_sync_health_set_ready (health, "not", items, "busy");
      xs_sync_fixture_tick ();
    }
  while (!is_ready (s, "not"));
  g_assert_true (has_trouble (s, "busy"));
  /* So is another trouble in the place of one. */
  do
    {
      xs_sync_health_set_ready (health, "not", items, "busy");
      xs_sync_health_set_ready (health, "not", items, "denied");
      xs_sync_fixture_tick ();
    }
  while (!has_trouble (s, "denied"));
  xs_sync_health_free (health);

  g_autoptr (JsonNode) node = list_device (s);
  JsonObject *device = json_node_get_object (node);
  g_assert_false (json_object_get_null_member (device, "camera_trouble_at"));
  g_assert_cmpint (json_object_get_int_member (device, "logs_waiting"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (device, "photos_waiting"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (device, "broken_runs"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (device, "free_mb"), >, 0);
  g_assert_cmpint (json_object_get_int_member (device, "schema"), >=, 9);
  g_assert_cmpint (ABS (json_object_get_int_member (device, "clock_ahead_s")), <, 20);
  g_assert_cmpstr (json_object_get_string_member (device, "version"), !=, "");
  /* No pass has fetched the school's. */
  g_assert_cmpstr (json_object_get_string_member (device, "policy"), ==, "national-default 1");
}

static void
write_book (void)
{
  g_autofree char *path = g_build_filename (book_dir, "kiosk.log", NULL);
  const char lines[] = "2026-01-05 09:00:00 xs-sync: Learner " LEARNER ", " LEARNER_NAME ", signed in\n"
                       "2026-01-05 09:00:01 xueshi-kiosk !: No camera gives pictures\n";

  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
}

/* D2, D5: what comes has the kiosk's lines and nothing of its learners. */
static void
test_asked (Scene *s, gconstpointer data)
{
  const XsRunBook book = { 0 };
  const char *const items[] = { "camera:ok", NULL };
  g_autofree char *devnum = devnum_of (s);
  g_autoptr (GError) error = xs_sync_fixture_pass (&s->kiosk);

  g_assert_no_error (error);
  write_book ();
  g_autofree char *id = TRY ("ask-diagnosis", "--data", s->data_dir, "--devnum", devnum);
  g_assert_nonnull (id);
  XsSyncHealth *health = xs_sync_health_new (s->kiosk.store, s->kiosk.clock, &s->kiosk.timing, &book);
  xs_sync_health_set_ready (health, "ok", items, NULL);
  g_autofree char *text = wait_for_diagnosis (s, id);
  xs_sync_health_free (health);
  g_assert_nonnull (strstr (text, "No camera gives pictures"));
  const char *const never[] = { LEARNER, LEARNER_NAME, "a face" };
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_null (strstr (text, never[i]));
}

/* D3, D5: either side is killed at moments that nobody chose; in the end it has come, whole, and once. */
static void
test_killed (Scene *s, gconstpointer data)
{
  g_autofree char *devnum = devnum_of (s);
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  g_autoptr (GError) error = xs_sync_fixture_pass (&s->kiosk);

  g_assert_no_error (error);
  write_book ();
  g_autofree char *id = TRY ("ask-diagnosis", "--data", s->data_dir, "--devnum", devnum);
  xs_sync_fixture_close (&s->kiosk);
  for (guint round = 0; round < 8; round++)
    {
      g_autoptr (GSubprocess) kiosk =
        g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, own_path, "--kiosk", s->kiosk.dir, NULL);
      g_assert_no_error (error);
      for (gint32 ticks = g_rand_int_range (rand, 0, 12); ticks > 0; ticks--)
        xs_sync_fixture_tick ();
      if (round % 2 == 0)
        kill_process (&s->process);
      kill_process (&kiosk);
      if (s->process == NULL)
        start_platform (s);
    }
  g_autoptr (GSubprocess) kiosk =
    g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, own_path, "--kiosk", s->kiosk.dir, NULL);
  g_autofree char *text = wait_for_diagnosis (s, id);
  kill_process (&kiosk);
  xs_sync_fixture_open (&s->kiosk);
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  g_assert_no_error (error);
  g_autofree char *listed = TRY ("list", "diagnoses", "--data", s->data_dir, "--json");
  g_autoptr (JsonNode) diagnoses = json_from_string (listed, &error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (diagnoses)), ==, 1);
  g_autofree char *verdict = TRY ("fsck", "--data", s->data_dir);
  g_assert_nonnull (strstr (verdict, "All is well."));
}

/* What is killed. */
static void
be_kiosk (const char *dir)
{
  XsSyncFixture f = { 0 };
  const XsRunBook book = { 0 };

  xs_sync_fixture_set_up_at (&f, dir);
  (void) xs_sync_health_new (f.store, f.clock, &f.timing, &book);
  for (;;)
    xs_sync_fixture_tick ();
}

#define ADD(name, func) g_test_add ("/sync/health/" name, Scene, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_autofree char *dir = g_dir_make_tmp ("xs-health-XXXXXX", NULL);
  int status;

  xs_crypto_init ();
  if (argc == 3 && g_str_equal (argv[1], "--kiosk"))
    be_kiosk (argv[2]);
  own_path = argv[0];
  book_dir = dir;
  xs_log_book_open (dir);
  g_test_init (&argc, &argv, NULL);
  program = argc > 1 ? argv[1] : "xueshi-platform";
  g_test_add_func ("/sync/health/scrubbed", test_scrubbed);
  g_test_add_func ("/sync/health/bounded", test_bounded);
  g_test_add_func ("/sync/health/fleet-file", test_fleet_file);
  g_test_add ("/sync/health/left-alone", XsSyncFixture, NULL, set_up_paired, test_left_alone,
              xs_sync_fixture_tear_down);
  ADD ("told", test_told);
  ADD ("asked", test_asked);
  ADD ("killed", test_killed);
  status = g_test_run ();
  g_autofree char *book = g_build_filename (dir, "kiosk.log", NULL);
  g_unlink (book);
  g_rmdir (dir);
  return status;
}
