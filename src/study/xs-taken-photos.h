/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-audit.h"
#include "xs-frame.h"

G_BEGIN_DECLS

/** Wide enough to recognise oneself, and too small to be anybody's evidence. */
#define XS_THUMBNAIL_WIDTH_PX 192
#define XS_TAKEN_PHOTOS_MAX 40

/** XsTakenPhoto: one photo of the session, small. */
typedef struct {
  GBytes *jpeg; /* (nullable) */
  XsPhotoEvent event;
  gint64 wall_us;
  double match; /* see XsPhotoRecord */
} XsTakenPhoto;

/**
 * XsTakenPhotos: small copies of the newest XS_TAKEN_PHOTOS_MAX photos of a session, so that a student sees what was
 * taken. In memory only, nothing writes them anywhere; they are gone when this is freed. Main thread.
 */
typedef struct _XsTakenPhotos XsTakenPhotos;

XsTakenPhotos *xs_taken_photos_new (void);
void xs_taken_photos_free (XsTakenPhotos *photos);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsTakenPhotos, xs_taken_photos_free)
/** xs_taken_photos_add: a photo was taken of @frame, which is copied small: some ms for 1280x720. */
void xs_taken_photos_add (XsTakenPhotos *photos, const XsFrame *frame, const XsPhotoRecord *record);
/** xs_taken_photos_get_all: (transfer none) (element-type XsTakenPhoto): in the order they were taken. */
const GArray *xs_taken_photos_get_all (const XsTakenPhotos *photos);

/** XsPhotoSlotState: how the learner stands with one slot of the rules. */
typedef enum {
  XS_PHOTO_SLOT_GOOD,
  XS_PHOTO_SLOT_POOR,    /* taken, but none passes; while the slot lasts a better one is tried for */
  XS_PHOTO_SLOT_DUE,     /* the slot lasts, and its photo is still to come */
  XS_PHOTO_SLOT_MISSING, /* it is over without one */
} XsPhotoSlotState;

/** XsPhotoSlot: one slot of the rules, see XsSlot, and the photo for it. */
typedef struct {
  gint64 start_wall_us, end_wall_us;
  XsPhotoSlotState state;
  GBytes *jpeg; /* (nullable): of all taken in it the one most like the learner, owned by the XsTakenPhotos */
} XsPhotoSlot;

/**
 * xs_taken_photos_match: append to @to what @slots, of an audit, look like with these photos. Slots that need none
 * appear only when one was taken in them.
 * @photos: (nullable)
 * @slots: (element-type XsSlot)
 * @to: (element-type XsPhotoSlot)
 */
void xs_taken_photos_match (const XsTakenPhotos *photos, const GArray *slots, GArray *to);

G_END_DECLS
