#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process dies at every labelled moment between a frame and its acknowledged upload (src/base/xs-crash-point.c),
in the kiosk or in the platform, and is started again. Each label is reached, or the test fails; after each, nothing is
credited that was not true, at most 2 s are lost, and in the end journal and platform are the same row by row.

Usage: run-headless test-crash-points.py [LABEL…]"""

import os
import sys
import time

from headless import Headless, new_scene, start_platform, was_killed
from ledger import check_on_disk, compare, read_only
from scenario import (
    DEMO_STUNUM, Platform, Skip, check, copy_time, demo_recording, first_picture, load_kiosk_driver, note, run,
    run_tests, run_well, wait,
)  # fmt: skip

PLATFORM = ("upload-", "log-inserted", "log-committed", "photo-locked", "photos-filed", "appeal-filed",
            "appeal-recorded", "consent-filed", "consent-recorded")  # fmt: skip
NEW_JOURNAL = ("journal-",)
ERASING = ("learner-key-destroyed", "photo-removed")
# Those of courses are reached in test-courses.py.
COURSES = ("course-",)
# The real window's: the driver has no sign-out of its own.
WINDOW = ("sign-out-asked",)
# What is passed again and again is also tried in the middle of things.
LATER = {"photo-": 4, "file-": 4, "progress-": 30, "segment-": 2, "upload-": 4}


def is_one_of(label, group):
    return label.startswith(group)


def labels():
    return run_well("study-driver", "--labels").split()


def passages(label):
    return [label] + ["%s:%d" % (label, n) for start, n in LATER.items() if label.startswith(start)]


def kill_kiosk(headless, label):
    life = headless.start(1, label)
    status = life.end()
    check(was_killed(status), "%s: not reached: the kiosk ended with %d: %s" % (label, status, life.said()))
    headless.check_dead(life)


def is_all_filed(platform):
    with read_only(platform.data / "platform.db") as database:
        return database.execute("SELECT count (*) FROM filing").fetchone() == (0,)


def kill_platform(headless, label):
    platform = headless.platform
    # What the life before left to be filed would reach the label before the platform listens.
    wait(lambda: is_all_filed(platform), "the photos to be filed")
    platform.stop()
    start_platform(platform, label)
    life = headless.start(1)
    status = platform.process.wait(60)
    platform.process.stdout.close()
    check(was_killed(status), "%s: the platform ended with %d" % (label, status))
    platform.start()
    life.end_well()
    headless.check_dead(life)


def wanted(group_of):
    chosen = [label for label in labels() if not sys.argv[1:] or label in sys.argv[1:]]
    check(labels(), "the programs were built without crash points")
    return [label for label in chosen if group_of(label)]


def test_session(folder):
    """Every label of sessions and uploads, one after the other on one journal and one platform."""
    with new_scene(folder) as platform:
        headless = Headless(folder, platform)
        headless.pair()
        chosen = wanted(lambda label: not is_one_of(label, NEW_JOURNAL + WINDOW + ERASING + COURSES))
        for label in [passage for label in chosen for passage in passages(label)]:
            began = time.monotonic()
            if is_one_of(label, PLATFORM):
                kill_platform(headless, label)
            else:
                kill_kiosk(headless, label)
            found = headless.finish()
            note("%-24s %.1f s: %d logs, %d photos, %d s" % (label, time.monotonic() - began, *found))
        headless.report()
        check(platform.command("fsck").endswith("All is well.\n"), "the platform finds fault")
        platform.stop()


def test_new_journal(folder):
    """A kiosk that dies while it makes its keys is one new device in the end."""
    for label in wanted(lambda label: is_one_of(label, NEW_JOURNAL)):
        place = folder / label
        place.mkdir()
        with new_scene(place) as platform:
            headless = Headless(place, platform, seconds=5)
            code = platform.command("pair-code").strip()
            pair = ["xueshi", "pair", "--state", headless.state, "--url", platform.url, "--code", code]
            died = run(*pair, env={"XUESHI_CRASH_AT": label})
            check(was_killed(died.returncode), "%s: not reached: %s" % (label, died.stderr))
            run_well(*pair)
            life = headless.start(1)
            life.end_well()
            headless.check_dead(life)
            note("%s: %d logs, %d photos, %d s" % (label, *headless.finish()))
            platform.stop()


def test_erase(folder):
    """A platform that dies while it erases a learner ends it later, whenever it died."""
    for label in wanted(lambda label: is_one_of(label, ERASING)):
        place = folder / label
        place.mkdir()
        with new_scene(place) as platform:
            headless = Headless(place, platform, seconds=5)
            headless.pair()
            life = headless.start(1)
            life.end_well()
            headless.check_dead(life)
            headless.finish()
            platform.stop()
            erase = ["xueshi-platform", "erase-learner", "--data", platform.data, "--stunum", DEMO_STUNUM]
            died = run(*erase, env={"XUESHI_CRASH_AT": label})
            check(was_killed(died.returncode), "%s: not reached: %s" % (label, died.stderr))
            platform.command("retain")
            left = [path for name in ("photos", "registration", "keys/learner")
                    for path in (platform.data / name).rglob("*") if path.is_file()]  # fmt: skip
            check(not left, "left: %s" % left)
            check("All is well." in platform.command("fsck"), "the platform finds fault")


def test_sign_out(folder):
    """The real window, asked to sign out."""
    if not wanted(lambda label: is_one_of(label, WINDOW)):
        raise Skip("not asked for")
    photo = first_picture(demo_recording(), folder / "me.jpg")
    state = folder / "state"
    with Platform(folder, photo) as platform, open(folder / "kiosk.log", "wb") as log:
        code = platform.command("pair-code").strip()
        arguments = ["--state", str(state), "--camera", "file://%s?loop" % demo_recording(), "--platform",
                     platform.url, "--pair", code]  # fmt: skip
        driver = load_kiosk_driver()
        os.environ["XUESHI_CRASH_AT"] = "sign-out-asked"
        try:
            kiosk = driver.Kiosk(arguments, language="en", log=log)
        finally:
            del os.environ["XUESHI_CRASH_AT"]
        kiosk.sign_in(DEMO_STUNUM)
        kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "three seconds that count")
        kiosk.ask_to_sign_out()
        check(was_killed(kiosk.process.wait(60)), "sign-out-asked: not reached")
        sessions = check_on_disk(state, folder / "copy")
        (credited_us, closed, _), = sessions.values()
        check(not closed and credited_us >= 1000000, "stored: %s" % sessions)
        before = copy_time(state)
        kiosk = driver.Kiosk(arguments, language="en", log=log)
        kiosk.wait_for("Student number")
        wait(lambda: copy_time(state) != before, "what a start does behind it")
        check(kiosk.stop() == 0, "the kiosk ended badly")
        run_well("xueshi", "sync", "--state", state)
        logs, photos, credited_s = compare(state, platform.data)
        check(logs == 1 and credited_s == credited_us // 1000000, "%d logs, %d s" % (logs, credited_s))
        note("%d logs, %d photos, %d s" % (logs, photos, credited_s))
        platform.stop()


if __name__ == "__main__":
    run_tests([
        ("/scenario/crash-points/session", test_session),
        ("/scenario/crash-points/new-journal", test_new_journal),
        ("/scenario/crash-points/erase", test_erase),
        ("/scenario/crash-points/sign-out", test_sign_out),
    ])  # fmt: skip
