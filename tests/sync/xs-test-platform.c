/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-test-platform.h"

#include "xs-clock.h"
#include "xs-wire-appeal.h"
#include "xs-wire-auth.h"
#include "xs-wire-consent.h"
#include "xs-wire-course.h"
#include "xs-wire-log.h"
#include "xs-wire-message.h"

#include <string.h>

static void
reply_bytes (XsHttpReply *reply, guint status, GBytes *bytes)
{
  reply->status = status;
  reply->body = g_bytes_unref_to_data (bytes, &reply->size);
}

static GBytes *
make_error (const char *code, gint64 time_us)
{
  XsWireError wire_error = { .message = "Says the test platform", .time_us = time_us };

  g_strlcpy (wire_error.code, code, sizeof wire_error.code);
  return xs_wire_error_encode (&wire_error);
}

static void
reply_error (XsHttpReply *reply, guint status, const char *code)
{
  reply_bytes (reply, status, make_error (code, 0));
}

char *
xs_test_platform_refuse (const XsHttpRequest *request, guint status)
{
  static const struct {
    guint status;
    const char *code;
  } codes[] = {
    { 400, XS_WIRE_ERROR_BAD_REQUEST }, { 401, XS_WIRE_ERROR_UNAUTHORIZED }, { 409, "conflict" },
    { 413, XS_WIRE_ERROR_TOO_LARGE },   { 422, XS_WIRE_ERROR_BAD_REQUEST },  { 429, XS_WIRE_ERROR_TOO_MANY },
    { 503, XS_WIRE_ERROR_UNAVAILABLE }, { 500, XS_WIRE_ERROR_INTERNAL },
  };
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_log = g_str_has_prefix (request->path, XS_WIRE_PATH_LOGS);

  if (is_log && (status == 409 || status == 422))
    {
      XsWireLogAnswer answer = { .status = status == 409 ? XS_WIRE_LOG_CONFLICT : XS_WIRE_LOG_REJECTED,
                                 .reason = XS_WIRE_REASON_INVALID };
      bytes = xs_wire_log_answer_encode (&answer);
    }
  for (guint i = 0; i < G_N_ELEMENTS (codes) && bytes == NULL; i++)
    {
      if (codes[i].status == status)
        bytes = make_error (codes[i].code, 0);
    }
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
is_authorized (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  XsWireAuthorization authorization;
  g_autofree char *hash = xs_sha256_hex (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  g_autoptr (GError) error = NULL;

  if (!xs_wire_authorization_parse (&authorization, g_hash_table_lookup (request->headers, "authorization"), &error)
      || !platform->paired || strcmp (authorization.devnum, XS_TEST_DEVNUM) != 0
      || !xs_wire_authorization_verify (&authorization, platform->device_key, request->method, request->path, hash))
    {
      reply_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
      return FALSE;
    }
  if (platform->clock_wrong && !xs_wire_authorization_is_timely (&authorization, platform->time_us))
    {
      reply_bytes (reply, 401, make_error (XS_WIRE_ERROR_CLOCK_WRONG, platform->time_us));
      return FALSE;
    }
  return TRUE;
}

static void
answer_pair (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  XsWirePairRequest pair;
  XsWirePairAnswer answer = { .devnum = XS_TEST_DEVNUM, .inscode = "2000000000000002", .school = "第一驾校" };

  if (!xs_wire_pair_request_decode (&pair, request->body, NULL))
    reply_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
  else if (strcmp (pair.code, XS_TEST_CODE) != 0)
    reply_error (reply, 403, XS_WIRE_ERROR_CODE_UNKNOWN);
  else if (platform->paired && memcmp (platform->device_key, pair.device_key, XS_KEY_BYTES) != 0)
    reply_error (reply, 403, XS_WIRE_ERROR_CODE_USED);
  else
    {
      memcpy (platform->device_key, pair.device_key, XS_KEY_BYTES);
      platform->paired = TRUE;
      memcpy (answer.platform_key, platform->seal_key.public_key, XS_KEY_BYTES);
      reply_bytes (reply, 200, xs_wire_pair_answer_encode (&answer));
    }
}

static void
answer_document (const XsHttpRequest *request, XsHttpReply *reply, GBytes *bytes, const char *etag)
{
  const char *known = g_hash_table_lookup (request->headers, "if-none-match");

  reply->more = g_strdup_printf ("ETag: %s\r\n", etag);
  if (g_strcmp0 (known, etag) == 0)
    {
      g_bytes_unref (bytes);
      reply->status = 304;
    }
  else
    reply_bytes (reply, 200, bytes);
}

static void
answer_missing (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  g_autoptr (GPtrArray) asked = xs_wire_photos_decode (request->body, NULL);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();

  if (asked == NULL)
    {
      reply_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
      return;
    }
  for (guint i = 0; i < asked->len; i++)
    {
      if (!g_hash_table_contains (platform->photos, g_ptr_array_index (asked, i)))
        g_ptr_array_add (missing, g_ptr_array_index (asked, i));
    }
  reply_bytes (reply, 200, xs_wire_missing_encode (missing));
}

static void
answer_photo (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  const char *wanted = request->path + strlen (XS_WIRE_PATH_PHOTOS);
  g_autofree char *hash = xs_sha256_hex (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));

  if (strcmp (wanted, hash) != 0)
    {
      reply_error (reply, 422, XS_WIRE_ERROR_HASH_MISMATCH);
      return;
    }
  gboolean known = g_hash_table_contains (platform->photos, hash);
  if (known)
    platform->photos_repeated++;
  else
    g_hash_table_insert (platform->photos, g_strdup (hash), g_bytes_ref (request->body));
  reply_bytes (reply, known ? 200 : 201, xs_wire_status_encode ("stored"));
}

static void
find_missing (XsTestPlatform *platform, const XsWireLog *log, XsWireLogAnswer *answer)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);

  if (platform->forgets)
    g_hash_table_remove_all (platform->photos);
  if (platform->ask_for != NULL)
    g_ptr_array_add (missing, g_strdup (platform->ask_for));
  for (guint i = 0; i < log->log.photos->len; i++)
    {
      const XsPhotoRecord *photo = &g_array_index (log->log.photos, XsPhotoRecord, i);
      if (!g_hash_table_contains (platform->photos, photo->sha256))
        g_ptr_array_add (missing, g_strdup (photo->sha256));
    }
  if (missing->len == 0)
    return;
  answer->status = XS_WIRE_LOG_PHOTOS_MISSING;
  answer->missing = g_steal_pointer (&missing);
}

