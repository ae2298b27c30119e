#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench review: what opening the review queue of a school with 100,000 logs takes, and each further page."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

sys.exit(subprocess.call([ROOT / "_build" / "tests" / "bench" / "bench-review"]))
