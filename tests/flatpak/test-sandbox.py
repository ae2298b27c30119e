#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installed Flatpak cannot reach: each thing is put there first, and found from outside.

Runs inside tests/run-headless, with the Flatpak installed where FLATPAK_USER_DIR says. Prints TAP.
"""

import os
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

APP_ID = "org.xueshi.Kiosk"
SECRET = secrets.token_hex(8)
BUS_NAME = "org.example.Secret" + SECRET
TESTS = []


class Failure(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def expect(condition, message):
    if not condition:
        raise Failure(message)


def inside(script, *arguments):
    """What a shell inside the sandbox prints."""
    command = ["flatpak", "--user", "run", "--command=bash", APP_ID, "-c", script, "bash", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def permissions():
    text = subprocess.run(
        ["flatpak", "--user", "info", "--show-permissions", APP_ID], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return [line for line in text.splitlines() if line and not line.startswith("[")]


@test
def asks_for_little():
    """The permissions are display, sound, network and the graphics card, and no more"""
    wanted = {
        "shared=network;ipc;",
        "sockets=x11;wayland;pulseaudio;fallback-x11;",
        "devices=dri;",
    }
    expect(set(permissions()) == wanted, "they are %s" % permissions())


@test
def works():
    """A program of the sandbox runs, writes its own data, and sees its own files"""
    shown = inside('echo "$1" >"$XDG_DATA_HOME/probe" && cat "$XDG_DATA_HOME/probe"; ls /app/bin', SECRET)
    expect(SECRET in shown, "it says %s" % shown)
    expect("xueshi-kiosk" in shown and "xueshi-coach" in shown, "in /app/bin are %s" % shown)
    os.remove(os.path.expanduser("~/.var/app/%s/data/probe" % APP_ID))


@test
def no_home():
    """A file in the home folder, and in a folder beside it, cannot be read, and none can be left there"""
    folders = [folder for folder in (os.path.expanduser("~"), "/var/tmp", "/srv") if os.access(folder, os.W_OK)]
    for folder in folders:
        path = os.path.join(folder, "xueshi-" + SECRET)
        with open(path, "w") as file:
            file.write(SECRET)
        try:
            shown = inside('cat "$1" 2>/dev/null || echo refused; ls -a / "$HOME" "${1%/*}"', path)
            expect("refused" in shown and SECRET not in shown, "%s: %s" % (path, shown))
        finally:
            os.remove(path)
    inside('echo left >"$HOME/left-$1"; echo left >"/srv/left-$1"', SECRET)
    for folder in (os.path.expanduser("~"), "/srv"):
        expect(not os.path.exists(os.path.join(folder, "left-" + SECRET)), "it wrote into " + folder)


@test
def no_other_application():
    """The data of another application cannot be read or written"""
    folder = os.path.expanduser("~/.var/app/org.example.Other%s/data" % SECRET)
    os.makedirs(folder)
    path = os.path.join(folder, "diary")
    with open(path, "w") as file:
        file.write(SECRET)
    try:
        shown = inside('cat "$1"; echo changed >"$1"; ls "$HOME/.var/app"', path)
        expect(SECRET not in shown.replace(path, ""), "it says %s" % shown)
        expect(open(path).read() == SECRET, "it changed the file")
    finally:
        shutil.rmtree(os.path.dirname(folder))


@test
def no_host_processes():
    """A process of the PC is not seen, has no files to read, and cannot be ended"""
    process = subprocess.Popen(["sleep", "1%s" % int(SECRET, 16)])
    try:
        shown = inside('cat /proc/*/cmdline | tr "\\0" " "; kill -9 "$1"; ls "/proc/$1/root/etc"', str(process.pid))
        expect("1%s" % int(SECRET, 16) not in shown, "it sees %s" % shown)
        expect(process.poll() is None, "it ended the process")
        shown = inside("ls -d /proc/[0-9]*")
        expect(len(shown.split()) < 10, "it sees the processes %s" % shown)
    finally:
        process.kill()
        process.wait()


@test
def no_devices():
    """Cameras, keyboards, disks, sound cards and memory have no device in the sandbox, whatever the PC has"""
    made = []
    if os.getuid() == 0:
        # Two more names for /dev/null, so that nothing of the PC can be reached by them.
        for path in ("/dev/video77", "/dev/xueshi-" + SECRET):
            try:
                os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
                made.append(path)
            except OSError:
                pass
    try:
        nodes = 'cd /dev; for f in ./* ./*/*; do [ -h "$f" ] || [ -f "$f" ] || [ -d "$f" ] || echo "$f"; done'
        shown = inside(nodes).split()
        allowed = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"}
        folders = ("./pts/", "./dri/", "./fd/")
        more = [name for name in shown if name[2:] not in allowed and not name.startswith(folders)]
        expect("./null" in shown, "there is no /dev/null: %s" % shown)
        expect(not more, "there are %s" % more)
    finally:
        for path in made:
            os.remove(path)


@test
def no_pipewire():
    """The daemon's socket is not there: cameras come through the portal or not at all"""
    path = os.path.join(os.environ["XDG_RUNTIME_DIR"], "pipewire-0")
    made = not os.path.exists(path)
    if made:
        open(path, "w").close()
    try:
        shown = inside('ls -a "$XDG_RUNTIME_DIR" "$1"', path)
        expect("No such file" in shown, "it sees %s" % shown)
        expect("pipewire-0" not in shown.replace(path, ""), "it sees %s" % shown)
    finally:
        if made:
            os.remove(path)


