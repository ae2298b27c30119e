#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A day's logs from recordings to the coach, and the coach's decision back to the student's own screen.

Recordings of real faces are replayed, put into the journal of a kiosk and sent to a real platform, whose auditor
judges them. In one of the logs somebody else sits in for 8 seconds: the coach finds it, sees why, and takes those
minutes away, while the student has the records open in the real kiosk beside it.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

TESTS_DIR = pathlib.Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS_DIR / "scenario"))

from coach_bench import SOURCE, Coach, run_all  # noqa: E402
from kiosk_bench import TESTS, expect, picture, test  # noqa: E402
from kiosk_driver import Kiosk  # noqa: E402
from scenario import Skip, media_folder  # noqa: E402

# As demo.json, but that somebody else's face is for a person to judge, instead of being void without one.
RULES = {"face_mismatch": {"on": True, "voids": "review", "code": ""}}
STUDENT, OTHER_STUDENT = "2000000000000002", "2000000000000003"
PASSWORD = "a long password"
FPS = 30
LIMIT_S = 5
# What the camera of each log saw: recording, the photo in the register, and pieces: so many seconds of it from its
# beginning, 0: all. The beginnings show the student alone; c.mkv has somebody else from 29 s to 37 s, which then is
# where a photo is due: at 100 s.
DAY = (
    ("20:00", OTHER_STUDENT, "a", [14, 6]),
    ("20:10", STUDENT, "c", [8.6] * 7 + [2.5]),
    ("20:20", STUDENT, "c", [8.6] * 8 + [0] + [8.6] * 3 + [3]),
)

class Window:
    """Who uses a window has it in front: two share the display, and keys go to one of them."""

    def bring_to_front(self):
        found = subprocess.run(
            ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.process.pid)],
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        subprocess.run(["xdotool", "windowactivate", "--sync", found.stdout.split()[-1]], check=True)

    def press(self, *keys):
        self.bring_to_front()
        super().press(*keys)


class StudentWindow(Window, Kiosk):
    pass


class CoachWindow(Window, Coach):
    pass


class DayBench:
    """A school with two students, a kiosk that recorded a day of theirs, and both applications."""

    def __init__(self, folder, recordings):
        self.folder = folder
        self.recordings = recordings
        self.data = os.path.join(folder, "platform")
        self.state = os.path.join(folder, "kiosk")
        self.kiosk = self.student = None
        with open(os.path.join(SOURCE, "data", "policy", "demo.json"), encoding="utf-8") as file:
            policy = json.load(file)
        policy["rules"] |= RULES
        self.policy = os.path.join(folder, "policy.json")
        with open(self.policy, "w", encoding="utf-8") as file:
            json.dump(policy, file)
        self.run("demo", "--photo", str(recordings / "c.ref.jpg"), "--policy", self.policy)
        self.run("add-learner", "--stunum", OTHER_STUDENT, "--name", "李雷", "--photo", str(recordings / "a.ref.jpg"))
        self.run("add-person", "--name", "wang", "--role", "head-coach", input=PASSWORD.encode())
        self.server_log = open(os.path.join(folder, "platform.log"), "wb")
        self.server = subprocess.Popen(
            ["xueshi-platform", "serve", "--data", self.data, "--port", "0"],
            stdout=subprocess.PIPE, stderr=self.server_log,
        )  # fmt: skip
        self.url = self.server.stdout.readline().decode().rsplit(" ", 1)[1].strip()

    def run(self, command, *arguments, input=None):
        """What xueshi-platform prints."""
        command_line = ["xueshi-platform", command, "--data", self.data, *arguments]
        return subprocess.run(command_line, check=True, stdout=subprocess.PIPE, input=input).stdout.decode()

    def verdicts(self):
        """In the order of the logs."""
        return sorted(json.loads(self.run("list", "--json", "verdicts")), key=lambda row: row["seq"])

    def cut(self, name, person, pieces):
        """A recording of the same packets, one piece behind the other."""
        path = os.path.join(self.folder, name)
        command = ("gst-launch-1.0 -q concat name=all ! matroskamux ! filesink location=" + path).split()
        for seconds in pieces:
            source = "filesrc location=%s ! matroskademux" % (self.recordings / (person + ".mkv"))
            end = "identity eos-after=%d" % (seconds * FPS + 1 if seconds else -1)
            command += (source + " ! " + end + " ! queue ! all.").split()
        subprocess.run(command, check=True)
        return path

    def clean_up(self):
        for window in (self.kiosk, self.student):
            if window is not None:
                window.kill()
        self.server.terminate()
        self.server.wait()
        self.server_log.close()


def take_time(kiosk, condition, what):
    """How long it takes until @condition, which may not be longer than LIMIT_S."""
    begun = time.monotonic()
    kiosk.wait(condition, what, LIMIT_S)
    took_s = time.monotonic() - begun
    expect(took_s <= LIMIT_S, "%s took %.1f s" % (what, took_s))
    print("# %s: %.1f s" % (what, took_s), flush=True)


