#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`xueshi course` as a school uses it: the worked example of docs/course.md, what `build` says of bad lessons, trust,
versions, damaged packages, and kill -9 while a course is installed.

Usage: test-course.py [--kills N] [--seed N]"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shlex
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))

from scenario import check, note, run, run_tests, run_well  # noqa: E402

ENV = {"G_DEBUG": "fatal-criticals", "LC_ALL": "C.UTF-8", "XUESHI_PUBLISHERS_DIR": "/nonexistent"}
KILLED = -signal.SIGKILL
options = argparse.Namespace()


def xueshi(*arguments, status=0, env=None):
    done = run("xueshi", "course", *arguments, env={**ENV, **(env or {})})
    check(done.returncode == status, "%s: status %d: %s%s" % (arguments, done.returncode, done.stdout, done.stderr))
    return done.stdout if status == 0 else done.stderr


def make_video(path, frames=30, more="", mux="webmmux"):
    run_well("gst-launch-1.0", "-q", *shlex.split(
        "videotestsrc num-buffers=%d pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 ! "
        "vp8enc deadline=1 cpu-used=8 target-bitrate=4000000 ! queue ! %s name=mux ! filesink location=%s %s"
        % (frames, mux, shlex.quote(str(path)), more)))  # fmt: skip


def make_lesson(path, seconds=2):
    sound = "audiotestsrc num-buffers=%d samplesperbuffer=4800 ! audio/x-raw,rate=48000 ! opusenc ! queue ! mux."
    make_video(path, seconds * 30, sound % (seconds * 10))


def lesson(name, **more):
    return {"id": name, "title": name, "summary": name, "subjcode": "2211010000", "video": name + ".webm", **more}


def write_course(folder, lessons, **more):
    folder.mkdir(exist_ok=True)
    document = {"format": 1, "id": "c1", "version": 1, "title": "课程", "language": "zh-CN", "publisher": "某驾校",
                "lessons": lessons, **more}  # fmt: skip
    (folder / "course.json").write_text(json.dumps(document, ensure_ascii=False))
    return folder


def make_key(folder, name="school.key"):
    xueshi("keygen", folder / name)
    return folder / name


def build(folder, source, key, name="c.xsc"):
    xueshi("build", source, "-o", folder / name, "--key", key)
    return folder / name


def installed(state):
    """What is installed, {id: version}; every file of it is as its manifest says."""
    index = state / "courses" / "index.json"
    if not index.exists():
        return {}
    found = {}
    for course in json.loads(index.read_text())["courses"]:
        folder = state / "courses" / course["folder"]
        manifest = json.loads((folder / "manifest.json").read_text())
        for file in manifest["files"]:
            content = (folder / file["name"]).read_bytes()
            check(len(content) == file["size_bytes"], "%s is not whole" % file["name"])
            check(hashlib.sha256(content).hexdigest() == file["sha256"], "%s is not as packed" % file["name"])
        found[course["id"]] = manifest["version"]
    return found


def folders(state):
    return [path.name for path in (state / "courses").iterdir() if path.is_dir()]


def test_worked_example(folder):
    """The commands of docs/course.md do what it says"""
    text = (ROOT / "docs" / "course.md").read_text()
    course, subtitles = (re.search(r"```%s\n(.*?)```" % kind, text, re.S).group(1) for kind in ("json", "vtt"))
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()]
    check(len(commands) >= 6, "commands are gone: %s" % commands)
    (folder / "my-course").mkdir()
    (folder / "my-course" / "course.json").write_text(course)
    (folder / "my-course" / "signals.vtt").write_text(subtitles)
    make_lesson(folder / "my-course" / "signals.webm")
    make_lesson(folder / "my-course" / "让行.webm")
    # The user's own state is that of this test.
    env = {**os.environ, **ENV, "XDG_STATE_HOME": str(folder / "home")}
    said = ""
    for command in commands:
        done = subprocess.run(shlex.split(command), cwd=folder, env=env, capture_output=True, text=True)
        check(done.returncode == 0, "%s: %s" % (command, done.stderr))
        said += done.stdout
    for words in ("signals: 0:02.0, 1 subtitles: 交通信号灯", "yield: 0:02.0", "All is as its publisher signed it",
                  "is installed", "* my-school-subject1 1  科目一理论 · 某某驾校", "in the place of version 1"):  # fmt: skip
        check(words in said, "“%s” is not in: %s" % (words, said))
    fingerprints = re.findall(r"fingerprint: (\S+)", said)
    check(len(fingerprints) >= 3 and len(set(fingerprints)) == 1, said)
    check(installed(folder / "home" / "xueshi") == {"my-school-subject1": 1}, "it is not installed")


