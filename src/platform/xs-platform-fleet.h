/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-platform-storage.h"
#include "xs-wire-device.h"

G_BEGIN_DECLS

/*
 * The kiosks as a fleet: how each of them is, which version each is to have, and what they noted of themselves. Any
 * thread.
 */

/** Time between two reports of a kiosk, and within which a further one is not written down. */
#define XS_PLATFORM_REPORT_S 300
#define XS_PLATFORM_REPORT_LEAST_US (2 * (gint64) G_USEC_PER_SEC)

/**
 * xs_platform_fleet_report: @device says how it is. One that comes right behind another is answered and not kept.
 * @report: the bytes that @health was read from
 * @answer: (out): what it is to have and to send
 */
gboolean xs_platform_fleet_report (XsPlatformStorage *storage, const XsPlatformDevice *device, GBytes *report,
                                   XsWireHealthAnswer *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformFleetDevice: a device that may ask, and what it reported last. */
typedef struct {
  XsPlatformDevice device;
  gint64 ring;
  char wanted_version[XS_VERSION_BYTES]; /* of its ring; "": any */
  gint64 reported_us;                    /* by the platform's clock; 0: never */
  XsWireDeviceHealth health;             /* all zero when never */
} XsPlatformFleetDevice;

/** xs_platform_fleet_list: (transfer full) (element-type XsPlatformFleetDevice): also those that may ask no more. */
GArray *xs_platform_fleet_list (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_platform_fleet_set_ring: @error: XS_ERROR_NOT_FOUND, XS_ERROR_INVALID beyond 0 to XS_WIRE_RING_MAX */
gboolean xs_platform_fleet_set_ring (XsPlatformStorage *storage, const char *devnum, gint64 ring, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_fleet_set_version: what the kiosks of @ring are to have. @version: (nullable): any */
gboolean xs_platform_fleet_set_version (XsPlatformStorage *storage, gint64 ring, const char *version, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformRing: a ring that has a device or a wanted version. */
typedef struct {
  gint64 ring;
  char wanted_version[XS_VERSION_BYTES];
  guint devices;    /* that may ask */
  guint has_it;     /* of them: reported that version or a later one */
  guint unreported; /* of them: have said nothing within a day */
} XsPlatformRing;

/** xs_platform_fleet_list_rings: (transfer full) (element-type XsPlatformRing): in order. */
GArray *xs_platform_fleet_list_rings (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** XsPlatformFleetCounts: of the devices that may ask. */
typedef struct {
  guint devices;
  guint silent;        /* no report within an hour */
  guint behind;        /* older than its ring wants */
  guint below_minimum; /* older than the policy's min_version */
  guint policy;        /* goes by another policy, as a kiosk does that knows not all of its fields */
  guint camera;        /* trouble with the camera within a day */
  guint disk;          /* less free than the policy's disk_reserve_mb */
  guint unsent;        /* something waits for longer than the policy's unsent_warn_s */
  guint clock;         /* off by more than the policy's clock_warn_s */
  guint broken;        /* a run did not end by itself within a day */
} XsPlatformFleetCounts;

/** xs_platform_fleet_count: for who watches the platform. */
gboolean xs_platform_fleet_count (XsPlatformStorage *storage, XsPlatformFleetCounts *counts, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Diagnoses: docs/protocol.md, PUT /v1/diagnoses. */

/** XsPlatformDiagnosis: one that was asked for. */
typedef struct {
  gint64 id;
  char devnum[XS_UNIFIED_DIGITS + 1];
  char who[64]; /* who asked for it */
  gint64 asked_us;
  gint64 answered_us; /* 0: it has not come yet */
  gint64 size_bytes;  /* as it came */
} XsPlatformDiagnosis;

/** xs_platform_fleet_ask: ask a kiosk for a diagnosis; the one that is asked for already is another's answer too. */
gboolean xs_platform_fleet_ask (XsPlatformStorage *storage, const char *devnum, const char *who, gint64 *id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * xs_platform_fleet_put_diagnosis: what @device sends for @id.
 * @created: (out): FALSE when it had come before; then nothing changed
 * @error: XS_ERROR_NOT_FOUND when that was not asked of @device, XS_ERROR_INVALID when it does not open
 */
gboolean xs_platform_fleet_put_diagnosis (XsPlatformStorage *storage, const XsPlatformDevice *device, gint64 id,
                                          GBytes *sealed, gboolean *created, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_fleet_list_diagnoses: (transfer full) (element-type XsPlatformDiagnosis): as they were asked for. */
GArray *xs_platform_fleet_list_diagnoses (XsPlatformStorage *storage, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_fleet_read_diagnosis: (transfer full): opened. @error: XS_ERROR_NOT_FOUND, also when it has not come */
GBytes *xs_platform_fleet_read_diagnosis (XsPlatformStorage *storage, gint64 id, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/** xs_platform_fleet_forget: remove diagnoses that were asked for before @before_us, come or not. */
gboolean xs_platform_fleet_forget (XsPlatformStorage *storage, gint64 before_us, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
