/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "xs-photo-import.h"

#include <glib/gi18n.h>

#include "xs-error.h"
#include "xs-file-walk.h"
#include "xs-registration-words.h"
#include "xs-review-text.h"
#include "xs-wire-message.h"

/* While the auditor measures one after the other; without one nothing comes of waiting. */
#define LOOK_MS 500
#define PATIENCE_US (30 * (gint64) G_USEC_PER_SEC)

struct _XsPhotoImport {
  GObject parent_instance;

  XsReviewClient *client;
  GCancellable *cancellable;
  char *path;
  XsFileWalk *walk; /* (nullable): used by one thread at a time */
  XsPhotoSet *set;
  guint next;      /* file whose measures are waited for */
  gint64 since_us; /* when the last one was settled */
  guint look_id;
  const char *trouble; /* (nullable) */
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (XsPhotoImport, xs_photo_import, G_TYPE_OBJECT)

static void
end (XsPhotoImport *import, const char *trouble)
{
  import->trouble = trouble;
  g_signal_emit (import, signals[SIGNAL_DONE], 0);
}

/* What was measured */

static void look_at_next (XsPhotoImport *import);

static gboolean
look_again (gpointer data)
{
  XsPhotoImport *import = data;

  import->look_id = 0;
  look_at_next (import);
  return G_SOURCE_REMOVE;
}

static void
on_learner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsPhotoImport) import = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;
  g_auto (XsReviewLearners) learners = { 0 };
  XsPhotoFileResult what = XS_PHOTO_FILE_TAKEN;

  if (!xs_review_client_list_learners_finish (XS_REVIEW_CLIENT (source), result, &learners, &error))
    {
      end (import, xs_review_text_error (error));
      return;
    }
  if (learners.rows->len > 0)
    what = xs_review_learner_settle (&g_array_index (learners.rows, XsReviewLearner, 0), &detail);
  if (what == XS_PHOTO_FILE_TAKEN && g_get_monotonic_time () - import->since_us < PATIENCE_US)
    {
      import->look_id = g_timeout_add (LOOK_MS, look_again, import);
      return;
    }
  if (what == XS_PHOTO_FILE_TAKEN)
    {
      end (import, NULL);
      return;
    }
  xs_photo_set_settle (import->set, import->next, what, detail);
  import->since_us = g_get_monotonic_time ();
  g_signal_emit (import, signals[SIGNAL_CHANGED], 0);
  look_at_next (import);
}

/* In the order in which the auditor takes them. */
static void
look_at_next (XsPhotoImport *import)
{
  const GArray *files = import->set->files;
  XsReviewQuery query;

  while (import->next < files->len && g_array_index (files, XsPhotoFile, import->next).result != XS_PHOTO_FILE_TAKEN)
    import->next++;
  if (import->next >= files->len)
    {
      end (import, NULL);
      return;
    }
  xs_review_query_init (&query);
  g_strlcpy (query.stunum, g_array_index (files, XsPhotoFile, import->next).stunum, sizeof query.stunum);
  xs_review_client_list_learners_async (import->client, &query, import->cancellable, on_learner, g_object_ref (import));
  xs_review_query_clear (&query);
}

/* Bringing them */

static void read_next (XsPhotoImport *import);

static void
on_put (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsPhotoImport) import = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (XsReviewOutcome) outcome = { 0 };
  guint index = import->set->files->len - 1;
  gboolean put = xs_review_client_put_photo_finish (XS_REVIEW_CLIENT (source), result, &outcome, &error);

  if (put && !g_str_equal (outcome.state, "waiting"))
    xs_photo_set_settle (import->set, index, XS_PHOTO_FILE_DUPLICATE, xs_review_photo_state_word (outcome.state));
  else if (g_error_matches (error, XS_ERROR, XS_ERROR_NOT_FOUND))
    xs_photo_set_settle (import->set, index, XS_PHOTO_FILE_UNKNOWN, NULL);
  else if (!put)
    {
      g_message ("%s: %s", g_array_index (import->set->files, XsPhotoFile, index).name, error->message);
      xs_photo_set_settle (import->set, index, XS_PHOTO_FILE_FAILED, xs_review_text_error (error));
      if (!g_error_matches (error, XS_ERROR, XS_ERROR_INVALID))
        {
          end (import, xs_review_text_error (error));
          return;
        }
    }
  g_signal_emit (import, signals[SIGNAL_CHANGED], 0);
  read_next (import);
}

