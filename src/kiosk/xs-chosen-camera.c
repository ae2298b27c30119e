/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-chosen-camera.h"

typedef struct {
  char *old_id;
  char *new_id;
} Renewal;

static void
renewal_free (gpointer data)
{
  Renewal *renewal = data;

  g_free (renewal->old_id);
  g_free (renewal->new_id);
  g_free (renewal);
}

static gboolean
renew (XsJournal *journal, gpointer data, GError **error)
{
  const Renewal *renewal = data;
  g_autofree char *stored = NULL;

  if (!xs_journal_get_setting (journal, XS_SETTING_CAMERA, &stored, error))
    return FALSE;
  return g_strcmp0 (stored, renewal->old_id) != 0
         || xs_journal_set_setting (journal, XS_SETTING_CAMERA, renewal->new_id, error);
}

static void
on_renewed (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GError) error = NULL;

  if (!xs_store_finish (source != NULL ? XS_STORE (source) : NULL, result, &error))
    g_message ("Camera: its new id is not stored, the next start tries again: %s", error->message);
}

static void
on_state (XsCamera *camera, GParamSpec *pspec, XsStore *store)
{
  const char *new_id = xs_camera_get_renewed_id (camera);

  if (xs_camera_get_state (camera) != XS_CAMERA_RUNNING || new_id == NULL)
    return;
  Renewal *renewal = g_new0 (Renewal, 1);
  renewal->old_id = g_strdup (xs_camera_get_device_id (camera));
  renewal->new_id = g_strdup (new_id);
  xs_store_submit (store, renew, renewal, renewal_free, on_renewed, NULL);
}

void
xs_chosen_camera_follow (XsCamera *camera, XsStore *store)
{
  g_signal_connect_object (camera, "notify::state", G_CALLBACK (on_state), store, G_CONNECT_DEFAULT);
}
