/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-document.h"

#include <glib/gi18n.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-csv.h"
#include "xs-review-text.h"

#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)
#define BYTE_ORDER_MARK "\357\273\277"

/* (transfer full): words that a table would take for a formula are made none. */
static char *
harmless (const char *text)
{
  return g_strconcat (text[0] != '\0' && strchr ("=+-@\t\r", text[0]) != NULL ? "'" : "", text, NULL);
}

/* (transfer full): a spreadsheet takes digits for a number, of which it keeps 15 and no noughts before: a tab makes it
 * text. */
static char *
as_text (const char *digits)
{
  return g_strconcat (digits, digits[0] != '\0' ? "\t" : "", NULL);
}

/* (transfer full): the rules that took a minute away, by the last verdict. */
static char *
taken_by (const GArray *voids, guint minute)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < voids->len; i++)
    {
      const XsWireReason *reason = &g_array_index (voids, XsWireReason, i);
      if (!reason->review && minute >= reason->from_min && minute < reason->to_min)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", xs_review_text_reason (reason->word));
    }
  return g_strdup (text->str);
}

static void
add_minutes (GString *text, const XsReviewLog *log)
{
  const XsTeachingLog *teaching = &log->wire_log.log;
  const XsReviewRow *row = xs_shown_log_row (log);
  g_autoptr (GArray) voids = xs_shown_log_voids (log);
  g_autofree char *name = harmless (row->name);
  g_autofree char *stunum = as_text (row->stunum);
  g_autofree char *recnum = as_text (row->recnum);
  g_autofree char *counts = g_strdup_printf ("%d", (int) (row->credited_min + row->credited_next_min));

  xs_csv_append_row (text, _ ("Number"), _ ("Begins"), _ ("Ends"), _ ("Seconds studied"), _ ("State"),
                     _ ("Taken away by"), _ ("Student"), _ ("Student number"), _ ("Log"), _ ("Stands as"),
                     _ ("Minutes that count"), NULL);
  for (guint i = 0; i < teaching->minutes->len; i++)
    {
      const XsMinuteRecord *minute = &g_array_index (teaching->minutes, XsMinuteRecord, i);
      g_autofree char *begins = xs_wall_format (teaching->start_wall_us + (gint64) i * MINUTE_US, "%Y-%m-%d %H:%M:%S");
      g_autofree char *ends = xs_wall_format (minute->wall_end_us, "%Y-%m-%d %H:%M:%S");
      g_autofree char *seconds = g_strdup_printf ("%d", (int) (minute->credited_us / G_USEC_PER_SEC));
      g_autofree char *number = as_text (minute->number);
      g_autofree char *taken = taken_by (voids, i);
      xs_csv_append_row (text, number, begins, ends, seconds, minute->normal ? _ ("normal") : _ ("abnormal"), taken,
                         name, stunum, recnum, xs_standing_word (xs_standing_of (row->state, row->verdict)), counts,
                         NULL);
    }
}

static void
add_log (GString *text, const XsReviewLog *log)
{
  const XsReviewRow *row = xs_shown_log_row (log);
  g_autofree char *recnum = as_text (row->recnum);
  g_autofree char *stunum = as_text (row->stunum);
  g_autofree char *devnum = as_text (row->devnum);
  g_autofree char *subjcode = as_text (row->subjcode);
  g_autofree char *name = harmless (row->name);
  g_autofree char *course = xs_review_text_course (row->subjcode);
  g_autofree char *begins = xs_wall_format (row->start_us, "%Y-%m-%d %H:%M:%S");
  g_autofree char *ends = xs_wall_format (row->end_us, "%Y-%m-%d %H:%M:%S");
  g_autofree char *studied = g_strdup_printf ("%d", (int) (row->claimed_s / 60));
  g_autofree char *counts = g_strdup_printf ("%d", (int) (row->credited_min + row->credited_next_min));
  g_autofree char *photos = g_strdup_printf ("%d", (int) row->n_photos);
  g_autofree char *reasons = xs_review_text_reasons (row->reasons);
  g_autofree char *who = harmless (row->judged_by);
  g_autofree char *comment = harmless (row->comment);

  xs_csv_append_row (text, recnum, stunum, name, devnum, subjcode, course, begins, ends, studied, counts, photos,
                     xs_standing_word (xs_standing_of (row->state, row->verdict)), who, reasons, comment,
                     log->log_sha256, NULL);
}

GBytes *
xs_log_document_csv (const XsLogDocument *document)
{
  GString *text = g_string_new (BYTE_ORDER_MARK);

  if (document->shown->logs->len == 1)
    add_minutes (text, xs_shown_logs_get (document->shown, 0));
  else
    {
      xs_csv_append_row (text, _ ("Log"), _ ("Student number"), _ ("Student"), _ ("Kiosk"), _ ("Course code"),
                         _ ("Course"), _ ("Begins"), _ ("Ends"), _ ("Minutes studied"), _ ("Minutes that count"),
                         _ ("Photos"), _ ("Stands as"), _ ("Decided by"), _ ("Why"), _ ("Comment"), "SHA-256", NULL);
      for (guint i = 0; i < document->shown->logs->len; i++)
        add_log (text, xs_shown_logs_get (document->shown, i));
    }
  return g_string_free_to_bytes (text);
}