static void
answer_log (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  gint64 seq = g_ascii_strtoll (request->path + strlen (XS_WIRE_PATH_LOGS), NULL, 10);
  const char *text = g_hash_table_lookup (request->headers, "x-xueshi-signature");
  guint8 signature[XS_SIGNATURE_BYTES];
  g_auto (XsWireLog) log;
  g_auto (XsWireLogAnswer) answer = { .status = XS_WIRE_LOG_ACCEPTED };
  g_autoptr (GError) error = NULL;
  GBytes *known = g_hash_table_lookup (platform->logs, &seq);

  xs_wire_log_init (&log);
  if (!xs_wire_log_decode (&log, request->body, &error) || log.seq != seq
      || !xs_base64_decode_exact (text != NULL ? text : "", "signature", signature, sizeof signature, &error)
      || !xs_verify (platform->device_key, g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                     signature)
      || seq == platform->reject_seq)
    {
      answer.status = XS_WIRE_LOG_REJECTED;
      g_strlcpy (answer.reason, XS_WIRE_REASON_INVALID, sizeof answer.reason);
      g_strlcpy (answer.message, error != NULL ? error->message : "No", sizeof answer.message);
    }
  else if (known != NULL)
    {
      answer.status = g_bytes_equal (known, request->body) ? XS_WIRE_LOG_DUPLICATE : XS_WIRE_LOG_CONFLICT;
      platform->logs_repeated += answer.status == XS_WIRE_LOG_DUPLICATE;
      platform->conflicts += answer.status == XS_WIRE_LOG_CONFLICT;
    }
  else
    find_missing (platform, &log, &answer);
  if (answer.status == XS_WIRE_LOG_ACCEPTED)
    g_hash_table_insert (platform->logs, g_memdup2 (&seq, sizeof seq), g_bytes_ref (request->body));
  reply_bytes (reply, xs_wire_log_answer_http_status (&answer), xs_wire_log_answer_encode (&answer));
}

