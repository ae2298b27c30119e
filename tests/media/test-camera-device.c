/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is judged of a device before it is opened. */
#include "xs-camera-private.h"

#include "fake-camera.h"
#include "media-fixture.h"

#define WEBCAM_CAPS "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
#define GREY_CAPS "video/x-raw,format=GRAY8,width=640,height=480,framerate=30/1"
#define LOOPBACK                                                                                                       \
  "props,device.api=v4l2,v4l2.device.driver=\"v4l2 loopback\",v4l2.device.bus_info=platform:v4l2loopback-000"

/* Ids of earlier releases began with what udev makes up, or with the name: they are known, and renewed. */
static void
test_old_ids (Fixture *fixture, gconstpointer data)
{
  static const char *const old_ids[] = {
    "Maker_C920_A1B2\npci-0000:00:14.0-usb-0:2:1.0", /* where it is plugged in */
    "Maker_C920_A1B2\npci-0000:00:14.0-usb-0:7:1.0", /* somewhere else */
    "Maker_Node_E5F6\npci-0000:00:14.0-usb-0:3:1.0", /* told by another way */
    "Node\nv4l2_input.1",
  };
  static const char *const wrong_ids[] = {
    "Maker_C920_FFFF\npci-0000:00:14.0-usb-0:2:1.0",
    "Maker_Node_5E5F6\npci-0000:00:14.0-usb-0:3:1.0",
    "Node\nv4l2_input.2",
    "\npci-0000:00:14.0-usb-0:2:1.0",
  };
  g_autofree char *told = g_strconcat ("props,device.path=/dev/video0,device.serial=Maker_C920_A1B2,",
                                       "device.bus_path=\"pci-0000:00:14.0-usb-0:2:1.0\"", NULL);
  GstDevice *first = fake_camera_plug_with ("C920", WEBCAM_CAPS, told);
  GstDevice *second = fake_camera_plug_with ("Node", WEBCAM_CAPS,
                                             "props,api.v4l2.path=/dev/video1,node.name=v4l2_input.1,device.api=v4l2");
  g_autoptr (GList) devices = g_list_append (g_list_append (NULL, first), second);

  fixture_add_sysfs (fixture, "video0", "pci0000:00/usb1/1-2", "A1B2\n");
  fixture_add_sysfs (fixture, "video1", "pci0000:00/usb1/1-3", "E5F6\n");
  for (gsize i = 0; i < G_N_ELEMENTS (old_ids); i++)
    {
      GstDevice *device = i < 2 ? first : second;
      g_autolist (GstDevice) wanted = xs_camera_keep_wanted (devices, old_ids[i]);
      g_autofree char *id = xs_camera_device_id (device);
      g_autofree char *renewed = xs_camera_renew_id (device, old_ids[i]);

      g_test_message ("%s", old_ids[i]);
      g_assert_cmpuint (g_list_length (wanted), ==, 1);
      g_assert_true (wanted->data == device);
      g_assert_cmpstr (renewed, ==, id);
      g_assert_true (g_str_has_prefix (id, i < 2 ? "A1B2\n" : "E5F6\n"));
      g_assert_null (xs_camera_renew_id (device, id));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_ids); i++)
    g_assert_null (xs_camera_keep_wanted (devices, wrong_ids[i]));
  fake_camera_unplug (first);
  fake_camera_unplug (second);
}

static void
assert_choice (const char *offered, const char *chosen)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (offered);
  g_autoptr (GstCaps) choice = xs_camera_choose_caps (caps);

  if (chosen == NULL)
    {
      g_assert_null (choice);
      return;
    }
  g_autoptr (GstCaps) expected = gst_caps_from_string (chosen);
  g_autofree char *text = gst_caps_to_string (choice);
  g_test_message ("%s", text);
  g_assert_true (gst_caps_is_equal (choice, expected));
}

static void
test_choice_of_form (Fixture *fixture, gconstpointer data)
{
  /* Raw before JPEG where both are smooth. */
  assert_choice ("image/jpeg,width=1280,height=720,framerate=30/1; "
                 "video/x-raw,format=YUY2,width=1280,height=720,framerate={30/1,15/1}",
                 "video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1");
  /* What USB 2 cameras offer: raw at full size is too slow. */
  assert_choice ("video/x-raw,format=YUY2,width=1280,height=720,framerate=10/1; "
                 "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1; "
                 "image/jpeg,width=1920,height=1080,framerate=30/1; "
                 "image/jpeg,width=1280,height=720,framerate={60/1,30/1,15/1}",
                 "image/jpeg,width=1280,height=720,framerate=30/1");
  assert_choice ("video/x-raw,format={GRAY8,YUY2},width=[16,4096],height=[16,4096],framerate=[1/1,60/1]",
                 "video/x-raw,format=YUY2,width=1280,height=720,framerate=30/1");
  assert_choice ("video/x-raw,format=GRAY8,width=640,height=480,framerate=30/1", NULL);
  assert_choice ("video/x-raw(memory:DMABuf),format=YUY2,width=640,height=480,framerate=30/1; "
                 "video/x-raw,format=YUY2,width=320,height=240,framerate=30/1",
                 "video/x-raw,format=YUY2,width=320,height=240,framerate=30/1");
  assert_choice ("video/x-h264,width=1280,height=720,framerate=30/1", NULL);
  assert_choice ("EMPTY", NULL);
}

