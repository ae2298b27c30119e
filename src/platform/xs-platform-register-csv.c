/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-platform-register-csv.h"

#include "xs-blob.h"
#include "xs-csv.h"
#include "xs-error.h"

#include <string.h>

#define MAX_FILE_BYTES (32 * 1024 * 1024)
/* Without it a spreadsheet on a Chinese Windows takes UTF-8 for GBK. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef enum { STUNUM, NAME, COACHNUM, ACTIVE_CHECK, N_COLUMNS } Column;

static const struct {
  const char *name;
  const char *chinese;
} columns[N_COLUMNS] = {
  [STUNUM] = { "stunum", "学员编号" },
  [NAME] = { "name", "姓名" },
  [COACHNUM] = { "coachnum", "教练员编号" },
  [ACTIVE_CHECK] = { "active_check", "转头检查" },
};

typedef struct {
  XsPlatformStorage *storage;
  const char *photo_dir;
  XsRegisterReport *report;
  GHashTable *seen;  /* key → line */
  int at[N_COLUMNS]; /* which field of a row; -1: the table has no such column */
  guint line;
} Import;

void
xs_register_report_clear (XsRegisterReport *report)
{
  g_clear_pointer (&report->lines, g_ptr_array_unref);
  *report = (XsRegisterReport){ 0 };
}

static void G_GNUC_PRINTF (2, 3) say (Import *import, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (import->report->lines, g_strdup_printf ("line %u: %s", import->line, text));
}

/* Returns: TRUE, since the next line may be better. */
static gboolean G_GNUC_PRINTF (3, 4) refuse (Import *import, Column column, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  say (import, "not taken: %s: %s", columns[column].name, text);
  import->report->n_refused++;
  return TRUE;
}

/* (nullable) (transfer none): NULL when the column is missing, or the field empty. */
static const char *
field (const Import *import, GStrv row, Column column)
{
  if (import->at[column] < 0 || (guint) import->at[column] >= g_strv_length (row))
    return NULL;
  const char *text = g_strstrip (row[import->at[column]]);
  return text[0] != '\0' ? text : NULL;
}

static gboolean
find_columns (Import *import, GStrv header, guint n_required, const Column *required, GError **error)
{
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      import->at[column] = -1;
      for (guint i = 0; header[i] != NULL; i++)
        {
          const char *name = g_strstrip (header[i]);
          if (g_ascii_strcasecmp (name, columns[column].name) == 0 || strcmp (name, columns[column].chinese) == 0)
            import->at[column] = (int) i;
        }
    }
  for (guint i = 0; i < n_required; i++)
    {
      if (import->at[required[i]] >= 0)
        continue;
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "line 1 names no column “%s” or “%s”: it must say what the columns are, as what export-register "
                   "writes does",
                   columns[required[i]].chinese, columns[required[i]].name);
      return FALSE;
    }
  return TRUE;
}

/* A number of 16 digits. Returns: FALSE when it will not do, which is said then. */
static gboolean
check_number (Import *import, Column column, const char *text)
{
  if (text == NULL)
    refuse (import, column, "it is empty; every line needs one");
  else if (strpbrk (text, "eE+.") != NULL)
    refuse (import, column,
            "“%s” was shortened by the spreadsheet; format the column as text and enter the number anew", text);
  else if (!xs_number_is_valid (text, XS_UNIFIED_DIGITS))
    refuse (import, column, "“%s” is not %d digits; correct it", text, XS_UNIFIED_DIGITS);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_new (Import *import, Column column, const char *number)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (import->seen, number));

  if (before == 0)
    {
      g_hash_table_insert (import->seen, g_strdup (number), GUINT_TO_POINTER (import->line));
      return TRUE;
    }
  refuse (import, column, "%s stands on line %u already; remove one of the two", number, before);
  return FALSE;
}

/* (transfer full) (nullable): @found: (out): whether there is such a file, readable or not */
static GBytes *
read_photo (const Import *import, const char *stunum, gboolean *found, GError **error)
{
  static const char *const suffixes[] = { ".jpg", ".jpeg", ".JPG", ".JPEG" };

  *found = FALSE;
  for (guint i = 0; import->photo_dir != NULL && i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (stunum, suffixes[i], NULL);
      g_autofree char *path = g_build_filename (import->photo_dir, name, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      *found = TRUE;
      return xs_blob_read (path, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES, error);
    }
  return NULL;
}

/* Whose fault it is that a line cannot be stored: FALSE when it is the disk's. */
static gboolean
settle (Import *import, Column column, GError *problem, GError **error)
{
  if (g_error_matches (problem, XS_ERROR, XS_ERROR_INVALID) || g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND))
    {
      refuse (import, column, "%s", problem->message);
      g_error_free (problem);
      return TRUE;
    }
  g_propagate_prefixed_error (error, problem, "line %u: ", import->line);
  return FALSE;
}

static void
note_done (Import *import, const char *number, const char *name, gboolean added, const char *remark)
{
  say (import, "%s %s: %s%s", number, name, added ? "added" : "changed", remark);
  if (added)
    import->report->n_added++;
  else
    import->report->n_changed++;
}

