/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-metrics.h"

#include <stdio.h>
#include <unistd.h>

/* Upper ends of the histogram, in µs: from a look into the database to a photo over a bad network. */
static const gint64 bounds_us[] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000, 30000000 };

/* One method, route and status. */
typedef struct {
  const char *method;
  const char *route;
  guint status;
  guint64 count;
} Counter;

/* One method and route. */
typedef struct {
  const char *method;
  const char *route;
  guint64 buckets[G_N_ELEMENTS (bounds_us) + 1];
  gint64 total_us;
} Histogram;

typedef struct {
  const char *name;
  const char *help;
  XsPlatformGauge func;
  gpointer data;
} Gauge;

struct _XsPlatformMetrics {
  GMutex mutex; /* of all that follows */
  GArray *counters;
  GArray *histograms;
  GArray *gauges;
  guint64 received_bytes;
  guint64 sent_bytes;
  gint64 start_us; /* wall */
};

XsPlatformMetrics *
xs_platform_metrics_new (void)
{
  XsPlatformMetrics *metrics = g_new0 (XsPlatformMetrics, 1);

  g_mutex_init (&metrics->mutex);
  metrics->counters = g_array_new (FALSE, TRUE, sizeof (Counter));
  metrics->histograms = g_array_new (FALSE, TRUE, sizeof (Histogram));
  metrics->gauges = g_array_new (FALSE, TRUE, sizeof (Gauge));
  metrics->start_us = g_get_real_time ();
  return metrics;
}

void
xs_platform_metrics_free (XsPlatformMetrics *metrics)
{
  if (metrics == NULL)
    return;
  g_array_unref (metrics->counters);
  g_array_unref (metrics->histograms);
  g_array_unref (metrics->gauges);
  g_mutex_clear (&metrics->mutex);
  g_free (metrics);
}

static Counter *
find_counter (XsPlatformMetrics *metrics, const char *method, const char *route, guint status)
{
  Counter fresh = { .method = method, .route = route, .status = status };

  for (guint i = 0; i < metrics->counters->len; i++)
    {
      Counter *counter = &g_array_index (metrics->counters, Counter, i);
      if (counter->status == status && g_str_equal (counter->route, route) && g_str_equal (counter->method, method))
        return counter;
    }
  g_array_append_val (metrics->counters, fresh);
  return &g_array_index (metrics->counters, Counter, metrics->counters->len - 1);
}

static Histogram *
find_histogram (XsPlatformMetrics *metrics, const char *method, const char *route)
{
  Histogram fresh = { .method = method, .route = route };

  for (guint i = 0; i < metrics->histograms->len; i++)
    {
      Histogram *histogram = &g_array_index (metrics->histograms, Histogram, i);
      if (g_str_equal (histogram->route, route) && g_str_equal (histogram->method, method))
        return histogram;
    }
  g_array_append_val (metrics->histograms, fresh);
  return &g_array_index (metrics->histograms, Histogram, metrics->histograms->len - 1);
}

void
xs_platform_metrics_count_request (XsPlatformMetrics *metrics, const char *method, const char *route, guint status,
                                   gint64 duration_us, guint64 received_bytes, guint64 sent_bytes)
{
  guint bucket = 0;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&metrics->mutex);

  find_counter (metrics, method, route, status)->count++;
  Histogram *histogram = find_histogram (metrics, method, route);
  while (bucket < G_N_ELEMENTS (bounds_us) && duration_us > bounds_us[bucket])
    bucket++;
  histogram->buckets[bucket]++;
  histogram->total_us += duration_us;
  metrics->received_bytes += received_bytes;
  metrics->sent_bytes += sent_bytes;
}

void
xs_platform_metrics_add_gauge (XsPlatformMetrics *metrics, const char *name, const char *help, XsPlatformGauge gauge,
                               gpointer data)
{
  Gauge fresh = { .name = name, .help = help, .func = gauge, .data = data };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&metrics->mutex);

  g_array_append_val (metrics->gauges, fresh);
}

