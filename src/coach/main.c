/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gst/gst.h>
#include <locale.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "xs-coach-application.h"
#include "xs-crypto.h"
#include "xs-language.h"

static const char description[] =
  "One key each: 1 valid, 2 partly valid, 3 does not count, U undo, N the next that waits, Left and Right the photos.";

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *language = NULL;
  XsCoachOptions options = { 0 };
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "platform", 0, 0, G_OPTION_ARG_STRING, &options.platform, "Address of the platform, with its “#ca=…”", "URL" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options.state_dir,
      "Folder of what is remembered ($XDG_STATE_HOME/xueshi-coach)", "DIR" },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &options.dark, "Dark colours", NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &language, "zh_CN (default), zh_TW or en", "LANG" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };

  /* What is held in memory are faces: no core file, and no file that others can read. */
  (void) setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
  umask (077);
  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, "Xueshi: a coach looks at the photos of study logs and decides what counts.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("xueshi-coach: %s; see --help\n", error != NULL ? error->message : "it takes options only");
      return 2;
    }
  if (version)
    {
      g_print ("xueshi-coach %s\n", XS_VERSION);
      return 0;
    }
  if (!xs_language_set_up (language))
    g_printerr ("xueshi-coach: no locale for “%s”: going on in English\n",
                language != NULL ? language : XS_LANGUAGE_OWN);
  gtk_disable_setlocale ();
  if (!gtk_init_check ())
    {
      g_printerr ("xueshi-coach: there is no display here: start it in a graphical session\n");
      return 1;
    }
  /* It decodes the photos. */
  gst_init (NULL, NULL);
  xs_crypto_init ();

  int status;
  {
    g_autoptr (XsCoachApplication) application = xs_coach_application_new (&options);
    status = g_application_run (G_APPLICATION (application), 1, argv);
  }
  g_free (options.state_dir);
  g_free (options.platform);
  return status;
}
