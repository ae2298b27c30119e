/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "vision-test.h"
#include "xs-error.h"

static const char *const students[] = { "camera/a.ref.jpg", "camera/b.ref.jpg", "camera/c.ref.jpg" };

static void
observe (XsVision *vision, const XsFrame *frame, XsObservation *observation)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_vision_observe (vision, frame, XS_LOOK_QUICK, observation, &error));
  g_assert_no_error (error);
}

static void
assert_enrol_refused (XsVision *vision, const XsFrame *photo, XsError code)
{
  XsTemplate template;
  g_autoptr (GError) error = NULL;

  g_assert_false (xs_vision_enrol (vision, photo, &template, &error));
  g_assert_error (error, XS_ERROR, (int) code);
}

static void
test_no_face (void)
{
  XsVision *vision = test_vision ();
  g_autoptr (XsFrame) wall = test_plain_frame (640, 480, 140);
  g_autoptr (XsFrame) covered = test_plain_frame (1280, 720, 3);
  XsObservation observation;

  if (vision == NULL)
    return;
  assert_enrol_refused (vision, wall, XS_ERROR_NO_FACE);

  observe (vision, wall, &observation);
  g_assert_cmpuint (observation.n_faces, ==, 0);
  g_assert_cmpint (observation.width_px, ==, 640);
  g_assert_cmpint (observation.height_px, ==, 480);
  g_assert_false (xs_measured (observation.match));
  g_assert_false (xs_measured (observation.yaw_deg));
  g_assert_false (xs_measured (observation.sharpness));
  g_assert_cmpfloat_with_epsilon (observation.luminance, 0.262, 0.005);
  g_assert_cmpfloat_with_epsilon (observation.frame_luminance, 0.262, 0.005);

  observe (vision, covered, &observation);
  g_assert_cmpuint (observation.n_faces, ==, 0);
  g_assert_cmpfloat (observation.detail, <, 0.001);
  g_assert_cmpfloat (observation.luminance, <, 0.002);
}

static void
test_too_small (void)
{
  XsVision *vision = test_vision ();
  g_autoptr (XsFrame) dot = test_plain_frame (1, 1, 0);
  g_autoptr (XsFrame) line = test_plain_frame (4000, 2, 0);
  XsObservation observation;
  g_autoptr (GError) error = NULL;

  if (vision == NULL)
    return;
  assert_enrol_refused (vision, dot, XS_ERROR_INVALID);
  g_assert_false (xs_vision_observe (vision, line, XS_LOOK_QUICK, &observation, &error));
  g_assert_error (error, XS_ERROR, XS_ERROR_INVALID);
}

