#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""install-kiosk and remove-kiosk, run for real over this very system: on an overlay, whose upper layer is what they
wrote.

Packages and Flatpaks are left out here; boot-vm has both.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SESSION = os.path.join(SOURCE, "data", "session")
# Of the upper layer: what programs that add users and units leave behind by themselves.
LEFT_BEHIND = {"etc/%s-" % name for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")}
MOUNT = """
mount -t tmpfs none "$0" && mkdir "$0/upper" "$0/work" "$0/all"
mount -t overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" overlay "$0/all"
mount -t proc proc "$0/all/proc" && mount --rbind /dev "$0/all/dev" && mount -t tmpfs none "$0/all/run"
mount --rbind /tmp "$0/all/tmp"
exec "$@"
"""


class Failure(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failure(message)


def in_tree(folder, *command):
    """What @command prints in the overlay."""
    words = ["chroot", os.path.join(folder, "all"), "env", "-i", "PATH=" + os.environ["PATH"], "LC_ALL=C", *command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(done.returncode == 0, "%s: %s" % (" ".join(command), done.stdout))
    return done.stdout


def content(path):
    state = os.lstat(path)
    if stat.S_ISLNK(state.st_mode):
        return "-> " + os.readlink(path)
    if stat.S_ISREG(state.st_mode):
        with open(path, "rb") as file:
            return file.read()
    return "a folder" if stat.S_ISDIR(state.st_mode) else "gone"


def written(folder):
    """Path → (rights, owner, content) of everything that is not as it was."""
    upper, found = os.path.join(folder, "upper"), {}
    for parent, folders, files in os.walk(upper):
        for name in folders + files:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, upper)
            now, before = content(path), "/" + relative
            if relative in LEFT_BEHIND or (os.path.lexists(before) and content(before) == now):
                continue
            state = os.lstat(path)
            found[relative] = (state.st_mode, state.st_uid, now)
    return found


def difference(one, other):
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


def install(folder, *options):
    return in_tree(folder, os.path.join(SESSION, "install-kiosk"), "--native", "--no-packages", *options)


def installs(folder):
    """A PC becomes a kiosk: unit, user, settings, masks, and a unit that systemd understands"""
    install(folder, "--options", "--language zh_TW")
    now = written(folder)
    for path in (
        "etc/systemd/system/xueshi-session.service",
        "etc/systemd/system/graphical.target.wants/xueshi-session.service",
        "etc/systemd/system/timers.target.wants/xueshi-update.timer",
        "etc/systemd/logind.conf.d/90-xueshi.conf",
        "etc/udev/rules.d/90-xueshi.rules",
        "etc/polkit-1/rules.d/90-xueshi.rules",
        "usr/local/lib/xueshi/xueshi-session",
        "home/kiosk",
    ):
        expect(path in now, "there is no /%s; there are %s" % (path, sorted(now)))
    for unit in ("ctrl-alt-del.target", "suspend.target", "hibernate.target"):
        expect(now.get("etc/systemd/system/" + unit, ("", "", ""))[2] == "-> /dev/null", "%s is not masked" % unit)
    settings = now["etc/xueshi/session.conf"][2].decode()
    expect("--language zh_TW" in settings and "/xueshi-kiosk" in settings, settings)
    expect("nologin" in in_tree(folder, "getent", "passwd", "kiosk"), "one can log in as kiosk")
    for name in ("xueshi-session.service", "xueshi-update.service", "xueshi-update.timer"):
        said = in_tree(folder, "systemd-analyze", "--man=no", "verify", "/etc/systemd/system/" + name)
        expect(name not in said, said)


def installs_again(folder):
    """Once more changes nothing, and one other option changes that setting alone"""
    before = written(folder)
    install(folder)
    expect(not difference(before, written(folder)), "changed: %s" % difference(before, written(folder)))
    install(folder, "--blank", "60")
    changed = difference(before, written(folder))
    expect(changed == ["etc/xueshi/session.conf"], "changed: %s" % changed)
    settings = written(folder)["etc/xueshi/session.conf"][2].decode()
    expect("--language zh_TW" in settings and "BLANK_S=60\n" in settings, settings)


def keeps_data(folder):
    """Removing leaves what students studied, and the user whose it is; then it can be installed again"""
    journal = os.path.join(folder, "all", "home", "kiosk", "journal")
    with open(journal, "w") as file:
        file.write("hours")
    in_tree(folder, os.path.join(SESSION, "remove-kiosk"))
    expect(os.path.exists(journal), "what was studied is gone")
    expect("etc/xueshi/session.conf" not in written(folder), "it is still installed")
    install(folder)
    expect(os.path.exists(journal), "what was studied is gone")


def removes(folder):
    """Removing with the data leaves the PC as it was before, also when it is done again"""
    for _ in range(2):
        in_tree(folder, os.path.join(SESSION, "remove-kiosk"), "--with-data")
        now = written(folder)
        expect(not now, "left: %s" % sorted(now))


def make_package(folder, name, depends=""):
    """A package with nothing in it, installed."""
    root = os.path.join(folder, "all", "tmp", os.path.basename(folder), name)
    os.makedirs(os.path.join(root, "DEBIAN"))
    with open(os.path.join(root, "DEBIAN", "control"), "w") as file:
        file.write("Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: x\n" % name)
        if depends:
            file.write("Depends: %s\n" % depends)
    inside = os.path.join("/tmp", os.path.basename(folder), name)
    in_tree(folder, "dpkg-deb", "--build", inside, inside + ".deb")
    in_tree(folder, "dpkg", "--install", inside + ".deb")


def leaves_what_others_need(folder):
    """Of the packages that came with it those stay on which another has come to depend; the others go"""
    install(folder)
    make_package(folder, "xueshi-alone")
    make_package(folder, "xueshi-needed")
    make_package(folder, "xueshi-other", depends="xueshi-needed")
    notes = os.path.join(folder, "all", "var", "lib", "xueshi-session", "packages")
    with open(notes, "w") as file:
        file.write("xueshi-alone:all\nxueshi-needed:all\nxueshi-no-more:amd64\n")
    said = in_tree(folder, os.path.join(SESSION, "remove-kiosk"), "--with-data")
    expect("stay, something else needs them: xueshi-needed" in said, said)
    listed = in_tree(folder, "dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", "xueshi-*")
    expect("xueshi-needed installed" in listed and "xueshi-other installed" in listed, listed)
    expect("xueshi-alone" not in listed, listed)


def was_cut_off(folder):
    """What came before one was cut off the next installation notes, without a network too; remove-kiosk waits"""
    notes = os.path.join(folder, "all", "var", "lib", "xueshi-session")
    install(folder)
    listing = in_tree(folder, "dpkg-query", "-W", "-f", "${Package}:${Architecture} ${db:Status-Status}\n")
    before = sorted(line.split()[0] for line in listing.splitlines() if line.endswith(" installed"))
    with open(os.path.join(notes, "packages.before"), "w") as file:
        file.writelines(name + "\n" for name in before if name != "xueshi-other:all")
    try:
        in_tree(folder, os.path.join(SESSION, "remove-kiosk"))
    except Failure as error:
        expect("install-kiosk was cut off" in str(error), error)
    else:
        raise Failure("it removed what it had not noted")
    # Of the packages some may be missing here; they cannot be had.
    try:
        in_tree(folder, "unshare", "--net", os.path.join(SESSION, "install-kiosk"), "--native")
    except Failure as error:
        expect("apt-get failed: put right" in str(error), error)
    with open(os.path.join(notes, "packages")) as file:
        noted = file.read().split()
    expect(noted == ["xueshi-other:all"], "noted are %s" % noted)
    in_tree(folder, os.path.join(SESSION, "remove-kiosk"), "--with-data")


def resize_disk(folder, size):
    subprocess.run(["mount", "-o", "remount,size=%s" % size, folder], check=True)


def on_a_full_disk(folder):
    """Without room on the disk it fails, and what was there stays whole; with room it goes on"""
    settings = os.path.join(folder, "all", "etc", "xueshi", "session.conf")
    install(folder)
    with open(settings) as file:
        before = file.read()
    resize_disk(folder, shutil.disk_usage(folder).used)
    try:
        install(folder, "--blank", "60")
    except Failure as error:
        expect("No space left" in str(error), error)
    else:
        raise Failure("it had room")
    finally:
        resize_disk(folder, "50%")
    with open(settings) as file:
        expect(file.read() == before, "the settings are damaged")
    install(folder, "--blank", "60")
    with open(settings) as file:
        expect("BLANK_S=60\n" in file.read(), "the settings are the old ones")
    in_tree(folder, os.path.join(SESSION, "remove-kiosk"), "--with-data")


def refuses_first(folder):
    """A stick that is not mounted, an address that anybody can answer for, a wrong option: nothing is done"""
    before = written(folder)
    for options, said in (
        (("--repo", "/mnt/no stick/repo"), "no Flatpak repository in /mnt/no stick/repo"),
        (("--repo", "http://school.example/repo"), "http://school.example/repo can be changed on its way"),
        (("--repo", "https://school.example/repo", "--key", "/nowhere"), "there is no /nowhere"),
        (("--native", "--blank", "soon"), "--blank takes seconds"),
        ((), "where is Xueshi?"),
    ):
        try:
            in_tree(folder, os.path.join(SESSION, "install-kiosk"), *options)
        except Failure as error:
            expect(said in str(error), error)
        else:
            raise Failure("it took %s" % " ".join(options))
    expect(not difference(before, written(folder)), "changed: %s" % difference(before, written(folder)))


def respects_others(folder):
    """A file that was there comes back, and a user of the same name stops it before anything is done"""
    conf = os.path.join(folder, "all", "etc", "sysctl.d", "90-xueshi.conf")
    with open(conf, "w") as file:
        file.write("# the school's own\n")
    install(folder)
    in_tree(folder, os.path.join(SESSION, "remove-kiosk"), "--with-data")
    with open(conf) as file:
        expect(file.read() == "# the school's own\n", "the school's own file is lost")
    in_tree(folder, "useradd", "kiosk")
    before = written(folder)
    try:
        install(folder)
    except Failure as error:
        expect("a user kiosk already" in str(error), error)
    else:
        raise Failure("it took a user that is not its own")
    changed = [path for path in difference(before, written(folder)) if path != "var/lib/xueshi-session"]
    expect(not changed, "changed: %s" % changed)


TESTS = (
    installs, installs_again, keeps_data, removes, leaves_what_others_need, was_cut_off, on_a_full_disk, refuses_first,
    respects_others,
)


def run(folder):
    for number, test in enumerate(TESTS, 1):
        try:
            test(folder)
        except Failure as error:
            print("not ok %d %s\n# %s\nBail out!" % (number, test.__doc__, str(error).replace("\n", "\n# ")))
            return 1
        print("ok %d %s" % (number, test.__doc__), flush=True)
    return 0


def main():
    if len(sys.argv) > 1:
        return run(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="xueshi-install-")
    mounted = ["unshare", "--mount", "sh", "-ec", MOUNT, folder]
    try:
        if os.getuid() != 0 or subprocess.run([*mounted, "true"], stderr=subprocess.DEVNULL).returncode:
            print("1..0 # SKIP needs root and overlays: it writes to a copy of this system")
            return 0
        print("1..%d" % len(TESTS), flush=True)
        return subprocess.run([*mounted, sys.executable, __file__, folder]).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
