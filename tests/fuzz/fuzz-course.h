/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput: take any bytes for a course package, for the manifest of one, correctly signed, and for a
 * course.json; aborts when a promise about them is broken. In a manifest the first @ stands for the signer's key.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/** fuzz_course_make_package: (transfer full): the bytes of a sound package of two small files. */
GBytes *fuzz_course_make_package (void);
