#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print one line that sums up meson's test logs: "N passed, N failed", and ", N skipped" when there are any.

Usage: test-summary.py [--failed N] TESTLOG.json...

A TAP program counts by its points, any other by its result. A program that failed without a failed point (it
crashed, or took too long) counts as one failure, and so does a log that is missing. --failed adds failures from
elsewhere. Fails when anything failed or nothing passed.
"""

import argparse
import json
import re
import sys

TAP_POINT = re.compile(r"^(not )?ok\b[^#\n]*(?:#\s*(skip|todo)\b)?", re.IGNORECASE | re.MULTILINE)
TAP_PLAN = re.compile(r"^1\.\.\d+", re.MULTILINE)


def count_program(program):
    """[passed, failed, skipped] of one line of a log."""
    result = program["result"]
    went_wrong = result not in ("OK", "SKIP", "EXPECTEDFAIL")
    output = program.get("stdout") or ""
    counts = [0, 0, 0]
    if TAP_PLAN.search(output):
        for failed, directive in TAP_POINT.findall(output):
            if directive:
                counts[2] += 1
            else:
                counts[1 if failed else 0] += 1
    if went_wrong and not counts[1]:
        counts[1] += 1
    elif not any(counts):
        counts[2 if result == "SKIP" else 0] += 1
    return counts


def count_log(path):
    try:
        with open(path, encoding="utf-8") as stream:
            programs = [json.loads(line) for line in stream if line.strip()]
    except (OSError, ValueError) as error:
        print("test-summary: %s" % error, file=sys.stderr)
        return [0, 1, 0]
    return [sum(column) for column in zip([0, 0, 0], *map(count_program, programs))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("logs", nargs="*", metavar="TESTLOG.json")
    arguments = parser.parse_args()
    totals = zip([0, arguments.failed, 0], *map(count_log, arguments.logs))
    passed, failed, skipped = (sum(column) for column in totals)
    print("%d passed, %d failed" % (passed, failed) + (", %d skipped" % skipped if skipped else ""))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
