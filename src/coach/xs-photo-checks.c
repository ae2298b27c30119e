/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-checks.h"

#include <glib/gi18n.h>
#include <math.h>

#include "xs-presence.h"

/* How a measure is written. */
typedef struct {
  double scale;
  int decimals;
  gboolean is_signed;
  const char *unit;
} Form;

static const Form degrees = { 1, 0, FALSE, "°" };
static const Form percent = { 100, 0, FALSE, " %" };
static const Form pixels = { 1, 0, FALSE, " px" };
static const Form stops = { 1, 1, TRUE, " EV" };
static const Form ratio = { 1, 2, FALSE, "" };
static const Form score = { 100, 0, FALSE, "" };

/* In the order in which a person looks. */
static const struct {
  const char *name; /* xs_measure_name() */
  const char *title;
  const Form *form;
  gboolean is_angle; /* to either side alike */
} measures[] = {
  { "match", N_ ("Likeness"), &score, FALSE },
  { "live", N_ ("Real person"), &percent, FALSE },
  { "yaw_deg", N_ ("Turned aside"), &degrees, TRUE },
  { "pitch_deg", N_ ("Turned up or down"), &degrees, TRUE },
  { "roll_deg", N_ ("Tilted"), &degrees, TRUE },
  { "eyes_open", N_ ("Eyes open"), &percent, FALSE },
  { "mouth_covered", N_ ("Mouth covered"), &percent, FALSE },
  { "head_covered", N_ ("Head covered"), &percent, FALSE },
  { "eye_glare", N_ ("Glare on glasses"), &percent, FALSE },
  { "luminance", N_ ("Brightness"), &percent, FALSE },
  { "backlight_ev", N_ ("Light from behind"), &stops, FALSE },
  { "light_balance_ev", N_ ("Light from one side"), &stops, TRUE },
  { "sharpness", N_ ("Sharpness"), &ratio, FALSE },
  { "brow_chin_px", N_ ("Size of the face"), &pixels, FALSE },
  { "face_share", N_ ("How near the face is"), &percent, FALSE },
};

static void
clear_check (gpointer data)
{
  XsPhotoCheck *check = data;

  g_free (check->value);
  g_free (check->limit);
}

static void
add (GArray *checks, const char *title, XsTone tone, char *value, char *limit)
{
  XsPhotoCheck check = { title, value, limit, tone };

  g_array_append_val (checks, check);
}

static char *
written (const Form *form, double value)
{
  g_autofree char *number = g_strdup_printf ("%.*f", form->decimals, value * form->scale);

  return g_strconcat (form->is_signed && value > 0 ? "+" : "", number, form->unit, NULL);
}

static char *
limit_text (const char *pattern, const Form *form, double value)
{
  g_autofree char *number = written (form, value);
  g_auto (GStrv) parts = g_strsplit (pattern, "%s", 2);

  return g_strjoinv (number, parts);
}

double
xs_photo_measure (const XsReviewPhoto *photo, const char *name)
{
  if (g_str_equal (name, "match"))
    return photo->match;
  if (g_str_equal (name, "live"))
    return photo->live;
  for (guint i = 0; i < photo->measures->len; i++)
    {
      const XsReviewMeasure *measure = &g_array_index (photo->measures, XsReviewMeasure, i);
      if (g_str_equal (measure->name, name))
        return measure->value;
    }
  return NAN;
}

static XsReviewLimit
limit_of (const GArray *limits, const char *name)
{
  for (guint i = 0; i < limits->len; i++)
    {
      const XsReviewLimit *limit = &g_array_index (limits, XsReviewLimit, i);
      if (g_str_equal (limit->name, name))
        return *limit;
    }
  return (XsReviewLimit){ .min = NAN, .max = NAN };
}

static void
add_measure (GArray *checks, guint i, const XsReviewPhoto *photo, const GArray *limits)
{
  const Form *form = measures[i].form;
  double value = xs_photo_measure (photo, measures[i].name);
  XsReviewLimit limit = limit_of (limits, measures[i].name);
  gboolean low = !isnan (limit.min) && value < limit.min, high = !isnan (limit.max) && value > limit.max;
  XsTone tone = low || high ? XS_TONE_BAD : XS_TONE_GOOD;
  char *needed = NULL;

  if (isnan (value))
    {
      add (checks, _ (measures[i].title), XS_TONE_QUIET, g_strdup ("–"), g_strdup (""));
      return;
    }
  /* Between the two limits of a match nobody is somebody else; the auditor has told which it is. */
  if (i == 0 && low && !g_str_equal (photo->seen, xs_presence_nick (XS_PRESENCE_OTHER_PERSON)))
    tone = XS_TONE_DOUBT;
  if (!isnan (limit.max) && (isnan (limit.min) || measures[i].is_angle || high))
    /* Translators: %s is a limit such as “25°”. */
    needed = limit_text (_ ("at most %s"), form, limit.max);
  else if (!isnan (limit.min))
    /* Translators: %s is a limit such as “50 %”. */
    needed = limit_text (_ ("at least %s"), form, limit.min);
  add (checks, _ (measures[i].title), tone, written (form, measures[i].is_angle ? fabs (value) : value),
       needed != NULL ? needed : g_strdup (""));
}

