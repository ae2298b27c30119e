#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak's life on a PC: install, update by delta with data of the version before, rollback, uninstall.

Releases are made of the application that is installed, and served over HTTP as a school's server does. They go
into an installation of the test's own; the runtime is that of FLATPAK_USER_DIR.
Runs inside tests/run-headless, with tests/flatpak/bin first in PATH.
"""

import atexit
import functools
import http.server
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kiosk"))

from kiosk_bench import LEARNER, SOURCE, expect, main, picture, test  # noqa: E402
from kiosk_driver import Kiosk  # noqa: E402

APP_ID = "org.xueshi.Kiosk"
BRANCH = "test"
REF = "app/%s/%s/%s"
PREPARED = os.environ["FLATPAK_USER_DIR"]


class Server:
    """Hands a folder out, and remembers what was asked for and how much that was."""

    def __init__(self, folder):
        self.forget()
        server = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_arguments):
                server.asked.append(self.path)

            def send_header(self, name, value):
                if name == "Content-Length":
                    server.n_bytes += int(value)
                super().send_header(name, value)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
        self.url = "http://127.0.0.1:%d" % self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def forget(self):
        self.asked = []
        self.n_bytes = 0


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(result.returncode == 0, "%s: %s" % (" ".join(command), result.stdout))
    return result.stdout.strip()


def flatpak(*arguments):
    return run("flatpak", "--user", *arguments)


def release(bench, number):
    """Export a release that says its number; a program of another release is another file. Returns: its commit."""
    build = os.path.join(bench.folder, "build")
    if not os.path.exists(build):
        # An installed application is a build once more, but for the outer part of its folder.
        shutil.copytree(os.path.join(PREPARED, "app", APP_ID, "current", "active"), build, symlinks=True)
        os.remove(os.path.join(build, "deploy"))
    with open(os.path.join(build, "files", "share", "xueshi", "release"), "w") as file:
        file.write("release %d" % number)
    program = os.path.join(build, "files", "bin", "xueshi-kiosk")
    with open(program, "rb") as file:
        content = file.read()
    os.remove(program)
    with open(program, "wb") as file:
        file.write(content + b"release %d" % number)
    os.chmod(program, 0o755)
    run("flatpak", "build-export", "--disable-fsync", bench.repo, build, BRANCH)
    return run("ostree", "--repo=" + bench.repo, "rev-parse", bench.ref)


def installed_commit():
    return flatpak("info", "--show-commit", "%s//%s" % (APP_ID, BRANCH))


def shown_release():
    return flatpak("run", "--command=cat", "%s//%s" % (APP_ID, BRANCH), "/app/share/xueshi/release")


def data_folder():
    return os.path.expanduser("~/.var/app/" + APP_ID)


def journal_path():
    """Its database, in the folder that the sandbox calls its state."""
    found = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(data_folder())
        for name in names
        if name == "journal.db"
    ]
    expect(len(found) == 1, "the journals are %s" % found)
    return found[0]


def journal():
    return sqlite3.connect(journal_path())


def count_sessions():
    with journal() as database:
        return database.execute("SELECT count(*) FROM session").fetchone()[0]


def start(bench, *arguments):
    """The kiosk with its journal where the Flatpak keeps it."""
    bench.kiosk = Kiosk(["--camera", bench.camera(), *arguments])
    return bench.kiosk


def study(kiosk):
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 2, "the counter to reach 2 s")


def expect_sessions(bench):
    expect(count_sessions() == bench.n_sessions, "the journal has %d sessions" % count_sessions())


def starts_with_its_data(bench):
    kiosk = start(bench)
    kiosk.wait_for("Student number")
    expect_sessions(bench)
    bench.stop()


@test
def installs(bench):
    """The first release is installed from the server and studies"""
    arch = run("flatpak", "--default-arch")
    bench.ref = REF % (APP_ID, arch, BRANCH)
    bench.repo = os.path.join(bench.folder, "repo")
    run("ostree", "--repo=" + bench.repo, "init", "--mode=archive")
    bench.old = release(bench, 1)
    run("flatpak", "build-update-repo", bench.repo)
    bench.school = Server(bench.repo)
    flatpak("remote-add", "--no-gpg-verify", "school", bench.school.url)
    flatpak("install", "-y", "--noninteractive", "school", APP_ID)
    bench.whole_bytes = bench.school.n_bytes
    expect(installed_commit() == bench.old, "%s is installed" % installed_commit())
    expect(shown_release() == "release 1", "it says " + shown_release())
    kiosk = start(bench, "--platform", bench.url, "--pair", bench.run("pair-code").strip())
    study(kiosk)
    kiosk.sign_out()
    bench.stop()
    bench.n_sessions = 1
    expect_sessions(bench)


@test
def updates_by_delta(bench):
    """The second release comes as a small delta while a student studies on; the next start has it, and all data"""
    kiosk = start(bench)
    study(kiosk)
    bench.n_sessions += 1
    bench.new = release(bench, 2)
    run("ostree", "--repo=" + bench.repo, "static-delta", "generate", "--from=" + bench.old, "--to=" + bench.new)
    run("flatpak", "build-update-repo", bench.repo)
    bench.school.forget()
    flatpak("update", "-y", "--noninteractive", APP_ID)
    expect(installed_commit() == bench.new, "%s is installed" % installed_commit())
    expect(shown_release() == "release 2", "it says " + shown_release())
    asked, n_bytes = bench.school.asked, bench.school.n_bytes
    print("# installed with %.1f MB, updated with %.3f MB" % (bench.whole_bytes / 1e6, n_bytes / 1e6))
    expect(any(path.startswith("/deltas/") for path in asked), "no delta was fetched: %s" % asked)
    expect(n_bytes < bench.whole_bytes / 10, "%d of %d bytes came" % (n_bytes, bench.whole_bytes))
    before = kiosk.counter_s()
    kiosk.wait(lambda: kiosk.counter_s() >= before + 2, "the counter to go on")
    kiosk.sign_out()
    bench.stop()
    starts_with_its_data(bench)


@test
def rolls_back(bench):
    """The release before can be had again, stays while updates are masked, and goes on with the data"""
    flatpak("update", "-y", "--noninteractive", "--commit=" + bench.old, APP_ID)
    flatpak("mask", APP_ID)
    flatpak("update", "-y", "--noninteractive", APP_ID)
    flatpak("mask", "--remove", APP_ID)
    expect(installed_commit() == bench.old, "%s is installed" % installed_commit())
    expect(shown_release() == "release 1", "it says " + shown_release())
    starts_with_its_data(bench)


@test
def refuses_data_of_a_newer_one(bench):
    """Data that a newer release has changed is left alone, and what to do is said"""
    with journal() as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute("PRAGMA user_version = %d" % (version + 1))
    kiosk = start(bench)
    kiosk.wait_for("A newer version of Xueshi was used here")
    kiosk.screenshot(picture("newer"))
    bench.stop()
    expect_sessions(bench)
    with journal() as database:
        expect(database.execute("PRAGMA user_version").fetchone()[0] == version + 1, "the version was changed")
        database.execute("PRAGMA user_version = %d" % version)


@test
def keeps_data_when_uninstalled(bench):
    """Uninstalled and installed again, it is still paired"""
    flatpak("uninstall", "-y", "--noninteractive", APP_ID)
    expect(APP_ID not in flatpak("list", "--columns=application"), "it is still installed")
    expect_sessions(bench)
    flatpak("install", "-y", "--noninteractive", "school", APP_ID)
    starts_with_its_data(bench)


def make_keys(bench):
    """Those of a school that signs; the socket of GnuPG's agent wants a short path."""
    bench.keys = tempfile.mkdtemp(prefix="xueshi-keys-", dir="/tmp")
    atexit.register(shutil.rmtree, bench.keys, ignore_errors=True)
    atexit.register(run, "gpgconf", "--homedir", bench.keys, "--kill", "all")
    gpg = ("gpg", "--homedir", bench.keys, "--batch", "--quiet")
    run(*gpg, "--passphrase", "", "--quick-generate-key", "school", "ed25519", "sign", "never")
    run(*gpg, "--output", os.path.join(bench.keys, "public"), "--export", "school")
    bench.fingerprint = re.search("[0-9A-F]{40}", run(*gpg, "--with-colons", "--list-keys", "school")).group()


