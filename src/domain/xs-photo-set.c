/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-photo-set.h"

#include "xs-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\357\273\277"

static void
clear_file (gpointer data)
{
  XsPhotoFile *file = data;

  g_free (file->name);
  g_free (file->detail);
}

XsPhotoSet *
xs_photo_set_new (void)
{
  XsPhotoSet *set = g_new0 (XsPhotoSet, 1);

  set->files = g_array_new (FALSE, FALSE, sizeof (XsPhotoFile));
  g_array_set_clear_func (set->files, clear_file);
  set->before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return set;
}

void
xs_photo_set_free (XsPhotoSet *set)
{
  if (set == NULL)
    return;
  g_array_unref (set->files);
  g_hash_table_unref (set->before);
  g_free (set);
}

static gboolean
is_jpeg (GBytes *bytes)
{
  static const guint8 magic[] = { 0xff, 0xd8, 0xff };
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= sizeof magic && memcmp (data, magic, sizeof magic) == 0;
}

/* The number, and an ending without further dots. */
static gboolean
find_number (const char *name, char stunum[XS_UNIFIED_DIGITS + 1])
{
  if (strspn (name, "0123456789") != XS_UNIFIED_DIGITS || name[XS_UNIFIED_DIGITS] != '.'
      || strchr (name + XS_UNIFIED_DIGITS + 1, '.') != NULL)
    return FALSE;
  g_strlcpy (stunum, name, XS_UNIFIED_DIGITS + 1);
  return TRUE;
}

gboolean
xs_photo_set_add (XsPhotoSet *set, const char *name, GBytes *bytes)
{
  XsPhotoFile file = { .name = g_strdup (name), .detail = g_strdup ("") };

  if (!find_number (name, file.stunum))
    file.result = XS_PHOTO_FILE_NO_NUMBER;
  else if (bytes == NULL)
    file.result = XS_PHOTO_FILE_TOO_LARGE;
  else if (!is_jpeg (bytes))
    file.result = XS_PHOTO_FILE_NO_PICTURE;
  else if (!g_hash_table_add (set->before, g_strdup (file.stunum)))
    file.result = XS_PHOTO_FILE_DUPLICATE;
  else
    file.result = XS_PHOTO_FILE_TAKEN;
  set->counts[file.result]++;
  g_array_append_val (set->files, file);
  return file.result == XS_PHOTO_FILE_TAKEN;
}

void
xs_photo_set_settle (XsPhotoSet *set, guint index, XsPhotoFileResult result, const char *detail)
{
  XsPhotoFile *file = &g_array_index (set->files, XsPhotoFile, index);

  set->counts[file->result]--;
  set->counts[result]++;
  file->result = result;
  g_free (file->detail);
  file->detail = g_strdup (detail != NULL ? detail : "");
}

const char *
xs_photo_file_word (XsPhotoFileResult result)
{
  static const char *const words[] = {
    [XS_PHOTO_FILE_TAKEN] = N_ ("taken, not measured yet"),
    [XS_PHOTO_FILE_GOOD] = N_ ("accepted, waits for approval"),
    [XS_PHOTO_FILE_DOUBTFUL] = N_ ("accepted, a coach has to look"),
    [XS_PHOTO_FILE_RETURNED] = N_ ("sent back"),
    [XS_PHOTO_FILE_DUPLICATE] = N_ ("there was one before"),
    [XS_PHOTO_FILE_NO_NUMBER] = N_ ("not named by a student’s number"),
    [XS_PHOTO_FILE_UNKNOWN] = N_ ("no such student"),
    [XS_PHOTO_FILE_NO_PICTURE] = N_ ("no JPEG picture"),
    [XS_PHOTO_FILE_TOO_LARGE] = N_ ("too large"),
    [XS_PHOTO_FILE_FAILED] = N_ ("not taken"),
  };

  g_return_val_if_fail (result < XS_N_PHOTO_FILE_RESULTS, "");
  return _ (words[result]);
}

GBytes *
xs_photo_set_csv (const XsPhotoSet *set)
{
  GString *text = g_string_new (BYTE_ORDER_MARK);

  xs_csv_append_row (text, _ ("File"), _ ("Student number"), _ ("Result"), _ ("Detail"), NULL);
  for (guint i = 0; i < set->files->len; i++)
    {
      const XsPhotoFile *file = &g_array_index (set->files, XsPhotoFile, i);
      /* What a spreadsheet would take for a formula is made none. */
      g_autofree char *name = g_strconcat (strchr ("=+-@", file->name[0]) != NULL ? "'" : "", file->name, NULL);
      xs_csv_append_row (text, name, file->stunum, xs_photo_file_word (file->result), file->detail, NULL);
    }
  return g_string_free_to_bytes (text);
}
