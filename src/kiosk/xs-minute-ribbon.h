/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "xs-records.h"

G_BEGIN_DECLS

/** XsMinuteMark: how a minute of a log stands. */
typedef enum {
  XS_MINUTE_COUNTED,
  XS_MINUTE_SHORT, /* too little was studied in it */
  XS_MINUTE_VOID,  /* a rule took it */
} XsMinuteMark;

/** xs_minute_marks: (transfer full) (element-type XsMinuteMark): of every minute of the log. */
GArray *xs_minute_marks (const XsRecord *record);

/**
 * XsMinuteRibbon: the minutes of a log as a picture: filled, low or hatched, so that it can be read without its
 * colours. What it shows is also its accessible name.
 */
#define XS_TYPE_MINUTE_RIBBON (xs_minute_ribbon_get_type ())
G_DECLARE_FINAL_TYPE (XsMinuteRibbon, xs_minute_ribbon, XS, MINUTE_RIBBON, GtkWidget)

/** xs_minute_ribbon_set: @marks: (nullable): as xs_minute_marks() has them; NULL: nothing */
void xs_minute_ribbon_set (XsMinuteRibbon *self, GArray *marks, const char *name);

G_END_DECLS
