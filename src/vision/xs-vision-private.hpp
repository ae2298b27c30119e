/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <exception>

#include <opencv2/core.hpp>

#include "xs-eye-state.hpp"
#include "xs-face-finder.hpp"
#include "xs-models.hpp"
#include "xs-vision.h"

namespace xs {

/** What other C entries of this room use of a loaded XsVision; owned by it. */
FaceFinder &vision_finder (XsVision *vision);
EyeState &vision_eyes (XsVision *vision);

/** pixels_of: the frame's own pixels, never to be written to. Throws Failure XS_ERROR_INVALID below 48 px. */
cv::Mat pixels_of (const XsFrame *frame);

/** guard: run @body; what it throws becomes @error. No exception gets out. */
template <typename Body>
bool
guard (GError **error, Body &&body) noexcept
{
  try
    {
      body ();
      return true;
    }
  catch (const Failure &failure)
    {
      g_set_error_literal (error, XS_ERROR, failure.code, failure.what ());
    }
  catch (const cv::Exception &exception)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "OpenCV failed: %s", exception.what ());
    }
  catch (const std::exception &exception)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Looking at the picture failed: %s", exception.what ());
    }
  return false;
}

} // namespace xs
