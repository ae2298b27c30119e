/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-log-document.h"

#include <cairo-pdf.h>
#include <glib/gi18n.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "xs-clock.h"
#include "xs-error.h"
#include "xs-log-words.h"
#include "xs-photo-checks.h"
#include "xs-picture-header.h"
#include "xs-review-text.h"

/* A4, in points. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 36.0
#define WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define FOOT 30.0
#define FONT "Noto Sans CJK SC"
#define SMALL 7.0
#define NORMAL 9.0
#define LARGE 16.0
#define GAP 6.0
#define STEPS_MAX 8
/* What the photos can spare: four of the longest. */
#define STEPS_HEIGHT 220.0
/* Photos: five beside each other, with three lines below each. */
#define COLUMNS 5
#define CELL (WIDTH / COLUMNS)
#define PICTURE ((CELL - 4) * 0.75)
#define LINE (NORMAL + 4)
#define CELL_HEIGHT (PICTURE + 3 * LINE + GAP)
#define HEADING (GAP + LINE + 2)
#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

/* By tone, dark enough to be told apart on a printer without colour. */
static const double tones[][3] = {
  [XS_TONE_QUIET] = { 0.45, 0.5, 0.5 },
  [XS_TONE_GOOD] = { 0.1, 0.43, 0.2 },
  [XS_TONE_DOUBT] = { 0.66, 0.33, 0 },
  [XS_TONE_BAD] = { 0.7, 0.13, 0.11 },
};

typedef struct {
  cairo_t *cr;
  const XsLogDocument *document;
  const XsReviewLog *log;
  double y;      /* where the next thing begins */
  guint number;  /* of the page, from 1 on */
  guint n_pages; /* 0: they are being counted, and no picture is opened */
} Page;

static void
set_tone (const Page *page, XsTone tone)
{
  cairo_set_source_rgb (page->cr, tones[tone][0], tones[tone][1], tones[tone][2]);
}

static void
set_ink (const Page *page)
{
  cairo_set_source_rgb (page->cr, 0.07, 0.09, 0.09);
}

static PangoLayout *
layout_of (const Page *page, const char *text, double size, double width, gboolean bold)
{
  PangoLayout *layout = pango_cairo_create_layout (page->cr);
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT);

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* Returns: its height. */
static double
put_text (const Page *page, double x, double y, double width, double size, gboolean bold, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_of (page, text, size, width, bold);
  int height;

  pango_layout_get_size (layout, NULL, &height);
  cairo_move_to (page->cr, x, y);
  pango_cairo_show_layout (page->cr, layout);
  return (double) height / PANGO_SCALE;
}

/* One line, cut where there is no room. */
static double
put_line (const Page *page, double x, double y, double width, double size, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_of (page, text, size, width, FALSE);
  int height;

  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_size (layout, NULL, &height);
  cairo_move_to (page->cr, x, y);
  pango_cairo_show_layout (page->cr, layout);
  return (double) height / PANGO_SCALE;
}

/* So many lines at most. */
static void
put_lines (const Page *page, double x, double y, double width, int n_lines, const char *text)
{
  g_autoptr (PangoLayout) layout = layout_of (page, text, NORMAL, width, FALSE);

  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (layout, -n_lines);
  cairo_move_to (page->cr, x, y);
  pango_cairo_show_layout (page->cr, layout);
}

static void
put_heading (Page *page, const char *text)
{
  set_ink (page);
  page->y += GAP;
  page->y += put_text (page, MARGIN, page->y, WIDTH, NORMAL, TRUE, text) + 2;
}

/* Numbers */

typedef struct {
  const char *title;
  char *value; /* (transfer full) */
} Fact;

static XsTone
standing_tone (XsStanding standing)
{
  switch (standing)
    {
    case XS_STANDING_VALID:
      return XS_TONE_GOOD;
    case XS_STANDING_PARTIAL:
      return XS_TONE_DOUBT;
    case XS_STANDING_VOID:
      return XS_TONE_BAD;
    case XS_STANDING_PENDING:
    case XS_N_STANDINGS:
    default:
      return XS_TONE_QUIET;
    }
}

