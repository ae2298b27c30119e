/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cmath>
#include <stdexcept>
#include <string>

#include <opencv2/dnn.hpp>

#include "xs-error.h"

namespace xs {

/** Failure: an error on its way to the GError of a C entry. */
class Failure : public std::runtime_error
{
public:
  Failure (XsError code_, const std::string &message) : std::runtime_error (message), code (code_)
  {
  }

  const XsError code;
};

/** logistic: log odds, as networks give them, as a probability. */
inline float
logistic (float log_odds)
{
  return 1 / (1 + std::exp (-log_odds));
}

/**
 * read_model: the bytes of the model @name in @dir, which are those of build-aux/pinned-downloads.
 * Throws Failure XS_ERROR_MODEL for a file that is missing, unreadable or altered.
 */
std::string read_model (const std::string &dir, const char *name);

/** load_network: read_model() as a network that runs on the CPU. Throws Failure XS_ERROR_MODEL. */
cv::dnn::Net load_network (const std::string &dir, const char *name);

} // namespace xs
