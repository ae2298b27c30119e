#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kiosk shows the course that is installed, keeps it while it is replaced, and says so when it is damaged."""

import fcntl
import json
import os
import pathlib
import subprocess
import sys

from kiosk_bench import LEARNER, expect, main, picture, test

SECONDS = 120


def xueshi(bench, *arguments):
    subprocess.run(["xueshi", "course", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, cwd=bench.folder)


def build(bench, version, title):
    """The package of a course whose only lesson is called @title."""
    source = pathlib.Path(bench.folder, "source")
    source.mkdir(exist_ok=True)
    video = source / "video.webm"
    if not video.exists():
        pipeline = "videotestsrc num-buffers=%d ! video/x-raw,framerate=10/1 ! vp8enc deadline=1 ! webmmux ! filesink"
        command = ["gst-launch-1.0", "-q", *(pipeline % (SECONDS * 10)).split(), "location=%s" % video]
        subprocess.run(command, check=True)
        xueshi(bench, "keygen", "school.key")
    lesson = {"id": "one", "title": title, "summary": "说明", "subjcode": "2211010000", "video": "video.webm"}
    document = {"format": 1, "id": "school", "version": version, "title": "某驾校的课程", "language": "zh-CN",
                "publisher": "某驾校", "lessons": [lesson]}  # fmt: skip
    (source / "course.json").write_text(json.dumps(document, ensure_ascii=False))
    package = pathlib.Path(bench.folder, "school.xsc")
    xueshi(bench, "build", source, "-o", package, "--key", "school.key")
    return package


def install(bench, version, title):
    xueshi(bench, "install", "--state", bench.state, "--trust", build(bench, version, title))


def in_use(bench):
    """The versions that kiosks have open, as the library sees it: what is open is locked."""
    versions = set()
    for folder in folders(bench):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            versions.add(json.loads((folder / "manifest.json").read_text())["version"])
        finally:
            os.close(descriptor)
    return versions


def wait_for_lesson(kiosk, title):
    kiosk.wait(lambda: any(title in (node.get_name() or "") for node in kiosk.everything()), "the lesson “%s”" % title)


def folders(bench):
    return [path for path in pathlib.Path(bench.state, "courses").iterdir() if path.is_dir()]


@test
def shows_the_installed_course(bench):
    """A course that is installed takes the place of the sample"""
    install(bench, 1, "第一版的课")
    kiosk = bench.start_paired(language="en")
    kiosk.sign_in(LEARNER)
    wait_for_lesson(kiosk, "第一版的课")
    kiosk.screenshot(picture("installed"))


@test
def keeps_what_it_plays(bench):
    """A new version does not take the files from under the one that plays, and is shown after the next start"""
    kiosk = bench.kiosk
    install(bench, 2, "第二版的课")
    expect(len(folders(bench)) == 2, "the course that plays was removed")
    counted = kiosk.wait(kiosk.counter_s, "the counter")
    kiosk.wait(lambda: kiosk.counter_s() >= counted + 3, "the counter to go on")
    wait_for_lesson(kiosk, "第一版的课")
    kiosk.sign_out()
    bench.stop()
    kiosk = bench.start(language="en")
    kiosk.wait_for("Student number")
    kiosk.sign_in(LEARNER)
    wait_for_lesson(kiosk, "第二版的课")
    kiosk.sign_out()
    bench.stop()


@test
def tells_of_a_damaged_course(bench):
    """A damaged course is an error with its remedy, not a reason to show the sample"""
    for folder in folders(bench):
        (folder / "manifest.json").write_text("{}")
    kiosk = bench.start(language="en")
    kiosk.wait_for("The course cannot be shown")
    kiosk.screenshot(picture("damaged"))
    expect(any("The course school is damaged: install it again" in text for text in kiosk.texts()), kiosk.texts())
    install(bench, 2, "第二版的课")
    kiosk.click("Try again")
    kiosk.wait_for("Student number")
    bench.stop()
    expect(len(folders(bench)) == 1, "the damaged course was left over")


@test
def shows_what_the_school_hands_out(bench):
    """K5, K6: what the school hands out is fetched, and shown once nobody studies, while the kiosk goes on"""
    add = ["xueshi-platform", "course", "add", "--data", bench.data, build(bench, 3, "第三版的课")]
    subprocess.run(add, check=True, stdout=subprocess.DEVNULL)
    kiosk = bench.start(language="en")
    kiosk.wait_for("Student number")
    kiosk.wait(lambda: in_use(bench) == {3}, "the new course")
    kiosk.wait_for("Student number")
    kiosk.sign_in(LEARNER)
    wait_for_lesson(kiosk, "第三版的课")
    kiosk.screenshot(picture("handed-out"))
    kiosk.sign_out()
    bench.stop()


if __name__ == "__main__":
    # What a developer's kiosk shows in any case.
    os.environ.pop("XUESHI_COURSE_DIR", None)
    sys.exit(main())
