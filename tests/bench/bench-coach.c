/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h> /* nocheck:library: the window of the application is what it measures */
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#include "xs-crypto.h"
#include "xs-log-list.h"
#include "xs-log-pane.h"
#include "xs-queue-pane.h"
#include "xs-review-desk.h"
#include "xs-timeline.h"

/*
 * The coach's window against a platform that is there: bench-coach URL NAME PASSWORD FOLDER, for tests/bench/coach.py.
 * Each thing is done as the user does it, and is over when its frame was painted.
 */

#define STUDENT "2000000000000002"
#define N_LOGS 5
#define SCROLL_US (20 * G_USEC_PER_SEC)
#define RUN_PHOTOS 300
#define KEY_US 33000

static GdkFrameClock *frame_clock;
static gint64 painted_us; /* when the last frame was over */
static GArray *frames_ms; /* (nullable): double: between the ends of two frames, while something moves */

static void
on_after_paint (GdkFrameClock *clock, gpointer data)
{
  gint64 now_us = g_get_monotonic_time ();
  double ms = (double) (now_us - painted_us) / 1000;

  if (frames_ms != NULL && painted_us != 0)
    g_array_append_val (frames_ms, ms);
  painted_us = now_us;
}

static void
iterate (void)
{
  g_main_context_iteration (NULL, TRUE);
}

/* Until a frame that was begun now was painted. */
static void
wait_for_paint (GtkWidget *window)
{
  gint64 now_us = g_get_monotonic_time ();

  gtk_widget_queue_draw (window);
  while (painted_us < now_us)
    iterate ();
}

static gpointer
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = find (child, type);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static double
since_ms (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1000;
}

static double
memory_mib (void)
{
  g_autofree char *contents = NULL;
  const char *line;
  long kib = 0;

  if (g_file_get_contents ("/proc/self/smaps_rollup", &contents, NULL, NULL)
      && (line = strstr (contents, "\nPss:")) != NULL)
    (void) sscanf (line, "\nPss: %ld", &kib);
  return (double) kib / 1024;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    iterate ();
  return *result;
}

static int
by_length (gconstpointer a, gconstpointer b)
{
  double one = *(const double *) a, other = *(const double *) b;

  return (one > other) - (one < other);
}

static void
print_frames (const char *what, double limit_ms)
{
  guint n = frames_ms->len, n_over = 0;
  double sum = 0;

  g_array_sort (frames_ms, by_length);
  for (guint i = 0; i < n; i++)
    {
      double ms = g_array_index (frames_ms, double, i);
      sum += ms;
      n_over += ms > limit_ms;
    }
  g_print ("%-44s %u frames, mean %.1f ms, 99 %% within %.1f ms, longest %.1f ms, %u over (limit %.0f ms each)\n", what,
           n, sum / n, g_array_index (frames_ms, double, n * 99 / 100), g_array_index (frames_ms, double, n - 1),
           n_over, limit_ms);
  g_clear_pointer (&frames_ms, g_array_unref);
}

static void
begin_frames (void)
{
  frames_ms = g_array_new (FALSE, FALSE, sizeof (double));
  painted_us = 0;
  gdk_frame_clock_begin_updating (frame_clock);
}

static void
end_frames (const char *what)
{
  gdk_frame_clock_end_updating (frame_clock);
  print_frames (what, 33);
}

static void
open_queue (GtkWidget *window, XsReviewDesk *desk, XsReviewClient *client, const char *dir)
{
  XsQueuePane *queue = find (GTK_WIDGET (desk), XS_TYPE_QUEUE_PANE);
  gint64 start_us = g_get_monotonic_time ();

  xs_review_desk_open (desk, client, dir);
  while (g_list_model_get_n_items (G_LIST_MODEL (xs_queue_pane_get_list (queue))) == 0)
    iterate ();
  wait_for_paint (window);
  g_print ("%-44s %.0f ms (limit 500)\n", "queue of 100,000 logs", since_ms (start_us));
}

static void
open_logs (GtkWidget *window, XsLogPane *pane, XsReviewClient *client)
{
  GAsyncResult *result = NULL;
  g_auto (XsReviewPage) page = { 0 };
  g_auto (XsReviewQuery) query;
  g_autoptr (GError) error = NULL;
  double longest_ms = 0;
  guint n = 0;

  xs_review_query_init (&query);
  g_strlcpy (query.stunum, STUDENT, sizeof query.stunum);
  xs_review_client_list_async (client, &query, NULL, on_result, &result);
  if (!xs_review_client_list_finish (client, wait_for (&result), &page, &error))
    g_error ("%s", error->message);
  g_object_unref (result);
  for (guint i = 0; i < page.rows->len && n < N_LOGS; i++)
    {
      const XsReviewRow *row = &g_array_index (page.rows, XsReviewRow, i);
      if (row->n_photos < 60)
        continue;
      gint64 start_us = g_get_monotonic_time ();
      xs_log_pane_show (pane, row);
      while (!xs_photo_board_has_picture (xs_log_pane_get_board (pane)))
        iterate ();
      wait_for_paint (window);
      longest_ms = MAX (longest_ms, since_ms (start_us));
      n++;
    }
  g_print ("%-44s %.0f ms, the longest of %u (limit 300)\n", "log with 60 photos to its first picture", longest_ms, n);
}

