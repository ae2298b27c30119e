/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * LLVMFuzzerTestOneInput: take any bytes for a request to the routes of a platform of its own; aborts when the answer
 * is none of docs/protocol.md. The form: "METHOD PATH", lines of headers, an empty line, the body. A method that begins
 * with '!' is signed by a paired device, as request and as document, to reach what lies behind the signature.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