/* How bright a frame is can be told without a look at who is on it. */
static void
test_light_only (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path = test_media (students[0]);
  XsObservation quick, light;
  g_autoptr (GError) error = NULL;

  if (vision == NULL || path == NULL)
    return;
  g_autoptr (XsFrame) photo = test_photo (path);
  g_assert_true (xs_vision_observe (vision, photo, XS_LOOK_QUICK, &quick, &error));
  g_assert_cmpuint (quick.n_faces, ==, 1);
  g_assert_true (xs_vision_observe (vision, photo, XS_LOOK_LIGHT, &light, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (light.n_faces, ==, 0);
  g_assert_cmpfloat (light.frame_luminance, ==, quick.frame_luminance);
  g_assert_cmpfloat (light.detail, ==, quick.detail);
}

static void
test_registration_photos (void)
{
  XsVision *vision = test_vision ();
  XsTemplate templates[G_N_ELEMENTS (students)];

  if (vision == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (students); i++)
    {
      g_autofree char *path = test_media (students[i]);
      g_autoptr (XsFrame) photo = NULL;
      g_autoptr (GError) error = NULL;
      XsObservation observation;
      float length = 0;

      if (path == NULL)
        return;
      photo = test_photo (path);
      g_assert_true (xs_vision_enrol (vision, photo, &templates[i], &error));
      for (guint k = 0; k < XS_TEMPLATE_DIMENSIONS; k++)
        length += templates[i].values[k] * templates[i].values[k];
      g_assert_cmpfloat_with_epsilon (length, 1, 1e-4);

      for (guint k = 0; k <= i; k++)
        {
          xs_vision_set_reference (vision, &templates[k]);
          observe (vision, photo, &observation);
          g_assert_cmpuint (observation.n_faces, ==, 1);
          if (k == i)
            g_assert_cmpfloat (observation.match, >, 0.99);
          else
            g_assert_cmpfloat (observation.match, <, 0.4);
        }
      g_assert_cmpfloat (observation.inter_eye_distance_px, >, 20);
      g_assert_cmpfloat (observation.brow_chin_px, >, observation.inter_eye_distance_px);
      g_assert_cmpfloat (observation.face_share, >, 0.2);
      g_assert_cmpfloat (observation.face_share, <, 1);
      g_assert_cmpfloat (fabsf (observation.roll_deg), <, 15);
      g_assert_cmpfloat (observation.faces[0].confidence, >, 0.9);
    }
}

/* A photo cut so tightly that the face fills it. */
static void
test_tight_photo (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path = test_media (students[0]);
  g_autoptr (XsFrame) photo = NULL;
  g_autoptr (XsFrame) tight = NULL;
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GError) error = NULL;
  XsTemplate template;
  XsObservation observation;

  if (vision == NULL || path == NULL)
    return;
  photo = test_photo (path);
  observe (vision, photo, &observation);
  const XsFaceBox *box = &observation.faces[0];
  gsize offset = (gsize) MAX (0, box->y_px) * photo->stride_bytes + (gsize) MAX (0, box->x_px) * 3;
  pixels = g_bytes_new_from_bytes (photo->pixels, offset, g_bytes_get_size (photo->pixels) - offset);
  tight = xs_frame_new ((int) box->width_px, (int) box->height_px - 2, photo->stride_bytes, 0, pixels);

  g_assert_true (xs_vision_enrol (vision, tight, &template, &error));
  xs_vision_set_reference (vision, &template);
  observe (vision, photo, &observation);
  g_assert_cmpfloat (observation.match, >, 0.8);
}

typedef enum { DARK, PALE, GRAINY } Harm;

/* The photo as a poor camera gives it: underexposed, overexposed, or with a sensor's grain. */
static XsFrame *
harm_photo (const XsFrame *photo, Harm harm)
{
  gsize size = g_bytes_get_size (photo->pixels);
  g_autofree guint8 *data = g_memdup2 (xs_frame_data (photo), size);

  for (gsize i = 0; i < size; i++)
    {
      int value = data[i];
      if (harm == DARK)
        value = value * value / 255 * 2 / 3;
      else if (harm == PALE)
        value = 255 - (255 - value) * (255 - value) / 255;
      else
        value += g_test_rand_int_range (-60, 61);
      data[i] = (guint8) CLAMP (value, 0, 255);
    }
  g_autoptr (GBytes) pixels = g_bytes_new (data, size);
  return xs_frame_new (photo->width_px, photo->height_px, photo->stride_bytes, 0, pixels);
}

/* Light and grain of the camera are no part of the face. */
static void
test_poor_camera (void)
{
  static const float least[] = { [DARK] = 0.99f, [PALE] = 0.98f, [GRAINY] = 0.92f };
  XsVision *vision = test_vision ();

  for (guint i = 0; vision != NULL && i < G_N_ELEMENTS (students); i++)
    {
      g_autofree char *path = test_media (students[i]);
      g_autoptr (GError) error = NULL;
      XsTemplate template, harmed_template;

      if (path == NULL)
        return;
      g_autoptr (XsFrame) photo = test_photo_scaled (path, 3);
      g_assert_true (xs_vision_enrol (vision, photo, &template, &error));
      for (Harm harm = DARK; harm <= GRAINY; harm++)
        {
          g_autoptr (XsFrame) harmed = harm_photo (photo, harm);
          g_assert_true (xs_vision_enrol (vision, harmed, &harmed_template, &error));
          float likeness = xs_template_cosine (&template, &harmed_template);
          g_test_message ("%s, harm %d: %.3f", students[i], harm, likeness);
          g_assert_cmpfloat (likeness, >, least[harm]);
        }
    }
}

/* Somebody small in the background is no reason to refuse a photo. */
static void
test_bystander (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path_a = test_media (students[0]);
  g_autofree char *path_b = test_media (students[1]);
  g_autoptr (GError) error = NULL;
  XsTemplate alone, in_company;
  XsObservation observation;

  if (vision == NULL || path_a == NULL || path_b == NULL)
    return;
  g_autoptr (XsFrame) photo = test_photo_scaled (path_a, 2);
  g_autoptr (XsFrame) small = test_photo_scaled (path_b, 0.7);
  g_autoptr (XsFrame) both = test_side_by_side (small, photo);
  observe (vision, both, &observation);
  g_assert_cmpuint (observation.n_faces, ==, 2);
  g_assert_true (xs_vision_enrol (vision, photo, &alone, &error));
  g_assert_true (xs_vision_enrol (vision, both, &in_company, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (xs_template_cosine (&alone, &in_company), >, 0.95);

  g_autoptr (XsFrame) other = test_photo_scaled (path_b, 2);
  g_autoptr (XsFrame) two = test_side_by_side (other, photo);
  assert_enrol_refused (vision, two, XS_ERROR_NO_FACE);
}

static void
test_two_faces (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path_a = test_media (students[0]);
  g_autofree char *path_b = test_media (students[1]);
  g_autoptr (XsFrame) photo_a = NULL;
  g_autoptr (XsFrame) photo_b = NULL;
  g_autoptr (XsFrame) both = NULL;
  g_autoptr (GError) error = NULL;
  XsTemplate templates[2];
  XsObservation observation;

  if (vision == NULL || path_a == NULL || path_b == NULL)
    return;
  photo_a = test_photo (path_a);
  photo_b = test_photo (path_b);
  both = test_side_by_side (photo_a, photo_b);
  assert_enrol_refused (vision, both, XS_ERROR_NO_FACE);

  g_assert_true (xs_vision_enrol (vision, photo_a, &templates[0], &error));
  g_assert_true (xs_vision_enrol (vision, photo_b, &templates[1], &error));
  for (guint i = 0; i < 2; i++)
    {
      xs_vision_set_reference (vision, &templates[i]);
      observe (vision, both, &observation);
      g_assert_cmpuint (observation.n_faces, ==, 2);
      g_assert_cmpfloat (observation.match, >, 0.9);
      g_assert_cmpint (observation.faces[0].x_px > photo_a->width_px, ==, i == 1);
    }
}

/* Once followed, a face stays the main one though another matches better; a new reference starts afresh. */
static void
test_follows (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path_a = test_media (students[0]);
  g_autofree char *path_b = test_media (students[1]);
  g_autoptr (XsFrame) photo_a = NULL;
  g_autoptr (XsFrame) photo_b = NULL;
  g_autoptr (XsFrame) nobody = NULL;
  g_autoptr (XsFrame) alone = NULL;
  g_autoptr (XsFrame) both = NULL;
  g_autoptr (GError) error = NULL;
  XsTemplate template_b;
  XsObservation observation;

  if (vision == NULL || path_a == NULL || path_b == NULL)
    return;
  photo_a = test_photo (path_a);
  photo_b = test_photo (path_b);
  nobody = test_plain_frame (photo_b->width_px, photo_b->height_px, 90);
  alone = test_side_by_side (photo_a, nobody);
  both = test_side_by_side (photo_a, photo_b);
  g_assert_true (xs_vision_enrol (vision, photo_b, &template_b, &error));
  xs_vision_set_reference (vision, &template_b);

  alone->time_us = 0;
  observe (vision, alone, &observation);
  g_assert_cmpfloat (observation.match, <, 0.4);
  both->time_us = 200 * 1000;
  observe (vision, both, &observation);
  g_assert_cmpuint (observation.n_faces, ==, 2);
  g_assert_cmpfloat (observation.match, <, 0.4);

  both->time_us += 2 * G_USEC_PER_SEC;
  observe (vision, both, &observation);
  g_assert_cmpfloat (observation.match, >, 0.9);
  xs_vision_set_reference (vision, NULL);
  observe (vision, both, &observation);
  g_assert_cmpuint (observation.n_faces, ==, 2);
  g_assert_false (xs_measured (observation.match));
}

/* The frame's own rows may be longer than its pixels. */
static void
test_stride (void)
{
  XsVision *vision = test_vision ();
  g_autofree char *path = test_media (students[0]);
  g_autoptr (XsFrame) photo = NULL;
  g_autoptr (XsFrame) padded = NULL;
  g_autoptr (GBytes) pixels = NULL;
  XsObservation plain, strided;
  guint8 *data;

  if (vision == NULL || path == NULL)
    return;
  photo = test_photo (path);
  int stride = photo->stride_bytes + 52;
  data = g_malloc0 ((gsize) stride * photo->height_px);
  for (int y = 0; y < photo->height_px; y++)
    memcpy (data + (gsize) y * stride, xs_frame_data (photo) + (gsize) y * photo->stride_bytes,
            (gsize) photo->width_px * 3);
  pixels = g_bytes_new_take (data, (gsize) stride * photo->height_px);
  padded = xs_frame_new (photo->width_px, photo->height_px, stride, 0, pixels);

  observe (vision, photo, &plain);
  xs_vision_set_reference (vision, NULL);
  observe (vision, padded, &strided);
  g_assert_cmpmem (&plain, sizeof plain, &strided, sizeof strided);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vision/no-face", test_no_face);
  g_test_add_func ("/vision/too-small", test_too_small);
  g_test_add_func ("/vision/light-only", test_light_only);
  g_test_add_func ("/vision/registration-photos", test_registration_photos);
  g_test_add_func ("/vision/tight-photo", test_tight_photo);
  g_test_add_func ("/vision/poor-camera", test_poor_camera);
  g_test_add_func ("/vision/bystander", test_bystander);
  g_test_add_func ("/vision/two-faces", test_two_faces);
  g_test_add_func ("/vision/follows", test_follows);
  g_test_add_func ("/vision/stride", test_stride);
  return g_test_run ();
}
