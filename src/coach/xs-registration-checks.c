/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-registration-checks.h"

#include <glib/gi18n.h>
#include <math.h>

/* How a measure is written. */
typedef struct {
  double factor;
  int decimals;
  const char *unit;
} Form;

static const Form forms[XS_PHOTO_N_ITEMS] = {
  [XS_PHOTO_SHAPE] = { 1, 3, "" },
  [XS_PHOTO_PIXEL_WIDTH] = { 1, 0, " px" },
  [XS_PHOTO_PIXEL_HEIGHT] = { 1, 0, " px" },
  [XS_PHOTO_FILE_SIZE] = { 1.0 / 1024, 0, " KiB" },
  [XS_PHOTO_FACES] = { 1, 0, "" },
  [XS_PHOTO_YAW] = { 1, 0, "°" },
  [XS_PHOTO_PITCH] = { 1, 0, "°" },
  [XS_PHOTO_ROLL] = { 1, 0, "°" },
  [XS_PHOTO_HEAD_WIDTH] = { 1, 1, " mm" },
  [XS_PHOTO_HEAD_LENGTH] = { 1, 1, " mm" },
  [XS_PHOTO_CROWN_MARGIN] = { 1, 1, " mm" },
  [XS_PHOTO_CENTRE_OFFSET] = { 1, 1, " mm" },
  [XS_PHOTO_GROUND_LIGHTNESS] = { 1, 0, "" },
  [XS_PHOTO_GROUND_CHROMA] = { 1, 0, "" },
  [XS_PHOTO_GROUND_SPREAD] = { 1, 1, "" },
  [XS_PHOTO_GROUND_SHADOW] = { 1, 1, "" },
  [XS_PHOTO_HEAD_COVERING] = { 100, 0, " %" },
  [XS_PHOTO_EARS] = { 100, 0, " %" },
  [XS_PHOTO_BROWS] = { 100, 0, " %" },
  [XS_PHOTO_EYES_CLOSED] = { 100, 0, " %" },
  [XS_PHOTO_GLARE] = { 100, 0, " %" },
  [XS_PHOTO_SKIN_TEXTURE] = { 100, 0, " %" },
  [XS_PHOTO_SHARPNESS] = { 1, 2, "" },
  [XS_PHOTO_LUMINANCE] = { 100, 0, " %" },
  [XS_PHOTO_UNDEREXPOSED] = { 100, 0, " %" },
  [XS_PHOTO_OVEREXPOSED] = { 100, 0, " %" },
  [XS_PHOTO_SIDE_LIGHT] = { 1, 1, " EV" },
  [XS_PHOTO_COLOUR] = { 1, 0, "" },
  [XS_PHOTO_SKIN_CAST] = { 1, 0, "" },
  [XS_PHOTO_EYE_DISTANCE] = { 1, 0, " px" },
};

XsTone
xs_registration_item_tone (const XsPhotoItem *item)
{
  if (isnan (item->value))
    return XS_TONE_QUIET;
  return item->state == XS_PHOTO_PASS ? XS_TONE_GOOD : item->state == XS_PHOTO_FAIL ? XS_TONE_BAD : XS_TONE_DOUBT;
}

char *
xs_registration_item_value (const XsPhotoItem *item)
{
  Form form = forms[item->code];

  if (isnan (item->value))
    return g_strdup ("–");
  if (item->uncertainty * form.factor < pow (10, -form.decimals) / 2)
    return g_strdup_printf ("%.*f%s", form.decimals, item->value * form.factor, form.unit);
  return g_strdup_printf ("%.*f ± %.*f%s", form.decimals, item->value * form.factor, form.decimals,
                          item->uncertainty * form.factor, form.unit);
}