def sign(bench):
    options = ("--gpg-homedir=" + bench.keys, "--gpg-sign=" + bench.fingerprint)
    run("flatpak", "build-sign", *options, bench.repo, APP_ID, BRANCH)
    run("flatpak", "build-update-repo", *options, bench.repo)


@test
def refuses_an_unsigned_release(bench):
    """With the school's key, a release that is not signed by it is not taken, and one that is comes"""
    make_keys(bench)
    flatpak("remote-modify", "--gpg-import=" + os.path.join(bench.keys, "public"), "--gpg-verify", "school")
    third = release(bench, 3)
    run("flatpak", "build-update-repo", bench.repo)
    flatpak("update", "-y", "--noninteractive", APP_ID)
    expect(installed_commit() == bench.new, "%s is installed" % installed_commit())
    sign(bench)
    flatpak("update", "-y", "--noninteractive", APP_ID)
    expect(installed_commit() == third, "%s is installed" % installed_commit())


@test
def updates_by_itself(bench):
    """The timer's program fetches a release once the school wants a newer version than the kiosk's, and not before"""
    fleet = os.path.join(os.path.dirname(journal_path()), "fleet.env")
    before = installed_commit()
    newest = release(bench, 4)
    sign(bench)
    for wanted, commit in (("0.0.1", before), ("99.0", newest)):
        with open(fleet, "w") as file:
            file.write("RING=0\nWANTED_VERSION=%s\n" % wanted)
        said = run(os.path.join(SOURCE, "data", "session", "xueshi-update"), "--user")
        expect(installed_commit() == commit, "%s is installed, wanted was %s: %s" % (installed_commit(), wanted, said))


@test
def leaves_nothing(bench):
    """Uninstalled with its data, nothing of it is left"""
    flatpak("uninstall", "-y", "--noninteractive", "--delete-data", APP_ID)
    expect(not os.path.exists(data_folder()), "%s is still there" % data_folder())


if __name__ == "__main__":
    os.environ["FLATPAK_SYSTEM_DIR"] = PREPARED
    os.environ["FLATPAK_USER_DIR"] = os.path.join(os.environ["XDG_RUNTIME_DIR"], "flatpak")
    os.environ["HOME"] = os.path.join(os.environ["XDG_RUNTIME_DIR"], "home")
    os.mkdir(os.environ["HOME"])
    sys.exit(main())
