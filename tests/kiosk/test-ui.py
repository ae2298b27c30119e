#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kiosk as a student meets it, from pairing to the log on the platform."""

import sys
import time

from kiosk_bench import LEARNER, expect, main, picture, test
from kiosk_driver import Atspi

# Longer than a toolkit's patience.
RING_S = 4


@test
def refuses_a_wrong_code(bench):
    """A kiosk that is not paired says so, and why pairing failed"""
    kiosk = bench.start("--platform", bench.url, "--pair", "00000000", language="en")
    kiosk.wait_for("The pairing code is not accepted")
    expect(kiosk.shows("Try again"), "there is no way to try again")
    bench.stop()


@test
def shows_the_focus(bench):
    """A ring is around what has the focus for as long as keys are used, and not after a click"""
    kiosk = bench.start(language="en")
    kiosk.wait_for("This kiosk is not connected to a school yet")
    button = kiosk.wait(kiosk.focused, "the focus")
    kiosk.press("Tab")
    kiosk.screenshot(picture("focus"))
    with_ring = kiosk.pixels(button)
    deadline = time.monotonic() + RING_S
    while time.monotonic() < deadline:
        expect(kiosk.pixels(button) == with_ring, "the ring is gone by itself")
    kiosk.click_at(1, 1)
    kiosk.wait(lambda: kiosk.pixels(button) != with_ring, "the ring to go")
    kiosk.press("Tab")
    kiosk.wait(lambda: kiosk.pixels(button) == with_ring, "the ring to come back")
    bench.stop()


@test
def pairs_and_greets(bench):
    """Pairing with a code leads to the sign-in page, in Chinese on a PC whose locale is C.UTF-8"""
    kiosk = bench.start_paired()
    expect(kiosk.shows("学员编号"), "the kiosk does not speak Chinese")
    kiosk.wait(lambda: kiosk.text("School"), "the school's name")
    kiosk.screenshot(picture("sign-in"))


@test
def refuses_an_unknown_number(bench):
    """A number that is too short or unknown is refused with a reason, and may be corrected"""
    kiosk = bench.kiosk
    kiosk.type_number("123")
    kiosk.press("Return")
    wrong = kiosk._("A student number has 16 digits; you typed %u. Look at your card or contract.") % 3
    kiosk.wait_for_text("Message", lambda text: text == wrong, "what is wrong with the number")
    kiosk.type_number("4")
    kiosk.wait(lambda: kiosk.text("Message") == "", "the message to go with the number it is about")
    kiosk.press("Return")
    wrong = kiosk._("A student number has 16 digits; you typed %u. Look at your card or contract.") % 4
    kiosk.wait_for_text("Message", lambda text: text == wrong, "what is wrong with the other number")
    kiosk.press("Escape")
    kiosk.type_number("9999999999999999")
    kiosk.click("Sign in")
    kiosk.wait_for("This number is not on the school's list. Please check it, or ask your coach.")
    kiosk.type_number("2")
    kiosk.wait(lambda: kiosk.typed() == "2", "the next number to begin")
    kiosk.press("Escape")


@test
def second_kiosk_is_refused(bench):
    """A second kiosk on the same journal says what is in the way, and starts once that is gone"""
    first = bench.kiosk
    second = bench.start()
    second.wait_for("Another kiosk is running on this PC")
    expect(first.stop() == 0, "the first kiosk ended with status %s" % first.process.returncode)
    second.click("Try again")
    second.wait_for("Student number")


@test
def cannot_be_closed(bench):
    """The window refuses to be closed"""
    bench.kiosk.press("alt+F4")
    # A key that arrives after the request to close was dealt with before it.
    bench.kiosk.type_number("1")
    bench.kiosk.wait(lambda: bench.kiosk.typed() == "1", "a digit typed after closing was tried")
    bench.kiosk.press("Escape")


@test
def types_with_the_pad(bench):
    """The pad types, and takes back"""
    kiosk = bench.kiosk
    for digit in "12345":
        kiosk.click(digit)
        kiosk.wait(lambda: kiosk.typed().endswith(digit), "the digit %s" % digit)
    expect(kiosk.typed() == "1234 5", "it says “%s”" % kiosk.typed())
    kiosk.click("Delete the last digit")
    kiosk.wait(lambda: kiosk.typed() == "1234", "the last digit to go")
    kiosk.click("Clear")
    kiosk.wait(lambda: kiosk.typed() == "", "the number to go")


@test
def warns_of_signing_out_too_early(bench):
    """How much is missing until it counts is said; who would lose it by signing out is told, and stays by Return"""
    kiosk = bench.kiosk
    kiosk.sign_in(LEARNER)
    missing = kiosk._("%s more until this part counts").split("%s")[-1]
    kiosk.wait_for_text("What counts so far", lambda text: text.endswith(missing), "how much is missing")
    kiosk.click("Sign out")
    kiosk.wait_for("Too early to sign out")
    kiosk.screenshot(picture("too-early"))
    kiosk.press("Return")
    kiosk.wait(lambda: not kiosk.shows("Too early to sign out"), "the warning to go")


