/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-commands.h"
#include "xs-platform-people.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* From the terminal unseen, or a line of a pipe: never of the command line, which everybody on the machine may read. */
static char *
ask_password (GError **error)
{
  char line[XS_PLATFORM_PASSWORD_MAX_BYTES + 2];
  struct termios before;
  gboolean on_terminal = tcgetattr (STDIN_FILENO, &before) == 0;

  if (on_terminal)
    {
      struct termios unseen = before;
      unseen.c_lflag &= ~(tcflag_t) ECHO;
      g_printerr ("Password: ");
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &unseen);
    }
  char *got = fgets (line, sizeof line, stdin);
  if (on_terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      g_printerr ("\n");
    }
  if (got == NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID,
                           "No password came: type it, or give it on standard input");
      return NULL;
    }
  line[strcspn (line, "\r\n")] = '\0';
  return g_strdup (line);
}

static gboolean
parse_for_person (char ***argv, char **data_dir, char **name, const GOptionEntry *more, const char *summary,
                  const char *parameters, guint n_parameters, GError **error)
{
  g_autoptr (GArray) entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  const GOptionEntry common[] = {
    XS_PLATFORM_DATA_OPTION (*data_dir),
    { "name", 0, 0, G_OPTION_ARG_STRING, name, "What the person types to sign in", "NAME" },
  };

  g_array_append_vals (entries, common, G_N_ELEMENTS (common));
  for (; more != NULL && more->long_name != NULL; more++)
    g_array_append_vals (entries, more, 1);
  return xs_platform_parse (argv, (const GOptionEntry *) (void *) entries->data, summary, parameters, n_parameters,
                            error);
}

gboolean
xs_platform_command_add_person (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *name = NULL;
  g_autofree char *nick = NULL;
  g_autofree char *coachnum = NULL;
  XsPlatformRole role;
  const GOptionEntry entries[] = {
    { "role", 0, 0, G_OPTION_ARG_STRING, &nick, "coach, head-coach, auditor or admin", "ROLE" },
    { "coachnum", 0, 0, G_OPTION_ARG_STRING, &coachnum, "Which coach of the register this is, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!parse_for_person (&argv, &data_dir, &name, entries,
                         "Make an account; the password is asked for, or read from standard input", NULL, 0, error)
      || !xs_platform_require ("--name", name, error) || !xs_platform_require ("--role", nick, error)
      || !xs_platform_role_from_nick (nick, &role, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  g_autofree char *password = storage != NULL ? ask_password (error) : NULL;
  return password != NULL && xs_platform_storage_add_person (storage, name, role, coachnum, password, error);
}

gboolean
xs_platform_command_set_password (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *name = NULL;

  if (!parse_for_person (&argv, &data_dir, &name, NULL,
                         "Give a person another password, which ends all sessions and pauses; it is asked for, or read "
                         "from standard input",
                         NULL, 0, error)
      || !xs_platform_require ("--name", name, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  g_autofree char *password = storage != NULL ? ask_password (error) : NULL;
  return password != NULL && xs_platform_storage_set_password (storage, name, password, error);
}

gboolean
xs_platform_command_set_role (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *name = NULL;
  XsPlatformRole role;

  if (!parse_for_person (&argv, &data_dir, &name, NULL,
                         "Give a person another role; “none” lets nobody in under this name any more",
                         "coach|head-coach|auditor|admin|none", 1, error)
      || !xs_platform_require ("--name", name, error))
    return FALSE;
  gboolean none = g_str_equal (argv[1], "none");
  if (!none && !xs_platform_role_from_nick (argv[1], &role, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_storage_set_disabled (storage, name, none, error)
         && (none || xs_platform_storage_set_role (storage, name, role, error));
}

gboolean
xs_platform_command_enable_totp (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *name = NULL;
  g_autofree char *secret = NULL;
  gboolean off = FALSE;
  const GOptionEntry entries[] = {
    { "off", 0, 0, G_OPTION_ARG_NONE, &off, "The password alone is enough again: for a phone that is lost", NULL },
    { NULL },
  };

  if (!parse_for_person (&argv, &data_dir, &name, entries, "Let a person sign in with an authenticator, too", NULL, 0,
                         error)
      || !xs_platform_require ("--name", name, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL)
    return FALSE;
  if (off)
    return xs_platform_storage_disable_totp (storage, name, error);
  g_autoptr (GPtrArray) codes = xs_platform_storage_enable_totp (storage, name, &secret, error);
  if (codes == NULL)
    return FALSE;
  g_autofree char *label = g_uri_escape_string (name, NULL, FALSE);
  g_print ("otpauth://totp/Xueshi:%s?secret=%s&issuer=Xueshi\n\n", label, secret);
  g_print ("Scan this with an authenticator: “qrencode -t utf8 TEXT” draws it. Without the phone each of these codes\n"
           "works once; write them down, they are not shown again:\n\n");
  for (guint i = 0; i < codes->len; i++)
    g_print ("  %s\n", (const char *) g_ptr_array_index (codes, i));
  return TRUE;
}

gboolean
xs_platform_command_end_sessions (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *name = NULL;

  if (!parse_for_person (&argv, &data_dir, &name, NULL, "Sign a person out everywhere; without --name everybody", NULL,
                         0, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_storage_end_sessions (storage, name, error);
}
