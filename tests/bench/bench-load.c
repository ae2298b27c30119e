/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-load photos|dav|logs PORT COUNT CONNECTIONS RATE KEYS CODE,CODE… [LOG]: send COUNT things over CONNECTIONS
 * kept-alive connections to a server of this machine, at RATE a second (0: as fast as it takes them). Each connection
 * is a device of its own, paired with one of the codes; its key lies in the folder KEYS. LOG is the log that all are
 * made from: as after days without a network, a device has one of each hour, and the learners take turns. Everything
 * is sealed and signed before the clock starts. Prints one line of JSON: how many, seconds, latencies in ms, which
 * count from the moment a thing was due, and the CPU time of sending one in µs.
 */

#include "xs-wire-auth.h"
#include "xs-wire-log.h"
#include "xs-wire-message.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PHOTO_BYTES (60 * 1024)
#define N_MINUTES 60
#define N_PHOTOS 6 /* of a log: sign-in, sign-out, and four on the way */
#define INSCODE "1000000000000001"
#define LEARNERS 2000 /* numbered from that of the log on */

typedef struct {
  char *head;
  GBytes *body;
  gint64 latency_us;
} Thing;

typedef struct {
  XsSignKey key;
  char devnum[XS_UNIFIED_DIGITS + 1];
  char previous[65];
} Device;

static struct {
  guint16 port;
  guint n_devices;
  Device *devices;
  guint count;
  guint rate;
  Thing *things;
  gint64 start_us;
  gint64 cpu_us; /* of the last run() */
  guint8 platform_key[XS_KEY_BYTES];
  guint n_failed; /* atomic */
} load;

static int
connect_to_server (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (load.port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
send_all (int fd, const void *data, gsize size, gboolean more)
{
  const char *p = data;

  while (size > 0)
    {
      gssize n = send (fd, p, size, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
      g_assert_cmpint (n, >, 0);
      p += n;
      size -= (gsize) n;
    }
}

/* (transfer full): the body of the answer; @status: (out) */
static char *
read_answer (int fd, guint *status)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize end = 0;

  for (;;)
    {
      char buffer[4096];
      const char *blank = strstr (text->str, "\r\n\r\n");
      if (blank != NULL && end == 0)
        {
          g_autofree char *head = g_ascii_strdown (text->str, blank - text->str);
          const char *length = strstr (head, "content-length:");
          end = (gsize) (blank - text->str) + 4;
          if (length != NULL)
            end += g_ascii_strtoull (length + strlen ("content-length:"), NULL, 10);
        }
      if (end > 0 && text->len >= end)
        break;
      gssize n = recv (fd, buffer, sizeof buffer, 0);
      g_assert_cmpint (n, >, 0);
      g_string_append_len (text, buffer, n);
    }
  *status = (guint) g_ascii_strtoull (text->str + strlen ("HTTP/1.1 "), NULL, 10);
  return g_strdup (strstr (text->str, "\r\n\r\n") + 4);
}

static void
wait_until (gint64 due_us)
{
  for (gint64 now_us; (now_us = g_get_monotonic_time ()) < due_us;)
    g_usleep ((gulong) (due_us - now_us)); /* nocheck:blocked-function: the pace of a load is a matter of time */
}

static gpointer
send_things (gpointer data)
{
  int fd = connect_to_server ();

  for (guint i = GPOINTER_TO_UINT (data); i < load.count; i += load.n_devices)
    {
      Thing *thing = &load.things[i];
      gint64 due_us = g_get_monotonic_time ();
      guint status;
      if (load.rate > 0)
        {
          due_us = load.start_us + i * (gint64) G_USEC_PER_SEC / load.rate;
          wait_until (due_us);
        }
      send_all (fd, thing->head, strlen (thing->head), TRUE);
      send_all (fd, g_bytes_get_data (thing->body, NULL), g_bytes_get_size (thing->body), FALSE);
      g_autofree char *answer = read_answer (fd, &status);
      thing->latency_us = g_get_monotonic_time () - due_us;
      if (status < 200 || status > 204)
        {
          if (g_atomic_int_add (&load.n_failed, 1) == 0)
            g_printerr ("%u %s\n", status, answer);
        }
    }
  close (fd);
  return NULL;
}

static char *
head_of (const Device *device, const char *path, GBytes *body, const char *more)
{
  g_autofree char *authorization =
    xs_wire_authorization_new (device->devnum, &device->key, "PUT", path, body, g_get_real_time ());

  return g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %" G_GSIZE_FORMAT
                          "\r\nAuthorization: %s\r\n%s\r\n",
                          path, g_bytes_get_size (body), authorization, more);
}

static void
make_photo (Thing *thing, const Device *device, GRand *rand, gboolean dav)
{
  g_autofree guint32 *noise = g_new (guint32, PHOTO_BYTES / 4);

  for (guint i = 0; i < PHOTO_BYTES / 4; i++)
    noise[i] = g_rand_int (rand);
  g_autoptr (GBytes) plain = g_bytes_new (noise, PHOTO_BYTES);
  thing->body = xs_seal (load.platform_key, plain);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (thing->body, NULL), g_bytes_get_size (thing->body));
  g_autofree char *path = dav ? g_strdup_printf ("/%.2s/%s", sha256, sha256) : xs_wire_path_photo (sha256);
  thing->head = head_of (device, path, thing->body, "");
}