/* A file as a thread has read it. */
typedef struct {
  char *name; /* (nullable): there is no other */
  GBytes *bytes;
} Read;

static void
read_free (gpointer data)
{
  Read *file = data;

  g_free (file->name);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_free (file);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  XsPhotoImport *import = source;
  Read *file = g_new0 (Read, 1);
  GError *error = NULL;

  if (import->walk == NULL)
    import->walk = xs_file_walk_new (import->path, XS_WIRE_REGISTRATION_PHOTO_MAX_BYTES, &error);
  if (import->walk != NULL && xs_file_walk_next (import->walk, &file->name, &file->bytes, &error))
    g_task_return_pointer (task, file, read_free);
  else
    {
      read_free (file);
      g_task_return_error (task, error);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (XsPhotoImport) import = user_data;
  g_autoptr (GError) error = NULL;
  Read *file = g_task_propagate_pointer (G_TASK (result), &error);

  if (file == NULL)
    {
      g_message ("%s", error->message);
      end (import, _ ("The folder or archive cannot be read to its end."));
    }
  else if (file->name == NULL)
    {
      import->since_us = g_get_monotonic_time ();
      look_at_next (import);
    }
  else if (xs_photo_set_add (import->set, file->name, file->bytes))
    xs_review_client_put_photo_async (
      import->client, g_array_index (import->set->files, XsPhotoFile, import->set->files->len - 1).stunum, file->bytes,
      import->cancellable, on_put, g_object_ref (import));
  else
    {
      g_signal_emit (import, signals[SIGNAL_CHANGED], 0);
      read_next (import);
    }
  g_clear_pointer (&file, read_free);
}

static void
read_next (XsPhotoImport *import)
{
  g_autoptr (GTask) task = g_task_new (import, import->cancellable, on_read, g_object_ref (import));

  g_task_run_in_thread (task, read_in_thread);
}

void
xs_photo_import_start (XsPhotoImport *import, const char *path)
{
  g_return_if_fail (XS_IS_PHOTO_IMPORT (import) && import->path == NULL);

  import->path = g_strdup (path);
  read_next (import);
}

void
xs_photo_import_cancel (XsPhotoImport *import)
{
  g_return_if_fail (XS_IS_PHOTO_IMPORT (import));

  g_cancellable_cancel (import->cancellable);
  g_clear_handle_id (&import->look_id, g_source_remove);
}

const XsPhotoSet *
xs_photo_import_get_set (XsPhotoImport *import)
{
  return import->set;
}

const char *
xs_photo_import_get_trouble (XsPhotoImport *import)
{
  return import->trouble;
}

static void
xs_photo_import_finalize (GObject *object)
{
  XsPhotoImport *import = XS_PHOTO_IMPORT (object);

  g_clear_handle_id (&import->look_id, g_source_remove);
  g_clear_pointer (&import->walk, xs_file_walk_free);
  xs_photo_set_free (import->set);
  g_free (import->path);
  g_object_unref (import->cancellable);
  g_object_unref (import->client);
  G_OBJECT_CLASS (xs_photo_import_parent_class)->finalize (object);
}

static void
xs_photo_import_class_init (XsPhotoImportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = xs_photo_import_finalize;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", XS_TYPE_PHOTO_IMPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DONE] =
    g_signal_new ("done", XS_TYPE_PHOTO_IMPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
xs_photo_import_init (XsPhotoImport *import)
{
  import->cancellable = g_cancellable_new ();
  import->set = xs_photo_set_new ();
}

XsPhotoImport *
xs_photo_import_new (XsReviewClient *client)
{
  XsPhotoImport *import = g_object_new (XS_TYPE_PHOTO_IMPORT, NULL);

  import->client = g_object_ref (client);
  return import;
}
