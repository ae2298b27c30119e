/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-frame.h"
#include "xs-observation.h"

G_BEGIN_DECLS

/**
 * XsVision: the face models, loaded, with the reference template to compare against. Used by one thread at a
 * time. No OpenCV type or exception leaves this header.
 */
typedef struct _XsVision XsVision;

/** xs_models_dir: (transfer none): $XUESHI_MODELS_DIR, else the folder fixed at build time. */
const char *xs_models_dir (void);

/**
 * xs_vision_new: load and check the models in @models_dir.
 * @models_dir: (nullable): NULL for xs_models_dir()
 * @error: XS_ERROR_MODEL naming the missing or altered file (SHA-256) and the command that fixes it
 *
 * Takes about 0.3 s. OpenCV is set to one thread: the other core draws.
 */
XsVision *xs_vision_new (const char *models_dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void xs_vision_free (XsVision *vision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XsVision, xs_vision_free)

#define XS_TEMPLATE_DIMENSIONS 512

/** XsTemplate: a face as a unit vector; compare by cosine. */
typedef struct {
  float values[XS_TEMPLATE_DIMENSIONS];
} XsTemplate;

/** xs_template_cosine: -1 … 1, or NaN; how alike two faces are, for XsPolicy's match_same and match_different. */
float xs_template_cosine (const XsTemplate *a, const XsTemplate *b);

/**
 * xs_vision_enrol: the template of a registration photo.
 * @photo: one face, any size from about 100 px high; faces less than half as high are taken for bystanders
 * @error: XS_ERROR_NO_FACE for none or several, XS_ERROR_INVALID for a picture below 48 px, XS_ERROR_FAILED with
 *   OpenCV's message
 */
gboolean xs_vision_enrol (XsVision *vision, const XsFrame *photo, XsTemplate *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_vision_set_reference: whom to match from now on; NULL: nobody, observations carry no match. Forgets all seen. */
void xs_vision_set_reference (XsVision *vision, const XsTemplate *reference);

/** XsLook: how closely to look at a frame. */
typedef enum {
  XS_LOOK_QUICK,    /* follow the face; identity and liveness on their schedule: about 10 ms CPU */
  XS_LOOK_THOROUGH, /* take every measure, as a photo needs: about 60 ms CPU */
  XS_LOOK_LIGHT,    /* only at how bright the frame is, and whether it shows anything: at no face */
} XsLook;

/**
 * xs_vision_observe: look at one frame. Frames of one camera come in time order; the main face is the one that
 * continues the track, else the one that matches best, else the largest. Identity is carried along the track and
 * measured again every second, and at once when the face moved or changed more than a face can.
 * @error: XS_ERROR_INVALID for a picture below 48 px, XS_ERROR_FAILED with OpenCV's message
 */
gboolean xs_vision_observe (XsVision *vision, const XsFrame *frame, XsLook look, XsObservation *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/**
 * xs_vision_observe_picture: look thoroughly at one picture by itself, also one that a face fills; the main face is
 * the largest. Nothing is followed: measures of a run of frames are not taken.
 * @error: as xs_vision_observe()
 */
gboolean xs_vision_observe_picture (XsVision *vision, const XsFrame *picture, XsObservation *out, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
