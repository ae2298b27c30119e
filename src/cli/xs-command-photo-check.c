/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-blob.h"
#include "xs-command.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-photo-check.h"
#include "xs-picture.h"
#include "xs-terminal-language.h"

#define NOT_ACCEPTABLE 3

typedef struct {
  char *file;
  char *rules;
  char *draw;
  gboolean json;
  gboolean upload;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->file);
  g_free (options->rules);
  g_free (options->draw);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *options, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Report as JSON", NULL },
    { "draw", 0, 0, G_OPTION_ARG_FILENAME, &options->draw, "Draw the measurements onto the enlarged photo", "OUT.png" },
    { "upload", 0, 0, G_OPTION_ARG_NONE, &options->upload, "Judge FILE's size and pixels for upload too", NULL },
    { "rules", 0, 0, G_OPTION_ARG_FILENAME, &options->rules, "Other rules than the built-in ones (docs/policy.md)",
      "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE");

  g_option_context_set_summary (context, "Judges a registration photo (JPEG or PNG) and says what to change.");
  g_option_context_set_description (context, "Exit status: 0 acceptable; 1 FILE cannot be read or judged; 2 wrong "
                                             "options; 3 not acceptable, or not to\nbe told.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "one FILE is needed; see --help");
      return FALSE;
    }
  if (g_strcmp0 (argv[1], options->draw) == 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--draw would overwrite the photo: give the drawing another name");
      return FALSE;
    }
  options->file = g_strdup (argv[1]);
  return TRUE;
}

