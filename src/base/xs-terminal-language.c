/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-terminal-language.h"

#include <libintl.h>
#include <locale.h>

static const char *
folder (const char *variable, const char *installed)
{
  const char *chosen = g_getenv (variable);

  return chosen != NULL && *chosen != '\0' ? chosen : installed;
}

void
xs_terminal_language_set_up (void)
{
  if (setlocale (LC_ALL, "") == NULL)
    {
      g_setenv ("LOCPATH", folder ("XUESHI_LOCALE_DATA_DIR", XS_PKGDATA_DIR "/locale-data"), TRUE);
      setlocale (LC_ALL, "");
    }
  bindtextdomain (XS_GETTEXT_PACKAGE, folder ("XUESHI_LOCALE_DIR", XS_LOCALE_DIR));
  bind_textdomain_codeset (XS_GETTEXT_PACKAGE, "UTF-8");
  textdomain (XS_GETTEXT_PACKAGE);
}
