/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-blob.h"
#include "xs-command-policy.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-replay.h"

static gboolean
set_speed (const char *name, const char *value, gpointer data, GError **error)
{
  XsReplayOptions *options = data;

  options->real_time = g_str_equal (value, "1");
  if (options->real_time || g_str_equal (value, "max"))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--speed is “max” or “1”, not “%s”", value);
  return FALSE;
}

/* Photos lie beside the report, in a folder named after it. */
static char *
photos_dir_of (const char *report)
{
  g_autofree char *stem =
    g_str_has_suffix (report, ".json") ? g_strndup (report, strlen (report) - strlen (".json")) : g_strdup (report);
  return g_strconcat (stem, "-photos", NULL);
}

gboolean
xs_command_replay (int argc, char **argv, GError **error)
{
  g_autofree char *camera = NULL, *photo = NULL, *lesson = NULL, *policy = NULL, *out = NULL;
  XsReplayOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "camera", 0, 0, G_OPTION_ARG_FILENAME, &camera, "Camera recording, any video file", "FILE" },
    { "photo", 0, 0, G_OPTION_ARG_FILENAME, &photo, "Registration photo of the student", "FILE" },
    { "lesson", 0, 0, G_OPTION_ARG_FILENAME, &lesson, "Lesson that played; without it one that never ends", "FILE" },
    { "policy", 0, 0, G_OPTION_ARG_FILENAME, &policy, "Policy document; without it the national default", "FILE" },
    { "speed", 0, 0, G_OPTION_ARG_CALLBACK, set_speed, "As fast as it can, or in real time", "max|1" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &out, "Where the report goes; photos go to a folder beside it", "OUT" },
    G_OPTION_ENTRY_NULL,
  };
  GOptionGroup *group = g_option_group_new ("replay", "", "", &options, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, "Runs a study session over recorded input, without a display.");
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (camera == NULL || photo == NULL || out == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--camera, --photo and --json are needed; see --help");
      return FALSE;
    }
  if (argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” belongs to no option; see --help", argv[1]);
      return FALSE;
    }
  if (!xs_command_load_policy (&options.policy, policy, error))
    return FALSE;

  g_autofree char *photos_dir = photos_dir_of (out);
  options.camera_path = camera;
  options.photo_path = photo;
  options.lesson_path = lesson;
  options.photos_dir = photos_dir;
  g_autoptr (JsonObject) report = xs_replay (&options, error);
  if (report == NULL)
    return FALSE;

  g_autoptr (JsonNode) node = xs_json_node_take_object (json_object_ref (report));
  char *text = xs_json_to_pretty (node);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  if (!xs_blob_write (out, bytes, error))
    return FALSE;
  g_print ("%.1f s credited, %u photos: %s\n", json_object_get_double_member (report, "credited_s"),
           json_array_get_length (json_object_get_array_member (report, "photos")), out);
  return TRUE;
}
