/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-enrolments.h"
#include "xs-error.h"
#include "xs-template-file.h"

gboolean
xs_command_enrol (int argc, char **argv, GError **error)
{
  g_autofree char *out = NULL;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Where the template goes; the name ends in .json", "FILE.json" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("PHOTO");

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (
    context, "Makes a template of the one face in PHOTO, a JPEG or PNG, for “xueshi match”. A template\n"
             "is as private as the photo; it is good for the model that made it only.");
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != 2 || out == NULL || !g_str_has_suffix (out, ".json"))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "one PHOTO and --out=FILE.json are needed; see --help");
      return FALSE;
    }
  if (g_str_has_suffix (argv[1], ".json"))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%s is a template already; give the photo", argv[1]);
      return FALSE;
    }
  g_autoptr (XsEnrolments) enrolments = xs_enrolments_new (error);
  const XsTemplate *template = enrolments != NULL ? xs_enrolments_get (enrolments, argv[1], error) : NULL;
  if (template == NULL || !xs_template_save (template, out, error))
    return FALSE;
  g_print ("%s\n", out);
  return TRUE;
}
