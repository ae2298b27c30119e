#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the installed Flatpak takes to start beside the same kiosk outside a sandbox, and how large it is.

Usage: flatpak [ROUNDS]      default: 7; needs what `./dev flatpak` installs
Prints the median time from starting the program to its first page, natively and in the Flatpak, and their ratio; then
the sizes of the application, as it is downloaded and as it is installed. Run it on a machine that does nothing else.
"""

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


def measure(rounds):
    """Inside tests/run-headless."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "kiosk"))
    from kiosk_driver import Kiosk

    native = os.environ["PATH"]
    inside = os.path.join(ROOT, "tests", "flatpak", "bin") + ":" + native
    times = {native: [], inside: []}
    with tempfile.TemporaryDirectory() as folder:
        # The first start of each reads it from the disk.
        for number in range(rounds + 1):
            for path, taken in times.items():
                os.environ["PATH"] = path
                began = time.monotonic()
                kiosk = Kiosk(["--state", os.path.join(folder, "state"), "--camera", "test:"], "en")
                kiosk.wait_for("This kiosk is not connected to a school yet")
                if number > 0:
                    taken.append(time.monotonic() - began)
                kiosk.stop()
    medians = [statistics.median(taken) for taken in times.values()]
    print("start outside a sandbox: %.2f s (%s)" % (medians[0], ", ".join("%.2f" % t for t in times[native])))
    print("start in the Flatpak:    %.2f s (%s)" % (medians[1], ", ".join("%.2f" % t for t in times[inside])))
    print("ratio: %.2f (limit %.1f)" % (medians[1] / medians[0], LIMIT), flush=True)
    return 0 if medians[1] / medians[0] <= LIMIT else 1


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
