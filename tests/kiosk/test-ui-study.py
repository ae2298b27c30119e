#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a student is told while studying: from the warning to the sign-out, ribbon, photos, sounds, and the summary."""

import os
import re
import sys

from kiosk_bench import LEARNER, expect, main, picture, test
from kiosk_driver import Atspi, GLib
from staged_camera import StagedCamera

# Long enough to be seen where the kiosk is slow; the session's end is counted down for half its absence.
SLOWER = 2 if "ASAN_OPTIONS" in os.environ else 1
GRACE_S, ABSENCE_S = 3 * SLOWER, 10 * SLOWER
RULES = {"grace_ms": GRACE_S * 1000, "absence_sign_out_s": ABSENCE_S}
SAID = []


def description(kiosk, name):
    """How the element called @name is described."""
    node = kiosk.find(name=name)
    return node.get_description() if node else ""


def names_starting_with(kiosk, beginning):
    return [node.get_name() for node in kiosk.everything() if (node.get_name() or "").startswith(beginning)]


def photo_names(kiosk, pattern):
    """The names of pictures that @pattern, in English and with %s for a time, describes."""
    before, after = kiosk._(pattern).split("%s")
    return [name for name in names_starting_with(kiosk, before) if name.endswith(after) and name != before + after]


def taken_photos(kiosk):
    """The photos of a summary: the newest, of a long session without the first."""
    return photo_names(kiosk, "Photo at %s, at the beginning") + photo_names(kiosk, "Photo at %s")


def sounds_are_on(kiosk):
    states = kiosk.find(name="Sounds", role=Atspi.Role.PUSH_BUTTON).get_state_set()
    return states.contains(Atspi.StateType.PRESSED) or states.contains(Atspi.StateType.CHECKED)


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


@test
def shows_what_was_taken(bench):
    """Studying shows the photo of its slot and a ribbon of its time, in words as well"""
    listener = Atspi.EventListener.new(on_name_changed)
    listener.register("object:property-change:accessible-name")
    bench.listener = listener
    bench.stage = StagedCamera(bench.folder, bench.demo_dir)
    kiosk = bench.start_paired(camera=bench.stage.uri)
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "the counter to reach 3 s")
    counted = kiosk._("%s counted").split("%s")[0]
    kiosk.wait(lambda: description(kiosk, "This session").startswith(counted), "the ribbon in words")
    kiosk.wait(lambda: photo_names(kiosk, "Photo %s: taken and good"), "the slot of the first photo")
    kiosk.screenshot(picture("studying"))


def on_name_changed(event):
    try:
        if event.source.get_role() == Atspi.Role.STATUS_BAR:
            SAID.append(event.any_data if isinstance(event.any_data, str) else event.source.get_name())
    except GLib.Error:
        # What has changed went away before it could be asked.
        pass


@test
def sounds_can_be_turned_off(bench):
    """M turns the sounds off, and the button says so"""
    kiosk = bench.kiosk
    expect(sounds_are_on(kiosk), "the sounds are off at first")
    kiosk.press("m")
    kiosk.wait(lambda: not sounds_are_on(kiosk), "the sounds to be off")


@test
def leaving_is_legal(bench):
    """Who pauses is told that leaving only costs time, and for how long"""
    kiosk = bench.kiosk
    kiosk.press("space")
    kiosk.wait_for_text("Instruction", lambda text: text == kiosk._("Paused"), "the pause")
    may_leave = kiosk._("You may leave, that only costs time. Away for %s, you are signed out.")
    may_leave %= kiosk._("%d s") % ABSENCE_S
    expect(kiosk.shows(may_leave), "it does not say that the student may leave")
    kiosk.screenshot(picture("paused"))
    kiosk.press("space")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "counting after the pause")


@test
def warns_before_it_pauses(bench):
    """Who leaves is told that it waits and for how long, then that it stopped and why, then when the session ends"""
    kiosk = bench.kiosk
    bench.stage.show("away")
    left = kiosk.wait_for_text("How long it still counts", bool, "the grace to run down")
    expect(1 <= numbers(left)[0] <= GRACE_S, "it says “%s”" % left)
    waiting = kiosk._("Waiting: %s") % kiosk._("Nobody in the picture")
    expect(kiosk.text("Counter") == waiting, "the counter says “%s”" % kiosk.text("Counter"))
    sit_down = kiosk._("Sit in front of the camera")
    expect(kiosk.text("Instruction") == sit_down, "it says “%s”" % kiosk.text("Instruction"))
    kiosk.screenshot(picture("grace"))
    gone = kiosk._("Stopped: %s") % kiosk._("Nobody in the picture")
    kiosk.wait_for_text("Counter", lambda text: text == gone, "the pause")
    expect(not kiosk.text("How long it still counts"), "the grace still runs down")
    bench.before_s = kiosk.counter_s()
    ends = kiosk.wait_for_text("Automatic sign-out", bool, "the end of the session to be counted down")
    expect(1 <= numbers(ends)[0] <= ABSENCE_S // 2, "it says “%s”" % ends)
    expect(kiosk.text("How to stay") == sit_down, "it says “%s”" % kiosk.text("How to stay"))
    kiosk.screenshot(picture("countdown"))


@test
def comes_back_in_time(bench):
    """Who comes back stays, and what was away is on the ribbon with its reason"""
    kiosk = bench.kiosk
    bench.stage.show("there")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "counting to go on")
    kiosk.wait(lambda: not kiosk.text("Automatic sign-out"), "the countdown to go")
    reason = kiosk._("Nobody in the picture")
    kiosk.wait(lambda: reason in description(kiosk, "This session"), "the reason on the ribbon")
    kiosk.wait(lambda: kiosk.counter_s() > bench.before_s, "the counter to go on")


