/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-enrolments.h"

#include "xs-picture.h"
#include "xs-template-file.h"

struct _XsEnrolments {
  XsVision *vision;
  GHashTable *by_path; /* char * → Enrolment */
};

typedef struct {
  XsTemplate template;
  gboolean known;
  GError *error; /* why it is not */
} Enrolment;

static void
enrolment_free (gpointer data)
{
  Enrolment *enrolment = data;

  g_clear_error (&enrolment->error);
  g_free (enrolment);
}

XsEnrolments *
xs_enrolments_new (GError **error)
{
  XsVision *vision = xs_vision_new (NULL, error);

  if (vision == NULL)
    return NULL;
  XsEnrolments *self = g_new0 (XsEnrolments, 1);
  self->vision = vision;
  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, enrolment_free);
  return self;
}

void
xs_enrolments_free (XsEnrolments *self)
{
  xs_vision_free (self->vision);
  g_hash_table_unref (self->by_path);
  g_free (self);
}

static gboolean
enrol (XsEnrolments *self, const char *path, XsTemplate *out, GError **error)
{
  if (g_str_has_suffix (path, ".json"))
    return xs_template_load (path, out, error);

  g_autoptr (XsFrame) photo = xs_picture_load (path, error);
  if (photo == NULL)
    return FALSE;
  if (xs_vision_enrol (self->vision, photo, out, error))
    return TRUE;
  g_autofree char *name = g_filename_display_name (path);
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

const XsTemplate *
xs_enrolments_get (XsEnrolments *self, const char *path, GError **error)
{
  Enrolment *enrolment = g_hash_table_lookup (self->by_path, path);

  if (enrolment == NULL)
    {
      enrolment = g_new0 (Enrolment, 1);
      enrolment->known = enrol (self, path, &enrolment->template, &enrolment->error);
      g_hash_table_insert (self->by_path, g_strdup (path), enrolment);
    }
  if (enrolment->known)
    return &enrolment->template;
  if (error != NULL)
    *error = g_error_copy (enrolment->error);
  return NULL;
}
