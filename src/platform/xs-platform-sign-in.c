/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-people-private.h"

#include <string.h>

/* Whom nobody can sign in as: what the password of a name that is not there is compared with. */
#define NOBODY "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
/* Wrong tries that are so old are forgotten. */
#define FAILURE_MEMORY_US (24 * G_TIME_SPAN_HOUR)
#define SEEN_EVERY_US G_TIME_SPAN_MINUTE

typedef struct {
  XsPlatformStorage *storage;
  const char *name;
  const char *password;
  const char *code;
  const char *address;
  XsPlatformSignInAnswer *answer;
  char *name_sha256;
  const char *account_address; /* where wrong tries on the name are counted with this one: "" or address */
  const char *own_address;     /* address, or "" when its tries are not counted for all names */
  gboolean found;
  char *hash;
  GBytes *totp_secret; /* locked */
  gint64 totp_step;
  char token[XS_PLATFORM_TOKEN_CHARS + 1]; /* of the session that would begin */
} Attempt;

static void
attempt_clear (Attempt *attempt)
{
  g_clear_pointer (&attempt->name_sha256, g_free);
  g_clear_pointer (&attempt->hash, g_free);
  g_clear_pointer (&attempt->totp_secret, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

static gint64
pause_after (gint64 failures, gint64 free_tries)
{
  gint64 doublings = CLAMP (failures - free_tries, 0, 20);

  return failures < free_tries
           ? 0
           : MIN (XS_PLATFORM_FIRST_PAUSE_US * ((gint64) 1 << doublings), XS_PLATFORM_LONGEST_PAUSE_US);
}

static gboolean
look_up (Attempt *attempt, GError **error)
{
  gboolean has_row;
  XsSql *sql = attempt->storage->sql;
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (sql,
                    "SELECT " XS_PERSON_COLUMNS ", password_hash, totp_secret, totp_step FROM person WHERE name = ?",
                    error, "s", attempt->name);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error)
      || (has_row && !xs_person_read (row, 0, &attempt->answer->person, error)))
    return FALSE;
  attempt->found = has_row && !attempt->answer->person.disabled;
  attempt->hash = attempt->found ? xs_sql_row_dup_string (row, XS_PERSON_N_COLUMNS) : g_strdup (NOBODY);
  if (!attempt->found)
    return TRUE;
  attempt->totp_secret = xs_sql_row_bytes (row, XS_PERSON_N_COLUMNS + 1);
  attempt->totp_step = xs_sql_row_int (row, XS_PERSON_N_COLUMNS + 2);
  return TRUE;
}

/*
 * Strangers must not keep somebody out who comes from where that person signed in before, nor, all looking the same
 * behind a proxy on this computer, everybody.
 */
static gboolean
choose_counts (Attempt *attempt, gint64 now_us, GError **error)
{
  gint64 n_before;
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (attempt->address);

  if (!xs_sql_query_int (attempt->storage->sql, &n_before, 0,
                         "SELECT count (*) FROM person_session WHERE person_id = ? AND address = ? AND began_us > ?",
                         error, "isi", attempt->found ? attempt->answer->person.id : 0, attempt->address,
                         now_us - XS_PLATFORM_KNOWN_ADDRESS_US))
    return FALSE;
  attempt->name_sha256 = xs_sha256_hex (attempt->name, strlen (attempt->name));
  attempt->account_address = n_before > 0 ? attempt->address : "";
  attempt->own_address = inet != NULL && g_inet_address_get_is_loopback (inet) ? "" : attempt->address;
  return TRUE;
}

