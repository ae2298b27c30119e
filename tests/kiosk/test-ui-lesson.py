#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Course and lessons in the kiosk's window: the list, what is locked ahead, repeats, subtitles, quiz, attention."""

import json
import os
import re
import subprocess
import sys
import time

from kiosk_bench import LEARNER, expect, main, picture, test
from kiosk_driver import Atspi

# Two chapters: the last lesson of the first, which has a quiz, is soon over.
LESSONS = [("one", 60), ("two", 6), ("three", 60)]
QUESTIONS = [
    {
        "id": "colour",
        "kind": "single",
        "text": "Which light lets you go?",
        "choices": ["Red", "Green", "Amber"],
        "answer": 1,
        "explanation": "Green lets you go, when the way is free.",
    },
    {
        "id": "belt",
        "kind": "true_false",
        "text": "A belt is worn on short ways, too.",
        "answer": True,
        "explanation": "Most crashes happen near home.",
    },
    {
        "id": "side",
        "kind": "single",
        "text": "On which side do you drive?",
        "choices": ["Left", "Right"],
        "answer": 1,
        "explanation": "On the right.",
    },
]


def make_video(path, seconds):
    subprocess.run(
        ["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=%d" % (seconds * 10), "pattern=ball", "!"]
        + ["video/x-raw,width=320,height=180,framerate=10/1", "!", "vp8enc", "deadline=1", "keyframe-max-dist=10", "!"]
        + ["webmmux", "!", "filesink", "location=" + path],
        check=True,
    )


def make_course(folder):
    os.makedirs(folder)
    lessons = []
    for name, seconds in LESSONS:
        make_video(os.path.join(folder, name + ".webm"), seconds)
        with open(os.path.join(folder, name + ".vtt"), "w", encoding="utf-8") as file:
            file.write("WEBVTT\n\n00:00.000 --> 01:00.000\nSubtitle of lesson %s\n" % name)
        lessons.append(
            {
                "id": name,
                "title": "Lesson about %s" % name,
                "summary": "About %s." % name,
                "subjcode": "4001010000",
                "duration_ms": seconds * 1000,
                "video": name + ".webm",
                "subtitles": name + ".vtt",
            }
        )
    course = {
        "format": 1,
        "id": "short",
        "title": "A short course",
        "language": "en",
        "lessons": lessons,
        "chapters": [
            {"id": "first", "title": "Short lessons", "lessons": ["one", "two"], "quiz": QUESTIONS},
            {"id": "second", "title": "A long lesson", "lessons": ["three"]},
        ],
    }
    with open(os.path.join(folder, "course.json"), "w", encoding="utf-8") as file:
        json.dump(course, file)
    return folder


def start(bench, **options):
    kiosk = bench.start("--course", bench.course, language="en", **options)
    kiosk.sign_in(LEARNER)
    return kiosk


def state(kiosk):
    return kiosk.text("Counter")


def wait_for_state(kiosk, reason):
    stopped = kiosk._("Stopped: %s") % kiosk._(reason)
    kiosk.wait_for_text("Counter", lambda text: text == stopped, "“%s”" % stopped)


def line(kiosk):
    return kiosk.find(name="Position in the lesson", role=Atspi.Role.SLIDER)


def click_on_line(kiosk, share):
    """With the mouse, at @share of its length."""
    area = Atspi.Component.get_extents(line(kiosk), Atspi.CoordType.WINDOW)
    x, y = area.x + area.width * share, area.y + area.height / 2
    subprocess.run(["xdotool", "mousemove", "%d" % x, "%d" % y, "click", "1"], check=True)


def position_s(kiosk):
    minutes, seconds = kiosk.text("Position in the lesson").split(" / ")[0].split(":")
    return int(minutes) * 60 + int(seconds)


def state_stands(kiosk, seconds):
    """That the counter does not move for so long."""
    before = kiosk.counter_s()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        expect(kiosk.counter_s() == before, "the counter went on from %d s" % before)


