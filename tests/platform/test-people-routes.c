/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-fixture.h"
#include "xs-platform-people.h"
#include "xs-platform-photos.h"
#include "xs-platform-register.h"
#include "xs-wire-people.h"

#include <string.h>

/* Signing in over HTTP, and what a token opens: the rules N… of docs/protocol.md. */

typedef XsPlatformFixture Fixture;

#define PASSWORD "correct horse battery"
#define COACHNUM "3000000000000003"

static void
add_person (Fixture *f, const char *name, XsPlatformRole role, const char *coachnum)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_person (f->storage, name, role, coachnum, PASSWORD, &error));
  g_assert_no_error (error);
}

static XsReply *
send_as (Fixture *f, const char *token, const char *method, const char *path, GBytes *body)
{
  g_autofree char *headers = token != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", token) : NULL;
  XsRequest request = { .port = f->port, .method = method, .path = path, .body = body, .headers = headers };

  return xs_send (&request);
}

static XsReply *
post_sign_in (Fixture *f, const char *name, const char *password, const char *code)
{
  XsWireSignIn sign_in = { 0 };

  g_strlcpy (sign_in.name, name, sizeof sign_in.name);
  g_strlcpy (sign_in.password, password, sizeof sign_in.password);
  g_strlcpy (sign_in.code, code != NULL ? code : "", sizeof sign_in.code);
  g_autoptr (GBytes) body = xs_wire_sign_in_encode (&sign_in);
  return send_as (f, NULL, "POST", XS_WIRE_PATH_SIGN_IN, body);
}

/* (transfer full): the token of somebody who is let in. */
static char *
sign_in (Fixture *f, const char *name)
{
  XsWirePerson person;
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReply) reply = post_sign_in (f, name, PASSWORD, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (xs_wire_person_decode (&person, reply->body, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (person.name, ==, name);
  g_assert_cmpint (person.expires_us, >, xs_clock_wall_us (f->clock));
  return g_strdup (person.token);
}

/* N1, N2: a token of a right password, good until signed out. */
static void
test_sign_in (Fixture *f, gconstpointer data)
{
  XsWirePerson person;
  g_autoptr (GError) error = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_HEAD_COACH, NULL);
  g_autofree char *token = sign_in (f, "wang");
  g_autoptr (XsReply) me = send_as (f, token, "GET", XS_WIRE_PATH_ME, NULL);
  g_assert_cmpuint (me->status, ==, 200);
  g_assert_true (xs_wire_person_decode (&person, me->body, &error));
  g_assert_cmpstr (person.role, ==, "head-coach");
  g_assert_cmpstr (person.token, ==, "");
  g_autoptr (XsReply) out = send_as (f, token, "POST", XS_WIRE_PATH_SIGN_OUT, NULL);
  g_assert_cmpuint (out->status, ==, 200);
  g_autoptr (XsReply) after = send_as (f, token, "GET", XS_WIRE_PATH_ME, NULL);
  xs_assert_error (after, 401, XS_WIRE_ERROR_UNAUTHORIZED);
}

/* N3: the same answer whether there is such a person or not; N5: a code is asked for only behind the right password. */
static void
test_sign_in_wrong (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH, NULL);
  g_autoptr (XsReply) wrong = post_sign_in (f, "wang", "wrong password", NULL);
  xs_assert_error (wrong, 401, XS_WIRE_ERROR_SIGN_IN_WRONG);
  g_autoptr (XsReply) nobody = post_sign_in (f, "nobody", PASSWORD, NULL);
  xs_assert_error (nobody, 401, XS_WIRE_ERROR_SIGN_IN_WRONG);
  g_assert_true (g_bytes_equal (wrong->body, nobody->body));
  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (f->storage, "wang", &secret, &error);
  g_assert_no_error (error);
  g_autoptr (XsReply) still_wrong = post_sign_in (f, "wang", "wrong password", NULL);
  xs_assert_error (still_wrong, 401, XS_WIRE_ERROR_SIGN_IN_WRONG);
  g_autoptr (XsReply) wanted = post_sign_in (f, "wang", PASSWORD, NULL);
  xs_assert_error (wanted, 401, XS_WIRE_ERROR_TOTP_WANTED);
  g_autoptr (XsReply) done = post_sign_in (f, "wang", PASSWORD, g_ptr_array_index (codes, 0));
  g_assert_cmpuint (done->status, ==, 200);
}

