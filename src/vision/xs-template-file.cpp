/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-template-file.h"

#include <cmath>
#include <cstring>

#include "xs-blob.h"
#include "xs-error.h"
#include "xs-json.h"
#include "xs-model-pins.hpp"

#define XS_TEMPLATE_FORMAT "xueshi-face-template"
#define XS_TEMPLATE_VERSION 1
/* Rises with every change to how a face is found, cut out or lit before the network sees it. */
#define XS_TEMPLATE_RECIPE 2
#define XS_TEMPLATE_MODEL "fr_feature.onnx"

/* A vector that was written and read is as long as it was, but for the last digit of its floats. */
static const double max_length_error = 1e-3;
static const guint n_members = 7;

static const char *
model_sha256 (void)
{
  for (const xs::ModelPin &pin : xs::model_pins)
    {
      if (g_str_equal (pin.name, XS_TEMPLATE_MODEL))
        return pin.sha256;
    }
  g_return_val_if_reached ("");
}

GBytes *
xs_template_to_bytes (const XsTemplate *self)
{
  g_return_val_if_fail (self != nullptr, nullptr);

  GString *text = g_string_new (nullptr);
  g_string_append_printf (text,
                          "{\n  \"format\": \"%s\",\n  \"version\": %d,\n  \"model\": \"%s\",\n"
                          "  \"model_sha256\": \"%s\",\n  \"recipe\": %d,\n  \"dimensions\": %d,\n  \"values\": [",
                          XS_TEMPLATE_FORMAT, XS_TEMPLATE_VERSION, XS_TEMPLATE_MODEL, model_sha256 (),
                          XS_TEMPLATE_RECIPE, XS_TEMPLATE_DIMENSIONS);
  for (int i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append_printf (text, "%s%s",
                              i == 0       ? ""
                              : i % 8 == 0 ? ",\n    "
                                           : ", ",
                              g_ascii_formatd (digits, sizeof digits, "%.9g", self->values[i]));
    }
  g_string_append (text, "]\n}\n");
  return g_string_free_to_bytes (text);
}

static gboolean
refuse (const char *message, GError **error)
{
  g_set_error_literal (error, XS_ERROR, XS_ERROR_INVALID, message);
  return FALSE;
}

/* What made the values: nothing but this program's own model and recipe will do. */
static gboolean
check_origin (JsonObject *object, GError **error)
{
  const char *format, *model, *sha256;
  gint64 version, recipe, dimensions;

  if (!xs_json_get_string (object, "format", &format, error)
      || !xs_json_get_int (object, "version", 1, G_MAXINT64, &version, error))
    return FALSE;
  if (!g_str_equal (format, XS_TEMPLATE_FORMAT))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID, "“format” is not “%s”: this is no face template",
                   XS_TEMPLATE_FORMAT);
      return FALSE;
    }
  if (version > XS_TEMPLATE_VERSION)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_TOO_NEW,
                   "The template has format version %" G_GINT64_FORMAT "; this program reads %d: use a newer program",
                   version, XS_TEMPLATE_VERSION);
      return FALSE;
    }
  if (!xs_json_get_string (object, "model", &model, error)
      || !xs_json_get_string (object, "model_sha256", &sha256, error)
      || !xs_json_get_int (object, "recipe", 1, G_MAXINT32, &recipe, error)
      || !xs_json_get_int (object, "dimensions", 1, G_MAXINT32, &dimensions, error))
    return FALSE;
  if (!g_str_equal (model, XS_TEMPLATE_MODEL) || !g_str_equal (sha256, model_sha256 ()) || recipe != XS_TEMPLATE_RECIPE
      || dimensions != XS_TEMPLATE_DIMENSIONS)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_INVALID,
                   "The template was made by another model (%.64s %.8s…, recipe %" G_GINT64_FORMAT ", not %s %.8s…, "
                   "recipe %d): enrol the photo again",
                   model, sha256, recipe, XS_TEMPLATE_MODEL, model_sha256 (), XS_TEMPLATE_RECIPE);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_values (JsonObject *object, XsTemplate *out, GError **error)
{
  JsonArray *values;
  double square = 0;

  if (!xs_json_get_array (object, "values", &values, error))
    return FALSE;
  if (json_array_get_length (values) != XS_TEMPLATE_DIMENSIONS)
    return refuse ("“values” does not have 512 numbers", error);
  for (guint i = 0; i < XS_TEMPLATE_DIMENSIONS; i++)
    {
      JsonNode *node = json_array_get_element (values, i);
      GType type = json_node_get_value_type (node);
      if (!JSON_NODE_HOLDS_VALUE (node) || (type != G_TYPE_DOUBLE && type != G_TYPE_INT64))
        return refuse ("“values” holds something that is no number", error);
      out->values[i] = (float) json_node_get_double (node);
      square += (double) out->values[i] * out->values[i];
    }
  if (!(std::fabs (std::sqrt (square) - 1) < max_length_error))
    return refuse ("“values” is not a vector of length 1: the template was altered", error);
  return TRUE;
}

gboolean
xs_template_from_bytes (GBytes *bytes, XsTemplate *out, GError **error)
{
  g_return_val_if_fail (bytes != nullptr && out != nullptr, FALSE);

  gsize size = 0;
  const char *data = static_cast<const char *> (g_bytes_get_data (bytes, &size));
  g_autoptr (JsonObject) object =
    xs_json_parse_object (data != nullptr ? data : "", size, XS_TEMPLATE_FILE_MAX_BYTES, error);
  XsTemplate read;

  if (object == nullptr || !check_origin (object, error) || !read_values (object, &read, error))
    return FALSE;
  if (json_object_get_size (object) != n_members)
    return refuse ("The template has members that do not belong there", error);
  *out = read;
  return TRUE;
}

gboolean
xs_template_save (const XsTemplate *self, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = xs_template_to_bytes (self);

  return xs_blob_write (path, bytes, error);
}

gboolean
xs_template_load (const char *path, XsTemplate *out, GError **error)
{
  g_autoptr (GBytes) bytes = xs_blob_read (path, XS_TEMPLATE_FILE_MAX_BYTES, error);

  if (bytes == nullptr)
    return FALSE;
  if (xs_template_from_bytes (bytes, out, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}