@test
def no_names_on_the_bus():
    """Of the session bus only the desktop's portals answer; what other programs offer is not there"""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    owner = Gio.bus_own_name_on_connection(bus, BUS_NAME, Gio.BusNameOwnerFlags.NONE, None, None)
    while not bus.call_sync(
        "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", GLib.Variant("(s)", (BUS_NAME,)), None,
        Gio.DBusCallFlags.NONE, -1, None,
    ).unpack()[0]:
        GLib.MainContext.default().iteration(False)
    ask = (
        "dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames; "
        'dbus-send --session --print-reply --dest="$1" / org.freedesktop.DBus.Peer.Ping; '
        "dbus-send --session --print-reply --dest=org.freedesktop.Flatpak /org/freedesktop/Flatpak/Development "
        "org.freedesktop.Flatpak.Development.HostCommand; "
        "dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames"
    )
    shown = inside(ask, BUS_NAME)
    Gio.bus_unown_name(owner)
    expect("org.freedesktop.DBus" in shown, "the bus does not answer at all: %s" % shown)
    names, *answers = shown.split("Error ")
    expect(BUS_NAME not in names, "it sees the name: %s" % names)
    expect(len(answers) >= 2 and shown.count("method return") == 1, "something answered: %s" % shown)
    expect("system_bus_socket" in shown, "the system's bus answers: %s" % shown)


@test
def nothing_of_the_pc_is_changed():
    """Program and runtime cannot be written, and the system's files are not the PC's"""
    shown = inside("touch /app/probe /usr/probe /etc/probe && echo written; cat /etc/shadow; cat /run/host/etc/shadow")
    expect("written" not in shown and "root:" not in shown, "it says %s" % shown)


def main():
    print("1..%d" % len(TESTS))
    failed = False
    with tempfile.TemporaryDirectory(prefix="xueshi-sandbox-"):
        for number, function in enumerate(TESTS, 1):
            began = time.monotonic()
            try:
                function()
                print("ok %d %s # %.1f s" % (number, function.__doc__, time.monotonic() - began), flush=True)
            except Failure as failure:
                failed = True
                print("not ok %d %s\n# %s" % (number, function.__doc__, str(failure).replace("\n", "\n# ")), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
