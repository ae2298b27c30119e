# SPDX-License-Identifier: GPL-3.0-or-later
"""The locked session as it is deployed, on a display that is not there: data/session/xueshi-session with the real cage,
nested in Xvfb without a window manager, so that every key and click goes to cage as from a keyboard.

cage refuses to run as root, and a stick is something mounted: test-session.py runs in a user namespace of its own,
which enter_namespace() makes, as user 1000 there and with a small disk mounted where sticks appear.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kiosk"))

from kiosk_bench import SOURCE, Bench, expect  # noqa: E402
from kiosk_driver import POLL_S, Atspi, Kiosk  # noqa: E402

SIZE = (1366, 768)
# Longer than a start takes.
WATCHDOG_S = 12
STICKS = "/run/media"
STICK = os.path.join(STICKS, "stick")


def reason_to_skip():
    """Why there can be no session here, or None."""
    for program in ("cage", "Xwayland", "Xvfb", "xdotool", "unshare"):
        if shutil.which(program) is None:
            return "no %s: ./dev setup installs it" % program
    if subprocess.run([*NAMESPACE, "true"], stderr=subprocess.DEVNULL).returncode:
        return "no user namespaces here"
    return None


# The first argument of what enter_namespace() starts.
INSIDE = "--inside"
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]


def enter_namespace():
    """Go on as user 1000, with a stick plugged in."""
    script = (
        'mount -t tmpfs none /run && mkdir -p "$0" && mount -t tmpfs -o size=16m,mode=777 stick "$0" &&'
        ' exec unshare --user --map-user=1000 --map-group=1000 "$@"'
    )
    command = [*NAMESPACE, "sh", "-c", script, STICK, sys.executable, sys.argv[0], INSIDE, *sys.argv[1:]]
    os.execvp(command[0], command)


class Process:
    """One of /proc."""

    def __init__(self, pid):
        self.pid = pid
        with open("/proc/%d/stat" % pid) as file:
            before, after = file.read().rsplit(")", 1)
        self.name = before.split("(", 1)[1]
        self.parent = int(after.split()[1])
        self.state = after.split()[0]


def processes():
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.append(Process(int(name)))
            except OSError:
                continue
    return [process for process in found if process.state != "Z"]


def descendants(pid):
    everything, inside = processes(), {pid}
    while True:
        more = {process.pid for process in everything if process.parent in inside} - inside
        if not more:
            return [process for process in everything if process.pid in inside]
        inside |= more


class ClientMessage(ctypes.Structure):
    """Of Xlib: XClientMessageEvent, filled up to the size of an XEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    ]


