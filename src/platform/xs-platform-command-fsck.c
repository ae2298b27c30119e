/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-json.h"
#include "xs-platform-check.h"
#include "xs-platform-commands.h"

static void
print_lines (const XsPlatformChecked *checked, gboolean repair)
{
  for (guint i = 0; i < checked->notes->len; i++)
    g_print ("note: %s\n", (const char *) g_ptr_array_index (checked->notes, i));
  for (guint i = 0; i < checked->problems->len; i++)
    {
      const XsPlatformFinding *finding = &g_array_index (checked->problems, XsPlatformFinding, i);
      g_print ("wrong: %s; %s\n", finding->text, xs_platform_fault_remedy (finding->fault));
    }
  g_print ("Checked: %u logs, %u appeals, %u consents, %u steps, %u photos, %u learners, %u files, %u keys.\n",
           checked->logs, checked->appeals, checked->consents, checked->steps, checked->photos, checked->learners,
           checked->files, checked->keys);
  if (repair)
    g_print ("Repaired: %u.\n", checked->repaired);
  if (checked->problems->len == 0)
    g_print ("All is well.\n");
}

static JsonArray *
findings_to_json (const XsPlatformChecked *checked)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < checked->problems->len; i++)
    {
      const XsPlatformFinding *finding = &g_array_index (checked->problems, XsPlatformFinding, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "kind", xs_platform_fault_nick (finding->fault));
      json_object_set_string_member (object, "what", finding->text);
      json_object_set_string_member (object, "remedy", xs_platform_fault_remedy (finding->fault));
      json_array_add_object_element (array, object);
    }
  return array;
}

static void
print_json (const XsPlatformChecked *checked)
{
  g_autoptr (JsonObject) report = json_object_new ();
  JsonArray *notes = json_array_new ();
  JsonObject *counts = json_object_new ();

  for (guint i = 0; i < checked->notes->len; i++)
    json_array_add_string_element (notes, g_ptr_array_index (checked->notes, i));
  json_object_set_int_member (counts, "logs", checked->logs);
  json_object_set_int_member (counts, "appeals", checked->appeals);
  json_object_set_int_member (counts, "consents", checked->consents);
  json_object_set_int_member (counts, "steps", checked->steps);
  json_object_set_int_member (counts, "photos", checked->photos);
  json_object_set_int_member (counts, "learners", checked->learners);
  json_object_set_int_member (counts, "files", checked->files);
  json_object_set_int_member (counts, "keys", checked->keys);
  json_object_set_array_member (report, "findings", findings_to_json (checked));
  json_object_set_array_member (report, "notes", notes);
  json_object_set_object_member (report, "checked", counts);
  json_object_set_int_member (report, "repaired", checked->repaired);
  g_autoptr (JsonNode) node = xs_json_node_take_object (g_steal_pointer (&report));
  g_autofree char *text = json_to_string (node, TRUE);
  g_print ("%s\n", text);
}

gboolean
xs_platform_command_fsck (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  gboolean repair = FALSE, json = FALSE;
  g_auto (XsPlatformChecked) checked = { 0 };
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object", NULL },
    { "repair", 0, 0, G_OPTION_ARG_NONE, &repair, "Remove what a crash left over, and file again what was not", NULL },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Prove that rows, files, hashes, signatures and chains agree", NULL, 0,
                          error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_check (storage, repair, &checked, error))
    return FALSE;
  if (json)
    print_json (&checked);
  else
    print_lines (&checked, repair);
  if (checked.problems->len == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_CORRUPT, "%u things are wrong in %s", checked.problems->len, data_dir);
  return FALSE;
}