static void
put_head (Page *page)
{
  const XsReviewRow *row = xs_shown_log_row (page->log);
  XsStanding standing = xs_standing_of (row->state, row->verdict);
  gboolean pending = standing == XS_STANDING_PENDING;
  g_autofree char *state = xs_review_text_state (row);
  g_autofree char *stands =
    g_strdup_printf ("%s%s%s", xs_standing_word (standing), pending ? "" : " · ", pending ? "" : state);
  g_autofree char *title = g_strdup_printf (_ ("Teaching log %s"), row->recnum);

  set_ink (page);
  page->y += put_text (page, MARGIN, page->y, WIDTH, LARGE, TRUE, title);
  set_tone (page, standing_tone (standing));
  page->y += put_text (page, MARGIN, page->y, WIDTH, NORMAL + 2, TRUE, stands) + GAP;
}

static void
put_facts (Page *page)
{
  const XsReviewRow *row = xs_shown_log_row (page->log);
  const XsTeachingLog *log = &page->log->wire_log.log;
  g_autofree char *end = xs_wall_format (row->end_us, "%H:%M:%S");
  g_autofree char *start = xs_wall_format (row->start_us, "%Y-%m-%d %H:%M:%S");
  Fact facts[] = {
    { _ ("Student"), g_strdup (row->name) },
    { _ ("Student number"), g_strdup (row->stunum) },
    { _ ("Time"), g_strdup_printf ("%s–%s", start, end) },
    { _ ("Course"), xs_review_text_course (row->subjcode) },
    { _ ("Studied"), g_strdup_printf (_ ("%d min"), (int) (row->claimed_s / 60)) },
    { _ ("Counts"), g_strdup_printf (_ ("%d min"), (int) (row->credited_min + row->credited_next_min)) },
    { _ ("Kiosk"), g_strdup_printf ("%s %s", row->devnum, row->device) },
    { _ ("School"), g_strdup (log->inscode) },
    { _ ("Course code"), g_strdup (row->subjcode) },
    { _ ("Session"), g_strdup_printf ("%" G_GINT64_FORMAT, log->classid) },
    { _ ("Rules"), g_strdup_printf ("%s · %d", log->policy_id, (int) log->policy_version) },
    { _ ("Admitted by"), g_strdup (log->admitted_by[0] != '\0' ? log->admitted_by : "–") },
  };
  double column = WIDTH / 2, height = 0;

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      double x = MARGIN + (i % 2) * column;
      set_tone (page, XS_TONE_QUIET);
      (void) put_line (page, x, page->y, 80, NORMAL, facts[i].title);
      set_ink (page);
      height = MAX (height, put_line (page, x + 82, page->y, column - 88, NORMAL, facts[i].value));
      if (i % 2 == 1)
        page->y += height + 1;
      g_free (facts[i].value);
    }
}

/* The time line */

static double
x_at (const Page *page, gint64 wall_us)
{
  const XsTeachingLog *log = &page->log->wire_log.log;
  double span_us = (double) MAX (log->end_wall_us - log->start_wall_us, 1);

  return MARGIN + WIDTH * CLAMP ((double) (wall_us - log->start_wall_us) / span_us, 0, 1);
}

static void
put_axis (Page *page)
{
  const XsTeachingLog *log = &page->log->wire_log.log;
  const XsTimelineView view = { log->start_wall_us, MAX (log->end_wall_us, log->start_wall_us + 1), WIDTH };
  gint64 step_us = xs_timeline_view_step_us (&view, 48);

  set_tone (page, XS_TONE_QUIET);
  cairo_set_line_width (page->cr, 0.5);
  for (gint64 tick_us = xs_timeline_first_tick_us (log->start_wall_us, step_us); tick_us <= log->end_wall_us;
       tick_us += step_us)
    {
      g_autofree char *text = xs_wall_format (tick_us, step_us < MINUTE_US ? "%H:%M:%S" : "%H:%M");
      double x = x_at (page, tick_us);
      cairo_move_to (page->cr, x, page->y);
      cairo_line_to (page->cr, x, page->y + 46);
      cairo_stroke (page->cr);
      if (x < MARGIN + WIDTH - 20)
        (void) put_line (page, x + 1, page->y - 1, 46, SMALL, text);
    }
  page->y += SMALL + 4;
}

static void
put_bar (const Page *page, double y, double height, gint64 from_us, gint64 to_us, XsTone tone, double alpha)
{
  double from = x_at (page, from_us), to = x_at (page, to_us);

  cairo_set_source_rgba (page->cr, tones[tone][0], tones[tone][1], tones[tone][2], alpha);
  cairo_rectangle (page->cr, from, y, MAX (to - from, 0.5), height);
  cairo_fill (page->cr);
}