/* Of an appeal or a decision: @number_of reads its seq. */
typedef gboolean (*NumberFunc) (GBytes *bytes, gint64 *seq, GError **error);

static gboolean
number_of_appeal (GBytes *bytes, gint64 *seq, GError **error)
{
  XsAppeal appeal;

  if (!xs_wire_appeal_decode (&appeal, bytes, error))
    return FALSE;
  *seq = appeal.seq;
  return TRUE;
}

static gboolean
number_of_consent (GBytes *bytes, gint64 *seq, GError **error)
{
  XsConsentRecord record;

  if (!xs_wire_consent_decode (&record, bytes, error))
    return FALSE;
  *seq = record.seq;
  return TRUE;
}

static void
answer_signed (XsTestPlatform *platform, const XsHttpRequest *request, NumberFunc number_of, GHashTable *table,
               guint *repeated, XsHttpReply *reply)
{
  gint64 seq = g_ascii_strtoll (strrchr (request->path, '/') + 1, NULL, 10);
  const char *text = g_hash_table_lookup (request->headers, "x-xueshi-signature");
  guint8 signature[XS_SIGNATURE_BYTES];
  gint64 number;
  g_auto (XsWireLogAnswer) answer = { .status = XS_WIRE_LOG_ACCEPTED };
  g_autoptr (GError) error = NULL;
  GBytes *known = g_hash_table_lookup (table, &seq);

  if (!number_of (request->body, &number, &error) || number != seq
      || !xs_base64_decode_exact (text != NULL ? text : "", "signature", signature, sizeof signature, &error)
      || !xs_verify (platform->device_key, g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body),
                     signature))
    {
      answer.status = XS_WIRE_LOG_REJECTED;
      g_strlcpy (answer.reason, XS_WIRE_REASON_INVALID, sizeof answer.reason);
      g_strlcpy (answer.message, error != NULL ? error->message : "No", sizeof answer.message);
    }
  else if (known != NULL)
    {
      answer.status = g_bytes_equal (known, request->body) ? XS_WIRE_LOG_DUPLICATE : XS_WIRE_LOG_CONFLICT;
      *repeated += answer.status == XS_WIRE_LOG_DUPLICATE;
      platform->conflicts += answer.status == XS_WIRE_LOG_CONFLICT;
    }
  else
    g_hash_table_insert (table, g_memdup2 (&seq, sizeof seq), g_bytes_ref (request->body));
  reply_bytes (reply, xs_wire_log_answer_http_status (&answer), xs_wire_log_answer_encode (&answer));
}

static void
answer_registration_photo (XsTestPlatform *platform, const XsHttpRequest *request, XsHttpReply *reply)
{
  const char *wanted = request->path + strlen (XS_WIRE_PATH_REGISTRATION_PHOTOS);
  GBytes *photo = g_hash_table_lookup (platform->registration_photos, wanted);

  if (photo == NULL)
    {
      reply_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
      return;
    }
  reply->type = XS_WIRE_TYPE_JPEG;
  reply_bytes (reply, 200, g_bytes_ref (photo));
}

static void
tell_load (const XsTestPlatform *platform, XsHttpReply *reply)
{
  g_autofree char *more = g_steal_pointer (&reply->more);

  reply->more = g_strdup_printf ("%s" XS_WIRE_HEADER_LOAD ": %u\r\n", more != NULL ? more : "", platform->load);
}

