/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-platform-export.h"
#include "xs-platform-import.h"
#include "xs-policy.h"

#define DEMO_INSCODE "1000000000000001"
#define DEMO_SCHOOL "示范驾校"
#define DEMO_STUNUM "2000000000000002"
#define DEMO_NAME "演示学员"

gboolean
xs_platform_parse (char ***argv, const GOptionEntry *entries, const char *summary, const char *parameters,
                   guint n_parameters, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *program = g_strconcat ("xueshi-platform ", (*argv)[0], NULL);
  int argc = (int) g_strv_length (*argv);

  g_set_prgname (program);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, argv, &local_error))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s", local_error->message);
      return FALSE;
    }
  if ((guint) argc == n_parameters + 1)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s wanted; see --help",
               parameters != NULL ? parameters : "options only");
  return FALSE;
}

gboolean
xs_platform_require (const char *option, const char *value, GError **error)
{
  if (value != NULL)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s is missing; see --help", option);
  return FALSE;
}

XsPlatformStorage *
xs_platform_open_storage (const char *data_dir, GError **error)
{
  if (!xs_platform_require ("--data", data_dir, error))
    return NULL;
  return xs_platform_storage_open (data_dir, xs_clock_system (), error);
}

static gboolean
command_init (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *school = NULL;
  g_autofree char *inscode = NULL;
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "school", 0, 0, G_OPTION_ARG_STRING, &school, "Name of the school", "NAME" },
    { "inscode", 0, 0, G_OPTION_ARG_STRING, &inscode, "Number of the school, 16 digits", "NUMBER" },
    { "database", 0, 0, G_OPTION_ARG_STRING, &database, "PostgreSQL server to keep the tables on", "URI" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Make a school in an empty folder", NULL, 0, error)
      || !xs_platform_require ("--data", data_dir, error) || !xs_platform_require ("--school", school, error)
      || !xs_platform_require ("--inscode", inscode, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage =
    xs_platform_storage_create_on (data_dir, database, inscode, school, xs_clock_system (), error);
  return storage != NULL;
}

static gboolean
command_add_learner (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *stunum = NULL;
  g_autofree char *name = NULL;
  g_autofree char *photo = NULL;
  g_autoptr (GBytes) jpeg = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "stunum", 0, 0, G_OPTION_ARG_STRING, &stunum, "Number of the learner, 16 digits", "NUMBER" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "Name of the learner", "NAME" },
    { "photo", 0, 0, G_OPTION_ARG_FILENAME, &photo, "Registration photo, JPEG", "FILE" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Add a learner, or change name and photo of one", NULL, 0, error)
      || !xs_platform_require ("--stunum", stunum, error) || !xs_platform_require ("--name", name, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL)
    return FALSE;
  if (photo != NULL && (jpeg = xs_blob_read (photo, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES, error)) == NULL)
    return FALSE;
  return xs_platform_storage_add_learner (storage, stunum, name, jpeg, error);
}

static gboolean
command_set_active_check (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *stunum = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "stunum", 0, 0, G_OPTION_ARG_STRING, &stunum, "Number of the learner, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Say whether kiosks ask a learner to turn the head; off: who cannot",
                          "on|off", 1, error)
      || !xs_platform_require ("--stunum", stunum, error))
    return FALSE;
  gboolean asked = g_str_equal (argv[1], "on");
  if (!asked && !g_str_equal (argv[1], "off"))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is neither on nor off", argv[1]);
      return FALSE;
    }
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_storage_set_active_check (storage, stunum, asked, error);
}

