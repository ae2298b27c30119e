/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * XsPhotoRules: every number by which a registration photo (登记照) is judged. Plain struct, copied by value, needs no
 * freeing. docs/policy.md lists each field with its source.
 */
typedef struct {
  char id[64];
  double version;
  int valid_from_day; /* YYYYMMDD, GMT+8 */
  double photo_width_mm, photo_height_mm;
  double shape_tolerance; /* share by which width / height may be off */
  double upload_width_px, upload_height_px;
  double upload_min_bytes, upload_max_bytes;
  double head_width_min_mm, head_width_max_mm;   /* with hair and ears */
  double head_length_min_mm, head_length_max_mm; /* from the top of the hair to the chin */
  double crown_margin_min_mm, crown_margin_max_mm;
  double centre_offset_max_mm;
  double yaw_max_deg, pitch_max_deg, roll_max_deg;
  double ground_lightness_min;              /* L*, 0 … 100 */
  double ground_chroma_max;                 /* CIE a*b* */
  double ground_spread_max;                 /* L* */
  double ground_shadow_max;                 /* L* */
  double head_covering_max;                 /* 0 … 1 */
  double ears_min, brows_min;               /* visible share, 0 … 1 */
  double eyes_closed_max;                   /* 0 … 1 */
  double glare_max;                         /* share of the eye region */
  double skin_texture_min;                  /* probability that it is untouched */
  double sharpness_min;                     /* re-blur ratio */
  double luminance_min, luminance_max;      /* linear, 0 … 1 */
  double underexposed_max, overexposed_max; /* share of the face */
  double side_light_max_ev;
  double colour_min;    /* chroma of the face, CIE a*b* */
  double skin_cast_max; /* how far from colours of skin, CIE a*b* */
  double eye_distance_min_px;
} XsPhotoRules;

#define XS_PHOTO_RULES_MAX_BYTES (64 * 1024)

/**
 * xs_photo_rules_parse: read a rules document; see docs/policy.md and data/policy/registration-photo.json. Every field
 * is required, none other may be there, and each has its range. @rules is written only on success.
 * @data: UTF-8 JSON, @size bytes up to XS_PHOTO_RULES_MAX_BYTES
 * @error: XS_ERROR_INVALID naming the field
 */
gboolean xs_photo_rules_parse (XsPhotoRules *rules, const char *data, gsize size, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_photo_rules_default: compiled in from data/policy/registration-photo.json. */
void xs_photo_rules_default (XsPhotoRules *rules);

G_END_DECLS
