/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-json.h"
#include "xs-platform-export.h"
#include "xs-platform-fixture.h"
#include "xs-platform-photos.h"

#include <string.h>

/* Rules G, H and L of docs/protocol.md. */

#define NUMBER_IN "0000000101"
#define NUMBER_OUT "0000000105"

typedef XsPlatformFixture Fixture;

static XsReply *
send_log (Fixture *f, const XsWireLog *wire_log)
{
  return xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, xs_clock_wall_us (f->clock), wire_log);
}

static void
assert_log_answer (const XsReply *reply, XsWireLogStatus status, const char *reason)
{
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;

  gboolean decoded = xs_wire_log_answer_decode (&answer, reply->status, reply->body, &error);
  g_assert_no_error (error);
  g_assert_true (decoded);
  g_test_message ("%u %s", reply->status, answer.message);
  g_assert_cmpint (answer.status, ==, status);
  g_assert_cmpstr (answer.reason, ==, reason != NULL ? reason : "");
  if (status == XS_WIRE_LOG_REJECTED)
    g_assert_cmpstr (answer.message, !=, "");
}

/* A log without photos. */
static void
plain_log (XsWireLog *wire_log, gint64 seq, const char *recnum)
{
  xs_wire_log_init (wire_log);
  xs_sample_log (wire_log);
  g_array_set_size (wire_log->log.photos, 0);
  wire_log->seq = seq;
  g_strlcpy (wire_log->log.recnum, recnum, sizeof wire_log->log.recnum);
}

static GBytes *
make_photo (Fixture *f, guint seed, char **sha256)
{
  return xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, seed, 50000 + seed, sha256);
}

static guint
put_photo (Fixture *f, const char *sha256, GBytes *photo)
{
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "PUT", path, photo);

  return reply->status;
}

static guint
count_rows (Fixture *f, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) list = xs_platform_list (f->storage, what, &error);

  g_assert_no_error (error);
  return json_array_get_length (json_node_get_array (list));
}

static const char *
chain_of (JsonNode *list, guint index)
{
  return json_object_get_string_member (json_array_get_object_element (json_node_get_array (list), index), "chain");
}

static XsReply *
get_tagged (Fixture *f, const char *path, const char *etag)
{
  g_autofree char *header = etag != NULL ? g_strdup_printf ("If-None-Match: %s\r\n", etag) : NULL;
  XsRequest request = { .port = f->port,
                        .method = "GET",
                        .path = path,
                        .headers = header,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = xs_clock_wall_us (f->clock) };

  return xs_send (&request);
}

