#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing leads out of the locked session: every row of docs/escapes.md that a program can try.

Usage: test-session.py [NAME…]     only those tests
"""

import contextlib
import glob
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from session_bench import INSIDE, SIZE, STICK, SessionBench, close_window, enter_namespace, processes, reason_to_skip
from kiosk_bench import LEARNER, SOURCE, expect, picture
from kiosk_driver import Atspi, KioskError

PASSWORD = "keyofstaff"
TESTS = {}
ENTRY = "This page is for the staff of the school."
# From kill -9 until the student's face is known again and the lesson is on the screen.
BACK_LIMIT_S = 3


def test(function):
    TESTS[function.__name__] = function
    return function


def rows():
    """(number, what is tried, "keys" or "test" or …, the rest) of docs/escapes.md"""
    with open(os.path.join(SOURCE, "docs", "escapes.md"), encoding="utf-8") as file:
        for line in file:
            row = re.match(r"\| (\d+) \| (.*?) \| .* \| `(\w+)(?:: (.*))?` \|$", line)
            if row:
                yield int(row[1]), row[2], row[3], row[4] or ""


def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True)


def still_there(session, size=SIZE):
    """Everything that was pressed before has arrived by the time that a digit does."""
    kiosk = session.kiosk
    kiosk.press("7")
    kiosk.wait(lambda: kiosk.typed() == "7", "a digit, typed afterwards")
    kiosk.press("Escape")
    kiosk.wait(lambda: kiosk.typed() == "", "the digit to go")
    session.expect_locked(size)


def press_everywhere(session, keys):
    session.kiosk.press(*keys)
    still_there(session)


def password_entry(kiosk):
    return kiosk.find(name="Staff password", role=Atspi.Role.PASSWORD_TEXT)


def open_gate(kiosk):
    kiosk.press("ctrl+alt+shift+q")
    kiosk.wait_for(ENTRY)
    kiosk.wait(lambda: pressable(kiosk, "Open"), "the button “Open”")


def close_gate(session):
    session.expect_locked()
    session.kiosk.press("Escape")
    session.kiosk.wait_for("Student number")


def pressable(kiosk, name):
    button = kiosk.find(name=name, role=Atspi.Role.PUSH_BUTTON)
    return button if button and button.get_state_set().contains(Atspi.StateType.SENSITIVE) else None


def text_of(field):
    return Atspi.Text.get_text(field, 0, Atspi.Text.get_character_count(field))


def place(node):
    """The middle of @node on the screen: the window fills it."""
    extents = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
    return extents.x + extents.width // 2, extents.y + extents.height // 2


def is_alive(*pids):
    return not {process.pid for process in processes()}.isdisjoint(pids)


def waited_s(pid):
    """How long the threads of a process have waited for a processor that others had."""
    total_ns = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % pid):
        # A thread may end meanwhile.
        with contextlib.suppress(OSError), open(path) as file:
            total_ns += int(file.read().split()[1])
    return total_ns / 1e9


def come_back(session, act, gone):
    """@act, and how long until the kiosk shows its window again. @gone: pids that must not be there then."""
    begun = time.monotonic()
    act()
    session.wait(lambda: not is_alive(*gone), "what was ended to go")
    session.adopt()
    print("# back after %.1f s" % (time.monotonic() - begun))
    session.kiosk.wait(lambda: session.kiosk.shows("Student number") or session.kiosk.shows("Sign out"), "a page")
    session.expect_locked()


# In an entry


@test
def staff_keys(session):
    """The staff's keys lead to a password, and a wrong one nowhere"""
    kiosk = session.kiosk
    open_gate(kiosk)
    for _ in range(2):
        kiosk.press(*"wrongone", "Return")
        kiosk.wait_for("Wrong password.")
        kiosk.wait(lambda: pressable(kiosk, "Open"), "the next try")
    expect(not kiosk.shows("This PC"), "the page is open")
    close_gate(session)


@test
def keys_in_an_entry(session):
    """All keys once more while something can be typed: text entries have keys of their own"""
    kiosk = session.kiosk
    open_gate(kiosk)
    for _, _, how, keys in rows():
        if how != "keys":
            continue
        kiosk.press(*keys.split())
        session.expect_locked()
        if not kiosk.shows(ENTRY):
            kiosk.wait_for("Student number")
            open_gate(kiosk)
    close_gate(session)


