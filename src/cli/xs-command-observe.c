/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include "xs-camera.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-observation-json.h"
#include "xs-picture.h"
#include "xs-study-session.h"

#include <math.h>

typedef struct {
  XsVision *vision;
  gboolean json;
  gboolean no_landmarks;
  gboolean run; /* the pictures are frames of one camera */
  gint64 frame_us;
} Options;

/* What could not be measured, as a match without a registration photo, is a dash. */
static void
print_measure (const char *name, float value, int decimals, const char *unit)
{
  if (isnan (value))
    g_print ("%s –", name);
  else
    /* No zero has a sign. */
    g_print ("%s %.*f%s", name, decimals, fabsf (value) < 0.5f && decimals == 0 ? 0.0 : (double) value, unit);
}

static void
print_observation (const Options *options, const char *path, const XsObservation *seen)
{
  g_autofree char *file = g_filename_display_name (path);

  if (!options->json)
    {
      g_print ("%s\t%.2f s\tfaces %u", file, (double) seen->time_us / G_USEC_PER_SEC, seen->n_faces);
      print_measure ("\tmatch", seen->match, 2, "");
      print_measure ("\tyaw", seen->yaw_deg, 0, "°");
      print_measure (" pitch", seen->pitch_deg, 0, "°");
      print_measure (" roll", seen->roll_deg, 0, "°");
      print_measure ("\tluminance", seen->luminance, 2, "");
      print_measure ("\tsharpness", seen->sharpness, 2, "");
      print_measure ("\tlive", seen->live, 2, "");
      g_print ("\n");
      return;
    }
  JsonObject *object = xs_observation_to_json (seen, !options->no_landmarks);
  json_object_set_string_member (object, "file", file);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  g_autofree char *line = json_to_string (node, FALSE);
  g_print ("%s\n", line);
}

static void
print_error (const Options *options, const char *path, const GError *error)
{
  g_autofree char *file = g_filename_display_name (path);

  if (!options->json)
    {
      g_printerr ("xueshi observe: %s: %s\n", file, error->message);
      return;
    }
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "file", file);
  json_object_set_string_member (object, "error", error->message);
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);
  g_autofree char *line = json_to_string (node, FALSE);
  g_print ("%s\n", line);
}

static gboolean
observe_recording (Options *options, const char *file, XsRecording *recording, GError **error)
{
  for (;;)
    {
      g_autoptr (XsFrame) frame = NULL;
      XsObservation seen;

      if (!xs_recording_next (recording, &frame, error))
        return FALSE;
      if (frame == NULL)
        return TRUE;
      if (!xs_vision_observe (options->vision, frame, XS_LOOK_QUICK, &seen, error))
        return FALSE;
      print_observation (options, file, &seen);
    }
}

static gboolean
observe_picture (Options *options, const char *file, XsFrame *picture, GError **error)
{
  XsObservation seen;

  if (!options->run)
    {
      if (!xs_vision_observe_picture (options->vision, picture, &seen, error))
        return FALSE;
    }
  else
    {
      g_autoptr (XsFrame) frame =
        xs_frame_new (picture->width_px, picture->height_px, picture->stride_bytes, options->frame_us, picture->pixels);
      options->frame_us += G_USEC_PER_SEC / XS_ANALYSIS_FPS;
      if (!xs_vision_observe (options->vision, frame, XS_LOOK_THOROUGH, &seen, error))
        return FALSE;
    }
  print_observation (options, file, &seen);
  return TRUE;
}

/* A damaged picture must not pass for a recording of one frame. */
static gboolean
is_named_like_a_picture (const char *file)
{
  g_autofree char *lower = g_ascii_strdown (file, -1);

  return g_str_has_suffix (lower, ".jpg") || g_str_has_suffix (lower, ".jpeg") || g_str_has_suffix (lower, ".png");
}

/* A picture or, if it is none, a recording. */
static gboolean
observe (Options *options, const XsTemplate *reference, const char *file, GError **error)
{
  g_autoptr (GError) no_picture = NULL, no_recording = NULL;
  g_autoptr (XsFrame) picture = xs_picture_load (file, &no_picture);

  if (picture != NULL)
    return observe_picture (options, file, picture, error);
  if (is_named_like_a_picture (file))
    {
      g_propagate_error (error, g_steal_pointer (&no_picture));
      return FALSE;
    }
  g_autoptr (XsRecording) recording = xs_recording_open (file, XS_ANALYSIS_FPS, &no_recording);
  if (recording == NULL)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "neither a picture (%s) nor a recording (%s)",
                   no_picture->message, no_recording->message);
      return FALSE;
    }
  /* Nothing of the file before is carried along. */
  xs_vision_set_reference (options->vision, reference);
  return observe_recording (options, file, recording, error);
}

gboolean
xs_command_observe (int argc, char **argv, GError **error)
{
  g_autofree char *photo = NULL;
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "photo", 0, 0, G_OPTION_ARG_FILENAME, &photo, "Registration photo to match with", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "One JSON object a line, with every field", NULL },
    { "no-landmarks", 0, 0, G_OPTION_ARG_NONE, &options.no_landmarks, "Without the landmarks: much shorter", NULL },
    { "run", 0, 0, G_OPTION_ARG_NONE, &options.run, "The pictures are consecutive frames of one camera", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE…");
  XsTemplate reference;
  guint n_failed = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
                                "Tells what vision sees in pictures, and in each analysed frame of recordings.\n"
                                "A file that cannot be read gives a line with “error”, and exit status 1.");
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc < 2)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Name at least one file; see --help");
      return FALSE;
    }
  g_autoptr (XsVision) vision = options.vision = xs_vision_new (NULL, error);
  if (vision == NULL)
    return FALSE;
  if (photo != NULL)
    {
      g_autoptr (XsFrame) picture = xs_picture_load (photo, error);
      if (picture == NULL || !xs_vision_enrol (vision, picture, &reference, error))
        {
          g_prefix_error (error, "%s: ", photo);
          return FALSE;
        }
    }
  xs_vision_set_reference (vision, photo != NULL ? &reference : NULL);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) failure = NULL;
      if (observe (&options, photo != NULL ? &reference : NULL, argv[i], &failure))
        continue;
      print_error (&options, argv[i], failure);
      n_failed++;
    }
  if (n_failed == 0)
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "%u of %d files could not be looked at", n_failed, argc - 1);
  return FALSE;
}
