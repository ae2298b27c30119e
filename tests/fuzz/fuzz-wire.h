/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput: take any bytes for each message of docs/protocol.md; aborts when a promise about them is
 * broken.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
