/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-number.h"

G_BEGIN_DECLS

/** XsPhotoFileResult: what became of a file that was brought as somebody's registration photo. */
typedef enum {
  XS_PHOTO_FILE_TAKEN,      /* it is on the platform, and was not measured yet */
  XS_PHOTO_FILE_GOOD,       /* it is there, every measure as it should be */
  XS_PHOTO_FILE_DOUBTFUL,   /* it is there, and a coach has to look: the detail says at what */
  XS_PHOTO_FILE_RETURNED,   /* no face can be compared with it */
  XS_PHOTO_FILE_DUPLICATE,  /* of a learner of whom there was one before, in the set or on the platform */
  XS_PHOTO_FILE_NO_NUMBER,  /* its name is not that of a learner's number */
  XS_PHOTO_FILE_UNKNOWN,    /* no such learner, or another coach's */
  XS_PHOTO_FILE_NO_PICTURE, /* no JPEG */
  XS_PHOTO_FILE_TOO_LARGE,
  XS_PHOTO_FILE_FAILED, /* the detail says why */
  XS_N_PHOTO_FILE_RESULTS,
} XsPhotoFileResult;

typedef struct {
  char *name;                         /* of the file */
  char stunum[XS_UNIFIED_DIGITS + 1]; /* "": none */
  XsPhotoFileResult result;
  char *detail; /* "" for nothing */
} XsPhotoFile;

/** XsPhotoSet: files that were brought as registration photos, named by the learner's number: NUMBER.jpg. */
typedef struct {
  GArray *files;      /* XsPhotoFile */
  GHashTable *before; /* numbers that there was a file of */
  guint counts[XS_N_PHOTO_FILE_RESULTS];
} XsPhotoSet;

XsPhotoSet *xs_photo_set_new (void);
void xs_photo_set_free (XsPhotoSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsPhotoSet, xs_photo_set_free)

/**
 * xs_photo_set_add: the next file. @bytes: (nullable): NULL: it is too large
 *
 * Returns: whether it is to be given to the platform; what is wrong with it otherwise stands in the set
 */
gboolean xs_photo_set_add (XsPhotoSet *set, const char *name, GBytes *bytes);
/** xs_photo_set_settle: what became of the file @index. @detail: (nullable) */
void xs_photo_set_settle (XsPhotoSet *set, guint index, XsPhotoFileResult result, const char *detail);
/** xs_photo_file_word: (transfer none): what @result is called, in the reader's language. */
const char *xs_photo_file_word (XsPhotoFileResult result);
/** xs_photo_set_csv: (transfer full): a line for every file; UTF-8 that Excel knows. */
GBytes *xs_photo_set_csv (const XsPhotoSet *set);

G_END_DECLS
