#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal of a million minutes and 100,000 photos beside an empty one: what each thing a kiosk asks takes."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    sys.exit(subprocess.call([ROOT / "_build" / "tests" / "bench" / "bench-store"]))
