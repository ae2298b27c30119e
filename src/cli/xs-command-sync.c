/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-error.h"
#include "xs-json.h"
#include "xs-sync.h"

typedef struct {
  GMainLoop *loop;
  GAsyncResult *result;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

/* The journal as it is: what is wrong with it is for the kiosk to mend, or for a person. */
static XsStore *
open_store (const char *dir, GError **error)
{
  XsJournal *journal = xs_journal_open_existing (dir, xs_clock_system (), error);

  return journal != NULL ? xs_store_new (journal) : NULL;
}

/* A kiosk may be paired before it was ever started. */
static XsStore *
open_or_make_store (const char *dir, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  XsStore *store = open_store (dir, &local_error);

  if (store == NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      XsJournal *journal = xs_journal_open (dir, xs_clock_system (), error);
      return journal != NULL ? xs_store_new (journal) : NULL;
    }
  if (store == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return store;
}

/* Parses the options of a subcommand that works on a kiosk's journal. */
static gboolean
parse (const char *summary, const GOptionEntry *entries, char **dir, int argc, char **argv, GError **error)
{
  const GOptionEntry common[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, dir, "Folder with the kiosk's journal, as xueshi-kiosk has it", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, common, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (*dir == NULL || argc > 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--state=DIR is needed: the folder xueshi-kiosk was started with; see --help");
      return FALSE;
    }
  return TRUE;
}

gboolean
xs_command_pair (int argc, char **argv, GError **error)
{
  g_autofree char *dir = NULL, *url = NULL, *code = NULL;
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &url, "Base URL of the school's platform", "URL" },
    { "code", 0, 0, G_OPTION_ARG_STRING, &code, "One-time code from “xueshi-platform pair-code”", "CODE" },
    G_OPTION_ENTRY_NULL,
  };

  if (!parse ("Connects this kiosk to a school's platform.", entries, &dir, argc, argv, error))
    return FALSE;
  if (url == NULL || code == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--url and --code are needed; see --help");
      return FALSE;
    }
  g_autoptr (XsStore) store = open_or_make_store (dir, error);
  if (store == NULL)
    return FALSE;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (XsSync) sync = xs_sync_new (store, xs_clock_system ());
  Wait wait = { loop, NULL };
  xs_sync_pair_async (sync, url, code, NULL, on_done, &wait);
  g_main_loop_run (loop);
  g_autoptr (GAsyncResult) result = wait.result;
  if (!xs_sync_pair_finish (sync, result, error))
    return FALSE;
  g_print ("Paired with %s\n", url);
  return TRUE;
}

static gboolean
read_status (XsJournal *journal, gpointer data, GError **error)
{
  return xs_outbox_get_status (journal, data, error);
}

static gboolean
read_recovery (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_recovery (journal, data, error);
}

static void
print_recovery (const XsRecovery *recovery)
{
  if (recovery->wall_us == 0)
    return;
  g_autofree char *time = xs_wall_format (recovery->wall_us, "%Y-%m-%d %H:%M:%S");
  g_print (
    "journal damaged and replaced at %s (%s); sessions without a log: %u; photos kept aside: %u; damaged file: %s\n",
    time, recovery->source, recovery->n_lost, recovery->n_photos_aside,
    recovery->moved_to != NULL ? recovery->moved_to : "none");
}

static gboolean
print_status (XsStore *store, GError **error)
{
  XsOutboxStatus status;
  g_auto (XsRecovery) recovery = { 0 };

  if (!xs_store_run (store, read_status, &status, error) || !xs_store_run (store, read_recovery, &recovery, error))
    return FALSE;
  g_print ("sent: %u logs, %u photos; waiting: %u logs, %u photos; refused: %u logs, %u photos\n", status.logs_sent,
           status.photos_sent, status.logs_waiting, status.photos_waiting, status.logs_rejected,
           status.photos_rejected);
  if (status.appeals_sent + status.appeals_waiting + status.appeals_rejected > 0)
    g_print ("appeals: %u sent, %u waiting, %u refused\n", status.appeals_sent, status.appeals_waiting,
             status.appeals_rejected);
  if (status.consents_sent + status.consents_waiting + status.consents_rejected > 0)
    g_print ("consents: %u sent, %u waiting, %u refused\n", status.consents_sent, status.consents_waiting,
             status.consents_rejected);
  print_recovery (&recovery);
  return TRUE;
}

gboolean
xs_command_sync (int argc, char **argv, GError **error)
{
  g_autofree char *dir = NULL;
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };

  if (!parse ("Sends what waits in a kiosk's journal, once, while the kiosk is not running.", entries, &dir, argc, argv,
              error))
    return FALSE;
  g_autoptr (XsStore) store = open_store (dir, error);
  if (store == NULL)
    return FALSE;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (XsSync) sync = xs_sync_new (store, xs_clock_system ());
  Wait wait = { loop, NULL };
  xs_sync_pass_async (sync, NULL, on_done, &wait);
  g_main_loop_run (loop);
  g_autoptr (GAsyncResult) result = wait.result;
  return xs_sync_pass_finish (sync, result, error) && print_status (store, error);
}

gboolean
xs_command_status (int argc, char **argv, GError **error)
{
  g_autofree char *dir = NULL;
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };

  if (!parse ("Tells what a kiosk's journal has sent and what waits.", entries, &dir, argc, argv, error))
    return FALSE;
  g_autoptr (XsStore) store = open_store (dir, error);
  return store != NULL && print_status (store, error);
}
