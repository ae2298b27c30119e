/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-fixture.h"
#include "xs-platform-people.h"
#include "xs-totp.h"

#include <glib/gstdio.h>
#include <string.h>

/* Who may sign in, how often a stranger may try, what a session is good for, and which role has which right. */

typedef XsPlatformFixture Fixture;

#define PASSWORD "correct horse battery"
#define ADDRESS "192.0.2.1"

/* The table of roles as it was decided; who changes it in the source says so here. */
static void
test_rights (void)
{
  static const char *const expected[XS_PLATFORM_N_ROLES] = {
    [XS_PLATFORM_ROLE_DEVICE] = "none upload",
    [XS_PLATFORM_ROLE_COACH] = "none sign-out see-own photos decide",
    [XS_PLATFORM_ROLE_HEAD_COACH] = "none sign-out see-own see-all photos decide overrule readings",
    [XS_PLATFORM_ROLE_AUDITOR] = "none sign-out see-own see-all photos readings",
    [XS_PLATFORM_ROLE_ADMIN] = "none sign-out readings register people erase",
  };
  static const char *const names[XS_PLATFORM_N_RIGHTS] = {
    "none",   "upload",   "sign-out", "see-own",  "see-all", "photos",
    "decide", "overrule", "readings", "register", "people",  "erase",
  };

  for (guint role = 0; role < XS_PLATFORM_N_ROLES; role++)
    {
      g_auto (GStrv) granted = g_strsplit (expected[role], " ", -1);
      for (guint right = 0; right < XS_PLATFORM_N_RIGHTS; right++)
        {
          gboolean wanted = g_strv_contains ((const char *const *) granted, names[right]);
          g_test_message ("%s %s", xs_platform_role_nick ((XsPlatformRole) role), names[right]);
          g_assert_cmpint (xs_platform_role_has ((XsPlatformRole) role, (XsPlatformRight) right), ==, wanted);
        }
    }
}

static void
test_nicks (void)
{
  XsPlatformRole role;
  g_autoptr (GError) error = NULL;

  for (guint i = XS_PLATFORM_ROLE_COACH; i < XS_PLATFORM_N_ROLES; i++)
    {
      g_assert_true (xs_platform_role_from_nick (xs_platform_role_nick ((XsPlatformRole) i), &role, &error));
      g_assert_cmpuint (role, ==, i);
    }
  /* A kiosk has a key, no account. */
  g_assert_false (xs_platform_role_from_nick ("device", &role, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

static void
add_person (Fixture *f, const char *name, XsPlatformRole role)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_add_person (f->storage, name, role, NULL, PASSWORD, &error));
  g_assert_no_error (error);
}

static XsPlatformSignInAnswer
sign_in (Fixture *f, const char *name, const char *password, const char *code, const char *address)
{
  XsPlatformSignInAnswer answer;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_storage_sign_in (f->storage, name, password, code, address, &answer, &error));
  g_assert_no_error (error);
  return answer;
}

static void
assert_sign_in (Fixture *f, const char *password, const char *code, XsPlatformSignIn result)
{
  g_assert_cmpint (sign_in (f, "wang", password, code, ADDRESS).result, ==, result);
}

static gboolean
is_good (Fixture *f, const char *token)
{
  XsPlatformPerson person;
  g_autoptr (GError) error = NULL;
  gboolean good = xs_platform_storage_find_session (f->storage, token, &person, &error);

  if (!good)
    g_assert_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED);
  return good;
}

