/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include <math.h>
#include <string.h>

#include "xs-blob.h"
#include "xs-command-policy.h"
#include "xs-csv.h"
#include "xs-enrolments.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-match.h"

#define MAX_PAIRS_BYTES (256 * 1024 * 1024)

/* What there is to say of one pair: a score, or else a reason. */
typedef struct {
  double score; /* cosine, NaN when it cannot be told */
  char *reason;
} Comparison;

static void
comparison_clear (Comparison *comparison)
{
  g_clear_pointer (&comparison->reason, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Comparison, comparison_clear)

static void
compare (XsEnrolments *enrolments, const char *path_a, const char *path_b, Comparison *out)
{
  g_autoptr (GError) error_a = NULL, error_b = NULL;
  const XsTemplate *a = xs_enrolments_get (enrolments, path_a, &error_a);
  const XsTemplate *b = xs_enrolments_get (enrolments, path_b, &error_b);

  out->score = a != NULL && b != NULL ? (double) xs_template_cosine (a, b) : NAN;
  if (error_a != NULL && error_b != NULL && !g_str_equal (path_a, path_b))
    out->reason = g_strdup_printf ("%s; %s", error_a->message, error_b->message);
  else if (error_a != NULL || error_b != NULL)
    out->reason = g_strdup ((error_a != NULL ? error_a : error_b)->message);
}

static void
print_json (const char *path_a, const char *path_b, const Comparison *comparison, const XsPolicy *policy)
{
  JsonObject *object = json_object_new ();
  g_autofree char *name_a = g_filename_display_name (path_a), *name_b = g_filename_display_name (path_b);

  json_object_set_string_member (object, "path_a", name_a);
  json_object_set_string_member (object, "path_b", name_b);
  if (comparison->reason == NULL)
    {
      json_object_set_double_member (object, "score", round (comparison->score * 10000) / 10000);
      json_object_set_string_member (object, "band", xs_match_band_nick (xs_match_band (comparison->score, policy)));
      json_object_set_null_member (object, "reason");
    }
  else
    {
      json_object_set_null_member (object, "score");
      json_object_set_null_member (object, "band");
      json_object_set_string_member (object, "reason", comparison->reason);
    }
  json_object_set_string_member (object, "policy", policy->id);
  json_object_set_double_member (object, "match_same", policy->match_same);
  json_object_set_double_member (object, "match_different", policy->match_different);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  g_autofree char *text = xs_json_to_pretty (node);
  g_print ("%s", text);
}

static gboolean
match_two (XsEnrolments *enrolments, char **paths, const XsPolicy *policy, gboolean json, GError **error)
{
  g_auto (Comparison) comparison = { 0 };

  compare (enrolments, paths[0], paths[1], &comparison);
  if (json)
    print_json (paths[0], paths[1], &comparison, policy);
  if (comparison.reason != NULL)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_NO_FACE, comparison.reason);
      return FALSE;
    }
  if (!json)
    g_print ("%s %.4f\n", xs_match_band_nick (xs_match_band (comparison.score, policy)), comparison.score);
  return TRUE;
}

/* (transfer full): a relative path from the working directory, else from the folder of the list. */
static char *
find_file (const char *path, const char *folder)
{
  char *beside =
    g_path_is_absolute (path) || g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : g_build_filename (folder, path, NULL);

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_EXISTS))
    return beside;
  g_free (beside);
  return g_strdup (path);
}

static GPtrArray *
load_pairs (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = xs_blob_read (path, MAX_PAIRS_BYTES, error);
  gsize size = 0;

  if (bytes == NULL)
    return NULL;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GPtrArray) rows = xs_csv_parse (data != NULL ? data : "", size, NULL, error);
  if (rows == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  for (guint i = 0; i < rows->len; i++)
    {
      guint n_fields = g_strv_length (rows->pdata[i]);
      if (n_fields == 2)
        continue;
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "%s: row %u has %u field(s) instead of two, path_a and path_b; put a path with a comma into quotes",
                   path, i + 1, n_fields);
      return NULL;
    }
  char **first = rows->len > 0 ? rows->pdata[0] : NULL;
  if (first != NULL && g_str_equal (first[0], "path_a") && g_str_equal (first[1], "path_b"))
    g_ptr_array_remove_index (rows, 0);
  return g_steal_pointer (&rows);
}

static gboolean
match_pairs (XsEnrolments *enrolments, const char *pairs, const char *out, const XsPolicy *policy, GError **error)
{
  g_autoptr (GPtrArray) rows = load_pairs (pairs, error);
  g_autofree char *folder = g_path_get_dirname (pairs);
  GString *text = g_string_new ("path_a,path_b,score,band,reason\n");
  guint counts[4] = { 0 };

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      char **row = rows->pdata[i];
      g_autofree char *path_a = find_file (row[0], folder), *path_b = find_file (row[1], folder);
      g_auto (Comparison) comparison = { 0 };
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      compare (enrolments, path_a, path_b, &comparison);
      XsMatchBand band = xs_match_band (comparison.score, policy);
      counts[comparison.reason == NULL ? band : 3]++;
      if (comparison.reason == NULL)
        xs_csv_append_row (text, row[0], row[1], g_ascii_formatd (digits, sizeof digits, "%.6f", comparison.score),
                           xs_match_band_nick (band), "", NULL);
      else
        xs_csv_append_row (text, row[0], row[1], "", "", comparison.reason, NULL);
    }
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);
  if (rows == NULL || !xs_blob_write (out, bytes, error))
    return FALSE;
  g_print ("%u pairs: %u same, %u ask, %u different, %u not told: %s\n", rows->len, counts[XS_MATCH_SAME],
           counts[XS_MATCH_ASK], counts[XS_MATCH_DIFFERENT], counts[3], out);
  return TRUE;
}

gboolean
xs_command_match (int argc, char **argv, GError **error)
{
  g_autofree char *policy_path = NULL, *pairs = NULL, *csv = NULL;
  gboolean json = FALSE;
  XsPolicy policy;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print the answer as JSON", NULL },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &policy_path, "Policy document; without it the national default", "FILE" },
    { "pairs", 0, 0, G_OPTION_ARG_FILENAME, &pairs, "CSV with a pair path_a,path_b in each row, instead of A and B",
      "PAIRS.csv" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv, "Where path_a,path_b,score,band,reason of each pair go", "OUT.csv" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[A B]");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
    context, "Tells whether A and B show the same person: the band (same, ask, different) and the score, a cosine.\n"
             "A and B are pictures (JPEG or PNG) with one face each, or template files (.json) of “xueshi enrol”.");
  g_option_context_set_description (
    context,
    "The bands are by match_same and match_different of the policy. When it cannot be told (no face, several\n"
    "faces, a file that cannot be read), that is said and the exit status is 1. With --pairs such pairs get a\n"
    "reason in their row, and the run goes on; relative paths are looked for in the working directory, then in\n"
    "the folder of PAIRS.csv.");
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (pairs != NULL ? argc != 1 || csv == NULL || json : argc != 3 || csv != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "either two pictures A and B, or --pairs and --csv, are needed; see --help");
      return FALSE;
    }
  if (!xs_command_load_policy (&policy, policy_path, error))
    return FALSE;
  g_autoptr (XsEnrolments) enrolments = xs_enrolments_new (error);
  if (enrolments == NULL)
    return FALSE;
  return pairs != NULL ? match_pairs (enrolments, pairs, csv, &policy, error)
                       : match_two (enrolments, argv + 1, &policy, json, error);
}