def test_build_fills_in(folder):
    """What course.json leaves out is found out, and the folder stays as it is; no locale is needed for Chinese names"""
    source = write_course(folder / "source", [lesson("one", video="第一课.webm"), lesson("two", duration_ms=2900)])
    make_lesson(source / "第一课.webm", 2)
    make_lesson(source / "two.webm", 2)
    before = (source / "course.json").read_bytes()
    key = make_key(folder)
    run_well("xueshi", "course", "build", source, "-o", folder / "c.xsc", "--key", key, env={**ENV, "LC_ALL": "C"})
    check((source / "course.json").read_bytes() == before, "course.json was changed")
    xueshi("install", "--state", folder / "state", "--trust", folder / "c.xsc", env={"LC_ALL": "C"})
    check(installed(folder / "state") == {"c1": 1}, "it is not installed")
    unpacked = folder / "state" / "courses" / folders(folder / "state")[0]
    one, two = json.loads((unpacked / "course.json").read_text())["lessons"]
    check(abs(one["duration_ms"] - 2000) < 100 and two["duration_ms"] == 2900, (one, two))
    check(one["sha256"] == hashlib.sha256((source / "第一课.webm").read_bytes()).hexdigest(), one)


def break_off(path):
    os.truncate(path, path.stat().st_size // 2)


def without_picture(path):
    pipeline = "audiotestsrc num-buffers=50 ! opusenc ! webmmux ! filesink location=%s"
    run_well("gst-launch-1.0", "-q", *shlex.split(pipeline % shlex.quote(str(path))))


def of_unknown_codec(path):
    content = path.read_bytes()
    check(b"V_VP8" in content, "no VP8")
    path.write_bytes(content.replace(b"V_VP8", b"V_AV1", 1))


def test_build_refuses(folder):
    """All lessons with a fault are told at once, each with file and fault"""
    faults = [
        ("cut", break_off, {}, "breaks off at 0:0"),
        ("song", without_picture, {}, "has only sound"),
        ("text", lambda path: path.write_text("no video"), {}, "text.webm is not a video file"),
        ("none", lambda path: path.write_text(""), {}, "none.webm is empty"),
        ("long", lambda path: None, {"duration_ms": 4000}, "“duration_ms” says 0:04.0, but"),
        ("vtt", lambda path: None, {"subtitles": "bad.vtt"}, "bad.vtt"),
        ("poster", lambda path: None, {"poster": "bad.png"}, "bad.png"),
        ("hash", lambda path: None, {"sha256": "0" * 64}, "“sha256” is not that of"),
    ]
    if all(run("gst-inspect-1.0", "--exists", decoder).returncode for decoder in ("av1dec", "dav1ddec", "avdec_av1")):
        faults.append(("codec", of_unknown_codec, {}, "needs a decoder that is not installed here (AV1 decoder)"))
    source = write_course(folder / "source", [lesson("good")] + [lesson(name, **more) for name, _, more, _ in faults])
    make_lesson(source / "good.webm")
    for name, spoil, _, _ in faults:
        (source / (name + ".webm")).write_bytes((source / "good.webm").read_bytes())
        spoil(source / (name + ".webm"))
    (source / "bad.vtt").write_text("WEBVTT\n\n00:00.000 -> 00:01.000\nx\n")
    (source / "bad.png").write_text("no picture")
    key = make_key(folder)
    said = xueshi("build", source, "-o", folder / "c.xsc", "--key", key, status=1)
    note(said)
    check("%d of %d lessons cannot be used" % (len(faults), len(faults) + 1) in said, said)
    for name, _, _, words in faults:
        check(any(line.startswith("  %s: " % name) and words in line for line in said.splitlines()), (name, said))
    check(not list(folder.glob("c.xsc*")), "a package was made")


def test_build_needs(folder):
    """A key, a publisher and a right course.json are needed"""
    source = write_course(folder / "source", [lesson("one")])
    make_video(source / "one.webm")
    said = xueshi("build", source, "-o", folder / "c.xsc", "--key", folder / "no.key", status=1)
    check("xueshi course keygen" in said and not (folder / "no.key").exists(), said)
    key = make_key(folder)
    check("never overwritten" in xueshi("keygen", key, status=1), "overwritten")
    (source / "course.json").write_text((source / "course.json").read_text().replace("publisher", "author"))
    said = xueshi("build", source, "-o", folder / "c.xsc", "--key", key, status=1)
    check("course.json: line 1: “author” is not a field of a course" in said, said)
    document = json.loads((source / "course.json").read_text())
    del document["author"]
    (source / "course.json").write_text(json.dumps(document))
    said = xueshi("build", source, "-o", folder / "c.xsc", "--key", key, status=1)
    check("“publisher” is missing" in said, said)
    check("is needed" in xueshi(status=2) and "--help" in xueshi("build", status=2), "wrong options")
    check("no command “course bild”" in xueshi("bild", status=2), "wrong command")


def test_trust(folder):
    """Nobody's course is installed but a trusted publisher's"""
    source = write_course(folder / "source", [lesson("one")])
    make_video(source / "one.webm")
    key = make_key(folder)
    package = build(folder, source, key)
    state = ("--state", folder / "state")
    said = xueshi("install", *state, package, status=1)
    fingerprint = re.search(r"fingerprint ([0-9a-f-]{39})", said).group(1)
    check("某驾校" in said and "--trust" in said, said)
    wrong = "0000" + fingerprint[4:]
    said = xueshi("install", *state, "--trust", "--fingerprint", wrong, package, status=1)
    check("may be somebody else" in said and not (folder / "state").exists(), said)
    check("trusted: no" in xueshi("show", *state, package), "trusted")
    said = xueshi("install", *state, "--trust", "--fingerprint", fingerprint, package)
    check(fingerprint in said and installed(folder / "state") == {"c1": 1}, said)
    check("trusted: yes" in xueshi("show", *state, package), "not trusted")
    xueshi("install", *state, package)
    # The key that comes with the program.
    other = folder / "other"
    xueshi("install", "--state", other, package, env={"XUESHI_PUBLISHERS_DIR": str(folder)})
    check(installed(other) == {"c1": 1} and not (other / "publishers").exists(), "not by the program's key")


def test_versions(folder):
    """A newer version replaces an older one, an older only with --downgrade; remove and use"""
    source = write_course(folder / "source", [lesson("one")])
    make_video(source / "one.webm")
    key = make_key(folder)
    packages = {}
    for version in (1, 2):
        write_course(source, [lesson("one")], version=version)
        packages[version] = build(folder, source, key, "%d.xsc" % version)
    other = build(folder, write_course(source, [lesson("one")], id="other"), key, "other.xsc")
    state = ("--state", folder / "state")
    check("No course is installed" in xueshi("list", *state), "list")
    xueshi("install", *state, "--trust", packages[2])
    check("--downgrade" in xueshi("install", *state, packages[1], status=1), "an older one was taken")
    check(installed(folder / "state") == {"c1": 2}, "another version")
    check("in the place of version 2" in xueshi("install", *state, "--downgrade", packages[1]), "downgrade")
    check("in the place of version 1" in xueshi("install", *state, packages[2]), "upgrade")
    xueshi("install", *state, other)
    check("* other 1" in xueshi("list", *state), "the newest is not shown")
    xueshi("use", *state, "c1")
    check("* c1 2" in xueshi("list", *state), "the chosen one is not shown")
    xueshi("remove", *state, "c1")
    check(installed(folder / "state") == {"other": 1} and len(folders(folder / "state")) == 1, "remove")
    check("xueshi course list" in xueshi("remove", *state, "c1", status=1), "removed twice")


def test_damaged(folder):
    """A damaged package changes nothing"""
    source = write_course(folder / "source", [lesson("one")])
    make_video(source / "one.webm")
    key = make_key(folder)
    package = build(folder, source, key)
    xueshi("install", "--state", folder / "state", "--trust", package)
    content = bytearray(build(folder, write_course(source, [lesson("one")], version=2), key).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "bad.xsc").write_bytes(content)
    said = xueshi("install", "--state", folder / "state", folder / "bad.xsc", status=1)
    check("bad.xsc is no course package, or a damaged one (altered is one.webm)" in said, said)
    check("altered" in xueshi("show", "--state", folder / "state", folder / "bad.xsc", status=1), "show")
    check(installed(folder / "state") == {"c1": 1} and len(folders(folder / "state")) == 1, "something changed")


class Kills:
    """Version 1 is installed; version 2 is on its way when the process dies."""

    def __init__(self, folder):
        source = folder / "source"
        write_course(source, [])
        names = ["l%d" % i for i in range(4)]
        for name in names:
            make_video(source / (name + ".webm"), 45)
        key = make_key(folder)
        self.folder, self.state = folder, folder / "state"
        self.packages = {}
        for version in (1, 2):
            write_course(source, [lesson(name) for name in names], version=version)
            self.packages[version] = build(folder, source, key, "%d.xsc" % version)
        xueshi("install", "--state", self.state, "--trust", self.packages[1])

    def start(self, path, env=None):
        command = ["xueshi", "course", "install", "--state", str(self.state), str(path)]
        return subprocess.Popen(command, env={**os.environ, **ENV, **(env or {})}, stdout=subprocess.DEVNULL)

    def check_whole(self):
        """One of the two, whole; then back to version 1. Returns: which one it was."""
        found = installed(self.state)
        check(found in ({"c1": 1}, {"c1": 2}), "after the kill: %s" % found)
        if found == {"c1": 2}:
            xueshi("install", "--state", self.state, "--downgrade", self.packages[1])
        return found["c1"]

    def finish(self):
        xueshi("install", "--state", self.state, self.packages[2])
        check(installed(self.state) == {"c1": 2}, "not installed in the end")
        check(len(folders(self.state)) == 1, "left over: %s" % folders(self.state))
        check(not list((self.state / "courses").glob("*.tmp")), "a temporary file is left over")


def test_killed_while_unpacking(folder):
    """The process dies when so much of the package has come: the old course is whole"""
    kills = Kills(folder)
    content = kills.packages[2].read_bytes()
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    offsets = [600, 3000] + [len(content) * i // 12 for i in range(1, 12)]
    left_over = 0
    for offset in offsets:
        process = kills.start(pipe)
        with open(pipe, "wb") as out:
            # It has all but what a pipe holds once this is written.
            out.write(content[:offset])
            out.flush()
            process.kill()
            check(process.wait() == KILLED, "it ended by itself")
        check(kills.check_whole() == 1, "%d bytes were enough" % offset)
        left_over = max(left_over, len(folders(kills.state)))
    note("%d kills between %d and %d bytes" % (len(offsets), offsets[0], offsets[-1]))
    check(left_over == 2, "it never died with a folder half full")
    kills.finish()


def test_killed_at_the_switch(folder):
    """The process dies just before and just after the new course is named"""
    kills = Kills(folder)
    for label, version in (("file-written", 1), ("file-flushed", 1), ("file-renamed", 2)):
        process = kills.start(kills.packages[2], {"XUESHI_CRASH_AT": label})
        check(process.wait() == KILLED, "%s: not reached" % label)
        check(kills.check_whole() == version, "%s: the other version" % label)
    kills.finish()


def test_killed_at_random(folder):
    """The process dies at any time"""
    kills = Kills(folder)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    note("--kills %d --seed %d" % (options.kills, seed))
    found = {1: 0, 2: 0}
    for _ in range(options.kills):
        process = kills.start(kills.packages[2])
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.25))
        process.kill()
        process.wait()
        found[kills.check_whole()] += 1
    note("old %d times, new %d times" % (found[1], found[2]))
    kills.finish()


TESTS = [
    ("worked-example", test_worked_example),
    ("build-fills-in", test_build_fills_in),
    ("build-refuses", test_build_refuses),
    ("build-needs", test_build_needs),
    ("trust", test_trust),
    ("versions", test_versions),
    ("damaged", test_damaged),
    ("killed-while-unpacking", test_killed_while_unpacking),
    ("killed-at-the-switch", test_killed_at_the_switch),
    ("killed-at-random", test_killed_at_random),
]

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10, help="how often at random")
    parser.add_argument("--seed", type=int, help="of an earlier run, to repeat it")
    parser.parse_args(namespace=options)
    run_tests(TESTS)