@test
def lists_the_course(bench):
    """L opens the course in place of the lesson, which pauses; it lists chapters and lessons; Escape goes back"""
    bench.course = make_course(os.path.join(bench.folder, "course"))
    kiosk = bench.start_paired("--course", bench.course, language="en")
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 2, "the counter to reach 2 s")
    expect(kiosk.text("Current lesson") == "Lesson about one", "it shows “%s”" % kiosk.text("Current lesson"))
    expect(kiosk.find(name="Next lesson: Lesson about two"), "the next lesson is not shown")
    kiosk.screenshot(picture("watching"))
    kiosk.press("l")
    kiosk.wait_for("A short course")
    for text in ["Short lessons", "A long lesson", "Lesson 1: Lesson about one", "Lesson 3: Lesson about three"]:
        expect(kiosk.shows(text), "“%s” is not in the list" % text)
    expect(kiosk.shows("Quiz: 3 questions"), "the quiz is not in the list")
    wait_for_state(kiosk, "The lesson is paused")
    expect(kiosk.text("Instruction"), "the instruction is gone")
    kiosk.screenshot(picture("course"))
    state_stands(kiosk, 1)
    kiosk.press("Escape")
    kiosk.wait(lambda: not kiosk.shows("A short course"), "the lesson to come back")
    kiosk.wait_for_text("Counter", lambda text: text == "Counting", "counting to go on")


@test
def stays_behind_the_edge(bench):
    """Nobody gets ahead of what was watched, by key or by hand on the line, and the reason is said"""
    kiosk = bench.kiosk
    locked = "What lies ahead opens as you watch. You can move freely in what you have watched."
    before = position_s(kiosk)
    kiosk.press("Right")
    kiosk.wait_for(locked)
    kiosk.screenshot(picture("locked"))
    kiosk.wait(lambda: not kiosk.shows(locked), "the hint to go")
    Atspi.Value.set_current_value(line(kiosk), LESSONS[0][1] - 1)
    click_on_line(kiosk, 0.9)
    kiosk.wait_for(locked)
    expect(position_s(kiosk) < LESSONS[0][1] - 1, "it went ahead, from %d s to %d s" % (before, position_s(kiosk)))


@test
def repeats_do_not_count(bench):
    """Going back is free, says that it does not count, and does not, up to where it had got to"""
    kiosk = bench.kiosk
    kiosk.press("Left")
    wait_for_state(kiosk, "Watched before")
    expect(kiosk.shows("Watched before: does not count"), "the lesson is not labelled")
    kiosk.screenshot(picture("repeat"))
    before = kiosk.counter_s()
    kiosk.wait_for_text("Counter", lambda text: text == "Counting", "counting to go on")
    expect(kiosk.counter_s() <= before + 1, "the repeat counted: %d s, then %d s" % (before, kiosk.counter_s()))
    kiosk.wait(lambda: not kiosk.shows("Watched before: does not count"), "the label to go")


@test
def sizes_subtitles(bench):
    """Subtitles have three sizes and can be off, by button and by C, and stay so for this learner"""
    kiosk = bench.kiosk
    kiosk.wait(lambda: kiosk.text("Subtitle") == "Subtitle of lesson one", "the subtitle")
    kiosk.click("Subtitles: Medium")
    kiosk.wait_for("Subtitles: Large")
    kiosk.screenshot(picture("subtitles-large"))
    kiosk.press("c")
    kiosk.wait_for("Subtitles: Off")
    kiosk.wait(lambda: not kiosk.text("Subtitle"), "the subtitle to go")
    kiosk.press("c")
    kiosk.wait(lambda: kiosk.text("Subtitle"), "the subtitle to come back")
    expect(kiosk.shows("Subtitles: Large"), "the size was forgotten")


def volume_percent(kiosk):
    return round(100 * Atspi.Value.get_current_value(kiosk.find(name="Volume", role=Atspi.Role.SLIDER)))


@test
def changes_the_volume(bench):
    """Up and Down change the volume, and a button turns the sound off and on again"""
    kiosk = bench.kiosk
    expect(volume_percent(kiosk) == 100, "the volume begins at %d %%" % volume_percent(kiosk))
    kiosk.press("Down", "Down", "Down", "Up")
    kiosk.wait(lambda: volume_percent(kiosk) == 90, "the volume to be 90 %")
    kiosk.click("Turn the sound off")
    kiosk.wait(lambda: volume_percent(kiosk) == 0, "silence")
    kiosk.click("Turn the sound on")
    kiosk.wait(lambda: volume_percent(kiosk) == 90, "the volume to be what it was")


@test
def ends_with_a_quiz(bench):
    """At the end of a chapter the quiz is next; its time does not count, and the screen says so"""
    kiosk = bench.kiosk
    kiosk.press("l")
    kiosk.wait_for("A short course")
    kiosk.click("Lesson 2: Lesson about two")
    wait_for_state(kiosk, "The lesson is over")
    kiosk.screenshot(picture("over"))
    kiosk.press("Return")
    kiosk.wait_for("Quiz: Short lessons")
    wait_for_state(kiosk, "A quiz does not count")
    radios = [node for node in kiosk.everything() if node.get_role() == Atspi.Role.RADIO_BUTTON]
    expect(
        [node.get_name() for node in radios] == ["A. Red", "B. Green", "C. Amber"],
        "the choices are %s" % [node.get_name() for node in radios],
    )
    kiosk.screenshot(picture("question"))
    state_stands(kiosk, 1)


