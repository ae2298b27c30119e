/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The process that looks at pictures from the network: what it cannot do, and what pictures cannot do to it. */

#include "xs-audit-fixture.h"
#include "xs-audit-sandbox.h"
#include "xs-picture.h"

#include "xs-error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef XsAuditFixture Fixture;

/* What a process in the sandbox tries; its exit status, or minus the signal that ended it. */
static int
try_in_sandbox (int (*attempt) (void))
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      g_autoptr (GError) error = NULL;
      if (!xs_audit_sandbox_enter (5, &error))
        _exit (99);
      _exit (attempt ());
    }
  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return WIFSIGNALED (status) ? -WTERMSIG (status) : WEXITSTATUS (status);
}

static int
try_nothing (void)
{
  return 0;
}

static int
try_open (void)
{
  return open ("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 7 : 0;
}

static int
try_socket (void)
{
  return socket (AF_INET, SOCK_STREAM, 0) < 0 ? 1 : 0;
}

static int
try_fork (void)
{
  return fork () < 0 ? 1 : 0;
}

static int
try_exec (void)
{
  static const char *const argv[] = { "/bin/true", NULL };
  execv (argv[0], (char *const *) argv);
  return 1;
}

static int
try_code (void)
{
  return mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 1
                                                                                                                 : 0;
}

static int
try_time (void)
{
  for (volatile guint64 i = 0; i < G_MAXUINT64; i++)
    ;
  return 0;
}

static int
try_memory (void)
{
#if defined(__SANITIZE_ADDRESS__)
  return 7; /* not limited there */
#else
  return mmap (NULL, 2 * XS_AUDIT_SANDBOX_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 7 : 0;
#endif
}

static void
test_sandbox (void)
{
  g_assert_cmpint (try_in_sandbox (try_nothing), ==, 0);
  g_assert_cmpint (try_in_sandbox (try_open), ==, 7);
  g_assert_cmpint (try_in_sandbox (try_socket), ==, -SIGSYS);
  g_assert_cmpint (try_in_sandbox (try_fork), ==, -SIGSYS);
  g_assert_cmpint (try_in_sandbox (try_exec), ==, -SIGSYS);
  g_assert_cmpint (try_in_sandbox (try_code), ==, -SIGSYS);
  g_assert_cmpint (try_in_sandbox (try_memory), ==, 7);
}

static void
test_time (void)
{
  int result = try_in_sandbox (try_time);

  g_assert_true (result == -SIGXCPU || result == -SIGKILL || result == -SIGALRM);
}

/* Children of @pid, by /proc. */
static GArray *
children_of (int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;
  GArray *children = g_array_new (FALSE, FALSE, sizeof (int));

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return children;
  g_auto (GStrv) words = g_strsplit (g_strstrip (text), " ", -1);
  for (guint i = 0; words[i] != NULL && words[i][0] != '\0'; i++)
    {
      int child = (int) g_ascii_strtoll (words[i], NULL, 10);
      g_array_append_val (children, child);
    }
  return children;
}

static GBytes *
make_jpeg (int width, int height)
{
  g_autofree guint8 *pixels = g_malloc0 ((gsize) width * height * 3);
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, (gsize) width * height * 3);
  g_autoptr (XsFrame) frame = xs_frame_new (width, height, 3 * width, 0, bytes);
  g_autoptr (GError) error = NULL;
  GBytes *jpeg = xs_picture_encode_jpeg (frame, 90, &error);

  g_assert_no_error (error);
  return jpeg;
}

/* The child that looks is really in it. */
static void
test_child_is_locked (Fixture *f, gconstpointer data)
{
  XsObservation observation;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) jpeg = make_jpeg (640, 480);

  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (observation.n_faces, ==, 0);
  g_autoptr (GArray) children = children_of (xs_looker_get_pid (f->looker));
  g_assert_cmpuint (children->len, ==, 1);
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", g_array_index (children, int, 0));
  g_autofree char *status = NULL;
  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  g_assert_nonnull (strstr (status, "Seccomp:\t2\n"));
  g_assert_nonnull (strstr (status, "NoNewPrivs:\t1\n"));
}

/* A JPEG whose header promises @width × @height; the rest is that of @jpeg. */
static GBytes *
with_size (GBytes *jpeg, guint width, guint height)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);
  guint8 *copy = g_memdup2 (data, size);

  for (gsize i = 0; i + 9 < size; i++)
    {
      if (copy[i] != 0xff || copy[i + 1] != 0xc0)
        continue;
      copy[i + 5] = (guint8) (height >> 8);
      copy[i + 6] = (guint8) height;
      copy[i + 7] = (guint8) (width >> 8);
      copy[i + 8] = (guint8) width;
      break;
    }
  return g_bytes_new_take (copy, size);
}

/* Four components: CMYK. */
static GBytes *
with_components (GBytes *jpeg, guint8 n)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (jpeg, &size);
  guint8 *copy = g_memdup2 (data, size);

  for (gsize i = 0; i + 9 < size; i++)
    {
      if (copy[i] == 0xff && copy[i + 1] == 0xc0)
        {
          copy[i + 9] = n;
          break;
        }
    }
  return g_bytes_new_take (copy, size);
}

