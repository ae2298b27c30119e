/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-ready-items.h"

#include <glib/gi18n-lib.h>

#include "xs-error.h"

/* What the pages are made for at least. */
#define LEAST_WIDTH_PX 1024
#define LEAST_HEIGHT_PX 768

void
xs_ready_item_clear (XsReadyItem *item)
{
  g_clear_pointer (&item->line, g_free);
  g_clear_pointer (&item->remedy, g_free);
}

/* @line: (transfer full) */
static void
set (XsReadyItem *item, XsReadyState state, char *line, const char *remedy)
{
  xs_ready_item_clear (item);
  item->state = state;
  item->line = line;
  item->remedy = g_strdup (remedy);
}

void
xs_ready_set_unknown (XsReadyItem *item, const char *line)
{
  set (item, XS_READY_UNKNOWN, g_strdup (line), "");
}

const char *
xs_ready_title (XsReadyKind kind)
{
  switch (kind)
    {
    case XS_READY_CAMERA:
      return _ ("Camera");
    case XS_READY_LIGHT:
      return _ ("Light");
    case XS_READY_DISK:
      return _ ("Disk");
    case XS_READY_CLOCK:
      return _ ("Clock");
    case XS_READY_NETWORK:
      return _ ("School’s platform");
    case XS_READY_MODELS:
      return _ ("Face recognition");
    case XS_READY_COURSE:
      return _ ("Lessons");
    case XS_READY_DISPLAY:
      return _ ("Screen");
    case XS_READY_SOUND:
      return _ ("Sound");
    case XS_READY_AWAKE:
      return _ ("Stays awake");
    case XS_READY_VERSION:
      return _ ("Version of Xueshi");
    case XS_READY_N_KINDS:
    default:
      return "";
    }
}

const char *
xs_ready_nick (XsReadyKind kind)
{
  static const char *const nicks[XS_READY_N_KINDS] = {
    [XS_READY_CAMERA] = "camera", [XS_READY_LIGHT] = "light",     [XS_READY_DISK] = "disk",
    [XS_READY_CLOCK] = "clock",   [XS_READY_NETWORK] = "network", [XS_READY_MODELS] = "models",
    [XS_READY_COURSE] = "course", [XS_READY_DISPLAY] = "display", [XS_READY_SOUND] = "sound",
    [XS_READY_AWAKE] = "awake",   [XS_READY_VERSION] = "version",
  };

  g_return_val_if_fail (kind < XS_READY_N_KINDS, NULL);
  return nicks[kind];
}

const char *
xs_ready_state_nick (XsReadyState state)
{
  static const char *const nicks[] = { "unknown", "ok", "warning", "not" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (nicks), NULL);
  return nicks[state];
}

void
xs_ready_judge_camera (XsReadyItem *item, const char *name)
{
  set (item, XS_READY_OK,
       name != NULL ? g_strdup_printf (_ ("Gives pictures: %s"), name) : g_strdup (_ ("Gives pictures")), "");
}

const char *
xs_ready_way_title (XsCameraWay way)
{
  switch (way)
    {
    case XS_CAMERA_WAY_PORTAL:
      return _ ("Camera portal");
    case XS_CAMERA_WAY_PIPEWIRE:
      return _ ("PipeWire");
    case XS_CAMERA_WAY_SYSTEM:
      return _ ("The device itself");
    case XS_CAMERA_N_WAYS:
    default:
      return "";
    }
}

static char *
describe_with (const char *what, const char *detail)
{
  /* Translators: what is so, and more about it. */
  return detail != NULL ? g_strdup_printf (_ ("%s: %s"), what, detail) : g_strdup (what);
}