@test
def records_a_day(bench):
    """Three recordings become logs of a kiosk's journal, are sent, and the auditor finds the one with somebody else"""
    replays = []
    for clock, stunum, person, pieces in DAY:
        name = "%s-%s" % (stunum, clock.replace(":", ""))
        camera = bench.cut(name + ".mkv", person, pieces)
        report = os.path.join(bench.folder, name + ".json")
        photo = str(bench.recordings / (person + ".ref.jpg"))
        replays.append((clock, stunum, report, subprocess.Popen(
            ["xueshi", "replay", "--camera", camera, "--photo", photo, "--policy", bench.policy, "--json", report],
            stdout=subprocess.DEVNULL,
        )))  # fmt: skip
    for *_, replay in replays:
        expect(replay.wait() == 0, "a replay failed")
    code = bench.run("pair-code").strip()
    subprocess.run(["xueshi", "pair", "--state", bench.state, "--url", bench.url, "--code", code], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    subprocess.run(["xueshi", "sync", "--state", bench.state], check=True, stdout=subprocess.DEVNULL)
    yesterday = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) - datetime.timedelta(days=1)
    for clock, stunum, report, _ in replays:
        start = yesterday.strftime("%Y%m%d") + clock.replace(":", "") + "00"
        subprocess.run(["put-replay", bench.state, stunum, start, report], check=True)
    subprocess.run(["xueshi", "sync", "--state", bench.state], check=True, stdout=subprocess.DEVNULL)
    while any(row["state"] == "received" for row in bench.verdicts()):
        time.sleep(0.2)
    states = [(row["state"], row["verdict"]) for row in bench.verdicts()]
    wanted = [("failed", "void"), ("passed", "valid"), ("needs_human", "pending")]
    expect(states == wanted, "it has %s" % bench.verdicts())
    expect("face_mismatch" in bench.verdicts()[-1]["reasons"], "it has %s" % bench.verdicts()[-1])


@test
def student_opens_the_records(bench):
    """The student's kiosk shows that day, and that a coach has to decide on one of its logs"""
    camera = "file://%s?loop" % bench.cut("seat.mkv", "c", [8.6])
    bench.student = student = StudentWindow(
        ["--windowed", "--state", bench.state, "--camera", camera], language="en",
    )  # fmt: skip
    student.sign_in(STUDENT)
    student.click("My records")
    student.wait_for("Logs of the day")
    student.press("Down")
    student.wait(lambda: student.row_with("All of it counts"), "the log that counts")
    student.wait(lambda: student.row_with("Checked by the school. A coach decides."), "the log that waits")
    student.screenshot(picture("before"))


@test
def coach_sees_why(bench):
    """One log waits for the coach; it opens at the photo with the other person, and says what is against it"""
    bench.kiosk = coach = CoachWindow(
        ["--platform", bench.url, "--state", os.path.join(bench.folder, "coach")], language="en",
    )  # fmt: skip
    coach.sign_in("wang")
    coach.wait_for("Lock (Ctrl+L)")
    why = coach.wait_for_text("Why", lambda text: text != "", "why the log waits")
    coach.wait(lambda: coach.find(name="Checks of the photo"), "the photo and its checks")
    coach.screenshot(picture("why"))
    expect(STUDENT in coach.text("The log"), "it shows “%s”" % coach.text("The log"))
    expect("Photo does not show the student" in why, "it says “%s”" % why)
    shown = coach.find(name="Time line").get_description()
    expect("Another person, says the check" in shown, "it opens at “%s”" % shown)


@test
def decision_reaches_the_list(bench):
    """The coach takes those minutes away, and the list that the student has open says so within 5 s"""
    coach, student = bench.kiosk, bench.student
    coach.press("2")
    coach.wait_for("Partly valid: these minutes do not count")
    coach.screenshot(picture("partly"))
    coach.press("Return")
    take_time(student, lambda: student.row_with("Part of it counts"), "the decision on the student's screen")
    student.bring_to_front()
    student.screenshot(picture("after"))
    (row,) = [row for row in bench.verdicts() if row["state"] == "decided"]
    expect(row["verdict"] == "partial" and 0 < row["credited_min"] < row["claimed_min"], "the platform has %s" % row)
    counted = "%d of %d minutes count" % (row["credited_min"], row["claimed_min"])
    expect(student.row_with(counted) is not None, "the student does not see “%s”" % counted)


@test
def change_reaches_the_open_log(bench):
    """The coach takes it back and decides anew, and the log that the student has open follows each within 5 s"""
    coach, student = bench.kiosk, bench.student
    student.press("Tab", "Down", "Return")
    student.wait_for("Appeal to the coach")
    student.wait_for_text("Verdict", lambda text: text == "Part of it counts", "the verdict")
    student.screenshot(picture("partial"))
    coach.press("u")
    take_time(student, lambda: student.text("Verdict") == "A person has to look at it", "what was taken back")
    coach.wait(lambda: coach.text("Why"), "the log again")
    coach.press("3")
    coach.wait_for("The log does not count: why?")
    coach.press("Return")
    take_time(student, lambda: student.text("Verdict") == "It does not count", "the other decision")
    student.bring_to_front()
    student.screenshot(picture("log"))
    for window in (student, coach):
        status = window.stop()
        expect(status == 0, "%s ended with status %d" % (window.program, status))
    bench.kiosk = bench.student = None


def main():
    try:
        recordings = media_folder("camera")
    except Skip as skip:
        print("1..0 # SKIP %s" % skip)
        return 0
    print("1..%d" % len(TESTS))
    with tempfile.TemporaryDirectory(prefix="xueshi-day-") as folder:
        bench = DayBench(folder, recordings)
        try:
            return 0 if run_all(bench) else 1
        finally:
            bench.clean_up()


if __name__ == "__main__":
    sys.exit(main())