/* G1 */
static void
test_policy (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (g_test_get_dir (G_TEST_DIST));
  g_autofree char *path = g_build_filename (folder, "data", "policy", "demo.json", NULL);
  g_autoptr (GError) error = NULL;
  char *text;
  gsize size;

  g_autoptr (XsReply) none = get_tagged (f, XS_WIRE_PATH_POLICY, NULL);
  xs_assert_error (none, 404, XS_WIRE_ERROR_NOT_FOUND);
  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) policy = g_bytes_new_take (text, size);
  g_assert_true (xs_platform_storage_set_policy (f->storage, policy, &error));
  g_assert_no_error (error);

  g_autoptr (XsReply) reply = get_tagged (f, XS_WIRE_PATH_POLICY, NULL);
  g_autofree char *etag = xs_reply_header (reply, "ETag");
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (g_bytes_equal (reply->body, policy));
  g_autoptr (XsReply) known = get_tagged (f, XS_WIRE_PATH_POLICY, etag);
  g_autofree char *same = xs_reply_header (known, "ETag");
  g_assert_cmpuint (known->status, ==, 304);
  g_assert_cmpuint (g_bytes_get_size (known->body), ==, 0);
  g_assert_cmpstr (same, ==, etag);

  g_autoptr (GBytes) broken = g_bytes_new_static ("{}", 2);
  g_assert_false (xs_platform_storage_set_policy (f->storage, broken, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
  g_autoptr (XsReply) unchanged = get_tagged (f, XS_WIRE_PATH_POLICY, etag);
  g_assert_cmpuint (unchanged->status, ==, 304);
}

/* G1: and with every log that is accepted */
static void
test_roster (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) wire_log;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReply) reply = get_tagged (f, XS_WIRE_PATH_ROSTER, NULL);
  g_autofree char *etag = xs_reply_header (reply, "ETag");
  g_autoptr (GArray) learners = xs_wire_roster_decode (reply->body, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (learners->len, ==, 1);
  const XsWireLearner *learner = &g_array_index (learners, XsWireLearner, 0);
  g_assert_cmpstr (learner->stunum, ==, XS_SAMPLE_STUNUM);
  g_assert_cmpint (learner->last_recnum, ==, 0);
  g_autofree char *photo_path = xs_wire_path_registration_photo (learner->photo_sha256);
  g_autoptr (XsReply) known = get_tagged (f, XS_WIRE_PATH_ROSTER, etag);
  g_assert_cmpuint (known->status, ==, 304);

  g_autoptr (XsReply) photo = get_tagged (f, photo_path, NULL);
  g_autofree char *type = xs_reply_header (photo, "Content-Type");
  g_autofree char *hash = xs_sha256_hex (g_bytes_get_data (photo->body, NULL), g_bytes_get_size (photo->body));
  g_assert_cmpuint (photo->status, ==, 200);
  g_assert_cmpstr (type, ==, "image/jpeg");
  g_assert_cmpstr (hash, ==, learner->photo_sha256);

  plain_log (&wire_log, 1, "00007");
  g_autoptr (XsReply) accepted = send_log (f, &wire_log);
  assert_log_answer (accepted, XS_WIRE_LOG_ACCEPTED, NULL);
  g_autoptr (XsReply) changed = get_tagged (f, XS_WIRE_PATH_ROSTER, etag);
  g_autoptr (GArray) after = xs_wire_roster_decode (changed->body, &error);
  g_assert_cmpuint (changed->status, ==, 200);
  g_assert_cmpint (g_array_index (after, XsWireLearner, 0).last_recnum, ==, 7);
  g_assert_cmpint (g_array_index (after, XsWireLearner, 0).total_s, ==, 121);
}

static void
test_registration_photo_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = xs_sha256_hex ("nobody", 6);
  g_autofree char *path = xs_wire_path_registration_photo (sha256);
  g_autoptr (XsReply) reply = get_tagged (f, path, NULL);

  xs_assert_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
}

/* The register keeps no face in the clear. */
static void
test_registration_photo_sealed (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->dir, "registration", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  const char *sha256 = g_array_index (learners, XsWireLearner, 0).photo_sha256;
  g_autofree char *shard = g_strndup (sha256, 2);
  g_autofree char *name = g_strconcat (sha256, "-" XS_SAMPLE_STUNUM, NULL);
  g_autofree char *path = g_build_filename (folder, shard, name, NULL);
  g_autofree char *stored = NULL;
  gsize size;

  g_assert_cmpuint (xs_count_files (folder), ==, 1);
  g_assert_true (g_file_get_contents (path, &stored, &size, &error));
  g_assert_null (g_strstr_len (stored, (gssize) size, "a face"));
}

static void
test_photo (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) photo = make_photo (f, 1, &sha256);
  g_autofree char *folder = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (put_photo (f, sha256, photo), ==, 201);
  g_autoptr (GArray) before = xs_platform_storage_list_photos (f->storage, &error);
  xs_clock_fake_advance (f->clock, G_TIME_SPAN_HOUR);
  g_assert_cmpuint (put_photo (f, sha256, photo), ==, 200);
  g_autoptr (GArray) after = xs_platform_storage_list_photos (f->storage, &error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpmem (before->data, sizeof (XsPlatformPhoto), after->data, sizeof (XsPlatformPhoto));
  g_assert_cmpuint (xs_count_files (folder), ==, 1);
  g_autoptr (GBytes) stored = xs_platform_storage_get_sealed_photo (f->storage, sha256, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (stored, photo));
}

