/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is so only where the tables are on a PostgreSQL server. */

#include "postgres-cluster.h"
#include "postgres-relay.h"
#include "xs-error.h"
#include "xs-platform-audit.h"
#include "xs-platform-people.h"
#include "xs-platform-fixture.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <sys/stat.h>

typedef XsPlatformFixture Fixture;

static gint64
query (Fixture *f, const char *text)
{
  PGconn *connection = PQconnectdb (f->conninfo);
  PGresult *result = PQexec (connection, text);

  g_assert_cmpstr (PQresultErrorMessage (result), ==, "");
  gint64 value = g_ascii_strtoll (PQgetvalue (result, 0, 0), NULL, 10);
  PQclear (result);
  PQfinish (connection);
  return value;
}

static void
put_log (Fixture *f, gint64 seq)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *recnum = xs_recnum ((guint) seq);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  wire_log.seq = seq;
  g_strlcpy (wire_log.log.recnum, recnum, sizeof wire_log.log.recnum);
  if (seq > 1)
    memset (wire_log.previous, 'a', 64);
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), &wire_log);
  g_assert_cmpuint (reply->status, ==, 200);
}

/* What tells where the tables are may hold a password. */
static void
test_connection_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->dir, "database.conf", NULL);
  g_autofree char *sqlite = g_build_filename (f->dir, "platform.db", NULL);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_false (g_file_test (sqlite, G_FILE_TEST_EXISTS));
}

/* A database that holds a school takes no other, and a wrong string leaves nothing behind. */
static void
test_not_twice (Fixture *f, gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (f->dir, "elsewhere", NULL);
  g_autofree char *path = g_build_filename (elsewhere, "database.conf", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
    xs_platform_storage_create_on (elsewhere, f->conninfo, XS_SAMPLE_INSCODE, "another", f->clock, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  g_assert_null (
    xs_platform_storage_create_on (elsewhere, "no such thing", XS_SAMPLE_INSCODE, "another", f->clock, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Two servers of one school: what one has taken, the other has. */
static void
test_two_servers (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsPlatformStorage) storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  g_autoptr (XsPlatformServer) server = xs_platform_server_start (storage, &f->options, &error);
  g_assert_no_error (error);
  guint16 first_port = f->port;

  put_log (f, 1);
  f->port = (guint16) g_ascii_strtoull (strrchr (xs_platform_server_get_url (server), ':') + 1, NULL, 10);
  put_log (f, 1); /* answered as known: 200 too */
  put_log (f, 2);
  f->port = first_port;
  put_log (f, 3);
  g_assert_cmpint (query (f, "SELECT count (*) FROM log"), ==, 3);
}

/* Documents lie by the month they came in; one that came before its month had a place moves there. */
static void
test_months (Fixture *f, gconstpointer data)
{
  g_autofree char *month = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "log_document_%Y_%m");
  g_autofree char *in_month = g_strdup_printf ("SELECT count (*) FROM %s", month);
  g_autofree char *drop = g_strdup_printf ("DROP TABLE %s", month);

  g_assert_cmpint (query (f, "SELECT count (*) FROM pg_inherits WHERE inhparent = 'log_document'::regclass"), ==, 5);
  put_log (f, 1);
  g_assert_cmpint (query (f, "SELECT count (*) FROM log_document_other"), ==, 1);

  postgres_cluster_exec (f->conninfo, drop);
  xs_clock_fake_step_wall (f->clock, xs_clock_wall_us (xs_clock_system ()) - xs_clock_wall_us (f->clock));
  put_log (f, 2);
  g_assert_cmpint (query (f, "SELECT count (*) FROM log_document_other"), ==, 2);
  postgres_cluster_exec (f->conninfo, "SELECT make_partitions (0)");
  g_assert_cmpint (query (f, "SELECT count (*) FROM log_document_other"), ==, 1);
  g_assert_cmpint (query (f, in_month), ==, 1);
  put_log (f, 3);
  g_assert_cmpint (query (f, in_month), ==, 2);
}

/* Connections that end are made anew; callers learn of it only when there is no server for seconds. */
static void
test_lost_connections (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_log (f, 1);
  postgres_cluster_exec (f->conninfo, "SELECT pg_terminate_backend (pid) FROM pg_stat_activity"
                                      " WHERE datname = current_database () AND pid <> pg_backend_pid ()");
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (learners->len, ==, 1);
  postgres_cluster_exec (f->conninfo, "SELECT pg_terminate_backend (pid) FROM pg_stat_activity"
                                      " WHERE datname = current_database () AND pid <> pg_backend_pid ()");
  put_log (f, 2);
  g_assert_cmpint (query (f, "SELECT count (*) FROM log"), ==, 2);
}

/* A log that the engine has judged, without a look at photos. */
static void
put_judged_log (Fixture *f)
{
  g_auto (XsAuditJob) job = { 0 };
  g_auto (XsAuditFacts) facts = { 0 };
  g_autoptr (GArray) photos = xs_audit_photos_new ();
  g_autoptr (GArray) doubts = xs_wire_reasons_new ();
  g_autoptr (GError) error = NULL;
  XsAuditOutcome outcome;
  gboolean found;

  put_log (f, 1);
  xs_audit_facts_init (&facts);
  g_assert_true (xs_platform_audit_claim (f->storage, G_TIME_SPAN_HOUR, &job, &found, &error));
  g_assert_true (xs_platform_audit_read_facts (f->storage, &job, &facts, &error));
  g_autoptr (XsAudit) audit = xs_audit_log (&job.wire_log.log, &job.policy, &facts);
  g_assert_true (xs_platform_audit_finish (f->storage, &job, audit, photos, doubts, &outcome, &error));
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, XS_AUDIT_RECORDED);
}

/* The school's database as it is reached through @relay. */
static XsPlatformStorage *
open_through (Fixture *f, PostgresRelay *relay)
{
  g_autofree char *path = g_build_filename (f->dir, "database.conf", NULL);
  g_autofree char *conninfo = postgres_relay_dup_conninfo (relay);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, conninfo, -1, &error));
  XsPlatformStorage *storage = xs_platform_storage_open (f->dir, f->clock, &error);
  g_assert_no_error (error);
  return storage;
}

