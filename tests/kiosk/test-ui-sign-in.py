#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the card, or the number, to the lesson, and what can go wrong on that way."""

import ctypes
import json
import os
import sqlite3
import subprocess
import sys

from kiosk_bench import LEARNER, SOURCE, expect, main, picture, test
from kiosk_driver import Atspi

SCHOOL = "1000000000000001"
OTHER_SCHOOL = "1000000000000009"
WITHOUT_PHOTO = "2000000000000003"
PASSWORD = "coach-is-here"
COACH = "3000000000000003"


def card_camera(bench, name, text):
    """A recording of a card that is held to the camera."""
    png, mkv = (os.path.join(bench.folder, name + ending) for ending in (".png", ".mkv"))
    subprocess.run(["qrencode", "-s", "8", "-o", png, text], check=True)
    subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", "location=" + png]
        + "! pngdec ! imagefreeze num-buffers=50 ! videoconvert ! videoscale add-borders=true".split()
        + "! video/x-raw,width=640,height=480,framerate=25/1 ! jpegenc ! matroskamux ! filesink".split()
        + ["location=" + mkv],
        check=True,
    )
    return "file://%s?loop" % mkv


def set_policy(bench, **changes):
    """The demonstration's, changed."""
    with open(os.path.join(SOURCE, "data", "policy", "demo.json"), encoding="utf-8") as stream:
        policy = json.load(stream)
    policy.update(version=policy["version"] + 1, **changes)
    path = os.path.join(bench.folder, "policy.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(policy, stream)
    bench.run("set-policy", path)


def journal(bench):
    return sqlite3.connect(os.path.join(bench.state, "journal.db"))


def set_password(bench):
    """As the staff page does it; the kiosk does not run meanwhile."""
    sodium = ctypes.CDLL("libsodium.so.23")
    hashed = ctypes.create_string_buffer(128)
    secret = PASSWORD.encode()
    expect(sodium.sodium_init() >= 0, "libsodium does not start")
    failed = sodium.crypto_pwhash_str(
        hashed, secret, ctypes.c_ulonglong(len(secret)), ctypes.c_ulonglong(2), ctypes.c_size_t(64 * 1024 * 1024)
    )
    expect(failed == 0, "no memory for a hash")
    with journal(bench) as database:
        database.execute("INSERT INTO staff_password (id, hash) VALUES (1, ?)", [hashed.value.decode()])


def consents(bench):
    with journal(bench) as database:
        return database.execute("SELECT stunum, text_version, decision FROM consent").fetchall()


def message(kiosk, beginning):
    """Wait for the message that begins so, in English."""
    words = kiosk._(beginning).split("%")[0]
    kiosk.wait_for_text("Message", lambda text: text.startswith(words), "the message “%s”" % words)


@test
def reads_a_card(bench):
    """F2 and a card held to the camera are a student number; who declines is sent to the coach, the camera off"""
    set_policy(bench, sign_in_s=5)
    bench.run("add-learner", "--stunum", WITHOUT_PHOTO, "--name", "王无照")
    camera = card_camera(bench, "card", "xueshi:%s?inscode=%s" % (LEARNER, SCHOOL))
    kiosk = bench.start_paired(camera=camera)
    kiosk.screenshot(picture("empty"))
    kiosk.press("F2")
    kiosk.wait_for("I agree")
    kiosk.screenshot(picture("consent"))
    agree = kiosk.find(name="I agree")
    kiosk.click("I do not agree")
    message(kiosk, "You did not agree, so the camera is off, and nothing of your face was taken. "
                   "Please go to your coach, who has another way for you.")  # fmt: skip
    expect(agree is not None, "there is nothing to agree with")
    expect(kiosk.typed().replace(" ", "") == LEARNER, "the card's number is not filled in: “%s”" % kiosk.typed())
    expect(consents(bench) == [], "consent is stored of somebody who declined")
    kiosk.screenshot(picture("declined"))
    kiosk.press("Escape")


@test
def says_what_is_wrong_with_a_number(bench):
    """A number that is too short, or of somebody without a registration photo, is refused at once and with a reason"""
    kiosk = bench.kiosk
    kiosk.press("Return")
    message(kiosk, "Type the 16 digits of your student number, or scan your card.")
    kiosk.press("Escape")
    kiosk.wait(lambda: not kiosk.text("Message"), "the message to go")
    kiosk.type_number("20000000")
    kiosk.press("Return")
    message(kiosk, "A student number has 16 digits; you typed %u. Look at your card or contract.")
    kiosk.press("Escape")
    kiosk.type_number(WITHOUT_PHOTO)
    kiosk.press("Return")
    message(kiosk, "The register has no photo of you yet. Please ask your coach.")
    kiosk.screenshot(picture("no-photo"))
    bench.stop()


@test
def refuses_other_cards(bench):
    """A card of another school is told so, and Escape leads back"""
    camera = card_camera(bench, "other", "xueshi:%s?inscode=%s" % (LEARNER, OTHER_SCHOOL))
    kiosk = bench.start(camera=camera)
    kiosk.click("Scan card")
    wrong = kiosk._("This card is of another school. You can sign in here only with one of this school.")
    kiosk.wait_for(wrong)
    kiosk.screenshot(picture("other-card"))
    kiosk.press("Escape")
    kiosk.wait_for("Student number")
    bench.stop()


@test
def sends_somebody_else_to_the_coach(bench):
    """Consent needs the tick; somebody else's face three times leads to the coach, who needs the right password"""
    with_space = "Student number"
    kiosk = bench.start(camera=bench.camera("cap12_edit.webm"))
    kiosk.wait_for(with_space)
    bench.stop()
    set_password(bench)
    kiosk = bench.start(camera=bench.camera("cap12_edit.webm"))
    kiosk.wait_for(with_space)
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    kiosk.agree()
    for tries_left in (2, 1):
        kiosk.wait_for("The face check did not succeed")
        if tries_left == 2:
            kiosk.screenshot(picture("try-again"))
        kiosk.press("Return")
        kiosk.wait(lambda: kiosk.text("Instruction"), "the next face check")
    kiosk.wait_for("Please ask your coach")
    expect(consents(bench) == [(LEARNER, 2, "given")], "consent is stored as %s" % consents(bench))
    kiosk.type_number(COACH)
    kiosk.press("Tab", *"guessed", "Return")
    message(kiosk, "The staff password is wrong.")
    kiosk.screenshot(picture("ask-the-coach"))


def records_open(kiosk):
    button = kiosk.find(name="My records", role=Atspi.Role.PUSH_BUTTON)
    return button is not None and button.get_state_set().contains(Atspi.StateType.SENSITIVE)


@test
def coach_lets_in(bench):
    """Let in by the coach, the student studies, and the log on the platform says who let in"""
    kiosk = bench.kiosk
    keys = [{"-": "minus"}.get(letter, letter) for letter in PASSWORD]
    kiosk.press(*keys, "Return")
    kiosk.wait_for("Sign out")
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "the counter to reach 3 s")
    expect(not records_open(kiosk), "whoever was let in may look at the learner's records")
    kiosk.screenshot(picture("let-in"))
    kiosk.sign_out()
    expect(not records_open(kiosk), "whoever was let in may look at the learner's records afterwards")
    kiosk.screenshot(picture("let-in-summary"))
    kiosk.press("Return")
    everything = kiosk._("Everything has reached the school")
    kiosk.wait_for_text("Connection to the school", lambda text: text == everything, "everything to be sent")
    logs = bench.list("logs")
    expect([log["admitted_by"] for log in logs] == [COACH], "the platform has %s" % logs)
    bench.stop()
    bench.run("fsck")


if __name__ == "__main__":
    sys.exit(main({"segment_max_s": 900}))