/* The hours of a device follow one another. */
static void
move_by_an_hour (XsTeachingLog *log)
{
  log->start_wall_us += G_TIME_SPAN_HOUR;
  log->end_wall_us += G_TIME_SPAN_HOUR;
  for (guint i = 0; i < log->minutes->len; i++)
    g_array_index (log->minutes, XsMinuteRecord, i).wall_end_us += G_TIME_SPAN_HOUR;
  for (guint i = 0; i < log->photos->len; i++)
    g_array_index (log->photos, XsPhotoRecord, i).wall_us += G_TIME_SPAN_HOUR;
}

/* An hour with its minutes, of learner number @learner; each log names the same photos, which were sent before. */
static void
make_log (Thing *thing, Device *device, const XsWireLog *sample, gint64 seq, guint learner)
{
  XsWireLog log = *sample;
  guint8 signature[XS_SIGNATURE_BYTES];
  g_autofree char *recnum = xs_recnum ((guint) (seq % 90000) + 1);
  g_autofree char *path = xs_wire_path_log (seq);

  log.seq = seq;
  g_snprintf (log.log.stunum, sizeof log.log.stunum, "%016" G_GUINT64_FORMAT,
              g_ascii_strtoull (sample->log.stunum, NULL, 10) + learner % LEARNERS);
  g_strlcpy (log.log.recnum, recnum, sizeof log.log.recnum);
  g_strlcpy (log.log.devnum, device->devnum, sizeof log.log.devnum);
  for (guint i = 0; i < log.log.minutes->len; i++)
    memcpy (g_array_index (log.log.minutes, XsMinuteRecord, i).number, device->devnum, XS_UNIFIED_DIGITS);
  g_strlcpy (log.previous, device->previous, sizeof log.previous);
  thing->body = xs_wire_log_encode (&log);
  g_autofree char *sha256 = xs_sha256_hex (g_bytes_get_data (thing->body, NULL), g_bytes_get_size (thing->body));
  g_strlcpy (device->previous, sha256, sizeof device->previous);
  xs_sign (&device->key, g_bytes_get_data (thing->body, NULL), g_bytes_get_size (thing->body), signature);
  g_autofree char *text = g_base64_encode (signature, sizeof signature);
  g_autofree char *header = g_strdup_printf (XS_WIRE_HEADER_SIGNATURE ": %s\r\n", text);
  thing->head = head_of (device, path, thing->body, header);
}

static void
pair (Device *device, const char *code)
{
  XsWirePairAnswer answer;
  g_autoptr (GError) error = NULL;
  guint status;
  g_autoptr (GBytes) body = xs_wire_pair_request_encode (code, &device->key);
  g_autofree char *head =
    g_strdup_printf ("POST " XS_WIRE_PATH_PAIR " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %" G_GSIZE_FORMAT
                     "\r\n\r\n",
                     g_bytes_get_size (body));
  int fd = connect_to_server ();
  send_all (fd, head, strlen (head), TRUE);
  send_all (fd, g_bytes_get_data (body, NULL), g_bytes_get_size (body), FALSE);
  g_autofree char *text = read_answer (fd, &status);
  g_assert_cmpuint (status, ==, 200);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_assert_true (xs_wire_pair_answer_decode (&answer, bytes, &error));
  g_strlcpy (device->devnum, answer.devnum, sizeof device->devnum);
  memcpy (load.platform_key, answer.platform_key, XS_KEY_BYTES);
  close (fd);
}

