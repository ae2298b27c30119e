#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kiosk as the school's staff meet it: pairing, the ready check, the staff page, and a crash."""

import os
import re
import signal
import socket
import subprocess
import sys

from kiosk_bench import LEARNER, expect, main, picture, test
from kiosk_driver import Atspi

PASSWORD = "keyofstaff"
# From the first of the menu: its other six and “Back”.
TO_THE_PART = ["Tab"] * 8
SCREEN_PX = 768
BAR_PX = 38  # of the line below all pages
REFUSED = "The pairing code is not accepted. A code works once and for a short time: get a new one."
OTHER = "cap12_edit.webm"


def type_text(kiosk, text):
    kiosk.press(*text)


def set_text(kiosk, name, text):
    """Fill the entry called @name."""
    entry = kiosk.wait(lambda: kiosk.find(name=name, role=Atspi.Role.TEXT), "the entry “%s”" % name)
    Atspi.EditableText.set_text_contents(entry, text)


def text_of(kiosk, name):
    """What stands in the entry called @name."""
    entry = kiosk.find(name=name, role=Atspi.Role.TEXT)
    return Atspi.Text.get_text(entry, 0, Atspi.Text.get_character_count(entry))


def wait_for_focus(kiosk, name):
    """On the button called @name. The rows that are typed into do not tell that they have it."""

    def has_it():
        node = kiosk.focused()
        return node and node.get_name() == kiosk._(name)

    kiosk.wait(has_it, "the focus on “%s”" % name)


def wait_for_seen(kiosk, description):
    """Until the label of that description is on the part of the screen that scrolls."""
    kiosk.wait(
        lambda: 0 < bottom_px(kiosk.find(description=description, role=Atspi.Role.LABEL)) <= SCREEN_PX - BAR_PX,
        "“%s” to be on the screen" % description,
    )


def open_staff_page(kiosk):
    kiosk.click("Staff")
    kiosk.wait_for("This page is for the staff of the school.")
    kiosk.wait(lambda: pressable(kiosk, "Open"), "the button “Open”")
    type_text(kiosk, PASSWORD)
    kiosk.press("Return")
    wait_for_focus(kiosk, "School")


def pressable(kiosk, name):
    button = kiosk.find(name=name, role=Atspi.Role.PUSH_BUTTON)
    return button if button and button.get_state_set().contains(Atspi.StateType.SENSITIVE) else None


def bottom_px(button):
    """How far below the window's upper edge it ends."""
    extents = Atspi.Component.get_extents(button, Atspi.CoordType.WINDOW)
    return extents.y + extents.height


def is_chosen(kiosk, name):
    """Whether the box of that name is ticked; GTK before and after 4.10 give it another role."""
    return any(
        node.get_state_set().contains(Atspi.StateType.CHECKED) and node.get_name().startswith(name)
        for node in kiosk.everything()
    )


def bar(kiosk):
    return kiosk.text("Whether this PC is ready")


def wait_for_bar(kiosk, beginning):
    beginning = kiosk._(beginning).split("%")[0]
    kiosk.wait(lambda: bar(kiosk).startswith(beginning), "the line “%s”" % beginning)


def wait_for_item(kiosk, title, state, line=None):
    """Until the item @title of the ready page has the word @state, and @line in what it says."""

    def found():
        row = [
            node
            for node in kiosk.everything()
            if node.get_role() == Atspi.Role.LIST_ITEM
            and any(child.get_name() == kiosk._(title) for child in node.walk())
        ]
        names = [child.get_name() for child in row[0].walk()] if row else []
        return kiosk._(state) in names and (line is None or any(kiosk._(line) in name for name in names))

    kiosk.wait(found, "%s: %s" % (title, state))


