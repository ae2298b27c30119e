#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench photo-check [DIR]: how often the photo check is right on photos spoilt one property at a time.

The people come from the test media ($XUESHI_TEST_MEDIA, else ../shared/media); DIR keeps what was judged.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "_build" / "tests" / "bench" / "bench-photo-check"

media = pathlib.Path(os.environ.get("XUESHI_TEST_MEDIA") or ROOT.parent / "shared" / "media")
if len(sys.argv) > 2:
    sys.exit(__doc__)
if not media.is_dir():
    sys.exit("no test media in %s: set XUESHI_TEST_MEDIA" % media)
for folder in sys.argv[1:]:
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
sys.exit(subprocess.run([BENCH, media, *sys.argv[1:]]).returncode)