/* Bytes that are not those of the name: signed as they are, or damaged after signing. */
static void
test_photo_mismatch (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  g_autofree char *other_sha256 = NULL;
  g_autoptr (GBytes) photo = make_photo (f, 1, &sha256);
  g_autoptr (GBytes) other = make_photo (f, 2, &other_sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autofree char *folder = g_build_filename (f->dir, "photos", NULL);

  g_autoptr (XsReply) signed_wrong = xs_platform_fixture_send (f, "PUT", path, other);
  xs_assert_error (signed_wrong, 401, XS_WIRE_ERROR_UNAUTHORIZED);

  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };
  g_autofree char *head = xs_request_head (&request);
  g_autofree guint8 *damaged = g_memdup2 (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));
  damaged[1000] ^= 1;
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, damaged, g_bytes_get_size (photo)));
  g_autoptr (XsReply) damaged_reply = xs_read_reply (connection);
  xs_assert_error (damaged_reply, 422, XS_WIRE_ERROR_HASH_MISMATCH);

  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (XsReply) nothing = xs_platform_fixture_send (f, "PUT", path, empty);
  xs_assert_error (nothing, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (xs_count_files (folder), ==, 0);
  g_assert_cmpuint (count_rows (f, "photos"), ==, 0);
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
}

/* Of who cannot sign nothing is spooled (A3). */
static void
test_photo_of_a_stranger (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  XsSignKey stranger;
  g_autoptr (GBytes) photo = make_photo (f, 1, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);

  xs_make_key (&stranger, f->dir, 1);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &stranger,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };
  g_autofree char *head = xs_request_head (&request);
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  g_assert_true (xs_write (connection, head, strlen (head)));
  gsize size = g_bytes_get_size (photo);
  const char *bytes = g_bytes_get_data (photo, NULL);
  g_assert_true (xs_write (connection, bytes, size - 1));
  g_autoptr (XsReply) between = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (between->status, ==, 200);
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
  g_assert_true (xs_write (connection, bytes + size - 1, 1));
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
}

/* When it was heard of last is worth less than the answer. */
static void
test_seen_cannot_be_noted (Fixture *f, gconstpointer data)
{
  xs_platform_fixture_exec (
    f, "CREATE TRIGGER full BEFORE UPDATE ON device BEGIN SELECT RAISE (FAIL, 'no room'); END",
    "CREATE TRIGGER no_room BEFORE UPDATE ON device FOR EACH ROW EXECUTE FUNCTION refuse_change ('no room')");
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "GET", XS_WIRE_PATH_ROSTER, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
}

/* A device that is replaced while its request arrives is not served any more (P5). */
static void
test_replaced_meanwhile (Fixture *f, gconstpointer data)
{
  g_autofree char *sha256 = NULL;
  XsSignKey key;
  g_autoptr (GBytes) photo = make_photo (f, 1, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = path,
                        .body = photo,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };
  g_autofree char *head = xs_request_head (&request);
  g_autoptr (GSocketConnection) connection = xs_connect (f->port);
  const char *incoming = xs_platform_storage_get_incoming_dir (f->storage);

  g_assert_true (xs_write (connection, head, strlen (head)));
  g_assert_true (xs_write (connection, g_bytes_get_data (photo, NULL), 1000));
  while (xs_count_files (incoming) == 0)
    g_thread_yield ();
  xs_make_key (&key, f->dir, 1);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &key, XS_SAMPLE_DEVNUM);
  g_assert_cmpuint (paired->status, ==, 200);
  g_assert_true (
    xs_write (connection, (const char *) g_bytes_get_data (photo, NULL) + 1000, g_bytes_get_size (photo) - 1000));
  g_autoptr (XsReply) reply = xs_read_reply (connection);
  xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  g_assert_cmpuint (count_rows (f, "photos"), ==, 0);
}

