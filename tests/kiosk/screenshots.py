#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every page of the kiosk, for ./dev screenshots; runs inside tests/run-headless.

Usage: screenshots.py FOLDER LANGUAGE light|dark|contrast

LANGUAGE: one of the kiosk's, or "pseudo": English grown by 40 %, to see what does not fit. The kiosk is paired, used
and signed out of as a student does; each page goes to FOLDER/PAGE-WIDTHxHEIGHT-LANGUAGE-SCHEME.png.
"""

import gettext
import os
import subprocess
import sys
import tempfile

from kiosk_bench import LEARNER, SOURCE, Bench
from kiosk_driver import Atspi
from staged_camera import StagedCamera

PSEUDO_LETTERS = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")
GROWTH = 0.4
PASSWORD = "keyofstaff"
COACH = "3000000000000003"
WITHOUT_FACE = "2000000000000003"


def grown(text):
    """@text as a translation that is 40 % longer. Words with a %, where something is filled in, stay."""
    words = [word if "%" in word or "<" in word else word.translate(PSEUDO_LETTERS) for word in text.split(" ")]
    end = "\n" if text.endswith("\n") else ""
    return " ".join(words).removesuffix(end) + "~" * round(len(text) * GROWTH) + end


def make_pseudo_translation(folder):
    """Stands where the Chinese one is looked for: there is no locale of its own for it."""
    catalogue = os.path.join(os.environ["XUESHI_LOCALE_DIR"], "zh_CN", "LC_MESSAGES", "xueshi.mo")
    with open(catalogue, "rb") as file:
        ids = [key for key in gettext.GNUTranslations(file)._catalog if key]
    # A plural is known by its singular and a number.
    messages = {key[0] if isinstance(key, tuple) else key: isinstance(key, tuple) for key in ids}
    target = os.path.join(folder, "zh_CN", "LC_MESSAGES")
    os.makedirs(target)
    lines = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n']
    for text, is_plural in messages.items():
        context, _, text = text.rpartition("\x04")
        if context:
            lines.append("msgctxt %s" % quoted(context))
        lines.append("msgid %s" % quoted(text))
        if is_plural:
            lines.append("msgid_plural %s\nmsgstr[0] %s\n" % (quoted(text + " (plural)"), quoted(grown(text))))
        else:
            lines.append("msgstr %s\n" % quoted(grown(text)))
    subprocess.run(
        ["msgfmt", "--output-file=" + os.path.join(target, "xueshi.mo"), "-"],
        input="\n".join(lines).encode(),
        check=True,
    )
    return folder


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Photographer:
    def __init__(self, bench, folder, language, scheme):
        self.bench = bench
        self.folder = folder
        self.language = language
        self.scheme = scheme
        self.size = subprocess.run(
            ["xdotool", "getdisplaygeometry"], check=True, capture_output=True, text=True
        ).stdout.strip().replace(" ", "x")

    def start(self, *arguments, paired=True, **options):
        if self.scheme == "dark":
            arguments = (*arguments, "--dark")
        language = "zh_CN" if self.language == "pseudo" else self.language
        start = self.bench.start_paired if paired else self.bench.start
        return start(*arguments, language=language, **options)

    def shoot(self, page):
        name = "%s-%s-%s-%s.png" % (page, self.size, self.language, self.scheme)
        self.bench.kiosk.shoot(os.path.join(self.folder, name))
        print(name, flush=True)


def unpaired(photographer):
    kiosk = photographer.start(paired=False)
    kiosk.wait_for("This kiosk is not connected to a school yet")
    photographer.shoot("unpaired")
    photographer.bench.stop()


def sign_in(photographer):
    kiosk = photographer.start()
    photographer.shoot("sign-in")
    kiosk.type_number("9999999999999999")
    kiosk.click("Sign in")
    kiosk.wait_for("This number is not on the school's list. Please check it, or ask your coach.")
    photographer.shoot("sign-in-refused")
    kiosk.press("Escape", "F2")
    kiosk.wait_for("Hold your card to the camera")
    photographer.shoot("scan-card")
    kiosk.press("Escape")
    kiosk.wait_for("Student number")
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    kiosk.wait_for("I agree")
    photographer.shoot("consent")
    kiosk.press("Escape")
    kiosk.wait_for("Student number")
    kiosk.press("Escape")


def ready(photographer):
    """From the sign-in page, and back."""
    kiosk = photographer.bench.kiosk
    line = "Whether this PC is ready"
    is_ready = kiosk._("This PC is ready").rstrip("~")
    kiosk.wait_for_text(line, lambda text: text.startswith(is_ready), "the ready check")
    kiosk.find(name=kiosk.text(line), role=Atspi.Role.PUSH_BUTTON).do_action(0)
    kiosk.wait_for("Check again")
    photographer.shoot("ready")
    kiosk.press("Escape")
    kiosk.wait_for("Student number")


def staff(photographer):
    kiosk = photographer.bench.kiosk
    kiosk.click("Staff")
    kiosk.wait_for("Set password")
    photographer.shoot("staff-password")
    kiosk.press(*PASSWORD, "Tab", *PASSWORD, "Return")
    kiosk.wait_for("Unsent work")
    for section in ("School", "Camera", "Sound", "Unsent work", "Policy", "Messages", "This PC"):
        kiosk.click(section)
        photographer.shoot("staff-" + section.lower().replace(" ", "-"))
    kiosk.click("Leave the kiosk")
    kiosk.wait_for("Leave the kiosk?")
    photographer.shoot("staff-leave")
    kiosk.press("Escape")
    kiosk.wait(lambda: not kiosk.shows("Leave the kiosk?"), "the question to go")
    kiosk.click("Back")
    kiosk.wait_for("Student number")


def study(photographer):
    kiosk = photographer.bench.kiosk
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "three counted seconds")
    photographer.shoot("studying")
    kiosk.click("Sign out")
    kiosk.wait_for("Too early to sign out")
    photographer.shoot("too-early")
    kiosk.press("Escape")
    kiosk.press("space")
    kiosk.wait_for("Continue")
    photographer.shoot("paused")
    kiosk.click("Continue")


def course(photographer):
    kiosk = photographer.bench.kiosk
    kiosk.press("Left")
    kiosk.wait_for("Watched before: does not count")
    photographer.shoot("repeat")
    kiosk.press("l")
    kiosk.wait_for("Back to the lesson")
    photographer.shoot("course")
    kiosk.click_starting_with(kiosk._("Quiz: %s").split("%s")[0])
    kiosk.wait_for("Leave the quiz")
    photographer.shoot("quiz")
    kiosk.press("a", "Return")
    kiosk.wait(lambda: kiosk.text("Explanation"), "the explanation")
    photographer.shoot("quiz-answered")
    kiosk.press("Escape")
    kiosk.wait_for("Course")


def records(photographer):
    """From the summary, and back."""
    kiosk = photographer.bench.kiosk

    def rows():
        return [node for node in kiosk.everything() if node.get_role() == Atspi.Role.LIST_ITEM]

    kiosk.click("My records")
    kiosk.wait(lambda: kiosk.shows("Logs of the day") and len(rows()) >= 2, "a day and its log")
    photographer.shoot("records")
    kiosk.press("Tab", "Return")
    kiosk.wait_for("Appeal to the coach")
    photographer.shoot("record")
    kiosk.click("Appeal to the coach")
    kiosk.wait_for("I was there and studied all the time")
    photographer.shoot("appeal")
    kiosk.press("Escape")
    kiosk.wait(lambda: not kiosk.shows("I was there and studied all the time"), "the dialog to go")
    kiosk.press("Escape")
    kiosk.wait_for("Logs of the day")
    kiosk.press("Escape")
    kiosk.wait_for("What did not count")


def summary(photographer):
    kiosk = photographer.bench.kiosk
    kiosk.sign_out()
    photographer.shoot("summary")
    records(photographer)
    kiosk.click_starting_with(kiosk._("Done"))
    kiosk.wait_for("Student number")


def interrupted(photographer):
    photographer.bench.kiosk.sign_in(LEARNER)
    photographer.bench.kiosk.wait(lambda: (photographer.bench.kiosk.counter_s() or 0) >= 2, "two counted seconds")
    photographer.bench.kiosk.kill()
    kiosk = photographer.start(paired=False)
    kiosk.wait_for("Your last session was cut off")
    photographer.shoot("interrupted")
    photographer.bench.stop()


def other_person(photographer):
    """The kiosk goes on with the session that was cut off, and waits for its learner."""
    kiosk = photographer.start(paired=False, camera=photographer.bench.camera("cap12_edit.webm"))
    kiosk.wait_for_text(
        "Instruction", lambda text: text == kiosk._("This is not the registered person"), "the instruction"
    )
    photographer.shoot("other-person")
    kiosk.wait_for("The face check did not succeed")
    photographer.shoot("face-check-failed")
    for _ in range(2):
        kiosk.press("Return")
        kiosk.wait(lambda: kiosk.text("Instruction"), "the next face check")
        kiosk.wait(lambda: not kiosk.text("Instruction"), "the end of the face check")
    kiosk.wait_for("Please ask your coach")
    photographer.shoot("ask-the-coach")
    kiosk.type_number(COACH)
    kiosk.press("Tab", *PASSWORD, "Return")
    kiosk.wait_for("Sign out")
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "three counted seconds")
    photographer.shoot("let-in")
    kiosk.sign_out()
    photographer.shoot("let-in-summary")
    photographer.bench.stop()


def photo_without_face(photographer):
    """The register's photo of this one is a test picture."""
    bench = photographer.bench
    photo = os.path.join(bench.folder, "no-face.jpg")
    subprocess.run(
        "gst-launch-1.0 -q videotestsrc num-buffers=1 ! video/x-raw,width=260,height=378 ! jpegenc ! filesink".split()
        + ["location=" + photo],
        check=True,
    )
    bench.run("add-learner", "--stunum", WITHOUT_FACE, "--name", "王无照", "--photo", photo)
    bench.update_policy()
    kiosk = photographer.start(paired=False)
    kiosk.wait_for("Student number")
    kiosk.type_number(WITHOUT_FACE)
    kiosk.press("Return")
    kiosk.agree()
    kiosk.wait(lambda: kiosk.text("Message"), "the message")
    photographer.shoot("photo-unusable")
    bench.stop()


