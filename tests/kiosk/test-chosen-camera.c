/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-chosen-camera.h"

#include "fake-camera.h"
#include "media-fixture.h"

#define CAPS "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
#define OLD_ID "Maker_C920_A1B2\npci-0000:00:14.0-usb-0:2:1.0"
#define NEW_ID "A1B2\npci-0000:00:14.0-usb-0:2:1.0"

static gboolean
is_running (gpointer camera)
{
  return xs_camera_get_state (camera) == XS_CAMERA_RUNNING;
}

static gboolean
store_choice (XsJournal *journal, gpointer id, GError **error)
{
  return xs_journal_set_setting (journal, XS_SETTING_CAMERA, id, error);
}

static gboolean
read_choice (XsJournal *journal, gpointer id, GError **error)
{
  return xs_journal_get_setting (journal, XS_SETTING_CAMERA, id, error);
}

/* @camera runs, with what staff chose by an earlier release: what is in the journal after that. */
static char *
run_and_read (XsCamera *camera, XsStore *store, const char *stored)
{
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  g_assert_true (xs_store_run (store, store_choice, (gpointer) stored, &error));
  g_assert_no_error (error);
  xs_camera_set_source (camera, NULL, OLD_ID);
  xs_camera_start (camera);
  g_assert_true (wait_for (is_running, camera, 20));
  xs_camera_stop (camera);
  /* After what was queued before. */
  g_assert_true (xs_store_run (store, read_choice, &id, &error));
  g_assert_no_error (error);
  return id;
}

static void
test_renewed (Fixture *fixture, gconstpointer data)
{
  GstDevice *device = fake_camera_plug_with ("C920", CAPS,
                                             "props,device.path=/dev/video0,device.serial=Maker_C920_A1B2,"
                                             "device.bus_path=\"pci-0000:00:14.0-usb-0:2:1.0\"");
  g_autoptr (GError) error = NULL;
  XsJournal *journal = xs_journal_open (fixture->dir, xs_clock_system (), &error);
  g_assert_no_error (error);
  XsStore *store = xs_store_new (journal);
  XsCamera *camera = xs_camera_new (NULL, 5, NULL, NULL);

  fixture_add_sysfs (fixture, "video0", "pci0000:00/usb1/1-2", "A1B2\n");
  xs_chosen_camera_follow (camera, store);
  g_autofree char *renewed = run_and_read (camera, store, OLD_ID);
  g_assert_cmpstr (renewed, ==, NEW_ID);
  /* Staff have chosen another one meanwhile. */
  g_autofree char *kept = run_and_read (camera, store, "another");
  g_assert_cmpstr (kept, ==, "another");

  g_assert_finalize_object (camera);
  g_assert_finalize_object (store);
  fake_camera_unplug (device);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_camera_register ();
  ADD_TEST ("/kiosk/chosen-camera/renewed", test_renewed);
  return g_test_run ();
}