/* How long name and address have to wait yet. */
static gboolean
find_pause (Attempt *attempt, gint64 now_us, gint64 *pause_us, GError **error)
{
  gint64 until_us;

  if (!xs_sql_query_int (attempt->storage->sql, &until_us, 0,
                         "SELECT max (locked_until_us) FROM sign_in_failure"
                         " WHERE (name_sha256 = ? AND address = ?) OR (name_sha256 = '' AND address = ?)",
                         error, "sss", attempt->name_sha256, attempt->account_address, attempt->own_address))
    return FALSE;
  /* A clock that was set back must lock nobody out for longer than there is. */
  *pause_us = CLAMP (until_us - now_us, 0, XS_PLATFORM_LONGEST_PAUSE_US);
  return TRUE;
}

static gboolean
count_failure (XsSql *sql, const char *name_sha256, const char *address, gint64 free_tries, gint64 now_us,
               GError **error)
{
  gint64 failures;

  if (!xs_sql_query_int (sql, &failures, 0,
                         "SELECT failures FROM sign_in_failure WHERE name_sha256 = ? AND address = ?", error, "ss",
                         name_sha256, address))
    return FALSE;
  failures++;
  return xs_sql_run (sql,
                     "INSERT INTO sign_in_failure (name_sha256, address, failures, locked_until_us, last_us)"
                     " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name_sha256, address) DO UPDATE SET"
                     " failures = excluded.failures, locked_until_us = excluded.locked_until_us,"
                     " last_us = excluded.last_us",
                     error, "ssiii", name_sha256, address, failures, now_us + pause_after (failures, free_tries),
                     now_us);
}

static gboolean
note_failure (XsSql *sql, gpointer data, GError **error)
{
  Attempt *attempt = data;
  gint64 now_us = xs_clock_wall_us (attempt->storage->clock);

  return xs_sql_run (sql, "DELETE FROM sign_in_failure WHERE last_us < ?", error, "i", now_us - FAILURE_MEMORY_US)
         && count_failure (sql, attempt->name_sha256, attempt->account_address, XS_PLATFORM_FREE_TRIES, now_us, error)
         && (attempt->own_address[0] == '\0'
             || count_failure (sql, "", attempt->own_address, XS_PLATFORM_FREE_TRIES_OF_ADDRESS, now_us, error));
}

/* Each code works once, also of two that come at the same moment: the row says so, not what was read before. */
static gboolean
use_code (XsSql *sql, Attempt *attempt, gint64 now_us, gboolean *used, GError **error)
{
  guint8 secret[XS_TOTP_SECRET_BYTES] = { 0 };
  gint64 step;
  gint64 id = attempt->answer->person.id;

  *used = FALSE;
  if (!xs_person_open_totp (attempt->storage, id, attempt->totp_secret, secret, error))
    return FALSE;
  gboolean right = xs_totp_check (secret, sizeof secret, attempt->code, now_us, attempt->totp_step, &step);
  xs_cipher_forget (secret, sizeof secret);
  g_autofree char *recovery = xs_person_recovery_sha256 (attempt->code);
  if (!(right ? xs_sql_run (sql, "UPDATE person SET totp_step = ? WHERE id = ? AND totp_step < ?", error, "iii", step,
                            id, step)
              : xs_sql_run (sql,
                            "UPDATE recovery_code SET used_us = ? WHERE person_id = ? AND code_sha256 = ?"
                            " AND used_us IS NULL",
                            error, "iis", now_us, id, recovery)))
    return FALSE;
  *used = xs_sql_changes (sql) > 0;
  return TRUE;
}

static void
make_token (char token[XS_PLATFORM_TOKEN_CHARS + 1])
{
  guint8 random[XS_KEY_BYTES];

  xs_cipher_make_key (random);
  g_autofree char *text = g_base64_encode (random, sizeof random);
  xs_cipher_forget (random, sizeof random);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  g_strlcpy (token, text, XS_PLATFORM_TOKEN_CHARS + 1);
}