static void
test_missing (Fixture *f, gconstpointer data)
{
  g_autofree char *here = NULL;
  g_autofree char *absent = xs_sha256_hex ("absent", 6);
  g_autoptr (GBytes) photo = make_photo (f, 1, &here);
  g_autoptr (GPtrArray) asked = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (put_photo (f, here, photo), ==, 201);
  g_ptr_array_add (asked, absent);
  g_ptr_array_add (asked, here);
  g_autoptr (GBytes) body = xs_wire_photos_encode (asked);
  g_autoptr (XsReply) reply = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_PHOTOS_MISSING, body);
  g_autoptr (GPtrArray) missing = xs_wire_missing_decode (reply->body, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (missing->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (missing, 0), ==, absent);

  g_autoptr (GBytes) garbage = g_bytes_new_static ("{\"photos\":[\"../x\"]}", 19);
  g_autoptr (XsReply) refused = xs_platform_fixture_send (f, "POST", XS_WIRE_PATH_PHOTOS_MISSING, garbage);
  xs_assert_error (refused, 400, XS_WIRE_ERROR_BAD_REQUEST);
}

typedef struct {
  Fixture *f;
  const char *sha256;
  GBytes *photo;
} Upload;

static gpointer
upload (gpointer data)
{
  const Upload *call = data;

  return GUINT_TO_POINTER (put_photo (call->f, call->sha256, call->photo));
}

/* H2 */
static void
test_parallel_uploads (Fixture *f, gconstpointer data)
{
  GThread *threads[20];
  g_autofree char *sha256 = NULL;
  g_autofree char *folder = g_build_filename (f->dir, "photos", NULL);
  g_autoptr (GBytes) photo =
    xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, 1, 900000, &sha256);
  Upload call = { f, sha256, photo };
  guint n_created = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("upload", upload, &call);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      guint status = GPOINTER_TO_UINT (g_thread_join (threads[i]));
      g_assert_true (status == 200 || status == 201);
      n_created += status == 201;
    }
  g_assert_cmpuint (n_created, ==, 1);
  g_assert_cmpuint (count_rows (f, "photos"), ==, 1);
  g_assert_cmpuint (xs_count_files (folder), ==, 1);
  g_assert_cmpuint (xs_count_files (xs_platform_storage_get_incoming_dir (f->storage)), ==, 0);
}

static gpointer
send_in_thread (gpointer data)
{
  Fixture *f = data;
  g_auto (XsWireLog) wire_log;

  plain_log (&wire_log, 1, "00001");
  g_autoptr (XsReply) reply = send_log (f, &wire_log);
  g_autofree char *text = xs_reply_text (reply);
  return GUINT_TO_POINTER (strstr (text, "\"accepted\"") != NULL ? 1 : reply->status);
}

static void
test_parallel_logs (Fixture *f, gconstpointer data)
{
  GThread *threads[20];
  guint n_accepted = 0;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("log", send_in_thread, f);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      guint result = GPOINTER_TO_UINT (g_thread_join (threads[i]));
      g_assert_true (result == 1 || result == 200);
      n_accepted += result == 1;
    }
  g_assert_cmpuint (n_accepted, ==, 1);
  g_assert_cmpuint (count_rows (f, "logs"), ==, 1);
}