static gboolean
set_policy_file (XsPlatformStorage *storage, const char *path, GError **error)
{
  g_autoptr (GBytes) json = xs_blob_read (path, XS_POLICY_MAX_BYTES, error);

  if (json == NULL)
    return FALSE;
  if (xs_platform_storage_set_policy (storage, json, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

static gboolean
command_set_policy (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries, "Hand this policy out to all kiosks", "FILE", 1, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && set_policy_file (storage, argv[1], error);
}

static gboolean
command_pair_code (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *devnum = NULL;
  int minutes = 15;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "minutes", 0, 0, G_OPTION_ARG_INT, &minutes, "How long the code is good (15)", "N" },
    { "devnum", 0, 0, G_OPTION_ARG_STRING, &devnum, "Number the kiosk shall have, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Print a one-time code that lets one kiosk in", NULL, 0, error))
    return FALSE;
  if (minutes < 1 || minutes > 7 * 24 * 60)
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "--minutes must be 1 to 10080, which is a week");
      return FALSE;
    }
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  g_autofree char *code = NULL;
  if (storage != NULL)
    code = xs_platform_storage_make_pair_code (storage, devnum, minutes * G_TIME_SPAN_MINUTE, error);
  if (code == NULL)
    return FALSE;
  g_print ("%s\n", code);
  return TRUE;
}

/* One line a thing, its members separated by tabs, under a line of names. */
static void
print_table (JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      g_autoptr (GList) names = json_object_get_members (object);
      g_autoptr (GString) head = g_string_new (NULL);
      g_autoptr (GString) line = g_string_new (NULL);
      for (GList *l = names; l != NULL; l = l->next)
        {
          JsonNode *node = json_object_get_member (object, l->data);
          g_autofree char *text = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node)
                                                                                   : json_to_string (node, FALSE);
          g_string_append_printf (head, "%s%s", l == names ? "" : "\t", (const char *) l->data);
          g_string_append_printf (line, "%s%s", l == names ? "" : "\t", text);
        }
      if (i == 0)
        g_print ("%s\n", head->str);
      g_print ("%s\n", line->str);
    }
}

static gboolean
command_list (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Show what the platform has", XS_PLATFORM_LISTS, 1, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  g_autoptr (JsonNode) list = storage != NULL ? xs_platform_list (storage, argv[1], error) : NULL;
  if (list == NULL)
    return FALSE;
  if (as_json)
    {
      g_autofree char *text = xs_json_to_pretty (list);
      g_print ("%s", text);
    }
  else
    print_table (json_node_get_array (list));
  return TRUE;
}

static gboolean
command_export (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *out_dir = NULL;
  g_autoptr (GPtrArray) paths = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out_dir, "Folder to write to; photos lie there in the clear", "DIR" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Write every log with its photos opened", NULL, 0, error)
      || !xs_platform_require ("--out", out_dir, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_export (storage, out_dir, &paths, error))
    return FALSE;
  for (guint i = 0; i < paths->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (paths, i));
  return TRUE;
}

static gboolean
command_import (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_auto (XsPlatformImport) import = { 0 };
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries, "Take what a kiosk exported to a stick, as if it had sent it", "FOLDER", 1,
                          error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_import (storage, argv[1], &import, error))
    return FALSE;
  g_print ("logs: %u new, %u known; photos: %u new, %u known\n", import.logs_accepted, import.logs_known,
           import.photos_new, import.photos_known);
  if (import.others_accepted + import.others_known > 0)
    g_print ("appeals and consents: %u new, %u known\n", import.others_accepted, import.others_known);
  for (guint i = 0; i < import.refused->len; i++)
    g_print ("not accepted: %s\n", (const char *) g_ptr_array_index (import.refused, i));
  if (import.refused->len == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_REJECTED, "%u things of %s were not accepted", import.refused->len, argv[1]);
  return FALSE;
}

