/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-measures.h"

#include "xs-json.h"

#include <math.h>

typedef struct {
  const char *name;
  gsize offset;
} Measure;

#define MEASURE(field_)                                                                                                \
  {                                                                                                                    \
#field_, G_STRUCT_OFFSET(XsObservation, field_)                                                                    \
  }

static const Measure measures[] = {
  MEASURE (match),
  MEASURE (yaw_deg),
  MEASURE (pitch_deg),
  MEASURE (roll_deg),
  MEASURE (brow_chin_px),
  MEASURE (face_share),
  MEASURE (frame_luminance),
  MEASURE (luminance),
  MEASURE (under_exposure),
  MEASURE (over_exposure),
  MEASURE (light_balance_ev),
  MEASURE (backlight_ev),
  MEASURE (sharpness),
  MEASURE (detail),
  MEASURE (eyes_open),
  MEASURE (mouth_covered),
  MEASURE (head_covered),
  MEASURE (eye_glare),
  MEASURE (live),
};

static char *
take_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = xs_json_node_take_object (object);

  return json_to_string (node, FALSE);
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
        json_array_add_int_element (array, isfinite (sides[side]) ? lroundf (CLAMP (sides[side], -1e6f, 1e6f)) : 0);
      json_array_add_array_element (boxes, array);
    }
  json_object_set_array_member (object, "boxes", boxes);
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    {
      float value = G_STRUCT_MEMBER (float, observation, measures[i].offset);
      if (isfinite (value))
        json_object_set_double_member (object, measures[i].name, round ((double) value * 1000) / 1000);
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