@test
def pairs_from_the_screen(bench):
    """A new kiosk is given a staff password and paired on the screen, and a wrong code says what to do"""
    kiosk = bench.start()
    kiosk.wait_for("This kiosk is not connected to a school yet")
    kiosk.click("Staff")
    kiosk.wait_for("Set password")
    type_text(kiosk, "short")
    kiosk.press("Return")
    kiosk.wait_for(kiosk._("The password must have at least %d characters.") % 8)
    kiosk.press("ctrl+a")
    type_text(kiosk, PASSWORD)
    kiosk.press("Return")
    type_text(kiosk, PASSWORD + "x")
    kiosk.press("Return")
    kiosk.wait_for("The two are not the same. Type both again.")
    kiosk.press("BackSpace", "Return")
    kiosk.wait_for("Pair this kiosk")
    set_text(kiosk, "Address of the platform", bench.url)
    kiosk.press(*TO_THE_PART, "Return")
    type_text(kiosk, "00000000")
    kiosk.press("Return")
    refused = kiosk._(REFUSED)
    kiosk.wait_for_text("Result of pairing", lambda text: text == refused, "why the code is refused")
    kiosk.screenshot(picture("pairing"))
    kiosk.press("BackSpace")
    kiosk.wait(lambda: kiosk.text("Result of pairing") == "", "the refusal to go with the code it is about")
    bench.run("set-version", "--ring", "1", "99.0.0")
    set_text(kiosk, "Pairing code", bench.run("pair-code").strip())
    kiosk.click("Pair")
    kiosk.wait_for("Student number")
    expect(len(bench.list("devices")) == 1, "the platform knows no kiosk")
    kiosk.wait(lambda: bench.list("devices")[0]["version"], "the kiosk to report its version")


@test
def tells_that_it_is_ready(bench):
    """The PC is looked at by itself, and what is only a note keeps nobody out"""
    kiosk = bench.kiosk
    wait_for_bar(kiosk, "This PC is ready")
    kiosk.screenshot(picture("sign-in"))
    kiosk.find(name=bar(kiosk), role=Atspi.Role.PUSH_BUTTON).do_action(0)
    for title in ("Camera", "Light", "Disk", "Clock", "School’s platform", "Face recognition", "Lessons", "Screen"):
        wait_for_item(kiosk, title, "Ready")
    kiosk.screenshot(picture("ready"))
    kiosk.press("Escape")
    kiosk.wait_for("Student number")
    bench.stop()


@test
def no_camera_blocks(bench):
    """Without a camera nobody signs in, the remedy is said, and checking again finds out"""
    kiosk = bench.start(camera="file:///nowhere/camera.webm")
    wait_for_bar(kiosk, "This PC is not ready · %s: %s")
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    remedy = kiosk._(
        "Plug the camera in, or into another socket. Close other programs that use it. Which one is used is chosen "
        "on the staff page."
    )
    kiosk.wait_for_text("Message", lambda text: remedy in text, "the remedy")
    expect(not kiosk.shows("Sign out"), "somebody was let in")
    kiosk.screenshot(picture("no-camera"))
    kiosk.find(name=bar(kiosk), role=Atspi.Role.PUSH_BUTTON).do_action(0)
    wait_for_item(kiosk, "Camera", "Not ready", "No camera gives pictures")
    kiosk.click("Check again")
    kiosk.wait(lambda: pressable(kiosk, "Check again"), "the check to end")
    wait_for_item(kiosk, "Camera", "Not ready")
    bench.stop()


@test
def full_disk_blocks(bench):
    """On a disk that is nearly full nobody signs in, and how much must be free is said"""
    disk = os.path.join(bench.folder, "disk")
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode:
        print("# no small disk can be mounted here")
        return
    ordinary, bench.state = bench.state, os.path.join(disk, "kiosk")
    try:
        kiosk = bench.start_paired()
        wait_for_bar(kiosk, "This PC is not ready · %s: %s")
        kiosk.type_number(LEARNER)
        kiosk.press("Return")
        remedy = kiosk._("Make space on the disk of this PC: %s must be free.").split("%s")[0]
        kiosk.wait_for_text("Message", lambda text: remedy in text, "the remedy")
        kiosk.screenshot(picture("disk-full"))
        bench.stop()
    finally:
        bench.state = ordinary
        subprocess.run(["umount", "-l", disk])


