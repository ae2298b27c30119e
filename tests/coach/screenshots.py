#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page of the coach's application, for ./dev screenshots; runs inside tests/run-headless.

Usage: screenshots.py FOLDER LANGUAGE light|dark|contrast

LANGUAGE: one of the application's, or "pseudo": English grown by 40 %. Each page goes to
FOLDER/coach-PAGE-WIDTHxHEIGHT-LANGUAGE-SCHEME.png.
"""

import os
import subprocess
import sys
import tempfile

FOLDER_OF_THIS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(FOLDER_OF_THIS), "kiosk"))

from coach_bench import SOURCE, CoachBench  # noqa: E402
from screenshots import make_pseudo_translation  # noqa: E402

N_LOGS = 12


def main(folder, language, scheme):
    demo_dir = os.environ.get("XUESHI_DEMO_DIR", os.path.join(SOURCE, ".cache", "demo"))
    size = subprocess.run(["xdotool", "getdisplaygeometry"], check=True, capture_output=True, text=True).stdout
    size = size.strip().replace(" ", "x")
    if scheme == "contrast":
        os.environ["ADW_DEBUG_HIGH_CONTRAST"] = "1"
    with tempfile.TemporaryDirectory(prefix="xueshi-screenshots-") as scratch:
        if language == "pseudo":
            os.environ["XUESHI_LOCALE_DIR"] = make_pseudo_translation(os.path.join(scratch, "po"))
        bench = CoachBench(scratch, demo_dir, N_LOGS)
        photos = os.path.join(scratch, "photos")
        os.mkdir(photos)
        os.rename(os.path.join(scratch, "person.jpg"), os.path.join(photos, "2000000000000002.jpg"))
        bench.run("import-photos", "--wait", "0", photos)

        def shoot(page):
            name = "coach-%s-%s-%s-%s.png" % (page, size, language, scheme)
            bench.kiosk.shoot(os.path.join(folder, name))
            print(name, flush=True)

        try:
            arguments = ["--dark"] if scheme == "dark" else []
            coach = bench.start(*arguments, language="zh_CN" if language == "pseudo" else language)
            coach.wait_for("Name")
            shoot("sign-in")
            coach.sign_in("wang")
            coach.wait_for("Lock (Ctrl+L)")
            coach.wait(lambda: coach.text("Why"), "the first log")
            shoot("log")
            coach.press("m", "Right", "Right", "shift+Right", "shift+Right", "shift+Right")
            shoot("minutes")
            coach.press("f")
            shoot("film")
            coach.press("y", "f")
            shoot("months")
            coach.press("g")
            shoot("grid")
            coach.press("Escape", "y")
            coach.wait(lambda: coach.text("Why"), "the log")
            coach.press("2")
            shoot("partly")
            coach.press("Escape", "f", "2")
            shoot("partly-film")
            coach.press("Escape", "f", "3")
            shoot("void")
            coach.press("Escape", "h")
            shoot("history")
            coach.press("Escape", "b", "b")
            shoot("marked")
            coach.press("1")
            coach.wait(lambda: coach.note(), "the decision")
            coach.press("ctrl+f")
            coach.write("7777777")
            coach.wait_for("No log is like that.")
            shoot("nothing")
            coach.press("Escape", "F3")
            coach.wait(lambda: coach.find(name="Checks of the photo"), "the registration photos")
            coach.wait_for("Width of the head")
            shoot("registration")
            coach.press("F4")
            coach.wait_for("Every time a photo was opened or a log was taken out. Nothing of it can be removed.")
            shoot("views")
            bench.stop()
        finally:
            bench.clean_up()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