/* Pictures that are none: each is refused, none takes the worker along, and the next good one is looked at. */
static void
test_crafted (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) good = make_jpeg (640, 480);
  g_autoptr (GBytes) dot = make_jpeg (1, 1);
  g_autoptr (GBytes) wide = with_size (good, 20000, 480);
  g_autoptr (GBytes) bomb = with_size (good, 65500, 65500);
  g_autoptr (GBytes) cmyk = with_components (good, 4);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, g_bytes_get_size (good) / 2);
  g_autoptr (GBytes) zip = g_bytes_new_static ("PK\x03\x04 photo.jpg", 14);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  GBytes *const bad[] = { dot, wide, bomb, cmyk, cut, zip, nothing };
  int pid = xs_looker_get_pid (f->looker);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      XsObservation observation;
      g_autoptr (GError) error = NULL;
      g_assert_false (xs_looker_observe (f->looker, bad[i], NULL, &observation, &error));
      g_test_message ("picture %u: %s", i, error->message);
      g_assert_error (error, XS_ERROR, XS_ERROR_MEDIA);
      g_clear_error (&error);
      g_assert_true (xs_looker_observe (f->looker, good, NULL, &observation, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpint (xs_looker_get_pid (f->looker), ==, pid);
}

/* A log whose photos cannot be looked at waits for a person, and the log behind it does not wait for that. */
static void
test_one_bad_picture (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) zip = g_bytes_new_static ("PK\x03\x04 photo.jpg", 14);
  g_autoptr (GBytes) empty_room = make_jpeg (640, 480);
  const XsShot shots[] = { { zip, XS_PHOTO_SIGN_IN, 0 } };
  const XsShot dark[] = { { empty_room, XS_PHOTO_SIGN_IN, 0 } };
  g_auto (XsWireLog) first, second;

  xs_audit_fixture_make_log (f, 0, XS_STUDENT, 0, 20, shots, 1, NULL, &first);
  xs_audit_fixture_make_log (f, 0, XS_STUDENT, 30, 20, dark, 1, NULL, &second);
  xs_audit_fixture_put (f, 0, &first, NULL);
  xs_audit_fixture_put (f, 0, &second, NULL);
  xs_audit_fixture_run (f);
  g_autoptr (GArray) unreadable = xs_audit_fixture_history (f, 0, 1);
  g_autoptr (GArray) readable = xs_audit_fixture_history (f, 0, 2);
  g_assert_true (xs_audit_fixture_has_reason (unreadable, "photo_unreadable"));
  g_assert_cmpint (g_array_index (unreadable, XsAuditStep, 0).to, ==, XS_AUDIT_NEEDS_HUMAN);
  g_assert_false (xs_audit_fixture_has_reason (readable, "photo_unreadable"));
  g_assert_cmpint (g_array_index (readable, XsAuditStep, 0).to, ==, XS_AUDIT_FAILED);
}

/* Whoever is killed while it looks, the child or the worker itself: the picture is looked at once more. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) jpeg = make_jpeg (640, 480);
  XsObservation observation;
  g_autoptr (GError) error = NULL;

  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, &error));
  int pid = xs_looker_get_pid (f->looker);
  g_autoptr (GArray) children = children_of (pid);
  g_assert_cmpuint (children->len, ==, 1);
  kill (g_array_index (children, int, 0), SIGKILL);
  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, &error));
  g_assert_no_error (error);
  g_assert_cmpint (xs_looker_get_pid (f->looker), ==, pid);

  g_autoptr (GArray) others = children_of (pid);
  kill (pid, SIGKILL);
  for (guint i = 0; i < others->len; i++)
    kill (g_array_index (others, int, i), SIGKILL);
  xs_looker_begin (f->looker);
  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, &error));
  g_assert_no_error (error);
  g_assert_cmpint (xs_looker_get_pid (f->looker), !=, pid);
}

/* Each log has a child of its own. */
static void
test_child_for_each_log (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) jpeg = make_jpeg (640, 480);
  XsObservation observation;

  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, NULL));
  g_autoptr (GArray) before = children_of (xs_looker_get_pid (f->looker));
  xs_looker_begin (f->looker);
  g_assert_true (xs_looker_observe (f->looker, jpeg, NULL, &observation, NULL));
  g_autoptr (GArray) after = children_of (xs_looker_get_pid (f->looker));
  g_assert_cmpint (g_array_index (after, int, after->len - 1), !=, g_array_index (before, int, 0));
}

#define ADD(path, func)                                                                                                \
  g_test_add ("/auditor/looker/" path, XsAuditFixture, argv[1], xs_audit_fixture_set_up, func,                         \
              xs_audit_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  xs_crypto_init ();
  g_test_add_func ("/auditor/sandbox", test_sandbox);
  g_test_add_func ("/auditor/sandbox-time", test_time);
  ADD ("child-is-locked", test_child_is_locked);
  ADD ("crafted", test_crafted);
  ADD ("one-bad-picture", test_one_bad_picture);
  ADD ("killed", test_killed);
  ADD ("child-for-each-log", test_child_for_each_log);
  return g_test_run ();
}
