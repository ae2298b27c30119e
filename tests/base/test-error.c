/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-error.h"

#include <glib/gstdio.h>

static void
check_converted (GQuark domain, int code, XsError expected)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "the original message");

  xs_error_convert (&error);
  g_assert_error (error, XS_ERROR, (int) expected);
  g_assert_cmpstr (error->message, ==, "the original message");
}

static void
test_convert (void)
{
  check_converted (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, XS_ERROR_NOT_FOUND);
  check_converted (G_IO_ERROR, G_IO_ERROR_NO_SPACE, XS_ERROR_NO_SPACE);
  check_converted (G_IO_ERROR, G_IO_ERROR_CANCELLED, XS_ERROR_CANCELLED);
  check_converted (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, XS_ERROR_NETWORK);
  check_converted (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, XS_ERROR_NETWORK);
  check_converted (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, XS_ERROR_NETWORK);
  check_converted (G_IO_ERROR, G_IO_ERROR_FAILED, XS_ERROR_IO);
  check_converted (G_FILE_ERROR, G_FILE_ERROR_NOENT, XS_ERROR_NOT_FOUND);
  check_converted (G_FILE_ERROR, G_FILE_ERROR_NOSPC, XS_ERROR_NO_SPACE);
  check_converted (G_FILE_ERROR, G_FILE_ERROR_ACCES, XS_ERROR_IO);
  check_converted (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, XS_ERROR_NETWORK);
  check_converted (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, XS_ERROR_NETWORK);
  check_converted (G_RESOURCE_ERROR, G_RESOURCE_ERROR_NOT_FOUND, XS_ERROR_FAILED);
}

static void
test_keeps_own (void)
{
  check_converted (XS_ERROR, XS_ERROR_REJECTED, XS_ERROR_REJECTED);
}

static void
test_nothing (void)
{
  GError *error = NULL;

  xs_error_convert (NULL);
  xs_error_convert (&error);
  g_assert_no_error (error);
}

static void
test_transient (void)
{
  static const struct {
    XsError code;
    gboolean transient;
  } cases[] = {
    { XS_ERROR_NETWORK, TRUE },  { XS_ERROR_BUSY, TRUE },          { XS_ERROR_NO_SPACE, TRUE },
    { XS_ERROR_CAMERA, TRUE },   { XS_ERROR_REJECTED, FALSE },     { XS_ERROR_INVALID, FALSE },
    { XS_ERROR_CORRUPT, FALSE }, { XS_ERROR_UNAUTHORIZED, FALSE }, { XS_ERROR_FAILED, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (XS_ERROR, cases[i].code, "any");
      g_assert_cmpint (xs_error_is_transient (error), ==, cases[i].transient);
    }

  /* The code of another domain means something else. */
  g_autoptr (GError) foreign = g_error_new_literal (G_FILE_ERROR, XS_ERROR_NETWORK, "any");
  g_assert_false (xs_error_is_transient (foreign));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/convert", test_convert);
  g_test_add_func ("/base/error/keeps-own", test_keeps_own);
  g_test_add_func ("/base/error/nothing", test_nothing);
  g_test_add_func ("/base/error/transient", test_transient);
  return g_test_run ();
}
