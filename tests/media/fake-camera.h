/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * A camera of GstDeviceMonitor's that is plugged in and out by the test: its pictures come from videotestsrc, and it
 * can stall or fail as real ones do.
 */

/** fake_camera_register: before the first GstDeviceMonitor; other providers are hidden so that only ours is seen. */
void fake_camera_register (void);
/**
 * fake_camera_plug:
 * @caps: what the device says it can do
 */
GstDevice *fake_camera_plug (const char *name, const char *caps);
/** fake_camera_plug_with: @properties: (nullable): a GstStructure as text, as a device provider gives it */
GstDevice *fake_camera_plug_with (const char *name, const char *caps, const char *properties);
void fake_camera_unplug (GstDevice *device);
/** fake_camera_show: fake cameras opened from now on show this still picture; NULL: the test pattern again. */
void fake_camera_show (const char *jpeg_path);
/** fake_camera_stall: every fake camera in use stops giving frames, or goes on, without a word. */
void fake_camera_stall (gboolean stalled);
/** fake_camera_hang: opening a fake camera blocks, as a dead USB device does, until this is called with FALSE. */
void fake_camera_hang (gboolean hanging);
/** fake_camera_fail: the fake camera that was opened last posts an error. */
void fake_camera_fail (void);

G_END_DECLS
