# SPDX-License-Identifier: GPL-3.0-or-later
"""One kiosk without a window through many lives (study-driver.c), with a real platform: what it said was true before
it died, against what its journal says then and what the platform has in the end."""

import os
import signal
import subprocess

from ledger import LOSS_LIMIT_US, US, check_on_disk, compare
from scenario import COMMAND_LIMIT_S, SANITIZED, Platform, check, note, run_well

LIMIT_S = COMMAND_LIMIT_S * (3 if SANITIZED else 1)


def environment(crash_at):
    settings = dict(os.environ)
    settings.pop("XUESHI_CRASH_AT", None)
    if crash_at:
        settings["XUESHI_CRASH_AT"] = crash_at
    return settings


class Life:
    """One process of the kiosk; what it says is kept in a file, so that nothing of it is lost with the process."""

    def __init__(self, headless, sessions, crash_at):
        self.path = headless.folder / "kiosk.out"
        self.log = headless.folder / "kiosk.log"
        headless.n_lives += 1
        with open(self.path, "wb") as out, open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["study-driver", "--state", str(headless.state), "--sessions", str(sessions), "--seconds",
                 str(headless.seconds), "--seed", str(headless.n_lives)],
                stdout=out, stderr=log, env=environment(crash_at),
            )  # fmt: skip

    def end(self):
        """Wait for the end. Returns: its status, negative for a signal."""
        try:
            return self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the kiosk hangs: %s" % self.said()) from None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end_well(self):
        status = self.end()
        check(status == 0, "the kiosk ended with %d: %s" % (status, self.said()))

    def said(self):
        return self.log.read_text(errors="replace")[-2000:]

    def truth(self):
        """Credited µs of each session that was begun, and whether it was closed."""
        sessions = []
        for line in self.path.read_bytes().split(b"\n")[:-1]:
            word, _, value = line.partition(b" ")
            if word == b"begin":
                sessions.append([0, False])
            elif word == b"credited":
                sessions[-1][0] = int(value)
            elif word == b"end":
                sessions[-1][1] = True
        return sessions


class Headless:
    def __init__(self, folder, platform, seconds=70):
        self.folder = folder
        self.platform = platform
        self.state = folder / "state"
        self.seconds = seconds
        self.n_lives = 0
        self.kept = {}  # by session: what was stored of it when it was last looked at
        self.lost_us = []

    def pair(self):
        code = self.platform.command("pair-code").strip()
        run_well("xueshi", "pair", "--state", self.state, "--url", self.platform.url, "--code", code)

    def start(self, sessions, crash_at=None):
        return Life(self, sessions, crash_at)

    def check_dead(self, life):
        """What must hold right after a life ended, before anybody puts anything right."""
        truth = life.truth()
        sessions = check_on_disk(self.state, self.folder / "copy")
        new = [session for session in sessions if session not in self.kept]
        check(len(truth) - 1 <= len(new) <= len(truth), "%d sessions begun, %d stored" % (len(truth), len(new)))
        for session, (true_us, closed) in zip(new, truth):
            stored_us, is_closed, _ = sessions[session]
            check(stored_us <= true_us, "%d µs are stored of %d" % (stored_us, true_us))
            check(true_us - stored_us <= LOSS_LIMIT_US, "%d µs of %d are lost" % (true_us - stored_us, true_us))
            check(is_closed or not closed, "session %d was closed, and is open" % session)
            self.lost_us.append(true_us - stored_us)
        if len(new) < len(truth):
            check(truth[-1][0] <= LOSS_LIMIT_US, "a session of %d µs is not there" % truth[-1][0])
            self.lost_us.append(truth[-1][0])
        for session, (stored_us, was_closed, was_interrupted) in self.kept.items():
            check(session in sessions, "session %d vanished" % session)
            credited_us, _, interrupted = sessions[session]
            check(credited_us == stored_us, "session %d had %d µs, now %d" % (session, stored_us, credited_us))
            check(interrupted == was_interrupted or not was_closed, "session %d: interrupted %d" % (
                session, interrupted))  # fmt: skip
        self.kept = sessions

    def finish(self):
        """The next start closes and clears up what is left, and sends everything."""
        life = self.start(0)
        life.end_well()
        self.check_dead(life)
        open_ones = [session for session, (_, closed, _) in self.kept.items() if not closed]
        check(not open_ones, "sessions %s are still open" % open_ones)
        return compare(self.state, self.platform.data)

    def report(self):
        note("%d lives, lost at most %.3f s" % (self.n_lives, max(self.lost_us, default=0) / US))


def start_platform(platform, crash_at=None):
    """Platform.start(), which may be made to die at a crash point."""
    saved = os.environ.pop("XUESHI_CRASH_AT", None)
    if crash_at:
        os.environ["XUESHI_CRASH_AT"] = crash_at
    try:
        platform.start()
    finally:
        os.environ.pop("XUESHI_CRASH_AT", None)
        if saved:
            os.environ["XUESHI_CRASH_AT"] = saved


def was_killed(status):
    return status == -signal.SIGKILL


def new_scene(folder):
    """A platform with the demo learner; any bytes that begin as a JPEG does are a photo to it."""
    photo = folder / "me.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a face \xff\xd9")
    return Platform(folder, photo)