static gboolean
import_learner (Import *import, GStrv row, GError **error)
{
  GError *problem = NULL;
  gboolean has_photo, added;
  XsPlatformLearnerChange change = { .stunum = field (import, row, STUNUM),
                                     .name = field (import, row, NAME),
                                     .coachnum = field (import, row, COACHNUM),
                                     .active_check = field (import, row, ACTIVE_CHECK) };

  if (!check_number (import, STUNUM, change.stunum) || !check_new (import, STUNUM, change.stunum)
      || (change.coachnum != NULL && !check_number (import, COACHNUM, change.coachnum)))
    return TRUE;
  if (change.name == NULL)
    return refuse (import, NAME, "it is empty; the kiosk greets the learner by it");
  if (change.active_check != NULL && strcmp (change.active_check, "on") != 0
      && strcmp (change.active_check, "off") != 0)
    return refuse (import, ACTIVE_CHECK, "“%s” is neither on nor off; leave it empty for on", change.active_check);
  g_autoptr (GBytes) jpeg = read_photo (import, change.stunum, &has_photo, &problem);
  if (problem != NULL)
    return settle (import, STUNUM, problem, error);
  change.jpeg = jpeg;
  if (!xs_platform_storage_change_learner (import->storage, &change, &added, &problem))
    return settle (import, g_error_matches (problem, XS_ERROR, XS_ERROR_NOT_FOUND) ? COACHNUM : NAME, problem, error);
  note_done (import, change.stunum, change.name, added,
             has_photo || import->photo_dir == NULL ? ""
                                                    : "; there is no photo of this number, which signing in needs");
  return TRUE;
}

static gboolean
import_coach (Import *import, GStrv row, GError **error)
{
  GError *problem = NULL;
  const char *coachnum = field (import, row, COACHNUM);
  const char *name = field (import, row, NAME);

  if (!check_number (import, COACHNUM, coachnum) || !check_new (import, COACHNUM, coachnum))
    return TRUE;
  if (name == NULL)
    return refuse (import, NAME, "it is empty");
  g_autoptr (GArray) before = xs_platform_storage_list_coaches (import->storage, error);
  if (before == NULL)
    return FALSE;
  gboolean added = TRUE;
  for (guint i = 0; i < before->len; i++)
    added = added && strcmp (g_array_index (before, XsPlatformCoach, i).coachnum, coachnum) != 0;
  if (!xs_platform_storage_add_coach (import->storage, coachnum, name, &problem))
    return settle (import, NAME, problem, error);
  note_done (import, coachnum, name, added, "");
  return TRUE;
}

typedef gboolean (*LineFunc) (Import *import, GStrv row, GError **error);

static gboolean
import_table (Import *import, const char *path, LineFunc func, guint n_required, const Column *required, GError **error)
{
  gsize size;
  g_autoptr (GBytes) file = xs_blob_read (path, MAX_FILE_BYTES, error);
  g_autoptr (GBytes) text = file != NULL ? xs_csv_to_utf8 (file, error) : NULL;
  g_autoptr (GArray) lines = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (text != NULL)
    {
      const char *data = g_bytes_get_data (text, &size);
      rows = xs_csv_parse (data != NULL ? data : "", size, &lines, error);
    }
  if (rows != NULL && rows->len == 0)
    g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, "there is nothing in it");
  if (rows == NULL || rows->len == 0
      || !find_columns (import, g_ptr_array_index (rows, 0), n_required, required, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  import->seen = seen;
  import->report->lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 1; i < rows->len; i++)
    {
      import->line = g_array_index (lines, guint, i);
      if (!func (import, g_ptr_array_index (rows, i), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
xs_platform_import_learners (XsPlatformStorage *storage, const char *path, const char *photo_dir,
                             XsRegisterReport *report, GError **error)
{
  static const Column required[] = { STUNUM, NAME };
  Import import = { .storage = storage, .photo_dir = photo_dir, .report = report };

  return import_table (&import, path, import_learner, G_N_ELEMENTS (required), required, error);
}

gboolean
xs_platform_import_coaches (XsPlatformStorage *storage, const char *path, XsRegisterReport *report, GError **error)
{
  static const Column required[] = { COACHNUM, NAME };
  Import import = { .storage = storage, .report = report };

  return import_table (&import, path, import_coach, G_N_ELEMENTS (required), required, error);
}

char *
xs_platform_export_learners (XsPlatformStorage *storage, GError **error)
{
  g_autoptr (GArray) learners = xs_platform_storage_list_register (storage, error);
  g_autoptr (GString) text = g_string_new (BYTE_ORDER_MARK);

  if (learners == NULL)
    return NULL;
  xs_csv_append_row (text, columns[STUNUM].chinese, columns[NAME].chinese, columns[COACHNUM].chinese,
                     columns[ACTIVE_CHECK].chinese, NULL);
  for (guint i = 0; i < learners->len; i++)
    {
      const XsPlatformLearner *learner = &g_array_index (learners, XsPlatformLearner, i);
      xs_csv_append_row (text, learner->stunum, learner->name, learner->coachnum, learner->active_check ? "on" : "off",
                         NULL);
    }
  return g_strdup (text->str);
}

char *
xs_platform_export_coaches (XsPlatformStorage *storage, GError **error)
{
  g_autoptr (GArray) coaches = xs_platform_storage_list_coaches (storage, error);
  g_autoptr (GString) text = g_string_new (BYTE_ORDER_MARK);

  if (coaches == NULL)
    return NULL;
  xs_csv_append_row (text, columns[COACHNUM].chinese, columns[NAME].chinese, NULL);
  for (guint i = 0; i < coaches->len; i++)
    {
      const XsPlatformCoach *coach = &g_array_index (coaches, XsPlatformCoach, i);
      xs_csv_append_row (text, coach->coachnum, coach->name, NULL);
    }
  return g_strdup (text->str);
}