static void
test_log_with_photos (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) wire_log;
  g_auto (XsWireLogAnswer) answer = { 0 };
  g_autofree char *in = NULL;
  g_autofree char *out = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) photo_in = make_photo (f, 1, &in);
  g_autoptr (GBytes) photo_out = make_photo (f, 2, &out);

  plain_log (&wire_log, 1, "00007");
  xs_sample_add_photo (&wire_log, NUMBER_IN, XS_PHOTO_SIGN_IN, in);
  xs_sample_add_photo (&wire_log, NUMBER_OUT, XS_PHOTO_SIGN_OUT, out);
  g_assert_cmpuint (put_photo (f, in, photo_in), ==, 201);
  g_autoptr (XsReply) early = send_log (f, &wire_log);
  g_assert_true (xs_wire_log_answer_decode (&answer, early->status, early->body, &error));
  g_assert_no_error (error);
  g_assert_cmpint (answer.status, ==, XS_WIRE_LOG_PHOTOS_MISSING);
  g_assert_cmpuint (answer.missing->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (answer.missing, 0), ==, out);
  g_assert_cmpuint (count_rows (f, "logs"), ==, 0);

  g_assert_cmpuint (put_photo (f, out, photo_out), ==, 201);
  g_autoptr (XsReply) accepted = send_log (f, &wire_log);
  g_autoptr (XsReply) repeated = send_log (f, &wire_log);
  assert_log_answer (accepted, XS_WIRE_LOG_ACCEPTED, NULL);
  assert_log_answer (repeated, XS_WIRE_LOG_DUPLICATE, NULL);
  g_assert_cmpuint (count_rows (f, "logs"), ==, 1);

  wire_log.log.credited_s++;
  g_autoptr (XsReply) other = send_log (f, &wire_log);
  assert_log_answer (other, XS_WIRE_LOG_CONFLICT, NULL);
  g_assert_cmpuint (count_rows (f, "logs"), ==, 1);
}

/* L7 */
static void
test_rejections (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) first;

  plain_log (&first, 1, "00007");
  g_autoptr (XsReply) accepted = send_log (f, &first);
  assert_log_answer (accepted, XS_WIRE_LOG_ACCEPTED, NULL);

  for (guint i = 0; i < 5; i++)
    {
      static const char *const reasons[] = {
        XS_WIRE_REASON_UNKNOWN_LEARNER, XS_WIRE_REASON_RECNUM_TAKEN, XS_WIRE_REASON_NUMBER_MISMATCH,
        XS_WIRE_REASON_NUMBER_MISMATCH, XS_WIRE_REASON_INVALID,
      };
      g_auto (XsWireLog) wire_log;
      plain_log (&wire_log, 2, i == 1 ? "00007" : "00008");
      /* Photos that are not here: a log refused for good must not ask for them. */
      xs_sample_add_photo (&wire_log, NUMBER_IN, XS_PHOTO_SIGN_IN, first.previous);
      if (i == 0)
        g_strlcpy (wire_log.log.stunum, "2000000000000099", sizeof wire_log.log.stunum);
      if (i == 2)
        {
          g_strlcpy (wire_log.log.devnum, "4000000000000005", sizeof wire_log.log.devnum);
          g_array_set_size (wire_log.log.minutes, 0);
        }
      if (i == 3)
        g_strlcpy (wire_log.log.inscode, "1000000000000009", sizeof wire_log.log.inscode);
      if (i == 4)
        wire_log.log.classid = 0;
      g_autoptr (XsReply) reply = send_log (f, &wire_log);
      assert_log_answer (reply, XS_WIRE_LOG_REJECTED, reasons[i]);
    }
  g_assert_cmpuint (count_rows (f, "logs"), ==, 1);
}

/* The body is sent under seq 5 as it is, with this signature header. */
static XsReply *
send_bytes (Fixture *f, GBytes *bytes, const char *signature)
{
  g_autofree char *header = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", signature);
  XsRequest request = { .port = f->port,
                        .method = "PUT",
                        .path = "/v1/logs/5",
                        .body = bytes,
                        .headers = signature != NULL ? header : NULL,
                        .key = &f->key,
                        .devnum = XS_SAMPLE_DEVNUM,
                        .time_us = XS_SAMPLE_TIME_US };

  return xs_send (&request);
}

static char *
sign_with (const XsSignKey *key, GBytes *bytes)
{
  guint8 signature[XS_SIGNATURE_BYTES];

  xs_sign (key, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), signature);
  return g_base64_encode (signature, sizeof signature);
}

