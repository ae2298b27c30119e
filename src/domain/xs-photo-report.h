/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was measured on a registration photo, and what the rules say of it. Who measures is src/vision. */

/** XsPhotoState: of one item, or of the whole photo. */
typedef enum {
  XS_PHOTO_PASS,
  XS_PHOTO_FAIL,
  XS_PHOTO_CANNOT_TELL, /* not measured, or not well enough to say on which side of a limit it lies */
} XsPhotoState;

/** XsPhotoItemCode: what is looked at; docs/policy.md has the limit of each and where it comes from. */
typedef enum {
  XS_PHOTO_SHAPE,        /* width / height */
  XS_PHOTO_PIXEL_WIDTH,  /* px; only of a file that is uploaded */
  XS_PHOTO_PIXEL_HEIGHT, /* px; only of a file that is uploaded */
  XS_PHOTO_FILE_SIZE,    /* bytes; only of a file that is uploaded */
  XS_PHOTO_FACES,        /* how many */
  XS_PHOTO_YAW,          /* degrees, signs as in XsObservation */
  XS_PHOTO_PITCH,
  XS_PHOTO_ROLL,
  XS_PHOTO_HEAD_WIDTH,       /* mm, with hair and ears */
  XS_PHOTO_HEAD_LENGTH,      /* mm, from the top of the hair to the chin */
  XS_PHOTO_CROWN_MARGIN,     /* mm, from the top edge to the top of the hair */
  XS_PHOTO_CENTRE_OFFSET,    /* mm, > 0 too far right in the picture */
  XS_PHOTO_GROUND_LIGHTNESS, /* L* */
  XS_PHOTO_GROUND_CHROMA,    /* CIE a*b* */
  XS_PHOTO_GROUND_SPREAD,    /* L* */
  XS_PHOTO_GROUND_SHADOW,    /* L* */
  XS_PHOTO_HEAD_COVERING,    /* 0 … 1 */
  XS_PHOTO_EARS,             /* share that is visible, of the ear of which less is */
  XS_PHOTO_BROWS,            /* the same of the brows */
  XS_PHOTO_EYES_CLOSED,      /* 0 … 1 */
  XS_PHOTO_GLARE,            /* share of the eye region that mirrors light */
  XS_PHOTO_SKIN_TEXTURE,     /* 0 … 1, how likely it is as the camera took it */
  XS_PHOTO_SHARPNESS,        /* re-blur ratio */
  XS_PHOTO_LUMINANCE,        /* of the face, linear, 0 … 1 */
  XS_PHOTO_UNDEREXPOSED,     /* share of the face */
  XS_PHOTO_OVEREXPOSED,      /* share of the face */
  XS_PHOTO_SIDE_LIGHT,       /* stops between the cheeks */
  XS_PHOTO_COLOUR,           /* chroma of the face */
  XS_PHOTO_SKIN_CAST,        /* distance from the colours of skin */
  XS_PHOTO_EYE_DISTANCE,     /* px */
  XS_PHOTO_N_ITEMS
} XsPhotoItemCode;

/** XsPhotoItem: a measure and what the rules say of it. */
typedef struct {
  XsPhotoItemCode code;
  double value;       /* NaN: not measured */
  double uncertainty; /* what @value may be wrong by (about two standard deviations); 0 where the limits allow for it */
  double min, max;    /* NaN: no such limit */
  XsPhotoState state;
} XsPhotoItem;

/** XsPhotoGeometry: what was measured, in pixels of the photo; NaN where it was not. */
typedef struct {
  double crown_y, chin_y, eyes_y, left_x, right_x;
  double crown_uncertainty_px, chin_uncertainty_px, side_uncertainty_px;
  gboolean by_outline; /* on the outline of the head; else estimated from the proportions of the face */
} XsPhotoGeometry;

/** XsPhotoReport: plain values; needs no freeing. */
typedef struct {
  int width_px, height_px;
  guint n_items;
  XsPhotoItem items[XS_PHOTO_N_ITEMS]; /* in the order of the codes; the file's only where they were asked for */
  XsPhotoGeometry geometry;
  XsPhotoState verdict; /* fail when an item fails, else cannot tell when one cannot be told */
} XsPhotoReport;

/** xs_photo_report_add: append an item, judge it and let it count for the verdict. NaN: no limit, or not measured. */
void xs_photo_report_add (XsPhotoReport *report, XsPhotoItemCode code, double value, double uncertainty, double min,
                          double max);
/** xs_photo_report_find: (nullable): the item of @report with this code. */
const XsPhotoItem *xs_photo_report_find (const XsPhotoReport *report, XsPhotoItemCode code);
/**
 * xs_photo_report_find_useless: (nullable): the first item that fails and without which no face can be compared with
 * the photo: blurred, too dark or too bright, or too small. What else a register asks of a photo does not hinder that.
 */
const XsPhotoItem *xs_photo_report_find_useless (const XsPhotoReport *report);
/** xs_photo_item_nick: "head_width" …, for documents. */
const char *xs_photo_item_nick (XsPhotoItemCode code);
/** xs_photo_item_from_nick: the reverse. Returns: FALSE when there is no such item */
gboolean xs_photo_item_from_nick (const char *nick, XsPhotoItemCode *code);
/** xs_photo_item_unit: "mm" …; "" for shares and counts. */
const char *xs_photo_item_unit (XsPhotoItemCode code);
/** xs_photo_state_nick: "pass", "fail", "cannot_tell". */
const char *xs_photo_state_nick (XsPhotoState state);
/** xs_photo_item_title: what the item is, in the reader's language. */
const char *xs_photo_item_title (XsPhotoItemCode code);
/** xs_photo_item_remedy: (nullable): what to change, in the reader's language; NULL for an item that passes. */
const char *xs_photo_item_remedy (const XsPhotoItem *item);
/** xs_photo_item_advice: what to change when nothing but the item is known, in the reader's language. */
const char *xs_photo_item_advice (XsPhotoItemCode code);
/**
 * xs_photo_item_reason: (transfer full): why a photo was returned, for documents: the nick of the item, and "_high"
 * after it where what to change differs from when it is too low.
 */
char *xs_photo_item_reason (const XsPhotoItem *item);
/** xs_photo_reason_advice: (nullable): what to change, in the reader's language; NULL when it is no such reason. */
const char *xs_photo_reason_advice (const char *reason);

G_END_DECLS