@test
def platform_down_is_a_note(bench):
    """With the platform down everybody may study, and it is said"""
    bench.server.kill()
    bench.server.wait()
    kiosk = bench.start()
    others = r"\d+".join(map(re.escape, kiosk._("This PC is ready · %s: %s, and %u more").split("%s")[2].split("%u")))
    kiosk.wait(
        lambda: kiosk._("School’s platform") in bar(kiosk) and re.search(others, bar(kiosk)),
        "the platform to be named first of several notes",
    )
    kiosk.wait(lambda: kiosk.find(name=bar(kiosk), role=Atspi.Role.PUSH_BUTTON), "the line").do_action(0)
    wait_for_item(kiosk, "School’s platform", "Note", "Not reachable. Studying is possible; it is sent later")
    kiosk.press("Escape")
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 1, "a second that counts")
    kiosk.sign_out()
    kiosk.press("Return")
    kiosk.wait_for("Student number")


@test
def asks_for_the_password(bench):
    """A wrong password is refused, several make waiting, and the right one opens"""
    kiosk = bench.kiosk
    kiosk.press("ctrl+alt+shift+q")
    kiosk.wait(lambda: pressable(kiosk, "Open"), "the button “Open”")
    wait = kiosk._("Wrong password. The next try is possible in %d s.").split("%d")[0]
    for number in range(1, 4):
        type_text(kiosk, "wrong%d" % number)
        kiosk.press("Return")
        expected = kiosk._("Wrong password.") if number < 3 else wait
        kiosk.wait_for_text("Message", lambda text: text.startswith(expected), "“%s”" % expected)
        if number < 3:
            kiosk.wait(lambda: pressable(kiosk, "Open"), "the next try")
    kiosk.screenshot(picture("wait"))
    expect(not kiosk.shows("Unsent work"), "the page is open")
    kiosk.wait(lambda: pressable(kiosk, "Open"), "the next try")
    type_text(kiosk, PASSWORD)
    kiosk.press("Return")
    kiosk.wait_for("Unsent work")


@test
def exports_what_waits(bench):
    """What waits is written to a folder, a program finds it whole, and the platform takes it"""
    kiosk = bench.kiosk
    kiosk.click("Unsent work")
    failed = kiosk._("It failed: %s").split("%s")[0]
    kiosk.press(*TO_THE_PART)
    wait_for_focus(kiosk, "Try now")
    kiosk.press("Return")
    kiosk.wait_for_text("Result of sending", lambda text: text.startswith(failed), "that sending failed")
    wait_for_focus(kiosk, "Try now")
    unreachable = kiosk._("The platform cannot be reached. Check the network cable and the address.")
    expect(kiosk.text("Last error") == unreachable, "the last error is “%s”" % kiosk.text("Last error"))
    set_text(kiosk, "Folder, or the USB stick", os.path.join(bench.folder, "nowhere"))
    kiosk.press("Tab", "Return")
    nowhere = kiosk._("There is no such folder. Plug the stick in, or choose another folder.")
    kiosk.wait_for_text("Result of the export", lambda text: text == nowhere, "that there is no such folder")
    stick = os.path.join(bench.folder, "stick")
    os.mkdir(stick)
    expect(kiosk.text("Waiting to be sent"), "it is not said what waits")
    export = kiosk.find(name="Export", role=Atspi.Role.PUSH_BUTTON)
    expect(bottom_px(export) <= SCREEN_PX, "the button “Export” ends at %d px" % bottom_px(export))
    set_text(kiosk, "Folder, or the USB stick", stick)
    kiosk.press("Tab", "Tab")
    wait_for_focus(kiosk, "Export")
    kiosk.press("Return")
    kiosk.wait_for_text("Result of the export", lambda text: stick in text, "the export")
    wait_for_focus(kiosk, "Export")
    kiosk.screenshot(picture("unsent"))
    kiosk.press("Left")
    wait_for_focus(kiosk, "Unsent work")
    (name,) = os.listdir(stick)
    bench.bundle = os.path.join(stick, name)
    done = subprocess.run(["xueshi", "check-export", bench.bundle], check=True, stdout=subprocess.PIPE, text=True)
    expect("1 logs" in done.stdout, done.stdout)
    imported = bench.run("import", bench.bundle)
    expect(imported.startswith("logs: 1 new, 0 known"), imported)
    # Nothing is taken twice (B3).
    imported = bench.run("import", bench.bundle)
    expect(imported.startswith("logs: 0 new, 1 known"), imported)
    expect(len(bench.list("logs")) == 1, "the log is not on the platform")
    photo = os.path.join(bench.bundle, "photos", os.listdir(os.path.join(bench.bundle, "photos"))[0])
    with open(photo, "r+b") as file:
        file.seek(100)
        file.write(b"xueshi")
    done = subprocess.run(["xueshi", "check-export", bench.bundle], stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1 and photo in done.stderr, done.stderr)