@test
def context_menu(session):
    """The menu of an entry stays inside the window"""
    kiosk = session.kiosk
    open_gate(kiosk)
    entry = kiosk.wait(lambda: kiosk.find(role=Atspi.Role.PASSWORD_TEXT), "the entry")
    xdotool("mousemove", *place(entry), "click", 3)
    session.expect_locked()
    kiosk.press("Down", "Down", "Return")
    session.expect_locked()
    kiosk.press("Escape")
    if not kiosk.shows("Student number"):
        close_gate(session)


@test
def middle_click(session):
    """The middle button pastes nothing from elsewhere, and a password is not copied"""
    kiosk = session.kiosk
    open_gate(kiosk)
    kiosk.press(*"secret", "ctrl+a", "ctrl+c")
    close_gate(session)
    xdotool("mousemove", 683, 384, "click", 2)
    still_there(session)
    kiosk.press("ctrl+v")
    still_there(session)


@test
def drag_and_drop(session):
    """What is dragged is dropped nowhere"""
    kiosk = session.kiosk
    kiosk.press("7")
    entry = kiosk.wait(lambda: kiosk.find(name="Student number", role=Atspi.Role.TEXT), "the number")
    x, y = place(entry)
    xdotool("mousemove", x, y, "mousedown", 1, "mousemove", 5, 5, "mousemove", 1300, 700, "mouseup", 1)
    kiosk.press("Escape")
    still_there(session)


@test
def no_links(session):
    """Nothing on the pages that everybody sees opens an address"""
    kiosk = session.kiosk
    links = [node.get_name() for node in kiosk.everything() if node.get_role() == Atspi.Role.LINK]
    expect(not links, "there are links: %s" % links)
    still_there(session)


@test
def only_sticks(session):
    """Staff export to a stick; no other folder can be named or looked at"""
    kiosk = session.kiosk
    open_gate(kiosk)
    kiosk.press(*PASSWORD, "Return")
    kiosk.wait_for("Unsent work")
    kiosk.click("Unsent work")
    field = kiosk.wait(lambda: kiosk.find(name="USB stick", role=Atspi.Role.TEXT), "the stick’s row")
    expect(not kiosk.shows("Choose…"), "other folders can be chosen")
    kiosk.wait(lambda: text_of(field) == STICK, "the stick")
    xdotool("mousemove", *place(field), "click", 1)
    kiosk.press("ctrl+a", *"etc", "BackSpace")
    # The press of a button is behind these keys.
    kiosk.click("Messages")
    kiosk.wait_for("Export")
    expect(text_of(field) == STICK, "another folder can be typed: %s" % text_of(field))
    kiosk.click("Unsent work")
    kiosk.wait_for("Try now")
    kiosk.screenshot(picture("sticks"))
    kiosk.click("This PC")
    kiosk.wait_for("Switch this PC off")
    kiosk.screenshot(picture("this-pc"))
    close_gate(session)


@test
def accessibility_actions(session):
    """No action of the window that assistive technology sees ends it"""
    frame = session.frames()[0]
    for index in range(Atspi.Action.get_n_actions(frame)):
        name = Atspi.Action.get_action_name(frame, index)
        if "close" in name or "quit" in name or "minimize" in name:
            Atspi.Action.do_action(frame, index)
    still_there(session)