/* Minutes as high as they were credited; what a verdict took away; where a photo was due and whether one is there. */
static void
put_timeline (Page *page)
{
  const XsTeachingLog *log = &page->log->wire_log.log;
  g_autoptr (GArray) reasons = xs_shown_log_voids (page->log);

  put_heading (page, _ ("Time line: studied, taken away, photos"));
  put_axis (page);
  for (guint i = 0; i < log->minutes->len; i++)
    {
      const XsMinuteRecord *minute = &g_array_index (log->minutes, XsMinuteRecord, i);
      gint64 from_us = log->start_wall_us + (gint64) i * MINUTE_US;
      double share = (double) minute->credited_us / (double) MINUTE_US;
      put_bar (page, page->y + 14 * (1 - share), 14 * share, from_us, MIN (from_us + MINUTE_US, log->end_wall_us),
               minute->normal ? XS_TONE_GOOD : XS_TONE_DOUBT, 0.6);
    }
  for (guint i = 0; i < reasons->len; i++)
    {
      const XsWireReason *reason = &g_array_index (reasons, XsWireReason, i);
      put_bar (page, page->y + 15, 6, log->start_wall_us + reason->from_min * MINUTE_US,
               log->start_wall_us + reason->to_min * MINUTE_US, reason->review ? XS_TONE_DOUBT : XS_TONE_BAD, 0.9);
    }
  for (guint i = 0; i < page->log->slots->len; i++)
    {
      const XsReviewSlot *slot = &g_array_index (page->log->slots, XsReviewSlot, i);
      XsTone tone = g_str_equal (slot->state, "good")     ? XS_TONE_GOOD
                    : g_str_equal (slot->state, "exempt") ? XS_TONE_QUIET
                                                          : XS_TONE_BAD;
      put_bar (page, page->y + 23, 6, slot->start_us, slot->end_us, tone, 0.25);
    }
  for (guint i = 0; i < log->photos->len; i++)
    {
      gint64 at_us = g_array_index (log->photos, XsPhotoRecord, i).wall_us;
      put_bar (page, page->y + 22, 8, at_us, at_us, XS_TONE_QUIET, 1);
    }
  page->y += 34;
}

/* Why, and who decided */

static void
put_reasons (Page *page)
{
  g_autofree char *text = xs_log_words_why (page->log);

  put_heading (page, _ ("Why"));
  page->y += put_text (page, MARGIN, page->y, WIDTH, NORMAL, FALSE, text);
}

/* The last ones that leave room for the photos, one in any case. */
static guint
find_first_step (const Page *page)
{
  const GArray *steps = page->log->steps;
  guint first = steps->len;
  double room = STEPS_HEIGHT;

  while (first > 0 && steps->len - first < STEPS_MAX)
    {
      g_autofree char *text = xs_log_words_step (&g_array_index (steps, XsReviewStep, first - 1));
      g_autoptr (PangoLayout) layout = layout_of (page, text, NORMAL, WIDTH, FALSE);
      int height;
      pango_layout_get_size (layout, NULL, &height);
      room -= (double) height / PANGO_SCALE;
      if (room < 0 && first < steps->len)
        break;
      first--;
    }
  return first;
}

static void
put_steps (Page *page)
{
  const GArray *steps = page->log->steps;
  guint first = find_first_step (page);

  put_heading (page, _ ("Decisions"));
  if (first > 0)
    {
      g_autofree char *more = g_strdup_printf (g_dngettext (NULL, "%u earlier one", "%u earlier ones", first), first);
      page->y += put_line (page, MARGIN, page->y, WIDTH, NORMAL, more);
    }
  for (guint i = first; i < steps->len; i++)
    {
      g_autofree char *text = xs_log_words_step (&g_array_index (steps, XsReviewStep, i));
      page->y += put_text (page, MARGIN, page->y, WIDTH, NORMAL, FALSE, text);
    }
  if (steps->len == 0)
    page->y += put_line (page, MARGIN, page->y, WIDTH, NORMAL, _ ("Nobody has decided yet"));
}

