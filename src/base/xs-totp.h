/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * One-time passwords by the clock: RFC 6238 over RFC 4226, with what authenticator programs all take: HMAC-SHA-1, steps
 * of 30 s, 6 digits.
 */

#define XS_TOTP_SECRET_BYTES 20
#define XS_TOTP_STEP_S 30
#define XS_TOTP_DIGITS 6

/** xs_totp_code: the number of 6 digits that @secret gives for @step, which is Unix time divided by 30 s. */
guint32 xs_totp_code (const guint8 *secret, gsize size, guint64 step);
/**
 * xs_totp_check: whether @text is the code of now, of the step before or of the one after, which clocks that differ and
 * slow fingers need.
 * @after_step: the step of the last code that was taken: it and those before it are used up
 * @step: (out): the step whose code @text is
 */
gboolean xs_totp_check (const guint8 *secret, gsize size, const char *text, gint64 now_us, gint64 after_step,
                        gint64 *step);
/** xs_base32: (transfer full): RFC 4648 without padding, as authenticator programs read secrets. */
char *xs_base32 (const guint8 *data, gsize size);

G_END_DECLS
