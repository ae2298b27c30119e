/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-consent.h"

#include <glib/gi18n-lib.h>

static const XsConsentItem items[XS_CONSENT_ITEMS] = {
  { N_ ("What is taken?"),
    N_ ("Photos of you when you sign in, when you sign out and from time to time while you study, and measurements of "
        "your face that tell whether it is you and whether you are there. No video and no sound is kept.") },
  { N_ ("What for?"), N_ ("To prove that it was you who studied the hours of Subject 1. For nothing else.") },
  { N_ ("Who sees it?"),
    N_ ("Your coach, those who review hours at your school, and the authority that supervises driving schools. On this "
        "PC nobody but you: everything is encrypted at once.") },
  { N_ ("How long is it kept?"),
    N_ ("Photos: until your hours have been reviewed, and as long as the law makes the school keep its records of "
        "training. Measurements of your face: encrypted on this PC, until you leave the school's list or take your "
        "consent back.") },
  { N_ ("Do I have to?"),
    N_ ("No. Without your consent no photo of you is taken, and your face is compared with nothing: your coach has "
        "another way for you. You can take your consent back at any time: once you have signed out, under “My "
        "records”, or at your school.") },
};

XsConsentItem
xs_consent_item (guint index)
{
  g_return_val_if_fail (index < XS_CONSENT_ITEMS, items[0]);

  return (XsConsentItem){ _ (items[index].question), _ (items[index].answer) };
}

const char *
xs_consent_tick (void)
{
  return _ ("I agree separately that my face data is processed for this.");
}