@test
def tries_now(bench):
    """Once the platform is back, “Try now” sends what waits, and nothing is there twice"""
    kiosk = bench.kiosk
    host, port = bench.url.removeprefix("http://").split(":")
    bench.server = subprocess.Popen(
        ["xueshi-platform", "serve", "--data", bench.data, "--port", port],
        stdout=subprocess.PIPE,
        stderr=bench.server_log,
    )
    bench.server.stdout.readline()
    socket.create_connection((host, int(port))).close()
    kiosk.click("Try now")
    kiosk.wait_for_text(
        "Result of sending", lambda text: text == kiosk._("The school has answered everything."), "that all is sent"
    )
    expect(len(bench.list("logs")) == 1, "the platform has %d logs" % len(bench.list("logs")))
    print("# %s" % bench.run("fsck").strip().replace("\n", "\n# "))


@test
def pairs_again(bench):
    """Paired once more, the answer is on the screen: a refusal, and the school's name"""
    kiosk = bench.kiosk
    kiosk.press("Up", "Up", "Up", "Return", *TO_THE_PART, "Tab")
    type_text(kiosk, "00000000")
    kiosk.press("Return")
    kiosk.wait_for_text("Result of pairing", lambda text: text == kiosk._(REFUSED), "why the code is refused")
    wait_for_seen(kiosk, "Result of pairing")
    kiosk.screenshot(picture("refused"))
    set_text(kiosk, "Pairing code", bench.run("pair-code", "--devnum", bench.list("devices")[0]["devnum"]).strip())
    kiosk.press("Tab")
    wait_for_focus(kiosk, "Pair")
    kiosk.press("Return")
    beginning = kiosk._("Paired with: %s").split("%s")[0]
    kiosk.wait_for_text("Result of pairing", lambda text: text.startswith(beginning), "the confirmation")
    wait_for_seen(kiosk, "Result of pairing")
    kiosk.screenshot(picture("paired-again"))
    type_text(kiosk, "1")
    kiosk.wait(lambda: text_of(kiosk, "Pairing code") == "1", "what is typed to be the next code")


@test
def shows_the_rest(bench):
    """Policy, messages, sound and this PC are there; no message has a student's number"""
    kiosk = bench.kiosk
    kiosk.click("Policy")
    kiosk.wait_for(kiosk._("%s, version %d") % ("demo", 1))
    kiosk.screenshot(picture("policy"))
    kiosk.click("Sound")
    # Without a focus the first of the menu is the first stop; the volume is a row and a scale.
    kiosk.press("Tab", *TO_THE_PART, "Tab", "Tab")
    wait_for_focus(kiosk, "Play a test sound")
    kiosk.press("Return")
    kiosk.wait_for_text("Result of the sound test", lambda text: text not in ("", kiosk._("Playing…")), "the result")
    wait_for_focus(kiosk, "Play a test sound")
    kiosk.screenshot(picture("sound"))
    # Back to the menu, and down to “Messages”.
    kiosk.press("Left")
    wait_for_focus(kiosk, "Sound")
    kiosk.press("Down", "Down", "Down", "Return")
    set_text(kiosk, "Folder, or the USB stick", bench.folder)
    kiosk.click("Export")
    written = kiosk._("Written to %s").split("%s")[0]
    said = kiosk.wait_for_text("Result of the export", lambda text: text.startswith(written), "the messages")
    with open(said.removeprefix(written)) as file:
        messages = file.read()
    expect("A wrong staff password was tried" in messages, messages)
    expect(LEARNER not in messages, "there is a student's number in it")
    kiosk.screenshot(picture("messages"))
    kiosk.press("Down", "Return")
    kiosk.wait_for("Leave the kiosk")
    kiosk.wait_for(kiosk._("%s, which is newer (this PC is in ring %d)") % ("99.0.0", 1))
    kiosk.press("Tab", "Tab")
    wait_for_focus(kiosk, "Leave the kiosk")
    kiosk.press("Tab")
    type_text(kiosk, PASSWORD)
    kiosk.press("Tab")
    type_text(kiosk, PASSWORD)
    kiosk.press("Return")
    changed = kiosk._("The new password applies from now on.")
    kiosk.wait_for_text("Result of the change", lambda text: text == changed, "the new password")
    wait_for_seen(kiosk, "Result of the change")
    kiosk.screenshot(picture("this-pc"))


