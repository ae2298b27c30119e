/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-wire-device.h"

#include "xs-error.h"
#include "xs-wire-fields.h"
#include "xs-wire-private.h"

#define HEALTH(field, kind, ...) XS_WIRE_FIELD (XsWireDeviceHealth, field, kind, __VA_ARGS__)
#define ANSWER(field, kind, ...) XS_WIRE_FIELD (XsWireHealthAnswer, field, kind, __VA_ARGS__)

static const XsWireField health_fields[] = {
  HEALTH (version, TEXT),
  HEALTH (packaging, TEXT),
  HEALTH (schema, INT, .max = G_MAXINT32),
  HEALTH (time_us, INT, .max = XS_WIRE_MAX_WALL_US),
  HEALTH (started_us, INT, .max = XS_WIRE_MAX_WALL_US),
  HEALTH (uptime_s, INT, .max = G_MAXINT32),
  HEALTH (broken, INT, .max = G_MAXINT32),
  HEALTH (broken_us, INT, .max = XS_WIRE_MAX_WALL_US),
  HEALTH (free_bytes, INT, .max = XS_WIRE_MAX_INT),
  HEALTH (logs_waiting, INT, .max = G_MAXINT32),
  HEALTH (photos_waiting, INT, .max = G_MAXINT32),
  HEALTH (oldest_us, INT, .max = XS_WIRE_MAX_WALL_US),
  HEALTH (ready, TEXT),
  HEALTH (camera, TEXT, .optional = TRUE),
  HEALTH (camera_us, INT, .max = XS_WIRE_MAX_WALL_US),
  HEALTH (policy, TEXT, .optional = TRUE),
};
static const XsWireTable health_table = XS_WIRE_TABLE (XsWireDeviceHealth, health_fields, NULL);

static const XsWireField answer_fields[] = {
  ANSWER (ring, INT, .max = XS_WIRE_RING_MAX),
  ANSWER (wanted_version, TEXT, .optional = TRUE),
  ANSWER (diagnosis, INT, .max = XS_WIRE_MAX_INT),
  ANSWER (again_s, INT, .min = XS_WIRE_AGAIN_MIN_S, .max = XS_WIRE_AGAIN_MAX_S),
};
static const XsWireTable answer_table = XS_WIRE_TABLE (XsWireHealthAnswer, answer_fields, NULL);

static gboolean
check_version (const char *name, const char *version, GError **error)
{
  if (xs_version_is_valid (version))
    return TRUE;
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“%s” is no version: %s", name, version);
  return FALSE;
}

GBytes *
xs_wire_health_report_encode (const XsWireDeviceHealth *health)
{
  return xs_wire_table_encode (&health_table, health);
}

gboolean
xs_wire_health_report_decode (XsWireDeviceHealth *health, GBytes *bytes, GError **error)
{
  xs_wire_table_init (&health_table, health);
  return xs_wire_table_decode (&health_table, bytes, XS_WIRE_HEALTH_MAX_BYTES, health, error)
         && check_version ("version", health->version, error);
}

GBytes *
xs_wire_health_answer_encode (const XsWireHealthAnswer *answer)
{
  return xs_wire_table_encode (&answer_table, answer);
}

gboolean
xs_wire_health_answer_decode (XsWireHealthAnswer *answer, GBytes *bytes, GError **error)
{
  xs_wire_table_init (&answer_table, answer);
  return xs_wire_table_decode (&answer_table, bytes, XS_WIRE_HEALTH_MAX_BYTES, answer, error)
         && (answer->wanted_version[0] == '\0' || check_version ("wanted_version", answer->wanted_version, error));
}

char *
xs_wire_path_diagnosis (gint64 id)
{
  return g_strdup_printf (XS_WIRE_PATH_DIAGNOSES "%" G_GINT64_FORMAT, id);
}
