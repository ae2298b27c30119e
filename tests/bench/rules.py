#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench rules: what judging a teaching log costs, and a day of ten thousand of them, on one core."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

sys.exit(subprocess.call([ROOT / "_build" / "tests" / "bench" / "bench-rules"]))
