#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""My records: what a student sees of the own hours, photos and verdicts, and what is said against them."""

import sys

from kiosk_bench import LEARNER, expect, main, picture, test
from kiosk_driver import Atspi

SEEN = {}


def photos(kiosk):
    """Names of the photos that can be seen: pictures whose name begins with a time."""
    names = [node.get_name() for node in kiosk.everything() if node.get_role() == Atspi.Role.IMAGE]
    return [name for name in names if name[2:3] == ":" and name[5:6] == ":"]


@test
def opens_while_studying(bench):
    """While a session runs the records open, the lesson is paused for them, and going back goes on with it"""
    kiosk = bench.start_paired(language="en")
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 2, "the counter to run")
    kiosk.wait(kiosk.focused, "something to have the focus")
    had_focus = kiosk.focused()
    kiosk.click("My records")
    kiosk.wait_for("Logs of the day")
    kiosk.wait(lambda: kiosk.row_with("Still running"), "the session that runs")
    expect(not kiosk.shows("Take consent back…"), "consent can be taken back while the camera looks")
    kiosk.screenshot(picture("running"))
    kiosk.press("Escape")
    kiosk.wait_for("Sign out")
    kiosk.wait(lambda: kiosk.focused() == had_focus, "the focus where it was")
    before = kiosk.counter_s()
    kiosk.wait(lambda: kiosk.counter_s() > before, "the counter to go on")
    expect(kiosk.text("Counter") == "Counting", "the counter says “%s”" % kiosk.text("Counter"))


@test
def stays_where_the_answers_are_stacked(bench):
    """Return stays although the answers do not fit beside each other, so that the other one comes first"""
    kiosk = bench.kiosk
    kiosk.click("Sign out")
    kiosk.wait_for("Too early to sign out")
    kiosk.screenshot(picture("stacked"))
    kiosk.press("Return")
    kiosk.wait(lambda: not kiosk.shows("Too early to sign out"), "the warning to go")
    before = kiosk.counter_s()
    kiosk.wait(lambda: kiosk.counter_s() > before, "the counter to go on")


@test
def shows_the_same_as_the_summary(bench):
    """After signing out the records show the log with the credit of the summary, the verdict and why"""
    kiosk = bench.kiosk
    kiosk.sign_out()
    SEEN["credited"] = kiosk.text("Studied this session")
    expect(SEEN["credited"] != "", "the summary does not say what was studied")
    kiosk.click("My records")
    kiosk.wait(lambda: kiosk.row_with("studied " + SEEN["credited"]), "the log with %s" % SEEN["credited"])
    expect(kiosk.row_with("It does not count") is not None, "the list does not say that it does not count")
    kiosk.screenshot(picture("logs"))


@test
def opens_a_log_by_keyboard(bench):
    """By keyboard alone one gets from the day into the log: verdict, reason, remedy, and where it is"""
    kiosk = bench.kiosk
    kiosk.press("Tab")
    kiosk.press("Return")
    kiosk.wait_for("Appeal to the coach")
    expect(SEEN["credited"] in kiosk.text("When, and how long"), "it says “%s”" % kiosk.text("When, and how long"))
    expect(kiosk.text("Verdict") == "It does not count", "the verdict is “%s”" % kiosk.text("Verdict"))
    expect(kiosk.row_with("Studied too short") is not None, "the rule that was broken is not named")
    remedy = "Study longer before you sign out."
    expect(kiosk.row_with(remedy) is not None, "there is no remedy")
    kiosk.wait_for_text("Where the log is", lambda text: "received" in text and "not decided yet" in text, "its way")


@test
def shows_own_photos(bench):
    """The photos of the session are there, each with its time, occasion and what the check said"""
    kiosk = bench.kiosk
    kiosk.wait(lambda: len(photos(kiosk)) >= 2, "two photos")
    names = photos(kiosk)
    expect("Signing in" in names[0], "the first photo is “%s”" % names[0])
    expect("Signing out" in names[-1], "the last photo is “%s”" % names[-1])
    for name in names:
        expect("Good: likeness" in name, "a photo is “%s”" % name)
    kiosk.screenshot(picture("log"))


@test
def appeals(bench):
    """An appeal is made by choosing a reason, and its way is shown until the school has it"""
    kiosk = bench.kiosk

    def reached():
        button = kiosk.find(name="Appeal to the coach", role=Atspi.Role.PUSH_BUTTON)
        if button and button.get_state_set().contains(Atspi.StateType.FOCUSED):
            return True
        kiosk.press("Tab")
        return False

    kiosk.wait(reached, "Tab to come to “Appeal to the coach”")
    kiosk.press("Return")
    kiosk.wait_for("I was there and studied all the time")
    kiosk.screenshot(picture("appeal"))
    # Into the comment, which may stay empty.
    kiosk.press("Down", "Down", "Tab", "Return")
    kiosk.wait_for("The camera or the light was at fault")
    kiosk.wait_for_text("Where the appeal is", lambda text: "The school has received it." in text, "the appeal's way")
    kiosk.screenshot(picture("appealed"))
    expect(not kiosk.shows("Appeal to the coach"), "one may appeal twice")
    found = bench.list("appeals")
    expect(len(found) == 1, "the platform has %d appeals" % len(found))
    expect(found[0]["reason"] == "camera" and found[0]["stunum"] == LEARNER and found[0]["log"], "it has %s" % found[0])
    expect(found[0]["seq"] == 1 and found[0]["comment"] == "", "it has %s" % found[0])


@test
def takes_consent_back(bench):
    """Consent is taken back in the records, after one was told what follows, and the school hears of it"""
    kiosk = bench.kiosk
    kiosk.press("Escape")
    kiosk.wait(lambda: kiosk.row_with("Appeal made"), "the day with the appeal")
    kiosk.wait(lambda: kiosk.focused() == kiosk.row_with("Appeal made"), "the focus on the log that was left")
    kiosk.click("Take consent back…")
    kiosk.wait_for("Take your consent back?")
    kiosk.screenshot(picture("take-consent-back"))
    kiosk.click("Cancel")
    kiosk.wait(lambda: not kiosk.shows("Take your consent back?"), "the question to go")
    expect(kiosk.shows("Take consent back…"), "it is taken back although the learner did not want it")
    kiosk.click("Take consent back…")
    kiosk.wait_for("Take your consent back?")
    kiosk.click("Take consent back")
    kiosk.wait_for("Your consent is taken back")
    kiosk.screenshot(picture("consent-taken-back"))
    kiosk.click("Go on")
    kiosk.wait(lambda: not kiosk.shows("Take consent back…"), "the button to go")
    kiosk.wait(lambda: len(bench.list("consents")) == 2, "the school to hear of it")
    decisions = [consent["decision"] for consent in bench.list("consents")]
    expect(decisions == ["given", "withdrawn"], "the school has %s" % decisions)


@test
def goes_back_and_leaves_nothing(bench):
    """“Back” leads to the summary, and nothing of it stays behind"""
    kiosk = bench.kiosk
    kiosk.click("Back")
    kiosk.wait_for("What did not count")
    kiosk.click_starting_with("Done")
    kiosk.wait_for("Student number")
    expect(photos(kiosk) == [] and not kiosk.shows("My records"), "the records are still there")
    bench.stop()


if __name__ == "__main__":
    sys.exit(main({"segment_min_s": 900, "segment_max_s": 900}))
