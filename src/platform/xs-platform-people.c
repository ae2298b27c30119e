/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-people-private.h"

#include <string.h>

#define TOTP_PURPOSE "totpkeys"
#define RECOVERY_BYTES 10 /* 80 bits: nobody guesses one, hashed however fast */

gboolean
xs_person_read (XsSqlRow *row, int column, XsPlatformPerson *person, GError **error)
{
  const char *coachnum = xs_sql_row_string (row, column + 3);

  *person = (XsPlatformPerson){ .id = xs_sql_row_int (row, column),
                                .has_totp = xs_sql_row_int (row, column + 4) != 0,
                                .disabled = xs_sql_row_int (row, column + 5) != 0,
                                .added_us = xs_sql_row_int (row, column + 6) };
  g_strlcpy (person->name, xs_sql_row_string (row, column + 1), sizeof person->name);
  g_strlcpy (person->coachnum, coachnum != NULL ? coachnum : "", sizeof person->coachnum);
  return xs_platform_role_from_nick (xs_sql_row_string (row, column + 2), &person->role, error);
}

static gboolean
check_login (const char *name, GError **error)
{
  if (!xs_storage_check_text ("name", name, XS_PLATFORM_LOGIN_MAX_BYTES, error))
    return FALSE;
  if (strpbrk (name, " :") == NULL)
    return TRUE;
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "A name to sign in with has no space and no colon");
  return FALSE;
}

static gboolean
check_password (const char *name, const char *password, GError **error)
{
  gsize size = strlen (password);

  if (size >= XS_PLATFORM_PASSWORD_MIN_BYTES && size <= XS_PLATFORM_PASSWORD_MAX_BYTES
      && g_utf8_validate (password, -1, NULL) && strstr (password, name) == NULL)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
               "A password has %d to %d bytes and does not contain the name; a sentence is easier to keep than signs",
               XS_PLATFORM_PASSWORD_MIN_BYTES, XS_PLATFORM_PASSWORD_MAX_BYTES);
  return FALSE;
}

gboolean
xs_platform_storage_add_person (XsPlatformStorage *storage, const char *name, XsPlatformRole role, const char *coachnum,
                                const char *password, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gint64 count = 0;

  g_return_val_if_fail (role != XS_PLATFORM_ROLE_DEVICE, FALSE);
  if (!check_login (name, error) || !check_password (name, password, error))
    return FALSE;
  g_autofree char *hash = xs_password_hash (password, error);
  if (hash == NULL)
    return FALSE;
  if (coachnum != NULL
      && !xs_sql_query_int (storage->sql, &count, 0, "SELECT count (*) FROM coach WHERE coachnum = ?", error, "s",
                            coachnum))
    return FALSE;
  if (coachnum != NULL && count == 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "No coach %s is registered: add-coach comes first", coachnum);
      return FALSE;
    }
  if (xs_sql_run (storage->sql,
                  "INSERT INTO person (name, role, coachnum, password_hash, added_us) VALUES (?, ?, ?, ?, ?)",
                  &local_error, "ssssi", name, xs_platform_role_nick (role), coachnum, hash,
                  xs_clock_wall_us (storage->clock)))
    return TRUE;
  gboolean is_taken = g_error_matches (local_error, XS_ERROR, XS_ERROR_EXISTS);
  /* By an earlier run, perhaps, the answer to whose commit was lost: no other account has this hash, it is salted. */
  if (is_taken
      && !xs_sql_query_int (storage->sql, &count, 0,
                            "SELECT count (*) FROM person WHERE name = ? AND password_hash = ?", error, "ss", name,
                            hash))
    return FALSE;
  if (is_taken && count > 0)
    return TRUE;
  if (is_taken)
    g_set_error (error, XS_ERROR, XS_ERROR_EXISTS, "There is a “%s” already: set-password and set-role change it",
                 name);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* What is done to an account: the change, and the end of its sessions, together. */
