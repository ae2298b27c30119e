#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the installed Flatpak takes to start beside the same kiosk outside a sandbox, and how large it is.

Usage: flatpak [ROUNDS]      default: 7; needs what `./dev flatpak` installs
Prints the sizes of the application, as it is downloaded and as it is installed; then the median times from starting the
program to the first picture of its window, and until a number can be typed as in `./dev bench screen`, natively and in
the Flatpak, and their ratios. The limit is for the second: before that nobody can do anything. Run it on a machine
that does nothing else, or as root with chrt -f 10 before it: a Flatpak is five processes that wait for each other, and
on a busy machine each of them waits for the processor, too.
"""

import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, ".cache", "flatpak")
APP_ID = "org.xueshi.Kiosk"
LIMIT = 1.5
# What a launcher does, and no more; what tells the built kiosk where its files are would mislead the other.
IN_FLATPAK = ("env", *("--unset=%s" % name for name in os.environ if name.startswith("XUESHI_")),
              "flatpak", "--user", "run", "--die-with-parent", "--filesystem=%s" % os.environ.get("TMPDIR"))


class Pixel:
    """In the middle of the screen. Asking the X server for it disturbs nobody, as asking the kiosk would."""

    def __init__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = self.x11.XDefaultRootWindow.restype = ctypes.c_void_p
        self.x11.XGetImage.restype = self.x11.XGetPixel.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        self.root = ctypes.c_void_p(self.x11.XDefaultRootWindow(self.display))
        self.bare = self.color()

    def color(self):
        all_planes, z_pixmap = ctypes.c_ulong(~0), 2
        image = ctypes.c_void_p(self.x11.XGetImage(self.display, self.root, 683, 384, 1, 1, all_planes, z_pixmap))
        color = self.x11.XGetPixel(image, 0, 0)
        self.x11.XDestroyImage(image)
        return color

    def wait(self, drawn):
        """Until something is drawn there, or nothing."""
        deadline = time.monotonic() + 60
        while (self.color() != self.bare) != drawn:
            if time.monotonic() > deadline:
                sys.exit("the kiosk's window did not %s" % ("appear" if drawn else "go"))
            time.sleep(0.001)


def start_window(launcher, program, arguments):
    """Seconds until its window is drawn."""
    pixel = Pixel()
    began = time.monotonic()
    kiosk = subprocess.Popen([*launcher, program, *arguments], stderr=subprocess.DEVNULL)
    pixel.wait(True)
    took_s = time.monotonic() - began
    kiosk.terminate()
    kiosk.wait()
    pixel.wait(False)
    return took_s


def start_typing(launcher, program, arguments):
    """Seconds until a number can be typed."""
    from kiosk_driver import Kiosk

    pixel = Pixel()
    began = time.monotonic()
    kiosk = type("Started", (Kiosk,), {"launcher": launcher, "program": program})(arguments, language="en")
    kiosk.wait_for("Student number")
    took_s = time.monotonic() - began
    kiosk.stop()
    pixel.wait(False)
    return took_s


def measure(rounds):
    """Inside tests/run-headless."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "kiosk"))
    import kiosk_bench
    import kiosk_driver

    kiosk_driver.POLL_S = 0.002
    ways = (("outside a sandbox", (), "xueshi-kiosk"), ("in the Flatpak", IN_FLATPAK, APP_ID))
    with tempfile.TemporaryDirectory() as folder:
        bench = kiosk_bench.Bench(folder, os.environ["XUESHI_DEMO_DIR"])
        try:
            bench.start_paired()
            bench.stop()
            for what, start in (("its window", start_window), ("a number can be typed", start_typing)):
                medians = []
                for name, launcher, program in ways:
                    # The first start of each reads it from the disk.
                    times = [start(launcher, program, ("--state", bench.state, "--camera", "test:"))
                             for _ in range(rounds + 1)][1:]  # fmt: skip
                    medians.append(statistics.median(times))
                    print("until %s, %s: %.3f s (%s)" % (
                        what, name, medians[-1], ", ".join("%.3f" % taken for taken in times)))  # fmt: skip
                ratio = medians[1] / medians[0]
                print("ratio: %.2f" % ratio, flush=True)
        finally:
            bench.clean_up()
    print("limit: %.1f" % LIMIT)
    return 0 if ratio <= LIMIT else 1


def show_sizes():
    shown = subprocess.run(
        ["flatpak", "--user", "remote-info", "xueshi", APP_ID], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    for line in shown.splitlines():
        if line.strip().startswith(("Download", "Installed")):
            print(line.strip().replace("\xa0", " "))
    active = os.path.join(os.environ["FLATPAK_USER_DIR"], "app", APP_ID, "current", "active", "files")
    parts = ("bin", "lib", "share/xueshi/models", "share/xueshi/course", "share/xueshi/locale-data", "share/locale")
    for part in parts:
        path = os.path.join(active, part)
        if os.path.exists(path):
            size = subprocess.run(["du", "-sk", path], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[0]
            print("  %-26s %5.1f MB" % (part, int(size) / 1024))


def main():
    if "--measure" in sys.argv:
        return measure(int(sys.argv[2]))
    rounds = sys.argv[1] if len(sys.argv) > 1 else "7"
    os.environ.setdefault("FLATPAK_USER_DIR", os.path.join(FOLDER, "user"))
    os.environ["TMPDIR"] = os.path.join(FOLDER, "tmp")
    if not os.path.exists(os.path.join(os.environ["FLATPAK_USER_DIR"], "app", APP_ID)):
        sys.exit("the Flatpak is not installed: ./dev flatpak")
    os.makedirs(os.environ["TMPDIR"], exist_ok=True)
    show_sizes()
    command = [os.path.join(ROOT, "tests", "run-headless"), "/usr/bin/python3", os.path.abspath(__file__)]
    return subprocess.run([*command, "--measure", rounds]).returncode


if __name__ == "__main__":
    sys.exit(main())
