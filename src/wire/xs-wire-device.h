/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-version.h"

G_BEGIN_DECLS

/* POST /v1/health: how a kiosk is. PUT /v1/diagnoses/{id}: what it noted of itself, when the school asked for that. */

#define XS_WIRE_PATH_DEVICE_HEALTH "/v1/health"
#define XS_WIRE_PATH_DIAGNOSES "/v1/diagnoses/" /* + id in decimal without leading zeros */
#define XS_WIRE_HEALTH_MAX_BYTES 4096
/** Of a diagnosis in the clear, and as it is sent: sealed to the platform key. */
#define XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES (256 * 1024)
#define XS_WIRE_DIAGNOSIS_MAX_BYTES (XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES + 48)

/** XsWireDeviceHealth: nothing of a learner. All zero is one that was never sent. */
typedef struct {
  char version[XS_VERSION_BYTES]; /* of the application */
  char packaging[16];             /* "native", "flatpak" */
  gint64 schema;                  /* of the journal */
  gint64 time_us;                 /* the kiosk's wall clock when it was written */
  gint64 started_us;              /* by that clock: since when the program runs */
  gint64 uptime_s;                /* for so long, by a clock that nobody sets */
  gint64 broken;                  /* runs that a crash, a kill or the power ended */
  gint64 broken_us;               /* the last of them; 0: none */
  gint64 free_bytes;              /* of the disk with the journal; 0: not known */
  gint64 logs_waiting, photos_waiting;
  gint64 oldest_us; /* of what waits: since when; 0: nothing waits */
  char ready[16];   /* the worst of the ready check: "ok", "warning", "not", "unknown" */
  char camera[16];  /* the last trouble with the camera, a word of docs/protocol.md; "": there was none */
  gint64 camera_us; /* when that was seen last */
  char policy[80];  /* the one it goes by, as xs_policy_name() has it; "": it does not say */
} XsWireDeviceHealth;

/** XsWireHealthAnswer: what the school wants of the kiosk. */
typedef struct {
  gint64 ring;                           /* 0: the first that get a new version */
  char wanted_version[XS_VERSION_BYTES]; /* "": any will do */
  gint64 diagnosis;                      /* id of one that is asked for; 0: none is */
  gint64 again_s;                        /* until the next report */
} XsWireHealthAnswer;

#define XS_WIRE_RING_MAX 99
#define XS_WIRE_AGAIN_MIN_S 10
#define XS_WIRE_AGAIN_MAX_S 86400

/** (transfer full) */
GBytes *xs_wire_health_report_encode (const XsWireDeviceHealth *health);
gboolean xs_wire_health_report_decode (XsWireDeviceHealth *health, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full) */
GBytes *xs_wire_health_answer_encode (const XsWireHealthAnswer *answer);
gboolean xs_wire_health_answer_decode (XsWireHealthAnswer *answer, GBytes *bytes, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** (transfer full) */
char *xs_wire_path_diagnosis (gint64 id);

G_END_DECLS