/* The password was right. */
static gboolean
let_in (XsSql *sql, gpointer data, GError **error)
{
  Attempt *attempt = data;
  XsPlatformSignInAnswer *answer = attempt->answer;
  gint64 now_us = xs_clock_wall_us (attempt->storage->clock);
  gint64 n_begun, n_same;
  gboolean used = TRUE;
  g_autofree char *sha256 = xs_sha256_hex (attempt->token, strlen (attempt->token));

  /* An earlier run was committed: its code is used up, and its answer stands. */
  if (!xs_sql_query_int (sql, &n_begun, 0, "SELECT count (*) FROM person_session WHERE token_sha256 = ?", error, "s",
                         sha256))
    return FALSE;
  if (n_begun > 0)
    return TRUE;
  answer->result = XS_PLATFORM_SIGN_IN_WRONG;
  /* Password or person may have been changed while the password was looked at. */
  if (!xs_sql_query_int (sql, &n_same, 0,
                         "SELECT count (*) FROM person WHERE id = ? AND disabled = 0 AND password_hash = ?", error,
                         "is", answer->person.id, attempt->hash))
    return FALSE;
  if (n_same == 0)
    return TRUE;
  if (attempt->totp_secret != NULL && attempt->code == NULL)
    {
      answer->result = XS_PLATFORM_SIGN_IN_TOTP_WANTED;
      return TRUE;
    }
  if (attempt->totp_secret != NULL && !use_code (sql, attempt, now_us, &used, error))
    return FALSE;
  if (!used)
    return note_failure (sql, attempt, error);
  g_strlcpy (answer->token, attempt->token, sizeof answer->token);
  answer->result = XS_PLATFORM_SIGN_IN_DONE;
  answer->expires_us = now_us + XS_PLATFORM_SESSION_US;
  return xs_sql_run (sql,
                     "DELETE FROM sign_in_failure"
                     " WHERE (name_sha256 = ? AND address = ?) OR (name_sha256 = '' AND address = ?)",
                     error, "sss", attempt->name_sha256, attempt->account_address, attempt->own_address)
         && xs_sql_run (sql, "DELETE FROM person_session WHERE began_us < ?", error, "i",
                        now_us - XS_PLATFORM_KNOWN_ADDRESS_US)
         && xs_sql_run (sql,
                        "INSERT INTO person_session (token_sha256, person_id, address, began_us, seen_us, expires_us)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        error, "sisiii", sha256, answer->person.id, attempt->address, now_us, now_us,
                        answer->expires_us);
}

gboolean
xs_platform_storage_sign_in (XsPlatformStorage *storage, const char *name, const char *password, const char *code,
                             const char *address, XsPlatformSignInAnswer *answer, GError **error)
{
  g_auto (Attempt) attempt = {
    .storage = storage, .name = name, .password = password, .code = code, .address = address, .answer = answer
  };
  gint64 now_us = xs_clock_wall_us (storage->clock);

  *answer = (XsPlatformSignInAnswer){ 0 };
  if (!look_up (&attempt, error) || !choose_counts (&attempt, now_us, error)
      || !find_pause (&attempt, now_us, &answer->pause_us, error))
    return FALSE;
  if (answer->pause_us > 0)
    {
      answer->result = XS_PLATFORM_SIGN_IN_PAUSE;
      return TRUE;
    }
  /* Without the lock: it takes its time, and kiosks wait for nobody's password. */
  gboolean right = xs_password_verify (attempt.hash, password) && attempt.found;
  answer->result = XS_PLATFORM_SIGN_IN_WRONG;
  make_token (attempt.token);
  return xs_sql_transaction (storage->sql, right ? let_in : note_failure, &attempt, error);
}

static gboolean
refuse_token (GError **error)
{
  g_set_error_literal (error, XS_ERROR, XS_ERROR_UNAUTHORIZED, "The session has ended: sign in again");
  return FALSE;
}

