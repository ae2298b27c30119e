/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-report.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

typedef struct {
  const char *nick;
  const char *unit;
  const char *title;
  const char *when_low;  /* also when it is neither */
  const char *when_high; /* NULL: as when_low */
} Item;

static const char ground_remedy[] = N_ ("Stand before a plain white wall, well away from it, and light it evenly.");
static const char frontal_remedy[] = N_ ("Turn the head so that it looks straight into the camera.");
static const char light_remedy[] = N_ ("Give the face more light, from the front.");
static const char less_light_remedy[] = N_ ("Give the face less light.");

static const Item items[XS_PHOTO_N_ITEMS] = {
  [XS_PHOTO_SHAPE] = { "shape", "", N_ ("Width to height"), N_ ("Crop the picture to 22 by 32 mm (260 by 378 pixels)."),
                       NULL },
  [XS_PHOTO_PIXEL_WIDTH] = { "pixel_width", "px", N_ ("Width of the file"),
                             N_ ("Save the picture with the width that is asked for."), NULL },
  [XS_PHOTO_PIXEL_HEIGHT] = { "pixel_height", "px", N_ ("Height of the file"),
                              N_ ("Save the picture with the height that is asked for."), NULL },
  [XS_PHOTO_FILE_SIZE] = { "file_size", "bytes", N_ ("Size of the file"),
                           N_ ("Save it as JPEG with a higher quality: the file is too small."),
                           N_ ("Save it as JPEG with a lower quality: the file is too large.") },
  [XS_PHOTO_FACES] = { "faces", "", N_ ("Faces"),
                       N_ ("No face was found: take the picture from the front, with the whole head in it."),
                       N_ ("Only one person may be in the picture.") },
  [XS_PHOTO_YAW] = { "yaw", "°", N_ ("Turned aside"), frontal_remedy, NULL },
  [XS_PHOTO_PITCH] = { "pitch", "°", N_ ("Turned up or down"), N_ ("Lift the chin a little."),
                       N_ ("Lower the chin a little.") },
  [XS_PHOTO_ROLL] = { "roll", "°", N_ ("Tilted"), N_ ("Hold the head upright."), NULL },
  [XS_PHOTO_HEAD_WIDTH] = { "head_width", "mm", N_ ("Width of the head"),
                            N_ ("Come closer or crop tighter: the head is too narrow."),
                            N_ ("Step back or crop wider: the head is too wide; put hair that stands out behind.") },
  [XS_PHOTO_HEAD_LENGTH] = { "head_length", "mm", N_ ("Length of the head"),
                             N_ ("Come closer or crop tighter: the head is too short."),
                             N_ ("Step back or crop wider: the head is too long.") },
  [XS_PHOTO_CROWN_MARGIN] = { "crown_margin", "mm", N_ ("Above the hair"), N_ ("Leave more room above the hair."),
                              N_ ("Leave less room above the hair.") },
  [XS_PHOTO_CENTRE_OFFSET] = { "centre_offset", "mm", N_ ("Off the middle"),
                               N_ ("Put the head into the middle: it is too far left."),
                               N_ ("Put the head into the middle: it is too far right.") },
  [XS_PHOTO_GROUND_LIGHTNESS] = { "ground_lightness", "L*", N_ ("White of the ground"), ground_remedy, NULL },
  [XS_PHOTO_GROUND_CHROMA] = { "ground_chroma", "ab", N_ ("Colour of the ground"), ground_remedy, NULL },
  [XS_PHOTO_GROUND_SPREAD] = { "ground_spread", "L*", N_ ("Evenness of the ground"), ground_remedy, NULL },
  [XS_PHOTO_GROUND_SHADOW] = { "ground_shadow", "L*", N_ ("Shadow on the ground"),
                               N_ ("There is a shadow behind the head: step away from the wall and light it."), NULL },
  [XS_PHOTO_HEAD_COVERING] = { "head_covering", "", N_ ("Head covering"),
                               N_ ("Take off the hat, and whatever else covers hair and forehead."), NULL },
  [XS_PHOTO_EARS] = { "ears", "", N_ ("Ears visible"), N_ ("Put the hair behind the ears."), NULL },
  [XS_PHOTO_BROWS] = { "brows", "", N_ ("Brows visible"), N_ ("Put the hair off the forehead: the brows must show."),
                       NULL },
  [XS_PHOTO_EYES_CLOSED] = { "eyes_closed", "", N_ ("Eyes closed"), N_ ("Take it again with the eyes open."), NULL },
  [XS_PHOTO_GLARE] = { "glare", "", N_ ("Glare on glasses"),
                       N_ ("The glasses mirror a lamp: take them off, or move the lamp aside."), NULL },
  [XS_PHOTO_SKIN_TEXTURE] = { "skin_texture", "", N_ ("Texture of the skin"),
                              N_ ("The skin looks smoothed: use the picture as the camera took it."), NULL },
  [XS_PHOTO_SHARPNESS] = { "sharpness", "", N_ ("Sharpness"), N_ ("The picture is blurred: focus and hold still."),
                           NULL },
  [XS_PHOTO_LUMINANCE] = { "luminance", "", N_ ("Light on the face"), light_remedy, less_light_remedy },
  [XS_PHOTO_UNDEREXPOSED] = { "underexposed", "", N_ ("Too dark parts of the face"), light_remedy, NULL },
  [XS_PHOTO_OVEREXPOSED] = { "overexposed", "", N_ ("Burnt-out parts of the face"), less_light_remedy, NULL },
  [XS_PHOTO_SIDE_LIGHT] = { "side_light", "EV", N_ ("Light from one side"), N_ ("Light both sides of the face alike."),
                            NULL },
  [XS_PHOTO_COLOUR] = { "colour", "ab", N_ ("Colour picture"), N_ ("Take the picture in colour."), NULL },
  [XS_PHOTO_SKIN_CAST] = { "skin_cast", "ab", N_ ("Colour cast"),
                           N_ ("Set the camera's white balance to the light: the skin has a tint."), NULL },
  [XS_PHOTO_EYE_DISTANCE] = { "eye_distance", "px", N_ ("Resolution"),
                              N_ ("Use a picture with more pixels, or come closer."), NULL },
};

