#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Flatpak on a desktop: two launchers of one application, each of which starts its program.

Runs inside tests/run-headless, with tests/flatpak/bin first in PATH and FLATPAK_USER_DIR set.
"""

import configparser
import os
import sys

TESTS_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS_FOLDER, "kiosk"), os.path.join(TESTS_FOLDER, "coach")]

from coach_bench import Coach  # noqa: E402
from kiosk_bench import expect, main, test  # noqa: E402

APP_ID = "org.xueshi.Kiosk"
EXPORTS = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")


def check_launcher(name, program):
    launcher = configparser.RawConfigParser(strict=False)
    launcher.optionxform = str
    launcher.read(os.path.join(EXPORTS, "applications", name + ".desktop"), encoding="utf-8")
    entry = launcher["Desktop Entry"]
    expect(" --command=%s " % program in entry["Exec"], "it starts " + entry["Exec"])
    expect(entry["X-Flatpak"] == APP_ID, "it belongs to " + entry["X-Flatpak"])
    expect(entry["Icon"] == name, "its icon is " + entry["Icon"])
    expect("Name[zh_CN]" in entry, "it has no Chinese name")
    for icon in ("scalable/apps/%s.svg" % name, "symbolic/apps/%s-symbolic.svg" % name):
        expect(os.path.exists(os.path.join(EXPORTS, "icons", "hicolor", icon)), "there is no " + icon)


@test
def are_exported(_bench):
    """Kiosk and coach have a launcher and icons each, in Chinese too"""
    check_launcher(APP_ID, "xueshi-kiosk")
    check_launcher(APP_ID + ".Coach", "xueshi-coach")
    # The builder calls it as it likes.
    expect(
        [name for name in os.listdir(os.path.join(EXPORTS, "metainfo")) if name.startswith(APP_ID)],
        "there is no description",
    )


@test
def coach_starts(bench):
    """The coach's application starts in the sandbox, and asks for name and password"""
    bench.kiosk = Coach(["--platform", bench.url, "--state", os.path.join(bench.folder, "coach")], "en")
    bench.kiosk.wait_for("Name")
    bench.kiosk.wait_for("Password")
    bench.stop()


if __name__ == "__main__":
    sys.exit(main())