def answer(kiosk, key, verdict):
    kiosk.press(key, "Return")
    kiosk.wait_for_text("Verdict on the answer", lambda text: text.startswith(verdict), verdict)


@test
def explains_wrong_answers(bench):
    """A wrong answer is explained; too few right ones do not pass, and may be tried again"""
    kiosk = bench.kiosk
    answer(kiosk, "a", "Not right. The right answer is B: Green")
    expect(kiosk.text("Explanation") == QUESTIONS[0]["explanation"], "it says “%s”" % kiosk.text("Explanation"))
    kiosk.screenshot(picture("wrong"))
    kiosk.press("Return")
    kiosk.wait_for(QUESTIONS[1]["text"])
    answer(kiosk, "2", "Not right. The right answer is A: True")
    kiosk.press("Return")
    kiosk.wait_for(QUESTIONS[2]["text"])
    answer(kiosk, "b", "Right")
    kiosk.press("Return")
    kiosk.wait_for("Not passed: 1 of 3 right")
    kiosk.screenshot(picture("not-passed"))
    kiosk.press("Return")
    kiosk.wait_for(QUESTIONS[0]["text"])


@test
def passes_the_quiz(bench):
    """Right answers pass; the next chapter follows, and the list knows"""
    kiosk = bench.kiosk
    for key, question in zip("bab", QUESTIONS):
        kiosk.wait_for(question["text"])
        answer(kiosk, key, "Right")
        kiosk.press("Return")
    kiosk.wait_for("Passed: 3 of 3 right")
    kiosk.screenshot(picture("passed"))
    kiosk.press("Return")
    kiosk.wait(lambda: kiosk.text("Current lesson") == "Lesson about three", "the next chapter")
    kiosk.press("l")
    kiosk.wait_for("Quiz passed: 3 of 3")
    kiosk.screenshot(picture("course-later"))
    kiosk.press("l")
    kiosk.wait_for_text("Counter", lambda text: text == "Counting", "counting to go on")
    kiosk.sign_out()
    expect(kiosk.shows("A quiz does not count"), "the quiz is not in the summary")
    expect(kiosk.shows("Watched before"), "the repeat is not in the summary")
    bench.stop()


@test
def asks_whether_it_is_watched(bench):
    """The next session goes on with the last lesson; a question that is missed stops counter and lesson"""
    bench.update_policy(attention_interval_s=4, attention_answer_s=6)
    kiosk = start(bench)
    expect(kiosk.shows("Subtitles: Large"), "the size of subtitles was forgotten")
    kiosk.wait(lambda: volume_percent(kiosk) == 90, "the volume of the last session")
    kiosk.wait(lambda: kiosk.text("Current lesson") == "Lesson about three", "the last lesson")
    kiosk.wait_for("Are you still watching?")
    kiosk.screenshot(picture("asked"))
    wait_for_state(kiosk, "No answer yet")
    expect(kiosk.shows("Are you there?"), "it is not asked any more")
    kiosk.screenshot(picture("missed"))
    stopped_at = position_s(kiosk)
    state_stands(kiosk, 2)
    expect(position_s(kiosk) == stopped_at, "the lesson went on")


def number(kiosk):
    return re.search(r"\d", kiosk.text("What to press"))[0]


@test
def takes_the_answer(bench):
    """A wrong number is no answer; the right one, by key or by touch, lets lesson and counter go on"""
    kiosk = bench.kiosk
    before = kiosk.counter_s()
    asked = number(kiosk)
    wrong = "1" if asked != "1" else "2"
    kiosk.press(wrong)
    kiosk.wait(lambda: number(kiosk) != wrong, "another number")
    expect(state(kiosk) != "Counting", "a wrong number was taken")
    told = kiosk._("That was another number. Press %u now:").split("%u")[0]
    kiosk.wait(lambda: kiosk.text("What to press").startswith(told), "that it was another number")
    kiosk.press(number(kiosk))
    kiosk.wait(lambda: not kiosk.shows("Are you there?"), "the question to go")
    kiosk.wait(lambda: kiosk.counter_s() > before, "the counter to go on")
    kiosk.wait_for("Are you still watching?")
    kiosk.click(number(kiosk))
    kiosk.wait(lambda: not kiosk.shows("Are you still watching?"), "the question to go")
    kiosk.wait_for_text("Counter", lambda text: text == "Counting", "counting to go on")
    bench.stop()


if __name__ == "__main__":
    sys.exit(main())
