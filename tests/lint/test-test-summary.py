#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of build-aux/test-summary.py, as TAP."""

import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

TAP = "TAP version 13\n# random seed\n1..3\nok 1 /a\nnot ok 2 /b\nok 3 /c # SKIP no camera\n"
GOOD_TAP = "1..2\nok 1 /a\n# ok 7 in a remark\nok 2 /b\n"

# Name, programs of each log (None: no such log), further arguments, the line, the exit status.
CASES = [
    ("tap-points", [[("OK", GOOD_TAP)]], [], "2 passed, 0 failed", 0),
    ("both-builds-add-up", [[("OK", GOOD_TAP)], [("OK", GOOD_TAP)]], [], "4 passed, 0 failed", 0),
    ("failed-and-skipped-points", [[("FAIL", TAP)]], [], "1 passed, 1 failed, 1 skipped", 1),
    ("skips-do-not-fail", [[("OK", GOOD_TAP)], [("SKIP", "1..0 # SKIP none")]], [], "2 passed, 0 failed, 1 skipped", 0),
    ("plain-programs", [[("OK", "hello ok"), ("SKIP", ""), ("FAIL", "")]], [], "1 passed, 1 failed, 1 skipped", 1),
    ("crash-after-good-points", [[("FAIL", GOOD_TAP)]], [], "2 passed, 1 failed", 1),
    ("timeout-without-output", [[("OK", GOOD_TAP), ("TIMEOUT", None)]], [], "2 passed, 1 failed", 1),
    ("nothing-ran", [[]], [], "0 passed, 0 failed", 1),
    ("log-is-missing", [[("OK", GOOD_TAP)], None], [], "2 passed, 1 failed", 1),
    ("failures-from-elsewhere", [[("OK", GOOD_TAP)]], ["--failed", "1"], "2 passed, 1 failed", 1),
]


def run(folder, logs, arguments):
    paths = []
    for number, programs in enumerate(logs):
        paths.append(os.path.join(folder, "log-%d.json" % number))
        if programs is not None:
            with open(paths[-1], "w", encoding="utf-8") as stream:
                for result, stdout in programs:
                    stream.write(json.dumps({"name": "x", "result": result, "stdout": stdout}) + "\n")
    command = [sys.executable, os.path.join(ROOT, "build-aux", "test-summary.py"), *arguments, *paths]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main():
    failures = 0
    print("1..%d" % len(CASES))
    for number, (name, logs, arguments, line, status) in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory() as folder:
            result = run(folder, logs, arguments)
        good = result.stdout == line + "\n" and result.returncode == status
        failures += not good
        print("%sok %d %s" % ("" if good else "not ", number, name))
        if not good:
            print("# wanted %r and %d, got %r and %d" % (line, status, result.stdout, result.returncode))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
