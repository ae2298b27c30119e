#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench coach: how quickly the coach's window follows in a school with 100,000 logs, of which one student's have
10,000 photos.

A real platform on loopback, the real window on a display of its own, painted by the software renderer. Each line ends
with its limit; making the school takes a minute or two."""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
N_LOGS, N_HISTORY, N_MANY = 8, 167, 100000


def measure():
    sys.path[:0] = [str(ROOT / "tests" / "coach"), str(ROOT / "tests" / "kiosk")]
    from coach_bench import PASSWORD, CoachBench

    os.environ["PATH"] = "%s:%s" % (ROOT / "_build" / "tests" / "coach", os.environ["PATH"])
    with tempfile.TemporaryDirectory(prefix="xueshi-bench-coach-") as folder:
        bench = CoachBench(folder, os.environ["XUESHI_DEMO_DIR"], N_LOGS, N_HISTORY, N_MANY)
        try:
            program = ROOT / "_build" / "tests" / "bench" / "bench-coach"
            return subprocess.call([program, bench.url, "wang", PASSWORD, folder])
        finally:
            bench.clean_up()


if __name__ == "__main__":
    if sys.argv[1:] != ["--inside"]:
        os.execv(ROOT / "tests" / "run-headless", ["run-headless", "/usr/bin/python3", __file__, "--inside"])
    sys.exit(measure())
