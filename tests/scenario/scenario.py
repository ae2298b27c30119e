# SPDX-License-Identifier: GPL-3.0-or-later
"""What the whole-run tests share: TAP, programs as users start them, recordings cut from the demo camera's, and a
platform process that can be killed. The programs are found on PATH, which meson sets."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
SANITIZED = "ASAN_OPTIONS" in os.environ
DEMO_STUNUM = "2000000000000002"
DEMO_FPS = 25
POLICY = ROOT / "data" / "policy" / "demo.json"
COMMAND_LIMIT_S = 240


class Skip(Exception):
    pass


def load_kiosk_driver():
    """The driver of the real window. A warning ends the programs under test, but not this one: a window that goes away
    between two questions about it makes the accessibility library warn."""
    strict = os.environ.pop("G_DEBUG", None)
    sys.path.insert(0, str(ROOT / "tests" / "kiosk"))
    import kiosk_driver

    if strict:
        os.environ["G_DEBUG"] = strict
    return kiosk_driver


def note(text):
    for line in str(text).splitlines():
        print("#", line, flush=True)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def run_tests(tests):
    """Run functions as TAP points, each with an empty folder of its own. @tests: (name, function (folder))."""
    print("TAP version 13\n1..%d" % len(tests), flush=True)
    failed = False
    for number, (name, function) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory(prefix="xueshi-test-") as folder:
            try:
                function(pathlib.Path(folder))
                result, remark = "ok", ""
            except Skip as skip:
                result, remark = "ok", " # SKIP %s" % skip
            except Exception:
                note(traceback.format_exc())
                result, remark, failed = "not ok", "", True
        print("%s %d %s%s" % (result, number, name, remark), flush=True)
    sys.exit(1 if failed else 0)


def wait(condition, what, patience_s=60):
    """What @condition returns once it is true."""
    deadline = time.monotonic() + patience_s * (3 if SANITIZED else 1)
    while True:
        found = condition()
        if found:
            return found
        check(time.monotonic() < deadline, "waited in vain for %s" % what)
        time.sleep(0.05)


def copy_time(state):
    """When the newest copy of the kiosk's journal was made; 0: there is none. A start makes one when it has cleaned up,
    behind everything else."""
    copy = state / "journal.db.backup"
    return copy.stat().st_mtime_ns if copy.exists() else 0


def run(*command, env=None, input_text=None):
    """Run a program to its end; its output is in the answer's stdout and stderr."""
    return subprocess.run(
        [str(word) for word in command],
        env=dict(os.environ, **{name: str(value) for name, value in (env or {}).items()}),
        input=input_text,
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S * (3 if SANITIZED else 1),
    )


def run_well(*command, env=None):
    """Like run(), for what must succeed and stay silent on standard error. Returns: what it printed."""
    done = run(*command, env=env)
    check(done.returncode == 0, "%s: status %d: %s" % (command[0], done.returncode, done.stderr))
    return done.stdout


# Input


def demo_recording():
    path = pathlib.Path(os.environ.get("XUESHI_DEMO_DIR", ROOT / ".cache" / "demo")) / "franck.webm"
    if not path.exists():
        raise Skip("the demo recording is not here: ./dev setup fetches it")
    return path


def media_folder(name):
    folder = pathlib.Path(os.environ.get("XUESHI_TEST_MEDIA") or ROOT.parent / "shared" / "media") / name
    if not folder.is_dir():
        raise Skip("no recordings of real faces in %s; XUESHI_TEST_MEDIA names where they are" % folder)
    return folder


def lesson(name="lesson-1"):
    path = pathlib.Path(os.environ["XUESHI_COURSE_DIR"]) / (name + ".webm")
    check(path.exists(), "%s is not built" % path)
    return path