@test
def signs_in_and_counts(bench):
    """Number and face have let in, and the counter runs"""
    kiosk = bench.kiosk
    kiosk.wait(lambda: kiosk.counter_s() >= 3, "the counter to reach 3 s")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "the state of the counter")
    kiosk.wait_for_text("Instruction", lambda text: text == kiosk._("All is well"), "the instruction")
    kiosk.wait(lambda: kiosk.text("Subtitle"), "a subtitle")
    kiosk.screenshot(picture("studying"))


@test
def pausing_stops_the_counter(bench):
    """Space pauses: the counter stands and says why; Continue goes on"""
    kiosk = bench.kiosk
    stopped = kiosk._("Stopped: %s") % kiosk._("The lesson is paused")
    kiosk.press("space")
    kiosk.wait_for_text("Counter", lambda text: text == stopped, "the reason of the pause")
    before = kiosk.counter_s()
    kiosk.screenshot(picture("paused"))
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        expect(kiosk.counter_s() == before, "the counter went on from %d s while paused" % before)
    kiosk.click("Continue")
    kiosk.wait(lambda: kiosk.counter_s() > before, "the counter to go on")


@test
def every_stop_is_seen(bench):
    """Tab goes round the page, to nothing that cannot be seen"""
    kiosk = bench.kiosk
    kiosk.press("space")
    kiosk.wait_for("Continue")
    first = kiosk.tab()
    stops = [first]
    while (stop := kiosk.tab()) != first:
        stops.append(stop)
        expect(len(stops) < 20, "Tab does not come round")
    for stop in stops:
        extents = Atspi.Component.get_extents(stop, Atspi.CoordType.WINDOW)
        expect(extents.width > 0 and extents.height > 0, "nothing is seen of “%s”" % stop.get_name())
    kiosk.click("Continue")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "the lesson to go on")


@test
def another_lesson(bench):
    """Another lesson can be chosen, and counts"""
    kiosk = bench.kiosk
    before = kiosk.counter_s()
    kiosk.press("l")
    kiosk.click_starting_with(kiosk._("Lesson %u") % 2 + ": ")
    kiosk.wait(lambda: kiosk.counter_s() > before + 1, "the counter to go on in lesson 2")


@test
def signs_out_with_a_summary(bench):
    """Signing out takes a last photo and tells what counted"""
    kiosk = bench.kiosk
    kiosk.sign_out()
    bench.credited_s = kiosk.counter_s()
    expect(bench.credited_s >= 5, "only %d s counted" % bench.credited_s)
    expect(kiosk.shows("The lesson is paused"), "the pause is not in the summary")
    bench.n_photos = int(kiosk.text("Photos"))
    expect(bench.n_photos >= 2, "there are %d photos" % bench.n_photos)
    kiosk.screenshot(picture("summary"))
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    expect(kiosk.typed() == "", "the number of the last student is still there")


@test
def reaches_the_platform(bench):
    """Log and photos reach the platform, and the kiosk says so"""
    kiosk = bench.kiosk
    everything = kiosk._("Everything has reached the school")
    kiosk.wait_for_text("Connection to the school", lambda text: text == everything, "everything to be sent")
    logs, photos = bench.list("logs"), bench.list("photos")
    expect(len(logs) == 1, "the platform has %d logs" % len(logs))
    expect(logs[0]["stunum"] == LEARNER, "the log is of %s" % logs[0]["stunum"])
    expect(len(photos) == bench.n_photos, "the platform has %d photos of %d" % (len(photos), bench.n_photos))
    bench.stop()
    print("# %s" % bench.run("fsck").strip().replace("\n", "\n# "))


@test
def tells_of_an_interruption(bench):
    """A session that was cut off is kept, and who sits there still goes on by the face alone and is told"""
    kiosk = bench.start()
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 2, "the counter to reach 2 s")
    kiosk.kill()
    kiosk = bench.start()
    kiosk.wait_for("Your last session was cut off")
    kiosk.screenshot(picture("interrupted"))
    kiosk.press("Return")
    kiosk.wait(lambda: not kiosk.shows("Your last session was cut off"), "the message to go")
    kiosk.sign_out()
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    bench.stop()


@test
def another_person_stays_out(bench):
    """Somebody else in front of the camera is told, and Escape leads back"""
    kiosk = bench.start(camera=bench.camera("cap12_edit.webm"))
    kiosk.wait_for("Student number")
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    kiosk.wait_for_text(
        "Instruction", lambda text: text == kiosk._("This is not the registered person"), "the instruction"
    )
    kiosk.screenshot(picture("other-person"))
    kiosk.press("Escape")
    kiosk.wait_for("Student number")
    bench.stop()


@test
def a_lost_camera_stops_the_counter(bench):
    """A camera that ends stops the counter, with the reason, and signing out works without it"""
    kiosk = bench.start(camera=bench.short_camera(), find_leaks=True)
    kiosk.sign_in(LEARNER)
    stopped = kiosk._("Stopped: %s") % kiosk._("The camera is gone")
    kiosk.wait_for_text("Counter", lambda text: text == stopped, "the counter to stop")
    kiosk.screenshot(picture("camera-lost"))
    kiosk.sign_out()
    expect(kiosk.shows("The camera is gone"), "the lost camera is not in the summary")
    bench.stop()


if __name__ == "__main__":
    sys.exit(main({"segment_max_s": 900}))
