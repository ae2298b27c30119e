/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-check.h"
#include "xs-platform-fixture.h"

#include <string.h>

/* What comes at the same moment: each log and photo is stored once, and of logs that exclude each other one. */

#define N_THREADS 8
#define N_ROUNDS 12

typedef struct {
  XsPlatformFixture *f;
  XsWireLog log;
  gint *n_ready; /* atomic: all begin together */
  char *text;    /* of the answer */
} Sender;

static gpointer
send_log (gpointer data)
{
  Sender *sender = data;
  XsPlatformFixture *f = sender->f;

  g_atomic_int_inc (sender->n_ready);
  while (g_atomic_int_get (sender->n_ready) < N_THREADS)
    g_thread_yield ();
  g_autoptr (XsReply) reply = xs_send_log (f->port, &f->key, XS_SAMPLE_DEVNUM, XS_SAMPLE_TIME_US, &sender->log);
  sender->text = xs_reply_text (reply);
  return NULL;
}

/* Make @log, which all begin with, that of a thread. */
typedef void (*Vary) (XsWireLog *log, guint round, guint thread);

/* Send one log a thread. @counts: (inout): how many answers have each of @words */
static void
send_together (XsPlatformFixture *f, guint round, Vary vary, const char *const *words, guint *counts)
{
  Sender senders[N_THREADS];
  GThread *threads[N_THREADS];
  gint n_ready = 0;

  for (guint i = 0; i < N_THREADS; i++)
    {
      senders[i] = (Sender){ .f = f, .n_ready = &n_ready };
      xs_wire_log_init (&senders[i].log);
      xs_sample_log (&senders[i].log);
      g_array_set_size (senders[i].log.log.photos, 0);
      vary (&senders[i].log, round, i);
    }
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("sender", send_log, &senders[i]);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_test_message ("round %u: %s", round, senders[i].text);
      for (guint word = 0; words[word] != NULL; word++)
        counts[word] += strstr (senders[i].text, words[word]) != NULL;
      g_free (senders[i].text);
      xs_wire_log_clear (&senders[i].log);
    }
}

/* None of these logs follows another; for the rest all is as it should be. */
static void
assert_stored (XsPlatformFixture *f, guint n_logs)
{
  g_auto (XsPlatformChecked) checked = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_platform_check (f->storage, FALSE, &checked, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < checked.problems->len; i++)
    g_assert_cmpint (g_array_index (checked.problems, XsPlatformFinding, i).fault, ==, XS_FAULT_CHAIN);
  g_assert_cmpuint (checked.logs, ==, n_logs);
}

/* @word: of the answers to all but one */
static void
assert_one_wins (XsPlatformFixture *f, Vary vary, const char *word)
{
  const char *const words[] = { "accepted", word, NULL };

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      guint counts[2] = { 0 };
      send_together (f, round, vary, words, counts);
      g_assert_cmpuint (counts[0], ==, 1);
      g_assert_cmpuint (counts[1], ==, N_THREADS - 1);
    }
  assert_stored (f, N_ROUNDS);
}

static void
set_number (XsWireLog *log, guint seq, guint recnum)
{
  g_autofree char *text = xs_recnum (recnum);

  log->seq = seq;
  g_strlcpy (log->log.recnum, text, sizeof log->log.recnum);
}

static void
vary_nothing (XsWireLog *log, guint round, guint thread)
{
  set_number (log, round + 1, round + 1);
}

static void
test_same (XsPlatformFixture *f, gconstpointer data)
{
  assert_one_wins (f, vary_nothing, "duplicate");
}

static void
vary_class (XsWireLog *log, guint round, guint thread)
{
  set_number (log, round + 1, round + 1);
  log->log.classid = thread + 1;
}

static void
test_same_seq (XsPlatformFixture *f, gconstpointer data)
{
  assert_one_wins (f, vary_class, "conflict");
}

static void
vary_seq (XsWireLog *log, guint round, guint thread)
{
  set_number (log, round * N_THREADS + thread + 1, round + 1);
}

static void
test_same_recnum (XsPlatformFixture *f, gconstpointer data)
{
  assert_one_wins (f, vary_seq, "recnum_taken");
}

typedef struct {
  XsPlatformFixture *f;
  GBytes *photo;
  const char *path;
  gint *n_ready;
  guint status;
} Uploader;

static gpointer
send_photo (gpointer data)
{
  Uploader *uploader = data;

  g_atomic_int_inc (uploader->n_ready);
  while (g_atomic_int_get (uploader->n_ready) < N_THREADS)
    g_thread_yield ();
  g_autoptr (XsReply) reply = xs_platform_fixture_send (uploader->f, "PUT", uploader->path, uploader->photo);
  uploader->status = reply->status;
  return NULL;
}

static void
test_same_photo (XsPlatformFixture *f, gconstpointer data)
{
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autofree char *sha256 = NULL;
      const guint8 *key = xs_platform_storage_get_seal_key (f->storage)->public_key;
      g_autoptr (GBytes) photo = xs_make_photo (key, round, 5000, &sha256);
      g_autofree char *path = xs_wire_path_photo (sha256);
      Uploader uploaders[N_THREADS];
      GThread *threads[N_THREADS];
      gint n_ready = 0;
      guint n_created = 0;

      for (guint i = 0; i < N_THREADS; i++)
        {
          uploaders[i] = (Uploader){ .f = f, .photo = photo, .path = path, .n_ready = &n_ready };
          threads[i] = g_thread_new ("uploader", send_photo, &uploaders[i]);
        }
      for (guint i = 0; i < N_THREADS; i++)
        {
          g_thread_join (threads[i]);
          g_assert_true (uploaders[i].status == 200 || uploaders[i].status == 201);
          n_created += uploaders[i].status == 201;
        }
      g_assert_cmpuint (n_created, ==, 1);
    }
  assert_stored (f, 0);
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/platform/meeting/" path, XsPlatformFixture, NULL, xs_platform_fixture_set_up, func,                    \
              xs_platform_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  ADD ("same", test_same);
  ADD ("same-seq", test_same_seq);
  ADD ("same-recnum", test_same_recnum);
  ADD ("same-photo", test_same_photo);
  return g_test_run ();
}