def cut_recording(path, seconds):
    """The first @seconds of the demo recording: the same packets, properly ended."""
    pictures = int(seconds * DEMO_FPS) + 1
    run_well(
        "gst-launch-1.0", "-q", "filesrc", "location=%s" % demo_recording(), "!", "matroskademux", "!",
        "identity", "eos-after=%d" % pictures, "!", "webmmux", "!", "filesink", "location=%s" % path,
    )  # fmt: skip
    return path


def truncate(source, path, n_bytes):
    """What a copy is that was broken off."""
    with open(source, "rb") as file:
        pathlib.Path(path).write_bytes(file.read(n_bytes))
    return path


def first_picture(recording, path):
    """The first picture of a recording, as JPEG: the registration photo of who is seen in it."""
    run_well(
        "gst-launch-1.0", "-q", "filesrc", "location=%s" % recording, "!", "decodebin", "!", "videoconvert", "!",
        "jpegenc", "quality=92", "snapshot=true", "!", "filesink", "location=%s" % path,
    )  # fmt: skip
    return path


# The platform


class Platform:
    """A real xueshi-platform with the demo learner; it keeps its port when it is started again."""

    def __init__(self, folder, photo):
        self.data = folder / "platform"
        self.log = open(folder / "platform.log", "ab")
        self.port = 0
        self.process = None
        # Many rounds watch the short course more than once, nobody is there to answer questions, and nobody who could
        # go on after a crash: a scenario looks at what a start leaves behind it.
        changed = {"repeat_counts": True, "attention_interval_s": 0, "resume_s": 0}
        policy = folder / "policy.json"
        policy.write_text(json.dumps(json.loads(POLICY.read_text(encoding="utf-8")) | changed), encoding="utf-8")
        run_well("xueshi-platform", "demo", "--data", self.data, "--photo", photo, "--policy", policy)

    def start(self):
        self.process = subprocess.Popen(
            ["xueshi-platform", "serve", "--data", str(self.data), "--port", str(self.port)],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        line = self.process.stdout.readline()
        check(line.startswith("listening on "), "the platform did not start: %r" % line)
        self.url = line.split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1].strip("/"))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            status = self.process.wait(60)
            self.process.stdout.close()
            check(status == 0, "the platform ended with status %d" % status)

    def command(self, name, *arguments):
        return run_well("xueshi-platform", name, "--data", self.data, *arguments)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        self.log.close()


def copy_journal(state, folder):
    """A copy of a kiosk's journal.db as it is on disk, with what is still in its write-ahead log."""
    folder.mkdir(exist_ok=True)
    for name in ("journal.db", "journal.db-wal"):
        (folder / name).unlink(missing_ok=True)
        if (state / name).exists():
            shutil.copy(state / name, folder / name)
    return folder / "journal.db"


def check_platform(platform, state):
    """Everything of the journal is there, exactly once, and nothing else."""
    said = platform.command("fsck")
    check(said.endswith("All is well.\n"), said)
    journal = sqlite3.connect("file:%s/journal.db?mode=ro" % state, uri=True)
    photos = sorted(sha256 for (sha256,) in journal.execute("SELECT sha256 FROM photo"))
    logs = sorted(journal.execute("SELECT seq, sha256 FROM log"))
    states = journal.execute("SELECT DISTINCT state FROM outbox").fetchall()
    journal.close()
    check(states == [("acked",)], "the outbox says %s" % states)
    there = sorted(one["sha256"] for one in json.loads(platform.command("list", "photos", "--json")))
    check(there == photos, "%d photos here, %d there" % (len(photos), len(there)))
    listed = json.loads(platform.command("list", "logs", "--json"))
    check(sorted((one["seq"], one["sha256"]) for one in listed) == logs, "the logs differ")
    learners = {one["stunum"]: one for one in json.loads(platform.command("list", "learners", "--json"))}
    total_s = sum(one["credited_s"] for one in listed)
    note("%d logs, %d photos, %d s credited" % (len(logs), len(photos), total_s))
    check(learners[DEMO_STUNUM]["last_recnum"] == len(logs), "the platform's last record is not the last log")