static void
answer (const XsHttpRequest *request, XsHttpReply *reply, gpointer user_data)
{
  XsTestPlatform *platform = user_data;
  const char *path = request->path;
  gboolean put = strcmp (request->method, "PUT") == 0;

  if (request->is_cut)
    return;
  if (strcmp (path, XS_WIRE_PATH_PAIR) == 0)
    answer_pair (platform, request, reply);
  else if (!is_authorized (platform, request, reply))
    return;
  else if (strcmp (path, XS_WIRE_PATH_POLICY) == 0 && platform->policy == NULL)
    reply_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
  else if (strcmp (path, XS_WIRE_PATH_POLICY) == 0)
    answer_document (request, reply, g_bytes_new (platform->policy, strlen (platform->policy)), platform->policy_etag);
  else if (strcmp (path, XS_WIRE_PATH_ROSTER) == 0)
    answer_document (request, reply, xs_wire_roster_encode (platform->learners), platform->roster_etag);
  else if (strcmp (path, XS_WIRE_PATH_COURSE_LIST) == 0 && platform->courses != NULL)
    reply_bytes (reply, 200, xs_wire_courses_encode (platform->courses));
  else if (g_str_has_prefix (path, XS_WIRE_PATH_REGISTRATION_PHOTOS))
    answer_registration_photo (platform, request, reply);
  else if (strcmp (path, XS_WIRE_PATH_PHOTOS_MISSING) == 0)
    answer_missing (platform, request, reply);
  else if (put && g_str_has_prefix (path, XS_WIRE_PATH_PHOTOS))
    answer_photo (platform, request, reply);
  else if (put && g_str_has_prefix (path, XS_WIRE_PATH_LOGS))
    answer_log (platform, request, reply);
  else if (put && g_str_has_prefix (path, XS_WIRE_PATH_APPEALS))
    answer_signed (platform, request, number_of_appeal, platform->appeals, &platform->appeals_repeated, reply);
  else if (put && g_str_has_prefix (path, XS_WIRE_PATH_CONSENTS))
    answer_signed (platform, request, number_of_consent, platform->consents, &platform->consents_repeated, reply);
  else
    reply_error (reply, 404, XS_WIRE_ERROR_NOT_FOUND);
}

static void
handle (const XsHttpRequest *request, XsHttpReply *reply, gpointer user_data)
{
  answer (request, reply, user_data);
  tell_load (user_data, reply);
}

XsTestPlatform *
xs_test_platform_new (void)
{
  XsTestPlatform *platform = g_new0 (XsTestPlatform, 1);
  g_autofree char *dir = g_dir_make_tmp ("xs-test-platform-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "key", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) parent = g_file_new_for_path (dir);
  g_autoptr (GError) error = NULL;
  gboolean loaded;

  xs_crypto_init ();
  loaded = xs_seal_key_load (path, &platform->seal_key, &error);
  g_assert_no_error (error);
  g_assert_true (loaded);
  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_true (g_file_delete (parent, NULL, NULL));

  platform->learners = g_array_new (FALSE, TRUE, sizeof (XsWireLearner));
  platform->registration_photos =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  platform->photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  platform->logs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_bytes_unref);
  platform->appeals = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_bytes_unref);
  platform->consents = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_bytes_unref);
  platform->roster_etag = g_strdup ("\"r0\"");
  xs_test_platform_set_policy (platform, "default.json");
  platform->server = xs_fault_server_new (handle, xs_test_platform_refuse, platform);
  return platform;
}

void
xs_test_platform_free (XsTestPlatform *platform)
{
  xs_fault_server_free (platform->server);
  g_free (platform->policy);
  g_free (platform->policy_etag);
  g_free (platform->roster_etag);
  g_array_unref (platform->learners);
  g_clear_pointer (&platform->courses, g_array_unref);
  g_hash_table_unref (platform->registration_photos);
  g_hash_table_unref (platform->photos);
  g_hash_table_unref (platform->logs);
  g_hash_table_unref (platform->appeals);
  g_hash_table_unref (platform->consents);
  g_free (platform);
}

const char *
xs_test_platform_get_url (XsTestPlatform *platform)
{
  return xs_fault_server_get_url (platform->server);
}

void
xs_test_platform_add_learner (XsTestPlatform *platform, const char *stunum, const char *text)
{
  XsWireLearner learner = { .name = "张三" };
  g_autofree char *hash = xs_sha256_hex (text, strlen (text));

  g_strlcpy (learner.stunum, stunum, sizeof learner.stunum);
  if (*text != '\0')
    {
      g_strlcpy (learner.photo_sha256, hash, sizeof learner.photo_sha256);
      g_hash_table_insert (platform->registration_photos, g_steal_pointer (&hash), g_bytes_new (text, strlen (text)));
    }
  g_array_append_val (platform->learners, learner);
  g_free (platform->roster_etag);
  platform->roster_etag = g_strdup_printf ("\"r%u\"", platform->learners->len);
}

void
xs_test_platform_set_policy (XsTestPlatform *platform, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", name, NULL);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&platform->policy, g_free);
  g_file_get_contents (path, &platform->policy, NULL, &error);
  g_assert_no_error (error);
  g_free (platform->policy_etag);
  platform->policy_etag = g_strdup_printf ("\"%s\"", name);
}