@test
def bus_actions(session):
    """Nothing on the session's bus ends the kiosk, activates it, or starts something"""

    def call(*words):
        done = subprocess.run(["gdbus", "call", "--session", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout.decode()

    bus = ["--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus", "--method"]
    names = call(*bus, "org.freedesktop.DBus.ListNames")
    expect("org.xueshi" not in names, "the kiosk has a name: %s" % names)
    tried = 0
    for name in re.findall(r"':[\d.]+'", names):
        owner = call(*bus, "org.freedesktop.DBus.GetConnectionUnixProcessID", name.strip("'"))
        if str(session.kiosk_pid()) not in re.findall(r"uint32 (\d+)", owner):
            continue
        for path in ("/org/xueshi/Kiosk", "/org/xueshi/Kiosk/window/1"):
            for action in ("quit", "close", "back"):
                arguments = ["--method", "org.gtk.Actions.Activate", action, "[]", "{}"]
                call("--dest", name.strip("'"), "--object-path", path, *arguments)
                tried += 1
    expect(tried > 0, "the kiosk is not on the bus")
    for words in (["action", "org.xueshi.Kiosk", "quit"], ["launch", "org.xueshi.Kiosk"]):
        subprocess.run(["gapplication", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    still_there(session)


@test
def no_inspector(session):
    """The session was started with GTK_DEBUG=interactive, and the kiosk was not"""
    with open("/proc/%d/environ" % session.process.pid) as file:
        expect("GTK_DEBUG=interactive" in file.read(), "nothing was tried")
    with open("/proc/%d/environ" % session.of("xueshi-kiosk")[0].pid) as file:
        expect("GTK_DEBUG" not in file.read(), "the kiosk has GTK_DEBUG")
    session.expect_locked()


@test
def display_is_private(session):
    """No other user of the PC reaches the display"""
    sockets = glob.glob(os.path.join(session.runtime, "wayland-*"))
    expect(sockets, "there is no display")
    expect(os.stat(session.runtime).st_mode & 0o077 == 0, "others may look into %s" % session.runtime)


# Ends of processes


@test
def killed(session):
    """kill -9 while somebody studies: the kiosk comes back and goes on with that student"""
    kiosk = session.kiosk
    kiosk.sign_in(LEARNER)
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 1, "a second that counts")
    cage, child = session.of("cage")[0].pid, session.kiosk_pid()
    begun, waited_before_s = time.monotonic(), waited_s(os.getpid())
    os.kill(child, signal.SIGKILL)
    session.wait(lambda: not is_alive(child), "it to go")
    kiosk.application = None
    kiosk.application = kiosk.wait(kiosk.find_application, "the kiosk to come back")
    kiosk.wait_for("Your last session was cut off")
    took_s = time.monotonic() - begun
    waited = waited_s(session.kiosk_pid()) + waited_s(os.getpid()) - waited_before_s
    print("# the lesson is back after %.1f s, %.1f s of them in wait for a processor" % (took_s, waited))
    expect(took_s - waited <= BACK_LIMIT_S, "the lesson was back after %.1f s only" % took_s)
    expect(session.of("cage")[0].pid == cage, "the compositor was restarted")
    kiosk.click("Go on")
    kiosk.wait(lambda: (kiosk.counter_s() or 0) >= 1, "the counter to go on")
    session.expect_locked()
    kiosk.sign_out()
    kiosk.press("Return")
    kiosk.wait_for("Student number")
    still_there(session)


@test
def hung(session):
    """A kiosk that stands still is started again by its watchdog"""
    child, kiosk = session.kiosk_pid(), session.kiosk
    os.kill(child, signal.SIGSTOP)
    session.wait(lambda: not is_alive(child), "the watchdog")
    kiosk.application = None
    kiosk.application = kiosk.wait(kiosk.find_application, "the kiosk to come back")
    kiosk.wait_for("Student number")
    still_there(session)


@test
def terminated(session):
    """SIGTERM ends the kiosk properly, and the session starts it again"""
    pids = [process.pid for process in session.of("xueshi-kiosk")]
    come_back(session, lambda: os.kill(session.kiosk_pid(), signal.SIGTERM), pids)
    still_there(session)


@test
def supervisor_killed(session):
    """kill -9 of what looks after the kiosk"""
    pids = [process.pid for process in session.of("xueshi-kiosk")]
    supervisor = [pid for pid in pids if pid != session.kiosk_pid()]
    expect(len(supervisor) == 1, "there are %d processes" % len(pids))
    come_back(session, lambda: os.kill(supervisor[0], signal.SIGKILL), pids)
    still_there(session)


@test
def compositor_killed(session):
    """kill -9 of cage"""
    cage = session.of("cage")[0].pid
    come_back(session, lambda: os.kill(cage, signal.SIGKILL), [cage])
    still_there(session)


@test
def display_lost(session):
    """The only monitor goes away"""
    cage = session.of("cage")[0].pid
    come_back(session, lambda: close_window(session.windows()[0]), [cage])
    still_there(session)


@test
def no_core(session):
    """What was killed left no core file"""
    with open("/proc/%d/limits" % session.kiosk_pid()) as file:
        limit = next(line for line in file if line.startswith("Max core file size"))
    expect(limit.split()[4:6] == ["0", "0"], limit)
    expect(not glob.glob(os.path.join(session.folder, "**", "core*"), recursive=True), "there is a core file")


# In sessions of their own


@test
def second_display(bench):
    """On two monitors the kiosk fills both, and answers"""
    session = bench.start_session(outputs=2)
    session.kiosk.wait_for("Student number")
    session.kiosk.screenshot(picture("two-monitors"))
    still_there(session, (2 * SIZE[0], SIZE[1]))
    bench.end_session()


@test
def camera_lost(bench):
    """Without a camera nothing counts, and the kiosk stays what it is"""
    session = bench.start_session(camera=bench.short_camera())
    session.kiosk.sign_in(LEARNER)
    gone = "Stopped: The camera is gone"
    session.kiosk.wait_for_text("Counter", lambda text: text == gone, "that the camera is gone")
    session.expect_locked()
    bench.end_session()


IN_OWN_SESSIONS = (second_display, camera_lost)


def set_password(kiosk):
    kiosk.click("Staff")
    kiosk.wait_for("Set password")
    kiosk.press(*PASSWORD, "Tab", *PASSWORD, "Return")
    kiosk.wait_for("Unsent work")
    kiosk.press("Escape")
    kiosk.wait_for("Student number")


def plan(only):
    """(title, function, its argument's name) in the order in which they run."""
    found = []
    for number, what, how, rest in rows():
        if how == "keys" and not only:
            found.append(("%d %s: %s" % (number, what, rest), lambda s, keys=rest.split(): press_everywhere(s, keys)))
        if how == "test":
            expect(rest in TESTS, "docs/escapes.md names a test that is not: %s" % rest)
    named = {rest for _, _, how, rest in rows() if how == "test"} | {keys_in_an_entry.__name__}
    expect(named == set(TESTS), "docs/escapes.md does not name %s" % (set(TESTS) - named))
    found += [(f.__doc__, f) for name, f in TESTS.items() if not only or name in only]
    expect(only or len(list(rows())) >= 25, "rows of docs/escapes.md are not understood")
    return found


def run(bench, tests):
    """Whether all passed. After a failure nothing is tried: the kiosk may be anywhere."""
    session = None
    for number, (title, function) in enumerate(tests, 1):
        try:
            if function in IN_OWN_SESSIONS:
                if session is not None:
                    expect(bench.end_session() == 0, "the session did not end properly")
                session = None
                function(bench)
            else:
                if session is None:
                    session = bench.start_session()
                    session.kiosk.wait_for("Student number")
                    set_password(session.kiosk)
                function(session)
        except Exception as error:
            traceback.print_exc()
            print("# %s" % bench.messages().replace("\n", "\n# "))
            if bench.kiosk is not None:
                bench.kiosk.screenshot(picture("failed"))
            print("not ok %d %s\n# %s\nBail out! picture: %s" % (number, title, error, picture("failed")), flush=True)
            return False
        print("ok %d %s" % (number, title), flush=True)
    return True


def main():
    reason = reason_to_skip()
    demo_dir = os.environ.get("XUESHI_DEMO_DIR", os.path.join(SOURCE, ".cache", "demo"))
    if reason is None and not os.path.exists(os.path.join(demo_dir, "franck.webm")):
        reason = "no recordings in %s: ./dev setup gets them" % demo_dir
    if reason:
        print("1..0 # SKIP %s" % reason)
        return 0
    if sys.argv[1:2] != [INSIDE]:
        enter_namespace()
    tests = plan(sys.argv[2:])
    print("1..%d" % len(tests), flush=True)
    with tempfile.TemporaryDirectory(prefix="xueshi-session-", ignore_cleanup_errors=True) as folder:
        bench = SessionBench(folder, demo_dir)
        try:
            return 0 if run(bench, tests) else 1
        finally:
            bench.clean_up()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KioskError as error:
        sys.exit("not ok: %s" % error)