char *
xs_ready_describe_attempt (const XsCameraAttempt *attempt)
{
  switch (attempt->outcome)
    {
    case XS_CAMERA_OUTCOME_UNTRIED:
      return g_strdup (_ ("Not needed"));
    case XS_CAMERA_OUTCOME_USED:
      return g_strdup (_ ("Used"));
    case XS_CAMERA_OUTCOME_NEEDLESS:
      return g_strdup (_ ("Not needed outside a sandbox"));
    case XS_CAMERA_OUTCOME_MISSING:
      return describe_with (_ ("Not there"), attempt->detail);
    case XS_CAMERA_OUTCOME_WAITING:
      return g_strdup (_ ("The desktop asks whether it may be used"));
    case XS_CAMERA_OUTCOME_DENIED:
      return describe_with (_ ("Not allowed by the desktop"), attempt->detail);
    case XS_CAMERA_OUTCOME_EMPTY:
      return g_strdup (_ ("No camera"));
    case XS_CAMERA_OUTCOME_REFUSED:
      return describe_with (_ ("Only one that may not be used"), attempt->detail);
    case XS_CAMERA_OUTCOME_BUSY:
      return describe_with (_ ("In use by another program"), attempt->detail);
    case XS_CAMERA_OUTCOME_FAILED:
      return describe_with (_ ("Gives no pictures"), attempt->detail);
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}

/* "Camera portal: no camera · PipeWire: …", for whoever has to find out why. */
static char *
describe_ways (const XsCameraAttempt *attempts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int way = 0; way < XS_CAMERA_N_WAYS; way++)
    {
      g_autofree char *what = xs_ready_describe_attempt (&attempts[way]);
      g_string_append_printf (text, "%s%s: %s", way > 0 ? " · " : "", xs_ready_way_title ((XsCameraWay) way), what);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const XsCameraAttempt *
find_outcome (const XsCameraAttempt *attempts, XsCameraOutcome outcome)
{
  for (int way = 0; attempts != NULL && way < XS_CAMERA_N_WAYS; way++)
    if (attempts[way].outcome == outcome)
      return &attempts[way];
  return NULL;
}

void
xs_ready_judge_no_camera (XsReadyItem *item, const char *name, XsCameraKind refused, const XsCameraAttempt *attempts)
{
  const XsCameraAttempt *busy = find_outcome (attempts, XS_CAMERA_OUTCOME_BUSY);
  g_autofree char *ways = attempts != NULL ? describe_ways (attempts) : g_strdup ("");
  g_autofree char *remedy = NULL;

  if (find_outcome (attempts, XS_CAMERA_OUTCOME_WAITING) != NULL)
    set (item, XS_READY_NOT, g_strdup (_ ("The desktop asks whether the camera may be used")), _ ("Allow it."));
  else if (find_outcome (attempts, XS_CAMERA_OUTCOME_DENIED) != NULL)
    set (item, XS_READY_NOT, g_strdup (_ ("The desktop does not allow the camera")),
         _ ("Allow it in the desktop's settings under privacy."));
  else if (busy != NULL)
    set (item, XS_READY_NOT, describe_with (_ ("Another program uses the camera"), busy->detail), _ ("Close it."));
  else if (refused == XS_CAMERA_KIND_VIRTUAL)
    set (item, XS_READY_NOT, g_strdup_printf (_ ("The only camera is a virtual one: %s"), name != NULL ? name : "?"),
         _ ("Connect a real camera."));
  else if (refused == XS_CAMERA_KIND_INFRARED)
    set (item, XS_READY_NOT, g_strdup_printf (_ ("The only camera is an infrared one: %s"), name != NULL ? name : "?"),
         _ ("Connect another camera."));
  else
    set (item, XS_READY_NOT, g_strdup (_ ("No camera gives pictures")),
         _ ("Plug the camera in, or into another socket. Close other programs that use it. Which one is used is chosen "
            "on the staff page."));
  if (attempts == NULL)
    return;
  remedy = g_strdup_printf ("%s\n%s", item->remedy, ways);
  g_free (item->remedy);
  item->remedy = g_steal_pointer (&remedy);
}

void
xs_ready_judge_light (XsReadyItem *item, double luminance, double detail, const XsPolicy *policy)
{
  if (detail < policy->covered_detail_max)
    set (item, XS_READY_WARNING, g_strdup (_ ("The picture shows nothing")),
         _ ("Take away what is in front of the lens, or turn on a light."));
  else if (luminance < policy->luminance_min)
    set (item, XS_READY_WARNING, g_strdup (_ ("The picture is dark")), _ ("Turn on a light in front of the seat."));
  else
    set (item, XS_READY_OK, g_strdup (_ ("Bright enough")), "");
}

void
xs_ready_judge_disk (XsReadyItem *item, guint64 free_bytes, const GError *problem, const XsPolicy *policy)
{
  g_autofree char *free_size = g_format_size (free_bytes);
  g_autofree char *wanted = g_format_size ((guint64) policy->disk_reserve_bytes);

  if (problem == NULL)
    set (item, XS_READY_OK,
         free_bytes == G_MAXUINT64 ? g_strdup (_ ("Enough space")) : g_strdup_printf (_ ("%s free"), free_size), "");
  else if (g_error_matches (problem, XS_ERROR, XS_ERROR_NO_SPACE))
    {
      g_autofree char *remedy = g_strdup_printf (_ ("Make space on the disk of this PC: %s must be free."), wanted);
      set (item, XS_READY_NOT, g_strdup_printf (_ ("Nearly full: %s free"), free_size), remedy);
    }
  else
    set (item, XS_READY_NOT, g_strdup (_ ("The records cannot be reached")),
         _ ("Connect or mount their disk again, then restart the kiosk."));
}

/* "3 min", "2 h": how much, not to the second. */
static char *
rough_duration (gint64 time_us)
{
  gint64 s = ABS (time_us) / G_USEC_PER_SEC;

  if (s < 120)
    return g_strdup_printf (_ ("%d s"), (int) s);
  if (s < 2 * 3600)
    return g_strdup_printf (_ ("%d min"), (int) (s / 60));
  if (s < 2 * 24 * 3600)
    return g_strdup_printf (_ ("%d h"), (int) (s / 3600));
  return g_strdup_printf (_ ("%d days"), (int) MIN (s / (24 * 3600), 99999));
}

void
xs_ready_judge_clock (XsReadyItem *item, const XsReadyNetwork *network, const XsPolicy *policy)
{
  gint64 off_s = ABS (network->clock_ahead_us) / G_USEC_PER_SEC;
  g_autofree char *off = rough_duration (network->clock_ahead_us);

  if (!network->clock_known)
    set (item, XS_READY_UNKNOWN, g_strdup (_ ("Not compared with the school’s yet")), "");
  else if (off_s <= policy->clock_warn_s)
    set (item, XS_READY_OK, g_strdup (_ ("Agrees with the school’s")), "");
  else
    set (item, policy->clock_max_s > 0 && off_s > policy->clock_max_s ? XS_READY_NOT : XS_READY_WARNING,
         network->clock_ahead_us > 0 ? g_strdup_printf (_ ("Slow by %s"), off)
                                     : g_strdup_printf (_ ("Fast by %s"), off),
         _ ("Set the clock in the settings of this PC, and let it follow the network’s time."));
}

void
xs_ready_judge_network (XsReadyItem *item, const XsReadyNetwork *network, const XsOutboxStatus *outbox,
                        gint64 oldest_wall_us, gint64 now_wall_us, const XsPolicy *policy)
{
  gint64 age_us = oldest_wall_us > 0 ? MAX (now_wall_us - oldest_wall_us, 0) : 0;
  g_autofree char *age = rough_duration (age_us);
  guint n_waiting = outbox->logs_waiting + outbox->photos_waiting;

  if (network->state == XS_READY_NETWORK_REFUSED)
    set (item, XS_READY_WARNING, g_strdup (_ ("Does not know this kiosk any more")),
         _ ("Pair the kiosk again on the staff page, under “School”."));
  else if (age_us > policy->unsent_warn_s * G_USEC_PER_SEC)
    set (item, XS_READY_WARNING, g_strdup_printf (_ ("Study has waited for %s to be sent"), age),
         _ ("Check the network. Without one, export it on the staff page, under “Unsent work”."));
  else if (network->state == XS_READY_NETWORK_OFFLINE)
    set (item, XS_READY_WARNING, g_strdup (_ ("Not reachable. Studying is possible; it is sent later")),
         _ ("Check the network cable, and the address on the staff page."));
  else if (network->state == XS_READY_NETWORK_UNKNOWN)
    set (item, XS_READY_UNKNOWN, g_strdup (_ ("Connecting…")), "");
  else if (n_waiting > 0)
    set (item, XS_READY_OK, g_strdup_printf (_ ("Answers; %u still to be sent"), n_waiting), "");
  else
    set (item, XS_READY_OK, g_strdup (_ ("Answers, and has everything")), "");
}

void
xs_ready_judge_models (XsReadyItem *item, gboolean loaded)
{
  if (loaded)
    set (item, XS_READY_OK, g_strdup (_ ("Its models are whole and loaded")), "");
  else
    set (item, XS_READY_NOT, g_strdup (_ ("Its models are missing or damaged")), _ ("Install Xueshi again."));
}

void
xs_ready_judge_course (XsReadyItem *item, guint n_lessons, const GPtrArray *damaged)
{
  if (damaged->len == 0)
    {
      set (item, XS_READY_OK,
           g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u lesson, whole", "%u lessons, all whole", n_lessons),
                            n_lessons),
           "");
      return;
    }
  const char *first = g_ptr_array_index (damaged, 0);
  set (item, damaged->len >= n_lessons ? XS_READY_NOT : XS_READY_WARNING,
       damaged->len == 1 ? g_strdup_printf (_ ("Damaged: %s"), first)
                         : g_strdup_printf (_ ("Damaged: %s, and %u more"), first, damaged->len - 1),
       _ ("Install the course again. What is whole can be watched."));
}

void
xs_ready_judge_display (XsReadyItem *item, int width_px, int height_px)
{
  if (width_px >= LEAST_WIDTH_PX && height_px >= LEAST_HEIGHT_PX)
    set (item, XS_READY_OK, g_strdup_printf (_ ("%d × %d"), width_px, height_px), "");
  else
    set (item, XS_READY_WARNING, g_strdup_printf (_ ("%d × %d is small"), width_px, height_px),
         _ ("Choose 1024 × 768 or more in the PC’s settings of the screen, or a smaller scale."));
}

void
xs_ready_judge_sound (XsReadyItem *item, gboolean works)
{
  if (works)
    set (item, XS_READY_OK, g_strdup (_ ("Works")), "");
  else
    set (item, XS_READY_WARNING, g_strdup (_ ("No sound output works")),
         _ ("Connect headphones or a loudspeaker and turn it on."));
}

void
xs_ready_judge_awake (XsReadyItem *item, gboolean granted)
{
  if (granted)
    set (item, XS_READY_OK, g_strdup (_ ("While somebody studies")), "");
  else
    set (item, XS_READY_WARNING, g_strdup (_ ("The desktop does not promise it")),
         _ ("Turn off screen saver and sleep in the settings of this PC."));
}

void
xs_ready_judge_version (XsReadyItem *item, const char *version, int day, const XsPolicy *policy)
{
  gboolean is_old = policy->min_version[0] != '\0' && xs_version_compare (version, policy->min_version) < 0;
  int from = policy->min_version_from_day;

  if (!is_old)
    set (item, XS_READY_OK, g_strdup (version), "");
  else if (day < from)
    /* Translators: version of this program, date, version that is wanted. */
    set (item, XS_READY_WARNING,
         g_strdup_printf (_ ("%s. From %04d-%02d-%02d on the school wants %s"), version, from / 10000, from / 100 % 100,
                          from % 100, policy->min_version),
         _ ("Install the new version of Xueshi before that day."));
  else
    set (item, policy->min_version_stops ? XS_READY_NOT : XS_READY_WARNING,
         g_strdup_printf (_ ("%s. The school wants at least %s"), version, policy->min_version),
         _ ("Install the new version of Xueshi."));
}
