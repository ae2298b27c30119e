/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-error.h"
#include "xs-platform-commands.h"

#include <locale.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void
print_usage (void)
{
  g_print ("Usage: xueshi-platform COMMAND --data DIR [OPTION…]\n\n");
  for (const XsPlatformCommand *command = xs_platform_commands; command->name != NULL; command++)
    g_print ("  %-16s %s\n", command->name, command->summary);
  g_print ("\n“xueshi-platform COMMAND --help” tells the options of a command.\n");
}

int
main (int argc, char **argv)
{
  /* What was held in memory may be a face: no core file, and no file that others can read. */
  (void) setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
  umask (077);
  setlocale (LC_ALL, "");
  if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_usage ();
      return argc < 2 ? 2 : 0;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("xueshi-platform %s\n", XS_VERSION);
      return 0;
    }

  for (const XsPlatformCommand *command = xs_platform_commands; command->name != NULL; command++)
    {
      g_autoptr (GError) error = NULL;
      if (strcmp (argv[1], command->name) != 0)
        continue;
      if (command->run (argv + 1, &error))
        return 0;
      g_printerr ("xueshi-platform %s: %s\n", command->name, error->message);
      return g_error_matches (error, XS_ERROR, XS_ERROR_INVALID) ? 2 : 1;
    }
  g_printerr ("xueshi-platform: no command “%s”; see xueshi-platform --help\n", argv[1]);
  return 2;
}
