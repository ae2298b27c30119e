#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to judge a log on the platform: CPU a photo, memory of the worker that looks.

Usage: ./dev bench audit [CAMERA.mkv REGISTRATION.jpg]

The photos are those that a kiosk takes from a recording, by default the demo recording. Fails above 150 ms a photo.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"


def main(arguments):
    if "--help" in arguments:
        print(__doc__)
        return 0
    demo = pathlib.Path(os.environ.get("XUESHI_DEMO_DIR", ROOT / ".cache" / "demo"))
    if not arguments:
        subprocess.run([ROOT / "build-aux" / "make-demo-camera", demo], check=True)
    camera, photo = arguments or (demo / "demo-camera.mkv", demo / "demo-camera.ref.jpg")
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "replay.json"
        policy = ROOT / "data" / "policy" / "demo.json"
        command = ["xueshi", "replay", "--camera", camera, "--photo", photo, "--json", report, "--policy", policy]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        photos = sorted((pathlib.Path(folder) / "replay-photos").glob("*.jpg"))
        print("%d photos of %s, %d KiB on average" % (
            len(photos), camera, sum(path.stat().st_size for path in photos) / len(photos) / 1024))
        program = BUILD / "tests" / "bench" / "bench-audit"
        return subprocess.run([program, BUILD / "src" / "auditor" / "xueshi-auditor", photo, *photos]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