static gboolean
command_demo (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *photo = NULL;
  g_autofree char *policy = NULL;
  g_autoptr (GError) local_error = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "photo", 0, 0, G_OPTION_ARG_FILENAME, &photo, "Registration photo of the demo learner, JPEG", "FILE" },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &policy, "Policy to hand out", "FILE" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Make a demo school with one learner, " DEMO_STUNUM, NULL, 0, error)
      || !xs_platform_require ("--data", data_dir, error) || !xs_platform_require ("--photo", photo, error))
    return FALSE;
  g_autoptr (GBytes) jpeg = xs_blob_read (photo, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES, error);
  if (jpeg == NULL)
    return FALSE;
  g_autoptr (XsPlatformStorage) storage =
    xs_platform_storage_create (data_dir, DEMO_INSCODE, DEMO_SCHOOL, xs_clock_system (), &local_error);
  if (storage == NULL && g_error_matches (local_error, XS_ERROR, XS_ERROR_EXISTS))
    storage = xs_platform_storage_open (data_dir, xs_clock_system (), error);
  else if (storage == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return storage != NULL && xs_platform_storage_add_learner (storage, DEMO_STUNUM, DEMO_NAME, jpeg, error)
         && (policy == NULL || set_policy_file (storage, policy, error));
}

const XsPlatformCommand xs_platform_commands[] = {
  { "serve", "serve kiosks until told to stop", xs_platform_command_serve },
  { "tls-init", "make the server's certificate, for TLS", xs_platform_command_tls_init },
  { "init", "make a school in an empty folder", command_init },
  { "add-learner", "add a learner, or change name and photo of one", command_add_learner },
  { "set-active-check", "say whether kiosks ask a learner to turn the head", command_set_active_check },
  { "set-policy", "hand a policy out to all kiosks", command_set_policy },
  { "pair-code", "print a one-time code that lets one kiosk in", command_pair_code },
  { "course", "say which courses kiosks are to have", xs_platform_command_course },
  { "audit", "judge the logs that wait, now", xs_platform_command_audit },
  { "decide", "decide on a log, or have it judged anew", xs_platform_command_decide },
  { "settle", "mark what is decided as ready for the province", xs_platform_command_settle },
  { "list", "show logs, photos, learners, people and what else there is", command_list },
  { "export", "write every log with its photos opened", command_export },
  { "import", "take what a kiosk exported to a stick", command_import },
  { "fsck", "prove that rows, files, hashes, signatures and chains agree", xs_platform_command_fsck },
  { "import-learners", "take learners, and their photos, from a table", xs_platform_command_import_learners },
  { "import-photos", "take registration photos from a folder or an archive", xs_platform_command_import_photos },
  { "import-coaches", "take coaches from a table", xs_platform_command_import_coaches },
  { "export-register", "write learners or coaches as a table", xs_platform_command_export_register },
  { "set-coach", "say whose learner somebody is", xs_platform_command_set_coach },
  { "set-filing", "note under which number the school is on file", xs_platform_command_set_filing },
  { "rename-device", "say what people call a kiosk", xs_platform_command_rename_device },
  { "revoke-device", "let a kiosk in no more", xs_platform_command_revoke_device },
  { "set-ring", "say among which kiosks one gets new versions", xs_platform_command_set_ring },
  { "set-version", "say which version the kiosks of a ring are to have", xs_platform_command_set_version },
  { "ask-diagnosis", "have a kiosk send what it noted of itself", xs_platform_command_ask_diagnosis },
  { "read-diagnosis", "print what a kiosk sent when it was asked", xs_platform_command_read_diagnosis },
  { "erase-learner", "forget who a learner is; what was signed stays", xs_platform_command_erase_learner },
  { "withdraw-consent", "note that a learner has taken consent back", xs_platform_command_withdraw_consent },
  { "retain", "remove photos that the policy does not let the school keep", xs_platform_command_retain },
  { "add-person", "make an account for a coach, an auditor or an administrator", xs_platform_command_add_person },
  { "set-password", "give a person another password", xs_platform_command_set_password },
  { "set-role", "give a person another role, or none", xs_platform_command_set_role },
  { "enable-totp", "let a person sign in with an authenticator, too", xs_platform_command_enable_totp },
  { "end-sessions", "sign a person out everywhere, or everybody", xs_platform_command_end_sessions },
  { "demo", "make a demo school with one learner", command_demo },
  { NULL },
};
