/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-audit-case.h"
#include "xs-blob.h"
#include "xs-clock.h"
#include "xs-command-policy.h"
#include "xs-command.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-terminal-language.h"

#define NOT_VALID 3
#define NOT_AS_EXPECTED 4

typedef struct {
  char *file;
  char *policy;
  char *day;
  gboolean json;
  gboolean check;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->file);
  g_free (options->policy);
  g_free (options->day);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &options->policy, "Another policy than the national default", "FILE" },
    { "day", 0, 0, G_OPTION_ARG_FILENAME, &options->day, "What else is known of that day", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Report as JSON", NULL },
    { "check", 0, 0, G_OPTION_ARG_NONE, &options->check, "Compare with what CASE expects", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("CASE");

  g_option_context_set_summary (context, "Tells by the rules whether a teaching log would count, and why not.\n"
                                         "docs/rules.md has the rules and the form of CASE.");
  g_option_context_set_description (
    context, "Exit status: 0 the whole log is valid; 1 CASE cannot be read; 2 wrong options; 3 "
             "not, or not all\nof it, is valid; 4 not as CASE expects (--check, and then 0 for as "
             "expected).");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "one CASE is needed; see --help");
      return FALSE;
    }
  options->file = g_strdup (argv[1]);
  return TRUE;
}

static XsAuditCase *
load (const Options *options, GError **error)
{
  XsPolicy policy;
  g_autoptr (GBytes) day = NULL;
  gsize size = 0, day_size = 0;
  const char *day_data = NULL;

  if (!xs_command_load_policy (&policy, options->policy, error))
    return NULL;
  g_autoptr (GBytes) bytes = xs_blob_read (options->file, XS_AUDIT_CASE_MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;
  if (options->day != NULL)
    {
      day = xs_blob_read (options->day, XS_AUDIT_CASE_MAX_BYTES, error);
      if (day == NULL)
        return NULL;
      day_data = g_bytes_get_data (day, &day_size);
      day_data = day_data != NULL ? day_data : "";
    }
  const char *data = g_bytes_get_data (bytes, &size);
  XsAuditCase *audit_case = xs_audit_case_parse (&policy, data != NULL ? data : "", size, day_data, day_size, error);
  if (audit_case == NULL)
    g_prefix_error (error, day != NULL ? "%s, %s: " : "%s: ", options->file, options->day);
  return audit_case;
}

static void
print_json (const XsAuditCase *audit_case, const XsAudit *audit)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (xs_audit_case_result (audit_case, audit));
  g_autofree char *text = xs_json_to_pretty (node);

  g_print ("%s", text);
}

static void
print_breach (const XsAuditCase *audit_case, const XsBreach *breach)
{
  g_autoptr (GString) line = g_string_new (breach->review ? "? " : breach->from_min < breach->to_min ? "✗ " : "· ");

  if (breach->from_min < breach->to_min)
    {
      gint64 from_us, to_us;
      xs_audit_breach_wall_us (&audit_case->log, breach, &from_us, &to_us);
      g_autofree char *from = xs_wall_format (from_us, "%H:%M:%S"), *to = xs_wall_format (to_us, "%H:%M:%S");
      g_string_append_printf (line, "%s–%s ", from, to);
    }
  g_string_append (line, xs_rule_title (breach->rule));
  if (breach->photo >= 0)
    {
      const XsPhotoRecord *photo = &g_array_index (audit_case->log.photos, XsPhotoRecord, breach->photo);
      g_autofree char *time = xs_wall_format (photo->wall_us, "%H:%M:%S");
      g_string_append_printf (line, _ (" (photo %s of %s)"), photo->number, time);
    }
  /* Translators: what is wrong with a log, and what to do. */
  g_print (_ ("%s. %s\n"), line->str, xs_rule_remedy (breach->rule));
}

static void
print_text (const XsAuditCase *audit_case, const XsAudit *audit)
{
  static const char *const verdicts[] = {
    [XS_VERDICT_PENDING] = N_ ("A person has to decide"),
    [XS_VERDICT_VALID] = N_ ("The whole log is valid"),
    [XS_VERDICT_PARTIAL] = N_ ("Part of the log is valid"),
    [XS_VERDICT_VOID] = N_ ("The whole log is void"),
  };

  g_print (_ ("%s: %u of %u minutes are credited\n"), _ (verdicts[audit->verdict]), audit->credited_min,
           audit->claimed_min);
  for (guint i = 0; i < audit->breaches->len; i++)
    print_breach (audit_case, &g_array_index (audit->breaches, XsBreach, i));
}

int
xs_command_audit (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  g_autoptr (GError) difference = NULL;

  xs_terminal_language_set_up ();
  if (!parse (&options, argc, argv, error))
    return 1;
  g_autoptr (XsAuditCase) audit_case = load (&options, error);
  if (audit_case == NULL)
    return 1;
  g_autoptr (XsAudit) audit = xs_audit_log (&audit_case->log, &audit_case->policy, &audit_case->facts);
  if (options.json)
    print_json (audit_case, audit);
  else
    print_text (audit_case, audit);
  if (!options.check)
    return audit->verdict == XS_VERDICT_VALID ? 0 : NOT_VALID;
  if (xs_audit_case_check (audit_case, audit, &difference))
    return 0;
  if (g_error_matches (difference, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&difference), "%s: ", options.file);
      return 1;
    }
  g_printerr ("%s: %s\n", options.file, difference->message);
  return NOT_AS_EXPECTED;
}
