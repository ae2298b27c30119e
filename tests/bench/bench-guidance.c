/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-guidance: which instruction the student is shown when a good picture is spoilt in a known way. Lines on stdin:
 *   PICTURE<tab>REFERENCE<tab>OTHER    of one person, another picture of the same, one of somebody else
 *   PICTURE                            nobody is on it
 * One CSV line for each picture and way of spoiling it. A picture that is complained of as it is, is not spoilt.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench-picture.h"
#include "xs-guidance.h"
#include "xs-vision.h"

#define FRAME_US (100 * 1000)
#define N_FRAMES 20
/* Each differs from the next by noise only. */
#define N_NOISES 4
#define WIDTH_PX 1280
#define HEIGHT_PX 720
#define BROW_CHIN_PX 200.0
/* Corners of the arc over the head that a hat ends in. */
#define N_CROWN 13

/* A picture and where its face is. */
typedef struct {
  BenchPicture *picture;
  XsObservation seen;
} Portrait;

typedef struct {
  XsVision *vision;
  XsPolicy policy;
  GRand *rand;
  Portrait portrait, other;
  gboolean mirrored; /* which of two ways to spoil it */
} Bench;

static void
portrait_clear (Portrait *portrait)
{
  g_clear_pointer (&portrait->picture, bench_picture_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Portrait, portrait_clear)

static void
look_at (Bench *bench, BenchPicture *picture, Portrait *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsFrame) frame = bench_picture_to_frame (picture, 0, bench->rand);

  out->picture = picture;
  if (!xs_vision_observe_picture (bench->vision, frame, &out->seen, &error))
    g_error ("%s", error->message);
}

/* Onto some columns of the frame: its middle at (@x, @y), from brow to chin @brow_chin_px. */
static void
lay (const Portrait *portrait, double brow_chin_px, double roll_deg, double x, double y, BenchPicture *onto,
     int left_px, int right_px)
{
  const XsFaceBox *face = &portrait->seen.faces[0];
  double scale = brow_chin_px / (double) portrait->seen.brow_chin_px;
  BenchMap map = bench_map_scale (scale, roll_deg, (double) (face->x_px + face->width_px / 2),
                                  (double) (face->y_px + face->height_px / 2), x, y);
  g_autoptr (BenchPicture) soft = bench_picture_copy (portrait->picture);

  /* Made smaller, a picture must not flicker. */
  if (scale < 0.7)
    bench_picture_blur (soft, 0.4 / scale);
  bench_picture_lay (soft, &map, TRUE, onto, left_px, right_px);
}

static BenchPicture *
place (const Portrait *portrait, double brow_chin_px, double roll_deg, double x)
{
  BenchPicture *canvas = bench_picture_new (WIDTH_PX, HEIGHT_PX);

  lay (portrait, brow_chin_px, roll_deg, x, HEIGHT_PX / 2.0, canvas, 0, WIDTH_PX);
  return canvas;
}

/* Light changes linear values; 2.2 is near enough to sRGB. */
static void
expose (guint8 *pixel, double gain)
{
  double grey = pow (gain, 1 / 2.2);

  for (int i = 0; i < 3; i++)
    pixel[i] = (guint8) MIN (255, pixel[i] * grey + 0.5);
}

static void
paint (BenchPicture *picture, int x, int y, const guint8 colour[3])
{
  if (x >= 0 && y >= 0 && x < picture->width_px && y < picture->height_px)
    memcpy (bench_picture_get (picture, x, y), colour, 3);
}

/* Even-odd; good for outlines that do not cross themselves. */
static void
paint_polygon (BenchPicture *picture, const XsPoint *points, guint n_points, const guint8 colour[3])
{
  for (int y = 0; y < picture->height_px; y++)
    for (int x = 0; x < picture->width_px; x++)
      {
        gboolean inside = FALSE;
        for (guint i = 0, j = n_points - 1; i < n_points; j = i++)
          {
            const XsPoint a = points[i], b = points[j];
            if ((a.y_px > y) != (b.y_px > y)
                && (float) x < (b.x_px - a.x_px) * ((float) y - a.y_px) / (b.y_px - a.y_px) + a.x_px)
              inside = !inside;
          }
        if (inside)
          paint (picture, x, y, colour);
      }
}

