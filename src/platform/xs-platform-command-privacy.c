/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-commands.h"
#include "xs-platform-consent.h"
#include "xs-platform-privacy.h"

gboolean
xs_platform_command_erase_learner (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *stunum = NULL;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "stunum", 0, 0, G_OPTION_ARG_STRING, &stunum, "Number of the learner, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries,
                          "Forget who a learner is: the key of the photos, the photos and the name are destroyed, and "
                          "nothing brings them back; what was signed stays, under the number",
                          NULL, 0, error)
      || !xs_platform_require ("--stunum", stunum, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  return storage != NULL && xs_platform_storage_erase_learner (storage, stunum, error);
}

gboolean
xs_platform_command_withdraw_consent (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *stunum = NULL;
  gboolean withdrawn;
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "stunum", 0, 0, G_OPTION_ARG_STRING, &stunum, "Number of the learner, 16 digits", "NUMBER" },
    { NULL },
  };

  if (!xs_platform_parse (&argv, entries,
                          "Note that a learner has taken the consent to the processing of face data back", NULL, 0,
                          error)
      || !xs_platform_require ("--stunum", stunum, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_storage_withdraw_consent (storage, stunum, &withdrawn, error))
    return FALSE;
  if (withdrawn)
    g_print ("Tell the learner: no camera looks at your face from now on, and what kiosks measured of it is removed, "
             "within minutes where there is a network. You can study with a coach who lets you in, or agree again. "
             "Hours that were studied stay; their photos are kept as long as the policy says (photo_keep_days), since "
             "the hours stand on them. Who wants those gone as well asks for erasure (erase-learner), and the proof of "
             "the hours goes with them.\n");
  else
    g_print ("Nothing to do: consent was taken back before.\n");
  return TRUE;
}

gboolean
xs_platform_command_retain (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  XsPlatformRetained retained;
  const GOptionEntry entries[] = { XS_PLATFORM_DATA_OPTION (data_dir), { NULL } };

  if (!xs_platform_parse (&argv, entries, "Remove photos that the policy does not let the school keep", NULL, 0, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL || !xs_platform_storage_retain (storage, NULL, &retained, error))
    return FALSE;
  if (retained.held)
    g_print ("No photo was removed: no kiosk was heard of for a week, so nothing says that this clock is right.\n");
  else
    g_print ("removed: %u photos of judged logs, %u that no log named\n", retained.expired, retained.strays);
  return TRUE;
}