def close_window(window):
    """Ask the owner of an X window to close it, which for cage's is a monitor that was pulled out."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    protocols, delete = (x11.XInternAtom(display, name, False) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    message = ClientMessage(type=33, window=window, message_type=protocols, format=32)
    message.data[0] = delete
    x11.XSendEvent(display, ctypes.c_ulong(window), False, ctypes.c_long(0), ctypes.byref(message))
    x11.XCloseDisplay(display)


class SessionKiosk(Kiosk):
    """The kiosk in a session: found by its accessibility, whichever process it is at the moment."""

    def __init__(self, session, language="en"):
        self.patience_s = 60
        self._ = lambda text: text
        self.process = session.process
        self.session = session
        self.proxies_before = set()
        self.application = None
        self.application = self.wait(self.find_application, "the kiosk on the accessibility bus")

    def pids(self):
        return [process.pid for process in descendants(self.process.pid) if process.name == "xueshi-kiosk"]


class Display:
    """Xvfb and a session bus. There is one of each for all sessions: the accessibility library connects once."""

    def __init__(self, folder):
        self.runtime = os.path.join(folder, "runtime")
        os.makedirs(self.runtime, mode=0o700)
        self.log = open(os.path.join(folder, "session.log"), "ab")
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "%dx%dx24" % (SIZE[0] * 2, SIZE[1]), "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=self.log,
        )
        os.close(write)
        os.environ["DISPLAY"] = ":" + os.fdopen(read).readline().strip()
        os.environ["XDG_RUNTIME_DIR"] = self.runtime
        for name in ("GTK_A11Y", "NO_AT_BRIDGE", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY", "GDK_BACKEND"):
            os.environ.pop(name, None)
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().decode().strip()

    def close(self):
        for process in (self.bus, self.server):
            process.terminate()
            process.wait()
        self.log.close()


class Session:
    """xueshi-session on a display."""

    def __init__(self, folder, display, options, outputs=1):
        """@options: of the kiosk"""
        self.folder = folder
        self.runtime = display.runtime
        settings = os.path.join(folder, "session.conf")
        with open(settings, "w") as file:
            file.write("KIOSK=xueshi-kiosk\nSTICKS=%s\nOPTIONS='%s'\n" % (STICKS, options))
        environment = {
            **os.environ,
            "PATH": "%s:%s" % (self.make_idle_tools(), os.environ["PATH"]),
            "XUESHI_SESSION_CONF": settings,
            "WLR_BACKENDS": "x11",
            "WLR_X11_OUTPUTS": str(outputs),
            "WLR_RENDERER": "pixman",
            # There are none here, and asking for them takes long.
            "GTK_USE_PORTAL": "0",
            "ADW_DISABLE_PORTAL": "1",
            # What would open GTK's Inspector at the start, a way to everything.
            "GTK_DEBUG": "interactive",
        }
        self.process = subprocess.Popen(
            [os.path.join(SOURCE, "data", "session", "xueshi-session")],
            env=environment,
            stdout=display.log,
            stderr=display.log,
        )
        self.outputs = outputs
        self.kiosk = None
        self.adopt()
        self.at_the_start = {process.name for process in processes()} | {"Xwayland"}

    def make_idle_tools(self):
        """Stand-ins for what darkens the screen, which cage before 0.2 cannot do. One stays for good."""
        tools = os.path.join(self.folder, "tools")
        os.makedirs(tools, exist_ok=True)
        for name, does in (("wlr-randr", "true"), ("swayidle", "exec sleep 86400")):
            path = os.path.join(tools, name)
            with open(path, "w") as file:
                file.write("#!/bin/sh\n%s\n" % does)
            os.chmod(path, 0o755)
        return tools

    @staticmethod
    def search(depth):
        words = ["xdotool", "search", "--onlyvisible", "--maxdepth", str(depth), "--name", ""]
        return set(map(int, subprocess.run(words, stdout=subprocess.PIPE).stdout.split()))

    def windows(self):
        """Each is an output of cage's: on this X server there is nothing else."""
        return sorted(self.search(1) - self.search(0))

    def wait(self, condition, what, patience_s=60):
        deadline = time.monotonic() + patience_s
        while not (found := condition()):
            expect(self.process.poll() is None, "the session ended waiting for %s" % what)
            expect(time.monotonic() < deadline, "waited in vain for %s" % what)
            time.sleep(POLL_S)
        return found

    def fit(self):
        """Give cage's windows the size of a screen, and the keyboard to the last. Whether the kiosk fills them."""
        windows = self.windows()
        for index, window in enumerate(windows):
            place = ["windowmove", window, index * SIZE[0], 0, "windowsize", window, *SIZE]
            subprocess.run(["xdotool", *map(str, place)], stderr=subprocess.DEVNULL)
        frames = self.frames()
        size = (SIZE[0] * self.outputs, SIZE[1])
        if len(windows) != self.outputs or len(frames) != 1 or self.size_of(frames[0]) != size:
            return False
        focus = ["windowfocus", str(windows[-1]), "mousemove", "5", "5"]
        return subprocess.run(["xdotool", *focus], stderr=subprocess.DEVNULL).returncode == 0

    def adopt(self):
        """Wait for a kiosk that fills the screen."""
        self.kiosk = SessionKiosk(self)
        self.kiosk.wait(self.fit, "a kiosk that fills the screen")

    def of(self, name):
        """The processes of the session that are called so, the eldest first."""
        return sorted((p for p in descendants(self.process.pid) if p.name == name), key=lambda p: p.pid)

    def kiosk_pid(self):
        """Of the process with the window; its supervisor is the other one."""
        return self.kiosk.application.get_process_id()

    def frames(self):
        """The windows that the applications of this display have."""
        desktop = Atspi.get_desktop(0)
        applications = [desktop.get_child_at_index(index) for index in range(desktop.get_child_count())]
        return [
            application.get_child_at_index(index)
            for application in applications
            if application is not None
            for index in range(application.get_child_count())
        ]

    def strange(self):
        """Names of processes that were not there when the session began. Here every process descends from the test."""
        return {process.name for process in processes()} - self.at_the_start

    def expect_locked(self, size=SIZE):
        """The session runs, the kiosk fills the screen alone, and nothing else was started."""
        expect(self.process.poll() is None, "the session ended")
        # What a session calls when it starts is there for a moment only.
        self.wait(lambda: not self.strange(), "an end of %s" % ", ".join(sorted(self.strange())))
        frames = self.frames()
        expect(len(frames) == 1, "%d windows: %s" % (len(frames), [frame.get_name() for frame in frames]))
        self.kiosk.wait(lambda: self.size_of(frames[0]) == size, "a window of %d × %d" % size)

    @staticmethod
    def size_of(frame):
        extents = Atspi.Component.get_extents(frame, Atspi.CoordType.WINDOW)
        return extents.width, extents.height

    def end(self):
        self.process.terminate()
        return self.process.wait(30)


class SessionBench(Bench):
    """A platform, and sessions whose kiosk knows it."""

    session = None
    display = None

    def start_session(self, camera=None, outputs=1):
        words = ["--language en --state", self.state, "--camera", camera or self.camera()]
        if not os.path.exists(self.state):
            words += ["--platform", self.url, "--pair", self.run("pair-code").strip()]
        if self.display is None:
            self.display = Display(self.folder)
        self.session = Session(self.folder, self.display, "%s --watchdog %d" % (" ".join(words), WATCHDOG_S), outputs)
        self.kiosk = self.session.kiosk
        return self.session

    def messages(self):
        """The last that the session said."""
        with open(os.path.join(self.folder, "session.log"), errors="replace") as file:
            return "".join([line for line in file if "Basic output test failed" not in line][-40:])

    def end_session(self):
        session, self.session, self.kiosk = self.session, None, None
        return session.end()

    def clean_up(self):
        self.kiosk = None
        if self.session is not None:
            self.end_session()
        if self.display is not None:
            self.display.close()
        super().clean_up()