static void
test_add (Fixture *f, gconstpointer data)
{
  static const char *const bad[][2] = {
    { "", PASSWORD },
    { "two words", PASSWORD },
    { "a:b", PASSWORD },
    { "a\nb", PASSWORD },
    { "wang", "short" },
    { "wang", "" },
    { "wang", "I am wang, hello" },
    { "wang", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refusal = NULL;
      g_assert_false (
        xs_platform_storage_add_person (f->storage, bad[i][0], XS_PLATFORM_ROLE_COACH, NULL, bad[i][1], &refusal));
      g_assert_error (refusal, XS_ERROR, XS_ERROR_INVALID);
    }
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  g_assert_false (xs_platform_storage_add_person (f->storage, "wang", XS_PLATFORM_ROLE_ADMIN, NULL, PASSWORD, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (
    xs_platform_storage_add_person (f->storage, "li", XS_PLATFORM_ROLE_COACH, "3000000000000003", PASSWORD, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_autoptr (GArray) people = xs_platform_storage_list_people (f->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (people->len, ==, 1);
  g_assert_cmpstr (g_array_index (people, XsPlatformPerson, 0).name, ==, "wang");
  g_assert_cmpint (g_array_index (people, XsPlatformPerson, 0).role, ==, XS_PLATFORM_ROLE_COACH);
  g_autofree char *database = g_build_filename (f->dir, "platform.db", NULL);
  g_assert_cmpstr (xs_sql_refusal (database, "DELETE FROM person"), ==, "an account is disabled, never removed");
}

static void
test_session (Fixture *f, gconstpointer data)
{
  XsPlatformPerson person;
  g_autoptr (GError) error = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_HEAD_COACH);
  XsPlatformSignInAnswer first = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  XsPlatformSignInAnswer second = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  g_assert_cmpint (first.result, ==, XS_PLATFORM_SIGN_IN_DONE);
  g_assert_cmpstr (first.token, !=, second.token);
  g_assert_cmpuint (strlen (first.token), ==, XS_PLATFORM_TOKEN_CHARS);
  g_assert_true (xs_platform_storage_find_session (f->storage, first.token, &person, &error));
  g_assert_cmpstr (person.name, ==, "wang");
  g_assert_cmpint (person.role, ==, XS_PLATFORM_ROLE_HEAD_COACH);
  g_autoptr (GArray) sessions = xs_platform_storage_list_sessions (f->storage, &error);
  g_assert_cmpuint (sessions->len, ==, 2);
  g_assert_cmpstr (g_array_index (sessions, XsPlatformSession, 0).address, ==, ADDRESS);

  g_assert_false (is_good (f, ""));
  g_assert_false (is_good (f, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
  g_assert_true (xs_platform_storage_end_session (f->storage, first.token, &error));
  g_assert_false (is_good (f, first.token));
  g_assert_true (is_good (f, second.token));

  /* The token itself is nowhere. */
  g_autofree char *database = g_build_filename (f->dir, "platform.db", NULL);
  xs_exec_sql (database, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_false (xs_folder_holds (f->dir, second.token, strlen (second.token)));
  g_assert_false (xs_folder_holds (f->dir, PASSWORD, strlen (PASSWORD)));
  g_assert_true (xs_folder_holds (f->dir, "$argon2id$", strlen ("$argon2id$")));
}

static void
test_session_ends (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  XsPlatformSignInAnswer idle = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  xs_clock_fake_advance (f->clock, XS_PLATFORM_SESSION_IDLE_US - G_TIME_SPAN_SECOND);
  g_assert_true (is_good (f, idle.token));
  xs_clock_fake_advance (f->clock, XS_PLATFORM_SESSION_IDLE_US + G_TIME_SPAN_SECOND);
  g_assert_false (is_good (f, idle.token));

  /* Used all the time, it ends all the same. */
  XsPlatformSignInAnswer busy = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  gint64 step_us = XS_PLATFORM_SESSION_IDLE_US / 2;
  for (gint64 used_us = 0; used_us < XS_PLATFORM_SESSION_US; used_us += step_us)
    {
      g_assert_true (is_good (f, busy.token));
      xs_clock_fake_advance (f->clock, step_us);
    }
  g_assert_false (is_good (f, busy.token));
}

/* What changes an account ends its sessions, and no other's. */
static void
test_change_ends_sessions (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  add_person (f, "li", XS_PLATFORM_ROLE_ADMIN);
  XsPlatformSignInAnswer other = sign_in (f, "li", PASSWORD, NULL, ADDRESS);
  XsPlatformSignInAnswer one = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  g_assert_true (xs_platform_storage_set_role (f->storage, "wang", XS_PLATFORM_ROLE_AUDITOR, &error));
  g_assert_false (is_good (f, one.token));
  one = sign_in (f, "wang", PASSWORD, NULL, ADDRESS);
  g_assert_cmpint (one.person.role, ==, XS_PLATFORM_ROLE_AUDITOR);
  g_assert_true (xs_platform_storage_set_password (f->storage, "wang", "another " PASSWORD, &error));
  g_assert_false (is_good (f, one.token));
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_WRONG);
  one = sign_in (f, "wang", "another " PASSWORD, NULL, ADDRESS);
  g_assert_true (xs_platform_storage_set_disabled (f->storage, "wang", TRUE, &error));
  g_assert_false (is_good (f, one.token));
  assert_sign_in (f, "another " PASSWORD, NULL, XS_PLATFORM_SIGN_IN_WRONG);
  g_assert_true (xs_platform_storage_set_disabled (f->storage, "wang", FALSE, &error));
  one = sign_in (f, "wang", "another " PASSWORD, NULL, ADDRESS);
  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (f->storage, "wang", &secret, &error);
  g_assert_no_error (error);
  g_assert_false (is_good (f, one.token));
  g_assert_true (is_good (f, other.token));
  g_assert_true (xs_platform_storage_end_sessions (f->storage, NULL, &error));
  g_assert_false (is_good (f, other.token));
  g_assert_false (xs_platform_storage_set_role (f->storage, "zhao", XS_PLATFORM_ROLE_ADMIN, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_NOT_FOUND);
}

/* N4: pauses of a person grow to the longest and no further; the right password helps only after them. */
static void
test_pauses (Fixture *f, gconstpointer data)
{
  gint64 expected_us = XS_PLATFORM_FIRST_PAUSE_US;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  for (guint i = 0; i < XS_PLATFORM_FREE_TRIES; i++)
    assert_sign_in (f, "wrong password", NULL, XS_PLATFORM_SIGN_IN_WRONG);
  for (guint i = 0; i < 6; i++)
    {
      /* From another address each time: it is the account that is guessed at. */
      g_autofree char *address = g_strdup_printf ("192.0.2.%u", i + 10);
      XsPlatformSignInAnswer answer = sign_in (f, "wang", PASSWORD, NULL, address);
      g_assert_cmpint (answer.result, ==, XS_PLATFORM_SIGN_IN_PAUSE);
      g_assert_cmpint (answer.pause_us, ==, expected_us);
      xs_clock_fake_advance (f->clock, expected_us);
      g_assert_cmpint (sign_in (f, "wang", "wrong password", NULL, address).result, ==, XS_PLATFORM_SIGN_IN_WRONG);
      expected_us = MIN (expected_us * 2, XS_PLATFORM_LONGEST_PAUSE_US);
    }
  g_assert_cmpint (expected_us, ==, XS_PLATFORM_LONGEST_PAUSE_US);
  xs_clock_fake_advance (f->clock, expected_us);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
  /* Forgotten, then. */
  assert_sign_in (f, "wrong password", NULL, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
}

/* N3, N4: nobody learns from the pauses whether there is such an account. */
static void
test_pauses_of_nobody (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "wang", "nobody" };
  g_autoptr (GError) error = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  for (guint i = 0; i < XS_PLATFORM_FREE_TRIES + 2; i++)
    {
      gint64 expected_us = i < XS_PLATFORM_FREE_TRIES ? 0 : XS_PLATFORM_FIRST_PAUSE_US << (i - XS_PLATFORM_FREE_TRIES);
      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        {
          g_autofree char *address = g_strdup_printf ("192.0.2.%u", j + 10);
          if (expected_us > 0)
            g_assert_cmpint (sign_in (f, names[j], "wrong password", NULL, address).pause_us, ==, expected_us);
        }
      xs_clock_fake_advance (f->clock, expected_us);
      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        {
          g_autofree char *address = g_strdup_printf ("192.0.2.%u", j + 10);
          g_assert_cmpint (sign_in (f, names[j], "wrong password", NULL, address).result, ==,
                           XS_PLATFORM_SIGN_IN_WRONG);
        }
    }

  /* The name that was typed is nowhere: it may have been a password. */
  g_assert_false (xs_folder_holds (f->dir, "nobody", strlen ("nobody")));
  g_autoptr (GArray) people = xs_platform_storage_list_people (f->storage, &error);
  g_assert_cmpint (g_array_index (people, XsPlatformPerson, 0).locked_until_us, >, xs_clock_wall_us (f->clock));
  g_assert_true (xs_platform_storage_set_password (f->storage, "wang", PASSWORD, &error));
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
}

/* N9: who guesses from elsewhere holds up strangers only, not the person where that person was before. */
static void
test_pauses_elsewhere (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
  xs_clock_fake_advance (f->clock, XS_PLATFORM_KNOWN_ADDRESS_US - XS_PLATFORM_SESSION_US);
  for (guint i = 0; i < XS_PLATFORM_FREE_TRIES; i++)
    g_assert_cmpint (sign_in (f, "wang", "wrong password", NULL, "192.0.2.2").result, ==, XS_PLATFORM_SIGN_IN_WRONG);
  g_assert_cmpint (sign_in (f, "wang", PASSWORD, NULL, "192.0.2.3").result, ==, XS_PLATFORM_SIGN_IN_PAUSE);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
  /* That opens nothing for those who guess, and guessing is no easier there. */
  g_assert_cmpint (sign_in (f, "wang", PASSWORD, NULL, "192.0.2.3").result, ==, XS_PLATFORM_SIGN_IN_PAUSE);
  for (guint i = 0; i < XS_PLATFORM_FREE_TRIES; i++)
    assert_sign_in (f, "wrong password", NULL, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_PAUSE);
}

/* As if all but the last try that an address has had been made before. */
static void
try_many_names (Fixture *f, const char *address)
{
  g_autofree char *database = g_build_filename (f->dir, "platform.db", NULL);
  g_autofree char *before = g_strdup_printf ("UPDATE sign_in_failure SET failures = %d WHERE name_sha256 = ''",
                                             XS_PLATFORM_FREE_TRIES_OF_ADDRESS - 1);

  g_assert_cmpint (sign_in (f, "nobody", PASSWORD, NULL, address).result, ==, XS_PLATFORM_SIGN_IN_WRONG);
  xs_exec_sql (database, before);
  g_assert_cmpint (sign_in (f, "nobody else", PASSWORD, NULL, address).result, ==, XS_PLATFORM_SIGN_IN_WRONG);
}

/* N4: many names from one address: the address has to wait, and nobody else, until somebody there signs in. */
static void
test_pauses_of_address (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  try_many_names (f, ADDRESS);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_PAUSE);
  g_assert_cmpint (sign_in (f, "wang", PASSWORD, NULL, "192.0.2.2").result, ==, XS_PLATFORM_SIGN_IN_DONE);
  xs_clock_fake_advance (f->clock, XS_PLATFORM_FIRST_PAUSE_US);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
  assert_sign_in (f, "wrong password", NULL, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
}

/* N4: behind a proxy on this computer everybody has one address. */
static void
test_no_pause_of_proxy (Fixture *f, gconstpointer data)
{
  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  try_many_names (f, "127.0.0.1");
  g_assert_cmpint (sign_in (f, "wang", PASSWORD, NULL, "127.0.0.1").result, ==, XS_PLATFORM_SIGN_IN_DONE);
}

/* The secret as an authenticator reads it. */
static void
decode_base32 (const char *text, guint8 secret[XS_TOTP_SECRET_BYTES])
{
  guint bits = 0, n_bits = 0, n = 0;

  for (const char *c = text; *c != '\0' && n < XS_TOTP_SECRET_BYTES; c++)
    {
      bits = bits << 5 | (guint) (*c >= 'A' ? *c - 'A' : *c - '2' + 26);
      for (n_bits += 5; n_bits >= 8; n_bits -= 8)
        secret[n++] = (guint8) (bits >> (n_bits - 8));
    }
  g_assert_cmpuint (n, ==, XS_TOTP_SECRET_BYTES);
}

static char *
code_at (Fixture *f, const guint8 *secret, gint64 steps)
{
  gint64 step = xs_clock_wall_us (f->clock) / (XS_TOTP_STEP_S * (gint64) G_USEC_PER_SEC) + steps;

  return g_strdup_printf ("%06u", xs_totp_code (secret, XS_TOTP_SECRET_BYTES, (guint64) step));
}

static void
test_totp (Fixture *f, gconstpointer data)
{
  guint8 secret[XS_TOTP_SECRET_BYTES];
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (f->storage, "wang", &text, &error);
  g_assert_no_error (error);
  decode_base32 (text, secret);
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_TOTP_WANTED);
  assert_sign_in (f, "wrong password", NULL, XS_PLATFORM_SIGN_IN_WRONG);
  g_autofree char *now = code_at (f, secret, 0);
  g_autofree char *before = code_at (f, secret, -1);
  g_autofree char *after = code_at (f, secret, 1);
  g_autofree char *stale = code_at (f, secret, -2);
  assert_sign_in (f, PASSWORD, stale, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, "wrong password", now, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, now, XS_PLATFORM_SIGN_IN_DONE);
  /* What somebody watched being typed is worth nothing, nor is an older one. */
  assert_sign_in (f, PASSWORD, now, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, before, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, after, XS_PLATFORM_SIGN_IN_DONE);
  g_assert_false (xs_folder_holds (f->dir, secret, sizeof secret));

  g_assert_true (xs_platform_storage_disable_totp (f->storage, "wang", &error));
  assert_sign_in (f, PASSWORD, NULL, XS_PLATFORM_SIGN_IN_DONE);
}

static void
test_recovery_codes (Fixture *f, gconstpointer data)
{
  g_autofree char *text = NULL, *again = NULL;
  g_autoptr (GError) error = NULL;

  add_person (f, "wang", XS_PLATFORM_ROLE_COACH);
  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (f->storage, "wang", &text, &error);
  g_assert_cmpuint (codes->len, ==, XS_PLATFORM_N_RECOVERY_CODES);
  const char *first = g_ptr_array_index (codes, 0);
  g_autofree char *sloppy = g_ascii_strdown (g_ptr_array_index (codes, 1), -1);
  assert_sign_in (f, PASSWORD, first, XS_PLATFORM_SIGN_IN_DONE);
  assert_sign_in (f, PASSWORD, first, XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, g_strdelimit (sloppy, "-", ' '), XS_PLATFORM_SIGN_IN_DONE);
  g_assert_false (xs_folder_holds (f->dir, first, strlen (first)));
  /* A new secret has new ones. */
  g_autoptr (GPtrArray) others = xs_platform_storage_enable_totp (f->storage, "wang", &again, &error);
  assert_sign_in (f, PASSWORD, g_ptr_array_index (codes, 2), XS_PLATFORM_SIGN_IN_WRONG);
  assert_sign_in (f, PASSWORD, g_ptr_array_index (others, 2), XS_PLATFORM_SIGN_IN_DONE);
}

#define ADD(name, func)                                                                                                \
  g_test_add ("/platform/people/" name, Fixture, NULL, xs_platform_fixture_set_up, func, xs_platform_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/people/rights", test_rights);
  g_test_add_func ("/platform/people/nicks", test_nicks);
  ADD ("add", test_add);
  ADD ("session", test_session);
  ADD ("session-ends", test_session_ends);
  ADD ("change-ends-sessions", test_change_ends_sessions);
  ADD ("pauses", test_pauses);
  ADD ("pauses-of-nobody", test_pauses_of_nobody);
  ADD ("pauses-elsewhere", test_pauses_elsewhere);
  ADD ("pauses-of-address", test_pauses_of_address);
  ADD ("no-pause-of-proxy", test_no_pause_of_proxy);
  ADD ("totp", test_totp);
  ADD ("recovery-codes", test_recovery_codes);
  return g_test_run ();
}