/* N4: after too many wrong tries 429 with a pause, also to the right password. */
static void
test_sign_in_pause (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH, NULL);
  for (guint i = 0; i < XS_PLATFORM_FREE_TRIES; i++)
    {
      g_autoptr (XsReply) reply = post_sign_in (f, "wang", "wrong password", NULL);
      xs_assert_error (reply, 401, XS_WIRE_ERROR_SIGN_IN_WRONG);
    }
  g_autoptr (XsReply) paused = post_sign_in (f, "wang", PASSWORD, NULL);
  xs_assert_error (paused, 429, XS_WIRE_ERROR_TOO_MANY);
  g_autofree char *retry_after = xs_reply_header (paused, "Retry-After");
  g_assert_cmpint (g_ascii_strtoll (retry_after, NULL, 10), ==, XS_PLATFORM_FIRST_PAUSE_US / G_USEC_PER_SEC + 1);
  xs_clock_fake_advance (f->clock, XS_PLATFORM_FIRST_PAUSE_US);
  g_autoptr (XsReply) done = post_sign_in (f, "wang", PASSWORD, NULL);
  g_assert_cmpuint (done->status, ==, 200);
}

static void
test_sign_in_malformed (Fixture *f, gconstpointer data)
{
  static const char *const bodies[] = { "",
                                        "{}",
                                        "{\"name\":\"wang\"}",
                                        "{\"name\":1,\"password\":\"x\"}",
                                        "{\"name\":\"wang\",\"password\":\"x\",\"code\":1}",
                                        "{\"name\":\"wang\",\"password\":null}" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (bodies[i], strlen (bodies[i]));
      g_autoptr (XsReply) reply = send_as (f, NULL, "POST", XS_WIRE_PATH_SIGN_IN, body);
      xs_assert_error (reply, 400, XS_WIRE_ERROR_BAD_REQUEST);
    }
  g_autoptr (GBytes) long_body =
    g_bytes_new_take (g_strnfill (XS_WIRE_SIGN_IN_MAX_BYTES + 1, ' '), XS_WIRE_SIGN_IN_MAX_BYTES + 1);
  g_autoptr (XsReply) too_long = send_as (f, NULL, "POST", XS_WIRE_PATH_SIGN_IN, long_body);
  xs_assert_error (too_long, 413, XS_WIRE_ERROR_TOO_LARGE);
}

/* N6: without a token, with a bad one, with a kiosk's signature: 401 on every route of people. */
static void
test_strangers (Fixture *f, gconstpointer data)
{
  static const char *const routes[][2] = {
    { "GET", XS_WIRE_PATH_ME },
    { "POST", XS_WIRE_PATH_SIGN_OUT },
    { "GET", XS_WIRE_PATH_PEOPLE_PHOTOS "0000000000000000000000000000000000000000000000000000000000000000" },
  };
  static const char *const tokens[] = {
    NULL, "", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
  };

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (tokens); j++)
        {
          g_autoptr (XsReply) reply = send_as (f, tokens[j], routes[i][0], routes[i][1], NULL);
          xs_assert_error (reply, 401, XS_WIRE_ERROR_UNAUTHORIZED);
        }
      g_autoptr (XsReply) by_device = xs_platform_fixture_send (f, routes[i][0], routes[i][1], NULL);
      xs_assert_error (by_device, 401, XS_WIRE_ERROR_UNAUTHORIZED);
    }
}

