#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench vision [RECORDING [PHOTO]]: CPU time of one analysed frame, by default on the demo recording."""

import os
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parents[2] / "_build" / "tests" / "bench" / "bench-vision"

arguments = sys.argv[1:] or [os.path.join(os.environ["XUESHI_DEMO_DIR"], "franck.webm")]
if len(arguments) > 2:
    sys.exit(__doc__)
sys.exit(subprocess.run([BENCH, *arguments]).returncode)