/* L6 */
static void
test_log_signatures (Fixture *f, gconstpointer data)
{
  XsSignKey other;
  g_auto (XsWireLog) wire_log;

  plain_log (&wire_log, 5, "00007");
  g_autoptr (GBytes) bytes = xs_wire_log_encode (&wire_log);
  xs_make_key (&other, f->dir, 1);
  g_autofree char *others = sign_with (&other, bytes);
  g_autofree char *good = sign_with (&f->key, bytes);
  const char *const bad[] = { NULL, "", "x", others };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (XsReply) reply = send_bytes (f, bytes, bad[i]);
      assert_log_answer (reply, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_BAD_SIGNATURE);
    }
  g_autoptr (XsReply) accepted = send_bytes (f, bytes, good);
  assert_log_answer (accepted, XS_WIRE_LOG_ACCEPTED, NULL);

  /* Once it is here, the seq decides before anything else. */
  g_autoptr (GBytes) garbage = g_bytes_new_static ("garbage", 7);
  g_autoptr (XsReply) repeated = send_bytes (f, bytes, NULL);
  g_autoptr (XsReply) clash = send_bytes (f, garbage, good);
  assert_log_answer (repeated, XS_WIRE_LOG_DUPLICATE, NULL);
  assert_log_answer (clash, XS_WIRE_LOG_CONFLICT, NULL);
}

/* Properly signed, and still nothing the platform takes (L4). */
static void
test_log_garbage (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) wire_log;

  plain_log (&wire_log, 6, "00007");
  g_autoptr (GBytes) other_seq = xs_wire_log_encode (&wire_log);
  wire_log.seq = 5;
  g_autoptr (GBytes) canonical = xs_wire_log_encode (&wire_log);
  g_autofree char *text = g_strndup (g_bytes_get_data (canonical, NULL), g_bytes_get_size (canonical));
  g_autofree char *with_newline = g_strconcat (text, "\n", NULL);
  g_autoptr (GString) deep = g_string_new (NULL);
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  const char *const garbage[] = { "", "{}", "null", "\xff\xfe", with_newline, deep->str };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (garbage[i], strlen (garbage[i]));
      g_autofree char *signature = sign_with (&f->key, bytes);
      g_autoptr (XsReply) reply = send_bytes (f, bytes, signature);
      assert_log_answer (reply, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_INVALID);
    }
  g_autofree char *signature = sign_with (&f->key, other_seq);
  g_autoptr (XsReply) mismatch = send_bytes (f, other_seq, signature);
  assert_log_answer (mismatch, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_NUMBER_MISMATCH);
  g_assert_cmpuint (count_rows (f, "logs"), ==, 0);
}

/* A refusal that quotes what it refuses can be read, whatever that was. */
static void
test_quoted_refusal (Fixture *f, gconstpointer data)
{
  g_autofree char *golden = xs_sample_text ("log-1.json");
  g_auto (GStrv) parts = g_strsplit (golden, "by_learner", 2);
  const char *const words[] = { "驾驾驾驾驾驾驾驾驾驾驾驾驾驾驾驾", "a驾驾驾驾驾驾驾驾驾驾驾驾驾驾驾驾",
                                "\\u0001\\n\\\"" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      char *text = g_strconcat (parts[0], words[i], parts[1], NULL);
      g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
      g_autofree char *signature = sign_with (&f->key, bytes);
      g_autoptr (XsReply) reply = send_bytes (f, bytes, signature);
      assert_log_answer (reply, XS_WIRE_LOG_REJECTED, XS_WIRE_REASON_INVALID);
    }
}