static void
open_history (GtkWidget *window, XsLogPane *pane)
{
  XsTimeline *timeline = find (GTK_WIDGET (pane), XS_TYPE_TIMELINE);
  gint64 start_us = g_get_monotonic_time ();

  xs_log_pane_key (pane, GDK_KEY_y, 0);
  while (xs_timeline_view_level (xs_timeline_get_view (timeline)) != XS_TIMELINE_DAYS)
    iterate ();
  wait_for_paint (window);
  g_print ("%-44s %.0f ms\n", "a student's 10,000 photos by months", since_ms (start_us));
}

static void
scroll_grid (GtkWidget *window, XsLogPane *pane)
{
  GtkAdjustment *adjustment = xs_photo_board_get_grid_adjustment (xs_log_pane_get_board (pane));
  double most_mib = 0;

  xs_log_pane_key (pane, GDK_KEY_g, 0);
  do
    wait_for_paint (window);
  while (gtk_adjustment_get_upper (adjustment) <= 2 * gtk_adjustment_get_page_size (adjustment));
  gtk_adjustment_set_value (adjustment, 0);
  wait_for_paint (window);
  double way_px = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  gint64 start_us = g_get_monotonic_time (), moved_us = 0, looked_us = start_us, now_us;
  begin_frames ();
  while ((now_us = g_get_monotonic_time ()) < start_us + SCROLL_US)
    {
      /* Once for each frame. */
      if (moved_us <= painted_us)
        {
          gtk_adjustment_set_value (adjustment, way_px * (double) (now_us - start_us) / SCROLL_US);
          moved_us = now_us;
        }
      if (now_us > looked_us + G_USEC_PER_SEC)
        {
          most_mib = MAX (most_mib, memory_mib ());
          looked_us = now_us;
        }
      iterate ();
    }
  g_autofree char *what = g_strdup_printf ("scrolling 10,000 photos, %.0f px", way_px);
  end_frames (what);
  g_print ("%-44s %.0f MiB PSS at most (limit 250)\n", "memory meanwhile", most_mib);
  xs_log_pane_key (pane, GDK_KEY_Escape, 0);
  wait_for_paint (window);
}

/* As a key that is held does it, thirty times a second. */
static void
run_film (GtkWidget *window, XsLogPane *pane)
{
  XsTimeline *timeline = find (GTK_WIDGET (pane), XS_TYPE_TIMELINE);

  xs_log_pane_key (pane, GDK_KEY_f, 0);
  xs_timeline_key (timeline, GDK_KEY_Home, 0);
  wait_for_paint (window);
  gint64 next_us = g_get_monotonic_time ();
  begin_frames ();
  for (guint n = 0; n < RUN_PHOTOS;)
    {
      if (g_get_monotonic_time () >= next_us)
        {
          xs_timeline_key (timeline, GDK_KEY_Right, 0);
          next_us += KEY_US;
          n++;
        }
      iterate ();
    }
  end_frames ("300 photos of the film under a held key");
}

static void
on_activate (GtkApplication *application, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (XsReviewClient) client = xs_review_client_new (argv[1], &error);
  g_autofree char *dir = g_build_filename (argv[4], "photos", NULL);
  GtkWidget *window = adw_application_window_new (application);
  XsReviewDesk *desk = g_object_new (XS_TYPE_REVIEW_DESK, NULL);
  GAsyncResult *result = NULL;

  if (client == NULL)
    g_error ("%s", error->message);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Noto Sans CJK SC 12", "gtk-enable-animations", FALSE,
                NULL);
  gtk_widget_add_css_class (window, "coach-window");
  gtk_window_set_default_size (GTK_WINDOW (window), 1366, 768);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), GTK_WIDGET (desk));
  gtk_window_present (GTK_WINDOW (window));
  frame_clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (frame_clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  xs_review_client_sign_in_async (client, argv[2], argv[3], NULL, NULL, on_result, &result);
  if (xs_review_client_sign_in_finish (client, wait_for (&result), NULL, &error) != XS_REVIEW_SIGN_IN_DONE)
    g_error ("%s cannot sign in", argv[2]);
  g_object_unref (result);
  wait_for_paint (window);

  XsLogPane *pane = find (GTK_WIDGET (desk), XS_TYPE_LOG_PANE);
  open_queue (window, desk, client, dir);
  open_logs (window, pane, client);
  open_history (window, pane);
  scroll_grid (window, pane);
  run_film (window, pane);
  g_print ("%-44s %.0f MiB PSS (limit 250)\n", "memory in the end", memory_mib ());
  xs_review_desk_close (desk);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  if (argc != 5)
    {
      g_printerr ("usage: bench-coach URL NAME PASSWORD FOLDER\n");
      return 2;
    }
  gst_init (NULL, NULL);
  xs_crypto_init ();
  g_autoptr (AdwApplication) application =
    g_object_new (ADW_TYPE_APPLICATION, "application-id", "org.xueshi.Coach", "flags", G_APPLICATION_NON_UNIQUE,
                  "resource-base-path", "/org/xueshi/Coach", NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), argv);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
