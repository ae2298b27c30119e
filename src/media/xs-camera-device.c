/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-camera-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xs-error.h"

#define WANTED_WIDTH 1280
#define WANTED_HEIGHT 720
#define WANTED_FPS 30
#define LEAST_SMOOTH_FPS 15

/* Raw forms that videoconvert turns into RGB; grey ones are left out: they come from infrared cameras. */
static const char *const raw_formats[] = { "YUY2", "UYVY", "YVYU", "NV12", "NV21", "I420", "YV12", "Y42B",
                                           "RGB",  "BGR",  "RGBx", "BGRx", "xRGB", "xBGR", "RGBA", "BGRA" };

void
xs_camera_source_free (XsCameraSource *source)
{
  if (source == NULL)
    return;

  g_free (source->path);
  g_free (source->pattern);
  g_free (source);
}

XsCameraSource *
xs_camera_source_parse (const char *uri, GError **error)
{
  g_autoptr (XsCameraSource) source = g_new0 (XsCameraSource, 1);

  if (uri == NULL)
    {
      source->kind = XS_CAMERA_SOURCE_DEVICE;
      return g_steal_pointer (&source);
    }
  if (g_str_has_prefix (uri, "test:"))
    {
      source->kind = XS_CAMERA_SOURCE_TEST;
      source->pattern = g_strdup (uri[strlen ("test:")] != '\0' ? uri + strlen ("test:") : "ball");
      return g_steal_pointer (&source);
    }
  if (g_str_has_prefix (uri, "file:"))
    {
      const char *query = strchr (uri, '?');
      g_autofree char *bare = query != NULL ? g_strndup (uri, (gsize) (query - uri)) : g_strdup (uri);

      source->kind = XS_CAMERA_SOURCE_FILE;
      source->path = g_filename_from_uri (bare, NULL, NULL);
      source->loop = query != NULL && g_str_equal (query, "?loop");
      if (source->path != NULL && (query == NULL || source->loop))
        return g_steal_pointer (&source);
    }
  g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
               "the camera address \"%s\" is none of file:///PATH, file:///PATH?loop, test: and test:PATTERN", uri);
  return NULL;
}

/* ---- What the kernel says ------------------------------------------------------------------------------------ */

static char *sysfs; /* (nullable): "/sys", which a sandbox has too */

void
xs_camera_set_sysfs (const char *folder)
{
  g_free (sysfs);
  sysfs = g_strdup (folder);
}

/* (transfer full): the folder that the kernel has for "/dev/video0". */
static char *
make_sysfs_path (const char *device_path)
{
  g_autofree char *name = g_path_get_basename (device_path);

  return g_build_filename (sysfs != NULL ? sysfs : "/sys", "class", "video4linux", name, NULL);
}

/* ---- What kind of device it is ------------------------------------------------------------------------------ */

/* In lower case: parts of the names and drivers of cameras that are a program's. */
static const char *const virtual_words[] = {
  "virtual cam",    "virtual webcam", "virtual video", "obs virtual", "obs-camera",
  "loopback",       "droidcam",       "iriun",         "ivcam",       "epoccam",
  "manycam",        "akvcam",         "webcamoid",     "snap camera", "dummy video device",
  "screen capture",
};

/* Drivers without hardware, and USB hosts that a program plays. */
static const char *const virtual_drivers[] = { "v4l2 loopback", "v4l2loopback", "akvcam", "vivid", "vimc", "vcam" };
static const char *const virtual_buses[] = { "v4l2loopback", "vivid", "vimc", "vhci_hcd", "dummy_hcd" };

static const char *
get_text (const GstStructure *properties, const char *name)
{
  const char *text = properties != NULL ? gst_structure_get_string (properties, name) : NULL;

  return text != NULL ? text : "";
}

