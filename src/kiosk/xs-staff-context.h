/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "xs-application.h"
#include "xs-ready-check.h"
#include "xs-sync.h"

G_BEGIN_DECLS

/** XsStaffContext: what the parts of the staff page work on. Reference counted; main thread. */
typedef struct {
  const XsOptions *options;
  XsStore *store;
  XsSync *sync;
  XsStudy *study;      /* (nullable): before the kiosk is paired */
  XsReadyCheck *check; /* (nullable): the same */
} XsStaffContext;

/** xs_staff_context_new: (transfer full): keeps references. */
XsStaffContext *xs_staff_context_new (const XsOptions *options, XsStore *store, XsSync *sync);
/** xs_staff_context_set_study: once the kiosk is paired. */
void xs_staff_context_set_study (XsStaffContext *context, XsStudy *study, XsReadyCheck *check);
XsStaffContext *xs_staff_context_ref (XsStaffContext *context);
void xs_staff_context_unref (XsStaffContext *context);

/* What the parts are made of. */

/** xs_staff_part_new: (transfer none): a column with a heading and a sentence on what it is for. */
GtkBox *xs_staff_part_new (AdwBin *part, const char *title, const char *intro);
/** xs_staff_add_title: what the next of @column is for. */
void xs_staff_add_title (GtkBox *column, const char *title);
/** xs_staff_add_list: (transfer none): a framed list at the end of @column. @title: (nullable) */
GtkListBox *xs_staff_add_list (GtkBox *column, const char *title);
/** xs_staff_add_row: (transfer none): a row with @title, for what can be chosen or set. */
AdwActionRow *xs_staff_add_row (GtkListBox *list, const char *title);
/** xs_staff_add_fact: (transfer none): a row that says something; the label beside @title, for xs_update_label(). */
GtkLabel *xs_staff_add_fact (GtkListBox *list, const char *title);
/** xs_staff_add_entry: (transfer none): a row to type into. */
AdwEntryRow *xs_staff_add_entry (GtkListBox *list, const char *title);
/** xs_staff_add_line: (transfer none): a box at the end of @column for buttons and, beside them, how it went. */
GtkBox *xs_staff_add_line (GtkBox *column);
/** xs_staff_add_button: (transfer none): at the end of @column, calls @clicked (@part). */
GtkButton *xs_staff_add_button (GtkBox *column, const char *label, GCallback clicked, gpointer part);
/** xs_staff_add_result: (transfer none): a line that says how something went; announced by its description. */
GtkLabel *xs_staff_add_result (GtkBox *column, const char *description);
/** xs_staff_set_result: @failed: for the look, beside what the words say. @text: (nullable): NULL hides it; new words
 * are scrolled to */
void xs_staff_set_result (GtkLabel *result, gboolean failed, const char *text);

/**
 * xs_staff_exchange_text: what to do about an exchange with the platform that failed, in the language of the screen.
 * The error's own message is English and among the kiosk's messages.
 */
const char *xs_staff_exchange_text (const GError *error);

/* The parts, each a widget that looks again whenever it is shown: (transfer floating) */
/** xs_staff_camera_new: which camera, with its picture. */
GtkWidget *xs_staff_camera_new (XsStaffContext *context);
/** xs_staff_school_new: platform, exchange, pairing. Signal "paired": the kiosk was paired. */
GtkWidget *xs_staff_school_new (XsStaffContext *context);
/** xs_staff_sound_new: volume, and a test of it. */
GtkWidget *xs_staff_sound_new (XsStaffContext *context);
/** xs_staff_policy_new: the rules in force. */
GtkWidget *xs_staff_policy_new (XsStaffContext *context);
/** xs_staff_unsent_new: what waits to be sent, and its export. */
GtkWidget *xs_staff_unsent_new (XsStaffContext *context);
/** xs_staff_log_new: what the kiosk noted of itself. */
GtkWidget *xs_staff_log_new (XsStaffContext *context);
/** xs_staff_machine_new: version, password, the way out. */
GtkWidget *xs_staff_machine_new (XsStaffContext *context);

/** Key of xs_journal_get_setting(). */

G_END_DECLS
