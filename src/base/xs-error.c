/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"

G_DEFINE_QUARK (xs - error - quark, xs_error)

static XsError
code_from_gio (int code)
{
  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
      return XS_ERROR_NOT_FOUND;
    case G_IO_ERROR_EXISTS:
      return XS_ERROR_EXISTS;
    case G_IO_ERROR_NO_SPACE:
      return XS_ERROR_NO_SPACE;
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_WOULD_BLOCK:
      return XS_ERROR_BUSY;
    case G_IO_ERROR_CANCELLED:
      return XS_ERROR_CANCELLED;
    case G_IO_ERROR_INVALID_ARGUMENT:
    case G_IO_ERROR_INVALID_DATA:
      return XS_ERROR_INVALID;
    case G_IO_ERROR_TIMED_OUT:
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_CONNECTION_CLOSED:
    case G_IO_ERROR_NOT_CONNECTED:
    case G_IO_ERROR_PARTIAL_INPUT:
    case G_IO_ERROR_PROXY_FAILED:
      return XS_ERROR_NETWORK;
    default:
      return XS_ERROR_IO;
    }
}

static XsError
code_from_file (int code)
{
  switch (code)
    {
    case G_FILE_ERROR_NOENT:
      return XS_ERROR_NOT_FOUND;
    case G_FILE_ERROR_EXIST:
      return XS_ERROR_EXISTS;
    case G_FILE_ERROR_NOSPC:
      return XS_ERROR_NO_SPACE;
    case G_FILE_ERROR_AGAIN:
      return XS_ERROR_BUSY;
    default:
      return XS_ERROR_IO;
    }
}

void
xs_error_convert (GError **error)
{
  if (error == NULL || *error == NULL || (*error)->domain == XS_ERROR)
    return;

  XsError code = XS_ERROR_FAILED;
  if ((*error)->domain == G_IO_ERROR)
    code = code_from_gio ((*error)->code);
  else if ((*error)->domain == G_FILE_ERROR)
    code = code_from_file ((*error)->code);
  else if ((*error)->domain == G_RESOLVER_ERROR || (*error)->domain == G_TLS_ERROR)
    code = XS_ERROR_NETWORK;

  (*error)->domain = XS_ERROR;
  (*error)->code = code;
}

int
xs_error_code (const GError *error)
{
  return error->domain == XS_ERROR ? error->code : XS_ERROR_FAILED;
}

gboolean
xs_error_is_transient (const GError *error)
{
  return error->domain == XS_ERROR
         && (error->code == XS_ERROR_NETWORK || error->code == XS_ERROR_BUSY || error->code == XS_ERROR_NO_SPACE
             || error->code == XS_ERROR_CAMERA);
}
