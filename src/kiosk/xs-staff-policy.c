/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "xs-staff-context.h"
#include "xs-text.h"
#include "xs-update.h"

/* The policy in force: which one it is, and its main numbers in words. */
#define XS_TYPE_STAFF_POLICY (xs_staff_policy_get_type ())
G_DECLARE_FINAL_TYPE (XsStaffPolicy, xs_staff_policy, XS, STAFF_POLICY, AdwBin)

typedef enum {
  LINE_DOCUMENT,
  LINE_VALID,
  LINE_CAP,
  LINE_MINUTE,
  LINE_LOG,
  LINE_PHOTOS,
  LINE_IDENTITY,
  LINE_ABSENCE,
  LINE_WINDOW,
  LINE_MADE_UP,
  LINE_ACTIVE,
  LINE_DISK,
  LINE_CLOCK,
  LINE_RESUME,
  N_LINES,
} Line;

struct _XsStaffPolicy {
  AdwBin parent_instance;

  XsStaffContext *context;
  GtkLabel *rows[N_LINES];
};

G_DEFINE_FINAL_TYPE (XsStaffPolicy, xs_staff_policy, ADW_TYPE_BIN)

static char *
seconds_text (gint64 time_s)
{
  return xs_text_duration (time_s * G_USEC_PER_SEC);
}

static char *
minute_text (const XsPolicy *policy)
{
  g_autofree char *least = seconds_text (policy->minute_normal_s);

  return g_strdup_printf (_ ("Counts when at least %s of it were studied"), least);
}

static char *
log_text (const XsPolicy *policy)
{
  g_autofree char *least = seconds_text (policy->segment_min_s);
  g_autofree char *most = seconds_text (policy->segment_max_s);

  return g_strdup_printf (_ ("Counts from %s on, and ends at %s"), least, most);
}

static char *
photos_text (const XsPolicy *policy)
{
  g_autofree char *interval = seconds_text (policy->snapshot_interval_s);

  return policy->snapshot_random ? g_strdup_printf (_ ("Every %s, and once at random in between"), interval)
                                 : g_strdup_printf (_ ("Every %s"), interval);
}

static char *
active_text (const XsPolicy *policy)
{
  g_autofree char *interval = seconds_text (policy->active_check_interval_s);

  if (policy->active_check_interval_s == 0)
    return g_strdup (policy->active_check_sign_in ? _ ("At sign-in") : _ ("Never"));
  return policy->active_check_sign_in ? g_strdup_printf (_ ("At sign-in, and about every %s"), interval)
                                      : g_strdup_printf (_ ("About every %s"), interval);
}