static void
put_signature (Page *page)
{
  const char *said = page->log->signature[0] == '\0' ? _ ("Signature of the kiosk: the platform does not tell it")
                     : xs_review_log_is_signed (page->log)
                       ? _ ("Signature of the kiosk: good, checked when this page was made")
                       : _ ("Signature of the kiosk: NOT good: this is not what the kiosk signed");
  g_autofree char *key = g_strdup_printf (_ ("Key of the kiosk: %s"), page->log->device_key);
  g_autofree char *hash = g_strdup_printf (_ ("SHA-256 of the signed log: %s"), page->log->log_sha256);
  g_autofree char *signature = g_strdup_printf (_ ("Signature: %s"), page->log->signature);

  put_heading (page, said);
  page->y += put_line (page, MARGIN, page->y, WIDTH, SMALL, hash);
  page->y += put_line (page, MARGIN, page->y, WIDTH, SMALL, key);
  page->y += put_line (page, MARGIN, page->y, WIDTH, SMALL, signature);
}

/* Photos */

/* The JPEG goes into the file as it is; the surface that carries it is as large and stays empty. */
static cairo_surface_t *
surface_of (GBytes *jpeg)
{
  XsPictureHeader header;
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);

  if (!xs_picture_read_header (data, size, &header, NULL) || header.format != XS_PICTURE_JPEG)
    return NULL;
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) header.width_px, (int) header.height_px);
  if (cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, data, size, (cairo_destroy_func_t) g_bytes_unref,
                                   g_bytes_ref (jpeg))
      == CAIRO_STATUS_SUCCESS)
    return surface;
  g_bytes_unref (jpeg);
  cairo_surface_destroy (surface);
  return NULL;
}

static void
put_picture (const Page *page, double x, double y, double width, double height, const char *sha256)
{
  if (page->n_pages == 0)
    return;
  GBytes *jpeg = sha256[0] != '\0' ? g_hash_table_lookup (page->document->jpegs, sha256) : NULL;
  cairo_surface_t *surface = jpeg != NULL ? surface_of (jpeg) : NULL;

  if (surface == NULL)
    {
      set_tone (page, XS_TONE_QUIET);
      cairo_set_line_width (page->cr, 0.5);
      cairo_rectangle (page->cr, x, y, width, height);
      cairo_stroke (page->cr);
      (void) put_text (page, x + 2, y + 2, width - 4, SMALL, FALSE, _ ("The photo is not there."));
      return;
    }
  double picture_width = cairo_image_surface_get_width (surface);
  double picture_height = cairo_image_surface_get_height (surface);
  double scale = MIN (width / picture_width, height / picture_height);
  cairo_save (page->cr);
  cairo_translate (page->cr, x + (width - picture_width * scale) / 2, y);
  cairo_scale (page->cr, scale, scale);
  cairo_set_source_surface (page->cr, surface, 0, 0);
  cairo_paint (page->cr);
  cairo_restore (page->cr);
  cairo_surface_destroy (surface);
}

static XsTone
tone_of (const XsShownPhoto *photo)
{
  return xs_shown_photo_reason (photo) != NULL ? XS_TONE_BAD : xs_photo_tone (photo->glance.seen);
}

static void
put_photo (const Page *page, const XsShownPhoto *photo, double x, double y)
{
  const char *reason = xs_shown_photo_reason (photo);
  g_autofree char *at = xs_wall_format (photo->glance.taken_us, "%H:%M:%S");
  g_autofree char *line = photo->measured != NULL && !isnan (photo->measured->match)
                            ? g_strdup_printf (_ ("%s · likeness %.0f"), at, photo->measured->match * 100)
                            : g_strdup (at);
  g_autofree char *seen =
    g_strdup_printf ("%s · %s",
                     reason != NULL ? xs_review_text_reason (reason) : xs_photo_seen_text (photo->glance.seen),
                     xs_review_text_photo_kind (photo->glance.event));

  put_picture (page, x, y, CELL - 4, PICTURE, photo->glance.sha256);
  set_ink (page);
  (void) put_line (page, x, y + PICTURE, CELL - 4, NORMAL, line);
  set_tone (page, tone_of (photo));
  put_lines (page, x, y + PICTURE + LINE, CELL - 4, 2, seen);
}

static void
end_page (Page *page)
{
  const XsLogDocument *document = page->document;
  g_autofree char *at = xs_wall_format (document->at_us, "%Y-%m-%d %H:%M");
  g_autofree char *foot = g_strdup_printf (_ ("Taken out by %s on %s · page %u of %u · Xueshi %s"), document->who, at,
                                           page->number, page->n_pages, XS_VERSION);

  set_tone (page, XS_TONE_QUIET);
  (void) put_line (page, MARGIN, PAGE_HEIGHT - MARGIN, WIDTH, SMALL, foot);
  cairo_show_page (page->cr);
  page->number++;
  page->y = MARGIN;
}