/* That the answer to a commit was lost, and the caller knows nothing of it. */
static void
assert_lost (PostgresRelay *relay, gboolean done, const GError *error)
{
  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_true (postgres_relay_has_lost (relay));
}

/* What was committed is found when it is run again, and not taken for what somebody else did. */
static void
test_lost_commit (Fixture *f, gconstpointer data)
{
  static const char password[] = "correct horse battery";
  XsPlatformSignInAnswer answer;
  XsPlatformPerson person;
  XsAuditDecision decision = {
    .devnum = XS_SAMPLE_DEVNUM, .seq = 1, .version = 1, .who = "王教练", .verdict = XS_VERDICT_VALID, .comment = "看过"
  };
  gint64 version;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;
  PostgresRelay *relay = postgres_relay_new (f->conninfo);
  XsPlatformStorage *storage = open_through (f, relay);

  put_judged_log (f);
  postgres_relay_lose_commit (relay);
  gboolean added = xs_platform_storage_add_person (storage, "wang", XS_PLATFORM_ROLE_COACH, NULL, password, &error);
  assert_lost (relay, added, error);
  g_assert_false (xs_platform_storage_add_person (storage, "wang", XS_PLATFORM_ROLE_COACH, NULL, password, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);

  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (storage, "wang", &secret, &error);
  g_assert_no_error (error);
  const char *code = g_ptr_array_index (codes, 0);
  postgres_relay_lose_commit (relay);
  gboolean tried = xs_platform_storage_sign_in (storage, "wang", password, code, "192.0.2.1", &answer, &error);
  assert_lost (relay, tried, error);
  g_assert_cmpint (answer.result, ==, XS_PLATFORM_SIGN_IN_DONE);
  g_assert_true (xs_platform_storage_find_session (storage, answer.token, &person, &error));
  g_assert_true (xs_platform_storage_sign_in (storage, "wang", password, code, "192.0.2.1", &answer, &error));
  g_assert_cmpint (answer.result, ==, XS_PLATFORM_SIGN_IN_WRONG);

  postgres_relay_lose_commit (relay);
  gboolean decided = xs_platform_audit_decide (storage, &decision, &version, &error);
  assert_lost (relay, decided, error);
  g_assert_cmpint (version, ==, 2);
  g_assert_false (xs_platform_audit_decide (storage, &decision, &version, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_BUSY);
  g_clear_error (&error);
  postgres_relay_lose_commit (relay);
  decision.version = 2;
  decision.comment = "再看";
  gboolean again = xs_platform_audit_again (storage, &decision, &error);
  assert_lost (relay, again, error);
  g_assert_cmpint (query (f, "SELECT version FROM audit"), ==, 3);

  xs_platform_storage_close (storage);
  postgres_relay_free (relay);
}

/* The server is gone: the device is told when to come again, and served when it is back. */
static void
test_no_server (Fixture *f, gconstpointer data)
{
  postgres_cluster_kill ();
  g_autoptr (XsReply) refused = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  xs_assert_error (refused, 503, XS_WIRE_ERROR_UNAVAILABLE);
  g_autofree char *retry_after = xs_reply_header (refused, "Retry-After");
  g_assert_nonnull (retry_after);
  postgres_cluster_restart ();
  g_autoptr (XsReply) served = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (served->status, ==, 200);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/postgresql/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                 \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("connection-file", test_connection_file);
  ADD ("not-twice", test_not_twice);
  ADD ("two-servers", test_two_servers);
  ADD ("months", test_months);
  ADD ("lost-connections", test_lost_connections);
  ADD ("lost-commit", test_lost_commit);
  ADD ("no-server", test_no_server);
  return g_test_run ();
}