gboolean
xs_platform_storage_find_session (XsPlatformStorage *storage, const char *token, XsPlatformPerson *person,
                                  GError **error)
{
  gboolean has_row;
  gint64 now_us = xs_clock_wall_us (storage->clock);
  g_autofree char *sha256 = xs_sha256_hex (token, strlen (token));
  g_autoptr (XsSqlRow) row = xs_sql_prepare (storage->sql,
                                             "SELECT " XS_PERSON_COLUMNS ", seen_us FROM person_session"
                                             " JOIN person ON person.id = person_session.person_id"
                                             " WHERE token_sha256 = ? AND ended_us IS NULL AND person.disabled = 0"
                                             " AND expires_us > ? AND seen_us > ?",
                                             error, "sii", sha256, now_us, now_us - XS_PLATFORM_SESSION_IDLE_US);

  if (row == NULL || !xs_sql_row_step (row, &has_row, error))
    return FALSE;
  if (!has_row)
    return refuse_token (error);
  if (!xs_person_read (row, 0, person, error))
    return FALSE;
  gint64 seen_us = xs_sql_row_int (row, XS_PERSON_N_COLUMNS);
  g_clear_pointer (&row, xs_sql_row_free);
  return now_us - seen_us < SEEN_EVERY_US
         || xs_sql_run (storage->sql, "UPDATE person_session SET seen_us = ? WHERE token_sha256 = ?", error, "is",
                        now_us, sha256);
}

gboolean
xs_person_find_pause (XsSql *sql, XsPlatformPerson *person, GError **error)
{
  g_autofree char *sha256 = xs_sha256_hex (person->name, strlen (person->name));

  return xs_sql_query_int (sql, &person->locked_until_us, 0,
                           "SELECT max (locked_until_us) FROM sign_in_failure WHERE name_sha256 = ?", error, "s",
                           sha256);
}

gboolean
xs_person_forget_failures (XsSql *sql, const char *name, GError **error)
{
  g_autofree char *sha256 = xs_sha256_hex (name, strlen (name));

  return xs_sql_run (sql, "DELETE FROM sign_in_failure WHERE name_sha256 = ?", error, "s", sha256);
}

gboolean
xs_platform_storage_end_session (XsPlatformStorage *storage, const char *token, GError **error)
{
  g_autofree char *sha256 = xs_sha256_hex (token, strlen (token));

  return xs_sql_run (storage->sql, "UPDATE person_session SET ended_us = ? WHERE token_sha256 = ? AND ended_us IS NULL",
                     error, "is", xs_clock_wall_us (storage->clock), sha256);
}

gboolean
xs_platform_storage_end_sessions (XsPlatformStorage *storage, const char *name, GError **error)
{
  return xs_sql_run (storage->sql,
                     "UPDATE person_session SET ended_us = ? WHERE ended_us IS NULL"
                     " AND person_id IN (SELECT id FROM person WHERE name = coalesce (?, name))",
                     error, "is", xs_clock_wall_us (storage->clock), name);
}

GArray *
xs_platform_storage_list_sessions (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  gint64 now_us = xs_clock_wall_us (storage->clock);
  g_autoptr (GArray) sessions = g_array_new (FALSE, TRUE, sizeof (XsPlatformSession));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql,
                    "SELECT name, address, began_us, seen_us, expires_us FROM person_session"
                    " JOIN person ON person.id = person_session.person_id"
                    " WHERE ended_us IS NULL AND disabled = 0 AND expires_us > ? AND seen_us > ? ORDER BY began_us",
                    error, "ii", now_us, now_us - XS_PLATFORM_SESSION_IDLE_US);

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformSession session = { .began_us = xs_sql_row_int (row, 2),
                                    .seen_us = xs_sql_row_int (row, 3),
                                    .expires_us = xs_sql_row_int (row, 4) };
      g_strlcpy (session.name, xs_sql_row_string (row, 0), sizeof session.name);
      g_strlcpy (session.address, xs_sql_row_string (row, 1), sizeof session.address);
      g_array_append_val (sessions, session);
    }
  return ok ? g_steal_pointer (&sessions) : NULL;
}
