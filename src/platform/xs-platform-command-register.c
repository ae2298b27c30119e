/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"
#include "xs-platform-commands.h"
#include "xs-platform-register-csv.h"

/* Every line of the file, then the sums. */
static gboolean
print_report (const XsRegisterReport *report, GError **error)
{
  for (guint i = 0; report->lines != NULL && i < report->lines->len; i++)
    g_print ("%s\n", (const char *) g_ptr_array_index (report->lines, i));
  g_print ("%u added, %u changed, %u not taken\n", report->n_added, report->n_changed, report->n_refused);
  if (report->n_refused == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_REJECTED,
               "%u lines were not taken: correct them and import the file once more, the others change nothing then",
               report->n_refused);
  return FALSE;
}

gboolean
xs_platform_command_import_learners (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *photo_dir = NULL;
  g_auto (XsRegisterReport) report = { 0 };
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "photos", 0, 0, G_OPTION_ARG_FILENAME, &photo_dir, "Registration photos, named by the number: STUNUM.jpg",
      "FOLDER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries,
                          "Take learners from a table, line by line; export-register writes one to fill", "FILE.csv", 1,
                          error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_import_learners (storage, argv[1], photo_dir, &report, error)
         && print_report (&report, error);
}

gboolean
xs_platform_command_import_coaches (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_auto (XsRegisterReport) report = { 0 };
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries, "Take coaches from a table, line by line", "FILE.csv", 1, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_import_coaches (storage, argv[1], &report, error)
         && print_report (&report, error);
}

gboolean
xs_platform_command_export_register (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries, "Write a table that import-learners or import-coaches takes",
                          "learners|coaches", 1, error))
    return FALSE;
  gboolean learners = g_str_equal (argv[1], "learners");
  if (!learners && !g_str_equal (argv[1], "coaches"))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no table: say learners or coaches", argv[1]);
      return FALSE;
    }
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  g_autofree char *text = storage == NULL ? NULL
                          : learners      ? xs_platform_export_learners (storage, error)
                                          : xs_platform_export_coaches (storage, error);
  if (text != NULL)
    g_print ("%s", text);
  return text != NULL;
}

gboolean
xs_platform_command_set_coach (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *stunum = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "stunum", 0, 0, G_OPTION_ARG_STRING, &stunum, "Number of the learner, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries, "Say whose learner somebody is; none: nobody's", "COACHNUM|none", 1, error)
      || !xs_platform_require ("--stunum", stunum, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL
         && xs_platform_storage_set_coach (storage, stunum, g_str_equal (argv[1], "none") ? NULL : argv[1], error);
}

gboolean
xs_platform_command_set_filing (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries,
                          "Note under which number the school is on file with the transport authority; none: it is not",
                          "NUMBER|none", 1, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL
         && xs_platform_storage_set_filing_number (storage, g_str_equal (argv[1], "none") ? NULL : argv[1], error);
}

/* The device that --devnum names, and the school. */
static XsPlatformStorage *
open_for_device (char ***argv, const char *summary, const char *parameters, guint n_parameters, char **devnum,
                 GError **error)
{
  g_autofree char *data_dir = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "devnum", 0, 0, G_OPTION_ARG_STRING, devnum, "Number of the kiosk, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (argv, entries, summary, parameters, n_parameters, error)
      || !xs_platform_require ("--devnum", *devnum, error))
    return NULL;
  return xs_platform_open_storage (data_dir, error);
}

gboolean
xs_platform_command_rename_device (char **argv, GError **error)
{
  g_autofree char *devnum = NULL;
  g_autoptr (XsPlatformStorage) storage =
    open_for_device (&argv, "Say what people call a kiosk, such as “Room 2, window”", "NAME", 1, &devnum, error);

  return storage != NULL && xs_platform_storage_rename_device (storage, devnum, argv[1], error);
}

gboolean
xs_platform_command_revoke_device (char **argv, GError **error)
{
  g_autofree char *devnum = NULL;
  g_autoptr (XsPlatformStorage) storage =
    open_for_device (&argv, "Let a kiosk in no more, as when it was stolen; what it sent stays valid", NULL, 0, &devnum,
                     error);

  return storage != NULL && xs_platform_storage_revoke_device (storage, devnum, error);
}
