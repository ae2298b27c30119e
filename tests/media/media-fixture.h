/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Fixture: a folder of its own for each test. */
typedef struct {
  char *dir;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

#define ADD_TEST(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

/** fixture_path: (transfer full): of a file in the folder. */
char *fixture_path (Fixture *fixture, const char *name);
/** fixture_write: (transfer full): its path. */
char *fixture_write (Fixture *fixture, const char *name, const void *data, gsize size);
/**
 * fixture_add_sysfs: in place of /sys the folder says what a kernel says of "/dev/@name".
 * @place: of the device, below /sys/devices
 * @serial: (nullable): that the device bears
 */
void fixture_add_sysfs (Fixture *fixture, const char *name, const char *place, const char *serial);
/**
 * fixture_make: (transfer full): run a pipeline that writes a file, and give its path
 * @description: as for gst-launch-1.0; the last element is left out and is a filesink to @name
 */
char *fixture_make (Fixture *fixture, const char *name, const char *description);
/** fixture_make_video: (transfer full): VP8 video of @frames at 30 frames/s, a moving ball. */
char *fixture_make_video (Fixture *fixture, const char *name, int frames);
/** fixture_make_lesson: (transfer full): VP8 video and Opus sound of @seconds. */
char *fixture_make_lesson (Fixture *fixture, const char *name, int seconds);
/** fixture_truncate: keep the first @share of a file, 0 … 1. */
void fixture_truncate (const char *path, double share);

/** WaitFunc: whether what is waited for has come. */
typedef gboolean (*WaitFunc) (gpointer user_data);
/** wait_for: run the main context until @done; FALSE after @limit_s, so that a test that hangs says where. */
gboolean wait_for (WaitFunc done, gpointer user_data, int limit_s);

G_END_DECLS
