/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** LLVMFuzzerTestOneInput: decode any bytes as a picture; aborts when a promise of xs-picture.h is broken. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/** fuzz_mend_checksums: give every chunk of a PNG the checksum it needs to get past the decoder's first look. */
void fuzz_mend_checksums (uint8_t *data, size_t size);