/* Lets a little through. */
static void
paint_ellipse (BenchPicture *picture, double x, double y, double half_width, double half_height, const guint8 colour[3])
{
  for (int i = (int) (x - half_width); i <= x + half_width; i++)
    for (int j = (int) (y - half_height); j <= y + half_height; j++)
      if (pow ((i - x) / half_width, 2) + pow ((j - y) / half_height, 2) <= 1)
        {
          guint8 blend[3];
          for (int k = 0; k < 3; k++)
            blend[k] = (guint8) (0.15 * bench_picture_get (picture, i, j)[k] + 0.85 * colour[k]);
          paint (picture, i, j, blend);
        }
}

static void
make_dark (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  double gain = bench->policy.luminance_min / 2.5 / (double) seen->luminance;

  for (gsize i = 0; i < (gsize) WIDTH_PX * HEIGHT_PX; i++)
    expose (picture->pixels + 3 * i, gain);
}

/* Half of the face in the shade, three stops darker, with a soft border. */
static void
make_side_light (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  for (int y = 0; y < HEIGHT_PX; y++)
    for (int x = 0; x < WIDTH_PX; x++)
      {
        double across = CLAMP ((x - WIDTH_PX / 2.0) / (double) seen->inter_eye_distance_px, -0.5, 0.5);
        expose (bench_picture_get (picture, x, y), exp2 (-3 * (bench->mirrored ? 0.5 - across : 0.5 + across)));
      }
}

/* A window behind head and shoulders. */
static void
make_light_behind (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  const XsFaceBox *face = &seen->faces[0];
  double x0 = (double) face->x_px + (double) face->width_px / 2, y0 = (double) face->y_px + face->height_px * 0.45;
  double half_width = (double) face->width_px * 0.65, half_height = (double) face->height_px * 0.75;
  double gain = bench->policy.luminance_min * 0.9 / (double) seen->luminance;

  for (int y = 0; y < HEIGHT_PX; y++)
    for (int x = 0; x < WIDTH_PX; x++)
      {
        guint8 *pixel = bench_picture_get (picture, x, y);
        gboolean person = pow ((x - x0) / half_width, 2) + pow ((y - y0) / half_height, 2) <= 1
                          || (y > y0 + half_height * 0.7 && fabs (x - x0) < half_width * 1.8);
        if (person)
          expose (pixel, gain);
        else
          for (int i = 0; i < 3; i++)
            pixel[i] = (guint8) (255 - (255 - pixel[i]) * 0.12);
      }
}

static void
make_blurred (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  bench_picture_blur (picture, 0.08 * (double) seen->inter_eye_distance_px);
}

static void
make_covered (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  /* A finger on the lens: a red glow, a little brighter on one side. */
  for (int y = 0; y < HEIGHT_PX; y++)
    for (int x = 0; x < WIDTH_PX; x++)
      {
        const guint8 glow[3] = { (guint8) (24 + 12 * x / WIDTH_PX), 8, 6 };
        paint (picture, x, y, glow);
      }
}

/* From the bridge of the nose along the cheeks and the jaw. */
static void
make_mask (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  static const int outline[] = { 197, 120, 116, 234, 93,  132, 58,  172, 136, 150, 149, 176, 148,
                                 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 345, 349 };
  static const guint8 colours[2][3] = { { 150, 190, 215 }, { 30, 30, 34 } };
  XsPoint points[G_N_ELEMENTS (outline)];

  for (guint i = 0; i < G_N_ELEMENTS (outline); i++)
    points[i] = seen->landmarks[outline[i]];
  paint_polygon (picture, points, G_N_ELEMENTS (outline), colours[bench->mirrored]);
}

/* From above the brows over the top of the head. */
static void
make_hat (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  static const int rim[] = { 127, 71, 68, 104, 69, 108, 151, 337, 299, 333, 298, 301, 356 };
  static const guint8 colours[2][3] = { { 40, 44, 110 }, { 170, 30, 36 } };
  XsPoint points[G_N_ELEMENTS (rim) + N_CROWN];
  const XsFaceBox *face = &seen->faces[0];

  for (guint i = 0; i < G_N_ELEMENTS (rim); i++)
    points[i] = seen->landmarks[rim[i]];
  for (guint i = 0; i < N_CROWN; i++)
    {
      double angle = G_PI * i / (N_CROWN - 1);
      points[G_N_ELEMENTS (rim) + i] =
        (XsPoint){ face->x_px + face->width_px / 2 + face->width_px * 0.62f * (float) cos (angle),
                   points[0].y_px - face->height_px * 0.75f * (float) sin (angle) };
    }
  paint_polygon (picture, points, G_N_ELEMENTS (points), colours[bench->mirrored]);
}

