/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-taken-photos.h"

#include <math.h>

#include "xs-picture.h"

#define MINUTE (60 * (gint64) G_USEC_PER_SEC)

/* Left half dark, right half bright. */
static XsFrame *
make_frame (int width_px, int height_px, guint8 bright)
{
  int stride_bytes = 3 * width_px + 5;
  guint8 *pixels = g_malloc0 ((gsize) stride_bytes * (gsize) height_px);

  for (int y = 0; y < height_px; y++)
    for (int i = 3 * (width_px / 2); i < 3 * width_px; i++)
      pixels[y * stride_bytes + i] = bright;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) stride_bytes * (gsize) height_px);
  return xs_frame_new (width_px, height_px, stride_bytes, 0, bytes);
}

static void
add_matching (XsTakenPhotos *photos, gint64 wall_us, guint8 bright, double match)
{
  g_autoptr (XsFrame) frame = make_frame (1280, 720, bright);
  XsPhotoRecord record = { .event = XS_PHOTO_TIMED, .wall_us = wall_us, .match = match };

  xs_taken_photos_add (photos, frame, &record);
}

static void
add (XsTakenPhotos *photos, gint64 wall_us, guint8 bright)
{
  add_matching (photos, wall_us, bright, 0.8);
}

static XsFrame *
decode (GBytes *jpeg)
{
  g_autoptr (GError) error = NULL;
  XsFrame *picture = xs_picture_decode (jpeg, &error);

  g_assert_no_error (error);
  return picture;
}

static guint8
brightness (GBytes *jpeg)
{
  g_autoptr (XsFrame) picture = decode (jpeg);

  return xs_frame_data (picture)[3 * (picture->width_px - 1)];
}

/* JPEG changes a level by some. */
static void
assert_near (guint8 value, int expected)
{
  g_assert_cmpint (ABS (value - expected), <=, 4);
}

static void
test_small (void)
{
  g_autoptr (XsTakenPhotos) photos = xs_taken_photos_new ();
  g_autoptr (XsFrame) tiny = make_frame (64, 36, 200);

  XsPhotoRecord record = { .event = XS_PHOTO_SIGN_IN, .wall_us = 1 };

  add (photos, 0, 200);
  xs_taken_photos_add (photos, tiny, &record);
  const XsTakenPhoto *photo = &g_array_index (xs_taken_photos_get_all (photos), XsTakenPhoto, 0);
  g_autoptr (XsFrame) picture = decode (photo->jpeg);
  g_assert_cmpint (picture->width_px, ==, XS_THUMBNAIL_WIDTH_PX);
  g_assert_cmpint (picture->height_px, ==, XS_THUMBNAIL_WIDTH_PX * 9 / 16);
  assert_near (xs_frame_data (picture)[0], 0);
  assert_near (brightness (photo->jpeg), 200);
  /* What is small stays as it is. */
  photo = &g_array_index (xs_taken_photos_get_all (photos), XsTakenPhoto, 1);
  g_autoptr (XsFrame) unscaled = decode (photo->jpeg);
  g_assert_cmpint (unscaled->width_px, ==, 64);
  g_assert_cmpint (photo->event, ==, XS_PHOTO_SIGN_IN);
}

static void
test_newest_are_kept (void)
{
  g_autoptr (XsTakenPhotos) photos = xs_taken_photos_new ();

  for (guint i = 0; i < XS_TAKEN_PHOTOS_MAX + 3; i++)
    add (photos, i, 1);
  const GArray *all = xs_taken_photos_get_all (photos);
  g_assert_cmpuint (all->len, ==, XS_TAKEN_PHOTOS_MAX);
  g_assert_cmpint (g_array_index (all, XsTakenPhoto, 0).wall_us, ==, 3);
  g_assert_cmpint (g_array_index (all, XsTakenPhoto, all->len - 1).wall_us, ==, XS_TAKEN_PHOTOS_MAX + 2);
}

static void
test_slots (void)
{
  g_autoptr (XsTakenPhotos) photos = xs_taken_photos_new ();
  const XsSlot slots[] = {
    { 0, 15 * MINUTE, XS_SLOT_GOOD },
    { 15 * MINUTE, 30 * MINUTE, XS_SLOT_MISSING },
    { 30 * MINUTE, 45 * MINUTE, XS_SLOT_BAD },
    { 45 * MINUTE, 45 * MINUTE + 1, XS_SLOT_EXEMPT },
    { 45 * MINUTE + 1, 60 * MINUTE, XS_SLOT_OPEN },
  };
  const XsPhotoSlotState expected[] = { XS_PHOTO_SLOT_GOOD, XS_PHOTO_SLOT_MISSING, XS_PHOTO_SLOT_POOR,
                                        XS_PHOTO_SLOT_DUE };
  g_autoptr (GArray) audited = g_array_new (FALSE, FALSE, sizeof (XsSlot));
  g_autoptr (GArray) shown = g_array_new (FALSE, FALSE, sizeof (XsPhotoSlot));

  g_array_append_vals (audited, slots, G_N_ELEMENTS (slots));
  add (photos, 0, 10);
  add (photos, 14 * MINUTE, 20);
  /* An empty chair behind it is not what made the slot good. */
  add_matching (photos, 14 * MINUTE + 1, 125, NAN);
  add_matching (photos, 14 * MINUTE + 2, 150, 0.1);
  add (photos, 30 * MINUTE, 30);
  xs_taken_photos_match (photos, audited, shown);
  g_assert_cmpuint (shown->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < shown->len; i++)
    g_assert_cmpint (g_array_index (shown, XsPhotoSlot, i).state, ==, expected[i]);
  /* Of the best the newest; what lies on a slot's end belongs to the next. */
  assert_near (brightness (g_array_index (shown, XsPhotoSlot, 0).jpeg), 20);
  g_assert_null (g_array_index (shown, XsPhotoSlot, 1).jpeg);
  assert_near (brightness (g_array_index (shown, XsPhotoSlot, 2).jpeg), 30);
  g_assert_null (g_array_index (shown, XsPhotoSlot, 3).jpeg);

  /* Of a slot that lasts, a photo that is not good enough is tried again; the last slot holds its end. */
  add (photos, 60 * MINUTE, 40);
  g_array_set_size (shown, 0);
  xs_taken_photos_match (photos, audited, shown);
  g_assert_cmpint (g_array_index (shown, XsPhotoSlot, 3).state, ==, XS_PHOTO_SLOT_POOR);
  assert_near (brightness (g_array_index (shown, XsPhotoSlot, 3).jpeg), 40);

  /* Without pictures the slots are told all the same. */
  g_array_set_size (shown, 0);
  xs_taken_photos_match (NULL, audited, shown);
  g_assert_cmpuint (shown->len, ==, G_N_ELEMENTS (expected));
  g_assert_null (g_array_index (shown, XsPhotoSlot, 0).jpeg);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/study/taken-photos/small", test_small);
  g_test_add_func ("/study/taken-photos/newest-are-kept", test_newest_are_kept);
  g_test_add_func ("/study/taken-photos/slots", test_slots);
  return g_test_run ();
}
