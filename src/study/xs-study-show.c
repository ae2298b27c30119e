/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-study-private.h"

void
xs_study_show_begin (XsStudy *self)
{
  xs_study_show_forget (self);
  self->photos = xs_taken_photos_new ();
}

void
xs_study_show_end (XsStudy *self)
{
  g_clear_pointer (&self->ribbon, g_array_unref);
  self->ribbon = xs_ribbon_list (xs_study_session_get_counter (self->session));
}

void
xs_study_show_forget (XsStudy *self)
{
  g_clear_pointer (&self->photos, xs_taken_photos_free);
  g_clear_pointer (&self->ribbon, g_array_unref);
}

GArray *
xs_study_list_ribbon (XsStudy *self)
{
  g_return_val_if_fail (XS_IS_STUDY (self), NULL);

  if (self->session != NULL)
    return xs_ribbon_list (xs_study_session_get_counter (self->session));
  return self->ribbon != NULL ? g_array_ref (self->ribbon) : g_array_new (FALSE, FALSE, sizeof (XsStretch));
}

GArray *
xs_study_list_slots (XsStudy *self)
{
  g_return_val_if_fail (XS_IS_STUDY (self), NULL);

  GArray *slots = g_array_new (FALSE, FALSE, sizeof (XsPhotoSlot));

  for (guint i = 0; i < self->closes->len; i++)
    {
      const XsStep *step = g_ptr_array_index (self->closes, i);
      if (xs_step_is_done (step) && step->audit != NULL)
        xs_taken_photos_match (self->photos, step->audit->slots, slots);
    }
  if (self->outlook != NULL)
    xs_taken_photos_match (self->photos, self->outlook->slots, slots);
  return slots;
}

const XsTakenPhotos *
xs_study_get_photos (XsStudy *self)
{
  g_return_val_if_fail (XS_IS_STUDY (self), NULL);

  return self->photos;
}