/* In the unit of the value beside it. */
static char *
limit_text (const XsPhotoItem *item)
{
  Form form = forms[item->code];
  double min = item->min * form.factor, max = item->max * form.factor;

  if (isnan (min) && isnan (max))
    return g_strdup ("");
  if (isnan (min))
    return g_strdup_printf ("≤ %.*f", form.decimals, max);
  if (isnan (max))
    return g_strdup_printf ("≥ %.*f", form.decimals, min);
  if (min == max)
    return g_strdup_printf ("= %.*f", form.decimals, min);
  if (min == -max)
    return g_strdup_printf ("± %.*f", form.decimals, max);
  return g_strdup_printf ("%.*f–%.*f", form.decimals, min, form.decimals, max);
}

gboolean
xs_registration_find (const XsReviewPhotoCheck *check, XsPhotoItemCode code, XsPhotoItem *item)
{
  for (guint i = 0; i < check->items->len; i++)
    if (xs_review_item_get (&g_array_index (check->items, XsReviewItem, i), item) && item->code == code)
      return TRUE;
  return FALSE;
}

GArray *
xs_registration_checks_new (const XsReviewPhotoCheck *check)
{
  GArray *checks = xs_photo_checks_array_new ();

  for (guint i = 0; i < check->items->len; i++)
    {
      XsPhotoItem item;
      if (!xs_review_item_get (&g_array_index (check->items, XsReviewItem, i), &item))
        continue;
      XsPhotoCheck one = { .title = xs_photo_item_title (item.code),
                           .value = xs_registration_item_value (&item),
                           .limit = limit_text (&item),
                           .tone = xs_registration_item_tone (&item) };
      g_array_append_val (checks, one);
    }
  xs_photo_checks_sort (checks);
  return checks;
}

static void
add_reason (GArray *reasons, const char *word, const char *title, const char *advice)
{
  XsRegistrationReason reason = { .title = title, .advice = advice };

  g_strlcpy (reason.word, word, sizeof reason.word);
  g_array_append_val (reasons, reason);
}

static void
add_measured (GArray *reasons, const XsReviewPhotoCheck *check, XsPhotoState state, gboolean *said)
{
  for (guint i = 0; i < check->items->len; i++)
    {
      XsPhotoItem item;
      if (!xs_review_item_get (&g_array_index (check->items, XsReviewItem, i), &item) || item.state != state)
        continue;
      said[item.code] = TRUE;
      add_reason (reasons, xs_photo_item_nick (item.code), xs_photo_item_title (item.code),
                  state == XS_PHOTO_FAIL ? xs_photo_item_remedy (&item) : xs_photo_item_advice (item.code));
    }
}

GArray *
xs_registration_reasons_new (const XsReviewPhotoCheck *check, guint *n_failed)
{
  /* What is about the file is nothing that a student mends. */
  gboolean said[XS_PHOTO_N_ITEMS] = {
    [XS_PHOTO_PIXEL_WIDTH] = TRUE, [XS_PHOTO_PIXEL_HEIGHT] = TRUE, [XS_PHOTO_FILE_SIZE] = TRUE
  };
  GArray *reasons = g_array_new (FALSE, FALSE, sizeof (XsRegistrationReason));

  if (check != NULL)
    add_measured (reasons, check, XS_PHOTO_FAIL, said);
  *n_failed = reasons->len;
  if (check != NULL)
    add_measured (reasons, check, XS_PHOTO_CANNOT_TELL, said);
  add_reason (reasons, "other_person", _ ("Another person"), _ ("This is not you: bring a photo of yourself."));
  add_reason (reasons, "old", _ ("An old photo"), _ ("The photo is old: bring one of the last half year."));
  for (guint i = 0; i < XS_PHOTO_N_ITEMS; i++)
    if (!said[i])
      add_reason (reasons, xs_photo_item_nick ((XsPhotoItemCode) i), xs_photo_item_title ((XsPhotoItemCode) i),
                  xs_photo_item_advice ((XsPhotoItemCode) i));
  add_reason (reasons, "other", _ ("Something else"), "");
  return reasons;
}