@test
def leaves_the_kiosk(bench):
    """Leaving is asked about, and ends it properly"""
    kiosk = bench.kiosk
    kiosk.click("Leave the kiosk")
    kiosk.wait_for("Leave the kiosk?")
    kiosk.screenshot(picture("leave"))
    kiosk.press("Return")
    kiosk.wait(lambda: not kiosk.shows("Leave the kiosk?"), "the question to go")
    kiosk.click("Leave the kiosk")
    kiosk.wait_for("Leave the kiosk?")
    # As by itself, when staff have gone away.
    kiosk.click("Back")
    kiosk.wait(lambda: not kiosk.shows("Leave the kiosk?"), "the question to go with the page")
    open_staff_page(kiosk)
    kiosk.click("This PC")
    kiosk.click("Leave the kiosk")
    kiosk.wait_for("Leave the kiosk?")
    kiosk.click("Leave")
    status = bench.kiosk.process.wait(20)
    bench.kiosk = None
    expect(status == 0, "it ended with status %d" % status)


@test
def chooses_a_camera(bench):
    """One of two cameras is chosen by its picture, and is the one that is used from then on"""
    arguments = ["--camera", bench.camera(OTHER)]
    kiosk = bench.start(*arguments)
    wait_for_bar(kiosk, "This PC is ready")
    open_staff_page(kiosk)
    # By keys alone: the second part of the menu, then behind it and “Back” the third row of the list.
    kiosk.press("Tab", "Return")
    seen = kiosk._("This is what the camera sees.")
    kiosk.wait_for_text("State of the camera", lambda text: text == seen, "a picture")
    kiosk.wait_for(OTHER)
    kiosk.press(*["Tab"] * 7, "Down", "Down", "Return")
    kiosk.wait(lambda: is_chosen(kiosk, OTHER), "the other camera to be chosen")
    kiosk.wait_for_text("State of the camera", lambda text: text == seen, "its picture")
    kiosk.screenshot(picture("camera"))
    kiosk.click("Back")
    kiosk.wait_for("Student number")
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    stranger = kiosk._("This is not the registered person")
    kiosk.wait_for_text("Instruction", lambda text: text == stranger, "the other camera's picture")
    bench.stop()
    kiosk = bench.start(*arguments)
    kiosk.wait_for("Student number")
    kiosk.type_number(LEARNER)
    kiosk.press("Return")
    kiosk.wait_for_text("Instruction", lambda text: text == stranger, "the other camera after a restart")
    bench.stop()


@test
def ends_while_a_camera_hangs(bench):
    """A camera that never answers does not hold up the end"""
    path = os.path.join(bench.folder, "camera.webm")
    os.mkfifo(path)
    kiosk = bench.start(camera="file://" + path)
    wait_for_bar(kiosk, "This PC is not ready · %s: %s")
    bench.stop()


@test
def goes_on_after_a_crash(bench):
    """Killed while somebody studies, the kiosk starts again by itself, asks for the face alone, and the school knows"""
    kiosk = bench.start("--keep-running")
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: kiosk.counter_s() >= 2, "the counter to reach 2 s")
    killed = kiosk.application.get_process_id()
    expect(killed != kiosk.process.pid, "nobody looks after the kiosk")
    os.kill(killed, signal.SIGKILL)
    kiosk.application = None
    kiosk.wait(lambda: killed not in kiosk.pids() and len(kiosk.pids()) > 1, "another kiosk process")
    kiosk.application = kiosk.wait(kiosk.find_application, "the kiosk to come back")
    kiosk.wait_for("Your last session was cut off")
    kiosk.screenshot(picture("resumed"))
    # All runs before it were ended properly.
    kiosk.wait(lambda: bench.list("devices")[0]["broken_runs"] == 1, "the school to hear of the crash")
    kiosk.press("Return")
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 2, "the counter to go on")
    kiosk.sign_out()
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    bench.stop()


if __name__ == "__main__":
    sys.exit(main({"segment_max_s": 900}))
