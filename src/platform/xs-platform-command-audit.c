/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-error.h"
#include "xs-platform-audit.h"
#include "xs-platform-duties.h"

#include <stdio.h>

gboolean
xs_platform_command_audit (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Judge the logs that wait, now", NULL, 0, error)
      || !xs_platform_require ("--data", data_dir, error))
    return FALSE;
  return xs_platform_run_auditor (data_dir, error);
}

gboolean
xs_platform_command_settle (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  XsAuditSettlement settlement;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Mark what is decided as ready for the province", NULL, 0, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_audit_settle (storage, &settlement, error))
    return FALSE;
  g_print ("%u logs ready for the province, %u undecided, %u open to appeal\n", settlement.n_ready, settlement.n_open,
           settlement.n_appealable);
  return TRUE;
}

typedef struct {
  char *data_dir;
  char *devnum;
  gint64 seq;
  char *sha256;
  gint64 version;
  char *who;
  char *reason;
  char *comment;
  char **voids;
} DecideOptions;

static void
decide_options_clear (DecideOptions *options)
{
  g_free (options->data_dir);
  g_free (options->devnum);
  g_free (options->sha256);
  g_free (options->who);
  g_free (options->reason);
  g_free (options->comment);
  g_strfreev (options->voids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DecideOptions, decide_options_clear)

static gboolean
parse_voids (const DecideOptions *options, GArray *voids, GError **error)
{
  for (guint i = 0; options->voids != NULL && options->voids[i] != NULL; i++)
    {
      XsWireReason reason = { 0 };
      char rest;
      if (sscanf (options->voids[i], "%u-%u%c", &reason.from_min, &reason.to_min, &rest) != 2
          || reason.from_min >= reason.to_min || reason.to_min > XS_LOG_MINUTES_MAX)
        {
          g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                       "--void %s: say FROM-TO, minutes counted from 0, TO itself not void", options->voids[i]);
          return FALSE;
        }
      g_strlcpy (reason.word, options->reason != NULL ? options->reason : "", sizeof reason.word);
      g_array_append_val (voids, reason);
    }
  return TRUE;
}

/* The word of the verdict is a command, and "again" another one. */
static gboolean
carry_out (XsPlatformStorage *storage, const DecideOptions *options, const char *word, GError **error)
{
  g_autoptr (GArray) voids = xs_wire_reasons_new ();
  XsAuditDecision decision = { .devnum = options->devnum,
                               .seq = options->seq,
                               .sha256 = options->sha256,
                               .version = options->version,
                               .who = options->who,
                               .voids = voids,
                               .reason = options->reason != NULL ? options->reason : "",
                               .comment = options->comment != NULL ? options->comment : "" };
  gint64 version;

  if (decision.version < 0
      && !xs_platform_audit_find (storage, options->devnum, options->seq, options->sha256, NULL, &decision.version,
                                  error))
    return FALSE;
  if (g_str_equal (word, "again"))
    return xs_platform_audit_again (storage, &decision, error);
  if (!xs_verdict_from_nick (word, &decision.verdict))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no decision: say valid, partial, void or again", word);
      return FALSE;
    }
  return parse_voids (options, voids, error) && xs_platform_audit_decide (storage, &decision, &version, error);
}

gboolean
xs_platform_command_decide (char **argv, GError **error)
{
  g_auto (DecideOptions) options = { .seq = -1, .version = -1 };
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (options.data_dir),
    { "devnum", 0, 0, G_OPTION_ARG_STRING, &options.devnum, "Device of the log", "NUMBER" },
    { "seq", 0, 0, G_OPTION_ARG_INT64, &options.seq, "Number of the log among those of the device", "N" },
    { "sha256", 0, 0, G_OPTION_ARG_STRING, &options.sha256,
      "Hash of the log, when kiosks that followed each other have one of that number each", "HASH" },
    { "who", 0, 0, G_OPTION_ARG_STRING, &options.who, "Who decides", "NAME" },
    { "version", 0, 0, G_OPTION_ARG_INT64, &options.version, "Refuse if the log is no longer at this version", "N" },
    { "void", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.voids, "Minutes that do not count; of a partial one",
      "FROM-TO" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why not: the word of a rule", "WORD" },
    { "comment", 0, 0, G_OPTION_ARG_STRING, &options.comment, "What the learner is told beside it", "TEXT" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Decide on a log; again: have it judged anew", "valid|partial|void|again", 1,
                          error)
      || !xs_platform_require ("--devnum", options.devnum, error) || !xs_platform_require ("--who", options.who, error))
    return FALSE;
  if (options.seq < 1)
    return xs_platform_require ("--seq", NULL, error);
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (options.data_dir, error);
  return storage != NULL && carry_out (storage, &options, argv[1], error);
}
