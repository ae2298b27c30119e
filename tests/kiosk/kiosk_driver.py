# SPDX-License-Identifier: GPL-3.0-or-later
"""Drive a running kiosk as a student does: through its accessible names and the keyboard.

For tests/kiosk/kiosk_bench.py and the demonstration; runs inside tests/run-headless with Debian's python3 (it has gi).
Names are looked up in English and translated with the kiosk's own catalogue, so one script drives every language.
"""

import gettext
import os
import signal
import subprocess
import time

# A warning of the accessibility library is no fault of the kiosk's; GLib reads this when it is loaded, below.
G_DEBUG = os.environ.pop("G_DEBUG", "")

import gi  # noqa: E402

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from accessible_tree import Node, look  # noqa: E402

POLL_S = 0.05
PATIENCE_S = 60


class KioskError(Exception):
    pass


def proxies():
    """The processes through which Flatpaks reach the bus."""
    found = subprocess.run(["pgrep", "-x", "xdg-dbus-proxy"], stdout=subprocess.PIPE)
    return set(map(int, found.stdout.split()))


class Kiosk:
    """One xueshi-kiosk process and what a student can see and press in it."""

    program = "xueshi-kiosk"
    launcher = ()  # what starts it, before its name

    def __init__(self, arguments, language="zh_CN", log=None, patience_s=PATIENCE_S, find_leaks=False):
        """@find_leaks: in a build with sanitizers, report leaks at the end: that makes it several times slower."""
        self.patience_s = patience_s
        catalogue = gettext.translation(
            "xueshi", os.environ.get("XUESHI_LOCALE_DIR"), languages=[language], fallback=language == "en"
        )
        self._ = catalogue.gettext
        environment = {**os.environ, "G_DEBUG": G_DEBUG}
        if "ASAN_OPTIONS" in environment:
            # Libraries keep no frame pointers: only slow unwinding tells tests/lsan.supp what leaks in them.
            environment["ASAN_OPTIONS"] += ":fast_unwind_on_malloc=0" if find_leaks else ":detect_leaks=0"
        self.proxies_before = proxies()
        self.process = subprocess.Popen(
            [*self.launcher, self.program, "--language", language, *arguments],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
        )
        self.application = None
        try:
            self.application = self.wait(self.find_application, "the kiosk on the accessibility bus")
        except KioskError:
            self.kill()
            raise

    # Waiting

    def wait(self, condition, what, patience_s=None):
        """What @condition returns once it is true. @what: for the message when it never is."""
        deadline = time.monotonic() + (patience_s or self.patience_s)
        while True:
            while GLib.MainContext.default().iteration(False):
                pass
            try:
                found = condition()
            except GLib.Error:
                # A widget went away between two questions about it.
                found = None
            if found:
                return found
            if self.process.poll() is not None:
                raise KioskError("the kiosk ended (%d) while waiting for %s" % (self.process.returncode, what))
            if time.monotonic() > deadline:
                raise KioskError("waited in vain for %s; on screen: %s" % (what, "; ".join(self.texts()) or "nothing"))
            time.sleep(POLL_S)

    def comes(self, condition, patience_s):
        """Whether @condition comes true in that time."""
        try:
            return bool(self.wait(condition, "", patience_s))
        except KioskError:
            return False

    def pids(self):
        """Of the kiosk: with --keep-running it is a child of what was started."""
        try:
            with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)) as file:
                return [self.process.pid, *map(int, file.read().split())]
        except OSError:
            return [self.process.pid]

    def is_own(self, pid):
        """Whether an application on the bus is this kiosk; in a Flatpak it speaks through a proxy, nobody's child."""
        return pid in self.pids() or (pid not in self.proxies_before and pid in proxies())

    def find_application(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application and self.is_own(application.get_process_id()):
                application.set_cache_mask(Atspi.Cache.NONE)
                self.bus_name = application.app.bus_name
                return application
        return None

    # Looking

    def everything(self, node=None):
        """Every accessible object on screen, or of @node, as it is at this moment."""
        if self.application is None:
            return []
        nodes = look(self.bus_name).walk()
        if node is None:
            return list(nodes)
        return [below for top in nodes if top.path == node.path for below in top.walk()]

    def live(self, node):
        """The Atspi.Accessible of a Node, or None: it says at any time what it is then."""
        return node and node.live(self.application)

    def first(self, accept):
        """The Atspi.Accessible of the first object on screen that @accept(node) takes, or None."""
        return self.live(next(filter(accept, self.everything()), None))

    def see(self, name=None, description=None, role=None):
        """The first object on screen that is called so, as it is at this moment, or None. Both are given in English."""
        name = self._(name) if name else None
        description = self._(description) if description else None
        for node in self.everything():
            if (
                (name is None or node.get_name() == name)
                and (description is None or node.get_description() == description)
                and (role is None or node.get_role() == role)
            ):
                return node
        return None

    def find(self, name=None, description=None, role=None):
        """The Atspi.Accessible of what see() sees, or None."""
        return self.live(self.see(name, description, role))

    def row_with(self, text):
        """The first row with @text, in the kiosk's language, on it, or None."""
        return self.first(
            lambda node: node.get_role() == Atspi.Role.LIST_ITEM
            and any(text in child.get_name() for child in node.walk())
        )

    def texts(self):
        """What can be read on screen, for messages."""
        try:
            names = [node.get_name() for node in self.everything() if node.get_role() == Atspi.Role.LABEL]
            return [name for name in names if name and name != "GtkLabel"]
        except GLib.Error:
            return []

    def text(self, description):
        """The text of the label with that description, "" when it is not on screen."""
        node = self.see(description=description, role=Atspi.Role.LABEL)
        # GTK 4.8 names an empty label by its type.
        return node.get_name() if node and node.get_name() != "GtkLabel" else ""

    def shows(self, text):
        return self.see(name=text) is not None

    def wait_for(self, text, patience_s=None):
        self.wait(lambda: self.shows(text), "“%s”" % text, patience_s)

    def wait_for_text(self, description, accept, what, patience_s=None):
        """The text of a label once @accept(text) is true."""
        said = [""]

        def look():
            said[0] = self.text(description)
            return said if accept(said[0]) else None

        try:
            return self.wait(look, what, patience_s)[0]
        except KioskError as error:
            raise KioskError("%s; it says “%s”" % (error, said[0])) from None

    def counter_s(self):
        """The hour counter in seconds, that of the summary, too; None when none is on screen."""
        parts = (self.text("Counted this session") or self.text("Studied this session")).split(":")
        if len(parts) != 3:
            return None
        hours, minutes, seconds = (int(part) for part in parts)
        return hours * 3600 + minutes * 60 + seconds

    def typed(self):
        """What stands in the entry of the student number."""
        entry = self.find(name="Student number", role=Atspi.Role.TEXT)
        return Atspi.Text.get_text(entry, 0, Atspi.Text.get_character_count(entry)) if entry else None

    def focused(self):
        """What has the focus, or None."""
        return self.first(
            lambda node: node.get_role() != Atspi.Role.FRAME
            and node.get_state_set().contains(Atspi.StateType.FOCUSED)
        )

    def pixels(self, node, around_px=8):
        """What is to be seen there, and a little around it: to be compared."""
        extents = self.area(node)
        crop = "%dx%d+%d+%d" % (
            extents.width + 2 * around_px,
            extents.height + 2 * around_px,
            extents.x - around_px,
            extents.y - around_px,
        )
        return subprocess.run(
            ["import", "-window", "root", "-crop", crop, "rgb:-"], check=True, stdout=subprocess.PIPE
        ).stdout

    def area(self, node):
        """Where it is in its window, in pixels."""
        if isinstance(node, Node):
            node = self.live(node)
        return Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)

    # Doing

    @staticmethod
    def names_of(button):
        """Its own name, and its label's: buttons of a dialog have no other, and are there side by side and stacked."""
        return [node.get_name() for node in (button, *button.children[:1])]

    def click(self, name, patience_s=None):
        """Press the button called @name, once it can be pressed."""

        def pressable(node):
            return (
                node.get_role() == Atspi.Role.PUSH_BUTTON
                and self._(name) in self.names_of(node)
                and node.get_state_set().contains(Atspi.StateType.SENSITIVE)
            )

        # GTK 4.8 answers at once and clicks a moment later: who needs the effect waits for it.
        self.wait(lambda: self.first(pressable), "the button “%s”" % name, patience_s).do_action(0)

    def click_starting_with(self, beginning):
        """Press the button whose name, in the kiosk's language, starts so."""

        def is_meant(node):
            return node.get_role() == Atspi.Role.PUSH_BUTTON and node.get_name().startswith(beginning)

        self.wait(lambda: self.first(is_meant), "a button “%s…”" % beginning).do_action(0)

    def point(self, node, *command):
        """Move the mouse onto @node, and do there what @command says in xdotool's words: "click", "1" unless told."""
        area = self.area(node)
        place = (str(area.x + area.width // 2), str(area.y + area.height // 2))
        # GTK takes a press where it has seen the mouse.
        subprocess.run(["xdotool", "mousemove", *place, "sleep", "0.1", *(command or ("click", "1"))], check=True)

    def press(self, *keys):
        """Real keys, in xdotool's names: "Return", "space", "7"."""
        subprocess.run(["xdotool", "key", "--delay", "20", *keys], check=True)

    def tab(self):
        """Returns: what has the focus after Tab."""
        before = self.focused()
        self.press("Tab")
        return self.wait(lambda: (node := self.focused()) != before and node, "the focus to move")

    def click_at(self, x_px, y_px):
        """With the pointer."""
        subprocess.run(["xdotool", "mousemove", str(x_px), str(y_px), "click", "1"], check=True)

    def type_number(self, number):
        self.press(*number)

    def agree(self):
        """To what is taken of the face: the tick, and then the button."""
        self.wait_for("I agree")
        self.press("space", "Return")

    def pass_consent(self, text):
        """Wait for @text, agreeing where it is asked for: whoever signs in at this PC for the first time."""
        self.wait(lambda: self.shows(text) or self.shows("I agree"), "“%s”" % text)
        if self.shows("I agree"):
            self.agree()
            self.wait_for(text)

    def sign_in(self, number):
        """Number, consent and face, until studying."""
        self.wait_for("Student number")
        self.type_number(number)
        self.press("Return")
        self.pass_consent("Sign out")

    def ask_to_sign_out(self):
        """Whatever the kiosk advises."""
        self.click("Sign out")
        early, late = "Too early to sign out", "End this session?"
        self.wait(lambda: self.shows(early) or self.shows(late), "“%s”" % late)
        if self.shows(early):
            self.click("Sign out all the same")
        else:
            self.press("Return")

    def sign_out(self):
        """Until the summary."""
        self.ask_to_sign_out()
        self.wait_for("What did not count")

    def screenshot(self, path):
        """Of the whole screen, as PNG."""
        subprocess.run(["import", "-window", "root", path], check=True)

    def shoot(self, path):
        """A screenshot for people to look at. Raises KioskError when a window is larger than the screen."""
        # What can be read on screen is drawn a moment later.
        time.sleep(0.6)
        self.screenshot(path)
        width, height = map(int, subprocess.check_output(["xdotool", "getdisplaygeometry"]).split())
        for node in self.everything():
            if node.get_role() == Atspi.Role.FRAME:
                area = self.area(node)
                if area.width > width or area.height > height:
                    raise KioskError("%s: a window of %dx%d does not fit" % (path, area.width, area.height))

    # Ending

    def stop(self, patience_s=10):
        """End it as the system does. Returns: its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise KioskError("the kiosk did not end %d s after SIGTERM" % patience_s) from None

    def kill(self):
        self.process.kill()
        return self.process.wait()