@test
def a_lost_camera_comes_back(bench):
    """A camera that gives no more pictures is named, and the counter stands until it gives them again"""
    kiosk = bench.kiosk
    bench.stage.show("gone")
    gone = kiosk._("The camera is gone")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Stopped: %s") % gone, "the stop")
    expect(kiosk.text("Instruction") == gone, "it says “%s”" % kiosk.text("Instruction"))
    expect(kiosk.shows("Plug it in again; counting goes on by itself."), "it does not say what to do")
    before_s = kiosk.counter_s()
    kiosk.screenshot(picture("camera-gone"))
    expect(kiosk.counter_s() == before_s, "the counter went on from %d s" % before_s)
    bench.stage.show("there")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "counting to go on")
    kiosk.wait_for_text("Instruction", lambda text: text == kiosk._("All is well"), "the instruction to go")
    kiosk.wait(lambda: kiosk.counter_s() > before_s, "the counter to go on")
    kiosk.wait(lambda: gone in description(kiosk, "This session"), "the reason on the ribbon")


@test
def says_it_to_screen_readers(bench):
    """The accessibility bus has heard of what was to be done, of the stop and of going on, each once"""
    kiosk = bench.kiosk
    sit_down, stopped = kiosk._("Sit in front of the camera"), kiosk._("Nobody in the picture")
    kiosk.wait(lambda: any(sit_down in words for words in SAID), "the instruction on the bus: %s" % SAID)
    kiosk.wait(lambda: any(stopped in words for words in SAID), "the stop on the bus: %s" % SAID)
    kiosk.wait(lambda: kiosk._("All is well") in SAID[-1], "going on, on the bus: %s" % SAID)
    ends = kiosk._("Signed out in %d s").split("%d")[-1]
    expect(sum(words.endswith(ends) for words in SAID) == 1, "it counts down aloud, or not at all: %s" % SAID)
    expect(all(words != before for words, before in zip(SAID[1:], SAID)), "it repeats itself: %s" % SAID)
    expect(len(SAID) < 30, "it talks without end: %s" % SAID)


@test
def signs_out_by_itself(bench):
    """Who stays away is signed out, and the summary says what was lost, why, and what to do"""
    kiosk = bench.kiosk
    kiosk.click("Sign out")
    kiosk.wait_for("Go on studying")
    bench.stage.show("away")
    kiosk.wait_for("What did not count")
    kiosk.wait(lambda: not kiosk.shows("Go on studying"), "the question to go with the session")
    expect(kiosk.shows("Nobody in the picture"), "the absence is not in the summary")
    expect(kiosk.shows("Stay in the picture. Whoever has to leave presses Pause."), "it does not say what to do")
    expect(kiosk._("Nobody in the picture") in description(kiosk, "This session"), "the ribbon does not say why")
    expect(taken_photos(kiosk), "no photo is shown")
    kiosk.wait_for_text("On its way to the school", bool, "what still has to be sent")
    first = numbers(kiosk.text("Back to the first page"))[0]
    kiosk.wait(lambda: numbers(kiosk.text("Back to the first page"))[0] < first, "the way back to be counted down")
    kiosk.screenshot(picture("summary"))
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    expect(not taken_photos(kiosk), "a photo is still there")
    bench.stop()


@test
def remembers_the_sounds(bench):
    """The sounds stay off for the next one, until they are turned on again"""
    kiosk = bench.start()
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: not sounds_are_on(kiosk), "the sounds to be off")
    kiosk.find(name="Sounds", role=Atspi.Role.PUSH_BUTTON).do_action(0)
    kiosk.wait(lambda: sounds_are_on(kiosk), "the sounds to be on")
    kiosk.sign_out()
    bench.stop()


if __name__ == "__main__":
    sys.exit(main(RULES))
