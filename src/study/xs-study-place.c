/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-private.h"

/* What is so of the PC, whoever studies: what keeps everybody from it, which camera, who was cut off here. */

void
xs_study_set_obstacle (XsStudy *self, const char *message)
{
  g_return_if_fail (XS_IS_STUDY (self));

  /* Who was told of it is told, too, that it is gone. */
  if (self->phase == XS_STUDY_READY && self->obstacle != NULL && g_strcmp0 (self->obstacle, self->error_message) == 0)
    xs_study_set_error (self, message);
  g_free (self->obstacle);
  self->obstacle = g_strdup (message);
}

char *
xs_study_take_resumable (XsStudy *self)
{
  return g_steal_pointer (&self->resumable);
}

void
xs_study_set_camera (XsStudy *self, const char *uri, const char *device_id)
{
  g_return_if_fail (XS_IS_STUDY (self));

  xs_camera_set_source (self->camera, uri, device_id);
}

const XsObservation *
xs_study_get_observation (XsStudy *self)
{
  return &self->observation;
}
