#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the real kiosk at random moments of a session, again and again on one journal, with the real platform
killed now and then too. What is stored is never more than the truth and at most 2 s less, and at the end everything
is on the platform exactly once.

Usage: run-headless test-kill.py [--rounds N] [--seed N]; 20 rounds plainly, fewer under a sanitizer, where the kiosk
takes ten times as long to start."""

import argparse
import os
import random
import re
import subprocess
import time

from ledger import LOSS_LIMIT_US, US, check_on_disk, compare
from scenario import (
    DEMO_STUNUM, SANITIZED, Platform, check, check_platform, copy_time, demo_recording, first_picture,
    load_kiosk_driver, note, run, run_tests, run_well, wait,
)  # fmt: skip

Kiosk = load_kiosk_driver().Kiosk

CREDIT = re.compile(rb"credited_us=(\d+) session_us=(\d+)")


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5 if SANITIZED else 20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    return parser.parse_args()


class Runs:
    """One state folder through many lives of the kiosk."""

    def __init__(self, folder, platform, seed):
        self.folder = folder
        self.state = folder / "state"
        self.platform = platform
        self.random = random.Random(seed)
        self.kept = {}  # by session: what was stored of it when the kiosk was killed
        self.losses = []
        os.environ["G_MESSAGES_DEBUG"] = "xs-study"
        code = platform.command("pair-code").strip()
        self.arguments = ["--state", str(self.state), "--camera", "file://%s?loop" % demo_recording(),
                          "--platform", platform.url, "--pair", code]  # fmt: skip

    def start(self, log):
        return Kiosk(self.arguments, language="en", log=log)

    def study_and_kill(self, number):
        path = self.folder / ("kiosk-%d.log" % number)
        with open(path, "wb") as log:
            kiosk = self.start(log)
            try:
                began = time.monotonic()
                kiosk.sign_in(DEMO_STUNUM)
                time.sleep(self.random.uniform(0.0 if number % 4 == 3 else 1.0, 6.0))
                if number % 4 == 0 and number > 0:
                    self.platform.kill()
                if number % 5 == 4:
                    kiosk.ask_to_sign_out()
                    time.sleep(self.random.uniform(0.0, 2.0))
            finally:
                kiosk.kill()
            lasted_us = (time.monotonic() - began) * US
        if self.platform.process.poll() is not None:
            self.platform.start()
        told = [tuple(map(int, match)) for match in CREDIT.findall(path.read_bytes())]
        truth_us = told[-1][0] if told else 0
        check(truth_us <= lasted_us, "%d µs were credited in a session of %d µs" % (truth_us, lasted_us))
        self.check_crash(number, truth_us)

    def kill_while_starting(self):
        with open(os.devnull, "wb") as log:
            process = subprocess.Popen(["xueshi-kiosk", *self.arguments], stdout=log, stderr=log)
            time.sleep(self.random.uniform(0.1, 1.5))
            process.kill()
            process.wait()
        check_on_disk(self.state, self.folder / "copy")

    def check_crash(self, number, truth_us):
        sessions = check_on_disk(self.state, self.folder / "copy")
        new = [session for session in sessions if session not in self.kept]
        check(len(new) <= 1, "one sign-in made %d sessions" % len(new))
        stored_us = sessions[new[0]][0] if new else 0
        note("%2d: true %8.3f s, stored %8.3f s" % (number, truth_us / US, stored_us / US))
        check(stored_us <= truth_us, "%d µs are stored of %d" % (stored_us, truth_us))
        check(truth_us - stored_us <= LOSS_LIMIT_US, "%d µs are lost" % (truth_us - stored_us))
        self.losses.append(truth_us - stored_us)
        self.check_kept(sessions)
        for session in new:
            self.kept[session] = sessions[session]

    def check_kept(self, sessions):
        """Every earlier session was closed by the start after it, with what was stored."""
        for session, (stored_us, was_closed, was_interrupted) in self.kept.items():
            check(session in sessions, "session %d vanished" % session)
            credited_us, closed, interrupted = sessions[session]
            check(closed, "session %d is still open" % session)
            check(credited_us == stored_us, "session %d had %d µs, now %d" % (session, stored_us, credited_us))
            check(interrupted == (was_interrupted or not was_closed), "session %d: interrupted %d" % (
                session, interrupted))  # fmt: skip

    def finish(self):
        """The last start closes what is open; then everything is sent."""
        with open(self.folder / "kiosk-last.log", "wb") as log:
            before = copy_time(self.state)
            kiosk = self.start(log)
            kiosk.wait_for("Student number")
            wait(lambda: copy_time(self.state) != before, "what a start does behind it")
            status = kiosk.stop()
        check(status == 0, "the kiosk ended with status %d" % status)
        self.check_kept(check_on_disk(self.state, self.folder / "copy"))
        for _ in range(10):
            said = run_well("xueshi", "sync", "--state", self.state)
            if "waiting: 0 logs, 0 photos" in said:
                break
        check("waiting: 0 logs, 0 photos; refused: 0 logs, 0 photos" in said, said)
        again = run_well("xueshi", "sync", "--state", self.state)
        check(again == said, "a repeated sync changed “%s” to “%s”" % (said, again))
        note(said)


def make_test(rounds, seed):
    def test(folder):
        note("%d rounds, --seed %d" % (rounds, seed))
        photo = first_picture(demo_recording(), folder / "me.jpg")
        with Platform(folder, photo) as platform:
            runs = Runs(folder, platform, seed)
            try:
                for number in range(rounds):
                    runs.study_and_kill(number)
                    if number % 5 == 2:
                        runs.kill_while_starting()
                runs.finish()
                check_platform(platform, runs.state)
                compare(runs.state, platform.data)
            except Exception:
                logs = sorted(folder.glob("kiosk-*.log"), key=lambda path: path.stat().st_mtime)
                note((logs[-1].read_text(errors="replace") if logs else "")[-3000:])
                raise
            note("lost at most %.3f s" % (max(runs.losses) / US))
            check(max(runs.losses) > 0 or rounds < 5, "no kill lost anything: they missed the sessions")
            platform.stop()
            offline = run("xueshi", "status", "--state", runs.state)
            check(offline.returncode == 0 and "waiting: 0 logs, 0 photos" in offline.stdout, offline.stdout)

    return test


if __name__ == "__main__":
    chosen = options()
    run_tests([("/scenario/kill", make_test(chosen.rounds, chosen.seed))])
