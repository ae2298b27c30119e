/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"

#include "xs-error.h"
#include "xs-platform-courses.h"
#include "xs-publishers.h"

static void
print_course (const XsPlatformCourse *course)
{
  g_autofree char *fingerprint = xs_publisher_fingerprint (course->course.signer);
  g_autofree char *size = g_format_size ((guint64) course->course.size_bytes);

  g_print ("%s %u  %s  %s  (%s, %s)\n", course->course.id, course->course.version, course->course.title, size,
           course->publisher, fingerprint);
}

static gboolean
list_courses (XsPlatformStorage *storage, GError **error)
{
  g_autoptr (GArray) courses = xs_platform_storage_list_courses (storage, error);

  for (guint i = 0; courses != NULL && i < courses->len; i++)
    print_course (&g_array_index (courses, XsPlatformCourse, i));
  return courses != NULL;
}

static gboolean
add_course (XsPlatformStorage *storage, const char *path, GError **error)
{
  XsPlatformCourse added;

  if (!xs_platform_storage_add_course (storage, path, &added, error))
    return FALSE;
  print_course (&added);
  return TRUE;
}

static const struct {
  const char *word, *parameters, *summary;
} subcommands[] = {
  { "add", "FILE", "Hand a course package out to all kiosks, in the place of an older version" },
  { "remove", "ID", "Hand a course out no more; kiosks that have it keep it" },
  { "list", NULL, "Show which courses are handed out, with the fingerprint of who signed them" },
};

static void
print_usage (void)
{
  g_print ("Usage: xueshi-platform course COMMAND --data DIR [OPTION…]\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++)
    g_print ("  %-6s %-4s  %s\n", subcommands[i].word,
             subcommands[i].parameters != NULL ? subcommands[i].parameters : "", subcommands[i].summary);
}

gboolean
xs_platform_command_course (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };
  guint which = 0;

  if (g_strcmp0 (argv[1], "--help") == 0)
    {
      print_usage ();
      return TRUE;
    }
  while (which < G_N_ELEMENTS (subcommands) && g_strcmp0 (argv[1], subcommands[which].word) != 0)
    which++;
  if (which == G_N_ELEMENTS (subcommands))
    {
      g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "add, remove or list wanted; see --help");
      return FALSE;
    }
  argv++;
  if (!xs_platform_parse (&argv, entries, subcommands[which].summary, subcommands[which].parameters,
                          subcommands[which].parameters != NULL ? 1 : 0, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL)
    return FALSE;
  if (g_str_equal (subcommands[which].word, "list"))
    return list_courses (storage, error);
  return g_str_equal (subcommands[which].word, "add") ? add_course (storage, argv[1], error)
                                                      : xs_platform_storage_remove_course (storage, argv[1], error);
}
