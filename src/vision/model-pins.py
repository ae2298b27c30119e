#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: model-pins.py PINNED_DOWNLOADS HEADER: turn the "model" lines into the table the program checks against."""

import sys

HEAD = """/* Made from build-aux/pinned-downloads. */
#pragma once

namespace xs
{

struct ModelPin
{
  const char *name;
  const char *sha256;
};

constexpr ModelPin model_pins[] = {
"""


def main(source, target):
    with open(source, encoding="utf-8") as file:
        lines = [line.split() for line in file]
    models = [words for words in lines if words and words[0] == "model"]
    with open(target, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for _, name, sha256, _, _ in models:
            file.write('  { "%s", "%s" },\n' % (name, sha256))
        file.write("};\n\n} // namespace xs\n")


main(*sys.argv[1:])
