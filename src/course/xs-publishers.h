/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "xs-crypto.h"

G_BEGIN_DECLS

/*
 * Whose course packages a kiosk takes. A trusted publisher is a file NAME.pub, of one line: the public key in base64, a
 * space, and who that is. They lie in the folder "publishers" of the kiosk's state, and in the one that was installed
 * with the program, where whoever makes a school's kiosks puts them.
 */

/**
 * xs_publisher_write: put the public @key of @name into the file @path.
 * @name: one line
 */
gboolean xs_publisher_write (const char *path, const guint8 key[XS_KEY_BYTES], const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/** xs_publisher_fingerprint: (transfer full): of a public key, for people to compare: 8 groups of 4 hex digits. */
char *xs_publisher_fingerprint (const guint8 key[XS_KEY_BYTES]);

/**
 * xs_publisher_is_trusted: whether the kiosk whose state is in @state_dir takes packages signed with @key.
 * @error: XS_ERROR_INVALID for a file that holds no key, XS_ERROR_IO
 */
gboolean xs_publisher_is_trusted (const char *state_dir, const guint8 key[XS_KEY_BYTES], gboolean *trusted,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** xs_publisher_trust: from now on, take packages signed with @key, the publisher of which is @name. */
gboolean xs_publisher_trust (const char *state_dir, const guint8 key[XS_KEY_BYTES], const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
