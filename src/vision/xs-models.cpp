/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-models.hpp"

#include "config.h"
#include "xs-model-pins.hpp"
#include "xs-vision.h"

const char *
xs_models_dir (void)
{
  const char *chosen = g_getenv ("XUESHI_MODELS_DIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : XS_MODELS_DIR;
}

namespace xs {

static const char *
pinned_sha256 (const char *name)
{
  for (const ModelPin &pin : model_pins)
    {
      if (g_str_equal (pin.name, name))
        return pin.sha256;
    }
  throw Failure (XS_ERROR_MODEL, std::string ("The face model ") + name + " is not in build-aux/pinned-downloads");
}

std::string
read_model (const std::string &dir, const char *name)
{
  static const char remedy[] = "; run './dev setup' to get it again";
  const char *expected = pinned_sha256 (name);
  g_autofree char *path = g_build_filename (dir.c_str (), name, nullptr);
  g_autofree char *bytes = nullptr;
  gsize size = 0;
  g_autoptr (GError) error = nullptr;

  if (!g_file_get_contents (path, &bytes, &size, &error))
    {
      if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        throw Failure (XS_ERROR_MODEL, std::string ("The face model ") + path + " is missing" + remedy);
      throw Failure (XS_ERROR_MODEL, std::string ("The face model cannot be read: ") + error->message + remedy);
    }

  g_autofree char *found = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  if (!g_str_equal (found, expected))
    {
      throw Failure (XS_ERROR_MODEL, std::string ("The face model ") + path
                                       + " is not the expected file (its SHA-256 differs)" + remedy);
    }
  return std::string (bytes, size);
}

cv::dnn::Net
load_network (const std::string &dir, const char *name)
{
  const std::string bytes = read_model (dir, name);
  try
    {
      cv::dnn::Net network = cv::dnn::readNetFromONNX (bytes.data (), bytes.size ());
      network.setPreferableBackend (cv::dnn::DNN_BACKEND_OPENCV);
      network.setPreferableTarget (cv::dnn::DNN_TARGET_CPU);
      return network;
    }
  catch (const cv::Exception &exception)
    {
      throw Failure (XS_ERROR_MODEL,
                     std::string ("OpenCV cannot load the face model ") + name + ": " + exception.what ());
    }
}

} // namespace xs