static gint64
read_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return used.tv_sec * (gint64) G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
run (void)
{
  g_autofree GThread **threads = g_new (GThread *, load.n_devices);
  gint64 cpu_us = read_cpu_us ();

  load.start_us = g_get_monotonic_time ();
  for (guint i = 0; i < load.n_devices; i++)
    threads[i] = g_thread_new ("send", send_things, GUINT_TO_POINTER (i));
  for (guint i = 0; i < load.n_devices; i++)
    g_thread_join (threads[i]);
  load.cpu_us = read_cpu_us () - cpu_us;
}

static int
compare_latencies (gconstpointer a, gconstpointer b)
{
  gint64 difference = ((const Thing *) a)->latency_us - ((const Thing *) b)->latency_us;

  return difference < 0 ? -1 : difference > 0;
}

static void
report (gint64 took_us)
{
  qsort (load.things, load.count, sizeof *load.things, compare_latencies);
  g_print ("{\"count\": %u, \"failed\": %u, \"seconds\": %.3f, \"per_s\": %.1f, \"p50_ms\": %.2f, \"p99_ms\": %.2f,"
           " \"client_us\": %.1f, \"bytes\": %" G_GSIZE_FORMAT "}\n",
           load.count, load.n_failed, (double) took_us / G_USEC_PER_SEC,
           (double) load.count * G_USEC_PER_SEC / (double) took_us,
           (double) load.things[load.count / 2].latency_us / 1000,
           (double) load.things[load.count * 99 / 100].latency_us / 1000, (double) load.cpu_us / load.count,
           g_bytes_get_size (load.things[0].body));
}

/* Send the photos that the logs name. */
static void
send_photos_of (XsWireLog *sample, GRand *rand)
{
  Thing things[N_PHOTOS];

  load.things = things;
  load.count = N_PHOTOS;
  for (guint i = 0; i < N_PHOTOS; i++)
    {
      make_photo (&things[i], &load.devices[i % load.n_devices], rand, FALSE);
      XsPhotoRecord *photo = &g_array_index (sample->log.photos, XsPhotoRecord, i);
      g_autofree char *sha256 =
        xs_sha256_hex (g_bytes_get_data (things[i].body, NULL), g_bytes_get_size (things[i].body));
      g_strlcpy (photo->sha256, sha256, sizeof photo->sha256);
    }
  guint rate = load.rate;
  load.rate = 0;
  run ();
  load.rate = rate;
}

static void
make_devices (const char *keys, const char *codes_text)
{
  g_auto (GStrv) codes = g_strsplit (codes_text, ",", -1);
  g_autoptr (GError) error = NULL;

  load.devices = g_new0 (Device, load.n_devices);
  for (guint i = 0; i < load.n_devices; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *path = g_build_filename (keys, name, NULL);
      g_autofree char *none = g_strnfill (64, '0');
      g_assert_true (xs_sign_key_load (path, &load.devices[i].key, &error));
      g_strlcpy (load.devices[i].previous, none, sizeof load.devices[i].previous);
      if (i < g_strv_length (codes))
        pair (&load.devices[i], codes[i]);
    }
}

static void
read_sample (XsWireLog *sample, const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  g_autoptr (GBytes) bytes = g_bytes_new (text, size);
  if (!xs_wire_log_decode (sample, bytes, &error))
    g_printerr ("%s: %s\n", path, error->message);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GRand) rand = g_rand_new ();
  g_auto (XsWireLog) sample;

  g_assert_cmpint (argc, >=, 8);
  gboolean logs = g_str_equal (argv[1], "logs");
  gboolean dav = g_str_equal (argv[1], "dav");
  guint count = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  load.port = (guint16) g_ascii_strtoull (argv[2], NULL, 10);
  load.n_devices = (guint) g_ascii_strtoull (argv[4], NULL, 10);
  load.rate = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  xs_crypto_init ();
  make_devices (argv[6], argv[7]);
  if (dav)
    memcpy (load.platform_key, load.devices[0].key.public_key, XS_KEY_BYTES);
  xs_wire_log_init (&sample);
  if (logs)
    {
      read_sample (&sample, argv[8]);
      send_photos_of (&sample, rand);
    }
  load.things = g_new0 (Thing, count);
  load.count = count;
  for (guint i = 0; i < count; i++)
    {
      Device *device = &load.devices[i % load.n_devices];
      if (logs && i > 0 && i % load.n_devices == 0)
        move_by_an_hour (&sample.log);
      if (logs)
        make_log (&load.things[i], device, &sample, i / load.n_devices + 1, i);
      else
        make_photo (&load.things[i], device, rand, dav);
    }
  run ();
  report (g_get_monotonic_time () - load.start_us);
  return load.n_failed > 0;
}