static gboolean
load_rules (XsPhotoRules *rules, const char *path, GError **error)
{
  gsize size = 0;

  if (path == NULL)
    {
      xs_photo_rules_default (rules);
      return TRUE;
    }
  g_autoptr (GBytes) bytes = xs_blob_read (path, XS_PHOTO_RULES_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  const char *data = g_bytes_get_data (bytes, &size);
  if (!xs_photo_rules_parse (rules, data != NULL ? data : "", size, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

/* What was not measured is null: JSON has no NaN. */
static void
set_number (JsonObject *object, const char *name, double value)
{
  if (isnan (value))
    json_object_set_null_member (object, name);
  else
    json_object_set_double_member (object, name, value);
}

static void
set_lengths (JsonObject *object, const XsPhotoReport *report)
{
  static const XsPhotoItemCode codes[] = { XS_PHOTO_HEAD_WIDTH, XS_PHOTO_HEAD_LENGTH, XS_PHOTO_CROWN_MARGIN };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      const XsPhotoItem *item = xs_photo_report_find (report, codes[i]);
      g_autofree char *value = g_strconcat (xs_photo_item_nick (codes[i]), "_mm", NULL);
      g_autofree char *uncertainty = g_strconcat (xs_photo_item_nick (codes[i]), "_uncertainty_mm", NULL);
      set_number (object, value, item != NULL ? item->value : NAN);
      set_number (object, uncertainty, item != NULL ? item->uncertainty : NAN);
    }
}

static void
print_json (const char *file, const XsPhotoRules *rules, const XsPhotoReport *report)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *items = json_array_new ();

  json_object_set_string_member (object, "file", file);
  json_object_set_string_member (object, "rules", rules->id);
  json_object_set_string_member (object, "verdict", xs_photo_state_nick (report->verdict));
  json_object_set_int_member (object, "width_px", report->width_px);
  json_object_set_int_member (object, "height_px", report->height_px);
  set_lengths (object, report);
  json_object_set_boolean_member (object, "measured_on_outline", report->geometry.by_outline);
  for (guint i = 0; i < report->n_items; i++)
    {
      const XsPhotoItem *item = &report->items[i];
      const char *remedy = xs_photo_item_remedy (item);
      JsonObject *one = json_object_new ();

      json_object_set_string_member (one, "code", xs_photo_item_nick (item->code));
      set_number (one, "value", item->value);
      set_number (one, "uncertainty", item->uncertainty);
      json_object_set_string_member (one, "unit", xs_photo_item_unit (item->code));
      set_number (one, "min", item->min);
      set_number (one, "max", item->max);
      json_object_set_string_member (one, "state", xs_photo_state_nick (item->state));
      if (remedy != NULL)
        json_object_set_string_member (one, "remedy", remedy);
      else
        json_object_set_null_member (one, "remedy");
      json_array_add_object_element (items, one);
    }
  json_object_set_array_member (object, "items", items);
  g_autoptr (JsonNode) node = xs_json_node_take_object (json_object_ref (object));
  g_autofree char *text = xs_json_to_pretty (node);
  g_print ("%s\n", text);
}

static char *
value_text (double value)
{
  if (isnan (value))
    return g_strdup ("?");
  if (value == floor (value) && fabs (value) < 1e9)
    return g_strdup_printf ("%.0f", value);
  return g_strdup_printf ("%.*f", fabs (value) < 1 ? 3 : fabs (value) < 10 ? 2 : 1, value);
}

static char *
limits_text (const XsPhotoItem *item)
{
  g_autofree char *min = value_text (item->min), *max = value_text (item->max);

  if (isnan (item->min))
    return g_strconcat ("≤ ", max, NULL);
  if (isnan (item->max))
    return g_strconcat ("≥ ", min, NULL);
  if (item->min == item->max)
    return g_strconcat ("= ", min, NULL);
  return g_strdup_printf (item->min < 0 ? "%s … %s" : "%s–%s", min, max);
}

static void
print_text (const char *file, const XsPhotoReport *report)
{
  static const char *const verdicts[] = { N_ ("acceptable"), N_ ("not acceptable"), N_ ("cannot tell") };
  static const char *const marks[] = { "✓", "✗", "?" };

  g_print ("%s: %s\n", file, _ (verdicts[report->verdict]));
  for (guint i = 0; i < report->n_items; i++)
    {
      const XsPhotoItem *item = &report->items[i];
      const char *remedy = xs_photo_item_remedy (item);
      const char *unit = xs_photo_item_unit (item->code);
      g_autofree char *limits = limits_text (item);
      g_autofree char *value = value_text (item->value);
      g_autofree char *doubt = item->uncertainty > 0 ? g_strdup_printf (" ± %.2g", item->uncertainty) : g_strdup ("");

      g_print ("%s %s: %s%s%s%s (%s)%s%s\n", marks[item->state], xs_photo_item_title (item->code), value, doubt,
               *unit != '\0' ? " " : "", unit, limits, remedy != NULL ? " " : "", remedy != NULL ? remedy : "");
    }
}

static gboolean
draw (XsVision *vision, const XsFrame *photo, const XsPhotoRules *rules, const XsPhotoReport *report, const char *path,
      GError **error)
{
  g_autoptr (XsFrame) drawn = xs_photo_draw (vision, photo, rules, report, error);
  if (drawn == NULL)
    return FALSE;
  g_autoptr (GBytes) png = xs_picture_encode_png (drawn, error);
  return png != NULL && xs_blob_write (path, png, error);
}

int
xs_command_photo_check (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };
  XsPhotoRules rules;
  XsPhotoReport report;

  xs_terminal_language_set_up ();
  if (!parse (&options, argc, argv, error) || !load_rules (&rules, options.rules, error))
    return 1;
  g_autofree char *name = g_filename_display_name (options.file);
  g_autoptr (XsFrame) photo = xs_picture_load (options.file, error);
  if (photo == NULL)
    return 1;
  gsize file_bytes = 0;
  if (options.upload)
    {
      g_autoptr (GBytes) bytes = xs_blob_read (options.file, XS_PICTURE_MAX_BYTES, error);
      if (bytes == NULL)
        return 1;
      file_bytes = g_bytes_get_size (bytes);
    }
  g_autoptr (XsVision) vision = xs_vision_new (NULL, error);
  if (vision == NULL)
    return 1;
  if (!xs_photo_check (vision, photo, &rules, file_bytes, &report, error))
    {
      g_prefix_error (error, "%s: ", name);
      return 1;
    }
  if (options.draw != NULL && !draw (vision, photo, &rules, &report, options.draw, error))
    return 1;
  if (options.json)
    print_json (name, &rules, &report);
  else
    print_text (name, &report);
  return report.verdict == XS_PHOTO_PASS ? 0 : NOT_ACCEPTABLE;
}
