#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The USB stick for PCs without a network: a PC that has nothing installs from it, and a student studies there. And the
bundle: the same in one file.

Runs inside tests/run-headless, with tests/flatpak/bin first in PATH.
"""

import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "kiosk"))

from kiosk_bench import LEARNER, expect, main, test  # noqa: E402

APP_ID = "org.xueshi.Kiosk"
BUILT = os.path.dirname(os.environ["FLATPAK_USER_DIR"])


def run(*arguments):
    result = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(result.returncode == 0, "%s: %s" % (" ".join(arguments), result.stdout))
    return result.stdout


def list_installed():
    return set(run("flatpak", "--user", "list", "--columns=application").split())


@test
def installs_from_the_stick(_bench):
    """Application and runtime come from the stick alone"""
    stick = os.path.join(os.environ["HOME"], "stick")
    run(os.path.join(os.path.dirname(TESTS), "build-aux", "make-stick"), BUILT, stick)
    expect(not list_installed(), "something is installed already: %s" % list_installed())
    repo = "file://" + os.path.join(stick, "xueshi", "repo")
    run("flatpak", "--user", "remote-add", "--no-gpg-verify", "stick", repo)
    run("flatpak", "--user", "install", "-y", "--noninteractive", "stick", APP_ID)
    expect({APP_ID, "org.xueshi.LocalPlatform"} <= list_installed(), "there are %s" % list_installed())


@test
def studies(bench):
    """What was installed is whole: a student signs in, and the time counts"""
    kiosk = bench.start_paired()
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 1, "the counter to run")
    bench.stop()


@test
def installs_from_the_bundle(_bench):
    """Where the runtime is, one file is the application"""
    bundle = os.path.join(os.environ["HOME"], "xueshi.flatpak")
    run("flatpak", "build-bundle", os.path.join(BUILT, "repo"), bundle, APP_ID)
    run("flatpak", "--user", "uninstall", "-y", "--noninteractive", APP_ID)
    expect(APP_ID not in list_installed(), "it is still installed")
    run("flatpak", "--user", "install", "-y", "--noninteractive", bundle)
    shown = run("flatpak", "--user", "run", "--command=xueshi-kiosk", APP_ID, "--version")
    expect("xueshi" in shown.lower(), "it says " + shown)


if __name__ == "__main__":
    if not os.path.isdir(os.path.join(BUILT, "runtime", "objects")):
        print("1..0 # SKIP the Flatpak does not stand on a runtime of Debian's packages: ./dev flatpak makes one")
        sys.exit(0)
    with tempfile.TemporaryDirectory(prefix="stick-") as folder:
        os.environ.update(HOME=folder, FLATPAK_USER_DIR=os.path.join(folder, "user"))
        status = main()
    sys.exit(status)
