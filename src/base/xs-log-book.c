/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-log-book.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "xs-blob.h"
#include "xs-clock.h"

#define NEW_NAME "kiosk.log"
#define OLD_NAME "kiosk.log.old"
#define MASK_FROM_DIGITS 8
#define KEPT_DIGITS 4

static struct {
  GMutex lock;
  char *path; /* NULL: not kept */
  char *old_path;
  int fd; /* -1: not open */
  gsize size_bytes;
} book = { .fd = -1 };

char *
xs_log_book_mask (const char *message)
{
  g_autoptr (GString) masked = g_string_new (NULL);

  for (const char *at = message; *at != '\0';)
    {
      gsize digits = strspn (at, "0123456789");
      if (digits >= MASK_FROM_DIGITS)
        {
          g_string_append (masked, "…");
          g_string_append_len (masked, at + digits - KEPT_DIGITS, KEPT_DIGITS);
          at += digits;
        }
      else if (digits > 0)
        {
          g_string_append_len (masked, at, (gssize) digits);
          at += digits;
        }
      else
        /* One line each. */
        {
          g_string_append_c (masked, *at == '\n' || *at == '\r' ? ' ' : *at);
          at++;
        }
    }
  return g_string_free (g_steal_pointer (&masked), FALSE);
}

/* With the lock held. */
static void
close_book (void)
{
  if (book.fd >= 0)
    close (book.fd);
  book.fd = -1;
}

static void
open_book (void)
{
  GStatBuf info;

  if (book.fd >= 0 || book.path == NULL)
    return;
  book.fd = g_open (book.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  book.size_bytes = book.fd >= 0 && fstat (book.fd, &info) == 0 ? (gsize) info.st_size : 0;
}

static void
write_line (const char *line)
{
  gsize length = strlen (line);

  g_mutex_lock (&book.lock);
  if (book.size_bytes > 0 && book.size_bytes + length > XS_LOG_BOOK_MAX_BYTES)
    {
      close_book ();
      (void) g_rename (book.path, book.old_path);
    }
  open_book ();
  if (book.fd >= 0 && write (book.fd, line, length) == (gssize) length)
    book.size_bytes += length;
  g_mutex_unlock (&book.lock);
}

static const char *
field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, key) && fields[i].length < 0)
      return fields[i].value;
  return "";
}

static GLogWriterOutput
keep (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) == 0)
    {
      g_autofree char *time = xs_wall_format (xs_clock_wall_us (xs_clock_system ()), "%Y-%m-%d %H:%M:%S");
      g_autofree char *message = xs_log_book_mask (field (fields, n_fields, "MESSAGE"));
      g_autofree char *line =
        g_strdup_printf ("%s %s%s: %s\n", time, field (fields, n_fields, "GLIB_DOMAIN"),
                         (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) != 0 ? " !" : "",
                         message);
      write_line (line);
    }
  return g_log_writer_default (level, fields, n_fields, unused);
}

void
xs_log_book_open (const char *dir)
{
  g_autoptr (GError) error = NULL;

  if (!xs_dir_ensure (dir, &error))
    return;
  book.path = g_build_filename (dir, NEW_NAME, NULL);
  book.old_path = g_build_filename (dir, OLD_NAME, NULL);
  g_log_set_writer_func (keep, NULL, NULL);
}

static void
append_file (GString *text, const char *path)
{
  g_autofree char *bytes = NULL;

  if (path == NULL || !g_file_get_contents (path, &bytes, NULL, NULL))
    return;
  /* A line that a crash cut off may end within a character. */
  g_autofree char *valid = g_utf8_make_valid (bytes, -1);
  g_string_append (text, valid);
}

char *
xs_log_book_dup (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&book.lock);
  append_file (text, book.old_path);
  append_file (text, book.path);
  g_mutex_unlock (&book.lock);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