/* What the providers of V4L2 and PipeWire say of real and of other cameras. */
static void
test_kind_of_device (Fixture *fixture, gconstpointer data)
{
  static const struct {
    XsCameraKind kind;
    const char *name, *properties, *caps;
  } cases[] = {
    { XS_CAMERA_KIND_REAL, NULL, NULL, NULL },
    { XS_CAMERA_KIND_REAL, "Webcam", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_REAL, "HD Pro Webcam C920",
      "props,device.api=v4l2,v4l2.device.driver=uvcvideo,v4l2.device.bus_info=usb-0000:00:14.0-2,device.bus=usb,"
      "sysfs.path=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/video4linux/video0",
      WEBCAM_CAPS },
    { XS_CAMERA_KIND_REAL, "HD Webcam",
      "props,node.name=v4l2_input.pci-0000_00_14.0,device.api=v4l2,api.v4l2.path=/dev/video0,"
      "api.v4l2.cap.driver=uvcvideo,api.v4l2.cap.bus_info=usb-0000:00:14.0-8",
      WEBCAM_CAPS },
    /* The same, said by a program. */
    { XS_CAMERA_KIND_VIRTUAL, "HD Webcam",
      "props,node.name=v4l2_input.pci-0000_00_14.0,device.api=v4l2,api.v4l2.cap.driver=uvcvideo", WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "HD Webcam", "props,node.name=none,device.api=v4l2,api.v4l2.path=/dev/video2", NULL },
    { XS_CAMERA_KIND_VIRTUAL, "HD Webcam", "props,node.name=virtual,device.api=v4l2,api.v4l2.path=/dev/video1", NULL },
    { XS_CAMERA_KIND_VIRTUAL, "HD Webcam", "props,node.name=above,device.api=v4l2,api.v4l2.path=/dev/video0/..", NULL },
    { XS_CAMERA_KIND_VIRTUAL, "HD Webcam", "props,node.name=beside,device.api=v4l2,api.v4l2.path=/tmp/video0", NULL },
    { XS_CAMERA_KIND_REAL, "Built-in Front Camera", "props,node.name=libcamera_input,device.api=libcamera", NULL },
    { XS_CAMERA_KIND_REAL, "Board camera",
      "props,device.api=v4l2,v4l2.device.driver=rkisp1,v4l2.device.bus_info=platform:rkisp1", WEBCAM_CAPS },
    { XS_CAMERA_KIND_REAL, "Iris webcam", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_REAL, "Fir Vision", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_REAL, "Two formats", NULL, WEBCAM_CAPS "; " GREY_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "OBS Virtual Camera", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", LOOPBACK, WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", "props,device.api=v4l2,v4l2.device.card=\"Dummy video device (0x0000)\"",
      WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "DroidCam", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Iriun Webcam", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "ManyCam Virtual Webcam", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", "props,device.api=v4l2,device.bus=virtual", WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", "props,device.api=v4l2,sysfs.path=/devices/virtual/video4linux/video2",
      WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", "props,device.api=v4l2,v4l2.device.driver=vivid", WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam",
      "props,device.api=v4l2,v4l2.device.driver=uvcvideo,v4l2.device.bus_info=usb-vhci_hcd.0-1", WEBCAM_CAPS },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam", "props,node.name=obs,media.class=Video/Source", NULL },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam",
      "props,node.name=filter,device.api=v4l2,api.v4l2.path=/dev/video0,node.virtual=(string)true", NULL },
    { XS_CAMERA_KIND_VIRTUAL, "Webcam",
      "props,node.name=loop,device.api=v4l2,api.v4l2.path=/dev/video0,api.v4l2.cap.driver=\"v4l2 loopback\"", NULL },
    { XS_CAMERA_KIND_INFRARED, "Integrated IR Camera", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_INFRARED, "HP Infrared Camera: HP IR", NULL, WEBCAM_CAPS },
    { XS_CAMERA_KIND_INFRARED, "Windows Hello", NULL, GREY_CAPS },
    { XS_CAMERA_KIND_INFRARED, "Depth", NULL, "video/x-raw,format={GRAY8,GRAY16_LE},width=640,height=480" },
  };

  fixture_add_sysfs (fixture, "video0", "pci0000:00/usb1/1-2", NULL);
  fixture_add_sysfs (fixture, "video1", "virtual", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GstStructure) properties =
        cases[i].properties != NULL ? gst_structure_from_string (cases[i].properties, NULL) : NULL;
      g_autoptr (GstCaps) caps = cases[i].caps != NULL ? gst_caps_from_string (cases[i].caps) : NULL;

      g_test_message ("%s %s", cases[i].name, cases[i].properties);
      g_assert_true (cases[i].properties == NULL || properties != NULL);
      g_assert_cmpint (xs_camera_judge_device (cases[i].name, properties, caps), ==, cases[i].kind);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  fake_camera_register ();
  ADD_TEST ("/media/camera-device/old-ids", test_old_ids);
  ADD_TEST ("/media/camera-device/choice-of-form", test_choice_of_form);
  ADD_TEST ("/media/camera-device/kind-of-device", test_kind_of_device);
  return g_test_run ();
}
