# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the coach's window share: a real platform with prepared logs, its people, and the application."""

import json
import os
import shutil
import subprocess
import sys
import traceback

from kiosk_bench import TESTS, picture
from kiosk_driver import Kiosk, KioskError

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PASSWORD = "a long password"


class Coach(Kiosk):
    """One xueshi-coach process, and what a coach can see and press in it."""

    program = "xueshi-coach"

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.n_keys = 0

    def press(self, *keys):
        self.n_keys += len(keys)
        super().press(*keys)

    def write(self, text):
        subprocess.run(["xdotool", "type", "--delay", "5", text], check=True)

    def sign_in(self, name, password=PASSWORD):
        """Of a window that knows its platform: name and password."""
        self.wait_for("Name")
        self.press("ctrl+a")
        self.write(name + "\t" + password)
        self.press("Return")

    def note(self):
        """What was done last."""
        return self.text("What was done last")


class CoachBench:
    def __init__(self, folder, demo_dir, n_logs, *more):
        """more: of make-school: logs of one learner's history, and logs that can only be listed."""
        self.folder = folder
        self.n_apps = 0
        self.kiosk = None
        shutil.copy(os.path.join(demo_dir, "franck.webm"), folder)
        subprocess.run([os.path.join(SOURCE, "build-aux", "make-demo-photo"), folder], check=True)
        person = self.frame(os.path.join(demo_dir, "franck.webm"), "person.jpg")
        other = self.frame(os.path.join(demo_dir, "cap12_edit.webm"), "other.jpg")
        made = subprocess.run(
            ["make-school", str(n_logs), os.path.join(folder, "registration.jpg"), person, other, *map(str, more)],
            check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        # What GLib's tests say of themselves stands before it.
        self.data = made.stdout.decode().splitlines()[-1]
        for name, role in (("wang", "head-coach"), ("li", "head-coach"), ("zhao", "auditor")):
            self.run("add-person", "--name", name, "--role", role, input=PASSWORD.encode())
        self.serve()

    def frame(self, recording, name):
        path = os.path.join(self.folder, name)
        subprocess.run(
            ["gst-launch-1.0", "-q", "filesrc", "location=" + recording]
            + "! matroskademux ! vp8dec ! videoconvert ! jpegenc snapshot=true ! filesink".split()
            + ["location=" + path],
            check=True,
        )
        return path

    def serve(self, port="0"):
        self.server_log = open(os.path.join(self.folder, "platform.log"), "ab")
        self.server = subprocess.Popen(
            ["xueshi-platform", "serve", "--data", self.data, "--port", port],
            stdout=subprocess.PIPE,
            stderr=self.server_log,
        )
        self.url = self.server.stdout.readline().decode().rsplit(" ", 1)[1].strip()

    def stop_serving(self):
        self.server.terminate()
        self.server.wait()
        self.server_log.close()

    def kill_serving(self):
        self.server.kill()
        self.server.wait()
        self.server_log.close()

    def run(self, command, *arguments, input=None):
        """What xueshi-platform prints."""
        command_line = ["xueshi-platform", command, "--data", self.data, *arguments]
        result = subprocess.run(command_line, check=True, stdout=subprocess.PIPE, input=input)
        return result.stdout.decode()

    def list(self, what):
        return json.loads(self.run("list", "--json", what))

    def verdicts(self):
        """By device and number of the log."""
        return {(row["devnum"], row["seq"]): row for row in self.list("verdicts")}

    def start(self, *arguments, language="en", find_leaks=False):
        self.n_apps += 1
        state = os.path.join(self.folder, "coach-%d" % self.n_apps)
        self.kiosk = Coach(
            ["--platform", self.url, "--state", state, *arguments], language=language, find_leaks=find_leaks
        )
        self.state = state
        return self.kiosk

    def stop(self):
        coach, self.kiosk = self.kiosk, None
        status = coach.stop()
        if status != 0:
            raise KioskError("the coach's application ended with status %d" % status)

    def clean_up(self):
        if self.kiosk is not None:
            self.kiosk.kill()
        self.stop_serving()
        shutil.rmtree(self.data)


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
            traceback.print_exc(file=sys.stderr)
            print("not ok %s\n# %s\n# picture: %s" % (title, error, picture("failed")), flush=True)
    return not failed