static char *
window_text (const XsPolicy *policy)
{
  const XsDayWindows *windows = &policy->rules.classroom;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!policy->rules.rule[XS_RULE_TRAINING_WINDOW].on)
    return g_strdup (_ ("At any time"));
  for (guint i = 0; i < windows->n; i++)
    {
      const XsDayWindow *window = &windows->windows[i];
      g_string_append_printf (text, "%s%02d:%02d–%02d:%02d", i > 0 ? ", " : "", window->from_min / 60,
                              window->from_min % 60, window->to_min / 60, window->to_min % 60);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
made_up_text (const XsPolicy *policy)
{
  int until_min = policy->rules.made_up_until_min;

  if (!policy->rules.rule[XS_RULE_NO_SIGN_OUT].on || until_min == 0)
    return g_strdup (_ ("Not possible"));
  return g_strdup_printf (_ ("Until %02d:%02d of the same day"), until_min / 60, until_min % 60);
}

/* (transfer full) */
static char *
line_text (Line line, const XsPolicy *policy)
{
  switch (line)
    {
    case LINE_DOCUMENT:
      return g_strdup_printf (_ ("%s, version %d"), policy->id, (int) policy->version);
    case LINE_VALID:
      return g_strdup_printf ("%04d-%02d-%02d", policy->valid_from_day / 10000, policy->valid_from_day / 100 % 100,
                              policy->valid_from_day % 100);
    case LINE_CAP:
      return seconds_text (policy->daily_cap_s);
    case LINE_MINUTE:
      return minute_text (policy);
    case LINE_LOG:
      return log_text (policy);
    case LINE_PHOTOS:
      return photos_text (policy);
    case LINE_IDENTITY:
      {
        g_autofree char *interval = seconds_text (policy->identity_interval_s);
        return g_strdup_printf (_ ("At least every %s"), interval);
      }
    case LINE_ABSENCE:
      {
        g_autofree char *absence = seconds_text (policy->absence_sign_out_s);
        return g_strdup_printf (_ ("After %s"), absence);
      }
    case LINE_WINDOW:
      return window_text (policy);
    case LINE_MADE_UP:
      return made_up_text (policy);
    case LINE_ACTIVE:
      return active_text (policy);
    case LINE_DISK:
      return g_format_size ((guint64) policy->disk_reserve_bytes);
    case LINE_CLOCK:
      return policy->clock_max_s > 0 ? seconds_text (policy->clock_max_s) : g_strdup (_ ("Not asked"));
    case LINE_RESUME:
      return policy->resume_s > 0 ? seconds_text (policy->resume_s) : g_strdup (_ ("Never"));
    case N_LINES:
    default:
      return g_strdup ("");
    }
}

static gboolean
read_policy (XsJournal *journal, gpointer data, GError **error)
{
  return xs_journal_get_policy (journal, data, NULL, error);
}

static void
on_policy_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsStaffPolicy) self = user_data;
  g_autoptr (GError) error = NULL;
  const XsPolicy *policy = xs_store_get_data (result);

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    {
      g_message ("Policy: %s", error->message);
      return;
    }
  for (int line = 0; line < N_LINES; line++)
    {
      g_autofree char *text = line_text ((Line) line, policy);
      xs_update_label (self->rows[line], text);
    }
}

static void
xs_staff_policy_map (GtkWidget *widget)
{
  XsStaffPolicy *self = (XsStaffPolicy *) widget;

  GTK_WIDGET_CLASS (xs_staff_policy_parent_class)->map (widget);
  xs_store_submit (self->context->store, read_policy, g_new0 (XsPolicy, 1), g_free, on_policy_read,
                   g_object_ref (self));
}

static void
xs_staff_policy_finalize (GObject *object)
{
  xs_staff_context_unref (((XsStaffPolicy *) object)->context);
  G_OBJECT_CLASS (xs_staff_policy_parent_class)->finalize (object);
}

static void
xs_staff_policy_class_init (XsStaffPolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_staff_policy_finalize;
  GTK_WIDGET_CLASS (klass)->map = xs_staff_policy_map;
}

static void
xs_staff_policy_init (XsStaffPolicy *self)
{
  const char *const titles[N_LINES] = {
    [LINE_DOCUMENT] = _ ("Policy"),
    [LINE_VALID] = _ ("Valid since"),
    [LINE_CAP] = _ ("Most that counts in a day"),
    [LINE_MINUTE] = _ ("One minute"),
    [LINE_LOG] = _ ("One teaching log"),
    [LINE_PHOTOS] = _ ("Photos"),
    [LINE_IDENTITY] = _ ("The face is compared"),
    [LINE_ABSENCE] = _ ("Whoever is away is signed out"),
    [LINE_WINDOW] = _ ("Hours of the day that count"),
    [LINE_MADE_UP] = _ ("A missing sign-out can be made up"),
    [LINE_ACTIVE] = _ ("The student turns the head"),
    [LINE_DISK] = _ ("Free disk a session needs"),
    [LINE_CLOCK] = _ ("Most that the clock may be wrong"),
    [LINE_RESUME] = _ ("So long after a crash the student goes on at once"),
  };
  GtkBox *column = xs_staff_part_new (ADW_BIN (self), _ ("Policy"),
                                      _ ("The rules in force here. The school’s platform hands them out; they cannot "
                                         "be changed on this PC."));
  GtkListBox *list = xs_staff_add_list (column, NULL);

  for (int line = 0; line < N_LINES; line++)
    self->rows[line] = xs_staff_add_fact (list, titles[line]);
}

GtkWidget *
xs_staff_policy_new (XsStaffContext *context)
{
  XsStaffPolicy *self = g_object_new (XS_TYPE_STAFF_POLICY, NULL);

  self->context = xs_staff_context_ref (context);
  return GTK_WIDGET (self);
}
