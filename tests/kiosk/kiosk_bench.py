# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the kiosk's window share: a real platform, a kiosk that it knows, a recording as the camera.

A test file decorates its steps with @test and ends with sys.exit(main()): the steps run in order and print TAP. What
went wrong is on the picture named in the failure. Runs inside tests/run-headless.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

from kiosk_driver import Kiosk, KioskError

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEARNER = "2000000000000002"
TESTS = []


class Bench:
    """A platform with one learner, and kiosks that know it."""

    def __init__(self, folder, demo_dir, rules=None):
        """@rules: what is different from data/policy/demo.json"""
        self.folder = folder
        self.demo_dir = demo_dir
        self.data = os.path.join(folder, "platform")
        self.state = os.path.join(folder, "kiosk")
        self.kiosk = None
        self.policy_version = 1
        photo = os.path.join(folder, "registration.jpg")
        shutil.copy(os.path.join(demo_dir, "franck.webm"), folder)
        subprocess.run([os.path.join(SOURCE, "build-aux", "make-demo-photo"), folder], check=True)
        with open(os.path.join(SOURCE, "data", "policy", "demo.json"), encoding="utf-8") as file:
            policy = {**json.load(file), **(rules or {})}
        path = os.path.join(folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(policy, file)
        self.run("demo", "--photo", photo, "--policy", path)
        self.server_log = open(os.path.join(folder, "platform.log"), "wb")
        self.server = subprocess.Popen(
            ["xueshi-platform", "serve", "--data", self.data, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=self.server_log,
        )
        self.url = self.server.stdout.readline().decode().rsplit(" ", 1)[1].strip()

    def run(self, command, *arguments):
        """What xueshi-platform prints."""
        result = subprocess.run(
            ["xueshi-platform", command, "--data", self.data, *arguments], check=True, stdout=subprocess.PIPE
        )
        return result.stdout.decode()

    def update_policy(self, **rules):
        """Hand the demonstration's policy out with other @rules, and let the kiosk that is not running know them."""
        with open(os.path.join(SOURCE, "data", "policy", "demo.json"), encoding="utf-8") as file:
            policy = json.load(file)
        self.policy_version += 1
        path = os.path.join(self.folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**policy, **rules, "version": self.policy_version}, file)
        self.run("set-policy", path)
        subprocess.run(["xueshi", "sync", "--state", self.state], check=True, stdout=subprocess.DEVNULL)

    def list(self, what):
        return json.loads(self.run("list", "--json", what))

    def camera(self, name="franck.webm", loop=True):
        return "file://%s%s" % (os.path.join(self.demo_dir, name), "?loop" if loop else "")

    def short_camera(self):
        """A camera that is gone after ten seconds."""
        path = os.path.join(self.folder, "short.mkv")
        subprocess.run(
            ["gst-launch-1.0", "-q", "filesrc", "location=" + os.path.join(self.demo_dir, "franck.webm")]
            + "! matroskademux ! identity eos-after=250 ! matroskamux ! filesink".split()
            + ["location=" + path],
            check=True,
        )
        return "file://" + path

    def start(self, *arguments, language="zh_CN", camera=None, find_leaks=False):
        """@camera: the recording that stands for one; "": those of the PC"""
        camera = self.camera() if camera is None else camera
        source = ["--camera", camera] if camera else []
        self.kiosk = Kiosk(["--state", self.state, *source, *arguments], language, find_leaks=find_leaks)
        return self.kiosk

    def start_paired(self, *arguments, **options):
        """A kiosk that is paired, at its sign-in page."""
        kiosk = self.start("--platform", self.url, "--pair", self.run("pair-code").strip(), *arguments, **options)
        kiosk.wait_for("Student number")
        return kiosk

    def stop(self):
        """End the kiosk as the system does."""
        kiosk, self.kiosk = self.kiosk, None
        status = kiosk.stop()
        expect(status == 0, "the kiosk ended with status %d" % status)

    def clean_up(self):
        if self.kiosk is not None:
            self.kiosk.kill()
        self.server.terminate()
        self.server.wait()
        self.server_log.close()


def test(function):
    TESTS.append(function)
    return function


def expect(condition, message):
    if not condition:
        raise KioskError(message)


def picture(name):
    """Where a picture of the screen called @name goes."""
    folder = os.environ.get("G_TEST_BUILDDIR", tempfile.gettempdir())
    test_name = os.path.splitext(os.path.basename(sys.argv[0]))[0].removeprefix("test-")
    return os.path.join(folder, "%s-%s.png" % (test_name, name))


def run_all(bench):
    """Whether everything passed. What comes after a failure builds on it, so it is not tried."""
    failed = False
    for number, function in enumerate(TESTS, 1):
        title = "%d %s" % (number, function.__doc__)
        if failed:
            print("not ok %s # not tried" % title, flush=True)
            continue
        try:
            function(bench)
            print("ok %s" % title, flush=True)
        except Exception as error:
            failed = True
            if bench.kiosk is not None:
                bench.kiosk.screenshot(picture("failed"))
            traceback.print_exc()
            print("not ok %s\n# %s\n# picture: %s" % (title, error, picture("failed")), flush=True)
    return not failed


def main(rules=None):
    """@rules: see Bench"""
    demo_dir = os.environ.get("XUESHI_DEMO_DIR", os.path.join(SOURCE, ".cache", "demo"))
    if not os.path.exists(os.path.join(demo_dir, "franck.webm")):
        print("1..0 # SKIP no recordings in %s: ./dev setup gets them" % demo_dir)
        return 0
    print("1..%d" % len(TESTS))
    with tempfile.TemporaryDirectory(prefix="xueshi-ui-") as folder:
        bench = Bench(folder, demo_dir, rules)
        try:
            return 0 if run_all(bench) else 1
        finally:
            bench.clean_up()
