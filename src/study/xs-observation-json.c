/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-observation-json.h"

#include <math.h>

static double
rounded (double value, double places)
{
  return round (value * places) / places;
}

void
xs_json_set_measure (JsonObject *object, const char *name, float value)
{
  if (xs_measured (value))
    json_object_set_double_member (object, name, rounded ((double) value, 1e4));
  else
    json_object_set_null_member (object, name);
}

static JsonArray *
boxes_to_json (const XsObservation *observation)
{
  JsonArray *boxes = json_array_new ();

  for (guint i = 0; i < observation->n_faces; i++)
    {
      const XsFaceBox *face = &observation->faces[i];
      JsonObject *box = json_object_new ();
      xs_json_set_measure (box, "x_px", face->x_px);
      xs_json_set_measure (box, "y_px", face->y_px);
      xs_json_set_measure (box, "width_px", face->width_px);
      xs_json_set_measure (box, "height_px", face->height_px);
      xs_json_set_measure (box, "confidence", face->confidence);
      json_array_add_object_element (boxes, box);
    }
  return boxes;
}

static JsonArray *
landmarks_to_json (const XsObservation *observation)
{
  JsonArray *landmarks = json_array_new ();

  for (guint i = 0; observation->n_faces > 0 && i < XS_N_LANDMARKS; i++)
    {
      JsonArray *point = json_array_new ();
      json_array_add_double_element (point, rounded ((double) observation->landmarks[i].x_px, 10));
      json_array_add_double_element (point, rounded ((double) observation->landmarks[i].y_px, 10));
      json_array_add_array_element (landmarks, point);
    }
  return landmarks;
}

JsonObject *
xs_observation_to_json (const XsObservation *observation, gboolean landmarks)
{
  JsonObject *object = json_object_new ();

  json_object_set_double_member (object, "t_s", rounded ((double) observation->time_us / G_USEC_PER_SEC, 1e3));
  json_object_set_boolean_member (object, "thorough", observation->thorough);
  json_object_set_int_member (object, "faces", observation->n_faces);
  json_object_set_array_member (object, "boxes", boxes_to_json (observation));
  for (guint i = 0; xs_measure_name (i) != NULL; i++)
    xs_json_set_measure (object, xs_measure_name (i), xs_measure_get (observation, i));
  if (observation->picture_hash[0] != '\0')
    json_object_set_string_member (object, "picture_hash", observation->picture_hash);
  else
    json_object_set_null_member (object, "picture_hash");
  if (landmarks)
    json_object_set_array_member (object, "landmarks", landmarks_to_json (observation));
  return object;
}
