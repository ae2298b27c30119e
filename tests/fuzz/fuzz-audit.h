/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput: take any bytes for a case file, for a day and for a policy; aborts when a promise about them
 * is broken.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