/* N6: nor does a person's token open what is for kiosks. */
static void
test_no_kiosk (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_ADMIN, NULL);
  g_autofree char *token = sign_in (f, "wang");
  g_autoptr (XsReply) roster = send_as (f, token, "GET", XS_WIRE_PATH_ROSTER, NULL);
  xs_assert_error (roster, 401, XS_WIRE_ERROR_UNAUTHORIZED);
  g_autoptr (XsReply) policy = send_as (f, token, "GET", XS_WIRE_PATH_POLICY, NULL);
  xs_assert_error (policy, 401, XS_WIRE_ERROR_UNAUTHORIZED);
}

/* A log with one photo of the fixture's learner. Returns: (transfer full): the path of the photo for people. */
static char *
put_photo (Fixture *f)
{
  g_auto (XsWireLog) wire_log;
  g_autofree char *sha256 = NULL;
  g_autoptr (GBytes) sealed =
    xs_make_photo (xs_platform_storage_get_seal_key (f->storage)->public_key, 1, 1000, &sha256);
  g_autofree char *path = xs_wire_path_photo (sha256);
  g_autoptr (XsReply) photo = xs_platform_fixture_send (f, "PUT", path, sealed);

  xs_wire_log_init (&wire_log);
  xs_sample_log (&wire_log);
  g_array_set_size (wire_log.log.photos, 0);
  xs_sample_add_photo (&wire_log, "0000000101", XS_PHOTO_SIGN_IN, sha256);
  g_autoptr (XsReply) log = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &wire_log);
  g_assert_cmpuint (log->status, ==, 200);
  return g_strconcat (XS_WIRE_PATH_PEOPLE_PHOTOS, sha256, NULL);
}

static gboolean
count_reading (const XsPlatformPhotoRead *photo_read, gpointer data, GError **error)
{
  g_assert_cmpstr (photo_read->why, ==, "review");
  g_string_append_printf (data, "%s ", photo_read->who);
  return TRUE;
}

/*
 * N7, N8: each role gets what the table of rights gives it, a coach the photos of the own learners only, and each photo
 * that was given is a row; of one that was not there is none.
 */
static void
test_roles (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *name;
    XsPlatformRole role;
    const char *coachnum;
    guint status;
  } people[] = {
    { "own", XS_PLATFORM_ROLE_COACH, COACHNUM, 200 },   { "other", XS_PLATFORM_ROLE_COACH, "3000000000000004", 404 },
    { "none", XS_PLATFORM_ROLE_COACH, NULL, 404 },      { "head", XS_PLATFORM_ROLE_HEAD_COACH, NULL, 200 },
    { "auditor", XS_PLATFORM_ROLE_AUDITOR, NULL, 200 }, { "admin", XS_PLATFORM_ROLE_ADMIN, NULL, 403 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) readers = g_string_new (NULL);
  g_autofree char *path = put_photo (f);

  g_assert_true (xs_platform_storage_add_coach (f->storage, COACHNUM, "王教练", &error));
  g_assert_true (xs_platform_storage_add_coach (f->storage, "3000000000000004", "赵教练", &error));
  g_assert_true (xs_platform_storage_set_coach (f->storage, XS_SAMPLE_STUNUM, COACHNUM, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    {
      add_person (f, people[i].name, people[i].role, people[i].coachnum);
      g_autofree char *token = sign_in (f, people[i].name);
      g_autoptr (XsReply) reply = send_as (f, token, "GET", path, NULL);
      g_assert_cmpuint (reply->status, ==, people[i].status);
      if (reply->status == 200)
        g_assert_cmpuint (g_bytes_get_size (reply->body), ==, 1000);
    }
  g_assert_true (xs_platform_storage_foreach_photo_read (f->storage, count_reading, readers, &error));
  g_assert_cmpstr (readers->str, ==, "person:own person:head person:auditor ");
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/people-routes/" name, Fixture, NULL, xs_platform_fixture_set_up, func,                        \
              xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sign-in", test_sign_in);
  ADD ("sign-in-wrong", test_sign_in_wrong);
  ADD ("sign-in-pause", test_sign_in_pause);
  ADD ("sign-in-malformed", test_sign_in_malformed);
  ADD ("strangers", test_strangers);
  ADD ("no-kiosk", test_no_kiosk);
  ADD ("roles", test_roles);
  return g_test_run ();
}