/* A lamp on each lens of glasses. */
static void
make_glare (Bench *bench, BenchPicture *picture, const XsObservation *seen)
{
  static const int corners[2][2] = { { 33, 133 }, { 362, 263 } };
  static const guint8 white[3] = { 252, 254, 255 };

  for (int eye = 0; eye < 2; eye++)
    {
      const XsPoint a = seen->landmarks[corners[eye][0]], b = seen->landmarks[corners[eye][1]];
      double width = hypot ((double) (a.x_px - b.x_px), (double) (a.y_px - b.y_px));
      paint_ellipse (picture, (double) (a.x_px + b.x_px) / 2, (double) (a.y_px + b.y_px) / 2, width * 0.75, width * 0.5,
                     white);
    }
}

static const struct {
  XsGuidanceCode code;
  void (*make) (Bench *bench, BenchPicture *picture, const XsObservation *seen);
} spoilings[] = {
  { XS_GUIDANCE_TOO_DARK, make_dark },          { XS_GUIDANCE_SIDE_LIGHT, make_side_light },
  { XS_GUIDANCE_BACKLIGHT, make_light_behind }, { XS_GUIDANCE_HOLD_STILL, make_blurred },
  { XS_GUIDANCE_UNCOVER_CAMERA, make_covered }, { XS_GUIDANCE_UNCOVER_FACE, make_mask },
  { XS_GUIDANCE_TAKE_OFF_HAT, make_hat },       { XS_GUIDANCE_GLASSES_REFLECT, make_glare },
};

/* Shows @picture for two seconds; returns and prints what the student is told then. */
static XsGuidanceCode
show (Bench *bench, const char *name, XsGuidanceCode made, const BenchPicture *picture, const XsTemplate *reference)
{
  g_autoptr (XsGuidance) guidance = xs_guidance_new (&bench->policy);
  g_autoptr (GPtrArray) noises = g_ptr_array_new_with_free_func ((GDestroyNotify) xs_frame_unref);
  XsGuidanceCode shown = XS_GUIDANCE_NONE;
  gint64 right_us = -1;

  for (int i = 0; i < N_NOISES; i++)
    g_ptr_array_add (noises, bench_picture_to_frame (picture, 0, bench->rand));
  xs_vision_set_reference (bench->vision, reference);
  for (int i = 0; i < N_FRAMES; i++)
    {
      g_autoptr (GError) error = NULL;
      const XsFrame *noise = noises->pdata[i % N_NOISES];
      g_autoptr (XsFrame) frame =
        xs_frame_new (noise->width_px, noise->height_px, noise->stride_bytes, (i + 1) * FRAME_US, noise->pixels);
      XsObservation seen;
      if (!xs_vision_observe (bench->vision, frame, XS_LOOK_QUICK, &seen, &error))
        g_error ("%s", error->message);
      shown = xs_guidance_feed (guidance, &seen);
      if (shown == made && right_us < 0)
        right_us = frame->time_us;
    }
  g_print ("%s,%s,%s,", name, xs_guidance_nick (made), xs_guidance_nick (shown));
  if (right_us >= 0)
    g_print ("%.1f", (double) right_us / G_USEC_PER_SEC);
  g_print ("\n");
  return shown;
}

