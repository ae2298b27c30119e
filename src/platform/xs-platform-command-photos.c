/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-blob.h"
#include "xs-error.h"
#include "xs-file-walk.h"
#include "xs-platform-commands.h"
#include "xs-platform-review.h"
#include "xs-terminal-language.h"

#include <glib/gi18n-lib.h>

/* While the auditor measures one after the other; without one nothing comes of waiting. */
#define LOOK_MS 250
#define WAIT_S 20

/* Whoever has the platform's folder decides on everybody's photos. */
static XsPlatformPerson
who_runs_it (void)
{
  XsPlatformPerson person = { .role = XS_PLATFORM_ROLE_HEAD_COACH };

  g_strlcpy (person.name, g_get_user_name (), sizeof person.name);
  return person;
}

/* @error: what is the platform's fault; what is the file's stands in the set */
static gboolean
put (XsPlatformStorage *storage, const XsPlatformPerson *person, XsPhotoSet *set, GBytes *jpeg, GError **error)
{
  guint index = set->files->len - 1;
  XsReviewOutcome outcome;
  g_autoptr (GError) local_error = NULL;
  const char *stunum = g_array_index (set->files, XsPhotoFile, index).stunum;

  xs_review_outcome_init (&outcome);
  gboolean done = xs_platform_review_put_photo (storage, person, stunum, jpeg, &outcome, &local_error);
  if (done && g_strcmp0 (outcome.state, "waiting") != 0)
    xs_photo_set_settle (set, index, XS_PHOTO_FILE_DUPLICATE, xs_review_photo_state_word (outcome.state));
  else if (g_error_matches (local_error, XS_ERROR, XS_ERROR_NOT_FOUND))
    xs_photo_set_settle (set, index, XS_PHOTO_FILE_UNKNOWN, NULL);
  else if (g_error_matches (local_error, XS_ERROR, XS_ERROR_INVALID))
    xs_photo_set_settle (set, index, XS_PHOTO_FILE_NO_PICTURE, NULL);
  else if (!done)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  return TRUE;
}

static gboolean
put_all (XsPlatformStorage *storage, const char *path, XsPhotoSet *set, GError **error)
{
  const XsPlatformPerson person = who_runs_it ();
  g_autoptr (XsFileWalk) walk = xs_file_walk_new (path, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES, error);

  while (walk != NULL)
    {
      g_autofree char *name = NULL;
      g_autoptr (GBytes) bytes = NULL;
      if (!xs_file_walk_next (walk, &name, &bytes, error))
        return FALSE;
      if (name == NULL)
        return TRUE;
      if (xs_photo_set_add (set, name, bytes) && !put (storage, &person, set, bytes, error))
        return FALSE;
    }
  return FALSE;
}

/* @settled: (out): whether the auditor has looked */
static gboolean
look_at (XsPlatformStorage *storage, XsPhotoSet *set, guint index, gboolean *settled, GError **error)
{
  const XsPlatformPerson person = who_runs_it ();
  g_auto (XsReviewQuery) query;
  g_auto (XsReviewLearners) learners;
  g_autofree char *detail = NULL;

  *settled = FALSE;
  xs_review_query_init (&query);
  xs_review_learners_init (&learners);
  g_strlcpy (query.stunum, g_array_index (set->files, XsPhotoFile, index).stunum, sizeof query.stunum);
  if (!xs_platform_review_list_learners (storage, &person, &query, &learners, error))
    return FALSE;
  if (learners.rows->len == 0)
    {
      /* Erased meanwhile: nobody will look. */
      *settled = TRUE;
      xs_photo_set_settle (set, index, XS_PHOTO_FILE_UNKNOWN, NULL);
      return TRUE;
    }
  XsPhotoFileResult result = xs_review_learner_settle (&g_array_index (learners.rows, XsReviewLearner, 0), &detail);
  *settled = result != XS_PHOTO_FILE_TAKEN;
  xs_photo_set_settle (set, index, result, detail);
  return TRUE;
}

/* In the order in which the auditor takes them: what was not looked at holds up what stands behind it. */
static gboolean
wait_for_auditor (XsPlatformStorage *storage, XsPhotoSet *set, int wait_s, GError **error)
{
  gint64 since_us = g_get_monotonic_time ();

  for (guint i = 0; i < set->files->len && g_get_monotonic_time () - since_us < wait_s * G_USEC_PER_SEC;)
    {
      gboolean settled = g_array_index (set->files, XsPhotoFile, i).result != XS_PHOTO_FILE_TAKEN;
      if (!settled && !look_at (storage, set, i, &settled, error))
        return FALSE;
      if (settled)
        {
          since_us = g_get_monotonic_time ();
          i++;
        }
      else
        (void) g_poll (NULL, 0, LOOK_MS);
    }
  return TRUE;
}

static void
print_report (const XsPhotoSet *set)
{
  for (guint i = 0; i < set->files->len; i++)
    {
      const XsPhotoFile *file = &g_array_index (set->files, XsPhotoFile, i);
      g_print ("%s: %s%s%s\n", file->name, xs_photo_file_word (file->result), file->detail[0] != '\0' ? ": " : "",
               file->detail);
    }
  for (guint i = 0; i < XS_N_PHOTO_FILE_RESULTS; i++)
    if (set->counts[i] > 0)
      g_print ("%u %s\n", set->counts[i], xs_photo_file_word (i));
  if (set->counts[XS_PHOTO_FILE_TAKEN] > 0)
    g_print ("%s\n", _ ("They are measured while the platform serves"));
}

gboolean
xs_platform_command_import_photos (char **argv, GError **error)
{
  g_autofree char *data_dir = NULL;
  g_autofree char *report = NULL;
  int wait_s = WAIT_S;
  g_autoptr (XsPhotoSet) set = xs_photo_set_new ();
  const GOptionEntry entries[] = {
    XS_PLATFORM_DATA_OPTION (data_dir),
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &report, "Write what became of every file as a table", "FILE.csv" },
    { "wait", 0, 0, G_OPTION_ARG_INT, &wait_s, "How long to wait for the measures of one photo (20)", "SECONDS" },
    { NULL },
  };

  xs_terminal_language_set_up ();
  if (!xs_platform_parse (&argv, entries,
                          "Take registration photos, named by the number, from a folder or a zip or tar archive; each "
                          "waits for a coach's approval",
                          "FOLDER|ARCHIVE", 1, error))
    return FALSE;
  g_autoptr (XsPlatformStorage) storage = xs_platform_open_storage (data_dir, error);
  if (storage == NULL)
    return FALSE;
  /* What was taken stays taken, and is told also when the rest cannot be. */
  gboolean done = put_all (storage, argv[1], set, error) && wait_for_auditor (storage, set, wait_s, error);
  print_report (set);
  g_autoptr (GBytes) csv = xs_photo_set_csv (set);
  return (report == NULL || xs_blob_write (report, csv, done ? error : NULL)) && done;
}
