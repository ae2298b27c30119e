#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around a kiosk: a platform that dies in the middle of an upload, a course or a model that is
missing or damaged, a disk without space. Each is said, and nothing is lost. Runs inside tests/run-headless."""

import os
import pathlib
import shutil
import socket
import sys
import threading

from scenario import (
    DEMO_STUNUM, Platform, Skip, check, check_platform, demo_recording, first_picture, load_kiosk_driver, note, run,
    run_tests, run_well,
)  # fmt: skip

Kiosk = load_kiosk_driver().Kiosk
DISK_KIB = 256


class Line:
    """The line between kiosk and platform. It can be cut, and the platform killed, at a chosen byte."""

    def __init__(self, platform):
        self.platform = platform
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.left = {"up": None, "down": None}  # bytes still let through, None: all
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.platform.port))
            except OSError:
                near.close()
                continue
            for source, target, way in ((near, far, "up"), (far, near, "down")):
                threading.Thread(target=self.pass_on, args=(source, target, way), daemon=True).start()

    def pass_on(self, source, target, way):
        try:
            while True:
                data = source.recv(1024)
                if not data:
                    break
                data = data[: self.allow(way, len(data))]
                target.sendall(data)
                if self.left[way] == 0:
                    self.platform.process.kill()
                    break
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def allow(self, way, size):
        with self.lock:
            if self.left[way] is None:
                return size
            size = min(size, self.left[way])
            self.left[way] -= size
            return size

    def cut_after(self, way, n_bytes):
        self.left = {"up": None, "down": None}
        if n_bytes is not None:
            self.left[way] = n_bytes

    def close(self):
        self.listener.close()


def start_kiosk(folder, *arguments):
    with open(folder / "kiosk.log", "ab") as log:
        return Kiosk(["--state", str(folder / "state"), *map(str, arguments)], language="en", log=log)


def stop_kiosk(kiosk):
    status = kiosk.stop()
    check(status == 0, "the kiosk ended with status %d" % status)


def study_offline(folder, kiosk_arguments, sessions):
    """Sessions of a kiosk that cannot reach its platform: photos and logs pile up."""
    kiosk = start_kiosk(folder, *kiosk_arguments)
    for _ in range(sessions):
        kiosk.sign_in(DEMO_STUNUM)
        kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 1, "a second that counts")
        kiosk.sign_out()
        kiosk.click_starting_with("Done")
    kiosk.wait_for("Student number")
    stop_kiosk(kiosk)


def test_platform_dies(folder):
    photo = first_picture(demo_recording(), folder / "me.jpg")
    state = folder / "state"
    with Platform(folder, photo) as platform:
        line = Line(platform)
        code = platform.command("pair-code").strip()
        run_well("xueshi", "pair", "--state", state, "--url", line.url, "--code", code)
        run_well("xueshi", "sync", "--state", state)
        platform.kill()
        study_offline(folder, ["--camera", "file://%s?loop" % demo_recording()], 2)
        waiting = run_well("xueshi", "status", "--state", state)
        photos = list((state / "photos").iterdir())
        size = sum(path.stat().st_size for path in photos)
        note("%d bytes in %d photos wait" % (size, len(photos)))
        check(len(photos) >= 4, "sign-in and sign-out photos are missing")
        check("waiting: 2 logs, %d photos" % len(photos) in waiting, waiting)

        # In the head of a request, within photos, near the end, in an answer that has been committed.
        for way, n_bytes in (("up", 100), ("up", size // 8), ("down", 40), ("up", size // 3), ("down", 700),
                             ("up", size // 2), ("down", 1500)):  # fmt: skip
            platform.start()
            line.cut_after(way, n_bytes)
            done = run("xueshi", "sync", "--state", state)
            note("cut %s after %d bytes: %s%s" % (way, n_bytes, done.stdout.strip(), done.stderr.strip()))
            if platform.process.poll() is None and line.left[way] == 0:
                platform.process.wait(30)
            if done.returncode != 0:
                check(len(done.stderr.strip().splitlines()) == 1, done.stderr)
            platform.kill()

        line.cut_after("up", None)
        platform.start()
        said = run_well("xueshi", "sync", "--state", state)
        note(said)
        all_sent = "sent: 2 logs, %d photos; waiting: 0 logs, 0 photos; refused: 0 logs, 0 photos" % len(photos)
        check(all_sent in said, said)
        check_platform(platform, state)
        line.close()
        platform.stop()


def expect_failure(kiosk, title, *details):
    kiosk.wait_for(title)
    said = "\n".join(kiosk.texts())
    note(said)
    for detail in details:
        check(str(detail) in said, "“%s” is not said" % detail)


def test_course(folder):
    course = folder / "course"
    kiosk = start_kiosk(folder, "--course", course)
    expect_failure(kiosk, "The course cannot be shown", course)
    shutil.copytree(os.environ["XUESHI_COURSE_DIR"], course)
    text = (course / "course.json").read_text()
    (course / "course.json").write_text(text[: len(text) // 2])
    kiosk.click("Try again")
    kiosk.wait(lambda: "JSON" in "\n".join(kiosk.texts()), "the fault in the course")
    expect_failure(kiosk, "The course cannot be shown", course / "course.json")
    (course / "course.json").write_text(text)
    kiosk.click("Try again")
    kiosk.wait_for("This kiosk is not connected to a school yet")
    stop_kiosk(kiosk)


def test_models(folder):
    source = pathlib.Path(os.environ["XUESHI_MODELS_DIR"])
    models = shutil.copytree(source, folder / "models")
    altered = models / "facemesh.onnx"
    altered.write_bytes(altered.read_bytes()[:-1])
    photo = first_picture(demo_recording(), folder / "me.jpg")
    with Platform(folder, photo) as platform:
        code = platform.command("pair-code").strip()
        run_well("xueshi", "pair", "--state", folder / "state", "--url", platform.url, "--code", code)
        os.environ["XUESHI_MODELS_DIR"] = str(models)
        try:
            kiosk = start_kiosk(folder)
        finally:
            os.environ["XUESHI_MODELS_DIR"] = str(source)
        expect_failure(kiosk, "The kiosk cannot work", altered, "./dev setup")
        shutil.copy(source / altered.name, altered)
        kiosk.click("Try again")
        kiosk.wait_for("Student number")
        stop_kiosk(kiosk)


def mount(*arguments):
    try:
        done = run("mount", *arguments)
    except FileNotFoundError:
        raise Skip("there is no mount program") from None
    if done.returncode != 0:
        raise Skip("no small disk can be mounted here: " + done.stderr.strip())


def test_disk_full(folder):
    """A kiosk that starts on a full disk; tests/study has the one whose disk fills while a student studies."""
    state = folder / "state"
    state.mkdir()
    mount("-t", "tmpfs", "-o", "size=%dk" % DISK_KIB, "xueshi-test", state)
    try:
        with open(state / "filler", "wb") as filler:
            filler.write(b"\0" * (DISK_KIB - 16) * 1024)
        kiosk = start_kiosk(folder)
        expect_failure(kiosk, "The disk of this PC is full", "Make space on it")
        (state / "filler").unlink()
        mount("-o", "remount,size=32m", state)
        kiosk.click("Try again")
        kiosk.wait_for("This kiosk is not connected to a school yet")
        stop_kiosk(kiosk)
    finally:
        run("umount", "-l", state)


TESTS = [
    ("/scenario/faults/platform-dies", test_platform_dies),
    ("/scenario/faults/course", test_course),
    ("/scenario/faults/models", test_models),
    ("/scenario/faults/disk-full", test_disk_full),
]

if __name__ == "__main__":
    chosen = sys.argv[1:]
    run_tests([(name, test) for name, test in TESTS if not chosen or any(word in name for word in chosen)])
