#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the kiosk, of the platform, or of both at the same time, at random moments of studying, storing and
sending, on one journal and one platform. After every death what is on disk is compared with what was true; in the
end the two sides are compared row by row.

Usage: run-headless test-soak.py [--kills N] [--seed N]; scenario-kill does the same to the real window."""

import argparse
import random
import time

from headless import Headless, new_scene
from scenario import check, note, run_tests

COMPARE_EVERY = 25


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    return parser.parse_args()


class Soak:
    def __init__(self, folder, platform, seed):
        self.random = random.Random(seed)
        self.platform = platform
        self.headless = Headless(folder, platform)
        self.headless.pair()
        self.kills = {"kiosk": 0, "platform": 0}
        self.life_s = self.measure()

    def measure(self):
        """How long a whole life takes on this PC, so that the deaths fall into it."""
        began = time.monotonic()
        life = self.headless.start(1)
        life.end_well()
        self.headless.check_dead(life)
        return time.monotonic() - began

    def kill_platform(self):
        self.platform.kill()
        self.kills["platform"] += 1

    def one_life(self):
        victim = self.random.choice(["kiosk", "kiosk", "platform", "both"])
        life = self.headless.start(self.random.randint(0, 3))
        time.sleep(self.random.uniform(0.0, 2 * self.life_s))
        if victim != "kiosk":
            self.kill_platform()
        if victim == "both":
            time.sleep(self.random.uniform(0.0, self.life_s / 2))
        if victim != "platform":
            self.kills["kiosk"] += life.process.poll() is None
            life.kill()
        if victim != "kiosk":
            self.platform.start()
        if victim == "platform":
            life.end_well()
        self.headless.check_dead(life)

    def run(self, kills):
        rounds = 0
        while sum(self.kills.values()) < kills:
            self.one_life()
            rounds += 1
            if rounds % COMPARE_EVERY == 0:
                self.headless.finish()
        found = self.headless.finish()
        self.headless.report()
        note("killed: kiosk %(kiosk)d, platform %(platform)d times" % self.kills)
        note("the same on both sides: %d logs, %d photos, %d s" % found)


def make_test(kills, seed):
    def test(folder):
        note("%d kills, --seed %d" % (kills, seed))
        with new_scene(folder) as platform:
            soak = Soak(folder, platform, seed)
            try:
                soak.run(kills)
            except Exception:
                note((folder / "platform.log").read_text(errors="replace")[-2000:])
                raise
            check(platform.command("fsck").endswith("All is well.\n"), "the platform finds fault")
            platform.stop()

    return test


if __name__ == "__main__":
    chosen = options()
    run_tests([("/scenario/soak", make_test(chosen.kills, chosen.seed))])
