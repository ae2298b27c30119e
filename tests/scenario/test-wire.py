#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault on every kind of request between a kiosk and a real platform, in random order, while both go on working:
in the end they agree row by row. tests/sync/fault-driver.c is the kiosk, with the faults.

By hand: tests/run-headless python3 tests/scenario/test-wire.py --logs 1000 --patient [--seed N]"""

import argparse
import itertools
import json
import pathlib
import random
import subprocess
import sys
import time

from headless import new_scene
from ledger import compare
from scenario import COMMAND_LIMIT_S, DEMO_STUNUM, POLICY, check, note, run_tests

LOG_LIMIT_S = 10
LEARNERS = ["30000000000000%02d" % i for i in range(1, 6)]


def add_learner(platform, folder, stunum, number):
    photo = folder / "learner.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 face %d \xff\xd9" % number)
    platform.command("add-learner", "--stunum", stunum, "--name", "学员 %d" % number, "--photo", photo)


def change_register(platform, folder, number):
    """What a school does meanwhile: another photo of a learner, another version of the policy."""
    add_learner(platform, folder, LEARNERS[number % len(LEARNERS)], number)
    policy = folder / "changed.json"
    policy.write_text(json.dumps(json.loads(POLICY.read_text(encoding="utf-8")) | {"version": 100 + number}))
    platform.command("set-policy", policy)


def live_through(driver, platform, folder, limit_s):
    deadline = time.monotonic() + limit_s
    for number in itertools.count(len(LEARNERS)):
        check(time.monotonic() < deadline, "after %d s the kiosk is still not through" % limit_s)
        try:
            driver.wait(0.2)
            return
        except subprocess.TimeoutExpired:
            change_register(platform, folder, number)


def run_through_faults(folder, arguments):
    note("seed %d" % arguments.seed)
    state = folder / "state"
    with new_scene(folder) as platform, open(folder / "driver.log", "w+") as log:
        for number, stunum in enumerate(LEARNERS):
            add_learner(platform, folder, stunum, number)
        code = platform.command("pair-code", "--minutes", "1440").strip()
        driver = subprocess.Popen(
            ["fault-driver", "--state", str(state), "--port", str(platform.port), "--code", code,
             "--logs", str(arguments.logs), "--seed", str(arguments.seed), *["--patient"] * arguments.patient,
             DEMO_STUNUM, *LEARNERS],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            live_through(driver, platform, folder, COMMAND_LIMIT_S + LOG_LIMIT_S * arguments.logs)
        finally:
            driver.kill()
        log.seek(0)
        note(log.read()[-4000:])
        check(driver.returncode == 0, "the kiosk ended with %d" % driver.returncode)
        said = platform.command("fsck")
        check(said.endswith("All is well.\n"), said)
        note("%d logs, %d photos, %d s credited: the same here and there" % compare(state, platform.data))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 2**31))
    parser.add_argument("--patient", action="store_true")
    arguments = parser.parse_args()
    run_tests([("every fault on every kind of request", lambda folder: run_through_faults(folder, arguments))])


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    main()
