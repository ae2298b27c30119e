#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed Flatpak with a camera that comes through PipeWire and the desktop's camera portal.

Runs inside tests/run-headless and tests/flatpak/run-camera, with tests/flatpak/bin first in PATH.
"""

import atexit
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kiosk"))

from kiosk_bench import LEARNER, expect, main, picture, test  # noqa: E402

APP_ID = "org.xueshi.Kiosk"
CAMERAS_OF_PC = ""


class Camera:
    """A camera that is a program, plugged in until it is pulled."""

    def __init__(self, bench):
        self.process = subprocess.Popen(
            ["pipewire-camera", "--name", "studio", "--description", "Studio"]
            + ["--uri", "file://" + os.path.join(bench.demo_dir, "franck.webm")]
        )
        atexit.register(self.process.kill)

    def pull(self):
        self.process.terminate()
        self.process.wait()


def answer_portal(answer):
    """What the user of the desktop answers, once and for all."""
    subprocess.run(["flatpak", "permission-set", "devices", "camera", APP_ID, answer], check=True)


def wait_for_bar(kiosk, words):
    kiosk.wait_for_text("Whether this PC is ready", lambda text: words in text, "“%s”" % words)


@test
def refuses_a_virtual_camera(bench):
    """A camera that is a program comes through the portal, and is refused by its name"""
    bench.plugged = Camera(bench)
    answer_portal("yes")
    kiosk = bench.start_paired(camera=CAMERAS_OF_PC)
    wait_for_bar(kiosk, kiosk._("The only camera is a virtual one: %s") % "Studio")
    kiosk.screenshot(picture("virtual"))
    bench.stop()


@test
def says_that_the_desktop_forbids_it(bench):
    """When the portal says no, the ready check says so; when it says yes, the camera is there by itself"""
    bench.update_policy(virtual_camera_allowed=True)
    answer_portal("no")
    kiosk = bench.start(camera=CAMERAS_OF_PC)
    wait_for_bar(kiosk, kiosk._("The desktop does not allow the camera"))
    kiosk.screenshot(picture("forbidden"))
    answer_portal("yes")
    ready = kiosk._("This PC is ready").rstrip("~")
    kiosk.wait_for_text("Whether this PC is ready", lambda text: text.startswith(ready), "the ready check")


@test
def studies_with_it(bench):
    """The face in its pictures signs in, and the time counts"""
    kiosk = bench.kiosk
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 3, "the counter to reach 3 s")
    kiosk.screenshot(picture("studying"))


@test
def loses_it_and_finds_it_again(bench):
    """Unplugged, the counter stops and says why; plugged in, it goes on"""
    kiosk = bench.kiosk
    stopped = kiosk._("Stopped: %s") % kiosk._("The camera is gone")
    bench.plugged.pull()
    kiosk.wait_for_text("Counter", lambda text: text == stopped, "the counter to stop")
    before = kiosk.counter_s()
    bench.plugged = Camera(bench)
    kiosk.wait(lambda: kiosk.counter_s() > before, "the counter to go on")
    kiosk.sign_out()
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    everything = kiosk._("Everything has reached the school")
    kiosk.wait_for_text("Connection to the school", lambda text: text == everything, "everything to be sent")
    logs, photos = bench.list("logs"), bench.list("photos")
    expect(len(logs) == 1 and logs[0]["stunum"] == LEARNER, "the platform has the logs %s" % logs)
    expect(len(photos) >= 2, "the platform has %d photos" % len(photos))
    bench.stop()
    bench.plugged.pull()


if __name__ == "__main__":
    sys.exit(main())