/* A learner at two kiosks, one of them offline: both number on from the same log, and both have the hours (L11). */
static void
test_two_devices_one_number (Fixture *f, gconstpointer data)
{
  g_auto (XsWireLog) first;
  g_auto (XsWireLog) second;
  XsSignKey key;

  xs_make_key (&key, f->dir, 1);
  g_autoptr (XsReply) paired = xs_platform_fixture_pair (f, &key, "4000000000000009");
  g_assert_cmpuint (paired->status, ==, 200);
  plain_log (&first, 1, "00007");
  plain_log (&second, 1, "00007");
  g_strlcpy (second.log.devnum, "4000000000000009", sizeof second.log.devnum);
  for (guint i = 0; i < second.log.minutes->len; i++)
    {
      char *number = g_array_index (second.log.minutes, XsMinuteRecord, i).number;
      memcpy (number, second.log.devnum, XS_UNIFIED_DIGITS);
    }
  g_autoptr (XsReply) one = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &first);
  g_autoptr (XsReply) other = xs_send_log (f->port, &key, "4000000000000009", XS_SAMPLE_TIME_US, &second);
  assert_log_answer (one, XS_WIRE_LOG_ACCEPTED, NULL);
  assert_log_answer (other, XS_WIRE_LOG_ACCEPTED, NULL);

  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) learners = xs_platform_storage_list_learners (f->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_array_index (learners, XsWireLearner, 0).last_recnum, ==, 7);
  g_assert_cmpint (g_array_index (learners, XsWireLearner, 0).total_s, ==,
                   first.log.credited_s + second.log.credited_s);
}

/* Gaps and broken chains are taken and shown; what comes late mends a gap (L8). */
static void
test_chain (Fixture *f, gconstpointer data)
{
  XsWireLog logs[4];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *recnum = xs_recnum (i + 1);
      plain_log (&logs[i], i + 1, recnum);
      if (i == 0 || i == 3)
        continue;
      g_autoptr (GBytes) before = xs_wire_log_encode (&logs[i - 1]);
      g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (before, NULL), g_bytes_get_size (before));
      g_strlcpy (logs[i].previous, sha256, sizeof logs[i].previous);
    }
  static const guint order[] = { 0, 2, 3, 1 };
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (XsReply) reply = send_log (f, &logs[order[i]]);
      assert_log_answer (reply, XS_WIRE_LOG_ACCEPTED, NULL);
    }
  g_autoptr (JsonNode) before = xs_platform_list (f->storage, "logs", &error);
  g_assert_cmpstr (chain_of (before, 0), ==, "ok");
  g_assert_cmpstr (chain_of (before, 1), ==, "gap");
  g_assert_cmpstr (chain_of (before, 2), ==, "broken");

  g_autoptr (XsReply) late = send_log (f, &logs[order[3]]);
  assert_log_answer (late, XS_WIRE_LOG_ACCEPTED, NULL);
  g_autoptr (JsonNode) after = xs_platform_list (f->storage, "logs", &error);
  g_assert_cmpstr (chain_of (after, 1), ==, "ok");
  g_assert_cmpstr (chain_of (after, 2), ==, "ok");
  g_assert_cmpstr (chain_of (after, 3), ==, "broken");
  for (guint i = 0; i < 4; i++)
    xs_wire_log_clear (&logs[i]);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/routes/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                     \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("policy", test_policy);
  ADD ("roster", test_roster);
  ADD ("registration-photo-missing", test_registration_photo_missing);
  ADD ("registration-photo-sealed", test_registration_photo_sealed);
  ADD ("photo", test_photo);
  ADD ("photo-mismatch", test_photo_mismatch);
  ADD ("photo-of-a-stranger", test_photo_of_a_stranger);
  ADD ("seen-cannot-be-noted", test_seen_cannot_be_noted);
  ADD ("replaced-meanwhile", test_replaced_meanwhile);
  ADD ("missing", test_missing);
  ADD ("parallel-uploads", test_parallel_uploads);
  ADD ("parallel-logs", test_parallel_logs);
  ADD ("log-with-photos", test_log_with_photos);
  ADD ("rejections", test_rejections);
  ADD ("log-signatures", test_log_signatures);
  ADD ("log-garbage", test_log_garbage);
  ADD ("quoted-refusal", test_quoted_refusal);
  ADD ("two-devices-one-number", test_two_devices_one_number);
  ADD ("chain", test_chain);
  return g_test_run ();
}