static gboolean
has_room (const Page *page, double height)
{
  return page->y + height <= PAGE_HEIGHT - MARGIN - FOOT / 2;
}

/* Room for a row of photos: on the next page, which says of which log it is, when there is none on this one. */
static void
make_room (Page *page, double height)
{
  const XsReviewRow *row = xs_shown_log_row (page->log);

  if (has_room (page, height))
    return;
  end_page (page);
  g_autofree char *day = xs_wall_format (row->start_us, "%Y-%m-%d");
  g_autofree char *title =
    g_strdup_printf (_ ("Photos of teaching log %s, %s, %s, continued"), row->recnum, row->name, day);
  put_heading (page, title);
}

static void
put_photos (Page *page)
{
  const XsShownLogs *shown = page->document->shown;
  guint column = 1;

  if (has_room (page, HEADING + CELL_HEIGHT))
    put_heading (page, _ ("Photos, first the registration photo"));
  make_room (page, CELL_HEIGHT);
  put_picture (page, MARGIN, page->y, CELL - 4, PICTURE, page->log->registration_sha256);
  set_ink (page);
  (void) put_line (page, MARGIN, page->y + PICTURE, CELL - 4, NORMAL, _ ("Registration photo"));
  for (guint i = 0; i < shown->photos->len; i++)
    {
      const XsShownPhoto *photo = &g_array_index (shown->photos, XsShownPhoto, i);
      if (photo->log != page->log)
        continue;
      if (column == COLUMNS)
        {
          column = 0;
          page->y += CELL_HEIGHT;
          make_room (page, CELL_HEIGHT);
        }
      put_photo (page, photo, MARGIN + column * CELL, page->y);
      column++;
    }
}

/* For whoever has decided, or answers for it, on paper. */
static void
put_place_to_sign (Page *page)
{
  set_ink (page);
  page->y += 2 * GAP;
  page->y += put_line (page, MARGIN, page->y, WIDTH, NORMAL + 1,
                       _ ("Signed: ________________________    Date: ________________"));
}

/* @n_pages: 0: only to count them. Returns: how many there are */
static guint
put_pages (const XsLogDocument *document, cairo_t *cr, guint n_pages)
{
  Page page = { .cr = cr, .document = document, .number = 1, .n_pages = n_pages };

  for (guint i = 0; i < document->shown->logs->len; i++)
    {
      page.log = xs_shown_logs_get (document->shown, i);
      page.y = MARGIN;
      put_head (&page);
      put_facts (&page);
      put_timeline (&page);
      put_reasons (&page);
      put_steps (&page);
      put_place_to_sign (&page);
      put_signature (&page);
      put_photos (&page);
      end_page (&page);
    }
  return page.number - 1;
}

static guint
count_pages (const XsLogDocument *document)
{
  /* Of the same kind, which writes nothing: letters are as wide as on paper. */
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (NULL, NULL, PAGE_WIDTH, PAGE_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  guint n_pages = put_pages (document, cr, 0);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return n_pages;
}

static cairo_status_t
append (gpointer data, const unsigned char *bytes, unsigned int length)
{
  g_byte_array_append (data, bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
xs_log_document_pdf (const XsLogDocument *document, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  cairo_t *cr = cairo_create (surface);

  (void) put_pages (document, cr, count_pages (document));
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "The PDF cannot be made: %s", cairo_status_to_string (status));
  return NULL;
}

char *
xs_log_document_name (const XsShownLogs *shown, const char *extension)
{
  const XsReviewRow *row = xs_shown_log_row (xs_shown_logs_get (shown, 0));
  g_autofree char *day = xs_wall_format (row->start_us, "%Y-%m-%d");
  g_autofree char *name =
    shown->logs->len == 1
      ? g_strdup_printf ("%s %s %s %s", row->name[0] != '\0' ? row->name : row->stunum, row->stunum, day, row->recnum)
      : g_strdup_printf (_ ("%s %s %s whole day"), row->name[0] != '\0' ? row->name : row->stunum, row->stunum, day);

  return g_strdup_printf ("%s.%s", g_strdelimit (name, "/\\:*?\"<>|", '-'), extension);
}
