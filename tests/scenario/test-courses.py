#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Course packages on their way from the school to a kiosk: real programs over loopback HTTP, with the cable cut in the
middle, a package that was altered, a publisher nobody knows, and kill -9 on either side: K3 to K5 of
docs/protocol.md."""

import base64
import json
import re
import socket
import sqlite3
import subprocess
import threading

from headless import was_killed
from scenario import check, note, run, run_tests, run_well

CRASHES = ("course-piece-kept:1", "course-piece-kept:3", "course-fetched")


class Relay:
    """Passes bytes to the platform and back; cuts the line once @cut_after bytes have come from there."""

    def __init__(self, port):
        self.target = port
        self.passed = 0
        self.cut_after = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, True), daemon=True).start()

    def pump(self, source, sink, counts):
        try:
            while data := source.recv(65536):
                if counts:
                    self.passed += len(data)
                    if self.cut_after is not None and self.passed > self.cut_after:
                        break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class School:
    """A platform, a relay before it, and a kiosk that is paired through the relay."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "platform"
        self.state = folder / "kiosk"
        run_well("xueshi-platform", "init", "--data", self.data, "--school", "驾校", "--inscode", "1000000000000001")
        self.process = subprocess.Popen(["xueshi-platform", "serve", "--data", str(self.data), "--port", "0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        line = self.process.stdout.readline()
        self.relay = Relay(int(re.search(r":(\d+)/?$", line.strip())[1]))
        code = run_well("xueshi-platform", "pair-code", "--data", self.data).strip()
        run_well("xueshi", "pair", "--state", self.state, "--url", self.relay.url, "--code", code)
        self.source = folder / "source"
        self.source.mkdir()
        # Noise, which does not get smaller: several pieces.
        pipeline = "videotestsrc pattern=snow num-buffers=20 ! video/x-raw,width=640,height=480,framerate=10/1"
        run_well("gst-launch-1.0", "-q", *pipeline.split(), "!", "jpegenc", "quality=95", "!", "matroskamux", "!",
                 "filesink", "location=%s" % (self.source / "video.mkv"))  # fmt: skip
        for name in ("school", "stranger"):
            run_well("xueshi", "course", "keygen", folder / name)

    def build(self, version, key="school", course="course"):
        lesson = {"id": "one", "title": "第一课", "summary": "说明", "subjcode": "2211010000", "video": "video.mkv"}
        document = {"format": 1, "id": course, "version": version, "title": "课程", "language": "zh-CN",
                    "publisher": "驾校", "lessons": [lesson]}  # fmt: skip
        (self.source / "course.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        package = self.folder / ("%s-%d.xsc" % (course, version))
        run_well("xueshi", "course", "build", self.source, "-o", package, "--key", self.folder / key)
        return package

    def hand_out(self, package):
        return run_well("xueshi-platform", "course", "add", "--data", self.data, package)

    def trust(self):
        publishers = self.state / "publishers"
        publishers.mkdir(exist_ok=True)
        (publishers / "school.pub").write_text((self.folder / "school.pub").read_text())

    def fetch(self, crash_at=None):
        return run("xueshi", "course", "fetch", "--state", self.state, env={"XUESHI_CRASH_AT": crash_at or ""})

    def installed(self):
        """The version that is, 0 for none."""
        found = re.search(r"course (\d+)", run_well("xueshi", "course", "list", "--state", self.state))
        return int(found[1]) if found else 0

    def incoming(self):
        return sorted((self.state / "incoming-courses").glob("*"))

    def package_there(self):
        return next((self.data / "courses").glob("?" * 64))

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()


def in_school(test):
    def run_in(folder):
        school = School(folder)
        try:
            test(school)
        finally:
            school.stop()

    run_in.__doc__ = test.__doc__
    run_in.__name__ = test.__name__
    return run_in


@in_school
def test_cut(school):
    """K3: what the cable cut is gone on with, and nothing comes twice."""
    package = school.build(1)
    size = package.stat().st_size
    check(size > 3 * 1024 * 1024, "the package has only %d bytes" % size)
    school.trust()
    school.hand_out(package)
    school.relay.cut_after = school.relay.passed + size // 2
    died = school.fetch()
    check(died.returncode == 1, "a cut cable is no failure: %s" % died.stdout)
    kept = sum(path.stat().st_size for path in school.incoming())
    check(0 < kept < size and school.installed() == 0, "%d bytes are kept" % kept)
    school.relay.cut_after = None
    before = school.relay.passed
    done = school.fetch()
    check(done.returncode == 0, done.stderr)
    came = school.relay.passed - before
    check(size - kept <= came < size - kept + 65536, "%d bytes came, %d were missing" % (came, size - kept))
    check(school.installed() == 1 and school.incoming() == [], "not installed, or something is left")
    again = school.fetch()
    check(again.returncode == 0 and "nothing" in again.stdout, again.stdout)
    note("%d of %d bytes were kept" % (kept, size))
    school.hand_out(school.build(2))
    check(school.fetch().returncode == 0 and school.installed() == 2, "the new version is not installed")


@in_school
def test_altered(school):
    """K3: a package that has another hash is thrown away, and fetched anew when it is right again."""
    school.trust()
    school.hand_out(school.build(1))
    there = school.package_there()
    right = there.read_bytes()
    there.write_bytes(right[:-2000000] + b"X" + right[-1999999:])
    wrong = school.fetch()
    check(wrong.returncode == 1 and "another hash" in wrong.stderr, wrong.stderr)
    check(school.installed() == 0 and school.incoming() == [], "something of it is left")
    there.write_bytes(right)
    check(school.fetch().returncode == 0 and school.installed() == 1, "it is not fetched anew")


@in_school
def test_stranger(school):
    """K4: of a publisher the kiosk does not trust nothing is fetched; when the list lies of it, nothing installed."""
    school.trust()
    school.hand_out(school.build(1, "stranger"))
    before = school.relay.passed
    check(school.fetch().returncode == 0 and school.relay.passed - before < 65536, "it was fetched")
    with sqlite3.connect(school.data / "platform.db") as database:
        key = (school.folder / "school.pub").read_text().split()[0]
        database.execute("UPDATE course SET sign_key = ?", (base64.b64decode(key),))
    lied = school.fetch()
    check(lied.returncode == 1 and "does not know its publisher" in lied.stderr, lied.stderr)
    check(school.installed() == 0 and school.incoming() == [], "something of it is left")


@in_school
def test_killed(school):
    """K3, K5: a kiosk that dies on the way goes on there; until the new version is installed the old one is."""
    school.trust()
    school.hand_out(school.build(1))
    for crash in CRASHES:
        died = school.fetch(crash)
        check(was_killed(died.returncode), "%s: not reached: %s" % (crash, died.stderr))
        check(school.installed() == 0, "%s: installed" % crash)
    check(school.fetch().returncode == 0 and school.installed() == 1, "it does not go on")
    package = school.build(2)
    died = run("xueshi-platform", "course", "add", "--data", school.data, package,
               env={"XUESHI_CRASH_AT": "course-filed"})  # fmt: skip
    check(was_killed(died.returncode), "course-filed: not reached: %s" % died.stderr)
    check(school.fetch().returncode == 0 and school.installed() == 1, "half a course was handed out")
    school.hand_out(package)
    check(school.fetch().returncode == 0 and school.installed() == 2, "it is not handed out")
    check(len(list((school.data / "courses").iterdir())) == 1, "the old package is left")


if __name__ == "__main__":
    tests = {"cut": test_cut, "altered": test_altered, "stranger": test_stranger, "killed": test_killed}
    run_tests(list(tests.items()))
