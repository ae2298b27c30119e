/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-vision.h"

G_BEGIN_DECLS

/** VisionSteps: the steps of a look, one by one, for what each costs. */
typedef struct _VisionSteps VisionSteps;

/** vision_steps_new: the models in xs_models_dir(). */
VisionSteps *vision_steps_new (GError **error);
void vision_steps_free (VisionSteps *steps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VisionSteps, vision_steps_free)

/** vision_steps_name: (nullable): of step @i, counted from 0; NULL after the last. */
const char *vision_steps_name (guint i);

/** vision_steps_run: take step @i on @frame, with the largest face of the last frame given to vision_steps_set(). */
gboolean vision_steps_run (VisionSteps *steps, guint i, GError **error);

/** vision_steps_set: the frame to take steps on from now on; whether there is a face on it. */
gboolean vision_steps_set (VisionSteps *steps, XsFrame *frame, GError **error);

G_END_DECLS
