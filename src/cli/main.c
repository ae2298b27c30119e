/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gst/gst.h>
#include <locale.h>
#include <sys/stat.h>

#include "xs-command.h"
#include "xs-crypto.h"
#include "xs-error.h"

typedef struct {
  const char *name;
  const char *summary;
  gboolean (*run) (int argc, char **argv, GError **error);
  int (*judge) (int argc, char **argv, GError **error); /* instead of @run: its exit status, unless @error is set */
} Command;

static const Command commands[] = {
  { "audit", "Tell by the rules whether a teaching log would count, and why not", NULL, xs_command_audit },
  { "check-export", "Check what a kiosk exported to a stick", xs_command_check_export, NULL },
  { "course", "Make, install and list course packages", xs_command_course, NULL },
  { "enrol", "Make a template file of the face in a photo", xs_command_enrol, NULL },
  { "fleet", "Tell which version the school wants a kiosk to have", NULL, xs_command_fleet },
  { "match", "Tell whether two pictures, or many pairs, show the same person", xs_command_match, NULL },
  { "observe", "Tell what vision sees in pictures and recordings", xs_command_observe, NULL },
  { "pair", "Connect a kiosk to a school's platform", xs_command_pair, NULL },
  { "photo-check", "Judge a registration photo and say what to change", NULL, xs_command_photo_check },
  { "policy", "Check a policy document", xs_command_policy, NULL },
  { "replay", "Run a study session over a camera recording and report what was credited", xs_command_replay, NULL },
  { "status", "Tell what a kiosk has sent and what waits", xs_command_status, NULL },
  { "sync", "Send what waits in a kiosk's journal", xs_command_sync, NULL },
};

static void
print_usage (void)
{
  g_print ("Usage: xueshi COMMAND [OPTION…]\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-12s %s\n", commands[i].name, commands[i].summary);
  g_print ("\n“xueshi COMMAND --help” explains one; “xueshi --version” tells the version.\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  /* No file that others can read: exports and photos hold faces. */
  umask (077);
  setlocale (LC_ALL, "");
  gst_init (NULL, NULL);
  xs_crypto_init ();

  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_usage ();
      return argc < 2 ? 2 : 0;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("xueshi %s\n", XS_VERSION);
      return 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (argv[1], commands[i].name))
        continue;
      /* “--help” and the warnings of libraries name the command too. */
      g_autofree char *program = g_strconcat ("xueshi ", commands[i].name, NULL);
      g_set_prgname (program);
      int status = commands[i].judge != NULL ? commands[i].judge (argc - 1, argv + 1, &error)
                                             : !commands[i].run (argc - 1, argv + 1, &error);
      if (error == NULL)
        return status;
      g_printerr ("xueshi %s: %s\n", commands[i].name, error->message);
      return error->domain == G_OPTION_ERROR ? 2 : 1;
    }
  g_printerr ("xueshi: there is no command “%s”; “xueshi --help” lists them\n", argv[1]);
  return 2;
}