def attention(photographer):
    photographer.bench.update_policy(attention_interval_s=4, attention_answer_s=12)
    kiosk = photographer.start(paired=False)
    kiosk.sign_in(LEARNER)
    kiosk.wait_for("Are you still watching?")
    photographer.shoot("attention-asked")
    kiosk.wait_for("Are you there?")
    photographer.shoot("attention-missed")
    photographer.bench.stop()


def scenes(photographer):
    """What is seen of a camera, and not seen: first of the learner whose session was cut off just now."""
    bench = photographer.bench
    bench.update_policy(grace_ms=4000, absence_sign_out_s=20)
    stage = StagedCamera(bench.folder, bench.demo_dir)
    kiosk = photographer.start(paired=False, camera=stage.uri)
    stage.show("away")
    sit_down = kiosk._("Sit in front of the camera")
    kiosk.wait_for_text("Instruction", lambda text: text == sit_down, "the instruction")
    photographer.shoot("face-check")
    stage.show("there")
    kiosk.wait_for("Your last session was cut off")
    kiosk.press("Return")
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 3, "three counted seconds")
    stage.show("away")
    kiosk.wait_for_text("How long it still counts", bool, "the grace to run down")
    photographer.shoot("waiting")
    kiosk.wait_for_text("How long it still counts", lambda text: not text, "the grace to end")
    photographer.shoot("nobody")
    kiosk.wait_for_text("Automatic sign-out", bool, "the countdown")
    photographer.shoot("countdown")
    stage.show("there")
    kiosk.wait_for_text("Counter", lambda text: text == kiosk._("Counting"), "counting to go on")
    stage.show("gone")
    gone = kiosk._("The camera is gone")
    kiosk.wait_for_text("Instruction", lambda text: text == gone, "the lost camera")
    photographer.shoot("camera-lost")
    bench.stop()


PAGES = (
    unpaired, sign_in, ready, staff, study, course, summary, interrupted, other_person, photo_without_face, attention,
    scenes,
)  # fmt: skip


def main(folder, language, scheme):
    demo_dir = os.environ.get("XUESHI_DEMO_DIR", os.path.join(SOURCE, ".cache", "demo"))
    if scheme == "contrast":
        # As the system's setting does.
        os.environ["ADW_DEBUG_HIGH_CONTRAST"] = "1"
    with tempfile.TemporaryDirectory(prefix="xueshi-screenshots-") as scratch:
        if language == "pseudo":
            os.environ["XUESHI_LOCALE_DIR"] = make_pseudo_translation(os.path.join(scratch, "po"))
        bench = Bench(scratch, demo_dir)
        try:
            photographer = Photographer(bench, folder, language, scheme)
            for page in PAGES:
                page(photographer)
        finally:
            bench.clean_up()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