const char *
xs_photo_item_nick (XsPhotoItemCode code)
{
  g_return_val_if_fail (code < XS_PHOTO_N_ITEMS, NULL);
  return items[code].nick;
}

gboolean
xs_photo_item_from_nick (const char *nick, XsPhotoItemCode *code)
{
  for (guint i = 0; i < XS_PHOTO_N_ITEMS; i++)
    {
      if (strcmp (nick, items[i].nick) != 0)
        continue;
      *code = (XsPhotoItemCode) i;
      return TRUE;
    }
  return FALSE;
}

const char *
xs_photo_item_unit (XsPhotoItemCode code)
{
  g_return_val_if_fail (code < XS_PHOTO_N_ITEMS, NULL);
  return items[code].unit;
}

const char *
xs_photo_item_title (XsPhotoItemCode code)
{
  g_return_val_if_fail (code < XS_PHOTO_N_ITEMS, NULL);
  return _ (items[code].title);
}

const char *
xs_photo_state_nick (XsPhotoState state)
{
  static const char *const nicks[] = { "pass", "fail", "cannot_tell" };

  g_return_val_if_fail (state < G_N_ELEMENTS (nicks), NULL);
  return nicks[state];
}

const char *
xs_photo_item_remedy (const XsPhotoItem *item)
{
  const Item *about = &items[item->code];

  if (item->state == XS_PHOTO_PASS)
    return NULL;
  if (isnan (item->value))
    return _ ("This could not be measured; what else is wrong may be the reason.");
  if (item->state == XS_PHOTO_CANNOT_TELL)
    return _ ("Too close to the limit, or measured too coarsely, to say: measure it by hand.");
  return item->value > item->max && about->when_high != NULL ? _ (about->when_high) : _ (about->when_low);
}

const char *
xs_photo_item_advice (XsPhotoItemCode code)
{
  g_return_val_if_fail (code < XS_PHOTO_N_ITEMS, NULL);
  return _ (items[code].when_low);
}

#define HIGH "_high"

char *
xs_photo_item_reason (const XsPhotoItem *item)
{
  const Item *about = &items[item->code];

  return g_strconcat (about->nick, item->value > item->max && about->when_high != NULL ? HIGH : "", NULL);
}

const char *
xs_photo_reason_advice (const char *reason)
{
  XsPhotoItemCode code;

  if (xs_photo_item_from_nick (reason, &code))
    return xs_photo_item_advice (code);
  if (!g_str_has_suffix (reason, HIGH))
    return NULL;
  g_autofree char *nick = g_strndup (reason, strlen (reason) - strlen (HIGH));
  return xs_photo_item_from_nick (nick, &code) && items[code].when_high != NULL ? _ (items[code].when_high) : NULL;
}

const XsPhotoItem *
xs_photo_report_find (const XsPhotoReport *report, XsPhotoItemCode code)
{
  for (guint i = 0; i < report->n_items; i++)
    {
      if (report->items[i].code == code)
        return &report->items[i];
    }
  return NULL;
}

const XsPhotoItem *
xs_photo_report_find_useless (const XsPhotoReport *report)
{
  static const XsPhotoItemCode needed[] = { XS_PHOTO_EYE_DISTANCE, XS_PHOTO_SHARPNESS, XS_PHOTO_LUMINANCE,
                                            XS_PHOTO_OVEREXPOSED };

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    {
      const XsPhotoItem *item = xs_photo_report_find (report, needed[i]);
      if (item != NULL && item->state == XS_PHOTO_FAIL)
        return item;
    }
  return NULL;
}

static XsPhotoState
judge (const XsPhotoItem *item)
{
  if (isnan (item->value))
    return XS_PHOTO_CANNOT_TELL;
  if (item->value + item->uncertainty < item->min || item->value - item->uncertainty > item->max)
    return XS_PHOTO_FAIL;
  if (item->value - item->uncertainty < item->min || item->value + item->uncertainty > item->max)
    return XS_PHOTO_CANNOT_TELL;
  return XS_PHOTO_PASS;
}

void
xs_photo_report_add (XsPhotoReport *report, XsPhotoItemCode code, double value, double uncertainty, double min,
                     double max)
{
  XsPhotoItem *item = &report->items[report->n_items++];

  *item = (XsPhotoItem){ .code = code, .value = value, .uncertainty = uncertainty, .min = min, .max = max };
  item->state = judge (item);
  if (item->state == XS_PHOTO_FAIL || report->verdict == XS_PHOTO_PASS)
    report->verdict = item->state;
}