gint64
xs_platform_memory_bytes (void)
{
  g_autofree char *text = NULL;
  long pages;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%*s %ld", &pages) != 1)
    return 0;
  return (gint64) pages * sysconf (_SC_PAGESIZE);
}

static void
print_head (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A decimal point whatever the language is. */
static void
print_value (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, " %s\n", g_ascii_dtostr (buffer, sizeof buffer, value));
}

static void
print_plain (GString *text, const char *name, const char *type, const char *help, double value)
{
  print_head (text, name, type, help);
  g_string_append (text, name);
  print_value (text, value);
}

static void
print_histogram (GString *text, const Histogram *histogram)
{
  static const char name[] = "xueshi_http_request_duration_seconds";
  g_autofree char *labels = g_strdup_printf ("method=\"%s\",route=\"%s\"", histogram->method, histogram->route);
  guint64 count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (histogram->buckets); i++)
    {
      char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
      if (i < G_N_ELEMENTS (bounds_us))
        g_ascii_dtostr (bound, sizeof bound, (double) bounds_us[i] / G_USEC_PER_SEC);
      count += histogram->buckets[i];
      g_string_append_printf (text, "%s_bucket{%s,le=\"%s\"} %" G_GUINT64_FORMAT "\n", name, labels, bound, count);
    }
  g_string_append_printf (text, "%s_sum{%s}", name, labels);
  print_value (text, (double) histogram->total_us / G_USEC_PER_SEC);
  g_string_append_printf (text, "%s_count{%s} %" G_GUINT64_FORMAT "\n", name, labels, count);
}

/* Without the lock: who is asked may hold one of its own under which requests are counted. */
static void
print_gauges (GString *text, XsPlatformMetrics *metrics)
{
  g_autoptr (GArray) gauges = NULL;

  g_mutex_lock (&metrics->mutex);
  gauges = g_array_copy (metrics->gauges);
  g_mutex_unlock (&metrics->mutex);
  for (guint i = 0; i < gauges->len; i++)
    {
      const Gauge *gauge = &g_array_index (gauges, Gauge, i);
      print_plain (text, gauge->name, "gauge", gauge->help, gauge->func (gauge->data));
    }
  print_plain (text, "process_resident_memory_bytes", "gauge", "Memory in use.", (double) xs_platform_memory_bytes ());
  print_plain (text, "process_start_time_seconds", "gauge", "Start of the process, seconds since 1970 UTC.",
               (double) metrics->start_us / G_USEC_PER_SEC);
}

char *
xs_platform_metrics_print (XsPlatformMetrics *metrics)
{
  GString *text = g_string_new (NULL);

  print_gauges (text, metrics);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&metrics->mutex);
  print_head (text, "xueshi_http_requests_total", "counter", "Requests that were answered or given up (status 0).");
  for (guint i = 0; i < metrics->counters->len; i++)
    {
      const Counter *counter = &g_array_index (metrics->counters, Counter, i);
      g_string_append_printf (text,
                              "xueshi_http_requests_total{method=\"%s\",route=\"%s\",status=\"%u\"} %" G_GUINT64_FORMAT
                              "\n",
                              counter->method, counter->route, counter->status, counter->count);
    }
  print_head (text, "xueshi_http_request_duration_seconds", "histogram", "From the headers to the end of the answer.");
  for (guint i = 0; i < metrics->histograms->len; i++)
    print_histogram (text, &g_array_index (metrics->histograms, Histogram, i));
  print_plain (text, "xueshi_http_received_bytes_total", "counter", "Bytes of request bodies.",
               (double) metrics->received_bytes);
  print_plain (text, "xueshi_http_sent_bytes_total", "counter", "Bytes of answer bodies.",
               (double) metrics->sent_bytes);
  return g_string_free (text, FALSE);
}
