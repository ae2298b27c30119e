/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-measures.h"

#include "xs-json.h"

#include <math.h>

static char *
take_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);

  return json_to_string (node, FALSE);
}

static int
whole_px (float px)
{
  return isfinite (px) ? (int) lroundf (CLAMP (px, -1e6f, 1e6f)) : 0;
}

static JsonArray *
points_of (const XsObservation *observation)
{
  JsonArray *array = json_array_new ();
  XsPoint points[XS_FACE_POINTS];

  for (guint i = 0; xs_observation_points (observation, points) && i < XS_FACE_POINTS; i++)
    {
      JsonArray *point = json_array_new ();
      json_array_add_int_element (point, whole_px (points[i].x_px));
      json_array_add_int_element (point, whole_px (points[i].y_px));
      json_array_add_array_element (array, point);
    }
  return array;
}

char *
xs_audit_measures_of (const XsObservation *observation)
{
  JsonObject *object = json_object_new ();
  JsonArray *boxes = json_array_new ();

  json_object_set_int_member (object, "width_px", observation->width_px);
  json_object_set_int_member (object, "height_px", observation->height_px);
  for (guint i = 0; i < observation->n_faces; i++)
    {
      const XsFaceBox *box = &observation->faces[i];
      const float sides[] = { box->x_px, box->y_px, box->width_px, box->height_px };
      JsonArray *array = json_array_new ();
      for (guint side = 0; side < G_N_ELEMENTS (sides); side++)
        json_array_add_int_element (array, whole_px (sides[side]));
      json_array_add_array_element (boxes, array);
    }
  json_object_set_array_member (object, "boxes", boxes);
  json_object_set_array_member (object, "points", points_of (observation));
  for (guint i = 0; xs_measure_name (i) != NULL; i++)
    {
      float value = xs_measure_get (observation, i);
      if (isfinite (value))
        json_object_set_double_member (object, xs_measure_name (i), round ((double) value * 1000) / 1000);
    }
  return take_text (object);
}

char *
xs_audit_measures_of_failure (const char *why)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "error", why);
  return take_text (object);
}