static void
show_placed (Bench *bench, const char *name, const XsTemplate *reference)
{
  const Portrait *portrait = &bench->portrait;
  const int side = bench->mirrored ? -1 : 1;
  /* The box of a face is higher than brow to chin. */
  double fills = HEIGHT_PX * (double) portrait->seen.brow_chin_px / (double) portrait->seen.faces[0].height_px;
  g_autoptr (BenchPicture) far = place (portrait, bench->policy.brow_chin_min_px * 0.6, 0, WIDTH_PX / 2.0);
  g_autoptr (BenchPicture) near = place (portrait, fills * 0.98, 0, WIDTH_PX / 2.0);
  g_autoptr (BenchPicture) aside = place (portrait, BROW_CHIN_PX * 0.8, 0, WIDTH_PX * (0.5 + side * 0.37));
  g_autoptr (BenchPicture) tilted = place (portrait, BROW_CHIN_PX, side * 25, WIDTH_PX / 2.0);
  g_autoptr (BenchPicture) two = bench_picture_new (WIDTH_PX, HEIGHT_PX);
  g_autoptr (BenchPicture) other = place (&bench->other, BROW_CHIN_PX, 0, WIDTH_PX / 2.0);

  lay (portrait, BROW_CHIN_PX * 0.8, 0, WIDTH_PX * 0.3, HEIGHT_PX / 2.0, two, 0, WIDTH_PX / 2);
  lay (&bench->other, BROW_CHIN_PX * 0.8, 0, WIDTH_PX * 0.7, HEIGHT_PX / 2.0, two, WIDTH_PX / 2, WIDTH_PX);
  show (bench, name, XS_GUIDANCE_COME_CLOSER, far, reference);
  show (bench, name, XS_GUIDANCE_MOVE_BACK, near, reference);
  show (bench, name, XS_GUIDANCE_TO_THE_MIDDLE, aside, reference);
  show (bench, name, XS_GUIDANCE_STRAIGHTEN_HEAD, tilted, reference);
  show (bench, name, XS_GUIDANCE_SEVERAL_FACES, two, reference);
  show (bench, name, XS_GUIDANCE_OTHER_PERSON, other, reference);
}

static void
show_person (Bench *bench, const char *name, const char *reference_name, const char *other_name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BenchPicture) photo = bench_picture_load (reference_name);
  g_autoptr (XsFrame) photo_frame = bench_picture_to_frame (photo, 0, bench->rand);
  g_auto (Portrait) placed = { 0 };
  XsTemplate reference;

  look_at (bench, bench_picture_load (name), &bench->portrait);
  look_at (bench, bench_picture_load (other_name), &bench->other);
  if (bench->portrait.seen.n_faces == 0 || bench->other.seen.n_faces == 0
      || !xs_vision_enrol (bench->vision, photo_frame, &reference, &error))
    {
      g_printerr ("%s: left out: %s\n", name, error != NULL ? error->message : "no face");
      return;
    }
  look_at (bench, place (&bench->portrait, BROW_CHIN_PX, 0, WIDTH_PX / 2.0), &placed);
  if (show (bench, name, XS_GUIDANCE_NONE, placed.picture, &reference) != XS_GUIDANCE_NONE)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (spoilings); i++)
    {
      g_autoptr (BenchPicture) spoilt = bench_picture_copy (placed.picture);
      spoilings[i].make (bench, spoilt, &placed.seen);
      show (bench, name, spoilings[i].code, spoilt, &reference);
    }
  show_placed (bench, name, &reference);
}

static void
show_nobody (Bench *bench, const char *name)
{
  g_autoptr (BenchPicture) object = bench_picture_load (name);
  g_autoptr (BenchPicture) canvas = bench_picture_new (WIDTH_PX, HEIGHT_PX);
  double scale = (double) HEIGHT_PX / object->height_px;
  BenchMap map =
    bench_map_scale (scale, 0, object->width_px / 2.0, object->height_px / 2.0, WIDTH_PX / 2.0, HEIGHT_PX / 2.0);

  bench_picture_lay (object, &map, TRUE, canvas, 0, WIDTH_PX);
  show (bench, name, XS_GUIDANCE_NO_FACE, canvas, NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  Bench bench = { 0 };
  char line[4096];

  bench.vision = xs_vision_new (NULL, &error);
  if (bench.vision == NULL)
    {
      g_printerr ("bench-guidance: %s\n", error->message);
      return EXIT_FAILURE;
    }
  xs_policy_default (&bench.policy);
  /* What is shown here is a still picture. */
  bench.policy.liveness = FALSE;
  bench.rand = g_rand_new_with_seed (1);
  g_print ("picture,made,shown,right_after_s\n");
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) names = g_strsplit (g_strchomp (line), "\t", 3);
      if (g_strv_length (names) == 3)
        show_person (&bench, names[0], names[1], names[2]);
      else if (g_strv_length (names) == 1)
        show_nobody (&bench, names[0]);
      portrait_clear (&bench.portrait);
      portrait_clear (&bench.other);
      bench.mirrored = !bench.mirrored;
    }
  g_rand_free (bench.rand);
  xs_vision_free (bench.vision);
  return EXIT_SUCCESS;
}