static int
by_tone (gconstpointer a, gconstpointer b)
{
  static const int order[] = { [XS_TONE_BAD] = 0, [XS_TONE_DOUBT] = 1, [XS_TONE_GOOD] = 2, [XS_TONE_QUIET] = 3 };

  return order[((const XsPhotoCheck *) a)->tone] - order[((const XsPhotoCheck *) b)->tone];
}

GArray *
xs_photo_checks_array_new (void)
{
  GArray *checks = g_array_new (FALSE, FALSE, sizeof (XsPhotoCheck));

  g_array_set_clear_func (checks, clear_check);
  return checks;
}

void
xs_photo_checks_sort (GArray *checks)
{
  /* It is stable: few enough for GLib to insert. */
  g_array_sort (checks, by_tone);
}

GArray *
xs_photo_checks_new (const XsReviewPhoto *photo, const GArray *limits)
{
  GArray *checks = xs_photo_checks_array_new ();
  double repeats = xs_photo_measure (photo, "repeats");

  add (checks, _ ("Faces"), photo->faces->len == 1 ? XS_TONE_GOOD : XS_TONE_BAD,
       g_strdup_printf ("%u", photo->faces->len), g_strdup (_ ("one alone")));
  for (guint i = 0; i < G_N_ELEMENTS (measures); i++)
    add_measure (checks, i, photo, limits);
  if (repeats > 0.5)
    add (checks, _ ("Seen before"), XS_TONE_BAD, g_strdup (_ ("yes")), g_strdup (""));
  xs_photo_checks_sort (checks);
  return checks;
}

XsTone
xs_photo_tone (const char *seen)
{
  if (seen[0] == '\0')
    return XS_TONE_QUIET;
  if (g_str_equal (seen, xs_presence_nick (XS_PRESENCE_PRESENT)))
    return XS_TONE_GOOD;
  return g_str_equal (seen, xs_presence_nick (XS_PRESENCE_UNVERIFIED)) ? XS_TONE_DOUBT : XS_TONE_BAD;
}

const char *
xs_photo_seen_text (const char *seen)
{
  static const struct {
    XsPresence presence;
    const char *text;
  } texts[] = {
    { XS_PRESENCE_PRESENT, N_ ("The student, says the check") },
    { XS_PRESENCE_COVERED, N_ ("The camera is covered") },
    { XS_PRESENCE_NO_FACE, N_ ("Nobody to be seen") },
    { XS_PRESENCE_SEVERAL_FACES, N_ ("Several people") },
    { XS_PRESENCE_OTHER_PERSON, N_ ("Another person, says the check") },
    { XS_PRESENCE_NOT_LIVE, N_ ("A picture of a person") },
    { XS_PRESENCE_LOOKING_AWAY, N_ ("Looking away") },
    { XS_PRESENCE_EYES_CLOSED, N_ ("Eyes closed") },
    { XS_PRESENCE_UNVERIFIED, N_ ("Hard to recognise") },
  };

  if (seen[0] == '\0')
    return _ ("Not looked at yet");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (seen, xs_presence_nick (texts[i].presence)))
      return _ (texts[i].text);
  return _ ("Cannot be opened");
}

const char *
xs_tone_icon (XsTone tone)
{
  static const char *const icons[] = { "content-loading-symbolic", "emblem-ok-symbolic", "dialog-question-symbolic",
                                       "dialog-warning-symbolic" };

  return icons[tone];
}

const char *
xs_tone_word (XsTone tone)
{
  switch (tone)
    {
    case XS_TONE_GOOD:
      return _ ("good");
    case XS_TONE_DOUBT:
      return _ ("in doubt");
    case XS_TONE_BAD:
      return _ ("not good");
    case XS_TONE_QUIET:
    default:
      return _ ("not measured");
    }
}

const char *
xs_tone_class (XsTone tone)
{
  static const char *const classes[] = { "tone-quiet", "tone-good", "tone-doubt", "tone-bad" };

  return classes[tone];
}
