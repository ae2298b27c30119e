/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-language.h"

#include <glib/gi18n.h>
#include <locale.h>

static const char *
folder (const char *variable, const char *installed)
{
  const char *chosen = g_getenv (variable);

  return chosen != NULL && chosen[0] != '\0' ? chosen : installed;
}

static gboolean
set_locale (const char *language)
{
  g_autofree char *name = g_strdup_printf ("%s.UTF-8", language);

  if (setlocale (LC_ALL, name) != NULL)
    return TRUE;
  g_setenv ("LOCPATH", folder ("XUESHI_LOCALE_DATA_DIR", XS_PKGDATA_DIR "/locale-data"), TRUE);
  return setlocale (LC_ALL, name) != NULL;
}

gboolean
xs_language_set_up (const char *language)
{
  gboolean spoken = TRUE;

  if (language == NULL)
    language = XS_LANGUAGE_OWN;
  /* It would come before the locale. */
  g_unsetenv ("LANGUAGE");
  if (g_str_equal (language, "en"))
    setlocale (LC_ALL, "C.UTF-8");
  else if (!set_locale (language))
    {
      spoken = FALSE;
      setlocale (LC_ALL, "C.UTF-8");
    }
  bindtextdomain (XS_GETTEXT_PACKAGE, folder ("XUESHI_LOCALE_DIR", XS_LOCALE_DIR));
  bind_textdomain_codeset (XS_GETTEXT_PACKAGE, "UTF-8");
  textdomain (XS_GETTEXT_PACKAGE);
  return spoken;
}
