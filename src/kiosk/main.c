/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gst/gst.h>
#include <locale.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xs-application.h"
#include "xs-crypto.h"
#include "xs-language.h"
#include "xs-log-book.h"
#include "xs-supervisor.h"

/* Smaller than a frame and than what looking at one takes for a moment; of 200 blocks less than one is so large. */
#define MAPPED_MIN_BYTES (32 * 1024)

static const char description[] =
  "The kiosk opens full-screen and refuses to be closed. Staff leave it on the staff page, behind their password\n"
  "(“Staff”, or Ctrl+Alt+Shift+Q), or with SIGTERM; a session that runs is closed properly and keeps what was counted.";

/* For staff, who cannot see where else it goes. */
static void
open_log_book (const XsOptions *options)
{
  g_autofree char *dir = options->state_dir != NULL
                           ? g_build_filename (options->state_dir, "messages", NULL)
                           : g_build_filename (g_get_user_state_dir (), "xueshi", "messages", NULL);

  xs_log_book_open (dir);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char *language = NULL;
  XsOptions options = { 0 };
  gboolean version = FALSE;
  gboolean keep_running = FALSE;
  int watchdog_s = XS_SUPERVISOR_WATCHDOG_S;
  int ended;
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options.state_dir, "Folder of the journal ($XDG_STATE_HOME/xueshi)",
      "DIR" },
    { "camera", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.camera_uris,
      "Instead of real cameras, once for each: file:///…, file:///…?loop, test:", "URI" },
    { "course", 0, 0, G_OPTION_ARG_FILENAME, &options.course_dir, "Folder of the course", "DIR" },
    { "platform", 0, 0, G_OPTION_ARG_STRING, &options.platform_url, "The school's platform, for --pair", "URL" },
    { "pair", 0, 0, G_OPTION_ARG_STRING, &options.pair_code, "Connect to the platform at the first start", "CODE" },
    { "keep-running", 0, 0, G_OPTION_ARG_NONE, &keep_running, "Start again after a crash, until staff leave", NULL },
    { "watchdog", 0, 0, G_OPTION_ARG_INT, &watchdog_s,
      "With --keep-running: start again when it hangs for so long (30)", "SECONDS" },
    { "locked", 0, 0, G_OPTION_ARG_FILENAME, &options.sticks_dir,
      "In a locked session: nothing can be chosen but USB sticks, which appear in STICKS", "STICKS" },
    { "windowed", 0, 0, G_OPTION_ARG_NONE, &options.windowed, "A window that may be closed", NULL },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &options.dark, "Dark colours", NULL },
    { "language", 0, 0, G_OPTION_ARG_STRING, &language, "zh_CN (default), zh_TW or en", "LANG" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL,
  };

  /* What was held in memory may be a face: no core file, and no file that others can read. */
  (void) setrlimit (RLIMIT_CORE, &(struct rlimit){ 0, 0 });
  umask (077);
  /* A kiosk runs for days. Without a fixed limit malloc soon serves frames from its heap, which then never shrinks;
   * with room to spare at the heap's end it serves large blocks there, and small ones that stay come to lie above; and
   * streaming threads, which come and go, would each leave the peak of its own in one of many arenas. */
  (void) mallopt (M_MMAP_THRESHOLD, MAPPED_MIN_BYTES);
  (void) mallopt (M_TOP_PAD, 0);
  (void) mallopt (M_TRIM_THRESHOLD, MAPPED_MIN_BYTES);
  (void) mallopt (M_ARENA_MAX, 1);
  setlocale (LC_ALL, "");
  g_option_context_set_summary (context, "Xueshi, the study-hour kiosk of a driving school.");
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("xueshi-kiosk: %s; see --help\n", error != NULL ? error->message : "it takes options only");
      return 2;
    }
  if (version)
    {
      g_print ("xueshi-kiosk %s\n", XS_VERSION);
      return 0;
    }
  if (watchdog_s < 1)
    {
      g_printerr ("xueshi-kiosk: --watchdog takes seconds, 1 or more\n");
      return 2;
    }
  if (keep_running && !xs_supervisor_run (watchdog_s, &ended))
    return ended;
  open_log_book (&options);
  if (!xs_language_set_up (language))
    g_printerr ("xueshi-kiosk: no locale for “%s”: going on in English\n",
                language != NULL ? language : XS_LANGUAGE_OWN);
  gtk_disable_setlocale ();
  if (!gtk_init_check ())
    {
      g_printerr (
        "xueshi-kiosk: there is no display here: start it in a graphical session; ./dev run shows it without\n");
      return 1;
    }
  gst_init (NULL, NULL);
  xs_crypto_init ();

  int status;
  {
    g_autoptr (XsApplication) application = xs_application_new (&options);
    xs_supervisor_begin_beating ();
    status = g_application_run (G_APPLICATION (application), 1, argv);
    if (status == 0)
      status = (int) xs_application_get_ending (application);
  }
  g_free (options.state_dir);
  g_strfreev (options.camera_uris);
  g_free (options.course_dir);
  g_free (options.sticks_dir);
  g_free (options.platform_url);
  g_free (options.pair_code);
#ifdef __SANITIZE_ADDRESS__
  return status; /* which looks for leaks */
#else
  /* A thread may wait for a camera, a sound device or the platform: exit() would take the libraries down under it. */
  _exit (status);
#endif
}