typedef struct {
  XsPlatformStorage *storage;
  const char *name;
  const char *sql; /* with two parameters: the value, and the person's id */
  const char *text;
  gint64 number;
  gboolean ends_pauses;
  GPtrArray *recovery_codes; /* (nullable): to be stored */
  GBytes *totp_secret;       /* (nullable): plain */
} Change;

static gboolean
find_id (XsSql *sql, const char *name, gint64 *id, GError **error)
{
  if (!xs_sql_query_int (sql, id, 0, "SELECT id FROM person WHERE name = ?", error, "s", name))
    return FALSE;
  if (*id != 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no “%s”: list people shows who there is", name);
  return FALSE;
}

static void
derive_totp_key (XsPlatformStorage *storage, guint8 key[XS_KEY_BYTES])
{
  xs_cipher_derive_key (storage->seal_key.secret_key, TOTP_PURPOSE, key);
}

static gboolean
store_totp (XsSql *sql, Change *change, gint64 id, GError **error)
{
  guint8 key[XS_KEY_BYTES];
  g_autofree char *context = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  derive_totp_key (change->storage, key);
  g_autoptr (GBytes) locked = xs_cipher_lock (key, change->totp_secret, context);
  xs_cipher_forget (key, sizeof key);
  if (!xs_sql_run (sql, "UPDATE person SET totp_secret = ?, totp_step = 0 WHERE id = ?", error, "bi", locked, id)
      || !xs_sql_run (sql, "DELETE FROM recovery_code WHERE person_id = ?", error, "i", id))
    return FALSE;
  for (guint i = 0; i < change->recovery_codes->len; i++)
    {
      g_autofree char *sha256 = xs_person_recovery_sha256 (g_ptr_array_index (change->recovery_codes, i));
      if (!xs_sql_run (sql, "INSERT INTO recovery_code (person_id, code_sha256) VALUES (?, ?)", error, "is", id,
                       sha256))
        return FALSE;
    }
  return TRUE;
}

gboolean
xs_person_open_totp (XsPlatformStorage *storage, gint64 id, GBytes *locked, guint8 secret[XS_TOTP_SECRET_BYTES],
                     GError **error)
{
  guint8 key[XS_KEY_BYTES];
  g_autofree char *context = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  derive_totp_key (storage, key);
  g_autoptr (GBytes) plain =
    xs_cipher_open (key, g_bytes_get_data (locked, NULL), g_bytes_get_size (locked), context, error);
  xs_cipher_forget (key, sizeof key);
  if (plain == NULL)
    return FALSE;
  memcpy (secret, g_bytes_get_data (plain, NULL), MIN (g_bytes_get_size (plain), XS_TOTP_SECRET_BYTES));
  return TRUE;
}

static gboolean
apply (XsSql *sql, gpointer data, GError **error)
{
  Change *change = data;
  gint64 id;

  if (!find_id (sql, change->name, &id, error))
    return FALSE;
  if (change->ends_pauses && !xs_person_forget_failures (sql, change->name, error))
    return FALSE;
  if (change->totp_secret != NULL && !store_totp (sql, change, id, error))
    return FALSE;
  if (change->sql != NULL && change->text != NULL && !xs_sql_run (sql, change->sql, error, "si", change->text, id))
    return FALSE;
  if (change->sql != NULL && change->text == NULL && !xs_sql_run (sql, change->sql, error, "ii", change->number, id))
    return FALSE;
  return xs_sql_run (sql, "UPDATE person_session SET ended_us = ? WHERE person_id = ? AND ended_us IS NULL", error,
                     "ii", xs_clock_wall_us (change->storage->clock), id);
}

static gboolean
run_change (Change *change, GError **error)
{
  return xs_sql_transaction (change->storage->sql, apply, change, error);
}

gboolean
xs_platform_storage_set_password (XsPlatformStorage *storage, const char *name, const char *password, GError **error)
{
  if (!check_password (name, password, error))
    return FALSE;
  g_autofree char *hash = xs_password_hash (password, error);
  Change change = { .storage = storage,
                    .name = name,
                    .sql = "UPDATE person SET password_hash = ? WHERE id = ?",
                    .text = hash,
                    .ends_pauses = TRUE };
  return hash != NULL && run_change (&change, error);
}

gboolean
xs_platform_storage_set_role (XsPlatformStorage *storage, const char *name, XsPlatformRole role, GError **error)
{
  Change change = { .storage = storage,
                    .name = name,
                    .sql = "UPDATE person SET role = ? WHERE id = ?",
                    .text = xs_platform_role_nick (role) };

  g_return_val_if_fail (role != XS_PLATFORM_ROLE_DEVICE, FALSE);
  return run_change (&change, error);
}

gboolean
xs_platform_storage_set_disabled (XsPlatformStorage *storage, const char *name, gboolean disabled, GError **error)
{
  Change change = {
    .storage = storage, .name = name, .sql = "UPDATE person SET disabled = ? WHERE id = ?", .number = disabled ? 1 : 0
  };

  return run_change (&change, error);
}

gboolean
xs_platform_storage_disable_totp (XsPlatformStorage *storage, const char *name, GError **error)
{
  Change change = { .storage = storage,
                    .name = name,
                    .sql = "UPDATE person SET totp_secret = NULL, totp_step = ? WHERE id = ?" };

  return run_change (&change, error);
}

static void
make_recovery_codes (GPtrArray *codes)
{
  guint8 random[XS_KEY_BYTES];

  for (guint i = 0; i < XS_PLATFORM_N_RECOVERY_CODES; i++)
    {
      xs_cipher_make_key (random);
      g_autofree char *text = xs_base32 (random, RECOVERY_BYTES);
      g_ptr_array_add (codes, g_strdup_printf ("%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12));
    }
  xs_cipher_forget (random, sizeof random);
}

char *
xs_person_recovery_sha256 (const char *code)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *c = code; *c != '\0'; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (plain, g_ascii_toupper (*c));
    }
  return xs_sha256_hex (plain->str, plain->len);
}

GPtrArray *
xs_platform_storage_enable_totp (XsPlatformStorage *storage, const char *name, char **secret, GError **error)
{
  guint8 random[XS_KEY_BYTES];
  g_autoptr (GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);

  xs_cipher_make_key (random);
  g_autoptr (GBytes) plain = g_bytes_new (random, XS_TOTP_SECRET_BYTES);
  make_recovery_codes (codes);
  Change change = { .storage = storage, .name = name, .totp_secret = plain, .recovery_codes = codes };
  g_autofree char *text = xs_base32 (random, XS_TOTP_SECRET_BYTES);
  xs_cipher_forget (random, sizeof random);
  if (!run_change (&change, error))
    return NULL;
  *secret = g_steal_pointer (&text);
  return g_steal_pointer (&codes);
}

GArray *
xs_platform_storage_list_people (XsPlatformStorage *storage, GError **error)
{
  gboolean ok;
  g_autoptr (GArray) people = g_array_new (FALSE, TRUE, sizeof (XsPlatformPerson));
  g_autoptr (XsSqlRow) row =
    xs_sql_prepare (storage->sql, "SELECT " XS_PERSON_COLUMNS " FROM person ORDER BY name", error, "");

  if (row == NULL)
    return NULL;
  while (xs_sql_row_next (row, &ok, error))
    {
      XsPlatformPerson person;
      if (!xs_person_read (row, 0, &person, error))
        return NULL;
      g_array_append_val (people, person);
    }
  for (guint i = 0; ok && i < people->len; i++)
    ok = xs_person_find_pause (storage->sql, &g_array_index (people, XsPlatformPerson, i), error);
  return ok ? g_steal_pointer (&people) : NULL;
}