static gboolean
has_one_of (const char *text, const char *const *words, gsize n_words)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (gsize i = 0; i < n_words; i++)
    if (strstr (folded, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_infrared (const char *display_name, const GstCaps *caps)
{
  g_autofree char *folded = g_utf8_casefold (display_name, -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t:_-()[]/", -1);
  g_autoptr (GstCaps) grey =
    gst_caps_from_string ("video/x-raw(ANY),format={GRAY8,GRAY16_LE,GRAY16_BE}; video/x-raw(ANY),format=GRAY10_LE32");

  if (g_strv_contains ((const char *const *) words, "ir") || strstr (folded, "infrared") != NULL)
    return TRUE;
  return caps != NULL && !gst_caps_is_any (caps) && !gst_caps_is_empty (caps) && gst_caps_is_subset (caps, grey);
}

/* Whether the kernel has "/dev/video0", and of hardware. */
static gboolean
is_hardware (const char *device_path)
{
  g_autofree char *folder = make_sysfs_path (device_path);
  g_autofree char *place = NULL;

  if (!g_str_has_prefix (device_path, "/dev/video") || strchr (device_path + strlen ("/dev/"), '/') != NULL)
    return FALSE;
  place = realpath (folder, NULL);
  return place != NULL && strstr (place, "/devices/virtual/") == NULL;
}

/*
 * PipeWire tells a node of its own making, and one without an API comes from a program: a shared screen, a filter. A
 * program can say of its node what it likes; so a device is asked of the kernel.
 */
static gboolean
is_virtual_node (const GstStructure *properties)
{
  const char *api = get_text (properties, "device.api");

  if (properties == NULL || !gst_structure_has_field (properties, "node.name"))
    return FALSE;
  if (*api == '\0' || g_str_equal (get_text (properties, "node.virtual"), "true"))
    return TRUE;
  return g_str_equal (api, "v4l2") && !is_hardware (get_text (properties, "api.v4l2.path"));
}

static gboolean
is_virtual (const char *display_name, const GstStructure *properties)
{
  static const char *const names[] = { "v4l2.device.card", "api.v4l2.cap.card", "device.product.name" };
  static const char *const drivers[] = { "v4l2.device.driver", "api.v4l2.cap.driver" };
  static const char *const buses[] = { "v4l2.device.bus_info", "api.v4l2.cap.bus_info", "device.bus_path",
                                       "device.bus-path" };
  static const char *const paths[] = { "sysfs.path", "device.sysfs.path" };

  if (has_one_of (display_name, virtual_words, G_N_ELEMENTS (virtual_words)) || is_virtual_node (properties)
      || g_str_equal (get_text (properties, "device.bus"), "virtual"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (has_one_of (get_text (properties, names[i]), virtual_words, G_N_ELEMENTS (virtual_words)))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (has_one_of (get_text (properties, drivers[i]), virtual_drivers, G_N_ELEMENTS (virtual_drivers)))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (buses); i++)
    if (has_one_of (get_text (properties, buses[i]), virtual_buses, G_N_ELEMENTS (virtual_buses)))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (strstr (get_text (properties, paths[i]), "/devices/virtual/") != NULL)
      return TRUE;
  return FALSE;
}

XsCameraKind
xs_camera_judge_device (const char *display_name, const GstStructure *properties, const GstCaps *caps)
{
  const char *name = display_name != NULL ? display_name : "";

  if (is_virtual (name, properties))
    return XS_CAMERA_KIND_VIRTUAL;
  return is_infrared (name, caps) ? XS_CAMERA_KIND_INFRARED : XS_CAMERA_KIND_REAL;
}

/* ---- Which one it is ---------------------------------------------------------------------------------------- */

/* Between the serial number and the place in an id; no serial number has a line break. */
#define ID_SEPARATOR "\n"

static char *
dup_first_text (const GstStructure *properties, const char *const *names, gsize n_names)
{
  for (gsize i = 0; i < n_names; i++)
    {
      const char *text = get_text (properties, names[i]);
      if (*text != '\0')
        return g_strdelimit (g_strdup (text), ID_SEPARATOR, ' ');
    }
  return g_strdup ("");
}

char *
xs_camera_device_path (GstDevice *device)
{
  static const char *const paths[] = { "device.path", "api.v4l2.path" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autofree char *path = dup_first_text (properties, paths, G_N_ELEMENTS (paths));

  return *path != '\0' ? g_steal_pointer (&path) : NULL;
}

char *
xs_camera_read_usb_serial (const char *device_path)
{
  g_autofree char *folder = make_sysfs_path (device_path);
  /* "device" is the interface of the USB device that gives the pictures; the number is the device's. */
  g_autofree char *path = g_build_filename (folder, "device", "..", "serial", NULL);
  g_autofree char *serial = NULL;

  if (!g_file_get_contents (path, &serial, NULL, NULL) || *g_strstrip (serial) == '\0')
    return NULL;
  return g_strdelimit (g_steal_pointer (&serial), ID_SEPARATOR, ' ');
}

/* (transfer full) (nullable) */
static char *
dup_usb_serial (GstDevice *device)
{
  g_autofree char *path = xs_camera_device_path (device);

  return path != NULL ? xs_camera_read_usb_serial (path) : NULL;
}

/* Made up by udev, of maker, model and the number that the device bears, if it bears one. */
static char *
dup_told_serial (GstDevice *device)
{
  static const char *const serials[] = { "device.serial", "api.v4l2.serial" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);

  return dup_first_text (properties, serials, G_N_ELEMENTS (serials));
}

/* @serial: (nullable): what begins the id; NULL or "": the name does */
static char *
make_id (GstDevice *device, const char *serial)
{
  static const char *const places[] = { "device.bus_path", "device.bus-path", "v4l2.device.bus_info",
                                        "api.v4l2.cap.bus_info", "node.name" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autofree char *place = dup_first_text (properties, places, G_N_ELEMENTS (places));
  g_autofree char *name = gst_device_get_display_name (device);

  return g_strconcat (serial != NULL && *serial != '\0' ? serial : name, ID_SEPARATOR, place, NULL);
}

/* The same whichever way tells of the camera: PipeWire's nodes bear no serial number. */
char *
xs_camera_device_id (GstDevice *device)
{
  g_autofree char *serial = dup_usb_serial (device);
  g_autofree char *told = dup_told_serial (device);

  return make_id (device, serial != NULL ? serial : told);
}

/* With the separator. */
static gsize
serial_size (const char *id)
{
  const char *separator = strstr (id, ID_SEPARATOR);

  return separator != NULL ? (gsize) (separator - id) + strlen (ID_SEPARATOR) : strlen (id);
}

typedef enum {
  LIKENESS_NONE,
  LIKENESS_SERIAL, /* plugged in elsewhere */
  LIKENESS_FULL,
} Likeness;

/* By the ids of earlier releases, which began with the serial number that udev tells, or with the name. */
static Likeness
compare_old_id (GstDevice *device, const char *id)
{
  g_autofree char *told = dup_told_serial (device);
  g_autofree char *old = make_id (device, told);
  g_autofree char *wanted = g_strndup (id, strcspn (id, ID_SEPARATOR));
  g_autofree char *serial = dup_usb_serial (device);
  g_autofree char *end = serial != NULL ? g_strconcat ("_", serial, NULL) : NULL;

  if (g_str_equal (old, id))
    return LIKENESS_FULL;
  if (*told != '\0')
    return g_str_equal (told, wanted) ? LIKENESS_SERIAL : LIKENESS_NONE;
  return end != NULL && g_str_has_suffix (wanted, end) ? LIKENESS_SERIAL : LIKENESS_NONE;
}

static Likeness
compare_id (GstDevice *device, const char *id, gboolean *is_old)
{
  g_autofree char *own = xs_camera_device_id (device);

  *is_old = FALSE;
  if (g_str_equal (own, id))
    return LIKENESS_FULL;
  if (strncmp (own, id, serial_size (id)) == 0)
    return LIKENESS_SERIAL;
  *is_old = TRUE;
  return compare_old_id (device, id);
}

char *
xs_camera_renew_id (GstDevice *device, const char *id)
{
  gboolean is_old;

  return compare_id (device, id, &is_old) != LIKENESS_NONE && is_old ? xs_camera_device_id (device) : NULL;
}

GList *
xs_camera_keep_wanted (GList *devices, const char *id)
{
  GstDevice *same = NULL, *elsewhere = NULL;
  gboolean is_old;

  for (GList *l = devices; l != NULL; l = l->next)
    {
      Likeness likeness = compare_id (l->data, id, &is_old);
      if (same == NULL && likeness == LIKENESS_FULL)
        same = l->data;
      if (elsewhere == NULL && likeness == LIKENESS_SERIAL)
        elsewhere = l->data;
    }
  if (same == NULL)
    same = elsewhere;
  return same != NULL ? g_list_append (NULL, gst_object_ref (same)) : NULL;
}

/* ---- Which form to ask it for ------------------------------------------------------------------------------- */

/* Keep the raw forms we can use; FALSE when none is left. */
static gboolean
keep_colour_formats (GstStructure *structure)
{
  g_auto (GValue) wanted = G_VALUE_INIT;
  g_auto (GValue) common = G_VALUE_INIT;
  const GValue *offered = gst_structure_get_value (structure, "format");

  gst_value_list_init (&wanted, G_N_ELEMENTS (raw_formats));
  for (gsize i = 0; i < G_N_ELEMENTS (raw_formats); i++)
    {
      g_auto (GValue) format = G_VALUE_INIT;

      g_value_init (&format, G_TYPE_STRING);
      g_value_set_static_string (&format, raw_formats[i]);
      gst_value_list_append_value (&wanted, &format);
    }
  if (offered == NULL)
    {
      gst_structure_set_value (structure, "format", &wanted);
      return TRUE;
    }
  if (!gst_value_intersect (&common, &wanted, offered))
    return FALSE;
  gst_structure_set_value (structure, "format", &common);
  return TRUE;
}

/* Fix size and rate as near as possible to the wanted ones; returns how bad the result is, or -1 for unusable. */
static double
fix_form (GstStructure *structure)
{
  int width = 0, height = 0, numerator = 0, denominator = 1;
  gboolean raw = gst_structure_has_name (structure, "video/x-raw");

  if ((!raw && !gst_structure_has_name (structure, "image/jpeg")) || (raw && !keep_colour_formats (structure)))
    return -1;
  if (!gst_structure_has_field (structure, "width"))
    gst_structure_set (structure, "width", G_TYPE_INT, WANTED_WIDTH, NULL);
  if (!gst_structure_has_field (structure, "height"))
    gst_structure_set (structure, "height", G_TYPE_INT, WANTED_HEIGHT, NULL);
  if (!gst_structure_has_field (structure, "framerate"))
    gst_structure_set (structure, "framerate", GST_TYPE_FRACTION, WANTED_FPS, 1, NULL);
  gst_structure_fixate_field_nearest_int (structure, "width", WANTED_WIDTH);
  gst_structure_fixate_field_nearest_int (structure, "height", WANTED_HEIGHT);
  gst_structure_fixate_field_nearest_fraction (structure, "framerate", WANTED_FPS, 1);
  if (!gst_structure_get_int (structure, "width", &width) || !gst_structure_get_int (structure, "height", &height)
      || !gst_structure_get_fraction (structure, "framerate", &numerator, &denominator) || width <= 0 || height <= 0
      || numerator <= 0)
    return -1;

  double fps = (double) numerator / denominator;
  double badness = fabs (log2 ((double) width * height / (WANTED_WIDTH * WANTED_HEIGHT)));
  if (fps < LEAST_SMOOTH_FPS)
    badness += 10.0 * (LEAST_SMOOTH_FPS - fps) / LEAST_SMOOTH_FPS;
  badness += fabs (fps - WANTED_FPS) / 1000.0;
  return badness + (raw ? 0.0 : 0.05);
}

GstCaps *
xs_camera_choose_caps (const GstCaps *caps)
{
  g_autoptr (GstStructure) best = NULL;
  double least = INFINITY;

  if (caps == NULL)
    return NULL;

  g_autoptr (GstCaps) any = gst_caps_is_any (caps) ? gst_caps_new_empty_simple ("video/x-raw") : NULL;
  const GstCaps *all = any != NULL ? any : caps;
  for (guint i = 0; i < gst_caps_get_size (all); i++)
    {
      GstCapsFeatures *features = gst_caps_get_features (all, i);

      if (features != NULL && !gst_caps_features_is_equal (features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY))
        continue;
      const GstStructure *offered = gst_caps_get_structure (all, i);
      g_autoptr (GstStructure) form = gst_structure_new_empty (gst_structure_get_name (offered));
      static const char *const fields[] = { "format", "width", "height", "framerate" };
      for (gsize f = 0; f < G_N_ELEMENTS (fields); f++)
        if (gst_structure_has_field (offered, fields[f]))
          gst_structure_set_value (form, fields[f], gst_structure_get_value (offered, fields[f]));

      double badness = fix_form (form);
      if (badness < 0 || badness >= least)
        continue;
      least = badness;
      g_clear_pointer (&best, gst_structure_free);
      best = g_steal_pointer (&form);
    }
  return best != NULL ? gst_caps_new_full (g_steal_pointer (&best), NULL) : NULL;
}

void
xs_camera_choice_clear (XsCameraChoice *choice)
{
  g_clear_object (&choice->device);
  g_clear_pointer (&choice->caps, gst_caps_unref);
  g_clear_pointer (&choice->refused_name, g_free);
  g_clear_pointer (&choice->renewed_id, g_free);
  choice->refused = XS_CAMERA_KIND_REAL;
}

/* A virtual one is worth telling of first: somebody set it up. */
static void
note_refused (XsCameraChoice *choice, XsCameraKind kind, const char *name)
{
  if (choice->refused == XS_CAMERA_KIND_VIRTUAL)
    return;
  choice->refused = kind;
  g_free (choice->refused_name);
  choice->refused_name = g_strdup (name);
}

GList *
xs_camera_keep_usable (GList *devices, gboolean virtual_allowed, XsCameraChoice *choice)
{
  GList *usable = NULL;

  for (GList *l = devices; l != NULL; l = l->next)
    {
      GstDevice *device = l->data;
      g_autofree char *name = gst_device_get_display_name (device);
      g_autoptr (GstCaps) offered = gst_device_get_caps (device);
      g_autoptr (GstStructure) properties = gst_device_get_properties (device);
      g_autoptr (GstCaps) form = xs_camera_choose_caps (offered);
      XsCameraKind kind = xs_camera_judge_device (name, properties, offered);

      if (kind == XS_CAMERA_KIND_INFRARED || (kind == XS_CAMERA_KIND_VIRTUAL && !virtual_allowed))
        note_refused (choice, kind, name);
      else if (form != NULL)
        usable = g_list_prepend (usable, gst_object_ref (device));
    }
  return g_list_reverse (usable);
}
