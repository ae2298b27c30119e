/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What it costs to judge a log: real photos, the real worker, a platform on disk. audit.py makes the photos.
 *
 * Usage: bench-audit AUDITOR REGISTRATION.jpg PHOTO.jpg… (of one person, in turn)
 */

#include "xs-audit-fixture.h"
#include "xs-blob.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#define N_LOGS 40
#define PHOTOS_PER_LOG 6

static GBytes *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = xs_blob_read (path, 4 * 1024 * 1024, &error);

  g_assert_no_error (error);
  return jpeg;
}

static double
cpu_s (int who)
{
  struct rusage usage;

  getrusage (who, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* VmHWM in MiB. */
static double
peak_mib (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NAN;
  const char *line = strstr (text, "VmHWM:");
  return line != NULL ? (double) g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) / 1024 : NAN;
}

static void
print_memory (const XsAuditFixture *f)
{
  g_autofree char *pid = g_strdup_printf ("%d", xs_looker_get_pid (f->looker));
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", pid, pid);
  g_autofree char *children = NULL;

  g_print ("worker: %.0f MiB\n", peak_mib (pid));
  if (!g_file_get_contents (path, &children, NULL, NULL))
    return;
  g_auto (GStrv) words = g_strsplit (g_strstrip (children), " ", -1);
  guint n = g_strv_length (words);
  if (n > 0)
    g_print ("its child that looks at a log: %.0f MiB, most of it shared\n", peak_mib (words[n - 1]));
}

static void
fill (XsAuditFixture *f, GPtrArray *jpegs, const XsTemplate *face)
{
  for (guint i = 0; i < N_LOGS; i++)
    {
      g_auto (XsWireLog) wire_log;
      XsShot shots[PHOTOS_PER_LOG];
      for (guint p = 0; p < PHOTOS_PER_LOG; p++)
        shots[p] = (XsShot){ g_ptr_array_index (jpegs, (i * PHOTOS_PER_LOG + p) % jpegs->len), XS_PHOTO_PROCESS, p };
      shots[0].event = XS_PHOTO_SIGN_IN;
      xs_audit_fixture_make_log (f, 0, XS_STUDENT, (int) i * 60, 30, shots, PHOTOS_PER_LOG, face, &wire_log);
      xs_audit_fixture_put (f, 0, &wire_log, NULL);
    }
}

int
main (int argc, char **argv)
{
  XsAuditFixture f = { 0 };
  XsTemplate face;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) jpegs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (argc < 4)
    g_error ("usage: bench-audit AUDITOR REGISTRATION.jpg PHOTO.jpg…");
  xs_crypto_init ();
  xs_audit_fixture_set_up (&f, argv[1]);
  g_autoptr (GBytes) registered = load (argv[2]);
  for (int i = 3; i < argc; i++)
    g_ptr_array_add (jpegs, load (argv[i]));
  xs_audit_fixture_set_face (&f, XS_STUDENT, registered);
  g_assert_true (xs_looker_enrol (f.looker, registered, &face, &error));
  g_assert_no_error (error);
  fill (&f, jpegs, &face);

  /* Another worker, so that what was spent so far is not counted. */
  xs_auditor_free (f.auditor);
  xs_looker_free (f.looker);
  f.looker = xs_looker_new (argv[1], 30 * G_USEC_PER_SEC, &error);
  g_assert_no_error (error);
  f.auditor = xs_auditor_new (f.storage, f.looker, 60 * G_USEC_PER_SEC);
  double self_s = cpu_s (RUSAGE_SELF), children_s = cpu_s (RUSAGE_CHILDREN);
  gint64 start_us = g_get_monotonic_time ();
  xs_audit_fixture_run (&f);
  double wall_s = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  print_memory (&f);
  xs_audit_fixture_tear_down (&f, argv[1]);
  self_s = cpu_s (RUSAGE_SELF) - self_s;
  children_s = cpu_s (RUSAGE_CHILDREN) - children_s;
  const double n_photos = N_LOGS * PHOTOS_PER_LOG;
  g_print ("%d logs with %d photos each, start of the worker included\n", N_LOGS, PHOTOS_PER_LOG);
  g_print ("CPU a photo: %.0f ms looking, %.0f ms everything else; %.0f ms together (at most 150)\n",
           1000 * children_s / n_photos, 1000 * self_s / n_photos, 1000 * (children_s + self_s) / n_photos);
  g_print ("wall time a photo: %.0f ms\n", 1000 * wall_s / n_photos);
  return 1000 * (children_s + self_s) / n_photos <= 150 ? 0 : 1;
}
