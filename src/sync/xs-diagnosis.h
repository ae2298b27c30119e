/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "xs-outbox.h"
#include "xs-wire-device.h"

G_BEGIN_DECLS

/** XsDiagnosisParts: what a diagnosis is made of. */
typedef struct {
  const XsWireDeviceHealth *health;
  const XsOutboxStatus *outbox;
  const char *const *ready; /* "camera:ok" …: what the ready check says of each */
  const char *lines;        /* of xs_log_book_dup() */
  const GPtrArray *names;   /* (element-type utf8): that must not stand in it */
} XsDiagnosisParts;

/**
 * xs_diagnosis_make: (transfer full): one JSON document of at most XS_WIRE_DIAGNOSIS_PLAIN_MAX_BYTES, with the newest
 * lines that fit. In the lines @names and every number of 8 digits or more are cut out, and so is what is not ASCII: of
 * people who are not known any more a Chinese name is, one in Latin letters stays. The home folder becomes "~".
 */
GBytes *xs_diagnosis_make (const XsDiagnosisParts *parts);

G_END_DECLS
