#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi status`, `sync` and `pair` on folders that are not what they should be, and `xueshi fleet`."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import check, note, run, run_tests  # noqa: E402

PAIR = ("--url", "http://127.0.0.1:1", "--code", "12345678")


def refuse(state, command, *options, wanted):
    """It must end with status 1 and one line that says @wanted."""
    done = run("xueshi", command, "--state", state, *options)
    note(done.stderr.strip())
    check(done.returncode == 1, "status %d: %s" % (done.returncode, done.stdout))
    check(done.stdout == "", "it said: " + done.stdout)
    check(len(done.stderr.strip().splitlines()) == 1 and str(wanted) in done.stderr, "“%s” is not said" % wanted)


def make_journal(state):
    """What a pairing that found no platform leaves."""
    refuse(state, "pair", *PAIR, wanted="127.0.0.1")
    check((state / "journal.db").exists(), "no journal was made")


def test_mistyped(folder):
    other = folder / "other"
    other.mkdir()
    for command in ("status", "sync"):
        refuse(folder / "nothing", command, wanted=folder / "nothing")
        refuse(other, command, wanted=other)
    check([path.name for path in folder.iterdir()] == ["other"], "something was made")
    check(not list(other.iterdir()), "something was made in a folder of somebody else")


def test_pair_without_code(folder):
    done = run("xueshi", "pair", "--state", folder / "kiosk")
    check(done.returncode == 2 and "--url" in done.stderr, done.stderr)
    check(not list(folder.iterdir()), "a journal was made")


def test_existing(folder):
    state = folder / "kiosk"
    make_journal(state)
    done = run("xueshi", "status", "--state", state)
    check(done.returncode == 0 and done.stdout.startswith("sent: 0 logs"), done.stderr)
    for path in state.rglob("*"):
        check(path.stat().st_mode & 0o077 == 0, "%s can be read by others" % path)


def test_damaged(folder):
    state = folder / "kiosk"
    make_journal(state)
    journal = state / "journal.db"
    damaged = b"\xee" * journal.stat().st_size
    journal.write_bytes(damaged)
    before = sorted(path.name for path in state.rglob("*"))
    for command, options in (("status", ()), ("sync", ()), ("pair", PAIR)):
        refuse(state, command, *options, wanted=journal)
        check(journal.read_bytes() == damaged, "%s changed the journal" % command)
        check(sorted(path.name for path in state.rglob("*")) == before, "%s moved something" % command)


def fleet(state):
    done = run("xueshi", "fleet", "--state", state)
    return done.returncode, dict(line.split("=", 1) for line in done.stdout.splitlines())


def test_fleet(folder):
    """What the school wants, for a shell that updates the PC."""
    status, said = fleet(folder)
    check(status == 0 and said["RING"] == "-1" and said["WANTED_VERSION"] == "", said)
    (folder / "fleet.env").write_text("RING=2\nWANTED_VERSION=%s\n" % said["VERSION"])
    status, said = fleet(folder)
    check(status == 0 and said["RING"] == "2" and said["WANTED_VERSION"] == said["VERSION"], said)
    (folder / "fleet.env").write_text("RING=2\nWANTED_VERSION=99.0\n")
    status, said = fleet(folder)
    check(status == 3 and said["WANTED_VERSION"] == "99.0", said)
    (folder / "fleet.env").write_text("WANTED_VERSION=$(reboot)\n")
    status, said = fleet(folder)
    check(status == 0 and said["WANTED_VERSION"] == "", said)


if __name__ == "__main__":
    run_tests([
        ("/cli/sync/mistyped", test_mistyped),
        ("/cli/sync/pair-without-code", test_pair_without_code),
        ("/cli/sync/existing", test_existing),
        ("/cli/sync/damaged", test_damaged),
        ("/cli/sync/fleet", test_fleet),
    ])  # fmt: skip
