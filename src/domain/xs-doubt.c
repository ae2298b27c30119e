/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-doubt.h"

#include <glib/gi18n-lib.h>

typedef struct {
  const char *nick;
  const char *title;
  const char *remedy;
} Doubt;

static const Doubt doubts[XS_N_DOUBTS] = {
  [XS_DOUBT_UNREADABLE] = { "photo_unreadable", N_ ("Photo cannot be opened"),
                            N_ ("The coach decides. Tell the school: this PC must be checked.") },
  [XS_DOUBT_CLAIM] = { "photo_claim", N_ ("Photo is not the one that was judged"),
                       N_ ("The coach decides. Tell the school: this PC must be checked.") },
  [XS_DOUBT_NOT_LIVE] = { "photo_not_live", N_ ("Photos look like pictures of a picture"),
                          N_ ("The coach compares the photos. Next time face the camera in good light.") },
  [XS_DOUBT_REGISTRATION] = { "registration_photo", N_ ("No registration photo to compare with"),
                              N_ ("Have a new registration photo taken; the coach compares the photos.") },
};

const char *
xs_doubt_nick (XsDoubt doubt)
{
  g_return_val_if_fail ((guint) doubt < XS_N_DOUBTS, NULL);

  return doubts[doubt].nick;
}

gboolean
xs_doubt_from_nick (const char *nick, XsDoubt *doubt)
{
  for (guint i = 0; i < XS_N_DOUBTS; i++)
    {
      if (g_strcmp0 (nick, doubts[i].nick) != 0)
        continue;
      *doubt = i;
      return TRUE;
    }
  return FALSE;
}

const char *
xs_doubt_title (XsDoubt doubt)
{
  g_return_val_if_fail ((guint) doubt < XS_N_DOUBTS, NULL);

  return g_dgettext (GETTEXT_PACKAGE, doubts[doubt].title);
}

const char *
xs_doubt_remedy (XsDoubt doubt)
{
  g_return_val_if_fail ((guint) doubt < XS_N_DOUBTS, NULL);

  return g_dgettext (GETTEXT_PACKAGE, doubts[doubt].remedy);
}
